//! `regression`, `lint` with `new-only`, `changed-lines` beside a history, and `compare`: through the
//! real program, in real repositories with recorded runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;
mod small;

#[path = "regression/project.rs"]
mod project;
#[path = "regression/tests.rs"]
mod tests;
#[path = "regression/coverage.rs"]
mod coverage;
#[path = "regression/findings.rs"]
mod findings;
#[path = "regression/compare.rs"]
mod compare;
