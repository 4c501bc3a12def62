//! The JSON reporter of Dart's test runner (`dart test --reporter json`, `flutter test --machine`;
//! protocol 0.1, as documented in the package `test`): one event a line.
//!
//! The closing `done` event is the end mark. A test that is `hidden` (a file being loaded) counts only
//! if it did not end well. A test that began and did not end could not be run; an error after the end
//! of a test still fails it. Identity: path of the suite and name; the platform where it is not `vm`.
//!
//! Ignored on purpose: `group`, `allSuites`, `print` and `debug` events, time stamps but those of
//! tests, and Flutter's own events, which stand in brackets.

use super::cases::{Cases, case, is_bad, seconds, tail};
use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::lines::{self, Line};
use crate::model::place::Place;
use crate::model::tests::{TestCase, TestId, TestOutcome};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "dart-json",
    kind: Kind::Tests,
    tools: "dart test, flutter test",
    command: "dart test --file-reporter json:reports/dart.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => is_start(json),
        _ => false,
    },
    read,
};

fn is_start(json: &JsonHead) -> bool {
    !json.array && json.has(&["protocolVersion", "runnerVersion"])
}

/// Any event; only the fields that decide.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    r#type: String,
    time: Option<f64>,
    protocol_version: Option<String>,
    suite: Option<Suite>,
    test: Option<Test>,
    #[serde(rename = "testID")]
    test_id: Option<u64>,
    result: Option<String>,
    #[serde(default)]
    skipped: bool,
    #[serde(default)]
    hidden: bool,
    error: Option<String>,
    is_failure: Option<bool>,
    success: Option<bool>,
}

#[derive(Deserialize)]
struct Suite {
    id: u64,
    platform: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Test {
    id: u64,
    name: String,
    #[serde(rename = "suiteID")]
    suite_id: u64,
    line: Option<i64>,
    column: Option<i64>,
}

/// A test as far as it went.
struct Running {
    case: TestCase,
    began: f64,
    ended: bool,
    hidden: bool,
    /// What its error events say.
    error: Option<TestOutcome>,
}

#[derive(Default)]
struct Run {
    started: bool,
    /// Platform and path.
    suites: BTreeMap<u64, (String, String)>,
    tests: BTreeMap<u64, Running>,
    done: Option<bool>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run = Run::default();
    let last = lines::each(&text, |line| {
        run.take(line)?;
        input.limits.check_items(run.tests.len())
    })?;
    let Some(success) = run.done else {
        return Err(lines::unclosed("the test run (`done`)", last));
    };
    let mut cases = Cases::new(input.limits);
    for running in run.tests.into_values() {
        let (case, hidden) = running.finish();
        if !hidden || is_bad(case.outcome) {
            cases.push(case)?;
        }
    }
    if !success && cases.bad() == 0 {
        cases.broken("run", Some("the run says that it did not succeed, and names no test".to_owned()))?;
    }
    Ok(cases.finish(&FORMAT))
}

impl Running {
    /// The test, and whether it is none for people.
    fn finish(mut self) -> (TestCase, bool) {
        if !self.ended {
            self.case.outcome = TestOutcome::Errored;
            self.case.message.get_or_insert_with(|| "began and did not end".to_owned());
        } else if let Some(error) = self.error {
            self.case.outcome = self.case.outcome.max(error);
        }
        (self.case, self.hidden)
    }
}

impl Run {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        if self.started && line.text.trim_start().starts_with('[') {
            // Flutter tells of its own there: a process that began.
            return json::parse_line::<Vec<IgnoredAny>>(line).map(drop);
        }
        if !line.text.trim_start().starts_with('{') {
            return Err(lines::unknown(line, !self.started, "Dart's test events"));
        }
        let event: Event = json::parse_line(line)?;
        let refuse = |code, message: String| Err(ReadError::new(code, message).at(line.number, None));
        if !self.started {
            self.started = event.r#type == "start";
            return match event.protocol_version {
                Some(version) if self.started && version.starts_with("0.") => Ok(()),
                Some(version) if self.started => {
                    refuse(Code::WrongFormat, format!("protocol {} is not known", quote(&version)))
                }
                _ => refuse(Code::WrongFormat, "the first event is not `start`".to_owned()),
            };
        }
        if self.done.is_some() {
            return refuse(Code::Malformed, "an event follows the end of the run".to_owned());
        }
        let taken = match event.r#type.as_str() {
            "suite" => self.suite(event),
            "testStart" => self.test_start(event),
            "testDone" => self.test_done(event),
            "error" => self.error(event),
            "done" => {
                self.done = event.success;
                // Null: the runner was closed before all tests had run.
                return match event.success {
                    Some(_) => Ok(()),
                    None => refuse(Code::ToolFailed, "the run was closed before its end, it says".to_owned()),
                };
            }
            "group" | "allSuites" | "print" | "debug" => Ok(()),
            other => return refuse(Code::Malformed, format!("the event {} is not known", quote(other))),
        };
        taken.or_else(|what| refuse(Code::Malformed, what.to_owned()))
    }

    fn suite(&mut self, event: Event) -> Result<(), &'static str> {
        let suite = event.suite.ok_or("a suite without its fields")?;
        let platform = suite.platform.filter(|platform| platform != "vm").unwrap_or_default();
        self.suites.insert(suite.id, (platform, suite.path.unwrap_or_default()));
        Ok(())
    }

    fn test_start(&mut self, event: Event) -> Result<(), &'static str> {
        let test = event.test.ok_or("a test without its fields")?;
        let (platform, path) =
            self.suites.get(&test.suite_id).ok_or("a test of a suite that is not there")?;
        let id = TestId { suite: platform.clone(), class: tail(path), name: test.name };
        let place = Place::at(path.as_str(), test.line.unwrap_or(0), test.column.unwrap_or(0));
        let case = TestCase {
            id,
            place: Some(place).filter(|place| !place.path.is_empty()),
            ..case("", "", TestOutcome::Errored)
        };
        let began = event.time.unwrap_or(0.0);
        let running = Running { case, began, ended: false, hidden: false, error: None };
        match self.tests.insert(test.id, running) {
            None => Ok(()),
            Some(_) => Err("a test that begins twice"),
        }
    }

    fn test_done(&mut self, event: Event) -> Result<(), &'static str> {
        let running = event.test_id.and_then(|id| self.tests.get_mut(&id)).ok_or("an end without a test")?;
        if std::mem::replace(&mut running.ended, true) {
            return Err("a test that ends twice");
        }
        running.hidden = event.hidden;
        running.case.outcome = match event.result.as_deref() {
            Some("success") if event.skipped => TestOutcome::Skipped,
            Some("success") => TestOutcome::Passed,
            Some("failure") => TestOutcome::Failed,
            Some("error") => TestOutcome::Errored,
            _ => TestOutcome::Failed,
        };
        running.case.seconds = event.time.and_then(|end| seconds((end - running.began) / 1000.0));
        Ok(())
    }

    fn error(&mut self, event: Event) -> Result<(), &'static str> {
        let running =
            event.test_id.and_then(|id| self.tests.get_mut(&id)).ok_or("an error without a test")?;
        let failed = event.is_failure == Some(true);
        let outcome = if failed { TestOutcome::Failed } else { TestOutcome::Errored };
        running.error = running.error.max(Some(outcome));
        if running.case.message.is_none() {
            running.case.message = event.error;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{TestTotals, Tests};
    use crate::readers::testing;

    const START: &str = r#"{"protocolVersion":"0.1.1","runnerVersion":"1.25.2","pid":1,"type":"start","time":0}
{"suite":{"id":0,"platform":"vm","path":"test/a_test.dart"},"type":"suite","time":0}
{"test":{"id":1,"name":"loading test/a_test.dart","suiteID":0},"type":"testStart","time":1}
{"testID":1,"result":"success","skipped":false,"hidden":true,"type":"testDone","time":2}
{"test":{"id":2,"name":"adds","suiteID":0,"line":4,"column":3},"type":"testStart","time":3}
"#;
    const PASSED: &str = "{\"testID\":2,\"result\":\"success\",\"skipped\":false,\"hidden\":false,\"type\":\"testDone\",\"time\":5}\n";
    const DONE: &str = "{\"success\":true,\"type\":\"done\",\"time\":6}\n";

    fn report(parts: &[&str]) -> Result<Tests, ReadError> {
        let text = parts.concat();
        testing::tests(read, &text).map(|read| read.0)
    }

    fn totals(parts: &[&str]) -> TestTotals {
        report(parts).unwrap().totals()
    }

    #[test]
    fn loading_counts_only_when_it_fails() {
        let totals = totals(&[START, PASSED, DONE]);
        assert_eq!((totals.total, totals.passed, totals.seconds), (1, 1, 0.002));
        let failed = START.replace("\"result\":\"success\"", "\"result\":\"error\"");
        let totals = self::totals(&[&failed, PASSED, DONE]);
        assert_eq!((totals.total, totals.errors), (2, 1));
    }

    #[test]
    fn what_did_not_end_well_is_seen() {
        assert_eq!(totals(&[START, DONE]).errors, 1);
        let late = "{\"testID\":2,\"error\":\"x\",\"stackTrace\":\"\",\"isFailure\":true,\"type\":\"error\",\"time\":5}\n";
        assert_eq!(totals(&[START, PASSED, late, DONE]).failed, 1);
        assert_eq!(totals(&[START, PASSED, &DONE.replace("true", "false")]).errors, 1);
        for (parts, code) in [
            (vec![START, PASSED], Code::Truncated),
            (vec![START, PASSED, "{\"success\":null,\"type\":\"done\"}\n"], Code::ToolFailed),
            (vec![START, PASSED, DONE, DONE], Code::Malformed),
            (vec![START, PASSED, PASSED, DONE], Code::Malformed),
            (vec![START, "{\"type\":\"new\"}\n", DONE], Code::Malformed),
            (vec![START, "text\n", DONE], Code::Malformed),
            (vec![DONE], Code::WrongFormat),
        ] {
            assert_eq!(report(&parts).unwrap_err().code, code, "{parts:?}");
        }
    }
}
