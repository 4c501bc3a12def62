//! `collect`: this shard's evidence as a bundle, for the runner that judges the whole matrix.

use super::cli::Collect;
use super::collect::{self, Request};
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::evidence::bundle::Bundle;
use crate::ledger::anywhere;
use crate::model::outcome::Occasion;
use crate::verdict::ExitStatus;

/// Runs the command: 0 if at least one report was found and all of them were read, else 3.
pub(super) fn run(args: &Collect, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    let milestone = match &args.milestone {
        Some(id) => Some(workspace.milestone(id)?),
        None => workspace.first_open_milestone()?,
    };
    let request = Request { occasion: Occasion::Change, milestone, base: None, bundles: Vec::new() };
    let entries = collect::reports(&workspace, &request)?;
    let files: Vec<_> = entries.values().flat_map(|entry| &entry.files).collect();
    let (found, unread) =
        (files.len(), files.iter().filter(|f| f.report.is_err() || f.stale.is_some()).count());
    for file in &files {
        if let Err(error) = &file.report {
            terminal.warn(&format!("{}: {error}", file.path));
        } else if let Some(doubt) = &file.stale {
            terminal.warn(&doubt.message);
        }
    }
    let commit = workspace.head.as_ref().map(|h| h.id.clone());
    let work_digest = collect::work_digest(&workspace, request.milestone.as_ref())?;
    let bundle = Bundle::new(&workspace.config.project.id, commit, work_digest, entries);
    let path = locate.start()?.join(&args.output);
    anywhere::replace(&path, bundle.encode().as_bytes())?;
    terminal.print(&format!(
        "wrote {}: {found} report file(s), {unread} of them no evidence\n",
        args.output.display()
    ));
    if found == 0 {
        terminal.warn("no file matches an entry of [reports]");
    }
    Ok(if found > 0 && unread == 0 { ExitStatus::Passed } else { ExitStatus::Unproven }.code())
}
