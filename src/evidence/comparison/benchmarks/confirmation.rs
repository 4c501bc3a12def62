//! A suspect is run again before it is red: what was chance does not come back, on a fresh machine.

use super::build::compare;
use super::rule::{Rule, Rules};
use super::{BenchmarkComparison, Rerun, Row, State};
use crate::evidence::Baseline;
use crate::model::snapshot::Snapshot;

/// Judges the suspects again by another run of the same code. What is as bad again is worse; what the
/// re-run does not hold, or cannot tell, stays suspect.
pub fn confirm(first: &mut BenchmarkComparison, rerun: &Snapshot, baseline: &Baseline, rules: &Rules) {
    // Each suspect is tested for itself: that many were looked at is behind us.
    let alpha = rules.general.confirm_alpha;
    let general = Rule { alpha, strict: false, q: 1.0, ..rules.general.clone() };
    let second = compare(rerun, baseline, &Rules { general, overrides: rules.overrides.clone() });
    for row in first.rows.iter_mut().filter(|row| row.state == State::Suspect) {
        let again = second.rows.iter().find(|other| other.key == row.key);
        let rerun = again.map_or(Rerun::Untold, |again| told(row, again));
        row.state = match rerun {
            Rerun::Confirmed(_) => State::Worse,
            Rerun::Cleared(_) if is_blind(row, rules) => State::Blind,
            Rerun::Cleared(_) => State::Fine,
            Rerun::Untold | Rerun::Same => State::Suspect,
        };
        row.rerun = Some(rerun);
    }
    if let (Some(common), Some(again)) = (&mut first.common, second.common)
        && common.state == State::Suspect
        && again.figures.is_some()
        && again.ratio != common.ratio
    {
        let as_bad = matches!(again.state, State::Worse | State::Suspect);
        common.state = if as_bad { State::Worse } else { State::Fine };
    }
}

fn is_blind(row: &Row, rules: &Rules) -> bool {
    row.figures.is_some_and(|figures| figures.smallest - 1.0 > rules.of(&row.key.name).blind)
}

fn told(row: &Row, again: &Row) -> Rerun {
    match (&again.state, again.figures) {
        _ if again.now == row.now => Rerun::Same,
        (State::Worse | State::Suspect, Some(figures)) => Rerun::Confirmed(figures),
        (State::Fine | State::Better | State::Blind, Some(figures)) => Rerun::Cleared(figures),
        _ => Rerun::Untold,
    }
}
