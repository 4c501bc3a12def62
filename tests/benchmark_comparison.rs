//! Benchmarks against their history: directions, counters, what is gone, machines, epochs, drift,
//! re-runs. Expected values by hand.

#![allow(clippy::unwrap_used, missing_docs)]

use milegate::evidence::Baseline;
use milegate::evidence::comparison::benchmarks::{
    BenchmarkComparison, Flaw, Reason, Rerun, Row, Rule, Rules, State, Test, compare, compare_pairs, confirm,
};
use milegate::model::benchmarks::Direction;
use milegate::model::machine::Machine;
use milegate::model::snapshot::{Acceptance, BenchmarkId, BenchmarkMark, Snapshot};

/// Ten runs about 100, spread by one to two percent.
const TEN: [f64; 10] = [100.0, 101.0, 99.0, 100.5, 99.5, 101.5, 98.5, 100.2, 99.8, 100.0];

fn on(cpu: &str) -> Machine {
    Machine { cpu: cpu.to_owned(), ..Machine::default() }
}

fn run(at: usize, unit: &str, direction: Direction, value: f64, cpu: &str) -> Snapshot {
    let id = BenchmarkId { name: "b".to_owned(), unit: unit.to_owned() };
    let mark = BenchmarkMark { value, weak: false, direction, samples: 5, machine: on(cpu) };
    Snapshot {
        commit: format!("c{at}"),
        run: at.to_string(),
        recorded: at as i64,
        benchmarks: Some([(id, mark)].into()),
        ..Snapshot::default()
    }
}

fn times(values: &[f64]) -> Vec<Snapshot> {
    values.iter().enumerate().map(|(at, v)| run(at, "ms", Direction::Lower, *v, "A")).collect()
}

fn past(history: Vec<Snapshot>) -> Baseline {
    Baseline { base: history.last().cloned().unwrap(), history, ..Baseline::default() }
}

fn now(value: f64) -> Snapshot {
    run(99, "ms", Direction::Lower, value, "A")
}

fn state(now: &Snapshot, baseline: &Baseline) -> State {
    one(&compare(now, baseline, &Rules::default())).state.clone()
}

fn one(comparison: &BenchmarkComparison) -> &Row {
    assert_eq!(comparison.rows.len(), 1, "{comparison:?}");
    &comparison.rows[0]
}

#[test]
fn a_rate_that_halves_is_worse_and_one_that_doubles_is_better() {
    for unit in ["ops/s", "MB/s"] {
        let at = |at, value| run(at, unit, Direction::Higher, value, "A");
        let past = past(TEN.iter().enumerate().map(|(i, v)| at(i, *v)).collect());
        // Half the rate is twice as bad: red at once.
        assert_eq!(state(&at(99, 49.0), &past), State::Worse);
        assert_eq!(state(&at(99, 200.0), &past), State::Better);
        assert_eq!(state(&at(99, 100.0), &past), State::Fine);
    }
    assert_eq!(state(&now(50.0), &past(times(&TEN))), State::Better);
}

#[test]
fn a_slowdown_beyond_noise_and_floor_is_suspect_and_the_figures_say_why() {
    let past = past(times(&TEN));
    let comparison = compare(&now(110.0), &past, &Rules::default());
    let row = one(&comparison);
    let figures = row.figures.unwrap();
    assert_eq!((&row.state, row.test, figures.n, figures.nu), (&State::Suspect, Test::Prediction, 10, 9));
    // The median of the ten is 100.
    assert!((figures.ratio - 1.1).abs() < 1e-12 && figures.low > 1.05 && figures.high < 1.15, "{figures:?}");
    // Runs vary by less than 1 %: the floor is 3 %.
    assert!(figures.p < 0.01 && figures.smallest > 1.03 && figures.smallest < 1.06, "{figures:?}");
    assert!((row.before.unwrap() - 0.1).abs() < 1e-12, "in seconds");
    // Within the floor, however certain.
    assert_eq!(state(&now(102.9), &past), State::Fine);
    let strict = Rules { general: Rule { strict: true, ..Rule::default() }, ..Rules::default() };
    assert_eq!(one(&compare(&now(110.0), &past, &strict)).state, State::Worse);
}

#[test]
fn a_counter_is_compared_exactly_and_a_time_never_is() {
    let counter = |at, value| run(at, "", Direction::Lower, value, "A");
    let twenty = past((0..20).map(|at| counter(at, 100.0)).collect());
    assert_eq!(state(&counter(99, 101.0), &twenty), State::Worse);
    assert_eq!(state(&counter(99, 100.0), &twenty), State::Fine);
    assert_eq!(state(&counter(99, 99.0), &twenty), State::Better);
    // From 0 there is no ratio, and still an order.
    let zeros = past((0..3).map(|at| counter(at, 0.0)).collect());
    assert_eq!(state(&counter(99, 1.0), &zeros), State::Worse);
    assert_eq!(state(&counter(99, 0.0), &zeros), State::Fine);
    // One value is enough for bytes; instructions may differ by 1 %.
    let bytes = |at, value| run(at, "B", Direction::Lower, value, "A");
    assert_eq!(state(&bytes(99, 2001.0), &past(vec![bytes(0, 2000.0)])), State::Worse);
    let instructions = |at, value| run(at, "instructions", Direction::Lower, value, "A");
    let base = past(vec![instructions(0, 1000.0)]);
    assert_eq!(state(&instructions(99, 1010.0), &base), State::Fine);
    assert_eq!(state(&instructions(99, 1011.0), &base), State::Worse);
    // A rounded time may repeat itself; half a percent is no step.
    assert_eq!(state(&now(100.5), &past(times(&[100.0; 20]))), State::Fine);
    assert_eq!(state(&now(110.0), &past(times(&[100.0; 20]))), State::Suspect);
}

#[test]
fn what_is_gone_new_or_no_number_is_told() {
    let mut other = now(100.0);
    let (_, mark) = other.benchmarks.clone().unwrap().pop_first().unwrap();
    let id = BenchmarkId { name: "c".to_owned(), unit: "ms".to_owned() };
    other.benchmarks = Some([(id, mark)].into());
    let baseline = past(times(&TEN));
    let comparison = compare(&other, &baseline, &Rules::default());
    let states: Vec<_> = comparison.rows.iter().map(|row| (row.key.name.as_str(), &row.state)).collect();
    assert_eq!(states, [("b", &State::Vanished), ("c", &State::New)]);
    assert_eq!(state(&now(0.0), &baseline), State::Invalid(Flaw::NotPositive));
    let turned = run(99, "ms", Direction::Higher, 100.0, "A");
    assert_eq!(state(&turned, &baseline), State::Invalid(Flaw::OtherDirection));
    // Another prefix of the unit is the same benchmark.
    assert_eq!(state(&run(99, "us", Direction::Lower, 100_000.0, "A"), &baseline), State::Fine);
}

#[test]
fn too_few_runs_and_new_machines_are_undecided_but_for_a_catastrophe() {
    let four = past(times(&TEN[..4]));
    assert_eq!(state(&now(150.0), &four), State::Undecided(Reason::TooFew { have: 4, need: 5 }));
    assert_eq!(state(&now(203.0), &four), State::Worse);
    let ten = past(times(&TEN));
    let elsewhere = |value| run(99, "ms", Direction::Lower, value, "B");
    assert_eq!(state(&elsewhere(120.0), &ten), State::Undecided(Reason::NewMachine));
    let pooled = Rules { general: Rule { pool_cpus: true, ..Rule::default() }, ..Rules::default() };
    let comparison = compare(&elsewhere(120.0), &ten, &pooled);
    assert_eq!((one(&comparison).test, &one(&comparison).state), (Test::MeanPrediction, &State::Suspect));
    // A machine that is 14 % slower is compared with its own runs, by the noise of both.
    let mut both = times(&TEN);
    both.extend(
        [113.0, 114.0, 115.0].iter().enumerate().map(|(at, v)| run(20 + at, "ms", Direction::Lower, *v, "B")),
    );
    let both = past(both);
    assert_eq!(state(&elsewhere(115.0), &both), State::Fine);
    assert_eq!(state(&elsewhere(126.0), &both), State::Suspect);
    assert_eq!(state(&now(114.0), &both), State::Suspect);
}

#[test]
fn a_history_of_two_humps_or_much_noise_says_so() {
    let humps = past(times(&[100.0, 100.5, 99.5, 100.2, 99.8, 100.1, 130.0, 131.0, 129.0]));
    let comparison = compare(&now(125.0), &humps, &Rules::default());
    assert_eq!(one(&comparison).test, Test::MeanPrediction);
    let noisy = past(times(&[100.0, 130.0, 80.0, 120.0, 90.0, 105.0]));
    assert_eq!(state(&now(105.0), &noisy), State::Blind);
}

fn accepted(commit: &str, recorded: i64) -> Acceptance {
    Acceptance {
        commit: commit.to_owned(),
        what: "b*".to_owned(),
        reason: "safer".to_owned(),
        by: "alice".to_owned(),
        recorded,
    }
}

#[test]
fn an_accepted_change_begins_a_new_epoch() {
    let mut baseline = past(times(&TEN));
    baseline.accepted = vec![accepted("c99", 50)];
    baseline.pending = baseline.accepted.clone();
    let reason = |have| Reason::Accepted { by: "alice".to_owned(), reason: "safer".to_owned(), have };
    assert_eq!(state(&now(130.0), &baseline), State::Undecided(reason(0)));
    // At a recorded commit: from there on; at one that was not, from the next record on.
    for (commit, recorded) in [("c7", 0), ("unknown", 7)] {
        let mut baseline = past(times(&TEN));
        baseline.accepted = vec![accepted(commit, recorded)];
        assert_eq!(state(&now(130.0), &baseline), State::Undecided(reason(3)), "{commit}");
    }
    // Gone with leave.
    let mut gone = now(1.0);
    gone.benchmarks = Some([].into());
    assert!(compare(&gone, &baseline, &Rules::default()).rows.is_empty());
    baseline.pending.clear();
    assert_eq!(compare(&gone, &baseline, &Rules::default()).rows[0].state, State::Vanished);
}

#[test]
fn slow_drift_shows_against_the_milestone() {
    // Eight percent in steps of which none is beyond the floor.
    let values: Vec<f64> = (0..20).map(|at| 100.0 + 0.45 * at as f64 + 0.3 * (at % 3) as f64).collect();
    let mut baseline = past(times(&values));
    baseline.milestone = baseline.history[..5].to_vec();
    let comparison = compare(&now(109.5), &baseline, &Rules::default());
    let drift = one(&comparison).drift.unwrap();
    assert!(drift.drifted && drift.runs == (5, 10) && drift.ratio > 1.05, "{drift:?}");
    baseline.milestone = baseline.history[8..13].to_vec();
    let drift = one(&compare(&now(109.5), &baseline, &Rules::default())).drift.unwrap();
    assert!(!drift.drifted, "{drift:?}");
}

#[test]
fn a_suspect_is_red_only_if_the_re_run_is_as_bad() {
    let baseline = past(times(&TEN));
    let rules = Rules::default();
    let judged = |again: f64| {
        let mut comparison = compare(&now(110.0), &baseline, &rules);
        confirm(&mut comparison, &now(again), &baseline, &rules);
        let row = one(&comparison).clone();
        (row.state, row.rerun.unwrap())
    };
    assert!(matches!(judged(109.0), (State::Worse, Rerun::Confirmed(_))));
    assert!(matches!(judged(101.0), (State::Fine, Rerun::Cleared(_))));
    assert_eq!(judged(110.0), (State::Suspect, Rerun::Same));
    let mut comparison = compare(&now(110.0), &baseline, &rules);
    confirm(&mut comparison, &run(99, "ms", Direction::Lower, 111.0, "new"), &baseline, &rules);
    assert_eq!(one(&comparison).rerun, Some(Rerun::Untold));
    confirm(&mut comparison, &Snapshot::default(), &baseline, &rules);
    assert_eq!(one(&comparison).state, State::Suspect);
}

/// Runs of ten benchmarks; on a slow machine all of them are slow.
fn suite(at: usize, machine: f64, own: impl Fn(usize) -> f64) -> Snapshot {
    let one = |n: usize| {
        let id = BenchmarkId { name: format!("b{n}"), unit: "s".to_owned() };
        let wobble = 1.0 + 0.004 * (((at * 7 + n * 3) % 5) as f64 - 2.0);
        let value = machine * own(n) * wobble;
        (id, BenchmarkMark { value, weak: false, direction: Direction::Lower, samples: 5, machine: on("A") })
    };
    let benchmarks = Some((0..10).map(one).collect());
    Snapshot {
        commit: format!("c{at}"),
        run: at.to_string(),
        recorded: at as i64,
        benchmarks,
        ..Snapshot::default()
    }
}

#[test]
fn what_all_share_is_the_machines_and_is_tested_by_itself() {
    let speeds = [1.0, 1.08, 0.94, 1.05, 0.97, 1.1, 0.92, 1.02, 1.0, 0.96];
    let history: Vec<_> = speeds.iter().enumerate().map(|(at, speed)| suite(at, *speed, |_| 1.0)).collect();
    let baseline = past(history);
    let states = |now: &Snapshot| compare(now, &baseline, &Rules::default());
    // A slow machine, within what machines do: nothing is suspect, and 8 % of one benchmark is.
    let slow = states(&suite(99, 1.1, |n| if n == 3 { 1.08 } else { 1.0 }));
    let suspects: Vec<_> = slow.of(|s| *s == State::Suspect).iter().map(|row| row.key.name.clone()).collect();
    assert_eq!(suspects, ["b3"], "{slow:?}");
    let common = slow.common.clone().unwrap();
    assert_eq!((common.benchmarks, &common.state), (10, &State::Fine));
    // Everything half as slow again is no machine.
    let all = states(&suite(99, 1.5, |_| 1.0));
    assert_eq!(all.common.clone().unwrap().state, State::Suspect);
    assert!(all.is_suspicious() && all.of(|s| *s == State::Suspect).is_empty());
}

#[test]
fn pairs_need_enough_processes_and_one_machine() {
    let side = |values: &[f64], cpu: &str| -> Vec<Snapshot> {
        values.iter().enumerate().map(|(at, v)| run(at, "ms", Direction::Lower, *v, cpu)).collect()
    };
    let base = [100.0, 101.0, 99.0, 100.5, 99.5];
    let slow = base.map(|value| value * 1.1 + 0.01);
    let judged = |base: &[f64], head: &[f64]| {
        one(&compare_pairs(&side(base, "A"), &side(head, "A"), &Rules::default())).clone()
    };
    let row = judged(&base, &slow);
    let figures = row.figures.unwrap();
    // All five above all five: 1 / C(10, 5).
    assert_eq!((&row.state, row.test), (&State::Worse, Test::Pairs(5)));
    assert!((figures.p - 1.0 / 252.0).abs() < 1e-12 && (figures.ratio - 1.1).abs() < 0.002, "{figures:?}");
    assert_eq!(judged(&base, &base).state, State::Fine);
    assert_eq!(judged(&slow, &base).state, State::Better);
    let three = judged(&base[..3], &slow[..3]);
    assert_eq!(three.state, State::Undecided(Reason::TooFewPairs { have: 3, need: 4 }));
    let mixed = compare_pairs(&side(&base, "A"), &side(&slow, "B"), &Rules::default());
    assert_eq!(one(&mixed).state, State::Invalid(Flaw::OtherMachine));
    let gone = compare_pairs(&side(&base, "A"), &[], &Rules::default());
    assert_eq!(one(&gone).state, State::Vanished);
}
