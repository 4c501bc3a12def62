//! The text of flake8: `path:line:column: CODE message`, or `path:line: [CODE] message` with
//! `--format=pylint`; pycodestyle writes the same.
//!
//! Nothing at all is written when all is well, so a blank file needs the recorded exit status.
//! There is no closing line either, unless `--count` or `--statistics` ask for one: these are held
//! against the list. Source lines of `--show-source` are passed over.

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "flake8-text",
    kind: Kind::Findings,
    tools: "flake8, pycodestyle",
    command: "flake8 > reports/flake8.txt; echo $? > reports/flake8.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

/// Severity by family of rules: the code is the prefix and digits. Longer prefixes come first.
/// The families of flake8's plugins and those that ruff took over from them are the same.
const FAMILIES: &[(&str, Severity)] = &[
    ("E9", Severity::Error),
    ("ASYNC", Severity::Warning),
    ("PLE", Severity::Error),
    ("PLW", Severity::Warning),
    ("PLC", Severity::Info),
    ("PLR", Severity::Info),
    ("SIM", Severity::Info),
    ("RET", Severity::Info),
    ("ANN", Severity::Info),
    ("COM", Severity::Info),
    ("ERA", Severity::Info),
    ("UP", Severity::Info),
    ("PT", Severity::Info),
    ("Q", Severity::Info),
    ("F", Severity::Error),
    ("B", Severity::Error),
    ("S", Severity::Error),
    ("E", Severity::Warning),
    ("W", Severity::Warning),
    ("C", Severity::Info),
    ("N", Severity::Info),
    ("D", Severity::Info),
    ("I", Severity::Info),
];

/// The severity of a rule, and whether it says that the file could not be read at all. A family
/// that nobody has judged is a warning.
pub(super) fn severity(code: &str) -> (Severity, bool) {
    let family = FAMILIES.iter().find(|(prefix, _)| {
        let rest = code.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    (family.map_or(Severity::Warning, |row| row.1), code.starts_with("E9"))
}

/// A finding of flake8 in a line, as (code, message) with its place.
fn finding(line: &str) -> Option<(Place, &str, &str)> {
    let found = lines::located(line)?;
    let (code, message) = match found.numbers {
        1 => found.rest.strip_prefix('[')?.split_once("] ")?,
        2 => found.rest.split_once(' ')?,
        _ => return None,
    };
    // `[*]` is how ruff marks what it can mend: its text needs its own closing line.
    let ours = is_code(code) && !message.starts_with("[*]");
    let place = Place::at(found.path, found.line.into(), found.column.unwrap_or(0).into());
    ours.then_some((place, code, message))
}

/// Whether a word is a code: letters, then digits.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = word.len() - digits.len();
    (1..=4).contains(&letters)
        && (3..=4).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A row of `--statistics`: how often, and which code.
fn statistic(line: &str) -> Option<(u64, &str)> {
    let (count, rest) = lines::number::<u32>(line)?;
    let (code, _) = rest.trim_start().split_once(' ')?;
    (rest.starts_with(' ') && is_code(code)).then_some((count.into(), code))
}

fn detect(text: &TextHead<'_>) -> bool {
    // ruff closes its text, which is otherwise the same, with a count of its own.
    let ruff = |line: &str| line.starts_with("Found ") || line.starts_with("[*] ");
    text.first.first().is_some_and(|line| finding(line).is_some()) && !text.last.iter().any(|line| ruff(line))
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    let mut tail = Tail::default();
    let all: Vec<Line<'_>> = lines::filled(&text).collect();
    let mut at = 0;
    while let Some(line) = all.get(at) {
        at += 1;
        if let Some((place, code, message)) = finding(&line.text).filter(|_| !tail.begun()) {
            findings.list.push(entry(place, code, message));
            input.limits.check_items(findings.list.len())?;
        } else if !tail.take(&line.text) {
            // `--show-source`: the line of code, then a caret under it.
            let caret = all.get(at).is_some_and(|next| next.text.trim() == "^");
            if !caret || findings.list.is_empty() || tail.begun() {
                return Err(lines::unknown(line, at == 1, "flake8's text"));
            }
            at += 1;
        }
    }
    // What stands in a line without its end may be half of it.
    if let Some(last) = all.last().filter(|line| !line.ended) {
        return Err(ReadError::new(Code::Truncated, "the last line is cut").at(last.number, None));
    }
    tail.check(&findings)?;
    check_status(input.exit_status, findings.list.is_empty())?;
    Ok(Report::new(&FORMAT, Body::Findings(findings)))
}

fn entry(place: Place, code: &str, message: &str) -> Finding {
    let (severity, blocking) = severity(code);
    Finding {
        severity,
        place: Some(place),
        rule: Some(code.to_owned()),
        message: message.to_owned(),
        tool: "flake8",
        blocking,
    }
}

/// What `--statistics` and `--count` write after the findings.
#[derive(Default)]
struct Tail {
    by_code: BTreeMap<String, u64>,
    total: Option<u64>,
}

impl Tail {
    fn begun(&self) -> bool {
        self.total.is_some() || !self.by_code.is_empty()
    }

    /// Whether the line belongs to the tail.
    fn take(&mut self, line: &str) -> bool {
        if self.total.is_some() {
            return false;
        }
        if let Some((count, code)) = statistic(line) {
            *self.by_code.entry(code.to_owned()).or_default() += count;
            return true;
        }
        self.total = line.trim().parse().ok();
        self.total.is_some()
    }

    /// Holds the counts against the list.
    fn check(&self, findings: &Findings) -> Result<(), ReadError> {
        let found = findings.list.len() as u64;
        let wrong =
            |said: String| Err(ReadError::new(Code::Contradiction, format!("{said}, {found} are listed")));
        if let Some(total) = self.total.filter(|total| *total != found) {
            return wrong(format!("the count says {total} findings"));
        }
        let mut by_code = BTreeMap::new();
        for rule in findings.list.iter().filter_map(|f| f.rule.clone()) {
            *by_code.entry(rule).or_default() += 1;
        }
        if !self.by_code.is_empty() && self.by_code != by_code {
            return wrong(format!("the statistics count {} findings", self.by_code.values().sum::<u64>()));
        }
        Ok(())
    }
}

/// 0: nothing found (or `--exit-zero`), 1: findings, anything else: it did not do its work.
fn check_status(status: Option<i32>, clean: bool) -> Result<(), ReadError> {
    match status {
        Some(0) => Ok(()),
        Some(1) if clean => Err(ReadError::none_listed("flake8", "findings")),
        Some(1) => Ok(()),
        Some(other) => Err(ReadError::tool_ended("flake8", other)),
        None if clean => Err(ReadError::silent("flake8")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn list(text: &str, exit_status: Option<i32>) -> Result<Vec<Finding>, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match read(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings.list),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn clean_and_crashed_look_alike() {
        assert_eq!(list("", Some(0)), Ok(vec![]));
        assert_eq!(list("\n", None), Err(Code::NoExitStatus));
        assert_eq!(list("", Some(1)), Err(Code::Contradiction));
        assert_eq!(list("", Some(2)), Err(Code::ToolFailed));
        assert_eq!(list("", Some(-9)), Err(Code::ToolFailed));
        assert_eq!(list("0\n", Some(0)), Ok(vec![]));
    }

    #[test]
    fn severities_are_of_the_family() {
        for (code, want) in [
            ("E999", (Severity::Error, true)),
            ("E902", (Severity::Error, true)),
            ("F401", (Severity::Error, false)),
            ("FBT001", (Severity::Warning, false)),
            ("B006", (Severity::Error, false)),
            ("BLE001", (Severity::Warning, false)),
            ("S608", (Severity::Error, false)),
            ("SIM105", (Severity::Info, false)),
            ("E501", (Severity::Warning, false)),
            ("W291", (Severity::Warning, false)),
            ("C901", (Severity::Info, false)),
            ("N802", (Severity::Info, false)),
            ("D103", (Severity::Info, false)),
            ("I001", (Severity::Info, false)),
        ] {
            assert_eq!(severity(code), want, "{code}");
        }
    }

    #[test]
    fn counts_must_agree_with_the_list() {
        let one = "a.py:1:1: E501 line too long\n";
        for (tail, want) in [
            ("1\n", Ok(1)),
            ("2\n", Err(Code::Contradiction)),
            ("1     E501 line too long\n", Ok(1)),
            ("1     E501 line too long\n1\n", Ok(1)),
            ("2     E501 line too long\n", Err(Code::Contradiction)),
            ("1     E502 x\n", Err(Code::Contradiction)),
            ("1\na.py:1:1: E501 x\n", Err(Code::Malformed)),
            ("    x = 1\n        ^\n", Ok(1)),
            ("Traceback (most recent call last):\n", Err(Code::Malformed)),
            ("a.py:2:1: E50", Err(Code::Malformed)),
            ("a.py:2:1: E501 line too", Err(Code::Truncated)),
            ("1", Err(Code::Truncated)),
        ] {
            assert_eq!(list(&format!("{one}{tail}"), Some(1)).map(|l| l.len()), want, "{tail}");
        }
    }

    #[test]
    fn other_tools_are_not_taken_for_flake8() {
        for text in [
            "a.c:3:5: error: expected ';'\n",
            "a.c:3:5: warning: unused variable [-Wunused]\n",
            "a.py:3:5: C0114: Missing module docstring (missing-module-docstring)\n",
            "a.py:3: [E1101(no-member), C.m] no member\n",
            "a.py:3: error: x  [syntax]\n",
            "a.py:1:1: F401 [*] `os` imported but unused\n",
            "<!DOCTYPE html>\n",
        ] {
            assert_eq!(list(text, Some(0)), Err(Code::WrongFormat), "{text}");
            assert!(!detect(&lines::head(text)), "{text}");
        }
        assert!(!detect(&lines::head("a.py:1:1: E501 x\nFound 1 error.\n")));
        assert!(detect(&lines::head("a.py:1: [E501] x\n")));
    }
}
