//! All that can be refused before anything is written. A refusal by the remote's own hooks cannot be
//! foreseen (`git push --dry-run` succeeds where `pre-receive` refuses), so that comes later.

use super::error::PublishError;
use super::objects;
use super::plan::{Claim, Plan};
use super::remote;
use super::site::Site;
use super::tag::{self, TagState};
use super::worktree;
use crate::ledger::git::Git;
use crate::ledger::journal::{Mode, Move};

/// What the preflight found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    /// What stands under the tag's name. The other checks are made only if that is nothing.
    pub state: TagState,
    /// The branch that HEAD is on; none if it is detached.
    pub head_branch: Option<String>,
    /// The branch that would move, without its new object.
    pub(super) moves: Option<Move>,
}

/// What the remote has of a plan; empty without a remote.
struct There {
    used: bool,
    tip: Option<String>,
    documents: Option<String>,
}

/// Look whether the plan can be applied, and change nothing.
pub fn preflight(git: &Git, plan: &Plan) -> Result<Preflight, PublishError> {
    plan.validate()?;
    let site = Site::find(git)?;
    let claim = plan.claim();
    let refs = [claim.tag_ref(), claim.branch_ref(), claim.documents_ref()];
    let mut found = match &claim.remote {
        Some(name) => remote::ask(&site.git, name, &refs.each_ref().map(String::as_str))?,
        None => Default::default(),
    };
    let state = tag::state(&site, &claim, found.get(&refs[0]).map(String::as_str))?;
    let there = There {
        used: claim.remote.is_some(),
        tip: found.remove(&refs[1]),
        documents: found.remove(&refs[2]),
    };
    let head_branch = site.head_branch()?;
    let mut moves = None;
    if state == TagState::Absent {
        idle(&site)?;
        identity(&site)?;
        names(&site, plan)?;
        head(&site, plan, &claim, head_branch.as_deref(), &there)?;
        clean(&site)?;
        let changes =
            if plan.mode == Mode::TagOnly { Vec::new() } else { objects::changes(&site, plan, false)? };
        // Only then are the files themselves brought forward.
        if plan.mode == Mode::Direct && head_branch.is_some() {
            worktree::ready(&site, &changes)?;
        }
        moves = branch_move(&site, plan, &claim, &there)?;
    }
    let head_branch = head_branch.map(|name| name.trim_start_matches("refs/heads/").to_owned());
    Ok(Preflight { state, head_branch, moves })
}

/// No merge, rebase or the like is under way.
fn idle(site: &Site) -> Result<(), PublishError> {
    for (file, name) in [
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("BISECT_LOG", "bisect"),
    ] {
        if site.own.join(file).exists() {
            return Err(PublishError::refused(
                format!("a {name} is under way"),
                format!(
                    "finish it or end it with `git {name} {}`",
                    if name == "bisect" { "reset" } else { "--abort" }
                ),
            ));
        }
    }
    Ok(())
}

fn identity(site: &Site) -> Result<(), PublishError> {
    for who in ["GIT_COMMITTER_IDENT", "GIT_AUTHOR_IDENT"] {
        let answer = site.git.call(&["var", who]).run()?;
        if !answer.good() {
            return Err(PublishError::refused(
                "git does not know who you are, and a tag names its maker",
                "git config user.name \"...\" && git config user.email \"...\"",
            ));
        }
    }
    Ok(())
}

/// Names that git takes, and that do not clash with tags on any file system.
fn names(site: &Site, plan: &Plan) -> Result<(), PublishError> {
    for name in [format!("refs/tags/{}", plan.tag), format!("refs/heads/{}", plan.branch)] {
        if !site.git.call(&["check-ref-format", &name]).run()?.good() {
            return Err(PublishError::refused(format!("`{}` is no name for a ref", name.escape_debug()), ""));
        }
    }
    let wanted = plan.tag.to_lowercase();
    let tags = site.git.call(&["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"]).ok()?.text();
    for tag in tags.lines() {
        let other = tag.to_lowercase();
        let inside = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
        if other == wanted || inside(&other, &wanted) || inside(&wanted, &other) {
            return Err(PublishError::conflict(
                format!("the tag {} cannot stand beside the existing tag {tag}", plan.tag),
                "choose another [tag] name; file systems keep only one of the two",
            ));
        }
    }
    Ok(())
}

/// HEAD is the judged commit, on the branch (or detached at its tip), and the remote has it as its tip.
fn head(
    site: &Site,
    plan: &Plan,
    claim: &Claim,
    head_branch: Option<&str>,
    there: &There,
) -> Result<(), PublishError> {
    let (head, branch) = (site.head()?, &plan.branch);
    if head != plan.target {
        return Err(PublishError::refused(
            format!("HEAD is at {head} and no longer at {}, which was judged", plan.target),
            "run the same command again",
        ));
    }
    match head_branch {
        Some(name) if name != claim.branch_ref() => {
            let name = name.trim_start_matches("refs/heads/");
            return Err(PublishError::refused(
                format!("HEAD is on {name}; milestones are completed on {branch}"),
                format!("git switch {branch}"),
            ));
        }
        Some(_) => {}
        None => detached(site, plan, claim, &head, there)?,
    }
    let tip = match &there.tip {
        Some(tip) if plan.mode != Mode::TagOnly && *tip != head => tip,
        _ => return Ok(()),
    };
    let remote = claim.remote.as_deref().unwrap_or_default();
    let (reason, hint) = if site.is_ancestor(tip, &head)? {
        (
            "is ahead of",
            format!("git push {remote} {branch}, let its checks pass, and run the same command again"),
        )
    } else if site.ref_value(&format!("{tip}^{{commit}}"))?.is_none() || site.is_ancestor(&head, tip)? {
        ("is behind", format!("git pull {remote} {branch}"))
    } else {
        ("has parted from", format!("git pull --rebase {remote} {branch}"))
    };
    Err(PublishError::refused(format!("HEAD ({head}) {reason} {branch} of {remote} ({tip})"), hint))
}

/// A detached HEAD is what CI checks out. It is good only at the tip of the branch: the merge commit of
/// a pull request, for one, never lands anywhere.
fn detached(site: &Site, plan: &Plan, claim: &Claim, head: &str, there: &There) -> Result<(), PublishError> {
    let tips = if there.used {
        vec![there.tip.clone()]
    } else {
        let tracked = plan.remote.as_ref().map(|name| format!("refs/remotes/{name}/{}", plan.branch));
        vec![site.ref_value(&claim.branch_ref())?, tracked.map_or(Ok(None), |name| site.ref_value(&name))?]
    };
    if !tips.iter().flatten().any(|tip| tip == head) {
        return Err(PublishError::refused(
            format!("HEAD is detached at {head}, which is not the tip of {}", plan.branch),
            format!("git switch {}", plan.branch),
        ));
    }
    if !there.used && plan.mode == Mode::Direct && !plan.documents.is_empty() {
        return Err(PublishError::refused(
            "HEAD is detached and nothing is pushed, so the documents' commit would be on no branch",
            format!("git switch {}", plan.branch),
        ));
    }
    Ok(())
}

/// What is tagged is what lies in the work tree: no tracked file differs from HEAD.
fn clean(site: &Site) -> Result<(), PublishError> {
    let arguments = [
        "status",
        "--porcelain",
        "-z",
        "--no-renames",
        "--untracked-files=no",
        "--ignore-submodules=untracked",
    ];
    let text = site.git.call(&arguments).ok()?.text();
    let dirty: Vec<&str> = text.split('\0').filter_map(|entry| entry.get(3..)).collect();
    if dirty.is_empty() {
        return Ok(());
    }
    let more = dirty.len().saturating_sub(10);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(PublishError::refused(
        format!("tracked files are changed: {}{tail}", dirty[..dirty.len() - more].join(", ")),
        "commit them, or put them away with `git stash`",
    ))
}

/// The branch that moves with the tag, and what must be there before; its new object is still empty.
fn branch_move(site: &Site, plan: &Plan, claim: &Claim, there: &There) -> Result<Option<Move>, PublishError> {
    let to = String::new();
    match plan.mode {
        Mode::TagOnly => Ok(None),
        Mode::Direct => Ok(Some(Move {
            name: claim.branch_ref(),
            remote_from: there.tip.clone(),
            local_from: Some(plan.target.clone()),
            to,
        })),
        Mode::Branch => {
            let name = claim.documents_ref();
            let here = if there.used { None } else { site.ref_value(&name)? };
            match there.documents.as_ref().or(here.as_ref()) {
                Some(at) => Err(PublishError::conflict(
                    format!("the branch milegate/{} exists already, at {at}", plan.milestone),
                    "it is of an earlier attempt; delete it if nobody needs it",
                )),
                None => Ok(Some(Move { name, remote_from: None, local_from: None, to })),
            }
        }
    }
}
