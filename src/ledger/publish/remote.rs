//! What the remote has. Nothing that was fetched earlier counts: the remote itself is asked.

use std::collections::BTreeMap;

use super::error::PublishError;
use super::site::object_name;
use crate::ledger::git::{Git, scrub};

/// Where a push to this remote goes, as an argument. Usually its name; but with a `pushurl` of its own
/// the name would ask another repository than the one that is pushed to.
pub(in crate::ledger) fn address(git: &Git, remote: &str) -> Result<String, PublishError> {
    let unknown = || {
        PublishError::refused(
            format!("there is no remote `{}`", scrub(remote)),
            "add it with `git remote add`, name another in [tag] remote, or use --no-push",
        )
    };
    if remote.is_empty() || remote.starts_with('-') {
        return Err(unknown());
    }
    let fetch = git.call(&["remote", "get-url", remote]).run()?;
    if !fetch.good() {
        return Err(unknown());
    }
    let push = git.call(&["remote", "get-url", "--push", "--all", remote]).line()?;
    if push.lines().count() > 1 {
        return Err(PublishError::refused(
            format!("the remote `{remote}` has several push URLs, so no push to it is atomic"),
            "name a remote with one push URL in [tag] remote",
        ));
    }
    Ok(if push == fetch.text().trim_end() { remote.to_owned() } else { push })
}

/// The objects of some refs at the remote, by full name; those it lacks are missing.
pub(super) fn ask(git: &Git, remote: &str, refs: &[&str]) -> Result<BTreeMap<String, String>, PublishError> {
    let address = address(git, remote)?;
    let mut arguments = vec!["ls-remote", "--", address.as_str()];
    arguments.extend(refs);
    let answer = git.call(&arguments).run()?;
    if !answer.good() {
        return Err(PublishError::refused(
            format!("the remote `{remote}` does not answer: {}", answer.stderr),
            "check the network and your access to it, or use --no-push",
        ));
    }
    let mut found = BTreeMap::new();
    for line in answer.text().lines() {
        // Git matches the ends of names, so `refs/x/refs/heads/main` would answer as well.
        if let Some((object, name)) = line.split_once('\t')
            && refs.contains(&name)
        {
            found.insert(name.to_owned(), object_name(object)?);
        }
    }
    Ok(found)
}

/// The names of the repository's remotes.
pub fn remotes(git: &Git) -> Result<Vec<String>, PublishError> {
    Ok(git.call(&["remote"]).ok()?.text().lines().map(str::to_owned).collect())
}
