//! Dated headings with labelled lines: the change log. An entry stays as it is.
//!
//! ```markdown
//! ### 2026-11-23 - Scope
//! - **Change**: What was changed
//! ```

use super::list::is_placeholder_item;
use super::note::is_placeholder;
use super::{Closing, Edited, Found, Shape, Site, Waiting, place};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::blank;
use crate::documents::outline::{Heading, fold};
use crate::documents::page::Page;
use crate::documents::plain;
use crate::model::register::Entry;
use crate::model::since::Since;
use jiff::civil::Date;
use std::fmt::Write as _;
use std::ops::Range;

/// The shape.
pub(super) struct Dated;

/// The field that stands in the heading.
const KIND: &str = "Kind";

impl Shape for Dated {
    /// A change has a day, and no time of day.
    fn kept(&self, mut entry: Entry) -> Entry {
        entry.since = entry.since.and_then(|since| since.date().to_string().parse().ok());
        entry
    }

    fn read(&self, site: &Site<'_>) -> Result<Vec<Found>, EditError> {
        let (page, register) = (site.page, site.register);
        let mut all = Vec::new();
        for section in sections(site) {
            for (heading, range) in parts(page, &section) {
                let Some(day) = date(&heading.text) else { continue };
                let mut entry = Entry::new(register.noun).with(KIND, kind(&heading.text));
                entry.key = (all.len() + 1).to_string();
                entry.since = day.to_string().parse().ok();
                for item in page.items_in(&range) {
                    let Some(label) = item.label(page.text) else { continue };
                    let field = register
                        .noun
                        .fields
                        .iter()
                        .find(|f| f.name != KIND && fold(f.name) == fold(label.name));
                    if let Some(field) = field {
                        entry = entry.with(field.name, plain::words(&page.text[label.value]));
                    }
                }
                all.push(Found { entry, range: heading.range.clone() });
            }
        }
        Ok(all)
    }

    fn waiting(&self, site: &Site<'_>) -> Vec<Waiting> {
        let page = site.page;
        let alone = |section: Range<usize>| match parts(page, &section).as_slice() {
            [(heading, range)] if is_free(page, heading, range) => {
                Some((range.start..range.start + page.text[range.clone()].trim_end().len(), "None."))
            }
            _ => None,
        };
        sections(site).filter_map(alone).collect()
    }

    fn add(&self, site: &Site<'_>, entry: &Entry, edits: &mut Edits<'_>) -> Edited {
        let page = site.page;
        let Some(home) = site.register.homes.first() else { return Ok(()) };
        let day = entry.since.map(Since::date).unwrap_or_default();
        match place::whole(page, home.path) {
            Some(section) => put(page, &section, &write(entry, day), edits),
            None => place::make(page, home.path, &write(entry, day), edits),
        }
        Ok(())
    }

    fn resolve(&self, _: &Site<'_>, _: &Found, _: &Closing, _: &mut Edits<'_>) -> Edited {
        Err(EditError::new("a change stays as it is written; add another"))
    }
}

/// The sections that hold entries, with the headings inside them.
fn sections<'a>(site: &'a Site<'_>) -> impl Iterator<Item = Range<usize>> + 'a {
    site.register.homes.iter().filter_map(|home| place::whole(site.page, home.path))
}

/// Puts an entry into the change log: in place of the template's, else where its order puts the newest.
pub(in crate::documents) fn put(page: &Page<'_>, section: &Range<usize>, entry: &str, edits: &mut Edits<'_>) {
    let parts = parts(page, section);
    let level = page.level(section) as usize + 1;
    let entry = &format!("{}{}", "#".repeat(level), entry.trim_start_matches('#'));
    if level > 6 {
        // No heading stands below one of the sixth level.
        return;
    }
    if let Some((_, range)) = parts.iter().find(|(heading, range)| is_free(page, heading, range)) {
        let end = range.start + page.text[range.clone()].trim_end().len();
        return edits.replace(range.start..end, entry);
    }
    if let Some(range) = place::nothing(page, section) {
        return edits.replace(range, entry);
    }
    let dated: Vec<_> = parts.iter().filter_map(|(h, _)| Some((date(&h.text)?, h))).collect();
    match (dated.first(), dated.last()) {
        (Some((first, heading)), Some((last, _))) if first > last => {
            let at = heading.range.start;
            edits.replace(at..at, &format!("{entry}\n\n"));
        }
        _ => edits.append(section.clone(), entry),
    }
}

/// The headings inside a section, each with what stands under it.
pub(in crate::documents) fn parts<'a>(
    page: &'a Page<'_>,
    section: &Range<usize>,
) -> Vec<(&'a Heading, Range<usize>)> {
    let inside = |h: &&Heading| {
        section.contains(&h.range.start) && h.range.start > section.start && page.free(&h.range)
    };
    let headings: Vec<_> = page.outline.headings.iter().filter(inside).collect();
    let end = |n: usize| headings.get(n + 1).map_or(section.end, |next| next.range.start);
    headings.iter().enumerate().map(|(n, h)| (*h, h.range.start..end(n))).collect()
}

/// The entry of the template: every word of it waits for a person's.
fn is_free(page: &Page<'_>, heading: &Heading, range: &Range<usize>) -> bool {
    let mut at = heading.range.end;
    for item in page.items_in(range) {
        if !blank(page.text, at..item.range.start) || !is_placeholder_item(item, page.text) {
            return false;
        }
        at = item.range.end;
    }
    is_placeholder(&heading.text) && blank(page.text, at..range.end)
}

/// The day at the start of an entry's heading.
pub(in crate::documents) fn date(heading: &str) -> Option<Date> {
    heading.trim_start_matches(['[', ' ']).get(..10)?.parse().ok()
}

/// What stands behind the day.
fn kind(heading: &str) -> String {
    let rest = heading.trim_start_matches(['[', ' ']).get(10..).unwrap_or_default();
    let rest = rest.trim_start_matches([']', ' ']);
    plain::sanitize(rest.strip_prefix(['-', ':', '\u{2013}', '\u{2014}']).unwrap_or(rest))
}

fn write(entry: &Entry, day: Date) -> String {
    let mut out = format!("### {day} - {}", plain::markdown(entry.value(KIND)));
    for field in entry.noun.fields.iter().filter(|field| field.name != KIND) {
        // Writing into a String cannot fail.
        _ = write!(out, "\n- **{}**: {}", field.name, plain::markdown(entry.value(field.name)));
    }
    out
}
