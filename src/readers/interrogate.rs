//! What interrogate prints: only its RESULT line, with `-v` a table of files, with `-vv` a table of
//! every class and function before it.
//!
//! The RESULT line is the mark of the end. The counts come from the table; without it there is only
//! the percentage that interrogate rounded. Ignored on purpose: the table of `-vv`, which the other
//! one sums up.

use super::detect::{Head, TextHead};
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use crate::model::decimal::Decimal;
use crate::model::docstrings::Docstrings;
use crate::model::ratio::Ratio;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "interrogate-text",
    kind: Kind::Docstrings,
    tools: "interrogate",
    command: "interrogate -v . > reports/interrogate.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

const WHAT: &str = "interrogate's text";

fn detect(text: &TextHead<'_>) -> bool {
    text.any(|line| header(line).is_some() || line.trim_start_matches(['-', ' ']).starts_with(RESULT))
}

const RESULT: &str = "RESULT: ";

/// The folder of `=== Coverage for FOLDER ===`.
fn header(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('=')?.trim_start_matches('=').strip_prefix(" Coverage for ")?;
    Some(inner.trim_end_matches('=').trim_end())
}

/// The verdict that interrogate prints.
#[derive(Debug, PartialEq)]
struct Verdict {
    passed: bool,
    minimum: Decimal,
    actual: Decimal,
}

/// `RESULT: PASSED (minimum: 90.0%, actual: 95.7%)`, alone or amid dashes. Amid dashes the line
/// needs its end, since nobody knows how many there ought to be.
fn verdict(line: &Line<'_>) -> Option<Verdict> {
    let text = line.text.trim_start_matches('-').trim();
    let bare = text.trim_end_matches('-').trim_end();
    if !line.ended && line.text.starts_with('-') {
        return None;
    }
    let inner = bare.strip_prefix(RESULT)?.strip_suffix("%)")?;
    let (word, figures) = inner.split_once(" (minimum: ")?;
    let (minimum, actual) = figures.split_once("%, actual: ")?;
    let passed = match word {
        "PASSED" => true,
        "FAILED" => false,
        _ => return None,
    };
    Some(Verdict { passed, minimum: minimum.parse().ok()?, actual: actual.parse().ok()? })
}

/// The cells of `| a | b |`.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim_end().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut table = Table::default();
    let mut last = 0;
    let mut first = true;
    for line in lines::filled(&text) {
        last = line.number;
        table.take(&line, first)?;
        first = false;
        input.limits.check_items(table.docstrings.files.len())?;
    }
    let Some(verdict) = &table.verdict else { return Err(lines::unclosed("interrogate", last)) };
    let mut notices = Vec::new();
    check(verdict, &table)?;
    if table.omitted {
        notices.push("files with every docstring are left out of the table".to_owned());
    }
    if table.docstrings.total.is_none() {
        notices.push("only a rounded percentage: run interrogate with -v for exact counts".to_owned());
    }
    let mut docstrings = table.docstrings;
    docstrings.printed = Some(verdict.actual);
    Ok(Report { notices, ..Report::new(&FORMAT, Body::Docstrings(docstrings)) })
}

#[derive(Default)]
struct Table {
    /// The folder to which names are relative.
    folder: String,
    docstrings: Docstrings,
    /// Files that are complete were left out.
    omitted: bool,
    verdict: Option<Verdict>,
}

impl Table {
    fn take(&mut self, line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let text = line.text.trim();
        if text.starts_with("Generated badge to ") {
            return Ok(());
        }
        if self.verdict.is_some() {
            return Err(lines::unknown(line, first, "interrogate's text: it follows the result"));
        }
        if let Some(folder) = header(text) {
            self.folder = folder.to_owned();
        } else if let Some(cells) = cells(text) {
            self.row(&cells, line, first)?;
        } else if let Some(verdict) = verdict(line) {
            self.verdict = Some(verdict);
        } else if !is_heading(text) {
            // A result that is cut is no line of its own kind, but the end is what it lacks.
            let result = text.trim_start_matches(['-', ' ']).starts_with(RESULT) && !line.ended;
            return Err(match result {
                true => lines::unclosed("interrogate", line.number),
                false => lines::unknown(line, first, WHAT),
            });
        }
        Ok(())
    }

    fn row(&mut self, cells: &[&str], line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let (name, counts) = match cells {
            // The rules, and the table of `-vv`.
            rules if rules.iter().all(|c| !c.is_empty() && c.bytes().all(|b| b == b'-')) => {
                return Ok(());
            }
            // `--omit-covered-files`
            [note] if note.starts_with('(') && note.ends_with(" omitted due to complete coverage)") => {
                self.omitted = true;
                return Ok(());
            }
            ["Name", ..] | [_, "COVERED" | "MISSED"] => return Ok(()),
            [name, counts @ .., _percent] if counts.len() == 3 => (*name, counts),
            _ => return Err(lines::unknown(line, first, WHAT)),
        };
        let numbers: Option<Vec<u64>> = counts.iter().map(|c| c.parse::<u32>().ok().map(u64::from)).collect();
        let Some([total, missing, covered]) = numbers.as_deref() else {
            return Err(lines::unknown(line, first, WHAT));
        };
        if missing.checked_add(*covered) != Some(*total) {
            let message = format!("{}: {missing} missing and {covered} covered are not {total}", quote(name));
            return Err(ReadError::new(Code::Contradiction, message).at(line.number, None));
        }
        let ratio = Ratio::new(*covered, *total);
        let known = if name == "TOTAL" {
            self.docstrings.total.replace(ratio)
        } else {
            self.docstrings.files.insert(self.path(name), ratio)
        };
        match known {
            None => Ok(()),
            Some(_) => Err(ReadError::new(Code::Duplicate, format!("{} is there twice", quote(name)))
                .at(line.number, None)),
        }
    }

    fn path(&self, name: &str) -> String {
        match self.folder.as_str() {
            "" => name.to_owned(),
            folder if folder.ends_with(['/', '\\']) => format!("{folder}{name}"),
            folder => format!("{folder}/{name}"),
        }
    }
}

/// `--- Summary ---`, `--- Detailed Coverage ---`.
fn is_heading(text: &str) -> bool {
    matches!(text.trim_matches(['-', ' ']), "Summary" | "Detailed Coverage") && text.starts_with('-')
}

/// Holds the table against its total, and both against the result.
fn check(verdict: &Verdict, table: &Table) -> Result<(), ReadError> {
    let wrong = |message: String| Err(ReadError::new(Code::Contradiction, message));
    if verdict.actual > Decimal::whole(100) {
        return wrong(format!("the result says {}%", verdict.actual));
    }
    let sum: Ratio = table.docstrings.files.values().copied().sum();
    let total = match table.docstrings.total {
        Some(total) => total,
        None if table.docstrings.files.is_empty() => return Ok(()),
        None => return wrong("a table of files without its TOTAL".to_owned()),
    };
    let agrees = if table.omitted {
        sum.missing() == total.missing() && sum.total <= total.total
    } else {
        sum == total
    };
    if !agrees {
        return wrong(format!(
            "TOTAL says {} of {}, the files add up to {} of {}",
            total.covered, total.total, sum.covered, sum.total
        ));
    }
    // Rounded by interrogate to one decimal: they may differ by half of it, and by a rounding of that.
    let near = |ratio: Ratio, percent: Decimal| {
        let (n, d) = percent.parts();
        let (ours, theirs) = (u128::from(ratio.covered) * 1000 * d, n * 10 * u128::from(ratio.total));
        ours.abs_diff(theirs) <= d * u128::from(ratio.total)
    };
    if !total.is_empty() && !near(total, verdict.actual) {
        return wrong(format!("the result says {}%, TOTAL {}", verdict.actual, total.percent()));
    }
    let clear = |one: Decimal, two: Decimal| {
        let ((n, d), (m, e)) = (one.parts(), two.parts());
        n * e * 10 > (m * 10 + e) * d
    };
    if verdict.passed && clear(verdict.minimum, verdict.actual) {
        return wrong(format!("the result is PASSED with {}% under {}%", verdict.actual, verdict.minimum));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn docstrings(text: &str) -> Result<Docstrings, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
        match read(&input).map_err(|e| e.code)?.body {
            Body::Docstrings(docstrings) => Ok(docstrings),
            other => panic!("{other:?}"),
        }
    }

    fn table(rows: &str, result: &str) -> String {
        format!(
            "==== Coverage for /w/b/ ====\n---- Summary ----\n| Name | Total | Miss | Cover | Cover% |\n|---|---|---|---|---|\n{rows}---- RESULT: {result} ----\n"
        )
    }

    const ROWS: &str =
        "| a.py | 3 | 1 | 2 | 67% |\n| b.py | 1 | 0 | 1 | 100% |\n| TOTAL | 4 | 1 | 3 | 75.0% |\n";

    #[test]
    fn paths_are_relative_to_the_header() {
        let found = docstrings(&table(ROWS, "FAILED (minimum: 80.0%, actual: 75.0%)")).unwrap();
        assert_eq!(found.total, Some(Ratio::new(3, 4)));
        assert_eq!(found.files["/w/b/a.py"], Ratio::new(2, 3));
        assert_eq!(found.printed, "75.0".parse().ok());
    }

    #[test]
    fn complete_files_may_be_left_out() {
        let rows = "| a.py | 3 | 1 | 2 | 67% |\n| TOTAL | 4 | 1 | 3 | 75.0% |\n|------|\n| (1 of 2 files omitted due to complete coverage) |\n";
        assert!(docstrings(&table(rows, "PASSED (minimum: 70%, actual: 75.0%)")).is_ok());
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        let good = "FAILED (minimum: 80.0%, actual: 75.0%)";
        for (rows, result, code) in [
            (ROWS.replace("| 3 | 1 | 2", "| 3 | 1 | 3"), good, Code::Contradiction),
            (ROWS.replace("| 4 | 1 | 3", "| 5 | 1 | 4"), good, Code::Contradiction),
            (ROWS.replace("b.py", "a.py"), good, Code::Duplicate),
            (ROWS.to_owned() + ROWS, good, Code::Duplicate),
            (ROWS.replace("TOTAL", "c.py"), good, Code::Contradiction),
            (ROWS.to_owned(), "PASSED (minimum: 80.0%, actual: 95.0%)", Code::Contradiction),
            (ROWS.to_owned(), "PASSED (minimum: 80.0%, actual: 75.0%)", Code::Contradiction),
            (ROWS.to_owned(), "PASSED (minimum: 80.0%, actual: NaN%)", Code::Malformed),
            (ROWS.replace("| 1 |", "| x |"), good, Code::Malformed),
            (ROWS.to_owned() + "hello\n", good, Code::Malformed),
        ] {
            assert_eq!(docstrings(&table(&rows, result)), Err(code), "{rows}{result}");
        }
        let whole = table(ROWS, good);
        assert_eq!(docstrings(whole.trim_end()), Err(Code::Truncated));
        assert_eq!(docstrings("<html>"), Err(Code::WrongFormat));
        assert_eq!(docstrings(&(whole + "more\n")), Err(Code::Malformed));
    }
}
