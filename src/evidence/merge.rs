//! From the entries of one criterion to one body of evidence.
//!
//! Merging is associative and commutative, so that shards come to the same in any order.

use super::placement::Tree;
use super::reports::{EntryEvidence, ReportFile};
use super::{Detail, Doubt};
use crate::model::benchmarks::{Benchmark, Benchmarks};
use crate::model::complexity::Complexity;
use crate::model::coverage::Coverage;
use crate::model::docstrings::Docstrings;
use crate::model::findings::Findings;
use crate::model::health::Health;
use crate::model::metrics::Metrics;
use crate::model::place::Place;
use crate::model::ratio::Ratio;
use crate::model::tests::Tests;
use crate::readers::{Body, End, Kind};

/// The usable files of some entries, or the first reason why there are none.
///
/// # Errors
/// The first [`EntryEvidence::doubt`].
pub fn files<'a>(entries: &[&'a EntryEvidence], kind: Kind) -> Result<Vec<&'a ReportFile>, Doubt> {
    files_of(entries, &[kind])
}

/// The same where several kinds are evidence.
///
/// # Errors
/// The first [`EntryEvidence::doubt`].
pub fn files_of<'a>(entries: &[&'a EntryEvidence], kinds: &[Kind]) -> Result<Vec<&'a ReportFile>, Doubt> {
    let mut doubts = entries.iter().filter_map(|e| e.doubt(kinds));
    let Some(mut first) = doubts.next() else { return Ok(entries.iter().flat_map(|e| &e.files).collect()) };
    // One run shows all of them, each with its own next step.
    first.details.extend(doubts.map(|d| Detail::remark(format!("{}; next: {}", d.message, d.next_step))));
    Err(first)
}

/// Folds the bodies that `pick` accepts.
fn fold<'a, T: Default>(
    files: &[&'a ReportFile],
    mut add: impl FnMut(&mut T, &'a ReportFile, &'a Body),
) -> T {
    let mut whole = T::default();
    for file in files {
        if let Ok(report) = &file.report {
            add(&mut whole, file, &report.body);
        }
    }
    whole
}

/// All tests.
pub fn tests(files: &[&ReportFile]) -> Tests {
    fold(files, |all: &mut Tests, _, body| {
        if let Body::Tests(tests) = body {
            all.merge(tests.clone());
        }
    })
}

/// Coverage placed in the repository, and what could not be placed.
#[derive(Debug, Default)]
pub struct PlacedCoverage {
    /// By paths of the repository.
    pub coverage: Coverage,
    /// Paths that are not in the repository, or in it more than once.
    pub unplaced: Vec<String>,
    /// How many of all the report's files were placed.
    pub placed: Ratio,
}

/// All coverage, placed.
pub fn coverage(files: &[&ReportFile], tree: &Tree) -> PlacedCoverage {
    let mut whole: PlacedCoverage = fold(files, |all: &mut PlacedCoverage, file, body| {
        if let Body::Coverage(coverage) = body {
            all.add(&file.path, coverage, tree);
        }
    });
    whole.unplaced.sort_unstable();
    whole.unplaced.dedup();
    whole
}

impl PlacedCoverage {
    fn add(&mut self, report: &str, coverage: &Coverage, tree: &Tree) {
        let mut placed = coverage.without_files();
        for (path, file) in &coverage.files {
            if tree.is_foreign(path) {
                continue;
            }
            self.placed.total += 1;
            match tree.place(path, report, &coverage.roots) {
                Some(path) => {
                    self.placed.covered += 1;
                    placed.files.entry(path).or_default().merge(file.clone());
                }
                None => self.unplaced.push(path.clone()),
            }
        }
        self.coverage.merge(placed);
    }
}

/// All findings, their paths placed where that is possible; findings elsewhere keep the path of
/// the report and count all the same.
pub fn findings(files: &[&ReportFile], tree: &Tree) -> Findings {
    fold(files, |all: &mut Findings, file, body| {
        if let Body::Findings(findings) = body {
            let mut findings = findings.clone();
            for place in findings.list.iter_mut().filter_map(|f| f.place.as_mut()) {
                if let Some(path) = tree.place(&place.path, &file.path, &[]) {
                    place.path = path;
                }
            }
            all.merge(findings);
        }
    })
}

/// All benchmarks. One name twice means two shards measured the same: then nobody knows which counts.
///
/// # Errors
/// A name that occurs twice.
pub fn benchmarks(files: &[&ReportFile]) -> Result<Vec<Benchmark>, Doubt> {
    let mut all: Vec<Benchmark> = fold(files, |all: &mut Vec<_>, _, body| {
        if let Body::Benchmarks(Benchmarks { list, .. }) = body {
            all.extend(list.iter().cloned());
        }
    });
    all.sort_by(|a, b| a.full_name.cmp(&b.full_name));
    match all.windows(2).find(|pair| pair[0].full_name == pair[1].full_name) {
        Some(pair) => Err(Doubt::new(
            "benchmarks/duplicate",
            format!("two reports measure `{}`", pair[0].full_name),
            "keep one run's reports under the pattern",
        )),
        None => Ok(all),
    }
}

/// All docstring results, in report order.
pub fn docstrings<'a>(files: &[&'a ReportFile]) -> Vec<(&'a ReportFile, &'a Docstrings)> {
    fold(files, |all: &mut Vec<_>, file, body| {
        if let Body::Docstrings(docstrings) = body {
            all.push((file, docstrings));
        }
    })
}

/// The complexity of all functions, each once: shards may have looked at the same file.
pub fn complexity(files: &[&ReportFile]) -> Complexity {
    let mut all = fold(files, |all: &mut Complexity, _, body| {
        if let Body::Complexity(complexity) = body {
            all.functions.extend(complexity.functions.iter().cloned());
        }
    });
    all.functions.sort();
    all.functions.dedup();
    all
}

/// All metrics, in report order.
pub fn metrics<'a>(files: &[&'a ReportFile]) -> Vec<(&'a ReportFile, &'a Metrics)> {
    fold(files, |all: &mut Vec<_>, file, body| {
        if let Body::Metrics(metrics) = body {
            all.push((file, metrics));
        }
    })
}

/// All health reports, in report order.
pub fn health<'a>(files: &[&'a ReportFile]) -> Vec<(&'a ReportFile, &'a Health)> {
    fold(files, |all: &mut Vec<_>, file, body| {
        if let Body::Health(health) = body {
            all.push((file, health));
        }
    })
}

/// What the reports and their freshness want a person to know.
pub fn notices(files: &[&ReportFile]) -> Vec<Detail> {
    let mut all = Vec::new();
    for file in files {
        let of_report = file.report.as_ref().map(|r| r.notices.as_slice()).unwrap_or_default();
        for notice in of_report.iter().chain(&file.notices) {
            all.push(Detail::at(Place::file(&file.path), notice.clone()));
        }
        // A tool that wrote nothing and ended with 0 has shown by its status that the list is whole.
        let silent = |body: &Body| matches!(body, Body::Findings(findings) if findings.list.is_empty());
        let endless = file.report.as_ref().is_ok_and(|r| r.format.end != End::Marked && !silent(&r.body));
        if endless && file.record.is_none() {
            let notice = "the format has no end mark: that it is whole is not proven without a run record";
            all.push(Detail::at(Place::file(&file.path), notice));
        }
    }
    all
}
