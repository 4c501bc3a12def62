//! The facts of a run, each with its provenance: what `judge` looks at, and nothing else.
//!
//! Everything here is a value. The commands collect it, through the ledger, from files and git.

pub mod baseline;
pub mod bundle;
pub mod burndown;
pub mod comparison;
pub mod documents;
pub mod escalations;
pub mod excerpt;
pub mod freshness;
pub mod history;
pub mod merge;
pub mod narrow;
pub mod placement;
pub mod ratchet;
pub mod readiness;
pub mod reports;
pub mod reproduce;
pub mod sign_off;
pub mod snapshot;

pub use baseline::Baseline;
pub use documents::Document;
pub use placement::Tree;
pub use ratchet::Ratcheted;
pub use reports::{Entry, EntryEvidence, ReportFile, Source};
pub use sign_off::SignOffs;

use crate::model::change::ChangedLines;
use crate::model::checklist::Checklist;
use crate::model::machine::Machine;
use crate::model::milestone::Milestone;
use crate::model::outcome::Occasion;
use crate::model::person::Person;
use crate::model::place::Place;
use crate::model::snapshot::Snapshot;
use crate::model::tests::TestId;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Something a person should see beside a judgement: a place and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Detail {
    /// Where; `None` for a remark about the whole.
    pub place: Option<Place>,
    /// May hold report text: hostile until escaped by an output.
    pub message: String,
}

impl Detail {
    /// A remark without a place.
    pub fn remark(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }

    /// A remark at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into() }
    }
}

/// Why a fact is not there or not to be used: the reason for `unproven`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// `criterion/what` or `report/what`.
    pub code: String,
    /// What is wrong, and where.
    pub message: String,
    /// What to do next.
    pub next_step: String,
    /// More of the same, if there is more than one.
    pub details: Vec<Detail>,
}

/// The codes of doubts that belong to no criterion and to no single format, and what they mean.
pub const CODES: &[(&str, &str)] = &[
    ("report/stale", "the report is older than the sources, or was recorded for other content"),
    ("report/other-commit", "the report names a commit with other sources, or one that is not in this clone"),
    ("report/other-kind", "the report holds another kind of evidence than the criterion reads"),
    ("report/shards", "there are fewer or more reports than `shards` says"),
    ("report/same-shard-twice", "two files of one entry are the same shard"),
    ("report/not-written", "the latest recorded run of the tool left the report as it was"),
    ("report/damaged-record", "a run record cannot be read, so what it would say about reports is not known"),
    ("bundle/other-project", "the evidence bundle was collected in another project"),
    ("bundle/stale", "the evidence bundle was collected for other content than what is judged"),
    ("bundle/unknown-entry", "the evidence bundle holds an entry that [reports] does not name"),
    ("benchmarks/no-value", "a benchmark's report holds no finite value"),
    ("baseline/not-fetched", "the project keeps a history, and it is not in this clone"),
    ("baseline/no-ancestor", "no commit that this one builds on was recorded"),
    ("baseline/ratchet", "the ratchet file cannot be read"),
    ("baseline/damaged", "a note of the history cannot be read"),
    ("tick/unknown-file", "the item of the checklist does not name the file that the criterion is about"),
    ("tick/no-test", "no test of the reports is known to stand in the item's test file"),
    ("history/shallow", "the clone lacks the history that is asked for"),
    ("history/unreadable", "git could not say what changed"),
];

impl Doubt {
    /// A doubt without further details.
    pub fn new(code: impl Into<String>, message: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), next_step: next_step.into(), details: Vec::new() }
    }
}

/// Everything that is known when the gates are judged.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// `[project] id`: approvals of other projects do not count.
    pub project: String,
    /// What is judged.
    pub occasion: Occasion,
    /// The milestone it is about; `None` if the project has none left or none at all.
    pub milestone: Option<Milestone>,
    /// The day on which it is judged (UTC): waivers expire.
    pub today: Date,
    /// The entries of `[reports]` by name, read.
    pub reports: BTreeMap<String, EntryEvidence>,
    /// The files of the repository, for placing the reports' paths.
    pub tree: Tree,
    /// The checklist; `None` if the configuration names none.
    pub checklist: Option<Result<Sourced<Checklist>, Doubt>>,
    /// The documents that criteria ask for, by path; `None` if the file is not there.
    pub documents: BTreeMap<String, Option<Document>>,
    /// Changed lines from the base to the work tree; `Ok(None)` if there is nothing to compare with.
    pub changed_lines: Result<Option<ChangedLines>, Doubt>,
    /// Paths that changed since the base; `Ok(None)` if there is no base: then everything counts as changed.
    pub changed_paths: Result<Option<BTreeSet<String>>, Doubt>,
    /// What the run is compared with; `Ok(None)` if no history was ever started.
    pub baseline: Result<Option<Baseline>, Doubt>,
    /// Figures that may only get better; `Ok(None)` without a ratchet file.
    pub ratchet: Result<Option<Ratcheted>, Doubt>,
    /// What a re-run of suspect benchmarks found; `None` if nothing was run again.
    pub rerun: Option<Result<Snapshot, Doubt>>,
    /// The machine that we run on: of a benchmark report that names none, its own.
    pub machine: Machine,
    /// Where the tests stand that are not as they were at the baseline: their definitions, as far as
    /// they were found; of a test that is gone, the base's.
    pub test_places: BTreeMap<TestId, Place>,
    /// Who may sign off.
    pub people: Vec<Person>,
    /// Approvals, and the commits that need them.
    pub sign_offs: Result<SignOffs, Doubt>,
}

/// A fact and the file it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// The fact.
    pub fact: T,
    /// The file.
    pub source: Source,
}
