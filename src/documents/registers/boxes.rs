//! Task lists: resource needs and dependencies. Resolved is what is ticked.
//!
//! ```markdown
//! - [ ] PostgreSQL 15 for the test machines (since 2026-11-23 17:30 UTC, due 2026-11-27)
//! ```

use super::list::{self, Lead, Manner};
use super::note::Note;
use super::{Closing, Edited, Found, Shape, Site};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::Item;
use crate::documents::plain;
use crate::model::register::{Entry, Noun};

/// The shape.
pub(super) struct Boxes;

const MANNER: Manner = Manner { first: "- ", spaced: false };
const DUE: &str = "Due";

impl Shape for Boxes {
    fn read(&self, site: &Site<'_>) -> Result<Vec<Found>, EditError> {
        let is_box = |item: &Item| item.task.is_some();
        Ok(list::entries(site, is_box, |items, n, home| {
            let mut entry = entry(site.page.text, items[n], site.register.noun);
            entry.key = (n + 1).to_string();
            if !home.group.is_empty() {
                entry.key = format!("{}/{}", home.group, n + 1);
                entry.group = Some(home.group.to_owned());
            }
            entry
        }))
    }

    fn add(&self, site: &Site<'_>, entry: &Entry, edits: &mut Edits<'_>) -> Edited {
        list::add(site, entry, &MANNER, &|lead| write(entry, lead), edits);
        Ok(())
    }

    fn resolve(&self, site: &Site<'_>, found: &Found, _: &Closing, edits: &mut Edits<'_>) -> Edited {
        let item = site.page.items.iter().find(|item| item.range == found.range);
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
