//! The performance baseline: a row for each target. Rows that no target names are a person's.

use super::StatusFacts;
use crate::documents::edit::Edits;
use crate::documents::outline::{Cell, Table};
use crate::documents::page::Page;
use crate::documents::registers::note::is_placeholder;
use crate::documents::{plain, table};
use crate::model::performance::Performance;
use crate::model::quantity::Bound;
use crate::model::register::UNSAID;

/// The columns of the template.
const COLUMNS: [&str; 5] = ["Operation", "Baseline", "Current", "Target", "Status"];

/// The whole table.
pub(super) fn table(facts: &StatusFacts) -> String {
    let rule: Vec<_> = COLUMNS.iter().map(|name| "-".repeat(name.len() + 2)).collect();
    let mut out = format!("| {} |\n|{}|\n", COLUMNS.join(" | "), rule.join("|"));
    for row in &facts.performance {
        out.push_str(&format!("| {} |\n", cells(row).join(" | ")));
    }
    out
}

/// The cells of a new row.
fn cells(row: &Performance) -> [String; 5] {
    [
        plain::markdown(&row.operation),
        row.baseline.map_or_else(|| UNSAID.to_owned(), |value| value.to_string()),
        row.current.as_ref().map_or_else(|_| UNSAID.to_owned(), ToString::to_string),
        // A bound holds a sign, a number and a unit: nothing to escape.
        row.target.text.clone(),
        status(row).to_owned(),
    ]
}

fn status(row: &Performance) -> &'static str {
    match row.met() {
        Some(true) => "\u{2705}",
        Some(false) => "\u{274c}",
        None => UNSAID,
    }
}

/// Fills the rows of the table that stands in the document, and puts missing ones behind them.
pub(super) fn fill(page: &Page<'_>, facts: &StatusFacts, edits: &mut Edits<'_>) {
    let Some(section) = page.section("Performance Baseline Tracking") else { return };
    let fits = |t: &&Table| COLUMNS.iter().all(|name| table::column(t, name).is_some());
    let Some(table) = page.tables_in(&section).find(fits) else { return };
    let column = COLUMNS.map(|name| table::column(table, name).unwrap_or_default());
    let name = |row: &[Cell]| plain::words(table::raw(page.text, row, Some(column[0]))).to_lowercase();
    let wanted: Vec<_> =
        facts.performance.iter().map(|p| plain::sanitize(&p.operation).to_lowercase()).collect();
    for row in table.rows.iter().skip(1) {
        let fact = wanted.iter().position(|wanted| *wanted == name(row)).map(|n| &facts.performance[n]);
        for (n, value) in values(page.text, row, &column, fact).into_iter().enumerate() {
            if let Some(value) = value {
                table::fill(page.text, table, row, column[n], &value, edits);
            }
        }
    }
    for (fact, wanted) in facts.performance.iter().zip(&wanted) {
        if !table.rows.iter().skip(1).any(|row| name(row) == *wanted) {
            table::put(page.text, table, &placed(table, &column, cells(fact)), None, edits);
        }
    }
}

/// What the cells of a row are to say; `None` leaves one as it is. Without evidence a measured value
/// stays, unless it was held against another target; what waits for one says so.
fn values(text: &str, row: &[Cell], column: &[usize; 5], fact: Option<&Performance>) -> [Option<String>; 5] {
    let old = column.map(|n| table::raw(text, row, Some(n)));
    let waits = |n: usize| old[n].is_empty() || is_sample(old[n]);
    let unsaid = |n: usize| waits(n).then(|| UNSAID.to_owned());
    let Some(fact) = fact else {
        return if waits(2) && !old[2].is_empty() {
            [None, unsaid(1), unsaid(2), None, unsaid(4)]
        } else {
            Default::default()
        };
    };
    let [_, baseline, current, target, status] = cells(fact);
    let same = plain::words(old[3])
        .parse::<Bound>()
        .is_ok_and(|bound| bound.comparison == fact.target.comparison && bound.limit == fact.target.limit);
    let other = !same && !waits(3);
    let measured = fact.current.is_ok();
    let fresh = |n: usize, value: String| (measured || other || waits(n)).then_some(value);
    [
        None,
        (fact.baseline.is_some() || waits(1)).then_some(baseline),
        fresh(2, current),
        (!same).then_some(target),
        fresh(4, status),
    ]
}

/// Words of the template where a measured value is to stand: `Xms`, `X%`, `X/sec`, `✅/❌`.
fn is_sample(raw: &str) -> bool {
    let unit = raw.strip_prefix('X');
    is_placeholder(raw)
        || unit.is_some_and(|unit| unit.chars().all(|c| c.is_ascii_lowercase() || "%/ ".contains(c)))
}

/// The cells in the order of the table; columns that are none of ours stay empty.
fn placed(table: &Table, column: &[usize; 5], cells: [String; 5]) -> Vec<String> {
    let width = table.rows.first().map_or(0, Vec::len);
    let mut row = vec![String::new(); width];
    for (n, cell) in column.iter().zip(cells) {
        if let Some(place) = row.get_mut(*n) {
            *place = cell;
        }
    }
    row
}
