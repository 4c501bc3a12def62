//! The JSON of `coverage json` (coverage.py, report format 2 and 3).
//!
//! Lines are `executed_lines` and `missing_lines` of each file, branches the arcs of
//! `executed_branches` and `missing_branches` (a negative end is an exit). Ignored on purpose:
//! `functions` and `classes`, which repeat every line, `contexts`, excluded lines, and every
//! percentage: they mix lines with branches. `totals` is a cross-check, not a source.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use crate::model::coverage::{Branches, Coverage, FileCoverage, Lines, MAX_LINE};
use crate::model::ratio::Ratio;
use std::collections::HashSet;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "coverage-py",
    kind: Kind::Coverage,
    tools: "coverage.py, pytest-cov",
    command: "coverage json -o reports/coverage.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["meta", "files"]) && has_branch_word(&json.nested),
        _ => false,
    },
    read,
};

fn has_branch_word(nested: &[String]) -> bool {
    nested.iter().any(|key| key == "meta.branch_coverage")
}

#[derive(serde::Deserialize)]
struct Document {
    meta: Meta,
    files: UniqueMap<File>,
    totals: Totals,
}

#[derive(serde::Deserialize)]
struct Meta {
    branch_coverage: bool,
}

#[derive(serde::Deserialize)]
struct File {
    executed_lines: Vec<u32>,
    missing_lines: Vec<u32>,
    executed_branches: Option<Vec<Arc>>,
    missing_branches: Option<Vec<Arc>>,
}

/// From a line to a line, or to an exit if negative.
type Arc = (u32, i64);

#[derive(serde::Deserialize)]
struct Totals {
    covered_lines: u64,
    num_statements: u64,
    covered_branches: Option<u64>,
    num_branches: Option<u64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    input.limits.check_items(document.files.0.len())?;
    let files = document.files.0;
    // coverage.py before 7 counts branches without saying which.
    let arcs = files.values().all(|f| f.executed_branches.is_some() && f.missing_branches.is_some());
    let mut coverage =
        Coverage { has_branches: document.meta.branch_coverage && arcs, ..Coverage::default() };
    for (path, file) in files {
        let read = read_file(&path, file)?;
        coverage.files.insert(path, read);
    }
    let mut notices = Vec::new();
    if document.meta.branch_coverage && !arcs {
        notices.push("branches are counted but not listed (coverage.py before 7): not read".to_owned());
    }
    cross_check(&document.totals, &coverage, &mut notices)?;
    Ok(Report { notices, ..Report::new(&FORMAT, Body::Coverage(coverage)) })
}

fn read_file(path: &str, file: File) -> Result<FileCoverage, ReadError> {
    let numbers = || file.executed_lines.iter().chain(&file.missing_lines);
    if let Some(line) = numbers().find(|line| **line == 0 || **line > MAX_LINE) {
        return Err(ReadError::new(Code::Malformed, format!("{} has a line {line}", quote(path))));
    }
    let executed: HashSet<u32> = file.executed_lines.iter().copied().collect();
    if let Some(line) = file.missing_lines.iter().find(|line| executed.contains(line)) {
        return Err(contradiction(path, &format!("line {line}")));
    }
    let lines = numbers().map(|line| (*line, executed.contains(line)));
    let taken: HashSet<Arc> = file.executed_branches.into_iter().flatten().collect();
    let missed = file.missing_branches.unwrap_or_default();
    if let Some((from, to)) = missed.iter().find(|arc| taken.contains(arc)) {
        return Err(contradiction(path, &format!("branch {from}->{to}")));
    }
    let named = |(from, to): Arc, taken| (from, format!("{from}->{to}").into(), taken);
    let edges = taken.into_iter().map(|arc| named(arc, true));
    let edges = edges.chain(missed.into_iter().map(|arc| named(arc, false))).collect();
    let branches = Branches::new(Vec::new(), edges, Vec::new());
    Ok(FileCoverage { lines: Lines::collect(lines), branches, ..FileCoverage::default() })
}

fn contradiction(path: &str, what: &str) -> ReadError {
    ReadError::new(Code::Contradiction, format!("{what} of {} is both executed and missing", quote(path)))
}

/// Holds the totals of the report against what its files say.
fn cross_check(totals: &Totals, found: &Coverage, notices: &mut Vec<String>) -> Result<(), ReadError> {
    let branches = totals.covered_branches.zip(totals.num_branches).map(|(c, t)| Ratio::new(c, t));
    let lines = Ratio::new(totals.covered_lines, totals.num_statements);
    let pairs = [("lines", Some(lines), Some(found.lines())), ("branches", branches, found.branches())];
    for (what, said, found) in pairs {
        let Some(said) = said else { continue };
        if said.covered > said.total {
            let message = format!("totals say {} of {} {what}", said.covered, said.total);
            return Err(ReadError::new(Code::Contradiction, message));
        }
        if let Some(found) = found.filter(|found| *found != said) {
            notices.push(format!(
                "totals say {} of {} {what}, the files say {} of {}: the files count",
                said.covered, said.total, found.covered, found.total
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn report(files: &str, totals: &str) -> Result<Report, ReadError> {
        let text = format!(
            r#"{{"meta": {{"branch_coverage": true}}, "files": {{{files}}}, "totals": {{"covered_lines": {totals}}}}}"#
        );
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    const FILE: &str = r#"{"executed_lines": [1, 3, 3], "missing_lines": [2],
        "executed_branches": [[1, 3]], "missing_branches": [[1, -1]]}"#;

    #[test]
    fn lines_and_arcs_are_counted_and_totals_only_compared() {
        let report = report(&format!("\"a.py\": {FILE}"), r#"9, "num_statements": 10"#).unwrap();
        let Body::Coverage(coverage) = &report.body else { panic!() };
        assert_eq!(coverage.lines(), Ratio::new(2, 3));
        assert_eq!(coverage.branches(), Some(Ratio::new(1, 2)));
        assert_eq!(report.notices.len(), 1, "{:?}", report.notices);
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        let good = r#"2, "num_statements": 3"#;
        let line = |executed, missing| {
            format!(r#""a.py": {{"executed_lines": {executed}, "missing_lines": {missing}}}"#)
        };
        let arc = r#""a.py": {"executed_lines": [], "missing_lines": [],
            "executed_branches": [[1, 2]], "missing_branches": [[1, 2]]}"#;
        for (files, totals, code) in [
            (line("[1]", "[1]"), good, Code::Contradiction),
            (arc.to_owned(), good, Code::Contradiction),
            (line("[1]", "[]"), r#"4, "num_statements": 3"#, Code::Contradiction),
            (line("[0]", "[]"), good, Code::Malformed),
            (line("[-1]", "[]"), good, Code::Malformed),
            (line("[4294967295]", "[]"), good, Code::Malformed),
            (line("[1.5]", "[]"), good, Code::Malformed),
            (line("[NaN]", "[]"), good, Code::Malformed),
            (line("null", "[]"), good, Code::Malformed),
            (format!("\"a.py\": {FILE}, \"a.py\": {FILE}"), good, Code::Duplicate),
        ] {
            assert_eq!(report(&files, totals).unwrap_err().code, code, "{files}");
        }
    }

    #[test]
    fn a_report_without_files_or_arcs() {
        let read = |text: &str| {
            read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
        };
        let none =
            r#"{"meta": {"branch_coverage": true}, "totals": {"covered_lines": 0, "num_statements": 0}}"#;
        assert_eq!(read(none).unwrap_err().code, Code::Malformed);
        let old =
            report(r#""a.py": {"executed_lines": [1], "missing_lines": []}"#, r#"1, "num_statements": 1"#);
        let old = old.unwrap();
        assert!(matches!(&old.body, Body::Coverage(c) if c.branches().is_none()));
        assert_eq!(old.notices.len(), 1);
    }
}
