//! `baseline record`: fetch, judge, write, push.
//!
//! Only runs that a later one may be held against enter: no uncommitted sources, no report that is
//! missing or stale, no gate that failed. Whether there is too little history to compare with decides
//! nothing here, or no history could begin.

use super::{Desk, by, unproven};
use crate::commands::ci;
use crate::commands::cli::RecordRun;
use crate::commands::collect::{self, Request};
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::Workspace;
use crate::evidence::history::{self, Part};
use crate::evidence::{Evidence, snapshot};
use crate::ledger::json::sha256;
use crate::ledger::notes::{self, Address, Notes, Written};
use crate::ledger::{clock, machine};
use crate::model::outcome::{Occasion, Outcome};
use crate::model::snapshot::{Acceptance, Snapshot};
use crate::verdict::{ExitStatus, Verdict, judge};
use std::env::consts;

/// Runs the command.
pub(super) fn run(args: &RecordRun, workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    let desk = Desk::open(workspace)?;
    let commit = workspace.head()?.id.clone();
    let address = if args.no_push { None } else { desk.address()? };
    let unreachable = address.as_ref().and_then(|address| notes::fetch(&desk.git, address).err());
    begin(args, &desk, unreachable.is_some())?;
    refuse_dirty(workspace)?;
    let run = judged(args, workspace, &commit)?;
    let written = write(&desk, &run)?;
    if let Some(reason) = &args.accept_failed {
        accept_all(args, &desk, &commit, reason)?;
    }
    terminal.print(&told(&run, written));
    share(args, &desk, address.as_ref(), unreachable, terminal)
}

/// Only `--init` starts a history, and only once.
fn begin(args: &RecordRun, desk: &Desk<'_>, unreachable: bool) -> Result<(), Refusal> {
    match (notes::started(desk.repository)?, args.init) {
        (true, false) | (false, true) if !unreachable => Ok(()),
        (true, false) => Ok(()),
        (true, true) => {
            Err(Refusal::conflict("the history was started already").hint("record without --init"))
        }
        (false, true) => Err(Refusal::cannot_act("whether the remote has a history cannot be asked")
            .hint("check the network, or use --no-push")),
        (false, false) => {
            let message = "no history is in this clone, and the remote has none that was fetched";
            Err(Refusal::cannot_act(message).hint(format!(
                "`{}` if this project never recorded a run; else find out where it went",
                notes::INIT
            )))
        }
    }
}

/// What was tested has to be HEAD.
fn refuse_dirty(workspace: &Workspace) -> Result<(), Refusal> {
    let milestone = workspace.first_open_milestone()?;
    if collect::work_digest(workspace, milestone.as_ref())?.is_none() {
        return Ok(());
    }
    Err(Refusal::cannot_act("sources with uncommitted changes are not what HEAD is")
        .hint("commit them, and make the reports again"))
}

/// The run, if it may be remembered.
fn judged(args: &RecordRun, workspace: &Workspace, commit: &str) -> Result<Snapshot, Refusal> {
    let request = Request {
        occasion: Occasion::Change,
        milestone: workspace.first_open_milestone()?,
        base: None,
        bundles: args.evidence.clone(),
    };
    let (evidence, subject) = collect::collect(workspace, &request)?;
    let run = remembered(args, &evidence, commit)?;
    let verdict = judge(&workspace.config.gates, &evidence, &workspace.config.waivers, subject, &[]);
    if args.accept_failed.is_none() {
        refuse_red(&verdict)?;
    }
    Ok(run)
}

fn remembered(args: &RecordRun, evidence: &Evidence, commit: &str) -> Result<Snapshot, Refusal> {
    let here = machine::here(&format!("{} {}", consts::OS, consts::ARCH));
    let now = clock::now().as_second();
    let mut run = snapshot::of(evidence, commit, "", now, &here).map_err(unproven)?;
    if !Part::ALL.iter().any(|part| part.is_in(&run)) {
        return Err(Refusal::unproven("no entry of [reports] holds anything that could be recorded")
            .hint("add test, coverage, lint or benchmark reports to [reports]"));
    }
    run.run = match args.run.clone().or_else(ci::run_id) {
        Some(id) if !id.trim().is_empty() => id,
        _ => format!("local-{}", &digest(&run)[..12]),
    };
    Ok(run)
}

/// Digest of what a run holds, whenever it was recorded and whatever it is called.
fn digest(run: &Snapshot) -> String {
    let plain = Snapshot { recorded: 0, run: String::new(), ..run.clone() };
    let lines: Vec<_> = Part::ALL.iter().filter_map(|part| history::encode(&plain, *part)).collect();
    sha256(lines.join("\n").as_bytes())
}

/// Red runs do not enter. What nobody can tell for want of history is no reason.
fn refuse_red(verdict: &Verdict) -> Result<(), Refusal> {
    let all = verdict.gates.iter().flat_map(|gate| gate.criteria.iter().map(move |c| (gate.id, c)));
    let deciding = || all.clone().filter(|(_, c)| !c.advisory);
    if let Some((gate, c)) = deciding().find(|(_, c)| c.outcome == Outcome::Failed) {
        let message = format!("a red run is not recorded: {gate}/{} failed: {}", c.id, c.judgement.message);
        let hint = format!("{}; or accept it: --accept-failed \"REASON\"", c.judgement.next_step);
        return Err(Refusal::failed(message).hint(hint));
    }
    let of_history =
        |c: &crate::gates::Criterion| c.kind == "regression" || c.judgement.code.starts_with("baseline/");
    let doubtful = |c: &crate::gates::Criterion| c.outcome == Outcome::Unproven && !of_history(c);
    if let Some((gate, c)) = deciding().find(|(_, c)| doubtful(c)) {
        let message = format!("an unproven run is not recorded: {gate}/{}: {}", c.id, c.judgement.message);
        return Err(Refusal::unproven(message).hint(c.judgement.next_step.clone()));
    }
    Ok(())
}

/// Writes each part, unless the same run says the same already; how many were new.
fn write(desk: &Desk<'_>, run: &Snapshot) -> Result<usize, Refusal> {
    let mut written = 0;
    for part in Part::ALL {
        let Some(line) = history::encode(run, part) else { continue };
        if known(desk, run, part)? {
            continue;
        }
        let added = notes::append(&desk.git, desk.repository, &notes::name_of(part), &run.commit, &line)?;
        written += usize::from(added == Written::Added);
    }
    Ok(written)
}

/// Whether the same run has the same part there, whenever that was.
fn known(desk: &Desk<'_>, run: &Snapshot, part: Part) -> Result<bool, Refusal> {
    let Some(notes) = Notes::open(desk.repository, &notes::name_of(part))? else { return Ok(false) };
    let Some(note) = notes.get(&run.commit)? else { return Ok(false) };
    let runs = history::decode(part, &run.commit, &note)
        .map_err(|damage| unproven(collect::damaged(notes.name(), &run.commit, &damage)))?;
    let same = |other: &Snapshot| {
        let other = Snapshot { recorded: run.recorded, ..other.clone() };
        history::encode(&other, part) == history::encode(run, part)
    };
    Ok(runs.iter().any(same))
}

/// A red run that is recorded all the same begins a new epoch for everything.
fn accept_all(args: &RecordRun, desk: &Desk<'_>, commit: &str, reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::usage("--accept-failed needs a reason"));
    }
    let acceptance = Acceptance {
        commit: commit.to_owned(),
        what: "**".to_owned(),
        reason: reason.to_owned(),
        by: by(desk.workspace, args.by.as_deref())?,
        recorded: clock::now().as_second(),
    };
    let line = history::encode_acceptance(&acceptance);
    notes::append(&desk.git, desk.repository, notes::ACCEPTED, commit, &line)?;
    Ok(())
}

fn told(run: &Snapshot, written: usize) -> String {
    let short: String = run.commit.chars().take(7).collect();
    let counts = [
        (run.tests.as_ref().map(std::collections::BTreeMap::len), "test"),
        (run.coverage.as_ref().map(std::collections::BTreeMap::len), "covered file"),
        (run.findings.as_ref().map(std::collections::BTreeMap::len), "finding"),
        (run.benchmarks.as_ref().map(std::collections::BTreeMap::len), "benchmark"),
    ];
    let counts: Vec<_> = counts
        .iter()
        .filter_map(|(count, what)| Some(crate::criteria::judgement::plural((*count)? as u64, what)))
        .collect();
    let word = if written == 0 { "recorded already:" } else { "recorded" };
    format!("{word} run {} at {short}: {}\n", crate::render::plain::clean(&run.run), counts.join(", "))
}

fn share(
    args: &RecordRun,
    desk: &Desk<'_>,
    address: Option<&Address>,
    unreachable: Option<notes::NotesError>,
    terminal: Terminal,
) -> Result<u8, Refusal> {
    match (address, unreachable) {
        (Some(_), Some(error)) => {
            Err(Refusal::cannot_act(format!("it is recorded here, and not pushed: {error}"))
                .hint("`milegate baseline push` finishes it"))
        }
        (Some(address), None) => {
            desk.share(address)?;
            terminal.print(&format!("  pushed to {}\n", address.name()));
            Ok(ExitStatus::Passed.code())
        }
        (None, _) => {
            let why = if args.no_push { "as asked" } else { "there is no remote" };
            terminal.print(&format!("  not pushed: {why}\n"));
            Ok(ExitStatus::Passed.code())
        }
    }
}
