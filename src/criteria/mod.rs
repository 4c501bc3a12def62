//! One file per kind of criterion: its keys, and how it judges the evidence. The table is
//! [`CRITERIA`].
//!
//! A kind never sees the configuration as a whole: it is handed its own keys, and the evidence.

pub mod judgement;
pub mod sign_off;
pub mod spec;

mod approval;
mod attestation;
mod benchmarks;
mod checklist;
mod coverage;
mod docstrings;
mod documents;
mod lint;
mod metric;
mod monitoring;
mod regression;
mod target;
mod tests;

pub use judgement::Judgement;
pub use spec::Problem;

use crate::evidence::comparison::benchmarks::Rules;
use crate::evidence::{EntryEvidence, Evidence};
use crate::model::outcome::Occasion;
use crate::model::performance::Performance;
use crate::readers::Kind as ReportKind;
use globset::GlobSet;
use std::fmt::Debug;

/// A criterion with its keys read, or every mistake in them.
pub type Parsed = Result<Box<dyn Criterion>, Vec<Problem>>;

/// A kind of criterion: a row of the table.
#[derive(Debug)]
pub struct Kind {
    /// The name in `kind = "..."`.
    pub name: &'static str,
    /// What it requires, in one sentence.
    pub summary: &'static str,
    /// How to satisfy it, in a few sentences.
    pub guide: &'static str,
    /// The configuration that switches it on, for the next step of one that nothing is configured
    /// for; `{gate}` and `{name}` stand for where the criterion is.
    pub example: &'static str,
    /// When it is judged unless `judged-on` says otherwise.
    pub judged_on: &'static [Occasion],
    /// The kinds of report it reads; empty if it reads none.
    pub reports: &'static [ReportKind],
    /// Codes it can give, each with what it means. `kind/passed` and the like are the same for all.
    pub codes: &'static [(&'static str, &'static str)],
    /// Reads its own keys.
    pub parse: fn(toml::Table) -> Parsed,
    /// The JSON Schema of its own keys.
    pub schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl Kind {
    /// Whether it takes one number out of a report that it is told, and leaves the report to others.
    pub fn picks(&self) -> bool {
        self.reports.contains(&ReportKind::Values)
    }

    /// The configuration that switches on the criterion `id` (`gate/criterion`).
    pub fn example_for(&self, id: &str) -> String {
        let (gate, name) = id.split_once('/').unwrap_or(("GATE", id));
        self.example.replace("{gate}", gate).replace("{name}", name)
    }
}

/// How much a criterion needs an earlier run to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Past {
    /// Not at all: none is read.
    Unneeded,
    /// Where the repository's own history was started.
    IfStarted,
    /// Somebody configured it: a history that is not there is a doubt.
    Expected,
}

/// One criterion with its keys read.
pub trait Criterion: Debug + Send + Sync {
    /// Judges the evidence. Pure, and the same for the same evidence.
    fn judge(&self, context: &Context<'_>) -> Judgement;

    /// The role it wants to be signed off in.
    fn role(&self) -> Option<&str> {
        None
    }

    /// The rows of the performance baseline that its targets are.
    fn performance(&self, context: &Context<'_>) -> Vec<Performance> {
        _ = context;
        Vec::new()
    }

    /// Whether it wants to know what was before.
    fn past(&self) -> Past {
        Past::Unneeded
    }

    /// The statement it wants somebody who holds that role to attest.
    fn statement(&self) -> Option<&str> {
        None
    }

    /// Entries of `[reports]` that it reads, and that are no part of the run that is judged.
    fn apart(&self) -> Vec<String> {
        Vec::new()
    }

    /// The rules by which it compares benchmarks, for a replay.
    fn benchmark_rules(&self) -> Option<Rules> {
        None
    }

    /// Documents of the repository it wants to look at.
    fn documents(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a criterion is judged with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// `gate/criterion`, for messages.
    pub id: &'a str,
    /// The facts.
    pub evidence: &'a Evidence,
    /// The entries of `[reports]` that are this criterion's.
    pub reports: &'a [&'a EntryEvidence],
    /// The milestone's own paths, on the milestone occasion; `None` means the whole repository.
    pub scope: Option<&'a GlobSet>,
}

impl Context<'_> {
    /// Whether a path of the repository is looked at.
    pub fn in_scope(&self, path: &str) -> bool {
        self.scope.is_none_or(|scope| scope.is_match(path))
    }
}

const BOTH: &[Occasion] = &[Occasion::Change, Occasion::Milestone];
const MILESTONE: &[Occasion] = &[Occasion::Milestone];

/// Every kind of criterion, in the order in which people read the list.
pub static CRITERIA: &[&Kind] = &[
    &checklist::KIND,
    &tests::KIND,
    &coverage::KIND,
    &lint::KIND,
    &benchmarks::KIND,
    &docstrings::KIND,
    &documents::KIND,
    &approval::KIND,
    &regression::KIND,
    &monitoring::KIND,
    &metric::KIND,
    &attestation::KIND,
];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    CRITERIA.iter().copied().find(|k| k.name == name)
}
