//! A day's entry of the progress log, to the letter of the template.

mod read;

pub use read::read;

use super::plain::{markdown, sanitize};
use super::week::sections;
use crate::model::day::{Challenge, Day, Done};
use jiff::civil::Date;

/// What stands where nothing was measured.
pub(super) const UNMEASURED: &str = "not measured";
/// What stands where nobody said anything.
pub(super) const UNSAID: &str = "not said";
/// What stands where there is nothing.
pub(super) const NONE: &str = "None";

/// The heading of a day's entry.
pub fn heading(date: Date, milestone: &str, component: &str) -> String {
    let named = [milestone, component].map(markdown);
    let [milestone, component] = named;
    match milestone.is_empty() {
        true => format!("## {date} - {component}"),
        false => format!("## {date} - Milestone {milestone} - {component}"),
    }
}

/// The entry; every heading of the template is there.
pub fn entry(day: &Day, date: Date) -> String {
    let parts = [
        ("Completed Items", day.items.iter().map(item).collect()),
        ("Technical Decisions", numbered("Decision", day.decisions.iter().map(|text| markdown(text)))),
        ("Challenges Encountered", numbered("Challenge", day.challenges.iter().map(challenge))),
        ("Performance Metrics", metrics(day)),
        ("Next Steps", next_steps(day)),
    ];
    sections(heading(date, &day.milestone, &day.component), parts)
}

/// The name of the file that holds the entry, without its ending: day, milestone, component, person.
/// Two people never write the same file, and one who writes about the same twice does.
pub fn name(day: &Day, date: Date, person: &str) -> String {
    let parts = [slug(&day.milestone), slug(&day.component), slug(person)];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{date}-{}", parts.join("-"))
}

/// A text as a part of a file name. What has no letters of ASCII is told apart by its sum.
pub(super) fn slug(text: &str) -> String {
    let text = sanitize(text);
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' | '.' => out.push(c),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    let mut out: String = out.trim_matches(['-', '.']).chars().take(48).collect();
    out.truncate(out.trim_end_matches(['-', '.']).len());
    if !text.is_ascii() || text.len() > 48 {
        let sum = &super::region::sum(&text)[..8];
        out = if out.is_empty() { sum.to_owned() } else { format!("{out}-{sum}") };
    }
    out
}

fn numbered(word: &str, texts: impl Iterator<Item = String>) -> Vec<String> {
    texts.enumerate().map(|(n, text)| format!("- {word} {}: {text}", n + 1)).collect()
}

/// Lines below an item, of what was said; `indent` is the width of its marker.
pub(super) fn below(head: String, indent: usize, facts: &[(&str, String)]) -> String {
    let said = facts.iter().filter(|(_, value)| !value.is_empty());
    said.fold(head, |out, (name, value)| format!("{out}\n{:indent$}- {name}: {value}", ""))
}

fn item(done: &Done) -> String {
    let counted = done.lines.map_or_else(|| UNMEASURED.to_owned(), |lines| lines.to_string());
    let covered = if done.coverage.is_empty() { UNMEASURED.to_owned() } else { markdown(&done.coverage) };
    // Without a file there is nothing that could have been measured.
    let measured = |text: String| if done.implementation.is_empty() { String::new() } else { text };
    below(
        format!("- [x] {}", markdown(&done.text)),
        2,
        &[
            ("Implementation file", path(&done.implementation)),
            ("Test file", path(&done.test)),
            ("Lines of code", measured(counted)),
            ("Test coverage", measured(covered)),
        ],
    )
}

fn path(path: &str) -> String {
    let path = sanitize(path);
    match path.contains('`') {
        true => markdown(&path),
        false if path.is_empty() => path,
        false => format!("`{path}`"),
    }
}

fn challenge(challenge: &Challenge) -> String {
    below(
        markdown(&challenge.text),
        2,
        &[
            ("Resolution", markdown(&challenge.resolution)),
            ("Time impact", markdown(&challenge.impact)),
            ("Status", markdown(&challenge.status)),
            ("Blocker", markdown(&challenge.blocker)),
        ],
    )
}

fn metrics(day: &Day) -> Vec<String> {
    let rows = [("Benchmark", &day.benchmarks), ("Load test", &day.load), ("Resource usage", &day.resources)];
    let lines = rows.iter().flat_map(|(name, texts)| match texts.is_empty() {
        true => vec![format!("- {name}: {UNMEASURED}")],
        false => texts.iter().map(|text| format!("- {name}: {}", markdown(text))).collect(),
    });
    lines.collect()
}

fn next_steps(day: &Day) -> Vec<String> {
    let rows = [
        ("Immediate next task", &day.next),
        ("Blocking conditions", &day.blocking),
        ("Estimated completion", &day.estimate),
    ];
    let said = |text: &str| if text.is_empty() { UNSAID.to_owned() } else { markdown(text) };
    rows.iter().map(|(name, text)| format!("- {name}: {}", said(text))).collect()
}

/// The completed items that an entry names, in their own words.
pub fn completed(entry: &str) -> Vec<String> {
    read(entry).items.into_iter().map(|done| done.text).collect()
}
