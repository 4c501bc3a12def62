//! The fields of the template, filled where they stand: `Last Updated`, the cells of the progress
//! table by row label, the labelled bullets under a milestone's heading.

use super::{MilestoneFacts, StatusFacts, items, rows};
use crate::documents::edit::{EditError, Edits};
use crate::documents::outline::{Cell, fold};
use crate::documents::page::Page;
use crate::documents::table::{self, same_number};
use std::ops::Range;

/// `*Last Updated: 2026-11-20 17:30*`, wherever the emphasis begins and ends.
pub(super) fn stamp(page: &Page<'_>, stamp: &str, edits: &mut Edits<'_>) {
    let text = page.text;
    for range in page.outline.emphasised.iter().filter(|r| page.free(r)) {
        let raw = &text[range.clone()];
        let inner = raw.trim_matches(['*', '_']);
        let Some(rest) = inner.get(..12).filter(|head| head.eq_ignore_ascii_case("last updated")) else {
            continue;
        };
        let value = inner[rest.len()..].trim_start();
        let end = range.start + raw.trim_end_matches(['*', '_']).len();
        if let Some(value) = value.strip_prefix(':').map(str::trim_start) {
            edits.replace(end - value.len()..end, stamp);
            return;
        }
        // `**Last Updated**: 2026-11-20`
        let line = text[range.end..].split(['\n', '\r']).next().unwrap_or_default();
        if let Some(value) = line.trim_start().strip_prefix(':').map(str::trim).filter(|_| value.is_empty()) {
            let end = range.end + line.trim_end().len();
            edits.replace(end - value.len()..end, stamp);
            return;
        }
    }
}

/// The rows of the first table under `Overall Progress`, by their labels.
pub(super) fn progress(page: &Page<'_>, facts: &StatusFacts, edits: &mut Edits<'_>) {
    let Some(section) = page.section("Overall Progress") else { return };
    let Some(table) = page.tables_in(&section).next() else { return };
    let column = |name: &str, usual: usize| table::column(table, name).unwrap_or(usual);
    let (label, count, share) = (column("metric", 0), column("count", 1), column("percentage", 2));
    for (name, number, percent) in rows(facts.overall) {
        let named = |row: &&Vec<Cell>| row.get(label).is_some_and(|cell| fold(&cell.text) == fold(name));
        let Some(row) = table.rows.iter().skip(1).find(named) else { continue };
        for (column, value) in [(count, number.to_string()), (share, percent)] {
            table::fill(page.text, table, row, column, &value, edits);
        }
    }
}

/// Progress of every milestone; status and day of the completed one.
pub(super) fn milestones(
    page: &Page<'_>,
    facts: &StatusFacts,
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    for (id, section) in page.milestones()? {
        if let Some(milestone) = facts.milestone(&id) {
            fill(page, facts, milestone, &section, edits)?;
        }
    }
    Ok(())
}

fn fill(
    page: &Page<'_>,
    facts: &StatusFacts,
    milestone: &MilestoneFacts,
    section: &Range<usize>,
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    let now = facts.completed.as_ref().filter(|c| c.milestone == milestone.id);
    let mut values = vec![("progress", items(milestone.progress))];
    if let Some(completed) = now {
        values.push(("status", "Complete".to_owned()));
        values.push(("actual completion", completed.date.to_string()));
    }
    for (name, value) in values {
        let mut labels = page.outline.labels.iter().filter(|label| {
            label.name == name
                && section.contains(&label.value.start.saturating_sub(1))
                && page.free(&label.value)
        });
        let Some(label) = labels.next() else { continue };
        if let Some(again) = labels.next() {
            let message = format!("`{name}` stands twice under milestone {}; keep one", milestone.id);
            return Err(EditError::at(page.text, again.value.start, message));
        }
        // A value behind the colon of an empty field needs its blank.
        let text = page.text;
        let tight = label.value.is_empty() && !text[..label.value.start].ends_with([' ', '\t']);
        let old = &text[label.value.clone()];
        if !same_number(&old.replace("%)", "%"), &value.replace("%)", "%")) {
            edits.replace(label.value.clone(), &format!("{}{value}", if tight { " " } else { "" }));
        }
    }
    Ok(())
}
