//! The JSON of stylelint (`--formatter json`, 14 to 16).
//!
//! A style sheet that does not parse (`CssSyntaxError`, `parseErrors`) blocks, and so does a rule
//! with invalid options, which did not run. Ignored files are not analysed; deprecations are told.
//! An empty array is what many tools write, so it is read only as a declared format.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::linter::Scale;
use super::{json, linter};
use crate::model::findings::{Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "stylelint-json",
    kind: Kind::Findings,
    tools: "stylelint",
    command: "stylelint '**/*.css' --formatter json --output-file stylelint.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["source", "warnings", "parseErrors"]),
        _ => false,
    },
    read,
};

const SEVERITIES: Scale = &[("error", Severity::Error), ("warning", Severity::Warning)];

/// Status 2: problems were found.
const FOUND: &[i32] = &[2];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    source: Option<String>,
    #[serde(default)]
    deprecations: Vec<Text>,
    #[serde(default)]
    invalid_option_warnings: Vec<Text>,
    parse_errors: Vec<Warning>,
    #[serde(default)]
    errored: bool,
    warnings: Vec<Warning>,
    #[serde(default)]
    ignored: bool,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
struct Warning {
    line: Option<i64>,
    column: Option<i64>,
    rule: Option<String>,
    severity: Option<String>,
    text: String,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let files: Vec<File> = json::parse(input)?;
    let looked_at = files.iter().filter(|file| !file.ignored).count() as u64;
    let mut findings = Findings { analysed: Some(looked_at), ..Findings::default() };
    let mut notices = Vec::new();
    for file in files {
        let path = file.source.unwrap_or_default();
        let before = findings.list.len();
        for warning in file.warnings {
            let word = warning.severity.as_deref().unwrap_or("error");
            let severity = linter::severity(SEVERITIES, word, "a warning")?;
            let place = Place::at(path.as_str(), warning.line.unwrap_or(0), warning.column.unwrap_or(0));
            let rule = warning.rule.as_deref();
            findings.list.push(linter::finding("stylelint", severity, Some(place), rule, warning.text));
        }
        for error in file.parse_errors {
            let place = Place::at(path.as_str(), error.line.unwrap_or(0), error.column.unwrap_or(0));
            findings.list.push(linter::blocking("stylelint", Some(place), error.text));
        }
        for invalid in file.invalid_option_warnings {
            let place = Place::file(path.as_str());
            findings.list.push(linter::blocking("stylelint", Some(place), invalid.text));
        }
        let errors = findings.list[before..].iter().any(|f| f.severity == Severity::Error);
        if file.errored && !errors {
            let message = format!("{} is marked as errored and has no error", quote(&path));
            return Err(ReadError::new(Code::Contradiction, message));
        }
        notices.extend(file.deprecations.iter().map(|d| format!("deprecated: {}", quote(&d.text))));
        input.limits.check_items(findings.list.len())?;
    }
    notices.sort();
    notices.dedup();
    linter::ended("stylelint", input.exit_status, FOUND, &findings)?;
    Ok(linter::report(&FORMAT, findings, notices))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn what_did_not_run_blocks() {
        let file = |more: &str| {
            format!(r#"[{{"source": "/a.css", "parseErrors": [], "warnings": [], "errored": true{more}}}]"#)
        };
        let invalid = file(r#", "invalidOptionWarnings": [{"text": "Invalid option"}]"#);
        assert_eq!(counts(&read(&FORMAT, &invalid, None).unwrap()), ([0, 1, 0, 0], 1));
        assert_eq!(read(&FORMAT, &file(""), None), Err(Code::Contradiction));
        let clean = file("").replace("true", "false");
        assert_eq!(read(&FORMAT, &clean, None).unwrap().analysed, Some(1));
        assert_eq!(read(&FORMAT, &clean, Some(2)), Err(Code::Contradiction));
        assert_eq!(read(&FORMAT, &clean, Some(78)), Err(Code::ToolFailed));
        let ignored = clean.replace("\"errored\"", "\"ignored\": true, \"errored\"");
        assert_eq!(read(&FORMAT, &ignored, None).unwrap().analysed, Some(0));
        let warning =
            r#"{"line": 1, "column": 2, "rule": "CssSyntaxError", "severity": "error", "text": "t"}"#;
        let broken = file("").replace("\"warnings\": []", &format!("\"warnings\": [{warning}]"));
        assert_eq!(counts(&read(&FORMAT, &broken, Some(2)).unwrap()), ([0, 1, 0, 0], 1));
        assert_eq!(read(&FORMAT, &broken.replace(r#": "error""#, r#": "bad""#), None), Err(Code::Malformed));
    }
}
