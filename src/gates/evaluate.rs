//! Judging the criteria of one gate, and what the gate comes to.

use super::{Definition, Gate};
use crate::criteria::{Context, Judgement};
use crate::evidence::{Detail, EntryEvidence, Evidence, reproduce};
use crate::model::outcome::{Occasion, Outcome, Ruling};
use crate::model::performance::Performance;
use globset::GlobSet;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A reviewed, dated exception for one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// `gate/criterion`.
    pub criterion: String,
    /// Why it may fail.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// The last day on which it counts.
    pub expires: Date,
}

/// A judged criterion.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// The key in the gate.
    pub id: String,
    /// Its kind.
    pub kind: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// It is shown, but does not decide.
    pub advisory: bool,
    /// What was measured, against what, where, and the next step.
    pub judgement: Judgement,
}

/// A judged gate.
#[derive(Debug, Clone)]
pub struct GateResult {
    /// 1 to 4.
    pub number: u8,
    /// The key under `[gates]`.
    pub id: &'static str,
    /// The name people read.
    pub name: &'static str,
    /// What it comes to.
    pub ruling: Ruling,
    /// Its criteria, in order.
    pub criteria: Vec<Criterion>,
}

/// The rows of the performance baseline: the targets of all gates, in order.
pub fn performance(gates: &[Gate], evidence: &Evidence) -> Vec<Performance> {
    let claims = Claims::new(gates, evidence);
    let mut rows = Vec::new();
    for gate in gates {
        for definition in gate.criteria.iter().filter(|d| d.disabled.is_none()) {
            let id = format!("{}/{}", gate.id, definition.id);
            let reports = claims.of(&id, evidence);
            let context = Context { id: &id, evidence, reports: &reports, scope: None };
            rows.extend(definition.criterion.performance(&context));
        }
    }
    rows
}

/// Judges one gate. `claimed` are the entries of `[reports]` that criteria before this one took.
pub fn evaluate(
    gate: &Gate,
    evidence: &Evidence,
    waivers: &[Waiver],
    scope: Option<&GlobSet>,
    claims: &Claims,
) -> GateResult {
    let criteria: Vec<_> = gate
        .criteria
        .iter()
        .map(|definition| {
            let id = format!("{}/{}", gate.id, definition.id);
            let reports = claims.of(&id, evidence);
            let context = Context { id: &id, evidence, reports: &reports, scope };
            judge(definition, &context, waivers)
        })
        .collect();
    let ruling = rule(criteria.iter().filter(|c| !c.advisory).map(|c| c.outcome), evidence.occasion);
    GateResult { number: gate.number, id: gate.id, name: gate.name, ruling, criteria }
}

pub(super) fn judge(definition: &Definition, context: &Context<'_>, waivers: &[Waiver]) -> Criterion {
    let occasion = context.evidence.occasion;
    let mut judgement = match &definition.disabled {
        Some(reason) => disabled(definition.kind.name, reason),
        None => definition.criterion.judge(context),
    };
    if judgement.outcome == Outcome::Failed {
        apply_waiver(&mut judgement, context, waivers);
    }
    let not_now = !definition.judged_on.contains(&occasion) && judgement.outcome != Outcome::Disabled;
    if not_now || judgement.unconfigured && occasion == Occasion::Change {
        judgement.outcome = Outcome::Deferred;
    }
    judgement.reproduce = reproduce::steps(
        judgement.outcome,
        &judgement.details,
        context.reports,
        &context.evidence.tree,
        definition.kind.reports,
    );
    Criterion {
        id: definition.id.clone(),
        kind: definition.kind.name,
        outcome: judgement.outcome,
        advisory: definition.advisory,
        judgement,
    }
}

fn disabled(kind: &str, reason: &str) -> Judgement {
    let mut judgement = Judgement::not_applicable(kind, reason);
    judgement.outcome = Outcome::Disabled;
    judgement.code = format!("{kind}/disabled");
    judgement.message = format!("switched off: {reason}");
    judgement
}

/// A waiver covers only `failed`, and only until its day.
fn apply_waiver(judgement: &mut Judgement, context: &Context<'_>, waivers: &[Waiver]) {
    for waiver in waivers.iter().filter(|w| w.criterion == context.id) {
        if waiver.expires >= context.evidence.today {
            judgement.outcome = Outcome::Waived;
            judgement.message = format!(
                "{} - waived by {} until {}: {}",
                judgement.message, waiver.by, waiver.expires, waiver.reason
            );
            return;
        }
        let notice = format!("the waiver by {} expired on {}", waiver.by, waiver.expires);
        judgement.notices.push(Detail::remark(notice));
    }
}

/// Kleene's AND over passed, failed and unproven; a waived criterion counts as passed, the others are neutral.
fn rule(outcomes: impl Iterator<Item = Outcome>, occasion: Occasion) -> Ruling {
    let outcomes: Vec<_> = outcomes.collect();
    let any = |outcome| outcomes.contains(&outcome);
    if any(Outcome::Failed) {
        Ruling::Failed
    } else if any(Outcome::Unproven) {
        Ruling::Unproven
    } else if any(Outcome::Passed) || any(Outcome::Waived) {
        Ruling::Passed
    } else if occasion == Occasion::Change {
        Ruling::Deferred
    } else {
        Ruling::Unproven
    }
}

/// Which entries of `[reports]` belong to which criterion.
#[derive(Debug, Clone, Default)]
pub struct Claims(Vec<(String, Vec<String>)>);

impl Claims {
    /// What a criterion's `reports` key names; else the entry that bears its name; else, for the
    /// first criterion of a kind that is left without, all entries of its kind that nobody claims.
    /// An entry whose kind nobody can tell, since nothing readable matched it, goes to all of the
    /// latter: it must not be lost.
    pub fn new(gates: &[Gate], evidence: &Evidence) -> Self {
        let mut claims: Vec<(String, Vec<String>)> = Vec::new();
        let (mut taken, mut left) = (BTreeSet::new(), Vec::new());
        for gate in gates {
            for definition in
                gate.criteria.iter().filter(|d| !d.kind.reports.is_empty() && d.disabled.is_none())
            {
                let id = format!("{}/{}", gate.id, definition.id);
                let named = match &definition.reports {
                    Some(names) => names.clone(),
                    None if evidence.reports.contains_key(&definition.id) => vec![definition.id.clone()],
                    None => {
                        left.push((id, definition.kind));
                        continue;
                    }
                };
                if !definition.kind.picks() {
                    taken.extend(named.iter().cloned());
                }
                claims.push((id, named));
            }
        }
        let free: Vec<&EntryEvidence> =
            evidence.reports.values().filter(|e| !e.entry.apart && !taken.contains(&e.entry.name)).collect();
        let mut served = BTreeSet::new();
        for (id, kind) in left.into_iter().filter(|(_, kind)| !kind.picks()) {
            if served.insert(kind.name) {
                let mine = free.iter().filter(|e| e.kind().is_none_or(|found| kind.reports.contains(&found)));
                claims.push((id, mine.map(|e| e.entry.name.clone()).collect()));
            }
        }
        Self(claims)
    }

    pub(super) fn of<'a>(&self, id: &str, evidence: &'a Evidence) -> Vec<&'a EntryEvidence> {
        let names =
            self.0.iter().find(|(of, _)| of == id).map(|(_, names)| names.as_slice()).unwrap_or_default();
        names.iter().filter_map(|name| evidence.reports.get(name)).collect()
    }
}
