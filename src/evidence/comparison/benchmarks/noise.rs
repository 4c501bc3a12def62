//! One benchmark whose values vary: a new run against the prediction interval of its history, centred
//! on the runs of the same machine, with the noise of all machines pooled.

use super::rule::Rule;
use super::series::{Key, Series, Value};
use super::{Figures, Reason, State, Test};
use crate::model::machine::Machine;
use crate::statistics::prediction::{Method, Prediction};
use crate::statistics::robust;
use std::collections::BTreeMap;

/// A value of the history on the scale on which larger is worse.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point<'a> {
    run: usize,
    x: f64,
    machine: &'a Machine,
}

/// A benchmark that varies, with its history.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    pub(super) key: Key,
    pub(super) rule: Rule,
    pub(super) machine: &'a Machine,
    /// The new run's value, larger is worse.
    pub(super) now: f64,
    points: Vec<Point<'a>>,
    /// Medians by machine.
    centres: BTreeMap<&'a Machine, f64>,
}

impl<'a> Candidate<'a> {
    /// `None` if the value has no logarithm; such values of the history are left out.
    pub(super) fn new(key: &Key, rule: Rule, now: &Value<'a>, series: &Series<'a>) -> Option<Self> {
        let point = |p: &super::series::Point<'a>| {
            let same = p.value.direction == now.direction;
            Some(Point { run: p.run, x: p.value.worse().filter(|_| same)?, machine: p.value.machine })
        };
        let points: Vec<_> = series.points.iter().filter_map(point).collect();
        let mut strata: BTreeMap<&Machine, Vec<f64>> = BTreeMap::new();
        for point in &points {
            strata.entry(point.machine).or_default().push(point.x);
        }
        let centres = strata.into_iter().map(|(machine, all)| (machine, robust::median(&all))).collect();
        Some(Self { key: key.clone(), rule, machine: now.machine, now: now.worse()?, points, centres })
    }

    /// By how much the new run differs from its machine's others.
    pub(super) fn deviation(&self) -> Option<f64> {
        Some(self.now - self.centres.get(self.machine)?)
    }

    /// The same of each run of the history.
    pub(super) fn deviations(&self) -> impl Iterator<Item = (usize, f64)> {
        self.points.iter().filter_map(|p| Some((p.run, p.x - self.centres.get(p.machine)?)))
    }

    /// The expected value on each machine.
    pub(super) fn centres_by_machine(&self) -> BTreeMap<Machine, f64> {
        self.centres.iter().map(|(machine, centre)| ((*machine).clone(), *centre)).collect()
    }

    /// The machine of each run of the history.
    pub(super) fn machines(&self) -> impl Iterator<Item = (usize, &'a Machine)> {
        self.points.iter().map(|p| (p.run, p.machine))
    }

    /// Takes something off the value of a run.
    pub(super) fn take(&mut self, run: usize, shared: f64) {
        self.points.iter_mut().filter(|p| p.run == run).for_each(|p| p.x -= shared);
    }

    /// What the history leads to expect, or why it does not lead to anything.
    pub(super) fn prediction(&self) -> Result<Prediction, Reason> {
        let have = self.points.len();
        let too_few = Reason::TooFew { have, need: self.rule.min_runs };
        if have < self.rule.min_runs {
            return Err(too_few);
        }
        let mut strata: BTreeMap<&Machine, Vec<f64>> = BTreeMap::new();
        for point in &self.points {
            strata.entry(point.machine).or_default().push(point.x);
        }
        let least = self.rule.least_scale;
        match strata.remove(self.machine) {
            Some(own) => {
                let others: Vec<_> = strata.into_values().collect();
                Prediction::new(&own, &others, least).ok_or(too_few)
            }
            None if self.rule.pool_cpus => {
                let all: Vec<f64> = self.points.iter().map(|p| p.x).collect();
                Prediction::about_mean(&all, least).ok_or(too_few)
            }
            None => Err(Reason::NewMachine),
        }
    }

    /// Without a prediction: more than twice the worst that was ever seen is worse all the same.
    pub(super) fn catastrophe(&self) -> Option<Figures> {
        let worst = self.points.iter().map(|p| p.x).max_by(f64::total_cmp)?;
        let ratio = (self.now - worst).exp();
        let (low, high, p, smallest) = (f64::NAN, f64::NAN, f64::NAN, f64::NAN);
        Some(Figures { n: self.points.len(), nu: 0, ratio, low, high, p, smallest })
    }
}

/// What the test of one benchmark found, before the others are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finding {
    pub(super) test: Test,
    pub(super) figures: Figures,
    pub(super) excess: f64,
    pub(super) floor: f64,
}

/// A value against its prediction.
pub(super) fn finding(name: &str, rule: &Rule, now: f64, prediction: &Prediction) -> Finding {
    let excess = prediction.excess(now);
    let margin = prediction.margin(0.95);
    let floor = rule.floor_of(name, prediction.scale);
    let figures = Figures {
        n: prediction.n,
        nu: prediction.nu,
        ratio: excess.exp(),
        low: (excess - margin).exp(),
        high: (excess + margin).exp(),
        p: prediction.p(now),
        smallest: prediction.smallest_seen(rule.confirm_alpha, floor).exp(),
    };
    let test = match prediction.method {
        Method::Winsorised => Test::Prediction,
        Method::MeanAndSd => Test::MeanPrediction,
    };
    Finding { test, figures, excess, floor }
}

impl Finding {
    /// What becomes of it; `picked` says that it is among those that many tests leave.
    pub(super) fn state(&self, rule: &Rule, picked: bool) -> State {
        if self.excess >= rule.hard_stop.ln_1p() {
            return State::Worse;
        }
        if picked && self.figures.p <= rule.first_alpha() && self.excess > self.floor {
            return if rule.strict { State::Worse } else { State::Suspect };
        }
        if self.figures.p >= 1.0 - rule.confirm_alpha && self.excess < -self.floor {
            return State::Better;
        }
        if self.figures.smallest - 1.0 > rule.blind { State::Blind } else { State::Fine }
    }
}
