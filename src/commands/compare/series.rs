//! The benchmarks of a comparison, each with its history in its base unit.

use crate::evidence::Baseline;
use crate::evidence::comparison::benchmarks::{BenchmarkComparison, Key, Row, State};
use crate::model::benchmarks::Direction;
use crate::model::quantity::Quantity;
use crate::model::snapshot::Snapshot;
use crate::render::comparison::Series;

/// Each benchmark with its history.
pub(in crate::commands) fn of(comparison: &BenchmarkComparison, baseline: &Baseline) -> Vec<Series> {
    comparison.rows.iter().map(|row| one(row, baseline)).collect()
}

fn one(row: &Row, baseline: &Baseline) -> Series {
    let history = baseline.history.iter().filter_map(|run| value(run, &row.key));
    let figures = row.figures.filter(|_| row.before.is_some());
    let before = row.before.unwrap_or(f64::NAN);
    // A ratio of badness, as a value.
    let at = |ratio: f64| match row.direction {
        Direction::Lower => before * ratio,
        Direction::Higher => before / ratio,
    };
    let interval = figures.map(|f| (at(f.low), at(f.high))).map(|(a, b)| (a.min(b), a.max(b)));
    Series {
        name: row.key.name.clone(),
        unit: row.key.unit.clone(),
        direction: row.direction,
        history: history.collect(),
        before: row.before,
        now: row.now,
        is_better: match row.state {
            State::Better => Some(true),
            State::Worse | State::Suspect | State::Vanished => Some(false),
            _ => None,
        },
        note: note(row),
        limit: figures.map(|f| at(f.smallest)).filter(|limit| limit.is_finite()),
        interval: interval.filter(|(low, high)| low.is_finite() && high.is_finite()),
    }
}

/// What a run measured, in the base unit.
fn value(run: &Snapshot, key: &Key) -> Option<f64> {
    run.benchmarks.as_ref()?.iter().find_map(|(id, mark)| {
        let (unit, factor) =
            Quantity::unit(&id.unit).map_or((id.unit.as_str(), 1.0), |(d, factor)| (d.base(), factor));
        (id.name == key.name && unit == key.unit).then_some(mark.value * factor)
    })
}

/// A few words on what became of it.
fn note(row: &Row) -> String {
    match &row.state {
        State::Fine => String::new(),
        State::Better => "better by more than its noise".to_owned(),
        State::Suspect => "slower than its noise allows: run it again to be sure".to_owned(),
        State::Worse => "worse by more than its noise".to_owned(),
        State::Undecided(_) => "undecided: too few comparable runs".to_owned(),
        State::Blind => "undecided: its noise hides all but great changes".to_owned(),
        State::Vanished => "was measured before, and is not now".to_owned(),
        State::New => "new".to_owned(),
        State::Invalid(_) => "the values cannot be compared".to_owned(),
    }
}
