//! What a report shows beside the verdict: the tests, the lines, the findings and the history it was
//! judged by. Collected only where an output asks for it; nothing of it decides.

use super::burndown::Chart;
use super::comparison::Series;
use crate::evidence::excerpt::Excerpt;
use crate::model::coverage::Coverage;
use crate::model::findings::Findings;
use crate::model::performance::Performance;
use crate::model::ratio::Ratio;
use crate::model::tests::Tests;

/// Everything; what is not there was not measured.
#[derive(Debug, Default)]
pub struct Exhibit {
    /// All tests.
    pub tests: Option<Tests>,
    /// Coverage by the repository's own paths.
    pub coverage: Option<Coverage>,
    /// What changed since the base.
    pub changes: Option<Changes>,
    /// All findings.
    pub findings: Option<Findings>,
    /// The targets of benchmarks, with what was measured.
    pub performance: Vec<Performance>,
    /// Benchmarks with their history.
    pub benchmarks: Vec<Series>,
    /// How the open items went down.
    pub burndown: Option<Chart>,
    /// Who signed off what.
    pub approvals: Vec<SignOff>,
    /// The files it all comes from.
    pub reports: Vec<Provenance>,
    /// What could not be shown, and why.
    pub notes: Vec<String>,
}

/// Changed lines, with the source.
#[derive(Debug, Default)]
pub struct Changes {
    /// What it is measured from, for people.
    pub base: String,
    /// Executed of the changed executable lines, in all files that a coverage report knows.
    pub ratio: Ratio,
    /// Files that a coverage report knows, the least covered first.
    pub files: Vec<Excerpt>,
    /// Changed files that no coverage report knows, with how many of their lines changed.
    pub unmeasured: Vec<(String, u64)>,
    /// Files of either kind that are not listed.
    pub left_out: usize,
}

/// An approval, and why it counts or not.
#[derive(Debug)]
pub struct SignOff {
    /// The role, or the statement that is attested.
    pub topic: String,
    /// Who.
    pub person: String,
    /// `approve`, `reject`, `withdraw`.
    pub decision: &'static str,
    /// The day, as it stands in the file.
    pub day: String,
    /// Whether it counts for what is judged now.
    pub counts: bool,
    /// Why it counts or not.
    pub why: String,
    /// What the person wrote.
    pub comment: String,
}

/// A report file, and how it stands to what is judged.
#[derive(Debug)]
pub struct Provenance {
    /// The entry of `[reports]`.
    pub entry: String,
    /// Path in the repository.
    pub path: String,
    /// The format it was read as.
    pub format: String,
    /// SHA-256 of its bytes; empty if it could not be read.
    pub sha256: String,
    /// What shows that it is about this content, or why it is no evidence.
    pub standing: Result<String, String>,
}

/// Why a command ended without a verdict.
#[derive(Debug)]
pub struct Refused<'a> {
    /// The exit status.
    pub status: u8,
    /// What is wrong.
    pub message: &'a str,
    /// What to do next.
    pub next_step: Option<&'a str>,
    /// Mistakes in the configuration: place, sentence, and what would be right.
    pub mistakes: Vec<(String, &'a str, Option<&'a str>)>,
}
