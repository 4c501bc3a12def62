//! The entries of the progress log where they lie: one file each, in the work tree or in HEAD.

use super::paper::Paper;
use super::refusal::Refusal;
use super::standing;
use super::workspace::Workspace;
use crate::documents::entries::{self, Entry, Told};
use crate::ledger::subject::LOG_DIR;

/// More than any entry has.
const MAX_ENTRY: u64 = 1 << 20;

/// The path of an entry's file.
pub(super) fn path(name: &str) -> String {
    format!("{LOG_DIR}/{name}.md")
}

/// The entries of the work tree, committed or not.
pub(super) fn here(workspace: &Workspace) -> Result<Vec<Entry>, Refusal> {
    let paths = workspace.root.glob(&[format!("{LOG_DIR}/*.md")])?;
    let read = |path: &str| Ok(workspace.root.read(path, MAX_ENTRY)?.bytes);
    of(paths, read)
}

/// The days that the log and its entries tell of; none where no log is configured.
pub(super) fn told(workspace: &Workspace) -> Result<Vec<Told>, Refusal> {
    if workspace.config.documents.log.is_none() {
        return Ok(Vec::new());
    }
    let paper = Paper::log(workspace, false)?;
    let bytes = paper.bytes()?;
    let log = bytes.as_deref().map(|bytes| paper.text(bytes)).transpose()?;
    entries::told(log, &here(workspace)?).map_err(|error| paper.refuse(&error))
}

/// The entries of HEAD, as `complete` sees them.
pub(super) fn committed(workspace: &Workspace) -> Result<Vec<Entry>, Refusal> {
    let (repository, head) = (workspace.repository()?, workspace.head()?);
    let blob = |path: &str| Ok(repository.blob(&head.id, path)?.map(|(bytes, _)| bytes).unwrap_or_default());
    let held = |path: &String| repository.blob(&head.id, path).is_ok_and(|blob| blob.is_some());
    of(repository.tracked()?.into_iter().filter(|path| name(path).is_some()).filter(held).collect(), blob)
}

/// The name of the entry at a path; `None` for other files.
fn name(path: &str) -> Option<&str> {
    let name = path.strip_prefix(LOG_DIR)?.strip_prefix('/')?.strip_suffix(".md")?;
    (!name.contains('/') && Entry::day_of(name).is_some()).then_some(name)
}

fn of(paths: Vec<String>, read: impl Fn(&str) -> Result<Vec<u8>, Refusal>) -> Result<Vec<Entry>, Refusal> {
    let mut entries = Vec::new();
    for path in paths {
        let Some(name) = name(&path) else { continue };
        let Some(date) = Entry::day_of(name) else { continue };
        let entry = Entry::read(name, date, &read(&path)?);
        entries.push(entry.map_err(|error| standing::refuse(&path, &error))?);
    }
    Ok(entries)
}
