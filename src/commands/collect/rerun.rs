//! Running suspect benchmarks again: the command that was named, then the reports it wrote.

use super::{Request, entries};
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::Workspace;
use crate::evidence::{Doubt, EntryEvidence, Evidence, snapshot};
use crate::ledger::program::{self, Stream};
use crate::model::snapshot::Snapshot;
use crate::readers::Kind;

/// Runs the command in the root, through the system's shell, and reads the benchmarks again.
pub(in crate::commands) fn rerun(
    workspace: &Workspace,
    request: &Request,
    first: &Evidence,
    command: &str,
    terminal: Terminal,
) -> Result<Result<Snapshot, Doubt>, Refusal> {
    terminal.say(&format!("suspects are run again: {command}"));
    let shell = if cfg!(windows) { ["cmd", "/C"] } else { ["sh", "-c"] };
    let whole: Vec<String> =
        shell.iter().map(|word| (*word).to_owned()).chain([command.to_owned()]).collect();
    let status = program::run(&whole, workspace.root.path(), &Stream::ToStderr, &Stream::Through)?;
    if status != 0 {
        let message = format!("the re-run of suspect benchmarks ended with {status}");
        return Ok(Err(Doubt::new("regression/suspect", message, format!("make it work: {command}"))));
    }
    let mut again = entries(workspace, request)?;
    again.retain(|_, entry| entry.kind() == Some(Kind::Benchmarks) && !entry.entry.apart);
    for (name, entry) in &mut again {
        written_now(entry, first.reports.get(name));
    }
    Ok(snapshot::of_benchmarks(&again.values().collect::<Vec<_>>(), &first.machine))
}

/// What has other bytes than before was written by the re-run just now, whatever records say.
fn written_now(entry: &mut EntryEvidence, before: Option<&EntryEvidence>) {
    let known = |digest: &str| before.is_some_and(|e| e.files.iter().any(|file| file.sha256 == digest));
    entry.files.iter_mut().filter(|file| !known(&file.sha256)).for_each(|file| file.stale = None);
}
