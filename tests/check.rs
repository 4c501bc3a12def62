//! `check`, through the real program: every verdict with its reasons, and the exit status that
//! belongs to it. Expected figures come from the tools that made the reports.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;
mod runner;
mod sample;
mod small;

#[path = "check/sets.rs"]
mod sets;
#[path = "check/evidence.rs"]
mod evidence;
#[path = "check/policy.rs"]
mod policy;
#[path = "check/changes.rs"]
mod changes;
#[path = "check/ci.rs"]
mod ci;
#[path = "check/outputs.rs"]
mod outputs;
#[path = "check/running.rs"]
mod running;
#[path = "check/attestations.rs"]
mod attestations;
#[path = "check/local.rs"]
mod local;
#[path = "check/watching.rs"]
mod watching;
