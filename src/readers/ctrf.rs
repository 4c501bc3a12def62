//! CTRF, the Common Test Report Format (ctrf.io, schema 0.0.0), as its reporters for Jest, Playwright,
//! Cypress, pytest, Go and others write it.
//!
//! `passed` with `flaky` is flaky; `skipped` and `pending` did not run. `other` is what a reporter has
//! no word for: not run where `rawStatus` says so (Jest's `todo`), else a test that could not be run.
//! Any other word is a failure. Suites that did not run are not told by all of the reporters (Jest's
//! leaves them out).
//!
//! Identity: `suite` (a text, or a list since 2025), else the end of the file's path, and name. Ignored
//! on purpose: times of the run, `retryAttempts`, steps, attachments, `extra`, `environment`, traces.

use super::cases::{Cases, case, place, seconds, tail};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use crate::model::tests::{TestCase, TestOutcome};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "ctrf",
    kind: Kind::Tests,
    tools: "CTRF reporters of Jest, Playwright, Cypress, pytest, Go, .NET, ...",
    command: "npx jest --reporters=jest-ctrf-json-reporter",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let inside = |key: &str| json.nested.iter().any(|have| have == key);
            !json.array && json.has(&["results"]) && inside("results.tool") && inside("results.summary")
        }
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Missing in the first versions.
    report_format: Option<String>,
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    #[serde(rename = "tool")]
    _tool: IgnoredAny,
    summary: Summary,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Summary {
    tests: u64,
    passed: u64,
    failed: u64,
    skipped: u64,
    pending: u64,
    other: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    name: String,
    status: String,
    raw_status: Option<String>,
    duration: Option<f64>,
    suite: Option<Suite>,
    message: Option<String>,
    file_path: Option<String>,
    line: Option<i64>,
    flaky: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Suite {
    Text(String),
    List(Vec<String>),
}

/// Words of `rawStatus` of a test that did not run.
const NOT_RUN: &[&str] = &["todo", "skipped", "skip", "pending", "disabled", "ignored", "notrun"];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    if let Some(name) = document.report_format.filter(|name| name != "CTRF") {
        return Err(ReadError::new(Code::WrongFormat, format!("reportFormat is {}, not CTRF", quote(&name))));
    }
    let Results { summary, tests, .. } = document.results;
    let parts = [summary.passed, summary.failed, summary.skipped, summary.pending, summary.other];
    let sum = parts.iter().fold(0u64, |sum, part| sum.saturating_add(*part));
    let mut cases = Cases::new(input.limits);
    for test in tests {
        cases.push(read_test(test))?;
    }
    let (found, bad) = (cases.len(), cases.bad());
    cases.declared(summary.tests.max(sum), found);
    cases.declared_bad(summary.failed, bad);
    Ok(cases.finish(&FORMAT))
}

fn read_test(test: Test) -> TestCase {
    let raw = test.raw_status.unwrap_or_default();
    let not_run = NOT_RUN.contains(&raw.to_ascii_lowercase().as_str());
    let (outcome, instead) = match test.status.as_str() {
        "passed" if test.flaky == Some(true) => (TestOutcome::Flaky, None),
        "passed" => (TestOutcome::Passed, None),
        "failed" => (TestOutcome::Failed, None),
        "skipped" | "pending" => (TestOutcome::Skipped, None),
        "other" if not_run => (TestOutcome::Skipped, None),
        "other" => (TestOutcome::Errored, Some(format!("status is `other`, rawStatus {}", quote(&raw)))),
        word => (TestOutcome::Failed, Some(format!("status is {}", quote(word)))),
    };
    let class = match test.suite {
        Some(Suite::Text(text)) => text,
        Some(Suite::List(list)) => list.join(" > "),
        None => test.file_path.as_deref().map(tail).unwrap_or_default(),
    };
    TestCase {
        message: test.message.or(instead),
        place: place(test.file_path.as_deref(), test.line),
        seconds: test.duration.and_then(|ms| seconds(ms / 1000.0)),
        ..case(class, test.name, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(tests: &[&str], summary: [u64; 2]) -> Result<Tests, ReadError> {
        let test = |more: &&str| format!(r#"{{"name": "t", "duration": 1, {more}}}"#);
        let list = tests.iter().map(test).collect::<Vec<_>>().join(", ");
        let [total, failed] = summary;
        let text = format!(
            r#"{{"results": {{"tool": {{"name": "x"}}, "summary": {{"tests": {total}, "passed": 0, "failed": {failed},
                "skipped": 0, "pending": 0, "other": 0, "start": 1, "stop": 2}}, "tests": [{list}]}}}}"#
        );
        testing::tests(read, &text).map(|read| read.0)
    }

    #[test]
    fn only_known_good_words_are_good() {
        let tests = report(
            &[
                r#""status": "passed", "suite": ["a", "b"]"#,
                r#""status": "passed", "flaky": true"#,
                r#""status": "failed", "flaky": true"#,
                r#""status": "other", "rawStatus": "todo""#,
                r#""status": "other""#,
                r#""status": "Passed""#,
                r#""status": "pending""#,
            ],
            [7, 1],
        );
        let totals = tests.unwrap().totals();
        assert_eq!((totals.passed, totals.flaky, totals.skipped), (2, 1, 2));
        assert_eq!((totals.failed, totals.errors, totals.total), (2, 1, 7));
    }

    #[test]
    fn the_summary_is_held_against_the_list() {
        assert_eq!(report(&[r#""status": "passed""#], [2, 0]).unwrap().lost, [(2, 1)]);
        assert_eq!(report(&[r#""status": "passed""#], [1, 1]).unwrap().hidden_failures, [(1, 0)]);
    }
}
