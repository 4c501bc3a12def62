//! The local refs, in one transaction: the tag, and the branch if it is still where it was.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Run;
use super::error::PublishError;
use super::resume;
use crate::ledger::git::{Answer, DURABLE};
use crate::ledger::journal::{Journal, Move};

/// How long a lock may stay as it is before its owner is taken for dead.
const GRACE: Duration = Duration::from_secs(1);

/// What became of the local refs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Branch {
    /// There is no branch to move here.
    None,
    /// It holds the documents' commit.
    Forward,
    /// HEAD is detached or elsewhere: the branch is not moved.
    NotHere,
    /// It went on by itself meanwhile; `git pull` joins the two.
    Parted,
}

/// Create the tag and move the branch, as far as that is not done.
pub(super) fn apply(run: &Run<'_>, journal: &Journal) -> Result<Branch, PublishError> {
    let (branch, update) = plan_branch(run, journal)?;
    let mut lines = String::new();
    if run.site.ref_value(&journal.tag_ref())?.is_none() {
        lines.push_str(&format!("create {} {}\n", journal.tag_ref(), journal.tag_object));
    }
    lines.push_str(&update);
    if lines.is_empty() {
        return Ok(branch);
    }
    let message = format!("milegate: complete {}", journal.milestone);
    let answer = run
        .site
        .git
        .call(&["update-ref", "-m", &message, "--stdin"])
        .hooks()
        .setting(DURABLE)
        .input(format!("start\n{lines}prepare\ncommit\n"))
        .run()?;
    if answer.good() { Ok(branch) } else { Err(failed(run, journal, &answer)?) }
}

/// Without a remote a refusal means that nothing happened, but a killed git may have moved one of two.
fn failed(run: &Run<'_>, journal: &Journal, answer: &Answer) -> Result<PublishError, PublishError> {
    let said = if answer.stderr.is_empty() { "git update-ref was killed" } else { &answer.stderr };
    if answer.status.is_none() {
        run.sweep(journal)?;
    }
    let begun = answer.status.is_none()
        || run.site.ref_value(&journal.tag_ref())?.as_ref() == Some(&journal.tag_object)
        || resume::half_moved(run, journal)?;
    if journal.remote.is_some() || begun {
        let what =
            if journal.remote.is_some() { "is published, but not yet made here" } else { "is not yet made" };
        return Ok(PublishError::Unfinished {
            reason: format!("{} {what}: {said}", journal.tag),
            hint: "remove what is in the way, if anything is, and run the same command again".into(),
        });
    }
    run.forget(&journal.milestone)?;
    Ok(PublishError::NotPublished { reason: said.to_owned(), hint: "run the same command again".into() })
}

/// Whether and how the branch is to be moved here.
fn plan_branch(run: &Run<'_>, journal: &Journal) -> Result<(Branch, String), PublishError> {
    let Some(Move { name, local_from, to, .. }) = &journal.branch else {
        return Ok((Branch::None, String::new()));
    };
    let at = run.site.ref_value(name)?;
    let Some(from) = local_from else {
        // The documents' own branch: with a remote it lives there and needs no copy.
        return Ok(match at {
            _ if journal.remote.is_some() => (Branch::None, String::new()),
            None => (Branch::Forward, format!("create {name} {to}\n")),
            Some(_) => (Branch::Forward, String::new()),
        });
    };
    let Some(at) = at else { return Ok((Branch::NotHere, String::new())) };
    if at == *to || run.site.is_ancestor(to, &at)? {
        return Ok((Branch::Forward, String::new()));
    }
    let on_it = run.site.head_branch()?.as_deref() == Some(name.as_str());
    if !on_it && (journal.remote.is_some() || checked_out(run, name)?) {
        return Ok((Branch::NotHere, String::new()));
    }
    if at != *from && journal.remote.is_some() {
        return Ok((Branch::Parted, String::new()));
    }
    // Without a remote this is the commit point, and it is all or nothing: the expected value decides.
    Ok((Branch::Forward, format!("update {name} {to} {from}\n")))
}

/// Whether some work tree has the branch checked out; its files would fall behind unseen.
fn checked_out(run: &Run<'_>, name: &str) -> Result<bool, PublishError> {
    Ok(!run.site.git.call(&["for-each-ref", "--format=%(worktreepath)", name]).line()?.is_empty())
}

/// Remove the ref locks that a killed run of ours left behind, or no re-run could ever finish.
///
/// A lock is ours only if all of this holds: it is on a ref of this transaction; it was made after the
/// journal's last step; it holds nothing or the very object we were about to write; and it does not
/// change for a while. The caller holds the Milegate lock, so no other run of ours is alive.
pub(super) fn sweep(run: &Run<'_>, journal: &Journal, written: SystemTime) {
    let mut locks =
        vec![(run.site.common.join(format!("{}.lock", journal.tag_ref())), journal.tag_object.as_str())];
    if let Some(branch) = &journal.branch {
        locks.push((run.site.common.join(format!("{}.lock", branch.name)), branch.to.as_str()));
        locks.push((run.site.own.join("HEAD.lock"), ""));
        // A push moves the remote-tracking branch as well.
        if let (Some(remote), Some(name)) = (&journal.remote, branch.name.strip_prefix("refs/heads/")) {
            let tracking = format!("refs/remotes/{remote}/{name}.lock");
            locks.push((run.site.common.join(tracking), branch.to.as_str()));
        }
    }
    let seen: Vec<_> = locks
        .into_iter()
        .filter_map(|(path, object)| Some((ours(&path, object, written)?, path, object)))
        .collect();
    if seen.is_empty() {
        return;
    }
    std::thread::sleep(GRACE);
    for (made, path, object) in seen {
        if ours(&path, object, written) == Some(made) {
            // If it cannot be removed, git itself will name it in its error.
            let _ = fs::remove_file(path);
        }
    }
}

/// When the lock was made, if it can be ours.
fn ours(path: &Path, object: &str, written: SystemTime) -> Option<SystemTime> {
    let made = fs::symlink_metadata(path).and_then(|data| data.modified()).ok()?;
    let text = fs::read_to_string(path).ok()?;
    (made >= written && (text.is_empty() || text.trim_end() == object)).then_some(made)
}
