//! What became of each test since the base: regressed, gone, newly skipped, renamed, fixed, new.
//!
//! A flaky pass is a pass. A test that is skipped proves nothing, whatever it was before: passing and
//! now skipped is worse, skipped and now passing is better.

use super::renames;
use crate::evidence::Baseline;
use crate::model::place::Place;
use crate::model::snapshot::{Snapshot, TestMark};
use crate::model::tests::{TestId, TestOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// Outcomes of a test that are looked back at.
const LOOK_BACK: usize = 30;

/// The tests of two runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestComparison {
    /// How many the base's run had.
    pub before: u64,
    /// How many this run has.
    pub now: u64,
    /// What changed, worst first, then by identity.
    pub changes: Vec<TestChange>,
}

/// One test that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestChange {
    /// What became of it.
    pub kind: TestChangeKind,
    /// Its identity now; of one that is gone, at the base.
    pub id: TestId,
    /// Its identity before, if that was another.
    pub from: Option<TestId>,
    /// The file it stands in, as far as the reports tell; of one that is gone, the base's.
    pub place: Option<Place>,
    /// What the history knows of earlier failures; only of one that is worse.
    pub flaky: Option<Flakiness>,
}

/// What can become of a test. The order is the order in which people read them: worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestChangeKind {
    /// Passed before, fails now.
    Regressed,
    /// Passed before, and is not there any more.
    Vanished,
    /// Passed before, is skipped now.
    NewlySkipped,
    /// Failed before, and is gone: nobody mended it.
    GoneWhileRed,
    /// Failed before, and is skipped now.
    SkippedWhileRed,
    /// Is new, or was skipped, and fails.
    NewlyFailing,
    /// Passed before, passes now only after a retry.
    Weakened,
    /// Gone, and one much like it is new and passes: probably the same.
    ProbablyRenamed,
    /// The same test in a file that git knows to be renamed, or declared to be renamed.
    Renamed,
    /// Failed before and fails now: no regression, and no reason to be glad.
    StillFailing,
    /// Was skipped, and is gone.
    SkippedGone,
    /// New and skipped.
    NewSkipped,
    /// Failed or was skipped, and passes.
    Fixed,
    /// New and passes.
    New,
}

/// Every kind with its word for machines, what a person reads of it, and whether it is better or
/// worse than before.
const KINDS: &[(TestChangeKind, &str, &str, Option<bool>)] = &[
    (TestChangeKind::Regressed, "regressed", "passed before, fails now", Some(false)),
    (TestChangeKind::Vanished, "vanished", "passed before, is gone", Some(false)),
    (TestChangeKind::NewlySkipped, "newly-skipped", "passed before, is skipped now", Some(false)),
    (TestChangeKind::GoneWhileRed, "gone-while-red", "failed before, is gone", Some(false)),
    (TestChangeKind::SkippedWhileRed, "skipped-while-red", "failed before, is skipped now", Some(false)),
    (TestChangeKind::NewlyFailing, "newly-failing", "did not run before, fails", Some(false)),
    (TestChangeKind::Weakened, "weakened", "passes only after a retry", Some(false)),
    (TestChangeKind::ProbablyRenamed, "probably-renamed", "probably renamed", None),
    (TestChangeKind::Renamed, "renamed", "renamed", None),
    (TestChangeKind::StillFailing, "still-failing", "failed before, still fails", None),
    (TestChangeKind::SkippedGone, "skipped-and-gone", "was skipped, is gone", None),
    (TestChangeKind::NewSkipped, "new-and-skipped", "is new, and skipped", None),
    (TestChangeKind::Fixed, "fixed", "passes now, did not before", Some(true)),
    (TestChangeKind::New, "new", "is new, and passes", Some(true)),
];

impl TestChangeKind {
    /// All of them, worst first.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|row| row.0)
    }

    fn row(self) -> (&'static str, &'static str, Option<bool>) {
        KINDS.iter().find(|row| row.0 == self).map_or(("", "", None), |row| (row.1, row.2, row.3))
    }

    /// The word for machines and tables.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// What a person reads before the test's name.
    pub fn phrase(self) -> &'static str {
        self.row().1
    }

    /// Whether it is better or worse than before; `None` if neither.
    pub fn is_better(self) -> Option<bool> {
        self.row().2
    }
}

/// How a test did in earlier runs of the main branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flakiness {
    /// Runs in which it failed, or passed only after a retry.
    pub fails: u64,
    /// Runs in which it was not skipped; at most 30, the latest.
    pub runs: u64,
    /// It failed and passed at one and the same commit: flaky beyond doubt.
    pub proven: bool,
}

impl Flakiness {
    /// `known flaky: failed in 2 of 30 earlier runs`.
    pub fn label(&self) -> String {
        let word = if self.proven { "known flaky: " } else { "" };
        format!("{word}failed in {} of {} earlier runs", self.fails, self.runs)
    }
}

/// A rename that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The label before: `tests.cart::test_add`.
    pub from: String,
    /// The label now.
    pub to: String,
}

impl TestComparison {
    /// `412, none worse`, `2 regressed, 1 vanished, 5 new`.
    pub fn summary(&self) -> String {
        let count = |kind| self.changes.iter().filter(|c| c.kind == kind).count();
        let counted = TestChangeKind::all().map(|kind| (kind, count(kind))).filter(|(_, n)| *n > 0);
        let parts: Vec<_> =
            counted.map(|(kind, n)| format!("{n} {}", kind.word().replace('-', " "))).collect();
        let rest = parts.join(", ");
        match (self.changes.iter().any(|c| c.kind.is_better() == Some(false)), rest.is_empty()) {
            (true, _) => rest,
            (false, true) => format!("{}, none worse", self.now),
            (false, false) => format!("{}, none worse ({rest})", self.now),
        }
    }
}

impl TestChange {
    /// `passed before, is gone: tests.cart::test_add`, with what else is known, and `aside`.
    pub fn sentence(&self, aside: &[String]) -> String {
        let label = self.id.label();
        let name = match &self.from {
            Some(from) => format!("{} -> {label}", from.label()),
            None => label,
        };
        let all: Vec<String> = self.flaky.iter().map(Flakiness::label).chain(aside.iter().cloned()).collect();
        let all = if all.is_empty() { String::new() } else { format!(" ({})", all.join("; ")) };
        format!("{}: {name}{all}", self.kind.phrase())
    }
}

/// Compares the tests; `None` where one of the runs has none to compare.
pub fn compare(now: &Snapshot, baseline: &Baseline, declared: &[Declared]) -> Option<TestComparison> {
    let (before, after) = (baseline.base.tests.as_ref()?, now.tests.as_ref()?);
    let gone: Vec<_> = before.iter().filter(|(id, _)| !after.contains_key(*id)).collect();
    let new: Vec<_> = after.iter().filter(|(id, _)| !before.contains_key(*id)).collect();
    let pairing = renames::pair(&gone, &new, &baseline.renamed, declared);
    let mut changes = Vec::new();
    for (id, mark) in after {
        let old = pairing.from(id).filter(|_| !before.contains_key(id)).unwrap_or(id);
        let Some(kind) = kind(before.get(old).map(|m| m.outcome), mark.outcome, pairing.is_sure(id)) else {
            continue;
        };
        let from = (old != id && pairing.is_sure(id).is_some()).then(|| old.clone());
        let flaky = flakiness(kind, old, &baseline.history);
        changes.push(TestChange { kind, id: id.clone(), from, place: place(mark), flaky });
    }
    let left = gone.iter().filter(|(id, _)| !pairing.is_taken(id));
    changes.extend(left.map(|(id, mark)| disappeared(id, mark, baseline)));
    changes.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    Some(TestComparison { before: before.len() as u64, now: after.len() as u64, changes })
}

fn is_red(outcome: TestOutcome) -> bool {
    matches!(outcome, TestOutcome::Failed | TestOutcome::Errored)
}

/// What became of a test of this run; `None` if it is as it was. `renamed` is whether its rename is sure.
fn kind(before: Option<TestOutcome>, now: TestOutcome, renamed: Option<bool>) -> Option<TestChangeKind> {
    use TestChangeKind as K;
    use TestOutcome::{Flaky, Passed, Skipped};
    let moved = renamed.map(|sure| if sure { K::Renamed } else { K::ProbablyRenamed });
    match (before, now) {
        (None, Skipped) => Some(K::NewSkipped),
        (None | Some(Skipped), now) if is_red(now) => Some(K::NewlyFailing),
        (None, _) => Some(K::New),
        (Some(Skipped), Skipped) => moved,
        (Some(before), Skipped) if is_red(before) => Some(K::SkippedWhileRed),
        (Some(_), Skipped) => Some(K::NewlySkipped),
        (Some(before), now) if is_red(before) && is_red(now) => Some(K::StillFailing),
        (Some(_), now) if is_red(now) => Some(K::Regressed),
        (Some(before), _) if is_red(before) || before == Skipped => Some(K::Fixed),
        (Some(Passed), Flaky) => Some(K::Weakened),
        (Some(_), _) => moved,
    }
}

fn disappeared(id: &TestId, mark: &TestMark, baseline: &Baseline) -> TestChange {
    let kind = match mark.outcome {
        TestOutcome::Skipped => TestChangeKind::SkippedGone,
        outcome if is_red(outcome) => TestChangeKind::GoneWhileRed,
        _ => TestChangeKind::Vanished,
    };
    let flaky = flakiness(kind, id, &baseline.history);
    TestChange { kind, id: id.clone(), from: None, place: place(mark), flaky }
}

fn place(mark: &TestMark) -> Option<Place> {
    mark.file.as_ref().map(Place::file)
}

/// What earlier runs know of a test that is worse; `None` if it never failed in them.
fn flakiness(kind: TestChangeKind, id: &TestId, history: &[Snapshot]) -> Option<Flakiness> {
    if kind.is_better() != Some(false) {
        return None;
    }
    let outcomes = history.iter().rev().filter_map(|run| {
        let outcome = run.tests.as_ref()?.get(id)?.outcome;
        (outcome != TestOutcome::Skipped).then_some((run.commit.as_str(), outcome))
    });
    let outcomes: Vec<_> = outcomes.take(LOOK_BACK).collect();
    let bad = |outcome: TestOutcome| is_red(outcome) || outcome == TestOutcome::Flaky;
    let fails = outcomes.iter().filter(|(_, outcome)| bad(*outcome)).count() as u64;
    let mut by_commit: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for (commit, outcome) in &outcomes {
        by_commit.entry(commit).or_default().insert(is_red(*outcome));
    }
    let proven = by_commit.values().any(|seen| seen.len() == 2)
        || outcomes.iter().any(|(_, outcome)| *outcome == TestOutcome::Flaky);
    (fails > 0).then_some(Flakiness { fails, runs: outcomes.len() as u64, proven })
}
