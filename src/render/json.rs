//! `json`: the contract for machines. Fields are added, never renamed.

use super::{Output, Style};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::verdict::Verdict;
use serde_json::{Value, json};

/// The row.
pub(super) static OUTPUT: Output = Output { name: "json", summary: "for programs; schema_version 1", render };

/// Version of the JSON contracts.
pub(super) const SCHEMA_VERSION: u32 = 1;

fn render(verdict: &Verdict, _: &Style) -> String {
    let subject = &verdict.subject;
    let value = json!({
        "schema_version": SCHEMA_VERSION,
        "milegate": env!("CARGO_PKG_VERSION"),
        "project": subject.project,
        "milestone": subject.milestone.as_ref().map(|m| &m.0),
        "occasion": verdict.occasion.word(),
        "commit": subject.commit,
        "subject_tree": subject.subject_tree,
        "policy": { "path": subject.policy.path, "blob": subject.policy.blob, "from": subject.policy.from },
        "verdict": verdict.ruling.word(),
        "exit_code": verdict.exit_status().code(),
        "gates": verdict.gates.iter().map(gate).collect::<Vec<_>>(),
        "notices": verdict.notices.iter().map(detail).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn gate(gate: &GateResult) -> Value {
    json!({
        "number": gate.number,
        "id": gate.id,
        "name": gate.name,
        "verdict": gate.ruling.word(),
        "criteria": gate.criteria.iter().map(criterion).collect::<Vec<_>>(),
    })
}

fn criterion(criterion: &Criterion) -> Value {
    let judgement = &criterion.judgement;
    json!({
        "id": criterion.id,
        "kind": criterion.kind,
        "outcome": criterion.outcome.word(),
        "advisory": criterion.advisory,
        "code": judgement.code,
        "expected": judgement.expected,
        "measured": judgement.measured,
        "message": judgement.message,
        "next_step": judgement.next_step,
        "details": judgement.details.iter().map(detail).collect::<Vec<_>>(),
        "notices": judgement.notices.iter().map(detail).collect::<Vec<_>>(),
        "evidence": judgement.evidence,
    })
}

fn detail(detail: &Detail) -> Value {
    json!({
        "path": detail.place.as_ref().map(|p| &p.path),
        "line": detail.place.as_ref().and_then(|p| p.line),
        "message": detail.message,
    })
}
