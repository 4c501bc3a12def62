//! gcovr's own JSON (gcovr 5 to 8): the full report (`--json`) and the summary (`--json-summary`).
//!
//! **Full**: a line told for several functions is hit if it is for any; branches are told apart by the
//! line of their function, their block and number, so that instantiations of a template are united.
//! Lines, branches and functions marked `gcovr/excluded` or `gcovr/noncode` do not count. Ignored on
//! purpose: calls, conditions, decisions, checksums, `blocks_percent`.
//!
//! **Summary**: totals of each file without lines; the report's totals are a hint. Ignored on purpose:
//! percentages, conditions, decisions, calls.

use super::coverage_draft::{Draft, Hits, LineNumber, differs, line, ratio};
use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json;
use crate::model::coverage::{Coverage, FileCoverage, Totals};
use crate::model::ratio::Ratio;
use std::collections::HashMap;

/// The row of the full report.
pub(super) static FULL: Format = Format {
    name: "gcovr-json",
    kind: Kind::Coverage,
    tools: "gcovr",
    command: "gcovr --json reports/gcovr.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if has_version(json, "gcovr/format_version")),
    read: read_full,
};

/// The row of the summary.
pub(super) static SUMMARY: Format = Format {
    name: "gcovr-summary",
    kind: Kind::Coverage,
    tools: "gcovr",
    command: "gcovr --json-summary reports/gcovr-summary.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if has_version(json, "gcovr/summary_format_version")),
    read: read_summary,
};

fn has_version(json: &JsonHead, key: &str) -> bool {
    !json.array && json.has(&[key])
}

/// Refuses a format that is not of gcovr's first, the only one so far.
fn check(version: &str) -> Result<(), ReadError> {
    if version.starts_with("0.") {
        return Ok(());
    }
    Err(ReadError::new(Code::WrongFormat, format!("format version {} of gcovr is not known", quote(version))))
}

#[derive(serde::Deserialize)]
struct Document {
    #[serde(rename = "gcovr/format_version")]
    version: String,
    files: Vec<File>,
}

#[derive(serde::Deserialize)]
struct File {
    file: String,
    lines: Vec<Line>,
    #[serde(default)]
    functions: Vec<Function>,
}

#[derive(serde::Deserialize)]
struct Line {
    line_number: LineNumber,
    count: Hits,
    function_name: Option<String>,
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default, rename = "gcovr/excluded")]
    excluded: bool,
    #[serde(default, rename = "gcovr/noncode")]
    noncode: bool,
}

#[derive(serde::Deserialize)]
struct Branch {
    count: Hits,
    branchno: Option<u64>,
    source_block_id: Option<u64>,
    #[serde(default, rename = "gcovr/excluded")]
    excluded: bool,
}

#[derive(serde::Deserialize)]
struct Function {
    name: Option<String>,
    demangled_name: Option<String>,
    lineno: u64,
    execution_count: Hits,
    #[serde(default, rename = "gcovr/excluded")]
    excluded: bool,
}

fn read_full(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    check(&document.version)?;
    input.limits.check_items(document.files.len())?;
    let mut coverage = Coverage { has_branches: true, has_functions: true, ..Coverage::default() };
    for file in document.files {
        let path = file.file.clone();
        coverage.files.entry(path).or_default().merge(facts(file));
    }
    Ok(Report::new(&FULL, Body::Coverage(coverage)))
}

fn facts(file: File) -> FileCoverage {
    let mut draft = Draft::default();
    let mut places: HashMap<String, u64> = HashMap::new();
    for function in file.functions {
        let name = function.demangled_name.as_ref().or(function.name.as_ref());
        if let Some(name) = name.filter(|_| !function.excluded) {
            draft.function(line(function.lineno).unwrap_or(0), name, function.execution_count.0);
        }
        let names = [function.name, function.demangled_name].into_iter().flatten();
        places.extend(names.map(|name| (name, function.lineno)));
    }
    for told in file.lines.into_iter().filter(|told| !told.excluded && !told.noncode) {
        let LineNumber(number) = told.line_number;
        draft.line(number, told.count.0);
        let function = told.function_name.unwrap_or_default();
        let place = places.get(&function).map_or(function, u64::to_string);
        for (index, branch) in told.branches.iter().enumerate().filter(|(_, branch)| !branch.excluded) {
            let block = branch.source_block_id.unwrap_or(0);
            let number_of_branch = branch.branchno.unwrap_or(index as u64);
            draft.edge(number, format!("{place}/{block}/{number_of_branch}"), branch.count.0);
        }
    }
    draft.finish()
}

#[derive(serde::Deserialize)]
struct Whole {
    #[serde(rename = "gcovr/summary_format_version")]
    version: String,
    root: Option<String>,
    files: Vec<Part>,
    line_total: u64,
    line_covered: u64,
    branch_total: u64,
    branch_covered: u64,
}

#[derive(serde::Deserialize)]
struct Part {
    filename: String,
    line_total: u64,
    line_covered: u64,
    branch_total: u64,
    branch_covered: u64,
    function_total: Option<u64>,
    function_covered: Option<u64>,
}

fn read_summary(input: &Input<'_>) -> Result<Report, ReadError> {
    let whole: Whole = json::parse(input)?;
    check(&whole.version)?;
    input.limits.check_items(whole.files.len())?;
    let mut coverage = Coverage {
        roots: whole.root.into_iter().collect(),
        has_branches: true,
        // gcovr before 6 has no functions.
        has_functions: whole.files.iter().all(|part| part.function_total.is_some()),
        ..Coverage::default()
    };
    for part in whole.files {
        let of = |what: &str, covered, total| {
            ratio(covered, total, &format!("{what} of {}", quote(&part.filename)))
        };
        let functions = part.function_covered.zip(part.function_total).unwrap_or_default();
        let totals = Totals {
            lines: of("lines", part.line_covered, part.line_total)?,
            branches: of("branches", part.branch_covered, part.branch_total)?,
            functions: of("functions", functions.0, functions.1)?,
            statements: Ratio::default(),
        };
        let file = FileCoverage { totals, ..FileCoverage::default() };
        if coverage.files.insert(part.filename.clone(), file).is_some() {
            let message = format!("{} is in the summary twice", quote(&part.filename));
            return Err(ReadError::new(Code::Duplicate, message));
        }
    }
    let lines = ratio(whole.line_covered, whole.line_total, "lines")?;
    let branches = ratio(whole.branch_covered, whole.branch_total, "branches")?;
    if coverage.files.is_empty() && !lines.is_empty() {
        let message = format!("a total of {} lines, and no file", lines.total);
        return Err(ReadError::new(Code::Contradiction, message));
    }
    let mut notices = Vec::new();
    notices.extend(differs("lines", lines, coverage.lines()));
    notices.extend(differs("branches", branches, coverage.branches().unwrap_or_default()));
    Ok(Report { notices, ..Report::new(&SUMMARY, Body::Coverage(coverage)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::readers::testing;

    fn report(format: &Format, text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(format.read, text)
    }

    fn full(version: &str, lines: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        report(
            &FULL,
            &format!(
                r#"{{"gcovr/format_version": "{version}", "files": [{{"file": "a.hpp", "lines": [{lines}], "functions": [
                {{"name": "f1", "demangled_name": "f<int>()", "lineno": 2, "execution_count": 0}},
                {{"name": "g", "lineno": 9, "execution_count": 1, "gcovr/excluded": true}},
                {{"name": "f2", "demangled_name": "f<char>()", "lineno": 2, "execution_count": 1}}]}}]}}"#
            ),
        )
    }

    #[test]
    fn instantiations_unite_and_exclusions_do_not_count() {
        let line = |function: &str, one: u8, two: u8| {
            format!(
                r#"{{"line_number": 3, "count": {one}, "function_name": "{function}", "branches": [
                {{"branchno": 0, "count": {one}}}, {{"branchno": 1, "count": {two}}}, {{"branchno": 2, "count": 1, "gcovr/excluded": true}}]}}"#
            )
        };
        let gone = r#"{"line_number": 4, "count": 0, "gcovr/excluded": true}, {"line_number": 5, "count": 0, "gcovr/noncode": true}"#;
        let lines = [line("f1", 0, 1), line("f<char>()", 1, 0), gone.to_owned()].join(",");
        let (found, _) = full("0.15", &lines).unwrap();
        assert_eq!((found.lines(), found.branches()), (Ratio::new(1, 1), Some(Ratio::new(2, 2))));
        assert_eq!(found.functions(), Some(Ratio::new(1, 2)));
        assert_eq!(full("1.0", "").unwrap_err().code, Code::WrongFormat);
        assert_eq!(full("0.15", r#"{"line_number": 0, "count": 1}"#).unwrap_err().code, Code::Malformed);
    }

    #[test]
    fn a_summary_has_totals_and_no_lines() {
        let part = |name: &str, covered: u64| {
            format!(
                r#"{{"filename": "{name}", "line_total": 4, "line_covered": {covered}, "branch_total": 0, "branch_covered": 0}}"#
            )
        };
        let text = |files: &str, total: u64| {
            format!(
                r#"{{"root": "..", "gcovr/summary_format_version": "0.6", "files": [{files}], "line_total": {total}, "line_covered": 1, "branch_total": 0, "branch_covered": 0}}"#
            )
        };
        let (found, notices) = report(&SUMMARY, &text(&part("a", 1), 5)).unwrap();
        assert_eq!((found.lines(), found.functions(), notices.len()), (Ratio::new(1, 4), None, 1));
        assert!(found.files["a"].is_without_lines());
        for (text, code) in [
            (text(&part("a", 5), 4), Code::Contradiction),
            (text("", 4), Code::Contradiction),
            (text(&[part("a", 1), part("a", 1)].join(","), 8), Code::Duplicate),
            (text(&part("a", 1), 0), Code::Contradiction),
        ] {
            assert_eq!(report(&SUMMARY, &text).unwrap_err().code, code, "{text}");
        }
    }
}
