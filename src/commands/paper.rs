//! One document of the work tree: read, edited, written, or shown.

use super::collect;
use super::refusal::Refusal;
use super::standing;
use super::terminal::Terminal;
use super::workspace::Workspace;
use crate::documents::{EditError, edit, registers};
use crate::ledger::lock::{self, Lock};
use crate::model::checklist::Checklist;
use crate::model::register::Registers;
use crate::render::plain::verbatim;
use crate::verdict::ExitStatus;

/// More than any document has.
const MAX_DOCUMENT: u64 = 16 << 20;

/// A document that is kept by commands.
#[derive(Debug)]
pub(super) struct Paper<'a> {
    workspace: &'a Workspace,
    /// Its path in the repository.
    pub(super) path: String,
    /// Held until the document is written: two runs at once would lose the words of one.
    _lock: Option<Lock>,
}

impl<'a> Paper<'a> {
    /// The status document; `write` locks it against other runs.
    pub(super) fn status(workspace: &'a Workspace, write: bool) -> Result<Self, Refusal> {
        let path = workspace.config.documents.status.clone().ok_or_else(|| {
            Refusal::usage(format!("{} names no status document", workspace.policy.path))
                .hint("add under [documents]: status = \"IMPLEMENTATION_STATUS.md\"")
        })?;
        Self::at(workspace, path, write)
    }

    /// The checklist; `write` locks it against other runs.
    pub(super) fn checklist(workspace: &'a Workspace, write: bool) -> Result<Self, Refusal> {
        let path = workspace.config.documents.checklist.clone().ok_or_else(|| {
            Refusal::usage(format!("{} names no checklist", workspace.policy.path))
                .hint("add under [documents]: checklist = \"IMPLEMENTATION_CHECKLIST.md\"")
        })?;
        Self::at(workspace, path, write)
    }

    /// The progress log; `write` locks it against other runs.
    pub(super) fn log(workspace: &'a Workspace, write: bool) -> Result<Self, Refusal> {
        let path = workspace.config.documents.log.clone().ok_or_else(|| {
            Refusal::usage(format!("{} names no progress log", workspace.policy.path))
                .hint("add under [documents]: log = \"PROGRESS_LOG.md\"")
        })?;
        Self::at(workspace, path, write)
    }

    fn at(workspace: &'a Workspace, path: String, write: bool) -> Result<Self, Refusal> {
        let lock = match &workspace.repository {
            Some(repository) if write => {
                Some(Lock::acquire(repository.common_dir(), lock::WAIT).map_err(|e| {
                    Refusal::cannot_act(e.to_string()).hint("run it again when the other has ended")
                })?)
            }
            _ => None,
        };
        Ok(Self { workspace, path, _lock: lock })
    }

    /// Its bytes, which have to be there.
    pub(super) fn required(&self) -> Result<Vec<u8>, Refusal> {
        self.bytes()?.ok_or_else(|| {
            Refusal::unproven(format!("{} is not there", self.path))
                .hint("write it, or correct [documents] in milegate.toml")
        })
    }

    /// The checklist in its bytes.
    pub(super) fn checklist_of(&self, bytes: &[u8]) -> Result<Checklist, Refusal> {
        let read = collect::read_checklist(&self.path, bytes);
        read.map(|sourced| sourced.fact)
            .map_err(|doubt| Refusal::unproven(doubt.message).hint(doubt.next_step))
    }

    /// Its bytes; `None` if it is not there.
    pub(super) fn bytes(&self) -> Result<Option<Vec<u8>>, Refusal> {
        match self.workspace.root.read(&self.path, MAX_DOCUMENT) {
            Ok(file) => Ok(Some(file.bytes)),
            Err(error) if error.is_missing() && !self.workspace.root.is_symlink(&self.path) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Its text as it can be edited.
    pub(super) fn text<'t>(&self, bytes: &'t [u8]) -> Result<&'t str, Refusal> {
        edit::text(bytes).map_err(|error| self.refuse(&error))
    }

    /// Its text for a command that judges by it: what is not there, or damaged, proves nothing.
    pub(super) fn proven(&self) -> Result<String, Refusal> {
        let bytes = self.bytes()?.ok_or_else(|| {
            Refusal::unproven(format!("{} is not there yet", self.path)).hint("milegate status --write")
        })?;
        edit::text(&bytes).map(str::to_owned).map_err(|error| self.unproven(&error))
    }

    /// The registers in a text of it.
    pub(super) fn registers(&self, text: &str) -> Result<Registers, Refusal> {
        registers::read(text).map_err(|error| self.unproven(&error))
    }

    /// Why nothing can be judged by it.
    pub(super) fn unproven(&self, error: &EditError) -> Refusal {
        let refusal = self.refuse(error).hint(format!("mend {} and run this again", self.path));
        Refusal { status: ExitStatus::Unproven, ..refusal }
    }

    /// Why it was not edited.
    pub(super) fn refuse(&self, error: &EditError) -> Refusal {
        standing::refuse(&self.path, error)
    }

    /// Writes it in one step; whether anything changed.
    pub(super) fn write(&self, text: &str) -> Result<bool, Refusal> {
        if let Some((folder, _)) = self.path.rsplit_once('/') {
            self.workspace.root.create_dir_all(folder)?;
        }
        Ok(self.workspace.root.write_atomic(&self.path, text.as_bytes())?)
    }
}

/// Prints a text of people's, line by line, with everything invisible made visible.
pub(super) fn show(text: &str, terminal: Terminal) {
    let lines =
        text.trim_start_matches('\u{feff}').lines().map(|line| verbatim(line.trim_end_matches('\r')) + "\n");
    terminal.print(&lines.collect::<String>());
}
