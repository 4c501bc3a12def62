//! The row of a report format, and what goes in and comes out of a reader.

use super::detect::Head;
use super::error::{Code, ReadError};
use crate::model::benchmarks::Benchmarks;
use crate::model::complexity::Complexity;
use crate::model::coverage::Coverage;
use crate::model::docstrings::Docstrings;
use crate::model::findings::Findings;
use crate::model::health::Health;
use crate::model::metrics::Metrics;
use crate::model::tests::Tests;
use crate::model::values::Values;

/// What a report is evidence of. The word is the `kind` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Test results.
    Tests,
    /// Line, branch and function coverage.
    Coverage,
    /// Lint, type and format findings.
    Findings,
    /// Benchmark results.
    Benchmarks,
    /// Docstring coverage.
    Docstrings,
    /// Cyclomatic complexity. Shown, never judged.
    Complexity,
    /// Metrics of a running system.
    Metrics,
    /// Health of a running system.
    Health,
    /// Numbers of a file of no known format.
    Values,
}

impl Kind {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Coverage => "coverage",
            Self::Findings => "findings",
            Self::Benchmarks => "benchmarks",
            Self::Docstrings => "docstrings",
            Self::Complexity => "complexity",
            Self::Metrics => "metrics",
            Self::Health => "health",
            Self::Values => "values",
        }
    }
}

/// How a report shows that it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its syntax has an end (a closed root, a closing summary line): a cut is always seen.
    Marked,
    /// A sequence of records without an end: a cut between two records cannot be seen in the file.
    Records,
    /// Nothing at all is written when all is well: only the recorded exit status proves a run.
    ExitStatus,
}

/// One report format: a row of the table [`super::FORMATS`].
#[derive(Debug)]
pub struct Format {
    /// The name in configuration and JSON: `pylint-json`.
    pub name: &'static str,
    /// What it is evidence of.
    pub kind: Kind,
    /// Tools that write it, for people.
    pub tools: &'static str,
    /// A command that makes such a report.
    pub command: &'static str,
    /// How it shows that it is whole.
    pub end: End,
    /// Whether the head of a file looks like it. Cheap, and sure: of all formats at most one says yes.
    pub detect: fn(&Head<'_>) -> bool,
    /// Reads all of it.
    pub read: fn(&Input<'_>) -> Result<Report, ReadError>,
}

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// All its bytes.
    pub bytes: &'a [u8],
    /// The recorded exit status of the tool that wrote it, if there is one.
    pub exit_status: Option<i32>,
    /// What is refused for its size.
    pub limits: &'a Limits,
}

/// Bounds within which a report is read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one report.
    pub bytes: u64,
    /// Nesting of XML elements.
    pub depth: usize,
    /// Attributes of one XML element.
    pub attributes: usize,
    /// Tests, findings, benchmarks or files of one report.
    pub items: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, depth: 256, attributes: 1024, items: 5_000_000 }
    }
}

impl Limits {
    /// Refuses a file that is too large.
    ///
    /// # Errors
    /// [`Code::Limit`].
    pub fn check_size(&self, bytes: usize) -> Result<(), ReadError> {
        if bytes as u64 > self.bytes {
            return Err(ReadError::new(
                Code::Limit,
                format!("the file has {bytes} bytes, more than the limit of {}", self.bytes),
            )
            .hint("raise [limits] report-bytes in milegate.toml if the report is truly that large"));
        }
        Ok(())
    }

    /// Refuses more items than allowed.
    ///
    /// # Errors
    /// [`Code::Limit`].
    pub fn check_items(&self, items: usize) -> Result<(), ReadError> {
        if items > self.items {
            return Err(ReadError::new(Code::Limit, format!("more than {} entries", self.items)));
        }
        Ok(())
    }
}

impl Body {
    /// What it is evidence of.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Tests(_) => Kind::Tests,
            Self::Coverage(_) => Kind::Coverage,
            Self::Findings(_) => Kind::Findings,
            Self::Benchmarks(_) => Kind::Benchmarks,
            Self::Docstrings(_) => Kind::Docstrings,
            Self::Complexity(_) => Kind::Complexity,
            Self::Metrics(_) => Kind::Metrics,
            Self::Health(_) => Kind::Health,
            Self::Values(_) => Kind::Values,
        }
    }
}

/// What a reader made of a report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The format it was read as.
    pub format: &'static Format,
    /// What it says.
    pub body: Body,
    /// What a person should know about it that does not decide.
    pub notices: Vec<String>,
}

impl Report {
    /// A report without notices.
    pub fn new(format: &'static Format, body: Body) -> Self {
        Self { format, body, notices: Vec::new() }
    }
}

/// The evidence in a report.
#[allow(clippy::large_enum_variant, reason = "a run holds a handful of them, and one is read at a time")]
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Test results.
    Tests(Tests),
    /// Coverage, by the report's own paths.
    Coverage(Coverage),
    /// Findings.
    Findings(Findings),
    /// Benchmark results.
    Benchmarks(Benchmarks),
    /// Docstring coverage.
    Docstrings(Docstrings),
    /// Cyclomatic complexity.
    Complexity(Complexity),
    /// Metrics of a running system.
    Metrics(Metrics),
    /// Health of a running system.
    Health(Health),
    /// The content of a file of no known format.
    Values(Values),
}
