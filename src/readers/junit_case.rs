//! One `<testcase>` of a JUnit report: what is said about it, and what that makes of it.

use crate::model::cases::CaseRef;
use crate::model::place::Place;
use crate::model::tests::TestOutcome;

/// What a child of a test case says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Failed,
    Errored,
    Skipped,
    /// A failed attempt of a test that passed in the end.
    Flaky,
    /// A failed attempt of a test that failed in the end.
    Retried,
    /// pytest-rerunfailures: this attempt is not the last one.
    Rerun,
    /// PHPUnit: the test passed, and more is to be said about it.
    Warned,
}

impl Mark {
    /// It tells of a failure.
    pub(super) fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Errored | Self::Retried)
    }
}

/// Elements that decide, without regard to case: a misspelt failure is still one.
pub(super) const MARKS: &[(&str, Mark)] = &[
    ("failure", Mark::Failed),
    ("error", Mark::Errored),
    ("skipped", Mark::Skipped),
    ("flakyFailure", Mark::Flaky),
    ("flakyError", Mark::Flaky),
    ("rerunFailure", Mark::Retried),
    ("rerunError", Mark::Retried),
    ("rerun", Mark::Rerun),
    ("warning", Mark::Warned),
];

/// Words of `status` and `result`; any other is a failure.
pub(super) const WORDS: &[(&[&str], Option<Mark>)] = &[
    (
        &[
            "",
            "run",
            "passed",
            "pass",
            "ok",
            "success",
            "successful",
            "succeeded",
            "completed",
            "complete",
            "executed",
            "finished",
            "done",
            "fixed",
        ],
        None,
    ),
    (
        &[
            "skipped",
            "skip",
            "disabled",
            "notrun",
            "not_run",
            "not run",
            "suppressed",
            "ignored",
            "pending",
            "todo",
        ],
        Some(Mark::Skipped),
    ),
    (&["error", "errored", "broken", "aborted", "crashed", "interrupted"], Some(Mark::Errored)),
    (&["flaky"], Some(Mark::Flaky)),
];

/// A `<testcase>` that is open.
#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    pub(super) suite: String,
    pub(super) class: String,
    pub(super) name: String,
    pub(super) marks: Vec<Mark>,
    pub(super) message: Option<String>,
    pub(super) place: Option<Place>,
    pub(super) seconds: Option<f64>,
}

impl Case {
    /// Forgets what was said; the room of its texts stays.
    pub(super) fn clear(&mut self) {
        [&mut self.suite, &mut self.class, &mut self.name].into_iter().for_each(String::clear);
        self.marks.clear();
        (self.message, self.place, self.seconds) = (None, None, None);
    }

    pub(super) fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    pub(super) fn view(&self) -> CaseRef<'_> {
        CaseRef {
            suite: &self.suite,
            class: &self.class,
            name: &self.name,
            outcome: self.outcome(),
            message: self.message.as_deref(),
            place: self.place.as_ref().map(Place::borrowed),
            seconds: self.seconds,
        }
    }

    /// PHPUnit's test `Warning` of no class: a class without tests, data that could not be made.
    fn stands_for_none(&self) -> bool {
        self.has(Mark::Warned) && self.class.is_empty() && self.name == "Warning"
    }

    /// Retries that are told of a test that does not say how it ended do not let it pass.
    fn outcome(&self) -> TestOutcome {
        let errored = self.has(Mark::Errored) || self.stands_for_none();
        if self.has(Mark::Failed) || (self.has(Mark::Retried) && !errored) {
            TestOutcome::Failed
        } else if errored {
            TestOutcome::Errored
        } else if self.has(Mark::Flaky) {
            TestOutcome::Flaky
        } else if self.has(Mark::Skipped) {
            TestOutcome::Skipped
        } else {
            TestOutcome::Passed
        }
    }
}
