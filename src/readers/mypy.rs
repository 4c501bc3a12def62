//! mypy: its text, plain, with columns or `--pretty`, and its JSON lines (`--output json`).
//!
//! The text ends in a line that counts the errors: the mark of the end, held against the list. The
//! JSON has no such line and is blank when all is well, so it needs the recorded exit status.
//! Passed over on purpose: source lines and carets of `--pretty`, and the context lines of
//! `--show-error-context`.

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json;
use super::lines::{self, Line};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use std::collections::BTreeSet;

/// The row of the text.
pub(super) static TEXT: Format = Format {
    name: "mypy-text",
    kind: Kind::Findings,
    tools: "mypy",
    command: "mypy . > reports/mypy.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read: read_text,
};

/// The row of the JSON lines.
pub(super) static JSON: Format = Format {
    name: "mypy-json",
    kind: Kind::Findings,
    tools: "mypy",
    command: "mypy --output json . > reports/mypy.json; echo $? > reports/mypy.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => {
            !json.array && json.has(&["file", "line", "column", "message", "hint", "severity"])
        }
        _ => false,
    },
    read: read_json,
};

/// The words of mypy on our scale.
const SEVERITIES: &[(&str, Severity)] = &[("error", Severity::Error), ("note", Severity::Info)];

/// What mypy says, in the same file, about its configuration.
const NOISE: &[&str] =
    &["Warning: unused section(s) in ", "pyproject.toml: [", "mypy.ini: [", "setup.cfg: ["];

fn detect(text: &TextHead<'_>) -> bool {
    let says = |line: &str| matches!(closing(line), Some(Ok(_))) || with_code(line);
    text.any(says)
}

/// An error with its code in brackets, after two spaces, in a file of Python: compilers of C write
/// the same but for this.
fn with_code(line: &str) -> bool {
    message(line).is_some_and(|m| has_code(m.text) && (m.path.ends_with(".py") || m.path.ends_with(".pyi")))
}

/// One message.
struct Message<'a> {
    path: &'a str,
    place: Place,
    severity: Severity,
    text: &'a str,
}

/// `path:line:column:end line:end column: error: text`, of which all numbers may be missing.
fn message(line: &str) -> Option<Message<'_>> {
    if let Some(found) = lines::located(line) {
        let (severity, text) = worded(found.rest)?;
        let place = Place::at(found.path, found.line.into(), found.column.unwrap_or(0).into());
        return Some(Message { path: found.path, place, severity, text });
    }
    let (path, rest) = line.split_once(": ").filter(|(path, _)| !path.contains(' ') && !path.is_empty())?;
    let (severity, text) = worded(rest)?;
    Some(Message { path, place: Place::file(path), severity, text })
}

/// Takes the word for the severity off the front.
fn worded(rest: &str) -> Option<(Severity, &str)> {
    let after = |word| rest.strip_prefix(word)?.strip_prefix(": ");
    SEVERITIES.iter().find_map(|(word, severity)| Some((*severity, after(word)?)))
}

/// Whether a message ends in its code: `  [attr-defined]`.
fn has_code(text: &str) -> bool {
    split_code(text).is_some()
}

/// A message without its code, and the code. A wrapped line may begin with the code.
fn split_code(text: &str) -> Option<(&str, &str)> {
    let (before, code) = text.trim_end().strip_suffix(']')?.rsplit_once('[')?;
    let word =
        !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (word && (before.is_empty() || before.ends_with("  "))).then(|| (before.trim_end(), code))
}

/// The closing line.
#[derive(Debug, PartialEq)]
struct Closing {
    errors: u64,
    files: u64,
    /// Files that were checked; `None`: errors prevented it.
    checked: Option<u64>,
}

/// The closing line; `Err` if it is one that is cut or says something else.
fn closing(line: &str) -> Option<Result<Closing, ()>> {
    if let Some(rest) = line.strip_prefix("Success: ") {
        let whole =
            rest.strip_prefix("no issues found in ").and_then(|rest| lines::counted(rest, "source file"));
        let whole = whole.filter(|(_, rest)| rest.is_empty());
        return Some(whole.map(|(n, _)| Closing { errors: 0, files: 0, checked: Some(n) }).ok_or(()));
    }
    let rest = line.strip_prefix("Found ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(found(rest).ok_or(()))
}

/// `9 errors in 4 files (checked 21 source files)`
fn found(rest: &str) -> Option<Closing> {
    let (errors, rest) = lines::counted(rest, "error")?;
    let (files, rest) = lines::counted(rest.strip_prefix(" in ")?, "file")?;
    let inner = rest.strip_prefix(" (")?.strip_suffix(')')?;
    if inner == "errors prevented further checking" {
        return Some(Closing { errors, files, checked: None });
    }
    let (checked, rest) = lines::counted(inner.strip_prefix("checked ")?, "source file")?;
    rest.is_empty().then_some(Closing { errors, files, checked: Some(checked) })
}

fn read_text(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut state = Text::default();
    for line in lines::filled(&text) {
        state.take(&line)?;
        input.limits.check_items(state.findings.list.len())?;
    }
    let Some(closing) = &state.closing else {
        return Err(lines::unclosed("mypy", state.last).hint("run mypy without --no-error-summary"));
    };
    state.check(closing)?;
    let mut findings = state.findings;
    findings.analysed = Some(closing.checked.unwrap_or(0));
    finish(&mut findings, input.exit_status, closing.checked.is_none())?;
    Ok(Report { notices: state.notices, ..Report::new(&TEXT, Body::Findings(findings)) })
}

/// The text as far as it was read.
#[derive(Default)]
struct Text {
    findings: Findings,
    /// Paths of errors.
    files: BTreeSet<String>,
    /// Notes that hold the word by which mypy counts its errors.
    like_errors: u64,
    /// The last message has not shown its code yet: the rest of it may be on the next line.
    open: bool,
    begun: bool,
    closing: Option<Closing>,
    last: u64,
    notices: Vec<String>,
}

impl Text {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let first = !std::mem::replace(&mut self.begun, true);
        self.last = line.number;
        let text = line.text.as_ref();
        if self.closing.is_some() {
            return Err(lines::unknown(line, first, "mypy's text: it follows the closing line"));
        }
        if let Some(message) = message(text) {
            self.message(&message);
        } else if let Some(closing) = closing(text) {
            let cut =
                || ReadError::new(Code::Truncated, "the closing line is not whole").at(line.number, None);
            self.closing = Some(closing.map_err(|()| cut())?);
        } else if NOISE.iter().any(|start| text.starts_with(start)) {
            self.notices.push(format!("mypy's configuration: {}", quote(text)));
        } else if text.starts_with("    ") && !self.findings.list.is_empty() {
            // A line of code, or carets. Whatever follows is not the rest of a message.
            self.open = false;
        } else if self.open {
            self.continued(text);
        } else if let Some(why) = text.strip_prefix("mypy: ") {
            let message = format!("mypy: {}", quote(why));
            return Err(ReadError::new(Code::ToolFailed, message).at(line.number, None));
        } else {
            return Err(lines::unknown(line, first, "mypy's text"));
        }
        Ok(())
    }

    fn message(&mut self, message: &Message<'_>) {
        // `x.py: note: In function "f":` leads the messages that follow.
        let context =
            message.place.line.is_none() && message.text.starts_with("In ") && message.text.ends_with(':');
        if message.severity == Severity::Info {
            self.like_errors += u64::from(message.text.contains(": error:"));
            if context {
                return;
            }
        } else {
            self.files.insert(message.path.to_owned());
        }
        let (text, code) = split_code(message.text).map_or((message.text, None), |(t, c)| (t, Some(c)));
        self.open = code.is_none();
        self.findings.list.push(finding(message.place.clone(), message.severity, code, text.trim_end()));
    }

    /// The rest of a message that `--pretty` has wrapped.
    fn continued(&mut self, text: &str) {
        let Some(finding) = self.findings.list.last_mut() else { return };
        let (text, code) = split_code(text).map_or((text, None), |(t, c)| (t, Some(c)));
        if !text.is_empty() {
            finding.message.push(' ');
            finding.message.push_str(text.trim_end());
        }
        if let Some(code) = code {
            finding.blocking = code == SYNTAX;
            finding.rule = Some(code.to_owned());
            self.open = false;
        }
    }

    /// Holds the closing line against the list.
    fn check(&self, closing: &Closing) -> Result<(), ReadError> {
        let errors = self.findings.list.iter().filter(|f| f.severity == Severity::Error).count() as u64;
        // mypy counts the messages in which it reads ": error:".
        if !(errors..=errors + self.like_errors).contains(&closing.errors) {
            let message = format!("the closing line says {} errors, {errors} are listed", closing.errors);
            return Err(ReadError::new(Code::Contradiction, message).at(self.last, None));
        }
        // It takes the text up to the first colon for the file, so a drive letter is one file.
        let plain = self.like_errors == 0 && !self.files.iter().any(|path| path.contains(':'));
        if plain && closing.files != self.files.len() as u64 {
            let found = self.files.len();
            let message =
                format!("the closing line says {} files with errors, {found} are listed", closing.files);
            return Err(ReadError::new(Code::Contradiction, message).at(self.last, None));
        }
        Ok(())
    }
}

/// The code of what does not parse.
const SYNTAX: &str = "syntax";

fn finding(place: Place, severity: Severity, code: Option<&str>, message: &str) -> Finding {
    Finding {
        severity,
        place: Some(place),
        rule: code.map(str::to_owned),
        message: message.to_owned(),
        tool: "mypy",
        blocking: code == Some(SYNTAX),
    }
}

/// Holds the exit status against the list: 0 clean, 1 errors, 2 mypy stopped.
fn finish(findings: &mut Findings, status: Option<i32>, stopped: bool) -> Result<(), ReadError> {
    let mut errors = findings.list.iter_mut().filter(|f| f.severity == Severity::Error).peekable();
    match status {
        None | Some(0) => {}
        Some(1 | 2) if errors.peek().is_some() => {}
        Some(1) => {
            return Err(ReadError::none_listed("mypy", "errors"));
        }
        Some(other) => {
            return Err(ReadError::tool_ended("mypy", other));
        }
    }
    if stopped || status == Some(2) {
        errors.for_each(|f| f.blocking = true);
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct Entry {
    file: String,
    line: i64,
    /// 0-based, where the text is 1-based; -1 where it is not known.
    column: i64,
    message: String,
    code: Option<String>,
    severity: Word,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Error,
    Note,
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let entries: Vec<Entry> = json::parse_lines(&text, input.limits)?;
    if entries.is_empty() && input.exit_status.is_none() {
        return Err(ReadError::silent("mypy"));
    }
    let list = entries.into_iter().map(|entry| {
        let severity = match entry.severity {
            Word::Error => Severity::Error,
            Word::Note => Severity::Info,
        };
        let place = Place::at(entry.file, entry.line, entry.column.saturating_add(1));
        finding(place, severity, entry.code.as_deref(), &entry.message)
    });
    let mut findings = Findings { list: list.collect(), ..Findings::default() };
    finish(&mut findings, input.exit_status, false)?;
    Ok(Report::new(&JSON, Body::Findings(findings)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn findings(format: &Format, text: &str, exit_status: Option<i32>) -> Result<Findings, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match (format.read)(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn clean_and_crashed_json_look_alike() {
        assert_eq!(findings(&JSON, "\n", Some(0)), Ok(Findings::default()));
        assert_eq!(findings(&JSON, "\n", None), Err(Code::NoExitStatus));
        assert_eq!(findings(&JSON, "", Some(1)), Err(Code::Contradiction));
        assert_eq!(findings(&JSON, "", Some(2)), Err(Code::ToolFailed));
        let line = r#"{"file": "a.py", "line": 1, "column": -1, "message": "m", "hint": null, "code": "misc", "severity": "error"}"#;
        assert!(!findings(&JSON, line, Some(1)).unwrap().list[0].blocking);
        assert!(findings(&JSON, line, Some(2)).unwrap().list[0].blocking);
        assert!(findings(&JSON, &line.replace("misc", "syntax"), None).unwrap().list[0].blocking);
        assert_eq!(findings(&JSON, &line.replace("\"error\"", "\"fatal\""), None), Err(Code::Malformed));
        assert_eq!(
            findings(&JSON, &line.replace("\"line\": 1", "\"line\": 1, \"line\": 2"), None),
            Err(Code::Duplicate)
        );
        assert_eq!(findings(&JSON, &format!("{line}\nFound 1 error\n"), None), Err(Code::Malformed));
        assert_eq!(findings(&JSON, "<html>\n", Some(0)), Err(Code::WrongFormat));
    }

    #[test]
    fn messages_of_every_kind() {
        let text = "Warning: unused section(s) in mypy.ini: [mypy-x]\na.py: note: In function \"f\":\na.py:1:2: error: long\nmessage\n[syntax]\n    x = 1\n    ^\nC:\\b.py:3:1:3:9: error: Not there  [attr-defined]\nC:\\b.py:3:1: note: See x\nFound 2 errors in 2 files (checked 1 source file)\n";
        let found = findings(&TEXT, text, Some(1)).unwrap();
        let shown: Vec<_> =
            found.list.iter().map(|f| (f.message.as_str(), f.rule.as_deref(), f.blocking)).collect();
        let want = [
            ("long message", Some("syntax"), true),
            ("Not there", Some("attr-defined"), false),
            ("See x", None, false),
        ];
        assert_eq!(shown, want);
        assert_eq!(found.list[1].place, Some(Place::at("C:\\b.py", 3, 1)));
        assert_eq!((found.list[2].severity, found.analysed), (Severity::Info, Some(1)));
    }

    #[test]
    fn the_closing_line_must_be_there_and_agree() {
        let one = "a.py:1: error: x  [misc]\n";
        for (closing, want) in [
            ("Found 1 error in 1 file (checked 3 source files)\n", Ok(Some(3))),
            ("Found 1 error in 1 file (errors prevented further checking)\n", Ok(Some(0))),
            ("Found 2 errors in 1 file (checked 3 source files)\n", Err(Code::Contradiction)),
            ("Found 1 error in 2 files (checked 3 source files)\n", Err(Code::Contradiction)),
            ("Success: no issues found in 3 source files\n", Err(Code::Contradiction)),
            ("Found 1 error in 1 file (checked 3 source fi", Err(Code::Truncated)),
            ("", Err(Code::Truncated)),
            ("mypy: can't read file 'x'\n", Err(Code::ToolFailed)),
        ] {
            assert_eq!(
                findings(&TEXT, &format!("{one}{closing}"), None).map(|f| f.analysed),
                want,
                "{closing}"
            );
        }
        let clean = "Success: no issues found in 3 source files\n";
        assert_eq!(findings(&TEXT, clean, Some(1)), Err(Code::Contradiction));
        assert_eq!(findings(&TEXT, clean, Some(2)), Err(Code::ToolFailed));
        assert_eq!(findings(&TEXT, "Success: no issues found in 3 source file", None), Err(Code::Truncated));
        assert_eq!(findings(&TEXT, &format!("{clean}{one}"), None), Err(Code::Malformed));
        let stopped = format!("{one}Found 1 error in 1 file (errors prevented further checking)\n");
        assert!(findings(&TEXT, &stopped, None).unwrap().list[0].blocking);
    }

    #[test]
    fn other_tools_are_not_taken_for_mypy() {
        for text in [
            "a.c:3:5: error: expected ';'\n",
            "a.cpp:3:5: warning: x [modernize-use-nullptr]\n",
            "a.py:1:1: E501 x\n",
            "Found 3 errors.\n",
            "Success: all good\n",
            "<html>\n",
        ] {
            assert!(!detect(&lines::head(text)), "{text}");
            assert!(findings(&TEXT, text, Some(0)).is_err(), "{text}");
        }
    }
}
