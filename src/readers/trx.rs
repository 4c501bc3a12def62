//! TRX, the XML of Visual Studio's test tools (`dotnet test --logger trx`, vstest.console, MSTest;
//! namespace `TeamTest/2010`).
//!
//! `Passed` and `Warning` passed; `NotExecuted` and `Inconclusive` did not run to a result; `Error`,
//! `Timeout`, `Aborted`, `Disconnected`, `NotRunnable`, `PassedButRunAborted`, `InProgress`, `Pending`
//! and no word at all (the schema's default is `Error`) are tests that could not be run; any other word
//! is a failure. Of a test with inner results (rows of data) the innermost count. A summary or a
//! `RunInfo` that says that the run failed, with no test that did, is an error: the host crashed.
//!
//! The class comes from `TestDefinitions`, by `testId`. Ignored on purpose: output but for messages,
//! times of the run, settings, deployment, test lists, categories.

use super::cases::{Cases, case, count, is_bad, seconds};
use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::xml::{Cursor, Node};
use crate::model::tests::{TestCase, TestOutcome};
use std::collections::BTreeMap;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "trx",
    kind: Kind::Tests,
    tools: "dotnet test, vstest.console, MSTest",
    command: "dotnet test --logger \"trx;LogFileName=tests.trx\" --results-directory reports",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "TestRun"),
    read,
};

/// Words of `outcome`; any other is a failure.
const OUTCOMES: &[(&str, TestOutcome)] = &[
    ("Passed", TestOutcome::Passed),
    ("Warning", TestOutcome::Passed),
    ("Completed", TestOutcome::Passed),
    ("Failed", TestOutcome::Failed),
    ("NotExecuted", TestOutcome::Skipped),
    ("Inconclusive", TestOutcome::Skipped),
    ("", TestOutcome::Errored),
    ("Error", TestOutcome::Errored),
    ("Timeout", TestOutcome::Errored),
    ("Aborted", TestOutcome::Errored),
    ("Disconnected", TestOutcome::Errored),
    ("NotRunnable", TestOutcome::Errored),
    ("PassedButRunAborted", TestOutcome::Errored),
    ("InProgress", TestOutcome::Errored),
    ("Pending", TestOutcome::Errored),
];

/// Elements that are results: kinds of tests of which only the first is common.
const RESULTS: &[&str] = &[
    "UnitTestResult",
    "TestResult",
    "GenericTestResult",
    "WebTestResult",
    "ManualTestResult",
    "TestResultAggregation",
];

/// A result that is open.
struct Open {
    test_id: String,
    case: TestCase,
    /// Results inside of it: how many, and whether one is bad.
    inner: u64,
    bad: bool,
}

/// What the summary says.
#[derive(Default)]
struct Summary {
    outcome: String,
    total: Option<u64>,
    bad: u64,
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    /// Results with the id of their test.
    done: Vec<(String, TestCase)>,
    elements: u64,
    /// The `UnitTest` that is open, and the classes by id.
    unit: Option<String>,
    classes: BTreeMap<String, String>,
    summary: Option<Summary>,
    /// The outcome of the `RunInfo` that is open, and all that broke.
    info: Option<(String, String)>,
    infos: Vec<String>,
    /// Inside of `ErrorInfo`; the text of its `Message`.
    error_info: bool,
    text: Option<String>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["TestRun"]);
    let mut reader = Reader::default();
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(name) => reader.start(name, &xml)?,
            Node::End(name) => reader.end(name),
            Node::Text(text) => {
                if let Some(kept) = &mut reader.text {
                    kept.push_str(&text);
                }
            }
        }
        input.limits.check_items(reader.done.len())?;
    }
    reader.finish(Cases::new(input.limits))
}

impl Reader {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let text = |name: &str| xml.attribute(name).unwrap_or_default().into_owned();
        match name {
            _ if RESULTS.contains(&name) => {
                self.elements += 1;
                self.open.push(open_result(xml));
            }
            "UnitTest" => self.unit = Some(text("id")),
            "TestMethod" => {
                if let Some(id) = self.unit.clone() {
                    let class = text("className");
                    // MSTest adds the assembly: `N.C, Shop.Tests, Version=...`.
                    let class = class.split(',').next().unwrap_or_default().trim().to_owned();
                    self.classes.insert(id, class);
                }
            }
            "ResultSummary" => {
                if self.summary.is_some() {
                    return Err(xml.error(Code::Duplicate, "a second ResultSummary"));
                }
                self.summary = Some(Summary { outcome: text("outcome"), ..Summary::default() });
            }
            "Counters" => {
                if let Some(summary) = &mut self.summary {
                    summary.total = count(xml, "total")?;
                    for bad in ["failed", "error", "timeout", "aborted", "disconnected", "notRunnable"] {
                        summary.bad = summary.bad.saturating_add(count(xml, bad)?.unwrap_or(0));
                    }
                }
            }
            "RunInfo" => self.info = Some((text("outcome"), String::new())),
            "ErrorInfo" => self.error_info = true,
            "Message" if self.error_info => self.text = Some(String::new()),
            "Text" if self.info.is_some() => self.text = Some(String::new()),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            _ if RESULTS.contains(&name) => self.close_result(),
            "UnitTest" => self.unit = None,
            "ErrorInfo" => self.error_info = false,
            "Message" => {
                let text = self.text.take();
                if let Some(case) = self.open.last_mut().map(|open| &mut open.case)
                    && case.message.is_none()
                {
                    case.message = text;
                }
            }
            "Text" => {
                if let (Some((_, kept)), Some(text)) = (&mut self.info, self.text.take()) {
                    kept.push_str(&text);
                }
            }
            "RunInfo" => {
                let broken = self.info.take().filter(|(outcome, _)| is_bad(word(outcome)));
                self.infos.extend(broken.map(|(_, text)| text));
            }
            _ => {}
        }
    }

    fn close_result(&mut self) {
        let Some(mut open) = self.open.pop() else { return };
        let bad = is_bad(open.case.outcome) || open.bad;
        if let Some(outer) = self.open.last_mut() {
            outer.inner += 1;
            outer.bad |= bad;
            if open.test_id.is_empty() {
                open.test_id.clone_from(&outer.test_id);
            }
        }
        if open.inner == 0 {
            self.done.push((open.test_id, open.case));
        } else if is_bad(open.case.outcome) && !open.bad {
            open.case.outcome = TestOutcome::Errored;
            self.done.push((open.test_id, open.case));
        }
    }

    fn finish(self, mut cases: Cases<'_>) -> Result<Report, ReadError> {
        let Some(summary) = self.summary else {
            return Err(ReadError::new(Code::Malformed, "there is no ResultSummary: the run did not end"));
        };
        for (id, mut case) in self.done {
            if let Some(class) = self.classes.get(&id) {
                case.id.class.clone_from(class);
                let inside =
                    case.id.name.strip_prefix(class.as_str()).and_then(|rest| rest.strip_prefix('.'));
                if let Some(name) = inside.filter(|_| !class.is_empty()).map(str::to_owned) {
                    case.id.name = name;
                }
            }
            cases.push(case)?;
        }
        let bad = cases.bad();
        let found = self.elements;
        if let Some(total) = summary.total.filter(|total| *total > found) {
            cases.declared(total, found);
        }
        cases.declared_bad(summary.bad, bad);
        for text in &self.infos {
            cases.broken("test run", Some(text.clone()))?;
        }
        if cases.bad() == 0 && is_bad(word(&summary.outcome)) {
            let message = format!("the outcome of the run is {}", quote(&summary.outcome));
            cases.broken("test run", Some(message))?;
        }
        Ok(cases.finish(&FORMAT))
    }
}

fn word(outcome: &str) -> TestOutcome {
    OUTCOMES.iter().find(|(known, _)| *known == outcome).map_or(TestOutcome::Failed, |row| row.1)
}

fn open_result(xml: &Cursor<'_>) -> Open {
    let text = |name: &str| xml.attribute(name).unwrap_or_default();
    let said = text("outcome");
    let outcome = word(&said);
    let unknown = !OUTCOMES.iter().any(|(known, _)| *known == said);
    let case = TestCase {
        message: unknown.then(|| format!("outcome is {}", quote(&said))),
        seconds: duration(&text("duration")),
        ..case("", text("testName"), outcome)
    };
    Open { test_id: text("testId").into_owned(), case, inner: 0, bad: false }
}

/// `hh:mm:ss.fffffff`
fn duration(text: &str) -> Option<f64> {
    let mut parts = text.trim().split(':').map(|part| part.parse::<f64>().ok());
    let (hours, minutes, rest) = (parts.next()??, parts.next()??, parts.next()??);
    seconds(hours.mul_add(3600.0, minutes.mul_add(60.0, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(results: &str, summary: &str) -> Result<Tests, ReadError> {
        let text = format!("<TestRun><Results>{results}</Results>{summary}</TestRun>");
        testing::tests(read, &text).map(|read| read.0)
    }

    const DONE: &str = "<ResultSummary outcome='Completed'/>";

    #[test]
    fn only_known_good_words_are_good() {
        for (outcome, want) in [
            ("outcome='Passed'", TestOutcome::Passed),
            ("outcome='NotExecuted'", TestOutcome::Skipped),
            ("outcome='Timeout'", TestOutcome::Errored),
            ("", TestOutcome::Errored),
            ("outcome='passed'", TestOutcome::Failed),
        ] {
            let read = report(&format!("<UnitTestResult testName='t' {outcome}/>"), DONE).unwrap();
            assert_eq!(read.cases.values().next().unwrap().outcome, want, "{outcome}");
        }
    }

    #[test]
    fn a_run_that_crashed_never_passes() {
        let passed = "<UnitTestResult testName='t' outcome='Passed'/>";
        let failed = DONE.replace("Completed", "Failed");
        assert_eq!(report(passed, &failed).unwrap().totals().errors, 1);
        let info = "<ResultSummary outcome='Failed'><RunInfos><RunInfo outcome='Error'><Text>host crashed</Text></RunInfo></RunInfos></ResultSummary>";
        let read = report(passed, info).unwrap();
        assert_eq!((read.totals().errors, read.totals().total), (1, 2));
        assert_eq!(report(passed, "").unwrap_err().code, Code::Malformed);
        let counters = "<ResultSummary outcome='Completed'><Counters total='3' failed='1'/></ResultSummary>";
        let read = report(passed, counters).unwrap();
        assert_eq!((read.lost, read.hidden_failures), (vec![(3, 1)], vec![(1, 0)]));
    }

    #[test]
    fn innermost_results_count() {
        let rows = "<UnitTestResult testName='t' outcome='Failed'><InnerResults>\
            <UnitTestResult testName='t (1)' outcome='Passed'/><UnitTestResult testName='t (2)' outcome='Failed'/>\
            </InnerResults></UnitTestResult>";
        let totals = report(rows, DONE).unwrap().totals();
        assert_eq!((totals.total, totals.failed, totals.errors), (2, 1, 0));
        let outer = rows.replace("(2)' outcome='Failed'", "(2)' outcome='Passed'");
        let totals = report(&outer, DONE).unwrap().totals();
        assert_eq!((totals.total, totals.failed, totals.errors), (3, 0, 1));
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("01:01:01.5"), Some(3661.5));
        assert_eq!(duration("1.5"), None);
    }
}
