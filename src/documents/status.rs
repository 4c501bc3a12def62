//! The status document, in the form of the template people know: its fields are filled where they
//! stand, and a milestone's completion is told in its change log.
//!
//! A label that is not there is left absent, and `Last Updated` changes only if something else did.
//! What a person wrote wins over what is merely likely: a start, an estimate, a state in other words
//! than the template's. Words of the template that wait for a person's are filled.

mod fields;
mod followers;
mod history;
mod performance;
mod template;

use super::edit::{self, EditError, Edits};
use super::page::Page;
use super::registers;
use crate::model::checklist::Progress;
use crate::model::milestone::MilestoneId;
use crate::model::performance::Performance;
use jiff::civil::Date;

/// What the document is to say.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusFacts {
    /// `[project] name`.
    pub project_name: String,
    /// The day of `Last Updated`.
    pub date: Date,
    /// Its time of day, as it is shown: `17:30`; may be empty.
    pub time: String,
    /// The whole checklist.
    pub overall: Progress,
    /// Every milestone, in order.
    pub milestones: Vec<MilestoneFacts>,
    /// The milestone that was just completed.
    pub completed: Option<Completed>,
    /// The rows of the performance baseline, in order.
    pub performance: Vec<Performance>,
    /// A region without a sum may be overwritten.
    pub adopt: bool,
}

/// What the document says of one milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneFacts {
    /// Its id.
    pub id: MilestoneId,
    /// Its name.
    pub name: String,
    /// Its checklist items.
    pub progress: Progress,
    /// Milestones that must be complete before it.
    pub requires: Vec<MilestoneId>,
    /// The day on which its first item was ticked, if the history tells.
    pub started: Option<Date>,
    /// The day it was completed, if its tag says so.
    pub completed_on: Option<Date>,
}

/// A milestone that was just completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// Its id.
    pub milestone: MilestoneId,
    /// The day.
    pub date: Date,
    /// The entry of the change log.
    pub change_log: ChangeLog,
}

/// The lines of a change log entry that are not the change itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeLog {
    /// Why: `All four gates passed`.
    pub reason: String,
    /// What it affects: `Milestone 5.2 may begin`.
    pub impact: String,
    /// Who approved.
    pub approval: String,
}

/// The regions that this document may have.
pub const REGIONS: &[&str] = &["progress", "milestones", "performance"];

/// The document with the facts in it; a new one if there is none yet.
///
/// # Errors
/// The text cannot be edited safely: conflict markers, an unclosed fence, a damaged mark, a region
/// with a person's text in it, a milestone or a label that stands there twice.
pub fn update(old: Option<&str>, facts: &StatusFacts) -> Result<String, EditError> {
    let Some(old) = old.filter(|text| !text.trim_start_matches('\u{feff}').trim().is_empty()) else {
        return Ok(template::document(facts));
    };
    edit::settled(old, |text| fill(&followers::release(text, facts)?, facts))
}

fn fill(old: &str, facts: &StatusFacts) -> Result<String, EditError> {
    let mut edits = Edits::new(old)?;
    let page = Page::new(old, REGIONS)?;
    for region in &page.regions {
        let body = match region.id.as_str() {
            "progress" => template::progress(facts),
            "milestones" => template::milestones(facts),
            _ => performance::table(facts),
        };
        region.fill(&mut edits, old, &body, facts.adopt)?;
    }
    fields::progress(&page, facts, &mut edits);
    fields::milestones(&page, facts, &mut edits)?;
    performance::fill(&page, facts, &mut edits);
    history::append(&page, facts, &mut edits);
    registers::clear(&page, &mut edits);
    stamp(&page, &facts.stamp(), &mut edits);
    edits.apply()
}

/// `Last Updated`, if anything else changes.
pub(super) fn stamp(page: &Page<'_>, stamp: &str, edits: &mut Edits<'_>) {
    if !edits.is_empty() {
        fields::stamp(page, stamp, edits);
    }
}

impl StatusFacts {
    /// What `Last Updated` says.
    pub fn stamp(&self) -> String {
        format!("{} {}", self.date, super::plain::sanitize(&self.time)).trim_end().to_owned()
    }

    fn milestone(&self, id: &MilestoneId) -> Option<&MilestoneFacts> {
        self.milestones.iter().find(|m| m.id == *id)
    }

    /// The day a milestone was completed, as far as the facts tell.
    fn completed_on(&self, milestone: &MilestoneFacts) -> Option<Date> {
        let now = self.completed.as_ref().filter(|c| c.milestone == milestone.id).map(|c| c.date);
        now.or(milestone.completed_on)
    }
}

/// The total and the four states, as rows of the table: label, count, percentage.
fn rows(progress: Progress) -> [(&'static str, u64, String); 5] {
    let total = progress.ratio().total;
    let counts = [progress.done, progress.in_progress, progress.blocked, progress.open];
    let [done, in_progress, blocked, open] = shares(counts, total);
    let whole = if total == 0 { done.clone() } else { "100%".to_owned() };
    [
        ("Total checklist items", total, whole),
        ("Completed items", progress.done, done),
        ("In progress items", progress.in_progress, in_progress),
        ("Blocked items", progress.blocked, blocked),
        ("Not started items", progress.open, open),
    ]
}

/// Percentages that add up to 100.0. What is completed is rounded down: 100% means all of it. What
/// is missing then goes to the others, the largest remainder first.
fn shares(counts: [u64; 4], total: u64) -> [String; 4] {
    if total == 0 {
        return counts.map(|n| crate::model::ratio::Ratio::new(n, 0).percent());
    }
    let scaled = counts.map(|n| u128::from(n) * 1000);
    let total = u128::from(total);
    let mut tenths = scaled.map(|n| n / total);
    let mut others = [1, 2, 3];
    others.sort_by_key(|n| std::cmp::Reverse(scaled[*n] % total));
    let missing = 1000_u128.saturating_sub(tenths.iter().sum());
    for (_, n) in (0..missing).zip(others) {
        tenths[n] += 1;
    }
    tenths.map(|n| format!("{}.{}%", n / 10, n % 10))
}

/// `3/5 items (60%)`: one decimal only where there is one.
fn items(progress: Progress) -> String {
    let ratio = progress.ratio();
    let percent = ratio.percent().replace(".0%", "%");
    format!("{}/{} items ({percent})", ratio.covered, ratio.total)
}
