//! The papers of a project: status document, progress log, tag message. Text in, text out.
//!
//! A person's text is sacred: a document is edited by splices inside known places, and everything
//! else stays byte for byte. Nothing here reads a file, a clock or a repository.

pub mod edit;
pub mod inspect;
pub mod log;
pub mod metrics;
mod outline;
pub mod plain;
pub mod region;
pub mod status;
pub mod tag;

pub use edit::EditError;
pub use inspect::inspect;
