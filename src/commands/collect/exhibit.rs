//! What a report shows beside the verdict, out of the evidence, the sources and the history. Bounded;
//! what cannot be had is said on the page, and changes nothing.

use crate::commands::workspace::Workspace;
use crate::commands::{burndown, compare, topic};
use crate::criteria::sign_off;
use crate::evidence::comparison::benchmarks::{Rules, compare as compare_benchmarks, confirm};
use crate::evidence::{Baseline, Evidence, ReportFile, excerpt, merge, snapshot};
use crate::gates;
use crate::model::change::ChangedLines;
use crate::model::coverage::{Coverage, FileCoverage, Lines};
use crate::readers::Kind;
use crate::render::burndown::Chart;
use crate::render::comparison::Series;
use crate::render::exhibit::{Changes, Exhibit, Provenance, SignOff};

/// Changed files that are shown with their source.
const FILES: usize = 60;
/// Lines of one file.
const LINES: usize = 160;
/// Lines of all of them.
const ALL_LINES: usize = 2500;
/// Changed files without coverage that are named.
const UNMEASURED: usize = 200;
/// A source file that is longer is not opened.
const MAX_SOURCE: u64 = 2 << 20;

/// Everything that can be shown.
pub(in crate::commands) fn exhibit(workspace: &Workspace, evidence: &Evidence) -> Exhibit {
    let of = |kind: Kind| -> Vec<&ReportFile> {
        let entries = evidence.reports.values().filter(|e| !e.entry.apart);
        let is = |file: &&ReportFile| file.report.as_ref().is_ok_and(|report| report.format.kind == kind);
        entries.flat_map(|entry| &entry.files).filter(is).collect()
    };
    let some = |files: Vec<_>| Some(files).filter(|files: &Vec<&ReportFile>| !files.is_empty());
    let coverage = some(of(Kind::Coverage)).map(|files| merge::coverage(&files, &evidence.tree).coverage);
    let mut notes = Vec::new();
    let changes = match &evidence.changed_lines {
        Ok(changed) => changed.as_ref().map(|changed| changes(workspace, changed, coverage.as_ref())),
        Err(doubt) => {
            notes.push(format!("the changed lines are not shown: {}", doubt.message));
            None
        }
    };
    Exhibit {
        tests: some(of(Kind::Tests)).map(|files| merge::tests(&files)),
        changes: changes.filter(|all| !all.files.is_empty() || !all.unmeasured.is_empty()),
        coverage,
        findings: some(of(Kind::Findings)).map(|files| merge::findings(&files, &evidence.tree)),
        performance: gates::performance(&workspace.config.gates, evidence),
        benchmarks: benchmarks(workspace, evidence, &of(Kind::Benchmarks), &mut notes),
        burndown: chart(workspace, evidence),
        approvals: approvals(workspace, evidence),
        reports: reports(evidence),
        notes,
    }
}

/// The changed files; those that have the most lines that were not executed first.
fn changes(workspace: &Workspace, changed: &ChangedLines, coverage: Option<&Coverage>) -> Changes {
    let own = || changed.files.iter().filter(|(path, _)| !changed.generated.contains(*path));
    let known = |path: &str| coverage.and_then(|all| all.files.get(path));
    let is_missed = |lines: &Lines, path: &str| {
        lines.iter().filter(|(line, hit)| !hit && changed.holds(path, *line)).count()
    };
    let mut measured: Vec<(&String, &FileCoverage)> =
        own().filter_map(|(path, _)| Some((path, known(path)?))).collect();
    measured.sort_by_cached_key(|(path, file)| (std::cmp::Reverse(is_missed(&file.lines, path)), *path));
    let ranges_of = |path: &str| changed.files.get(path).map(Vec::as_slice).unwrap_or_default();
    let mut room = ALL_LINES;
    let mut files = Vec::new();
    for (path, file) in measured.iter().take(FILES) {
        let source = workspace.root.read(path, MAX_SOURCE).ok();
        let source = source.map(|read| String::from_utf8_lossy(&read.bytes).into_owned()).unwrap_or_default();
        let excerpt = excerpt::of(path, &source, ranges_of(path), &file.lines, LINES.min(room));
        room -= excerpt.blocks.iter().map(Vec::len).sum::<usize>().min(room);
        files.push(excerpt);
    }
    let unmeasured = coverage.map(|coverage| changed.unmeasured(coverage)).unwrap_or_default();
    let count = |ranges: &[std::ops::RangeInclusive<u32>]| {
        ranges.iter().map(|r| u64::from(r.end().saturating_sub(*r.start())) + 1).sum()
    };
    let left_out = measured.len().saturating_sub(FILES) + unmeasured.len().saturating_sub(UNMEASURED);
    let named = unmeasured.into_iter().take(UNMEASURED);
    Changes {
        base: changed.base.clone(),
        ratio: measured.iter().map(|(path, file)| excerpt::ratio(ranges_of(path), &file.lines)).sum(),
        left_out,
        files,
        unmeasured: named.map(|path| (path.clone(), count(ranges_of(path)))).collect(),
    }
}

/// The benchmarks against their history, by the rules of the criterion that judges it.
fn benchmarks(
    workspace: &Workspace,
    evidence: &Evidence,
    files: &[&ReportFile],
    notes: &mut Vec<String>,
) -> Vec<Series> {
    if files.is_empty() {
        return Vec::new();
    }
    let none = Baseline::default();
    let baseline = evidence.baseline.as_ref().ok().and_then(Option::as_ref).unwrap_or(&none);
    let criteria = workspace.config.gates.iter().flat_map(|gate| &gate.criteria);
    let rules = criteria.filter_map(|d| d.criterion.benchmark_rules()).next();
    let entries: Vec<_> = evidence
        .reports
        .values()
        .filter(|entry| !entry.entry.apart && entry.kind() == Some(Kind::Benchmarks))
        .collect();
    match snapshot::of_benchmarks(&entries, &evidence.machine) {
        Ok(now) => {
            let rules = rules.unwrap_or_else(Rules::default);
            let mut comparison = compare_benchmarks(&now, baseline, &rules);
            if let Some(Ok(rerun)) = &evidence.rerun {
                confirm(&mut comparison, rerun, baseline, &rules);
            }
            compare::series::of(&comparison, baseline)
        }
        Err(doubt) => {
            notes.push(format!("the benchmarks are not shown: {}", doubt.message));
            Vec::new()
        }
    }
}

/// The burndown of what is judged, once there are days to draw a line between.
fn chart(workspace: &Workspace, evidence: &Evidence) -> Option<Chart> {
    let path = workspace.config.documents.checklist.as_ref()?;
    burndown::chart(workspace, path, evidence.milestone.as_ref(), None).ok().filter(|c| c.days.len() > 1)
}

fn approvals(workspace: &Workspace, evidence: &Evidence) -> Vec<SignOff> {
    let Ok(sign_offs) = &evidence.sign_offs else { return Vec::new() };
    let listed = sign_off::list(evidence, sign_offs, &topic::statements(workspace));
    let shown = |one: sign_off::Listed<'_>| {
        let said = &one.approval.statement.predicate;
        SignOff {
            topic: said.topic().to_owned(),
            person: said.reviewer.clone(),
            decision: said.decision.word(),
            day: said.time.chars().take(10).collect(),
            counts: one.counts,
            why: one.why,
            comment: said.comment.clone(),
        }
    };
    listed.into_iter().map(shown).collect()
}

fn reports(evidence: &Evidence) -> Vec<Provenance> {
    let entries = evidence.reports.values();
    let files = entries.flat_map(|entry| entry.files.iter().map(move |file| (&entry.entry.name, file)));
    files
        .map(|(entry, file)| {
            let source = file.source();
            Provenance {
                entry: entry.clone(),
                path: source.path,
                format: source.format,
                sha256: source.sha256,
                standing: standing(file),
            }
        })
        .collect()
}

/// What shows that the file is about this content, or why it is no evidence.
fn standing(file: &ReportFile) -> Result<String, String> {
    if let Err(error) = &file.report {
        return Err(error.message.clone());
    }
    if let Some(doubt) = &file.stale {
        return Err(doubt.message.clone());
    }
    let run = match &file.record {
        Some(record) => {
            format!("written by the recorded run of {}, exit status {}", record.command, record.exit_status)
        }
        None => "no sign that it is older than the sources".to_owned(),
    };
    Ok(file.notices.iter().fold(run, |all, notice| format!("{all}; {notice}")))
}
