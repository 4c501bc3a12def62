//! What is better and what is worse than before: two runs in, typed changes out. Nothing here
//! judges: what a change means is the criterion's business, and what it looks like the renderers'.

pub mod benchmarks;
pub mod coverage;
pub mod definition;
pub mod findings;
mod renames;
pub mod tests;

pub use coverage::{CoverageComparison, FileChange};
pub use findings::FindingComparison;
pub use tests::{Declared, Flakiness, TestChange, TestChangeKind, TestComparison};
