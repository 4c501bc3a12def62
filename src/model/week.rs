//! A week's work, as the progress log sums it up. What a person says of it is also what
//! `log week --from` reads.

use super::checklist::Progress;
use super::day::date;
use jiff::civil::Date;
use serde::Deserialize;

/// A week, Monday to Sunday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub monday: Date,
    /// How much of each milestone was done at its end: `Milestone 5.1`.
    pub milestones: Vec<(String, Progress)>,
    /// How much of everything; `None` if nothing is counted.
    pub overall: Option<Progress>,
    /// The project's name.
    pub project_name: String,
    /// What was achieved.
    pub achievements: Vec<String>,
    /// What is in the way, and what may be.
    pub blockers: Vec<Blocker>,
    /// What is to be done in the next week.
    pub goals: Vec<String>,
    /// Tools, access and decisions that are needed.
    pub needs: Vec<String>,
}

/// Whether something is in the way, or may come to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Threat {
    /// It is.
    #[default]
    Blocker,
    /// It may.
    Risk,
}

/// A blocker or a risk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Blocker {
    /// Which of the two.
    pub kind: Threat,
    /// What it is.
    pub text: String,
    /// Which milestones are affected.
    pub impact: String,
    /// The plan to resolve it.
    pub mitigation: String,
    /// The expected day of its end.
    pub eta: String,
}

/// What a person says about a week. What nobody said is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    /// A day of the week, as text; else today.
    #[serde(deserialize_with = "date")]
    pub week: Option<Date>,
    /// What was achieved.
    pub achievements: Vec<String>,
    /// What is in the way; by the key or the words of one that is known, more about that one.
    pub blockers: Vec<Blocker>,
    /// What is to be done in the next week.
    pub goals: Vec<String>,
    /// What is needed.
    pub needs: Vec<String>,
    /// A list that says something stands alone, without what was found.
    pub only: bool,
}

impl Said {
    /// What was said in front of what was found; alone, where that was asked for.
    pub fn with(said: &[String], found: Vec<String>, only: bool) -> Vec<String> {
        let mut all = said.to_vec();
        if !only || said.is_empty() {
            all.extend(found.into_iter().filter(|text| !said.contains(text)));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn said_stands_before_found() {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let found = || list(&["b", "c"]);
        assert_eq!(Said::with(&list(&["a", "b"]), found(), false), list(&["a", "b", "c"]));
        assert_eq!(Said::with(&list(&["a"]), found(), true), list(&["a"]));
        assert_eq!(Said::with(&[], found(), true), found());
    }
}
