//! `tests`: tests ran, none failed, and not too many were skipped.

use super::spec::{self, text::Text};
use super::{BOTH, Context, Criterion, Judgement, Kind};
use crate::evidence::{Detail, Doubt, ReportFile, merge};
use crate::model::limit::Limit;
use crate::model::ratio::Ratio;
use crate::model::tests::{TestCase, TestOutcome, TestTotals, Tests};
use crate::readers;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "tests",
    summary: "tests ran, and none of them failed",
    guide: "Elements count, headers are hints. One test with several failures is one failed test; the same test in \
            several reports keeps the worse outcome unless the tool itself marks it as flaky. Zero tests, and all \
            tests skipped, fail. A recorded exit status that contradicts the report fails.",
    example: "[reports] {name} = \"reports/{name}.xml\"",
    judged_on: BOTH,
    reports: &[readers::Kind::Tests],
    codes: &[
        ("tests/failing", "at least one test failed or could not run"),
        ("tests/none", "the reports hold no test"),
        ("tests/all-skipped", "every test was skipped"),
        ("tests/too-few", "fewer tests than min-tests"),
        ("tests/too-many-skipped", "more tests were skipped than max-skipped allows"),
        ("tests/too-many-flaky", "more tests passed only after a retry than max-flaky allows"),
        ("tests/hidden-failures", "a header declares failures that the body does not show"),
        ("tests/exit-status", "the tool failed although no test did"),
        ("tests/lost", "a header declares more tests than the report holds"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of a `tests` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    /// Most tests that may be skipped: a count, or a share such as "10%".
    max_skipped: Option<Text<Limit>>,
    /// Most tests that may pass only after a retry: a count, or a share.
    max_flaky: Option<Text<Limit>>,
    /// Fewest tests there have to be.
    min_tests: Option<u64>,
}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        if context.reports.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no test report");
        }
        let files = match merge::files(context.reports, readers::Kind::Tests) {
            Ok(files) => files,
            Err(doubt) => return Judgement::unproven(doubt).expected(self.expected()),
        };
        let tests = merge::tests(&files);
        let totals = tests.totals();
        self.decide(&tests, &totals, &files)
            .expected(self.expected())
            .notices(merge::notices(&files))
            .notices(flaky(&tests))
            .evidence(files.iter().map(|f| f.source()).collect())
            .figure("passing", format!("{}/{}", totals.passed, totals.total))
    }
}

impl Spec {
    fn expected(&self) -> String {
        let mut all = vec!["no failure".to_owned()];
        all.extend(self.min_tests.map(|n| format!("tests >= {n}")));
        all.extend(self.max_skipped.as_ref().map(|l| format!("skipped {}", l.0)));
        all.extend(self.max_flaky.as_ref().map(|l| format!("flaky {}", l.0)));
        all.join(", ")
    }

    fn decide(&self, tests: &Tests, totals: &TestTotals, files: &[&ReportFile]) -> Judgement {
        let shown = show(totals);
        if totals.failed + totals.errors > 0 {
            let next = "make the failing tests pass";
            return Judgement::failed("tests/failing", shown, next).details(failing(tests));
        }
        if let Some((declared, found)) = tests.hidden_failures.first() {
            let message = format!("a header declares {declared} failures and errors, the body shows {found}");
            return Judgement::failed(
                "tests/hidden-failures",
                shown,
                "look into the report: its writer was cut short",
            )
            .message(message);
        }
        if totals.total == 0 {
            return Judgement::failed(
                "tests/none",
                "no data (0 tests)",
                "make the test command find its tests",
            );
        }
        if let Some(judgement) = contradicted(files, &shown) {
            return judgement;
        }
        if let Some((declared, found)) = tests.lost.first() {
            return Judgement::unproven(Doubt::new(
                "tests/lost",
                format!("a report declares {declared} tests and holds {found}: a worker may have died"),
                "run the tests again",
            ));
        }
        self.limits(totals).unwrap_or_else(|| Judgement::passed("tests", shown))
    }

    /// The limits of the configuration, and that not everything was skipped.
    fn limits(&self, totals: &TestTotals) -> Option<Judgement> {
        let shown = show(totals);
        let part = |n| Ratio::new(n, totals.total);
        if totals.skipped == totals.total {
            return Some(Judgement::failed("tests/all-skipped", shown, "let at least one test run"));
        }
        if let Some(least) = self.min_tests.filter(|least| totals.total < *least) {
            let next = format!("find out where {} went", least - totals.total);
            return Some(Judgement::failed("tests/too-few", shown, next));
        }
        let over = |limit: &Option<Text<Limit>>, n| limit.as_ref().is_some_and(|l| !l.0.holds(part(n)));
        if over(&self.max_skipped, totals.skipped) {
            return Some(Judgement::failed(
                "tests/too-many-skipped",
                shown,
                "let the skipped tests run again",
            ));
        }
        if over(&self.max_flaky, totals.flaky) {
            return Some(Judgement::failed("tests/too-many-flaky", shown, "make the flaky tests reliable"));
        }
        None
    }
}

/// `412 passed, 3 skipped`, without what is zero.
fn show(totals: &TestTotals) -> String {
    let parts = [
        (totals.failed, "failed"),
        (totals.errors, if totals.errors == 1 { "error" } else { "errors" }),
        (totals.passed, "passed"),
        (totals.skipped, "skipped"),
        (totals.flaky, "flaky"),
    ];
    let shown: Vec<_> = parts
        .iter()
        .filter(|(n, word)| *n > 0 || *word == "passed")
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    shown.join(", ")
}

/// A tool that says it failed over a report that says all is well.
fn contradicted(files: &[&ReportFile], shown: &str) -> Option<Judgement> {
    let file = files.iter().find(|f| f.exit_status.is_some_and(|status| status != 0))?;
    let status = file.exit_status?;
    let next = "look into the tool's own output: it failed beside the tests";
    Some(
        Judgement::failed("tests/exit-status", format!("{shown}, exit status {status}"), next).message(
            format!("the tool that wrote {} exited with {status}, and no test in it failed", file.path),
        ),
    )
}

fn failing(tests: &Tests) -> Vec<Detail> {
    let bad = |outcome| matches!(outcome, TestOutcome::Failed | TestOutcome::Errored);
    tests.cases.with(bad).iter().map(describe).collect()
}

fn flaky(tests: &Tests) -> Vec<Detail> {
    let flaky = tests.cases.with(|outcome| outcome == TestOutcome::Flaky);
    let detail =
        |case: TestCase| Detail { message: format!("flaky: {}", case.id.label()), place: case.place };
    flaky.into_iter().map(detail).collect()
}

fn describe(case: &TestCase) -> Detail {
    let word = if case.outcome == TestOutcome::Errored { "error in " } else { "" };
    let message = match &case.message {
        Some(message) => format!("{word}{}: {message}", case.id.label()),
        None => format!("{word}{}", case.id.label()),
    };
    Detail { place: case.place.clone(), message }
}
