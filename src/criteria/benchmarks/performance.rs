//! The targets as rows of the performance baseline: what was measured at the last milestone, and now.

use super::Target;
use crate::criteria::Context;
use crate::evidence::merge;
use crate::model::benchmarks::{Benchmark, Statistic};
use crate::model::performance::Performance;
use crate::model::quantity::Quantity;
use crate::model::snapshot::Snapshot;
use crate::readers::Kind;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A row for each target, in the order of the configuration.
pub(super) fn rows(targets: &[(String, Target)], context: &Context<'_>) -> Vec<Performance> {
    let measured = current(context);
    let past = context.evidence.baseline.as_ref().ok().and_then(|b| b.as_ref());
    let past: Vec<_> = past.map(|b| b.milestone.iter().map(remembered).collect()).unwrap_or_default();
    let row = |(name, target): &(String, Target)| Performance {
        operation: name.clone(),
        target: target.at.clone(),
        baseline: baseline(name, target, measured.as_deref().unwrap_or_default(), &past),
        current: measured
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|all| target.measure(name, all).map_err(|doubt| doubt.message)),
    };
    targets.iter().map(row).collect()
}

fn current(context: &Context<'_>) -> Result<Vec<Benchmark>, String> {
    if context.reports.is_empty() {
        return Err("no benchmark report is configured".to_owned());
    }
    let files = merge::files(context.reports, Kind::Benchmarks).map_err(|doubt| doubt.message)?;
    merge::benchmarks(&files).map_err(|doubt| doubt.message)
}

/// The benchmarks of a run that is remembered. Only the name that is unique in its report is kept,
/// so the bare one is what stands behind its last `::`.
fn remembered(run: &Snapshot) -> Vec<Benchmark> {
    let marks = run.benchmarks.iter().flatten();
    marks
        .map(|(id, mark)| Benchmark {
            name: id.name.rsplit("::").next().unwrap_or(&id.name).to_owned(),
            full_name: id.name.clone(),
            unit: Cow::Owned(id.unit.clone()),
            direction: mark.direction,
            statistics: BTreeMap::from([(Statistic::Median, mark.value)]),
            samples: mark.samples,
        })
        .collect()
}

/// The middle of the runs of the last milestone. One value of each run is kept, so a target of
/// another statistic has none.
fn baseline(name: &str, target: &Target, now: &[Benchmark], past: &[Vec<Benchmark>]) -> Option<Quantity> {
    if !matches!(target.stat, None | Some(Statistic::Median)) {
        return None;
    }
    let wanted = target.benchmark.as_deref().unwrap_or(name);
    let full = super::find(wanted, now).map_or(wanted, |found| found.full_name.as_str());
    let mut values: Vec<_> = past
        .iter()
        .filter_map(|run| super::find(full, run).or_else(|_| super::find(wanted, run)).ok())
        .filter_map(|found| target.converted(found.quantity(None)?))
        .collect();
    values.sort_by(|a, b| a.value.total_cmp(&b.value));
    values.get(values.len().checked_sub(1)? / 2).copied()
}
