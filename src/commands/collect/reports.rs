//! Reading the entries of `[reports]`.

use super::Request;
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::config::ReportEntry;
use crate::evidence::freshness::{self, Judged, NamedCommit, Record};
use crate::evidence::{Entry, EntryEvidence, ReportFile};
use crate::ledger::json::sha256;
use crate::ledger::runs::{self, RunRecord};
use crate::ledger::subject;
use crate::model::milestone::Milestone;
use crate::readers::{self, Body, Code, Input, ReadError, Report};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Longest content of an exit-status file.
const MAX_STATUS: u64 = 64;

/// Reads every entry.
pub(super) fn collect(
    workspace: &Workspace,
    request: &Request,
    subject_tree: Option<&str>,
) -> Result<BTreeMap<String, EntryEvidence>, Refusal> {
    let records = runs::read_all(&workspace.root)?.records;
    let entries =
        workspace.config.reports.iter().map(|entry| fill(workspace, entry, request.milestone.as_ref()));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let matched = entries.iter().map(|e| workspace.root.glob(&e.patterns)).collect::<Result<Vec<_>, _>>()?;
    let judged = judged(workspace, subject_tree, &matched, !records.is_empty())?;
    let reader = Reader { workspace, records: &records, judged: &judged };
    let searched = workspace.root.path().display().to_string();
    let read = |(entry, paths): (Entry, Vec<String>)| {
        let files = paths.iter().map(|path| reader.file(&entry, path)).collect();
        (entry.name.clone(), EntryEvidence { entry, files, searched: searched.clone() })
    };
    Ok(entries.into_iter().zip(matched).map(read).collect())
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

fn judged(
    workspace: &Workspace,
    subject_tree: Option<&str>,
    matched: &[Vec<String>],
    recorded: bool,
) -> Result<Judged, Refusal> {
    let work_digest = if recorded { work_digest(workspace, None)? } else { None };
    let newest_source = newest_source(workspace, matched)?;
    Ok(Judged { subject_tree: subject_tree.map(str::to_owned), work_digest, newest_source })
}

/// The tracked source that was changed last, as the file system says.
fn newest_source(
    workspace: &Workspace,
    matched: &[Vec<String>],
) -> Result<Option<(String, Timestamp)>, Refusal> {
    let Some(repository) = &workspace.repository else { return Ok(None) };
    let ledger = workspace.ledger_paths();
    let is_report = |path: &String| matched.iter().any(|paths| paths.contains(path));
    let is_source = |path: &String| match &workspace.config.project.sources {
        Some(globs) => globs.matches(path),
        None => is_code(path) && *path != workspace.policy.path,
    };
    let sources =
        repository.tracked()?.into_iter().filter(|p| is_source(p) && !is_report(p) && !ledger.holds(p));
    let dated = sources.filter_map(|path| workspace.root.modified(&path).ok().map(|time| (path, time)));
    Ok(dated.max_by_key(|(_, time)| *time))
}

/// Everything but Markdown, `docs/` and dot folders: touching the README costs nobody a test run.
fn is_code(path: &str) -> bool {
    let markdown = [".md", ".markdown"].iter().any(|end| path.to_lowercase().ends_with(end));
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    !markdown && !path.starts_with("docs/") && !folders.split('/').any(|part| part.starts_with('.'))
}

struct Reader<'a> {
    workspace: &'a Workspace,
    records: &'a [RunRecord],
    judged: &'a Judged,
}

impl Reader<'_> {
    fn file(&self, entry: &Entry, path: &str) -> ReportFile {
        let limits = &self.workspace.config.limits;
        let file = match self.workspace.root.read(path, limits.bytes) {
            Ok(file) => file,
            Err(error) => return unreadable(path, &error),
        };
        let digest = sha256(&file.bytes);
        let record = self.record(path, &digest);
        let exit_status = match self.exit_status(entry, record.as_ref()) {
            Ok(status) => status,
            Err(error) => return failed(path, digest, error),
        };
        let input = Input { bytes: &file.bytes, exit_status, limits };
        let report = readers::read(&input, entry.format);
        let commit = report.as_ref().ok().and_then(|r| self.named_commit(r));
        let modified = Some(file.modified);
        let (stale, notices) =
            freshness::judge(path, modified, record.as_ref(), commit.as_ref(), self.judged, entry.freshness);
        ReportFile { path: path.to_owned(), sha256: digest, report, stale, notices, record, exit_status }
    }

    /// The recorded run that wrote exactly these bytes; the one of the judged content, if there are several.
    fn record(&self, path: &str, digest: &str) -> Option<Record> {
        let wrote = |r: &&RunRecord| r.reports.iter().any(|w| w.path == path && w.sha256 == digest);
        let of_judged = |r: &&&RunRecord| {
            r.subject_tree == self.judged.subject_tree && r.work_digest == self.judged.work_digest
        };
        let all: Vec<_> = self.records.iter().filter(wrote).collect();
        let record = all.iter().find(of_judged).or(all.first())?;
        Some(Record {
            exit_status: record.exit_status,
            subject_tree: record.subject_tree.clone(),
            work_digest: record.work_digest.clone(),
            command: record.command.join(" "),
        })
    }

    fn exit_status(&self, entry: &Entry, record: Option<&Record>) -> Result<Option<i32>, ReadError> {
        let Some(path) = &entry.exit_status else { return Ok(record.map(|r| r.exit_status)) };
        let refuse = |why: String| {
            let hint = format!("write it with: TOOL > REPORT; echo $? > {path}");
            Err(ReadError::new(Code::NoExitStatus, why).hint(hint))
        };
        match self.workspace.root.read(path, MAX_STATUS) {
            Err(error) if error.is_missing() => refuse(format!("the exit-status file {path} is not there")),
            Err(error) => refuse(error.to_string()),
            Ok(file) => match String::from_utf8_lossy(&file.bytes).trim().parse() {
                Ok(status) => Ok(Some(status)),
                Err(_) => refuse(format!("{path} does not hold an exit status")),
            },
        }
    }

    /// The commit that the report itself names, with its subject tree if this clone has it.
    fn named_commit(&self, report: &Report) -> Option<NamedCommit> {
        let Body::Benchmarks(benchmarks) = &report.body else { return None };
        let (id, _) = benchmarks.commit.as_ref()?;
        let repository = self.workspace.repository.as_ref()?;
        let is_id = id.len() >= 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let subject_tree = (is_id && repository.has(id))
            .then(|| subject::subject_tree(repository, id, &self.workspace.ledger_paths()).ok())
            .flatten();
        Some(NamedCommit { id: id.clone(), subject_tree })
    }
}

fn unreadable(path: &str, error: &crate::ledger::LedgerError) -> ReportFile {
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
