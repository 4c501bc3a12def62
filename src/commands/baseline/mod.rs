//! `baseline`: the history of runs in git notes. Recorded on the main branch, compared with by
//! `check`, shared through the remote that everybody has anyway.

mod accept;
mod ratchet;
mod record;
mod show;
mod simulate;

use super::cli::Baseline;
use super::collect;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::evidence::Doubt;
use crate::ledger::git::Git;
use crate::ledger::lock::{self, Lock};
use crate::ledger::notes::{self, Address, NotesError};
use crate::ledger::{Repository, publish};
use crate::verdict::ExitStatus;

/// Runs one of the sub-commands.
pub(super) fn run(command: &Baseline, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    match command {
        Baseline::Record(args) => record::run(args, &workspace, terminal),
        Baseline::Fetch => fetch(&workspace, terminal),
        Baseline::Push => push(&workspace, terminal),
        Baseline::Show(args) => show::run(args, &workspace, terminal),
        Baseline::Simulate(args) => simulate::run(args, &workspace, terminal),
        Baseline::Accept(args) => accept::run(args, &workspace, terminal),
        Baseline::Ratchet(args) => ratchet::run(args, &workspace, terminal),
    }
}

/// One writer's hold on the history of this repository.
struct Desk<'w> {
    workspace: &'w Workspace,
    repository: &'w Repository,
    git: Git,
    _lock: Lock,
}

impl<'w> Desk<'w> {
    fn open(workspace: &'w Workspace) -> Result<Self, Refusal> {
        let repository = workspace.repository()?;
        let git = Git::at(workspace.root.path());
        git.version().map_err(NotesError::from)?;
        let lock = Lock::acquire(repository.common_dir(), lock::WAIT).map_err(NotesError::from)?;
        Ok(Self { workspace, repository, git, _lock: lock })
    }

    /// The remote that the history is shared through; `None` in a repository without that remote.
    fn address(&self) -> Result<Option<Address>, Refusal> {
        let name = collect::remote(self.workspace);
        let known = publish::remotes(&self.git)?;
        if !known.iter().any(|other| other == name) {
            return Ok(None);
        }
        Ok(Some(Address::of(&self.git, name)?))
    }

    /// Pushes; a failure says that what was written is here, and how it gets there.
    fn share(&self, address: &Address) -> Result<(), Refusal> {
        notes::push(&self.git, address).map_err(|error| {
            let why = if error.hint.is_empty() { String::new() } else { format!("; {}", error.hint) };
            Refusal::cannot_act(format!("it is recorded here, and not pushed: {error}"))
                .hint(format!("`milegate baseline push` finishes it{why}"))
        })
    }
}

impl From<NotesError> for Refusal {
    fn from(error: NotesError) -> Self {
        Self::cannot_act(&error.reason).hint(error.hint)
    }
}

fn unproven(doubt: Doubt) -> Refusal {
    Refusal::unproven(doubt.message).hint(doubt.next_step)
}

fn no_remote(workspace: &Workspace) -> Refusal {
    Refusal::cannot_act(format!("there is no remote `{}`", collect::remote(workspace)))
        .hint("add it with `git remote add`, or name another: [baseline] remote = \"...\"")
}

fn fetch(workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    let desk = Desk::open(workspace)?;
    let address = desk.address()?.ok_or_else(|| no_remote(workspace))?;
    let changed = notes::fetch(&desk.git, &address)?;
    if !notes::started(desk.repository)? {
        let message = format!("{} has no history, and neither has this clone", address.name());
        return Err(Refusal::cannot_act(message).hint(format!("`{}` on the main branch", notes::INIT)));
    }
    let names: Vec<_> = changed.iter().filter_map(|name| name.strip_prefix(notes::PREFIX)).collect();
    terminal.print(&match names.as_slice() {
        [] => format!("nothing new at {}\n", address.name()),
        names => format!("fetched from {}: {}\n", address.name(), names.join(", ")),
    });
    Ok(ExitStatus::Passed.code())
}

fn push(workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    let desk = Desk::open(workspace)?;
    let address = desk.address()?.ok_or_else(|| no_remote(workspace))?;
    if !notes::started(desk.repository)? {
        return Err(Refusal::cannot_act("there is no history in this clone to push").hint(format!(
            "`{}`, or `{}`",
            notes::FETCH,
            notes::INIT
        )));
    }
    desk.share(&address)?;
    terminal.print(&format!("pushed to {}\n", address.name()));
    Ok(ExitStatus::Passed.code())
}

/// Who accepts something: who was named, else whom git commits as.
fn by(workspace: &Workspace, named: Option<&str>) -> Result<String, Refusal> {
    let name = named.map(str::to_owned).or_else(|| workspace.repository().ok()?.author_name());
    name.filter(|name| !name.trim().is_empty()).ok_or_else(|| {
        Refusal::usage("an accepted change bears a name, and git knows no user.name").hint("--by NAME")
    })
}
