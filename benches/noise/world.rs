//! Worlds of one benchmark: how runs vary between machines, and samples within a run.

use milegate::model::benchmarks::Direction;
use milegate::model::machine::Machine;
use milegate::model::snapshot::{BenchmarkId, BenchmarkMark, Snapshot};
use milegate::statistics::random::Random;
use milegate::statistics::robust;

/// Raw samples of a run.
pub const SAMPLES: usize = 30;
/// Runs of the history.
pub const HISTORY: usize = 20;

/// How runs vary. Spreads are standard deviations of logarithms.
#[derive(Debug, Clone, Copy)]
pub enum Between {
    /// Independent, log-normal.
    Normal(f64),
    /// 30 % of the runs are 15 % slower; whether the report names the machine.
    Bimodal { known: bool },
    /// A slow walk: correlation 0.9 from run to run, 5 % in all.
    Drift,
    /// 8 % of the runs are 20 to 60 % slower.
    Spiky,
    /// Three processors, at 0, +13.6 and +20 %, with these shares and spread.
    Pool([f64; 3], f64),
}

/// A world with its name and the spread of samples within a run.
#[derive(Debug, Clone, Copy)]
pub struct World {
    pub name: &'static str,
    pub between: Between,
    pub within: f64,
}

pub const WORLDS: &[World] = &[
    World { name: "quiet, sd 0.5%", between: Between::Normal(0.005), within: 0.01 },
    World { name: "shared CI, sd 5%", between: Between::Normal(0.05), within: 0.03 },
    World { name: "noisy, sd 10%", between: Between::Normal(0.10), within: 0.03 },
    World { name: "two machines +15%, named", between: Between::Bimodal { known: true }, within: 0.03 },
    World { name: "two machines +15%, not named", between: Between::Bimodal { known: false }, within: 0.03 },
    World { name: "slow walk, sd 5%", between: Between::Drift, within: 0.03 },
    World { name: "8% of runs +20..60%", between: Between::Spiky, within: 0.03 },
    World { name: "3 CPUs 75/20/5, sd 0.5%", between: Between::Pool([0.75, 0.2, 0.05], 0.005), within: 0.01 },
    World { name: "3 CPUs 75/20/5, sd 5%", between: Between::Pool([0.75, 0.2, 0.05], 0.05), within: 0.03 },
    World { name: "3 CPUs 40/40/20, sd 1.5%", between: Between::Pool([0.4, 0.4, 0.2], 0.015), within: 0.01 },
];

/// One run of one benchmark.
#[derive(Debug, Clone)]
pub struct Run {
    pub raw: Vec<f64>,
    pub median: f64,
    pub mean: f64,
    pub machine: Machine,
}

/// The runs of a world, one after another.
#[derive(Debug)]
pub struct Runs<'a> {
    world: &'a World,
    walk: Option<f64>,
}

impl World {
    pub fn runs(&self) -> Runs<'_> {
        Runs { world: self, walk: None }
    }
}

impl Runs<'_> {
    /// The next run.
    pub fn next(&mut self, random: &mut Random) -> Run {
        let (log, machine) = self.factor(random);
        let raw: Vec<f64> = (0..SAMPLES).map(|_| (log + sample(self.world.within, random)).exp()).collect();
        let machine = Machine { cpu: machine.to_owned(), ..Machine::default() };
        Run { median: robust::median(&raw), mean: robust::mean(&raw), raw, machine }
    }

    /// The run's own factor, as a logarithm, and the processor that its report names.
    fn factor(&mut self, random: &mut Random) -> (f64, &'static str) {
        match self.world.between {
            Between::Normal(sd) => (sd * random.normal(), ""),
            Between::Bimodal { known } => {
                let slow = random.uniform() < 0.3;
                let log = if slow { 0.15f64.ln_1p() } else { 0.0 } + 0.03 * random.normal();
                (
                    log,
                    if !known {
                        ""
                    } else if slow {
                        "slow"
                    } else {
                        "fast"
                    },
                )
            }
            Between::Drift => {
                let step = random.normal() * 0.05;
                let walk = self.walk.map_or(step, |before| 0.9 * before + (1.0f64 - 0.81).sqrt() * step);
                self.walk = Some(walk);
                (walk, "")
            }
            Between::Spiky => {
                let spike = if random.uniform() < 0.08 { (1.2 + 0.4 * random.uniform()).ln() } else { 0.0 };
                (spike + 0.03 * random.normal(), "")
            }
            Between::Pool(shares, sd) => {
                let at = random.uniform();
                let which = if at < shares[0] { 0 } else { 1 + usize::from(at >= shares[0] + shares[1]) };
                let (factor, name) = [(1.0f64, "one"), (1.136, "two"), (1.2, "three")][which];
                (factor.ln() + sd * random.normal(), name)
            }
        }
    }
}

/// A sample within a run: log-normal, and one in twenty is slowed by something else.
fn sample(within: f64, random: &mut Random) -> f64 {
    let burst = if random.uniform() < 0.05 { (0.5 * random.exponential()).ln_1p() } else { 0.0 };
    within * random.normal() + burst
}

/// A run as it is remembered, slowed by a factor.
pub fn snapshot(run: &Run, number: usize, slowed: f64) -> Snapshot {
    let id = BenchmarkId { name: "b".to_owned(), unit: "s".to_owned() };
    suite_of(number, [(id, run.median * slowed, run.machine.clone())])
}

/// A run of several benchmarks as it is remembered.
pub fn suite_of(number: usize, all: impl IntoIterator<Item = (BenchmarkId, f64, Machine)>) -> Snapshot {
    let mark = |(id, value, machine)| {
        let samples = SAMPLES as u64;
        (id, BenchmarkMark { value, weak: false, direction: Direction::Lower, samples, machine })
    };
    Snapshot {
        commit: format!("{number:040x}"),
        run: number.to_string(),
        recorded: number as i64,
        benchmarks: Some(all.into_iter().map(mark).collect()),
        ..Snapshot::default()
    }
}
