//! The text of `ruff format --check`: `Would reformat: path`, or with its preview output blocks that
//! begin `unformatted: File would be reformatted` and ` --> path:line:column`.
//!
//! The last line counts: `2 files would be reformatted, 3 files already formatted`. A file that would
//! be reformatted is an error, as with black; one that does not parse (`error: Failed to parse ...`,
//! `invalid-syntax`) blocks. Passed over on purpose: the differences themselves.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::linter;
use crate::model::findings::{Findings, Severity};
use crate::model::place::Place;
use std::collections::BTreeSet;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "ruff-format-text",
    kind: Kind::Findings,
    tools: "ruff format",
    command: "ruff format --check > ruff-format.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => text.last.last().is_some_and(|line| closing(line).is_some()),
        _ => false,
    },
    read,
};

/// `5 files would be reformatted, 38 files already formatted`: of each how many.
fn closing(line: &str) -> Option<(u64, u64)> {
    let formatted = |text| {
        let (count, rest) = lines::counted(text, "file")?;
        (rest == " already formatted").then_some(count)
    };
    let (count, rest) = lines::counted(line, "file")?;
    match rest.strip_prefix(" would be reformatted") {
        Some("") => Some((count, 0)),
        Some(rest) => Some((count, formatted(rest.strip_prefix(", ")?)?)),
        None => formatted(line).map(|count| (0, count)),
    }
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut state = State::default();
    for (index, line) in lines::filled(&text).enumerate() {
        state.take(&line, index == 0)?;
        input.limits.check_items(state.findings.list.len())?;
    }
    let Some((would, unchanged)) = state.closing else {
        return Err(lines::unclosed("ruff format", state.last));
    };
    // The line can be cut behind either half, and is a whole sentence then.
    linter::not_cut(&text)?;
    linter::counted("files that would be reformatted", would, state.files.len() as u64)?;
    let mut findings = state.findings;
    findings.analysed = Some(would + unchanged);
    // 2: something could not be formatted, which has to be in the list.
    let stopped = findings.list.iter().any(|f| f.blocking);
    let found: &[i32] = if stopped { &[1, 2] } else { &[1] };
    linter::ended("ruff format", input.exit_status, found, &findings)?;
    Ok(linter::report(&FORMAT, findings, Vec::new()))
}

#[derive(Default)]
struct State {
    findings: Findings,
    files: BTreeSet<String>,
    /// A block has begun whose place is in the next line; whether it is a file that does not parse.
    begun: Option<Option<String>>,
    closing: Option<(u64, u64)>,
    last: u64,
}

impl State {
    fn take(&mut self, line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let text = line.text.as_ref();
        self.last = line.number;
        if self.closing.is_some() {
            return Err(lines::unknown(line, first, "ruff's text: it follows the closing line"));
        }
        if let Some(begun) = self.begun.take() {
            let Some(place) = arrow(text) else {
                return Err(lines::unknown(line, first, "ruff's text here"));
            };
            match begun {
                Some(why) => self.findings.list.push(linter::blocking("ruff", Some(place), why)),
                None => self.would(place),
            }
        } else if text == "unformatted: File would be reformatted" {
            self.begun = Some(None);
        } else if let Some(why) = text.strip_prefix("invalid-syntax: ") {
            self.begun = Some(Some(why.to_owned()));
        } else if let Some(path) = text.strip_prefix("Would reformat: ") {
            self.would(Place::file(path));
        } else if let Some(why) = text.strip_prefix("error: Failed to ") {
            let place = lines::located(why.strip_prefix("parse ").unwrap_or(why));
            let place = place.map(|l| Place::at(l.path, l.line.into(), l.column.unwrap_or(0).into()));
            self.findings.list.push(linter::blocking("ruff", place, format!("Failed to {why}")));
        } else if let Some(why) = text.strip_prefix("error: ") {
            let message = format!("ruff format: {}", quote(why));
            return Err(ReadError::new(Code::ToolFailed, message).at(line.number, None));
        } else if let Some(closing) = closing(text) {
            self.closing = Some(closing);
        } else if !(text.starts_with("warning: ") || self.is_below(text)) {
            return Err(lines::unknown(line, first, "the text of ruff format"));
        }
        Ok(())
    }

    /// Whether a line can be part of a difference.
    fn is_below(&self, text: &str) -> bool {
        !self.findings.list.is_empty()
            && (text.starts_with([' ', '|', '-', '+', '.']) || text.starts_with(|c: char| c.is_ascii_digit()))
    }

    fn would(&mut self, place: Place) {
        if self.files.insert(place.path.clone()) {
            let message = "would be reformatted";
            self.findings.list.push(linter::finding("ruff", Severity::Error, Some(place), None, message));
        }
    }
}

/// ` --> path:49:33`
fn arrow(line: &str) -> Option<Place> {
    let mut parts = line.trim().strip_prefix("--> ")?.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place::at(parts.next()?, line, column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn the_last_line_counts() {
        for (text, want) in [
            ("42 files already formatted\n", Ok(([0, 0, 0, 0], 0))),
            ("42 files already formatted", Err(Code::Truncated)),
            (
                "Would reformat: a.py\n1 file would be reformatted, 2 files already formatted\n",
                Ok(([0, 1, 0, 0], 0)),
            ),
            ("Would reformat: a.py\n1 file would be reformatted\n", Ok(([0, 1, 0, 0], 0))),
            ("Would reformat: a.py\n", Err(Code::Truncated)),
            ("Would reformat: a.py\n2 files would be reformatted\n", Err(Code::Contradiction)),
            (
                "error: Failed to parse a.py:1:5: Expected x\n1 file already formatted\n",
                Ok(([0, 1, 0, 0], 1)),
            ),
            ("error: no such option\n", Err(Code::ToolFailed)),
            ("All done!\n", Err(Code::WrongFormat)),
        ] {
            assert_eq!(read(&FORMAT, text, None).map(|found| counts(&found)), want, "{text}");
        }
        assert_eq!(read(&FORMAT, "42 files already formatted\n", Some(2)), Err(Code::ToolFailed));
        assert_eq!(read(&FORMAT, "42 files already formatted\n", Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&FORMAT, "42 files already formatted\n", Some(0)).unwrap().analysed, Some(42));
    }
}
