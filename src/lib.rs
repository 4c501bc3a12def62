//! Milegate: a gate at every milestone.
//!
//! The modules stand in layer order; each may use those above it in this list and none below.
//! `tests/architecture.rs` keeps it so. The Rust interface is not stable: the contract is the
//! command line, its JSON and its configuration.

pub mod model;
pub mod statistics;
pub mod readers;
pub mod evidence;
pub mod criteria;
pub mod gates;
pub mod verdict;
pub mod render;
pub mod documents;
pub mod ledger;
pub mod config;
pub mod commands;
