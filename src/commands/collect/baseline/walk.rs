//! Along first parents through the recorded commits.

use super::{changes, no_ancestor, shallow};
use crate::evidence::Doubt;
use crate::evidence::history::{self, DamagedLine, Part};
use crate::ledger::notes::{self, Notes};
use crate::ledger::{LedgerError, Repository};
use crate::model::snapshot::Snapshot;

/// Most steps from the base to a record.
const FAR: usize = 2000;

/// Most steps from the nearest record on to one of a part that it lacks.
const FURTHER: usize = 200;

/// Most steps from the base through its history.
const LONG: usize = 1000;

/// Parts whose history is looked at; of the others the base alone counts.
const KEPT: [Part; 2] = [Part::Tests, Part::Benchmarks];

/// The notes of all parts that are in this clone.
pub(in crate::commands) struct Book<'r> {
    notes: Vec<(Part, Notes<'r>)>,
}

impl<'r> Book<'r> {
    /// Opens them.
    pub(in crate::commands) fn open(repository: &'r Repository) -> Result<Self, Doubt> {
        let mut all = Vec::new();
        for part in Part::ALL {
            let open = Notes::open(repository, &notes::name_of(part)).map_err(|e| changes::doubt(&e))?;
            all.extend(open.map(|notes| (part, notes)));
        }
        Ok(Self { notes: all })
    }

    /// The parts that were ever recorded.
    fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.notes.iter().map(|(part, _)| *part)
    }

    /// Whether benchmarks were ever recorded.
    pub(super) fn has_benchmarks(&self) -> bool {
        self.parts().any(|part| part == Part::Benchmarks)
    }

    /// The parts recorded at a commit.
    pub(in crate::commands) fn at(&self, commit: &str) -> Result<Vec<Part>, Doubt> {
        let mut parts = Vec::new();
        for (part, notes) in &self.notes {
            if notes.has(commit).map_err(|e| changes::doubt(&e))? {
                parts.push(*part);
            }
        }
        Ok(parts)
    }

    /// The runs of one part at a commit, in a fixed order.
    pub(in crate::commands) fn runs(&self, part: Part, commit: &str) -> Result<Vec<Snapshot>, Doubt> {
        let Some((_, notes)) = self.notes.iter().find(|(of, _)| *of == part) else { return Ok(Vec::new()) };
        let note = notes.get(commit).map_err(|e| changes::doubt(&e))?.unwrap_or_default();
        let read = history::decode(part, commit, &note);
        let mut runs = read.map_err(|damage| damaged(notes.name(), commit, &damage))?;
        runs.sort_by(|a, b| (a.recorded, &a.run).cmp(&(b.recorded, &b.run)));
        Ok(runs)
    }
}

/// A note that is there and cannot be read.
pub(in crate::commands) fn damaged(name: &str, commit: &str, damage: &DamagedLine) -> Doubt {
    let short: String = commit.chars().take(10).collect();
    Doubt::new(
        "baseline/damaged",
        format!("the note of {short} in {name}, line {}: {}", damage.line, damage.message),
        format!(
            "look at it with `git notes --ref={name} show {short}`; `git notes --ref={name} edit {short}` \
             mends or removes the line, `milegate baseline push` shares that"
        ),
    )
}

/// The records that are compared with.
pub(super) struct Found {
    /// The nearest recorded commit.
    pub(super) commit: String,
    /// Its distance from where the search began.
    pub(super) steps: usize,
    /// For each part the nearest commit that has it; benchmarks may be recorded less often than tests.
    pub(super) commits: Vec<(Part, String)>,
}

/// The commits from one on, along first parents, until the first or the cut.
struct Line<'r> {
    repository: &'r Repository,
    next: Option<String>,
}

impl<'r> Line<'r> {
    fn from(repository: &'r Repository, commit: &str) -> Self {
        Self { repository, next: Some(commit.to_owned()) }
    }
}

impl Iterator for Line<'_> {
    /// A commit; an error in the place of the one that is not in this clone.
    type Item = Result<String, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let commit = self.next.take()?;
        // Whether there is one before it is asked when that is wanted.
        if !self.repository.has(&commit) {
            return Some(Err(LedgerError::shallow(format!("no commit {commit} in this clone"))));
        }
        self.next = self.repository.first_parent(&commit);
        Some(Ok(commit))
    }
}

/// The nearest records from `base` on.
pub(super) fn nearest(
    book: &Book<'_>,
    repository: &Repository,
    base: &changes::Base,
) -> Result<Found, Doubt> {
    let mut missing: Vec<Part> = book.parts().collect();
    let mut found: Option<Found> = None;
    for (steps, commit) in Line::from(repository, &base.commit).take(FAR).enumerate() {
        if found.as_ref().is_some_and(|found| steps > found.steps + FURTHER) {
            break;
        }
        let commit = match commit {
            Ok(commit) => commit,
            // Even where a record was found: of the parts that it lacks nobody knows.
            Err(error) => return Err(shallow(&error)),
        };
        for part in book.at(&commit)? {
            let Some(at) = missing.iter().position(|other| *other == part) else { continue };
            missing.remove(at);
            let first = || Found { commit: commit.clone(), steps, commits: Vec::new() };
            found.get_or_insert_with(first).commits.push((part, commit.clone()));
        }
        if missing.is_empty() {
            break;
        }
    }
    found.ok_or_else(|| no_ancestor(&format!("none from {} on, along first parents", base.label)))
}

/// The runs at `base` and before it, oldest first: up to `most` of each part that keeps a history.
pub(super) fn before(
    book: &Book<'_>,
    repository: &Repository,
    base: &str,
    most: usize,
) -> Result<Vec<Snapshot>, Doubt> {
    let mut missing: Vec<(Part, usize)> =
        book.parts().filter(|part| KEPT.contains(part)).map(|part| (part, most)).collect();
    let mut all: Vec<Vec<Snapshot>> = Vec::new();
    for commit in Line::from(repository, base).take(LONG) {
        if missing.is_empty() {
            break;
        }
        let commit = match commit {
            Ok(commit) => commit,
            // Fewer values mean a wider guess: that must not come from the depth of a clone.
            Err(error) if missing.iter().any(|(part, _)| *part == Part::Benchmarks) => {
                return Err(shallow(&error));
            }
            Err(_) => break,
        };
        let mut runs = Vec::new();
        for (part, rest) in &mut missing {
            let of_commit = book.runs(*part, &commit)?;
            *rest = rest.saturating_sub(of_commit.len());
            runs = joined(runs, of_commit);
        }
        missing.retain(|(_, rest)| *rest > 0);
        if !runs.is_empty() {
            all.push(runs);
        }
    }
    Ok(all.into_iter().rev().flatten().collect())
}

/// The parts of one run become one again.
fn joined(mut runs: Vec<Snapshot>, more: Vec<Snapshot>) -> Vec<Snapshot> {
    for other in more {
        let lacks = |run: &&mut Snapshot| run.run == other.run && run.benchmarks.is_none();
        match runs.iter_mut().find(lacks).filter(|_| other.benchmarks.is_some()) {
            Some(run) => run.benchmarks = other.benchmarks,
            None => runs.push(other),
        }
    }
    runs
}

/// The benchmarks of runs around `tag`, oldest first: those that follow it on the way to `base`, at
/// most half, and those at and before it.
pub(super) fn around(
    book: &Book<'_>,
    repository: &Repository,
    tag: &str,
    base: &str,
    most: usize,
) -> Result<Vec<Snapshot>, Doubt> {
    let benchmarks = |line: Vec<String>, most: usize| -> Result<Vec<Snapshot>, Doubt> {
        let mut all: Vec<Snapshot> = Vec::new();
        for commit in line {
            let runs = book.runs(Part::Benchmarks, &commit)?;
            all.extend(runs.into_iter().take(most.saturating_sub(all.len())));
            if all.len() >= most {
                break;
            }
        }
        Ok(all)
    };
    let way: Vec<String> = Line::from(repository, base).take(LONG).map_while(Result::ok).collect();
    let after = match way.iter().position(|commit| commit == tag) {
        Some(at) => benchmarks(way[..at].iter().rev().cloned().collect(), most / 2)?,
        None => Vec::new(),
    };
    let line = Line::from(repository, tag).take(LONG).map_while(Result::ok).collect();
    let mut all = benchmarks(line, most - after.len())?;
    all.reverse();
    all.extend(after);
    Ok(all)
}
