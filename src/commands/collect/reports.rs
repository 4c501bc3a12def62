//! Reading the entries of `[reports]`.

use super::Request;
use super::load::{Job, Loaded, load};
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::config::ReportEntry;
use crate::evidence::freshness::{self, Judged, NamedCommit, Record, Sources};
use crate::evidence::{Entry, EntryEvidence, ReportFile};
use crate::ledger::runs::{self, RunRecord};
use crate::ledger::subject;
use crate::ledger::{LedgerError, diff};
use crate::model::milestone::Milestone;
use crate::readers::{Body, Code, ReadError, Report};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Reads every entry.
pub(super) fn collect(
    workspace: &Workspace,
    request: &Request,
) -> Result<BTreeMap<String, EntryEvidence>, Refusal> {
    let records = runs::read_all(&workspace.root)?.records;
    let entries =
        workspace.config.reports.iter().map(|entry| fill(workspace, entry, request.milestone.as_ref()));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let matched = entries.iter().map(|e| workspace.root.glob(&e.patterns)).collect::<Result<Vec<_>, _>>()?;
    let judged = judged(workspace, &matched, !records.is_empty())?;
    let reader = Reader { workspace, records: &records, judged: &judged, matched: &matched };
    let searched = workspace.root.path().display().to_string();
    let pairs = || entries.iter().zip(&matched);
    let jobs: Vec<_> =
        pairs().flat_map(|(entry, paths)| paths.iter().map(move |path| Job { entry, path })).collect();
    let limits = &workspace.config.limits;
    let record = |job: &Job<'_>, digest: &str| reader.record(job.path, digest);
    let loaded = load(&workspace.root, limits, &jobs, record);
    let mut files = jobs.iter().zip(loaded).map(|(job, loaded)| reader.file(job, loaded));
    let evidence: Vec<_> = pairs().map(|(_, paths)| files.by_ref().take(paths.len()).collect()).collect();
    drop(files);
    drop(jobs);
    let named = entries.into_iter().zip(evidence).map(|(entry, files)| {
        (entry.name.clone(), EntryEvidence { entry, files, searched: searched.clone() })
    });
    Ok(named.collect())
}

/// An entry with its placeholders filled in.
fn fill(workspace: &Workspace, entry: &ReportEntry, milestone: Option<&Milestone>) -> Result<Entry, Refusal> {
    entry.fill(&workspace.config.project, milestone).map_err(|e| Refusal::usage(e.to_string()))
}

/// Every pattern of reports and exit-status files: what a tool writes is no source.
fn report_patterns(workspace: &Workspace, milestone: Option<&Milestone>) -> Vec<String> {
    let filled = workspace.config.reports.iter().filter_map(|entry| fill(workspace, entry, milestone).ok());
    filled.flat_map(|entry| entry.patterns.into_iter().chain(entry.exit_status)).collect()
}

/// Digest of the uncommitted changes of tracked files that are neither ledger nor report.
pub(in crate::commands) fn work_digest(
    workspace: &Workspace,
    milestone: Option<&Milestone>,
) -> Result<Option<String>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(None) };
    let ignore = report_patterns(workspace, milestone);
    Ok(subject::work_digest(repository, &workspace.ledger_paths(), &ignore)?)
}

fn judged(workspace: &Workspace, matched: &[Vec<String>], recorded: bool) -> Result<Judged, Refusal> {
    let work_digest = if recorded { work_digest(workspace, None)? } else { None };
    Ok(Judged { work_digest, newest_source: newest_source(workspace, matched)? })
}

/// The tracked source that was changed last, as the file system says.
fn newest_source(
    workspace: &Workspace,
    matched: &[Vec<String>],
) -> Result<Option<(String, Timestamp)>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(None) };
    let sources = repository.tracked()?.into_iter().filter(|path| is_source(workspace, matched, path));
    let dated = sources.filter_map(|path| workspace.root.modified(&path).ok().map(|time| (path, time)));
    Ok(dated.max_by_key(|(_, time)| *time))
}

/// Whether a report has to be made again when this file changes.
fn is_source(workspace: &Workspace, matched: &[Vec<String>], path: &str) -> bool {
    let chosen = match &workspace.config.project.sources {
        Some(globs) => globs.matches(path),
        None => is_code(path) && path != workspace.policy.path,
    };
    let is_report = || matched.iter().flatten().any(|report| report == path);
    chosen && !is_report() && !workspace.ledger_paths().holds(path)
}

/// Files by which git alone is told something.
const GITS_OWN: &[&str] = &[".gitignore", ".gitattributes", ".mailmap"];

/// Everything but Markdown, `docs/` and dot folders: touching the README costs nobody a test run.
fn is_code(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let markdown = [".md", ".markdown"].iter().any(|end| path.to_lowercase().ends_with(end));
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    !markdown
        && !GITS_OWN.contains(&name)
        && !path.starts_with("docs/")
        && !folders.split('/').any(|part| part.starts_with('.'))
}

struct Reader<'a> {
    workspace: &'a Workspace,
    records: &'a [RunRecord],
    judged: &'a Judged,
    /// The report files of every entry.
    matched: &'a [Vec<String>],
}

impl Reader<'_> {
    fn file(&self, job: &Job<'_>, loaded: Result<Loaded, LedgerError>) -> ReportFile {
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(error) => return unreadable(job.path, &error),
        };
        let Loaded { sha256, modified, report, record, exit_status } = loaded;
        let exit_status = match exit_status {
            Ok(status) => status,
            Err(error) => return failed(job.path, sha256, error),
        };
        let commit = report.as_ref().ok().and_then(|r| self.named_commit(r));
        let freshness = job.entry.freshness;
        let (stale, notices) = freshness::judge(
            job.path,
            Some(modified),
            record.as_ref(),
            commit.as_ref(),
            self.judged,
            freshness,
        );
        ReportFile { path: job.path.to_owned(), sha256, report, stale, notices, record, exit_status }
    }

    /// The recorded run that wrote exactly these bytes; the one of the judged content, if there are several.
    fn record(&self, path: &str, digest: &str) -> Option<Record> {
        let wrote = |r: &&RunRecord| r.reports.iter().any(|w| w.path == path && w.sha256 == digest);
        let records = self.records.iter().filter(wrote).map(|record| Record {
            exit_status: record.exit_status,
            sources: record.commit.as_ref().map_or(Sources::Unknown, |id| self.sources_of(id)),
            work_digest: record.work_digest.clone(),
            command: record.command.join(" "),
        });
        let of_judged = |r: &Record| r.sources == Sources::Same && r.work_digest == self.judged.work_digest;
        let all: Vec<_> = records.collect();
        all.iter().find(|r| of_judged(r)).or(all.first()).cloned()
    }

    /// How the sources of a commit stand to those of HEAD.
    fn sources_of(&self, commit: &str) -> Sources {
        let (Some(repository), Some(head)) = (&self.workspace.repository, &self.workspace.head) else {
            return Sources::Unknown;
        };
        let is_id = commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_id || !repository.has(commit) {
            return Sources::Unknown;
        }
        match diff::changed_paths(repository, Some(commit), Some(&head.id)) {
            Ok(paths) if paths.iter().any(|p| is_source(self.workspace, self.matched, p)) => Sources::Differ,
            Ok(_) => Sources::Same,
            Err(_) => Sources::Unknown,
        }
    }

    /// The commit that the report itself names.
    fn named_commit(&self, report: &Report) -> Option<NamedCommit> {
        let Body::Benchmarks(benchmarks) = &report.body else { return None };
        // Outside a repository pytest-benchmark writes a word instead of an id.
        let (id, _) =
            benchmarks.commit.as_ref().filter(|(id, _)| id.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.workspace.repository.as_ref()?;
        Some(NamedCommit { id: id.clone(), sources: self.sources_of(id) })
    }
}

fn unreadable(path: &str, error: &LedgerError) -> ReportFile {
    let read_error = ReadError::new(Code::Unreadable, error.to_string());
    let read_error = match error.hint() {
        Some(hint) => read_error.hint(hint),
        None => read_error,
    };
    failed(path, String::new(), read_error)
}

fn failed(path: &str, sha256: String, error: ReadError) -> ReportFile {
    ReportFile {
        path: path.to_owned(),
        sha256,
        report: Err(error),
        stale: None,
        notices: Vec::new(),
        record: None,
        exit_status: None,
    }
}
