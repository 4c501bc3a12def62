//! GoogleTest's JSON (`--gtest_output=json:FILE`, GoogleTest 1.8.1 to 1.17).
//!
//! A test with `failures` failed, however many there are; `NOTRUN`, `SUPPRESSED` and `SKIPPED` did
//! not run. A failure outside of any test stands in a suite `NonTestSuiteFailure` and is a test that
//! could not be run. `result` is missing before 1.10. Any other word is a failure.
//!
//! Ignored on purpose: time stamps, user properties, `value_param` and `type_param` (the name tells
//! the parameter's number).

use super::cases::{Cases, case, place, seconds};
use super::detect::Head;
use super::error::{ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use crate::model::tests::{TestCase, TestOutcome};
use serde::Deserialize;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "gtest-json",
    kind: Kind::Tests,
    tools: "GoogleTest",
    command: "build/unit_tests --gtest_output=json:reports/gtest.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["tests", "failures", "disabled", "errors"]),
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
struct Document {
    tests: u64,
    failures: u64,
    #[serde(default)]
    errors: u64,
    testsuites: Vec<Suite>,
}

#[derive(Deserialize)]
struct Suite {
    name: String,
    tests: u64,
    failures: u64,
    #[serde(default)]
    errors: u64,
    testsuite: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    name: String,
    classname: Option<String>,
    file: Option<String>,
    line: Option<i64>,
    status: String,
    result: Option<String>,
    time: Option<String>,
    #[serde(default)]
    failures: Vec<Failure>,
    #[serde(default)]
    skipped: Vec<Skipped>,
}

#[derive(Deserialize)]
struct Failure {
    failure: String,
}

#[derive(Deserialize)]
struct Skipped {
    message: Option<String>,
}

/// The suite of failures outside of any test, and its older name.
const OUTSIDE: &[&str] = &["NonTestSuiteFailure", "NonTestCaseFailure"];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let mut cases = Cases::new(input.limits);
    for suite in document.testsuites {
        let (before, bad) = (cases.len(), cases.bad());
        for test in suite.testsuite {
            cases.push(read_test(test, &suite.name))?;
        }
        let (found, failed) = (cases.len() - before, cases.bad() - bad);
        if suite.tests > found {
            cases.declared(suite.tests, found);
        }
        cases.declared_bad(suite.failures.saturating_add(suite.errors), failed);
    }
    let (found, bad) = (cases.len(), cases.bad());
    cases.declared(document.tests, found);
    cases.declared_bad(document.failures.saturating_add(document.errors), bad);
    Ok(cases.finish(&FORMAT))
}

fn read_test(test: Test, suite: &str) -> TestCase {
    let ran = (test.status.as_str(), test.result.as_deref());
    let (outcome, message) = match ran {
        _ if !test.failures.is_empty() => {
            let outside = OUTSIDE.contains(&suite);
            let outcome = if outside { TestOutcome::Errored } else { TestOutcome::Failed };
            (outcome, test.failures.into_iter().next().map(|failure| failure.failure))
        }
        ("NOTRUN", None | Some("SUPPRESSED" | "SKIPPED")) | ("RUN", Some("SKIPPED" | "SUPPRESSED")) => {
            (TestOutcome::Skipped, test.skipped.into_iter().next().and_then(|skipped| skipped.message))
        }
        ("RUN", None | Some("COMPLETED")) => (TestOutcome::Passed, None),
        (status, result) => {
            let word = format!("{status} {}", result.unwrap_or_default());
            (TestOutcome::Failed, Some(format!("status is {}", quote(&word))))
        }
    };
    let class = test.classname.filter(|class| !class.is_empty()).unwrap_or_else(|| suite.to_owned());
    let time =
        test.time.as_deref().and_then(|time| time.strip_suffix('s')).and_then(|time| time.parse().ok());
    TestCase {
        message,
        place: place(test.file.as_deref(), test.line),
        seconds: time.and_then(seconds),
        ..case(class, test.name, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: &str, result: Option<&str>, suite: &str, failures: usize) -> TestOutcome {
        let failures = (0..failures).map(|_| Failure { failure: "x".to_owned() }).collect();
        let test = Test {
            name: "t".to_owned(),
            classname: None,
            file: None,
            line: None,
            status: status.to_owned(),
            result: result.map(str::to_owned),
            time: Some("0.5s".to_owned()),
            failures,
            skipped: Vec::new(),
        };
        read_test(test, suite).outcome
    }

    #[test]
    fn only_what_ran_to_its_end_passed() {
        for (status, result, failures, want) in [
            ("RUN", Some("COMPLETED"), 0, TestOutcome::Passed),
            ("RUN", None, 0, TestOutcome::Passed),
            ("RUN", Some("COMPLETED"), 2, TestOutcome::Failed),
            ("RUN", Some("SKIPPED"), 0, TestOutcome::Skipped),
            ("RUN", Some("SKIPPED"), 1, TestOutcome::Failed),
            ("NOTRUN", Some("SUPPRESSED"), 0, TestOutcome::Skipped),
            ("NOTRUN", Some("COMPLETED"), 0, TestOutcome::Failed),
            ("RUN", Some("INTERRUPTED"), 0, TestOutcome::Failed),
            ("", None, 0, TestOutcome::Failed),
        ] {
            assert_eq!(outcome(status, result, "Suite", failures), want, "{status} {result:?}");
        }
        assert_eq!(outcome("RUN", Some("COMPLETED"), OUTSIDE[0], 1), TestOutcome::Errored);
    }
}
