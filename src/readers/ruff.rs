//! The JSON of `ruff check --output-format json`.
//!
//! ruff calls every finding an error, so the severity comes from the family of the rule; see
//! [`super::flake8`], whose plugins' codes ruff took over. Ignored on purpose: fixes, links, notebook
//! cells. An empty array is what many tools write, so it is read only as a declared format.

use super::detect::Head;
use super::error::ReadError;
use super::format::{Body, End, Format, Input, Kind, Report};
use super::{flake8, json};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "ruff-json",
    kind: Kind::Findings,
    tools: "ruff check",
    command: "ruff check --output-format json --output-file reports/ruff.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            json.array && json.has(&["code", "filename", "location", "end_location", "message"])
        }
        _ => false,
    },
    read,
};

/// A finding, in `json` and `json-lines`.
#[derive(serde::Deserialize)]
pub(super) struct Entry {
    code: Option<String>,
    filename: String,
    location: Option<Location>,
    message: String,
}

#[derive(serde::Deserialize)]
struct Location {
    row: i64,
    column: i64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let entries: Vec<Entry> = json::parse(input)?;
    input.limits.check_items(entries.len())?;
    match input.exit_status {
        None | Some(0) => {}
        Some(1) if entries.is_empty() => {
            return Err(ReadError::none_listed("ruff", "findings"));
        }
        Some(1) => {}
        Some(other) => {
            return Err(ReadError::tool_ended("ruff", other));
        }
    }
    let list = entries.into_iter().map(finding).collect();
    Ok(Report::new(&FORMAT, Body::Findings(Findings { list, ..Findings::default() })))
}

/// The finding of an entry.
pub(super) fn finding(entry: Entry) -> Finding {
    let (row, column) = entry.location.map_or((0, 0), |l| (l.row, l.column));
    // A file that does not parse: `invalid-syntax`, in older versions no code at all.
    let (severity, blocking) = match entry.code.as_deref() {
        None | Some("invalid-syntax") => (Severity::Error, true),
        Some(code) => flake8::severity(code),
    };
    Finding {
        severity,
        place: Some(Place::at(entry.filename, row, column)),
        rule: entry.code,
        message: entry.message,
        tool: "ruff",
        blocking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Code, Limits};

    fn list(text: &str, exit_status: Option<i32>) -> Result<Vec<Finding>, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match read(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings.list),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_that_does_not_parse_blocks() {
        for code in ["null", "\"invalid-syntax\"", "\"E902\""] {
            let text =
                format!(r#"[{{"code": {code}, "filename": "a.py", "location": null, "message": "m"}}]"#);
            let found = &list(&text, None).unwrap()[0];
            assert_eq!((found.severity, found.blocking), (Severity::Error, true), "{code}");
        }
    }

    #[test]
    fn clean_crashed_and_foreign() {
        assert_eq!(list("[]", None), Ok(vec![]));
        assert_eq!(list("[]", Some(1)), Err(Code::Contradiction));
        assert_eq!(list("[]", Some(2)), Err(Code::ToolFailed));
        assert_eq!(list("[", None), Err(Code::Truncated));
        assert_eq!(list("{}", None), Err(Code::Malformed));
        assert_eq!(list("[{}]", None), Err(Code::Malformed));
        assert_eq!(list("[[]]", None), Err(Code::Malformed));
        assert_eq!(list("All checks passed!\n", None), Err(Code::WrongFormat));
    }
}
