//! Coverage: which lines, branches and functions of which files were executed.
//!
//! The unit of line coverage is the distinct (file, line); a line is hit if any report, class or
//! instantiation hit it. Branches come as *edges* with an identity (LCOV, coverage.py JSON), which
//! are united, or as bare counts per line (Cobertura), of which the maximum is taken: a lower
//! bound, never a sum. Statements (Go, Istanbul) are a metric of their own, told apart by where they
//! stand. A summary knows totals of a file and not which lines they are: it answers for ratios, and
//! of two the maximum is taken, again a lower bound.

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

    /// Whether no line is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

/// Where a block of statements begins and ends: line, column, line, column.
pub type Span = [u32; 4];

/// Statements that are executed together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Block {
    /// How many they are.
    pub statements: u32,
    /// They were executed.
    pub hit: bool,
}

/// Totals of one file, where the report does not say which lines they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines.
    pub lines: Ratio,
    /// Branches.
    pub branches: Ratio,
    /// Functions.
    pub functions: Ratio,
    /// Statements.
    pub statements: Ratio,
}

impl Totals {
    fn merge(&mut self, other: Self) {
        self.lines = most(self.lines, other.lines);
        self.branches = most(self.branches, other.branches);
        self.functions = most(self.functions, other.functions);
        self.statements = most(self.statements, other.statements);
    }
}

/// The most that either tells: what both together cover is at least that.
fn most(one: Ratio, other: Ratio) -> Ratio {
    Ratio::new(one.covered.max(other.covered), one.total.max(other.total))
}

/// What is known of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// Executable lines.
    pub lines: Lines,
    /// Branches by line; empty where the report has none. Line 0 holds those of an unknown line.
    pub branches: BTreeMap<u32, Branches>,
    /// Functions by (start line, name), and whether each was called.
    pub functions: BTreeMap<(u32, Box<str>), bool>,
    /// Statements by where they stand.
    pub statements: BTreeMap<Span, Block>,
    /// What a summary tells of the file, without saying where.
    pub totals: Totals,
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
        for (span, block) in other.statements {
            let known = self.statements.entry(span).or_default();
            known.hit |= block.hit;
            known.statements = known.statements.max(block.statements);
        }
        self.totals.merge(other.totals);
    }

    /// It has executable lines, and no report says which.
    pub fn is_without_lines(&self) -> bool {
        self.lines.is_empty() && !self.totals.lines.is_empty()
    }

    /// Hit of all lines.
    pub fn line_ratio(&self) -> Ratio {
        most(self.lines.ratio(), self.totals.lines)
    }

    /// Taken of all branches.
    pub fn branch_ratio(&self) -> Ratio {
        most(self.branches.values().map(Branches::ratio).sum(), self.totals.branches)
    }

    /// Called of all functions.
    pub fn function_ratio(&self) -> Ratio {
        let called = self.functions.values().filter(|c| **c).count() as u64;
        most(Ratio::new(called, self.functions.len() as u64), self.totals.functions)
    }

    /// Executed of all statements.
    pub fn statement_ratio(&self) -> Ratio {
        let counted = self.statements.values().map(|block| {
            let statements = u64::from(block.statements);
            Ratio::new(if block.hit { statements } else { 0 }, statements)
        });
        most(counted.sum(), self.totals.statements)
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
    /// The report measures statements at all.
    pub has_statements: bool,
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
        self.has_statements |= other.has_statements;
    }

    /// The same report without its files: which metrics it holds.
    pub fn without_files(&self) -> Self {
        Self {
            files: BTreeMap::new(),
            roots: Vec::new(),
            has_branches: self.has_branches,
            has_functions: self.has_functions,
            has_statements: self.has_statements,
        }
    }

    /// Hit of all lines.
    pub fn lines(&self) -> Ratio {
        self.files.values().map(FileCoverage::line_ratio).sum()
    }

    /// Executed of all statements; `None` if they were not measured.
    pub fn statements(&self) -> Option<Ratio> {
        self.has_statements.then(|| self.files.values().map(FileCoverage::statement_ratio).sum())
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

    #[test]
    fn merging_totals_and_statements_does_not_depend_on_the_order() {
        let lined =
            FileCoverage { lines: Lines::collect([(1, true), (2, false)]), ..FileCoverage::default() };
        let summed = |covered, total| FileCoverage {
            totals: Totals { lines: Ratio::new(covered, total), ..Totals::default() },
            ..FileCoverage::default()
        };
        let block = |statements, hit| FileCoverage {
            statements: [([1, 2, 3, 4], Block { statements, hit })].into(),
            ..FileCoverage::default()
        };
        let parts = [lined, summed(3, 5), summed(4, 4), block(2, false), block(2, true), block(3, false)];
        let fold = |order: &[usize]| {
            let mut whole = FileCoverage::default();
            order.iter().for_each(|i| whole.merge(parts[*i].clone()));
            whole
        };
        let whole = fold(&[0, 1, 2, 3, 4, 5]);
        assert_eq!(whole, fold(&[5, 3, 1, 4, 2, 0]));
        let mut right = fold(&[1, 2]);
        right.merge(fold(&[3, 4, 5]));
        let mut left = fold(&[0]);
        left.merge(right);
        assert_eq!(whole, left);
        assert_eq!(whole.line_ratio(), Ratio::new(4, 5));
        assert_eq!(whole.statement_ratio(), Ratio::new(3, 3));
        assert!(!whole.is_without_lines() && fold(&[1]).is_without_lines());
    }
}
