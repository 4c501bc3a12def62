//! `gitlab`: a Code Quality report, for `artifacts:reports:codequality`.
//!
//! GitLab hides the check's name, so a description begins with the criterion. It wants a path and a
//! line of every issue: what has none stands at the configuration that asks for it.

use super::issue::{Level, issues};
use super::json::page;
use super::plain::{clean, cut};
use super::{Output, Style};
use crate::verdict::Verdict;
use serde_json::{Value, json};

/// The row.
pub(super) static OUTPUT: Output =
    Output { name: "gitlab", summary: "Code Quality report of GitLab", render, about: None, whole: None };

fn render(verdict: &Verdict, _: &Style) -> String {
    let list: Vec<Value> = issues(verdict)
        .iter()
        .map(|issue| {
            let (path, line) = issue.location(&verdict.subject.policy.path);
            json!({
                "description": cut(&issue.described(), 1000),
                "check_name": issue.code(),
                "fingerprint": issue.fingerprint,
                "severity": severity(issue.level),
                "location": { "path": clean(path), "lines": { "begin": line.unwrap_or(1) } },
            })
        })
        .collect();
    page(&Value::Array(list))
}

const fn severity(level: Level) -> &'static str {
    match level {
        Level::Failed => "critical",
        Level::Unproven => "major",
        Level::Warning => "minor",
        Level::Note => "info",
    }
}
