//! Checklist and registers as they stand in the work tree, and as they stood before a day began.

use super::paper::Paper;
use super::refusal::Refusal;
use super::workspace::Workspace;
use crate::documents::{edit, items, registers};
use crate::ledger::error::UNSHALLOW;
use crate::ledger::versions::{Version, Versions};
use crate::model::checklist::{Checklist, Item, ItemState};
use crate::model::day::Done;
use crate::model::milestone::MilestoneId;
use crate::model::register::Registers;
use crate::readers::checklist;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// A checklist with the text it was read from.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    text: String,
    pub(super) list: Checklist,
}

impl Sheet {
    fn read(bytes: &[u8]) -> Option<Self> {
        let list = checklist::read(bytes).ok()?;
        let text = std::str::from_utf8(bytes).ok()?.to_owned();
        Some(Self { text, list })
    }

    /// The checklist of the work tree; `None` where there is none, or none that can be read.
    pub(super) fn here(workspace: &Workspace) -> Result<Option<Self>, Refusal> {
        if workspace.config.documents.checklist.is_none() {
            return Ok(None);
        }
        Ok(Paper::checklist(workspace, false)?.bytes()?.and_then(|bytes| Self::read(&bytes)))
    }

    /// The checklist of the work tree, which has to be there.
    pub(super) fn required(workspace: &Workspace) -> Result<Self, Refusal> {
        let paper = Paper::checklist(workspace, false)?;
        let bytes = paper.required()?;
        let list = paper.checklist_of(&bytes)?;
        Ok(Self { text: paper.text(&bytes)?.to_owned(), list })
    }

    /// The checklist as it was committed before a day began.
    pub(super) fn before(workspace: &Workspace, day: Date) -> Result<Past<Self>, Refusal> {
        before(workspace, workspace.config.documents.checklist.as_deref(), day, Self::read)
    }

    /// The checklist of a version; `None` if it cannot be read.
    pub(super) fn of(workspace: &Workspace, version: &Version, path: &str) -> Result<Option<Self>, Refusal> {
        Ok(Self::read(&workspace.repository()?.content(version, path)?))
    }

    /// The items that are ticked here, and were not before.
    pub(super) fn ticked_since<'s>(&'s self, before: Option<&Self>) -> Vec<&'s Item> {
        let key = |item: &Item| (item.milestone.clone(), items::noted(&item.text).text);
        let done = |item: &&Item| item.state == ItemState::Done;
        let earlier = before.map(|sheet| sheet.list.items.as_slice()).unwrap_or_default();
        let mut known: BTreeSet<_> = earlier.iter().filter(done).map(key).collect();
        self.list.items.iter().filter(done).filter(|item| known.insert(key(item))).collect()
    }

    /// An item in its own words, with the files it names.
    pub(super) fn done(&self, item: &Item) -> Done {
        let named = items::named(&self.text, item);
        Done {
            text: named.text,
            implementation: named.implementation.unwrap_or_default(),
            test: named.test.unwrap_or_default(),
            ..Done::default()
        }
    }

    /// The item of a milestone that comes next, in its own words: one in progress, else the first that is open.
    pub(super) fn next(&self, milestone: &MilestoneId) -> Option<String> {
        let of = |state: ItemState| self.list.of(milestone).find(|item| item.state == state);
        let item = of(ItemState::InProgress).or_else(|| of(ItemState::Open))?;
        Some(items::noted(&item.text).text)
    }
}

/// What was committed before a day began.
#[derive(Debug)]
pub(super) struct Past<T> {
    /// `None` if it was not there yet.
    pub(super) found: Option<T>,
    /// Nothing that could have been found is missing in this clone.
    pub(super) whole: bool,
}

impl<T> Past<T> {
    /// What was there, or why that is not known.
    pub(super) fn known(self, what: &str, day: Date) -> Result<Option<T>, Refusal> {
        match self.found {
            None if !self.whole => {
                let message = format!("this clone is shallow: what {what} said before {day} is not known");
                Err(Refusal::unproven(message).hint(UNSHALLOW))
            }
            found => Ok(found),
        }
    }
}

/// What makes a shallow clone whole.
pub(super) const DEEPEN: &str = UNSHALLOW;

/// The day of a moment, in UTC.
pub(super) fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// The beginning of a day, in UTC.
pub(super) fn midnight(day: Date) -> Result<Timestamp, Refusal> {
    let begin = day.to_zoned(TimeZone::UTC);
    begin.map(|begin| begin.timestamp()).map_err(|error| Refusal::usage(format!("{day}: {error}")))
}

/// The versions of a document up to HEAD; none where there is no repository or no such document.
pub(super) fn versions(workspace: &Workspace, path: &str) -> Result<Versions, Refusal> {
    match (&workspace.repository, &workspace.head) {
        (Some(repository), Some(head)) => Ok(repository.versions(&head.id, path)?),
        _ => Ok(Versions { whole: true, ..Versions::default() }),
    }
}

fn before<T>(
    workspace: &Workspace,
    path: Option<&str>,
    day: Date,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<Past<T>, Refusal> {
    let Some(path) = path else { return Ok(Past { found: None, whole: true }) };
    let versions = versions(workspace, path)?;
    let begin = midnight(day)?;
    for version in versions.list.iter().rev().filter(|version| version.time < begin) {
        // A version that cannot be read tells nothing; the one before it does.
        if let Some(found) = read(&workspace.repository()?.content(version, path)?) {
            return Ok(Past { found: Some(found), whole: versions.whole });
        }
    }
    Ok(Past { found: None, whole: versions.whole })
}

/// The registers of the status document; `None` where there is none.
pub(super) fn registers(workspace: &Workspace) -> Result<Option<Registers>, Refusal> {
    if workspace.config.documents.status.is_none() {
        return Ok(None);
    }
    let paper = Paper::status(workspace, false)?;
    let Some(bytes) = paper.bytes()? else { return Ok(None) };
    registers::read(paper.text(&bytes)?).map(Some).map_err(|error| paper.refuse(&error))
}

/// The registers as they were committed before a day began.
pub(super) fn registers_before(workspace: &Workspace, day: Date) -> Result<Past<Registers>, Refusal> {
    let read = |bytes: &[u8]| registers::read(edit::text(bytes).ok()?).ok();
    before(workspace, workspace.config.documents.status.as_deref(), day, read)
}
