//! What cargo and rustc write as JSON lines: `cargo clippy --message-format=json` (also build and
//! check) and `rustc --error-format=json`.
//!
//! cargo ends in `build-finished`, the mark of the end; a build that failed without an error in the
//! list is refused. rustc writes nothing when all is well, and otherwise closes with a diagnostic
//! that counts. cargo reports a finding once for each target (library, its tests, ...): the same
//! code, place and text is one finding. In a macro the place is the first expansion in a file of
//! the project. A compile error (code `E0308` or none) blocks: what lies behind it was not looked at.
//!
//! Ignored on purpose: artifacts, build scripts, timings, rendered text, suggestions, `failure-note`.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::{json, lines, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The row of cargo.
pub(super) static CARGO: Format = Format {
    name: "cargo-json",
    kind: Kind::Findings,
    tools: "cargo clippy, cargo check, cargo build",
    command: "cargo clippy --all-targets --message-format=json > clippy.jsonl",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => {
            let first = json.keys.first().is_some_and(|key| key == "reason");
            !json.array && first && (json.has(&["package_id"]) || json.has(&["success"]))
        }
        _ => false,
    },
    read: read_cargo,
};

/// The row of rustc.
pub(super) static RUSTC: Format = Format {
    name: "rustc-json",
    kind: Kind::Findings,
    tools: "rustc",
    command: "rustc --error-format=json src/lib.rs 2> rustc.jsonl; echo $? > rustc.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => {
            !json.array && json.has(&["message", "code", "level", "spans", "children", "rendered"])
        }
        _ => false,
    },
    read: read_rustc,
};

/// What cargo reports beside diagnostics.
const REASONS: &[&str] =
    &["compiler-artifact", "compiler-message", "build-script-executed", "build-finished", "timing-info"];

#[derive(Deserialize)]
struct Line {
    reason: String,
    message: Option<Diagnostic>,
    success: Option<bool>,
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<DiagnosticCode>,
    level: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct DiagnosticCode {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: i64,
    column_start: i64,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

/// The list as it comes in, each finding once.
#[derive(Default)]
struct List {
    seen: BTreeSet<Finding>,
    findings: Findings,
    /// The largest counts that closing diagnostics give: errors, warnings.
    said: [Option<u64>; 2],
}

impl List {
    fn take(&mut self, diagnostic: Diagnostic) -> Result<(), ReadError> {
        if diagnostic.spans.is_empty()
            && let Some(said) = summary(&diagnostic.message)
        {
            for (ours, said) in self.said.iter_mut().zip(said) {
                *ours = (*ours).max(said);
            }
            return Ok(());
        }
        let severity = match diagnostic.level.as_str() {
            "failure-note" => return Ok(()),
            "error: internal compiler error" => Severity::Critical,
            level => linter::severity(linter::WORDS, level, "a diagnostic")?,
        };
        let code = diagnostic.code.as_ref().map(|code| code.code.as_str());
        let place = diagnostic.spans.iter().find(|span| span.is_primary).map(place);
        let error = severity <= Severity::Error;
        let tool = if code.is_some_and(|code| code.starts_with("clippy::")) { "clippy" } else { "rustc" };
        let found = linter::finding(tool, severity, place, code, diagnostic.message);
        let found = Finding { blocking: error && code.is_none_or(is_compiler), ..found };
        if self.seen.insert(found.clone()) {
            self.findings.list.push(found);
        }
        Ok(())
    }
}

/// Whether a code is the compiler's own: `E0308`. Lints have names.
pub(super) fn is_compiler(code: &str) -> bool {
    code.strip_prefix('E').is_some_and(|digits| digits.len() == 4 && digits.parse::<u16>().is_ok())
}

/// What a closing diagnostic counts: `aborting due to 3 previous errors; 1 warning emitted`.
pub(super) fn summary(message: &str) -> Option<[Option<u64>; 2]> {
    let warnings = |text| {
        let (count, rest) = lines::counted(text, "warning")?;
        (rest == " emitted").then_some(count)
    };
    if let Some(count) = warnings(message) {
        return Some([None, Some(count)]);
    }
    let rest = message.strip_prefix("aborting due to ")?;
    let (errors, more) = rest.split_once("; ").map_or((rest, None), |(errors, more)| (errors, Some(more)));
    let errors = match errors.strip_suffix(" previous errors") {
        Some(count) => count.parse().ok()?,
        None if matches!(errors, "1 previous error" | "previous error") => 1,
        None => return None,
    };
    match more {
        None => Some([Some(errors), None]),
        Some(more) => warnings(more).map(|count| [Some(errors), Some(count)]),
    }
}

/// Where a span lies: in a macro of another crate, the first expansion that is ours.
fn place(span: &Span) -> Place {
    let foreign = |span: &Span| {
        let path = &span.file_name;
        path.starts_with("/rustc/")
            || path.contains("/.cargo/")
            || path.contains("/rustlib/")
            || path.starts_with('<')
    };
    let mut ours = span;
    while let Some(expansion) = ours.expansion.as_deref().filter(|_| foreign(ours)) {
        ours = &expansion.span;
    }
    let ours = if foreign(ours) { span } else { ours };
    Place::at(ours.file_name.as_str(), ours.line_start, ours.column_start)
}

fn read_cargo(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let entries: Vec<Line> = json::parse_lines(&text, input.limits)?;
    let mut list = List::default();
    let mut finished = None;
    let mut notices = Vec::new();
    for entry in entries {
        if finished.is_some() {
            return Err(ReadError::new(Code::Malformed, "something follows build-finished"));
        }
        match (entry.reason.as_str(), entry.message, entry.success) {
            ("compiler-message", Some(message), _) => list.take(message)?,
            ("build-finished", _, Some(success)) => finished = Some(success),
            ("compiler-message" | "build-finished", ..) => {
                return Err(ReadError::new(
                    Code::Malformed,
                    format!("a {} without what it says", entry.reason),
                ));
            }
            (reason, ..) if REASONS.contains(&reason) => {}
            (reason, ..) => notices.push(format!("lines with the reason {} are not read", quote(reason))),
        }
    }
    notices.dedup();
    let Some(success) = finished else {
        let end = lines::all(&text).last().map_or(0, |line| line.number);
        return Err(ReadError::new(Code::Truncated, "the line build-finished is missing").at(end, None));
    };
    let errors = list.findings.list.iter().filter(|f| f.severity <= Severity::Error).count();
    match (success, errors, input.exit_status) {
        (false, 0, _) => {
            Err(ReadError::new(Code::ToolFailed, "the build failed, and no error in the list says why"))
        }
        (true, 1.., _) => {
            Err(ReadError::new(Code::Contradiction, "the build succeeded with errors in the list"))
        }
        (false, _, Some(0)) => {
            Err(ReadError::new(Code::Contradiction, "the build failed, and cargo ended with 0"))
        }
        (true, _, Some(status)) if status != 0 => {
            Err(ReadError::new(Code::ToolFailed, format!("cargo ended with status {status}")))
        }
        _ => Ok(linter::report(&CARGO, list.findings, notices)),
    }
}

fn read_rustc(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut list = List::default();
    for diagnostic in json::parse_lines::<Diagnostic>(&text, input.limits)? {
        list.take(diagnostic)?;
    }
    closed(&list.findings, list.said)?;
    linter::ended("rustc", input.exit_status, &[1], &list.findings)?;
    linter::not_silent("rustc", input, &list.findings)?;
    Ok(linter::report(&RUSTC, list.findings, Vec::new()))
}

/// Holds the closing counts against the list: where there is a finding there is a count of it, and
/// no count is larger than the list.
pub(super) fn closed(findings: &Findings, said: [Option<u64>; 2]) -> Result<(), ReadError> {
    let errors = linter::of(findings, Severity::Critical) + linter::of(findings, Severity::Error);
    let warnings = linter::of(findings, Severity::Warning);
    for (said, found, what) in [(said[0], errors, "errors"), (said[1], warnings, "warnings")] {
        match said {
            None if found > 0 => {
                let message = format!("{found} {what} are listed, and the line that counts them is missing");
                return Err(ReadError::new(Code::Truncated, message));
            }
            Some(said) if said > found => {
                let message = format!("the closing line counts {said} {what}, {found} are listed");
                return Err(ReadError::new(Code::Contradiction, message));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    fn diagnostic(level: &str, code: &str, line: u32) -> String {
        format!(
            r#"{{"message": "m", "code": {code}, "level": "{level}", "spans": [{{"file_name": "src/a.rs", "line_start": {line}, "column_start": 2, "is_primary": true, "expansion": null}}], "children": [], "rendered": null}}"#
        )
    }

    fn message(diagnostic: &str) -> String {
        format!("{{\"reason\": \"compiler-message\", \"package_id\": \"p\", \"message\": {diagnostic}}}\n")
    }

    const FINISHED: &str = "{\"reason\": \"build-finished\", \"success\": true}\n";

    #[test]
    fn one_finding_for_all_targets() {
        let lint = message(&diagnostic("warning", r#"{"code": "clippy::x"}"#, 1));
        let other = message(&diagnostic("warning", r#"{"code": "clippy::x"}"#, 2));
        let found = read(&CARGO, &format!("{lint}{other}{lint}{FINISHED}"), Some(0)).unwrap();
        assert_eq!(counts(&found), ([0, 0, 2, 0], 0));
        assert_eq!(found.list[0].tool, "clippy");
        assert_eq!(read(&CARGO, &format!("{lint}{other}"), Some(0)), Err(Code::Truncated));
        assert_eq!(read(&CARGO, &format!("{lint}{FINISHED}{other}"), Some(0)), Err(Code::Malformed));
        assert_eq!(read(&CARGO, FINISHED, Some(0)), Ok(Findings::default()));
        assert_eq!(read(&CARGO, FINISHED, Some(101)), Err(Code::ToolFailed));
    }

    #[test]
    fn compile_errors_block_and_silent_failures_are_refused() {
        let failed = FINISHED.replace("true", "false");
        assert_eq!(read(&CARGO, &failed, Some(101)), Err(Code::ToolFailed));
        for (code, blocking) in [
            ("null", 1),
            (r#"{"code": "E0308"}"#, 1),
            (r#"{"code": "clippy::x"}"#, 0),
            (r#"{"code": "unused"}"#, 0),
        ] {
            let text = format!("{}{failed}", message(&diagnostic("error", code, 1)));
            assert_eq!(counts(&read(&CARGO, &text, Some(101)).unwrap()), ([0, 1, 0, 0], blocking), "{code}");
            assert_eq!(read(&CARGO, &text, Some(0)), Err(Code::Contradiction));
            assert_eq!(read(&CARGO, &text.replace("false", "true"), None), Err(Code::Contradiction));
        }
        let crash = format!("{}{failed}", message(&diagnostic("error: internal compiler error", "null", 1)));
        assert_eq!(counts(&read(&CARGO, &crash, None).unwrap()), ([1, 0, 0, 0], 1));
        let odd = format!("{}{failed}", message(&diagnostic("disaster", "null", 1)));
        assert_eq!(read(&CARGO, &odd, None), Err(Code::Malformed));
    }

    #[test]
    fn places_in_macros_are_those_of_the_call() {
        let inner = r#"{"file_name": "src/lib.rs", "line_start": 7, "column_start": 1, "is_primary": true, "expansion": null}"#;
        let outer = format!(
            r#"{{"message": "m", "code": null, "level": "warning", "spans": [{{"file_name": "/rustc/abc/library/core/src/macros.rs", "line_start": 1, "column_start": 1, "is_primary": true, "expansion": {{"span": {inner}}}}}]}}"#
        );
        let found = read(&CARGO, &format!("{}{FINISHED}", message(&outer)), None).unwrap();
        assert_eq!(found.list[0].place, Some(Place::at("src/lib.rs", 7, 1)));
    }

    #[test]
    fn rustc_counts_at_its_end() {
        let lint = diagnostic("warning", r#"{"code": "unused"}"#, 1);
        let end = |message: &str| {
            format!("{{\"message\": \"{message}\", \"code\": null, \"level\": \"warning\", \"spans\": []}}\n")
        };
        assert_eq!(
            read(&RUSTC, &format!("{lint}\n{}", end("1 warning emitted")), Some(0)).unwrap().list.len(),
            1
        );
        assert_eq!(
            read(&RUSTC, &format!("{lint}\n{}", end("2 warnings emitted")), None),
            Err(Code::Contradiction)
        );
        assert_eq!(read(&RUSTC, &lint, Some(0)), Err(Code::Truncated));
        assert_eq!(read(&RUSTC, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&RUSTC, "", Some(0)), Ok(Findings::default()));
        assert_eq!(summary("aborting due to 3 previous errors; 1 warning emitted"), Some([Some(3), Some(1)]));
        assert_eq!(summary("aborting due to 1 previous error"), Some([Some(1), None]));
        assert_eq!(summary("aborting the mission"), None);
    }
}
