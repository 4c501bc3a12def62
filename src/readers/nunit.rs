//! NUnit's XML: version 3 (`test-run`: NUnit 3 and 4, nunit3-console, NunitXml.TestLogger) and version 2
//! (`test-results`).
//!
//! `Passed`, `Success` and `Warning` passed; `Skipped`, `Ignored`, `Explicit` and `Inconclusive` did not
//! run to a result; `Failed` is an error where its `label` says so (`Error`, `Invalid`, `Cancelled`); a
//! result that is not known is a failure. A suite that failed with nothing failed in it, or in its
//! tear-down, is a test that could not be run: an assembly that could not be loaded, a fixture.
//!
//! Identity: class and name; version 2 has one full name. Ignored on purpose: properties, output,
//! assertions, attachments, environment, counts of asserts, `testcasecount`.

use super::cases::{Cases, case, count, seconds};
use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::xml::{Cursor, Node};
use crate::model::tests::{TestCase, TestOutcome};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "nunit",
    kind: Kind::Tests,
    tools: "NUnit 2, 3 and 4, nunit3-console, NunitXml.TestLogger",
    command: "dotnet test --logger \"nunit;LogFilePath=reports/nunit.xml\"",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if ROOTS.contains(&xml.root.as_str())),
    read,
};

const ROOTS: &[&str] = &["test-run", "test-results"];

/// Words of `result`; any other is a failure.
const RESULTS: &[(&str, TestOutcome)] = &[
    ("Passed", TestOutcome::Passed),
    ("Success", TestOutcome::Passed),
    ("Warning", TestOutcome::Passed),
    ("Failed", TestOutcome::Failed),
    ("Failure", TestOutcome::Failed),
    ("Error", TestOutcome::Errored),
    ("NotRunnable", TestOutcome::Errored),
    ("Cancelled", TestOutcome::Errored),
    ("Skipped", TestOutcome::Skipped),
    ("Ignored", TestOutcome::Skipped),
    ("Explicit", TestOutcome::Skipped),
    ("Inconclusive", TestOutcome::Skipped),
];

/// Labels of a failure that is none of the test's own.
const BROKEN: &[&str] = &["Error", "Invalid", "Cancelled"];

/// A suite that is open, or the root.
struct Suite {
    name: String,
    failed: bool,
    teardown: bool,
    /// Failures before it.
    bad: u64,
    message: Option<String>,
}

/// What the root declares.
#[derive(Default)]
struct Declared {
    total: Option<u64>,
    bad: u64,
}

struct Reader<'a> {
    cases: Cases<'a>,
    suites: Vec<Suite>,
    case: Option<TestCase>,
    /// Inside of `failure` or `reason`; inside of its `message`.
    detail: bool,
    message: Option<String>,
    found: u64,
    declared: Declared,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, ROOTS);
    let mut reader = Reader {
        cases: Cases::new(input.limits),
        suites: Vec::new(),
        case: None,
        detail: false,
        message: None,
        found: 0,
        declared: Declared::default(),
    };
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(name) => reader.start(name, &xml)?,
            Node::End(name) => reader.end(name)?,
            Node::Text(text) => {
                if let Some(message) = &mut reader.message {
                    message.push_str(&text);
                }
            }
        }
    }
    let Reader { mut cases, found, declared, .. } = reader;
    let bad = cases.bad();
    if let Some(total) = declared.total.filter(|total| *total > found) {
        cases.declared(total, found);
    }
    cases.declared_bad(declared.bad, bad);
    Ok(cases.finish(&FORMAT))
}

impl Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "test-run" | "test-results" | "test-suite" | "test-case" if self.case.is_some() => {
                Err(xml.error(Code::Malformed, format!("a {name} inside of a test case")))
            }
            "test-run" | "test-results" => {
                self.declared.total = count(xml, "total")?;
                for bad in ["failed", "failures", "errors"] {
                    self.declared.bad = self.declared.bad.saturating_add(count(xml, bad)?.unwrap_or(0));
                }
                self.open(xml, "test run");
                Ok(())
            }
            "test-suite" => {
                self.open(xml, "test suite");
                Ok(())
            }
            "test-case" => {
                self.case = Some(open_case(xml));
                Ok(())
            }
            "failure" | "reason" => {
                self.detail = true;
                Ok(())
            }
            "message" if self.detail => {
                self.message = Some(String::new());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, xml: &Cursor<'_>, otherwise: &str) {
        let text = |name: &str| xml.attribute(name).filter(|text| !text.trim().is_empty());
        let name = text("fullname").or_else(|| text("name"));
        let result = text("result");
        let success = text("success").is_none_or(|word| word.eq_ignore_ascii_case("true"));
        let executed = text("executed").is_none_or(|word| word.eq_ignore_ascii_case("true"));
        let outcome = result.map_or(TestOutcome::Passed, |result| outcome(&result));
        self.suites.push(Suite {
            name: name.map_or_else(|| otherwise.to_owned(), |name| name.into_owned()),
            // Version 2 says `success="False"` of a suite that was left out.
            failed: super::cases::is_bad(outcome) || !success && executed && outcome == TestOutcome::Passed,
            teardown: text("site").is_some_and(|site| site == "TearDown"),
            bad: self.cases.bad(),
            message: None,
        });
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "message" => {
                let message = self.message.take();
                let slot = match &mut self.case {
                    Some(case) => &mut case.message,
                    None => match self.suites.last_mut() {
                        Some(suite) => &mut suite.message,
                        None => return Ok(()),
                    },
                };
                if slot.is_none() {
                    *slot = message;
                }
            }
            "failure" | "reason" => self.detail = false,
            "test-case" => {
                if let Some(case) = self.case.take() {
                    self.found += 1;
                    self.cases.push(case)?;
                }
            }
            "test-suite" | "test-run" | "test-results" => {
                let Some(suite) = self.suites.pop() else { return Ok(()) };
                if suite.failed && (suite.teardown || self.cases.bad() == suite.bad) {
                    let message = suite.message.or_else(|| Some("failed, and no test in it".to_owned()));
                    self.cases.broken(&suite.name, message)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn outcome(result: &str) -> TestOutcome {
    // `Skipped:Ignored`, `Failed:Error` in some loggers.
    let (word, label) = result.split_once(':').unwrap_or((result, ""));
    let known = RESULTS.iter().find(|(known, _)| *known == word).map(|(_, outcome)| *outcome);
    match known.unwrap_or(TestOutcome::Failed) {
        TestOutcome::Failed if BROKEN.contains(&label) => TestOutcome::Errored,
        known => known,
    }
}

fn open_case(xml: &Cursor<'_>) -> TestCase {
    let text = |name: &str| xml.attribute(name).unwrap_or_default();
    let result = text("result");
    let mut outcome = outcome(&result);
    let mut message = None;
    if outcome == TestOutcome::Failed && BROKEN.contains(&text("label").as_ref()) {
        outcome = TestOutcome::Errored;
    }
    let said_no =
        text("success").eq_ignore_ascii_case("false") && text("executed").eq_ignore_ascii_case("true");
    if said_no && outcome == TestOutcome::Passed {
        outcome = TestOutcome::Failed;
    }
    if !RESULTS.iter().any(|(known, _)| result.split(':').next() == Some(known)) {
        message = Some(format!("result is {}", quote(&result)));
    }
    let (class, name) = (text("classname"), text("name"));
    let time = xml.attribute("duration").or_else(|| xml.attribute("time"));
    TestCase {
        message,
        seconds: time.and_then(|time| time.trim().parse().ok()).and_then(seconds),
        ..case(class, name, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{TestTotals, Tests};
    use crate::readers::{Body, Limits};

    fn report(text: &str) -> Tests {
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
        match read(&input).unwrap().body {
            Body::Tests(tests) => tests,
            other => panic!("{other:?}"),
        }
    }

    fn case(attributes: &str) -> TestTotals {
        report(&format!("<test-run><test-case name='t' {attributes}/></test-run>")).totals()
    }

    #[test]
    fn only_known_good_words_are_good() {
        assert_eq!(case("result='Passed'").passed, 1);
        assert_eq!(case("result='Skipped' label='Ignored'").skipped, 1);
        assert_eq!(case("result='Failed' label='Error'").errors, 1);
        assert_eq!(case("result='Failed'").failed, 1);
        assert_eq!(case("result='passed?'").failed, 1);
        assert_eq!(case("").failed, 1);
        assert_eq!(case("result='Success' executed='True' success='False'").failed, 1);
    }

    #[test]
    fn suites_that_broke_are_errors() {
        let invalid = "<test-run result='Failed'><test-suite type='Assembly' name='a.dll' result='Failed' label='Invalid'>\
            <failure><message>cannot load</message></failure></test-suite></test-run>";
        let read = report(invalid);
        assert_eq!((read.totals().total, read.totals().errors), (1, 1));
        assert_eq!(read.cases.values().next().and_then(|c| c.message).as_deref(), Some("cannot load"));
        let teardown = "<test-run result='Failed'><test-suite name='S' result='Failed' site='TearDown'>\
            <test-case name='t' result='Failed'/></test-suite></test-run>";
        let totals = report(teardown).totals();
        assert_eq!((totals.failed, totals.errors), (1, 1));
        assert_eq!(report("<test-run result='Failed'/>").totals().errors, 1);
    }

    #[test]
    fn headers_are_held_against_the_cases() {
        assert_eq!(report("<test-run total='2'/>").lost, [(2, 0)]);
        assert_eq!(report("<test-results errors='1' failures='1'/>").hidden_failures, [(2, 0)]);
    }
}
