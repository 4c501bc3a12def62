//! The comparison for programs. Fields are added, never renamed.

use super::Compared;
use crate::evidence::comparison::{CoverageComparison, FindingComparison, TestChange, TestComparison};
use crate::model::place::Place;
use crate::model::ratio::{Ratio, Step};
use crate::model::snapshot::{FindingMark, Fingerprint};
use crate::render::json::{SCHEMA_VERSION, page};
use serde_json::{Value, json};

pub(super) fn render(compared: &Compared) -> String {
    let balances: serde_json::Map<String, Value> = compared
        .balances()
        .into_iter()
        .map(|(name, b)| (name.to_owned(), json!({ "worse": b.worse, "better": b.better })))
        .collect();
    page(&json!({
        "schema_version": SCHEMA_VERSION,
        "before": compared.before,
        "now": compared.now,
        "worse": compared.is_worse(),
        "balance": balances,
        "tests": compared.tests.as_ref().map(|tests| self::tests(compared, tests)),
        "coverage": compared.coverage.as_ref().map(coverage),
        "findings": compared.findings.as_ref().map(|findings| self::findings(compared, findings)),
        "benchmarks": compared.benchmarks.iter().map(benchmark).collect::<Vec<_>>(),
        "notes": compared.notes,
    }))
}

fn sense(is_better: Option<bool>) -> Value {
    json!(is_better.map(|better| if better { "better" } else { "worse" }))
}

fn tests(compared: &Compared, tests: &TestComparison) -> Value {
    let changes: Vec<_> = tests.changes.iter().map(|change| test(compared, change)).collect();
    json!({ "before": tests.before, "now": tests.now, "changes": changes })
}

fn test(compared: &Compared, change: &TestChange) -> Value {
    let place = compared.test_places.get(&change.id).or(change.place.as_ref());
    json!({
        "change": change.kind.word(),
        "sense": sense(change.kind.is_better()),
        "test": change.id.label(),
        "suite": change.id.suite,
        "from": change.from.as_ref().map(|from| from.label()),
        "path": path(place),
        "line": line(place),
        "flaky": change.flaky.map(|f| json!({ "fails": f.fails, "runs": f.runs, "proven": f.proven })),
    })
}

fn path(place: Option<&Place>) -> Value {
    json!(place.map(|place| &place.path))
}

fn line(place: Option<&Place>) -> Value {
    json!(place.and_then(|place| place.line))
}

fn step(step: Step) -> Value {
    let ratio = |r: Ratio| json!({ "covered": r.covered, "total": r.total });
    json!({ "before": ratio(step.before), "now": ratio(step.after) })
}

fn coverage(coverage: &CoverageComparison) -> Value {
    let files = coverage.files.iter().map(|file| {
        json!({
            "path": file.path,
            "line": line(Some(&file.place())),
            "from": file.from,
            "sense": sense(file.is_better()),
            "lines": step(file.step()),
            "touched": file.touched,
            "missing": file.is_missing(),
            "lost": file.lost,
            "new": file.fresh,
            "moved": file.moved,
        })
    });
    json!({
        "lines": step(coverage.lines),
        "branches": coverage.branches.map(step),
        "files": files.collect::<Vec<_>>(),
    })
}

fn findings(compared: &Compared, findings: &FindingComparison) -> Value {
    let one = |(print, mark): &(Fingerprint, FindingMark)| {
        let place = compared.finding_places.get(print);
        json!({
            "tool": print.tool,
            "rule": print.rule,
            "severity": mark.severity.word(),
            "count": mark.count,
            "path": print.path,
            "line": line(place),
            "message": print.message,
        })
    };
    json!({
        "new": findings.new.iter().map(one).collect::<Vec<_>>(),
        "fixed": findings.fixed.iter().map(one).collect::<Vec<_>>(),
        "remaining": findings.remaining,
    })
}

fn benchmark(series: &super::Series) -> Value {
    json!({
        "name": series.name,
        "unit": series.unit,
        "direction": series.direction,
        "before": series.before,
        "now": series.now,
        "sense": sense(series.is_better),
        "note": series.note,
        "history": series.history,
        "limit": series.limit,
        "interval": series.interval.map(|(low, high)| [low, high]),
    })
}
