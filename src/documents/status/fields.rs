//! The fields of the template, filled where they stand: `Last Updated`, the cells of the progress
//! table by row label, the labelled bullets under a milestone's heading.

use super::{MilestoneFacts, Page, StatusFacts, items, rows};
use crate::documents::edit::{EditError, Edits};
use crate::documents::outline::{Cell, Table, fold};
use crate::readers::checklist;
use std::collections::BTreeMap;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// `*Last Updated: 2026-11-20 17:30*`, wherever the emphasis begins and ends.
pub(super) fn stamp(page: &Page<'_>, facts: &StatusFacts, edits: &mut Edits<'_>) {
    let text = page.outline.text;
    for range in page.outline.emphasised.iter().filter(|r| page.free(r)) {
        let raw = &text[range.clone()];
        let inner = raw.trim_matches(['*', '_']);
        let Some(rest) = inner.get(..12).filter(|head| head.eq_ignore_ascii_case("last updated")) else {
            continue;
        };
        let value = inner[rest.len()..].trim_start();
        let end = range.start + raw.trim_end_matches(['*', '_']).len();
        if let Some(value) = value.strip_prefix(':').map(str::trim_start) {
            edits.replace(end - value.len()..end, &facts.stamp());
            return;
        }
        // `**Last Updated**: 2026-11-20`
        let line = text[range.end..].split(['\n', '\r']).next().unwrap_or_default();
        if let Some(value) = line.trim_start().strip_prefix(':').map(str::trim).filter(|_| value.is_empty()) {
            let end = range.end + line.trim_end().len();
            edits.replace(end - value.len()..end, &facts.stamp());
            return;
        }
    }
}

/// The rows of the first table under `Overall Progress`, by their labels.
pub(super) fn progress(page: &Page<'_>, facts: &StatusFacts, edits: &mut Edits<'_>) {
    let Some(section) = page.section("Overall Progress") else { return };
    let mine = |t: &&Table| section.contains(&t.range.start) && page.free(&t.range);
    let Some(table) = page.outline.tables.iter().find(mine) else { return };
    let column = |name: &str, usual: usize| {
        let head = table.rows.first().map_or(&[] as &[Cell], Vec::as_slice);
        head.iter().position(|cell| fold(&cell.text) == name).unwrap_or(usual)
    };
    let (label, count, share) = (column("metric", 0), column("count", 1), column("percentage", 2));
    for (name, number, percent) in rows(facts.overall) {
        let named = |row: &&Vec<Cell>| row.get(label).is_some_and(|cell| fold(&cell.text) == fold(name));
        let Some(row) = table.rows.iter().skip(1).find(named) else { continue };
        for (column, value) in [(count, number.to_string()), (share, percent)] {
            fill_cell(page.outline.text, table, row, column, &value, edits);
        }
    }
}

/// Puts a value into a cell. In a column whose cells all have one width, the width is kept.
fn fill_cell(text: &str, table: &Table, row: &[Cell], column: usize, value: &str, edits: &mut Edits<'_>) {
    let Some(range) = row.get(column).map(|cell| cell.range.clone()).filter(|r| !r.is_empty()) else {
        return;
    };
    let raw = &text[range.clone()];
    let old = raw.trim();
    if old == value || same_number(old, value) {
        return;
    }
    let lead = raw.len() - raw.trim_start().len();
    let trail = if old.is_empty() { 0 } else { raw.len() - raw.trim_end().len() };
    let widths = table.rows.iter().filter_map(|row| row.get(column)).map(|c| text[c.range.clone()].width());
    let mut widths = widths.collect::<Vec<_>>();
    widths.dedup();
    let spare = raw.width().saturating_sub(value.width());
    let new = match (widths.len() == 1 && table.rows.len() > 2, lead > trail && !old.is_empty()) {
        (true, false) => {
            format!(" {value}{}", " ".repeat(spare.saturating_sub(1).max(1)))
        }
        (true, true) => {
            format!("{}{value}{}", " ".repeat(spare.saturating_sub(trail).max(1)), " ".repeat(trail))
        }
        (false, _) => format!("{}{value}{}", &raw[..lead.max(1).min(raw.len())], " ".repeat(trail.max(1))),
    };
    edits.replace(range, &new);
}

/// `100%` and `100.0%` say the same; a person's spelling stays.
fn same_number(old: &str, new: &str) -> bool {
    let bare = |s: &str| s.replace(".0%", "%").replace(' ', "");
    bare(old) == bare(new)
}

/// Progress of every milestone; status and day of the completed one.
pub(super) fn milestones(
    page: &Page<'_>,
    facts: &StatusFacts,
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    let whole = 0..page.outline.text.len();
    let scope = page.section("Milestone Status").unwrap_or(whole);
    let mut seen = BTreeMap::new();
    for (n, heading) in page.outline.headings.iter().enumerate() {
        if !scope.contains(&heading.range.start) || !page.free(&heading.range) {
            continue;
        }
        let Some(milestone) = checklist::milestone(&heading.text).and_then(|(id, _)| facts.milestone(&id))
        else {
            continue;
        };
        if seen.insert(&milestone.id, n).is_some() {
            let message = format!("milestone {} has two headings here; keep one", milestone.id);
            return Err(EditError::at(page.outline.text, heading.range.start, message));
        }
        fill(page, facts, milestone, &page.outline.own_section(n), edits)?;
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
            return Err(EditError::at(page.outline.text, again.value.start, message));
        }
        // A value behind the colon of an empty field needs its blank.
        let text = page.outline.text;
        let tight = label.value.is_empty() && !text[..label.value.start].ends_with([' ', '\t']);
        let old = &text[label.value.clone()];
        if !same_number(&old.replace("%)", "%"), &value.replace("%)", "%")) {
            edits.replace(label.value.clone(), &format!("{}{value}", if tight { " " } else { "" }));
        }
    }
    Ok(())
}
