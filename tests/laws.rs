//! Laws of merging and judging, over evidence that nobody thought of: shards come to the same in any
//! order, worse evidence never makes a better verdict, and nothing passes by being absent.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use jiff::civil::date;
use milegate::evidence::freshness::Freshness;
use milegate::evidence::{Baseline, Entry, EntryEvidence, Evidence, ReportFile, SignOffs, Tree, snapshot};
use milegate::gates::{Gate, Waiver, assemble};
use milegate::model::benchmarks::{Benchmark, Benchmarks, Direction, Statistic};
use milegate::model::change::ChangedLines;
use milegate::model::coverage::{Block, Branches, Coverage, FileCoverage, Functions, Lines, Span, Totals};
use milegate::model::findings::{Finding, Findings, Severity};
use milegate::model::outcome::{Occasion, Outcome, Ruling};
use milegate::model::place::Place;
use milegate::model::ratio::{Ratio, Threshold};
use milegate::model::snapshot::{Snapshot, TestMark};
use milegate::model::tests::{TestCase, TestId, TestOutcome, Tests};
use milegate::readers::{Body, Code, ReadError, Report, format};
use milegate::verdict::{Subject, Verdict, judge};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeMap;

const FILES: [&str; 4] = ["src/a.py", "src/b.py", "lib/c.py", "lib/d.py"];
const BENCHMARKS: [&str; 3] = ["one", "two", "three"];

fn outcome() -> impl Strategy<Value = TestOutcome> {
    use TestOutcome::{Errored, Failed, Flaky, Passed, Skipped};
    prop_oneof![6 => Just(Passed), 2 => Just(Skipped), 1 => Just(Flaky), 1 => Just(Errored), 1 => Just(Failed)]
}

fn place() -> impl Strategy<Value = Option<Place>> {
    option::of((0..FILES.len(), 1..9_u32).prop_map(|(file, line)| Place::line(FILES[file], line)))
}

fn test_case() -> impl Strategy<Value = TestCase> {
    let message = option::of(prop_oneof!["x", "y"]);
    (0..6_u8, outcome(), message, place(), option::of(0.0..9.0)).prop_map(
        |(name, outcome, message, place, seconds)| TestCase {
            id: TestId { name: format!("t{name}"), ..TestId::default() },
            outcome,
            message,
            place,
            seconds,
        },
    )
}

fn tests() -> impl Strategy<Value = Tests> {
    let headers = || vec((0..5_u64, 0..5_u64), 0..2);
    (vec(test_case(), 0..8), headers(), headers()).prop_map(|(cases, lost, hidden_failures)| {
        let mut tests = Tests::default();
        cases.into_iter().for_each(|case| tests.add(case));
        tests.merge(Tests { lost, hidden_failures, ..Tests::default() });
        tests
    })
}

fn branches() -> impl Strategy<Value = Branches> {
    let name = "[a-c]|[01],[01]|0,0#2".prop_map(String::into_boxed_str);
    let edges = vec((1..9_u32, name, any::<bool>()), 0..9);
    let ratio = (0..3_u64, 0..3_u64).prop_map(|(covered, missing)| Ratio::new(covered, covered + missing));
    (edges, vec((1..9_u32, ratio), 0..3))
        .prop_map(|(edges, counted)| Branches::new(std::vec::Vec::new(), edges, counted))
}

fn statements() -> impl Strategy<Value = BTreeMap<Span, Block>> {
    let block = (0..3_u32, any::<bool>()).prop_map(|(statements, hit)| Block { statements, hit });
    btree_map((1..4_u32).prop_map(|line| [line, 1, line, 9]), block, 0..3)
}

fn totals() -> impl Strategy<Value = Totals> {
    let ratio = || (0..9_u64, 0..3_u64).prop_map(|(covered, missing)| Ratio::new(covered, covered + missing));
    let all = (ratio(), ratio(), ratio(), ratio());
    prop_oneof![
        3 => Just(Totals::default()),
        1 => all.prop_map(|(lines, branches, functions, statements)| Totals { lines, branches, functions, statements }),
    ]
}

fn file() -> impl Strategy<Value = FileCoverage> {
    let lines = vec((1..12_u32, prop::bool::weighted(0.9)), 0..12).prop_map(Lines::collect);
    let functions = vec((1..9_u32, "[fg]", any::<bool>()), 0..3).prop_map(|told| {
        Functions::collect(told.iter().map(|(line, name, called)| (*line, name.as_str(), *called)))
    });
    (lines, branches(), functions, statements(), totals()).prop_map(
        |(lines, branches, functions, statements, totals)| FileCoverage {
            lines,
            branches,
            functions,
            statements,
            totals,
        },
    )
}

fn coverage() -> impl Strategy<Value = Coverage> {
    let files = btree_map((0..FILES.len()).prop_map(|at| FILES[at].to_owned()), file(), 0..4);
    (files, vec("/[a-c]", 0..3), any::<[bool; 3]>()).prop_map(
        |(files, roots, [has_branches, has_functions, has_statements])| {
            let mut coverage = Coverage { files, roots, has_branches, has_functions, has_statements };
            coverage.merge(Coverage::default());
            coverage
        },
    )
}

fn finding() -> impl Strategy<Value = Finding> {
    let severity = (0..Severity::ALL.len()).prop_map(|at| Severity::ALL[at]);
    (severity, place(), prop::bool::weighted(0.1)).prop_map(|(severity, place, blocking)| Finding {
        severity,
        place,
        rule: None,
        message: "m".to_owned(),
        tool: "pylint",
        blocking,
    })
}

fn findings() -> impl Strategy<Value = Findings> {
    (vec(finding(), 0..4), 0..3_u64, option::of(0..3_u64)).prop_map(|(list, suppressed, analysed)| {
        let mut findings = Findings { list, suppressed, analysed };
        findings.merge(Findings::default());
        findings
    })
}

fn benchmarks() -> impl Strategy<Value = BTreeMap<usize, f64>> {
    btree_map(0..BENCHMARKS.len(), 0.0..0.02, 0..=BENCHMARKS.len())
}

/// Everything that a run may rest on, as plain values.
#[derive(Debug, Clone)]
struct Facts {
    tests: Vec<Tests>,
    coverage: Vec<Coverage>,
    findings: Vec<Findings>,
    benchmarks: BTreeMap<usize, f64>,
}

fn facts() -> impl Strategy<Value = Facts> {
    (vec(tests(), 0..3), vec(coverage(), 0..3), vec(findings(), 0..3), benchmarks())
        .prop_map(|(tests, coverage, findings, benchmarks)| Facts { tests, coverage, findings, benchmarks })
}

/// Facts with which all gates pass, so that the laws do not hold for want of anything to lose.
fn good() -> Facts {
    let case = |name: &str| TestCase {
        id: TestId { name: name.to_owned(), ..TestId::default() },
        outcome: TestOutcome::Passed,
        message: None,
        place: None,
        seconds: None,
    };
    let mut tests = Tests::default();
    ["a", "b"].map(case).into_iter().for_each(|case| tests.add(case));
    let file = FileCoverage { lines: Lines::collect((1..=20).map(|l| (l, true))), ..FileCoverage::default() };
    let files = FILES.map(|path| (path.to_owned(), file.clone())).into();
    Facts {
        tests: vec![tests],
        coverage: vec![Coverage { files, ..Coverage::default() }],
        findings: vec![Findings { analysed: Some(4), ..Findings::default() }],
        benchmarks: (0..BENCHMARKS.len()).map(|at| (at, 0.001)).collect(),
    }
}

fn entry(name: &str, row: &str, bodies: Vec<Body>) -> (String, EntryEvidence) {
    let row = format(row).unwrap();
    let reports = bodies.into_iter().map(|body| Ok(Report::new(row, body)));
    (name.to_owned(), entry_of(name, reports.collect()))
}

fn entry_of(name: &str, reports: Vec<Result<Report, ReadError>>) -> EntryEvidence {
    let files = reports.into_iter().enumerate().map(|(at, report)| ReportFile {
        path: format!("reports/{name}-{at}"),
        sha256: format!("{name}{at}"),
        report,
        stale: None,
        notices: Vec::new(),
        record: None,
        exit_status: None,
    });
    let entry = Entry {
        name: name.to_owned(),
        patterns: vec![format!("reports/{name}-*")],
        format: None,
        exit_status: None,
        shards: None,
        freshness: Freshness::Strict,
        apart: false,
    };
    EntryEvidence { entry, files: files.collect(), searched: "reports".to_owned(), makers: Vec::new() }
}

fn benchmark(at: usize, seconds: f64) -> Benchmark {
    Benchmark {
        name: BENCHMARKS[at].to_owned(),
        full_name: format!("bench::{}", BENCHMARKS[at]),
        unit: "s".into(),
        direction: Direction::Lower,
        statistics: [(Statistic::Median, seconds)].into(),
        samples: 5,
    }
}

fn evidence(facts: &Facts, occasion: Occasion) -> Evidence {
    let list = facts.benchmarks.iter().map(|(at, seconds)| benchmark(*at, *seconds)).collect();
    let benchmarks = Body::Benchmarks(Benchmarks { machine: None, list, commit: None });
    let reports = [
        entry("unit", "junit", facts.tests.iter().cloned().map(Body::Tests).collect()),
        entry("coverage", "lcov", facts.coverage.iter().cloned().map(Body::Coverage).collect()),
        entry("lint", "pylint-json2", facts.findings.iter().cloned().map(Body::Findings).collect()),
        entry("benchmarks", "pytest-benchmark", vec![benchmarks]),
    ];
    let changed = ChangedLines {
        base: "main".to_owned(),
        files: [(FILES[0].to_owned(), vec![1..=4])].into(),
        ..ChangedLines::default()
    };
    Evidence {
        project: "p".to_owned(),
        occasion,
        milestone: None,
        today: date(2026, 11, 23),
        reports: reports.into(),
        tree: Tree::new("/repo", FILES.map(str::to_owned)),
        checklist: None,
        documents: BTreeMap::new(),
        changed_lines: Ok(Some(changed)),
        changed_paths: Ok(None),
        ratchet: Ok(None),
        baseline: Ok(None),
        rerun: None,
        machine: Default::default(),
        test_places: BTreeMap::new(),
        people: Vec::new(),
        sign_offs: Ok(SignOffs {
            subject_tree: "t".to_owned(),
            checklist_digest: None,
            approvals: Vec::new(),
            damaged: Vec::new(),
            commits: Ok(Vec::new()),
        }),
    }
}

fn gates() -> Vec<Gate> {
    let overrides = r#"
        [code-complete.tests]
        max-skipped = "50%"
        max-flaky = 1
        [code-complete.coverage]
        lines = ">= 80%"
        changed-lines = ">= 50%"
        [code-complete.lint]
        max = { critical = 0, error = 1, warning = 2 }
        [integration-verified.benchmarks.targets]
        one = "< 10 ms"
        two = "< 10 ms"
    "#;
    assemble(&overrides.parse().unwrap()).unwrap()
}

fn verdict(evidence: &Evidence, waivers: &[Waiver]) -> Verdict {
    judge(&gates(), evidence, waivers, Subject::default(), &[])
}

fn ruling(facts: &Facts) -> Ruling {
    verdict(&evidence(facts, Occasion::Change), &[]).ruling
}

/// A waiver for every criterion there is.
fn waivers(year: i16) -> Vec<Waiver> {
    let ids = gates().iter().flat_map(|gate| gate.ids().collect::<Vec<_>>()).collect::<Vec<_>>();
    let waiver = |criterion| Waiver {
        criterion,
        reason: "r".to_owned(),
        by: "alice".to_owned(),
        expires: date(year, 12, 24),
    };
    ids.into_iter().map(waiver).collect()
}

fn outcomes(verdict: &Verdict) -> Vec<(String, Outcome)> {
    let of = |gate: &milegate::gates::GateResult| {
        gate.criteria.iter().map(|c| (c.id.clone(), c.outcome)).collect::<Vec<_>>()
    };
    verdict.gates.iter().flat_map(of).collect()
}

/// Checks that `merge` is associative and commutative, and, where `again`, that merging a thing
/// with itself changes nothing.
fn monoid<T: Clone + PartialEq + std::fmt::Debug + Default>(
    [a, b, c]: [T; 3],
    merge: impl Fn(&mut T, T),
    again: bool,
) -> Result<(), TestCaseError> {
    let merged = |one: &T, two: &T| {
        let mut all = one.clone();
        merge(&mut all, two.clone());
        all
    };
    prop_assert_eq!(merged(&a, &b), merged(&b, &a));
    prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
    prop_assert_eq!(&merged(&a, &T::default()), &a);
    if again {
        prop_assert_eq!(&merged(&a, &a), &a);
    }
    Ok(())
}

/// The first shard, made if there is none.
fn first<T: Default>(shards: &mut Vec<T>) -> &mut T {
    if shards.is_empty() {
        shards.push(T::default());
    }
    &mut shards[0]
}

/// Whether `worse`, which is `facts` with something bad added, is judged no better.
fn no_better(facts: &Facts, worse: &Facts) -> Result<(), TestCaseError> {
    let (before, after) = (ruling(facts), ruling(worse));
    prop_assert!(after != Ruling::Passed || before == Ruling::Passed, "{before:?} became {after:?}");
    Ok(())
}

#[test]
fn good_facts_pass_and_each_of_them_is_needed() {
    assert_eq!(ruling(&good()), Ruling::Passed);
    let without: [fn(&mut Facts); 4] = [
        |facts| facts.tests = vec![Tests::default()],
        |facts| facts.coverage = vec![Coverage::default()],
        |facts| facts.findings = vec![Findings { analysed: Some(0), ..Findings::default() }],
        |facts| facts.benchmarks.clear(),
    ];
    for take_out in without {
        let mut facts = good();
        take_out(&mut facts);
        assert_eq!(ruling(&facts), Ruling::Failed, "{facts:?}");
    }
}

#[test]
fn a_linter_that_looked_at_nothing_is_not_hidden_by_one_that_did() {
    let mut facts = good();
    facts.findings.push(Findings { analysed: Some(0), ..Findings::default() });
    assert_eq!(ruling(&facts), Ruling::Failed);
}

#[test]
fn nothing_is_never_a_pass() {
    for occasion in [Occasion::Change, Occasion::Milestone] {
        let mut nothing = evidence(&good(), occasion);
        nothing.reports.clear();
        for waivers in [Vec::new(), waivers(2026)] {
            let verdict = verdict(&nothing, &waivers);
            assert_eq!(verdict.ruling, Ruling::Unproven, "{:?}", outcomes(&verdict));
        }
        let all = gates();
        let off = all.iter().map(|gate| {
            let ids = gate.criteria.iter().map(|c| format!("{} = \"off\"", c.id)).collect::<Vec<_>>();
            format!("[{}]\ndisable = {{ {} }}\n", gate.id, ids.join(", "))
        });
        let off = assemble(&off.collect::<String>().parse().unwrap()).unwrap();
        let full = evidence(&good(), occasion);
        assert_eq!(judge(&off, &full, &[], Subject::default(), &[]).ruling, Ruling::Unproven);
        assert_eq!(
            judge(&gates(), &full, &[], Subject::default(), &["none".to_owned()]).ruling,
            Ruling::Unproven
        );
    }
}

#[test]
fn without_a_threshold_no_coverage_is_enough() {
    let own = "[code-complete.more]\nkind = \"coverage\"\nreports = [\"coverage\"]";
    let gates = assemble(&own.parse().unwrap()).unwrap();
    for (occasion, outcome) in
        [(Occasion::Change, Outcome::Deferred), (Occasion::Milestone, Outcome::Unproven)]
    {
        let verdict = judge(&gates, &evidence(&good(), occasion), &[], Subject::default(), &[]);
        assert_eq!(verdict.outcome("code-complete", "more"), Some(outcome));
    }
}

#[test]
fn waivers_alone_do_not_make_a_pass() {
    let mut facts = good();
    facts.tests = vec![Tests::default()];
    let mut only = evidence(&facts, Occasion::Change);
    only.reports.retain(|name, _| name == "unit");
    let verdict = verdict(&only, &waivers(2026));
    assert!(outcomes(&verdict).contains(&("tests".to_owned(), Outcome::Waived)));
    assert_eq!(verdict.ruling, Ruling::Unproven);
}

#[test]
fn a_hair_below_is_below() {
    for (covered, total, shown) in [(89_996, 100_000, "89.9%"), (899_999_999, 1_000_000_000, "89.9%")] {
        let ratio = Ratio::new(covered, total);
        assert_eq!(ratio.percent(), shown);
        assert!(!Threshold::at_least(90).holds(ratio));
    }
    assert!(Threshold::at_least(90).holds(Ratio::new(u64::MAX / 10 * 9 + 5, u64::MAX)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tests_merge_in_any_order(a in tests(), b in tests(), c in tests()) {
        monoid([a, b, c], Tests::merge, true)?;
    }

    #[test]
    fn coverage_merges_in_any_order(a in coverage(), b in coverage(), c in coverage()) {
        monoid([a, b, c], Coverage::merge, true)?;
    }

    /// Not with itself: two findings of one kind in one place are two.
    #[test]
    fn findings_merge_in_any_order(a in findings(), b in findings(), c in findings()) {
        monoid([a, b, c], Findings::merge, false)?;
    }

    #[test]
    fn a_test_that_passed_and_fails_now_never_passes(facts in facts(), milestone in any::<bool>()) {
        let occasion = if milestone { Occasion::Milestone } else { Occasion::Change };
        let mut evidence = evidence(&facts, occasion);
        let now = snapshot::of(&evidence, "", "", 0, &Default::default()).ok().and_then(|now| now.tests);
        let passed = |mark: &TestMark| TestMark { outcome: TestOutcome::Passed, ..mark.clone() };
        let base = now.iter().flatten().map(|(id, mark)| (id.clone(), passed(mark))).collect();
        let base = Snapshot { tests: Some(base), ..Snapshot::default() };
        evidence.baseline = Ok(Some(Baseline { base, ..Baseline::default() }));
        let all = outcomes(&verdict(&evidence, &[]));
        let outcome = all.iter().find(|(id, _)| id == "regression").unwrap().1;
        let red = |mark: &TestMark| matches!(mark.outcome, TestOutcome::Failed | TestOutcome::Errored);
        match &now {
            None => prop_assert_ne!(outcome, Outcome::Passed),
            Some(now) if now.values().any(red) => prop_assert_eq!(outcome, Outcome::Failed),
            Some(now) if now.values().all(|mark| mark.outcome == TestOutcome::Passed) => {
                prop_assert_ne!(outcome, Outcome::Failed);
            }
            Some(_) => {}
        }
    }

    #[test]
    fn shards_in_any_order_are_judged_the_same(facts in facts()) {
        let mut turned = facts.clone();
        turned.tests.reverse();
        turned.coverage.reverse();
        turned.findings.reverse();
        let judged = |facts| outcomes(&verdict(&evidence(facts, Occasion::Change), &[]));
        prop_assert_eq!(judged(&facts), judged(&turned));
        let mut whole = facts.clone();
        whole.tests = whole.tests.into_iter().reduce(|mut all, more| { all.merge(more); all }).into_iter().collect();
        whole.coverage =
            whole.coverage.into_iter().reduce(|mut all, more| { all.merge(more); all }).into_iter().collect();
        prop_assert_eq!(judged(&facts), judged(&whole));
    }

    #[test]
    fn a_failing_test_never_helps(facts in facts(), case in test_case(), error in any::<bool>()) {
        let outcome = if error { TestOutcome::Errored } else { TestOutcome::Failed };
        for facts in [facts, good()] {
            let mut worse = facts.clone();
            first(&mut worse.tests).add(TestCase { outcome, ..case.clone() });
            no_better(&facts, &worse)?;
            prop_assert_ne!(ruling(&worse), Ruling::Passed);
        }
    }

    #[test]
    fn a_finding_never_helps(facts in facts(), finding in finding(), many in 1..4_usize) {
        for facts in [facts, good()] {
            let mut worse = facts.clone();
            let more = Findings { list: vec![finding.clone(); many], ..Findings::default() };
            if let Some(shard) = worse.findings.first_mut() {
                shard.merge(more);
                no_better(&facts, &worse)?;
            }
        }
    }

    #[test]
    fn an_uncovered_line_never_helps(facts in facts(), at in 0..FILES.len(), line in 30..60_u32) {
        for facts in [facts, good()] {
            let mut worse = facts.clone();
            let more = FileCoverage { lines: Lines::collect([(line, false)]), ..FileCoverage::default() };
            first(&mut worse.coverage).files.entry(FILES[at].to_owned()).or_default().merge(more);
            no_better(&facts, &worse)?;
        }
    }

    #[test]
    fn a_benchmark_taken_out_never_helps(facts in facts(), at in 0..BENCHMARKS.len()) {
        for facts in [facts, good()] {
            let mut worse = facts.clone();
            worse.benchmarks.remove(&at);
            no_better(&facts, &worse)?;
        }
    }

    #[test]
    fn an_unreadable_report_never_helps(facts in facts(), which in 0..4_usize, code in 0..Code::ALL.len()) {
        for facts in [facts, good()] {
            let mut torn = evidence(&facts, Occasion::Change);
            let name = ["unit", "coverage", "lint", "benchmarks"][which];
            let reports: Vec<_> = torn.reports[name].files.iter().map(|file| file.report.clone()).collect();
            let bad = Err(ReadError::new(Code::ALL[code].0, "torn"));
            let kept = torn.reports.insert(name.to_owned(), entry_of(name, [reports, vec![bad]].concat()));
            prop_assert!(kept.is_some());
            let verdict = verdict(&torn, &waivers(2026));
            prop_assert_ne!(verdict.ruling, Ruling::Passed);
        }
    }

    #[test]
    fn a_waiver_covers_a_failure_only_and_only_until_its_day(facts in facts()) {
        for occasion in [Occasion::Change, Occasion::Milestone] {
            let evidence = evidence(&facts, occasion);
            let plain = outcomes(&verdict(&evidence, &[]));
            let waived = outcomes(&verdict(&evidence, &waivers(2026)));
            for ((id, before), (_, after)) in plain.iter().zip(&waived) {
                let expected = if *before == Outcome::Failed { Outcome::Waived } else { *before };
                prop_assert_eq!(*after, expected, "{}", id);
            }
            prop_assert_eq!(outcomes(&verdict(&evidence, &waivers(2025))), plain);
        }
    }

    #[test]
    fn what_is_shown_is_what_is_judged(covered in 0..200_000_u64, missing in 0..20_000_u64, percent in 0..=100_u64) {
        let ratio = Ratio::new(covered, covered + missing);
        let threshold = Threshold::at_least(percent);
        let shown = ratio.percent();
        match shown.trim_end_matches('%').parse::<f64>() {
            // One decimal, rounded down: it reaches a whole percentage only with the ratio.
            Ok(shown) => prop_assert_eq!(shown >= percent as f64, threshold.holds(ratio)),
            Err(_) => prop_assert!(ratio.is_empty() && !threshold.holds(ratio)),
        }
        let short = threshold.short_by(ratio);
        if short > 0 {
            prop_assert!(threshold.holds(Ratio::new(covered + short, ratio.total)));
            prop_assert!(!threshold.holds(Ratio::new(covered + short - 1, ratio.total)));
        }
    }
}
