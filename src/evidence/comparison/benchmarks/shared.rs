//! What all benchmarks of a run share: on a slow machine all are slower at once. It is the median of
//! their deviations, for each benchmark without its own; taken out of the new run and of the history
//! alike, so that the noise that is left is the benchmark's own.

use super::noise::Candidate;
use crate::statistics::robust;
use std::collections::BTreeMap;

/// The deviations of one run, sorted; too few of them share nothing.
#[derive(Debug, Clone, Default)]
struct Deviations(Vec<f64>);

impl Deviations {
    fn new(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    /// The median of all but one, whose value is `own`.
    fn without(&self, own: f64) -> f64 {
        let at = self.0.partition_point(|value| value.total_cmp(&own).is_lt());
        let n = self.0.len() - 1;
        let nth = |k: usize| self.0[if k < at { k } else { k + 1 }];
        match n {
            0 => 0.0,
            odd if odd % 2 == 1 => nth(odd / 2),
            even => f64::midpoint(nth(even / 2 - 1), nth(even / 2)),
        }
    }
}

/// What the benchmarks of each run share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    now: Deviations,
    runs: BTreeMap<usize, Deviations>,
}

impl Shared {
    /// Of these benchmarks; nothing is shared by fewer than `least`.
    pub(super) fn new(candidates: &[Candidate<'_>], least: usize) -> Option<Self> {
        let now: Vec<f64> = candidates.iter().filter_map(Candidate::deviation).collect();
        if now.len() < least {
            return None;
        }
        let mut runs: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (run, deviation) in candidates.iter().flat_map(|c| c.deviations()) {
            runs.entry(run).or_default().push(deviation);
        }
        let enough = runs.into_iter().filter(|(_, all)| all.len() >= least);
        let runs = enough.map(|(run, all)| (run, Deviations::new(all))).collect();
        Some(Self { now: Deviations::new(now), runs })
    }

    /// How many benchmarks the new run's is the median of.
    pub(super) fn benchmarks(&self) -> usize {
        self.now.0.len()
    }

    /// What the new run shares.
    pub(super) fn of_now(&self) -> f64 {
        robust::median(&self.now.0)
    }

    /// What each run shares.
    pub(super) fn of_runs(&self) -> impl Iterator<Item = (usize, f64)> {
        self.runs.iter().map(|(run, all)| (*run, robust::median(&all.0)))
    }

    /// The candidate without what the others of each run share.
    pub(super) fn taken_out<'a>(&self, candidate: &Candidate<'a>) -> Candidate<'a> {
        let of_run = |run: usize, own: f64| self.runs.get(&run).map_or(0.0, |all| all.without(own));
        let mut rest = candidate.clone();
        for (run, deviation) in candidate.deviations() {
            rest.take(run, of_run(run, deviation));
        }
        if let Some(deviation) = candidate.deviation() {
            rest.now -= self.now.without(deviation);
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_all_others() {
        let of = |all: &[f64], own| Deviations::new(all.to_vec()).without(own);
        assert_eq!(of(&[1.0, 2.0, 3.0, 4.0], 1.0), 3.0);
        assert_eq!(of(&[4.0, 2.0, 3.0, 1.0], 3.0), 2.0);
        assert_eq!(of(&[1.0, 2.0, 3.0], 2.0), 2.0);
        assert_eq!(of(&[1.0, 2.0, 9.0], 9.0), 1.5);
        assert_eq!(of(&[5.0], 5.0), 0.0);
    }
}
