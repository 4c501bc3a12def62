//! A benchmark's comparison as a line for people: what became of it, by how much, how that is known,
//! and what would not have been seen.

use crate::criteria::judgement::{count_of, plural};
use crate::evidence::comparison::benchmarks::{
    Common, Drift, Figures, Flaw, Reason, Rerun, Row, State, Test,
};
use crate::model::quantity::Quantity;

/// `test_query: 21.3% worse, 12.1 ms instead of 9.98 ms (...)`.
pub(super) fn row(row: &Row) -> String {
    let what = match &row.state {
        State::Vanished => "gone: the earlier run measured it".to_owned(),
        State::New => "new: nothing to compare with".to_owned(),
        State::Invalid(flaw) => flaw_of(*flaw).to_owned(),
        State::Undecided(reason) => format!("undecided: {}", reason_of(reason)),
        state => format!("{}{}{}", cleared(row), state_of(state), change(row.figures)),
    };
    let values = values(row);
    let (how, rerun) = (how(row), rerun(row));
    format!("{}: {what}{values}{how}{rerun}", row.key.name)
}

fn state_of(state: &State) -> &'static str {
    match state {
        State::Suspect => "suspect, ",
        State::Blind => "blind, ",
        _ => "",
    }
}

fn flaw_of(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::NotPositive => "not to be compared: a value is zero or negative",
        Flaw::OtherDirection => "not to be compared: what was better before is worse now",
        Flaw::OtherMachine => "not to be compared: its processes ran on different machines",
    }
}

fn reason_of(reason: &Reason) -> String {
    match reason {
        Reason::TooFew { have, need } => format!("{} of {need} that are needed", plural(*have as u64, "run")),
        Reason::Accepted { by, reason, have } => {
            format!("accepted by {by} ({reason}), {} since", plural(*have as u64, "run"))
        }
        Reason::NewMachine => "no run of this machine is known".to_owned(),
        Reason::TooFewPairs { have, need } => {
            format!("{} a side, and {need} are needed", count_of(*have as u64, "process", "processes"))
        }
    }
}

/// A suspect that a re-run did not confirm.
fn cleared(row: &Row) -> String {
    match row.rerun {
        Some(Rerun::Cleared(figures)) => {
            format!("not confirmed ({} in the re-run), at first ", change(Some(figures)))
        }
        _ => String::new(),
    }
}

/// `21.3% worse`, `as before`.
fn change(figures: Option<Figures>) -> String {
    match figures {
        None => "as before".to_owned(),
        Some(figures) if figures.ratio == 1.0 => "as before".to_owned(),
        Some(figures) if figures.ratio > 1.0 => format!("{} worse", percent(figures.ratio)),
        Some(figures) => format!("{} better", percent(1.0 / figures.ratio)),
    }
}

/// How much more than 1 a ratio is.
pub(super) fn percent(ratio: f64) -> String {
    let percent = 100.0 * (ratio - 1.0);
    match percent {
        percent if !percent.is_finite() => "any".to_owned(),
        // One more of many is no 0.0 %.
        little if little > 0.0 && little < 0.1 => format!("{little:.4}%"),
        percent => format!("{percent:.1}%"),
    }
}

fn values(row: &Row) -> String {
    match (row.now, row.before) {
        (Some(now), Some(before)) => {
            format!(", {} where {} is expected", quantity(now, row), quantity(before, row))
        }
        (Some(now), None) => format!(", {}", quantity(now, row)),
        (None, Some(before)) => format!(", {} before", quantity(before, row)),
        (None, None) => String::new(),
    }
}

fn quantity(value: f64, row: &Row) -> String {
    let key = &row.key;
    match key.dimension() {
        // A counter to the last digit.
        _ if matches!(row.test, Test::Exact(_)) => format!("{value} {}", key.unit).trim_end().to_owned(),
        Some(dimension) => Quantity { value, dimension }.to_string(),
        None => format!("{value} {}", key.unit),
    }
}

/// `(prediction interval of 18 runs, nu 24, AMD EPYC; 95% +12.0..+31.2%, p 0.0004; sees 9.1%)`.
fn how(row: &Row) -> String {
    let Some(figures) = row.figures else { return String::new() };
    let machine = row.machine.label();
    let n = figures.n as u64;
    let test = match row.test {
        Test::None => return String::new(),
        Test::Exact(0.0) => return " (counted: exactly as much is expected)".to_owned(),
        Test::Exact(tolerance) => return format!(" (counted: {} more is allowed)", percent(1.0 + tolerance)),
        Test::Catastrophe => return format!(" (only twice the worst of {} would be seen)", plural(n, "run")),
        Test::Prediction => format!("interval of {}, nu {}, {machine}", plural(n, "run"), figures.nu),
        Test::MeanPrediction => {
            format!(
                "interval about the mean of {} that fall into groups, nu {}, {machine}",
                plural(n, "run"),
                figures.nu
            )
        }
        Test::Pairs(_) => format!("exact Mann-Whitney, {n} processes a side, {machine}"),
    };
    let weak = if row.weak { "; a mean stands for the run" } else { "" };
    format!(" ({test}; {}; would have seen {}{weak})", chance(&figures), percent(figures.smallest))
}

/// `95% -1.2..+31.2%, p 0.0004`.
fn chance(figures: &Figures) -> String {
    let end = |ratio: f64| match 100.0 * (ratio - 1.0) {
        percent if percent.is_finite() => format!("{percent:+.1}%"),
        _ => "any".to_owned(),
    };
    format!("95% {}..{}, p {}", end(figures.low), end(figures.high), probability(figures.p))
}

fn probability(p: f64) -> String {
    if p < 1e-4 { "< 0.0001".to_owned() } else { format!("{p:.4}") }
}

fn rerun(row: &Row) -> String {
    match row.rerun {
        None => String::new(),
        Some(Rerun::Confirmed(figures)) => {
            format!("; the re-run confirms it ({} worse)", percent(figures.ratio))
        }
        // Told at the front of the line.
        Some(Rerun::Cleared(_)) => String::new(),
        Some(Rerun::Untold) => "; the re-run cannot tell".to_owned(),
        Some(Rerun::Same) => "; the re-run reports the very same value: nothing ran again".to_owned(),
    }
}

/// What all benchmarks share.
pub(super) fn common(common: &Common) -> String {
    let by = match common.ratio {
        ratio if ratio >= 1.0 => format!("{} slower", percent(ratio)),
        ratio => format!("{} faster", percent(1.0 / ratio)),
    };
    let state = match common.state {
        State::Worse => ": all are worse",
        State::Suspect => ": machine or change? a re-run on another machine tells",
        _ => ": taken for the machine's, and taken out",
    };
    format!("all {} benchmarks together are {by}{state}", common.benchmarks)
}

/// Slow drift of a benchmark.
pub(super) fn drift(name: &str, drift: &Drift) -> String {
    let (then, now) = drift.runs;
    format!(
        "{name}: drifted by {} since the last milestone (95% {:+.1}%..{:+.1}%, p {}; Welch, {then} and {now} runs)",
        percent(drift.ratio),
        100.0 * (drift.low - 1.0),
        100.0 * (drift.high - 1.0),
        probability(drift.p)
    )
}
