//! What waited for a completed milestone: blocking issues of other milestones that say so.
//! They are resolved once every milestone that they name is complete; one that merely mentions a
//! milestone is a person's business.

use super::StatusFacts;
use crate::documents::edit::EditError;
use crate::documents::registers::{self, Closing};
use crate::model::milestone::MilestoneId;
use crate::model::register::{BLOCKER, Entry};
use std::collections::BTreeMap;

/// The document with those issues resolved.
///
/// # Errors
/// The registers cannot be read.
pub(super) fn release(text: &str, facts: &StatusFacts) -> Result<String, EditError> {
    let Some(completed) = &facts.completed else { return Ok(text.to_owned()) };
    let values = BTreeMap::from([("Resolution", format!("Milestone {} completed", completed.milestone))]);
    let closing = Closing { on: completed.date, values };
    let waits = |entry: &&Entry| {
        let foreign = entry.group.as_deref() != Some(completed.milestone.as_str());
        let (title, plan) = (entry.title(), entry.value("Plan"));
        let named = named(&format!("{title} {plan}"), facts);
        let done = |id: &&MilestoneId| facts.milestone(id).is_some_and(|m| facts.completed_on(m).is_some());
        foreign
            && (waits_for(title) || waits_for(plan))
            && named.contains(&&completed.milestone)
            && named.iter().all(done)
    };
    let mut new = text.to_owned();
    for entry in registers::read(text)?.open(&BLOCKER).filter(waits) {
        // One that cannot be struck out safely stays for a person to resolve.
        new = registers::resolve(&new, entry, &closing, &facts.stamp()).unwrap_or(new);
    }
    Ok(new)
}

/// Words before a milestone that make it what a text waits for.
const WAITING: &[&str] =
    &["for", "on", "after", "by", "with", "until", "need", "needs", "require", "requires"];

/// Whether a text begins with the milestones it names, or says that it waits for them.
fn waits_for(title: &str) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<_> = title.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| matches!(word.as_str(), "milestone" | "milestones"));
    at.is_some_and(|at| at == 0 || WAITING.contains(&words[at - 1].as_str()))
}

/// The milestones that a text names: `Milestone 5.1`, `Milestones 5.1, 5.2 and 5.3`.
fn named<'a>(text: &str, facts: &'a StatusFacts) -> Vec<&'a MilestoneId> {
    let mut named = Vec::new();
    let mut listing = false;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let known = facts.milestones.iter().map(|m| &m.id).find(|id| id.as_str() == bare);
        let lower = bare.to_lowercase();
        match (known, lower.as_str()) {
            (_, "milestone" | "milestones") => listing = true,
            (Some(id), _) if listing => named.push(id),
            (_, "and" | "or" | "") => {}
            _ => listing = false,
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::status::MilestoneFacts;
    use crate::model::checklist::Progress;

    #[test]
    fn a_mention_is_no_waiting() {
        for title in
            ["Milestone 5.1 must be complete", "waits for (milestone 5.1)", "Blocked by Milestones 5.1, 5.2"]
        {
            assert!(waits_for(title), "{title}");
        }
        for title in [
            "Login broken by a regression in Milestone 5.1",
            "ask ops, as in Milestone 5.1",
            "The pool of milestone 5.1",
            "Redis",
            "",
        ] {
            assert!(!waits_for(title), "{title}");
        }
    }

    #[test]
    fn milestones_are_named_in_words() {
        let milestone = |id: &str| MilestoneFacts {
            id: id.parse().unwrap(),
            name: String::new(),
            progress: Progress::default(),
            requires: Vec::new(),
            started: None,
            completed_on: None,
        };
        let facts = StatusFacts {
            project_name: String::new(),
            date: "2026-11-24".parse().unwrap(),
            time: String::new(),
            overall: Progress::default(),
            milestones: ["5.1", "5.2", "5.10"].map(milestone).into(),
            completed: None,
            performance: Vec::new(),
            adopt: false,
        };
        for (text, expected) in [
            ("Milestone 5.1 must be complete", "5.1"),
            ("waits for (milestone 5.10).", "5.10"),
            ("Milestones 5.1, 5.2 and 5.10 come first", "5.1 5.2 5.10"),
            ("Milestone 5.1 - ask for milestone 5.2", "5.1 5.2"),
            ("PostgreSQL 5.1 is missing", ""),
            ("Milestone planning for 5.1", ""),
            ("Milestone 5.11", ""),
        ] {
            let found: Vec<_> = named(text, &facts).iter().map(|id| id.as_str()).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
