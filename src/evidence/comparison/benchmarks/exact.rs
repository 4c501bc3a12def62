//! Counters: instructions, bytes, allocations. Value is held against value, never against variance:
//! a counter that never varied has none, and its first step is the one to see.

use super::rule::Rule;
use super::series::{Key, Series, Value};
use super::{Figures, State};
use crate::model::benchmarks::Direction;
use crate::model::quantity::Dimension;

/// Units that count, as tools write them in lower case.
const COUNTED: &[&str] = &["instructions", "instr", "ir", "insns", "allocs", "allocs/op", "allocations"];
/// Of which a run differs from the next by a little all the same.
const ALMOST: &[&str] = &["instructions", "instr", "ir", "insns"];
/// So many equal values show that a figure is exact.
const EQUAL: usize = 3;

/// The value to hold a counter against, with its tolerance; `None` if the figure is not exact. A time
/// or a rate is measured, however often its rounded values agree.
pub(super) fn base(key: &Key, series: &Series<'_>, rule: &Rule) -> Option<(f64, f64)> {
    let latest = series.points.last()?.value.value;
    let tolerance = tolerance(key, rule);
    let last = &series.points[series.points.len().saturating_sub(EQUAL)..];
    let steady = last.iter().all(|point| (point.value.value - latest).abs() <= tolerance * latest.abs());
    let enough = last.len() == EQUAL || is_counter(key);
    (is_counted(key) && steady && enough).then_some((latest, tolerance))
}

/// Whether equal values can mean that nothing was measured but counted.
pub(super) fn is_counted(key: &Key) -> bool {
    !matches!(key.dimension(), Some(Dimension::Time | Dimension::Rate))
}

/// By how much a counter may be worse, as a share.
pub(super) fn tolerance(key: &Key, rule: &Rule) -> f64 {
    let almost = ALMOST.contains(&key.unit.to_lowercase().as_str());
    rule.tolerance.unwrap_or(if almost { 0.01 } else { 0.0 })
}

/// Whether the unit says so from the first value on.
fn is_counter(key: &Key) -> bool {
    let unit = key.unit.to_lowercase();
    COUNTED.contains(&unit.as_str()) || key.dimension() == Some(Dimension::Size) || is_allocs(key)
}

/// Go tells allocations without a unit, below the benchmark's name.
fn is_allocs(key: &Key) -> bool {
    key.unit.is_empty() && key.name.ends_with("/allocs/op")
}

/// A value against the one before.
pub(super) fn state(base: f64, tolerance: f64, now: &Value<'_>) -> State {
    let (worse, better) = (base + tolerance * base.abs(), base - tolerance * base.abs());
    match now.direction {
        Direction::Lower if now.value > worse => State::Worse,
        Direction::Lower if now.value < better => State::Better,
        Direction::Higher if now.value < better => State::Worse,
        Direction::Higher if now.value > worse => State::Better,
        _ => State::Fine,
    }
}

/// The ratio of an exact comparison: it has no chance in it.
pub(super) fn figures(base: f64, tolerance: f64, now: &Value<'_>, n: usize) -> Option<Figures> {
    let ratio = match now.direction {
        Direction::Lower => now.value / base,
        Direction::Higher => base / now.value,
    };
    let p = if state(base, tolerance, now) == State::Worse { 0.0 } else { 1.0 };
    let figures = Figures { n, nu: 0, ratio, low: ratio, high: ratio, p, smallest: 1.0 + tolerance };
    (ratio.is_finite() && ratio > 0.0).then_some(figures)
}
