//! The change log: one entry for a completed milestone, in the order the document keeps, never twice.

use super::{Page, StatusFacts};
use crate::documents::edit::Edits;
use crate::documents::outline::{Heading, fold};
use crate::documents::plain;
use crate::readers::checklist;
use jiff::civil::Date;

/// Puts the entry of the completed milestone into the section `Change Log`, if there is one.
pub(super) fn append(page: &Page<'_>, facts: &StatusFacts, edits: &mut Edits<'_>) {
    let Some(entry) = entry(facts) else { return };
    let Some(section) = page.section("Change Log") else { return };
    let inside = |h: &&Heading| section.contains(&h.range.start) && h.range.start > section.start;
    let headings: Vec<_> = page.outline.headings.iter().filter(inside).collect();
    let texts = headings.iter().enumerate().map(|(n, h)| {
        let end = headings.get(n + 1).map_or(section.end, |next| next.range.start);
        (h, &page.outline.text[h.range.start..end])
    });
    let id = facts.completed.as_ref().map(|c| c.milestone.as_str()).unwrap_or_default();
    if texts.into_iter().any(|(h, text)| fold(&h.text).ends_with("milestone completed") && names(text, id)) {
        return;
    }
    let dated: Vec<_> = headings.iter().filter_map(|h| Some((date(&h.text)?, h))).collect();
    match (dated.first(), dated.last()) {
        (Some((first, heading)), Some((last, _))) if first > last => {
            let at = heading.range.start;
            edits.replace(at..at, &format!("{entry}\n\n"));
        }
        _ => edits.append(section, &entry),
    }
}

/// The entry, in the form of the template.
pub(super) fn entry(facts: &StatusFacts) -> Option<String> {
    let completed = facts.completed.as_ref()?;
    let milestone = facts.milestone(&completed.milestone);
    let name = milestone.map(|m| format!(": {}", plain::markdown(&m.name))).unwrap_or_default();
    let log = &completed.change_log;
    let line = |text: &str| if text.trim().is_empty() { "N/A".to_owned() } else { plain::markdown(text) };
    Some(format!(
        "### {} - Milestone completed\n- **Change**: Milestone {}{name} completed\n- **Reason**: {}\n\
         - **Impact**: {}\n- **Approval**: {}",
        completed.date,
        completed.milestone,
        line(&log.reason),
        line(&log.impact),
        line(&log.approval)
    ))
}

/// Whether the entry's change is about that milestone, and not about 5.10 where 5.1 is meant.
fn names(entry: &str, id: &str) -> bool {
    entry.lines().any(|line| {
        let Some(at) = line.find("Milestone ") else { return false };
        checklist::milestone(&line[at..]).is_some_and(|(found, _)| found.as_str() == id)
    })
}

/// The day at the start of an entry's heading.
fn date(heading: &str) -> Option<Date> {
    heading.trim_start_matches(['[', ' ']).get(..10)?.parse().ok()
}
