//! A run that finds the traces of an earlier one. The facts (remote, refs) win over the journal: what
//! has begun is rolled forward, what has not is forgotten, and both may happen any number of times.

use super::error::PublishError;
use super::plan::Claim;
use super::push;
use super::remote;
use super::tag::{self, TagState};
use super::{Report, Run, worktree};
use crate::ledger::journal::{Journal, Mode, Move, Step};

/// What became of the journal.
pub(super) enum Settled {
    /// There was none, or it was of no use any more.
    Nothing,
    /// It had not begun; the same plan may use its objects again.
    Unbegun(Box<Journal>),
    /// It had begun and is finished now.
    Done(Report),
}

/// Finish or forget the transaction of a milestone.
pub(super) fn settle(run: &Run<'_>, milestone: &str) -> Result<Settled, PublishError> {
    let common = &run.site.common;
    let Some(mut journal) = Journal::load(common, milestone)? else { return Ok(Settled::Nothing) };
    run.sweep(&journal)?;
    worktree::sweep(run, milestone)?;
    let tag = match &journal.remote {
        Some(name) => remote::ask(&run.site.git, name, &[&journal.tag_ref()])?.remove(&journal.tag_ref()),
        None => run.site.ref_value(&journal.tag_ref())?,
    };
    let ours = tag.as_deref() == Some(&journal.tag_object);
    if ours || (tag.is_none() && half_moved(run, &journal)?) {
        // Not written again if it says so already: its time tells our own ref locks from others'.
        if journal.remote.is_some() && journal.step < Step::Published {
            run.advance(&mut journal, Step::Published)?;
        }
        return Ok(Settled::Done(run.finish(journal)?));
    }
    run.forget(milestone)?;
    Ok(match tag {
        None if journal.step == Step::Prepared => Settled::Unbegun(Box::new(journal)),
        _ => Settled::Nothing,
    })
}

/// A transaction of refs is one rename for each ref: a kill may fall between the branch and the tag.
pub(super) fn half_moved(run: &Run<'_>, journal: &Journal) -> Result<bool, PublishError> {
    match (&journal.remote, &journal.branch) {
        (None, Some(Move { name, to, .. })) => match run.site.ref_value(name)? {
            Some(at) => Ok(at == *to || run.site.is_ancestor(to, &at)?),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}

/// The milestone is complete already, or all but pushed, or its tag says something else.
pub(super) fn reconcile(
    run: &Run<'_>,
    claim: &Claim,
    state: TagState,
) -> Result<Option<Report>, PublishError> {
    match state {
        TagState::Absent => Ok(None),
        TagState::Conflict { reason } => Err(conflict(reason)),
        TagState::Complete { tag_object, target, here } => {
            Ok(Some(complete_already(claim, &tag_object, &target, here)))
        }
        TagState::Unpushed { tag_object, target } => push_late(run, claim, tag_object, target).map(Some),
    }
}

/// What [`reconcile`] would say, without doing it.
pub(super) fn foresee(claim: &Claim, state: TagState) -> Result<Option<Report>, PublishError> {
    match state {
        TagState::Absent => Ok(None),
        TagState::Conflict { reason } => Err(conflict(reason)),
        TagState::Complete { tag_object, target, here } => {
            Ok(Some(complete_already(claim, &tag_object, &target, here)))
        }
        TagState::Unpushed { tag_object, target } => {
            let mut report = Report::of(&tag_object, &target, None);
            let remote = claim.remote.as_deref().unwrap_or_default();
            report.step("tag", true, format!("{} is here already", claim.tag));
            report.step("push", false, format!("it would be pushed to {remote}"));
            Ok(Some(report))
        }
    }
}

fn conflict(reason: String) -> PublishError {
    PublishError::conflict(
        reason,
        "Milegate never moves or deletes a tag; look at it with `git show`, and decide",
    )
}

fn complete_already(claim: &Claim, tag_object: &str, target: &str, here: bool) -> Report {
    let mut report = Report::of(tag_object, target, None);
    report.pushed = claim.remote.is_some();
    report.step("tag", true, format!("{} is there already; nothing is changed", claim.tag));
    if !here {
        report.step("here", false, "the tag is only at the remote; `git pull --tags` brings it".into());
    }
    report
}

/// Push a tag that was made without: it, and the documents' commit if that is the next one there.
fn push_late(
    run: &Run<'_>,
    claim: &Claim,
    tag_object: String,
    target: String,
) -> Result<Report, PublishError> {
    let remote = claim.remote.clone().unwrap_or_default();
    let refs = [claim.branch_ref(), claim.documents_ref()];
    let found = remote::ask(&run.site.git, &remote, &refs.each_ref().map(String::as_str))?;
    let tip = found.get(&refs[0]);
    let known = match tip {
        Some(tip) => *tip == target || run.site.is_ancestor(&target, tip)?,
        None => false,
    };
    if !known && claim.mode != Mode::TagOnly {
        return Err(PublishError::refused(
            format!("{remote} does not have the commit of {} on {}", claim.tag, claim.branch),
            format!("git push {remote} {}, and run the same command again", claim.branch),
        ));
    }
    let docs_commit = documents_after(run, claim, &target)?;
    let move_to = |name: &str, remote_from: Option<String>, to: String| {
        Some(Move { name: name.to_owned(), remote_from, local_from: None, to })
    };
    let branch = match (claim.mode, &docs_commit) {
        (Mode::Direct, Some(docs)) if tip == Some(&target) => move_to(&refs[0], tip.cloned(), docs.clone()),
        (Mode::Branch, _) if !found.contains_key(&refs[1]) => {
            run.site.ref_value(&refs[1])?.and_then(|to| move_to(&refs[1], None, to))
        }
        _ => None,
    };
    let journal = Journal {
        version: Journal::VERSION,
        milestone: claim.milestone.clone(),
        step: Step::Prepared,
        plan: String::new(),
        tag: claim.tag.clone(),
        tag_object,
        target,
        docs_commit,
        mode: claim.mode,
        remote: Some(remote.clone()),
        branch,
        documents: Vec::new(),
    };
    // One push and nothing else, so no journal: it happened or it did not.
    push::publish(run, &journal, &remote)?;
    let mut report = Report::of(&journal.tag_object, &journal.target, journal.docs_commit.as_deref());
    (report.changed, report.pushed) = (true, true);
    report.step("push", true, format!("{} was made here before and is now at {remote}", claim.tag));
    Ok(report)
}

/// The documents' commit of a tag: the next one on the branch, if it says that it is.
fn documents_after(run: &Run<'_>, claim: &Claim, target: &str) -> Result<Option<String>, PublishError> {
    let Some(branch) = run.site.ref_value(&claim.branch_ref())? else { return Ok(None) };
    let range = format!("{target}..{branch}");
    let list = run.site.git.call(&["rev-list", "--first-parent", "--reverse", &range, "--"]).ok()?.text();
    let Some(child) = list.lines().next() else { return Ok(None) };
    let text = run.site.git.call(&["cat-file", "commit", child]).ok()?.text();
    let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let parents: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix("parent ")).collect();
    let is_it = parents == [target] && tag::milestones_of(message) == [claim.milestone.as_str()];
    Ok(is_it.then(|| child.to_owned()))
}
