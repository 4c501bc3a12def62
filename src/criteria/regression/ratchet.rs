//! The ratchet file: each figure is at least as good as it is written down, and none was lowered
//! without a new reason and day.

use super::part::{Part, Standing};
use crate::evidence::{Detail, Doubt, Evidence, Ratcheted};
use crate::model::place::Place;
use crate::model::ratchet::{self, Figure, Measured};
use crate::model::snapshot::Snapshot;

const CODE: &str = "regression/ratchet";

/// Judges the file; `None` if there is none.
pub(super) fn judge(evidence: &Evidence, now: &Snapshot) -> Option<Part> {
    let ratcheted = match &evidence.ratchet {
        Ok(ratcheted) => ratcheted.as_ref()?,
        Err(doubt) => return Some(Part::unproven("ratchet", CODE, doubt.clone())),
    };
    let (mut failed, mut unmeasured) = (lowered(ratcheted), Vec::new());
    for figure in &ratcheted.now.figures {
        let at = |message| Detail::at(Place::line(&ratcheted.path, figure.line), message);
        match ratchet::measure(&figure.name, now) {
            Some(measured) if figure.at.holds(measured) => {}
            Some(measured) => failed.push(at(format!(
                "{} is {}, and was {} on {} ({})",
                figure.name,
                show(measured, figure),
                figure.at,
                figure.date,
                figure.reason
            ))),
            None => unmeasured.push(at(format!("no report measures {}", figure.name))),
        }
    }
    failed.extend(removed(ratcheted, now));
    Some(part(ratcheted, failed, unmeasured))
}

fn part(ratcheted: &Ratcheted, failed: Vec<Detail>, unmeasured: Vec<Detail>) -> Part {
    let all = ratcheted.now.figures.len();
    if !failed.is_empty() {
        let measured = format!("{} of {all} figures are worse or were lowered", failed.len());
        let next = format!("make them as good again, or say why in {}: reason, date and by", ratcheted.path);
        let details = [failed, unmeasured].concat();
        return Part {
            standing: Standing::Failed,
            code: CODE,
            next_step: next,
            details,
            ..Part::passed("ratchet", measured)
        };
    }
    if !unmeasured.is_empty() {
        let message = format!("{} of {all} figures were not measured", unmeasured.len());
        let mut doubt = Doubt::new(CODE, message, "hand in the reports that measure them");
        doubt.details = unmeasured;
        return Part::unproven("ratchet", CODE, doubt);
    }
    Part::passed("ratchet", format!("{all} of {all} figures hold"))
}

/// Figures that ask for less than at the base, by the same words as there.
fn lowered(ratcheted: &Ratcheted) -> Vec<Detail> {
    let Some(before) = &ratcheted.before else { return Vec::new() };
    let mut all = Vec::new();
    for figure in &ratcheted.now.figures {
        let Some(was) = before.get(&figure.name) else { continue };
        let told = figure.reason.trim() != was.reason.trim() && figure.date > was.date;
        if figure.at.is_looser_than(&was.at) && !told {
            let message = format!(
                "{} was lowered from {} to {} without a new reason and a later date",
                figure.name, was.at, figure.at
            );
            all.push(Detail::at(Place::line(&ratcheted.path, figure.line), message));
        }
    }
    all
}

/// Figures that were there and are still measured.
fn removed(ratcheted: &Ratcheted, now: &Snapshot) -> Vec<Detail> {
    let before = ratcheted.before.iter().flat_map(|before| &before.figures);
    let gone = before.filter(|figure| ratcheted.now.get(&figure.name).is_none());
    let measured = gone.filter(|figure| ratchet::measure(&figure.name, now).is_some());
    let tell = |figure: &Figure| {
        let message = format!("{} ({}) was taken out, and is still measured", figure.name, figure.at);
        Detail::at(Place::file(&ratcheted.path), message)
    };
    measured.map(tell).collect()
}

fn show(measured: Measured, figure: &Figure) -> String {
    match (measured, &figure.at) {
        (Measured::Share(ratio), _) => format!("{} ({} of {})", ratio.percent(), ratio.covered, ratio.total),
        (Measured::Amount(value), ratchet::Level::Amount(bound)) => {
            crate::model::quantity::Quantity { value, dimension: bound.limit.dimension }.to_string()
        }
        (Measured::Amount(value), ratchet::Level::Share(_)) => value.to_string(),
    }
}
