//! What the run is compared with: the nearest recorded ancestor of what was tested, the runs before
//! it, and what was accepted since.
//!
//! Only records of commits that HEAD builds on count. A history that ought to be there and is not, or
//! that ends at the cut of a shallow clone, is a doubt with the command to run; never "no baseline".

mod walk;

pub(in crate::commands) use walk::{Book, damaged};

use super::Request;
use super::changes::{self, Base};
use super::reports::work_digest;
use crate::commands::ci;
use crate::commands::workspace::Workspace;
use crate::criteria::Past;
use crate::evidence::history::Part;
use crate::evidence::{Baseline, Doubt, history};
use crate::ledger::error::UNSHALLOW;
use crate::ledger::notes::{self, Notes};
use crate::ledger::{LedgerError, Repository, diff};
use crate::model::change::ChangedLines;
use crate::model::outcome::Occasion;
use crate::model::snapshot::{Acceptance, Snapshot};
use walk::Found;

/// Runs of history that are read of each part.
const HISTORY: usize = 30;

/// Runs around the last milestone's tag.
const AROUND: usize = 8;

/// The past, as far as a criterion wants to know it.
pub(super) fn collect(workspace: &Workspace, request: &Request) -> Result<Option<Baseline>, Doubt> {
    let wanted = wanted(workspace);
    if wanted == Past::Unneeded {
        return Ok(None);
    }
    let expected = wanted == Past::Expected || workspace.config.baseline.declared;
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else {
        return Ok(None);
    };
    match notes::started(repository).map_err(|e| changes::doubt(&e))? {
        true => of_history(workspace, request, repository, &head.id).map(Some),
        false if expected => Err(not_fetched(workspace)),
        false => Ok(None),
    }
}

/// How much the criteria of this project need the past.
pub(super) fn wanted(workspace: &Workspace) -> Past {
    let definitions = workspace.config.gates.iter().flat_map(|gate| &gate.criteria);
    let wanted = definitions.filter(|d| d.disabled.is_none()).map(|d| d.criterion.past()).max();
    wanted.unwrap_or(Past::Unneeded)
}

/// The commit that what was tested is a change to, where something in the work tree was `edited` since
/// HEAD, or not; `None` where there is none before it.
pub(super) fn start(workspace: &Workspace, request: &Request, edited: bool) -> Result<Option<String>, Doubt> {
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else { return Ok(None) };
    match fork(workspace, request, repository, &head.id)? {
        Some(base) => Ok(Some(base.commit)),
        None if edited => Ok(Some(head.id.clone())),
        None => match repository.parents(&head.id) {
            Ok(parents) => Ok(parents.into_iter().next()),
            Err(error) => Err(shallow(&error)),
        },
    }
}

/// There is a remote to ask, or somebody still has to begin.
fn not_fetched(workspace: &Workspace) -> Doubt {
    let remote = remote(workspace);
    Doubt::new(
        "baseline/not-fetched",
        format!("no history is in this clone: {}* was not fetched, or never recorded", notes::PREFIX),
        format!(
            "`{}` (or `git fetch {remote} '+{1}*:{1}*'`); if there is none yet, `{2}` on the main branch",
            notes::FETCH,
            notes::PREFIX,
            notes::INIT
        ),
    )
}

/// The remote that the history is shared through.
pub(in crate::commands) fn remote(workspace: &Workspace) -> &str {
    workspace.config.baseline.remote.as_deref().unwrap_or(&workspace.config.tag.remote)
}

fn of_history(
    workspace: &Workspace,
    request: &Request,
    repository: &Repository,
    head: &str,
) -> Result<Baseline, Doubt> {
    let base = base(workspace, request, repository, head)?;
    past(workspace, repository, &base, head, None)
}

/// What `compare` holds a run against: the nearest record at `commit` or before it, which people call
/// `name`. The run is of the commit `to`, or of the work tree.
///
/// # Errors
/// Why there is no record to be had.
pub(in crate::commands) fn at(
    workspace: &Workspace,
    repository: &Repository,
    (commit, name): (&str, &str),
    to: Option<&str>,
) -> Result<Baseline, Doubt> {
    let head = to.map(str::to_owned).or_else(|| workspace.head.as_ref().map(|head| head.id.clone()));
    let base = started(workspace, repository, commit, name)?;
    past(workspace, repository, &base, &head.unwrap_or_default(), to)
}

/// The nearest record at a commit or before it, with what people call it.
///
/// # Errors
/// Why there is none to be had.
pub(in crate::commands) fn recorded(
    workspace: &Workspace,
    repository: &Repository,
    (commit, name): (&str, &str),
) -> Result<(String, Snapshot), Doubt> {
    let base = started(workspace, repository, commit, name)?;
    let book = Book::open(repository)?;
    let found = walk::nearest(&book, repository, &base)?;
    Ok((label(&base, &found), run(&book, &found)?))
}

/// Where a search begins, if there is a history to search.
fn started(workspace: &Workspace, repository: &Repository, commit: &str, name: &str) -> Result<Base, Doubt> {
    if !notes::started(repository).map_err(|e| changes::doubt(&e))? {
        return Err(not_fetched(workspace));
    }
    // A name that is the commit's own needs no second one.
    let label = if commit.starts_with(name) {
        short(commit).to_owned()
    } else {
        format!("{name} ({})", short(commit))
    };
    Ok(Base { commit: commit.to_owned(), label })
}

fn run(book: &Book<'_>, found: &Found) -> Result<Snapshot, Doubt> {
    let runs = found.commits.iter().map(|(part, at)| book.runs(*part, at)).collect::<Result<Vec<_>, _>>()?;
    Ok(history::united(&found.commit, &runs.concat()))
}

/// The past from `base` on, of what was tested at `head`; `to` is its commit, if it is not the work tree.
fn past(
    workspace: &Workspace,
    repository: &Repository,
    base: &Base,
    head: &str,
    to: Option<&str>,
) -> Result<Baseline, Doubt> {
    let book = Book::open(repository)?;
    let found = walk::nearest(&book, repository, base)?;
    let nearest = found.commit.clone();
    let accepted = accepted(repository, head)?;
    Ok(Baseline {
        label: label(base, &found),
        base: run(&book, &found)?,
        history: walk::before(&book, repository, &nearest, HISTORY)?,
        milestone: around_milestone(workspace, &book, repository, &nearest)?,
        pending: pending(repository, &accepted, &nearest),
        accepted,
        renamed: diff::renamed(repository, &nearest, to).map_err(|e| changes::doubt(&e))?,
        changes: lines_since(repository, &found, to),
    })
}

/// What was accepted since the base: the base was not measured with it.
fn pending(repository: &Repository, accepted: &[Acceptance], base: &str) -> Vec<Acceptance> {
    let is_older = |a: &&Acceptance| repository.is_ancestor(&a.commit, base).unwrap_or(false);
    accepted.iter().filter(|a| !is_older(a)).cloned().collect()
}

/// What changed since the run that measured the coverage; `None` where there is none, or git cannot tell.
fn lines_since(repository: &Repository, found: &Found, to: Option<&str>) -> Option<ChangedLines> {
    let (_, commit) = found.commits.iter().find(|(part, _)| *part == Part::Coverage)?;
    let changes = match to {
        Some(to) => diff::changed_between(repository, commit, to),
        None => diff::changed_lines(repository, Some(commit), short(commit)),
    };
    changes.ok()
}

/// What a change is compared with; `None` if that is HEAD, or HEAD is the main branch itself.
fn fork(
    workspace: &Workspace,
    request: &Request,
    repository: &Repository,
    head: &str,
) -> Result<Option<Base>, Doubt> {
    let base = changes::base(workspace, request, repository).map_err(|e| changes::doubt(&e))?;
    let asked = request.base.is_some() || request.occasion == Occasion::Milestone;
    Ok(base.filter(|base| base.commit != head && (asked || !is_main(workspace, repository))))
}

/// Where the search begins. HEAD is what was tested, so on the main branch it begins before it; with
/// uncommitted sources HEAD is not what was tested, and it begins there.
fn base(
    workspace: &Workspace,
    request: &Request,
    repository: &Repository,
    head: &str,
) -> Result<Base, Doubt> {
    if let Some(base) = fork(workspace, request, repository, head)? {
        return Ok(base);
    }
    let dirty = work_digest(workspace, request.milestone.as_ref()).is_ok_and(|digest| digest.is_some());
    if dirty {
        return Ok(Base { label: format!("HEAD ({})", short(head)), commit: head.to_owned() });
    }
    match repository.parents(head) {
        Ok(parents) => match parents.into_iter().next() {
            Some(commit) => Ok(Base { label: format!("the commit before ({})", short(&commit)), commit }),
            None => Err(no_ancestor("this is the first commit")),
        },
        Err(error) => Err(shallow(&error)),
    }
}

/// Whether HEAD is the branch that pull requests go to.
fn is_main(workspace: &Workspace, repository: &Repository) -> bool {
    let here = workspace.head.as_ref().and_then(|head| head.branch.clone());
    here.is_some() && ci::base_branch().is_none() && here == changes::main_branch(workspace, repository)
}

fn no_ancestor(why: &str) -> Doubt {
    Doubt::new(
        "baseline/no-ancestor",
        format!("no earlier commit that this one builds on has a record: {why}"),
        "record a run on the main branch with `milegate baseline record`; a branch that is older than the \
         history needs the main branch merged into it",
    )
}

/// A clone that ends before a record was found.
fn shallow(error: &LedgerError) -> Doubt {
    let mut doubt = changes::doubt(error);
    if let LedgerError::Shallow { .. } = error {
        doubt.next_step =
            format!("run `git fetch --deepen=100`, or `{UNSHALLOW}` (actions/checkout: `fetch-depth: 0`)");
    }
    doubt
}

/// The first seven digits of a commit.
fn short(id: &str) -> &str {
    id.get(..7).unwrap_or(id)
}

/// `3 commits before the merge base with main (3f2a91c), recorded at 77aa001`.
fn label(base: &Base, found: &Found) -> String {
    let mut text = match found.steps {
        0 => base.label.clone(),
        1 => format!("1 commit before {}, recorded at {}", base.label, short(&found.commit)),
        n => format!("{n} commits before {}, recorded at {}", base.label, short(&found.commit)),
    };
    for (part, at) in found.commits.iter().filter(|(_, at)| *at != found.commit) {
        text.push_str(&format!("; {part} of {}", short(at)));
    }
    text
}

/// Runs at and before the last milestone's tag, and some after it where history was begun there.
fn around_milestone(
    workspace: &Workspace,
    book: &Book<'_>,
    repository: &Repository,
    base: &str,
) -> Result<Vec<Snapshot>, Doubt> {
    if !book.has_benchmarks() {
        return Ok(Vec::new());
    }
    let previous = changes::previous_milestone(workspace, None).map_err(|error| shallow(&error))?;
    let Some((_, tag)) = previous else { return Ok(Vec::new()) };
    walk::around(book, repository, &tag.target, base, AROUND)
}

/// What was accepted at HEAD or before it, oldest first. An acceptance whose place is not known from
/// this clone does not count: then the change is told once more, and not passed over.
pub(in crate::commands) fn accepted(repository: &Repository, head: &str) -> Result<Vec<Acceptance>, Doubt> {
    let open = Notes::open(repository, notes::ACCEPTED).map_err(|e| changes::doubt(&e))?;
    let Some(notes) = open else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for commit in notes.commits().map_err(|e| changes::doubt(&e))? {
        if !(repository.has(&commit) && repository.is_ancestor(&commit, head).unwrap_or(false)) {
            continue;
        }
        let note = notes.get(&commit).map_err(|e| changes::doubt(&e))?.unwrap_or_default();
        let read = history::decode_acceptances(&commit, &note);
        all.extend(read.map_err(|damage| damaged(notes::ACCEPTED, &commit, &damage))?);
    }
    all.sort_by(|a, b| (a.recorded, &a.commit, &a.what).cmp(&(b.recorded, &b.commit, &b.what)));
    Ok(all)
}
