//! The fields of the template, filled where they stand: `Last Updated`, the cells of the progress
//! table by row label, the labelled bullets under a milestone's heading.

use super::{MilestoneFacts, StatusFacts, items, rows, template};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::{self, Item};
use crate::documents::outline::{Cell, fold};
use crate::documents::page::Page;
use crate::documents::registers::bullets;
use crate::documents::registers::note::{is_none, is_placeholder};
use crate::documents::table::{self, same_number};
use crate::model::milestone::MilestoneId;
use crate::model::register::UNSAID;
use jiff::civil::Date;
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
    let named = |name: &str| {
        let mine = |row: &&Vec<Cell>| row.get(label).is_some_and(|cell| fold(&cell.text) == fold(name));
        table.rows.iter().skip(1).find(mine)
    };
    let rows: Vec<_> = rows(facts.overall)
        .into_iter()
        .filter_map(|(name, number, percent)| Some((named(name)?, number.to_string(), percent)))
        .collect();
    let raw = |row: &[Cell], column: usize| table::raw(page.text, row, Some(column));
    let total = facts.overall.ratio().total;
    // Shares that a person rounded in another way are as right as ours.
    if rows
        .iter()
        .all(|(row, number, _)| raw(row, count) == number && is_share(raw(row, share), number, total))
    {
        return;
    }
    for (row, number, percent) in rows {
        table::fill(page.text, table, row, count, &number, edits);
        table::fill(page.text, table, row, share, &percent, edits);
    }
}

/// Whether a percentage is that of `number`, rounded in some way to a tenth or to a whole.
fn is_share(raw: &str, number: &str, total: u64) -> bool {
    let (Some(shown), Ok(number)) = (raw.strip_suffix('%'), number.parse::<f64>()) else { return false };
    let Ok(value) = shown.trim().parse::<f64>() else { return false };
    let step = if shown.contains('.') { 0.1 } else { 1.0 };
    let exact = 100.0 * number / total as f64;
    let complete = value < 100.0 || exact >= 100.0;
    total > 0 && complete && (value - exact).abs() < step
}

/// The labels under the heading of every milestone, and the milestones that the template leaves out.
pub(super) fn milestones(
    page: &Page<'_>,
    facts: &StatusFacts,
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    let found = page.milestones()?;
    for (id, section) in &found {
        if let Some(milestone) = facts.milestone(id) {
            fill(page, facts, milestone, section, edits)?;
            continued(page, facts, milestone, section, &found, edits);
        }
    }
    Ok(())
}

/// What the value of a label is to be; `None` leaves it.
type Value = fn(&Standing<'_>, old: &str) -> Option<String>;

/// The labels that facts are known for.
const LABELS: &[(&str, Value)] = &[
    ("status", status),
    ("progress", |standing, _| Some(items(standing.milestone.progress))),
    ("started", |standing, old| waits(old).then(|| day(standing.milestone.started))),
    ("estimated completion", |_, old| is_placeholder(old).then(|| UNSAID.to_owned())),
    ("actual completion", |standing, old| match standing.completed {
        None => is_placeholder(old).then(|| UNSAID.to_owned()),
        Some(day) => (!old.contains(&day.to_string())).then(|| day.to_string()),
    }),
    ("dependencies", |standing, old| is_placeholder(old).then(|| template::requires(standing.milestone))),
];

/// Where a milestone stands.
struct Standing<'a> {
    milestone: &'a MilestoneFacts,
    completed: Option<Date>,
    /// Whether any issue is written under `Blocking Issues`, and whether one of them is open.
    issues: (bool, bool),
}

fn waits(old: &str) -> bool {
    old.is_empty() || is_placeholder(old) || is_none(old)
}

fn day(date: Option<Date>) -> String {
    date.map_or_else(|| UNSAID.to_owned(), |date| date.to_string())
}

/// The word of the template; other words are a person's, and so is a state that the facts do not
/// speak against: a milestone can be blocked, begun or complete without a trace in the checklist.
fn status(standing: &Standing<'_>, old: &str) -> Option<String> {
    let word = template::word(standing.completed, standing.milestone.progress, standing.issues.1);
    let keeps = match fold(old).as_str() {
        "complete" => standing.completed.is_none(),
        "blocked" => {
            standing.completed.is_none() && !standing.issues.0 && standing.milestone.progress.blocked == 0
        }
        "in progress" => word == "Not Started",
        "not started" => false,
        _ => !waits(old) && standing.completed.is_none(),
    };
    (!keeps && fold(old) != fold(word)).then(|| word.to_owned())
}

fn fill(
    page: &Page<'_>,
    facts: &StatusFacts,
    milestone: &MilestoneFacts,
    section: &Range<usize>,
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    let issues = bullets::states(page, section);
    let completed = facts.completed_on(milestone);
    let standing = Standing { milestone, completed, issues: (!issues.is_empty(), issues.contains(&true)) };
    for (name, value) in LABELS {
        let Some(label) = page.label(section, &milestone.id, name)? else { continue };
        let old = &page.text[label.value.clone()];
        let Some(value) = value(&standing, old) else { continue };
        if !same_number(&old.replace("%)", "%"), &value.replace("%)", "%")) {
            label.fill(page.text, &value, edits);
        }
    }
    for range in bullets::free(page, section) {
        edits.replace(range, "None");
    }
    Ok(())
}

/// `[Continue pattern for all milestones...]`: what the pattern has and this milestone has not, and
/// the milestones that have no heading yet.
fn continued(
    page: &Page<'_>,
    facts: &StatusFacts,
    milestone: &MilestoneFacts,
    section: &Range<usize>,
    found: &[(MilestoneId, Range<usize>)],
    edits: &mut Edits<'_>,
) {
    let text = page.text;
    let items = page.items_in(section);
    let asks = |item: &&&Item| {
        let words = &text[item.words.clone()];
        is_placeholder(words) && fold(words).contains("continue pattern") && item.is_bare(text)
    };
    let Some(item) = items.iter().find(asks) else { return };
    let labels: Vec<_> = items.iter().filter_map(|item| Some(fold(item.label(text)?.name))).collect();
    let missing =
        template::lines(facts, milestone).into_iter().filter(|(name, _)| !labels.contains(&fold(name)));
    let lines: Vec<_> = missing.map(|(_, line)| line).collect();
    let others = facts.milestones.iter().filter(|m| found.iter().all(|(id, _)| *id != m.id));
    let others: String = others.map(|m| format!("\n\n{}", template::section(facts, m).trim_end())).collect();
    let line = item.line(text);
    if lines.is_empty() {
        // Nothing is missing: the line goes, with its line break.
        let end = items::line_end(text, item.range.end);
        let start = text[..line]
            .strip_suffix('\n')
            .map_or(line, |rest| rest.strip_suffix('\r').unwrap_or(rest).len());
        edits.replace(start..end, &others);
    } else {
        edits.replace(item.range.clone(), &format!("{}{others}", lines.join("\n")));
    }
}
