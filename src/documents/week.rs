//! A week's summary of the progress log, to the letter of the template.

use super::day::{NONE, UNSAID, below, slug};
use super::outline::{Outline, fold};
use super::plain::markdown;
use crate::model::checklist::Progress;
use crate::model::week::{Blocker, Threat, Week};
use jiff::ToSpan;
use jiff::civil::Date;

/// The first day of a day's week.
pub fn monday(day: Date) -> Date {
    let since = day.weekday().to_monday_zero_offset();
    day.checked_sub(since.days()).unwrap_or(day)
}

/// The heading of a week's summary.
fn heading(monday: Date) -> String {
    format!("## Week of {monday} - Weekly Summary")
}

/// Whether a text, be it an entry or a log, holds the summary of a week.
pub fn is_in(text: &str, monday: Date) -> bool {
    let title = format!("week of {monday}");
    Outline::new(text).headings.iter().any(|heading| fold(&heading.text).starts_with(&title))
}

/// The name of the file that holds a person's summary, without its ending. It begins with the Friday,
/// on which it is written.
pub fn name(monday: Date, person: &str) -> String {
    let friday = monday.checked_add(4.days()).unwrap_or(monday);
    let parts = ["week".to_owned(), slug(person)];
    format!("{friday}-{}", parts.join("-").trim_end_matches('-'))
}

/// The summary; every heading of the template is there.
pub fn entry(week: &Week) -> String {
    let parts = [
        ("Milestone Progress", progress(week)),
        ("Key Achievements", numbered(&week.achievements)),
        ("Blockers and Risks", week.blockers.iter().enumerate().map(blocker).collect()),
        ("Next Week's Goals", numbered(&week.goals)),
        ("Resource Needs", week.needs.iter().map(|need| format!("- [ ] {}", markdown(need))).collect()),
    ];
    sections(heading(week.monday), parts)
}

/// A heading and the lines below each of its own; a dash and a word where there is none.
pub(super) fn sections<const N: usize>(heading: String, parts: [(&str, Vec<String>); N]) -> String {
    parts.iter().fold(heading, |out, (title, lines)| {
        let body = if lines.is_empty() { format!("- {NONE}") } else { lines.join("\n") };
        format!("{out}\n\n### {title}\n{body}")
    })
}

fn progress(week: &Week) -> Vec<String> {
    let all = format!("Overall {}", week.project_name);
    let milestones = week.milestones.iter().map(|(name, progress)| line(name, Some(*progress)));
    milestones.chain([line(&all, week.overall)]).collect()
}

/// `Milestone 5.1: 3/5 items - 60% complete`: one decimal only where there is one.
fn line(name: &str, progress: Option<Progress>) -> String {
    let name = markdown(name);
    match progress.map(Progress::ratio) {
        None => format!("- {name}: not counted"),
        Some(ratio) if ratio.is_empty() => format!("- {name}: no item yet"),
        Some(ratio) => {
            let percent = ratio.percent().replace(".0%", "%");
            format!("- {name}: {}/{} items - {percent} complete", ratio.covered, ratio.total)
        }
    }
}

fn numbered(texts: &[String]) -> Vec<String> {
    texts.iter().enumerate().map(|(n, text)| format!("{}. {}", n + 1, markdown(text))).collect()
}

fn blocker((n, blocker): (usize, &Blocker)) -> String {
    let kind = match blocker.kind {
        Threat::Blocker => "Blocker",
        Threat::Risk => "Risk",
    };
    let said = |text: &str| if text.is_empty() { UNSAID.to_owned() } else { markdown(text) };
    let number = format!("{}. ", n + 1);
    let facts = [
        ("Impact", said(&blocker.impact)),
        ("Mitigation", said(&blocker.mitigation)),
        ("ETA", said(&blocker.eta)),
    ];
    below(format!("{number}{kind}: {}", markdown(&blocker.text)), number.len(), &facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        for (day, first) in [
            ("2025-11-17", "2025-11-17"),
            ("2025-11-21", "2025-11-17"),
            ("2025-11-23", "2025-11-17"),
            ("2025-11-24", "2025-11-24"),
            ("2026-01-01", "2025-12-29"),
        ] {
            assert_eq!(monday(day.parse().unwrap()).to_string(), first, "{day}");
        }
    }

    #[test]
    fn a_summary_is_known_by_its_week() {
        let first: Date = "2025-11-17".parse().unwrap();
        assert_eq!(name(first, "Alice B."), "2025-11-21-week-alice-b");
        assert_eq!(name(first, ""), "2025-11-21-week");
        assert!(is_in("##  Week of 2025-11-17 - weekly summary\n\n- a\n", first));
        assert!(!is_in("## Week of 2025-11-24 - Weekly Summary\n", first));
        assert!(!is_in("## 2025-11-21 - Week of 2025-11-17\n", first));
    }
}
