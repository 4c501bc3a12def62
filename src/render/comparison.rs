//! What `compare` shows: two runs side by side, better and worse, in one table that a person reads.
//!
//! Nothing is judged here: a mark says better or worse, and never passed or failed.

mod json;
mod markdown;
pub(super) mod sparkline;
mod svg;
mod text;

pub use sparkline::Spark;
pub(super) use svg::plot;

use super::Style;
use crate::evidence::comparison::{CoverageComparison, FileChange, FindingComparison, TestComparison};
use crate::model::benchmarks::Direction;
use crate::model::place::Place;
use crate::model::quantity::{Dimension, Quantity};
use crate::model::snapshot::Fingerprint;
use crate::model::tests::TestId;
use std::collections::BTreeMap;

/// Two runs side by side.
#[derive(Debug, Default)]
pub struct Compared {
    /// What a person reads of the run before: `the merge base with main (3f2a91c)`.
    pub before: String,
    /// And of the run now: `the reports of the work tree`.
    pub now: String,
    /// Its tests, if both runs have any.
    pub tests: Option<TestComparison>,
    /// Its coverage.
    pub coverage: Option<CoverageComparison>,
    /// Its findings.
    pub findings: Option<FindingComparison>,
    /// Its benchmarks, by name.
    pub benchmarks: Vec<Series>,
    /// Kinds of evidence that only one of the runs has, and the like.
    pub notes: Vec<String>,
    /// Where the tests that changed stand.
    pub test_places: BTreeMap<TestId, Place>,
    /// Where the new findings stand.
    pub finding_places: BTreeMap<Fingerprint, Place>,
}

/// A benchmark with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// The runs before, oldest first; the last is that which is compared with.
    pub history: Vec<f64>,
    /// The value that is compared with.
    pub before: Option<f64>,
    /// This run's.
    pub now: Option<f64>,
    /// Better or worse beyond its noise; `None` where that is not known.
    pub is_better: Option<bool>,
    /// What its test says: how it was compared, or why it could not be.
    pub note: String,
    /// The value from which on a run would have been called worse.
    pub limit: Option<f64>,
    /// The 95 % interval of this run's value.
    pub interval: Option<(f64, f64)>,
}

impl Series {
    /// The change in tenths of a percent of the value before, signed; `None` without both values.
    pub(super) fn change(&self) -> Option<String> {
        let (before, now) = (self.before?, self.now?);
        if before == 0.0 {
            return None;
        }
        let percent = (now - before) / before.abs() * 100.0;
        percent.is_finite().then(|| format!("{percent:+.1}%"))
    }

    /// A value with its unit.
    pub(super) fn show(&self, value: Option<f64>) -> String {
        let Some(value) = value else { return "-".to_owned() };
        match Quantity::unit(&self.unit) {
            Some((dimension, factor)) if dimension != Dimension::Number || self.unit.is_empty() => {
                Quantity { value: value * factor, dimension }.to_string()
            }
            _ => format!("{value} {}", self.unit),
        }
    }

    /// The history with this run at its end.
    pub(super) fn values(&self) -> Vec<f64> {
        self.history.iter().copied().chain(self.now).collect()
    }
}

/// How many are worse and better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Worse.
    pub worse: u64,
    /// Better.
    pub better: u64,
}

impl Balance {
    fn of(senses: impl Iterator<Item = Option<bool>>) -> Self {
        senses.flatten().fold(Self::default(), |all, better| match better {
            true => Self { better: all.better + 1, ..all },
            false => Self { worse: all.worse + 1, ..all },
        })
    }
}

impl Compared {
    /// Each kind that both runs have, with what is worse and better of it.
    pub fn balances(&self) -> Vec<(&'static str, Balance)> {
        let tests =
            self.tests.as_ref().map(|all| Balance::of(all.changes.iter().map(|c| c.kind.is_better())));
        let coverage = self.coverage.as_ref().map(|all| {
            let files = all.files.iter().map(FileChange::is_better);
            Balance::of(files)
        });
        let findings =
            self.findings.as_ref().map(|all| Balance { worse: all.new_count(), better: all.fixed_count() });
        let series = &self.benchmarks;
        let benchmarks = (!series.is_empty()).then(|| Balance::of(series.iter().map(|s| s.is_better)));
        let all = [("tests", tests), ("files", coverage), ("findings", findings), ("benchmarks", benchmarks)];
        all.into_iter().filter_map(|(name, balance)| Some((name, balance?))).collect()
    }

    /// Whether anything is worse.
    pub fn is_worse(&self) -> bool {
        self.coverage.as_ref().is_some_and(CoverageComparison::is_worse)
            || self.balances().iter().any(|(_, balance)| balance.worse > 0)
    }
}

/// For a person at a terminal.
pub fn text(compared: &Compared, style: &Style, spark: Spark) -> String {
    text::render(compared, style, spark)
}

/// For a step summary or a comment.
pub fn markdown(compared: &Compared) -> String {
    markdown::render(compared)
}

/// For programs.
pub fn json(compared: &Compared) -> String {
    json::render(compared)
}

/// The history of the benchmarks, one plot each.
pub fn svg(compared: &Compared) -> String {
    svg::render(compared)
}
