//! A day's entry read back: as [`super::entry`] writes it, or as a person writes the template by hand.
//!
//! Read tolerantly: what is not there, not measured, not said, or a word of the template in brackets is
//! empty; headings that the template does not have are left alone.

use super::{NONE, UNMEASURED, UNSAID};
use crate::documents::items::{self, Item};
use crate::documents::outline::{Outline, fold};
use crate::documents::page;
use crate::documents::plain::words;
use crate::model::day::{Challenge, Day, Done};
use std::ops::Range;

/// What an entry says.
pub fn read(entry: &str) -> Day {
    let outline = Outline::new(entry);
    let mut day = Day::default();
    if let Some(head) = outline.headings.first() {
        title(&head.text, &mut day);
    }
    let all = items::read(entry);
    for (n, heading) in outline.headings.iter().enumerate() {
        let reader = Reader { text: entry, all: &all, within: outline.section(n) };
        match page::title(&heading.text).as_str() {
            "completed items" => day.items = reader.items(),
            "technical decisions" => day.decisions = reader.numbered("decision"),
            "challenges encountered" => day.challenges = reader.challenges(),
            "performance metrics" => {
                day.benchmarks = reader.named("benchmark");
                day.load = reader.named("load test");
                day.resources = reader.named("resource usage");
            }
            "next steps" => {
                day.next = reader.one("immediate next task");
                day.blocking = reader.one("blocking conditions");
                day.estimate = reader.one("estimated completion");
            }
            _ => {}
        }
    }
    day
}

/// `2026-11-23 - Milestone 5.1 - Component`; a milestone may be missing.
fn title(heading: &str, day: &mut Day) {
    let mut parts = heading.splitn(2, " - ");
    day.date = parts.next().and_then(|date| date.trim().parse().ok());
    let rest = parts.next().unwrap_or_default().trim();
    let milestone =
        rest.strip_prefix("Milestone ").map(|named| named.split_once(" - ").unwrap_or((named, "")));
    let (milestone, component) = milestone.unwrap_or(("", rest));
    (day.milestone, day.component) = (milestone.trim().to_owned(), component.trim().to_owned());
}

struct Reader<'a> {
    text: &'a str,
    all: &'a [Item],
    within: Range<usize>,
}

impl Reader<'_> {
    /// The items of the section, with their words, that say something.
    fn said(&self) -> impl Iterator<Item = (&Item, &str)> {
        let ours = self.all.iter().filter(|item| self.within.contains(&item.range.start));
        ours.map(|item| (item, self.raw(item))).filter(|(_, raw)| !unsaid(raw) && *raw != NONE)
    }

    fn raw(&self, item: &Item) -> &str {
        self.text[item.words.clone()].trim()
    }

    fn items(&self) -> Vec<Done> {
        let ticked = self.said().filter(|(item, _)| matches!(item.task, Some((true, _))));
        let done = ticked.map(|(item, raw)| {
            let named = items::lines(self.text, item);
            Done {
                text: words(raw),
                implementation: named.implementation.unwrap_or_default(),
                test: named.test.unwrap_or_default(),
                lines: self.below(item, "lines of code").parse().ok(),
                coverage: self.below(item, "test coverage"),
            }
        });
        done.collect()
    }

    /// Texts behind `Decision 1:`; the number may be missing.
    fn numbered(&self, word: &str) -> Vec<String> {
        self.said().filter_map(|(_, raw)| behind(raw, word)).collect()
    }

    fn challenges(&self) -> Vec<Challenge> {
        let all = self.said().filter_map(|(item, raw)| {
            Some(Challenge {
                text: behind(raw, "challenge")?,
                resolution: self.below(item, "resolution"),
                impact: self.below(item, "time impact"),
                status: self.below(item, "status"),
                blocker: Some(self.below(item, "blocker")).filter(|what| what != NONE).unwrap_or_default(),
            })
        });
        all.collect()
    }

    /// Every value of a label.
    fn named(&self, label: &str) -> Vec<String> {
        self.said().filter_map(|(_, raw)| value(raw, label)).collect()
    }

    /// The first value of a label.
    fn one(&self, label: &str) -> String {
        self.named(label).into_iter().next().unwrap_or_default()
    }

    /// The value of a label below an item.
    fn below(&self, item: &Item, label: &str) -> String {
        item.items.iter().find_map(|line| value(self.raw(line), label)).unwrap_or_default()
    }
}

/// What stands behind `label:`, if it says something.
fn value(raw: &str, label: &str) -> Option<String> {
    let (name, value) = raw.split_once(':')?;
    let (name, value) = (name.trim_matches('*'), value.trim().trim_start_matches("**").trim());
    (fold(name) == label && !unsaid(value)).then(|| words(value))
}

/// What stands behind `Word 1:`; all of it, where no such word stands there.
fn behind(raw: &str, word: &str) -> Option<String> {
    let numbered = |name: &str| {
        let name = fold(name.trim_matches('*'));
        let rest = name.strip_prefix(word).map(str::trim);
        rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let said = match raw.split_once(':') {
        Some((name, value)) if numbered(name) => value.trim().trim_start_matches("**").trim(),
        _ => raw,
    };
    (!unsaid(said)).then(|| words(said))
}

/// Nothing, or a word of the template in its brackets.
fn unsaid(raw: &str) -> bool {
    let template = raw.starts_with('[') && raw.ends_with(']') && !raw.contains("](");
    raw.is_empty() || template || raw == UNMEASURED || raw == UNSAID
}
