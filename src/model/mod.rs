//! The nouns: milestone, checklist, tests, coverage, findings, ... No I/O, and nothing of the
//! other layers: every layer above speaks in these types.

pub mod approval;
pub mod benchmarks;
pub mod branches;
pub mod cases;
pub mod change;
pub mod checklist;
pub mod coverage;
pub mod day;
pub mod decimal;
pub mod docstrings;
pub mod findings;
pub mod health;
pub mod limit;
pub mod lines;
pub mod machine;
pub mod metrics;
pub mod milestone;
pub mod outcome;
pub mod performance;
pub mod person;
pub mod place;
pub mod plain;
mod places;
pub mod quantity;
pub mod ratchet;
pub mod ratio;
pub mod register;
pub mod series;
pub mod shell;
pub mod since;
pub mod snapshot;
pub mod standup;
pub mod tests;
pub mod values;
pub mod week;
pub mod word;
