//! May a milestone begin? Its predecessors are complete, nothing blocks it, what it depends on is there,
//! and what it needs is given. What nobody can tell is not taken for ready.

use crate::model::checklist::{Checklist, ItemState};
use crate::model::milestone::{Milestone, MilestoneId};
use crate::model::outcome::Ruling;
use crate::model::register::{BLOCKER, DEPENDENCY, Entry, NEED, Noun, Registers};

/// What has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The milestones before it are tagged, and their tags hold.
    Predecessors,
    /// Its blocking issues are resolved, and none of its items is blocked.
    Blockers,
    /// What the project depends on is there.
    Dependencies,
    /// What the team has to be given is given.
    Resources,
}

impl Kind {
    /// For people and programs.
    pub const fn word(self) -> &'static str {
        ["predecessors", "blockers", "dependencies", "resources"][self as usize]
    }
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Met,
    /// It does not.
    Missing,
    /// What would tell is not here.
    NotKnown,
}

impl Standing {
    /// For programs.
    pub const fn word(self) -> &'static str {
        ["met", "missing", "not-known"][self as usize]
    }
}

/// One condition, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What has to hold.
    pub kind: Kind,
    /// Whether it does.
    pub standing: Standing,
    /// What names it: `5.1`, `external/2`; empty where nothing in particular is meant.
    pub key: String,
    /// What was found.
    pub said: String,
    /// What to do next; empty if nothing.
    pub next: String,
}

impl Condition {
    /// One that holds.
    pub fn met(kind: Kind, key: impl Into<String>, said: impl Into<String>) -> Self {
        Self { kind, standing: Standing::Met, key: key.into(), said: said.into(), next: String::new() }
    }

    /// One that does not.
    pub fn missing(
        kind: Kind,
        key: impl Into<String>,
        said: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self { standing: Standing::Missing, next: next.into(), ..Self::met(kind, key, said) }
    }

    /// One that nobody can tell of.
    #[must_use]
    pub fn unknown(self) -> Self {
        Self { standing: Standing::NotKnown, ..self }
    }
}

/// What all conditions come to: Kleene's AND.
pub fn ruling(conditions: &[Condition]) -> Ruling {
    let any = |standing| conditions.iter().any(|one| one.standing == standing);
    if any(Standing::Missing) {
        Ruling::Failed
    } else if any(Standing::NotKnown) || conditions.is_empty() {
        Ruling::Unproven
    } else {
        Ruling::Passed
    }
}

/// Blocking issues, dependencies and resource needs. `planned`: the milestone has a heading in the
/// status document, below which its blocking issues would stand.
pub fn of_registers(registers: &Registers, milestone: &Milestone, planned: bool) -> Vec<Condition> {
    let id = &milestone.id;
    let ours = |entry: &&Entry| entry.group.as_deref() == Some(id.as_str());
    let mut all = Vec::new();
    if planned {
        let issues: Vec<_> = registers.of(&BLOCKER).filter(ours).collect();
        all.extend(entries(Kind::Blockers, &BLOCKER, &issues, "resolved"));
    } else {
        let said = format!("the status document has no heading `Milestone {id}`, where they would stand");
        let next = format!("write it: ### Milestone {id}: {}", milestone.name);
        all.push(Condition::missing(Kind::Blockers, "", said, next).unknown());
    }
    let (dependencies, needs): (Vec<_>, Vec<_>) =
        (registers.of(&DEPENDENCY).collect(), registers.of(&NEED).collect());
    all.extend(entries(Kind::Dependencies, &DEPENDENCY, &dependencies, "ticked"));
    all.extend(entries(Kind::Resources, &NEED, &needs, "confirmed"));
    all
}

/// A condition for each open entry; one that says how many there were if there is none.
fn entries(kind: Kind, noun: &'static Noun, entries: &[&Entry], word: &str) -> Vec<Condition> {
    let open = entries.iter().filter(|entry| entry.open);
    let open: Vec<_> = open
        .map(|entry| {
            let since = entry.since.map(|since| format!(" (since {since})")).unwrap_or_default();
            let next = format!("milegate {} resolve {}", noun.name, entry.key);
            Condition::missing(kind, &entry.key, format!("{}{since}", entry.title()), next)
        })
        .collect();
    match (open.is_empty(), entries.len()) {
        (false, _) => open,
        (true, 0) => vec![Condition::met(kind, "", "none is written")],
        (true, count) => vec![Condition::met(kind, "", format!("{count} of {count} {word}"))],
    }
}

/// The milestone's items that are marked as blocked.
pub fn of_items(checklist: &Checklist, milestone: &MilestoneId) -> Vec<Condition> {
    let keyed = checklist.keyed().into_iter().filter(|(_, item)| item.milestone.as_ref() == Some(milestone));
    let blocked = keyed.filter_map(|(key, item)| match &item.state {
        ItemState::Blocked(reason) => {
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            let said = format!("{} is blocked{reason}", item.text);
            Some(Condition::missing(Kind::Blockers, &key, said, format!("milegate tick {key} --start")))
        }
        _ => None,
    });
    blocked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milestone() -> Milestone {
        Milestone {
            id: "5.2".parse().unwrap(),
            name: "Repository Layer".to_owned(),
            category: None,
            requires: Vec::new(),
            paths: Vec::new(),
        }
    }

    fn entry(noun: &'static Noun, group: Option<&str>, open: bool) -> Entry {
        let mut entry = Entry::new(noun).with(noun.fields[0].name, "Redis");
        (entry.key, entry.group, entry.open) = ("k".to_owned(), group.map(str::to_owned), open);
        entry
    }

    fn words(conditions: &[Condition]) -> Vec<String> {
        conditions.iter().map(|c| format!("{} {} {}", c.kind.word(), c.standing.word(), c.said)).collect()
    }

    #[test]
    fn only_what_is_open_and_its_own_is_in_the_way() {
        let registers = Registers(vec![
            entry(&BLOCKER, Some("5.1"), true),
            entry(&BLOCKER, Some("5.2"), false),
            entry(&DEPENDENCY, Some("internal"), true),
            entry(&DEPENDENCY, Some("external"), false),
        ]);
        assert_eq!(
            words(&of_registers(&registers, &milestone(), true)),
            ["blockers met 1 of 1 resolved", "dependencies missing Redis", "resources met none is written"]
        );
        let unplanned = of_registers(&Registers::default(), &milestone(), false);
        assert_eq!(ruling(&unplanned), Ruling::Unproven);
        assert!(unplanned[0].next.ends_with("### Milestone 5.2: Repository Layer"));
    }

    #[test]
    fn missing_over_not_known_over_met() {
        let met = Condition::met(Kind::Resources, "", "");
        let missing = Condition::missing(Kind::Resources, "", "", "");
        let unknown = missing.clone().unknown();
        assert_eq!(ruling(std::slice::from_ref(&met)), Ruling::Passed);
        assert_eq!(ruling(&[met.clone(), unknown.clone()]), Ruling::Unproven);
        assert_eq!(ruling(&[met, unknown, missing]), Ruling::Failed);
        assert_eq!(ruling(&[]), Ruling::Unproven);
    }
}
