//! The journal of a `complete` that is under way: enough to finish it, or to see that it never began.
//!
//! One small JSON file, `<common git dir>/milegate/txn-<milestone>.json`, replaced atomically and
//! removed at the end. It is a hint, not the truth: what the refs and the remote say wins over it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::model::milestone::MilestoneId;

/// The version of the journal's form.
const VERSION: u64 = 1;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It is not what this version writes.
    #[error(
        "the journal {} cannot be used: {why}; if no other Milegate version wrote it, delete it and run again: \
         the tag and the branch themselves say how far the last run came",
        path.display()
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It cannot be read or written.
    #[error("the journal {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// How far the transaction came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// All objects are written; nothing names them yet.
    Prepared,
    /// The remote has the tag.
    Published,
    /// The local refs are moved.
    Refs,
    /// The work tree and the index are brought forward.
    Worktree,
}

impl Step {
    /// Its word in the journal and at the fault points.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Published => "published",
            Self::Refs => "refs",
            Self::Worktree => "worktree",
        }
    }
}

/// Where tag and documents go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Tag, and the documents as a commit on the branch.
    Direct,
    /// Tag, and the documents on `milegate/<milestone>`, for a protected branch.
    Branch,
    /// Only the tag.
    TagOnly,
}

/// A document that changes. Blob ids are the digests of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Path from the top of the repository, with `/`.
    pub path: String,
    /// `100644` or `100755`.
    pub mode: String,
    /// Its blob in the tagged commit, if it was there.
    pub old: Option<String>,
    /// Its blob in the documents' commit.
    pub new: String,
}

/// A branch that moves with the tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Full name: `refs/heads/main`.
    pub name: String,
    /// Where the remote has it before; none: it must not exist there.
    pub remote_from: Option<String>,
    /// Where the local repository has it before; none: it must not exist.
    pub local_from: Option<String>,
    /// Where it goes.
    pub to: String,
}

/// One transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// Always 1.
    pub version: u64,
    /// The milestone's id.
    pub milestone: String,
    /// How far it came.
    pub step: Step,
    /// Digest of the plan: the same plan may use the same objects again.
    pub plan: String,
    /// The tag's name, without `refs/tags/`.
    pub tag: String,
    /// The tag object.
    pub tag_object: String,
    /// The tagged commit.
    pub target: String,
    /// The commit of the documents, a child of the target.
    pub docs_commit: Option<String>,
    /// Where tag and documents go.
    pub mode: Mode,
    /// The remote it is pushed to; none: the local refs are all there is.
    pub remote: Option<String>,
    /// The branch that moves, if one does.
    pub branch: Option<Move>,
    /// The documents that change.
    pub documents: Vec<Change>,
}

impl Journal {
    /// The version to write.
    pub const VERSION: u64 = VERSION;

    /// `refs/tags/<tag>`.
    pub fn tag_ref(&self) -> String {
        format!("refs/tags/{}", self.tag)
    }

    /// The journal of a milestone, if a transaction is under way.
    pub fn load(common_git_dir: &Path, milestone: &str) -> Result<Option<Self>, JournalError> {
        let path = path(common_git_dir, milestone)?;
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(JournalError::Io { path, source }),
        };
        let unusable = |why: String| JournalError::Unusable { path: path.clone(), why };
        let value: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|error| unusable(format!("it is damaged ({error})")))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => {
                return Err(unusable(format!("it is of version {other}, this is version {VERSION}")));
            }
            None => return Err(unusable("it names no version".to_owned())),
        }
        let journal: Self =
            serde_json::from_value(value).map_err(|error| unusable(format!("it is damaged ({error})")))?;
        if journal.milestone != milestone {
            return Err(unusable(format!("it is about milestone {}", journal.milestone)));
        }
        Ok(Some(journal))
    }

    /// Write it, durably.
    pub fn store(&self, common_git_dir: &Path) -> Result<(), JournalError> {
        let path = path(common_git_dir, &self.milestone)?;
        let failed = |source| JournalError::Io { path: path.clone(), source };
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        bytes.push(b'\n');
        fs::create_dir_all(common_git_dir.join("milegate")).map_err(failed)?;
        replace(&path, &temporary(&path), &bytes, None).map_err(failed)
    }

    /// Remove it and what a killed run left beside it. Nothing to remove is fine.
    pub fn remove(common_git_dir: &Path, milestone: &str) -> Result<(), JournalError> {
        let path = path(common_git_dir, milestone)?;
        for file in [temporary(&path), path.clone()] {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(JournalError::Io { path: file, source: error });
                }
                _ => {}
            }
        }
        path.parent().map_or(Ok(()), sync_dir).map_err(|source| JournalError::Io { path, source })
    }

    /// When the present step was written: locks older than that are not ours.
    pub fn written(common_git_dir: &Path, milestone: &str) -> Result<Option<SystemTime>, JournalError> {
        let path = path(common_git_dir, milestone)?;
        Ok(fs::metadata(path).and_then(|data| data.modified()).ok())
    }
}

/// The milestone becomes part of a file name, so it must be an id.
fn path(common_git_dir: &Path, milestone: &str) -> Result<PathBuf, JournalError> {
    let folder = common_git_dir.join("milegate");
    match milestone.parse::<MilestoneId>() {
        Ok(id) => Ok(folder.join(format!("txn-{id}.json"))),
        Err(error) => Err(JournalError::Unusable { path: folder, why: error.to_string() }),
    }
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension("json.new")
}

/// Replace a file so that a reader, and a machine that loses its power, sees the old or the new bytes
/// and never a mixture. The temporary name is the caller's: a fixed one leaves nothing behind a kill
/// that the next run does not sweep up.
pub(crate) fn replace(
    path: &Path,
    temporary: &Path,
    bytes: &[u8],
    permissions: Option<fs::Permissions>,
) -> io::Result<()> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // `create_new`: never through a link that somebody put there.
    let mut file = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| permissions.map_or(Ok(()), |wanted| file.set_permissions(wanted)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(temporary, path));
    if let Err(error) = written {
        let _ = fs::remove_file(temporary);
        return Err(error);
    }
    path.parent().map_or(Ok(()), sync_dir)
}

/// Make renames in a directory durable, where the system can.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Journal {
        Journal {
            version: Journal::VERSION,
            milestone: "5.1".into(),
            step: Step::Prepared,
            plan: "p".into(),
            tag: "t".into(),
            tag_object: "1".into(),
            target: "2".into(),
            docs_commit: None,
            mode: Mode::TagOnly,
            remote: Some("origin".into()),
            branch: None,
            documents: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_and_removed_without_a_trace() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Journal::load(dir.path(), "5.1").unwrap(), None);
        sample().store(dir.path()).unwrap();
        assert_eq!(Journal::load(dir.path(), "5.1").unwrap(), Some(sample()));
        Journal::remove(dir.path(), "5.1").unwrap();
        Journal::remove(dir.path(), "5.1").unwrap();
        assert_eq!(fs::read_dir(dir.path().join("milegate")).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_or_newer_or_foreign_journal_is_named() {
        let dir = tempfile::tempdir().unwrap();
        sample().store(dir.path()).unwrap();
        let file = dir.path().join("milegate/txn-5.1.json");
        let good = fs::read_to_string(&file).unwrap();
        for (text, why) in [
            (good[..good.len() / 2].to_owned(), "damaged"),
            (String::new(), "damaged"),
            ("{}".to_owned(), "no version"),
            (good.replace("\"version\": 1", "\"version\": 2"), "version 2"),
            (good.replace("5.1", "5.2"), "about milestone 5.2"),
            (good.replace("prepared", "perhaps"), "damaged"),
        ] {
            fs::write(&file, text).unwrap();
            let said = Journal::load(dir.path(), "5.1").unwrap_err().to_string();
            assert!(said.contains(why) && said.contains("txn-5.1.json"), "{said}");
        }
        assert!(Journal::load(dir.path(), "../x").is_err());
    }
}
