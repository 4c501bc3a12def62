//! RSpec's JSON formatter (`rspec --format json`, RSpec 3).
//!
//! `status` is `passed`, `failed` or `pending`; any other word is a failure. Errors outside of
//! examples (a file that cannot be loaded, an `after(:context)` hook) are told in the summary only,
//! and each is a test that could not be run. Identity: file and full description.
//!
//! Ignored on purpose: `version`, `seed`, `profile`, backtraces, `summary_line`.

use super::cases::{Cases, case, place, seconds, tail};
use super::detect::Head;
use super::error::{ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use crate::model::tests::{TestCase, TestOutcome};
use serde::Deserialize;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "rspec-json",
    kind: Kind::Tests,
    tools: "RSpec",
    command: "rspec --format json --out reports/rspec.json",
    end: End::Marked,
    detect: |head| match head {
        // Messages, which may be long, stand before the examples.
        Head::Json(json) => {
            let is_list = json.nested.iter().all(|key| !key.starts_with("examples."));
            !json.array
                && is_list
                && json.keys.first().is_some_and(|key| key == "version")
                && (json.has(&["examples"]) || json.has(&["messages"]))
        }
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    messages: Vec<String>,
    examples: Vec<Example>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    example_count: u64,
    failure_count: u64,
    pending_count: u64,
    /// Since RSpec 3.6.
    #[serde(default)]
    errors_outside_of_examples_count: u64,
}

#[derive(Deserialize)]
struct Example {
    description: String,
    full_description: String,
    status: String,
    file_path: String,
    line_number: Option<i64>,
    run_time: Option<f64>,
    pending_message: Option<String>,
    exception: Option<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    message: Option<String>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let summary = document.summary;
    let mut cases = Cases::new(input.limits);
    let found = document.examples.len() as u64;
    let pending = document.examples.iter().filter(|example| example.status == "pending").count() as u64;
    for example in document.examples {
        cases.push(read_example(example))?;
    }
    let failed = cases.bad();
    let outside = summary.errors_outside_of_examples_count;
    let mut messages = document.messages.into_iter().filter(|message| message.contains("rror"));
    for _ in 0..outside {
        cases.broken("error outside of examples", messages.next())?;
    }
    cases.declared(summary.example_count, found);
    if summary.pending_count > pending {
        cases.notice(format!("summary says {} pending, {pending} found", summary.pending_count));
    }
    cases.declared_bad(summary.failure_count, failed);
    Ok(cases.finish(&FORMAT))
}

fn read_example(example: Example) -> TestCase {
    let said = example.exception.and_then(|exception| exception.message).or(example.pending_message);
    let (outcome, message) = match example.status.as_str() {
        "passed" => (TestOutcome::Passed, None),
        "failed" => (TestOutcome::Failed, said),
        "pending" => (TestOutcome::Skipped, said),
        other => (TestOutcome::Failed, Some(format!("status is {}", quote(other)))),
    };
    let name =
        if example.full_description.is_empty() { example.description } else { example.full_description };
    TestCase {
        message,
        place: place(Some(&example.file_path), example.line_number),
        seconds: example.run_time.and_then(seconds),
        ..case(tail(&example.file_path), name, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(statuses: &[&str], summary: [u64; 3]) -> Result<Tests, ReadError> {
        let example = |status: &&str| {
            format!(
                r#"{{"description": "d", "full_description": "D d", "status": "{status}", "file_path": "./spec/d_spec.rb"}}"#
            )
        };
        let examples = statuses.iter().map(example).collect::<Vec<_>>().join(", ");
        let [count, failures, outside] = summary;
        let text = format!(
            r#"{{"version": "3.12.0", "examples": [{examples}], "summary": {{"example_count": {count},
                "failure_count": {failures}, "pending_count": 0, "errors_outside_of_examples_count": {outside}}}}}"#
        );
        testing::tests(read, &text).map(|read| read.0)
    }

    #[test]
    fn unknown_words_fail_and_errors_outside_count() {
        let tests = report(&["passed", "passed", "crashed"], [3, 1, 2]).unwrap();
        let totals = tests.totals();
        assert_eq!((totals.total, totals.passed, totals.failed, totals.errors), (5, 2, 1, 2));
    }

    #[test]
    fn the_summary_is_held_against_the_list() {
        assert_eq!(report(&["passed"], [2, 0, 0]).unwrap().lost, [(2, 1)]);
        assert_eq!(report(&["passed"], [1, 1, 0]).unwrap().hidden_failures, [(1, 0)]);
    }
}
