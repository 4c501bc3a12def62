//! Cells and rows of tables: filled and added in the manner of those that are there.

use super::edit::Edits;
use super::items::{line_end, line_start};
use super::outline::{Cell, Table, fold};
use unicode_width::UnicodeWidthStr;

/// Puts a value into a cell. In a column whose cells all have one width, the width is kept.
pub(super) fn fill(
    text: &str,
    table: &Table,
    row: &[Cell],
    column: usize,
    value: &str,
    edits: &mut Edits<'_>,
) {
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
pub(super) fn same_number(old: &str, new: &str) -> bool {
    let bare = |s: &str| s.replace(".0%", "%").replace(' ', "");
    bare(old) == bare(new)
}

/// The column under the head of that name.
pub(super) fn column(table: &Table, name: &str) -> Option<usize> {
    table.rows.first()?.iter().position(|cell| fold(&cell.text) == fold(name))
}

/// The Markdown of a cell, blanks around it left out; empty where the row is too short.
pub(super) fn raw<'a>(text: &'a str, row: &[Cell], column: Option<usize>) -> &'a str {
    column.and_then(|n| row.get(n)).map(|cell| text[cell.range.clone()].trim()).unwrap_or_default()
}

/// Puts a row behind the last one, or in place of `free`.
pub(super) fn put(text: &str, table: &Table, cells: &[String], free: Option<usize>, edits: &mut Edits<'_>) {
    let row = line(text, table, cells);
    match free.and_then(|n| table.rows.get(n)).and_then(|row| row.first()) {
        Some(cell) => {
            edits.replace(line_start(text, cell.range.start)..line_end(text, cell.range.start), &row)
        }
        None => {
            let at = table.range.start + text[table.range.clone()].trim_end().len();
            let at = line_end(text, at);
            edits.replace(at..at, &format!("\n{row}"));
        }
    }
}

/// A row as the head is written: with or without a sign at its ends, as wide as a formatter made it.
fn line(text: &str, table: &Table, cells: &[String]) -> String {
    let head = &text[table.range.start..line_end(text, table.range.start)];
    let start = line_start(text, table.range.start);
    let indent = &text[start..table.range.start];
    let (before, after) = (head.trim_start().starts_with('|'), head.trim_end().ends_with('|'));
    let aligned = table.rows.len() > 1;
    let cells = cells.iter().enumerate().map(|(n, cell)| {
        let mut widths: Vec<_> =
            table.rows.iter().filter_map(|row| row.get(n)).map(|c| text[c.range.clone()].width()).collect();
        widths.dedup();
        let wide = if aligned && widths.len() == 1 { widths[0].saturating_sub(2) } else { 0 };
        format!("{cell}{}", " ".repeat(wide.saturating_sub(cell.width())))
    });
    let row = cells.collect::<Vec<_>>().join(" | ");
    let row = format!("{indent}{}{row}{}", if before { "| " } else { "" }, if after { " |" } else { "" });
    if after { row } else { row.trim_end().to_owned() }
}
