//! A build of 100 benchmarks that share a machine: a factor that all have in common, noise of their
//! own, and now and then a spike of one benchmark in one run. Some are slowed.

use super::rules::{baseline, rules};
use super::world::suite_of;
use milegate::evidence::comparison::benchmarks::{BenchmarkComparison, State, compare, confirm};
use milegate::model::machine::Machine;
use milegate::model::snapshot::{BenchmarkId, Snapshot};
use milegate::statistics::random::Random;

/// A kind of build.
#[derive(Debug, Clone, Copy)]
pub struct Suite {
    pub benchmarks: usize,
    /// So many of them are slowed.
    pub slowed: usize,
    /// The chance of a spike of +10 to +30 %, for each run and benchmark.
    pub spikes: f64,
}

/// What each rule made of the builds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub builds: u32,
    /// Builds with a false alarm.
    pub fixed: u32,
    pub strict: u32,
    pub suspect: u32,
    pub confirmed: u32,
    /// Slowed benchmarks that were found, of `slowed`.
    pub slowed: u32,
    pub fixed_found: u32,
    pub strict_found: u32,
    pub confirmed_found: u32,
}

const COMMON: f64 = 0.06;
const OWN: f64 = 0.02;

impl Suite {
    fn run(&self, number: usize, factor: f64, random: &mut Random) -> Snapshot {
        let common = COMMON * random.normal();
        let one = |at: usize| {
            let spike =
                if random.uniform() < self.spikes { (1.1 + 0.2 * random.uniform()).ln() } else { 0.0 };
            let log = common + OWN * random.normal() + spike;
            let slowed = if self.is_slowed(at) { factor } else { 1.0 };
            let id = BenchmarkId { name: format!("b{at:03}"), unit: "s".to_owned() };
            (id, log.exp() * slowed, Machine::default())
        };
        suite_of(number, (0..self.benchmarks).map(one).collect::<Vec<_>>())
    }

    fn is_slowed(&self, at: usize) -> bool {
        at < self.slowed
    }

    /// All rules over so many builds, in which some benchmarks are slowed by a factor.
    pub fn count(&self, builds: u32, factor: f64, seed: u64) -> Counts {
        let mut random = Random::new(seed);
        let mut counts = Counts::default();
        for _ in 0..builds {
            let past: Vec<_> = (0..20).map(|at| self.run(at, 1.0, &mut random)).collect();
            let new = self.run(20, factor, &mut random);
            let again = self.run(20, factor, &mut random);
            self.one(&mut counts, past, &new, &again);
        }
        counts
    }

    fn one(&self, counts: &mut Counts, past: Vec<Snapshot>, new: &Snapshot, again: &Snapshot) {
        counts.builds += 1;
        counts.slowed += self.slowed as u32;
        let (wrong, found) = self.fixed(past.last(), new);
        counts.fixed += u32::from(wrong);
        counts.fixed_found += found;
        let baseline = baseline(past);
        let (wrong, found) = self.seen(&compare(new, &baseline, &rules(true)), &State::Worse);
        counts.strict += u32::from(wrong);
        counts.strict_found += found;
        let mut first = compare(new, &baseline, &rules(false));
        counts.suspect += u32::from(self.seen(&first, &State::Suspect).0);
        confirm(&mut first, again, &baseline, &rules(false));
        let (wrong, found) = self.seen(&first, &State::Worse);
        counts.confirmed += u32::from(wrong);
        counts.confirmed_found += found;
    }

    /// Whether something is in the state that was not slowed, and how many that were.
    fn seen(&self, comparison: &BenchmarkComparison, state: &State) -> (bool, u32) {
        let common = comparison.common.as_ref().is_some_and(|common| common.state == *state);
        let of = |slowed: bool| {
            let rows = comparison.rows.iter().enumerate();
            rows.filter(|(at, row)| self.is_slowed(*at) == slowed && row.state == *state).count()
        };
        (common || of(false) > 0, of(true) as u32)
    }

    fn fixed(&self, previous: Option<&Snapshot>, new: &Snapshot) -> (bool, u32) {
        let values = |run: &Snapshot| -> Vec<f64> {
            run.benchmarks.iter().flatten().map(|(_, mark)| mark.value).collect()
        };
        let Some(previous) = previous.map(values) else { return (false, 0) };
        let red: Vec<bool> = values(new).iter().zip(&previous).map(|(new, old)| *new > 1.1 * old).collect();
        let of = |slowed| {
            red.iter().enumerate().filter(|(at, red)| **red && self.is_slowed(*at) == slowed).count()
        };
        (of(false) > 0, of(true) as u32)
    }
}
