//! The tests: how many, which failed and with what message, which are slow, and where they stand.

use super::markup::{Element, Html, code, element, text};
use super::style::{Section, cell, chip, details, figure, grouped, header, more, place, table, tile, tiles};
use crate::model::cases::CaseRef;
use crate::model::tests::{TestCase, TestOutcome, TestTotals, Tests, whole_nanoseconds};
use crate::render::exhibit::Exhibit;
use std::collections::BTreeMap;

/// Failing tests that are shown with their message.
const FAILING: usize = 200;
/// Of those, so many stand by themselves, and the rest in one place.
const FIRST: usize = 20;
/// So many are open.
const OPEN: usize = 8;
/// Characters of a message.
const MESSAGE: usize = 4000;
/// Lines of a message.
const LINES: usize = 40;
/// Tests that were skipped, or passed after a retry.
const ASIDE: usize = 200;
/// Classes or suites.
const GROUPS: usize = 200;
/// The slowest tests.
const SLOWEST: usize = 15;
/// Tests that are listed by name.
const NAMED: usize = 2000;

/// Where the rest is.
const REST: &str = "in the reports";

/// An outcome with its class, mark and word.
const fn shown(outcome: TestOutcome) -> (&'static str, &'static str, &'static str) {
    match outcome {
        TestOutcome::Passed => ("good", "✓", "passed"),
        TestOutcome::Failed => ("bad", "✗", "failed"),
        TestOutcome::Errored => ("bad", "!", "error"),
        TestOutcome::Skipped => ("quiet", "–", "skipped"),
        TestOutcome::Flaky => ("doubt", "~", "flaky"),
    }
}

fn mark(outcome: TestOutcome) -> Element {
    let (class, mark, word) = shown(outcome);
    chip(class, mark, word)
}

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let tests = exhibit.tests.as_ref()?;
    let totals = tests.totals();
    let bad = |outcome| matches!(outcome, TestOutcome::Failed | TestOutcome::Errored);
    let failing = tests.cases.with(bad);
    let body = Html::from(numbers(&totals))
        .and(proportions(&totals))
        .and(failures(&failing))
        .and(aside(tests, TestOutcome::Flaky, "Passed only after a retry"))
        .and(aside(tests, TestOutcome::Skipped, "Skipped"))
        .and(groups(tests))
        .and(slowest(tests))
        .and(names(tests));
    let lead = format!("{} of {} tests passed", grouped(totals.passed), grouped(totals.total));
    Some(Section { id: "tests", title: "Tests", lead, body })
}

fn counts(totals: &TestTotals) -> [(&'static str, u64, &'static str); 5] {
    [
        ("good", totals.passed - totals.flaky, "passed"),
        ("bad", totals.failed, "failed"),
        ("bad", totals.errors, "errors"),
        ("doubt", totals.flaky, "flaky"),
        ("quiet", totals.skipped, "skipped"),
    ]
}

fn numbers(totals: &TestTotals) -> Element {
    let seconds = seconds(totals.seconds);
    let counted = counts(totals).into_iter().filter(|(_, n, what)| *n > 0 || *what == "passed");
    let counted = counted.map(|(class, n, what)| tile(class, &grouped(n), what));
    let time = (totals.seconds > 0.0).then(|| tile("quiet", &seconds, "of test time"));
    tiles(counted.chain(time))
}

/// One bar of all outcomes.
fn proportions(totals: &TestTotals) -> Element {
    let counted: Vec<_> = counts(totals).into_iter().filter(|(_, n, _)| *n > 0).collect();
    let words: Vec<_> = counted.iter().map(|(_, n, what)| format!("{n} {what}")).collect();
    let parts = counted
        .iter()
        .map(|(class, n, _)| element("span").class(class).attribute("style", format!("flex-grow:{n}")));
    element("div")
        .class("parts")
        .attribute("role", "img")
        .attribute("aria-label", words.join(", "))
        .all(parts)
}

fn failures(failing: &[TestCase]) -> Option<Html> {
    if failing.is_empty() {
        return None;
    }
    let mut rows = failing.iter().take(FAILING).enumerate().map(|(at, case)| failure(case, at < OPEN));
    let first: Html = rows.by_ref().take(FIRST).collect();
    let rest: Html = rows.collect();
    let rest = (!rest.is_empty()).then(|| {
        let title = format!("{} more failing tests", grouped((failing.len() - FIRST) as u64));
        details(false, text(&title), rest.and(more(failing.len().saturating_sub(FAILING), REST)))
    });
    Some(Html::from(element("h3").text("Failing tests")).and(first).and(rest))
}

fn failure(case: &TestCase, open: bool) -> Element {
    let name = Html::from(mark(case.outcome)).and(text(" ")).and(code(&case.id.label()));
    let place = case.place.as_ref().map(|at| element("p").class("sources").with(place(at)));
    let message = case.message.as_deref().unwrap_or("the report holds no message");
    details(open, name, Html::from(place).and(lines(message))).class("failure")
}

/// A message as it was written, line by line.
fn lines(message: &str) -> Element {
    let end = message.char_indices().nth(MESSAGE).map_or(message.len(), |(end, _)| end);
    let all: Vec<_> = message[..end].lines().map(str::trim_end).collect();
    let rows = all.iter().take(LINES).map(|line| element("span").class("row").line(line));
    let rest = all.len().saturating_sub(LINES);
    let rest =
        (rest > 0 || end < message.len()).then(|| element("span").class("row").text("… more in the report"));
    element("pre").class("message").all(rows).with(rest)
}

fn aside(tests: &Tests, outcome: TestOutcome, title: &str) -> Option<Element> {
    let all = tests.cases.with(|one| one == outcome);
    if all.is_empty() {
        return None;
    }
    let rows = all.iter().take(ASIDE).map(|case| {
        let why = case.message.as_ref().map(|why| text(": ").and(text(why)));
        element("li").with(code(&case.id.label())).with(why)
    });
    let rest = more(all.len().saturating_sub(ASIDE), REST);
    let list = Html::from(element("ul").class("places").all(rows)).and(rest);
    Some(details(false, text(&format!("{title} ({})", grouped(all.len() as u64))), list))
}

/// What a test belongs to: its class, else its suite.
fn group<'a>(case: &CaseRef<'a>) -> &'a str {
    match (case.class.is_empty(), case.suite.is_empty()) {
        (false, _) => case.class,
        (true, false) => case.suite,
        (true, true) => "without a class",
    }
}

#[derive(Default)]
struct Group {
    total: u64,
    bad: u64,
    skipped: u64,
    nanoseconds: i128,
}

impl Group {
    fn seconds(&self) -> f64 {
        self.nanoseconds as f64 / 1e9
    }
}

/// By class or suite; those with failures first, then the slow ones.
fn groups(tests: &Tests) -> Option<Element> {
    let mut all: BTreeMap<String, Group> = BTreeMap::new();
    tests.cases.each(|case| {
        let name = group(&case);
        if !all.contains_key(name) {
            all.insert(name.to_owned(), Group::default());
        }
        let Some(one) = all.get_mut(name) else { return };
        one.total += 1;
        one.bad += u64::from(matches!(case.outcome, TestOutcome::Failed | TestOutcome::Errored));
        one.skipped += u64::from(case.outcome == TestOutcome::Skipped);
        one.nanoseconds += whole_nanoseconds(case.seconds);
    });
    if all.len() < 2 {
        return None;
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by(|a, b| b.1.bad.cmp(&a.1.bad).then(b.1.nanoseconds.cmp(&a.1.nanoseconds)).then(a.0.cmp(&b.0)));
    let rows = all.iter().take(GROUPS).map(|(name, one)| {
        vec![
            header(code(name)),
            figure(&grouped(one.total)),
            element("td").class(if one.bad > 0 { "figure bad" } else { "figure" }).text(&grouped(one.bad)),
            figure(&grouped(one.skipped)),
            figure(&seconds(one.seconds())),
        ]
    });
    let columns = ["Class or suite", "Tests#", "Failing#", "Skipped#", "Time#"];
    let rest = more(all.len().saturating_sub(GROUPS), REST);
    let title = format!("By class or suite ({})", grouped(all.len() as u64));
    let open = all.len() <= 12;
    Some(details(open, text(&title), Html::from(table("Tests by class or suite", &columns, rows)).and(rest)))
}

fn slowest(tests: &Tests) -> Option<Element> {
    let slower = |a: &TestCase, b: &TestCase| {
        b.seconds.unwrap_or(0.0).total_cmp(&a.seconds.unwrap_or(0.0)).then_with(|| a.id.cmp(&b.id))
    };
    let mut all: Vec<TestCase> = Vec::new();
    tests.cases.each(|case| {
        if case.seconds.is_some_and(|seconds| seconds >= 0.01) {
            all.push(case.to_owned());
        }
        // Of a million tests a few are kept.
        if all.len() > 64 * SLOWEST {
            all.sort_by(slower);
            all.truncate(SLOWEST);
        }
    });
    if all.len() < 3 {
        return None;
    }
    all.sort_by(slower);
    let rows = all.iter().take(SLOWEST).map(row);
    Some(details(false, text("The slowest"), table("The slowest tests", &["Test", "Outcome", "Time#"], rows)))
}

fn names(tests: &Tests) -> Element {
    let count = tests.cases.len();
    let rows: Vec<_> = tests.cases.values().take(NAMED).map(|case| row(&case)).collect();
    let listed = table("Every test", &["Test", "Outcome", "Time#"], rows);
    let rest = more(count.saturating_sub(NAMED), REST);
    details(false, text(&format!("Every test ({})", grouped(count as u64))), Html::from(listed).and(rest))
}

fn row(case: &TestCase) -> Vec<Element> {
    let time = case.seconds.map(seconds).unwrap_or_default();
    vec![header(code(&case.id.label())), cell(mark(case.outcome)), figure(&time)]
}

/// `1.25 s`, `3 ms`.
fn seconds(seconds: f64) -> String {
    match seconds {
        s if s >= 100.0 => format!("{} s", grouped(s as u64)),
        s if s >= 1.0 => format!("{s:.2} s"),
        s => format!("{:.0} ms", (s * 1000.0).floor()),
    }
}

#[cfg(test)]
mod enormous {
    use super::*;
    use crate::model::tests::TestId;

    #[test]
    fn times_beyond_all_reason_have_a_sum() {
        let mut tests = Tests::default();
        for (class, name) in [("a", "one"), ("a", "two"), ("b", "three")] {
            let id = TestId { class: class.to_owned(), name: name.to_owned(), ..TestId::default() };
            let (outcome, seconds) = (TestOutcome::Passed, Some(1e300));
            tests.add(TestCase { id, outcome, message: None, place: None, seconds });
        }
        // Debug builds check every addition.
        assert!(groups(&tests).is_some());
    }
}
