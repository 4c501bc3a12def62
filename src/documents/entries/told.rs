//! The days that the log tells of: its own sections, and entries that it does not hold yet.
//!
//! Where both tell of the same, the log's words count if a person changed them there.

use super::{Entry, Standing, day_in, find, marks};
use crate::documents::edit::EditError;
use crate::documents::edit::Edits;
use crate::documents::outline::{Outline, fold};
use jiff::civil::Date;
use pulldown_cmark::HeadingLevel;

/// What is told of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The day.
    pub date: Date,
    /// The name of its entry; `None` for what a person wrote into the log.
    pub name: Option<String>,
    /// The text, from its heading on.
    pub text: String,
}

/// The days of a log and of entries, in order.
///
/// # Errors
/// The log has conflict markers, or an unclosed fence or comment.
pub fn told(log: Option<&str>, entries: &[Entry]) -> Result<Vec<Told>, EditError> {
    let log = log.unwrap_or_default();
    Edits::new(log)?;
    let outline = Outline::new(log);
    let mut all = sections(&outline, entries);
    let absent = entries.iter().filter(|entry| matches!(find(&outline, entry), Standing::Absent));
    all.extend(absent.filter_map(|entry| {
        let title = Outline::new(&entry.text).headings.first().map(|heading| fold(&heading.text))?;
        // A week's summary tells of no day.
        let date = day_in(&title)?;
        Some(Told { date, name: Some(entry.name.clone()), text: entry.text.clone() })
    }));
    all.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
    Ok(all)
}

fn sections(outline: &Outline<'_>, entries: &[Entry]) -> Vec<Told> {
    let mut all = Vec::new();
    let marks: Vec<_> = marks(outline).collect();
    for (n, heading) in outline.headings.iter().enumerate() {
        let Some(date) = day_in(&fold(&heading.text)).filter(|_| heading.level == HeadingLevel::H2) else {
            continue;
        };
        let section = outline.section(n);
        let mark = marks.iter().find(|mark| section.contains(&mark.range.start));
        let end = mark.map_or(section.end, |mark| mark.range.start);
        let mut text = outline.text[section.start..end].trim().to_owned();
        let entry = entries.iter().find(|entry| mark.is_some_and(|mark| mark.name == entry.name));
        if let Some(entry) = entry.filter(|entry| matches!(find(outline, entry), Standing::Outdated(_))) {
            text.clone_from(&entry.text);
        }
        all.push(Told { date, name: mark.map(|mark| mark.name.to_owned()), text });
    }
    all
}
