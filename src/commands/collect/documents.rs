//! The checklist and the documents that criteria ask for.

use super::super::refusal::Refusal;
use super::super::workspace::Workspace;
use crate::documents::inspect;
use crate::evidence::{Document, Doubt, Evidence, Source, Sourced};
use crate::ledger::json::sha256;
use crate::model::checklist::Checklist;
use crate::readers::checklist;
use std::collections::BTreeMap;

/// More than any document has.
const MAX_DOCUMENT: u64 = 16 << 20;

/// The configured checklist.
pub(super) fn checklist(workspace: &Workspace) -> Result<Option<Result<Sourced<Checklist>, Doubt>>, Refusal> {
    let Some(path) = &workspace.config.documents.checklist else { return Ok(None) };
    Ok(Some(match workspace.root.read(path, MAX_DOCUMENT) {
        Ok(file) => read_checklist(path, &file.bytes),
        Err(error) if error.is_missing() => Err(Doubt::new(
            "checklist/unreadable",
            format!("{path} is not there"),
            "write it, or correct [documents] checklist",
        )),
        Err(error) => {
            Err(Doubt::new("checklist/unreadable", error.to_string(), error.hint().unwrap_or_default()))
        }
    }))
}

/// A checklist from its bytes.
pub(in crate::commands) fn read_checklist(path: &str, bytes: &[u8]) -> Result<Sourced<Checklist>, Doubt> {
    let source = Source { path: path.to_owned(), format: "checklist".to_owned(), sha256: sha256(bytes) };
    checklist::read(bytes).map(|fact| Sourced { fact, source }).map_err(|error| {
        let place = error.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
        let next = error.hint.unwrap_or_else(|| format!("mend {path}"));
        Doubt::new("checklist/unreadable", format!("{place}: {}", error.message), next)
    })
}

/// The documents that criteria ask for. One that cannot be read counts as absent.
pub(super) fn collect(workspace: &Workspace) -> BTreeMap<String, Option<Document>> {
    read_all(workspace, asked_for(workspace).collect())
}

/// Reads more documents, where they are not there yet.
pub(in crate::commands) fn add_documents(workspace: &Workspace, paths: Vec<String>, evidence: &mut Evidence) {
    let new = paths.into_iter().filter(|path| !evidence.documents.contains_key(path)).collect();
    evidence.documents.extend(read_all(workspace, new));
}

fn read_all(workspace: &Workspace, paths: Vec<String>) -> BTreeMap<String, Option<Document>> {
    let read = |path: &str| workspace.root.read(path, MAX_DOCUMENT).ok().map(|file| inspect(&file.bytes));
    paths
        .into_iter()
        .map(|path| {
            let document = read(&path);
            (path, document)
        })
        .collect()
}

/// The documents that criteria ask for, by path.
pub(in crate::commands) fn asked_for(workspace: &Workspace) -> impl Iterator<Item = String> {
    let definitions =
        workspace.config.gates.iter().flat_map(|g| &g.criteria).filter(|d| d.disabled.is_none());
    definitions.flat_map(|d| d.criterion.documents())
}
