//! `baseline accept`: somebody says that a change for the worse is meant. From that commit on a new
//! epoch is compared with.

use super::{Desk, by};
use crate::commands::cli::AcceptChange;
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::{self, Workspace};
use crate::evidence::history;
use crate::ledger::{clock, notes};
use crate::model::snapshot::Acceptance;
use crate::render::plain::clean;
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(args: &AcceptChange, workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    for (text, what) in [(&args.what, "what is accepted"), (&args.reason, "--reason")] {
        if text.trim().is_empty() {
            return Err(Refusal::usage(format!("{what} is empty")));
        }
    }
    let commit = match &args.commit {
        Some(reference) => workspace::named(workspace.repository()?, "--commit", reference)?,
        None => workspace.head()?.id.clone(),
    };
    let desk = Desk::open(workspace)?;
    let address = if args.no_push { None } else { desk.address()? };
    if let Some(address) = &address {
        notes::fetch(&desk.git, address)?;
    }
    if !notes::started(desk.repository)? {
        return Err(Refusal::cannot_act("there is no history whose change could be accepted").hint(format!(
            "`{}`, or `{}`",
            notes::FETCH,
            notes::INIT
        )));
    }
    let acceptance = Acceptance {
        commit: commit.clone(),
        what: args.what.clone(),
        reason: args.reason.clone(),
        by: by(workspace, args.by.as_deref())?,
        recorded: clock::now().as_second(),
    };
    let line = history::encode_acceptance(&acceptance);
    notes::append(&desk.git, desk.repository, notes::ACCEPTED, &commit, &line)?;
    let short: String = commit.chars().take(7).collect();
    let (what, who) = (clean(&acceptance.what), clean(&acceptance.by));
    terminal.print(&format!("{who} accepted {what} from {short} on\n"));
    match &address {
        Some(address) => {
            desk.share(address)?;
            terminal.print(&format!("  pushed to {}\n", address.name()));
        }
        None => terminal.print("  not pushed\n"),
    }
    Ok(ExitStatus::Passed.code())
}
