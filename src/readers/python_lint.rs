//! Smaller linters of the Python world: pyright's JSON, pydocstyle's text, yamllint's `parsable`.
//!
//! pyright counts the files it looked at and its diagnostics, which are held against the list; its
//! lines and columns are 0-based. pydocstyle writes a place and, below it, a code of the family `D`;
//! a file that it cannot parse is told on stderr, which has to be in the report (`2>&1`) to be seen.
//! yamllint's rule `syntax` says that a file does not parse: it blocks.

use super::detect::Head;
use super::encoding;
use super::error::ReadError;
use super::format::{End, Format, Input, Kind, Report};
use super::lines;
use super::linter::{self, Scale};
use super::{flake8, json};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row of pyright.
pub(super) static PYRIGHT: Format = Format {
    name: "pyright-json",
    kind: Kind::Findings,
    tools: "pyright, basedpyright",
    command: "pyright --outputjson > pyright.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && json.has(&["generalDiagnostics", "summary"])),
    read: read_pyright,
};

/// The row of pydocstyle.
pub(super) static PYDOCSTYLE: Format = Format {
    name: "pydocstyle-text",
    kind: Kind::Findings,
    tools: "pydocstyle",
    command: "pydocstyle backend > pydocstyle.txt 2>&1; echo $? > pydocstyle.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => {
            text.first.first().is_some_and(|line| definition(line).is_some())
                && text.first.get(1).is_some_and(|line| violation(line).is_some())
        }
        _ => false,
    },
    read: read_pydocstyle,
};

/// The row of yamllint.
pub(super) static YAMLLINT: Format = Format {
    name: "yamllint-text",
    kind: Kind::Findings,
    tools: "yamllint",
    command: "yamllint -f parsable . > yamllint.txt; echo $? > yamllint.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| problem(line).is_some()),
        _ => false,
    },
    read: read_yamllint,
};

const PYRIGHT_WORDS: Scale =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("information", Severity::Info)];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    general_diagnostics: Vec<Diagnostic>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Diagnostic {
    file: Option<String>,
    severity: String,
    message: String,
    range: Option<Range>,
    rule: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: i64,
    character: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    files_analyzed: u64,
    error_count: u64,
    warning_count: u64,
    information_count: u64,
}

fn read_pyright(input: &Input<'_>) -> Result<Report, ReadError> {
    let Document { general_diagnostics, summary } = json::parse(input)?;
    input.limits.check_items(general_diagnostics.len())?;
    let mut findings = Findings { analysed: Some(summary.files_analyzed), ..Findings::default() };
    for (diagnostic, number) in general_diagnostics.into_iter().zip(1..) {
        let severity =
            linter::severity(PYRIGHT_WORDS, &diagnostic.severity, &format!("diagnostic {number}"))?;
        let start =
            diagnostic.range.map_or((0, 0), |range| (range.start.line + 1, range.start.character + 1));
        let place = diagnostic.file.map(|file| Place::at(file, start.0, start.1));
        let rule = diagnostic.rule.as_deref();
        findings.list.push(linter::finding("pyright", severity, place, rule, diagnostic.message));
    }
    linter::counted("errors", summary.error_count, linter::of(&findings, Severity::Error))?;
    linter::counted("warnings", summary.warning_count, linter::of(&findings, Severity::Warning))?;
    linter::counted(
        "pieces of information",
        summary.information_count,
        linter::of(&findings, Severity::Info),
    )?;
    linter::ended("pyright", input.exit_status, &[1], &findings)?;
    Ok(linter::report(&PYRIGHT, findings, Vec::new()))
}

/// ``a.py:20 in public function `key_for`:``, or `a.py:1 at module level:`
fn definition(line: &str) -> Option<Place> {
    let rest = line.strip_suffix(':')?;
    let (place, _) = rest.split_once(" in ").or_else(|| rest.split_once(" at "))?;
    let (path, row) = place.rsplit_once(':')?;
    Some(Place::at(path, row.parse().ok()?, 0))
}

/// `        D103: Missing docstring in public function`
fn violation(line: &str) -> Option<(&str, &str)> {
    let (code, message) = line.strip_prefix("        ")?.split_once(": ")?;
    let digits = code.strip_prefix('D')?;
    (digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())).then_some((code, message))
}

fn read_pydocstyle(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    let mut open: Option<Place> = None;
    let mut last = 0;
    for (index, line) in lines::filled(&text).enumerate() {
        let text = line.text.as_ref();
        last = line.number;
        if let Some(rest) = text.strip_prefix("WARNING: ").filter(|rest| rest.contains("Error in file ")) {
            findings.list.push(linter::blocking("pydocstyle", None, rest));
        } else if let (Some(place), Some((code, message))) = (&open, violation(text)) {
            let (severity, _) = flake8::severity(code);
            findings.list.push(linter::finding(
                "pydocstyle",
                severity,
                Some(place.clone()),
                Some(code),
                message,
            ));
            open = None;
        } else if let Some(place) = definition(text).filter(|_| open.is_none()) {
            open = Some(place);
        } else {
            return Err(lines::unknown(&line, index == 0, "pydocstyle's text"));
        }
        input.limits.check_items(findings.list.len())?;
    }
    if open.is_some() {
        return Err(lines::unclosed("a finding of pydocstyle", last));
    }
    linter::not_cut(&text)?;
    linter::ended("pydocstyle", input.exit_status, &[1], &findings)?;
    linter::not_silent("pydocstyle", input, &findings)?;
    Ok(linter::report(&PYDOCSTYLE, findings, Vec::new()))
}

const YAMLLINT_WORDS: Scale = &[("error", Severity::Error), ("warning", Severity::Warning)];

/// `a.yaml:1:1: [warning] missing document start "---" (document-start)`
fn problem(line: &str) -> Option<Finding> {
    let found = lines::located(line).filter(|found| found.numbers == 2)?;
    let (word, message) = found.rest.strip_prefix('[')?.split_once("] ")?;
    let severity = linter::known(YAMLLINT_WORDS, word)?;
    let rule = message.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    let (message, rule) = rule.map_or((message, None), |(message, rule)| (message, Some(rule)));
    let place = Place::at(found.path, found.line.into(), found.column?.into());
    let finding = linter::finding("yamllint", severity, Some(place), rule, message);
    Some(Finding { blocking: rule == Some("syntax"), ..finding })
}

fn read_yamllint(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    for (index, line) in lines::filled(&text).enumerate() {
        let found =
            problem(&line.text).ok_or_else(|| lines::unknown(&line, index == 0, "yamllint's text"))?;
        findings.list.push(found);
        input.limits.check_items(findings.list.len())?;
    }
    linter::not_cut(&text)?;
    // 1: errors; 2: warnings, with --strict.
    linter::ended("yamllint", input.exit_status, &[1, 2], &findings)?;
    linter::not_silent("yamllint", input, &findings)?;
    Ok(linter::report(&YAMLLINT, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Code;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn pyright_counts_itself() {
        let text = |errors: u8, word: &str| {
            format!(
                r#"{{"version": "1.1", "time": "1", "generalDiagnostics": [{{"file": "a.py", "severity": "{word}", "message": "m", "range": {{"start": {{"line": 2, "character": 3}}}}}}], "summary": {{"filesAnalyzed": 0, "errorCount": {errors}, "warningCount": 0, "informationCount": 0}}}}"#
            )
        };
        let found = read(&PYRIGHT, &text(1, "error"), Some(1)).unwrap();
        assert_eq!((found.list[0].place.clone(), found.analysed), (Some(Place::at("a.py", 3, 4)), Some(0)));
        assert_eq!(read(&PYRIGHT, &text(2, "error"), None), Err(Code::Contradiction));
        assert_eq!(read(&PYRIGHT, &text(1, "fatal"), None), Err(Code::Malformed));
        assert_eq!(read(&PYRIGHT, &text(1, "error"), Some(3)), Err(Code::ToolFailed));
    }

    #[test]
    fn pydocstyle_writes_pairs() {
        let text = "a.py:1 at module level:\n        D100: Missing docstring in public module\na.py:5 in public function `f`:\n        D103: Missing: colon\n";
        let found = read(&PYDOCSTYLE, text, Some(1)).unwrap();
        assert_eq!(counts(&found), ([0, 0, 0, 2], 0));
        assert_eq!(found.list[1].place, Some(Place::line("a.py", 5)));
        assert_eq!(read(&PYDOCSTYLE, &text[..24], Some(1)), Err(Code::Truncated));
        let broken = "WARNING: b.py:1 at module level: Error in file b.py: Cannot parse file.\n";
        assert_eq!(counts(&read(&PYDOCSTYLE, broken, Some(1)).unwrap()).1, 1);
        assert_eq!(read(&PYDOCSTYLE, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&PYDOCSTYLE, "a.py:5: error: x\n", None), Err(Code::WrongFormat));
    }

    #[test]
    fn yamllint_says_what_does_not_parse() {
        let text = "a.yaml:1:1: [warning] missing document start \"---\" (document-start)\na.yaml:2:4: [error] syntax error: mapping values are not allowed here (syntax)\n";
        assert_eq!(counts(&read(&YAMLLINT, text, Some(1)).unwrap()), ([0, 1, 1, 0], 1));
        assert_eq!(read(&YAMLLINT, "", Some(0)), Ok(Findings::default()));
        assert_eq!(read(&YAMLLINT, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&YAMLLINT, "a.py:1:1: [E501] x\n", Some(1)), Err(Code::WrongFormat));
    }
}
