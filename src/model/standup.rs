//! What one person tells at a daily standup.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// Yesterday, today, and what is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standup {
    /// The day.
    pub date: Date,
    /// The working day before it, from which on everything counts.
    pub since: Date,
    /// Who tells.
    pub person: String,
    /// What was finished.
    pub completed: Vec<String>,
    /// What was worked on.
    pub progress: Vec<String>,
    /// The main task; empty if nothing is known.
    pub focus: String,
    /// What is to come of it; empty if nothing is known.
    pub goal: String,
    /// What is in the way.
    pub blockers: Vec<String>,
    /// What others are needed for.
    pub help: Vec<String>,
}

/// The working day before a day: of a Monday, and of the days of a weekend, the Friday.
pub fn working_day_before(day: Date) -> Date {
    let back: Span = match day.weekday() {
        Weekday::Monday => 3.days(),
        Weekday::Sunday => 2.days(),
        _ => 1.days(),
    };
    day.checked_sub(back).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monday_looks_back_to_friday() {
        for (day, before) in [
            ("2025-11-24", "2025-11-21"),
            ("2025-11-25", "2025-11-24"),
            ("2025-11-22", "2025-11-21"),
            ("2025-11-23", "2025-11-21"),
            ("2026-01-01", "2025-12-31"),
        ] {
            assert_eq!(working_day_before(day.parse().unwrap()).to_string(), before, "{day}");
        }
    }
}
