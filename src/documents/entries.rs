//! Entries of the progress log: one file each, which is the source, and the log as their projection.
//!
//! Appended lines of two branches conflict, and git's `merge=union` would interleave two entries at
//! the lines they have in common; two files never meet. In the log an entry stands as plain text of
//! the template with an invisible mark behind it: the name of its file, and a sum by which a text
//! that a person changed is known, and kept.

mod told;

pub use told::{Told, told};

use super::edit::{self, EditError, Edits};
use super::outline::{Outline, fold};
use super::{plain, region};
use jiff::ToSpan;
use jiff::civil::Date;
use pulldown_cmark::HeadingLevel;
use std::ops::Range;

/// An entry, as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name of the file without its ending.
    pub name: String,
    /// The day its name begins with.
    pub date: Date,
    /// Its text, from its heading on.
    pub text: String,
}

impl Entry {
    /// Whether a file of that name is an entry: its name begins with a day.
    pub fn day_of(name: &str) -> Option<Date> {
        name.get(..10)?.parse().ok().filter(|_| name[10..].starts_with('-'))
    }

    /// An entry from the content of its file.
    ///
    /// # Errors
    /// It is no text, has conflict markers or an unclosed fence, or is not one section `## ...`.
    pub fn read(name: &str, date: Date, bytes: &[u8]) -> Result<Self, EditError> {
        let text = edit::text(bytes)?.trim_start_matches('\u{feff}');
        let text = text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        let outline = Outline::new(&text);
        let tops: Vec<_> = outline.headings.iter().filter(|h| h.level <= HeadingLevel::H2).collect();
        let whole = matches!(tops.as_slice(), [top] if top.level == HeadingLevel::H2 && top.range.start == 0);
        if !whole || marks(&outline).next().is_some() {
            let shape = "an entry is one section: a heading `## ` first, and no other of its level in it";
            return Err(EditError::new(shape));
        }
        Ok(Self { name: name.to_owned(), date, text })
    }

    fn block(&self) -> String {
        format!("{}\n\n<!-- milegate:entry {} sum={} -->", self.text, self.name, region::sum(&self.text))
    }
}

/// The log with its entries, and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projected {
    /// The log.
    pub text: String,
    /// Names of entries that were put in.
    pub added: Vec<String>,
    /// Names of entries whose file had changed.
    pub renewed: Vec<String>,
    /// Names of entries whose file had changed, but whose text in the log a person changed too: kept.
    pub kept: Vec<String>,
}

/// The log with every entry in it, in the order of their days; what else stands there stays as it is.
///
/// # Errors
/// The log has conflict markers, or an unclosed fence or comment.
pub fn project(old: Option<&str>, project_name: &str, entries: &[Entry]) -> Result<Projected, EditError> {
    let empty = |text: &&str| text.trim_start_matches('\u{feff}').trim().is_empty();
    let fresh = format!("# {} Progress Log\n", plain::markdown(project_name));
    let start = old.filter(|text| !empty(text)).unwrap_or(&fresh);
    let projected = bring_in(start, entries)?;
    // Done again on its own result, it changes nothing.
    match bring_in(&projected.text, entries)?.text == projected.text {
        true => Ok(projected),
        false => Err(EditError::new("a defect in Milegate: the log does not settle; nothing was written")),
    }
}

fn bring_in(old: &str, entries: &[Entry]) -> Result<Projected, EditError> {
    let mut all: Vec<_> = entries.iter().collect();
    all.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
    let mut projected = Projected { text: old.to_owned(), ..Projected::default() };
    for entry in all {
        let mut edits = Edits::new(&projected.text)?;
        let outline = Outline::new(&projected.text);
        let list = match find(&outline, entry) {
            Standing::Current => continue,
            Standing::Absent => {
                place(&outline, entry, &mut edits);
                &mut projected.added
            }
            Standing::Outdated(range) => {
                edits.replace(range, &entry.block());
                &mut projected.renewed
            }
            Standing::Edited => &mut projected.kept,
        };
        list.push(entry.name.clone());
        projected.text = edits.apply()?;
    }
    Ok(projected)
}

/// How an entry stands in the log.
enum Standing {
    /// Not at all.
    Absent,
    /// As its file was when it was put in; or without its mark, and so a person's.
    Current,
    /// Its file has changed since; the text and its mark.
    Outdated(Range<usize>),
    /// Its file has changed since, and so has the text in the log.
    Edited,
}

/// The mark behind an entry.
struct Mark<'a> {
    name: &'a str,
    sum: &'a str,
    range: Range<usize>,
}

fn marks<'o>(outline: &'o Outline<'_>) -> impl Iterator<Item = Mark<'o>> {
    outline.blocks.iter().filter_map(|block| {
        let raw = outline.text[block.clone()].trim_end();
        let start = block.start + raw.len() - raw.trim_start().len();
        let inner = raw.trim_start().strip_prefix("<!-- milegate:entry ")?.strip_suffix(" -->")?;
        let (name, sum) = inner.split_once(" sum=")?;
        Some(Mark { name, sum, range: start..block.start + raw.len() })
    })
}

fn find(outline: &Outline<'_>, entry: &Entry) -> Standing {
    let tops: Vec<_> = outline.headings.iter().filter(|h| h.level <= HeadingLevel::H2).collect();
    let head = |at: usize| tops.iter().rev().map(|h| h.range.start).find(|start| *start < at);
    if let Some(mark) = marks(outline).find(|mark| mark.name == entry.name) {
        let start = head(mark.range.start).unwrap_or(mark.range.start);
        return match region::sum(&entry.text) == mark.sum {
            true => Standing::Current,
            false if region::sum(outline.text[start..mark.range.start].trim_end()) == mark.sum => {
                Standing::Outdated(start..mark.range.end)
            }
            false => Standing::Edited,
        };
    }
    // A person who took the mark away kept the entry; a heading with another's mark is another's.
    let owned: Vec<_> = marks(outline).filter_map(|mark| head(mark.range.start)).collect();
    let title = Outline::new(&entry.text).headings.first().map(|h| fold(&h.text));
    let same = |text: &str| title.as_ref().is_some_and(|title| *title == fold(text));
    match tops.iter().any(|h| !owned.contains(&h.range.start) && same(&h.text)) {
        true => Standing::Current,
        false => Standing::Absent,
    }
}

/// Puts an entry behind the last section of its day or an earlier one, else before the first later
/// one, else at the end.
fn place(outline: &Outline<'_>, entry: &Entry, edits: &mut Edits<'_>) {
    let dated = || {
        let headings = outline.headings.iter().enumerate().filter(|(_, h)| h.level == HeadingLevel::H2);
        headings.filter_map(|(n, _)| Some((n, day(outline, n)?)))
    };
    let before = dated().rfind(|(_, date)| *date <= entry.date);
    match (before, dated().next()) {
        (Some((n, _)), _) => edits.append(outline.section(n), &entry.block()),
        (None, Some((n, _))) => {
            let start = outline.headings[n].range.start;
            let line = outline.text[..start].rfind(['\n', '\r']).map_or(start, |at| at + 1);
            edits.replace(line..line, &format!("{}\n\n", entry.block()));
        }
        (None, None) => edits.append(0..outline.text.len(), &entry.block()),
    }
}

/// The day of a section: in its heading, the Friday of a week, or when its milestone was completed.
fn day(outline: &Outline<'_>, heading: usize) -> Option<Date> {
    let title = fold(&outline.headings[heading].text);
    let week = || day_in(title.strip_prefix("week of ")?)?.checked_add(4.days()).ok();
    let completed = || {
        let section = &outline.text[outline.own_section(heading)];
        day_in(section.split_once("*Completed: ").filter(|_| title.contains("completion report"))?.1)
    };
    day_in(&title).or_else(week).or_else(completed)
}

/// The day that a heading begins with.
fn day_in(title: &str) -> Option<Date> {
    title.get(..10)?.parse().ok()
}
