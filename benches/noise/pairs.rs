//! Two builds in one job: processes in turns on one machine, whose speed walks while they run.

use super::rules::rules;
use super::world::suite_of;
use milegate::evidence::comparison::benchmarks::{State, compare_pairs};
use milegate::model::machine::Machine;
use milegate::model::snapshot::{BenchmarkId, Snapshot};
use milegate::statistics::mann_whitney::mann_whitney;
use milegate::statistics::random::Random;
use milegate::statistics::{robust, welch::welch};

/// How often each rule was red.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub jobs: u32,
    /// Mean of all samples, more than 10 % above.
    pub fixed: u32,
    /// Welch's t test of all samples.
    pub t_test: u32,
    /// Mann-Whitney of all samples: each sample taken for a replicate.
    pub pooled: u32,
    pub ours: u32,
    pub undecided: u32,
}

/// The order of the processes: head or not.
fn order(k: usize, in_turns: bool) -> Vec<bool> {
    if !in_turns {
        return [vec![false; k], vec![true; k]].concat();
    }
    (0..k).flat_map(|pair| [pair % 2 == 1, pair % 2 == 0]).collect()
}

/// `k` processes a side, in turns (ABBA) or one side after the other.
pub fn count(k: usize, in_turns: bool, factor: f64, jobs: u32, seed: u64) -> Counts {
    let mut random = Random::new(seed);
    let mut counts = Counts::default();
    for _ in 0..jobs {
        let (mut walk, mut sides) = (0.0, [Vec::new(), Vec::new()]);
        for head in order(k, in_turns) {
            walk += 0.01 * random.normal();
            sides[usize::from(head)].push(process(walk, if head { factor } else { 1.0 }, &mut random));
        }
        one(&mut counts, &sides);
    }
    counts
}

/// The samples of a process: spread 1.5 % between processes, one in ten slowed by 5 to 30 %.
fn process(walk: f64, factor: f64, random: &mut Random) -> Vec<f64> {
    let burst = if random.uniform() < 0.1 { (1.05 + 0.25 * random.uniform()).ln() } else { 0.0 };
    let log = walk + 0.015 * random.normal() + burst + factor.ln();
    (0..30).map(|_| (log + 0.01 * random.normal()).exp()).collect()
}

fn one(counts: &mut Counts, [base, head]: &[Vec<Vec<f64>>; 2]) {
    counts.jobs += 1;
    let (old, new) = (base.concat(), head.concat());
    counts.fixed += u32::from(robust::mean(&new) > 1.1 * robust::mean(&old));
    counts.t_test += u32::from(welch(&old, &new).is_some_and(|test| test.p_greater < 0.05));
    counts.pooled += u32::from(mann_whitney(&old, &new).is_some_and(|test| test.p_greater < 0.05));
    let snapshots = |side: &[Vec<f64>]| -> Vec<Snapshot> {
        let one = |(at, raw): (usize, &Vec<f64>)| {
            let id = BenchmarkId { name: "b".to_owned(), unit: "s".to_owned() };
            suite_of(at, [(id, robust::median(raw), Machine::default())])
        };
        side.iter().enumerate().map(one).collect()
    };
    let comparison = compare_pairs(&snapshots(base), &snapshots(head), &rules(false));
    let is = |wanted: fn(&State) -> bool| comparison.rows.iter().any(|row| wanted(&row.state));
    counts.ours += u32::from(is(|state| *state == State::Worse));
    counts.undecided += u32::from(is(|state| matches!(state, State::Undecided(_))));
}
