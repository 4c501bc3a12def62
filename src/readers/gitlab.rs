//! GitLab Code Quality: a JSON array of issues in the words of Code Climate, from which it comes.
//!
//! A place is `lines.begin` or `positions.begin` (ruff writes the latter). The severity is required
//! by GitLab, and no tool is named: what a tool calls `major` is an error, also where it calls
//! everything so (ruff). Ignored on purpose: fingerprints, categories, content, remediation points.
//! An empty array is what many tools write, so it is read only as a declared format.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::{json, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "gitlab",
    kind: Kind::Findings,
    tools: "GitLab Code Quality (ruff, golangci-lint, ESLint, hadolint, PHPStan, ...), Code Climate",
    command: "ruff check --output-format gitlab --output-file gl-code-quality-report.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            json.array
                && json.has(&["description", "location"])
                && (json.has(&["fingerprint"]) || json.has(&["check_name"]))
        }
        _ => false,
    },
    read,
};

/// An issue in the words of Code Climate.
#[derive(Deserialize)]
pub(super) struct Issue {
    /// Code Climate: an engine may report measurements beside issues.
    #[serde(rename = "type")]
    sort: Option<String>,
    check_name: Option<String>,
    #[serde(default)]
    description: String,
    pub(super) severity: Option<String>,
    location: Option<Location>,
}

impl Issue {
    /// Whether it is an issue, and not a measurement.
    pub(super) fn is_one(&self, entry: &str) -> Result<bool, ReadError> {
        match self.sort.as_deref() {
            None => Ok(true),
            Some(sort) if sort.eq_ignore_ascii_case("issue") => Ok(true),
            Some(sort) if sort.eq_ignore_ascii_case("measurement") => Ok(false),
            Some(sort) => {
                Err(ReadError::new(Code::Malformed, format!("{entry} is of the type {}", quote(sort))))
            }
        }
    }

    /// The finding; without a severity it is a warning.
    pub(super) fn finding(self, tool: &'static str, entry: &str) -> Result<Finding, ReadError> {
        let Some(location) = &self.location else {
            return Err(ReadError::new(Code::Malformed, format!("{entry} has no location")));
        };
        let severity = match &self.severity {
            None => Severity::Warning,
            Some(word) => linter::severity(linter::CODE_CLIMATE, word, entry)?,
        };
        let place = Some(location.place());
        Ok(linter::finding(tool, severity, place, self.check_name.as_deref(), self.description))
    }
}

#[derive(Deserialize)]
struct Location {
    path: String,
    lines: Option<Lines>,
    positions: Option<Positions>,
}

#[derive(Deserialize)]
struct Lines {
    begin: Begin,
}

#[derive(Deserialize)]
struct Positions {
    begin: Begin,
}

/// Some write a position where GitLab asks for a line.
#[derive(Deserialize)]
#[serde(untagged)]
enum Begin {
    Line(i64),
    Position { line: i64, column: Option<i64> },
}

impl Location {
    fn place(&self) -> Place {
        let begin = self.positions.as_ref().map(|p| &p.begin).or(self.lines.as_ref().map(|l| &l.begin));
        match begin {
            None => Place::file(self.path.as_str()),
            Some(Begin::Line(line)) => Place::at(self.path.as_str(), *line, 0),
            Some(Begin::Position { line, column }) => {
                Place::at(self.path.as_str(), *line, column.unwrap_or(0))
            }
        }
    }
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let issues: Vec<Issue> = json::parse(input)?;
    input.limits.check_items(issues.len())?;
    let mut findings = Findings::default();
    for (issue, number) in issues.into_iter().zip(1..) {
        let entry = format!("issue {number}");
        if !issue.is_one(&entry)? {
            continue;
        }
        if issue.severity.is_none() {
            return Err(ReadError::new(Code::Malformed, format!("{entry} has no severity")));
        }
        findings.list.push(issue.finding("gitlab", &entry)?);
    }
    linter::ended_somehow(input, &findings)?;
    Ok(linter::report(&FORMAT, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn words_and_places() {
        let issue = |severity: &str, location: &str| {
            format!(
                r#"[{{"description": "d", "check_name": "c", "fingerprint": "f", "severity": "{severity}", "location": {{"path": "a.py"{location}}}}}]"#
            )
        };
        for (word, want) in [
            ("blocker", [1, 0, 0, 0]),
            ("critical", [1, 0, 0, 0]),
            ("major", [0, 1, 0, 0]),
            ("minor", [0, 0, 1, 0]),
            ("info", [0, 0, 0, 1]),
        ] {
            assert_eq!(counts(&read(&FORMAT, &issue(word, ""), None).unwrap()).0, want, "{word}");
        }
        assert_eq!(read(&FORMAT, &issue("high", ""), None), Err(Code::Malformed));
        for (location, place) in [
            ("", Place::file("a.py")),
            (r#", "lines": {"begin": 3}"#, Place::at("a.py", 3, 0)),
            (r#", "lines": {"begin": {"line": 3, "column": 4}}"#, Place::at("a.py", 3, 4)),
            (r#", "positions": {"begin": {"line": 3, "column": 4}}"#, Place::at("a.py", 3, 4)),
        ] {
            let found = read(&FORMAT, &issue("info", location), None).unwrap();
            assert_eq!(found.list[0].place, Some(place), "{location}");
        }
    }

    #[test]
    fn what_is_no_issue() {
        let entry = |sort: &str| format!(r#"[{{"type": "{sort}"}}]"#);
        assert_eq!(read(&FORMAT, &entry("measurement"), None), Ok(Findings::default()));
        assert_eq!(read(&FORMAT, &entry("issue"), None), Err(Code::Malformed));
        assert_eq!(read(&FORMAT, &entry("error"), None), Err(Code::Malformed));
        assert_eq!(read(&FORMAT, "[]", Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&FORMAT, "{\"message\": \"404\"}", None), Err(Code::Malformed));
    }
}
