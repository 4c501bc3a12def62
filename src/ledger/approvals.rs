//! Approval files: reading them from work tree and commit, and writing a new one.
//!
//! One file is one event, named by its own digest, and nothing is ever edited: so two people who
//! approve at once make no conflict. The union of work tree and commit is read, so that deleting a
//! rejection in the work tree does not lift it. What cannot be read is reported, never skipped.
//!
//! Whether an approval counts (role, person, freshness, authorship) is for the criteria to judge.

use std::collections::BTreeMap;

use git2::{FileMode, ObjectType};

use super::diff::name_status;
use super::error::{Damaged, LedgerError};
use super::files::Root;
use super::json;
use super::repository::{Repository, full_id};
use super::subject::{LEDGER_DIR, LedgerPaths, subject_tree};
use crate::model::approval::{Approval, PREDICATE_TYPE, STATEMENT_TYPE, Statement};
use crate::model::milestone::MilestoneId;

/// A statement with a long comment has a few KiB.
pub const MAX_BYTES: u64 = 64 << 10;
/// More approvals than a project will ever have.
const MAX_FILES: usize = 10_000;

/// What the ledger holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvals {
    /// Those that could be read, each once.
    pub approvals: Vec<Approval>,
    /// Those that could not.
    pub damaged: Vec<Damaged>,
}

/// Reads the approvals of the work tree and of `commit`. `subject` is the judged subject tree; for
/// an approval of another tree, `drift` says what differs from it in `commit`.
///
/// # Errors
/// If the ledger's directory or the commit cannot be read at all.
pub fn read(
    root: &Root,
    repo: &Repository,
    commit: &str,
    subject: &str,
    ledger: &LedgerPaths,
) -> Result<Approvals, LedgerError> {
    let mut files = Files::default();
    if !repo.is_bare() {
        files.of_work_tree(root)?;
    }
    files.of_commit(repo, commit)?;
    let mut read = Approvals::default();
    for ((path, digest), content) in files.found {
        let statement = match content.and_then(|bytes| parse(&bytes)) {
            Ok(statement) => statement,
            Err(message) => {
                read.damaged.push(Damaged { path, message });
                continue;
            }
        };
        // The same file under two names is one event.
        if read.approvals.iter().any(|known| known.digest == digest) {
            continue;
        }
        let drift = drift(repo, commit, subject, ledger, &statement)?;
        read.approvals.push(Approval { path, digest, statement, drift });
    }
    Ok(read)
}

/// Files by path and digest: one path may hold different bytes in work tree and commit.
#[derive(Default)]
struct Files {
    found: BTreeMap<(String, String), Result<Vec<u8>, String>>,
}

impl Files {
    fn add(&mut self, path: String, content: Result<Vec<u8>, String>) -> Result<(), LedgerError> {
        if self.found.len() >= MAX_FILES {
            return Err(LedgerError::Bad(format!("more than {MAX_FILES} approval files in {LEDGER_DIR}")));
        }
        let digest = match &content {
            Ok(bytes) => json::sha256(bytes),
            Err(why) => why.clone(),
        };
        self.found.insert((path, digest), content);
        Ok(())
    }

    fn of_work_tree(&mut self, root: &Root) -> Result<(), LedgerError> {
        for path in root.glob(&[format!("{LEDGER_DIR}/*/approvals/*.json")])? {
            let content = if root.is_symlink(&path) {
                Err(LINK.to_owned())
            } else {
                root.read(&path, MAX_BYTES).map(|file| file.bytes).map_err(|e| e.to_string())
            };
            self.add(path, content)?;
        }
        Ok(())
    }

    fn of_commit(&mut self, repo: &Repository, commit: &str) -> Result<(), LedgerError> {
        let tree = repo.tree_of(commit)?;
        let Some(ledger) = subtree(repo, &tree, LEDGER_DIR)? else { return Ok(()) };
        for milestone in &ledger {
            let path = format!("{}/approvals", String::from_utf8_lossy(milestone.name_bytes()));
            let Some(approvals) = subtree(repo, &ledger, &path)? else { continue };
            for entry in &approvals {
                let name = String::from_utf8_lossy(entry.name_bytes());
                if !name.ends_with(".json") || entry.kind() == Some(ObjectType::Tree) {
                    continue;
                }
                let path = format!("{LEDGER_DIR}/{path}/{name}");
                let content = if entry.kind() != Some(ObjectType::Blob) {
                    Err("it is a submodule".to_owned())
                } else if entry.filemode() == i32::from(FileMode::Link) {
                    Err(LINK.to_owned())
                } else {
                    match repo.bytes(entry.id(), &path, MAX_BYTES) {
                        Ok(bytes) => Ok(bytes),
                        Err(error @ LedgerError::TooLarge { .. }) => Err(error.to_string()),
                        Err(error) => return Err(error),
                    }
                };
                self.add(path, content)?;
            }
        }
        Ok(())
    }
}

/// Why a link is refused: what it says is not what was committed.
const LINK: &str = "it is a symbolic link";

/// A directory below a tree; `None` if there is none of that name.
fn subtree<'r>(
    repo: &'r Repository,
    tree: &git2::Tree<'r>,
    path: &str,
) -> Result<Option<git2::Tree<'r>>, LedgerError> {
    let mut tree = tree.clone();
    for name in path.split('/') {
        let Some(entry) = tree.get_name(name).map(|e| e.to_owned()) else { return Ok(None) };
        if entry.kind() != Some(ObjectType::Tree) {
            return Ok(None);
        }
        let below = repo.raw().find_tree(entry.id());
        tree = below.map_err(|e| repo.fail(&format!("cannot read {path}"), &e))?;
    }
    Ok(Some(tree))
}

/// Reads a statement strictly: half a statement is no statement.
///
/// # Errors
/// What is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Statement, String> {
    let statement: Statement = json::strict(bytes)?;
    if statement.kind != STATEMENT_TYPE {
        return Err(format!("its _type is not {STATEMENT_TYPE}"));
    }
    if statement.predicate_type != PREDICATE_TYPE {
        return Err(format!("its predicateType is not {PREDICATE_TYPE}"));
    }
    let [subject] = statement.subject.as_slice() else {
        return Err(format!("it has {} subjects instead of one", statement.subject.len()));
    };
    if subject.name != "git+tree" {
        return Err("its subject is not a git+tree".to_owned());
    }
    let lower = |id: &str| full_id(id).is_some() && !id.bytes().any(|b| b.is_ascii_uppercase());
    if !lower(&subject.digest.git_tree) {
        return Err("its gitTree is not an object id".to_owned());
    }
    if !lower(&statement.predicate.commit) {
        return Err("its commit is not an object id".to_owned());
    }
    if json::rfc3339(&statement.predicate.time).is_none() {
        return Err("its time is not an RFC 3339 time".to_owned());
    }
    Ok(statement)
}

/// What differs between the approved content and now. The approved subject tree is no object of
/// the repository, so it is found through the commit that was looked at, and only if that commit
/// really has this subject tree; `None` otherwise.
fn drift(
    repo: &Repository,
    commit: &str,
    subject: &str,
    ledger: &LedgerPaths,
    statement: &Statement,
) -> Result<Option<Vec<String>>, LedgerError> {
    let approved = statement.subject.first().map_or("", |s| s.digest.git_tree.as_str());
    if approved == subject {
        return Ok(Some(Vec::new()));
    }
    let seen = &statement.predicate.commit;
    let known = repo.has(seen) && subject_tree(repo, seen, ledger).is_ok_and(|tree| tree == approved);
    if !known {
        return Ok(None);
    }
    name_status(repo, seen, commit, ledger).map(Some)
}

/// Writes an approval as a new file and returns its path. Writing the same statement again changes
/// nothing; nothing is ever overwritten.
///
/// # Errors
/// If role, reviewer or milestone are not fit for a file name, or the file cannot be written.
pub fn write(root: &Root, statement: &Statement) -> Result<String, LedgerError> {
    let says = &statement.predicate;
    for (what, word) in [("role", &says.role), ("reviewer", &says.reviewer)] {
        let fit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        if word.is_empty() || word.len() > 64 || !word.bytes().all(fit) {
            return Err(LedgerError::Bad(format!(
                "the {what} `{}` may have only a-z, 0-9, `_` and `-`",
                word.escape_debug()
            )));
        }
    }
    let milestone: MilestoneId =
        says.milestone.parse().map_err(|e| LedgerError::Bad(format!("milestone: {e}")))?;
    let bytes = json::canonical(statement)?;
    // What would not be read again must not be written.
    parse(&bytes).map_err(|why| LedgerError::Bad(format!("not a complete approval: {why}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(LedgerError::TooLarge { path: "the approval".to_owned(), limit: MAX_BYTES });
    }
    let digest = json::sha256(&bytes);
    let directory = format!("{LEDGER_DIR}/{}/approvals", milestone.as_str());
    let path = format!("{directory}/{}.{}.{}.json", says.role, says.reviewer, &digest[..8]);
    root.create_dir_all(&directory)?;
    match root.write_new(&path, &bytes) {
        Err(LedgerError::Exists { .. }) if root.read(&path, MAX_BYTES)?.bytes == bytes => Ok(path),
        Err(error) => Err(error),
        Ok(()) => Ok(path),
    }
}
