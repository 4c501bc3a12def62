//! What linters, type checkers and formatters found, on one scale of severity.

use super::place::Place;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The one scale, worst first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Must not ship under any policy.
    Critical,
    /// Wrong.
    Error,
    /// Probably wrong.
    Warning,
    /// Style, conventions, notes.
    Info,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::Error, Self::Warning, Self::Info];

    /// The word in configuration and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.word() == word).ok_or(())
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// On our scale.
    pub severity: Severity,
    /// Where; `None` for findings about the whole.
    pub place: Option<Place>,
    /// The rule as the tool names it: `E1101`, `no-any-return`.
    pub rule: Option<String>,
    /// Raw text of the report, hostile until escaped by an output.
    pub message: String,
    /// The tool that found it: `pylint`.
    pub tool: &'static str,
    /// The tool could not do its work there (a module that does not parse, a crash): nothing is
    /// proven about the rest of it, whatever the list says.
    pub blocking: bool,
}

/// The findings of one or more reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// All that count, in report order.
    pub list: Vec<Finding>,
    /// How many the tool itself marked as suppressed; they do not count.
    pub suppressed: u64,
    /// Modules or files the tool says it looked at, where it says so; 0 proves nothing.
    pub analysed: Option<u64>,
}

impl Findings {
    /// Appends another report's findings.
    pub fn merge(&mut self, other: Self) {
        self.list.extend(other.list);
        self.list.sort();
        self.suppressed = self.suppressed.saturating_add(other.suppressed);
        self.analysed = match (self.analysed, other.analysed) {
            (None, None) => None,
            (one, two) => Some(one.unwrap_or(0).saturating_add(two.unwrap_or(0))),
        };
    }

    /// How many of each severity; every severity has an entry.
    pub fn by_severity(&self) -> BTreeMap<Severity, u64> {
        let mut counts: BTreeMap<_, _> = Severity::ALL.into_iter().map(|s| (s, 0)).collect();
        for finding in &self.list {
            *counts.entry(finding.severity).or_default() += 1;
        }
        counts
    }
}
