//! libtest's JSON (`cargo test -- -Z unstable-options --format json`, nightly Rust) and nextest's,
//! which follows it (`--message-format libtest-json` and `libtest-json-plus`): one event a line, a
//! suite for each test binary.
//!
//! The closing event of a suite is its end mark; without it the stream was cut. A test that began and
//! did not end could not be run; a suite that failed without a failed test is an error. libtest names
//! no binary: the same name in a second suite is another test. nextest opens a suite again, even
//! inside of another one, for tests that end late and counts anew, so its counts of tests are not held against it; it writes the number
//! of the attempt behind a name (`#2`): passed then is flaky.
//!
//! Ignored on purpose: `timeout` (the test still runs), benchmarks (`bench`), `report`, `exec_time` of
//! suites.

use super::cases::{Cases, case, is_bad, seconds};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::lines::{self, Line};
use crate::model::tests::{TestCase, TestId, TestOutcome};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "libtest-json",
    kind: Kind::Tests,
    tools: "libtest (nightly), cargo-nextest",
    command: "NEXTEST_EXPERIMENTAL_LIBTEST_JSON=1 cargo nextest run --message-format libtest-json > reports/libtest.jsonl",
    end: End::Records,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => !json.array && json.has(&["type", "event", "test_count"]),
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
struct Event {
    r#type: String,
    #[serde(default)]
    event: String,
    name: Option<String>,
    test_count: Option<u64>,
    passed: Option<u64>,
    failed: Option<u64>,
    ignored: Option<u64>,
    exec_time: Option<f64>,
    stdout: Option<String>,
    message: Option<String>,
    reason: Option<String>,
}

/// A suite that is open.
#[derive(Default)]
struct Suite {
    count: u64,
    ended: u64,
    bad: u64,
}

struct Run<'a> {
    cases: Cases<'a>,
    /// Only nextest has more than one open at a time.
    open: Vec<Suite>,
    /// Tests that began, with the number of their suite.
    running: BTreeMap<String, u64>,
    /// Names of tests that ended, by suite.
    ended: BTreeSet<(String, u64)>,
    suites: u64,
    /// nextest names the binary: `crate::binary$test`.
    nextest: bool,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run = Run {
        cases: Cases::new(input.limits),
        open: Vec::new(),
        running: BTreeMap::new(),
        ended: BTreeSet::new(),
        suites: 0,
        nextest: false,
    };
    let last = lines::each(&text, |line| {
        if !line.text.trim_start().starts_with('{') {
            return Err(lines::unknown(line, run.suites == 0, "libtest's JSON"));
        }
        run.take(json::parse_line(line)?, line)
    })?;
    if !run.open.is_empty() || run.suites == 0 {
        return Err(lines::unclosed("the last suite", last));
    }
    for (name, _) in std::mem::take(&mut run.running) {
        let message = Some("began and did not end".to_owned());
        run.cases.push(TestCase { message, ..identified(&name, TestOutcome::Errored) })?;
    }
    Ok(run.cases.finish(&FORMAT))
}

impl Run<'_> {
    fn take(&mut self, event: Event, line: &Line<'_>) -> Result<(), ReadError> {
        let refuse = |code, what: &str| Err(ReadError::new(code, what).at(line.number, None));
        match (event.r#type.as_str(), event.event.as_str()) {
            ("suite", "started") if !self.open.is_empty() && !self.nextest => {
                refuse(Code::Truncated, "a suite begins before the one before it has ended")
            }
            ("suite", "started") => {
                let Some(count) = event.test_count else {
                    return refuse(Code::Malformed, "a suite without its number of tests");
                };
                self.suites += 1;
                self.open.push(Suite { count, ..Suite::default() });
                Ok(())
            }
            ("suite", "ok" | "failed") => match self.open.pop() {
                Some(suite) => self.close(&suite, &event, line),
                None => refuse(Code::Malformed, "a suite ends that did not begin"),
            },
            ("suite" | "test", "discovery" | "discovered" | "completed") => {
                refuse(Code::WrongFormat, "this is a list of tests, not a run of them")
            }
            ("report", _) => Ok(()),
            _ if self.open.is_empty() => refuse(Code::Malformed, "an event outside of any suite"),
            ("test", word) => self.test(word.to_owned(), event, line),
            ("bench", _) => Ok(()),
            (kind, word) => {
                refuse(Code::Malformed, &format!("{} is no known event", quote(&format!("{kind} {word}"))))
            }
        }
    }

    fn test(&mut self, word: String, event: Event, line: &Line<'_>) -> Result<(), ReadError> {
        let refuse = |what: &str| Err(ReadError::new(Code::Malformed, what).at(line.number, None));
        let Some(written) = event.name else { return refuse("a test without a name") };
        self.nextest |= written.contains('$');
        let (name, attempt) = attempt(&written);
        let outcome = match word.as_str() {
            "started" => {
                self.running.insert(name.to_owned(), self.suites);
                return Ok(());
            }
            "timeout" => return Ok(()),
            "ok" if attempt > 1 => TestOutcome::Flaky,
            "ok" => TestOutcome::Passed,
            "ignored" => TestOutcome::Skipped,
            "failed" => TestOutcome::Failed,
            other => return refuse(&format!("{} is no known event of a test", quote(other))),
        };
        let began = self.running.remove(name);
        if began.is_none() && word != "ignored" {
            return refuse("a test ends that did not begin");
        }
        if !self.ended.insert((name.to_owned(), self.suites)) {
            return Err(ReadError::new(Code::Duplicate, "a test ends twice").at(line.number, None));
        }
        if let Some(suite) = self.open.last_mut() {
            suite.ended += 1;
            suite.bad += u64::from(is_bad(outcome));
        }
        let message = match outcome {
            TestOutcome::Skipped => event.message,
            TestOutcome::Failed => event.stdout.or(event.message).or(event.reason),
            _ => None,
        };
        let seconds = event.exec_time.and_then(seconds);
        self.cases.push(TestCase { message, seconds, ..identified(name, outcome) })
    }

    fn close(&mut self, suite: &Suite, event: &Event, line: &Line<'_>) -> Result<(), ReadError> {
        let (Some(passed), Some(failed), Some(ignored)) = (event.passed, event.failed, event.ignored) else {
            return Err(
                ReadError::new(Code::Malformed, "a suite ends without its counts").at(line.number, None)
            );
        };
        let bad = if self.nextest { self.cases.bad() } else { suite.bad };
        self.cases.declared_bad(failed, bad);
        if !self.nextest {
            // Tests that began and did not end are told on their own.
            let told = suite.ended + self.running.len() as u64;
            let declared = passed.saturating_add(failed).saturating_add(ignored).max(suite.count);
            if declared > told {
                self.cases.declared(declared, told);
            }
        }
        if event.event == "failed" && bad == 0 {
            let message = "the suite failed, and no test in it";
            self.cases.broken(&format!("suite {}", self.suites), Some(message.to_owned()))?;
        }
        Ok(())
    }
}

/// The name of a test, and nextest's number of the attempt.
fn attempt(written: &str) -> (&str, u64) {
    let number = || {
        let (name, number) = written.rsplit_once('#')?;
        name.contains('$').then_some((name, number.parse().ok()?))
    };
    number().unwrap_or((written, 1))
}

/// nextest's class is the binary; libtest has none.
fn identified(name: &str, outcome: TestOutcome) -> TestCase {
    let (class, name) = name.split_once('$').unwrap_or(("", name));
    let id = TestId { suite: String::new(), class: class.to_owned(), name: name.to_owned() };
    TestCase { id, ..case("", "", outcome) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(lines: &[&str]) -> Result<Tests, ReadError> {
        let text = lines.join("\n");
        testing::tests(read, &text).map(|read| read.0)
    }

    const START: &str = r#"{ "type": "suite", "event": "started", "test_count": 1 }"#;
    const RUN: &str = r#"{ "type": "test", "event": "started", "name": "a" }"#;
    const OK: &str = r#"{ "type": "test", "name": "a", "event": "ok" }"#;
    const END: &str = r#"{ "type": "suite", "event": "ok", "passed": 1, "failed": 0, "ignored": 0 }"#;

    #[test]
    fn the_closing_event_is_the_end() {
        assert_eq!(report(&[START, RUN, OK, END]).unwrap().totals().passed, 1);
        for lines in [&[START][..], &[START, RUN], &[START, RUN, OK], &[START, RUN, OK, END, START]] {
            assert_eq!(report(lines).unwrap_err().code, Code::Truncated, "{lines:?}");
        }
        assert_eq!(report(&[START, RUN, OK, START]).unwrap_err().code, Code::Truncated);
    }

    #[test]
    fn suites_tell_more_than_their_tests() {
        let failed = END.replace("\"ok\"", "\"failed\"");
        assert_eq!(report(&[START, RUN, OK, &failed]).unwrap().totals().errors, 1);
        let hidden = END.replace("\"failed\": 0", "\"failed\": 1");
        assert_eq!(report(&[START, RUN, OK, &hidden]).unwrap().hidden_failures, [(1, 0)]);
        assert_eq!(report(&[START, END]).unwrap().lost, [(1, 0)]);
        let lone = report(&[START, RUN, END]).unwrap();
        assert_eq!((lone.totals().errors, lone.lost.len()), (1, 0));
    }

    #[test]
    fn the_same_name_in_two_suites_is_two_tests() {
        let run = [START, RUN, OK, END];
        assert_eq!(report(&[run, run].concat()).unwrap().totals().total, 2);
        assert_eq!(report(&[START, RUN, OK, RUN, OK, END]).unwrap_err().code, Code::Duplicate);
    }

    #[test]
    fn attempts_of_nextest_are_flaky() {
        let run = RUN.replace("\"a\"", "\"k::b$a\"");
        let ok = OK.replace("\"a\"", "\"k::b$a#2\"");
        let tests = report(&[START, &run, &ok, END]).unwrap();
        assert_eq!(tests.totals().flaky, 1);
        assert_eq!(tests.cases.keys().next().map(|id| id.label()).as_deref(), Some("k::b::a"));
    }

    #[test]
    fn lists_and_strange_events_are_refused() {
        let list = r#"{ "type": "suite", "event": "discovery" }"#;
        assert_eq!(report(&[list]).unwrap_err().code, Code::WrongFormat);
        let odd = OK.replace("\"ok\"", "\"exploded\"");
        assert_eq!(report(&[START, RUN, &odd, END]).unwrap_err().code, Code::Malformed);
        assert_eq!(report(&[RUN]).unwrap_err().code, Code::Malformed);
        assert_eq!(report(&["text"]).unwrap_err().code, Code::WrongFormat);
    }
}
