//! How complex functions are: the number of independent paths through each (cyclomatic complexity).

/// One function or method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Function {
    /// Its file, as the report names it.
    pub path: String,
    /// 1-based line where it begins.
    pub line: u32,
    /// Its name.
    pub name: String,
    /// Paths through it; at least one.
    pub paths: u32,
}

/// The functions that a tool looked at, tests among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Complexity {
    /// In the order of the report.
    pub functions: Vec<Function>,
}

impl Complexity {
    /// Paths through all of them.
    pub fn sum(&self) -> u64 {
        self.functions.iter().map(|function| u64::from(function.paths)).sum()
    }

    /// The most complex one; of several, the first.
    pub fn highest(&self) -> Option<&Function> {
        self.functions.iter().rev().max_by_key(|function| function.paths)
    }
}
