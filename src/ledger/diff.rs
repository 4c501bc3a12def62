//! What changed: lines from a base to the work tree, and paths between two states.
//!
//! Lines are those of `git diff -U0 BASE` plus untracked files: renames are followed, copies are
//! new code, and a line that differs in its end only is the same. Submodules and modes have no lines.
//! Ignored on purpose: the `diff` and `binary` attributes, because a change could otherwise declare
//! its own source binary and so out of the measure; a NUL byte decides instead.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use git2::{Delta, DiffDelta, DiffOptions, FileMode};

use super::error::LedgerError;
use super::generated;
use super::moved::Texts;
use super::repository::Repository;
use super::subject::LedgerPaths;
use crate::model::change::{ChangedLines, Edits, Hunk};

/// Larger files are not compared line by line; no coverage report speaks of them.
const MAX_FILE: u64 = 64 << 20;

/// Added and modified lines from `base` (a commit; `None`: nothing) to the work tree, the index
/// included. `label` says for people what the base is.
///
/// # Errors
/// If the base is not in this clone, or the work tree cannot be read.
pub fn changed_lines(
    repo: &Repository,
    base: Option<&str>,
    label: &str,
) -> Result<ChangedLines, LedgerError> {
    lines_of(repo, readable_diff(repo, base)?, base, label)
}

/// The same from one commit to another.
///
/// # Errors
/// If one of them is not in this clone.
pub fn changed_between(repo: &Repository, base: &str, to: &str) -> Result<ChangedLines, LedgerError> {
    lines_of(repo, Some(diff_of_commits(repo, base, to)?), Some(base), base)
}

fn diff_of_commits<'r>(repo: &'r Repository, base: &str, to: &str) -> Result<git2::Diff<'r>, LedgerError> {
    let (old, new) = (repo.tree_of(base)?, repo.tree_of(to)?);
    let diff = repo.raw().diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options()));
    diff.map_err(|e| repo.fail("cannot compare two commits", &e))
}

/// Lines without their surroundings.
fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options
        .context_lines(0)
        .interhunk_lines(0)
        .ignore_submodules(true)
        .force_text(true)
        // Other line ends are no other code.
        .ignore_whitespace_eol(true)
        // As git does since 2.14; it decides which of two equal lines is the new one.
        .indent_heuristic(true)
        .disable_pathspec_match(true);
    options
}

fn lines_of(
    repo: &Repository,
    diff: Option<git2::Diff<'_>>,
    base: Option<&str>,
    label: &str,
) -> Result<ChangedLines, LedgerError> {
    let fail = |e: git2::Error| repo.fail("cannot compare with the work tree", &e);
    let nothing = || ChangedLines { base: label.to_owned(), ..ChangedLines::default() };
    let Some(mut diff) = diff else { return Ok(nothing()) };
    let mut similar = git2::DiffFindOptions::new();
    similar.renames(true).for_untracked(true);
    diff.find_similar(Some(&mut similar)).map_err(fail)?;

    let sides: RefCell<BTreeMap<String, Side>> = RefCell::default();
    let texts: RefCell<Texts> = RefCell::default();
    diff.foreach(
        &mut |delta, _| {
            if let Some(path) = source(&delta) {
                sides.borrow_mut().entry(path).or_default().from = old_path(&delta);
            }
            true
        },
        None,
        Some(&mut |delta, hunk| {
            if let Some(path) = source(&delta) {
                sides.borrow_mut().entry(path).or_default().add(&hunk);
            }
            true
        }),
        Some(&mut |delta, _, line| {
            let binary = line.content().contains(&0);
            if let (Some(path), true) = (source(&delta), line.origin() == '+' && binary) {
                sides.borrow_mut().entry(path).or_default().binary = true;
            }
            texts.borrow_mut().add(&delta, &line);
            true
        }),
    )
    .map_err(fail)?;
    let mut changes = nothing();
    for (path, side) in sides.into_inner().into_iter().filter(|(_, side)| !side.binary) {
        if !side.lines.is_empty() {
            changes.files.insert(path.clone(), side.lines);
        }
        changes.edits.insert(path, Edits { from: side.from, hunks: side.hunks, moved: Vec::new() });
    }
    for (path, moved) in texts.into_inner().moved() {
        if let Some(edits) = changes.edits.get_mut(&path) {
            edits.moved = moved;
        }
    }
    changes.generated = generated::among(repo, base, changes.files.keys().map(String::as_str))?;
    Ok(changes)
}

/// Files that were renamed between `base` and the commit `to`, or the work tree, the index included: old
/// path, new path.
///
/// # Errors
/// If a commit is not in this clone, or the work tree cannot be read.
pub fn renamed(
    repo: &Repository,
    base: &str,
    to: Option<&str>,
) -> Result<BTreeMap<String, String>, LedgerError> {
    let diff = match to {
        Some(to) => Some(diff_of_commits(repo, base, to)?),
        None => readable_diff(repo, Some(base))?,
    };
    let Some(mut diff) = diff else { return Ok(BTreeMap::new()) };
    let mut similar = git2::DiffFindOptions::new();
    similar.renames(true).for_untracked(true);
    diff.find_similar(Some(&mut similar)).map_err(|e| repo.fail("cannot compare with the work tree", &e))?;
    let path = |file: git2::DiffFile<'_>| Some(String::from_utf8_lossy(file.path_bytes()?).into_owned());
    let moved = diff.deltas().filter(|delta| delta.status() == Delta::Renamed);
    Ok(moved.filter_map(|delta| Some((path(delta.old_file())?, path(delta.new_file())?))).collect())
}

/// The diff without files that are no text of a sane size. Looking for renames reads every new
/// file as a whole, and a sparse one has no end; so they are left out before anything is read.
/// `None` if nothing else changed.
fn readable_diff<'r>(
    repo: &'r Repository,
    base: Option<&str>,
) -> Result<Option<git2::Diff<'r>>, LedgerError> {
    let tree = base.map(|id| repo.tree_of(id)).transpose()?;
    let compare = |paths: &BTreeSet<Vec<u8>>| {
        let mut options = options();
        options.include_untracked(true).recurse_untracked_dirs(true).show_untracked_content(true);
        for path in paths {
            options.pathspec(path.as_slice());
        }
        let diff = repo.raw().diff_tree_to_workdir_with_index(tree.as_ref(), Some(&mut options));
        diff.map_err(|e| repo.fail("cannot compare with the work tree", &e))
    };
    let all = compare(&BTreeSet::new())?;
    let (mut sane, mut odd) = (BTreeSet::new(), false);
    for delta in all.deltas() {
        let new = delta.new_file().path_bytes().unwrap_or_default();
        let file = repo.root().join(&*String::from_utf8_lossy(new));
        match std::fs::symlink_metadata(file) {
            Ok(facts) if !facts.is_symlink() && (!facts.is_file() || facts.len() > MAX_FILE) => odd = true,
            _ => {
                sane.insert(new.to_vec());
            }
        }
    }
    match (odd, sane.is_empty()) {
        (false, _) => Ok(Some(all)),
        (true, true) => Ok(None),
        (true, false) => compare(&sane).map(Some),
    }
}

/// The new side's path, if it is a file with lines.
fn source(delta: &DiffDelta<'_>) -> Option<String> {
    let file = delta.new_file();
    let regular =
        matches!(file.mode(), FileMode::Blob | FileMode::BlobExecutable | FileMode::BlobGroupWritable);
    if delta.status() == Delta::Deleted || !regular {
        return None;
    }
    file.path_bytes().map(|path| String::from_utf8_lossy(path).into_owned())
}

/// The old side's path, if there was a file with lines.
fn old_path(delta: &DiffDelta<'_>) -> Option<String> {
    let file = delta.old_file();
    let there = !matches!(delta.status(), Delta::Added | Delta::Untracked | Delta::Copied);
    let regular =
        matches!(file.mode(), FileMode::Blob | FileMode::BlobExecutable | FileMode::BlobGroupWritable);
    file.path_bytes().filter(|_| there && regular).map(|path| String::from_utf8_lossy(path).into_owned())
}

/// What changed in one file.
#[derive(Default)]
struct Side {
    from: Option<String>,
    lines: Vec<RangeInclusive<u32>>,
    hunks: Vec<Hunk>,
    binary: bool,
}

impl Side {
    /// Hunks come in order; those that touch become one range of lines.
    fn add(&mut self, hunk: &git2::DiffHunk<'_>) {
        // Of no lines git tells the line before.
        let range = |start: u32, lines: u32| {
            let start = if lines == 0 { start + 1 } else { start };
            start..start.saturating_add(lines)
        };
        let old = range(hunk.old_start(), hunk.old_lines());
        let new = range(hunk.new_start(), hunk.new_lines());
        if let Some(last) = new.end.checked_sub(1).filter(|_| !new.is_empty()) {
            match self.lines.last_mut() {
                Some(before) if before.end().saturating_add(1) >= new.start => {
                    *before = *before.start()..=last.max(*before.end());
                }
                _ => self.lines.push(new.start..=last),
            }
        }
        self.hunks.push(Hunk { old, new });
    }
}

/// Paths that differ between a commit (`None`: nothing) and another commit, or the work tree with
/// its untracked files. Both names of a renamed file are listed: moving code away changes it too.
///
/// # Errors
/// If a commit is not in this clone, or the work tree cannot be read.
pub fn changed_paths(
    repo: &Repository,
    base: Option<&str>,
    head: Option<&str>,
) -> Result<Vec<String>, LedgerError> {
    let old = base.map(|id| repo.tree_of(id)).transpose()?;
    let diff = match head {
        Some(head) => {
            let new = repo.tree_of(head)?;
            repo.raw().diff_tree_to_tree(old.as_ref(), Some(&new), Some(&mut DiffOptions::new()))
        }
        None => {
            let mut options = DiffOptions::new();
            options.include_untracked(true).recurse_untracked_dirs(true);
            repo.raw().diff_tree_to_workdir_with_index(old.as_ref(), Some(&mut options))
        }
    };
    let diff = diff.map_err(|e| repo.fail("cannot list the changed files", &e))?;
    let sides =
        diff.deltas().flat_map(|delta| [delta.old_file().path_bytes(), delta.new_file().path_bytes()]);
    let paths: BTreeSet<String> =
        sides.flatten().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
    Ok(paths.into_iter().collect())
}

/// The unified diff of one file's old and new text, for people; empty if they are equal.
///
/// # Errors
/// If libgit2 refuses.
pub fn unified(path: &str, old: Option<&[u8]>, new: &[u8]) -> Result<String, LedgerError> {
    let name = std::path::Path::new(path);
    let fail = |e: git2::Error| LedgerError::git("cannot show the difference", &e);
    let mut patch = git2::Patch::from_buffers(old.unwrap_or_default(), Some(name), new, Some(name), None)
        .map_err(fail)?;
    let text = patch.to_buf().map_err(fail)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What differs between two commits outside the ledger, as `A path`, `M path`, `D path`.
///
/// # Errors
/// If a commit is not in this clone.
pub fn name_status(
    repo: &Repository,
    old: &str,
    new: &str,
    ledger: &LedgerPaths,
) -> Result<Vec<String>, LedgerError> {
    let (old, new) = (repo.tree_of(old)?, repo.tree_of(new)?);
    let mut options = DiffOptions::new();
    options.include_typechange(true);
    let diff = repo.raw().diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options));
    let diff = diff.map_err(|e| repo.fail("cannot compare two commits", &e))?;
    let mut lines = Vec::new();
    for delta in diff.deltas() {
        let letter = match delta.status() {
            Delta::Added => 'A',
            Delta::Deleted => 'D',
            Delta::Typechange => 'T',
            _ => 'M',
        };
        let path = delta.new_file().path_bytes().or(delta.old_file().path_bytes()).unwrap_or_default();
        let path = String::from_utf8_lossy(path);
        let link = [delta.old_file().mode(), delta.new_file().mode()].contains(&FileMode::Link);
        if link || !ledger.holds(&path) {
            lines.push(format!("{letter} {path}"));
        }
    }
    Ok(lines)
}
