//! The evidence of one report, as it stands in a bundle.

use super::running::{self, WireHealth, WireMetrics, WireValues};
use crate::evidence::bundle::lines;
use crate::model::benchmarks::{Benchmark, Benchmarks, Direction, Statistic};
use crate::model::complexity::{Complexity, Function};
use crate::model::coverage::{Block, Branches, Coverage, FileCoverage, Functions, Span, Totals};
use crate::model::docstrings::Docstrings;
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::machine::Machine;
use crate::model::place::Place;
use crate::model::ratio::Ratio;
use crate::model::tests::{TestCase, TestId, TestOutcome, Tests};
use crate::model::word;
use crate::readers::Body;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One body by its kind.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum WireBody {
    Tests(WireTests),
    Coverage(WireCoverage),
    Findings(WireFindings),
    Benchmarks(WireBenchmarks),
    Docstrings(WireDocstrings),
    Complexity(WireComplexity),
    Metrics(WireMetrics),
    Health(WireHealth),
    Values(WireValues),
}

/// A place as `[path, line, column]`.
type WirePlace = (String, Option<u32>, Option<u32>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireTests {
    cases: Vec<WireCase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lost: Vec<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hidden_failures: Vec<(u64, u64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCase {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    suite: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    class: String,
    name: String,
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<WirePlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireCoverage {
    files: BTreeMap<String, WireCovered>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roots: Vec<String>,
    has_branches: bool,
    has_functions: bool,
    has_statements: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCovered {
    lines: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    branches: BTreeMap<u32, WireBranches>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    functions: Vec<(u32, String, bool)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    statements: Vec<WireBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    totals: Option<[(u64, u64); 4]>,
}

/// A block of statements: where it stands, how many they are, and whether they were executed.
type WireBlock = (Span, u32, bool);

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WireBranches {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    edges: BTreeMap<String, bool>,
    counted: (u64, u64),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireFindings {
    list: Vec<WireFinding>,
    suppressed: u64,
    analysed: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFinding {
    severity: Severity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<WirePlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    message: String,
    tool: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    blocking: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireBenchmarks {
    list: Vec<WireBenchmark>,
    commit: Option<(String, bool)>,
    /// Processor, cores, system, toolchain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machine: Option<(String, u32, String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireBenchmark {
    name: String,
    full_name: String,
    unit: String,
    higher_is_better: bool,
    statistics: BTreeMap<Statistic, f64>,
    samples: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireDocstrings {
    files: BTreeMap<String, (u64, u64)>,
    total: Option<(u64, u64)>,
    printed: Option<String>,
}

/// A body for the wire.
pub(super) fn out(body: &Body) -> WireBody {
    match body {
        Body::Tests(tests) => WireBody::Tests(tests_out(tests)),
        Body::Coverage(coverage) => WireBody::Coverage(coverage_out(coverage)),
        Body::Findings(findings) => WireBody::Findings(WireFindings {
            list: findings.list.iter().map(finding_out).collect(),
            suppressed: findings.suppressed,
            analysed: findings.analysed,
        }),
        Body::Benchmarks(benchmarks) => WireBody::Benchmarks(WireBenchmarks {
            list: benchmarks.list.iter().map(benchmark_out).collect(),
            commit: benchmarks.commit.clone(),
            machine: benchmarks.machine.clone().map(|m| (m.cpu, m.cores, m.os, m.toolchain)),
        }),
        Body::Docstrings(docstrings) => WireBody::Docstrings(WireDocstrings {
            files: docstrings.files.iter().map(|(path, r)| (path.clone(), (r.covered, r.total))).collect(),
            total: docstrings.total.map(|r| (r.covered, r.total)),
            printed: docstrings.printed.map(|p| p.to_string()),
        }),
        Body::Complexity(complexity) => WireBody::Complexity(complexity_out(complexity)),
        Body::Metrics(metrics) => WireBody::Metrics(running::metrics_out(metrics)),
        Body::Health(health) => WireBody::Health(running::health_out(health)),
        Body::Values(values) => WireBody::Values(running::values_out(values)),
    }
}

/// A body from the wire; `None` if a value in it is none that could have been written.
pub(super) fn read(wire: WireBody) -> Option<Body> {
    Some(match wire {
        WireBody::Tests(tests) => Body::Tests(tests_in(tests)?),
        WireBody::Coverage(coverage) => Body::Coverage(coverage_in(coverage)?),
        WireBody::Findings(findings) => Body::Findings(Findings {
            list: findings.list.into_iter().map(finding_in).collect(),
            suppressed: findings.suppressed,
            analysed: findings.analysed,
        }),
        WireBody::Benchmarks(benchmarks) => Body::Benchmarks(Benchmarks {
            machine: benchmarks.machine.map(|(cpu, cores, os, toolchain)| Machine {
                cpu,
                cores,
                os,
                toolchain,
            }),
            list: benchmarks.list.into_iter().map(benchmark_in).collect::<Option<_>>()?,
            commit: benchmarks.commit,
        }),
        WireBody::Docstrings(docstrings) => Body::Docstrings(docstrings_in(docstrings)?),
        WireBody::Complexity(complexity) => Body::Complexity(complexity_in(complexity)?),
        WireBody::Metrics(metrics) => Body::Metrics(running::metrics_in(metrics)?),
        WireBody::Health(health) => Body::Health(running::health_in(health)?),
        WireBody::Values(values) => Body::Values(running::values_in(values)?),
    })
}

/// Path, line, name and paths of each function.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireComplexity {
    functions: Vec<(String, u32, String, u32)>,
}

fn complexity_out(complexity: &Complexity) -> WireComplexity {
    let one = |f: &Function| (f.path.clone(), f.line, f.name.clone(), f.paths);
    WireComplexity { functions: complexity.functions.iter().map(one).collect() }
}

fn complexity_in(wire: WireComplexity) -> Option<Complexity> {
    let one = |(path, line, name, paths): (String, u32, String, u32)| {
        (paths > 0).then_some(Function { path, line, name, paths })
    };
    Some(Complexity { functions: wire.functions.into_iter().map(one).collect::<Option<_>>()? })
}

fn place_out(place: &Place) -> WirePlace {
    (place.path.clone(), place.line, place.column)
}

fn place_in((path, line, column): WirePlace) -> Place {
    Place { path, line, column }
}

/// Outcomes by their word on the wire.
const OUTCOMES: &[(TestOutcome, &str)] = &[
    (TestOutcome::Skipped, "skipped"),
    (TestOutcome::Passed, "passed"),
    (TestOutcome::Flaky, "flaky"),
    (TestOutcome::Errored, "errored"),
    (TestOutcome::Failed, "failed"),
];

fn tests_out(tests: &Tests) -> WireTests {
    let case = |case: TestCase| WireCase {
        suite: case.id.suite,
        class: case.id.class,
        name: case.id.name,
        outcome: OUTCOMES.iter().find(|row| row.0 == case.outcome).map_or("errored", |row| row.1).to_owned(),
        message: case.message,
        place: case.place.as_ref().map(place_out),
        seconds: case.seconds,
    };
    WireTests {
        cases: tests.cases.values().map(case).collect(),
        lost: tests.lost.clone(),
        hidden_failures: tests.hidden_failures.clone(),
    }
}

fn tests_in(wire: WireTests) -> Option<Tests> {
    let mut tests = Tests { lost: wire.lost, hidden_failures: wire.hidden_failures, ..Tests::default() };
    for case in wire.cases {
        let outcome = OUTCOMES.iter().find(|row| row.1 == case.outcome)?.0;
        tests.add(TestCase {
            id: TestId { suite: case.suite, class: case.class, name: case.name },
            outcome,
            message: case.message,
            place: case.place.map(place_in),
            seconds: case.seconds,
        });
    }
    Some(tests)
}

fn coverage_out(coverage: &Coverage) -> WireCoverage {
    WireCoverage {
        files: coverage.files.iter().map(|(path, file)| (path.clone(), covered_out(file))).collect(),
        roots: coverage.roots.clone(),
        has_branches: coverage.has_branches,
        has_functions: coverage.has_functions,
        has_statements: coverage.has_statements,
    }
}

fn covered_out(file: &FileCoverage) -> WireCovered {
    let functions = file.functions.iter().map(|(line, name, called)| (line, name.to_owned(), called));
    let totals = &file.totals;
    let totals = [totals.lines, totals.branches, totals.functions, totals.statements].map(pair);
    WireCovered {
        lines: lines::encode(&file.lines),
        branches: branches_out(&file.branches),
        functions: functions.collect(),
        statements: file.statements.iter().map(|(span, b)| (*span, b.statements, b.hit)).collect(),
        totals: Some(totals).filter(|totals| *totals != [(0, 0); 4]),
    }
}

fn coverage_in(wire: WireCoverage) -> Option<Coverage> {
    let files = wire.files.into_iter().map(|(path, file)| Some((path, covered_in(file)?)));
    Some(Coverage {
        files: files.collect::<Option<_>>()?,
        roots: wire.roots,
        has_branches: wire.has_branches,
        has_functions: wire.has_functions,
        has_statements: wire.has_statements,
    })
}

fn covered_in(wire: WireCovered) -> Option<FileCoverage> {
    let functions = wire.functions.iter().map(|(line, name, called)| (*line, name.as_str(), *called));
    let statements =
        wire.statements.into_iter().map(|(span, statements, hit)| (span, Block { statements, hit }));
    let [lines, of_branches, of_functions, of_statements] = wire.totals.unwrap_or_default().map(ratio);
    Some(FileCoverage {
        lines: lines::decode(&wire.lines)?,
        branches: branches_in(wire.branches),
        functions: Functions::collect(functions),
        statements: statements.collect(),
        totals: Totals { lines, branches: of_branches, functions: of_functions, statements: of_statements },
    })
}

fn branches_out(branches: &Branches) -> BTreeMap<u32, WireBranches> {
    let mut lines = BTreeMap::<u32, WireBranches>::new();
    for (line, edge, taken) in branches.edges() {
        lines.entry(line).or_default().edges.insert(edge.into_owned(), taken);
    }
    for (line, counted) in branches.counted() {
        lines.entry(line).or_default().counted = pair(counted);
    }
    lines
}

fn branches_in(lines: BTreeMap<u32, WireBranches>) -> Branches {
    let (mut edges, mut counted) = (Vec::new(), Vec::new());
    for (line, branches) in lines {
        edges.extend(branches.edges.into_iter().map(|(edge, taken)| (line, edge.into(), taken)));
        counted.push((line, ratio(branches.counted)));
    }
    Branches::new(Vec::new(), edges, counted)
}

fn pair(ratio: Ratio) -> (u64, u64) {
    (ratio.covered, ratio.total)
}

fn ratio((covered, total): (u64, u64)) -> Ratio {
    Ratio::new(covered, total)
}

fn finding_out(finding: &Finding) -> WireFinding {
    WireFinding {
        severity: finding.severity,
        place: finding.place.as_ref().map(place_out),
        rule: finding.rule.clone(),
        message: finding.message.clone(),
        tool: finding.tool.to_owned(),
        blocking: finding.blocking,
    }
}

fn finding_in(wire: WireFinding) -> Finding {
    Finding {
        severity: wire.severity,
        place: wire.place.map(place_in),
        rule: wire.rule,
        message: wire.message,
        tool: word::intern(&wire.tool),
        blocking: wire.blocking,
    }
}

fn benchmark_out(benchmark: &Benchmark) -> WireBenchmark {
    WireBenchmark {
        name: benchmark.name.clone(),
        full_name: benchmark.full_name.clone(),
        unit: benchmark.unit.clone().into_owned(),
        higher_is_better: benchmark.direction == Direction::Higher,
        statistics: benchmark.statistics.clone(),
        samples: benchmark.samples,
    }
}

fn benchmark_in(wire: WireBenchmark) -> Option<Benchmark> {
    let finite = wire.statistics.values().all(|v| v.is_finite());
    finite.then(|| Benchmark {
        name: wire.name,
        full_name: wire.full_name,
        unit: wire.unit.into(),
        direction: if wire.higher_is_better { Direction::Higher } else { Direction::Lower },
        statistics: wire.statistics,
        samples: wire.samples,
    })
}

fn docstrings_in(wire: WireDocstrings) -> Option<Docstrings> {
    let printed = match wire.printed {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    Some(Docstrings {
        files: wire
            .files
            .into_iter()
            .map(|(path, (covered, total))| (path, Ratio::new(covered, total)))
            .collect(),
        total: wire.total.map(|(covered, total)| Ratio::new(covered, total)),
        printed,
    })
}
