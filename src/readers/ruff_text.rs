//! ruff's outputs beside `json`: `json-lines`, and the texts `concise`, `full`, `grouped`
//! and `--statistics`.
//!
//! Severities are those of the families of rules, as in [`super::ruff`]. The texts close with
//! `Found 3 errors.` or `All checks passed!`; what stands there is held against the list. What
//! follows it speaks of fixes and has no end of its own. Its `pylint` is what flake8's is, and read
//! as such ([`super::flake8`]). Statistics name no place. Passed over on purpose: source lines, help.

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::{json, linter, ruff};
use crate::model::findings::{Finding, Findings};
use crate::model::place::Place;

/// The row of `json-lines`.
pub(super) static JSON_LINES: Format = Format {
    name: "ruff-json-lines",
    kind: Kind::Findings,
    tools: "ruff check",
    command: "ruff check --output-format json-lines > ruff.jsonl; echo $? > ruff.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => {
            !json.array && json.has(&["code", "filename", "location", "end_location", "message"])
        }
        _ => false,
    },
    read: read_json_lines,
};

/// The row of `concise`.
pub(super) static CONCISE: Format = Format {
    name: "ruff-concise",
    kind: Kind::Findings,
    tools: "ruff check",
    command: "ruff check --output-format concise > ruff.txt",
    end: End::Records,
    detect: |head| {
        is_text(head, |text| !clean(text) && text.first.iter().any(|line| concise(line).is_some()))
    },
    read: |input| read(input, &CONCISE, Style::Concise),
};

/// The row of `full`, the default. A clean run looks the same in all texts, and is taken for it.
pub(super) static FULL: Format = Format {
    name: "ruff-full",
    kind: Kind::Findings,
    tools: "ruff check",
    command: "ruff check > ruff.txt",
    end: End::Records,
    detect: |head| {
        is_text(head, |text| {
            let next = text.first.iter().skip(1);
            let mut pairs = text.first.iter().zip(next);
            clean(text) || pairs.any(|(title, place)| titled(title).is_some() && arrow(place).is_some())
        })
    },
    read: |input| read(input, &FULL, Style::Full),
};

/// The row of `grouped`.
pub(super) static GROUPED: Format = Format {
    name: "ruff-grouped",
    kind: Kind::Findings,
    tools: "ruff check",
    command: "ruff check --output-format grouped > ruff.txt",
    end: End::Records,
    detect: |head| is_text(head, |text| text.first.len() > 1 && grouped(&text.first[1]).is_some()),
    read: |input| read(input, &GROUPED, Style::Grouped),
};

/// The row of `--statistics`.
pub(super) static STATISTICS: Format = Format {
    name: "ruff-statistics",
    kind: Kind::Findings,
    tools: "ruff check",
    command: "ruff check --statistics > ruff.txt; echo $? > ruff.status",
    end: End::ExitStatus,
    detect: |head| is_text(head, |text| text.first.first().is_some_and(|line| statistic(line).is_some())),
    read: |input| read(input, &STATISTICS, Style::Statistics),
};

/// A text with ruff's closing line.
fn is_text(head: &Head<'_>, test: impl Fn(&TextHead<'_>) -> bool) -> bool {
    matches!(head, Head::Text(text) if text.last.iter().any(|line| closing(line).is_some()) && test(text))
}

fn clean(text: &TextHead<'_>) -> bool {
    text.first.first().is_some_and(|line| line == PASSED)
}

const PASSED: &str = "All checks passed!";

/// How many findings the closing line tells.
fn closing(line: &str) -> Option<u64> {
    if line == PASSED {
        return Some(0);
    }
    let (count, rest) = lines::counted(line.strip_prefix("Found ")?, "error")?;
    if rest == "." { Some(count) } else { remaining(rest) }
}

/// With `--fix`: ` (2 fixed, 1 remaining).`
fn remaining(rest: &str) -> Option<u64> {
    let (_, rest) = rest.strip_prefix(" (")?.split_once(" fixed, ")?;
    let (count, rest) = lines::number(rest)?;
    (rest == " remaining).").then_some(count)
}

/// Whether a word can be a rule: letters and digits, or the name of a syntax error.
fn is_rule(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    word == "invalid-syntax"
        || ((1..=8).contains(&(word.len() - digits.len()))
            && (3..=4).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// `D102 Missing docstring`, `F401 [*] unused`, `invalid-syntax: Expected ...`
fn titled(text: &str) -> Option<(&str, &str)> {
    let (rule, message) = text.split_once(' ')?;
    let rule = rule.strip_suffix(':').unwrap_or(rule);
    is_rule(rule).then(|| (rule, message.trim_start().trim_start_matches("[*] ")))
}

fn concise(line: &str) -> Option<Finding> {
    let found = lines::located(line).filter(|found| found.numbers == 2)?;
    let (rule, message) = titled(found.rest)?;
    Some(finding(Some(Place::at(found.path, found.line.into(), found.column?.into())), rule, message))
}

/// ` --> path:26:9`
fn arrow(line: &str) -> Option<Place> {
    let mut parts = line.trim().strip_prefix("--> ")?.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place::at(parts.next()?, line, column))
}

/// `  26:9 D102 Missing docstring`, below the name of a file.
fn grouped(line: &str) -> Option<(i64, i64, &str, &str)> {
    let (row, rest) = lines::number(line.strip_prefix("  ")?.trim_start())?;
    let (column, rest) = lines::number(rest.strip_prefix(':')?)?;
    let (rule, message) = titled(rest.trim_start())?;
    Some((row, column, rule, message))
}

/// `13 D102 [ ] undocumented-public-method`, with tabs between
fn statistic(line: &str) -> Option<(usize, &str, &str)> {
    let mut cells = line.split('\t').map(str::trim);
    let (count, rule) = (cells.next()?.parse().ok()?, cells.next()?);
    let name = cells.next()?.trim_start_matches("[*] ").trim_start_matches("[ ] ").trim_start_matches("[-] ");
    (cells.next().is_none() && (is_rule(rule) || rule.is_empty())).then_some((count, rule, name))
}

fn finding(place: Option<Place>, rule: &str, message: &str) -> Finding {
    let rule = if rule.is_empty() { "invalid-syntax" } else { rule };
    let (severity, blocking) = linter::judged_by_family(Some(rule));
    Finding { blocking, ..linter::finding("ruff", severity, place, Some(rule), message) }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    Concise,
    Full,
    Grouped,
    Statistics,
}

/// A text as far as it was read.
struct State<'l> {
    style: Style,
    findings: Findings,
    /// In `grouped`, the file.
    path: Option<String>,
    /// In `full`, the header before its place.
    header: Option<(String, String)>,
    closing: Option<u64>,
    limit: &'l super::format::Limits,
}

fn read(input: &Input<'_>, format: &'static Format, style: Style) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut state = State {
        style,
        findings: Findings::default(),
        path: None,
        header: None,
        closing: None,
        limit: input.limits,
    };
    let all: Vec<_> = lines::filled(&text).collect();
    for (index, line) in all.iter().enumerate() {
        let first = |error: ReadError| match error.code {
            Code::Malformed if index == 0 => lines::unknown(line, true, "ruff's text"),
            _ => error,
        };
        state.take(line, all.get(index + 1)).map_err(first)?;
        input.limits.check_items(state.findings.list.len())?;
    }
    linter::not_cut(&text)?;
    match state.closing {
        Some(count) => linter::counted("errors", count, state.findings.list.len() as u64)?,
        None if style == Style::Statistics && all.is_empty() => {
            linter::not_silent("ruff", input, &state.findings)?;
        }
        None if all.is_empty() => return Err(ReadError::new(Code::Empty, "the file is empty")),
        None => return Err(lines::unclosed("ruff", all.last().map_or(0, |line| line.number))),
    }
    linter::ended("ruff", input.exit_status, &[1], &state.findings)?;
    Ok(linter::report(format, state.findings, Vec::new()))
}

impl State<'_> {
    fn take(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) -> Result<(), ReadError> {
        let text = line.text.as_ref();
        if self.closing.is_some() {
            // `[*] 2 fixable with the --fix option`, `1 unsafe fix available ...`, `No fixes available ...`
            let fixes = text.contains(" fix") && (text.contains("--fix") || text.contains("--unsafe-fixes"));
            return if fixes { Ok(()) } else { Err(lines::unknown(line, false, "ruff's text at its end")) };
        }
        if let Some(count) = closing(text) {
            self.closing = Some(count);
            return Ok(());
        }
        if text.starts_with("error: ") || text.starts_with("ruff failed") {
            let message = format!("ruff: {}", quote(text));
            return Err(ReadError::new(Code::ToolFailed, message).at(line.number, None));
        }
        if text.starts_with("warning: ") && self.style != Style::Full {
            return Ok(());
        }
        let known = match self.style {
            Style::Concise => self.push(concise(text)),
            Style::Full => self.full(text, next),
            Style::Grouped => self.grouped(text),
            Style::Statistics => self.statistic(text)?,
        };
        if known { Ok(()) } else { Err(lines::unknown(line, false, "ruff's text")) }
    }

    fn push(&mut self, finding: Option<Finding>) -> bool {
        let known = finding.is_some();
        self.findings.list.extend(finding);
        known
    }

    /// A header has its place in the next line; below stand source and help.
    fn full(&mut self, text: &str, next: Option<&Line<'_>>) -> bool {
        if let Some((rule, message)) = self.header.take() {
            return self.push(arrow(text).map(|place| finding(Some(place), &rule, &message)));
        }
        match titled(text).filter(|_| next.is_some_and(|next| arrow(&next.text).is_some())) {
            Some((rule, message)) => {
                self.header = Some((rule.to_owned(), message.to_owned()));
                true
            }
            None => {
                let margin =
                    text.starts_with(' ') || text.starts_with(|c: char| c.is_ascii_digit() || c == '|');
                let said = ["help: ", "info: ", "note: ", "...", "-----"]
                    .iter()
                    .any(|start| text.starts_with(start));
                (margin || said || text.starts_with("warning: "))
                    && (!self.findings.list.is_empty() || text.starts_with("warning: "))
            }
        }
    }

    fn grouped(&mut self, text: &str) -> bool {
        match (&self.path, grouped(text)) {
            (Some(path), Some((row, column, rule, message))) => {
                let place = Place::at(path.as_str(), row, column);
                self.push(Some(finding(Some(place), rule, message)))
            }
            _ => {
                let path = text.strip_suffix(':').filter(|path| !path.starts_with(' '));
                self.path = path.map(str::to_owned);
                path.is_some()
            }
        }
    }

    fn statistic(&mut self, text: &str) -> Result<bool, ReadError> {
        let Some((count, rule, name)) = statistic(text) else { return Ok(false) };
        self.limit.check_items(self.findings.list.len().saturating_add(count))?;
        self.findings.list.extend(std::iter::repeat_n(finding(None, rule, name), count));
        Ok(true)
    }
}

fn read_json_lines(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let entries: Vec<ruff::Entry> = json::parse_lines(&text, input.limits)?;
    let list = entries.into_iter().map(ruff::finding).collect();
    let findings = Findings { list, ..Findings::default() };
    linter::ended("ruff", input.exit_status, &[1], &findings)?;
    linter::not_silent("ruff", input, &findings)?;
    Ok(linter::report(&JSON_LINES, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, detected, read};

    #[test]
    fn the_closing_line_is_held_against_the_list() {
        let one = "a.py:1:2: F821 Undefined name `x`\n";
        for (end, want) in [
            ("Found 1 error.\n", Ok(1)),
            ("Found 1 error.\n[*] 1 fixable with the `--fix` option.\n", Ok(1)),
            ("Found 3 errors (2 fixed, 1 remaining).\n", Ok(1)),
            ("Found 2 errors.\n", Err(Code::Contradiction)),
            ("All checks passed!\n", Err(Code::Contradiction)),
            ("Found 1 err", Err(Code::Malformed)),
            ("Found 1 error.", Err(Code::Truncated)),
            ("", Err(Code::Truncated)),
            ("error: Failed to read\n", Err(Code::ToolFailed)),
            ("Traceback\n", Err(Code::Malformed)),
        ] {
            assert_eq!(read(&CONCISE, &format!("{one}{end}"), None).map(|f| f.list.len()), want, "{end}");
        }
        assert_eq!(read(&FULL, "All checks passed!\n", Some(0)), Ok(Findings::default()));
        assert_eq!(read(&FULL, "All checks passed!\n", Some(2)), Err(Code::ToolFailed));
        assert_eq!(detected("All checks passed!\n"), Ok("ruff-full"));
    }

    #[test]
    fn a_file_that_does_not_parse_blocks_in_every_text() {
        for (format, text) in [
            (&CONCISE, "a.py:1:5: invalid-syntax: Expected `)`\nFound 1 error.\n"),
            (
                &FULL,
                "invalid-syntax: Expected `)`\n --> a.py:1:5\n  |\n1 | def f(\n  |     ^\n  |\n\nFound 1 error.\n",
            ),
            (&GROUPED, "a.py:\n  1:5 invalid-syntax: Expected `)`\n\nFound 1 error.\n"),
            (&STATISTICS, "1\tinvalid-syntax\t[ ] invalid-syntax\nFound 1 error.\n"),
            (&STATISTICS, "1\t\t[ ] invalid-syntax\nFound 1 error.\n"),
        ] {
            let found = read(format, text, Some(1)).unwrap();
            assert_eq!(counts(&found), ([0, 1, 0, 0], 1), "{text}");
        }
    }

    #[test]
    fn silence_needs_a_status() {
        for format in [&STATISTICS, &JSON_LINES] {
            assert_eq!(read(format, "", Some(0)), Ok(Findings::default()));
            assert_eq!(read(format, "", None), Err(Code::NoExitStatus));
            assert_eq!(read(format, "", Some(1)), Err(Code::Contradiction));
            assert_eq!(read(format, "", Some(2)), Err(Code::ToolFailed));
        }
        assert_eq!(read(&CONCISE, "", Some(0)), Err(Code::Empty));
        let huge = "99999999\tD102\t[ ] x\nFound 99999999 errors.\n";
        assert_eq!(read(&STATISTICS, huge, None), Err(Code::Limit));
    }
}
