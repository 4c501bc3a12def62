//! The history in git notes, through the real program: real repositories, bare remotes, shallow clones,
//! merges, and jobs that record at once.

// What a test needs and cannot have shall fail it.
#![allow(unreachable_pub, clippy::unwrap_used)]

mod program;
mod repo;

#[path = "baseline/bases.rs"]
mod bases;
#[path = "baseline/faults.rs"]
mod faults;
#[path = "baseline/project.rs"]
mod project;
#[path = "baseline/ratchet.rs"]
mod ratchet;
#[path = "baseline/share.rs"]
mod share;
