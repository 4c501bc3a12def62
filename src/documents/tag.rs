//! The message of a milestone tag, and the evidence manifest its trailers point to.
//!
//! The first line is the subject alone. Trailers are the last paragraph, in printable ASCII, one to
//! a line; what people and tools wrote stands before them on lines that begin with words of ours,
//! so that no text can pass for a trailer, a second subject or a signature.

pub mod seal;

use super::plain::{ascii, cut, sanitize};
use super::region::hex;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::{Outcome, Ruling};
use crate::verdict::Verdict;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What a tag says besides the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagFacts {
    /// The first line.
    pub subject: String,
    /// The milestone's id.
    pub milestone: String,
    /// The commit that is tagged.
    pub target: String,
    /// Its subject tree.
    pub subject_tree: String,
    /// Path of the policy.
    pub policy_path: String,
    /// Its blob id.
    pub policy_blob: String,
    /// The commit it was read from.
    pub policy_commit: String,
    /// The tag object of the milestone before.
    pub previous: Option<String>,
    /// Who approved.
    pub approvals: Vec<Approver>,
    /// SHA-256 of the manifest, in hexadecimal; see [`manifest`].
    pub manifest: String,
}

/// An approval that counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approver {
    /// As what: `code`.
    pub role: String,
    /// Who.
    pub person: String,
    /// How it is known: `asserted`, `forge`, `signed`.
    pub trust: String,
    /// SHA-256 of the statement, in hexadecimal.
    pub digest: String,
}

/// Longest line of a gate before it goes on in the next.
const WIDTH: usize = 160;
/// With more reports than this, only the manifest lists them.
const REPORTS: usize = 64;

/// The message, verbatim cleanup assumed.
pub fn message(verdict: &Verdict, facts: &TagFacts) -> String {
    let mut out = subject(facts);
    out.push_str("\n\n");
    let width = verdict.gates.iter().map(|g| g.name.len()).max().unwrap_or_default();
    for gate in &verdict.gates {
        gate_lines(gate, width, &mut out);
    }
    out.push_str(&waivers(verdict));
    out.push('\n');
    for (key, value) in trailers(verdict, facts) {
        // Writing into a String cannot fail.
        _ = writeln!(out, "Milegate-{key}: {}", ascii(&value));
    }
    out
}

/// One line that git takes neither for a divider nor for the armour of a signature.
fn subject(facts: &TagFacts) -> String {
    let line = sanitize(&facts.subject);
    let line = line.trim_start_matches(['-', ' ']);
    if line.is_empty() { format!("Milestone {} Complete", ascii(&facts.milestone)) } else { line.to_owned() }
}

fn gate_lines(gate: &GateResult, width: usize, out: &mut String) {
    let word = match gate.ruling {
        Ruling::Passed => "PASS",
        Ruling::Failed => "FAIL",
        Ruling::Unproven => "UNPROVEN",
        Ruling::Deferred => "DEFERRED",
    };
    let head = format!("Gate {} {:width$}  {word}  ", gate.number, gate.name);
    let indent = " ".repeat(head.len());
    let mut line = head;
    let mut parts = gate.criteria.iter().map(part).peekable();
    let mut first = true;
    while let Some(part) = parts.next() {
        let part = cut(&part, WIDTH - indent.len().min(WIDTH / 2));
        if !first && line.chars().count() + part.chars().count() + 1 > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line.clone_from(&indent);
        }
        line.push_str(&part);
        line.push_str(if parts.peek().is_some() { "; " } else { "" });
        first = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

fn part(criterion: &Criterion) -> String {
    let measured = &criterion.judgement.measured;
    let text = match criterion.outcome {
        Outcome::Passed => format!("{} {measured}", criterion.id),
        Outcome::Waived => format!("{} WAIVED {measured}", criterion.id),
        Outcome::Disabled => format!("{} switched off ({measured})", criterion.id),
        Outcome::NotApplicable => format!("{} n/a ({measured})", criterion.id),
        Outcome::Failed | Outcome::Unproven | Outcome::Deferred => {
            format!("{} {} {measured}", criterion.id, criterion.outcome.word().to_uppercase())
        }
    };
    let advisory = if criterion.advisory { " [advisory]" } else { "" };
    sanitize(&format!("{text}{advisory}"))
}

/// Criteria of an outcome, with `gate/criterion`.
fn having(verdict: &Verdict, outcome: Outcome) -> impl Iterator<Item = (String, &Criterion)> {
    let all = verdict.gates.iter().flat_map(|g| g.criteria.iter().map(move |c| (g.id, c)));
    all.filter(move |(_, c)| c.outcome == outcome).map(|(gate, c)| (format!("{gate}/{}", c.id), c))
}

fn waivers(verdict: &Verdict) -> String {
    let lines: Vec<_> = having(verdict, Outcome::Waived)
        .map(|(id, c)| format!("Waiver {}\n", sanitize(&format!("{id}: {}", c.judgement.message))))
        .collect();
    if lines.is_empty() { "Waivers: none\n".to_owned() } else { lines.concat() }
}

fn trailers(verdict: &Verdict, facts: &TagFacts) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("Format", "1".to_owned()),
        ("Milestone", facts.milestone.clone()),
        ("Target", facts.target.clone()),
        ("Subject", prefixed("gitTree:", &facts.subject_tree)),
        (
            "Policy",
            format!(
                "{} {}@{}",
                prefixed("gitBlob:", &facts.policy_blob),
                facts.policy_path,
                facts.policy_commit
            ),
        ),
        ("Evidence", prefixed("sha256:", &facts.manifest)),
    ];
    let evidence = verdict.evidence();
    if evidence.len() <= REPORTS {
        all.extend(
            evidence.iter().map(|s| ("Report", format!("{} {}", prefixed("sha256:", &s.sha256), s.path))),
        );
    }
    all.extend(facts.approvals.iter().map(|a| {
        ("Approval", format!("{} {} {} {}", a.role, a.person, a.trust, prefixed("sha256:", &a.digest)))
    }));
    all.push(("Previous", facts.previous.clone().unwrap_or_else(|| "none".to_owned())));
    all.extend(
        having(verdict, Outcome::Disabled)
            .map(|(id, c)| ("Disabled", format!("{id} ({})", c.judgement.measured))),
    );
    all
}

fn prefixed(prefix: &str, id: &str) -> String {
    if id.starts_with(prefix) { id.to_owned() } else { format!("{prefix}{id}") }
}

/// The evidence manifest: JSON with sorted keys, two blanks of indentation and a final line break.
/// Its bytes are what the digest in the tag is about, so nothing in it depends on the digest.
pub fn manifest(verdict: &Verdict, facts: &TagFacts) -> String {
    let gates: Vec<_> = verdict.gates.iter().map(gate_json).collect();
    let waivers: Vec<_> = having(verdict, Outcome::Waived)
        .map(|(id, c)| json!({"criterion": id, "message": c.judgement.message}))
        .collect();
    let approvals: Vec<_> = facts
        .approvals
        .iter()
        .map(|a| json!({"role": a.role, "person": a.person, "trust": a.trust, "sha256": a.digest}))
        .collect();
    let value = json!({
        "version": 1,
        "project": verdict.subject.project,
        "milestone": facts.milestone,
        "target": facts.target,
        "subject_tree": facts.subject_tree,
        "policy": {"path": facts.policy_path, "blob": facts.policy_blob, "commit": facts.policy_commit},
        "previous": facts.previous,
        "verdict": verdict.ruling.word(),
        "evidence": verdict.evidence(),
        "gates": gates,
        "waivers": waivers,
        "approvals": approvals,
    });
    // `{:#}` of a value is serde_json's pretty form; it cannot fail.
    format!("{:#}\n", sorted(value))
}

fn gate_json(gate: &GateResult) -> Value {
    let criteria: Vec<_> = gate
        .criteria
        .iter()
        .map(|c| {
            json!({
                "id": c.id,
                "outcome": c.outcome.word(),
                "advisory": c.advisory,
                "expected": c.judgement.expected,
                "measured": c.judgement.measured,
                "code": c.judgement.code,
            })
        })
        .collect();
    json!({"id": gate.id, "verdict": gate.ruling.word(), "criteria": criteria})
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

/// SHA-256 of a manifest, in hexadecimal, for [`TagFacts::manifest`].
pub fn digest(manifest: &str) -> String {
    hex(manifest.as_bytes())
}
