//! What each rule says of a new run of one benchmark, and how often over many series.

use super::world::{HISTORY, Run, World, snapshot};
use milegate::evidence::Baseline;
use milegate::evidence::comparison::benchmarks::{BenchmarkComparison, Rule, Rules, State, compare, confirm};
use milegate::model::snapshot::Snapshot;
use milegate::statistics::random::Random;
use milegate::statistics::welch::welch;

/// How often each rule was red, in so many series.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub series: u32,
    pub fixed: u32,
    pub t_test: u32,
    /// Red without a re-run.
    pub strict: u32,
    /// Suspected.
    pub suspect: u32,
    /// Red after a re-run.
    pub confirmed: u32,
    /// Too little of this machine's history.
    pub undecided: u32,
}

pub fn rules(strict: bool) -> Rules {
    Rules { general: Rule { strict, ..Rule::default() }, overrides: Vec::new() }
}

pub fn baseline(history: Vec<Snapshot>) -> Baseline {
    let base = history.last().cloned().unwrap_or_default();
    Baseline { label: "the history".to_owned(), base, history, ..Baseline::default() }
}

/// Whether any row, or what all share, is in a state.
pub fn any(comparison: &BenchmarkComparison, state: &State) -> bool {
    comparison.rows.iter().any(|row| row.state == *state)
        || comparison.common.as_ref().is_some_and(|common| common.state == *state)
}

/// All rules over `series` histories of `history` runs, each with one new run slowed by each factor.
pub fn count(world: &World, series: u32, history: usize, slowed: &[f64], seed: u64) -> Vec<Counts> {
    let mut random = Random::new(seed);
    let mut counts = vec![Counts::default(); slowed.len()];
    for _ in 0..series {
        let mut runs = world.runs();
        let past: Vec<Run> = (0..history).map(|_| runs.next(&mut random)).collect();
        let (new, again) = (runs.next(&mut random), runs.next(&mut random));
        let snapshots = past.iter().enumerate().map(|(at, run)| snapshot(run, at, 1.0)).collect();
        let baseline = baseline(snapshots);
        for (count, factor) in counts.iter_mut().zip(slowed) {
            one(count, (&past, &baseline), (&new, &again), *factor);
        }
    }
    counts
}

/// The default number of runs.
pub fn count_default(world: &World, series: u32, slowed: &[f64], seed: u64) -> Vec<Counts> {
    count(world, series, HISTORY, slowed, seed)
}

fn one(count: &mut Counts, (past, baseline): (&[Run], &Baseline), (new, again): (&Run, &Run), factor: f64) {
    count.series += 1;
    let Some(previous) = past.last() else { return };
    count.fixed += u32::from(new.mean * factor > 1.1 * previous.mean);
    let raw: Vec<f64> = new.raw.iter().map(|sample| sample * factor).collect();
    count.t_test += u32::from(welch(&previous.raw, &raw).is_some_and(|test| test.p_greater < 0.05));
    let now = snapshot(new, past.len(), factor);
    count.strict += u32::from(any(&compare(&now, baseline, &rules(true)), &State::Worse));
    let mut first = compare(&now, baseline, &rules(false));
    let undecided =
        |row: &milegate::evidence::comparison::benchmarks::Row| matches!(row.state, State::Undecided(_));
    count.undecided += u32::from(first.rows.iter().any(undecided));
    count.suspect += u32::from(any(&first, &State::Suspect) || any(&first, &State::Worse));
    confirm(&mut first, &snapshot(again, past.len(), factor), baseline, &rules(false));
    count.confirmed += u32::from(any(&first, &State::Worse));
}
