//! The commit point: one atomic push by object id, and then the question what the remote has now.
//! The push's own words decide nothing, for a connection may end after the server has accepted.

use super::Run;
use super::error::PublishError;
use super::remote;
use crate::ledger::git::Answer;
use crate::ledger::journal::{Journal, Mode, Move};

/// Push tag and documents; afterwards the remote has both, or neither and this is an error.
pub(super) fn publish(run: &Run<'_>, journal: &Journal, remote: &str) -> Result<(), PublishError> {
    let answer = push(run, remote, (&journal.tag_ref(), &journal.tag_object), journal.branch.as_ref())?;
    run.reach("pushed")?;
    if answer.status.is_none() {
        run.sweep(journal)?;
    }
    confirm(run, journal, remote, &answer)
}

/// The push alone, with a lease on every ref: the tag must not exist, the branch must be where it was.
pub(super) fn push(
    run: &Run<'_>,
    remote: &str,
    tag: (&str, &str),
    branch: Option<&Move>,
) -> Result<Answer, PublishError> {
    let mut arguments = vec!["push".to_owned(), "--porcelain".to_owned(), "--no-follow-tags".to_owned()];
    let mut specs = vec![format!("{}:{}", tag.1, tag.0)];
    arguments.push(format!("--force-with-lease={}:", tag.0));
    if let Some(branch) = branch {
        // One ref is atomic by itself, and some servers cannot do more.
        arguments.push("--atomic".to_owned());
        let from = branch.remote_from.as_deref().unwrap_or_default();
        arguments.push(format!("--force-with-lease={}:{from}", branch.name));
        specs.push(format!("{}:{}", branch.to, branch.name));
    }
    arguments.push(remote.to_owned());
    arguments.extend(specs);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Ok(run.site.git.call(&arguments).hooks().run()?)
}

/// What does the remote have now?
fn confirm(run: &Run<'_>, journal: &Journal, remote: &str, answer: &Answer) -> Result<(), PublishError> {
    let name = journal.tag_ref();
    let there = remote::ask(&run.site.git, remote, &[&name]).map_err(|error| PublishError::Unfinished {
        reason: format!("whether {remote} took the push cannot be seen: {error}"),
        hint: "run the same command again; it finds out and finishes or starts over".into(),
    })?;
    match there.get(&name) {
        Some(object) if *object == journal.tag_object => Ok(()),
        Some(object) => {
            run.forget(&journal.milestone)?;
            Err(PublishError::conflict(
                format!(
                    "{remote} has the tag {} already, as {object}: somebody else was faster",
                    journal.tag
                ),
                "git fetch --tags, and run the same command again: if it is complete, it says so",
            ))
        }
        None => {
            run.forget(&journal.milestone)?;
            Err(not_published(journal, answer))
        }
    }
}

/// The push was refused: what the remote said, and what helps.
fn not_published(journal: &Journal, answer: &Answer) -> PublishError {
    let refused: Vec<String> = answer
        .text()
        .lines()
        .filter(|line| line.starts_with('!'))
        .map(|line| line.replace('\t', " "))
        .collect();
    let said = answer.stderr.replace("hint: ", "");
    let reason = refused.iter().map(String::as_str).chain([said.trim()]).collect::<Vec<_>>().join("\n");
    let hint = if reason.contains("does not support --atomic") {
        "the server cannot take tag and documents as one; set `publish = \"tag-only\"` in [tag]"
    } else if reason.contains("stale info") {
        "the branch moved meanwhile; `git pull` and run the same command again"
    } else if journal.mode == Mode::Direct && journal.branch.is_some() {
        "if the branch is protected, set `publish = \"branch\"` in [tag]; then run the same command again"
    } else {
        "remove what refuses the push, and run the same command again"
    };
    let reason = if reason.is_empty() { "the push ended without a word".to_owned() } else { reason };
    PublishError::NotPublished { reason, hint: hint.to_owned() }
}
