//! What is remembered of the run that is judged: the reports of each kind, merged as the criteria see
//! them, without their texts.
//!
//! Fail closed: a report that is missing, unreadable, stale or incomplete is a doubt and not a smaller
//! snapshot, or what it lacks would count as gone, or as never found.

use super::merge;
use super::reports::{EntryEvidence, ReportFile};
use super::{Detail, Doubt, Evidence};
use crate::model::benchmarks::{Benchmark, Statistic};
use crate::model::coverage::FileCoverage;
use crate::model::findings::Finding;
use crate::model::machine::Machine;
use crate::model::place::Place;
use crate::model::snapshot::{
    BenchmarkId, BenchmarkMark, FileMark, FindingMark, Fingerprint, Snapshot, TestMark,
};
use crate::model::tests::{TestId, Tests};
use crate::readers::{Body, Kind};
use std::collections::BTreeMap;

/// Longest message of a fingerprint, in characters; what differs only behind it is the same.
const MESSAGE: usize = 300;

/// Of a report's files at least this many of 10 have to be in the repository, as `coverage` asks for.
const PLACED: u64 = 9;

/// What is remembered of `evidence`, tested at `commit` in `run`, recorded at `recorded` (seconds since
/// 1970, UTC). `machine` stands in where a report does not name its own. A kind without an entry in
/// `[reports]` is `None`.
///
/// # Errors
/// The first report that is no evidence, or tells of itself that something is missing.
pub fn of(
    evidence: &Evidence,
    commit: &str,
    run: &str,
    recorded: i64,
    machine: &Machine,
) -> Result<Snapshot, Doubt> {
    let entries: Vec<&EntryEvidence> = evidence.reports.values().filter(|e| !e.entry.apart).collect();
    if let Some(doubt) = entries.iter().find(|e| e.kind().is_none()).and_then(|e| e.doubt(&[Kind::Tests])) {
        return Err(doubt);
    }
    let of_kind = |kind: Kind| -> Result<Option<Vec<&ReportFile>>, Doubt> {
        let entries: Vec<_> = entries.iter().copied().filter(|e| e.kind() == Some(kind)).collect();
        if entries.is_empty() { Ok(None) } else { merge::files(&entries, kind).map(Some) }
    };
    Ok(Snapshot {
        commit: commit.to_owned(),
        run: run.to_owned(),
        recorded,
        tests: of_kind(Kind::Tests)?.map(|files| tests(&files, evidence)).transpose()?,
        coverage: of_kind(Kind::Coverage)?.map(|files| coverage(&files, evidence)).transpose()?,
        findings: of_kind(Kind::Findings)?.map(|files| findings(&files, evidence)).transpose()?,
        benchmarks: of_kind(Kind::Benchmarks)?.map(|files| benchmarks(&files, machine)).transpose()?,
    })
}

/// Of benchmarks alone: a re-run's, or one process of a comparison.
///
/// # Errors
/// As [`of`].
pub fn of_benchmarks(entries: &[&EntryEvidence], machine: &Machine) -> Result<Snapshot, Doubt> {
    let files = merge::files(entries, Kind::Benchmarks)?;
    Ok(Snapshot { benchmarks: Some(benchmarks(&files, machine)?), ..Snapshot::default() })
}

fn tests(files: &[&ReportFile], evidence: &Evidence) -> Result<BTreeMap<TestId, TestMark>, Doubt> {
    let tests = merge::tests(files);
    if let Some((declared, found)) = tests.lost.iter().chain(&tests.hidden_failures).next() {
        return Err(Doubt::new(
            "tests/lost",
            format!("a report declares {declared} tests or failures and holds {found}: something is missing"),
            "run the tests again",
        ));
    }
    Ok(marks_of(&tests, evidence))
}

/// What is remembered of these tests.
pub fn marks_of(tests: &Tests, evidence: &Evidence) -> BTreeMap<TestId, TestMark> {
    let file = |place: Option<Place>| evidence.tree.place(&place?.path, "", &[]);
    tests
        .cases
        .values()
        .map(|case| (case.id, TestMark { outcome: case.outcome, file: file(case.place) }))
        .collect()
}

fn coverage(files: &[&ReportFile], evidence: &Evidence) -> Result<BTreeMap<String, FileMark>, Doubt> {
    let placed = merge::coverage(files, &evidence.tree);
    let ratio = placed.placed;
    if ratio.covered * 10 < ratio.total * PLACED {
        let message = format!(
            "{} of {} files of the coverage reports are in the repository",
            ratio.covered, ratio.total
        );
        let next = "run the tool in the repository, or let it write paths relative to the repository";
        let mut doubt = Doubt::new("coverage/unplaced", message, next);
        let lost = placed.unplaced.iter();
        doubt.details = lost.map(|p| Detail::at(Place::file(p), "not found in the repository")).collect();
        return Err(doubt);
    }
    let measured = placed.coverage.has_branches;
    let mark = |file: FileCoverage| FileMark {
        total: file.line_ratio(),
        branches: measured.then(|| file.branch_ratio()),
        lines: file.lines,
    };
    Ok(placed.coverage.files.into_iter().map(|(path, file)| (path, mark(file))).collect())
}

fn findings(files: &[&ReportFile], evidence: &Evidence) -> Result<BTreeMap<Fingerprint, FindingMark>, Doubt> {
    let all = merge::findings(files, &evidence.tree);
    if let Some(blocking) = all.list.iter().find(|finding| finding.blocking) {
        return Err(Doubt::new(
            "lint/tool-failed",
            format!("a linter could not do its work: {}", blocking.message),
            "make the code parse, and run the linter again",
        ));
    }
    let mut marks: BTreeMap<Fingerprint, FindingMark> = BTreeMap::new();
    for finding in &all.list {
        let mark =
            marks.entry(fingerprint(finding)).or_insert(FindingMark { severity: finding.severity, count: 0 });
        mark.count += 1;
        mark.severity = mark.severity.min(finding.severity);
    }
    Ok(marks)
}

/// What makes a finding the same finding after lines have moved.
pub fn fingerprint(finding: &Finding) -> Fingerprint {
    Fingerprint {
        tool: finding.tool.to_owned(),
        rule: finding.rule.clone().unwrap_or_default(),
        path: finding.place.as_ref().map(|place| place.path.clone()).unwrap_or_default(),
        message: evened(&finding.message),
    }
}

/// Each number as one `#`, all white space as one blank: a line, a column, a size or an indent that
/// moved makes no new finding.
fn evened(message: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in message.chars() {
        let c = match c {
            c if c.is_ascii_digit() => '#',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if !(matches!(c, '#' | ' ') && c == before) {
            out.push(c);
        }
        before = c;
    }
    out.trim_end().chars().take(MESSAGE).collect()
}

fn benchmarks(
    files: &[&ReportFile],
    machine: &Machine,
) -> Result<BTreeMap<BenchmarkId, BenchmarkMark>, Doubt> {
    let mut own: BTreeMap<&str, &Machine> = BTreeMap::new();
    for file in files {
        if let Ok(report) = &file.report
            && let Body::Benchmarks(benchmarks) = &report.body
            && let Some(machine) = &benchmarks.machine
        {
            own.extend(benchmarks.list.iter().map(|b| (b.full_name.as_str(), machine)));
        }
    }
    let all = merge::benchmarks(files)?;
    let machine_of = |b: &Benchmark| match own.get(b.full_name.as_str()) {
        Some(own) => own.completed_by(machine),
        None => machine.clone(),
    };
    all.iter().map(|b| mark(b, &machine_of(b))).collect()
}

fn mark(benchmark: &Benchmark, machine: &Machine) -> Result<(BenchmarkId, BenchmarkMark), Doubt> {
    let value = benchmark.value();
    if !value.is_finite() {
        let message = format!("`{}` has no value", benchmark.full_name);
        return Err(Doubt::new("benchmarks/no-value", message, "run the benchmarks again"));
    }
    let id = BenchmarkId { name: benchmark.full_name.clone(), unit: benchmark.unit.clone().into_owned() };
    let mark = BenchmarkMark {
        value,
        weak: !benchmark.statistics.contains_key(&Statistic::Median),
        direction: benchmark.direction,
        samples: benchmark.samples,
        machine: machine.clone(),
    };
    Ok((id, mark))
}

#[cfg(test)]
mod evening {
    use super::*;

    #[test]
    fn what_moves_with_the_lines_is_evened_out() {
        for (message, even) in [
            ("Line too long (112/100)", "Line too long (#/#)"),
            ("  a\t\n b  ", "a b"),
            ("redefined from line 7", "redefined from line #"),
            ("x1 and x12", "x# and x#"),
            ("", ""),
        ] {
            assert_eq!(evened(message), even);
        }
        assert_eq!(evened(&"ä".repeat(1000)).chars().count(), MESSAGE);
    }
}
