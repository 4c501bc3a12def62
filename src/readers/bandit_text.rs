//! The text of bandit (`-f txt`, also `screen`): issues, what was scanned, totals, skipped files.
//!
//! `Files skipped (N):` and N lines are the end. Totals by severity count what `-l` left out too.
//! Passed over on purpose: code, CWE, links, log lines of `-v`.

use super::bandit::{finish, judged, skipped};
use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::linter;
use crate::model::findings::Findings;
use crate::model::place::Place;

/// The row of `-f txt`.
pub(super) static TEXT: Format = Format {
    name: "bandit-text",
    kind: Kind::Findings,
    tools: "bandit",
    command: "bandit -r backend > bandit.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => text.any(|line| line.starts_with("Run started:")) && text.any(|l| l == RESULTS),
        _ => false,
    },
    read,
};

const RESULTS: &str = "Test results:";
const SCANNED: &str = "Code scanned:";

/// Where in the text we are.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Head,
    Issues,
    Totals,
    Skipped,
}

/// An issue as far as it was read.
#[derive(Default)]
struct Open {
    rule: String,
    message: String,
    severity: Option<(String, String)>,
    placed: bool,
}

struct State {
    part: Part,
    findings: Findings,
    open: Option<Open>,
    /// Issues by severity that the totals count.
    said: Option<u64>,
    by_severity: bool,
    left: Option<u64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut state = State {
        part: Part::Head,
        findings: Findings::default(),
        open: None,
        said: None,
        by_severity: false,
        left: None,
    };
    let mut last = 0;
    for (index, line) in lines::filled(&text).enumerate() {
        state.take(&line, index == 0)?;
        input.limits.check_items(state.findings.list.len())?;
        last = line.number;
    }
    let issues = state.findings.list.iter().filter(|f| !f.blocking).count() as u64;
    if state.left != Some(0) {
        return Err(lines::unclosed("bandit", last));
    }
    let mut notices = Vec::new();
    match state.said {
        Some(said) if said > issues => {
            notices.push(format!(
                "bandit counts {said} issues and lists {issues}: a level (-l) leaves the rest out"
            ));
        }
        Some(said) => linter::counted("issues", said, issues)?,
        None => return Err(ReadError::new(Code::Malformed, "the totals by severity are missing")),
    }
    finish(&TEXT, input, state.findings, notices)
}

impl State {
    fn take(&mut self, line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let text = line.text.as_ref();
        let known = match self.part {
            Part::Head => self.head(text),
            Part::Issues => self.issue(text)?,
            Part::Totals => self.total(text),
            Part::Skipped => self.skipped(text),
        };
        if known { Ok(()) } else { Err(lines::unknown(line, first, "bandit's text")) }
    }

    fn head(&mut self, text: &str) -> bool {
        if text == RESULTS {
            self.part = Part::Issues;
        }
        text == RESULTS || ["Run started:", "[", "Working..."].iter().any(|start| text.starts_with(start))
    }

    fn issue(&mut self, text: &str) -> Result<bool, ReadError> {
        if text == SCANNED {
            self.part = Part::Totals;
            return Ok(self.open.as_ref().is_none_or(|open| open.placed));
        }
        if let Some(rest) = text.strip_prefix(">> Issue: [") {
            let whole = self.open.as_ref().is_none_or(|open| open.placed);
            let Some((rule, message)) = rest.split_once("] ").filter(|_| whole) else { return Ok(false) };
            let rule = rule.split(':').next().unwrap_or(rule).to_owned();
            self.open = Some(Open { rule, message: message.to_owned(), ..Open::default() });
            return Ok(true);
        }
        let Some(open) = &mut self.open else { return Ok(text.trim() == "No issues identified.") };
        if let Some(rest) = text.strip_prefix("   Severity: ").filter(|_| !open.placed) {
            let words = rest.split_once("Confidence: ");
            open.severity = words.map(|(s, c)| (s.trim().to_owned(), c.trim().to_owned()));
            return Ok(open.severity.is_some());
        }
        if let Some(rest) = text.strip_prefix("   Location: ").filter(|_| !open.placed) {
            let Some((severity, confidence)) = &open.severity else { return Ok(false) };
            let Some(place) = place(rest) else { return Ok(false) };
            let severity = judged(severity, confidence)?;
            let found =
                linter::finding("bandit", severity, Some(place), Some(&open.rule), open.message.as_str());
            self.findings.list.push(found);
            open.placed = true;
            return Ok(true);
        }
        let told = text.starts_with("   CWE: ") || text.starts_with("   More Info: ");
        let code = text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with("-----");
        // A message may hold line ends; the code below may be anything with a number before it.
        Ok(told || (code && open.placed) || open.severity.is_none())
    }

    fn total(&mut self, text: &str) -> bool {
        if let Some(rest) = text.strip_prefix("Files skipped (") {
            self.part = Part::Skipped;
            self.left = rest.strip_suffix("):").and_then(|count| count.parse().ok());
            return self.left.is_some();
        }
        let row = text.trim();
        if row.starts_with("Total issues (by ") {
            self.by_severity = row == "Total issues (by severity):";
            return true;
        }
        let Some((name, value)) = row.split_once(':') else { return false };
        if !text.starts_with('\t') {
            return row == "Run metrics:";
        }
        let Ok(count) = value.trim().parse::<u64>() else { return false };
        match name {
            "Undefined" | "Low" | "Medium" | "High" if self.by_severity => {
                self.said = Some(self.said.unwrap_or(0).saturating_add(count));
            }
            "Total lines of code" if count == 0 => self.findings.analysed = Some(0),
            name if name.contains("#nosec") => {
                self.findings.suppressed = self.findings.suppressed.saturating_add(count);
            }
            _ => {}
        }
        true
    }

    /// `bad/broken.py (syntax error while parsing AST from file)`
    fn skipped(&mut self, text: &str) -> bool {
        let Some(left) = self.left.and_then(|left| left.checked_sub(1)) else { return false };
        self.left = Some(left);
        let Some((path, reason)) = text.strip_prefix('\t').and_then(|rest| rest.split_once(" (")) else {
            return false;
        };
        self.findings.list.push(skipped(path, reason.trim_end_matches(')')));
        reason.ends_with(')')
    }
}

/// `a.py:22:13`; columns are 0-based.
fn place(text: &str) -> Option<Place> {
    let mut parts = text.rsplitn(3, ':');
    let column: i64 = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place::at(parts.next()?, line, column + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    fn text(issues: &str, high: u32, skipped: &str) -> String {
        format!(
            "Run started:2026-01-01\n\nTest results:\n{issues}\nCode scanned:\n\tTotal lines of code: 3\n\tTotal lines skipped (#nosec): 2\n\nRun metrics:\n\tTotal issues (by severity):\n\t\tHigh: {high}\n\tTotal issues (by confidence):\n\t\tHigh: {high}\n{skipped}"
        )
    }

    #[test]
    fn the_list_of_skipped_files_is_the_end() {
        let issue = ">> Issue: [B1:x] m\n   Severity: High   Confidence: High\n   CWE: x\n   Location: a.py:3:4\n3\tx\n\n-----\n";
        let none = "Files skipped (0):\n";
        let found = read(&TEXT, &text(issue, 1, none), Some(1)).unwrap();
        assert_eq!((counts(&found), found.suppressed), (([1, 0, 0, 0], 0), 2));
        assert_eq!(found.list[0].place, Some(Place::at("a.py", 3, 5)));
        assert_eq!(read(&TEXT, &text(issue, 0, none), None), Err(Code::Contradiction));
        let clean = "\tNo issues identified.\n";
        assert_eq!(read(&TEXT, &text(clean, 0, none), Some(0)).unwrap().list, []);
        assert_eq!(read(&TEXT, &text(clean, 0, ""), Some(0)), Err(Code::Truncated));
        assert_eq!(read(&TEXT, &text(clean, 0, "Files skipped (1):\n"), Some(0)), Err(Code::Truncated));
        let skipped = "Files skipped (1):\n\tb.py (syntax error while parsing AST from file)\n";
        assert_eq!(counts(&read(&TEXT, &text(clean, 0, skipped), Some(0)).unwrap()), ([0, 1, 0, 0], 1));
        assert_eq!(read(&TEXT, &text("odd\n", 0, none), None), Err(Code::Malformed));
    }
}
