//! A ratchet: figures that a team wrote down in the repository, and that may only get better. Whoever
//! lowers one says why and when, in the review of the change.

use super::quantity::Bound;
use super::ratio::{Comparison, Ratio, Threshold};
use super::snapshot::Snapshot;
use super::tests::TestOutcome;
use std::cmp::Ordering;
use std::fmt;

/// The figures of the file, in its order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ratchet {
    /// Each name once.
    pub figures: Vec<Figure>,
}

impl Ratchet {
    /// The figure of that name.
    pub fn get(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is about: `coverage.lines`, `findings.error`, `tests.total`, `benchmark:NAME`.
    pub name: String,
    /// Where it stands.
    pub at: Level,
    /// Why it stands there.
    pub reason: String,
    /// Since when: `2026-11-23`.
    pub date: String,
    /// Who put it there.
    pub by: String,
    /// Its line in the file, from 1.
    pub line: u32,
}

/// Where a figure stands, with the sense in which it is meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    /// At least so much of the whole.
    Share(Threshold),
    /// At least or at most so much.
    Amount(Bound),
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(threshold) => threshold.fmt(f),
            Self::Amount(bound) => bound.fmt(f),
        }
    }
}

impl Level {
    /// Whether this asks for less than `before` did, or for something else.
    pub fn is_looser_than(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Share(now), Self::Share(before)) => {
                now.percent < before.percent
                    || now.percent == before.percent && now.comparison != before.comparison
            }
            (Self::Amount(now), Self::Amount(before)) => {
                let order = now.limit.value.partial_cmp(&before.limit.value);
                let looser = if now.lower_is_better() { Ordering::Greater } else { Ordering::Less };
                let same_sense = now.lower_is_better() == before.lower_is_better()
                    && now.limit.dimension == before.limit.dimension;
                let softened = order == Some(Ordering::Equal) && now.comparison != before.comparison;
                !same_sense || order.is_none_or(|order| order == looser) || softened
            }
            _ => true,
        }
    }

    /// Whether what was measured is as good.
    pub fn holds(&self, measured: Measured) -> bool {
        match (self, measured) {
            (Self::Share(threshold), Measured::Share(ratio)) => threshold.holds(ratio),
            (Self::Amount(bound), Measured::Amount(value)) => bound.holds(value),
            _ => false,
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measured {
    /// A part of the whole.
    Share(Ratio),
    /// A count, or a value in the base unit of its dimension.
    Amount(f64),
}

/// What is measured under a name.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Whether it is a share in percent.
    pub is_share: bool,
    /// Its sense where none is written.
    pub sense: Comparison,
    measure: fn(&Snapshot) -> Option<Measured>,
}

/// Every figure but those of benchmarks, which are called `benchmark:` and their name.
pub const METRICS: &[Metric] = &[
    Metric { name: "coverage.lines", is_share: true, sense: Comparison::AtLeast, measure: lines },
    Metric { name: "coverage.branches", is_share: true, sense: Comparison::AtLeast, measure: branches },
    Metric {
        name: "findings.total",
        is_share: false,
        sense: Comparison::AtMost,
        measure: |r| findings(r, None),
    },
    Metric {
        name: "findings.critical",
        is_share: false,
        sense: Comparison::AtMost,
        measure: |r| findings(r, Some("critical")),
    },
    Metric {
        name: "findings.error",
        is_share: false,
        sense: Comparison::AtMost,
        measure: |r| findings(r, Some("error")),
    },
    Metric {
        name: "findings.warning",
        is_share: false,
        sense: Comparison::AtMost,
        measure: |r| findings(r, Some("warning")),
    },
    Metric {
        name: "findings.info",
        is_share: false,
        sense: Comparison::AtMost,
        measure: |r| findings(r, Some("info")),
    },
    Metric {
        name: "tests.total",
        is_share: false,
        sense: Comparison::AtLeast,
        measure: |r| tests(r, |_| true),
    },
    Metric {
        name: "tests.passed",
        is_share: false,
        sense: Comparison::AtLeast,
        measure: |r| tests(r, passed),
    },
    Metric {
        name: "tests.skipped",
        is_share: false,
        sense: Comparison::AtMost,
        measure: |r| tests(r, skipped),
    },
];

/// How the name of a benchmark's figure begins.
pub const BENCHMARK: &str = "benchmark:";

/// The metric of that name.
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// What a run came to under a name; `None` if it was not measured.
pub fn measure(name: &str, run: &Snapshot) -> Option<Measured> {
    match name.strip_prefix(BENCHMARK) {
        Some(benchmark) => value(benchmark, run),
        None => (metric(name)?.measure)(run),
    }
}

fn lines(run: &Snapshot) -> Option<Measured> {
    Some(Measured::Share(run.coverage.as_ref()?.values().map(|mark| mark.total).sum()))
}

fn branches(run: &Snapshot) -> Option<Measured> {
    let mut measured = run.coverage.as_ref()?.values().filter_map(|mark| mark.branches).peekable();
    measured.peek()?;
    Some(Measured::Share(measured.sum()))
}

fn findings(run: &Snapshot, severity: Option<&str>) -> Option<Measured> {
    let all = run.findings.as_ref()?.values();
    let chosen = all.filter(|mark| severity.is_none_or(|word| mark.severity.word() == word));
    Some(Measured::Amount(chosen.map(|mark| mark.count).sum::<u64>() as f64))
}

fn tests(run: &Snapshot, is: fn(TestOutcome) -> bool) -> Option<Measured> {
    let all = run.tests.as_ref()?.values();
    Some(Measured::Amount(all.filter(|mark| is(mark.outcome)).count() as f64))
}

fn passed(outcome: TestOutcome) -> bool {
    matches!(outcome, TestOutcome::Passed | TestOutcome::Flaky)
}

fn skipped(outcome: TestOutcome) -> bool {
    outcome == TestOutcome::Skipped
}

/// The one benchmark of that name, in the base unit of its dimension.
fn value(name: &str, run: &Snapshot) -> Option<Measured> {
    let mut named = run.benchmarks.as_ref()?.iter().filter(|(id, _)| id.name == name);
    let (id, mark) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let factor = super::quantity::Quantity::unit(&id.unit).map_or(1.0, |(_, factor)| factor);
    Some(Measured::Amount(mark.value * factor))
}
