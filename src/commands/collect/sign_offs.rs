//! The approvals in the ledger, and the commits that need them.

use super::Request;
use super::changes::{doubt, previous_milestone};
use super::documents::read_checklist;
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::evidence::{Detail, Doubt, SignOffs, Sourced};
use crate::ledger::commits::{self, Checklist as CommitChecklist};
use crate::ledger::subject::checklist_digest;
use crate::ledger::{LedgerError, approvals};
use crate::model::change::Commit;
use crate::model::checklist::Checklist;
use crate::model::place::Place;

/// Reads approvals and commits; a doubt where there is no repository.
pub(super) fn collect(
    workspace: &Workspace,
    request: &Request,
    subject_tree: Option<&str>,
    checklist: Option<&Result<Sourced<Checklist>, Doubt>>,
) -> Result<Result<SignOffs, Doubt>, Refusal> {
    let (Some(repository), Some(head), Some(subject_tree)) =
        (&workspace.repository, &workspace.head, subject_tree)
    else {
        return Ok(Err(Doubt::new(
            "approval/history",
            "approvals are bound to a commit, and there is none",
            "commit the work",
        )));
    };
    let ledger = workspace.ledger_paths();
    let read = match approvals::read(&workspace.root, repository, &head.id, subject_tree, &ledger) {
        Ok(read) => read,
        Err(error) => return Ok(Err(doubt(&error))),
    };
    let milestone = request.milestone.as_ref().map(|m| format!("/{}/", m.id)).unwrap_or_default();
    let damaged = read.damaged.into_iter().filter(|d| d.path.contains(&milestone));
    Ok(Ok(SignOffs {
        subject_tree: subject_tree.to_owned(),
        checklist_digest: checklist.and_then(|c| c.as_ref().ok()).map(|c| digest(&c.fact)),
        approvals: read.approvals,
        damaged: damaged.map(|d| Detail::at(Place::file(d.path), d.message)).collect(),
        commits: commits_of(workspace, request).map_err(|e| doubt(&e)),
    }))
}

/// Digest of a checklist's item texts.
pub(super) fn digest(checklist: &Checklist) -> String {
    checklist_digest(checklist.items.iter().map(|i| i.text.as_str()))
}

/// Commits since the previous milestone tag. Without anybody who could sign off, nobody asks for them.
fn commits_of(workspace: &Workspace, request: &Request) -> Result<Vec<Commit>, LedgerError> {
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else {
        return Ok(Vec::new());
    };
    if workspace.config.people.is_empty() {
        return Ok(Vec::new());
    }
    let previous = previous_milestone(workspace, request.milestone.as_ref())?;
    let from = previous.as_ref().map(|(_, tag)| tag.target.as_str());
    let of_bytes = |bytes: &[u8]| read_checklist("", bytes).ok().map(|sourced| digest(&sourced.fact));
    let checklist =
        workspace.config.documents.checklist.as_ref().map(|path| CommitChecklist { path, digest: &of_bytes });
    commits::range(repository, from, &head.id, &workspace.ledger_paths(), checklist)
}
