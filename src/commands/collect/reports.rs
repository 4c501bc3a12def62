//! Reading the entries of `[reports]`.

use super::Request;
use super::load::{Job, Loaded, Status, load};
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::config::{ReportEntry, ratchet};
use crate::evidence::freshness::{self, Judged, NamedCommit, Record, Sources};
use crate::evidence::reproduce::Maker;
use crate::evidence::{Doubt, Entry, EntryEvidence, ReportFile};
use crate::ledger::Damaged;
use crate::ledger::LedgerError;
use crate::ledger::clock;
use crate::ledger::diff;
use crate::ledger::runs::{self, Records, RunRecord};
use crate::ledger::subject;
use crate::model::milestone::Milestone;
use crate::readers::{Body, Code, ReadError, Report};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Reads every entry.
pub(super) fn collect(
    workspace: &Workspace,
    request: &Request,
) -> Result<BTreeMap<String, EntryEvidence>, Refusal> {
    let Records { records, damaged } = runs::read_all(&workspace.root)?;
    let entries =
        workspace.config.reports.iter().map(|entry| fill(workspace, entry, request.milestone.as_ref()));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let mut matched =
        entries.iter().map(|e| workspace.root.glob(&e.patterns)).collect::<Result<Vec<_>, _>>()?;
    // Last, beyond those that belong to an entry each: no source either.
    matched.push(entries.iter().filter_map(|entry| entry.exit_status.clone()).collect());
    let judged = judged(workspace, request, &matched, !records.is_empty())?;
    let reader =
        Reader { workspace, records: &records, damaged: &damaged, judged: &judged, matched: &matched };
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
        let makers = makers(workspace, request.milestone.as_ref(), &records, &entry);
        (entry.name.clone(), EntryEvidence { entry, files, searched: searched.clone(), makers })
    });
    Ok(named.collect())
}

/// The commands that are configured to make the reports of an entry; else the one that was recorded.
fn makers(
    workspace: &Workspace,
    milestone: Option<&Milestone>,
    records: &[RunRecord],
    entry: &Entry,
) -> Vec<Maker> {
    let config = &workspace.config;
    let writes = config.commands.iter().filter(|command| command.writes.contains(&entry.name));
    let configured = writes.filter_map(|command| {
        let words = command.fill(&config.project, milestone).ok()?;
        Some(Maker { name: Some(command.name.clone()), words })
    });
    let configured: Vec<_> = configured.collect();
    if !configured.is_empty() {
        return configured;
    }
    let recorded = records.iter().filter(|record| record.name == entry.name);
    recorded.map(|record| Maker { name: None, words: record.command.clone() }).collect()
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

/// Digest of the uncommitted changes of sources: what costs nobody a test run outdates no record.
pub(in crate::commands) fn work_digest(
    workspace: &Workspace,
    milestone: Option<&Milestone>,
) -> Result<Option<String>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(None) };
    let dirty = repository.dirty()?.into_iter();
    let no_sources = dirty.filter(|path| !is_source(workspace, &[], path)).map(|path| globset::escape(&path));
    let ignore: Vec<_> = report_patterns(workspace, milestone).into_iter().chain(no_sources).collect();
    Ok(subject::work_digest(repository, &workspace.ledger_paths(), &ignore)?)
}

fn judged(
    workspace: &Workspace,
    request: &Request,
    matched: &[Vec<String>],
    recorded: bool,
) -> Result<Judged, Refusal> {
    let work_digest = if recorded { work_digest(workspace, request.milestone.as_ref())? } else { None };
    Ok(Judged {
        work_digest,
        newest_source: newest_source(workspace, matched)?,
        newest_untracked: newest_untracked(workspace, matched)?,
        committed: committed(workspace, matched)?,
        now: Some(clock::now()),
    })
}

/// The report files that are in git and were not written since.
fn committed(workspace: &Workspace, matched: &[Vec<String>]) -> Result<BTreeSet<String>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(BTreeSet::new()) };
    let tracked: BTreeSet<String> = repository.tracked()?.into_iter().collect();
    let mut reports: BTreeSet<String> =
        matched.iter().flatten().filter(|path| tracked.contains(*path)).cloned().collect();
    if !reports.is_empty() {
        repository.dirty()?.iter().for_each(|path| {
            reports.remove(path);
        });
    }
    Ok(reports)
}

/// The tracked source that was changed last, as the file system says. Of one that was deleted only the
/// folder knows when.
fn newest_source(
    workspace: &Workspace,
    matched: &[Vec<String>],
) -> Result<Option<(String, Timestamp)>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(None) };
    let sources = repository.tracked()?.into_iter().filter(|path| is_source(workspace, matched, path));
    let changed = |path: String| {
        let mut place = path.as_str();
        loop {
            match workspace.root.modified(place) {
                Ok(time) => return Some((path.clone(), time)),
                Err(_) => place = place.rsplit_once('/')?.0,
            }
        }
    };
    Ok(sources.filter_map(changed).max_by_key(|(_, time)| *time))
}

/// The newest of the files that git does not track yet and that end like a tracked source.
fn newest_untracked(
    workspace: &Workspace,
    matched: &[Vec<String>],
) -> Result<Option<(String, Timestamp)>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(None) };
    let ending = |path: &str| path.rsplit_once('.').map(|(_, end)| end.to_owned());
    let sources = repository.tracked()?.into_iter().filter(|path| is_source(workspace, matched, path));
    let endings: BTreeSet<_> = sources.filter_map(|path| ending(&path)).collect();
    let new = repository.untracked()?.into_iter().filter(|path| {
        is_source(workspace, matched, path) && ending(path).is_some_and(|end| endings.contains(&end))
    });
    Ok(new
        .filter_map(|path| Some((workspace.root.modified(&path).ok()?, path)))
        .max()
        .map(|(t, path)| (path, t)))
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

/// Files by which git or Milegate alone is told something.
const NO_SOURCES: &[&str] =
    &[".gitignore", ".gitattributes", ".mailmap", "milegate.toml", ".milegate.toml", ratchet::PATH];

/// Everything but Markdown, `docs/` and dot folders: touching the README costs nobody a test run.
fn is_code(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let markdown = [".md", ".markdown"].iter().any(|end| path.to_lowercase().ends_with(end));
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    !markdown
        && !NO_SOURCES.contains(&name)
        && !path.starts_with("docs/")
        && !folders.split('/').any(|part| part.starts_with('.'))
}

/// How the sources of a commit stand to those of HEAD, whatever reports lie about.
pub(super) fn sources_of(workspace: &Workspace, request: &Request, commit: &str) -> Result<Sources, Refusal> {
    let matched = workspace.root.glob(&report_patterns(workspace, request.milestone.as_ref()))?;
    Ok(compare_sources(workspace, &[matched], commit))
}

fn compare_sources(workspace: &Workspace, matched: &[Vec<String>], commit: &str) -> Sources {
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else {
        return Sources::Unknown;
    };
    let is_id = commit.len() >= 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_id || !repository.has(commit) {
        return Sources::Unknown;
    }
    match diff::changed_paths(repository, Some(commit), Some(&head.id)) {
        Ok(paths) if paths.iter().any(|p| is_source(workspace, matched, p)) => Sources::Differ,
        Ok(_) => Sources::Same,
        Err(_) => Sources::Unknown,
    }
}

struct Reader<'a> {
    workspace: &'a Workspace,
    records: &'a [RunRecord],
    /// Records that cannot be read.
    damaged: &'a [Damaged],
    judged: &'a Judged,
    /// The report files of every entry, and then the exit-status files.
    matched: &'a [Vec<String>],
}

impl Reader<'_> {
    fn file(&self, job: &Job<'_>, loaded: Result<Loaded, LedgerError>) -> ReportFile {
        let (entry, path) = (job.entry, job.path);
        let Loaded { sha256, modified, report, record, status } = match loaded {
            Ok(loaded) => loaded,
            Err(error) => return unreadable(path, &error),
        };
        let Status { exit_status, file: status_file } = match status {
            Ok(status) => status,
            Err(error) => return failed(path, sha256, error),
        };
        let commit = report.as_ref().ok().and_then(|r| self.named_commit(r));
        let (mut stale, mut notices) = freshness::judge(
            path,
            Some(modified),
            record.as_ref(),
            commit.as_ref(),
            self.judged,
            entry.freshness,
        );
        if stale.is_none() && record.is_none() {
            stale = self.unreadable_record().or_else(|| self.not_written(entry, path, modified));
        }
        // A new report beside the exit status of an old run is a run that nobody knows the end of.
        if stale.is_none()
            && let Some((path, written)) =
                status_file.filter(|_| record.as_ref().map(|r| r.exit_status) != exit_status)
        {
            let old = freshness::judge(&path, Some(written), None, None, self.judged, entry.freshness);
            stale = old.0;
            notices.extend(old.1);
        }
        ReportFile { path: path.to_owned(), sha256, report, stale, notices, record, exit_status }
    }

    /// The recorded run that wrote exactly these bytes; the one of the judged content, if there are several.
    fn record(&self, path: &str, digest: &str) -> Option<Record> {
        let wrote = |r: &&RunRecord| r.reports.iter().any(|w| w.path == path && w.sha256 == digest);
        let records = self.records.iter().filter(wrote).map(|record| Record {
            exit_status: record.exit_status,
            sources: self.sources_of_record(record),
            work_digest: record.work_digest.clone(),
            command: record.command.join(" "),
        });
        let of_judged = |r: &Record| r.sources == Sources::Same && r.work_digest == self.judged.work_digest;
        let all: Vec<_> = records.collect();
        all.iter().find(|r| of_judged(r)).or(all.first()).cloned()
    }

    /// Outside a repository there is nothing a record could be compared with but the bytes.
    fn sources_of_record(&self, record: &RunRecord) -> Sources {
        match &record.commit {
            None if self.workspace.head.is_none() => Sources::Same,
            None => Sources::Unknown,
            Some(id) => self.sources_of(id),
        }
    }

    /// A later recorded run for this entry that did not write the file: it lies there from before.
    fn not_written(&self, entry: &Entry, path: &str, modified: Timestamp) -> Option<Doubt> {
        let commands = &self.workspace.config.commands;
        let writes = |record: &RunRecord| {
            let configured = commands.iter().find(|c| c.name == record.name);
            record.name == entry.name || configured.is_some_and(|c| c.writes.contains(&entry.name))
        };
        let finished = |record: &RunRecord| record.finished.parse::<Timestamp>().ok();
        let later = self.records.iter().filter(|r| writes(r) && finished(r).is_some_and(|t| t > modified));
        let last = later.max_by_key(|r| finished(r))?;
        Some(Doubt::new(
            "report/not-written",
            format!(
                "the last recorded run of `{}` exited with {} and did not write {path}",
                last.name, last.exit_status
            ),
            format!("look into the output of `{}`, and record it again", last.command.join(" ")),
        ))
    }

    /// How the sources of a commit stand to those of HEAD.
    fn sources_of(&self, commit: &str) -> Sources {
        compare_sources(self.workspace, self.matched, commit)
    }

    /// A missing record is sometimes allowed, so one that cannot be read is not the same as none.
    fn unreadable_record(&self) -> Option<Doubt> {
        let damaged = self.damaged.first()?;
        Some(Doubt::new(
            "report/damaged-record",
            format!("the run record {} cannot be read: {}", damaged.path, damaged.message),
            format!("remove {}, and record the run again", damaged.path),
        ))
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
