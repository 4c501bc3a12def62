//! The write side of `milegate complete`: one milestone's tag and documents, published whole or not at all.
//!
//! 1. *Objects*: blobs, tree, the documents' commit and the tag object. Nothing names them.
//! 2. *Push*: one atomic push by object id. This is the commit point (without a remote: step 3).
//! 3. *Refs*: the local tag and branch, in one transaction.
//! 4. *Work tree*: the files of the documents, and the index.
//!
//! A journal says how far it came; a plain re-run of the same command finishes it, whichever step the
//! last run was killed at. Nothing here knows gates or configuration: a [`Plan`] is plain values.

mod error;
mod objects;
mod plan;
mod preflight;
mod push;
mod refs;
mod remote;
mod resume;
mod site;
mod tag;
mod worktree;

use std::time::Duration;

pub use self::error::{Kind, PublishError};
pub use self::plan::{Claim, Document, Plan};
pub use self::preflight::{Preflight, preflight};
pub(super) use self::remote::address;
pub use self::remote::remotes;
pub use self::tag::{TRAILER, TagState, existing};
use super::git::Git;
pub use super::journal::Mode;
use super::journal::{Journal, Step as Stage};
use super::lock::Lock;
use resume::Settled;
use site::Site;

/// Called at each of [`POINTS`]; a test stops the run there by an error, as a kill would.
pub type Hook<'a> = &'a dyn Fn(&str) -> Result<(), PublishError>;

/// Where a run can be stopped, in order: after each step of the journal, and after the acts between.
pub const POINTS: &[&str] = &["prepared", "pushed", "published", "moved", "refs", "documents", "worktree"];

/// The hook of production.
pub fn no_stop(_: &str) -> Result<(), PublishError> {
    Ok(())
}

/// One thing that was done, or was left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// A word: `objects`, `push`, `tag`, `branch`, `documents`, `here`.
    pub name: &'static str,
    /// Whether it is done.
    pub done: bool,
    /// A sentence about it.
    pub detail: String,
}

/// What one run did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The tag object.
    pub tag_object: String,
    /// The tagged commit.
    pub target: String,
    /// The commit of the documents, if there is one.
    pub docs_commit: Option<String>,
    /// Whether this run changed anything.
    pub changed: bool,
    /// Whether the remote has the tag.
    pub pushed: bool,
}

impl Report {
    fn of(tag_object: &str, target: &str, docs_commit: Option<&str>) -> Self {
        Self {
            steps: Vec::new(),
            tag_object: tag_object.to_owned(),
            target: target.to_owned(),
            docs_commit: docs_commit.map(str::to_owned),
            changed: false,
            pushed: false,
        }
    }

    fn step(&mut self, name: &'static str, done: bool, detail: String) {
        self.steps.push(Step { name, done, detail });
    }
}

/// A run that holds the lock.
struct Run<'a> {
    site: Site,
    hook: Hook<'a>,
}

/// Before anything is judged: finish what an earlier run began, and see whether the milestone is complete.
/// `None`: it is not, and nothing stands in its way.
pub fn settle(
    git: &Git,
    claim: &Claim,
    wait: Duration,
    hook: Hook<'_>,
) -> Result<Option<Report>, PublishError> {
    let site = Site::find(git)?;
    let _lock = Lock::acquire(&site.common, wait)?;
    let run = Run { site, hook };
    if let Settled::Done(report) = resume::settle(&run, &claim.milestone)? {
        return Ok(Some(report));
    }
    let state = existing(&run.site.git, claim)?;
    resume::reconcile(&run, claim, state)
}

/// What [`settle`] would come to, as far as the tag shows it; nothing is changed.
pub fn foresee(git: &Git, claim: &Claim) -> Result<Option<Report>, PublishError> {
    resume::foresee(claim, existing(git, claim)?)
}

/// Finish or forget what an earlier run of this milestone began; `None` if there is nothing to finish.
pub fn resume(
    git: &Git,
    milestone: &str,
    wait: Duration,
    hook: Hook<'_>,
) -> Result<Option<Report>, PublishError> {
    let site = Site::find(git)?;
    let _lock = Lock::acquire(&site.common, wait)?;
    Ok(match resume::settle(&Run { site, hook }, milestone)? {
        Settled::Done(report) => Some(report),
        Settled::Nothing | Settled::Unbegun(_) => None,
    })
}

/// Apply a plan: all of it, or nothing.
pub fn complete(git: &Git, plan: &Plan, wait: Duration, hook: Hook<'_>) -> Result<Report, PublishError> {
    plan.validate()?;
    let site = Site::find(git)?;
    let _lock = Lock::acquire(&site.common, wait)?;
    let run = Run { site, hook };
    let unbegun = match resume::settle(&run, &plan.milestone)? {
        Settled::Done(report) => return Ok(report),
        Settled::Unbegun(journal) => Some(*journal),
        Settled::Nothing => None,
    };
    let before = preflight(&run.site.git, plan)?;
    if let Some(report) = resume::reconcile(&run, &plan.claim(), before.state)? {
        return Ok(report);
    }
    let journal = match unbegun {
        Some(journal) if run.fits(&journal, plan, before.moves.as_ref())? => journal,
        _ => objects::prepare(&run.site, plan, before.moves)?,
    };
    run.commit(journal)
}

impl Run<'_> {
    fn reach(&self, point: &str) -> Result<(), PublishError> {
        (self.hook)(point)
    }

    fn forget(&self, milestone: &str) -> Result<(), PublishError> {
        Ok(Journal::remove(&self.site.common, milestone)?)
    }

    fn advance(&self, journal: &mut Journal, stage: Stage) -> Result<(), PublishError> {
        journal.step = stage;
        journal.store(&self.site.common)?;
        self.reach(stage.word())
    }

    /// Whether the objects of a run that never published are just those that this plan needs.
    fn fits(
        &self,
        journal: &Journal,
        plan: &Plan,
        moves: Option<&super::journal::Move>,
    ) -> Result<bool, PublishError> {
        let from = journal.branch.as_ref().map(|branch| &branch.remote_from);
        if journal.plan != plan.digest()
            || from.is_some_and(|from| Some(from) != moves.map(|m| &m.remote_from))
        {
            return Ok(false);
        }
        for object in [Some(&journal.tag_object), journal.docs_commit.as_ref()].into_iter().flatten() {
            if !self.site.git.call(&["cat-file", "-e", object]).run()?.good() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// From written objects over the commit point to the end.
    fn commit(&self, mut journal: Journal) -> Result<Report, PublishError> {
        self.advance(&mut journal, Stage::Prepared)?;
        if let Some(remote) = journal.remote.clone() {
            push::publish(self, &journal, &remote)?;
            self.advance(&mut journal, Stage::Published).map_err(PublishError::late)?;
        }
        self.finish(journal)
    }

    /// All that follows the commit point; every part of it may already be done.
    fn finish(&self, mut journal: Journal) -> Result<Report, PublishError> {
        let mut report = Report::of(&journal.tag_object, &journal.target, journal.docs_commit.as_deref());
        report.changed = true;
        report.pushed = journal.remote.is_some();
        if let Some(remote) = &journal.remote {
            let branch = journal.branch.as_ref().map(|branch| format!(" and {}", branch.name));
            let detail = format!("{}{} to {remote}", journal.tag_ref(), branch.unwrap_or_default());
            report.step("push", true, detail);
        }
        let branch = refs::apply(self, &journal)?;
        self.reach("moved")?;
        report.step("tag", true, format!("{} is {}", journal.tag_ref(), journal.tag_object));
        describe(&mut report, &journal, branch);
        let edited = self.bring_forward(&mut journal).map_err(PublishError::late)?;
        if !edited.is_empty() {
            return Err(PublishError::Edited { tag: journal.tag, paths: edited });
        }
        Ok(report)
    }

    /// The last two steps of the journal; the files that somebody edited come back.
    fn bring_forward(&self, journal: &mut Journal) -> Result<Vec<String>, PublishError> {
        if journal.step < Stage::Refs {
            self.advance(journal, Stage::Refs)?;
        }
        let edited = if self.documents_due(journal)? { worktree::apply(self, journal)? } else { Vec::new() };
        self.advance(journal, Stage::Worktree)?;
        self.forget(&journal.milestone)?;
        Ok(edited)
    }

    /// Remove the ref locks that killed processes of this transaction left.
    fn sweep(&self, journal: &Journal) -> Result<(), PublishError> {
        if let Some(written) = Journal::written(&self.site.common, &journal.milestone)? {
            refs::sweep(self, journal, written);
        }
        Ok(())
    }

    /// Whether HEAD is on the branch that moved, just at the documents' commit.
    fn documents_due(&self, journal: &Journal) -> Result<bool, PublishError> {
        let (Mode::Direct, Some(docs), Some(branch)) = (journal.mode, &journal.docs_commit, &journal.branch)
        else {
            return Ok(false);
        };
        Ok(self.site.head_branch()?.as_ref() == Some(&branch.name) && self.site.head()? == *docs)
    }
}

/// The lines about the branch and the documents.
fn describe(report: &mut Report, journal: &Journal, branch: refs::Branch) {
    let Some(moved) = &journal.branch else { return };
    let name = moved.name.trim_start_matches("refs/heads/");
    let (done, detail) = match branch {
        refs::Branch::None => {
            (true, format!("the documents are on {name} at the remote; open a pull request for it"))
        }
        refs::Branch::Forward => (true, format!("{name} is at {}", moved.to)),
        refs::Branch::NotHere => (
            false,
            format!("HEAD is not on {name}, so it is not moved here; `git pull` there brings the documents"),
        ),
        refs::Branch::Parted => (false, format!("{name} moved meanwhile; `git pull` brings the documents")),
    };
    report.step("branch", done, detail);
}
