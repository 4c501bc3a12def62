//! What is remembered of a run, so that a later one can be compared with it: outcomes, figures,
//! fingerprints and values, without the reports' texts.

use super::benchmarks::Direction;
use super::coverage::Lines;
use super::findings::Severity;
use super::machine::Machine;
use super::ratio::Ratio;
use super::tests::{TestId, TestOutcome};
use std::collections::BTreeMap;

/// One run, at one commit. A kind of evidence that the run did not have is `None`: it says nothing,
/// and is not "nothing found".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The commit that was tested.
    pub commit: String,
    /// What tells this run from others at the same commit.
    pub run: String,
    /// When it was recorded, in seconds since 1970 (UTC). For people; never decides.
    pub recorded: i64,
    /// Tests by identity.
    pub tests: Option<BTreeMap<TestId, TestMark>>,
    /// Coverage by the file's path in the repository.
    pub coverage: Option<BTreeMap<String, FileMark>>,
    /// Findings by what makes them the same after lines have moved.
    pub findings: Option<BTreeMap<Fingerprint, FindingMark>>,
    /// Benchmarks by full name and unit.
    pub benchmarks: Option<BTreeMap<BenchmarkId, BenchmarkMark>>,
}

/// What is remembered of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMark {
    /// What became of it.
    pub outcome: TestOutcome,
    /// The file it stands in, where the report says so.
    pub file: Option<String>,
}

/// What is remembered of a file's coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMark {
    /// Executable lines, each with whether it was executed.
    pub lines: Lines,
    /// Lines, where the report tells totals only; else the ratio of `lines`.
    pub total: Ratio,
    /// Taken branches, where the report measures them.
    pub branches: Option<Ratio>,
}

/// Whether lines of a run were executed, for those who ask for one after the other: those of a file
/// are unpacked once.
#[derive(Debug)]
pub struct Executed<'a> {
    files: &'a BTreeMap<String, FileMark>,
    unpacked: BTreeMap<&'a str, Vec<(u32, bool)>>,
}

impl<'a> Executed<'a> {
    /// The lines of these files.
    pub fn of(files: &'a BTreeMap<String, FileMark>) -> Self {
        Self { files, unpacked: BTreeMap::new() }
    }

    /// Whether a line was executed; `None` if it is not executable.
    pub fn get(&mut self, path: &str, line: u32) -> Option<bool> {
        let (path, mark) = self.files.get_key_value(path)?;
        let lines = self.unpacked.entry(path).or_insert_with(|| mark.lines.iter().collect());
        let at = lines.binary_search_by_key(&line, |(line, _)| *line).ok()?;
        Some(lines[at].1)
    }
}

/// What makes a finding the same finding after lines have moved: never its line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    /// The tool.
    pub tool: String,
    /// The rule; empty if the tool names none.
    pub rule: String,
    /// The file's path in the repository; empty for a finding without a place.
    pub path: String,
    /// The message, with numbers and white space evened out.
    pub message: String,
}

/// How often a finding occurs, and how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingMark {
    /// The tool's severity on our scale.
    pub severity: Severity,
    /// Occurrences in the file.
    pub count: u64,
}

/// What makes a benchmark the same benchmark in another run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BenchmarkId {
    /// The name that is unique in its report.
    pub name: String,
    /// The unit, as the format defines it.
    pub unit: String,
}

/// What is remembered of a benchmark: one value stands for the run.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkMark {
    /// Median of the run's samples, else its mean; finite, in the unit of the identity.
    pub value: f64,
    /// Only a mean was there: outliers move it.
    pub weak: bool,
    /// Which way is better.
    pub direction: Direction,
    /// Samples behind the value.
    pub samples: u64,
    /// The machine that it was measured on.
    pub machine: Machine,
}

/// A change that somebody accepted: from there on a new epoch is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The commit at which the new epoch begins.
    pub commit: String,
    /// What is accepted: a benchmark, test, file or finding by name; globs are allowed.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When, in seconds since 1970 (UTC).
    pub recorded: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_are_found_in_any_order(
            given in prop::collection::btree_map(1..60_u32, any::<bool>(), 0..40),
            asked in prop::collection::vec(0..62_u32, 0..80),
        ) {
            let lines = Lines::collect(given.iter().map(|(line, hit)| (*line, *hit)));
            let mark = FileMark { total: lines.ratio(), lines, branches: None };
            let files = BTreeMap::from([("a".to_owned(), mark)]);
            let mut executed = Executed::of(&files);
            for line in asked {
                prop_assert_eq!(executed.get("a", line), given.get(&line).copied());
                prop_assert_eq!(executed.get("b", line), None);
            }
        }
    }
}
