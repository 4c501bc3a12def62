//! How much of the code bears a docstring.

use super::decimal::Decimal;
use super::ratio::Ratio;
use std::collections::BTreeMap;

/// The result of a docstring-coverage tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docstrings {
    /// Documented of all by file; empty where the report shows only its total.
    pub files: BTreeMap<String, Ratio>,
    /// Documented of all, where the report shows counts.
    pub total: Option<Ratio>,
    /// The percentage the tool printed, rounded by it to one decimal.
    pub printed: Option<Decimal>,
}
