//! `escalations`: what has to be escalated now, what will have to be when, and why; out of the registers
//! of the status document and the benchmark reports.

use super::cli::Escalations;
use super::collect::{self, Request};
use super::paper::Paper;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::evidence::escalations::{Escalation, State, escalations};
use crate::gates;
use crate::ledger::clock;
use crate::model::outcome::Occasion;
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
    let now = args.now.map_or_else(clock::now, Since::at);
    let all = escalations(&registers, &performance, now);
    let code = status(&all, args.fail_on_due).code();
    terminal.print(&match args.output_format.as_str() {
        "json" => json(&all, &paper.path, now, code),
        _ => text(&all, now, code, terminal.style(0).width),
    });
    Ok(code)
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
