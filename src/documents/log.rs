//! The progress log: a milestone's completion report, appended, never twice.

use super::edit::{self, EditError, Edits};
use super::metrics::CodeMetrics;
use super::outline::{Outline, fold};
use super::plain;
use crate::model::milestone::MilestoneId;
use crate::model::outcome::Outcome;
use crate::verdict::Verdict;
use jiff::civil::Date;

/// What the report tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionFacts {
    /// `[project] name`, for the title of a new log.
    pub project_name: String,
    /// The completed milestone.
    pub milestone: MilestoneId,
    /// Its name.
    pub name: String,
    /// The day.
    pub date: Date,
    /// `69/71`, where unit tests were judged.
    pub unit: Option<String>,
    /// `94.3%`, where line coverage was judged.
    pub coverage: Option<String>,
    /// `12/12`, where integration tests were judged.
    pub integration: Option<String>,
    /// Whether the targets were met.
    pub performance: Performance,
    /// The bullets of the documentation, in the order of [`DOCUMENTATION`].
    pub documentation: [Bullet; 4],
    /// What the sources measure.
    pub metrics: CodeMetrics,
}

/// Whether the performance targets were met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Performance {
    /// All of them.
    Met,
    /// Not all of them; a waiver let it pass.
    NotMet,
    /// No targets were judged.
    NotMeasured,
}

/// A bullet of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bullet {
    /// The criterion passed.
    Done,
    /// It did not, or was not asked; with the words behind the bullet.
    Open(String),
}

/// The bullets and the criterion of gate 3 behind each.
pub const DOCUMENTATION: [(&str, &str); 4] = [
    ("diagrams", "Technical design patterns documented"),
    ("docstrings", "API documentation updated"),
    ("guides", "Configuration guide created"),
    ("troubleshooting", "Troubleshooting guide updated"),
];

impl CompletionFacts {
    /// The facts of a verdict.
    pub fn new(
        verdict: &Verdict,
        milestone: MilestoneId,
        name: impl Into<String>,
        date: Date,
        metrics: CodeMetrics,
    ) -> Self {
        let figure = |gate, criterion, name| verdict.figure(gate, criterion, name).map(str::to_owned);
        Self {
            project_name: verdict.subject.project_name.clone(),
            milestone,
            name: name.into(),
            date,
            unit: figure("code-complete", "tests", "passing"),
            coverage: figure("code-complete", "coverage", "lines"),
            integration: figure("integration-verified", "integration-tests", "passing"),
            performance: match verdict.outcome("integration-verified", "benchmarks") {
                Some(Outcome::Passed) => Performance::Met,
                Some(Outcome::Failed | Outcome::Waived) => Performance::NotMet,
                _ => Performance::NotMeasured,
            },
            documentation: DOCUMENTATION.map(|(criterion, _)| bullet(verdict, criterion)),
            metrics,
        }
    }
}

fn bullet(verdict: &Verdict, id: &str) -> Bullet {
    let gate = verdict.gates.iter().find(|g| g.id == "documentation-complete");
    let Some(criterion) = gate.and_then(|g| g.criteria.iter().find(|c| c.id == id)) else {
        return Bullet::Open("not judged".to_owned());
    };
    match criterion.outcome {
        Outcome::Passed => Bullet::Done,
        Outcome::Disabled => Bullet::Open(format!("switched off: {}", criterion.judgement.measured)),
        Outcome::NotApplicable => Bullet::Open("not applicable".to_owned()),
        Outcome::Waived => Bullet::Open("waived".to_owned()),
        Outcome::Failed | Outcome::Unproven | Outcome::Deferred => {
            Bullet::Open(criterion.outcome.word().to_owned())
        }
    }
}

/// The log with the report at its end; a new log if there is none. A milestone that has a report keeps it.
///
/// # Errors
/// The text has conflict markers, or an unclosed fence or comment that would swallow the report.
pub fn append_completion(old: Option<&str>, facts: &CompletionFacts) -> Result<String, EditError> {
    let report = report(facts);
    let Some(old) = old.filter(|text| !text.trim_start_matches('\u{feff}').trim().is_empty()) else {
        return Ok(format!("# {} Progress Log\n\n{report}\n", plain::markdown(&facts.project_name)));
    };
    edit::settled(old, |text| append(text, facts, &report))
}

fn append(old: &str, facts: &CompletionFacts, report: &str) -> Result<String, EditError> {
    let mut edits = Edits::new(old)?;
    let title = fold(&format!("Milestone {} Completion Report", facts.milestone));
    let reported = |text: &str| {
        let text = fold(text);
        text.strip_prefix(title.as_str()).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    if !Outline::new(old).headings.iter().any(|h| reported(&h.text)) {
        edits.append(0..old.len(), report);
    }
    edits.apply()
}

/// The report, to the letter of the template, with the day under its heading.
fn report(facts: &CompletionFacts) -> String {
    let passing = |figure: &Option<String>| match figure {
        Some(figure) => format!("{} passing", plain::markdown(figure)),
        None => "not measured".to_owned(),
    };
    let coverage =
        facts.coverage.as_ref().map(|c| format!(" ({} coverage)", plain::markdown(c))).unwrap_or_default();
    let performance = match facts.performance {
        Performance::Met => "Met targets",
        Performance::NotMet => "Not Met targets",
        Performance::NotMeasured => "not measured",
    };
    let bullets: Vec<_> = DOCUMENTATION
        .iter()
        .zip(&facts.documentation)
        .map(|((_, words), bullet)| match bullet {
            Bullet::Done => format!("- [x] {words}"),
            Bullet::Open(why) => format!("- [ ] {words} ({})", plain::markdown(why)),
        })
        .collect();
    let metrics = &facts.metrics;
    let name = plain::markdown(&facts.name);
    format!(
        "## Milestone {} Completion Report\n\n*Completed: {}{}{name}*\n\n### Test Results\n- Unit Tests: {}{coverage}\n\
         - Integration Tests: {}\n- Performance Tests: {performance}\n\n### Documentation Updates\n{}\n\n\
         ### Code Metrics\n- Total LOC: {}\n- Test LOC: {}\n- Documentation: {}\n- Complexity: {}",
        facts.milestone,
        facts.date,
        if name.is_empty() { "" } else { " - " },
        passing(&facts.unit),
        passing(&facts.integration),
        bullets.join("\n"),
        metrics.code.shown(""),
        metrics.tests.shown(""),
        metrics.documentation.shown(" lines"),
        metrics.complexity,
    )
}
