//! Judging the Progress Verification Checklist for one item: every line, with the item's own files.

use super::evaluate::{Claims, Criterion, judge};
use super::verification::{Item, Line, Verified};
use super::{Gate, Waiver};
use crate::criteria::spec::text::Globs;
use crate::criteria::{Context, Judgement};
use crate::evidence::{Doubt, EntryEvidence, Evidence, narrow};
use crate::model::outcome::Outcome;

/// A judged line.
#[derive(Debug, Clone)]
pub struct LineResult {
    /// The heading it stands under.
    pub section: String,
    /// What it says.
    pub text: String,
    /// What has to hold for it, judged.
    pub criteria: Vec<Criterion>,
}

impl LineResult {
    /// The criteria that are in the way.
    pub fn missing(&self) -> impl Iterator<Item = &Criterion> {
        let open = |c: &&Criterion| matches!(c.outcome, Outcome::Failed | Outcome::Unproven) && !c.advisory;
        self.criteria.iter().filter(open)
    }
}

/// Judges the lines. Nothing passes that is not known: a file that the item does not name, a report
/// that nobody wrote, a statement that nobody attests.
pub fn verify(lines: &[Line], gates: &[Gate], evidence: &Evidence, waivers: &[Waiver]) -> Vec<LineResult> {
    let claims = Claims::new(gates, evidence);
    let judged = |line: &Line| LineResult {
        section: line.section.clone(),
        text: line.text.clone(),
        criteria: line.criteria.iter().map(|one| criterion(one, &claims, evidence, waivers)).collect(),
    };
    lines.iter().map(judged).collect()
}

fn criterion(verified: &Verified, claims: &Claims, evidence: &Evidence, waivers: &[Waiver]) -> Criterion {
    let definition = &verified.definition;
    let id = format!("verification/{}", definition.id);
    let reports: Vec<&EntryEvidence> = match &definition.reports {
        Some(names) => names.iter().filter_map(|name| evidence.reports.get(name)).collect(),
        None => verified.like.as_deref().map(|like| claims.of(like, evidence)).unwrap_or_default(),
    };
    let scope = (!verified.scope.is_empty()).then(|| Globs::new(verified.scope.clone()).ok()).flatten();
    let set = scope.as_ref().map(Globs::set);
    let own: Vec<EntryEvidence> = match set {
        Some(set) if definition.kind.name == "tests" => {
            reports.iter().map(|entry| narrow::tests(entry, set, &evidence.tree)).collect()
        }
        _ => Vec::new(),
    };
    let narrowed: Vec<&EntryEvidence> = own.iter().collect();
    let is_narrow = !narrowed.is_empty();
    let reports = if is_narrow { narrowed } else { reports };
    let context = Context { id: &id, evidence, reports: &reports, scope: set };
    let mut judged = judge(definition, &context, waivers);
    let doubt = unnamed(verified).or_else(|| no_test(is_narrow, &reports));
    if let Some(doubt) = doubt.filter(|_| judged.outcome != Outcome::Disabled) {
        judged.judgement = Judgement::unproven(doubt);
        judged.outcome = Outcome::Unproven;
    }
    judged
}

/// The file that a criterion is about, and that the item does not name.
fn unnamed(verified: &Verified) -> Option<Doubt> {
    let documents = verified.definition.criterion.documents();
    let needs = |name: &str| verified.scope.iter().chain(&documents).any(|text| text.contains(name));
    let rows = [(Item::NO_IMPLEMENTATION, "implementation"), (Item::NO_TEST, "test")];
    let (_, what) = rows.into_iter().find(|(name, _)| needs(name))?;
    let label = if what == "test" { "Test file" } else { "Implementation file" };
    Some(Doubt::new(
        "tick/unknown-file",
        format!("not known: the item names no {what} file"),
        format!("--{what} PATH, or a line `- {label}: PATH` below the item"),
    ))
}

/// Readable reports in which no test is known to stand in the item's test file.
fn no_test(is_narrow: bool, reports: &[&EntryEvidence]) -> Option<Doubt> {
    let empty = is_narrow && !reports.iter().any(|entry| narrow::holds_tests(entry));
    let read = reports.iter().any(|entry| entry.files.iter().any(|file| file.report.is_ok()));
    (empty && read).then(|| {
        Doubt::new(
            "tick/no-test",
            "no test in the reports is known to stand in the item's test file",
            "run its tests and write their report again",
        )
    })
}
