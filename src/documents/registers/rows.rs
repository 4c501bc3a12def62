//! Rows of a table: the technical debt log. A row that is struck out is resolved.
//!
//! ```markdown
//! | TD-001 | No index (since 2026-11-23 17:30 UTC) | Slow reads | High | Milestone 5.4 |
//! | ~~TD-002~~ | No pool | Slow | Med | ~~Milestone 5.1~~ Resolved 2026-11-24 |
//! ```

use super::note::{self, Note, is_placeholder};
use super::{Closing, Edited, Found, Shape, Site, Waiting, place};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::{line_end, line_start};
use crate::documents::outline::{Cell, Table};
use crate::documents::{plain, table};
use crate::model::register::{Entry, Noun};
use std::ops::Range;

/// The shape.
pub(super) struct Rows;

/// The column of the keys.
const ITEM: &str = "Item";
const KEY: &str = "TD-";

impl Shape for Rows {
    fn read(&self, site: &Site<'_>) -> Result<Vec<Found>, EditError> {
        let page = site.page;
        let Some((_, table)) = log(site) else { return Ok(Vec::new()) };
        let rows = table.rows.iter().skip(1).enumerate();
        Ok(rows
            .filter(|(_, row)| !is_free(page.text, table, row))
            .map(|(n, row)| {
                let mut entry = entry(page.text, table, row, site.register.noun);
                if entry.key.is_empty() {
                    entry.key = (n + 1).to_string();
                }
                Found { entry, range: span(row) }
            })
            .collect())
    }

    fn waiting(&self, site: &Site<'_>) -> Vec<Waiting> {
        let Some((_, table)) = log(site) else { return Vec::new() };
        let text = site.page.text;
        let waits = |row: &&Vec<Cell>| {
            let sample = |cell: &Cell| is_placeholder(&text[cell.range.clone()]);
            is_free(text, table, row) && row.iter().any(sample)
        };
        let line = |row: &Vec<Cell>| {
            let start = line_start(text, span(row).start);
            // With the line break before it: the last line of a text may have none behind it.
            let before = text[..start].strip_suffix('\n').unwrap_or(&text[..start]);
            let before = before.strip_suffix('\r').unwrap_or(before);
            (before.len()..line_end(text, start), "")
        };
        table.rows.iter().skip(1).filter(waits).map(line).collect()
    }

    fn add(&self, site: &Site<'_>, entry: &Entry, edits: &mut Edits<'_>) -> Edited {
        let page = site.page;
        let Some(home) = site.register.homes.first() else { return Ok(()) };
        let Some((_, table)) = log(site) else {
            let head: Vec<_> = [ITEM].into_iter().chain(entry.noun.fields.iter().map(|f| f.name)).collect();
            let row = cells(&head, entry, &format!("{KEY}001")).join(" | ");
            let rule: Vec<_> = head.iter().map(|name| "-".repeat(name.len() + 2)).collect();
            let body = format!("| {} |\n|{}|\n| {row} |", head.join(" | "), rule.join("|"));
            match place::find(page, home) {
                Some(section) => match place::nothing(page, &section) {
                    Some(range) => edits.replace(range, &body),
                    None => edits.append(section, &body),
                },
                None => place::make(page, home.path, &body, edits),
            }
            return Ok(());
        };
        let head: Vec<_> = table.rows.first().into_iter().flatten().map(|cell| cell.text.as_str()).collect();
        let cells = cells(&head, entry, &next_key(page.text, table));
        let free = table.rows.iter().skip(1).position(|row| is_free(page.text, table, row)).map(|n| n + 1);
        table::put(page.text, table, &cells, free, edits);
        Ok(())
    }

    fn resolve(&self, site: &Site<'_>, found: &Found, closing: &Closing, edits: &mut Edits<'_>) -> Edited {
        let text = site.page.text;
        let row = log(site).and_then(|(_, table)| {
            table.rows.iter().find(|row| span(row) == found.range).map(|row| (table, row))
        });
        let Some((table, row)) = row else { return Ok(()) };
        let (item, planned) = (table::column(table, ITEM), planned(table, site.register.noun));
        let key = table::raw(text, row, item);
        if let Some(column) = item {
            table::fill(text, table, row, column, &note::struck(key), edits);
        }
        let Some(column) = planned else {
            return Err(EditError::new("the debt log has no column `Planned Resolution`; add one"));
        };
        let old = table::raw(text, row, planned);
        let how = note::resolution(closing.on, closing.value("Resolution"));
        let new = match old.is_empty() || note::is_none(old) || is_placeholder(old) {
            true => how,
            false => format!("{} {how}", note::struck(old)),
        };
        table::fill(text, table, row, column, &new, edits);
        Ok(())
    }
}

/// The first table of the section that has items with a description.
fn log<'a>(site: &'a Site<'_>) -> Option<(Range<usize>, &'a Table)> {
    let (page, register) = (site.page, site.register);
    let section = register.homes.first().and_then(|home| place::find(page, home))?;
    let title = register.noun.fields.first()?.name;
    let fits = |t: &&Table| table::column(t, ITEM).is_some() && table::column(t, title).is_some();
    let table = page.tables_in(&section).find(fits)?;
    Some((section, table))
}

fn planned(table: &Table, noun: &Noun) -> Option<usize> {
    noun.fields.last().and_then(|field| table::column(table, field.name))
}

fn span(row: &[Cell]) -> Range<usize> {
    row.first().map_or(0, |cell| cell.range.start)..row.last().map_or(0, |cell| cell.range.end)
}

/// A row whose cells, the key's left out, wait for words.
fn is_free(text: &str, table: &Table, row: &[Cell]) -> bool {
    let item = table::column(table, ITEM);
    let mut cells = (0..row.len()).filter(|n| Some(*n) != item).map(|n| table::raw(text, row, Some(n)));
    cells.all(|raw| raw.is_empty() || is_placeholder(raw) || note::is_none(raw))
}

fn entry(text: &str, table: &Table, row: &[Cell], noun: &'static Noun) -> Entry {
    let mut entry = Entry::new(noun);
    let key = table::raw(text, row, table::column(table, ITEM));
    let closed = note::unstruck(key).is_some();
    entry.key = plain::words(note::unstruck(key).unwrap_or(key));
    entry.open = !closed;
    for (n, field) in noun.fields.iter().enumerate() {
        let mut raw = table::raw(text, row, table::column(table, field.name));
        if n == 0 {
            let (words, note) = Note::split(raw);
            (raw, entry.since) = (words, note.since);
        } else if n + 1 == noun.fields.len() {
            let (words, closed) = note::closed(raw);
            entry.open &= !closed;
            raw = words;
        }
        entry = entry.with(field.name, plain::words(raw));
    }
    entry
}

/// The cells under the heads of the table; one that is none of ours stays empty.
fn cells(head: &[&str], entry: &Entry, key: &str) -> Vec<String> {
    let cell = |name: &&str| {
        let field = entry.noun.fields.iter().position(|field| field.name.eq_ignore_ascii_case(name.trim()));
        match field {
            Some(n) => {
                let since = Note { since: entry.since.filter(|_| n == 0), ..Note::default() };
                format!("{}{}", plain::markdown(entry.value(entry.noun.fields[n].name)), since.text())
            }
            None if name.trim().eq_ignore_ascii_case(ITEM) => key.to_owned(),
            None => String::new(),
        }
    };
    head.iter().map(cell).collect()
}

/// One above the highest, written as the last one is: `TD-007` after `TD-006`.
fn next_key(text: &str, table: &Table) -> String {
    let item = table::column(table, ITEM);
    let rows = table.rows.iter().skip(1).filter(|row| !is_free(text, table, row));
    let keys = rows.filter_map(|row| {
        let key = table::raw(text, row, item);
        let key = note::unstruck(key).unwrap_or(key);
        let at = key
            .rfind(|c: char| !c.is_ascii_digit())
            .map_or(0, |n| n + key[n..].chars().next().map_or(1, char::len_utf8));
        Some((&key[..at], key[at..].len(), key[at..].parse::<u32>().ok()?))
    });
    let keys: Vec<_> = keys.collect();
    let highest = keys.iter().map(|(.., number)| *number).max().unwrap_or(0).saturating_add(1);
    let (prefix, width) = keys.last().map_or((KEY, 3), |(prefix, width, _)| (*prefix, *width));
    format!("{prefix}{highest:0width$}")
}
