//! The text of the Rust tools: rustc's and cargo's diagnostics, and `cargo fmt --check`.
//!
//! A diagnostic is a header (`warning: ...`, `error[E0308]: ...`) and its ` --> path:line:column`,
//! with source, notes and help below it. Lines that count close it: rustc's `2 warnings emitted`,
//! cargo's ``warning: `x` (lib) generated 2 warnings (1 duplicate)``, `error: could not compile`.
//! rustc writes nothing when all is well, cargo a line `Finished`. A lint is named in a note
//! (``#[warn(clippy::x)]`` or ``-D clippy::x``), once for all findings of it: later ones have no name
//! here. An error without a lint's name blocks, as in [`super::cargo_json`].
//!
//! rustfmt shows differences: each file that would change is an error, at its first difference.

use super::cargo_json::{closed, is_compiler, summary};
use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::linter;
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use std::collections::BTreeSet;

/// The row of diagnostics.
pub(super) static DIAGNOSTICS: Format = Format {
    name: "rustc-text",
    kind: Kind::Findings,
    tools: "rustc, cargo clippy, cargo check",
    command: "cargo clippy --all-targets 2> clippy.txt; echo $? > clippy.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

/// The row of `rustfmt --check`.
pub(super) static RUSTFMT: Format = Format {
    name: "rustfmt-text",
    kind: Kind::Findings,
    tools: "rustfmt",
    command: "cargo fmt --check > rustfmt.txt; echo $? > rustfmt.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| difference(line).is_some()),
        _ => false,
    },
    read: read_rustfmt,
};

/// What cargo says about its work; it is aligned to the right in twelve columns.
const PROGRESS: &[&str] = &[
    "Adding",
    "Blocking",
    "Checking",
    "Compiling",
    "Downgrading",
    "Downloaded",
    "Downloading",
    "Dirty",
    "Finished",
    "Fixed",
    "Fresh",
    "Locking",
    "Running",
    "Updating",
];

/// Lines that lead on from diagnostics without being one.
pub(super) const CLOSING: &[&str] = &[
    "For more information about this error, try ",
    "For more information about an error, try ",
    "Some errors have detailed explanations: ",
    "warning: build failed, waiting for other jobs to finish",
    "error: build failed",
];

/// `error[E0308]: mismatched types`, as severity, code and text.
fn header(line: &str) -> Option<(Severity, Option<&str>, &str)> {
    if let Some(text) = line.strip_prefix("error: internal compiler error: ") {
        return Some((Severity::Critical, None, text));
    }
    let (word, severity) = [("error", Severity::Error), ("warning", Severity::Warning)]
        .into_iter()
        .find(|(word, _)| line.starts_with(word))?;
    let rest = &line[word.len()..];
    match rest.strip_prefix('[') {
        Some(rest) => {
            let (code, text) = rest.split_once("]: ")?;
            Some((severity, Some(code), text))
        }
        None => Some((severity, None, rest.strip_prefix(": ")?)),
    }
}

/// ` --> src/lib.rs:26:9`
fn arrow(line: &str) -> Option<Place> {
    let mut parts = line.trim().strip_prefix("--> ")?.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place::at(parts.next()?, line, column))
}

/// Whether cargo says here what it does.
pub(super) fn is_progress(line: &str) -> bool {
    let word = line.trim_start().split(' ').next().unwrap_or_default();
    line.len() > 12 && PROGRESS.contains(&word) && line.find(word) == Some(12 - word.len().min(12))
}

/// Findings that cargo counts: ``warning: `x` (lib) generated 2 warnings (1 duplicate)``.
fn generated(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('`')?.split_once(" generated ")?.1;
    let (count, rest) = lines::counted(rest, "warning")?;
    let twice = rest.strip_prefix(" (").and_then(|rest| Some(lines::counted(rest, "duplicate")?.0));
    Some(count.saturating_sub(twice.unwrap_or(0)))
}

/// The line that closes a build that succeeded, whole: "Finished `dev` profile [...] target(s) in 0.08s".
fn is_finish(line: &str) -> bool {
    let time = line.trim_end().rsplit_once(" target(s) in ").map(|(_, time)| time);
    line.trim_start().starts_with("Finished ") && time.is_some_and(|time| time.ends_with('s'))
}

fn detect(text: &TextHead<'_>) -> bool {
    let header = |line: &str| header(line).is_some();
    // Tests write their own results below the same lines.
    let tests = text.any(|line| line.starts_with("test result: ") || line.starts_with("running "));
    let found = text.first.iter().any(|line| header(line)) && text.first.iter().any(|l| arrow(l).is_some());
    let finished = text.last.last().is_some_and(|l| is_progress(l) && is_finish(l));
    !tests && (found || finished)
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut state = State::default();
    for line in lines::filled(&text) {
        state.take(&line)?;
        input.limits.check_items(state.findings.list.len())?;
    }
    for finding in &mut state.findings.list {
        let error = finding.severity <= Severity::Error;
        finding.blocking = error && finding.rule.as_deref().is_none_or(is_compiler);
    }
    let findings = state.findings;
    if !state.uncompiled || state.said[0].is_some() {
        closed(&findings, state.said)?;
    }
    let errors = findings.list.iter().any(|f| f.severity <= Severity::Error);
    if state.uncompiled && !errors {
        return Err(ReadError::new(Code::ToolFailed, "the build failed, and no error in the list says why"));
    }
    // cargo ends with 101, rustc with 1.
    linter::ended("rustc", input.exit_status, &[1, 101], &findings)?;
    if !state.finished {
        linter::not_silent("clippy", input, &findings)?;
    }
    Ok(linter::report(&DIAGNOSTICS, findings, Vec::new()))
}

#[derive(Default)]
struct State {
    findings: Findings,
    begun: bool,
    /// The latest header has no place yet.
    open: bool,
    /// Errors and warnings, as the closing lines count them.
    said: [Option<u64>; 2],
    /// cargo says that something could not be compiled.
    uncompiled: bool,
    /// cargo says that it is done.
    finished: bool,
}

impl State {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let first = !std::mem::replace(&mut self.begun, true);
        let text = line.text.as_ref();
        let inside = !self.findings.list.is_empty();
        if CLOSING.iter().any(|start| text.starts_with(start)) {
            self.open = false;
        } else if let Some((severity, code, message)) = header(text) {
            self.header(severity, code, message);
        } else if is_progress(text) {
            self.finished |= line.ended && is_finish(text);
        } else if let Some(place) = arrow(text).filter(|_| inside) {
            if let Some(finding) = self.findings.list.last_mut().filter(|_| self.open) {
                finding.place = Some(place);
            }
            self.open = false;
        } else if inside && below(text) {
            if let Some(finding) = self.findings.list.last_mut().filter(|f| f.rule.is_none()) {
                finding.rule = lint(text).map(str::to_owned);
            }
        } else {
            return Err(lines::unknown(line, first, "the compiler's text"));
        }
        Ok(())
    }

    fn header(&mut self, severity: Severity, code: Option<&str>, message: &str) {
        self.open = false;
        if let Some(said) = summary(message) {
            for (ours, said) in self.said.iter_mut().zip(said) {
                *ours = said.map_or(*ours, |said| Some(ours.unwrap_or(0) + said));
            }
        } else if let Some(count) = generated(message) {
            self.said[1] = Some(self.said[1].unwrap_or(0) + count);
        } else if let Some(rest) = message.strip_prefix("could not compile `") {
            self.uncompiled = true;
            let counts =
                rest.split_once(" due to ").and_then(|(_, due)| summary(&format!("aborting due to {due}")));
            // Errors of one target are counted again in the next, and shown once.
            self.said[0] = self.said[0].max(counts.and_then(|counts| counts[0]));
            self.said[1] = self.said[1].max(counts.and_then(|counts| counts[1]));
        } else {
            self.findings.list.push(linter::finding("rustc", severity, None, code, message));
            self.open = true;
        }
    }
}

/// Whether a line can stand below a header: source and margins, notes and help.
fn below(text: &str) -> bool {
    text.starts_with([' ', '|'])
        || text.starts_with(|c: char| c.is_ascii_digit())
        || ["note: ", "help: ", "..."].iter().any(|start| text.starts_with(start))
}

/// The lint that a note names.
fn lint(text: &str) -> Option<&str> {
    let note = text.trim_start().strip_prefix("= note: `").or_else(|| text.strip_prefix("note: `"))?;
    let after = ["#[warn(", "#[deny(", "#[forbid("].iter().find_map(|start| note.strip_prefix(start));
    match after {
        Some(rest) => rest.split_once(')').map(|(name, _)| name),
        None => {
            let rest = ["-D ", "-W ", "-F "].iter().find_map(|flag| note.strip_prefix(flag))?;
            rest.split_once('`').map(|(name, _)| name)
        }
    }
}

/// `Diff in /home/dev/proj/src/lib.rs:5:`, or `... at line 5:` in older versions.
fn difference(line: &str) -> Option<Place> {
    let rest = line.strip_prefix("Diff in ")?.trim_end().strip_suffix(':')?;
    let (path, number) = rest.rsplit_once(" at line ").or_else(|| rest.rsplit_once(':'))?;
    Some(Place::at(path, number.parse().ok()?, 0))
}

fn read_rustfmt(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    let mut files = BTreeSet::new();
    for (index, line) in lines::all(&text).enumerate() {
        let text = line.text.as_ref();
        if let Some(place) = difference(text) {
            if files.insert(place.path.clone()) {
                let message = "would be formatted otherwise";
                findings.list.push(Finding {
                    rule: None,
                    ..linter::finding("rustfmt", Severity::Error, Some(place), None, message)
                });
            }
        } else if text.starts_with("error: ") || text.starts_with("error[") {
            let message = format!("rustfmt: {}", quote(text));
            return Err(ReadError::new(Code::ToolFailed, message).at(line.number, None));
        } else if !(text.trim().is_empty() || (!files.is_empty() && text.starts_with([' ', '+', '-']))) {
            return Err(lines::unknown(&line, index == 0, "rustfmt's text"));
        }
        input.limits.check_items(findings.list.len())?;
    }
    linter::ended("rustfmt", input.exit_status, &[1], &findings)?;
    linter::not_silent("rustfmt", input, &findings)?;
    Ok(linter::report(&RUSTFMT, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    const LINT: &str = "warning: unneeded `return` statement\n  --> src/lib.rs:26:9\n   |\n26 |         return 1;\n   |         ^^^^^^^^\n   |\n   = note: `#[warn(clippy::needless_return)]` on by default\nhelp: remove `return`\n\n";

    #[test]
    fn cargo_is_done_when_it_says_so() {
        let done = "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 0.08s\n";
        assert_eq!(read(&DIAGNOSTICS, done, None), Ok(Findings::default()));
        assert_eq!(read(&DIAGNOSTICS, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&DIAGNOSTICS, "    Checking x v0.1.0 (/proj)\n", None), Err(Code::NoExitStatus));
        let two = "warning: `x` (lib) generated 1 warning\nwarning: `x` (lib test) generated 1 warning (1 duplicate)\n";
        let found = read(&DIAGNOSTICS, &format!("{LINT}{two}{done}"), Some(0)).unwrap();
        assert_eq!(counts(&found), ([0, 0, 1, 0], 0));
        assert_eq!(found.list[0].rule.as_deref(), Some("clippy::needless_return"));
        assert_eq!(found.list[0].place, Some(Place::at("src/lib.rs", 26, 9)));
        assert_eq!(read(&DIAGNOSTICS, LINT, Some(0)), Err(Code::Truncated));
        let more = format!("{LINT}{}", two.replace("generated 1 warning\n", "generated 2 warnings\n"));
        assert_eq!(read(&DIAGNOSTICS, &more, Some(0)), Err(Code::Contradiction));
    }

    #[test]
    fn errors_block_unless_they_are_lints() {
        let lint = LINT.replace("warning: un", "error: un").replace("#[warn(", "#[deny(");
        let end = "error: could not compile `x` (lib) due to 1 previous error\n";
        let found = read(&DIAGNOSTICS, &format!("{lint}{end}"), Some(101)).unwrap();
        assert_eq!(counts(&found), ([0, 1, 0, 0], 0));
        let compile = "error[E0425]: cannot find function `f` in this scope\n  --> src/lib.rs:1:1\n\n";
        let found = read(&DIAGNOSTICS, &format!("{compile}{end}"), Some(101)).unwrap();
        assert_eq!(counts(&found), ([0, 1, 0, 0], 1));
        assert_eq!(read(&DIAGNOSTICS, end, Some(101)), Err(Code::Contradiction));
        let bare = "error: could not compile `x` (lib)\n";
        assert_eq!(read(&DIAGNOSTICS, bare, Some(101)), Err(Code::ToolFailed));
    }

    #[test]
    fn rustfmt_is_silent_when_all_is_well() {
        let text = "Diff in /proj/src/lib.rs:5:\n x\n-y\n+z\n \nDiff in /proj/src/lib.rs:9:\n-y\nDiff in /proj/src/b.rs at line 2:\n+z\n";
        let found = read(&RUSTFMT, text, Some(1)).unwrap();
        let places: Vec<_> = found.list.iter().filter_map(|f| f.place.clone()).collect();
        assert_eq!(places, [Place::line("/proj/src/lib.rs", 5), Place::line("/proj/src/b.rs", 2)]);
        assert_eq!(read(&RUSTFMT, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&RUSTFMT, "", Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&RUSTFMT, "error: expected one of\n", Some(1)), Err(Code::ToolFailed));
        assert_eq!(read(&RUSTFMT, "-x\n", Some(1)), Err(Code::WrongFormat));
    }
}
