//! A place in a file, as it is shown to a person: `path:line`.

use std::fmt;

/// A file, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The path as the report or the repository names it; a label, never opened.
    pub path: String,
    /// 1-based line.
    pub line: Option<u32>,
    /// 1-based column.
    pub column: Option<u32>,
}

impl Place {
    /// The file as a whole.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, column: None }
    }

    /// A line of the file.
    pub fn line(path: impl Into<String>, line: u32) -> Self {
        Self { path: path.into(), line: Some(line), column: None }
    }

    /// The same, borrowed.
    pub fn borrowed(&self) -> PlaceRef<'_> {
        PlaceRef { path: &self.path, line: self.line, column: self.column }
    }

    /// A line and a column as a tool writes them, both 1-based: numbers below 1 mean "not known".
    pub fn at(path: impl Into<String>, line: i64, column: i64) -> Self {
        let known = |number: i64| u32::try_from(number).ok().filter(|n| *n > 0);
        let line = known(line);
        Self { path: path.into(), line, column: line.and(known(column)) }
    }
}

/// A place, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceRef<'a> {
    /// See [`Place::path`].
    pub path: &'a str,
    /// See [`Place::line`].
    pub line: Option<u32>,
    /// See [`Place::column`].
    pub column: Option<u32>,
}

impl PlaceRef<'_> {
    /// The same with a path of its own.
    pub fn to_owned(self) -> Place {
        Place { path: self.path.to_owned(), line: self.line, column: self.column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        Ok(())
    }
}
