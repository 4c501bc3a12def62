//! The JSON of pytest-json-report 1.5 (`pytest --json-report`).
//!
//! An error in set-up or tear-down, and a file that could not be collected, is a test that could not
//! be run; an unexpected pass (`xpassed`) is a pass, unless pytest is strict and calls it a failure.
//! pytest-rerunfailures calls a test `rerun` that passed in the end: it is flaky. The class is the module as in pytest's JUnit XML, so that
//! both name a test alike. The counts of the summary are held against the list, and pytest's own
//! exit status against both. Ignored on purpose: metadata, keywords, what collectors found, warnings.

use super::cases::{self, Cases, case, place, seconds};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use crate::model::tests::{TestCase, TestOutcome};
use serde::Deserialize;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "pytest-json-report",
    kind: Kind::Tests,
    tools: "pytest-json-report",
    command: "pytest --json-report --json-report-file=reports/pytest.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["created", "duration", "exitcode", "root"]),
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
struct Document {
    exitcode: i64,
    summary: Summary,
    #[serde(default)]
    collectors: Vec<Collector>,
    tests: Vec<Entry>,
}

#[derive(Deserialize)]
struct Summary {
    total: u64,
    #[serde(default)]
    failed: u64,
    #[serde(default)]
    error: u64,
    deselected: Option<u64>,
}

#[derive(Deserialize)]
struct Collector {
    nodeid: String,
    outcome: String,
    longrepr: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    nodeid: String,
    // 0-based.
    lineno: Option<i64>,
    outcome: String,
    setup: Option<Stage>,
    call: Option<Stage>,
    teardown: Option<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    outcome: String,
    duration: Option<f64>,
    longrepr: Option<String>,
}

const OUTCOMES: [(&str, TestOutcome); 6] = [
    ("passed", TestOutcome::Passed),
    ("failed", TestOutcome::Failed),
    ("error", TestOutcome::Errored),
    ("skipped", TestOutcome::Skipped),
    ("xfailed", TestOutcome::Skipped),
    ("xpassed", TestOutcome::Passed),
];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let mut cases = Cases::new(input.limits);
    let found = document.tests.len() as u64;
    for entry in document.tests {
        cases.add(entry.case()?)?;
    }
    cases.declared(document.summary.total, found);
    cases.declared_bad(document.summary.failed.saturating_add(document.summary.error), cases.bad());
    for collector in
        document.collectors.into_iter().filter(|c| c.outcome != "passed" && c.outcome != "skipped")
    {
        cases.broken(&collector.nodeid, collector.longrepr)?;
    }
    if let Some(deselected) = document.summary.deselected.filter(|n| *n > 0) {
        cases.notice(format!("{deselected} tests were deselected"));
    }
    match document.exitcode {
        // 5: no test was collected, which the list shows.
        0 | 5 if cases.bad() > 0 => {
            Err(ReadError::new(Code::Contradiction, "pytest ended well, and tests failed"))
        }
        0 | 5 => Ok(cases.finish(&FORMAT)),
        1 | 2 if cases.bad() > 0 => Ok(cases.finish(&FORMAT)),
        status => Err(cases::failed(format!("pytest ended with status {status}, and no test failed"))),
    }
}

impl Entry {
    fn case(self) -> Result<TestCase, ReadError> {
        let stages = [self.call, self.setup, self.teardown];
        let well = stages.iter().flatten().all(|stage| stage.outcome == "passed");
        let known = OUTCOMES.iter().find(|row| row.0 == self.outcome).map(|row| row.1);
        let outcome = match (known, self.outcome.as_str(), well) {
            (Some(outcome), ..) => outcome,
            (None, "rerun", true) => TestOutcome::Flaky,
            (None, "rerun", false) => TestOutcome::Failed,
            _ => {
                let message =
                    format!("{} has the unknown outcome {}", quote(&self.nodeid), quote(&self.outcome));
                return Err(ReadError::new(Code::Malformed, message));
            }
        };
        let file = self.nodeid.split("::").next();
        let place = place(file, self.lineno.and_then(|line| line.checked_add(1)));
        let (class, name) = identity(&self.nodeid);
        let all: Vec<f64> = stages.iter().flatten().filter_map(|stage| stage.duration).collect();
        let time = if all.is_empty() { None } else { seconds(all.iter().sum()) };
        let message = stages.into_iter().flatten().find_map(|stage| stage.longrepr);
        Ok(TestCase { message, place, seconds: time, ..case(class, name, outcome) })
    }
}

/// `tests/test_a.py::TestB::test_c[x::y]` is `test_c[x::y]` of `tests.test_a.TestB`.
fn identity(nodeid: &str) -> (String, String) {
    let end = nodeid.find('[').unwrap_or(nodeid.len());
    let Some((before, name)) = nodeid[..end].rsplit_once("::") else {
        return (String::new(), nodeid.to_owned());
    };
    let (file, classes) = before.split_once("::").unwrap_or((before, ""));
    let module = file.strip_suffix(".py").unwrap_or(file).replace(['/', '\\'], ".");
    let parts = [module, classes.replace("::", ".")];
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
    (parts.join("."), format!("{name}{}", &nodeid[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(status: i64, total: u64, rest: &str) -> Result<Tests, ReadError> {
        let text = format!(
            r#"{{"created": 1, "duration": 1, "exitcode": {status}, "root": "/", "summary": {{"total": {total}}}, {rest}}}"#
        );
        testing::tests(read, &text).map(|read| read.0)
    }

    fn tests(outcome: &str) -> String {
        format!(
            r#""tests": [{{"nodeid": "a/t.py::T::x[b::c]", "lineno": 4, "outcome": "{outcome}", "call": {{"outcome": "passed"}}}}]"#
        )
    }

    #[test]
    fn tests_are_named_as_in_junit() {
        let read = report(0, 1, &tests("passed")).unwrap();
        let case = read.cases.values().next().unwrap();
        assert_eq!((case.id.class.as_str(), case.id.name.as_str()), ("a.t.T", "x[b::c]"));
        assert_eq!(identity("x"), (String::new(), "x".to_owned()));
        assert_eq!(report(0, 1, &tests("rerun")).unwrap().totals().flaky, 1);
        let failed = tests("rerun").replace(r#""outcome": "passed""#, r#""outcome": "failed""#);
        assert_eq!(report(1, 1, &failed).unwrap().totals().failed, 1);
    }

    #[test]
    fn the_status_and_the_list_must_agree() {
        assert_eq!(report(0, 2, &tests("passed")).unwrap().lost, [(2, 1)]);
        let collected = r#""tests": [], "collectors": [{"nodeid": "t.py", "outcome": "failed"}]"#;
        assert_eq!(report(2, 0, collected).unwrap().totals().errors, 1);
        assert_eq!(report(5, 0, r#""tests": []"#).unwrap().totals().total, 0);
        for (status, outcome, code) in [
            (0, "failed", Code::Contradiction),
            (1, "passed", Code::ToolFailed),
            (2, "passed", Code::ToolFailed),
            (3, "failed", Code::ToolFailed),
            (0, "exploded", Code::Malformed),
        ] {
            assert_eq!(report(status, 1, &tests(outcome)).unwrap_err().code, code, "{status} {outcome}");
        }
    }
}
