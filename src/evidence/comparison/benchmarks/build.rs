//! All benchmarks of a run at once: what they share is taken out, and of many suspects those are left
//! that so many tests do not explain.

use super::noise::{self, Candidate, Finding};
use super::rule::{Rule, Rules};
use super::series::{self, Key, Past, Series, Value};
use super::shared::Shared;
use super::{BenchmarkComparison, Common, Flaw, Reason, Row, State, Test, drift, exact};
use crate::evidence::Baseline;
use crate::model::benchmarks::Direction;
use crate::model::machine::Machine;
use crate::model::snapshot::Snapshot;
use crate::statistics::benjamini_hochberg;
use crate::statistics::prediction::Prediction;
use std::collections::BTreeMap;

/// Compares the benchmarks of a run with their past.
pub fn compare(now: &Snapshot, baseline: &Baseline, rules: &Rules) -> BenchmarkComparison {
    let past = Past::new(baseline, &now.commit);
    let values = series::values(now);
    let (mut rows, mut open) = (Vec::new(), Vec::new());
    for (key, value) in &values {
        let rule = rules.of(&key.name);
        let series = past.series(key, &rule);
        let mut row = Row::new(key, value);
        row.drift = drift::drift(key, value, &series, &rule);
        if let Some(candidate) = settle(&mut row, value, &series, rule) {
            open.push(Open { at: rows.len(), candidate, accepted: accepted(&series) });
        }
        rows.push(row);
    }
    let common = decide(&mut rows, &open, &rules.general);
    drift::pick(&mut rows, rules.general.q);
    let gone = past.known().into_iter().filter(|(key, _)| !values.contains_key(key));
    rows.extend(
        gone.filter(|(key, _)| !past.is_accepted(&key.name)).map(|(key, value)| Row::gone(&key, &value)),
    );
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    BenchmarkComparison { rows, common }
}

/// A benchmark that only a test can decide.
struct Open<'a> {
    /// Its row.
    at: usize,
    candidate: Candidate<'a>,
    /// Why its history begins late.
    accepted: Option<Reason>,
}

impl Row {
    /// A benchmark of this run, not yet compared.
    pub(super) fn new(key: &Key, value: &Value<'_>) -> Self {
        Self {
            key: key.clone(),
            direction: value.direction,
            machine: value.machine.clone(),
            before: None,
            now: Some(value.value),
            weak: value.weak,
            test: Test::None,
            figures: None,
            state: State::New,
            drift: None,
            rerun: None,
        }
    }

    /// A benchmark that this run lacks.
    pub(super) fn gone(key: &Key, value: &Value<'_>) -> Self {
        let (before, now, state) = (Some(value.value), None, State::Vanished);
        Self { before, now, state, ..Self::new(key, value) }
    }
}

/// Decides what needs no chance; the candidate if it does.
fn settle<'a>(row: &mut Row, value: &Value<'a>, series: &Series<'a>, rule: Rule) -> Option<Candidate<'a>> {
    let Some(last) = series.points.last() else {
        if let Some(reason) = accepted(series) {
            row.state = State::Undecided(reason);
        }
        return None;
    };
    row.before = Some(last.value.value);
    if last.value.direction != value.direction {
        row.state = State::Invalid(Flaw::OtherDirection);
        return None;
    }
    if let Some((base, tolerance)) = exact::base(&row.key, series, &rule) {
        row.test = Test::Exact(tolerance);
        row.state = exact::state(base, tolerance, value);
        row.figures = exact::figures(base, tolerance, value, series.points.len());
        return None;
    }
    let candidate = Candidate::new(&row.key, rule, value, series);
    if candidate.is_none() {
        row.state = State::Invalid(Flaw::NotPositive);
    }
    candidate
}

fn accepted(series: &Series<'_>) -> Option<Reason> {
    let acceptance = series.accepted?;
    let (by, reason) = (acceptance.by.clone(), acceptance.reason.clone());
    Some(Reason::Accepted { by, reason, have: series.points.len() })
}

/// Tests all candidates; what they share, if they are enough.
fn decide(rows: &mut [Row], open: &[Open<'_>], rule: &Rule) -> Option<Common> {
    let all: Vec<_> = open.iter().map(|o| o.candidate.clone()).collect();
    let shared = Shared::new(&all, rule.common);
    let mut found: Vec<(&Open<'_>, Candidate<'_>, Finding)> = Vec::new();
    for open in open {
        let candidate = match &shared {
            Some(shared) => shared.taken_out(&open.candidate),
            None => open.candidate.clone(),
        };
        match candidate.prediction() {
            Ok(prediction) => {
                let finding =
                    noise::finding(&candidate.key.name, &candidate.rule, candidate.now, &prediction);
                found.push((open, candidate, finding));
            }
            Err(reason) => without_prediction(&mut rows[open.at], open, reason),
        }
    }
    let p: Vec<f64> = found.iter().map(|(.., finding)| finding.figures.p).collect();
    let picked = benjamini_hochberg::rejected(&p, rule.first_q());
    for ((open, candidate, finding), picked) in found.iter().zip(picked) {
        let row = &mut rows[open.at];
        row.test = finding.test;
        row.figures = Some(finding.figures);
        row.state = finding.state(&candidate.rule, picked);
        row.before = row.now.map(|now| expected(now, row.direction, finding.figures.ratio));
    }
    shared.map(|shared| common(&shared, &all, rule))
}

/// What would have been as bad as expected, if all else were as it is in this run.
fn expected(now: f64, direction: Direction, ratio: f64) -> f64 {
    if direction == Direction::Higher { now * ratio } else { now / ratio }
}

fn without_prediction(row: &mut Row, open: &Open<'_>, reason: Reason) {
    row.test = Test::Catastrophe;
    row.figures = open.candidate.catastrophe();
    let worse = row.figures.is_some_and(|figures| figures.ratio > 1.0 + open.candidate.rule.hard_stop);
    let why = match (reason, &open.accepted) {
        (Reason::TooFew { .. }, Some(accepted)) => accepted.clone(),
        (reason, _) => reason,
    };
    row.state = if worse { State::Worse } else { State::Undecided(why) };
}

/// What all share, as a series of its own.
fn common(shared: &Shared, candidates: &[Candidate<'_>], rule: &Rule) -> Common {
    let now = shared.of_now();
    let mut machines: BTreeMap<usize, &Machine> = BTreeMap::new();
    for (run, machine) in candidates.iter().flat_map(Candidate::machines) {
        machines.entry(run).or_insert(machine);
    }
    let mut strata: BTreeMap<Option<&Machine>, Vec<f64>> = BTreeMap::new();
    for (run, factor) in shared.of_runs() {
        strata.entry(machines.get(&run).copied()).or_default().push(factor);
    }
    let runs: usize = strata.values().map(Vec::len).sum();
    let machine = candidates.iter().find(|c| c.deviation().is_some()).map(|c| c.machine);
    let own = strata.remove(&machine).unwrap_or_default();
    let others: Vec<_> = strata.into_values().collect();
    let prediction = Prediction::new(&own, &others, rule.least_scale).filter(|_| runs >= rule.min_runs);
    let finding = prediction.map(|prediction| noise::finding("", rule, now, &prediction));
    // That all might be a quarter slower unseen is no fault of any one of them.
    let state = finding.map_or(State::Fine, |finding| match finding.state(rule, true) {
        State::Blind => State::Fine,
        state => state,
    });
    let figures = finding.map(|finding| finding.figures);
    Common { benchmarks: shared.benchmarks(), figures, ratio: now.exp(), state }
}
