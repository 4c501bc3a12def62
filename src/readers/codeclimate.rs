//! The raw output of a Code Climate engine: one JSON object an issue, each ended by a NUL character
//! (the specification of analyzers, 0.3).
//!
//! Line ends between the objects are taken. A severity may be left out and is then a warning.
//! Measurements are no findings. An engine that finds nothing writes nothing, so that only its
//! recorded exit status proves a run. What the command line of Code Climate writes as one array is
//! read as `gitlab`. Ignored on purpose: categories, remediation points, content, fingerprints.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::gitlab::Issue;
use super::{json, linter};
use crate::model::findings::Findings;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "codeclimate",
    kind: Kind::Findings,
    tools: "engines of Code Climate and Qlty (structure, duplication, ...)",
    command: "docker run --rm -v \"$PWD:/code\" codeclimate/codeclimate-structure > issues.nul; echo $? > issues.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::JsonRecords(json) => {
            let measured = json.has(&["type", "name", "value"]);
            json.has(&["type"]) && (json.has(&["check_name", "description", "location"]) || measured)
        }
        _ => false,
    },
    read,
};

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::records(input.bytes)?;
    let mut findings = Findings::default();
    let mut records: Vec<_> = text.split('\0').zip(1..).collect();
    let rest = records.pop().map_or("", |(rest, _)| rest);
    if !rest.trim().is_empty() {
        let (code, what) = match rest.trim_start().starts_with('{') {
            true => (Code::Truncated, "the last issue is not ended by a NUL character"),
            false => (Code::WrongFormat, "no JSON object that a NUL character ends"),
        };
        return Err(ReadError::new(code, what));
    }
    for (record, number) in records {
        let entry = format!("issue {number}");
        let issue: Issue = serde_json::from_str(record).map_err(|error| {
            let refused = json::refusal(&error);
            // Its own lines say nothing about the file.
            ReadError {
                line: None,
                column: None,
                message: format!("{entry}: {}", refused.message),
                ..refused
            }
        })?;
        if issue.is_one(&entry)? {
            findings.list.push(issue.finding("codeclimate", &entry)?);
        }
        input.limits.check_items(findings.list.len())?;
    }
    linter::ended_somehow(input, &findings)?;
    linter::not_silent("the engine", input, &findings)?;
    Ok(linter::report(&FORMAT, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::Place;
    use crate::readers::linter::testing::{counts, detected, read};

    const ISSUE: &str = r#"{"type": "issue", "check_name": "Bug Risk/Unused", "description": "d", "severity": "major",
        "location": {"path": "a.rb", "positions": {"begin": {"line": 3, "column": 10}}}}"#;
    const PLAIN: &str = r#"{"type":"Issue","check_name":"c","description":"d","location":{"path":"b.rb","lines":{"begin":13,"end":14}}}"#;
    const MEASURED: &str = r#"{"type": "measurement", "name": "duplication", "value": 4}"#;

    #[test]
    fn each_issue_ends_with_a_nul() {
        let text = format!("{ISSUE}\0\n{PLAIN}\0{MEASURED}\0\n");
        let found = read(&FORMAT, &text, None).unwrap();
        assert_eq!(counts(&found).0, [0, 1, 1, 0]);
        assert_eq!(found.list[0].place, Some(Place::at("a.rb", 3, 10)));
        for text in [&text, &format!("{MEASURED}\0")] {
            assert_eq!(detected(text), Ok("codeclimate"));
        }
        assert_eq!(read(&FORMAT, "", Some(0)), Ok(Findings::default()));
        for (text, status, code) in [
            ("", None, Code::NoExitStatus),
            ("", Some(1), Code::Contradiction),
            (ISSUE, None, Code::Truncated),
            (&*format!("{ISSUE}\0{ISSUE}"), None, Code::Truncated),
            (&*format!("{ISSUE}{PLAIN}\0"), None, Code::Malformed),
            (&*format!("{ISSUE}\0\0"), None, Code::Encoding),
            (&*format!("{ISSUE}\0x"), None, Code::WrongFormat),
            ("{\"type\": \"error\"}\0", None, Code::Malformed),
            ("[]", Some(0), Code::WrongFormat),
        ] {
            assert_eq!(read(&FORMAT, text, status), Err(code), "{text:?}");
        }
    }
}
