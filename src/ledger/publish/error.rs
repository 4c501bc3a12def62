//! Why a `complete` did not do what it was asked, in two kinds the exit code is made from.

use std::io;
use std::path::PathBuf;

use crate::ledger::git::GitError;
use crate::ledger::journal::JournalError;
use crate::ledger::lock::LockError;

/// The two ways to fail; nothing is half done in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The tag or branch exists and says something else: exit code 4.
    Conflict,
    /// The repository, the lock, the disk or the remote refused: exit code 5.
    CannotAct,
}

/// Why a `complete` did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The tag (or the documents' branch) exists and says something else.
    #[error("{reason}")]
    Conflict {
        /// What stands in the way, with both sides named.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The repository is not in a state to complete a milestone in; nothing was written.
    #[error("{reason}")]
    Refused {
        /// What is wrong.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The commit point refused; nothing is changed anywhere.
    #[error("nothing was published and nothing is changed: {reason}")]
    NotPublished {
        /// What git or the remote said, scrubbed.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The tag is made, or perhaps is; the same command finishes it.
    #[error("{reason}")]
    Unfinished {
        /// What is missing.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// All refs are made; files that somebody edited meanwhile were left as they are.
    #[error("{tag} is made; edited meanwhile and therefore left as they are: {}", paths.join(", "))]
    Edited {
        /// The tag.
        tag: String,
        /// The files.
        paths: Vec<String>,
    },
    /// Another run, or no lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Git.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A test stopped the run here.
    #[error("stopped at {0}")]
    Stopped(String),
}

impl PublishError {
    /// Which of the two exit codes it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Conflict { .. } => Kind::Conflict,
            _ => Kind::CannotAct,
        }
    }

    /// What to do next, if there is more to say than the message.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Conflict { hint, .. }
            | Self::Refused { hint, .. }
            | Self::NotPublished { hint, .. }
            | Self::Unfinished { hint, .. } => Some(hint.clone()).filter(|hint| !hint.is_empty()),
            Self::Edited { paths, .. } => Some(format!(
                "your edits are kept; bring the new text beside them with `git restore -p -s HEAD -- {}`",
                paths.join(" ")
            )),
            Self::Lock(LockError::Busy { .. }) => Some("run the same command again when it is done".into()),
            _ => None,
        }
    }

    /// The same failure after the commit point: the user must read that the tag is made already.
    pub(super) fn late(self) -> Self {
        match self {
            Self::Git(_) | Self::Io { .. } | Self::Journal(_) => Self::Unfinished {
                reason: format!("the tag is made, but not all is done here: {self}"),
                hint: "run the same command again; it finishes".into(),
            },
            other => other,
        }
    }

    pub(super) fn conflict(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Conflict { reason: reason.into(), hint: hint.into() }
    }

    pub(super) fn refused(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into(), hint: hint.into() }
    }
}

/// Attach the path to an error of the file system.
pub(super) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> PublishError {
    let path = path.into();
    move |source| PublishError::Io { path, source }
}
