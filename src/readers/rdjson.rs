//! The Reviewdog Diagnostic Format: `rdjson`, one value, and `rdjsonl`, one diagnostic a line.
//!
//! A diagnostic without a severity takes that of the whole, else it is a warning; severities are
//! words or the numbers of the protocol buffer. ruff calls everything a warning: there the family of
//! the rule decides. Columns count bytes. Ignored on purpose: suggestions, original output, related
//! locations.

use super::detect::{Head, JsonHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::{json, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row of `rdjson`.
pub(super) static FORMAT: Format = Format {
    name: "rdjson",
    kind: Kind::Findings,
    tools: "reviewdog and what writes for it (ruff, buf, biome, ...)",
    command: "ruff check --output-format rdjson --output-file ruff.rdjson",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array && json.has(&["diagnostics"]) && (json.has(&["source"]) || json.has(&["severity"]))
        }
        _ => false,
    },
    read: read_whole,
};

/// The row of `rdjsonl`.
pub(super) static LINES: Format = Format {
    name: "rdjsonl",
    kind: Kind::Findings,
    tools: "reviewdog and what writes for it",
    command: "reviewdog -f=golint -diff='git diff' -reporter=rdjsonl > lint.rdjsonl; echo $? > lint.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => is_diagnostic(json),
        _ => false,
    },
    read: read_lines,
};

fn is_diagnostic(json: &JsonHead) -> bool {
    !json.array && json.has(&["message", "location"]) && json.nested.iter().any(|key| key == "location.path")
}

/// The words; numbers are their places in this list.
const SEVERITIES: &[(&str, Option<Severity>)] = &[
    ("UNKNOWN_SEVERITY", None),
    ("ERROR", Some(Severity::Error)),
    ("WARNING", Some(Severity::Warning)),
    ("INFO", Some(Severity::Info)),
];

#[derive(Deserialize)]
struct Whole {
    source: Option<Source>,
    severity: Option<Level>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Level {
    Word(String),
    Number(usize),
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    location: Option<Location>,
    severity: Option<Level>,
    source: Option<Source>,
    code: Option<RuleCode>,
}

#[derive(Deserialize)]
struct Location {
    #[serde(default)]
    path: String,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    start: Option<Position>,
}

#[derive(Deserialize)]
struct Position {
    line: Option<i64>,
    column: Option<i64>,
}

#[derive(Deserialize)]
struct RuleCode {
    #[serde(default)]
    value: String,
}

/// The severity of a level; `None` where it says that it does not know.
fn severity(level: Option<&Level>) -> Result<Option<Severity>, ReadError> {
    let row = match level {
        None => return Ok(None),
        Some(Level::Word(word)) => SEVERITIES.iter().find(|row| row.0 == word),
        Some(Level::Number(number)) => SEVERITIES.get(*number),
    };
    row.map(|row| row.1).ok_or_else(|| {
        let said = match level {
            Some(Level::Word(word)) => quote(word),
            Some(Level::Number(number)) => number.to_string(),
            None => String::new(),
        };
        ReadError::new(Code::Malformed, format!("the severity {said} is none of reviewdog's"))
    })
}

fn finding(
    diagnostic: Diagnostic,
    source: Option<&Source>,
    whole: Option<Severity>,
    format: &Format,
) -> Result<Finding, ReadError> {
    let severity = severity(diagnostic.severity.as_ref())?.or(whole).unwrap_or(Severity::Warning);
    let source = diagnostic.source.as_ref().or(source);
    let tool = source.map_or(format.name, |source| linter::tool(&source.name, format));
    let place = diagnostic.location.map(|location| {
        let start = location.range.and_then(|range| range.start);
        let line = start.as_ref().and_then(|start| start.line).unwrap_or(0);
        let column = start.as_ref().and_then(|start| start.column).unwrap_or(0);
        Place::at(location.path, line, column)
    });
    let rule = diagnostic.code.as_ref().map(|code| code.value.as_str());
    let (severity, blocking) = linter::of_ruff(tool, rule).unwrap_or((severity, false));
    let found = linter::finding(tool, severity, place, rule, diagnostic.message);
    Ok(Finding { blocking: blocking || found.blocking, ..found })
}

fn read_whole(input: &Input<'_>) -> Result<Report, ReadError> {
    let whole: Whole = json::parse(input)?;
    input.limits.check_items(whole.diagnostics.len())?;
    let default = severity(whole.severity.as_ref())?;
    let each = whole.diagnostics.into_iter();
    let list = each.map(|diagnostic| finding(diagnostic, whole.source.as_ref(), default, &FORMAT));
    let findings = Findings { list: list.collect::<Result<_, _>>()?, ..Findings::default() };
    linter::ended_somehow(input, &findings)?;
    Ok(linter::report(&FORMAT, findings, Vec::new()))
}

fn read_lines(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let diagnostics: Vec<Diagnostic> = json::parse_lines(&text, input.limits)?;
    // Other tools write lines with a message, too.
    if let Some(number) = diagnostics.iter().position(|diagnostic| diagnostic.location.is_none()) {
        let message = format!("diagnostic {} has no location", number + 1);
        return Err(ReadError::new(Code::Malformed, message));
    }
    let list = diagnostics.into_iter().map(|diagnostic| finding(diagnostic, None, None, &LINES));
    let findings = Findings { list: list.collect::<Result<_, _>>()?, ..Findings::default() };
    linter::ended_somehow(input, &findings)?;
    linter::not_silent("lint", input, &findings)?;
    Ok(linter::report(&LINES, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn a_severity_comes_from_the_diagnostic_then_the_whole() {
        let whole = |top: &str, own: &str| {
            let text =
                format!(r#"{{"source": {{"name": "x"}}{top}, "diagnostics": [{{"message": "m"{own}}}]}}"#);
            read(&FORMAT, &text, None).map(|findings| counts(&findings).0)
        };
        assert_eq!(whole("", ""), Ok([0, 0, 1, 0]));
        assert_eq!(whole(r#", "severity": "ERROR""#, ""), Ok([0, 1, 0, 0]));
        assert_eq!(whole(r#", "severity": "ERROR""#, r#", "severity": "INFO""#), Ok([0, 0, 0, 1]));
        assert_eq!(whole(r#", "severity": 1"#, r#", "severity": 0"#), Ok([0, 1, 0, 0]));
        assert_eq!(whole("", r#", "severity": "UNKNOWN_SEVERITY""#), Ok([0, 0, 1, 0]));
        assert_eq!(whole("", r#", "severity": "error""#), Err(Code::Malformed));
        assert_eq!(whole("", r#", "severity": 4"#), Err(Code::Malformed));
    }

    #[test]
    fn a_line_is_a_diagnostic() {
        let line = r#"{"message": "m", "location": {"path": "a.go", "range": {"start": {"line": 3, "column": 4}}}, "severity": "ERROR", "source": {"name": "golangci-lint"}, "code": {"value": "govet"}}"#;
        let found = read(&LINES, &format!("{line}\n{line}\n"), Some(1)).unwrap();
        assert_eq!(counts(&found).0, [0, 2, 0, 0]);
        assert_eq!(found.list[0].tool, "golangci-lint");
        assert_eq!(found.list[0].place, Some(Place::at("a.go", 3, 4)));
        assert_eq!(read(&LINES, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&LINES, "", Some(0)), Ok(Findings::default()));
        assert_eq!(read(&LINES, "", Some(1)), Err(Code::Contradiction));
    }
}
