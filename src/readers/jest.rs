//! Jest's JSON (`jest --json`, Jest 24 to 30) and Vitest's, which follows it (`--reporter=json`,
//! Vitest 0.30 to 4).
//!
//! A suite (a file) that failed without a failed test did not run, or not to its end: it is a test
//! that could not be run, over and above the tests. A test that passed after several `invocations`
//! (Jest), or with `failureMessages` (Vitest), is flaky. A run that says of itself that it did not
//! succeed, with nothing failed in it (a snapshot, a coverage threshold, a reporter), is an error;
//! one that was interrupted is none at all. Vitest does not tell here of errors outside of tests: only
//! its exit status shows them.
//!
//! Identity: the end of the file's path (reports have the path of the machine), titles of the groups,
//! title. Ignored on purpose: `snapshot`, `coverageMap`, `openHandles`, times of suites,
//! `failureDetails`, `meta`.

use super::cases::{Cases, case, is_bad, seconds, tail};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use crate::model::place::Place;
use crate::model::tests::{TestCase, TestId, TestOutcome};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "jest-json",
    kind: Kind::Tests,
    tools: "Jest, Vitest",
    command: "jest --json --outputFile=reports/jest.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["numPassedTestSuites"]),
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    num_total_tests: u64,
    num_failed_tests: u64,
    num_failed_test_suites: u64,
    #[serde(default)]
    num_runtime_error_test_suites: u64,
    success: bool,
    #[serde(default)]
    was_interrupted: bool,
    test_results: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    name: String,
    status: String,
    #[serde(default)]
    message: String,
    assertion_results: Vec<Assertion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion {
    #[serde(default)]
    ancestor_titles: Vec<String>,
    title: String,
    status: String,
    duration: Option<f64>,
    failure_messages: Option<Vec<String>>,
    invocations: Option<u64>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    line: i64,
    column: i64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    if document.was_interrupted {
        return Err(ReadError::new(Code::ToolFailed, "the run was interrupted, it says"));
    }
    let names = names(&document.test_results);
    let mut cases = Cases::new(input.limits);
    let (mut found, mut failed, mut broken) = (0, 0, 0);
    for suite in document.test_results {
        let file = names.get(&suite.name).map_or(suite.name.as_str(), String::as_str).to_owned();
        let (before, bad) = (cases.len(), cases.bad());
        for assertion in suite.assertion_results {
            cases.push(read_assertion(assertion, &suite.name, &file))?;
        }
        found += cases.len() - before;
        failed += cases.bad() - bad;
        if cases.bad() == bad && !is_good(&suite.status) {
            broken += 1;
            let message = if suite.message.trim().is_empty() {
                format!("the suite is {}", quote(&suite.status))
            } else {
                suite.message
            };
            cases.broken(&file, Some(message))?;
        }
    }
    cases.declared(document.num_total_tests, found);
    cases.declared_bad(document.num_failed_tests, failed);
    cases.declared_bad(document.num_runtime_error_test_suites, broken);
    if cases.bad() == 0 && (!document.success || document.num_failed_test_suites > 0) {
        let message = "the run says that it did not succeed, and names no test that failed: a snapshot, \
                       a coverage threshold or a reporter";
        cases.broken("run", Some(message.to_owned()))?;
    }
    Ok(cases.finish(&FORMAT))
}

/// Words of suites that ran; a suite in which some tests were left out is `focused`.
fn is_good(status: &str) -> bool {
    matches!(status, "passed" | "focused" | "skipped" | "pending" | "todo" | "disabled")
}

/// The name of each file: the end of its path where that is not another file's too.
fn names(suites: &[Suite]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::<String, BTreeSet<&str>>::new();
    for suite in suites {
        files.entry(tail(&suite.name)).or_default().insert(&suite.name);
    }
    let short = |(tail, paths): (String, BTreeSet<&str>)| {
        let alone = paths.len() == 1;
        let name = move |path: &str| if alone { tail.clone() } else { path.to_owned() };
        paths.into_iter().map(|path| (path.to_owned(), name(path))).collect::<Vec<_>>()
    };
    files.into_iter().flat_map(short).collect()
}

fn read_assertion(assertion: Assertion, path: &str, file: &str) -> TestCase {
    let messages = assertion.failure_messages.unwrap_or_default();
    let again = assertion.invocations.unwrap_or(1) > 1 || !messages.is_empty();
    let mut message = messages.into_iter().next();
    let outcome = match assertion.status.as_str() {
        "passed" if again => TestOutcome::Flaky,
        "passed" => TestOutcome::Passed,
        "failed" => TestOutcome::Failed,
        "pending" | "skipped" | "todo" | "disabled" => TestOutcome::Skipped,
        other => {
            message = Some(format!("status is {}", quote(other)));
            TestOutcome::Failed
        }
    };
    let place = assertion.location.map(|at| Place::at(path, at.line, at.column));
    let class = assertion.ancestor_titles.join(" > ");
    let id = TestId { suite: file.to_owned(), class, name: assertion.title };
    TestCase {
        id,
        message: message.filter(|_| is_bad(outcome) || outcome == TestOutcome::Flaky),
        place: place.or_else(|| is_bad(outcome).then(|| Place::file(path))),
        seconds: assertion.duration.and_then(|ms| seconds(ms / 1000.0)),
        ..case("", "", outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(head: &str, suites: &str) -> Result<Tests, ReadError> {
        let text = format!(r#"{{{head}, "numFailedTestSuites": 0, "testResults": [{suites}]}}"#);
        testing::tests(read, &text).map(|read| read.0)
    }

    fn suite(name: &str, status: &str, tests: &[(&str, &str)]) -> String {
        let test = |(title, more): &(&str, &str)| format!(r#"{{"title": "{title}", {more}}}"#);
        let tests = tests.iter().map(test).collect::<Vec<_>>().join(", ");
        format!(r#"{{"name": "{name}", "status": "{status}", "message": "", "assertionResults": [{tests}]}}"#)
    }

    const HEAD: &str = r#""numTotalTests": 1, "numFailedTests": 0, "success": true"#;
    const PASSED: (&str, &str) = ("t", r#""status": "passed""#);

    #[test]
    fn a_suite_that_did_not_run_is_an_error() {
        let suites = [suite("/x/a.js", "passed", &[PASSED]), suite("/x/b.js", "failed", &[])].join(", ");
        let totals = report(HEAD, &suites).unwrap().totals();
        assert_eq!((totals.total, totals.passed, totals.errors), (2, 1, 1));
    }

    #[test]
    fn a_run_without_success_never_passes() {
        let head = HEAD.replace("true", "false");
        assert_eq!(report(&head, &suite("a", "passed", &[PASSED])).unwrap().totals().errors, 1);
        let head = format!(r#"{HEAD}, "wasInterrupted": true"#);
        assert_eq!(report(&head, "").unwrap_err().code, Code::ToolFailed);
        let head = HEAD.replace("\"numTotalTests\": 1", "\"numTotalTests\": 2");
        assert_eq!(report(&head, &suite("a", "passed", &[PASSED])).unwrap().lost, [(2, 1)]);
    }

    #[test]
    fn retries_are_flaky_and_unknown_words_fail() {
        let suites = suite(
            "a",
            "passed",
            &[
                ("t", r#""status": "passed", "invocations": 3"#),
                ("u", r#""status": "passed", "failureMessages": ["x"]"#),
                ("v", r#""status": "run""#),
                ("t", r#""status": "todo""#),
            ],
        );
        let head = HEAD.replace("\"numTotalTests\": 1", "\"numTotalTests\": 4");
        let totals = report(&head, &suites).unwrap().totals();
        assert_eq!((totals.flaky, totals.failed, totals.skipped, totals.total), (2, 1, 1, 4));
    }

    #[test]
    fn files_are_told_apart() {
        let suites =
            ["/a/x/y/z/t.js", "/b/x/y/z/t.js", "/a/u.js"].map(|name| suite(name, "passed", &[PASSED]));
        let head = HEAD.replace("\"numTotalTests\": 1", "\"numTotalTests\": 3");
        let tests = report(&head, &suites.join(", ")).unwrap();
        let suites: Vec<_> = tests.cases.keys().map(|id| id.suite).collect();
        assert_eq!(suites, ["/a/x/y/z/t.js", "/b/x/y/z/t.js", "a/u.js"]);
    }
}
