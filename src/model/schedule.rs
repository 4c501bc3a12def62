//! When a milestone begins and is to end, and whose it is.

use super::milestone::MilestoneId;
use jiff::civil::Date;

/// What the status document says of one milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The milestone.
    pub milestone: MilestoneId,
    /// The word behind `Status`; empty if there is none.
    pub status: String,
    /// `Started`, if a day stands there.
    pub started: Option<Date>,
    /// `Estimated Completion`, if a day stands there.
    pub estimated: Option<Date>,
    /// `Owner`; empty if there is none.
    pub owner: String,
}

/// What is to be written of it; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The day it begins.
    pub start: Option<Date>,
    /// The milestone has begun: it is no longer `Not Started`.
    pub begun: bool,
    /// The day on which it is to be complete.
    pub estimate: Option<Date>,
    /// Whose it is.
    pub owner: Option<String>,
}
