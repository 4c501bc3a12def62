//! The commits of a milestone: whose they are, and which need nobody's approval.
//!
//! Exempt are commits that change ledger paths only, and merges whose tree is what git makes of
//! their parents by itself: everything in them was looked at in the parents. A merge with an edit
//! of its own (an "evil merge") is a change like any other. When in doubt, not exempt.
//!
//! Merges are repeated in memory, without the attributes of the work tree, so that a change cannot
//! choose its own merge driver.

use std::cell::OnceCell;
use std::collections::HashMap;

use git2::{Index, Oid, Sort};

use super::error::LedgerError;
use super::repository::Repository;
use super::subject::{LedgerPaths, empty_tree, subject_of_tree};
use crate::model::change::Commit;

/// More parents than any merge made by a person has.
const MAX_PARENTS: usize = 16;

/// The checklist is a ledger path by its ticks, not by its item texts.
#[derive(Clone, Copy)]
pub struct Checklist<'a> {
    /// Its path in the repository.
    pub path: &'a str,
    /// The digest over its item texts; `None` if the bytes cannot be read as a checklist.
    pub digest: &'a dyn Fn(&[u8]) -> Option<String>,
}

/// Every commit reachable from `to` and not from `from`, parents before children.
///
/// # Errors
/// `Shallow` if the range is not wholly in this clone; else if an object cannot be read.
pub fn range(
    repo: &Repository,
    from: Option<&str>,
    to: &str,
    ledger: &LedgerPaths,
    checklist: Option<Checklist<'_>>,
) -> Result<Vec<Commit>, LedgerError> {
    let to = repo.commit(to)?.id();
    let from = from.map(|id| repo.commit(id).map(|c| c.id())).transpose()?;
    if repo.reaches_cut(&[to], from.as_slice())? {
        return Err(LedgerError::shallow("cannot list the commits of the milestone"));
    }
    let ids = || -> Result<Vec<Oid>, git2::Error> {
        let mut walk = repo.raw().revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.push(to)?;
        from.map_or(Ok(()), |id| walk.hide(id))?;
        walk.collect()
    };
    let ids = ids().map_err(|e| repo.fail("walking the history", &e))?;
    let judge = Judge { repo, ledger, checklist, subjects: HashMap::new(), scratch: OnceCell::new() };
    judge.commits(&ids)
}

/// Decides what is exempt; remembers subject trees, since a parent is mostly a commit before.
struct Judge<'a> {
    repo: &'a Repository,
    ledger: &'a LedgerPaths,
    checklist: Option<Checklist<'a>>,
    subjects: HashMap<Oid, Oid>,
    scratch: OnceCell<git2::Repository>,
}

/// The item texts of a commit's checklist.
#[derive(PartialEq, Eq)]
enum Items {
    Absent,
    Digest(String),
}

impl Judge<'_> {
    fn commits(mut self, ids: &[Oid]) -> Result<Vec<Commit>, LedgerError> {
        let mut commits = Vec::with_capacity(ids.len());
        for id in ids {
            let commit =
                self.repo.raw().find_commit(*id).map_err(|e| self.repo.fail("reading a commit", &e))?;
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            commits.push(Commit {
                id: id.to_string(),
                subject: message.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim().to_owned(),
                authors: authors(&commit, &message),
                exempt: self.exempt(&commit)?,
            });
        }
        Ok(commits)
    }

    fn exempt(&mut self, commit: &git2::Commit<'_>) -> Result<bool, LedgerError> {
        match commit.parent_count() {
            0 => {
                let empty = empty_tree().map_err(|e| LedgerError::git("cannot hash a tree", &e))?;
                Ok(self.subject(commit)? == empty && self.items(commit)? == Some(Items::Absent))
            }
            1 => {
                let parent = self.parent(commit, 0)?;
                Ok(self.subject(commit)? == self.subject(&parent)? && self.same_items(commit, &parent)?)
            }
            2..=MAX_PARENTS => self.is_clean_merge(commit),
            _ => Ok(false),
        }
    }

    fn parent<'c>(&self, commit: &git2::Commit<'c>, n: usize) -> Result<git2::Commit<'c>, LedgerError> {
        commit.parent(n).map_err(|e| self.repo.fail(&format!("cannot read a parent of {}", commit.id()), &e))
    }

    fn subject(&mut self, commit: &git2::Commit<'_>) -> Result<Oid, LedgerError> {
        if let Some(id) = self.subjects.get(&commit.tree_id()) {
            return Ok(*id);
        }
        let id = commit.tree().and_then(|tree| subject_of_tree(self.repo.raw(), &tree, self.ledger));
        let id = id.map_err(|e| self.repo.fail(&format!("cannot read the trees of {}", commit.id()), &e))?;
        self.subjects.insert(commit.tree_id(), id);
        Ok(id)
    }

    /// `None` if there is a checklist that cannot be read: equal to nothing, itself included.
    fn items(&self, commit: &git2::Commit<'_>) -> Result<Option<Items>, LedgerError> {
        let Some(checklist) = self.checklist else { return Ok(Some(Items::Absent)) };
        match self.repo.blob(&commit.id().to_string(), checklist.path) {
            Ok(None) => Ok(Some(Items::Absent)),
            Ok(Some((bytes, _))) => Ok((checklist.digest)(&bytes).map(Items::Digest)),
            Err(LedgerError::NotRegular { .. } | LedgerError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn same_items(&self, one: &git2::Commit<'_>, two: &git2::Commit<'_>) -> Result<bool, LedgerError> {
        let (one, two) = (self.items(one)?, self.items(two)?);
        Ok(one.is_some() && one == two)
    }

    /// Whether merging the parents again gives this subject tree.
    fn is_clean_merge(&mut self, commit: &git2::Commit<'_>) -> Result<bool, LedgerError> {
        let parents: Vec<Oid> = commit.parent_ids().collect();
        // A base beyond the cut of a shallow clone would be a wrong base.
        for parent in &parents[1..] {
            self.repo.merge_base(&parents[0].to_string(), &parent.to_string())?;
        }
        let subject = self.subject(commit)?;
        let fail = |e: git2::Error| self.repo.fail("repeating a merge", &e);
        let scratch = self.scratch()?;
        let Some(merged) = merge_all(scratch, &parents, self.ledger).map_err(fail)? else {
            return Ok(false);
        };
        if subject_of_tree(scratch, &merged, self.ledger).map_err(fail)? != subject {
            return Ok(false);
        }
        // Ticks that a person put together are nobody's business; new item texts are.
        let Some(checklist) = self.checklist else { return Ok(true) };
        let place = std::path::Path::new(checklist.path);
        let blob = |tree: &git2::Tree<'_>| tree.get_path(place).ok().map(|entry| entry.id());
        if blob(&merged) == blob(&commit.tree().map_err(fail)?) {
            return Ok(true);
        }
        for n in 0..parents.len() {
            if self.same_items(commit, &self.parent(commit, n)?)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A second handle whose new objects stay in memory: merging writes blobs. It is opened as bare
    /// and with an empty index, so that the attributes of the judged content have no say.
    fn scratch(&self) -> Result<&git2::Repository, LedgerError> {
        if self.scratch.get().is_none() {
            let open = || -> Result<git2::Repository, git2::Error> {
                let scratch = git2::Repository::open_bare(self.repo.common_dir())?;
                // The object database keeps the backend; the handle is only for dumping it.
                scratch.odb()?.add_new_mempack_backend(1000)?;
                // Without a work tree, attributes would be read from the index.
                scratch.set_index(&mut Index::new()?)?;
                Ok(scratch)
            };
            let scratch = open().map_err(|e| self.repo.fail("repeating a merge", &e))?;
            // Nobody else can have set it meanwhile: the cell is not shared.
            let _ = self.scratch.set(scratch);
        }
        self.scratch.get().ok_or_else(|| LedgerError::Bad("no place to repeat a merge".to_owned()))
    }
}

/// Merges the parents one after the other, as `git merge` does; `None` on a conflict outside the
/// ledger. Conflicts inside it are taken from the first parent.
fn merge_all<'s>(
    scratch: &'s git2::Repository,
    parents: &[Oid],
    ledger: &LedgerPaths,
) -> Result<Option<git2::Tree<'s>>, git2::Error> {
    let (first, second) = (scratch.find_commit(parents[0])?, scratch.find_commit(parents[1])?);
    let mut merged = scratch.merge_commits(&first, &second, None)?;
    for n in 2..=parents.len() {
        if !settle(&mut merged, ledger)? {
            return Ok(None);
        }
        let ours = scratch.find_tree(merged.write_tree_to(scratch)?)?;
        let Some(next) = parents.get(n) else { return Ok(Some(ours)) };
        // The base of an octopus step: of the next parent and a merge of all before it.
        let heads: Vec<Oid> = std::iter::once(*next).chain(parents[..n].iter().copied()).collect();
        let base = scratch.find_commit(scratch.merge_base_many(&heads)?)?.tree()?;
        merged = scratch.merge_trees(&base, &ours, &scratch.find_commit(*next)?.tree()?, None)?;
    }
    Ok(None)
}

/// Settles conflicts of ledger paths; `false` if there are others.
fn settle(merged: &mut Index, ledger: &LedgerPaths) -> Result<bool, git2::Error> {
    if !merged.has_conflicts() {
        return Ok(true);
    }
    let conflicts = merged.conflicts()?.collect::<Result<Vec<_>, _>>()?;
    for conflict in conflicts {
        let sides = [conflict.our.as_ref(), conflict.their.as_ref(), conflict.ancestor.as_ref()];
        for path in sides.into_iter().flatten().map(|entry| entry.path.clone()) {
            let name = String::from_utf8_lossy(&path);
            if !ledger.holds(&name) {
                return Ok(false);
            }
            let _ = merged.conflict_remove(std::path::Path::new(&*name));
        }
        if let Some(mut entry) = conflict.our {
            // Bits 12 and 13 are the side of the conflict; zero is "merged".
            entry.flags &= !0x3000;
            merged.add(&entry)?;
        }
    }
    Ok(!merged.has_conflicts())
}

/// The author, and everybody a `Co-authored-by` line names. Such lines count anywhere in the
/// message, not only in its last paragraph: a squash keeps those of each commit in the middle. One
/// name too many costs an approver; one too few lets somebody approve their own work.
fn authors(commit: &git2::Commit<'_>, message: &str) -> Vec<String> {
    let author = commit.author();
    let email = String::from_utf8_lossy(author.email_bytes()).trim().to_owned();
    let own =
        if email.is_empty() { String::from_utf8_lossy(author.name_bytes()).into_owned() } else { email };
    let mut list = vec![own];
    for other in message.lines().filter_map(co_author) {
        if !list.iter().any(|known| known.eq_ignore_ascii_case(&other)) {
            list.push(other);
        }
    }
    list
}

/// The address in a `Co-authored-by: Name <address>` line; the whole value if it has none, so that
/// it is shown as an address nobody has.
fn co_author(line: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    if !key.trim().eq_ignore_ascii_case("co-authored-by") || value.trim().is_empty() {
        return None;
    }
    let inside = value.rsplit_once('<').map(|(_, rest)| rest.split('>').next().unwrap_or(rest).trim());
    Some(inside.filter(|email| !email.is_empty()).unwrap_or(value.trim()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::co_author;

    #[test]
    fn co_authors_are_read_tolerantly() {
        for (line, want) in [
            ("Co-authored-by: Ann Other <ann@x.org>", Some("ann@x.org")),
            ("CO-AUTHORED-BY:ann <ann@x.org>", Some("ann@x.org")),
            ("  co-authored-by : Ann <Ann@X.org> (she)", Some("Ann@X.org")),
            ("Co-authored-by: <ann@x.org", Some("ann@x.org")),
            ("Co-authored-by: Ann", Some("Ann")),
            ("Co-authored-by: Ann <>", Some("Ann <>")),
            ("Co-authored-by:", None),
            ("Reviewed-by: Ann <ann@x.org>", None),
            ("words", None),
        ] {
            assert_eq!(co_author(line).as_deref(), want, "{line}");
        }
    }
}
