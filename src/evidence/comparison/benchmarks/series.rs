//! The values of one benchmark through the history: in base units, on the scale on which larger is
//! worse, each with its run and machine; cut where a change was accepted.

use super::rule::Rule;
use crate::evidence::Baseline;
use crate::model::benchmarks::Direction;
use crate::model::machine::Machine;
use crate::model::quantity::{Dimension, Quantity};
use crate::model::snapshot::{Acceptance, BenchmarkId, BenchmarkMark, Snapshot};
use globset::Glob;
use std::collections::BTreeMap;

/// A benchmark by its name and the base unit: a report that turns from ns to µs measures the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The name that is unique in its report.
    pub name: String,
    /// The base unit, or the unit as it is if nobody knows it.
    pub unit: String,
}

/// One value in its base unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value<'a> {
    /// In the base unit.
    pub(super) value: f64,
    /// Which way is better.
    pub(super) direction: Direction,
    /// Only a mean was there.
    pub(super) weak: bool,
    /// Where it was measured.
    pub(super) machine: &'a Machine,
}

impl Value<'_> {
    /// The logarithm of which a larger one is worse; `None` where there is none.
    pub(super) fn worse(&self) -> Option<f64> {
        let log = (self.value > 0.0 && self.value.is_finite()).then(|| self.value.ln())?;
        Some(if self.direction == Direction::Higher { -log } else { log })
    }
}

/// The values of a run.
pub(super) fn values(snapshot: &Snapshot) -> BTreeMap<Key, Value<'_>> {
    snapshot.benchmarks.iter().flatten().map(|(id, mark)| value(id, mark)).collect()
}

fn value<'a>(id: &BenchmarkId, mark: &'a BenchmarkMark) -> (Key, Value<'a>) {
    let (unit, factor) = match Quantity::unit(&id.unit) {
        Some((dimension, factor)) => (dimension.base().to_owned(), factor),
        None => (id.unit.clone(), 1.0),
    };
    let BenchmarkMark { value, direction, weak, machine, .. } = mark;
    let value = Value { value: value * factor, direction: *direction, weak: *weak, machine };
    (Key { name: id.name.clone(), unit }, value)
}

impl Key {
    /// What the base unit counts; `None` for a unit that nobody knows.
    pub fn dimension(&self) -> Option<Dimension> {
        Quantity::unit(&self.unit).map(|(dimension, _)| dimension)
    }
}

/// A value of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point<'a> {
    /// The position of the run in the history.
    pub(super) run: usize,
    /// What it measured.
    pub(super) value: Value<'a>,
}

/// The history, with the runs' values.
#[derive(Debug)]
pub(super) struct Past<'a> {
    /// What is compared with.
    pub(super) baseline: &'a Baseline,
    /// Runs of the main branch, oldest first, none of them of the judged commit.
    pub(super) runs: Vec<&'a Snapshot>,
    values: Vec<BTreeMap<Key, Value<'a>>>,
    milestone: Vec<BTreeMap<Key, Value<'a>>>,
    since: usize,
}

/// The values of one benchmark that count.
#[derive(Debug, Clone)]
pub(super) struct Series<'a> {
    /// Oldest first.
    pub(super) points: Vec<Point<'a>>,
    /// Values of the runs around the last milestone, unless a change was accepted since.
    pub(super) milestone: Vec<Value<'a>>,
    /// Runs from here on are later than those around the milestone.
    pub(super) since: usize,
    /// The acceptance at which the series begins.
    pub(super) accepted: Option<&'a Acceptance>,
}

impl<'a> Past<'a> {
    /// The past of a run of `commit`: the same code says nothing of a change.
    pub(super) fn new(baseline: &'a Baseline, commit: &str) -> Self {
        let other = |run: &&Snapshot| commit.is_empty() || run.commit != commit;
        let mut runs: Vec<_> = baseline.history.iter().filter(other).collect();
        if runs.is_empty() && other(&&baseline.base) {
            runs.push(&baseline.base);
        }
        let of_milestone = |run: &&Snapshot| {
            baseline.milestone.iter().any(|other| (&other.commit, &other.run) == (&run.commit, &run.run))
        };
        let since = runs.iter().rposition(of_milestone).map_or(0, |last| last + 1);
        let values = runs.iter().copied().map(self::values).collect();
        let milestone = baseline.milestone.iter().map(self::values).collect();
        Self { baseline, runs, values, milestone, since }
    }

    /// The values of one benchmark, as many as count.
    pub(super) fn series(&self, key: &Key, rule: &Rule) -> Series<'a> {
        let accepted: Vec<_> =
            self.baseline.accepted.iter().filter(|a| matches(&a.what, &key.name)).collect();
        let pending = |a: &Acceptance| self.baseline.pending.contains(a);
        let begin = |runs: &[&Snapshot], a| if pending(a) { runs.len() } else { begin(runs, a) };
        let start = |runs: &[&Snapshot]| accepted.iter().map(|a| begin(runs, a)).max().unwrap_or(0);
        let from = start(&self.runs);
        let of_run = |run: usize| Some(Point { run, value: *self.values[run].get(key)? });
        let all: Vec<_> = (from..self.runs.len()).filter_map(of_run).collect();
        let points = all[all.len().saturating_sub(rule.history)..].to_vec();
        let milestones: Vec<_> = self.baseline.milestone.iter().collect();
        let milestone =
            self.milestone.iter().skip(start(&milestones)).filter_map(|run| run.get(key).copied()).collect();
        let accepted = accepted.last().copied().filter(|_| from > 0);
        Series { points, milestone, since: self.since, accepted }
    }

    /// The keys of the run that is compared with, or of the latest run where that has none.
    pub(super) fn known(&self) -> BTreeMap<Key, Value<'a>> {
        let base = values(&self.baseline.base);
        if base.is_empty() { self.values.last().cloned().unwrap_or_default() } else { base }
    }

    /// Whether a change of that benchmark was accepted since the run that is compared with.
    pub(super) fn is_accepted(&self, name: &str) -> bool {
        self.baseline.pending.iter().any(|a| matches(&a.what, name))
    }
}

/// Whether an acceptance is about that name: the very name, or a glob of it.
pub(super) fn matches(what: &str, name: &str) -> bool {
    what == name || Glob::new(what).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

/// The first run that counts since an acceptance: the accepted commit's. Where none of it was
/// recorded, the first that was recorded after the acceptance.
fn begin(runs: &[&Snapshot], acceptance: &Acceptance) -> usize {
    let of_commit = runs.iter().position(|run| run.commit == acceptance.commit);
    let later = || runs.iter().position(|run| run.recorded >= acceptance.recorded);
    of_commit.or_else(later).unwrap_or(runs.len())
}
