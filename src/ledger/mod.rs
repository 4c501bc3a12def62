//! Effects on the repository: the git program, the lock, the journal and the `complete` transaction.

pub mod git;
pub mod journal;
pub mod lock;
pub mod publish;
