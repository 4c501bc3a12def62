//! Two builds in one job: their processes take turns on one machine (A B B A ...), so the machine
//! cancels. Each process gives one value, and Mann-Whitney compares the two sets of values; samples
//! of one process are no replicates.

use super::rule::Rules;
use super::series::{self, Key, Value};
use super::{BenchmarkComparison, Figures, Flaw, Reason, Row, State, Test, exact};
use crate::model::snapshot::Snapshot;
use crate::statistics::mann_whitney::{self, mann_whitney};
use crate::statistics::{benjamini_hochberg, hodges_lehmann, robust, student};
use std::collections::{BTreeMap, BTreeSet};

/// More are never asked for.
const MOST: usize = 30;
/// The variance of a Hodges-Lehmann shift against that of a difference of means, in normal samples.
const SHIFT: f64 = std::f64::consts::PI / 3.0;
/// The normal deviate of a power of 90 %.
const POWER: f64 = 1.282;

type Sides<'a> = (Vec<Value<'a>>, Vec<Value<'a>>);

/// Compares processes of the base build with processes of the new one.
pub fn compare_pairs(base: &[Snapshot], head: &[Snapshot], rules: &Rules) -> BenchmarkComparison {
    let mut all: BTreeMap<Key, Sides<'_>> = BTreeMap::new();
    for (key, value) in base.iter().flat_map(series::values) {
        all.entry(key).or_default().0.push(value);
    }
    for (key, value) in head.iter().flat_map(series::values) {
        all.entry(key).or_default().1.push(value);
    }
    let mut rows: Vec<Row> = all.iter().filter_map(|(key, sides)| row(key, sides, rules)).collect();
    let tested: Vec<usize> = (0..rows.len()).filter(|at| matches!(rows[*at].test, Test::Pairs(_))).collect();
    let p: Vec<f64> = tested.iter().filter_map(|at| rows[*at].figures).map(|figures| figures.p).collect();
    let picked = benjamini_hochberg::rejected(&p, rules.general.q);
    for (at, picked) in tested.iter().zip(picked) {
        decide(&mut rows[*at], picked, p.len(), rules);
    }
    BenchmarkComparison { rows, common: None }
}

/// The row of one benchmark, with its test; the state only where no chance is in it.
fn row(key: &Key, (base, head): &Sides<'_>, rules: &Rules) -> Option<Row> {
    let now = match (base.first(), head.first()) {
        (Some(_), Some(now)) => now,
        (Some(then), None) => return Some(Row::gone(key, then)),
        (None, Some(now)) => return Some(Row::new(key, now)),
        (None, None) => return None,
    };
    let mut row = Row::new(key, now);
    let machines: BTreeSet<_> = base.iter().chain(head).map(|value| value.machine).collect();
    let plain = |side: &[Value<'_>]| side.iter().map(|value| value.value).collect::<Vec<_>>();
    let (then, after) = (plain(base), plain(head));
    (row.before, row.now) = (Some(robust::median(&then)), Some(robust::median(&after)));
    if base.iter().chain(head).any(|value| value.direction != now.direction) {
        row.state = State::Invalid(Flaw::OtherDirection);
    } else if machines.len() > 1 {
        row.state = State::Invalid(Flaw::OtherMachine);
    } else if exact::is_counted(key) && equal(&then) && equal(&after) {
        let tolerance = exact::tolerance(key, &rules.of(&key.name));
        row.test = Test::Exact(tolerance);
        row.state = exact::state(then[0], tolerance, now);
        row.figures = exact::figures(then[0], tolerance, now, then.len());
    } else {
        test(&mut row, (base, head), rules);
    }
    Some(row)
}

fn equal(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

/// The test of one benchmark whose values vary.
fn test(row: &mut Row, (base, head): (&[Value<'_>], &[Value<'_>]), rules: &Rules) {
    let worse = |side: &[Value<'_>]| side.iter().map(Value::worse).collect::<Option<Vec<_>>>();
    let (Some(then), Some(now)) = (worse(base), worse(head)) else {
        row.state = State::Invalid(Flaw::NotPositive);
        return;
    };
    let rule = rules.of(&row.key.name);
    let test = mann_whitney(&then, &now);
    let shift = hodges_lehmann::shift(&then, &now, 0.95);
    let (Some(test), Some(shift)) = (test, shift) else { return };
    let n = then.len().min(now.len());
    row.test = Test::Pairs(n);
    let (error, nu) = error(&then, &now, rule.least_scale);
    let floor = rule.floor_of(&row.key.name, f64::INFINITY);
    let beyond = if nu > 0 { student::quantile(1.0 - rule.alpha, nu as f64) * error } else { f64::INFINITY };
    row.figures = Some(Figures {
        n,
        nu: 0,
        ratio: shift.estimate.exp(),
        low: shift.low.exp(),
        high: shift.high.exp(),
        p: test.p_greater,
        smallest: (beyond.max(floor) + POWER * error).exp(),
    });
    // Whether it is better is read off the other tail.
    let better = test.p_less <= rule.alpha && shift.estimate < -floor;
    row.state = if better { State::Better } else { State::Fine };
}

/// The standard error of the shift, as normal samples of this scale would have it, and its degrees of
/// freedom.
fn error(then: &[f64], now: &[f64], least: f64) -> (f64, usize) {
    let about = |side: &[f64]| {
        let centre = robust::median(side);
        side.iter().map(move |value| value - centre).collect::<Vec<_>>()
    };
    let nu = (then.len() + now.len()).saturating_sub(2);
    let scale = match nu {
        0 => f64::INFINITY,
        nu => robust::winsorised_sd(&[about(then), about(now)].concat(), nu).max(least),
    };
    let share = 1.0 / then.len() as f64 + 1.0 / now.len() as f64;
    (scale * (share * SHIFT).sqrt(), nu)
}

/// Three processes a side reach 1/20 at best, which is not below 0.05.
fn is_below(p: f64, alpha: f64) -> bool {
    p < alpha * (1.0 - 1e-9)
}

/// The state of a tested row; of `tests` tests in all.
fn decide(row: &mut Row, picked: bool, tests: usize, rules: &Rules) {
    let (Some(figures), rule) = (row.figures, rules.of(&row.key.name)) else { return };
    let floor = rule.floor_of(&row.key.name, f64::INFINITY).exp();
    if picked && is_below(figures.p, rule.alpha) && figures.ratio > floor {
        row.state = State::Worse;
        return;
    }
    // So few processes could not have told one slowdown among so many benchmarks.
    let wanted = rule.alpha.min(rule.q / tests.max(1) as f64);
    let need = (1..=MOST).find(|k| is_below(mann_whitney::smallest_p(*k), wanted)).unwrap_or(MOST);
    if figures.n < need {
        row.state = State::Undecided(Reason::TooFewPairs { have: figures.n, need });
    } else if row.state == State::Fine && figures.smallest - 1.0 > rule.blind {
        row.state = State::Blind;
    }
}
