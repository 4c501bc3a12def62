//! Slow drift: steps too small to be seen one by one, which add up. The latest runs of the main branch
//! against those around the last milestone, on the same machine, by Welch's test.

use super::rule::Rule;
use super::series::{Key, Series, Value};
use super::{Drift, Row};
use crate::statistics::{benjamini_hochberg, welch};

/// Of the latest runs at most so many times the needed ones count.
const LATEST: usize = 2;

/// The drift of a benchmark; `None` with too few runs on either side.
pub(super) fn drift(key: &Key, now: &Value<'_>, series: &Series<'_>, rule: &Rule) -> Option<Drift> {
    let comparable = |value: &Value<'_>| {
        let same = value.machine == now.machine && value.direction == now.direction;
        value.worse().filter(|_| same)
    };
    let then: Vec<f64> = series.milestone.iter().filter_map(comparable).collect();
    let since = series.points.iter().filter(|p| p.run >= series.since);
    let latest: Vec<f64> = since.filter_map(|p| comparable(&p.value)).collect();
    let latest = &latest[latest.len().saturating_sub(LATEST * rule.drift_runs)..];
    if then.len() < rule.drift_runs || latest.len() < rule.drift_runs {
        return None;
    }
    let test = welch::welch(&then, latest)?;
    let margin = test.margin(0.95);
    // Quiet runs do not lower the floor: drift of less is not worth a red milestone.
    let floor = rule.floor_of(&key.name, f64::INFINITY);
    Some(Drift {
        ratio: test.difference.exp(),
        low: (test.difference - margin).exp(),
        high: (test.difference + margin).exp(),
        p: test.p_greater,
        runs: (then.len(), latest.len()),
        drifted: test.p_greater <= rule.confirm_alpha && test.difference > floor,
    })
}

/// Of many drifts those that so many tests do not explain.
pub(super) fn pick(rows: &mut [Row], q: f64) {
    let mut drifts: Vec<&mut Drift> = rows.iter_mut().filter_map(|row| row.drift.as_mut()).collect();
    let p: Vec<f64> = drifts.iter().map(|drift| drift.p).collect();
    for (drift, picked) in drifts.iter_mut().zip(benjamini_hochberg::rejected(&p, q)) {
        drift.drifted &= picked;
    }
}
