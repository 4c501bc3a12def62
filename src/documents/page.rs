//! A document as its editors see it: headings, labels, tables and list items outside its regions.

use super::edit::EditError;
use super::items::{self, Item};
use super::outline::{Heading, Label, Outline, Table, fold};
use super::region::{self, Region};
use crate::model::milestone::MilestoneId;
use crate::readers::checklist;
use pulldown_cmark::HeadingLevel;
use std::collections::BTreeMap;
use std::ops::Range;

/// The places of a document.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) text: &'a str,
    pub(super) outline: Outline<'a>,
    pub(super) regions: Vec<Region>,
    /// Items of the lists at the top level.
    pub(super) items: Vec<Item>,
}

impl<'a> Page<'a> {
    /// The places of `text`; `known` are the regions that mean something in it.
    ///
    /// # Errors
    /// A damaged mark of a region.
    pub(super) fn new(text: &'a str, known: &[&str]) -> Result<Self, EditError> {
        let outline = Outline::new(text);
        let regions = region::within(&outline, known)?;
        Ok(Self { text, outline, regions, items: items::read(text) })
    }

    /// Whether a place is the business of the fields, not of a region.
    pub(super) fn free(&self, range: &Range<usize>) -> bool {
        !self.regions.iter().any(|r| r.span().start <= range.start && range.end <= r.span().end)
    }

    /// The section under the heading of that text.
    pub(super) fn section(&self, name: &str) -> Option<Range<usize>> {
        self.section_in(&(0..self.text.len()), name)
    }

    /// The same, of a heading inside `scope`.
    pub(super) fn section_in(&self, scope: &Range<usize>, name: &str) -> Option<Range<usize>> {
        let named = |h: &Heading| {
            scope.contains(&h.range.start) && self.free(&h.range) && title(&h.text) == title(name)
        };
        let found = self.outline.headings.iter().position(named);
        found.map(|heading| self.outline.section(heading))
    }

    /// The level of the heading that a section begins with.
    pub(super) fn level(&self, section: &Range<usize>) -> HeadingLevel {
        let heading = self.outline.headings.iter().find(|h| h.range.start == section.start);
        heading.map_or(HeadingLevel::H2, |h| h.level)
    }

    /// A section up to the first heading inside it.
    pub(super) fn own(&self, section: &Range<usize>) -> Range<usize> {
        let inner = self.outline.headings.iter().map(|h| h.range.start).find(|at| *at > section.start);
        section.start..inner.map_or(section.end, |at| at.min(section.end))
    }

    /// The items of the lists that begin in a range.
    pub(super) fn items_in(&self, range: &Range<usize>) -> Vec<&Item> {
        self.items.iter().filter(|i| range.contains(&i.range.start) && self.free(&i.range)).collect()
    }

    /// The tables that begin in a range.
    pub(super) fn tables_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Table> {
        self.outline.tables.iter().filter(move |t| range.contains(&t.range.start) && self.free(&t.range))
    }

    /// The milestones that have a heading, each with its own section, in the order of the document.
    /// Where there is a section `Milestone Status`, only it counts.
    ///
    /// # Errors
    /// A milestone that has two headings.
    pub(super) fn milestones(&self) -> Result<Vec<(MilestoneId, Range<usize>)>, EditError> {
        let scope = self.section("Milestone Status").unwrap_or(0..self.text.len());
        let mut seen = BTreeMap::new();
        let mut found = Vec::new();
        for (n, heading) in self.outline.headings.iter().enumerate() {
            if !scope.contains(&heading.range.start) || !self.free(&heading.range) {
                continue;
            }
            let Some((id, _)) = checklist::milestone(&heading.text) else { continue };
            if seen.insert(id.clone(), n).is_some() {
                let message = format!("milestone {id} has two headings here; keep one");
                return Err(EditError::at(self.text, heading.range.start, message));
            }
            found.push((id, self.outline.own_section(n)));
        }
        Ok(found)
    }

    /// The own section of one milestone.
    ///
    /// # Errors
    /// As [`Self::milestones`]; it has no heading.
    pub(super) fn milestone(&self, id: &MilestoneId) -> Result<Range<usize>, EditError> {
        let found = self.milestones()?.into_iter().find(|(known, _)| known == id);
        found.map(|(_, section)| section).ok_or_else(|| {
            EditError::new(format!("no heading `Milestone {id}` stands in the document; write one"))
        })
    }

    /// The label of that name, in any case, in the section of a milestone.
    ///
    /// # Errors
    /// It stands there twice.
    pub(super) fn label(
        &self,
        section: &Range<usize>,
        milestone: &MilestoneId,
        name: &str,
    ) -> Result<Option<&Label>, EditError> {
        let name = fold(name);
        let mut labels = self.outline.labels.iter().filter(|label| {
            label.name == name
                && section.contains(&label.value.start.saturating_sub(1))
                && self.free(&label.value)
        });
        let found = labels.next();
        match labels.next() {
            None => Ok(found),
            Some(again) => {
                let message = format!("`{name}` stands twice under milestone {milestone}; keep one");
                Err(EditError::at(self.text, again.value.start, message))
            }
        }
    }
}

/// What a heading says: numbers, emoji and signs around the words are decoration.
pub(super) fn title(heading: &str) -> String {
    let words = fold(heading);
    let words = words.trim_start_matches(|c: char| !c.is_alphabetic());
    words.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn decoration_of_headings() {
        for text in [
            "Risk Register",
            "3. Risk  register",
            "\u{26a0}\u{fe0f} RISK REGISTER \u{1f525}:",
            "2.1 Risk Register",
        ] {
            assert_eq!(title(text), "risk register");
        }
        assert_ne!(title("The Risk Register"), "risk register");
    }
}
