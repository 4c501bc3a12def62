//! The tests of `regression`: the transition table, with what was declared beforehand.

use super::part::{Case, Part, Standing, by_whom};
use super::weight::{Pattern, Quarantined, Weight, quarantine};
use crate::criteria::spec::text::Text;
use crate::evidence::Detail;
use crate::evidence::comparison::{Declared, TestChange, TestChangeKind, TestComparison, tests};
use crate::model::limit::Limit;
use crate::model::ratio::Ratio;

const NAME: &str = "tests";
const CODE: &str = "regression/tests";

/// What may become of tests.
#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct TestKeys {
    /// A test that passed is gone: a warning on a change, and fails on a milestone, unless said otherwise.
    vanished: Option<Weight>,
    /// A test that passed is skipped now; the same.
    newly_skipped: Option<Weight>,
    /// A test that passed passes only after a retry; a warning.
    weakened: Option<Weight>,
    /// A test that failed is gone or skipped, not mended; a warning.
    silenced: Option<Weight>,
    /// A test that is gone, and one much like it is new; a warning.
    probably_renamed: Option<Weight>,
    /// Most tests that may be gone, those under `removed` included: a count, or a share such as "2%".
    max_gone: Option<Text<Limit>>,
    /// Tests that were removed on purpose.
    #[serde(default)]
    removed: Vec<Removed>,
    /// Tests that bear another name now.
    #[serde(default)]
    renamed: Vec<Renamed>,
}

/// A test that was removed on purpose.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Removed {
    /// The test, `class::name`, or a glob.
    test: Pattern,
    /// Why.
    reason: String,
}

/// A test that bears another name now.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Renamed {
    /// Before: `class::name`.
    from: String,
    /// Now.
    to: String,
}

/// Judges the tests; `None` if neither run has any.
pub(super) fn judge(keys: &TestKeys, quarantined: &[Quarantined], case: &Case<'_>) -> Option<Part> {
    let declared: Vec<_> =
        keys.renamed.iter().map(|r| Declared { from: r.from.clone(), to: r.to.clone() }).collect();
    match tests::compare(case.now, case.baseline, &declared) {
        None => case.one_sided(NAME, case.baseline.base.tests.is_some(), case.now.tests.is_some()),
        Some(comparison) => Some(Scale { keys, quarantined, case }.weigh(&comparison)),
    }
}

struct Scale<'a> {
    keys: &'a TestKeys,
    quarantined: &'a [Quarantined],
    case: &'a Case<'a>,
}

impl Scale<'_> {
    fn weigh(&self, comparison: &TestComparison) -> Part {
        let mut part = Part::passed(NAME, comparison.summary());
        part.code = CODE;
        let places = &self.case.context.evidence.test_places;
        for change in &comparison.changes {
            let (standing, aside) = self.standing(change);
            part.standing = part.standing.max(standing);
            let place = places.get(&change.id).or(change.place.as_ref()).cloned();
            let detail = Detail { place, message: change.sentence(&aside) };
            match (standing, change.kind) {
                (Standing::Failed, _) => part.details.push(detail),
                (Standing::Warned, _) | (_, TestChangeKind::Renamed | TestChangeKind::StillFailing) => {
                    part.notices.push(detail);
                }
                _ => {}
            }
        }
        self.count(comparison, &mut part);
        part.next_step = next_step(comparison, &part);
        part
    }

    /// How a change weighs, and what there is to say about that.
    fn standing(&self, change: &TestChange) -> (Standing, Vec<String>) {
        use TestChangeKind as K;
        let occasion = self.case.context.evidence.occasion;
        let keys = self.keys;
        let label = change.id.label();
        let mut aside: Vec<String> = Vec::new();
        let weight = match change.kind {
            K::Regressed => Weight::Fail,
            K::Vanished => Weight::on(keys.vanished, occasion),
            K::NewlySkipped => Weight::on(keys.newly_skipped, occasion),
            K::Weakened => keys.weakened.unwrap_or(Weight::Warn),
            K::GoneWhileRed | K::SkippedWhileRed => keys.silenced.unwrap_or(Weight::Warn),
            K::ProbablyRenamed => keys.probably_renamed.unwrap_or(Weight::Warn),
            K::NewlyFailing => Weight::Warn,
            _ => return (Standing::Passed, aside),
        };
        let is_gone = matches!(change.kind, K::Vanished | K::GoneWhileRed);
        if let Some(removed) = keys.removed.iter().find(|r| is_gone && r.test.matches(&label)) {
            aside.push(format!("removed on purpose: {}", removed.reason));
            return (Standing::Warned, aside);
        }
        let covered = quarantine(self.quarantined, &label, self.case.context.evidence.today);
        if let Some(quarantine) = covered.filter(|_| !is_gone) {
            aside.push(quarantine.label());
            return (Standing::Warned, aside);
        }
        if let Some(acceptance) = self.case.accepted(&[&label]) {
            aside.push(by_whom(acceptance));
            return (Standing::Warned, aside);
        }
        (weight.standing(), aside)
    }

    /// That there are tests at all, and not too many are gone.
    fn count(&self, comparison: &TestComparison, part: &mut Part) {
        if comparison.now == 0 && comparison.before > 0 {
            part.standing = Standing::Failed;
            part.details
                .insert(0, Detail::remark(format!("{} tests ran before, none now", comparison.before)));
        }
        let gone = comparison.changes.iter().filter(|c| is_gone(c.kind)).count() as u64;
        let share = Ratio::new(gone, comparison.before);
        if let Some(limit) = self.keys.max_gone.as_ref().filter(|limit| !limit.0.holds(share)) {
            part.standing = Standing::Failed;
            let text = format!("{gone} of {} tests are gone, allowed {}", comparison.before, limit.0);
            part.details.insert(0, Detail::remark(text));
        }
    }
}

fn is_gone(kind: TestChangeKind) -> bool {
    matches!(kind, TestChangeKind::Vanished | TestChangeKind::GoneWhileRed | TestChangeKind::SkippedGone)
}

fn next_step(comparison: &TestComparison, part: &Part) -> String {
    if part.standing != Standing::Failed {
        return String::new();
    }
    let any = |kind| comparison.changes.iter().any(|c| c.kind == kind);
    if any(TestChangeKind::Regressed) {
        "make the tests pass that passed before".to_owned()
    } else if any(TestChangeKind::Vanished) {
        "bring the tests back, or name them under tests.removed with a reason".to_owned()
    } else {
        "let the tests run again, or quarantine them with an owner and a day".to_owned()
    }
}
