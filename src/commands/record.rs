//! `record`: runs a tool, passes its exit status through, and writes down what it proves: the exit
//! status, the digests of the reports it wrote, and the content it saw.

use super::cli::Record;
use super::collect::{subject_tree, work_digest};
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::config::Command as Configured;
use crate::criteria::spec::did_you_mean;
use crate::ledger::clock;
use crate::ledger::json::sha256;
use crate::ledger::program::{self, Stream};
use crate::ledger::runs::{self, RunRecord, RunReport};
use crate::model::milestone::Milestone;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A run to be made and recorded.
struct Job {
    name: String,
    command: Vec<String>,
    /// Globs of the reports it writes.
    patterns: Vec<String>,
}

/// Runs the command.
pub(super) fn run(args: &Record, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    let milestone = workspace.first_open_milestone()?;
    let job = job(&workspace, args, milestone.as_ref())?;
    let start = locate.start()?;
    let stream =
        |file: &Option<PathBuf>| file.as_ref().map_or(Stream::Through, |f| Stream::To(start.join(f)));
    let streams = [stream(&args.stdout), stream(&args.stderr)];
    let status = perform(&workspace, &job, milestone.as_ref(), &streams, terminal)?;
    Ok(u8::try_from(status).unwrap_or(1))
}

/// Runs every configured command, in order. A command that fails is recorded, and the gates judge it.
pub(super) fn run_configured(
    workspace: &Workspace,
    milestone: Option<&Milestone>,
    terminal: Terminal,
) -> Result<(), Refusal> {
    if workspace.config.commands.is_empty() {
        return Err(Refusal::usage("--run: no [[commands]] are configured")
            .hint("add [[commands]] with name, run and writes to milegate.toml"));
    }
    for configured in &workspace.config.commands {
        let job = configured_job(workspace, configured, milestone)?;
        terminal.say(&format!("running {}: {}", job.name, job.command.join(" ")));
        let status = perform(workspace, &job, milestone, &[Stream::ToStderr, Stream::Through], terminal)?;
        if status != 0 {
            terminal.warn(&format!("{} exited with {status}", job.name));
        }
    }
    Ok(())
}

fn job(workspace: &Workspace, args: &Record, milestone: Option<&Milestone>) -> Result<Job, Refusal> {
    let config = &workspace.config;
    if let Some(configured) = config.commands.iter().find(|c| c.name == args.name) {
        let job = configured_job(workspace, configured, milestone)?;
        let command = if args.command.is_empty() { job.command } else { args.command.clone() };
        return Ok(Job { command, ..job });
    }
    if !config.reports.iter().any(|r| r.name == args.name) {
        let names = || {
            config
                .reports
                .iter()
                .map(|r| r.name.as_str())
                .chain(config.commands.iter().map(|c| c.name.as_str()))
        };
        let hint =
            did_you_mean(&args.name, names()).unwrap_or_else(|| names().collect::<Vec<_>>().join(", "));
        return Err(Refusal::usage(format!(
            "`{}` is neither an entry of [reports] nor a command",
            args.name
        ))
        .hint(hint));
    }
    if args.command.is_empty() {
        let example = format!("milegate record {} -- COMMAND", args.name);
        return Err(Refusal::usage("no command to run").hint(example));
    }
    let patterns = patterns(workspace, std::slice::from_ref(&args.name), milestone)?;
    Ok(Job { name: args.name.clone(), command: args.command.clone(), patterns })
}

fn configured_job(
    workspace: &Workspace,
    configured: &Configured,
    milestone: Option<&Milestone>,
) -> Result<Job, Refusal> {
    let filled = configured.fill(&workspace.config.project, milestone);
    Ok(Job {
        name: configured.name.clone(),
        command: filled.map_err(|e| Refusal::usage(e.to_string()))?,
        patterns: patterns(workspace, &configured.writes, milestone)?,
    })
}

/// The globs of what these entries are read from.
fn patterns(
    workspace: &Workspace,
    entries: &[String],
    milestone: Option<&Milestone>,
) -> Result<Vec<String>, Refusal> {
    let mut all = Vec::new();
    for entry in workspace.config.reports.iter().filter(|r| entries.contains(&r.name)) {
        let filled =
            entry.fill(&workspace.config.project, milestone).map_err(|e| Refusal::usage(e.to_string()))?;
        all.extend(filled.patterns);
    }
    Ok(all)
}

/// Runs, records, and returns the exit status.
fn perform(
    workspace: &Workspace,
    job: &Job,
    milestone: Option<&Milestone>,
    streams: &[Stream; 2],
    terminal: Terminal,
) -> Result<i32, Refusal> {
    // The code the run sees is the code before it: a tool that edits sources must not bless its edits.
    let subject_tree = subject_tree(workspace)?;
    let work_digest = work_digest(workspace, milestone)?;
    let before = stamps(workspace, &job.patterns)?;
    let started = clock::now();
    let exit_status = program::run(&job.command, workspace.root.path(), &streams[0], &streams[1])
        .map_err(|error| Refusal::from(error).hint("is it installed, and in PATH? nothing was recorded"))?;
    let written = stamps(workspace, &job.patterns)?;
    let fresh = written.into_iter().filter(|(path, stamp)| before.get(path) != Some(stamp));
    let reports: Vec<_> = fresh.map(|(path, stamp)| RunReport { path, sha256: stamp.1 }).collect();
    if reports.is_empty() && !job.patterns.is_empty() {
        terminal.warn(&format!("{} wrote no report that matches {}", job.name, job.patterns.join(", ")));
    }
    let record = RunRecord {
        version: RunRecord::VERSION,
        name: job.name.clone(),
        command: job.command.clone(),
        exit_status,
        started: started.to_string(),
        finished: clock::now().to_string(),
        commit: workspace.head.as_ref().map(|h| h.id.clone()),
        subject_tree,
        work_digest,
        reports,
    };
    let path = runs::write(&workspace.root, &record)?;
    terminal
        .say(&format!("recorded in {path}: exit status {exit_status}, {} report(s)", record.reports.len()));
    Ok(exit_status)
}

/// Time and digest of each file that matches: what did not change was not written by this run.
fn stamps(
    workspace: &Workspace,
    patterns: &[String],
) -> Result<BTreeMap<String, (jiff::Timestamp, String)>, Refusal> {
    let mut all = BTreeMap::new();
    for path in workspace.root.glob(patterns)? {
        let file = workspace.root.read(&path, workspace.config.limits.bytes)?;
        all.insert(path, (file.modified, sha256(&file.bytes)));
    }
    Ok(all)
}
