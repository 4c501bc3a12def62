//! A row of the performance baseline: an operation, what it is to reach, and what it reaches.

use super::quantity::{Bound, Quantity};

/// One operation with a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// The key of the target in the configuration.
    pub operation: String,
    /// What it is to reach.
    pub target: Bound,
    /// What it reached at the last milestone, in the dimension of the target, if that is known.
    pub baseline: Option<Quantity>,
    /// What it reaches, in the dimension of the target; else why that is not known.
    pub current: Result<Quantity, String>,
}

impl Performance {
    /// Whether the target is met; `None` if nothing was measured.
    pub fn met(&self) -> Option<bool> {
        self.current.as_ref().ok().map(|current| self.target.holds(current.value))
    }
}
