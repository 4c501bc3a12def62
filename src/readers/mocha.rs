//! Mocha's JSON reporter (`mocha --reporter json`, Mocha 8 to 12).
//!
//! `passes`, `pending` and `failures` are the tests; a failed hook stands in `failures` alone and is
//! a test that could not be run. A test that passed with `currentRetry` above 0 is flaky. A test that
//! passed and then failed (a hook behind it, `done` called twice) failed.
//!
//! Ignored on purpose: `tests` but for its length (it repeats the other lists), times of the run,
//! `speed`, stacks.

use super::cases::{Cases, case, place, seconds};
use super::detect::Head;
use super::error::ReadError;
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use crate::model::tests::{TestCase, TestOutcome};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "mocha-json",
    kind: Kind::Tests,
    tools: "mocha",
    command: "mocha --reporter json --reporter-option output=reports/mocha.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["stats", "tests"]) && is_mocha(json),
        _ => false,
    },
    read,
};

/// The lists stand behind all tests: in a cut file they may be missing.
fn is_mocha(json: &super::detect::JsonHead) -> bool {
    let stats = |key: &str| json.nested.iter().any(|have| have == key);
    stats("stats.passes") && stats("stats.pending") && stats("stats.failures")
}

#[derive(Deserialize)]
struct Document {
    stats: Stats,
    tests: Vec<IgnoredAny>,
    pending: Vec<Entry>,
    failures: Vec<Entry>,
    passes: Vec<Entry>,
}

#[derive(Deserialize)]
struct Stats {
    tests: u64,
    passes: u64,
    pending: u64,
    failures: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    title: String,
    full_title: String,
    file: Option<String>,
    duration: Option<f64>,
    current_retry: Option<u64>,
    err: Option<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    message: Option<serde_json::Value>,
}

/// How the titles of hooks begin.
const HOOKS: &[&str] = &[
    "\"before all\" hook",
    "\"before each\" hook",
    "\"after all\" hook",
    "\"after each\" hook",
    "\"beforeAll\" hook",
    "\"beforeEach\" hook",
    "\"afterAll\" hook",
    "\"afterEach\" hook",
];

impl Entry {
    fn is_hook(&self) -> bool {
        HOOKS.iter().any(|start| self.title.starts_with(start))
    }

    fn case(self, outcome: TestOutcome) -> TestCase {
        let outcome = match outcome {
            TestOutcome::Passed if self.current_retry.unwrap_or(0) > 0 => TestOutcome::Flaky,
            TestOutcome::Failed if self.is_hook() => TestOutcome::Errored,
            other => other,
        };
        let message = self.err.and_then(|err| err.message).map(|message| match message {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        });
        TestCase {
            message,
            place: place(self.file.as_deref(), None),
            seconds: self.duration.and_then(|ms| seconds(ms / 1000.0)),
            ..case("", self.full_title, outcome)
        }
    }
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let Document { stats, tests, pending, failures, passes } = json::parse(input)?;
    let hooks = failures.iter().filter(|entry| entry.is_hook()).count() as u64;
    let [passed, skipped, failed] = [&passes, &pending, &failures].map(|list| list.len() as u64);
    let mut cases = Cases::new(input.limits);
    let lists =
        [(passes, TestOutcome::Passed), (pending, TestOutcome::Skipped), (failures, TestOutcome::Failed)];
    for (list, outcome) in lists {
        // The same title again in one list is another test; in another list it is the same one.
        let mut met = BTreeMap::<(Option<String>, String), u32>::new();
        for mut entry in list {
            let times = met.entry((entry.file.clone(), entry.full_title.clone())).or_insert(0);
            *times += 1;
            if *times > 1 {
                entry.full_title = format!("{} ({times})", entry.full_title);
            }
            cases.add(entry.case(outcome))?;
        }
    }
    let listed = tests.len() as u64;
    cases.declared(stats.tests.max(listed), passed + skipped + failed - hooks);
    cases.declared(stats.passes, passed);
    cases.declared(stats.pending, skipped);
    cases.declared_bad(stats.failures, failed);
    Ok(cases.finish(&FORMAT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::Code;
    use crate::readers::testing;

    fn report(stats: &str, tests: usize, lists: &str) -> Result<Tests, ReadError> {
        let tests = vec!["{}"; tests].join(",");
        let text = format!(r#"{{"stats": {{{stats}}}, "tests": [{tests}], {lists}}}"#);
        testing::tests(read, &text).map(|read| read.0)
    }

    fn entry(title: &str, retry: u32) -> String {
        let title = title.replace('"', "\\\"");
        format!(r#"{{"title": "{title}", "fullTitle": "s {title}", "currentRetry": {retry}}}"#)
    }

    #[test]
    fn retries_are_flaky_and_hooks_are_errors() {
        let lists = format!(
            r#""pending": [], "failures": [{}, {}], "passes": [{}, {}]"#,
            entry("b", 2),
            entry("\"before each\" hook for \"c\"", 0),
            entry("a", 1),
            entry("b", 0),
        );
        let tests = report(r#""tests": 2, "passes": 2, "pending": 0, "failures": 2"#, 2, &lists).unwrap();
        let totals = tests.totals();
        assert_eq!((totals.total, totals.flaky, totals.failed, totals.errors), (3, 1, 1, 1));
        assert!(tests.lost.is_empty() && tests.hidden_failures.is_empty());
    }

    #[test]
    fn lists_that_are_shorter_than_declared_are_seen() {
        let lists = r#""pending": [], "failures": [], "passes": []"#;
        let lost = report(r#""tests": 1, "passes": 0, "pending": 0, "failures": 0"#, 1, lists).unwrap();
        assert_eq!(lost.lost, [(1, 0)]);
        let hidden = report(r#""tests": 0, "passes": 0, "pending": 0, "failures": 1"#, 0, lists).unwrap();
        assert_eq!(hidden.hidden_failures, [(1, 0)]);
        let twice = r#""pending": [], "failures": [], "passes": [], "failures": []"#;
        let error = report(r#""tests": 0, "passes": 0, "pending": 0, "failures": 0"#, 0, twice).unwrap_err();
        assert_eq!(error.code, Code::Duplicate);
    }
}
