//! Tests: their identity, their outcome, and how several reports of the same tests merge.

use super::cases::Cases;
use super::place::Place;

/// What became of one test. The order is the order of merging: where one identity occurs again,
/// the greater outcome stays. A test that ran somewhere is not "skipped"; a failing body decides
/// over its failing tear-down, as one failed test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestOutcome {
    /// Not run, or expected to fail and did.
    Skipped,
    /// Passed at the first try.
    Passed,
    /// Passed after the tool itself ran it again.
    Flaky,
    /// Could not be run to its end: set-up, tear-down, collection, crash.
    Errored,
    /// Ran and failed.
    Failed,
}

/// What makes a test the same test in another report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TestId {
    /// Path of suite names, outermost first, joined by `/`; empty where the writer has one suite only.
    pub suite: String,
    /// Class, module or package.
    pub class: String,
    /// Name with parameters.
    pub name: String,
}

impl TestId {
    /// The name a person reads: `class::name`, or the name alone.
    pub fn label(&self) -> String {
        if self.class.is_empty() { self.name.clone() } else { format!("{}::{}", self.class, self.name) }
    }
}

/// One test and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// Its identity.
    pub id: TestId,
    /// Its outcome.
    pub outcome: TestOutcome,
    /// The first failure's message; raw text of the report, hostile until escaped by an output.
    pub message: Option<String>,
    /// Where it stands or failed, if the report says so.
    pub place: Option<Place>,
    /// Seconds, if the report says so.
    pub seconds: Option<f64>,
}

/// How many tests there were, by outcome. `passed` includes `flaky`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TestTotals {
    /// All tests.
    pub total: u64,
    /// Passed, at whatever try.
    pub passed: u64,
    /// Ran and failed.
    pub failed: u64,
    /// Could not be run to the end.
    pub errors: u64,
    /// Not run.
    pub skipped: u64,
    /// Passed only after a retry; also counted in `passed`.
    pub flaky: u64,
    /// Sum of the cases' own times, in seconds.
    pub seconds: f64,
}

/// The tests of one or more reports, by identity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tests {
    /// Every test once.
    pub cases: Cases,
    /// Headers that declare more tests than were found: `(declared, found)` a report. Worse than
    /// nothing: something is missing.
    pub lost: Vec<(u64, u64)>,
    /// Headers that declare more failures and errors than the body shows, `(declared, found)`.
    pub hidden_failures: Vec<(u64, u64)>,
}

impl Tests {
    /// Adds one case; the same identity again keeps the worse outcome and its message.
    pub fn add(&mut self, case: TestCase) {
        self.cases.put(case.borrowed());
    }

    /// Merges another report of the same run or of another shard.
    pub fn merge(&mut self, other: Self) {
        if self.cases.is_empty() {
            self.cases = other.cases;
        } else {
            other.cases.each(|case| {
                self.cases.put(case);
            });
        }
        self.lost.extend(other.lost);
        self.hidden_failures.extend(other.hidden_failures);
        for headers in [&mut self.lost, &mut self.hidden_failures] {
            headers.sort_unstable();
            headers.dedup();
        }
    }

    /// Counts by outcome.
    pub fn totals(&self) -> TestTotals {
        let mut totals = TestTotals::default();
        let mut nanoseconds = 0;
        for (outcome, seconds) in self.cases.outcomes() {
            totals.total += 1;
            nanoseconds += whole_nanoseconds(seconds);
            match outcome {
                TestOutcome::Skipped => totals.skipped += 1,
                TestOutcome::Passed => totals.passed += 1,
                TestOutcome::Flaky => {
                    totals.passed += 1;
                    totals.flaky += 1;
                }
                TestOutcome::Errored => totals.errors += 1,
                TestOutcome::Failed => totals.failed += 1,
            }
        }
        totals.seconds = nanoseconds as f64 / 1e9;
        totals
    }
}

/// Whole nanoseconds add up to the same sum in any order; no time at all is none. A test of more than
/// 292 years is taken for one of so many.
pub fn whole_nanoseconds(seconds: Option<f64>) -> i128 {
    i128::from((seconds.unwrap_or(0.0) * 1e9 + 0.5) as i64)
}

impl TestCase {
    /// Takes over the worse outcome. Of two equal ones that with a message stays, then the one with
    /// the smaller message, so that the order of merging does not matter.
    pub fn absorb(&mut self, other: Self) {
        let seconds = self
            .seconds
            .into_iter()
            .chain(other.seconds)
            .fold(None, |most: Option<f64>, s| Some(most.map_or(s, |m| m.max(s))));
        if other.rank() < self.rank() {
            *self = other;
        }
        self.seconds = seconds;
    }

    /// Of two reports of one test, the one with the smaller rank stays.
    fn rank(&self) -> impl Ord + '_ {
        let (message, place) = (&self.message, &self.place);
        (std::cmp::Reverse(self.outcome), message.is_none(), message, place.is_none(), place)
    }
}

#[cfg(test)]
mod laws {
    use super::*;

    #[test]
    fn whole_nanoseconds_of_any_time_can_be_added() {
        assert_eq!([None, Some(0.1), Some(2.0)].map(whole_nanoseconds), [0, 100_000_000, 2_000_000_000]);
        assert_eq!(whole_nanoseconds(Some(1e300)) * 2, i128::from(i64::MAX) * 2);
    }

    fn case(name: &str, outcome: TestOutcome, message: Option<&str>) -> TestCase {
        TestCase {
            id: TestId { name: name.into(), ..TestId::default() },
            outcome,
            message: message.map(str::to_owned),
            place: None,
            seconds: Some(1.0),
        }
    }

    #[test]
    fn worst_wins_in_any_order() {
        let cases = [
            case("a", TestOutcome::Passed, None),
            case("a", TestOutcome::Failed, Some("x")),
            case("a", TestOutcome::Errored, Some("y")),
            case("a", TestOutcome::Skipped, None),
        ];
        let mut forward = Tests::default();
        cases.iter().cloned().for_each(|c| forward.add(c));
        let mut backward = Tests::default();
        cases.iter().rev().cloned().for_each(|c| backward.add(c));
        assert_eq!(forward, backward);
        let totals = forward.totals();
        assert_eq!((totals.total, totals.failed, totals.errors), (1, 1, 0));
    }

    #[test]
    fn a_message_is_not_lost_and_merging_twice_changes_nothing() {
        let mut tests = Tests { lost: vec![(3, 2)], ..Tests::default() };
        tests.add(case("a", TestOutcome::Failed, None));
        tests.add(case("a", TestOutcome::Failed, Some("x")));
        tests.add(case("a", TestOutcome::Failed, None));
        assert_eq!(tests.cases.values().next().and_then(|c| c.message).as_deref(), Some("x"));
        let once = tests.clone();
        tests.merge(once.clone());
        assert_eq!(tests, once);
    }
}
