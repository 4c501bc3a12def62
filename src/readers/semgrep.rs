//! The JSON of semgrep (`semgrep scan --json`; also opengrep).
//!
//! An error of level `error` blocks: a file or a rule was not looked at. Weaker ones (a file that was
//! parsed in part) are notices. `is_ignored` (`nosemgrep`) is suppressed. `paths.scanned` are the
//! files that were analysed. Ignored on purpose: metavariables, fixes, fingerprints, times.

use super::detect::Head;
use super::error::{ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::linter::{self, Scale};
use crate::model::findings::{Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "semgrep-json",
    kind: Kind::Findings,
    tools: "semgrep, opengrep",
    command: "semgrep scan --json --output semgrep.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && json.has(&["errors", "paths", "results"])),
    read,
};

/// Words of rules: the older three, and the newer four.
const SEVERITIES: Scale = &[
    ("critical", Severity::Critical),
    ("error", Severity::Error),
    ("high", Severity::Error),
    ("warning", Severity::Warning),
    ("medium", Severity::Warning),
    ("info", Severity::Info),
    ("low", Severity::Info),
    ("inventory", Severity::Info),
    ("experiment", Severity::Info),
];

const LEVELS: Scale = &[
    ("error", Severity::Error),
    ("warn", Severity::Warning),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
];

#[derive(Deserialize)]
struct Document {
    errors: Vec<Failure>,
    results: Vec<Match>,
    paths: Paths,
}

#[derive(Deserialize)]
struct Failure {
    level: String,
    message: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Paths {
    scanned: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Match {
    check_id: String,
    path: String,
    start: Position,
    extra: Extra,
}

#[derive(Deserialize)]
struct Position {
    line: i64,
    col: i64,
}

#[derive(Deserialize)]
struct Extra {
    severity: String,
    message: String,
    #[serde(default)]
    is_ignored: Option<bool>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let mut findings =
        Findings { analysed: Some(document.paths.scanned.len() as u64), ..Findings::default() };
    let mut notices = Vec::new();
    for (found, number) in document.results.into_iter().zip(1..) {
        if found.extra.is_ignored == Some(true) {
            findings.suppressed += 1;
            continue;
        }
        let severity = linter::severity(SEVERITIES, &found.extra.severity, &format!("result {number}"))?;
        let place = Place::at(found.path, found.start.line, found.start.col);
        let rule = Some(found.check_id.as_str());
        findings.list.push(linter::finding("semgrep", severity, Some(place), rule, found.extra.message));
    }
    for failure in document.errors {
        let message = failure.message.unwrap_or_default();
        match linter::severity(LEVELS, &failure.level, "an error")? {
            Severity::Critical | Severity::Error => {
                let place = failure.path.map(Place::file);
                findings.list.push(linter::blocking("semgrep", place, message));
            }
            _ => notices.push(format!("semgrep says: {}", quote(&message))),
        }
    }
    input.limits.check_items(findings.list.len())?;
    linter::ended("semgrep", input.exit_status, &[1], &findings)?;
    Ok(linter::report(&FORMAT, findings, notices))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Code;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn errors_block_and_ignored_results_do_not_count() {
        let text = |errors: &str, severity: &str, ignored: bool| {
            format!(
                r#"{{"version": "1", "errors": [{errors}], "paths": {{"scanned": ["a.py"]}}, "results": [{{"check_id": "r", "path": "a.py", "start": {{"line": 1, "col": 2}}, "extra": {{"severity": "{severity}", "message": "m", "is_ignored": {ignored}}}}}]}}"#
            )
        };
        let found = read(&FORMAT, &text("", "ERROR", true), Some(0)).unwrap();
        assert_eq!((counts(&found), found.suppressed, found.analysed), (([0; 4], 0), 1, Some(1)));
        assert_eq!(counts(&read(&FORMAT, &text("", "CRITICAL", false), None).unwrap()), ([1, 0, 0, 0], 0));
        let error = r#"{"level": "error", "message": "Syntax error", "path": "b.py"}"#;
        assert_eq!(counts(&read(&FORMAT, &text(error, "INFO", false), None).unwrap()), ([0, 1, 0, 1], 1));
        let warn = error.replace("\"error\"", "\"warn\"");
        assert_eq!(counts(&read(&FORMAT, &text(&warn, "INFO", false), None).unwrap()), ([0, 0, 0, 1], 0));
        assert_eq!(read(&FORMAT, &text("", "BAD", false), None), Err(Code::Malformed));
        assert_eq!(read(&FORMAT, &text("", "INFO", false), Some(2)), Err(Code::ToolFailed));
    }
}
