//! Entries that are items of a list: put behind the others, in the manner of the others.

use super::note::{is_none, is_placeholder};
use super::{Found, Home, Site, place};
use crate::documents::edit::Edits;
use crate::documents::items::{Item, line_end};
use crate::documents::page::Page;
use crate::model::register::Entry;
use std::ops::Range;

/// How the lines of a new item begin.
pub(super) struct Lead {
    /// Before its marker.
    pub(super) indent: String,
    /// Its marker, with the blank behind it.
    pub(super) marker: String,
    /// Before the markers of the items below it.
    pub(super) inner: String,
    /// Their marker.
    pub(super) bullet: char,
}

/// How a list is written that has no item yet.
pub(super) struct Manner {
    /// The marker of its first item.
    pub(super) first: &'static str,
    /// A blank line between two items.
    pub(super) spaced: bool,
}

/// Whether an item waits for a real one.
pub(super) fn is_free(item: &Item, text: &str) -> bool {
    is_none(&text[item.words.clone()]) && item.is_bare(text) || is_placeholder_item(item, text)
}

/// Whether an item consists of words of the template.
pub(super) fn is_placeholder_item(item: &Item, text: &str) -> bool {
    let placeholder = |item: &Item| {
        let words = item.label(text).map_or(item.words.clone(), |label| label.value);
        is_placeholder(&text[words])
    };
    placeholder(item) && item.items.iter().all(placeholder) && item.is_bare(text)
}

/// The entries among the items of every home: those that are no placeholders, and that `real` takes.
/// `entry` makes the one in that place of them.
pub(super) fn entries(
    site: &Site<'_>,
    real: impl Fn(&Item) -> bool,
    entry: impl Fn(&[&Item], usize, &Home) -> Entry,
) -> Vec<Found> {
    let mut all = Vec::new();
    for home in site.register.homes {
        let Some(section) = place::find(site.page, home) else { continue };
        let mut items = site.page.items_in(&section);
        items.retain(|item| real(item) && !is_free(item, site.page.text));
        let found = |n: usize| Found { entry: entry(&items, n, home), range: items[n].range.clone() };
        all.extend((0..items.len()).map(found));
    }
    all
}

/// Puts an entry into the home that it belongs to.
pub(super) fn add(
    site: &Site<'_>,
    entry: &Entry,
    manner: &Manner,
    body: &dyn Fn(&Lead) -> String,
    edits: &mut Edits<'_>,
) {
    if let Some(home) = place::of(site.register, entry) {
        put_home(site.page, home, manner, body, edits);
    }
}

/// Puts a new item into the section of a home, which is made if it is not there.
pub(super) fn put_home(
    page: &Page<'_>,
    home: &Home,
    manner: &Manner,
    body: &dyn Fn(&Lead) -> String,
    edits: &mut Edits<'_>,
) {
    match place::find(page, home) {
        Some(section) => put(page, &section, &page.items_in(&section), manner, body, edits),
        None => place::make(page, home.path, &body(&Lead::first(manner)), edits),
    }
}

/// Puts a new item into a section, in place of a placeholder or behind the last of `items`. `body`
/// writes it from its marker on.
pub(super) fn put(
    page: &Page<'_>,
    section: &Range<usize>,
    items: &[&Item],
    manner: &Manner,
    body: &dyn Fn(&Lead) -> String,
    edits: &mut Edits<'_>,
) {
    let text = page.text;
    if let Some(free) = items.iter().find(|item| is_free(item, text)) {
        edits.replace(free.range.clone(), &body(&lead(free, text, free.marker(text).to_owned())));
    } else if let Some(range) = place::nothing(page, section) {
        edits.replace(range, &body(&Lead::first(manner)));
    } else if let Some(last) = items.last() {
        let lead = lead(last, text, next_marker(items, text));
        let gap = if spaced(items, text, manner) { "\n\n" } else { "\n" };
        let at = line_end(text, last.range.end);
        edits.replace(at..at, &format!("{gap}{}{}", lead.indent, body(&lead)));
    } else {
        edits.append(section.clone(), &body(&Lead::first(manner)));
    }
}

impl Lead {
    /// Of the first item of a list.
    pub(super) fn first(manner: &Manner) -> Self {
        let marker = manner.first.to_owned();
        Self { indent: String::new(), inner: " ".repeat(marker.len()), marker, bullet: '-' }
    }
}

/// The lead of an item like `like`, with another marker.
fn lead(like: &Item, text: &str, marker: String) -> Lead {
    let indent = like.indent(text).to_owned();
    let below = like.items.first();
    let inner = below.map(|item| item.indent(text)).filter(|inner| {
        marker.len() == like.marker(text).len() && inner.starts_with(&indent) && inner.trim().is_empty()
    });
    let inner = inner.map_or_else(|| format!("{indent}{}", " ".repeat(marker.len())), str::to_owned);
    let bullet = below.and_then(|item| item.marker(text).chars().next()).filter(|c| "-*+".contains(*c));
    Lead { indent, marker, inner, bullet: bullet.unwrap_or('-') }
}

/// The number after the highest; where a person numbers every item alike, the same.
pub(super) fn next_marker(items: &[&Item], text: &str) -> String {
    let Some(last) = items.last() else { return "1. ".to_owned() };
    let marker = last.marker(text);
    let Some(number) = last.number else { return with_blank(marker) };
    let digits = marker.bytes().take_while(u8::is_ascii_digit).count();
    let alike = items.len() > 1 && items.iter().all(|item| item.number == Some(number));
    let highest = items.iter().filter_map(|item| item.number).max().unwrap_or(number);
    let next = if alike { number } else { highest.saturating_add(1) };
    with_blank(&format!("{next}{}", &marker[digits..]))
}

/// The marker of an empty item may have no blank.
fn with_blank(marker: &str) -> String {
    if marker.ends_with(' ') { marker.to_owned() } else { format!("{marker} ") }
}

/// Whether a blank line stands between the last two items.
fn spaced(items: &[&Item], text: &str, manner: &Manner) -> bool {
    match items {
        [.., one, two] => {
            let between = &text[one.range.end..two.line(text).max(one.range.end)];
            between.lines().skip(1).any(|line| line.trim().is_empty())
        }
        _ => manner.spaced,
    }
}
