//! What `inspect` shows of a report: the JSON contract, and lines for a person.

use super::json::{SCHEMA_VERSION, page};
use super::plain::{clean, cut, pad};
use crate::model::complexity::Complexity;
use crate::model::coverage::Coverage;
use crate::model::health::{Check, Health, State};
use crate::model::metrics::{MetricType, Metrics};
use crate::model::ratio::Ratio;
use crate::model::tests::Tests;
use crate::model::values::{Leaf, Values};
use crate::readers::{Body, ReadError, Report};
use serde_json::{Value, json};

/// A file, its digest, and what came of reading it.
#[derive(Debug)]
pub struct Inspected {
    /// As it was given on the command line.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What it says.
    pub report: Result<Report, ReadError>,
}

/// The JSON of `inspect`.
pub fn json(files: &[Inspected]) -> String {
    let reports: Vec<_> = files.iter().filter_map(|f| Some(report(f, f.report.as_ref().ok()?))).collect();
    let errors: Vec<_> = files.iter().filter_map(|f| Some(error(f, f.report.as_ref().err()?))).collect();
    let value = json!({ "schema_version": SCHEMA_VERSION, "reports": reports, "errors": errors });
    page(&value)
}

fn error(file: &Inspected, error: &ReadError) -> Value {
    json!({
        "path": file.path,
        "code": error.code.word(),
        "message": error.message,
        "line": error.line,
        "column": error.column,
        "hint": error.hint,
    })
}

fn report(file: &Inspected, report: &Report) -> Value {
    let mut value = json!({
        "path": file.path,
        "format": report.format.name,
        "kind": report.format.kind.word(),
        "sha256": file.sha256,
        "notices": report.notices,
    });
    value[report.format.kind.word()] = body(&report.body);
    value
}

fn body(body: &Body) -> Value {
    match body {
        Body::Tests(tests) => tests_json(tests),
        Body::Coverage(coverage) => json!({
            "files": coverage.files.len(),
            "lines": coverage.lines(),
            "branches": coverage.branches(),
            "functions": coverage.functions(),
            "statements": coverage.statements(),
        }),
        Body::Findings(findings) => {
            let by_severity: serde_json::Map<_, _> =
                findings.by_severity().into_iter().map(|(s, n)| (s.word().to_owned(), json!(n))).collect();
            json!({
                "total": findings.list.len(),
                "by_severity": by_severity,
                "suppressed": findings.suppressed,
                "blocking": findings.list.iter().filter(|f| f.blocking).count(),
                "analysed": findings.analysed,
            })
        }
        Body::Benchmarks(benchmarks) => benchmarks
            .list
            .iter()
            .map(|b| {
                json!({
                    "name": b.name,
                    "full_name": b.full_name,
                    "unit": b.unit,
                    "value": b.value(),
                    "direction": b.direction,
                    "samples": b.samples,
                    "statistics": b.statistics,
                })
            })
            .collect(),
        Body::Docstrings(docstrings) => json!({
            "covered": docstrings.total.map(|t| t.covered),
            "total": docstrings.total.map(|t| t.total),
            "files": docstrings.files.len(),
            "percent": docstrings.printed.map(|p| p.to_string()),
        }),
        Body::Complexity(complexity) => json!({
            "functions": complexity.functions.len(),
            "sum": complexity.sum(),
            "highest": complexity.highest().map(|function| function.paths),
        }),
        Body::Metrics(metrics) => metrics_json(metrics),
        Body::Health(health) => json!({
            "state": worst(health).word(),
            "checks": health
                .checks
                .iter()
                .map(|c| json!({ "name": c.name, "state": c.state.word(), "said": c.said }))
                .collect::<Vec<_>>(),
        }),
        Body::Values(Values::Json(leaves)) => json!({ "numbers": numbers(leaves.values()) }),
        Body::Values(Values::Text(text)) => json!({ "lines": text.lines().count() }),
    }
}

fn metrics_json(metrics: &Metrics) -> Value {
    let of = |kind: MetricType| metrics.families.iter().filter(|f| f.kind == kind).count();
    let by_type: serde_json::Map<_, _> =
        MetricType::ALL.iter().map(|(kind, word)| ((*word).to_owned(), json!(of(*kind)))).collect();
    json!({
        "families": metrics.families.len(),
        "by_type": by_type,
        "samples": metrics.samples().count(),
        "finite": metrics.finite(),
    })
}

fn worst(health: &Health) -> State {
    health.checks.iter().map(|check| check.state).max().unwrap_or(State::Unknown)
}

fn numbers<'a>(leaves: impl Iterator<Item = &'a Leaf>) -> usize {
    leaves.filter(|leaf| matches!(leaf, Leaf::Number(_))).count()
}

fn tests_json(tests: &Tests) -> Value {
    let totals = tests.totals();
    json!({
        "total": totals.total,
        "passed": totals.passed,
        "failed": totals.failed,
        "errors": totals.errors,
        "skipped": totals.skipped,
        "flaky": totals.flaky,
        "duration_seconds": (totals.seconds * 1e6).round() / 1e6,
    })
}

/// Lines for a person, one file a paragraph.
pub fn text(files: &[Inspected], width: usize) -> String {
    let widest = files.iter().map(|f| f.path.chars().count()).max().unwrap_or(0).min(width / 2);
    let mut out = String::new();
    for file in files {
        let path = pad(&cut(&clean(&file.path), widest), widest);
        match &file.report {
            Ok(report) => {
                out.push_str(&format!("✓ {path}  {}  {}\n", report.format.name, summary(&report.body)));
                for notice in &report.notices {
                    out.push_str(&format!("    note: {}\n", clean(notice)));
                }
            }
            Err(error) => {
                let line = error.line.map(|l| format!("line {l}: ")).unwrap_or_default();
                out.push_str(&format!("✗ {path}  {}  {line}{}\n", error.code, clean(&error.message)));
                if let Some(hint) = &error.hint {
                    out.push_str(&format!("    next: {}\n", clean(hint)));
                }
            }
        }
    }
    out
}

fn summary(body: &Body) -> String {
    match body {
        Body::Tests(tests) => {
            let t = tests.totals();
            format!(
                "{} tests: {} passed, {} failed, {} errors, {} skipped, {} flaky",
                t.total, t.passed, t.failed, t.errors, t.skipped, t.flaky
            )
        }
        Body::Coverage(coverage) => coverage_line(coverage),
        Body::Findings(findings) => {
            let counts: Vec<_> =
                findings.by_severity().into_iter().map(|(s, n)| format!("{n} {s}")).collect();
            format!("{} findings: {}", findings.list.len(), counts.join(", "))
        }
        Body::Benchmarks(benchmarks) => {
            let shown = benchmarks
                .list
                .iter()
                .take(4)
                .filter_map(|b| Some(format!("{} {}", clean(&b.name), b.quantity(None)?)));
            let shown: Vec<_> = shown.collect();
            let more = if benchmarks.list.len() > 4 { ", ..." } else { "" };
            format!("{} benchmarks: {}{more}", benchmarks.list.len(), shown.join(", "))
        }
        Body::Docstrings(docstrings) => match (docstrings.total, &docstrings.printed) {
            (Some(total), _) => format!("docstrings {}", ratio(total)),
            (None, Some(printed)) => format!("docstrings {printed}% as printed, without counts"),
            (None, None) => "no docstring data".to_owned(),
        },
        Body::Complexity(complexity) => complexity_line(complexity),
        Body::Metrics(metrics) => format!(
            "{} metrics: {} samples, {} of them finite",
            metrics.families.len(),
            metrics.samples().count(),
            metrics.finite()
        ),
        Body::Health(health) => health_line(health),
        Body::Values(Values::Json(leaves)) => format!("JSON with {} numbers", numbers(leaves.values())),
        Body::Values(Values::Text(text)) => format!("text of {} lines", text.lines().count()),
    }
}

fn complexity_line(complexity: &Complexity) -> String {
    let count = complexity.functions.len();
    let highest = complexity.highest().map(|function| {
        format!(
            ", highest {} in {} ({}:{})",
            function.paths,
            clean(&function.name),
            clean(&function.path),
            function.line
        )
    });
    format!("{count} functions: {} paths{}", complexity.sum(), highest.unwrap_or_default())
}

fn health_line(health: &Health) -> String {
    let ill = |check: &&Check| check.state != State::Healthy && !check.name.is_empty();
    let ill: Vec<_> = health
        .checks
        .iter()
        .filter(ill)
        .take(4)
        .map(|check| format!("{} {}", clean(&check.name), clean(&check.said)))
        .collect();
    let parts = health.checks.iter().filter(|check| !check.name.is_empty()).count();
    let ill = if ill.is_empty() { String::new() } else { format!(": {}", ill.join(", ")) };
    format!("{}, {parts} checks{ill}", worst(health))
}

fn coverage_line(coverage: &Coverage) -> String {
    let mut parts = vec![format!("lines {}", ratio(coverage.lines()))];
    parts.extend(coverage.branches().map(|r| format!("branches {}", ratio(r))));
    parts.extend(coverage.functions().map(|r| format!("functions {}", ratio(r))));
    parts.extend(coverage.statements().map(|r| format!("statements {}", ratio(r))));
    format!("{} files: {}", coverage.files.len(), parts.join(", "))
}

fn ratio(ratio: Ratio) -> String {
    format!("{} ({} of {})", ratio.percent(), ratio.covered, ratio.total)
}
