//! The history in git notes: `refs/notes/milegate/tests`, `coverage`, `findings`, `benchmarks` and
//! `accepted`, one note for each tested commit.
//!
//! Read in this process; written, merged, fetched and pushed by the `git` program. Two writers never
//! lose anything: a note is a set of lines, sets are united (`cat_sort_uniq`), and no push is forced.

mod read;
mod share;
mod write;

pub use read::{Notes, started};
pub use share::{Address, fetch, push, refs_at};
pub use write::{Written, append};

use super::error::LedgerError;
use super::git::GitError;
use super::lock::LockError;
use super::publish::PublishError;
use crate::evidence::history::Part;

/// Where all notes of ours are.
pub const PREFIX: &str = "refs/notes/milegate/";

/// The notes of accepted changes.
pub const ACCEPTED: &str = "refs/notes/milegate/accepted";

/// The command that brings the history into this clone.
pub const FETCH: &str = "milegate baseline fetch";

/// The command that starts a history.
pub const INIT: &str = "milegate baseline record --init";

/// The notes of one part of the runs.
pub fn name_of(part: Part) -> String {
    format!("{PREFIX}{part}")
}

/// Why the notes could not be written, fetched or pushed.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct NotesError {
    /// What is wrong.
    pub reason: String,
    /// What to do next; may be empty.
    pub hint: String,
}

impl NotesError {
    fn new(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { reason: reason.into(), hint: hint.into() }
    }
}

impl From<LedgerError> for NotesError {
    fn from(error: LedgerError) -> Self {
        Self::new(error.to_string(), error.hint().unwrap_or_default())
    }
}

impl From<GitError> for NotesError {
    fn from(error: GitError) -> Self {
        Self::new(error.to_string(), "")
    }
}

impl From<LockError> for NotesError {
    fn from(error: LockError) -> Self {
        Self::new(error.to_string(), "run the same command again when it is done")
    }
}

impl From<PublishError> for NotesError {
    fn from(error: PublishError) -> Self {
        Self::new(error.to_string(), error.hint().unwrap_or_default())
    }
}
