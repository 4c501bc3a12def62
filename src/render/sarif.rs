//! `sarif`: SARIF 2.1.0 (OASIS) for GitHub code scanning and every other reader of it.
//!
//! One run; a rule is the code of a criterion, a result one place that did not hold. Code scanning
//! takes 25,000 results of a run and wants a place of each: what has none stands at the
//! configuration that asks for it. Fingerprints hold no line numbers, so that an issue that moved is
//! the same issue.

use super::issue::{Issue, Level, issues};
use super::json::page;
use super::plain::{clean, cut};
use super::{Output, Style};
use crate::criteria::CRITERIA;
use crate::model::outcome::Outcome;
use crate::verdict::Verdict;
use serde_json::{Value, json};

/// The row.
pub(super) static OUTPUT: Output =
    Output { name: "sarif", summary: "SARIF 2.1.0, for code scanning", render, about: None, whole: None };

/// Results that code scanning takes of one run.
const MOST: usize = 25_000;

fn render(verdict: &Verdict, _: &Style) -> String {
    let mut issues = issues(verdict);
    let left_out = issues.len().saturating_sub(MOST);
    issues.truncate(MOST);
    let mut codes: Vec<&str> = issues.iter().map(Issue::code).collect();
    codes.sort_unstable();
    codes.dedup();
    let policy = &verdict.subject.policy.path;
    let results: Vec<Value> = issues.iter().map(|issue| result(issue, &codes, policy)).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    page(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Milegate",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "automationDetails": { "id": format!("milegate/{}/", clean(&verdict.subject.project)) },
            "invocations": [invocation(verdict, left_out)],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "verdict": verdict.ruling.word(),
                "occasion": verdict.occasion.word(),
                "commit": verdict.subject.commit,
            },
        }],
    }))
}

/// The tool did its work, whatever the verdict; remarks on the run, and what the limit cut.
fn invocation(verdict: &Verdict, left_out: usize) -> Value {
    let cut = (left_out > 0).then(|| format!("{left_out} more results are left out: {MOST} are the most"));
    let notices = verdict.notices.iter().map(|notice| clean(&notice.message));
    let notifications: Vec<Value> = cut
        .into_iter()
        .chain(notices)
        .map(|text| json!({ "level": "note", "message": { "text": text } }))
        .collect();
    json!({
        "executionSuccessful": true,
        "exitCode": verdict.exit_status().code(),
        "toolExecutionNotifications": notifications,
    })
}

fn rule(code: &str) -> Value {
    let kind = CRITERIA.iter().find(|kind| code.split('/').next() == Some(kind.name));
    let own = CRITERIA.iter().flat_map(|kind| kind.codes).find(|row| row.0 == code);
    let meaning =
        own.map(|row| row.1).or(kind.map(|kind| kind.summary)).unwrap_or("a criterion did not hold");
    let mut rule = json!({
        "id": clean(code),
        "name": clean(code),
        "shortDescription": { "text": meaning },
        "help": { "text": format!("milegate explain {}", clean(code)) },
    });
    if let Some(kind) = kind {
        rule["fullDescription"] = json!({ "text": kind.guide });
        rule["properties"] = json!({ "tags": [kind.name] });
    }
    rule
}

fn result(issue: &Issue<'_>, codes: &[&str], policy: &str) -> Value {
    let judgement = &issue.criterion.judgement;
    let (path, line) = issue.location(policy);
    let mut physical = json!({ "artifactLocation": { "uri": uri(path) } });
    if let Some(line) = line {
        physical["region"] = json!({ "startLine": line });
        if let Some(column) = issue.place.and_then(|place| place.column) {
            physical["region"]["startColumn"] = json!(column);
        }
    }
    let mut result = json!({
        "ruleId": clean(issue.code()),
        "ruleIndex": codes.binary_search(&issue.code()).unwrap_or_default(),
        "level": level(issue.level),
        "message": { "text": cut(&issue.described(), 2000) },
        "locations": [{ "physicalLocation": physical }],
        "partialFingerprints": { "milegate/v1": issue.fingerprint },
        "properties": { "gate": issue.gate.id, "criterion": issue.criterion.id, "outcome": issue.criterion.outcome.word() },
    });
    if issue.criterion.outcome == Outcome::Waived && issue.level == Level::Warning {
        let why = clean(&judgement.message);
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
    }
    result
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Failed | Level::Unproven => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// A path as a relative reference (RFC 3986): every byte that is not unreserved is encoded, so that
/// no part can be taken for a scheme, a query or a fragment.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_reference_that_is_relative() {
        assert_eq!(uri("a b/ü.py"), "a%20b/%C3%BC.py");
        assert_eq!(uri("::error::|`x` @y#?.py"), "%3A%3Aerror%3A%3A%7C%60x%60%20%40y%23%3F.py");
        assert_eq!(uri("a\\b.py"), "a/b.py");
    }
}
