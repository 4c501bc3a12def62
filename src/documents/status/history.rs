//! The change log: one entry for a completed milestone, in the order the document keeps, never twice.

use super::StatusFacts;
use crate::documents::edit::Edits;
use crate::documents::outline::fold;
use crate::documents::page::Page;
use crate::documents::plain;
use crate::documents::registers::dated;
use crate::readers::checklist;

/// Puts the entry of the completed milestone into the section `Change Log`, if there is one.
pub(super) fn append(page: &Page<'_>, facts: &StatusFacts, edits: &mut Edits<'_>) {
    let Some(entry) = entry(facts) else { return };
    let Some(section) = page.section("Change Log") else { return };
    let mut texts = dated::parts(page, &section).into_iter().map(|(h, range)| (h, &page.text[range]));
    let id = facts.completed.as_ref().map(|c| c.milestone.as_str()).unwrap_or_default();
    if texts.any(|(h, text)| fold(&h.text).ends_with("milestone completed") && names(text, id)) {
        return;
    }
    dated::put(page, &section, &entry, edits);
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
