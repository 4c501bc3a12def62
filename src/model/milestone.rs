//! Milestones and their ids.

use std::fmt;
use std::str::FromStr;

/// `[A-Za-z0-9][A-Za-z0-9._-]*`, and fit for a git reference: no `..`, no `.lock` or `.` at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct MilestoneId(String);

impl MilestoneId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a milestone id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a milestone id: letters, digits, `.`, `_`, `-`; a letter or digit first; no `..`, no `.` or `.lock` at the end"
)]
pub struct NotMilestoneId(pub String);

impl FromStr for MilestoneId {
    type Err = NotMilestoneId;

    fn from_str(text: &str) -> Result<Self, NotMilestoneId> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let good = text.len() <= 64
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && text.bytes().all(plain)
            && !text.contains("..")
            && !text.ends_with('.')
            && !text.to_ascii_lowercase().ends_with(".lock");
        if good { Ok(Self(text.to_owned())) } else { Err(NotMilestoneId(text.to_owned())) }
    }
}

impl fmt::Display for MilestoneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One milestone of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Its id.
    pub id: MilestoneId,
    /// Its name: `Database Foundation`.
    pub name: String,
    /// For `{milestone.category}` in paths and commands.
    pub category: Option<String>,
    /// Milestones that must be tagged before this one.
    pub requires: Vec<MilestoneId>,
    /// Globs of the code the milestone is about; empty means all of it.
    pub paths: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fit_for_a_tag() {
        for good in ["5.1", "5.10", "alpha", "v2_rc-1", "9"] {
            assert!(good.parse::<MilestoneId>().is_ok(), "{good}");
        }
        for bad in ["", "-5", ".5", "5.1..", "5.1.", "5.1.lock", "5.LOCK", "../x", "5.1 ", "5/1", "5\n1", "é"]
        {
            assert!(bad.parse::<MilestoneId>().is_err(), "{bad:?}");
        }
    }
}
