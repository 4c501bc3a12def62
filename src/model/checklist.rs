//! The Markdown checklist: task items under milestone headings.

use super::milestone::MilestoneId;
use super::ratio::Ratio;
use std::collections::BTreeMap;
use std::ops::Range;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// Ticked.
    Done,
    /// Not begun.
    Open,
    /// `(in progress ...)` at the item's end.
    InProgress,
    /// `(blocked: reason)` at the item's end.
    Blocked(String),
}

/// One task item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its text without box and state note, inline markup kept, white space folded.
    pub text: String,
    /// Where it stands.
    pub state: ItemState,
    /// The milestone whose heading it stands under; `None` before the first.
    pub milestone: Option<MilestoneId>,
    /// 1-based line of its box.
    pub line: u32,
    /// Byte range of the box `[ ]` in the file.
    pub mark: Range<usize>,
}

/// A heading that names a milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneHeading {
    /// The id in the heading: `5.1`.
    pub id: MilestoneId,
    /// The rest of the heading: `Database Foundation`.
    pub name: String,
    /// 1-based line.
    pub line: u32,
}

/// A checklist as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checklist {
    /// Every task item, in order.
    pub items: Vec<Item>,
    /// Every milestone heading, in order.
    pub headings: Vec<MilestoneHeading>,
    /// Things that look like a mistake of the writer; they do not change the count.
    pub notices: Vec<String>,
}

/// How many items are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Ticked.
    pub done: u64,
    /// Marked as in progress.
    pub in_progress: u64,
    /// Marked as blocked.
    pub blocked: u64,
    /// Open without a mark.
    pub open: u64,
}

impl Progress {
    /// All items.
    pub const fn total(self) -> u64 {
        self.done + self.remaining()
    }

    /// Those that are not ticked.
    pub const fn remaining(self) -> u64 {
        self.in_progress + self.blocked + self.open
    }

    /// Ticked of all.
    pub const fn ratio(self) -> Ratio {
        Ratio::new(self.done, self.total())
    }
}

impl Checklist {
    /// Every item with the key by which people name it: `5.1/3` is the third of milestone 5.1, `-/1` the
    /// first under no milestone.
    pub fn keyed(&self) -> Vec<(String, &Item)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let keyed = self.items.iter().map(|item| {
            let group = item.milestone.as_ref().map_or("-", MilestoneId::as_str);
            let count = counts.entry(group).or_default();
            *count += 1;
            (format!("{group}/{count}"), item)
        });
        keyed.collect()
    }

    /// The items of one milestone, in order.
    pub fn of<'a>(&'a self, milestone: &'a MilestoneId) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |i| i.milestone.as_ref() == Some(milestone))
    }

    /// Counts by state, of one milestone or of everything.
    pub fn progress(&self, milestone: Option<&MilestoneId>) -> Progress {
        let mut progress = Progress::default();
        for item in self.items.iter().filter(|i| milestone.is_none() || i.milestone.as_ref() == milestone) {
            match item.state {
                ItemState::Done => progress.done += 1,
                ItemState::Open => progress.open += 1,
                ItemState::InProgress => progress.in_progress += 1,
                ItemState::Blocked(_) => progress.blocked += 1,
            }
        }
        progress
    }
}
