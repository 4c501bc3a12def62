//! Real reports of real tools are read as what they are, and their totals are those that the tool
//! itself told (`truth.json` beside each report), never those that Milegate once computed.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod discover;

use discover::Fixture;
use milegate::model::benchmarks::Benchmarks;
use milegate::model::complexity::Complexity;
use milegate::model::coverage::Coverage;
use milegate::model::docstrings::Docstrings;
use milegate::model::findings::Findings;
use milegate::model::health::Health;
use milegate::model::metrics::Metrics;
use milegate::model::ratio::Ratio;
use milegate::model::tests::Tests;
use milegate::readers::{Body, FORMATS, Input, Limits, detect};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[test]
fn every_report_has_the_totals_its_tool_told() {
    let fixtures = discover::fixtures();
    let wrong: Vec<_> =
        fixtures.iter().filter_map(|f| Some(format!("{}: {}", f.name, differs(f)?))).collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), fixtures.len(), wrong.join("\n"));
}

#[test]
fn no_whole_report_is_suspected() {
    for fixture in discover::fixtures().iter().filter(|f| f.refused().is_none()) {
        let report = fixture.read(&fixture.bytes, fixture.exit_status()).unwrap();
        match report.body {
            Body::Tests(tests) => {
                assert_eq!((tests.lost, tests.hidden_failures), (vec![], vec![]), "{}", fixture.name);
            }
            Body::Docstrings(found) if !found.files.is_empty() => {
                let sum = found.files.values().copied().sum::<Ratio>();
                assert_eq!(found.total, Some(sum), "{}", fixture.name);
            }
            _ => {}
        }
    }
}

#[test]
fn content_alone_tells_the_format() {
    for fixture in discover::fixtures().iter().filter(|f| !f.is_declared()) {
        let input = Input { bytes: &fixture.bytes, exit_status: None, limits: &Limits::default() };
        let found = detect(&input).map(|format| format.name).map_err(|e| e.to_string());
        assert_eq!(found.as_deref(), Ok(fixture.format.name), "{}", fixture.name);
    }
}

#[test]
fn no_report_is_read_as_another_format() {
    for fixture in discover::fixtures().iter().filter(|f| !f.is_declared()) {
        for format in FORMATS.iter().copied().filter(|format| format.name != fixture.format.name) {
            for exit_status in [None, Some(0), Some(1)] {
                let read = discover::read_as(Some(format), &fixture.bytes, exit_status);
                assert!(read.is_err(), "{} read as {}", fixture.name, format.name);
            }
        }
    }
}

/// What is not as the tool told, if anything.
fn differs(fixture: &Fixture) -> Option<String> {
    let report = match (fixture.read(&fixture.bytes, fixture.exit_status()), fixture.refused()) {
        (Ok(report), None) => report,
        (Ok(_), Some(code)) => return Some(format!("read, and not refused as {code}")),
        (Err(error), Some(code)) if error.code.word() == code => return None,
        (Err(error), _) => return Some(format!("refused as {}: {error}", error.code)),
    };
    if report.format.name != fixture.format.name {
        return Some(format!("read as {}", report.format.name));
    }
    let truth = &fixture.truth["true"][report.format.kind.word()];
    let found = match &report.body {
        Body::Tests(tests) => test_totals(tests),
        Body::Coverage(coverage) => coverage_totals(coverage),
        Body::Findings(findings) => finding_totals(findings, truth),
        Body::Benchmarks(benchmarks) => return benchmarks_differ(benchmarks, truth),
        Body::Docstrings(docstrings) => docstring_totals(docstrings),
        Body::Complexity(complexity) => complexity_totals(complexity),
        Body::Metrics(metrics) => metric_totals(metrics),
        Body::Health(health) => health_totals(health),
        Body::Values(_) => return Some("read as a file of no format".to_owned()),
    };
    let Some(truth) = truth.as_object() else { return Some("the truth has no totals".to_owned()) };
    let mut compared = 0;
    for (key, ours) in &found {
        let Some(told) = truth.get(key) else { continue };
        compared += 1;
        // "No branches at all" may be told as 0 of 0.
        let nothing = ours.is_null() && *told == json!({"covered": 0, "total": 0});
        if !same_all(told, ours) && !nothing {
            return Some(format!("{key} is {told}, read as {ours}"));
        }
    }
    (compared == 0).then(|| "the truth has nothing to compare".to_owned())
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

fn ratio(ratio: Ratio) -> Value {
    json!({"covered": ratio.covered, "total": ratio.total})
}

fn test_totals(tests: &Tests) -> Map<String, Value> {
    let totals = tests.totals();
    object(json!({
        "total": totals.total, "passed": totals.passed, "failed": totals.failed, "errors": totals.errors,
        "skipped": totals.skipped, "flaky": totals.flaky,
    }))
}

fn coverage_totals(coverage: &Coverage) -> Map<String, Value> {
    let mut found = object(json!({
        "files": coverage.files.len(), "lines": ratio(coverage.lines()),
        "branches": coverage.branches().map(ratio), "functions": coverage.functions().map(ratio),
    }));
    // A truth tells the tool's statements also of formats that have none.
    found.extend(coverage.statements().map(|statements| ("statements".to_owned(), ratio(statements))));
    found
}

fn finding_totals(findings: &Findings, truth: &Value) -> Map<String, Value> {
    let by_severity: Map<String, Value> =
        findings.by_severity().iter().map(|(severity, n)| (severity.word().to_owned(), json!(n))).collect();
    let mut by_code: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in findings.list.iter().filter_map(|finding| finding.rule.as_deref()) {
        *by_code.entry(rule).or_default() += 1;
    }
    let blocking = findings.list.iter().filter(|finding| finding.blocking).count();
    let mut found = object(json!({
        "total": findings.list.len(), "by_severity": by_severity, "by_code": by_code,
    }));
    // What the tool could not read is told only where there is any.
    assert!(
        blocking == 0 || truth["blocking"].is_u64(),
        "{blocking} findings block, which the truth does not tell"
    );
    found.insert("blocking".to_owned(), json!(blocking));
    found.extend(findings.analysed.map(|analysed| ("analysed".to_owned(), json!(analysed))));
    found
}

fn complexity_totals(complexity: &Complexity) -> Map<String, Value> {
    object(json!({
        "functions": complexity.functions.len(), "sum": complexity.sum(),
        "highest": complexity.highest().map(|function| function.paths),
    }))
}

fn docstring_totals(docstrings: &Docstrings) -> Map<String, Value> {
    let percent = docstrings.printed.map(|percent| percent.to_f64());
    object(json!({"documented": docstrings.total.map(ratio), "percent": percent}))
}

fn metric_totals(metrics: &Metrics) -> Map<String, Value> {
    let finite = metrics.samples().filter(|sample| sample.value.is_finite());
    // Labels as JSON writes texts, since the truth is written so.
    let shown = |(name, value): &(String, String)| format!("{name}={}", json!(value));
    let named = |sample: &milegate::model::metrics::Sample| {
        let labels: Vec<_> = sample.series.labels.iter().map(shown).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        (format!("{}{labels}", sample.series.name), json!(sample.value))
    };
    object(json!({
        "families": metrics.families.len(), "samples": metrics.samples().count(), "finite": metrics.finite(),
        "values": finite.map(named).collect::<Map<_, _>>(),
    }))
}

fn health_totals(health: &Health) -> Map<String, Value> {
    let checks = health.checks.iter().map(|check| json!({"name": check.name, "state": check.state.word()}));
    let worst = health.checks.iter().map(|check| check.state).max().expect("a check").word();
    object(json!({ "state": worst, "checks": checks.collect::<Vec<_>>() }))
}

/// The truth is a list in the order of the report.
fn benchmarks_differ(found: &Benchmarks, truth: &Value) -> Option<String> {
    let Some(rows) = truth.as_array() else { return Some("the truth names no benchmarks".to_owned()) };
    if rows.len() != found.list.len() {
        return Some(format!("{} benchmarks, read {}", rows.len(), found.list.len()));
    }
    rows.iter().zip(&found.list).find_map(|(told, ours)| {
        let known = json!({"name": ours.full_name, "unit": ours.unit, "rounds": ours.samples});
        let statistics = serde_json::to_value(&ours.statistics).unwrap();
        let all = known.as_object().into_iter().chain(statistics.as_object()).flatten();
        let mut wrong = all.filter(|(key, value)| told.get(key).is_some_and(|told| !same(told, value)));
        let (key, value) = wrong.next()?;
        Some(format!("{key} of {} is {}, read as {value}", ours.full_name, told[key]))
    })
}

/// The same of every member of an object.
fn same_all(told: &Value, ours: &Value) -> bool {
    match (told.as_object(), ours.as_object()) {
        (Some(told), Some(ours)) => {
            told.len() == ours.len()
                && told.iter().all(|(key, told)| ours.get(key).is_some_and(|ours| same(told, ours)))
        }
        _ => told == ours,
    }
}

/// Numbers are the same if they differ by no more than what reading and adding them up costs.
fn same(told: &Value, ours: &Value) -> bool {
    match (told.as_f64(), ours.as_f64()) {
        (Some(told), Some(ours)) => (told - ours).abs() <= 1e-12 * told.abs(),
        _ => told == ours,
    }
}

/// The bodies of all fixtures whose name begins so, in both orders.
fn merged<T: Clone>(prefix: &str, body: impl Fn(Body) -> T, merge: impl Fn(&mut T, T)) -> [T; 2] {
    let fixtures = discover::fixtures();
    let parts: Vec<T> = fixtures
        .iter()
        .filter(|f| f.name.starts_with(prefix))
        .map(|f| body(f.read(&f.bytes, f.exit_status()).unwrap().body))
        .collect();
    assert!(parts.len() > 1, "{prefix}: nothing to merge");
    let fold = |parts: Vec<T>| {
        parts.into_iter().reduce(|mut all, part| {
            merge(&mut all, part);
            all
        })
    };
    [fold(parts.clone()), fold(parts.into_iter().rev().collect())].map(Option::unwrap)
}

fn tests_in(body: Body) -> Tests {
    let Body::Tests(tests) = body else { panic!("not tests") };
    tests
}

#[test]
fn shards_of_tests_add_up_to_the_whole() {
    for (prefix, whole) in [
        ("junit/pytest-xdist-failing-shards-", "junit/pytest-xdist-failing-n2"),
        ("junit/pytest-xdist-passing-shards-", "junit/pytest-xdist-passing-n2"),
    ] {
        let [one, two] = merged(prefix, tests_in, Tests::merge);
        assert_eq!(one, two, "{prefix}");
        let fixtures = discover::fixtures();
        let whole = fixtures.iter().find(|f| f.name == whole).unwrap();
        let whole = tests_in(whole.read(&whole.bytes, None).unwrap().body);
        assert!(one.cases.keys().eq(whole.cases.keys()), "{prefix}: other tests than in one run");
        assert_eq!(one.totals().failed, whole.totals().failed, "{prefix}");
    }
    // Three runs without reruns: two tests failed in one run and passed in another.
    let [runs, _] = merged("junit/pytest-flaky-three-runs-", tests_in, Tests::merge);
    assert_eq!((runs.totals().total, runs.totals().passed), (4, 0));
}

#[test]
fn shards_of_coverage_add_up_to_the_whole() {
    let coverage = |body| match body {
        Body::Coverage(coverage) => coverage,
        _ => panic!("not coverage"),
    };
    let [one, two] = merged("cobertura/coverage-passing-combined-shards-", coverage, Coverage::merge);
    assert_eq!(one, two);
    assert_eq!(one.lines(), Ratio::new(672, 712));
    // Cobertura counts branches without naming them: merged, they are a lower bound.
    let branches = one.branches().unwrap();
    assert!(branches.total == 166 && branches.covered <= 152, "{branches:?}");
}
