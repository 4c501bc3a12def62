//! The versions of one file along the branch: first parents only, since what a merged branch looked
//! like on its way was never the project's own state.
//!
//! A file is followed under its present name; of a file that was renamed, the versions since then.

use super::error::LedgerError;
use super::repository::{Repository, time};
use git2::Oid;
use std::path::Path;

/// More than any document has.
const LIMIT: u64 = 16 << 20;

/// A commit that changed the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The commit.
    pub commit: String,
    /// When it was made, by its committer's clock.
    pub time: jiff::Timestamp,
    /// The blob's id: equal ids, equal bytes.
    pub blob: String,
}

/// The versions of a file, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// Commits that changed it. One that deletes it is left out.
    pub list: Vec<Version>,
    /// Nothing is missing before the first; not so in a shallow clone that begins with the file there.
    pub whole: bool,
}

/// A file before a commit, if it was there, and by it.
pub type Revision = (Option<Version>, Version);

impl Repository {
    /// The versions of `path` up to `head`, along first parents.
    ///
    /// # Errors
    /// If a commit or tree of this clone cannot be read.
    pub fn versions(&self, head: &str, path: &str) -> Result<Versions, LedgerError> {
        let fail = |e: &git2::Error| self.fail(&format!("cannot read the history of {path}"), e);
        let mut commit = self.commit(head)?;
        let mut list: Vec<Version> = Vec::new();
        let mut blob = self.blob_at(&commit, path)?;
        loop {
            let cut = self.cut.contains(&commit.id());
            let parent = if cut {
                None
            } else {
                commit.parent(0).map(Some).or_else(|e| first_has_none(&commit, e)).map_err(|e| fail(&e))?
            };
            let before = parent.as_ref().map(|parent| self.blob_at(parent, path)).transpose()?.flatten();
            if let Some(id) = blob.filter(|id| before != Some(*id)) {
                let made = time(commit.time())
                    .ok_or_else(|| LedgerError::Bad(format!("{}: impossible time", commit.id())))?;
                list.push(Version { commit: commit.id().to_string(), time: made, blob: id.to_string() });
            }
            let Some(parent) = parent else {
                list.reverse();
                return Ok(Versions { list, whole: !(cut && blob.is_some()) });
            };
            (commit, blob) = (parent, before);
        }
    }

    /// What a commit made of `path`, and what that was in its first parent; `None` if it did not change
    /// it, or if that parent is not in this clone.
    ///
    /// # Errors
    /// If a commit or tree of this clone cannot be read.
    pub fn revision(&self, id: &str, path: &str) -> Result<Option<Revision>, LedgerError> {
        let commit = self.commit(id)?;
        if self.cut.contains(&commit.id()) {
            return Ok(None);
        }
        let fail = |e: git2::Error| self.fail(&format!("cannot read the history of {path}"), &e);
        let parent = commit.parent(0).map(Some).or_else(|e| first_has_none(&commit, e)).map_err(fail)?;
        let version = |commit: &git2::Commit<'_>| -> Result<Option<Version>, LedgerError> {
            let made = time(commit.time())
                .ok_or_else(|| LedgerError::Bad(format!("{}: impossible time", commit.id())))?;
            let blob = self.blob_at(commit, path)?;
            Ok(blob.map(|id| Version { commit: commit.id().to_string(), time: made, blob: id.to_string() }))
        };
        let (Some(after), before) = (version(&commit)?, parent.as_ref().map(version).transpose()?.flatten())
        else {
            return Ok(None);
        };
        let same = before.as_ref().is_some_and(|before| before.blob == after.blob);
        Ok((!same).then_some((before, after)))
    }

    /// The content of a version.
    ///
    /// # Errors
    /// If it is not in this clone, or too large.
    pub fn content(&self, version: &Version, path: &str) -> Result<Vec<u8>, LedgerError> {
        let id = Oid::from_str(&version.blob).map_err(|e| self.fail(path, &e))?;
        self.bytes(id, path, LIMIT)
    }

    fn blob_at(&self, commit: &git2::Commit<'_>, path: &str) -> Result<Option<Oid>, LedgerError> {
        let tree = commit.tree().map_err(|e| self.fail("cannot read a tree", &e))?;
        match tree.get_path(Path::new(path)) {
            Ok(entry) => Ok((entry.kind() == Some(git2::ObjectType::Blob)).then(|| entry.id())),
            Err(e) if e.code() == git2::ErrorCode::NotFound && e.class() == git2::ErrorClass::Tree => {
                Ok(None)
            }
            Err(e) => Err(self.fail("cannot read a tree", &e)),
        }
    }
}

/// A root commit has no parent; any other that cannot be read is an error.
fn first_has_none<'r>(
    commit: &git2::Commit<'r>,
    error: git2::Error,
) -> Result<Option<git2::Commit<'r>>, git2::Error> {
    if commit.parent_count() == 0 { Ok(None) } else { Err(error) }
}
