//! What checklist, history, files, reports and registers say about a day. Nothing is invented: what
//! has no source stays empty.

use crate::commands::collect::{self, Request};
use crate::commands::past::Sheet;
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::documents::day as entry;
use crate::documents::metrics::CodeMetrics;
use crate::evidence::{Evidence, merge};
use crate::model::coverage::Coverage;
use crate::model::day::{Day, Done};
use crate::model::milestone::{Milestone, MilestoneId};
use crate::model::outcome::{Occasion, Outcome};
use crate::model::performance::Performance;
use crate::model::quantity::Dimension;
use crate::model::register::{BLOCKER, Registers};
use crate::readers;
use crate::verdict::{Verdict, judge};
use crate::{documents::entries::Entry, gates};
use jiff::civil::Date;

/// Larger files are not counted.
const MAX_SOURCE: u64 = 4 << 20;

/// Everything that is known.
pub(super) struct Facts {
    evidence: Evidence,
    verdict: Verdict,
    coverage: Coverage,
}

impl Facts {
    /// Reads checklist and reports.
    pub(super) fn collect(workspace: &Workspace, milestone: Option<&Milestone>) -> Result<Self, Refusal> {
        let milestone = milestone.cloned();
        let request = Request { occasion: Occasion::Change, milestone, base: None, bundles: Vec::new() };
        let (evidence, subject) = collect::collect(workspace, &request)?;
        let config = &workspace.config;
        let verdict = judge(&config.gates, &evidence, &config.waivers, subject, &[]);
        let entries: Vec<_> = evidence.reports.values().collect();
        let of_coverage: Vec<_> =
            entries.into_iter().filter(|e| e.kind() == Some(readers::Kind::Coverage)).collect();
        // A report that cannot be relied on measures nothing.
        let usable: Vec<_> =
            of_coverage.into_iter().filter(|e| e.doubt(&[readers::Kind::Coverage]).is_none()).collect();
        let files = merge::files(&usable, readers::Kind::Coverage).unwrap_or_default();
        let coverage = merge::coverage(&files, &evidence.tree).coverage;
        Ok(Self { evidence, verdict, coverage })
    }

    /// Lines and coverage of the file of an item.
    pub(super) fn measure(&self, workspace: &Workspace, done: &mut Done) {
        let Ok(path) = workspace.root.relative(&done.implementation) else { return };
        if path.is_empty() {
            return;
        }
        if done.lines.is_none()
            && let Ok(file) = workspace.root.read(&path, MAX_SOURCE)
        {
            let metrics = CodeMetrics::measure([(path.as_str(), file.bytes.as_slice())]);
            done.lines = Some(metrics.total_loc).filter(|lines| *lines > 0);
        }
        if let Some(file) = self.coverage.files.get(&path).filter(|_| done.coverage.is_empty())
            && file.line_ratio().total > 0
        {
            done.coverage = file.line_ratio().percent().to_string();
        }
    }

    /// Benchmarks against their targets, and the metric criteria, where nothing was said.
    pub(super) fn performance(&self, workspace: &Workspace, day: &mut Day) {
        if day.benchmarks.is_empty() {
            let rows = gates::performance(&workspace.config.gates, &self.evidence);
            day.benchmarks = rows.iter().map(words).collect();
        }
        let (load, resources): (Vec<_>, Vec<_>) =
            self.metrics().partition(|(_, measured)| measured.contains("/s"));
        let line = |(id, measured): (String, String)| format!("{id}: {measured}");
        for (place, found) in [(&mut day.load, load), (&mut day.resources, resources)] {
            if place.is_empty() {
                *place = found.into_iter().map(line).collect();
            }
        }
    }

    /// The metric criteria that measured something.
    fn metrics(&self) -> impl Iterator<Item = (String, String)> {
        let criteria = self.verdict.gates.iter().flat_map(|gate| &gate.criteria);
        let judged = criteria.filter(|c| {
            c.kind == "metric" && matches!(c.outcome, Outcome::Passed | Outcome::Failed | Outcome::Waived)
        });
        judged.map(|c| {
            let measured = match c.judgement.expected.is_empty() {
                true => c.judgement.measured.clone(),
                false => format!("{} (target was {})", c.judgement.measured, c.judgement.expected),
            };
            (c.id.clone(), measured)
        })
    }
}

/// A benchmark as the template says it.
fn words(row: &Performance) -> String {
    let operation = &row.operation;
    match &row.current {
        Ok(current) if current.dimension == Dimension::Time => {
            format!("{operation} takes {current} (target was {})", row.target)
        }
        Ok(current) => format!("{operation} reaches {current} (target was {})", row.target),
        Err(_) => format!("{operation} not measured (target was {})", row.target),
    }
}

/// The items of a milestone that are ticked now, were not at the beginning of the day of the last
/// entry (of `date`, without one), and are named by no entry yet.
pub(super) fn ticked(
    workspace: &Workspace,
    now: &Sheet,
    milestone: &MilestoneId,
    entries: &[Entry],
    date: Date,
) -> Result<Vec<Done>, Refusal> {
    let since = entries.iter().map(|entry| entry.date).filter(|day| *day <= date).max().unwrap_or(date);
    let before = Sheet::before(workspace, since)?.found;
    let named: Vec<_> = entries.iter().flat_map(|entry| entry::completed(&entry.text)).collect();
    let new = now.ticked_since(before.as_ref()).into_iter();
    let ours = new.filter(|item| item.milestone.as_ref() == Some(milestone)).map(|item| now.done(item));
    Ok(ours.filter(|done| !named.contains(&done.text)).collect())
}

/// What blocks a milestone by the registers.
pub(super) fn blocking(registers: &Registers, milestone: &str) -> String {
    let open = registers.open(&BLOCKER).filter(|entry| entry.group.as_deref() == Some(milestone));
    let titles: Vec<_> = open.map(|entry| entry.title().to_owned()).collect();
    if titles.is_empty() { "None".to_owned() } else { titles.join("; ") }
}
