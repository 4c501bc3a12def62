//! The gate, replayed: over the runs that were recorded, each held against those before it; and over
//! runs drawn from the noise that they show, in which nothing changed, or one benchmark became slower
//! by a known amount.

use super::build::compare;
use super::confirmation::confirm;
use super::noise::Candidate;
use super::rule::Rules;
use super::series::{self, Key, Past};
use super::shared::Shared;
use super::{BenchmarkComparison, State};
use crate::evidence::Baseline;
use crate::model::benchmarks::Direction;
use crate::model::machine::Machine;
use crate::model::snapshot::{Acceptance, BenchmarkId, BenchmarkMark, Snapshot};
use crate::statistics::random::Random;
use crate::statistics::robust;
use std::collections::BTreeMap;

/// What became of a benchmark in the replay of the recorded runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Runs that it was judged in.
    pub runs: usize,
    /// Red at once, with no re-run to ask: counters, catastrophes, what is gone.
    pub worse: usize,
    /// Suspect: a re-run would have been asked for.
    pub suspect: usize,
    /// Undecided.
    pub undecided: usize,
    /// Blind.
    pub blind: usize,
}

/// The replay of the recorded runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    /// Runs that were judged: all but the first.
    pub runs: usize,
    /// Runs in which something was worse, or suspect.
    pub red: usize,
    /// By benchmark.
    pub benchmarks: BTreeMap<Key, Replayed>,
}

/// Each recorded run against those before it, oldest first; what was accepted begins anew where it was.
pub fn replay(history: &[Snapshot], accepted: &[Acceptance], rules: &Rules) -> Replay {
    let mut replay = Replay::default();
    for at in 1..history.len() {
        let (past, now) = (&history[..at], &history[at]);
        if now.benchmarks.is_none() {
            continue;
        }
        let known = |a: &&Acceptance| past.iter().chain([now]).any(|run| run.commit == a.commit);
        let earlier = |a: &Acceptance| past.iter().any(|run| run.commit == a.commit);
        let accepted: Vec<_> = accepted.iter().filter(known).cloned().collect();
        let pending = accepted.iter().filter(|a| !earlier(a)).cloned().collect();
        let base = past.iter().rev().find(|run| run.benchmarks.is_some()).cloned().unwrap_or_default();
        let baseline = Baseline { base, history: past.to_vec(), accepted, pending, ..Baseline::default() };
        replay.add(&compare(now, &baseline, rules));
    }
    replay
}

impl Replay {
    fn add(&mut self, comparison: &BenchmarkComparison) {
        self.runs += 1;
        self.red += usize::from(is_red(comparison) || comparison.is_suspicious());
        for row in &comparison.rows {
            let replayed = self.benchmarks.entry(row.key.clone()).or_default();
            replayed.runs += 1;
            match row.state {
                State::Worse | State::Vanished => replayed.worse += 1,
                State::Suspect => replayed.suspect += 1,
                State::Undecided(_) => replayed.undecided += 1,
                State::Blind => replayed.blind += 1,
                _ => {}
            }
        }
    }
}

fn is_red(comparison: &BenchmarkComparison) -> bool {
    let common = comparison.common.as_ref().is_some_and(|common| common.state == State::Worse);
    common || comparison.rows.iter().any(|row| row.state == State::Worse)
}

/// How often drawn builds were red.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawn {
    /// Builds.
    pub builds: usize,
    /// Builds in which nothing changed, suspect at first.
    pub suspect: usize,
    /// The same, red after the re-run.
    pub red: usize,
    /// Of the builds in which one benchmark was slower, those in which it was red after the re-run: by
    /// the slowdown in percent.
    pub found: Vec<(u32, usize)>,
}

/// Slowdowns that are tried, in percent.
const SLOWDOWNS: [u32; 3] = [5, 10, 20];

/// Draws builds from the noise of the recorded runs: as many runs of history as there are, then a run
/// and its re-run. `None` if no benchmark has enough runs to know its noise.
pub fn draw(history: &[Snapshot], rules: &Rules, builds: usize, seed: u64) -> Option<Drawn> {
    let noise = Noise::of(history, rules)?;
    let mut random = Random::new(seed);
    let mut drawn = Drawn { found: SLOWDOWNS.map(|percent| (percent, 0)).to_vec(), ..Drawn::default() };
    for _ in 0..builds {
        let past: Vec<_> = (0..noise.runs).map(|at| noise.run(at, &mut random)).collect();
        let (now, again) = (noise.run(noise.runs, &mut random), noise.run(noise.runs, &mut random));
        let baseline =
            Baseline { base: past.last().cloned().unwrap_or_default(), history: past, ..Baseline::default() };
        drawn.builds += 1;
        let mut first = compare(&now, &baseline, rules);
        drawn.suspect += usize::from(first.is_suspicious() || is_red(&first));
        confirm(&mut first, &again, &baseline, rules);
        drawn.red += usize::from(is_red(&first));
        let which = random.below(noise.benchmarks.len());
        for (percent, found) in &mut drawn.found {
            let slower = |run: &Snapshot| noise.slowed(run, which, 1.0 + f64::from(*percent) / 100.0);
            let mut first = compare(&slower(&now), &baseline, rules);
            confirm(&mut first, &slower(&again), &baseline, rules);
            let wanted = &noise.benchmarks[which].id.name;
            *found +=
                usize::from(first.rows.iter().any(|r| r.key.name == *wanted && r.state == State::Worse));
        }
    }
    Some(drawn)
}

/// A benchmark's noise.
#[derive(Debug)]
struct Own {
    id: BenchmarkId,
    direction: Direction,
    /// The logarithm of its value on each machine.
    centres: BTreeMap<Machine, f64>,
    /// The standard deviation of its logarithm, less what all share.
    scale: f64,
}

/// The noise of a history.
#[derive(Debug)]
struct Noise {
    runs: usize,
    /// The machine of each recorded run.
    machines: Vec<Machine>,
    /// The standard deviation of what all benchmarks of a run share.
    common: f64,
    benchmarks: Vec<Own>,
}

impl Noise {
    fn of(history: &[Snapshot], rules: &Rules) -> Option<Self> {
        let latest = history.iter().rev().find(|run| run.benchmarks.is_some())?;
        let baseline = Baseline { history: history.to_vec(), ..Baseline::default() };
        let past = Past::new(&baseline, "");
        let values = series::values(latest);
        let candidates: Vec<_> = values
            .iter()
            .filter_map(|(key, value)| {
                let rule = rules.of(&key.name);
                let series = past.series(key, &rule);
                let enough = series.points.len() >= rule.min_runs;
                Candidate::new(key, rule, value, &series).filter(|_| enough)
            })
            .collect();
        let shared = Shared::new(&candidates, rules.general.common);
        let factors: Vec<f64> = shared.iter().flat_map(Shared::of_runs).map(|(_, factor)| factor).collect();
        let common = if factors.len() > 1 { robust::winsorised_sd(&factors, factors.len() - 1) } else { 0.0 };
        let own = |candidate: &Candidate<'_>| {
            let direction = values.get(&candidate.key)?.direction;
            let rest = shared.as_ref().map_or_else(|| candidate.clone(), |s| s.taken_out(candidate));
            let scale = rest.prediction().ok()?.scale;
            let id = BenchmarkId { name: candidate.key.name.clone(), unit: candidate.key.unit.clone() };
            Some(Own { id, direction, centres: candidate.centres_by_machine(), scale })
        };
        let benchmarks: Vec<_> = candidates.iter().filter_map(own).collect();
        let machine_of =
            |run: &Snapshot| run.benchmarks.iter().flatten().next().map(|(_, mark)| mark.machine.clone());
        let machines: Vec<_> = history.iter().filter_map(machine_of).collect();
        let runs = machines.len().min(rules.general.history);
        (!benchmarks.is_empty()).then_some(Self { runs, machines, common, benchmarks })
    }

    fn run(&self, at: usize, random: &mut Random) -> Snapshot {
        let machine = &self.machines[random.below(self.machines.len())];
        let common = self.common * random.normal();
        let one = |own: &Own| {
            let noise = common + own.scale * random.normal();
            let centre = own.centres.get(machine)?;
            let x = centre + noise;
            let value = if own.direction == Direction::Higher { (-x).exp() } else { x.exp() };
            let mark = BenchmarkMark {
                value,
                weak: false,
                direction: own.direction,
                samples: 1,
                machine: machine.clone(),
            };
            Some((own.id.clone(), mark))
        };
        let benchmarks = Some(self.benchmarks.iter().filter_map(one).collect());
        let commit = format!("{at:040x}");
        Snapshot { commit, run: at.to_string(), recorded: at as i64, benchmarks, ..Snapshot::default() }
    }

    fn slowed(&self, run: &Snapshot, which: usize, factor: f64) -> Snapshot {
        let mut slowed = run.clone();
        let own = &self.benchmarks[which];
        if let Some(mark) = slowed.benchmarks.as_mut().and_then(|all| all.get_mut(&own.id)) {
            mark.value *= if own.direction == Direction::Higher { 1.0 / factor } else { factor };
        }
        slowed
    }
}
