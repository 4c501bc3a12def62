//! What `black --check` writes on standard error.
//!
//! The closing summary is the mark of the end, and its counts must be those of the lines. With `-q`
//! black writes nothing at all when all is well: a blank file needs the recorded exit status.
//! Passed over on purpose: what `--verbose` says about files that are well formatted.

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "black-text",
    kind: Kind::Findings,
    tools: "black",
    command: "black --check . 2> reports/black.txt; echo $? > reports/black.status",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

/// What a file is refused for in the summary, by its wording with and without `--check`.
const PARTS: &[(&str, Part)] = &[
    ("would be reformatted", Part::WouldReformat),
    ("would be left unchanged", Part::Unchanged),
    ("would fail to reformat", Part::Failed),
    ("left unchanged", Part::Unchanged),
    ("failed to reformat", Part::Failed),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    WouldReformat,
    Unchanged,
    Failed,
}

/// Lines that say nothing about a file that is wrong: what they begin and end with.
const NOISE: &[(&str, &str)] = &[
    ("", " already well formatted, good job."),
    ("", " wasn't modified on disk since last run."),
    ("Identified `", ""),
    ("Using configuration ", ""),
    ("Sources to be formatted: ", ""),
    ("Found input source ", ""),
    ("Skipping .ipynb files as Jupyter dependencies are not installed.", ""),
    ("You can fix this by running ``pip install \"black[jupyter]\"``", ""),
];

/// Black found no file to look at: it looked at nothing.
const NOTHING: &[&str] =
    &["No Python files are present to be formatted. Nothing to do", "No Path provided. Nothing to do"];

const WOULD: &str = "would reformat ";
const ERRORS: &[&str] = &["error: cannot format ", "error: cannot parse"];

fn detect(text: &TextHead<'_>) -> bool {
    let begins = |line: &str| {
        line.starts_with(WOULD)
            || ERRORS.iter().any(|e| line.starts_with(e))
            || NOTHING.iter().any(|n| line.starts_with(n))
            || is_banner(line)
    };
    text.first.iter().find(|line| !is_noise(line)).is_some_and(|line| begins(line))
}

fn is_noise(line: &str) -> bool {
    NOISE.iter().any(|(start, end)| line.starts_with(start) && line.ends_with(end))
        || (line.contains(" ignored: ") && !line.starts_with(WOULD))
}

/// The line above the summary, of which the emoji are not everywhere.
fn is_banner(line: &str) -> bool {
    line.starts_with("All done!") || line.starts_with("Oh no!")
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    if text.trim().is_empty() {
        return quiet(input.exit_status);
    }
    let mut findings = Findings::default();
    let mut state = State::default();
    for line in lines::filled(&text) {
        state.take(&line, &mut findings)?;
        input.limits.check_items(findings.list.len())?;
    }
    let Some(summary) = state.summary else {
        return Err(
            lines::unclosed("black", state.last).hint("standard error of black belongs into the file")
        );
    };
    findings.analysed = Some(summary.would + summary.unchanged + summary.failed);
    check_counts(&findings, &summary)?;
    check_status(input.exit_status, &summary)?;
    Ok(Report::new(&FORMAT, Body::Findings(findings)))
}

/// How far the report was read.
#[derive(Default)]
struct State {
    begun: bool,
    /// An error was read, of which indented lines and a name follow.
    in_error: bool,
    banner: bool,
    summary: Option<Summary>,
    last: u64,
}

/// The counts of the closing line.
#[derive(Default)]
struct Summary {
    would: u64,
    unchanged: u64,
    failed: u64,
}

impl State {
    fn take(&mut self, line: &Line<'_>, findings: &mut Findings) -> Result<(), ReadError> {
        let text = line.text.trim_end();
        let first = !std::mem::replace(&mut self.begun, true);
        self.last = line.number;
        let in_error = std::mem::take(&mut self.in_error);
        if self.summary.is_some() {
            return Err(lines::unknown(line, first, "black's text: it follows the closing line"));
        }
        if self.banner {
            self.summary = Some(summary(text).ok_or_else(|| not_summary(line))?);
        } else if let Some(path) = text.strip_prefix(WOULD) {
            findings.list.push(finding(Place::file(path), WOULD.trim_end(), false));
        } else if let Some(place) = error_place(text) {
            findings.list.push(finding(place, text, true));
            self.in_error = true;
        } else if in_error && continues_error(text) {
            self.in_error = true;
        } else if NOTHING.iter().any(|n| text.starts_with(n)) {
            self.summary = Some(Summary::default());
        } else if is_banner(text) {
            self.banner = true;
        } else if !is_noise(text) {
            return Err(lines::unknown(line, first, "black's text"));
        }
        Ok(())
    }
}

fn finding(place: Place, message: &str, blocking: bool) -> Finding {
    let message = message.to_owned();
    Finding { severity: Severity::Error, place: Some(place), rule: None, message, tool: "black", blocking }
}

/// Lines that belong to the error above them: code, a caret, the name of the exception.
fn continues_error(text: &str) -> bool {
    text.starts_with(' ') || text.split_once("Error: ").is_some_and(|(name, _)| !name.contains(' '))
}

/// The place of an error line: `error: cannot format PATH: why`, since black 26
/// `error: cannot parse for target version Python 3.11: PATH:line:column`.
fn error_place(text: &str) -> Option<Place> {
    if let Some(rest) = text.strip_prefix(ERRORS[0]) {
        return Some(Place::file(rest.split_once(": ").map_or(rest, |(path, _)| path)));
    }
    let rest = text.strip_prefix(ERRORS[1])?;
    let place = rest.rsplit_once(": ").map_or(rest, |(_, place)| place);
    let mut parts = place.rsplitn(3, ':');
    let (column, line, path) = (parts.next()?, parts.next(), parts.next());
    Some(match (path, line.map(str::parse), column.parse()) {
        (Some(path), Some(Ok(line)), Ok(column)) => Place::at(path, line, column),
        _ => Place::file(place),
    })
}

/// The closing line: `5 files would be reformatted, 38 files would be left unchanged.`
fn summary(text: &str) -> Option<Summary> {
    let mut summary = Summary::default();
    for part in text.strip_suffix('.')?.split(", ") {
        let (count, rest) = lines::counted(part, "file")?;
        let what = rest.strip_prefix(' ')?;
        match PARTS.iter().find(|(words, _)| *words == what)?.1 {
            Part::WouldReformat => summary.would += count,
            Part::Unchanged => summary.unchanged += count,
            Part::Failed => summary.failed += count,
        }
    }
    Some(summary)
}

fn not_summary(line: &Line<'_>) -> ReadError {
    // Half a summary is a cut; a whole one with other words is a run that changed files.
    let code = if line.text.ends_with('.') { Code::Malformed } else { Code::Truncated };
    ReadError::new(code, format!("{} is not a summary of `black --check`", quote(&line.text)))
        .at(line.number, None)
        .hint("run black with --check: without it the report is about files that it has changed")
}

fn check_counts(findings: &Findings, summary: &Summary) -> Result<(), ReadError> {
    let failed = findings.list.iter().filter(|f| f.blocking).count() as u64;
    let would = findings.list.len() as u64 - failed;
    for (what, said, found) in
        [("would be reformatted", summary.would, would), ("could not be formatted", summary.failed, failed)]
    {
        if said != found {
            let message = format!("the closing line says that {said} files {what}, {found} are listed");
            return Err(ReadError::new(Code::Contradiction, message));
        }
    }
    Ok(())
}

/// 0: all well (or no `--check`), 1: something would be reformatted, 123: something failed.
fn check_status(status: Option<i32>, summary: &Summary) -> Result<(), ReadError> {
    match status {
        None | Some(0) => Ok(()),
        Some(1) if summary.would > 0 => Ok(()),
        Some(123) if summary.failed > 0 => Ok(()),
        Some(1) => Err(ReadError::none_listed("black", "files to reformat")),
        Some(other) => Err(ReadError::tool_ended("black", other)),
    }
}

/// A blank file: `black --quiet`.
fn quiet(status: Option<i32>) -> Result<Report, ReadError> {
    match status {
        Some(0) => Ok(Report::new(&FORMAT, Body::Findings(Findings::default()))),
        Some(_) => Err(check_status(status, &Summary::default())
            .err()
            .unwrap_or_else(|| ReadError::new(Code::ToolFailed, "black failed"))
            .hint("run black without --quiet")),
        None => {
            Err(ReadError::new(Code::NoExitStatus, "nothing is written, which a crash would look like too")
                .hint("standard error of black belongs into the file: black --check . 2> black.txt"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn list(text: &str, exit_status: Option<i32>) -> Result<Findings, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match read(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    const DONE: &str = "All done! ✨ 🍰 ✨\n2 files would be left unchanged.\n";

    #[test]
    fn old_and_new_errors_block() {
        let old = "error: cannot format /a b.py: Cannot parse: 1:7: def f(:\nwould reformat c.py\n\nOh no! 💥 💔 💥\n1 file would be reformatted, 1 file would fail to reformat.\n";
        let found = list(old, Some(123)).unwrap();
        assert_eq!(found.list[0].place, Some(Place::file("/a b.py")));
        assert_eq!((found.list[0].blocking, found.list[1].blocking), (true, false));
        assert_eq!(found.analysed, Some(2));
        let new = "error: cannot parse for target version Python 3.11: a.py:1:6\n    def f(:\n         ^\nParseError: bad input\n\nOh no! 💥 💔 💥\n1 file would fail to reformat.\n";
        assert_eq!(list(new, Some(123)).unwrap().list[0].place, Some(Place::at("a.py", 1, 6)));
    }

    #[test]
    fn clean_and_crashed_look_alike() {
        assert_eq!(list(DONE, Some(0)).unwrap().analysed, Some(2));
        assert_eq!(
            list(&format!("\x1b[1mx already well formatted, good job.\x1b[0m\n{DONE}"), None).unwrap().list,
            []
        );
        assert!(list("", Some(0)).unwrap().list.is_empty());
        assert_eq!(list("", None), Err(Code::NoExitStatus));
        assert_eq!(list("", Some(1)), Err(Code::Contradiction));
        assert_eq!(list("\n", Some(123)), Err(Code::ToolFailed));
        assert_eq!(list(DONE, Some(1)), Err(Code::Contradiction));
        assert_eq!(list(DONE, Some(123)), Err(Code::ToolFailed));
        let nothing = "No Python files are present to be formatted. Nothing to do 😴\n";
        assert_eq!(list(nothing, Some(0)).unwrap().analysed, Some(0));
    }

    #[test]
    fn every_line_is_accounted_for() {
        for (text, code) in [
            ("<!DOCTYPE html>\n", Code::WrongFormat),
            ("would reformat a.py\n", Code::Truncated),
            ("would reformat a.py\nhello\n", Code::Malformed),
            ("All done! ✨ 🍰 ✨\n", Code::Truncated),
            ("All done! ✨ 🍰 ✨\n12 files would be left unch", Code::Truncated),
            ("All done! ✨ 🍰 ✨\n1 files would be left unchanged.\n", Code::Malformed),
            ("reformatted a.py\n", Code::WrongFormat),
            ("All done! ✨ 🍰 ✨\n1 file reformatted.\n", Code::Malformed),
            ("Oh no! 💥 💔 💥\n1 file would be reformatted.\n", Code::Contradiction),
            (
                "would reformat a.py\nAll done! ✨ 🍰 ✨\n1 file would be left unchanged.\n",
                Code::Contradiction,
            ),
        ] {
            assert_eq!(list(text, None), Err(code), "{text}");
        }
        assert_eq!(list(&format!("{DONE}would reformat a.py\n"), None), Err(Code::Malformed));
    }
}
