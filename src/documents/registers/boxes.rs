//! Task lists: resource needs and dependencies. Resolved is what is ticked.
//!
//! ```markdown
//! - [ ] PostgreSQL 15 for the test machines (since 2026-11-23 17:30 UTC, due 2026-11-27)
//! ```

use super::list::{self, Lead, Manner};
use super::note::Note;
use super::{Closing, Found, Register, Shape, place};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::Item;
use crate::documents::page::Page;
use crate::documents::plain;
use crate::model::register::{Entry, Noun};

/// The shape.
pub(super) struct Boxes;

const MANNER: Manner = Manner { first: "- ", spaced: false };
const DUE: &str = "Due";

impl Shape for Boxes {
    fn read(&self, page: &Page<'_>, register: &Register) -> Result<Vec<Found>, EditError> {
        let mut all = Vec::new();
        for home in register.homes {
            let Some(section) = place::find(page, home) else { continue };
            let items = page.items_in(&section);
            let boxes = items.iter().filter(|item| item.task.is_some() && !list::is_free(item, page.text));
            for (n, item) in boxes.enumerate() {
                let mut entry = entry(page.text, item, register.noun);
                entry.key = (n + 1).to_string();
                if !home.group.is_empty() {
                    entry.key = format!("{}/{}", home.group, n + 1);
                    entry.group = Some(home.group.to_owned());
                }
                all.push(Found { entry, range: item.range.clone() });
            }
        }
        Ok(all)
    }

    fn add(
        &self,
        page: &Page<'_>,
        register: &Register,
        entry: &Entry,
        edits: &mut Edits<'_>,
    ) -> Result<(), EditError> {
        let Some(home) = place::of(register, entry) else { return Ok(()) };
        let body = |lead: &Lead| write(entry, lead);
        match place::find(page, home) {
            Some(section) => list::put(page, &section, &page.items_in(&section), &MANNER, &body, edits),
            None => place::make(page, home.path, &body(&Lead::first(&MANNER)), edits),
        }
        Ok(())
    }

    fn resolve(
        &self,
        page: &Page<'_>,
        _: &Register,
        found: &Found,
        _: &Closing,
        edits: &mut Edits<'_>,
    ) -> Result<(), EditError> {
        let item = page.items.iter().find(|item| item.range == found.range);
        if let Some((false, mark)) = item.and_then(|item| item.task.clone()) {
            edits.replace(mark, "[x]");
        }
        Ok(())
    }
}

fn entry(text: &str, item: &Item, noun: &'static Noun) -> Entry {
    let mut entry = Entry::new(noun);
    let (words, note) = Note::split(&text[item.words.clone()]);
    if let Some(first) = noun.fields.first() {
        entry = entry.with(first.name, plain::words(words));
    }
    entry.since = note.since;
    entry.open = !item.task.as_ref().is_some_and(|(ticked, _)| *ticked);
    match note.due {
        Some(due) => entry.with(DUE, due.to_string()),
        None => entry,
    }
}

fn write(entry: &Entry, lead: &Lead) -> String {
    let note = Note { since: entry.since, due: entry.value(DUE).parse().ok(), ..Note::default() };
    format!("{}[ ] {}{}", lead.marker, plain::markdown(entry.title()), note.text())
}
