//! `json`: the contract for machines. Fields are added, never renamed.

pub mod reading;

use super::{Output, Style};
use crate::evidence::Detail;
use crate::evidence::reproduce::Step;
use crate::gates::{Criterion, GateResult};
use crate::model::plain::is_invisible;
use crate::verdict::Verdict;
use serde_json::{Value, json};

/// The row.
pub(super) static OUTPUT: Output =
    Output { name: "json", summary: "for programs; schema_version 1", render, about: None, whole: None };

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
    page(&value)
}

/// A value as a page of JSON. What acts on a terminal or on a CI runner that shows it is written as
/// an escape, which a parser reads as the same text.
pub fn page(value: &Value) -> String {
    let json = format!("{value:#}\n");
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) && c != '\n' {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    // Outside of a text neither can stand.
    out.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[")
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
        "reproduce": judgement.reproduce.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "what": step.what.word(),
        "about": step.about,
        "path": step.place.as_ref().map(|p| &p.path),
        "line": step.place.as_ref().and_then(|p| p.line),
        "command": step.command,
        "shell": step.shell,
    })
}

fn detail(detail: &Detail) -> Value {
    json!({
        "path": detail.place.as_ref().map(|p| &p.path),
        "line": detail.place.as_ref().and_then(|p| p.line),
        "message": detail.message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_page_acts_on_nobody_and_is_read_as_the_same_value(text in r"(.|\PC|##\[|##vso\[|[\u{80}-\u{9f}\u{202e}\u{e0001}\n]){0,40}") {
            let value = json!({ "message": text, "list": [text] });
            let page = page(&value);
            prop_assert!(!page.chars().any(|c| is_invisible(c) && c != '\n'), "{page:?}");
            prop_assert!(!page.contains("##[") && !page.contains("##vso["), "{page:?}");
            prop_assert_eq!(serde_json::from_str::<Value>(&page).unwrap(), value);
        }
    }
}
