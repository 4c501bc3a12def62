//! `baseline ratchet`: figures of the ratchet file that are better now; `--write` raises them.

use super::{by, unproven};
use crate::commands::cli::RaiseRatchet;
use crate::commands::collect::{self, Request};
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::Workspace;
use crate::config::ratchet::{self, PATH};
use crate::evidence::snapshot;
use crate::ledger::{clock, diff};
use crate::model::machine::Machine;
use crate::model::outcome::Occasion;
use crate::render::plain::verbatim;
use crate::verdict::ExitStatus;

/// More than any ratchet has.
const MAX: u64 = 1 << 20;

/// Runs the command.
pub(super) fn run(args: &RaiseRatchet, workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    let milestone = workspace.first_open_milestone()?;
    let request = Request { occasion: Occasion::Change, milestone, base: None, bundles: Vec::new() };
    let (evidence, _) = collect::collect(workspace, &request)?;
    // Values of benchmarks are not raised: the machine does not matter.
    let now = snapshot::of(&evidence, "", "", 0, &Machine::default()).map_err(unproven)?;
    let before = match workspace.root.read(PATH, MAX) {
        Ok(file) => Some(file.bytes),
        Err(error) if error.is_missing() => None,
        Err(error) => return Err(error.into()),
    };
    let after = match &before {
        Some(bytes) => {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| Refusal::usage(format!("{PATH} is not UTF-8 text")))?;
            ratchet::raised(text, &now)?.0
        }
        None => ratchet::first(&now, &clock::today().to_string(), &by(workspace, args.by.as_deref())?),
    };
    if before.as_deref() == Some(after.as_bytes()) {
        terminal.print("no figure is better than it is written down\n");
        return Ok(ExitStatus::Passed.code());
    }
    let shown = diff::unified(PATH, before.as_deref(), after.as_bytes())?;
    shown.lines().for_each(|line| terminal.print(&format!("{}\n", verbatim(line))));
    if args.write {
        workspace.root.write_atomic(PATH, after.as_bytes())?;
        terminal.print(&format!("wrote {PATH}; commit it\n"));
    } else {
        terminal.print("nothing is written; --write does\n");
    }
    Ok(ExitStatus::Passed.code())
}
