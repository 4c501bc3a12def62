//! GCC's diagnostics, as text and as JSON, and everything that speaks like GCC: Clang, clang-tidy,
//! `shellcheck -f gcc`, cppcheck's `--template=gcc`.
//!
//! `path:line:column: severity: message [rule]`. A note without a rule explains the message before
//! it and does not count; with one (shellcheck) it is a finding. Nothing is written when all is well.
//! An error of the compiler (without a rule) blocks: what lies behind it was not looked at.
//! Passed over on purpose: source lines, carets, fix-its, chains of includes, names of functions,
//! and in JSON children, fix-its, paths. An empty JSON array needs the declared format.

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line, Located};
use super::{json, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row of the text.
pub(super) static TEXT: Format = Format {
    name: "gcc-text",
    kind: Kind::Findings,
    tools: "GCC, Clang, clang-tidy, shellcheck -f gcc, ...",
    command: "gcc -Wall -Wextra -c *.c 2> gcc.txt; echo $? > gcc.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read: read_text,
};

/// The row of `-fdiagnostics-format=json`.
pub(super) static JSON: Format = Format {
    name: "gcc-json",
    kind: Kind::Findings,
    tools: "GCC 9 and later",
    command: "gcc -Wall -fdiagnostics-format=json -c a.c 2> gcc.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["kind", "locations", "message"]),
        _ => false,
    },
    read: read_json,
};

/// A diagnostic in a line.
struct Message<'a> {
    found: Located<'a>,
    word: &'a str,
    severity: Severity,
    text: &'a str,
    rule: Option<&'a str>,
}

fn message(line: &str) -> Option<Message<'_>> {
    let found = lines::located(line).filter(|found| found.numbers <= 2)?;
    if let Some(text) = found.rest.strip_prefix("internal compiler error: ") {
        return Some(Message { found, word: "error", severity: Severity::Critical, text, rule: None });
    }
    let (word, text) = found.rest.split_once(": ")?;
    let severity = linter::known(linter::WORDS, word)?;
    let (text, rule) = match split_rule(text) {
        Some((text, rule)) => (text, Some(rule)),
        None => (text, None),
    };
    Some(Message { found, word, severity, text, rule })
}

/// A message without the rule in brackets at its end: ` [-Wparentheses]`, ` [SC2086]`.
fn split_rule(text: &str) -> Option<(&str, &str)> {
    let (before, rule) = text.trim_end().strip_suffix(']')?.rsplit_once(" [")?;
    let word = |c: char| c.is_ascii_alphanumeric() || "-_=+.,:".contains(c);
    (!rule.is_empty() && rule.chars().all(word)).then(|| (before, rule.trim_start_matches("-W")))
}

fn detect(text: &TextHead<'_>) -> bool {
    // mypy writes the same about Python, and has a reader of its own.
    let ours = |line: &str| {
        message(line).is_some_and(|m| !m.found.path.ends_with(".py") && !m.found.path.ends_with(".pyi"))
    };
    let mypy = |line: &str| {
        line.starts_with("Success: no issues")
            || (line.starts_with("Found ") && line.contains(" source file"))
    };
    text.first.iter().any(|line| ours(line)) && !text.last.iter().any(|line| mypy(line))
}

fn read_text(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    let mut begun = false;
    for line in lines::filled(&text) {
        match message(&line.text) {
            Some(m) if m.word == "note" && m.rule.is_none() && !findings.list.is_empty() => {}
            Some(m) => findings.list.push(finding(&m)),
            None => context(&line, !begun, &findings)?,
        }
        begun = true;
        input.limits.check_items(findings.list.len())?;
    }
    linter::not_cut(&text)?;
    // Compilers end with 1, or with more where many are run by one program.
    linter::ended("the compiler", input.exit_status, &[1, 2, 4], &findings)?;
    linter::not_silent("gcc", input, &findings)?;
    Ok(linter::report(&TEXT, findings, Vec::new()))
}

fn finding(m: &Message<'_>) -> Finding {
    let place = Place::at(m.found.path, m.found.line.into(), m.found.column.unwrap_or(0).into());
    let tool = if m.rule.is_some_and(|rule| rule.starts_with("SC")) { "shellcheck" } else { "gcc" };
    let found = linter::finding(tool, m.severity, Some(place), m.rule, m.text);
    let blocking = found.blocking || (m.severity <= Severity::Error && m.rule.is_none());
    Finding { blocking, ..found }
}

/// A line beside the diagnostics: what is known of it, or why it is refused.
fn context(line: &Line<'_>, first: bool, findings: &Findings) -> Result<(), ReadError> {
    const STARTS: &[&str] = &["In file included from ", "In module imported at "];
    const ENDS: &[&str] = &["compilation terminated.", "all warnings being treated as errors"];
    const NO_WORK: &[&str] =
        &["fatal error: no input files", "error: no input files", "unrecognized command"];
    let text = line.text.trim_end();
    if NO_WORK.iter().any(|said| text.contains(said)) {
        let message = format!("the compiler did not begin: {}", quote(text));
        return Err(ReadError::new(Code::ToolFailed, message).at(line.number, None));
    }
    // `a.c: In function 'f':`, `a.c: At global scope:`
    let scope = text.ends_with(':') && [": In ", ": At ", ": in "].iter().any(|word| text.contains(word));
    let counts = text.ends_with(" generated.") && text.starts_with(|c: char| c.is_ascii_digit());
    let source = text.starts_with(' ') && !findings.list.is_empty();
    // The second and later lines of a chain of includes.
    let chain = text.trim_start().starts_with("from ") && text.ends_with([':', ',']);
    let known =
        STARTS.iter().any(|start| text.starts_with(start)) || ENDS.iter().any(|end| text.ends_with(end));
    if scope || counts || source || chain || known {
        return Ok(());
    }
    Err(lines::unknown(line, first, "a compiler's text"))
}

#[derive(Deserialize)]
struct Diagnostic {
    kind: String,
    message: String,
    option: Option<String>,
    #[serde(default)]
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Location {
    caret: Option<Caret>,
}

#[derive(Deserialize)]
struct Caret {
    file: String,
    line: i64,
    column: Option<i64>,
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    let diagnostics: Vec<Diagnostic> = json::parse(input)?;
    input.limits.check_items(diagnostics.len())?;
    let mut findings = Findings::default();
    for diagnostic in diagnostics {
        let severity = match diagnostic.kind.as_str() {
            "note" if !findings.list.is_empty() => continue,
            "internal compiler error" | "ice" => Severity::Critical,
            "sorry" | "sorry, unimplemented" => Severity::Error,
            kind => linter::severity(linter::WORDS, kind, "a diagnostic")?,
        };
        let caret = diagnostic.locations.into_iter().find_map(|location| location.caret);
        let place = caret.map(|caret| Place::at(caret.file, caret.line, caret.column.unwrap_or(0)));
        let rule = diagnostic.option.as_deref().map(|option| option.trim_start_matches("-W"));
        let found = linter::finding("gcc", severity, place, rule, diagnostic.message);
        findings.list.push(Finding { blocking: severity <= Severity::Error && rule.is_none(), ..found });
    }
    linter::ended("the compiler", input.exit_status, &[1], &findings)?;
    Ok(linter::report(&JSON, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn notes_count_only_with_a_rule() {
        let text = "a.c: In function 'f':\na.c:9:9: warning: suggest parentheses [-Wparentheses]\n    9 |   if (n = 3)\n      |       ~~^~~\na.c:6:8: note: destination 'text' of size 4\nb.sh:2:4: note: Double quote. [SC2086]\n";
        let found = read(&TEXT, text, Some(0)).unwrap();
        assert_eq!(counts(&found), ([0, 0, 1, 1], 0));
        assert_eq!(found.list[0].rule.as_deref(), Some("parentheses"));
        assert_eq!(found.list[1].tool, "shellcheck");
        assert_eq!(counts(&read(&TEXT, "a.c:1:1: note: alone\n", Some(0)).unwrap()), ([0, 0, 0, 1], 0));
    }

    #[test]
    fn errors_of_the_compiler_block() {
        for (line, blocking) in [
            ("a.c:1:10: fatal error: x.h: No such file or directory\ncompilation terminated.\n", 1),
            ("a.c:1:1: error: expected ';'\n", 1),
            (
                "a.c:1:1: error: unused variable 'x' [-Werror=unused-variable]\ncc1: all warnings being treated as errors\n",
                0,
            ),
            ("a.c:1:1: error: 'x' file not found [clang-diagnostic-error]\n", 1),
            ("a.sh:1:1: error: Couldn't parse. [SC1072]\n", 1),
        ] {
            assert_eq!(counts(&read(&TEXT, line, Some(1)).unwrap()), ([0, 1, 0, 0], blocking), "{line}");
        }
        let crash = "a.c:1:1: internal compiler error: in f, at g.c:1\n";
        assert_eq!(counts(&read(&TEXT, crash, Some(1)).unwrap()), ([1, 0, 0, 0], 1));
        assert_eq!(
            read(&TEXT, "gcc: fatal error: no input files\ncompilation terminated.\n", Some(1)),
            Err(Code::ToolFailed)
        );
        assert_eq!(read(&TEXT, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&TEXT, "", Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&TEXT, "make: *** [all] Error 1\n", Some(2)), Err(Code::WrongFormat));
    }

    #[test]
    fn json_has_the_same_rules() {
        let text = r#"[{"kind": "warning", "message": "m", "option": "-Wunused", "locations": [{"caret": {"file": "a.c", "line": 1, "column": 2}}], "children": []}, {"kind": "note", "message": "n", "locations": []}, {"kind": "fatal error", "message": "no", "locations": []}]"#;
        let found = read(&JSON, text, Some(1)).unwrap();
        assert_eq!(counts(&found), ([0, 1, 1, 0], 1));
        assert_eq!(found.list[0].place, Some(Place::at("a.c", 1, 2)));
        assert_eq!(read(&JSON, &text.replace("fatal error", "trouble"), None), Err(Code::Malformed));
        assert_eq!(read(&JSON, "[]", Some(1)), Err(Code::Contradiction));
    }
}
