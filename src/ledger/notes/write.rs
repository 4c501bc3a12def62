//! Adding lines to notes through the git program. The caller holds the lock.

use super::read::Notes;
use super::{NotesError, PREFIX};
use crate::ledger::git::{Git, GitError};
use crate::ledger::repository::Repository;
use std::collections::BTreeSet;

/// Who commits the notes where git knows nobody, as on most CI machines.
const NOBODY: (&str, &str) = ("Milegate", "milegate@localhost");

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is in the note now.
    Added,
    /// It was there already.
    Known,
}

/// Adds a line to the note of `commit`, and reads it back.
///
/// # Errors
/// If git refuses, or the note does not hold the line afterwards.
pub fn append(
    git: &Git,
    repository: &Repository,
    name: &str,
    commit: &str,
    line: &str,
) -> Result<Written, NotesError> {
    let before = match Notes::open(repository, name)? {
        Some(notes) => notes.get(commit)?.unwrap_or_default(),
        None => Vec::new(),
    };
    let mut lines: BTreeSet<&[u8]> = before.split(|byte| *byte == b'\n').collect();
    if !lines.insert(line.as_bytes()) {
        return Ok(Written::Known);
    }
    lines.remove(b"".as_slice());
    // As git's own union leaves them: sorted, each once, each with its end.
    let text: Vec<u8> = lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect();
    let reference = format!("--ref={name}");
    let arguments = ["notes", &reference, "add", "--force", "--file=-", commit];
    with_identity(git)?.call(&arguments).input(text).ok()?;
    let after = Notes::open(repository, name)?.map(|notes| notes.get(commit)).transpose()?.flatten();
    let there = after.is_some_and(|note| note.split(|byte| *byte == b'\n').any(|l| l == line.as_bytes()));
    if !there {
        let reason = format!("git wrote the note of {commit} in {name}, and it cannot be read back");
        return Err(NotesError::new(reason, "see `git fsck`"));
    }
    Ok(Written::Added)
}

/// Makes `to` what `from` names, or unites the two; whether anything changed here.
pub(super) fn unite(git: &Git, to: &str, from: &str) -> Result<bool, NotesError> {
    debug_assert!(to.starts_with(PREFIX));
    let value = |name: &str| -> Result<Option<String>, GitError> {
        let answer = git.call(&["rev-parse", "--verify", "--quiet", name]).run()?;
        Ok(answer.good().then(|| answer.text().trim().to_owned()))
    };
    let (here, there) = (value(to)?, value(from)?);
    if there.is_none() || here == there {
        return Ok(false);
    }
    if here.is_none() {
        // The empty old value: it must not have been made meanwhile.
        git.call(&["update-ref", to, from, ""]).ok()?;
        return Ok(true);
    }
    let reference = format!("--ref={to}");
    let arguments = ["notes", &reference, "merge", "--quiet", "--strategy=cat_sort_uniq", from];
    with_identity(git)?.call(&arguments).ok()?;
    Ok(value(to)? != here)
}

/// Git as it is, or as nobody where it knows no committer.
fn with_identity(git: &Git) -> Result<Git, GitError> {
    if git.call(&["var", "GIT_COMMITTER_IDENT"]).run()?.good() {
        return Ok(git.clone());
    }
    let (name, email) = NOBODY;
    let named = git.env("GIT_COMMITTER_NAME", name).env("GIT_COMMITTER_EMAIL", email);
    Ok(named.env("GIT_AUTHOR_NAME", name).env("GIT_AUTHOR_EMAIL", email))
}
