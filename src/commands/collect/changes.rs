//! What the code is compared with, and what changed since.

use super::Request;
use crate::commands::ci;
use crate::commands::refusal::Refusal;
use crate::commands::workspace::{self, Workspace};
use crate::evidence::Doubt;
use crate::ledger::repository::Repository;
use crate::ledger::tags::TagFacts;
use crate::ledger::{LedgerError, diff};
use crate::model::change::ChangedLines;
use crate::model::milestone::Milestone;
use crate::model::outcome::Occasion;
use std::collections::BTreeSet;

/// Changed lines and paths, as far as there is something to compare with.
pub(super) struct Changes {
    pub(super) lines: Result<Option<ChangedLines>, Doubt>,
    pub(super) paths: Result<Option<BTreeSet<String>>, Doubt>,
}

/// What the code is compared with.
pub(super) struct Base {
    pub(super) commit: String,
    /// For people.
    pub(super) label: String,
}

pub(super) fn collect(workspace: &Workspace, request: &Request) -> Result<Changes, Refusal> {
    let (Some(repository), Some(_)) = (&workspace.repository, &workspace.head) else {
        return Ok(Changes { lines: Ok(None), paths: Ok(None) });
    };
    if let Some(reference) = &request.base {
        workspace::named(repository, "--base", reference)?;
    }
    let base = match base(workspace, request, repository) {
        Ok(Some(base)) => base,
        Ok(None) => return Ok(Changes { lines: Ok(None), paths: Ok(None) }),
        // A base that was asked for by name and has nothing to do with HEAD is a mistake, not a doubt.
        Err(error @ LedgerError::Bad(_)) if request.base.is_some() => {
            return Err(Refusal::usage(error.to_string()));
        }
        Err(error) => {
            let doubt = doubt(&error);
            return Ok(Changes { lines: Err(doubt.clone()), paths: Err(doubt) });
        }
    };
    let lines = diff::changed_lines(repository, Some(&base.commit), &base.label);
    let paths = diff::changed_paths(repository, Some(&base.commit), None);
    let ledger = workspace.ledger_paths();
    Ok(Changes {
        lines: lines.map(Some).map_err(|e| doubt(&e)),
        paths: paths
            .map(|all| Some(all.into_iter().filter(|p| !ledger.holds(p)).collect()))
            .map_err(|e| doubt(&e)),
    })
}

/// A fact that git could not give.
pub(super) fn doubt(error: &LedgerError) -> Doubt {
    let code =
        if matches!(error, LedgerError::Shallow { .. }) { "history/shallow" } else { "history/unreadable" };
    let next = error.hint().unwrap_or_else(|| "git fetch --tags origin".to_owned());
    Doubt::new(code, error.to_string(), next)
}

/// What the code is compared with; `None` if there is nothing.
pub(super) fn base(
    workspace: &Workspace,
    request: &Request,
    repository: &Repository,
) -> Result<Option<Base>, LedgerError> {
    let Some(head) = &workspace.head else { return Ok(None) };
    if let Some(reference) = &request.base {
        return merge_base(repository, &head.id, reference).map(Some);
    }
    if request.occasion == Occasion::Milestone {
        let previous = previous_milestone(workspace, request.milestone.as_ref())?;
        return Ok(previous.map(|(name, tag)| Base { commit: tag.target, label: format!("the tag {name}") }));
    }
    if let Some(branch) = ci::base_branch() {
        return of_pull_request(repository, &head.id, &workspace.config.tag.remote, &branch).map(Some);
    }
    let remote = &workspace.config.tag.remote;
    let Some(branch) = main_branch(workspace, repository) else { return Ok(None) };
    for name in [format!("refs/remotes/{remote}/{branch}"), format!("refs/heads/{branch}")] {
        if repository.resolve(&name).is_ok() {
            return merge_base(repository, &head.id, &name).map(Some);
        }
    }
    Ok(None)
}

/// The branch that pull requests go to.
pub(super) fn main_branch(workspace: &Workspace, repository: &Repository) -> Option<String> {
    let tag = &workspace.config.tag;
    tag.branch.clone().or_else(|| repository.default_branch(&tag.remote))
}

fn merge_base(repository: &Repository, head: &str, reference: &str) -> Result<Base, LedgerError> {
    let other = repository.resolve(reference)?;
    let base = repository.merge_base(head, &other)?;
    let name = reference.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/");
    let short = |id: &str| id.chars().take(7).collect::<String>();
    match base {
        Some(commit) => {
            Ok(Base { label: format!("the merge base with {name} ({})", short(&commit)), commit })
        }
        None => Err(LedgerError::Bad(format!("HEAD and {name} have no common history"))),
    }
}

/// In the merge commit that CI checks out for a pull request, the base is its first parent.
fn of_pull_request(
    repository: &Repository,
    head: &str,
    remote: &str,
    branch: &str,
) -> Result<Base, LedgerError> {
    let shallow = || LedgerError::shallow(format!("cannot compare with {branch}"));
    let parents = match repository.parents(head) {
        Err(LedgerError::Shallow { .. }) => return Err(shallow()),
        other => other?,
    };
    if let [first, _, ..] = parents.as_slice()
        && ci::is_merge_checkout()
    {
        if !repository.has(first) {
            return Err(shallow());
        }
        return Ok(Base { commit: first.clone(), label: format!("{branch}, the base of the pull request") });
    }
    if repository.is_shallow() && parents.is_empty() {
        return Err(shallow());
    }
    match merge_base(repository, head, &format!("refs/remotes/{remote}/{branch}")) {
        Err(LedgerError::Bad(_)) => {
            Err(LedgerError::shallow(format!("{remote}/{branch} is not in this clone")))
        }
        other => other,
    }
}

/// The tag of the latest other milestone that HEAD builds on: its name and facts.
///
/// # Errors
/// If the history needed to know is not in this clone.
pub(in crate::commands) fn previous_milestone(
    workspace: &Workspace,
    milestone: Option<&Milestone>,
) -> Result<Option<(String, TagFacts)>, LedgerError> {
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else { return Ok(None) };
    let mut latest: Option<(String, TagFacts)> = None;
    for other in workspace.config.milestones.iter().filter(|m| milestone.is_none_or(|own| own.id != m.id)) {
        let Ok(name) = workspace.tag_name(other) else { continue };
        let Some(tag) = repository.tag(&name)?.filter(|tag| tag.annotated && tag.target_is_commit) else {
            continue;
        };
        if !repository.is_ancestor(&tag.target, &head.id)? {
            continue;
        }
        let later = match &latest {
            None => true,
            Some((_, known)) => repository.is_ancestor(&known.target, &tag.target)?,
        };
        if later {
            latest = Some((name, tag));
        }
    }
    Ok(latest)
}
