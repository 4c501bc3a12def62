//! A verdict as its JSON tells it, for a command that runs later and elsewhere. Whoever made the file
//! may have written anything into it: every word of the contract has to be one of the contract's,
//! everything else is text, and as hostile as text of a report.

use crate::criteria::{self, Judgement};
use crate::evidence::{Detail, Source};
use crate::gates::{Criterion, GATES, GateResult};
use crate::model::outcome::{Occasion, Outcome, Ruling};
use crate::model::place::Place;
use crate::verdict::{Policy, Subject, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    schema_version: u32,
    project: String,
    milestone: Option<String>,
    occasion: String,
    verdict: String,
    gates: Vec<ToldGate>,
    notices: Vec<ToldDetail>,
}

#[derive(Deserialize)]
struct ToldGate {
    id: String,
    verdict: String,
    criteria: Vec<ToldCriterion>,
}

#[derive(Deserialize)]
struct ToldCriterion {
    id: String,
    kind: String,
    outcome: String,
    advisory: bool,
    code: String,
    expected: String,
    measured: String,
    message: String,
    next_step: String,
    details: Vec<ToldDetail>,
    notices: Vec<ToldDetail>,
    evidence: Vec<ToldSource>,
}

#[derive(Deserialize)]
struct ToldDetail {
    path: Option<String>,
    line: Option<u32>,
    message: String,
}

#[derive(Deserialize)]
struct ToldSource {
    path: String,
    format: String,
    sha256: String,
}

const OUTCOMES: &[Outcome] = &[
    Outcome::Passed,
    Outcome::Failed,
    Outcome::Unproven,
    Outcome::Waived,
    Outcome::Deferred,
    Outcome::NotApplicable,
    Outcome::Disabled,
];
const RULINGS: &[Ruling] = &[Ruling::Passed, Ruling::Failed, Ruling::Unproven, Ruling::Deferred];

/// Reads what `check --output json=FILE` wrote. What it says of commit, policy and tree is left out:
/// its reader knows these from elsewhere, or not at all.
///
/// # Errors
/// A sentence on what is wrong; of the file's text it quotes nothing longer than a word.
pub fn verdict(bytes: &[u8]) -> Result<Verdict, String> {
    let told: Told =
        serde_json::from_slice(bytes).map_err(|e| e.to_string().chars().take(200).collect::<String>())?;
    if told.schema_version != super::SCHEMA_VERSION {
        return Err(format!("schema_version {} is not {}", told.schema_version, super::SCHEMA_VERSION));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if told.project.is_empty() || told.project.len() > 100 || !told.project.chars().all(plain) {
        return Err("`project` is not an id".to_owned());
    }
    let occasion = [Occasion::Change, Occasion::Milestone].into_iter().find(|o| o.word() == told.occasion);
    let ruling = ruling(&told.verdict)?;
    let gates = told.gates.into_iter().map(gate).collect::<Result<Vec<_>, _>>()?;
    contradiction(ruling, &gates)?;
    Ok(Verdict {
        subject: Subject {
            project_name: told.project.clone(),
            project: told.project,
            milestone: told.milestone.map(|id| (id, String::new())),
            policy: Policy::default(),
            ..Subject::default()
        },
        occasion: occasion.ok_or("`occasion` is neither change nor milestone")?,
        ruling,
        gates,
        notices: told.notices.into_iter().map(detail).collect(),
    })
}

fn ruling(word: &str) -> Result<Ruling, String> {
    let found = RULINGS.iter().copied().find(|ruling| ruling.word() == word);
    found.ok_or_else(|| "a `verdict` is no word of the contract".to_owned())
}

/// The verdict has to be the one that its gates make, and theirs that of their criteria.
fn contradiction(ruling: Ruling, gates: &[GateResult]) -> Result<(), String> {
    let any = |of: Ruling| gates.iter().any(|gate| gate.ruling == of);
    let worst = if any(Ruling::Failed) {
        Ruling::Failed
    } else if any(Ruling::Unproven) || !any(Ruling::Passed) {
        Ruling::Unproven
    } else {
        Ruling::Passed
    };
    let holds =
        |gate: &GateResult, outcome| gate.criteria.iter().any(|c| c.outcome == outcome && !c.advisory);
    let sound = |gate: &GateResult| match gate.ruling {
        Ruling::Failed => holds(gate, Outcome::Failed),
        Ruling::Passed | Ruling::Deferred => !holds(gate, Outcome::Failed) && !holds(gate, Outcome::Unproven),
        Ruling::Unproven => !holds(gate, Outcome::Failed),
    };
    // A run in which nothing that counts passed is unproven, whatever its gates say.
    if ruling == worst && gates.iter().all(sound) || (ruling, worst) == (Ruling::Unproven, Ruling::Passed) {
        return Ok(());
    }
    Err("the verdict is not the one that its gates and criteria make".to_owned())
}

fn gate(told: ToldGate) -> Result<GateResult, String> {
    let row = GATES.iter().find(|row| row.id == told.id).ok_or("a gate is none of the four")?;
    Ok(GateResult {
        number: row.number,
        id: row.id,
        name: row.name,
        ruling: ruling(&told.verdict)?,
        criteria: told.criteria.into_iter().map(criterion).collect::<Result<_, _>>()?,
    })
}

fn criterion(told: ToldCriterion) -> Result<Criterion, String> {
    let kind =
        criteria::kind(&told.kind).ok_or("a criterion is of a kind that this version does not know")?;
    let outcome = OUTCOMES.iter().copied().find(|outcome| outcome.word() == told.outcome);
    let outcome = outcome.ok_or("an `outcome` is no word of the contract")?;
    let mut judgement =
        Judgement::passed(kind.name, told.measured).message(told.message).expected(told.expected);
    judgement.outcome = outcome;
    judgement.code = told.code;
    judgement.next_step = told.next_step;
    judgement.details = told.details.into_iter().map(detail).collect();
    judgement.notices = told.notices.into_iter().map(detail).collect();
    let source = |told: ToldSource| Source { path: told.path, format: told.format, sha256: told.sha256 };
    judgement.evidence = told.evidence.into_iter().map(source).collect();
    Ok(Criterion { id: told.id, kind: kind.name, outcome, advisory: told.advisory, judgement })
}

fn detail(told: ToldDetail) -> Detail {
    let place = told.path.map(|path| Place { path, line: told.line, column: None });
    Detail { place, message: told.message }
}
