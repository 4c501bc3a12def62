//! `escalations`: what has to be escalated now, what will have to be when, and why; out of the registers
//! of the status document and the benchmark reports.

use super::cli::Escalations;
use super::collect::{self, Request};
use super::paper::Paper;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::documents::{edit, registers};
use crate::evidence::escalations::{Escalation, Seen, State, escalations, key, undated};
use crate::gates;
use crate::ledger::clock;
use crate::model::outcome::Occasion;
use crate::model::register::{Entry, Registers};
use crate::model::since::Since;
use crate::render::escalations::{json, text};
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(args: &Escalations, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    let paper = Paper::status(&workspace, false)?;
    let registers = paper.registers(&paper.proven()?)?;
    let milestone = workspace.first_open_milestone()?;
    let request = Request { occasion: Occasion::Change, milestone, base: None, bundles: Vec::new() };
    let (evidence, _) = collect::collect(&workspace, &request)?;
    let performance = gates::performance(&workspace.config.gates, &evidence);
    let now = args.now.unwrap_or_else(|| Since::new(clock::now())).at();
    let seen = seen(&workspace, &paper.path, &registers)?;
    let all = escalations(&registers, &seen, &performance, now);
    let code = status(&all, args.fail_on_due).code();
    terminal.print(&match args.output_format.as_str() {
        "json" => json(&all, &paper.path, now, code),
        _ => text(&all, now, code, terminal.style(0).width),
    });
    Ok(code)
}

/// Since when the entries that do not say so stand in the document, by its history: the commit that
/// brought each, as far as it was there ever since. A version that cannot be read tells nothing.
fn seen(workspace: &Workspace, path: &str, registers: &Registers) -> Result<Seen, Refusal> {
    let mut wanted: Vec<&Entry> = undated(registers).collect();
    let mut seen = Seen::new();
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else { return Ok(seen) };
    if wanted.is_empty() {
        return Ok(seen);
    }
    for version in repository.versions(&head.id, path)?.list.iter().rev() {
        let bytes = repository.content(version, path)?;
        let Some(then) = edit::text(&bytes).ok().and_then(|text| registers::read(text).ok()) else {
            continue;
        };
        let same = |old: &Entry, entry: &Entry| old.title() == entry.title() && old.group == entry.group;
        wanted.retain(|entry| then.open(entry.noun).any(|old| same(old, entry)));
        if wanted.is_empty() {
            break;
        }
        seen.extend(wanted.iter().map(|entry| (key(entry), version.time)));
    }
    Ok(seen)
}

/// What is due fails if that was asked for; what nobody can tell is never taken for nothing.
fn status(all: &[Escalation], fail_on_due: bool) -> ExitStatus {
    let any = |state| all.iter().any(|one| one.state == state);
    if fail_on_due && any(State::Due) {
        ExitStatus::Failed
    } else if any(State::NotKnown) {
        ExitStatus::Unproven
    } else {
        ExitStatus::Passed
    }
}
