//! Effects: the repository, its files, the user's tools and the clock.
//!
//! The only layer that may use git2, `std::fs` and the time of day. Reading git is libgit2, in this
//! process: it starts no process and opens no socket. What writes to git goes through the `git`
//! program, because only that honours the user's credentials, hooks and signing keys.
//!
//! History is never guessed. In a shallow clone git itself answers "no" where it means "I cannot
//! know"; here such a question is an error that names the fetch command.

// Reading: git2 and files.
pub mod anywhere;
pub mod approvals;
pub mod authored;
pub mod clock;
pub mod commits;
pub mod diff;
pub mod error;
pub mod files;
mod generated;
mod history;
mod moved;
pub mod json;
pub mod machine;
mod names;
pub mod once;
pub mod repository;
pub mod runs;
pub mod stamps;
pub mod subject;
pub mod tags;
pub mod versions;

// Acting: the user's tools, the git program, and the transaction of `complete`.
pub mod git;
#[cfg(feature = "github")]
pub mod github;
pub mod journal;
pub mod lock;
pub mod notes;
pub mod program;
pub mod publish;
pub mod scratch;

pub use error::{Damaged, LedgerError};
pub use files::Root;
pub use repository::Repository;
pub use subject::LedgerPaths;
