//! Coverage: which lines, branches and functions of which files were executed.
//!
//! The unit of line coverage is the distinct (file, line); a line is hit if any report, class or
//! instantiation hit it. Statements (Go, Istanbul) are a metric of their own, told apart by where they
//! stand. A summary knows totals of a file and not which lines they are: it answers for ratios, and
//! of two the maximum is taken, again a lower bound.

use super::ratio::Ratio;
use std::collections::BTreeMap;

pub use super::branches::Branches;
pub use super::functions::Functions;
pub use super::lines::{Lines, MAX_LINE};

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
        self.lines = self.lines.most(other.lines);
        self.branches = self.branches.most(other.branches);
        self.functions = self.functions.most(other.functions);
        self.statements = self.statements.most(other.statements);
    }
}

/// What is known of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// Executable lines.
    pub lines: Lines,
    /// Branches; empty where the report has none.
    pub branches: Branches,
    /// Functions; empty where the report has none.
    pub functions: Functions,
    /// Statements by where they stand.
    pub statements: BTreeMap<Span, Block>,
    /// What a summary tells of the file, without saying where.
    pub totals: Totals,
}

impl FileCoverage {
    /// Unites with another report of the same file.
    pub fn merge(&mut self, other: Self) {
        self.lines.merge(&other.lines);
        self.branches.merge(other.branches);
        self.functions.merge(&other.functions);
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
        self.lines.ratio().most(self.totals.lines)
    }

    /// Taken of all branches.
    pub fn branch_ratio(&self) -> Ratio {
        self.branches.ratio().most(self.totals.branches)
    }

    /// Called of all functions.
    pub fn function_ratio(&self) -> Ratio {
        self.functions.ratio().most(self.totals.functions)
    }

    /// Executed of all statements.
    pub fn statement_ratio(&self) -> Ratio {
        let counted = self.statements.values().map(|block| {
            let statements = u64::from(block.statements);
            Ratio::new(if block.hit { statements } else { 0 }, statements)
        });
        counted.sum::<Ratio>().most(self.totals.statements)
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
