//! Mathematics of the comparison of benchmarks: distributions, robust estimates, tests. Pure
//! functions of numbers, which know nothing of benchmarks, units or runs.
//!
//! Each file names the source of its formula. `tests/statistics.rs` holds them against SciPy.

pub mod benjamini_hochberg;
mod beta;
pub mod hodges_lehmann;
pub mod mann_whitney;
pub mod normal;
pub mod prediction;
pub mod random;
pub mod robust;
pub mod student;
pub mod welch;
