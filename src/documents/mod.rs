//! The papers of a project: status document, progress log, tag message. Text in, text out.
//!
//! A person's text is sacred: a document is edited by splices inside known places, and everything
//! else stays byte for byte. Nothing here reads a file, a clock or a repository.

pub mod day;
pub mod edit;
pub mod entries;
pub mod inspect;
pub mod items;
pub mod log;
pub mod metrics;
mod outline;
mod page;
pub mod plain;
pub mod region;
pub mod registers;
pub mod schedule;
pub mod standup;
pub mod status;
mod table;
pub mod tag;
pub mod tick;
pub mod week;

pub use edit::EditError;
pub use inspect::inspect;
