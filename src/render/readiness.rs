//! Whether a milestone may begin: each condition, what is missing, and what to do about it.

use super::json::{SCHEMA_VERSION, page};
use super::plain::{clean, pad, wrap};
use crate::evidence::readiness::{Condition, Standing};
use crate::model::milestone::Milestone;
use crate::model::outcome::Ruling;
use crate::model::register::UNSAID;
use crate::model::schedule::Schedule;
use serde_json::{Value, json};

/// What was found, and what the status document says of the milestone.
#[derive(Debug)]
pub struct Readiness<'a> {
    /// The milestone.
    pub milestone: &'a Milestone,
    /// What has to hold.
    pub conditions: Vec<Condition>,
    /// What they come to.
    pub ruling: Ruling,
    /// How the program ends.
    pub exit_code: u8,
    /// The path of the status document.
    pub document: &'a str,
    /// When it begins and ends, and whose it is; `None`: it has no heading.
    pub schedule: Option<Schedule>,
    /// What was written into the document, or why nothing was.
    pub note: Option<String>,
    /// Whether the document was changed.
    pub changed: bool,
}

/// For programs.
pub fn json(readiness: &Readiness<'_>) -> String {
    let condition = |one: &Condition| {
        json!({
            "kind": one.kind.word(), "standing": one.standing.word(), "key": one.key, "message": one.said,
            "next_step": Some(&one.next).filter(|next| !next.is_empty()),
        })
    };
    let schedule = readiness.schedule.as_ref().map(|schedule| {
        json!({
            "status": schedule.status, "owner": schedule.owner,
            "started": schedule.started.map(|day| day.to_string()),
            "estimated_completion": schedule.estimated.map(|day| day.to_string()),
        })
    });
    page(&json!({
        "schema_version": SCHEMA_VERSION,
        "milestone": readiness.milestone.id, "name": readiness.milestone.name,
        "ready": readiness.ruling == Ruling::Passed, "verdict": readiness.ruling.word(),
        "exit_code": readiness.exit_code, "document": readiness.document,
        "conditions": readiness.conditions.iter().map(condition).collect::<Vec<Value>>(),
        "schedule": schedule, "changed": readiness.changed, "note": readiness.note,
    }))
}

/// Columns of the words and marks before a condition.
const LEAD: usize = 18;

/// For people, in a terminal of that many columns.
pub fn text(readiness: &Readiness<'_>, width: usize) -> String {
    let title = format!("Milestone {} {}", readiness.milestone.id, readiness.milestone.name);
    let mut out: String =
        wrap(&clean(&title), width.saturating_sub(2)).iter().map(|l| format!(" {l}\n")).collect();
    out.push('\n');
    let mut before = None;
    for one in &readiness.conditions {
        let word = if before.replace(one.kind) == Some(one.kind) { "" } else { one.kind.word() };
        out.push_str(&row(one, word, width));
    }
    if let Some(schedule) = &readiness.schedule {
        out.push_str(&planned(schedule, width));
    }
    out.push('\n');
    let says = [readiness.note.clone(), Some(end(readiness))];
    for line in says.iter().flatten().flat_map(|text| wrap(&clean(text), width.saturating_sub(2))) {
        out.push_str(&format!(" {line}\n"));
    }
    out
}

fn row(one: &Condition, word: &str, width: usize) -> String {
    let mark = match one.standing {
        Standing::Met => "✓",
        Standing::Missing => "✗",
        Standing::NotKnown => "?",
    };
    let room = width.saturating_sub(LEAD).max(12);
    let said = if one.key.is_empty() { one.said.clone() } else { format!("{}: {}", one.key, one.said) };
    let mut lines = wrap(&clean(&said), room);
    if !one.next.is_empty() {
        lines.extend(wrap(&clean(&format!("next: {}", one.next)), room));
    }
    let lead = |n: usize| if n == 0 { format!(" {} {mark} ", pad(word, LEAD - 4)) } else { " ".repeat(LEAD) };
    lines.iter().enumerate().map(|(n, line)| format!("{}{line}\n", lead(n))).collect()
}

fn planned(schedule: &Schedule, width: usize) -> String {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| UNSAID.to_owned(), |day| day.to_string());
    let owner = if schedule.owner.is_empty() { UNSAID } else { &schedule.owner };
    let (started, estimated) = (day(schedule.started), day(schedule.estimated));
    let said = format!("started {started}, estimated completion {estimated}, owner {owner}");
    let lines = wrap(&clean(&said), width.saturating_sub(LEAD).max(12));
    let word = |n: usize| pad(if n == 0 { "plan" } else { "" }, LEAD - 2);
    lines.iter().enumerate().map(|(n, line)| format!(" {} {line}\n", word(n))).collect()
}

fn end(readiness: &Readiness<'_>) -> String {
    let count = |standing| readiness.conditions.iter().filter(|one| one.standing == standing).count();
    let said = match readiness.ruling {
        Ruling::Passed => "Ready: it may begin.".to_owned(),
        Ruling::Failed => match count(Standing::Missing) {
            1 => "Not ready: one thing is missing.".to_owned(),
            n => format!("Not ready: {n} things are missing."),
        },
        Ruling::Unproven | Ruling::Deferred => "Not known: something could not be looked up here.".to_owned(),
    };
    format!("{said}   exit {}", readiness.exit_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::readiness::Kind;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn nothing_hostile_and_nothing_too_wide() {
        let hostile = "::error::x\u{1b}[31m ##[set] \u{202e} a_very_long_name_of_a_machine_that_nobody_has";
        let milestone = Milestone {
            id: "5.2".parse().unwrap(),
            name: hostile.to_owned(),
            category: None,
            requires: Vec::new(),
            paths: Vec::new(),
        };
        let readiness = Readiness {
            conditions: vec![Condition::missing(Kind::Dependencies, "external/1", hostile, hostile)],
            ruling: Ruling::Failed,
            exit_code: 1,
            document: "STATUS.md",
            schedule: Some(Schedule {
                milestone: milestone.id.clone(),
                status: hostile.to_owned(),
                started: None,
                estimated: None,
                owner: hostile.to_owned(),
            }),
            milestone: &milestone,
            note: Some(hostile.to_owned()),
            changed: false,
        };
        for width in [30, 40, 80, 200] {
            let shown = text(&readiness, width);
            assert!(!shown.contains(['\u{1b}', '\u{202e}']) && !shown.contains("##["), "{shown}");
            assert!(shown.lines().all(|line| line.width() <= width), "{width}:\n{shown}");
            assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{shown}");
        }
    }
}
