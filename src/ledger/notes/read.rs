//! Reading notes: a tree whose entries are named after the commits they are about, in folders of two
//! digits where there are many. One commit is looked up without listing the others.

use super::PREFIX;
use crate::ledger::error::LedgerError;
use crate::ledger::repository::{Repository, full_id};
use git2::{ErrorCode, ObjectType, Oid, Tree};

/// Larger notes are not read into memory.
const NOTE_LIMIT: u64 = 64 << 20;

/// The notes of one reference.
#[derive(Debug)]
pub struct Notes<'r> {
    repository: &'r Repository,
    name: String,
    tree: Tree<'r>,
}

/// Whether any history of ours is in this clone.
///
/// # Errors
/// If the references cannot be read.
pub fn started(repository: &Repository) -> Result<bool, LedgerError> {
    let what = "cannot list the notes";
    let names = repository.raw().references_glob(&format!("{PREFIX}*"));
    let mut names = names.map_err(|e| repository.fail(what, &e))?;
    names.next().transpose().map(|first| first.is_some()).map_err(|e| repository.fail(what, &e))
}

impl<'r> Notes<'r> {
    /// The notes of a reference; `None` if there is none of that name.
    ///
    /// # Errors
    /// If the reference is there, and its commit or tree is not.
    pub fn open(repository: &'r Repository, name: &str) -> Result<Option<Self>, LedgerError> {
        let fail = |e: git2::Error| repository.fail(&format!("cannot read {name}"), &e);
        let reference = match repository.raw().find_reference(name) {
            Ok(reference) => reference,
            Err(e) if e.code() == ErrorCode::NotFound => return Ok(None),
            Err(e) => return Err(fail(e)),
        };
        let tree = reference.peel_to_tree().map_err(fail)?;
        Ok(Some(Self { repository, name: name.to_owned(), tree }))
    }

    /// The reference.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The note of a commit; `None` if it has none.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn get(&self, commit: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        let Some(note) = self.find(commit)? else { return Ok(None) };
        let what = format!("the note of {commit} in {}", self.name);
        self.repository.bytes(note, &what, NOTE_LIMIT).map(Some)
    }

    /// Whether a commit has a note.
    ///
    /// # Errors
    /// If a folder of the notes cannot be read.
    pub fn has(&self, commit: &str) -> Result<bool, LedgerError> {
        Ok(self.find(commit)?.is_some())
    }

    fn find(&self, commit: &str) -> Result<Option<Oid>, LedgerError> {
        let mut rest = commit;
        let mut tree = self.tree.clone();
        while full_id(commit).is_some() {
            if let Some(entry) = tree.get_name(rest).filter(|e| e.kind() == Some(ObjectType::Blob)) {
                return Ok(Some(entry.id()));
            }
            let Some((two, tail)) = rest.split_at_checked(2) else { break };
            match tree.get_name(two).filter(|e| e.kind() == Some(ObjectType::Tree)).map(|e| e.id()) {
                Some(folder) => tree = self.folder(folder)?,
                None => break,
            }
            rest = tail;
        }
        Ok(None)
    }

    /// Every commit that has a note, sorted.
    ///
    /// # Errors
    /// If a folder of the notes cannot be read.
    pub fn commits(&self) -> Result<Vec<String>, LedgerError> {
        let mut commits = Vec::new();
        let mut open = vec![(String::new(), self.tree.clone())];
        while let Some((prefix, tree)) = open.pop() {
            for entry in tree.iter() {
                let name = format!("{prefix}{}", String::from_utf8_lossy(entry.name_bytes()));
                match entry.kind() {
                    Some(ObjectType::Blob) if full_id(&name).is_some() => commits.push(name),
                    Some(ObjectType::Tree) if entry.name_bytes().len() == 2 && name.len() < 40 => {
                        open.push((name, self.folder(entry.id())?));
                    }
                    _ => {}
                }
            }
        }
        commits.sort_unstable();
        Ok(commits)
    }

    fn folder(&self, id: Oid) -> Result<Tree<'r>, LedgerError> {
        let found = self.repository.raw().find_tree(id);
        found.map_err(|e| self.repository.fail(&format!("cannot read {}", self.name), &e))
    }
}
