//! A standup in Markdown, to the letter of the template.

use super::day::{NONE, UNSAID};
use super::plain::markdown;
use crate::model::standup::Standup;

/// The standup; every heading of the template is there.
pub fn text(standup: &Standup) -> String {
    let list = |label: &str, texts: &[String], otherwise: &str| -> Vec<String> {
        let head = if label.is_empty() { "- ".to_owned() } else { format!("- {label}: ") };
        match texts.is_empty() {
            true => vec![format!("{head}{otherwise}")],
            false => texts.iter().map(|text| format!("{head}{}", markdown(text))).collect(),
        }
    };
    let one = |text: &String| if text.is_empty() { vec![] } else { vec![text.clone()] };
    let parts = [
        (
            "Yesterday",
            [
                list("Completed", &standup.completed, "nothing recorded"),
                list("Progress on", &standup.progress, "nothing recorded"),
            ],
        ),
        ("Today", [list("Focus", &one(&standup.focus), UNSAID), list("Goal", &one(&standup.goal), UNSAID)]),
        ("Blockers", [list("", &standup.blockers, NONE), list("Need help with", &standup.help, NONE)]),
    ];
    let mut out = format!("## {} Daily Standup - {}\n", standup.date, markdown(&standup.person));
    for (title, lists) in parts {
        out.push_str(&format!("\n### {title}\n{}\n", lists.concat().join("\n")));
    }
    out
}
