//! Questions about history, answered only where the answer is certain.
//!
//! In a shallow clone libgit2, like git, walks to the cut and takes it for the beginning: a merge
//! base is missed, "is an ancestor" becomes "no". Here each walk is checked for having met the cut;
//! if it has, the answer is [`LedgerError::Shallow`]. A clone that is deep enough is not refused.

use git2::{ErrorClass, ErrorCode, Oid};

use super::error::LedgerError;
use super::repository::{Repository, full_id, time};

impl Repository {
    /// The best common ancestor; `None` if the histories have nothing in common.
    ///
    /// # Errors
    /// `Shallow` if a better one may lie beyond the cut of this clone.
    pub fn merge_base(&self, one: &str, two: &str) -> Result<Option<String>, LedgerError> {
        let (a, b) = (self.commit(one)?.id(), self.commit(two)?.id());
        let base = match self.raw().merge_base(a, b) {
            Ok(base) => Some(base),
            Err(e) if e.code() == ErrorCode::NotFound && e.class() != ErrorClass::Odb => None,
            Err(e) => return Err(self.fail("merge base", &e)),
        };
        if self.reaches_cut(&[a, b], base.as_slice())? {
            let what = format!("cannot find the merge base of {} and {}", short(one), short(two));
            return Err(LedgerError::shallow(what));
        }
        Ok(base.map(|id| id.to_string()))
    }

    /// Whether `ancestor` is `descendant` or comes before it.
    ///
    /// # Errors
    /// `Shallow` where "no" could as well mean "not fetched".
    pub fn is_ancestor(&self, ancestor: &str, descendant: &str) -> Result<bool, LedgerError> {
        let (old, new) = (self.commit(ancestor)?.id(), self.commit(descendant)?.id());
        let what = "walking the history";
        let found = self.raw().graph_descendant_of(new, old).map_err(|e| self.fail(what, &e))?;
        if old == new || found {
            return Ok(true);
        }
        // Only "yes" is certain in a shallow clone: the path was seen.
        if self.reaches_cut(&[new], &[])? {
            let what = format!("cannot tell whether {} comes before {}", short(ancestor), short(descendant));
            return Err(LedgerError::shallow(what));
        }
        Ok(false)
    }

    /// Whether a commit with unfetched parents is reachable from `push` and not from `hide`.
    pub(crate) fn reaches_cut(&self, push: &[Oid], hide: &[Oid]) -> Result<bool, LedgerError> {
        if self.cut.is_empty() {
            return Ok(false);
        }
        let walk = || -> Result<bool, git2::Error> {
            let mut walk = self.raw().revwalk()?;
            push.iter().try_for_each(|id| walk.push(*id))?;
            hide.iter().try_for_each(|id| walk.hide(*id))?;
            for id in walk {
                if self.cut.contains(&id?) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        walk().map_err(|e| self.fail("walking the history", &e))
    }

    /// The parents of a commit, in order.
    ///
    /// # Errors
    /// `Shallow` if they were not fetched.
    pub fn parents(&self, commit: &str) -> Result<Vec<String>, LedgerError> {
        let commit = self.commit(commit)?;
        if self.cut.contains(&commit.id()) {
            return Err(LedgerError::shallow(format!("cannot find the parents of {}", commit.id())));
        }
        Ok(commit.parent_ids().map(|id| id.to_string()).collect())
    }

    /// The first parent of a commit by its id, be it in this clone or beyond its cut; `None` for the
    /// first commit, and for what is no commit.
    pub fn first_parent(&self, commit: &str) -> Option<String> {
        // What git's shallow file hides still stands in the commit itself.
        let id = full_id(commit)?;
        let odb = self.raw().odb().ok()?;
        let object = odb.read(id).ok()?;
        let text = String::from_utf8_lossy(object.data());
        let parent = text.lines().take_while(|line| !line.is_empty()).find_map(|l| l.strip_prefix("parent "));
        parent.map(str::to_owned)
    }

    /// When a commit was made, by its committer's clock.
    ///
    /// # Errors
    /// If there is no such commit.
    pub fn commit_time(&self, commit: &str) -> Result<jiff::Timestamp, LedgerError> {
        let commit = self.commit(commit)?;
        time(commit.time()).ok_or_else(|| LedgerError::Bad(format!("{}: impossible time", commit.id())))
    }
}

/// The first seven digits, for messages.
fn short(id: &str) -> &str {
    id.get(..7).unwrap_or(id)
}
