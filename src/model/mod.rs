//! The nouns: milestone, checklist, tests, coverage, findings, ... No I/O, and nothing of the
//! other layers: every layer above speaks in these types.

pub mod approval;
pub mod benchmarks;
pub mod cases;
pub mod change;
pub mod checklist;
pub mod coverage;
pub mod decimal;
pub mod docstrings;
pub mod findings;
pub mod limit;
pub mod machine;
pub mod milestone;
pub mod outcome;
pub mod person;
pub mod place;
pub mod plain;
pub mod quantity;
pub mod ratio;
pub mod snapshot;
pub mod tests;
pub mod word;
