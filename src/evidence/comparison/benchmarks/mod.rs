//! Benchmarks against their own history. The run is the unit of replication: one value stands for
//! it, and a new run is held against what the earlier ones lead to expect of one more, on the same
//! kind of machine.
//!
//! In layers: the values of each benchmark (`series`), what all benchmarks of a run share (`shared`),
//! the test of one benchmark (`noise`; `exact` for counters), of the whole run (`build`), the re-run of
//! suspects (`confirmation`), slow drift since the milestone (`drift`), and two builds in one job (`pairs`).

mod build;
mod shared;
mod confirmation;
mod drift;
mod exact;
mod noise;
mod pairs;
mod rule;
mod series;
mod simulation;

pub use build::compare;
pub use confirmation::confirm;
pub use pairs::compare_pairs;
pub use rule::{Override, Rule, Rules};
pub use series::Key;
pub use simulation::{Drawn, Replay, Replayed, draw, replay};

use crate::model::benchmarks::Direction;
use crate::model::machine::Machine;

/// How a benchmark was compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// Value against value; worse by more than the tolerance (a share) is worse.
    Exact(f64),
    /// The prediction interval of one more run, about the median of this machine's runs.
    Prediction,
    /// The same about the mean: the runs fall into two groups, or are of other machines.
    MeanPrediction,
    /// Too few runs: only twice the worst of them is seen.
    Catastrophe,
    /// Mann-Whitney on the medians of processes, so many a side.
    Pairs(usize),
    /// It could not be compared.
    None,
}

/// Why a benchmark could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Too few runs.
    TooFew {
        /// So many there are.
        have: usize,
        /// So many are needed.
        need: usize,
    },
    /// A change was accepted, and there are too few runs since.
    Accepted {
        /// By whom.
        by: String,
        /// Why.
        reason: String,
        /// So many runs since.
        have: usize,
    },
    /// No run of this machine is known.
    NewMachine,
    /// Too few processes to tell one slowdown among so many benchmarks.
    TooFewPairs {
        /// So many a side.
        have: usize,
        /// So many a side are needed.
        need: usize,
    },
}

/// Why a value cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is zero or negative, so that there is no ratio.
    NotPositive,
    /// The sense turned: higher was better, and now lower is, or the other way round.
    OtherDirection,
    /// The processes of one comparison ran on different machines.
    OtherMachine,
}

/// What became of a benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// No worse than its noise.
    Fine,
    /// Better by more than its noise.
    Better,
    /// Worse by more than its noise: a re-run will tell.
    Suspect,
    /// Worse.
    Worse,
    /// It cannot be told.
    Undecided(Reason),
    /// Not seen to be worse, by a test that would not have seen much either.
    Blind,
    /// The earlier run has it and this one does not.
    Vanished,
    /// The earlier run did not have it.
    New,
    /// The value cannot be compared.
    Invalid(Flaw),
}

/// What a test found. Ratios are of badness: 1.2 is 20 % slower, or 20 % more, or a rate that fell to
/// a 1.2th.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Runs of this machine, or processes a side.
    pub n: usize,
    /// Degrees of freedom; 0 where the test has none.
    pub nu: usize,
    /// How many times as bad as expected, less what all benchmarks of the run share.
    pub ratio: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of a value as bad as this where nothing has changed.
    pub p: f64,
    /// The smallest ratio that would have been called nine times of ten; NaN where that is not known.
    pub smallest: f64,
}

/// A slow change since the last milestone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// How many times as bad as around the milestone.
    pub ratio: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// One-sided, by Welch's test.
    pub p: f64,
    /// Runs around the milestone, and now.
    pub runs: (usize, usize),
    /// Whether it is beyond chance, and beyond the floor.
    pub drifted: bool,
}

/// One benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which.
    pub key: Key,
    /// Which way is better.
    pub direction: Direction,
    /// Where it was measured.
    pub machine: Machine,
    /// The expected value, in the base unit.
    pub before: Option<f64>,
    /// The value of this run, in the base unit.
    pub now: Option<f64>,
    /// Only a mean stands for this run: outliers move it.
    pub weak: bool,
    /// How it was compared.
    pub test: Test,
    /// What that found.
    pub figures: Option<Figures>,
    /// What became of it.
    pub state: State,
    /// Slow change since the milestone, where enough runs are known.
    pub drift: Option<Drift>,
    /// What the re-run of a suspect found.
    pub rerun: Option<Rerun>,
}

/// What the re-run of a suspect found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rerun {
    /// As bad again.
    Confirmed(Figures),
    /// Not so bad: noise.
    Cleared(Figures),
    /// The re-run could not tell.
    Untold,
    /// The reports hold the very same value: nothing ran again.
    Same,
}

/// What all benchmarks of the run share: a slow machine, or a change that slows all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// How many benchmarks it is the median of.
    pub benchmarks: usize,
    /// What the test of its own series found; `None` if there are too few runs.
    pub figures: Option<Figures>,
    /// The ratio by itself.
    pub ratio: f64,
    /// Suspect where it is worse than its own noise: machine or change?
    pub state: State,
}

/// What became of the benchmarks of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BenchmarkComparison {
    /// By name.
    pub rows: Vec<Row>,
    /// With enough benchmarks.
    pub common: Option<Common>,
}

impl BenchmarkComparison {
    /// Rows in a state.
    pub fn of(&self, wanted: impl Fn(&State) -> bool) -> Vec<&Row> {
        self.rows.iter().filter(|row| wanted(&row.state)).collect()
    }

    /// Whether a re-run is called for.
    pub fn is_suspicious(&self) -> bool {
        self.rows.iter().any(|row| row.state == State::Suspect)
            || self.common.as_ref().is_some_and(|common| common.state == State::Suspect)
    }

    /// Benchmarks to run again beside the suspects, so that what all of them share is known there, too:
    /// decided ones that vary least.
    pub fn sentinels(&self, wanted: usize) -> Vec<&Row> {
        let mut fine: Vec<&Row> =
            self.of(|s| *s == State::Fine).into_iter().filter(|row| row.figures.is_some()).collect();
        fine.sort_by(|a, b| smallest(a).total_cmp(&smallest(b)).then_with(|| a.key.cmp(&b.key)));
        fine.truncate(wanted);
        fine
    }
}

fn smallest(row: &Row) -> f64 {
    row.figures.map_or(f64::INFINITY, |figures| figures.smallest)
}
