//! A day's work on a milestone, as the progress log tells it. Also what `log day --from` reads.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

/// What a person did on one day. What nobody said is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Day {
    /// The day, as text; else today.
    #[serde(deserialize_with = "date")]
    pub date: Option<Date>,
    /// The id of the milestone.
    pub milestone: String,
    /// The component that was worked on.
    pub component: String,
    /// What was completed.
    pub items: Vec<Done>,
    /// What was decided, and why.
    pub decisions: Vec<String>,
    /// What was difficult.
    pub challenges: Vec<Challenge>,
    /// Measured durations and rates against their targets.
    pub benchmarks: Vec<String>,
    /// What load was borne.
    pub load: Vec<String>,
    /// What memory and processor were used.
    pub resources: Vec<String>,
    /// The task that comes next.
    pub next: String,
    /// What is in the way of it.
    pub blocking: String,
    /// When it will be done.
    pub estimate: String,
}

/// An item that was completed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Done {
    /// The item of the checklist.
    pub text: String,
    /// Its file.
    pub implementation: String,
    /// The file of its test.
    pub test: String,
    /// Lines of code of the file.
    pub lines: Option<u64>,
    /// Line coverage of the file: `94.3%`.
    pub coverage: String,
}

/// Something that was difficult.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Challenge {
    /// The problem.
    pub text: String,
    /// How it was solved.
    pub resolution: String,
    /// The time it took: `2 hours`.
    pub impact: String,
    /// `Resolved`, `Blocked`, `In Progress`.
    pub status: String,
    /// What is needed to resolve it.
    pub blocker: String,
}

impl Challenge {
    /// Whether it waits for something, and nobody said how it was solved.
    pub fn is_blocked(&self) -> bool {
        let solved = !self.resolution.is_empty() || self.status.eq_ignore_ascii_case("resolved");
        !solved && (!self.blocker.is_empty() || self.status.eq_ignore_ascii_case("blocked"))
    }
}

pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |_| serde::de::Error::custom(format!("`{text}` is not a date such as \"2026-11-23\""));
    text.parse().map(Some).map_err(wrong)
}
