//! Exhibits to be shown: everything there can be, with one text in every place, and a very large one.

use milegate::evidence::burndown::Day;
use milegate::evidence::excerpt;
use milegate::model::benchmarks::Direction;
use milegate::model::coverage::{Coverage, FileCoverage, Lines};
use milegate::model::findings::{Finding, Findings, Severity};
use milegate::model::performance::Performance;
use milegate::model::place::Place;
use milegate::model::tests::{TestCase, TestId, TestOutcome, Tests};
use milegate::render::burndown::Chart;
use milegate::render::comparison::Series;
use milegate::render::exhibit::{Changes, Exhibit, Provenance, SignOff};

pub fn case(class: &str, name: &str, outcome: TestOutcome, message: Option<&str>) -> TestCase {
    TestCase {
        id: TestId { suite: String::new(), class: class.to_owned(), name: name.to_owned() },
        outcome,
        message: message.map(str::to_owned),
        place: Some(Place::line(format!("{class}.py"), 7)),
        seconds: Some(0.02),
    }
}

fn tests(said: &str) -> Tests {
    let mut tests = Tests::default();
    let all = [
        TestOutcome::Passed,
        TestOutcome::Failed,
        TestOutcome::Errored,
        TestOutcome::Flaky,
        TestOutcome::Skipped,
    ];
    for (at, outcome) in all.into_iter().enumerate() {
        tests.add(case(&format!("{said}{at}"), said, outcome, Some(said)));
    }
    tests
}

pub fn coverage<'a>(paths: impl Iterator<Item = &'a str>) -> Coverage {
    let lines = || Lines::collect((1..=40).map(|line| (line, line % 7 != 0)));
    let file = || FileCoverage { lines: lines(), ..FileCoverage::default() };
    Coverage { files: paths.map(|path| (path.to_owned(), file())).collect(), ..Coverage::default() }
}

pub fn series(name: &str, runs: usize) -> Series {
    Series {
        name: name.to_owned(),
        unit: "s".to_owned(),
        direction: Direction::Lower,
        history: (0..runs).map(|run| 1.0 + (run % 7) as f64 / 100.0).collect(),
        before: Some(1.03),
        now: Some(1.4),
        is_better: Some(false),
        note: name.to_owned(),
        limit: Some(1.2),
        interval: Some((1.35, 1.45)),
    }
}

pub fn finding(said: &str, severity: Severity, line: u32) -> Finding {
    Finding {
        severity,
        place: Some(Place::line(said, line)),
        rule: Some(said.to_owned()),
        message: said.to_owned(),
        tool: "pylint",
        blocking: false,
    }
}

fn chart(said: &str) -> Chart {
    let day = |date: &str, remaining| Day {
        date: date.parse().unwrap(),
        remaining,
        total: 9,
        completed: 1,
        reopened: 0,
        scope: 0,
        blockers: vec![said.to_owned()],
    };
    Chart {
        title: said.to_owned(),
        milestone: None,
        days: vec![day("2026-11-02", 9), day("2026-11-03", 7), day("2026-11-04", 4)],
        due: Some("2026-11-09".parse().unwrap()),
        forecast: Err("nothing was completed in the recent days"),
        notes: vec![said.to_owned()],
    }
}

pub fn changes(path: &str, source: &str) -> Changes {
    let covered = Lines::collect([(1, true), (2, false)]);
    let excerpt = excerpt::of(path, source, std::slice::from_ref(&(1..=3)), &covered, 100);
    Changes {
        base: path.to_owned(),
        ratio: excerpt.ratio,
        files: vec![excerpt],
        unmeasured: vec![(path.to_owned(), 3)],
        left_out: 2,
    }
}

/// Everything, with `said` wherever somebody's text can stand.
pub fn full(said: &str) -> Exhibit {
    let paths: Vec<String> = (0..4).map(|at| format!("{said}{at}/{said}")).collect();
    let target = Performance {
        operation: said.to_owned(),
        target: "< 5 ms".parse().unwrap(),
        baseline: None,
        current: Err(said.to_owned()),
    };
    let sign_off = |counts| SignOff {
        topic: said.to_owned(),
        person: said.to_owned(),
        decision: "approve",
        day: said.to_owned(),
        counts,
        why: said.to_owned(),
        comment: said.to_owned(),
    };
    let report = |standing| Provenance {
        entry: said.to_owned(),
        path: said.to_owned(),
        format: said.to_owned(),
        sha256: "00".repeat(32),
        standing,
    };
    let findings = Severity::ALL.map(|severity| finding(said, severity, 3));
    Exhibit {
        tests: Some(tests(said)),
        coverage: Some(coverage(paths.iter().map(String::as_str))),
        changes: Some(changes(said, &format!("{said}\n  {said}\n{said}\n"))),
        findings: Some(Findings { list: findings.into(), suppressed: 2, analysed: None }),
        performance: vec![target],
        benchmarks: vec![series(said, 5), series("only now", 0)],
        burndown: Some(chart(said)),
        approvals: vec![sign_off(true), sign_off(false)],
        reports: vec![report(Ok(said.to_owned())), report(Err(said.to_owned()))],
        notes: vec![said.to_owned()],
    }
}

/// A hundred thousand tests, and of everything else as much as a very large project has.
pub fn large() -> Exhibit {
    let mut tests = Tests::default();
    let trace =
        "  File \"service/handlers/orders.py\", line 120, in handle\n    raise <Refused & gone>\n".repeat(80);
    for at in 0..100_000_u32 {
        let outcome = if at % 10 == 0 { TestOutcome::Failed } else { TestOutcome::Passed };
        let class = format!("service.handlers.orders.package_{:03}.TestOrders", at % 1000);
        let message = (at % 10 == 0).then_some(trace.as_str());
        tests.add(case(&class, &format!("test_that_an_order_keeps_its_items[case-{at}]"), outcome, message));
    }
    let paths: Vec<String> =
        (0..20_000).map(|at| format!("service/part_{}/area_{}/file_{at}.py", at % 40, at % 900)).collect();
    let message = "a rather long sentence that a linter says of a line, <with> \"quotes\" & all ".repeat(8);
    let findings = (0..50_000).map(|at| finding(&message, Severity::ALL[at % 4], at as u32 + 1)).collect();
    let source = "    value = compute(something) if other < limit && more else \"text\"\n".repeat(3000);
    let one = |path: &String| changes(path, &source).files.remove(0);
    Exhibit {
        coverage: Some(coverage(paths.iter().map(String::as_str))),
        changes: Some(Changes { files: paths.iter().take(60).map(one).collect(), ..Changes::default() }),
        findings: Some(Findings { list: findings, suppressed: 0, analysed: None }),
        benchmarks: (0..500).map(|at| series(&format!("benchmark {at}"), 200)).collect(),
        tests: Some(tests),
        ..full("text")
    }
}
