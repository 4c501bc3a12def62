//! The false-alarm rates that `docs/benchmarks.md` promises, on fewer draws than its tables: with a
//! fixed seed, and with room for the sampling error that is named beside each figure.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "../benches/noise/mod.rs"]
mod noise;

use milegate::evidence::comparison::benchmarks::{State, compare};
use milegate::model::snapshot::Acceptance;
use milegate::statistics::random::Random;
use noise::rules::{Counts, baseline, count_default, rules};
use noise::suite::Suite;
use noise::world::{WORLDS, World, snapshot};
use noise::{pairs, world::Run};

const SEED: u64 = 7;
/// Series of a world: the standard error is 0.44 points at 2 %, 0.22 at 0.5 %, 1.3 at 80 %.
const SERIES: u32 = 1000;

fn world(name: &str) -> &'static World {
    WORLDS.iter().find(|world| world.name.starts_with(name)).unwrap()
}

fn percent(of: u32, counts: &Counts) -> f64 {
    100.0 * f64::from(of) / f64::from(counts.series)
}

#[test]
fn shared_machines_raise_few_false_alarms_and_hide_no_great_slowdown() {
    let counts = count_default(world("shared CI"), SERIES, &[1.0, 1.2], SEED);
    let (same, slowed) = (&counts[0], &counts[1]);
    // Promised: 2 %, 0.5 % and 80 %; allowed: two standard errors more.
    assert!(percent(same.strict, same) <= 2.0 + 0.9, "{same:?}");
    assert!(percent(same.confirmed, same) <= 0.5 + 0.45, "{same:?}");
    assert!(percent(slowed.strict, slowed) >= 80.0 - 2.6, "{slowed:?}");
    assert!(percent(slowed.confirmed, slowed) >= 80.0 - 2.6, "{slowed:?}");
    // The rules that it replaces are red for nothing on the same draws.
    assert!(percent(same.fixed, same) > 8.0 && percent(same.t_test, same) > 15.0, "{same:?}");
}

#[test]
fn quiet_machines_and_pools_of_processors_are_judged_by_their_own() {
    for name in ["quiet", "3 CPUs 75/20/5, sd 0.5%", "two machines +15%, named"] {
        let counts = count_default(world(name), SERIES / 2, &[1.0, 1.05], SEED);
        let (same, slowed) = (&counts[0], &counts[1]);
        assert!(percent(same.strict, same) <= 2.0 + 1.3, "{name}: {same:?}");
        assert!(percent(same.confirmed, same) <= 0.5 + 0.7, "{name}: {same:?}");
        if name.starts_with("3 CPUs") {
            // Of decided builds at least 95 % show 5 %.
            let decided = slowed.series - slowed.undecided;
            assert!(f64::from(slowed.strict) >= 0.95 * f64::from(decided), "{name}: {slowed:?}");
        }
    }
}

#[test]
fn a_hundred_benchmarks_are_no_hundred_chances_to_be_red() {
    // Standard error at 2 %: 1.1 points of 150 builds.
    let suite = Suite { benchmarks: 100, slowed: 5, spikes: 0.01 };
    let counts = suite.count(150, 1.2, SEED);
    assert!(f64::from(counts.confirmed) <= 0.02 * 150.0 + 2.0 * 1.7, "{counts:?}");
    assert!(counts.confirmed_found * 10 >= counts.slowed * 9, "{counts:?}");
    assert!(counts.fixed > 75, "{counts:?}");
}

#[test]
fn processes_in_turns_are_compared_by_process() {
    let same = pairs::count(6, true, 1.0, 600, SEED);
    let slowed = pairs::count(6, true, 1.2, 300, SEED);
    assert!(f64::from(same.ours) <= 0.02 * 600.0, "{same:?}");
    assert!(slowed.ours >= 270, "{slowed:?}");
    assert!(same.pooled > 30, "{same:?}");
    // Three a side cannot reach 5 %: undecided, never passed.
    let three = pairs::count(3, true, 1.5, 50, SEED);
    assert_eq!((three.ours, three.undecided), (0, 50));
}

/// A step of 20 % stays; each later run is held against those before it.
#[test]
fn a_step_that_was_accepted_does_not_alarm_again() {
    let alarms = |accept: bool| {
        let mut random = Random::new(SEED);
        let quiet = world("quiet");
        let mut runs = quiet.runs();
        let all: Vec<Run> = (0..40).map(|_| runs.next(&mut random)).collect();
        let factor = |at: usize| if at < 20 { 1.0 } else { 1.2 };
        let mut red = 0;
        for at in 20..40 {
            let past = all[..at].iter().enumerate().map(|(at, run)| snapshot(run, at, factor(at)));
            let mut baseline = baseline(past.collect());
            let acceptance = Acceptance {
                commit: format!("{:040x}", 20),
                what: "b".to_owned(),
                reason: "does more now".to_owned(),
                by: "alice".to_owned(),
                recorded: 20,
            };
            if accept {
                baseline.accepted.push(acceptance.clone());
                baseline.pending.extend((at == 20).then_some(acceptance));
            }
            let comparison = compare(&snapshot(&all[at], at, factor(at)), &baseline, &rules(false));
            red += u32::from(matches!(comparison.rows[0].state, State::Suspect | State::Worse));
        }
        red
    };
    assert!(alarms(false) >= 7, "{}", alarms(false));
    assert_eq!(alarms(true), 0);
}
