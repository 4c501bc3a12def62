//! The registers of the status document: risks, debt, blockers, needs, changes, dependencies. They
//! are a person's: read as data where they stand, appended to, and changed only where an entry is
//! resolved. The table is `REGISTERS`: which section, and in which shape.
//!
//! Every edit is read back: the entries that were there are still there, word for word, and the new
//! one is what was asked for. A text that would be read as anything else is refused.

mod boxes;
pub(super) mod bullets;
pub(super) mod dated;
mod list;
pub(super) mod note;
mod numbered;
mod place;
mod rows;

use super::edit::{EditError, Edits};
use super::page::Page;
use super::plain;
use super::status::{self, REGIONS};
use crate::model::register::{self, Entry, Noun, Registers};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::ops::Range;

/// Where and how a register is written: a row of the table.
struct Register {
    /// What its entries consist of.
    noun: &'static Noun,
    /// Where they stand.
    homes: &'static [Home],
    /// How they are written.
    shape: &'static dyn Shape,
}

/// A section that holds entries.
struct Home {
    /// The group of the entries in it; empty where the register is not divided.
    group: &'static str,
    /// The headings above them, outermost first.
    path: &'static [&'static str],
    /// What stands in it is resolved.
    resolved: bool,
}

const fn home(group: &'static str, path: &'static [&'static str]) -> Home {
    Home { group, path, resolved: false }
}

/// Every register, with its place in the template.
static REGISTERS: &[Register] = &[
    Register {
        noun: &register::RISK,
        homes: &[
            home("", &["Risk Register", "Active Risks"]),
            Home { group: "", path: &["Risk Register", "Resolved Risks"], resolved: true },
        ],
        shape: &numbered::Numbered,
    },
    Register { noun: &register::DEBT, homes: &[home("", &["Technical Debt Log"])], shape: &rows::Rows },
    Register { noun: &register::BLOCKER, homes: &[], shape: &bullets::Bullets },
    Register { noun: &register::NEED, homes: &[home("", &["Resource Needs"])], shape: &boxes::Boxes },
    Register { noun: &register::CHANGE, homes: &[home("", &["Change Log"])], shape: &dated::Dated },
    Register {
        noun: &register::DEPENDENCY,
        homes: &[
            home("external", &["Dependencies and Blockers", "External Dependencies"]),
            home("internal", &["Dependencies and Blockers", "Internal Dependencies"]),
        ],
        shape: &boxes::Boxes,
    },
];

/// A register of a document: what a shape works on.
struct Site<'a> {
    page: &'a Page<'a>,
    register: &'a Register,
}

/// Words of the template, and what is to stand in their place.
type Waiting = (Range<usize>, &'static str);

/// Whether an edit could be planned.
type Edited = Result<(), EditError>;

/// How entries are written.
trait Shape: Sync {
    /// The entry as far as the shape can hold it.
    fn kept(&self, entry: Entry) -> Entry {
        entry
    }

    /// The entries, placeholders of the template left out.
    fn read(&self, site: &Site<'_>) -> Result<Vec<Found>, EditError>;

    /// Words of the template that stand where entries are to stand, and what a person would write
    /// there as long as there is none.
    fn waiting(&self, _: &Site<'_>) -> Vec<Waiting> {
        Vec::new()
    }

    /// Puts an entry behind the others.
    fn add(&self, site: &Site<'_>, entry: &Entry, edits: &mut Edits<'_>) -> Edited;

    /// Marks an entry as resolved.
    fn resolve(&self, site: &Site<'_>, found: &Found, closing: &Closing, edits: &mut Edits<'_>) -> Edited;
}

/// An entry and where it stands.
struct Found {
    entry: Entry,
    /// Its item, row or heading.
    range: Range<usize>,
}

/// How an entry was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The day.
    pub on: Date,
    /// What is said about it, by the names of the fields.
    pub values: BTreeMap<&'static str, String>,
}

impl Closing {
    fn value(&self, field: &str) -> &str {
        self.values.get(field).map(String::as_str).unwrap_or_default()
    }
}

/// The registers of a status document.
///
/// # Errors
/// The text cannot be relied on: conflict markers, an unclosed fence, a damaged mark of a region, a
/// milestone that has two headings.
pub fn read(text: &str) -> Result<Registers, EditError> {
    Edits::new(text)?;
    let page = Page::new(text, REGIONS)?;
    let mut all = Vec::new();
    for register in REGISTERS {
        all.extend(
            register.shape.read(&Site { page: &page, register })?.into_iter().map(|found| found.entry),
        );
    }
    Ok(Registers(all))
}

fn of(noun: &Noun) -> Result<&'static Register, EditError> {
    let found = REGISTERS.iter().find(|register| register.noun.name == noun.name);
    found.ok_or_else(|| EditError::new(format!("a defect in Milegate: no register of {}", noun.name)))
}

/// Says `None.` where only words of the template stand.
pub(super) fn clear(page: &Page<'_>, edits: &mut Edits<'_>) {
    for register in REGISTERS {
        for (range, words) in register.shape.waiting(&Site { page, register }) {
            if !edits.touch(&range) {
                edits.replace(range, words);
            }
        }
    }
}

/// The document with an entry more. `stamp` is what `Last Updated` says then.
///
/// # Errors
/// As [`read`]; no place for the entry; a text that would not be read back as it is.
pub fn add(text: &str, entry: &Entry, stamp: &str) -> Result<String, EditError> {
    let register = of(entry.noun)?;
    let wanted = register.shape.kept(clean(entry));
    let mut edits = Edits::new(text)?;
    let page = Page::new(text, REGIONS)?;
    register.shape.add(&Site { page: &page, register }, &wanted, &mut edits)?;
    status::stamp(&page, stamp, &mut edits);
    let new = edits.apply()?;
    let mut after = entries(&read(&new)?);
    let added = after.iter().position(|found| *found == wanted);
    let kept = added.map(|at| after.remove(at)).is_some() && after == entries(&read(text)?);
    if kept { Ok(new) } else { Err(unreadable(&wanted)) }
}

/// The document with an entry resolved; the same text if it is already.
///
/// # Errors
/// As [`read`]; the entry is not there, or cannot be resolved without touching others.
pub fn resolve(text: &str, entry: &Entry, closing: &Closing, stamp: &str) -> Result<String, EditError> {
    if !entry.open {
        return Ok(text.to_owned());
    }
    let mut edits = Edits::new(text)?;
    let page = Page::new(text, REGIONS)?;
    let register = of(entry.noun)?;
    let site = Site { page: &page, register };
    let all = register.shape.read(&site)?;
    let missing = || EditError::new(format!("{} {} is not in the document", entry.noun.name, entry.key));
    let found = all.iter().find(|found| found.entry == *entry).ok_or_else(missing)?;
    register.shape.resolve(&site, found, closing, &mut edits)?;
    status::stamp(&page, stamp, &mut edits);
    let new = edits.apply()?;
    let (mut before, mut after) = (entries(&read(text)?), entries(&read(&new)?));
    let mut settled = bare(entry);
    settled.open = false;
    let gone = before.iter().position(|e| *e == bare(entry)).map(|at| before.remove(at)).is_some();
    let closed = |e: &Entry| !e.open && e.title() == settled.title() && e.group == settled.group;
    let done = (0..after.len()).rev().filter(|at| closed(&after[*at])).find(|at| {
        let mut rest = after.clone();
        rest.remove(*at);
        rest == before
    });
    if gone && done.map(|at| after.remove(at)).is_some() { Ok(new) } else { Err(unreadable(entry)) }
}

fn unreadable(entry: &Entry) -> EditError {
    EditError::new(format!(
        "the {} \"{}\" would not be read back from the document as it is meant; nothing was written",
        entry.noun.name,
        plain::cut(entry.title(), 60)
    ))
}

/// The entries without their keys: those follow from the places.
fn entries(registers: &Registers) -> Vec<Entry> {
    registers.0.iter().map(bare).collect()
}

fn bare(entry: &Entry) -> Entry {
    Entry { key: String::new(), ..entry.clone() }
}

/// With texts as the document can hold them: on one line, nothing hidden.
fn clean(entry: &Entry) -> Entry {
    let values = entry.values.iter().map(|(name, value)| (*name, plain::sanitize(value)));
    Entry { values: values.filter(|(_, value)| !value.is_empty()).collect(), ..bare(entry) }
}

/// Why no entry bears a name that a person gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotFound {
    /// What is wrong with the name.
    pub message: String,
    /// The entries that could be meant.
    pub known: Vec<String>,
}

/// The entry a person means: by its key, else by a part of its title that only one open entry has.
///
/// # Errors
/// No entry or several.
pub fn pick<'a>(registers: &'a Registers, noun: &'static Noun, name: &str) -> Result<&'a Entry, NotFound> {
    let name = name.trim();
    if let Some(entry) = registers.of(noun).find(|entry| entry.key.eq_ignore_ascii_case(name)) {
        return Ok(entry);
    }
    let needle = name.to_lowercase();
    let holds = |entry: &&Entry| !needle.is_empty() && entry.title().to_lowercase().contains(&needle);
    let found: Vec<_> = registers.open(noun).filter(holds).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(NotFound {
            message: format!("no open {} is `{name}`", noun.name),
            known: names(registers.open(noun)),
        }),
        many => Err(NotFound {
            message: format!("{} entries are called `{name}`", many.len()),
            known: names(many.iter().copied()),
        }),
    }
}

fn names<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    entries.map(|entry| format!("{} ({})", entry.key, plain::cut(entry.title(), 40))).collect()
}
