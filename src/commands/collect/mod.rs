//! Collecting the evidence: everything that is read, once, before anything is judged.

mod baseline;
mod bundles;
mod changes;
mod documents;
mod exhibit;
mod gauge;
mod load;
mod places;
mod ratchet;
mod reports;
mod rerun;
mod sign_offs;

pub(super) use baseline::{Book, accepted, at as baseline_at, damaged, recorded, remote};
pub(super) use bundles::collect as reports;
pub(super) use changes::previous_milestone;
pub(super) use documents::{add_documents, asked_for, read_checklist};
pub(super) use exhibit::exhibit;
pub(super) use reports::work_digest;
pub(super) use rerun::rerun;

use super::refusal::Refusal;
use super::workspace::Workspace;
use crate::evidence::{Baseline, EntryEvidence, Evidence, Tree};
use crate::ledger::{clock, machine, subject};
use crate::model::machine::Machine;
use crate::model::milestone::Milestone;
use crate::model::outcome::Occasion;
use crate::verdict::Subject;
use std::collections::BTreeMap;
use std::env::consts;

/// More than any go.mod has.
const MAX_GO_MOD: u64 = 1 << 20;

/// What the evidence is collected for.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The occasion.
    pub(super) occasion: Occasion,
    /// The milestone, if the project has one left.
    pub(super) milestone: Option<Milestone>,
    /// `--base`.
    pub(super) base: Option<String>,
    /// `--evidence`: bundles that other runners collected, as globs below the root.
    pub(super) bundles: Vec<String>,
}

/// Reads everything.
pub(super) fn collect(workspace: &Workspace, request: &Request) -> Result<(Evidence, Subject), Refusal> {
    let subject_tree = subject_tree(workspace)?;
    let changes = changes::collect(workspace, request)?;
    let checklist = documents::checklist(workspace)?;
    let mut evidence = Evidence {
        project: workspace.config.project.id.clone(),
        occasion: request.occasion,
        milestone: request.milestone.clone(),
        today: clock::today(),
        reports: entries(workspace, request)?,
        tree: tree(workspace)?,
        documents: documents::collect(workspace),
        changed_lines: changes.lines,
        changed_paths: changes.paths,
        baseline: baseline::collect(workspace, request),
        ratchet: ratchet::collect(workspace, request),
        rerun: None,
        machine: Machine::default(),
        test_places: BTreeMap::new(),
        people: workspace.config.people.clone(),
        sign_offs: sign_offs::collect(workspace, request, subject_tree.as_deref(), checklist.as_ref())?,
        checklist,
    };
    // Some systems have to start a program to tell it; a run that compares nothing need not know.
    if let Ok(Some(_)) = evidence.baseline {
        evidence.machine = here();
    }
    evidence.test_places = places::collect(workspace, &evidence);
    let subject = Subject {
        project: workspace.config.project.id.clone(),
        project_name: workspace.config.project.name.clone(),
        milestone: request.milestone.as_ref().map(|m| (m.id.to_string(), m.name.clone())),
        commit: workspace.head.as_ref().map(|h| h.id.clone()),
        subject_tree,
        policy: workspace.policy.clone(),
    };
    Ok((evidence, subject))
}

/// The entries of `[reports]`; those that one criterion reads apart from the run are marked.
pub(super) fn entries(
    workspace: &Workspace,
    request: &Request,
) -> Result<BTreeMap<String, EntryEvidence>, Refusal> {
    let mut entries = bundles::collect(workspace, request)?;
    let criteria = workspace.config.gates.iter().flat_map(|gate| &gate.criteria);
    for name in criteria.filter(|d| d.disabled.is_none()).flat_map(|d| d.criterion.apart()) {
        if let Some(entry) = entries.get_mut(&name) {
            entry.entry.apart = true;
        }
    }
    Ok(entries)
}

/// The same against a baseline that was chosen already.
pub(super) fn against(
    workspace: &Workspace,
    request: &Request,
    baseline: Baseline,
) -> Result<Evidence, Refusal> {
    let (mut evidence, _) = collect(workspace, request)?;
    evidence.baseline = Ok(Some(baseline));
    evidence.machine = here();
    evidence.test_places = places::collect(workspace, &evidence);
    Ok(evidence)
}

fn here() -> Machine {
    machine::here(&format!("{} {}", consts::OS, consts::ARCH))
}

/// HEAD's subject tree; `None` outside a repository or before the first commit.
pub(super) fn subject_tree(workspace: &Workspace) -> Result<Option<String>, Refusal> {
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else { return Ok(None) };
    Ok(Some(subject::subject_tree(repository, &head.id, &workspace.ledger_paths())?))
}

/// The files that a report's paths are placed among.
fn tree(workspace: &Workspace) -> Result<Tree, Refusal> {
    let root = workspace.root.path().to_string_lossy().into_owned();
    let files = match &workspace.repository {
        Some(repository) => [repository.tracked()?, repository.untracked()?].concat(),
        None => workspace.root.glob(&["**/*".to_owned()])?,
    };
    // What does not read as text is no go.mod, and places nothing.
    let go_mods: Vec<_> = files
        .iter()
        .filter(|file| file.as_str() == "go.mod" || file.ends_with("/go.mod"))
        .filter_map(|file| {
            let bytes = workspace.root.read(file, MAX_GO_MOD).ok()?.bytes;
            Some((file.clone(), String::from_utf8(bytes).ok()?))
        })
        .collect();
    Ok(Tree::new(&root, files).with_go_modules(go_mods))
}
