//! gcov's JSON (`gcov --json-format --stdout`, GCC 9 to 14; format versions 1 and 2).
//!
//! A line occurs once for each function that holds it: instantiations of a template, constructors. It
//! is hit if any of them is. Branches are told apart by where their function begins and their index,
//! so that the instantiations of one template are united; functions likewise. Files are relative to
//! `current_working_directory`. System headers are in the report; placement sets them aside.
//!
//! Ignored on purpose: blocks, calls, conditions (MC/DC), columns, `throw` and `fallthrough` (branches
//! to exception handlers count, as in gcov's own summary).

use super::coverage_draft::{Draft, Hits, LineNumber, line};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json;
use crate::model::coverage::{Coverage, FileCoverage};
use std::collections::HashMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "gcov-json",
    kind: Kind::Coverage,
    tools: "gcov (GCC)",
    command: "gcov --json-format --stdout build/stock.gcda > reports/gcov.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["files", "format_version", "gcc_version"]),
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    format_version: String,
    current_working_directory: String,
    files: Vec<File>,
}

#[derive(serde::Deserialize)]
struct File {
    file: String,
    lines: Vec<Line>,
    functions: Vec<Function>,
}

#[derive(serde::Deserialize)]
struct Line {
    line_number: LineNumber,
    count: Hits,
    function_name: Option<String>,
    branches: Vec<Branch>,
}

#[derive(serde::Deserialize)]
struct Branch {
    count: Hits,
}

#[derive(serde::Deserialize)]
struct Function {
    name: String,
    start_line: u64,
    #[serde(default)]
    start_column: u64,
    execution_count: Hits,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    if !matches!(document.format_version.as_str(), "1" | "2") {
        let message = format!("format version {} of gcov is not known", quote(&document.format_version));
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    input.limits.check_items(document.files.len())?;
    let mut coverage = Coverage {
        roots: vec![document.current_working_directory],
        has_branches: true,
        has_functions: true,
        ..Coverage::default()
    };
    for file in document.files {
        let path = file.file.clone();
        coverage.files.entry(path).or_default().merge(facts(file));
    }
    Ok(Report::new(&FORMAT, Body::Coverage(coverage)))
}

fn facts(file: File) -> FileCoverage {
    let mut draft = Draft::default();
    // Instantiations begin at one place; by it they are one function.
    let mut places: HashMap<String, String> = HashMap::new();
    for function in file.functions {
        let place = format!("{}:{}", function.start_line, function.start_column);
        draft.function(line(function.start_line).unwrap_or(0), &place, function.execution_count.0);
        places.insert(function.name, place);
    }
    for told in file.lines {
        let LineNumber(number) = told.line_number;
        draft.line(number, told.count.0);
        let function = told.function_name.as_deref().unwrap_or_default();
        let place = places.get(function).map_or(function, String::as_str);
        for (index, branch) in told.branches.iter().enumerate() {
            draft.edge(number, format!("{place}/{index}"), branch.count.0);
        }
    }
    draft.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;

    use crate::readers::testing;

    fn report(version: &str, lines: &str) -> Result<Coverage, ReadError> {
        let text = format!(
            r#"{{"gcc_version": "12.2.0", "format_version": "{version}", "current_working_directory": "/w/build",
            "files": [{{"file": "../a.cpp", "lines": [{lines}], "functions": [
              {{"name": "f<int>", "start_line": 2, "start_column": 5, "execution_count": 0}},
              {{"name": "f<char>", "start_line": 2, "start_column": 5, "execution_count": 3}}]}}]}}"#
        );
        testing::coverage(read, &text).map(|read| read.0)
    }

    #[test]
    fn instantiations_are_one_function() {
        let line = |function: &str, count: i64, one: u8, two: u8| {
            format!(
                r#"{{"line_number": 3, "count": {count}, "function_name": "{function}", "branches": [{{"count": {one}}}, {{"count": {two}}}]}}"#
            )
        };
        let lines = [line("f<int>", 0, 1, 0), line("f<char>", 2, 0, 1), line("lambda", -1, 0, 0)].join(",");
        let found = report("1", &lines).unwrap();
        assert_eq!((found.lines(), found.functions()), (Ratio::new(1, 1), Some(Ratio::new(1, 1))));
        assert_eq!(found.branches(), Some(Ratio::new(2, 4)));
        assert_eq!(found.roots, ["/w/build"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(report("9", "").unwrap_err().code, Code::WrongFormat);
        for line in [
            r#"{"line_number": 0, "count": 1, "branches": []}"#,
            r#"{"line_number": 1, "branches": []}"#,
            r#"{"line_number": 1, "count": null, "branches": []}"#,
            r#"{"line_number": 1, "count": 1}"#,
        ] {
            assert_eq!(report("1", line).unwrap_err().code, Code::Malformed, "{line}");
        }
    }
}
