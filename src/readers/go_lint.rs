//! golangci-lint's JSON (1 and 2), and actionlint's (`-format '{{json .}}'`).
//!
//! `"Issues": null` is written when there is none, and was written for code that does not compile:
//! it proves nothing without the exit status 0. `Report.Error` and warnings that a linter could not
//! run say that golangci-lint did not do its work; an issue of `typecheck` blocks. Most issues have
//! no severity: they are warnings. All that actionlint finds is an error.
//! Ignored on purpose: source lines, replacements, the list of linters.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::linter::{self, Scale};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row of golangci-lint.
pub(super) static GOLANGCI: Format = Format {
    name: "golangci-json",
    kind: Kind::Findings,
    tools: "golangci-lint",
    command: "golangci-lint run --output.json.path golangci.json; echo $? > golangci.status",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && json.has(&["Issues", "Report"])),
    read: read_golangci,
};

/// The row of actionlint.
pub(super) static ACTIONLINT: Format = Format {
    name: "actionlint-json",
    kind: Kind::Findings,
    tools: "actionlint",
    command: "actionlint -format '{{json .}}' > actionlint.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["message", "filepath", "line", "column", "kind"]),
        _ => false,
    },
    read: read_actionlint,
};

/// What configurations use; empty is a warning.
const SEVERITIES: Scale = &[
    ("", Severity::Warning),
    ("critical", Severity::Critical),
    ("blocker", Severity::Critical),
    ("error", Severity::Error),
    ("high", Severity::Error),
    ("major", Severity::Error),
    ("warning", Severity::Warning),
    ("medium", Severity::Warning),
    ("minor", Severity::Warning),
    ("info", Severity::Info),
    ("low", Severity::Info),
    ("style", Severity::Info),
    ("note", Severity::Info),
];

/// Required, and null when there is none: an absent list is another document.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Issues", deserialize_with = "Option::deserialize")]
    issues: Option<Vec<Issue>>,
    #[serde(rename = "Report")]
    report: Option<Health>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Health {
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Option<Vec<Warning>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Warning {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Issue {
    from_linter: String,
    text: String,
    #[serde(default)]
    severity: String,
    pos: Position,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Position {
    filename: String,
    line: i64,
    #[serde(default)]
    column: i64,
}

fn read_golangci(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let health = document.report.unwrap_or(Health { error: String::new(), warnings: None });
    let mut notices = Vec::new();
    for text in health.warnings.unwrap_or_default().into_iter().map(|warning| warning.text) {
        if text.contains("an't run linter") {
            return Err(ReadError::new(Code::ToolFailed, format!("golangci-lint: {}", quote(&text))));
        }
        notices.push(format!("golangci-lint warns: {}", quote(&text)));
    }
    if !health.error.is_empty() {
        return Err(ReadError::new(Code::ToolFailed, format!("golangci-lint: {}", quote(&health.error))));
    }
    let silent = document.issues.is_none();
    let mut findings = Findings::default();
    for (issue, number) in document.issues.unwrap_or_default().into_iter().zip(1..) {
        let severity = linter::severity(SEVERITIES, &issue.severity, &format!("issue {number}"))?;
        let place = Place::at(issue.pos.filename, issue.pos.line, issue.pos.column);
        let rule = Some(issue.from_linter.as_str());
        let found = linter::finding("golangci-lint", severity, Some(place), rule, issue.text);
        let broken = issue.from_linter == "typecheck";
        let severity = if broken { severity.min(Severity::Error) } else { severity };
        findings.list.push(Finding { severity, blocking: broken, ..found });
    }
    input.limits.check_items(findings.list.len())?;
    linter::ended("golangci-lint", input.exit_status, &[1], &findings)?;
    if silent {
        linter::not_silent("golangci", input, &findings)?;
    }
    Ok(linter::report(&GOLANGCI, findings, notices))
}

#[derive(Deserialize)]
struct WorkflowError {
    message: String,
    filepath: String,
    line: i64,
    column: i64,
    kind: String,
}

fn read_actionlint(input: &Input<'_>) -> Result<Report, ReadError> {
    let errors: Vec<WorkflowError> = json::parse(input)?;
    input.limits.check_items(errors.len())?;
    let list = errors.into_iter().map(|error| {
        let place = Place::at(error.filepath, error.line, error.column);
        linter::finding("actionlint", Severity::Error, Some(place), Some(&error.kind), error.message)
    });
    let findings = Findings { list: list.collect(), ..Findings::default() };
    linter::ended("actionlint", input.exit_status, &[1], &findings)?;
    Ok(linter::report(&ACTIONLINT, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn null_proves_nothing() {
        let null = r#"{"Issues": null, "Report": {"Linters": []}}"#;
        assert_eq!(read(&GOLANGCI, null, None), Err(Code::NoExitStatus));
        assert_eq!(read(&GOLANGCI, null, Some(0)), Ok(Findings::default()));
        assert_eq!(read(&GOLANGCI, null, Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&GOLANGCI, null, Some(3)), Err(Code::ToolFailed));
        assert_eq!(read(&GOLANGCI, &null.replace("null", "[]"), None), Ok(Findings::default()));
        assert_eq!(read(&GOLANGCI, r#"{"Report": {}}"#, Some(0)), Err(Code::Malformed));
        let failed = r#"{"Issues": [], "Report": {"Error": "context loading failed"}}"#;
        assert_eq!(read(&GOLANGCI, failed, Some(0)), Err(Code::ToolFailed));
        let lost =
            r#"{"Issues": [], "Report": {"Warnings": [{"Tag": "runner", "Text": "Can't run linter x"}]}}"#;
        assert_eq!(read(&GOLANGCI, lost, Some(0)), Err(Code::ToolFailed));
    }

    #[test]
    fn most_issues_have_no_severity() {
        let issue = |linter: &str, severity: &str| {
            let text = format!(
                r#"{{"Issues": [{{"FromLinter": "{linter}", "Text": "t", "Severity": "{severity}", "Pos": {{"Filename": "a.go", "Line": 1, "Column": 2}}}}], "Report": {{}}}}"#
            );
            read(&GOLANGCI, &text, Some(1)).map(|found| counts(&found))
        };
        assert_eq!(issue("govet", ""), Ok(([0, 0, 1, 0], 0)));
        assert_eq!(issue("gosec", "High"), Ok(([0, 1, 0, 0], 0)));
        assert_eq!(issue("typecheck", ""), Ok(([0, 1, 0, 0], 1)));
        assert_eq!(issue("govet", "ugly"), Err(Code::Malformed));
    }
}
