//! The blocking issues of a milestone: items below the label `**Blocking Issues**:`.
//!
//! ```markdown
//! - **Blocking Issues**:
//!   - Redis is not reachable - ask operations (dependency, since 2026-11-23 17:30 UTC)
//!   - ~~No schema - draw one (since 2026-11-20 09:00 UTC)~~ Resolved 2026-11-21: drawn
//! ```

use super::list::{self, Lead, Manner};
use super::note::{self, Note, is_placeholder};
use super::{Closing, Edited, Found, Shape, Site};
use crate::documents::edit::{EditError, Edits};
use crate::documents::items::{Item, line_end};
use crate::documents::outline::fold;
use crate::documents::page::Page;
use crate::documents::plain;
use crate::model::milestone::{MilestoneId, NotMilestoneId};
use crate::model::register::{Entry, Noun, TECHNICAL};
use std::ops::Range;

/// The shape.
pub(super) struct Bullets;

const MANNER: Manner = Manner { first: "- ", spaced: false };
const LABEL: &str = "Blocking Issues";

impl Shape for Bullets {
    fn read(&self, site: &Site<'_>) -> Result<Vec<Found>, EditError> {
        let page = site.page;
        let mut all = Vec::new();
        for (id, section) in page.milestones()? {
            let Some(holder) = holder(page, &section) else { continue };
            for (n, words) in issues(page.text, holder).into_iter().enumerate() {
                let mut entry = entry(&page.text[words.clone()], site.register.noun);
                entry.key = format!("{id}/{}", n + 1);
                entry.group = Some(id.to_string());
                all.push(Found { entry, range: words });
            }
        }
        Ok(all)
    }

    fn add(&self, site: &Site<'_>, entry: &Entry, edits: &mut Edits<'_>) -> Edited {
        let page = site.page;
        let group = entry.group.as_deref().unwrap_or_default();
        let id: MilestoneId = group.parse().map_err(|e: NotMilestoneId| EditError::new(e.to_string()))?;
        let section = &page.milestone(&id)?;
        let body = |lead: &Lead| format!("{}{}", lead.marker, write(entry));
        match holder(page, section) {
            Some(holder) => below(page, holder, &body, edits),
            None => new_holder(page, section, &body, edits),
        }
        Ok(())
    }

    fn resolve(&self, site: &Site<'_>, found: &Found, closing: &Closing, edits: &mut Edits<'_>) -> Edited {
        let raw = &site.page.text[found.range.clone()];
        let how = note::resolution(closing.on, closing.value("Resolution"));
        edits.replace(found.range.clone(), &format!("{} {how}", note::struck(raw)));
        Ok(())
    }
}

/// The item that the issues stand below.
fn holder<'a>(page: &'a Page<'_>, section: &Range<usize>) -> Option<&'a Item> {
    let mut items = page.items_in(section).into_iter();
    items.find(|item| item.label(page.text).is_some_and(|label| fold(label.name) == fold(LABEL)))
}

/// Whether each issue of a milestone's section is open.
pub(in crate::documents) fn states(page: &Page<'_>, section: &Range<usize>) -> Vec<bool> {
    let issues = holder(page, section).map(|holder| issues(page.text, holder)).unwrap_or_default();
    issues.into_iter().map(|words| !note::closed(&page.text[words]).1).collect()
}

/// Words of the template where issues are to stand.
pub(in crate::documents) fn free(page: &Page<'_>, section: &Range<usize>) -> Vec<Range<usize>> {
    let Some(holder) = holder(page, section) else { return Vec::new() };
    let words = holder.items.iter().map(|item| item.words.clone());
    let inline = holder.label(page.text).map(|label| label.value);
    words.chain(inline).filter(|words| is_placeholder(&page.text[words.clone()])).collect()
}

/// The words of the issues: on the line of the label, and below it.
fn issues(text: &str, holder: &Item) -> Vec<Range<usize>> {
    let inline = holder.label(text).map(|label| label.value).filter(|value| {
        let raw = &text[value.clone()];
        !raw.is_empty() && !note::is_none(raw) && !note::is_placeholder(raw)
    });
    let below = holder.items.iter().filter(|item| !list::is_free(item, text) && !item.words.is_empty());
    inline.into_iter().chain(below.map(|item| item.words.clone())).collect()
}

/// Puts the label with its first issue behind the other labels of the milestone.
fn new_holder(
    page: &Page<'_>,
    section: &Range<usize>,
    body: &dyn Fn(&Lead) -> String,
    edits: &mut Edits<'_>,
) {
    let text = page.text;
    let items = page.items_in(section);
    let last = items.iter().rev().find(|item| item.label(text).is_some());
    let (indent, marker) = last.map_or(("", "- "), |item| (item.indent(text), item.marker(text)));
    let inner = " ".repeat(marker.len());
    let lines = format!("{indent}{marker}**{LABEL}**:\n{indent}{inner}{}", body(&Lead::first(&MANNER)));
    match last {
        Some(item) => {
            let at = line_end(text, item.range.end);
            edits.replace(at..at, &format!("\n{lines}"));
        }
        None => edits.append(section.clone(), &lines),
    }
}

/// Puts an issue below the label, in place of `None` if that stands there.
fn below(page: &Page<'_>, holder: &Item, body: &dyn Fn(&Lead) -> String, edits: &mut Edits<'_>) {
    let text = page.text;
    if !holder.items.is_empty() {
        let items: Vec<_> = holder.items.iter().collect();
        return list::put(page, &holder.range, &items, &MANNER, body, edits);
    }
    let inner = format!("{}{}", holder.indent(text), " ".repeat(holder.marker(text).len()));
    let new = format!("\n{inner}{}", body(&Lead::first(&MANNER)));
    let value = holder.label(text).map_or(holder.words.end..holder.words.end, |label| label.value);
    let raw = &text[value.clone()];
    if note::is_none(raw) || note::is_placeholder(raw) {
        let start = value.start
            - (text[..value.start].len() - text[..value.start].trim_end_matches([' ', '\t']).len());
        edits.replace(start..value.end, &new);
    } else {
        let at = line_end(text, holder.range.end);
        edits.replace(at..at, &new);
    }
}

fn entry(raw: &str, noun: &'static Noun) -> Entry {
    let (words, closed) = note::closed(raw);
    let (words, note) = Note::split(words);
    let (description, plan) = words.split_once(" - ").unwrap_or((words, ""));
    let mut entry = Entry::new(noun)
        .with("Description", plain::words(description))
        .with("Plan", plain::words(plan))
        .with("Kind", note.kind.unwrap_or(TECHNICAL));
    entry.since = note.since;
    entry.open = !closed;
    entry
}

fn write(entry: &Entry) -> String {
    // A dash between blanks parts the issue from the plan.
    let description = plain::markdown(entry.title()).replace(" - ", " \\- ");
    let plan = plain::markdown(entry.value("Plan"));
    let kind = entry.noun.fields.iter().find(|f| f.name == "Kind").map(|f| f.choices).unwrap_or_default();
    let note = Note {
        kind: kind.iter().copied().find(|kind| *kind == entry.value("Kind")),
        since: entry.since,
        due: None,
    };
    let plan = if plan.is_empty() { plan } else { format!(" - {plan}") };
    format!("{description}{plan}{}", note.text())
}
