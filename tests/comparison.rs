//! What became of tests, coverage and findings between two runs, by tables made by hand and by laws.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test that cannot go on fails")]

use milegate::evidence::Baseline;
use milegate::evidence::comparison::coverage::{self, Surroundings};
use milegate::evidence::comparison::{Declared, TestChange, TestChangeKind, findings, tests};
use milegate::model::change::{ChangedLines, Edits, Hunk, Moved};
use milegate::model::coverage::Lines;
use milegate::model::findings::Severity;
use milegate::model::ratio::Ratio;
use milegate::model::snapshot::{FileMark, FindingMark, Fingerprint, Snapshot, TestMark};
use milegate::model::tests::{TestId, TestOutcome};
use proptest::prelude::*;
use std::collections::BTreeMap;

use TestChangeKind as K;
use TestOutcome::{Errored, Failed, Flaky, Passed, Skipped};

fn id(class: &str, name: &str) -> TestId {
    TestId { suite: String::new(), class: class.to_owned(), name: name.to_owned() }
}

fn run<'a>(tests: impl IntoIterator<Item = (&'a str, &'a str, TestOutcome)>) -> Snapshot {
    let mark = |outcome| TestMark { outcome, file: None };
    let tests = tests.into_iter().map(|(class, name, outcome)| (id(class, name), mark(outcome))).collect();
    Snapshot { tests: Some(tests), ..Snapshot::default() }
}

fn against(base: Snapshot) -> Baseline {
    Baseline { base, ..Baseline::default() }
}

fn kinds(base: Snapshot, now: &Snapshot) -> Vec<(K, String)> {
    let changes = tests::compare(now, &against(base), &[]).unwrap().changes;
    changes.into_iter().map(|change| (change.kind, change.id.name)).collect()
}

#[test]
fn the_transition_table() {
    let rows = [
        (Some(Passed), Some(Passed), None),
        (Some(Passed), Some(Failed), Some(K::Regressed)),
        (Some(Passed), Some(Errored), Some(K::Regressed)),
        (Some(Passed), Some(Flaky), Some(K::Weakened)),
        (Some(Passed), Some(Skipped), Some(K::NewlySkipped)),
        (Some(Passed), None, Some(K::Vanished)),
        (Some(Flaky), Some(Failed), Some(K::Regressed)),
        (Some(Flaky), Some(Passed), None),
        (Some(Flaky), Some(Flaky), None),
        (Some(Flaky), None, Some(K::Vanished)),
        (Some(Failed), Some(Errored), Some(K::StillFailing)),
        (Some(Failed), Some(Passed), Some(K::Fixed)),
        (Some(Errored), Some(Flaky), Some(K::Fixed)),
        (Some(Failed), None, Some(K::GoneWhileRed)),
        (Some(Failed), Some(Skipped), Some(K::SkippedWhileRed)),
        (Some(Skipped), Some(Skipped), None),
        (Some(Skipped), Some(Passed), Some(K::Fixed)),
        (Some(Skipped), Some(Failed), Some(K::NewlyFailing)),
        (Some(Skipped), None, Some(K::SkippedGone)),
        (None, Some(Passed), Some(K::New)),
        (None, Some(Skipped), Some(K::NewSkipped)),
        (None, Some(Failed), Some(K::NewlyFailing)),
    ];
    for (before, now, kind) in rows {
        let side = |outcome: Option<TestOutcome>| run(outcome.map(|o| ("c", "t", o)));
        let expected: Vec<_> = kind.map(|kind| (kind, "t".to_owned())).into_iter().collect();
        assert_eq!(kinds(side(before), &side(now)), expected, "{before:?} -> {now:?}");
    }
}

fn one(base: Snapshot, now: &Snapshot, baseline: Baseline, declared: &[Declared]) -> TestChange {
    let changes = tests::compare(now, &Baseline { base, ..baseline }, declared).unwrap().changes;
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    change.clone()
}

#[test]
fn a_test_in_a_renamed_file_is_the_same_test() {
    let renamed = || Baseline {
        renamed: [("tests/test_old.py".to_owned(), "tests/test_new.py".to_owned())].into(),
        ..Baseline::default()
    };
    let base = || run([("tests.test_old.TestX", "test_a", Passed)]);
    let change = one(base(), &run([("tests.test_new.TestX", "test_a", Passed)]), renamed(), &[]);
    assert_eq!((change.kind, change.from.unwrap().class.as_str()), (K::Renamed, "tests.test_old.TestX"));
    // The rename excuses nothing.
    let change = one(base(), &run([("tests.test_new.TestX", "test_a", Failed)]), renamed(), &[]);
    assert_eq!(change.kind, K::Regressed);
    let change = one(base(), &run([("tests.test_new.TestX", "test_a", Skipped)]), renamed(), &[]);
    assert_eq!(change.kind, K::NewlySkipped);
    // Without git's word it is gone, and another is new: the class is another.
    let now = run([("tests.test_new.TestX", "test_a", Passed)]);
    assert_eq!(kinds(base(), &now), [(K::Vanished, "test_a".into()), (K::New, "test_a".into())]);
}

#[test]
fn a_likely_rename_is_called_so_and_never_of_one_that_does_not_pass() {
    let base = || run([("c", "test_checkout_total", Passed)]);
    let now = |outcome| run([("c", "test_checkout_totals", outcome)]);
    let plain = || Baseline::default();
    assert_eq!(one(base(), &now(Passed), plain(), &[]).kind, K::ProbablyRenamed);
    for (outcome, new) in [(Failed, K::NewlyFailing), (Skipped, K::NewSkipped)] {
        let all: Vec<_> = kinds(base(), &now(outcome)).into_iter().map(|change| change.0).collect();
        assert_eq!(all, [K::Vanished, new]);
    }
    let declared = [Declared { from: "c::test_checkout_total".into(), to: "c::test_checkout_totals".into() }];
    assert_eq!(one(base(), &now(Passed), plain(), &declared).kind, K::Renamed);
    assert_eq!(one(base(), &now(Failed), plain(), &declared).kind, K::Regressed);
    // Parameters alone are no other test; another name is.
    assert_eq!(
        one(run([("c", "t[1-2]", Passed)]), &run([("c", "t[one-two]", Passed)]), plain(), &[]).kind,
        K::ProbablyRenamed
    );
    assert_eq!(
        kinds(run([("c", "test_add", Passed)]), &run([("c", "test_remove", Passed)])),
        [(K::Vanished, "test_add".into()), (K::New, "test_remove".into())]
    );
}

#[test]
fn what_was_never_the_tests_own_name_is_no_rename() {
    let in_suite = |suite: &str| {
        let id = TestId { suite: suite.to_owned(), class: "c".to_owned(), name: "t".to_owned() };
        let mark = TestMark { outcome: Passed, file: None };
        Snapshot { tests: Some([(id, mark)].into()), ..Snapshot::default() }
    };
    assert!(kinds(in_suite(""), &in_suite("unit")).is_empty());
    let at = |address: &str| run_owned(&format!("t[<object at {address}>]"));
    assert!(kinds(at("0x7f3a2b1c9d40"), &at("0x55d0aa9913c0")).is_empty());
}

fn run_owned(name: &str) -> Snapshot {
    run([("c", name, Passed)])
}

#[test]
fn earlier_failures_are_told_and_excuse_nothing() {
    let at = |commit: &str, outcome| Snapshot { commit: commit.to_owned(), ..run([("c", "t", outcome)]) };
    let flaky = |history: Vec<Snapshot>| {
        let baseline = Baseline { history, ..Baseline::default() };
        let change = one(run([("c", "t", Passed)]), &run([("c", "t", Failed)]), baseline, &[]);
        assert_eq!(change.kind, K::Regressed);
        change.flaky.map(|f| f.label())
    };
    assert_eq!(flaky(vec![at("1", Passed), at("2", Passed), at("3", Skipped)]), None);
    assert_eq!(flaky(vec![at("1", Failed), at("2", Passed)]).unwrap(), "failed in 1 of 2 earlier runs");
    assert_eq!(
        flaky(vec![at("1", Failed), at("1", Passed), at("2", Passed)]).unwrap(),
        "known flaky: failed in 1 of 3 earlier runs"
    );
    assert_eq!(flaky(vec![at("1", Flaky)]).unwrap(), "known flaky: failed in 1 of 1 earlier runs");
    // Only the last thirty are looked back at.
    let long = std::iter::once(at("0", Failed)).chain((1..=30).map(|n| at(&n.to_string(), Passed)));
    assert_eq!(flaky(long.collect()), None);
}

fn file(lines: &[(u32, bool)]) -> FileMark {
    let lines = Lines::collect(lines.iter().copied());
    FileMark { total: lines.ratio(), branches: None, lines }
}

fn measured(files: &[(&str, FileMark)]) -> Snapshot {
    let files = files.iter().map(|(path, mark)| ((*path).to_owned(), mark.clone())).collect();
    Snapshot { coverage: Some(files), ..Snapshot::default() }
}

fn covered(base: Snapshot, now: &Snapshot, changes: &ChangedLines) -> coverage::CoverageComparison {
    let around = Surroundings {
        counts: &|_| true,
        touched: &|path| changes.edits.contains_key(path),
        exists: &|path| path != "gone.py",
        changes: Some(changes),
    };
    coverage::compare(now, &against(base), &around).unwrap()
}

#[test]
fn untouched_new_and_moved_lines_are_told_apart() {
    // Two lines were added on top of cart.py; lines 5-7 of old.py now stand at 9-11 of it.
    let edits = Edits {
        from: Some("cart.py".into()),
        hunks: vec![Hunk { old: 1..1, new: 1..3 }, Hunk { old: 7..7, new: 9..12 }],
        moved: vec![Moved { lines: 9..=11, from: "old.py".into(), first: 5 }],
    };
    let changes = ChangedLines { edits: [("cart.py".to_owned(), edits)].into(), ..ChangedLines::default() };
    let base = measured(&[
        ("cart.py", file(&[(1, true), (2, true), (3, false), (6, true)])),
        ("old.py", file(&[(5, false), (6, true), (7, false)])),
        ("far.py", file(&[(1, true), (2, true)])),
        ("gone.py", file(&[(1, true)])),
        ("lost.py", file(&[(1, true)])),
    ]);
    let now = measured(&[
        (
            "cart.py",
            file(&[
                (1, true),
                (2, false),
                (3, true),
                (4, false),
                (5, false),
                (8, true),
                (9, false),
                (10, false),
                (11, true),
            ]),
        ),
        ("far.py", file(&[(1, true), (2, false)])),
    ]);
    let all = covered(base, &now, &changes);
    let of = |path: &str| all.files.iter().find(|f| f.path == path).unwrap();
    let cart = of("cart.py");
    // 2 is new; 4 was 2 and executed; 5 was 3 and not; 9 was old.py:5 and not; 10 was old.py:6 and was.
    assert_eq!((&cart.fresh[..], &cart.lost[..], &cart.moved[..]), (&[2][..], &[4, 10][..], &[9][..]));
    assert!(cart.touched && !of("far.py").touched);
    assert_eq!(of("far.py").lost, [2]);
    assert!(of("lost.py").is_missing() && !of("gone.py").is_missing());
    assert_eq!(all.lines.before, Ratio::new(8, 11));
    assert_eq!(all.lines.after, Ratio::new(5, 11));
}

#[test]
fn deleting_covered_lines_is_no_worse_line_by_line() {
    let base = measured(&[("a.py", file(&[(1, true), (2, true), (3, true), (4, false)]))]);
    let edits =
        Edits { from: Some("a.py".into()), hunks: vec![Hunk { old: 1..3, new: 1..1 }], moved: Vec::new() };
    let changes = ChangedLines { edits: [("a.py".to_owned(), edits)].into(), ..ChangedLines::default() };
    let all = covered(base, &measured(&[("a.py", file(&[(1, true), (2, false)]))]), &changes);
    assert!(all.files[0].is_no_worse_by_line());
    assert_eq!(all.lines.to_string(), "-25.00 points");
}

fn linted(findings: &[(&str, &str, u64)]) -> Snapshot {
    let print = |path: &str, rule: &str| Fingerprint {
        tool: "pylint".into(),
        rule: rule.into(),
        path: path.into(),
        message: "m".into(),
    };
    let mark = |count| FindingMark { severity: Severity::Error, count };
    let findings = findings.iter().map(|(path, rule, n)| (print(path, rule), mark(*n))).collect();
    Snapshot { findings: Some(findings), ..Snapshot::default() }
}

#[test]
fn findings_are_counted_by_fingerprint_and_follow_their_file() {
    let baseline = Baseline {
        renamed: [("a.py".to_owned(), "b.py".to_owned())].into(),
        ..against(linted(&[("a.py", "E1", 2), ("a.py", "E2", 1), ("c.py", "E1", 1)]))
    };
    let now = linted(&[("b.py", "E1", 3), ("c.py", "E1", 1), ("c.py", "E9", 2)]);
    let all = findings::compare(&now, &baseline, |_| true).unwrap();
    assert_eq!((all.new_count(), all.fixed_count(), all.remaining), (3, 1, 3));
    assert_eq!(all.new_by_severity()[&Severity::Error], 3);
}

fn outcome() -> impl Strategy<Value = TestOutcome> {
    prop::sample::select(vec![Skipped, Passed, Flaky, Errored, Failed])
}

fn some_tests() -> impl Strategy<Value = Snapshot> {
    prop::collection::btree_map(("[ab]", "test_[a-d]{1,2}(\\[[12]\\])?"), outcome(), 0..12).prop_map(
        |tests| {
            let mark = |outcome| TestMark { outcome, file: None };
            let tests: BTreeMap<_, _> =
                tests.into_iter().map(|((class, name), o)| (id(&class, &name), mark(o))).collect();
            Snapshot { tests: Some(tests), ..Snapshot::default() }
        },
    )
}

proptest! {
    #[test]
    fn a_run_beside_itself_shows_nothing_but_what_still_fails(run in some_tests()) {
        let comparison = tests::compare(&run, &against(run.clone()), &[]).unwrap();
        prop_assert!(comparison.changes.iter().all(|change| change.kind == K::StillFailing));
    }

    #[test]
    fn every_test_that_passed_and_does_not_is_told(base in some_tests(), now in some_tests()) {
        let comparison = tests::compare(&now, &against(base.clone()), &[]).unwrap();
        let told = |id: &TestId| comparison.changes.iter().any(|change| {
            (change.id == *id || change.from.as_ref() == Some(id)) && change.kind != K::Fixed && change.kind != K::New
        });
        for (id, mark) in base.tests.as_ref().unwrap().iter().filter(|(_, m)| matches!(m.outcome, Passed | Flaky)) {
            let passes = now.tests.as_ref().unwrap().get(id).is_some_and(|m| {
                m.outcome == Passed || m.outcome == Flaky && mark.outcome == Flaky
            });
            prop_assert!(passes || told(id), "{:?}: {:?}", id, comparison);
        }
    }

    #[test]
    fn nothing_is_told_twice_and_gone_and_new_balance(base in some_tests(), now in some_tests()) {
        let comparison = tests::compare(&now, &against(base), &[]).unwrap();
        let ids: std::collections::BTreeSet<_> = comparison.changes.iter().map(|change| &change.id).collect();
        prop_assert_eq!(ids.len(), comparison.changes.len());
        let from: std::collections::BTreeSet<_> =
            comparison.changes.iter().filter_map(|change| change.from.as_ref()).collect();
        prop_assert_eq!(from.len(), comparison.changes.iter().filter(|change| change.from.is_some()).count());
    }

    #[test]
    fn declared_renames_in_any_order_are_the_same(base in some_tests(), now in some_tests(), seed in any::<u64>()) {
        let labels = |run: &Snapshot| run.tests.as_ref().unwrap().keys().map(TestId::label).collect::<Vec<_>>();
        let mut declared: Vec<Declared> = labels(&base).into_iter().zip(labels(&now))
            .map(|(from, to)| Declared { from, to }).collect();
        let one = tests::compare(&now, &against(base.clone()), &declared);
        let turn = (seed as usize).checked_rem(declared.len()).unwrap_or(0);
        declared.rotate_left(turn);
        prop_assert_eq!(one, tests::compare(&now, &against(base), &declared));
    }
}
