//! Outputs for other programs: each is read by what its reader does with it, never by its own words.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "a test that cannot go on fails")]

mod runner;

#[path = "outputs/reports.rs"]
mod reports;
#[path = "outputs/runner.rs"]
mod streams;
#[path = "outputs/verdicts.rs"]
mod verdicts;
