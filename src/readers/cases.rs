//! Collects the tests of a report that lists every test once, and holds what its header declares
//! against them.
//!
//! There the same name again is another test (a loop that registers tests, two files with a test
//! `renders`), and is told apart by its place in the list: `renders (2)`.

use super::error::{Code, ReadError, quote};
use super::format::{Body, Format, Limits, Report};
use super::xml::Cursor;
use crate::model::place::Place;
use crate::model::tests::{TestCase, TestId, TestOutcome, Tests};
use std::collections::BTreeMap;

/// Bytes of a message that are kept.
const MESSAGE: usize = 2048;

/// Parts of a path by which a file is known: enough to tell files apart, few enough to be the same
/// on another machine.
const PARTS: usize = 3;

/// The tests of a report as far as they were read.
pub(super) struct Cases<'a> {
    limits: &'a Limits,
    tests: Tests,
    /// How often each name was met.
    met: BTreeMap<TestId, u32>,
    bad: u64,
    notices: Vec<String>,
}

impl<'a> Cases<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, tests: Tests::default(), met: BTreeMap::new(), bad: 0, notices: Vec::new() }
    }

    /// Adds a test of its own, whatever others are named.
    pub(super) fn push(&mut self, mut case: TestCase) -> Result<(), ReadError> {
        let plain = case.id.clone();
        let times = self.met.entry(plain.clone()).or_insert(0);
        *times += 1;
        let mut number = *times;
        while number > 1 || self.tests.cases.contains_key(&case.id) {
            number = number.max(2);
            case.id.name = format!("{} ({number})", plain.name);
            if !self.tests.cases.contains_key(&case.id) {
                break;
            }
            number += 1;
        }
        self.met.insert(plain, number.max(1));
        self.add(case)
    }

    /// Adds a test, or another attempt of one: the worse outcome stays.
    pub(super) fn add(&mut self, mut case: TestCase) -> Result<(), ReadError> {
        self.bad += u64::from(is_bad(case.outcome));
        case.message = case.message.map(|text| shorten(text.trim())).filter(|text| !text.is_empty());
        self.tests.add(case);
        self.limits.check_items(self.tests.cases.len())
    }

    /// Adds something that broke outside of any test, as a test that could not be run.
    pub(super) fn broken(&mut self, name: &str, message: Option<String>) -> Result<(), ReadError> {
        let id = TestId { name: name.to_owned(), ..TestId::default() };
        self.push(TestCase { id, outcome: TestOutcome::Errored, message, place: None, seconds: None })
    }

    /// How many tests failed or could not be run.
    pub(super) fn bad(&self) -> u64 {
        self.bad
    }

    /// How many tests there are.
    pub(super) fn len(&self) -> u64 {
        self.tests.cases.len() as u64
    }

    /// The header declares so many tests; so many were found.
    pub(super) fn declared(&mut self, declared: u64, found: u64) {
        if declared != found {
            self.notices.push(format!("header says {declared} tests, {found} found"));
        }
        if declared > found {
            self.tests.lost.push((declared, found));
        }
    }

    /// The header declares so many failures; so many were found.
    pub(super) fn declared_bad(&mut self, declared: u64, found: u64) {
        if declared > found {
            self.tests.hidden_failures.push((declared, found));
        }
    }

    /// Says something that does not decide.
    pub(super) fn notice(&mut self, text: impl Into<String>) {
        self.notices.push(text.into());
    }

    pub(super) fn finish(self, format: &'static Format) -> Report {
        Report { notices: self.notices, ..Report::new(format, Body::Tests(self.tests)) }
    }
}

/// A run in which nothing could be tested.
pub(super) fn failed(what: impl Into<String>) -> ReadError {
    ReadError::new(Code::ToolFailed, what).hint("mend what failed and run the tests again")
}

/// Whether an outcome keeps a gate shut.
pub(super) fn is_bad(outcome: TestOutcome) -> bool {
    matches!(outcome, TestOutcome::Failed | TestOutcome::Errored)
}

/// A test by its class and name, with nothing else known about it.
pub(super) fn case(class: impl Into<String>, name: impl Into<String>, outcome: TestOutcome) -> TestCase {
    let id = TestId { suite: String::new(), class: class.into(), name: name.into() };
    TestCase { id, outcome, message: None, place: None, seconds: None }
}

/// The place that a file and perhaps a line make.
pub(super) fn place(path: Option<&str>, line: Option<i64>) -> Option<Place> {
    let path = path.filter(|path| !path.trim().is_empty())?;
    Some(Place::at(path, line.unwrap_or(0), 0))
}

/// A number that a header declares; one that is no number is damage.
pub(super) fn count(xml: &Cursor<'_>, name: &str) -> Result<Option<u64>, ReadError> {
    match xml.attribute(name) {
        Some(value) if !value.trim().is_empty() => value.trim().parse().map(Some).map_err(|_| {
            xml.error(Code::Malformed, format!("{name}={} is not a number of tests", quote(&value)))
        }),
        _ => Ok(None),
    }
}

/// Seconds that can be: a time never decides, and one that cannot be read is no time.
pub(super) fn seconds(value: f64) -> Option<f64> {
    (value.is_finite() && value >= 0.0).then_some(value)
}

/// The end of a path, by which a file is known on every machine.
pub(super) fn tail(path: &str) -> String {
    let parts: Vec<_> = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    parts[parts.len().saturating_sub(PARTS)..].join("/")
}

fn shorten(text: &str) -> String {
    let mut end = MESSAGE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_again_is_another_test() {
        let limits = Limits::default();
        let mut cases = Cases::new(&limits);
        for name in ["a", "a (2)", "a", "a", "b"] {
            cases.push(case("", name, TestOutcome::Passed)).unwrap();
        }
        let names: Vec<_> = cases.tests.cases.keys().map(|id| id.name).collect();
        assert_eq!(names, ["a", "a (2)", "a (3)", "a (4)", "b"]);
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { items: 1, ..Limits::default() };
        let mut cases = Cases::new(&limits);
        cases.push(case("", "a", TestOutcome::Passed)).unwrap();
        assert!(cases.push(case("", "a", TestOutcome::Passed)).is_err());
    }

    #[test]
    fn paths_are_known_by_their_end() {
        assert_eq!(tail("/home/me/proj/src/a.test.js"), "proj/src/a.test.js");
        assert_eq!(tail(r"C:\proj\a.js"), "C:/proj/a.js");
        assert_eq!(tail("./spec/a.rb"), "spec/a.rb");
        assert_eq!(tail(""), "");
    }
}
