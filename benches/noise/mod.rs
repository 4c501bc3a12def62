//! Noise as shared machines make it, and rules that are shown the same draws: this program's, a fixed
//! 10 %, and a t test of raw samples. Used by the simulation and by its fast test.

#![allow(dead_code)]

pub mod pairs;
pub mod rules;
pub mod suite;
pub mod world;
