//! A standup for a terminal, and for programs.

use super::json::page;
use super::plain::{clean, wrap};
use crate::model::standup::Standup;
use serde_json::json;

/// Columns of the labels.
const LABELS: usize = 17;

/// For programs.
pub fn json(standup: &Standup) -> String {
    page(&json!({
        "schema_version": 1, "date": standup.date.to_string(), "person": standup.person,
        "since": standup.since.to_string(),
        "yesterday": { "completed": standup.completed, "progress": standup.progress },
        "today": { "focus": said(&standup.focus), "goal": said(&standup.goal) },
        "blockers": standup.blockers, "need_help_with": standup.help,
    }))
}

fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// For people, within `width` columns.
pub fn text(standup: &Standup, width: usize) -> String {
    let day = standup.since.strftime("%A %Y-%m-%d");
    let head = format!("{} Daily Standup - {}, since {day}", standup.date, clean(&standup.person));
    let mut out: String =
        wrap(&head, width.saturating_sub(2)).iter().map(|line| format!(" {line}\n")).collect();
    let one = |text: &str| said(text).map(str::to_owned).into_iter().collect::<Vec<_>>();
    let parts = [
        ("Yesterday", [("Completed", standup.completed.clone()), ("Progress on", standup.progress.clone())]),
        ("Today", [("Focus", one(&standup.focus)), ("Goal", one(&standup.goal))]),
        ("Blockers", [("In the way", standup.blockers.clone()), ("Need help with", standup.help.clone())]),
    ];
    for (title, rows) in parts {
        out.push_str(&format!("\n {title}\n"));
        for (label, texts) in rows {
            out.push_str(&row(label, &texts, width));
        }
    }
    out
}

/// A label in front of its texts; a dash where there is none.
fn row(label: &str, texts: &[String], width: usize) -> String {
    let mut out = String::new();
    let none = ["-".to_owned()];
    let texts = if texts.is_empty() { none.as_slice() } else { texts };
    for (n, text) in texts.iter().enumerate() {
        for (at, line) in wrap(&clean(text), width.saturating_sub(LABELS + 5)).iter().enumerate() {
            let label = if n == 0 && at == 0 { label } else { "" };
            let hang = if at == 0 { "" } else { "  " };
            out.push_str(format!("   {label:LABELS$}{hang}{line}").trim_end());
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_the_terminal() {
        let long = "a word after the other ".repeat(8);
        let standup = Standup {
            date: "2025-11-24".parse().unwrap(),
            since: "2025-11-21".parse().unwrap(),
            person: "alice\u{1b}[31m".into(),
            completed: vec![long.clone(), "\u{202e}short".into()],
            progress: vec![],
            focus: long.clone(),
            goal: String::new(),
            blockers: vec![long],
            help: vec![],
        };
        for width in [30, 80] {
            let text = text(&standup, width);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{202e}']));
        }
        assert!(text(&standup, 80).contains("\n   Progress on      -\n"));
    }
}
