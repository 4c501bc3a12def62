//! A numbered list of entries with labelled lines: the risk register.
//!
//! ```markdown
//! 1. **Risk**: What may happen
//!    - **Severity**: High
//!    - **Since**: 2026-11-23 17:30 UTC
//! ```

use super::list::{self, Lead, Manner};
use super::{Closing, Edited, Found, Home, Shape, Site, Waiting, place};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::{Item, line_end, line_start};
use crate::documents::outline::fold;
use crate::documents::plain;
use crate::model::register::{Entry, Field, Noun, UNSAID};
use std::fmt::Write as _;
use std::ops::Range;

/// The shape.
pub(super) struct Numbered;

const MANNER: Manner = Manner { first: "1. ", spaced: true };
const NOTHING: &str = "None.";
const SINCE: &str = "Since";
const RESOLVED: &str = "Resolved Date";

impl Shape for Numbered {
    fn read(&self, site: &Site<'_>) -> Result<Vec<Found>, EditError> {
        let text = site.page.text;
        Ok(list::entries(
            site,
            |_| true,
            |items, n, home| Entry {
                key: key(items, n, home),
                ..entry(text, items[n], site.register.noun, home)
            },
        ))
    }

    fn waiting(&self, site: &Site<'_>) -> Vec<Waiting> {
        let text = site.page.text;
        let alone = |section: Range<usize>| match site.page.items_in(&section).as_slice() {
            [item] if list::is_placeholder_item(item, text) => {
                Some((item.line(text)..item.range.end, NOTHING))
            }
            _ => None,
        };
        let sections = site.register.homes.iter().filter_map(|home| place::find(site.page, home));
        sections.filter_map(alone).collect()
    }

    fn add(&self, site: &Site<'_>, entry: &Entry, edits: &mut Edits<'_>) -> Edited {
        list::add(site, entry, &MANNER, &|lead| write(entry, lead), edits);
        Ok(())
    }

    fn resolve(&self, site: &Site<'_>, found: &Found, closing: &Closing, edits: &mut Edits<'_>) -> Edited {
        let (page, homes) = (site.page, site.register.homes);
        let home = homes.iter().find(|home| home.resolved);
        let section = homes.iter().filter(|h| !h.resolved).find_map(|h| place::find(page, h));
        let (Some(home), Some(section)) = (home, section) else { return Ok(()) };
        let items = page.items_in(&section);
        let Some(at) = items.iter().position(|item| item.range == found.range) else { return Ok(()) };
        let body = |lead: &Lead| moved(page.text, items[at], site.register.noun, closing, lead);
        list::put_home(page, home, &MANNER, &body, edits);
        take(page.text, &items, at, edits);
        Ok(())
    }
}

/// The number of the item; its place where numbers do not tell the items apart.
fn key(items: &[&Item], n: usize, home: &Home) -> String {
    let number = items[n].number.filter(|own| items.iter().filter(|i| i.number == Some(*own)).count() == 1);
    let key = number.map_or_else(|| (n + 1).to_string(), |number| number.to_string());
    if home.resolved { format!("resolved/{key}") } else { key }
}

fn entry(text: &str, item: &Item, noun: &'static Noun, home: &Home) -> Entry {
    let mut entry = Entry::new(noun);
    entry.open = !home.resolved;
    let title = item.label(text).map_or(item.words.clone(), |label| label.value);
    let fields: Vec<&Field> = noun.fields.iter().chain(noun.closing.into_iter().flatten()).collect();
    if let Some(first) = fields.first() {
        entry = entry.with(first.name, plain::words(&text[title]));
    }
    for label in item.items.iter().filter_map(|item| item.label(text)) {
        let value = plain::words(&text[label.value]);
        if let Some(field) = fields.iter().find(|field| fold(field.name) == fold(label.name)) {
            entry = entry.with(field.name, value);
        } else if fold(label.name) == fold(SINCE) {
            entry.since = value.parse().ok();
        }
    }
    entry
}

fn write(entry: &Entry, lead: &Lead) -> String {
    let mut out = lead.marker.clone();
    for (n, field) in entry.noun.fields.iter().enumerate() {
        let value = plain::markdown(entry.value(field.name));
        if n > 0 {
            // Writing into a String cannot fail.
            _ = write!(out, "\n{}{} ", lead.inner, lead.bullet);
        }
        _ = write!(out, "**{}**: {value}", field.name);
    }
    if let Some(since) = entry.since {
        _ = write!(out, "\n{}{} **{SINCE}**: {since}", lead.inner, lead.bullet);
    }
    out
}

/// The item as it stands, with another number, and how it was resolved.
fn moved(text: &str, item: &Item, noun: &Noun, closing: &Closing, lead: &Lead) -> String {
    let old = item.marker(text);
    let body = text[item.range.clone()][old.len()..].replace("\r\n", "\n").replace('\r', "\n");
    let sign = old.trim_start_matches(|c: char| c.is_ascii_digit()).trim_end();
    let digits = lead.marker.trim_end_matches(|c: char| !c.is_ascii_digit());
    let bare = if item.number.is_some() && !digits.is_empty() {
        format!("{digits}{sign}")
    } else {
        old.trim_end().to_owned()
    };
    // What stands below the item keeps its column, or moves with the marker.
    let marker = format!("{bare}{}", " ".repeat(old.len().saturating_sub(bare.len()).max(1)));
    let shift = " ".repeat(marker.len().saturating_sub(old.len()));
    let mut lines = body.split('\n');
    let mut out = format!("{marker}{}", lines.next().unwrap_or_default());
    for line in lines {
        let shift = if line.trim().is_empty() { "" } else { &shift };
        _ = write!(out, "\n{shift}{line}");
    }
    let below = item.items.first();
    let inner = below.map_or_else(
        || format!("{}{}", item.indent(text), " ".repeat(old.len())),
        |i| i.indent(text).to_owned(),
    );
    let bullet =
        below.and_then(|i| i.marker(text).chars().next()).filter(|c| "-*+".contains(*c)).unwrap_or('-');
    let mut say = |name: &str, value: &str| {
        _ = write!(out, "\n{inner}{shift}{bullet} **{name}**: {value}");
    };
    for (n, field) in noun.closing.into_iter().flatten().enumerate() {
        let value = plain::markdown(closing.value(field.name));
        say(field.name, if value.is_empty() { UNSAID } else { &value });
        if n == 0 {
            say(RESOLVED, &closing.on.to_string());
        }
    }
    out
}

/// Takes an item out, with the blank lines that kept it from its neighbour.
fn take(text: &str, items: &[&Item], at: usize, edits: &mut Edits<'_>) {
    let item = items[at];
    if items.len() == 1 {
        return edits.replace(item.line(text)..line_end(text, item.range.end), NOTHING);
    }
    let (mut start, mut end) = (item.line(text), after_break(text, line_end(text, item.range.end)));
    if at + 1 < items.len() {
        end = blank_after(text, end);
    } else {
        start = blank_before(text, start);
    }
    edits.replace(start..end, "");
}

fn after_break(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + if rest.starts_with("\r\n") { 2 } else { rest.starts_with(['\n', '\r']).into() }
}

fn blank_after(text: &str, mut at: usize) -> usize {
    while at < text.len() {
        let line: Range<usize> = at..line_end(text, at);
        if !text[line.clone()].trim().is_empty() {
            break;
        }
        at = after_break(text, line.end);
    }
    at
}

fn blank_before(text: &str, mut at: usize) -> usize {
    while at > 0 {
        let end = at - if text[..at].ends_with("\r\n") { 2 } else { 1 };
        let start = line_start(text, end);
        if !text[start..end].trim().is_empty() {
            break;
        }
        at = start;
    }
    at
}
