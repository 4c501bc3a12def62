//! Coverage: which lines, branches and functions of which files were executed.
//!
//! The unit of line coverage is the distinct (file, line); a line is hit if any report, class or
//! instantiation hit it. Branches come as *edges* with an identity (LCOV, coverage.py JSON), which
//! are united, or as bare counts per line (Cobertura), of which the maximum is taken: a lower
//! bound, never a sum.

use super::ratio::Ratio;
use std::collections::BTreeMap;

/// Greatest line number that is believed; beyond it a report is refused rather than stored.
pub const MAX_LINE: u32 = 1 << 30;

/// The lines of one file: sorted, each once, one bit of state. Four bytes a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(Vec<u32>);

impl Lines {
    /// Makes the set from `(line, hit)` in any order; a line that occurs again is hit if any
    /// occurrence was. Line numbers must not exceed [`MAX_LINE`].
    pub fn collect(lines: impl IntoIterator<Item = (u32, bool)>) -> Self {
        let mut packed: Vec<u32> = lines.into_iter().map(|(line, hit)| line << 1 | u32::from(hit)).collect();
        // Nearly every report lists the lines of a file in order, each once.
        if packed.windows(2).all(|pair| pair[0] >> 1 < pair[1] >> 1) {
            return Self(packed);
        }
        packed.sort_unstable();
        // Of one line's two states the hit one sorts last: keep the last of each run.
        packed.reverse();
        packed.dedup_by_key(|p| *p >> 1);
        packed.reverse();
        Self(packed)
    }

    /// The lines in order, with whether each was hit.
    pub fn iter(&self) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.0.iter().map(|p| (p >> 1, p & 1 == 1))
    }

    /// Whether `line` was hit; `None` if it holds no code.
    pub fn get(&self, line: u32) -> Option<bool> {
        let at = self.0.partition_point(|p| p >> 1 < line);
        self.0.get(at).filter(|p| **p >> 1 == line).map(|p| p & 1 == 1)
    }

    /// Unites with another report of the same file.
    pub fn merge(&mut self, other: &Self) {
        *self = Self::collect(self.iter().chain(other.iter()));
    }

    /// Hit of all.
    pub fn ratio(&self) -> Ratio {
        let hit = self.0.iter().filter(|p| **p & 1 == 1).count();
        Ratio::new(hit as u64, self.0.len() as u64)
    }
}

/// The branches that start at one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    /// Edges by identity, and whether each was taken.
    pub edges: BTreeMap<Box<str>, bool>,
    /// Most that any report counted without naming edges.
    pub counted: Ratio,
}

impl Branches {
    /// Taken of all.
    pub fn ratio(&self) -> Ratio {
        let taken = self.edges.values().filter(|t| **t).count() as u64;
        let total = self.edges.len() as u64;
        Ratio::new(taken.max(self.counted.covered), total.max(self.counted.total))
    }

    /// Unites edges, and takes the maximum of bare counts.
    pub fn merge(&mut self, other: Self) {
        for (edge, taken) in other.edges {
            *self.edges.entry(edge).or_default() |= taken;
        }
        self.counted.covered = self.counted.covered.max(other.counted.covered);
        self.counted.total = self.counted.total.max(other.counted.total);
    }
}

/// What is known of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// Executable lines.
    pub lines: Lines,
    /// Branches by line; empty where the report has none.
    pub branches: BTreeMap<u32, Branches>,
    /// Functions by (start line, name), and whether each was called.
    pub functions: BTreeMap<(u32, Box<str>), bool>,
}

impl FileCoverage {
    /// Unites with another report of the same file.
    pub fn merge(&mut self, other: Self) {
        self.lines.merge(&other.lines);
        for (line, branches) in other.branches {
            self.branches.entry(line).or_default().merge(branches);
        }
        for (function, called) in other.functions {
            *self.functions.entry(function).or_default() |= called;
        }
    }

    /// Taken of all branches.
    pub fn branch_ratio(&self) -> Ratio {
        self.branches.values().map(Branches::ratio).sum()
    }

    /// Called of all functions.
    pub fn function_ratio(&self) -> Ratio {
        let called = self.functions.values().filter(|c| **c).count() as u64;
        Ratio::new(called, self.functions.len() as u64)
    }
}

/// The coverage of one or more reports, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files by the path in the report, or, once placed, in the repository.
    pub files: BTreeMap<String, FileCoverage>,
    /// Source roots the report names; paths may be relative to any of them.
    pub roots: Vec<String>,
    /// The report measures branches at all, even if it found none.
    pub has_branches: bool,
    /// The report measures functions at all.
    pub has_functions: bool,
}

impl Coverage {
    /// Unites with another report.
    pub fn merge(&mut self, other: Self) {
        for (path, file) in other.files {
            self.files.entry(path).or_default().merge(file);
        }
        self.roots.extend(other.roots);
        self.roots.sort_unstable();
        self.roots.dedup();
        self.has_branches |= other.has_branches;
        self.has_functions |= other.has_functions;
    }

    /// Hit of all lines.
    pub fn lines(&self) -> Ratio {
        self.files.values().map(|f| f.lines.ratio()).sum()
    }

    /// Taken of all branches; `None` if they were not measured.
    pub fn branches(&self) -> Option<Ratio> {
        self.has_branches.then(|| self.files.values().map(FileCoverage::branch_ratio).sum())
    }

    /// Called of all functions; `None` if they were not measured.
    pub fn functions(&self) -> Option<Ratio> {
        self.has_functions.then(|| self.files.values().map(FileCoverage::function_ratio).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_hit_if_any_occurrence_was() {
        let lines = Lines::collect([(3, false), (1, true), (3, true), (1, false), (2, false)]);
        assert_eq!(lines.iter().collect::<Vec<_>>(), [(1, true), (2, false), (3, true)]);
        assert_eq!(lines.ratio(), Ratio::new(2, 3));
        assert_eq!((lines.get(2), lines.get(4)), (Some(false), None));
    }

    #[test]
    fn edges_unite_and_counts_take_the_maximum() {
        let mut one = Branches { counted: Ratio::new(1, 2), ..Branches::default() };
        one.merge(Branches { counted: Ratio::new(1, 2), ..Branches::default() });
        assert_eq!(one.ratio(), Ratio::new(1, 2));
        let edge = |id: &str, taken| Branches { edges: [(id.into(), taken)].into(), ..Branches::default() };
        let mut two = edge("a", true);
        two.merge(edge("b", true));
        assert_eq!(two.ratio(), Ratio::new(2, 2));
    }
}
