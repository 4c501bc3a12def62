//! What the parts of a JUnit report come to: the headers of its suites are held against what was
//! found in them, and every test is there once.

use super::error::ReadError;
use super::format::{Body, Limits, Report};
use super::junit::FORMAT;
use super::junit_batch::Batch;
use super::junit_case::{Case, Mark};
use super::junit_header::{Counted, Declared, Headers};
use crate::model::cases::Incoming;
use crate::model::tests::{TestCase, TestOutcome, Tests};
use std::ops::Range;

/// What a part of a report holds.
#[derive(Clone, Default)]
pub(super) struct Found {
    steps: Vec<Step>,
    cases: Batch,
    /// What was counted since the latest step.
    pub(super) counted: Counted,
}

/// What stands between the cases.
#[derive(Clone)]
pub(super) enum Step {
    /// So much was counted, and cases added up to an index.
    Cases(Counted, usize),
    /// A suite is opened; the root has no name.
    Open(Declared, Option<String>),
    /// A suite is closed; the root had no name.
    Close { named: bool },
    /// Something broke outside of any test.
    Broken(Option<String>),
    /// An attempt that said of itself that it is not the last one.
    Unfinished(TestCase),
}

impl Found {
    pub(super) fn case(&mut self, case: &mut Case) {
        self.cases.push(case);
    }

    pub(super) fn step(&mut self, step: Step) {
        self.settle();
        self.steps.push(step);
    }

    /// Writes down what was found since the latest step.
    pub(super) fn settle(&mut self) {
        self.steps.push(Step::Cases(std::mem::take(&mut self.counted), self.cases.len()));
    }
}

/// The whole report, as far as its parts were added.
#[derive(Default)]
pub(super) struct Whole {
    headers: Headers,
    /// Names of the open suites, the root `testsuites` left out.
    suites: Vec<String>,
    cases: Incoming,
    /// Suites that broke outside of any test.
    broken: u64,
    unfinished: Vec<TestCase>,
}

impl Whole {
    /// Adds the next part.
    pub(super) fn add(&mut self, found: Found, limits: &Limits) -> Result<(), ReadError> {
        let mut added = 0;
        for step in found.steps {
            match step {
                Step::Cases(counted, until) => {
                    self.headers.count(counted);
                    self.check_items(limits)?;
                    self.cases(&found.cases, added..until);
                    added = until;
                }
                Step::Open(declared, name) => {
                    self.headers.open(declared);
                    self.suites.extend(name);
                }
                Step::Close { named } => {
                    self.headers.close();
                    self.suites.truncate(self.suites.len() - usize::from(named));
                }
                Step::Broken(message) => {
                    self.suite_failed(message);
                    self.check_items(limits)?;
                }
                Step::Unfinished(mut case) => {
                    if !self.is_told_by(&case.id.class) {
                        case.id.suite = self.suites.join("/");
                    }
                    self.unfinished.push(case);
                }
            }
        }
        Ok(())
    }

    fn cases(&mut self, batch: &Batch, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let path = self.suites.join("/");
        for (run, class) in batch.runs(range) {
            let suite = if self.is_told_by(class) { "" } else { &path };
            self.cases.push_all(suite, class, batch.views(run, suite));
        }
    }

    /// Whether a class tells the suites, or they are no part of an identity.
    fn is_told_by(&self, class: &str) -> bool {
        self.headers.writer().names_the_run() || self.suites.iter().any(|suite| begins_with(class, suite))
    }

    /// The suite itself is a test that could not be run.
    fn suite_failed(&mut self, message: Option<String>) {
        let name = self.suites.last().filter(|name| !name.is_empty()).map_or("test suite", String::as_str);
        let outer = self.suites.len().saturating_sub(1);
        let (suite, name) = (self.suites[..outer].join("/"), name.to_owned());
        let case = Case { suite, name, marks: vec![Mark::Errored], message, ..Case::default() };
        let case = case.view();
        self.cases.push_all(case.suite, case.class, std::iter::once(case));
        self.broken += 1;
    }

    /// Refuses more tests than allowed.
    fn check_items(&self, limits: &Limits) -> Result<(), ReadError> {
        let items = self.headers.cases() + self.broken;
        limits.check_items(usize::try_from(items).unwrap_or(usize::MAX))
    }

    /// What the whole report comes to.
    pub(super) fn finish(self) -> Report {
        let Self { headers, cases, unfinished, .. } = self;
        let (cases, again) = cases.finish();
        let mut tests = Tests { cases, ..Tests::default() };
        // pytest-rerunfailures says nothing in the attempts that failed before one passed; that
        // there are several is what shows.
        if headers.is_pytest() {
            for index in again {
                tests.cases.change(index, TestOutcome::Passed, TestOutcome::Flaky);
            }
        }
        for mut attempt in unfinished {
            attempt.outcome = match tests.cases.get(&attempt.id).map(|known| known.outcome) {
                Some(TestOutcome::Passed) => TestOutcome::Flaky,
                Some(known) => known,
                // It was to be run again, and the report does not show that it was.
                None => TestOutcome::Failed,
            };
            tests.add(attempt);
        }
        let notices = headers.finish(&mut tests);
        Report { notices, ..Report::new(&FORMAT, Body::Tests(tests)) }
    }
}

/// Whether a class begins with the name of a suite, whole words, whatever joins them.
fn begins_with(class: &str, suite: &str) -> bool {
    let joint = |b: u8| matches!(b, b'.' | b'/' | b'\\' | b':' | b'$' | b' ');
    !suite.is_empty()
        && class.len() >= suite.len()
        && class.bytes().zip(suite.bytes()).all(|(c, s)| c == s || joint(c) && joint(s))
        && class.as_bytes().get(suite.len()).is_none_or(|b| joint(*b))
}
