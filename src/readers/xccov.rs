//! Xcode's coverage: what `xcrun xccov view --json` shows of an `.xcresult`.
//!
//! **`--report`**: a target lists its files with how many of their lines are executable and covered, not which: it
//! answers for ratios and not for `changed-lines`. Functions are known by line and name. A file that is
//! in two targets counts once, where Xcode counts it in each; a notice tells the difference. A report
//! of targets alone (`--only-targets`) is refused: nothing in it can be placed.
//!
//! **`--archive`**: the lines of each file, and how often each was executed; one that is not executable
//! has no count.
//!
//! Ignored on purpose: ratios (`lineCoverage`), the lines of functions, paths of products, parts of lines.

use super::coverage_draft::{Draft, Hits, LineNumber, differs, line, ratio};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use crate::model::coverage::{Coverage, FileCoverage};

/// The row of the report.
pub(super) static FORMAT: Format = Format {
    name: "xccov-json",
    kind: Kind::Coverage,
    tools: "Xcode (xccov), Swift",
    command: "xcrun xccov view --report --json Test.xcresult > xccov.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array && json.has(&["targets", "executableLines", "coveredLines", "lineCoverage"])
        }
        _ => false,
    },
    read,
};

/// The row of the archive.
pub(super) static ARCHIVE: Format = Format {
    name: "xccov-archive-json",
    kind: Kind::Coverage,
    tools: "Xcode (xccov), Swift",
    command: "xcrun xccov view --archive --json Test.xcresult > xccov.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let lines = |inner: &str| json.nested.iter().any(|key| key.ends_with(inner));
            !json.array && lines("[isExecutable") && lines("[line")
        }
        _ => false,
    },
    read: read_archive,
};

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    covered_lines: u64,
    executable_lines: u64,
    targets: Vec<Target>,
}

#[derive(serde::Deserialize)]
struct Target {
    #[serde(default)]
    name: String,
    files: Option<Vec<File>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    path: String,
    covered_lines: u64,
    executable_lines: u64,
    #[serde(default)]
    functions: Vec<Function>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Function {
    name: String,
    line_number: u64,
    execution_count: u64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let said = ratio(document.covered_lines, document.executable_lines, "lines")?;
    let mut coverage = Coverage { has_functions: true, ..Coverage::default() };
    for target in document.targets {
        let Some(files) = target.files else {
            let message = format!("the target {} does not list its files", quote(&target.name));
            return Err(ReadError::new(Code::Malformed, message).hint("run xccov without --only-targets"));
        };
        for file in files {
            let (path, facts) = (file.path.clone(), facts(file)?);
            coverage.files.entry(path).or_default().merge(facts);
            input.limits.check_items(coverage.files.len())?;
        }
    }
    if coverage.files.is_empty() && !said.is_empty() {
        let message = format!("a total of {} lines, and no file", said.total);
        return Err(ReadError::new(Code::Contradiction, message));
    }
    let notices = differs("lines", said, coverage.lines()).into_iter().collect();
    Ok(Report { notices, ..Report::new(&FORMAT, Body::Coverage(coverage)) })
}

/// A line of the archive.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArchiveLine {
    line: LineNumber,
    is_executable: bool,
    execution_count: Option<Hits>,
}

fn read_archive(input: &Input<'_>) -> Result<Report, ReadError> {
    let files: UniqueMap<Vec<ArchiveLine>> = json::parse(input)?;
    if files.0.values().all(Vec::is_empty) {
        return Err(ReadError::new(Code::Empty, "the archive holds no line of any file"));
    }
    input.limits.check_items(files.0.len())?;
    let mut coverage = Coverage::default();
    for (path, lines) in files.0 {
        let mut draft = Draft::default();
        for line in lines.iter().filter(|line| line.is_executable) {
            let Some(Hits(hit)) = line.execution_count else {
                let message = format!("line {} of {} has no count", line.line.0, quote(&path));
                return Err(ReadError::new(Code::Malformed, message));
            };
            draft.line(line.line.0, hit);
        }
        coverage.files.insert(path, draft.finish());
    }
    Ok(Report::new(&ARCHIVE, Body::Coverage(coverage)))
}

fn facts(file: File) -> Result<FileCoverage, ReadError> {
    if file.path.trim().is_empty() {
        return Err(ReadError::new(Code::Malformed, "a file without a path"));
    }
    let mut draft = Draft::default();
    draft.file.totals.lines = ratio(file.covered_lines, file.executable_lines, &quote(&file.path))?;
    for function in &file.functions {
        // What the compiler made itself stands on no line.
        draft.function(line(function.line_number).unwrap_or(0), &function.name, function.execution_count > 0);
    }
    Ok(draft.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;
    use crate::readers::testing;

    fn report(targets: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        let text = format!(
            r#"{{"coveredLines": 3, "executableLines": 4, "lineCoverage": 0.75, "targets": [{targets}]}}"#
        );
        testing::coverage(read, &text)
    }

    fn target(covered: u8) -> String {
        format!(
            r#"{{"name": "App", "files": [{{"path": "/w/a.swift", "coveredLines": {covered}, "executableLines": 4, "functions":
                [{{"name": "f()", "lineNumber": 3, "executionCount": 2}}, {{"name": "g()", "lineNumber": 0, "executionCount": 0}}]}}]}}"#
        )
    }

    #[test]
    fn a_file_of_two_targets_is_one() {
        let (found, notices) = report(&format!("{},{}", target(3), target(2))).unwrap();
        assert_eq!((found.lines(), found.functions()), (Ratio::new(3, 4), Some(Ratio::new(1, 2))));
        assert!(found.files["/w/a.swift"].is_without_lines() && notices.is_empty());
        let (_, notices) = report(&target(2)).unwrap();
        assert_eq!(notices, ["totals say 3 of 4 lines, recounted 2 of 4"]);
        for (targets, code) in [
            (&*target(5), Code::Contradiction),
            ("", Code::Contradiction),
            (r#"{"name": "App", "coveredLines": 3}"#, Code::Malformed),
            (r#"{"files": [{"path": " ", "coveredLines": 3, "executableLines": 4}]}"#, Code::Malformed),
            (r#"{"files": [{"path": "a", "coveredLines": -3, "executableLines": 4}]}"#, Code::Malformed),
        ] {
            assert_eq!(report(targets).unwrap_err().code, code, "{targets}");
        }
    }
    #[test]
    fn an_archive_knows_lines() {
        let report =
            |lines: &str| testing::coverage(read_archive, &format!(r#"{{"/w/a.swift": [{lines}]}}"#));
        let lines = r#"{"line": 1, "isExecutable": false}, {"line": 2, "isExecutable": true, "executionCount": 7,
            "subranges": [{"column": 3, "length": 2, "executionCount": 0}]}, {"line": 3, "isExecutable": true, "executionCount": 0}"#;
        let (found, _) = report(lines).unwrap();
        assert_eq!((found.lines(), found.branches()), (Ratio::new(1, 2), None));
        for lines in [
            r#"{"line": 1, "isExecutable": true}"#,
            r#"{"line": 0, "isExecutable": false}"#,
            r#"{"line": 1}"#,
        ] {
            assert_eq!(report(lines).unwrap_err().code, Code::Malformed, "{lines}");
        }
    }
}
