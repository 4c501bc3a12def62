//! Commits of some days with their authors: who worked on what.
//!
//! A commit counts for the day its author made it; a rebase later changes only the committer's time.
//! Merges are left out.

use super::error::LedgerError;
use super::repository::{Repository, time};
use git2::Sort;
use jiff::Timestamp;
use std::ops::Range;

/// So many commits in a row that are too old end the search: clocks are not always right.
const SLACK: usize = 256;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// Its id.
    pub id: String,
    /// The first line of its message.
    pub subject: String,
    /// Who made it.
    pub name: String,
    /// Their address.
    pub email: String,
}

impl Repository {
    /// The commits up to `head` that were made in a span of time, oldest first.
    ///
    /// # Errors
    /// If a commit of this clone cannot be read.
    pub fn authored(&self, head: &str, within: &Range<Timestamp>) -> Result<Vec<Authored>, LedgerError> {
        let fail = |e: git2::Error| self.fail("walking the history", &e);
        let mut walk = self.raw().revwalk().map_err(fail)?;
        walk.set_sorting(Sort::TIME).map_err(fail)?;
        walk.push(self.commit(head)?.id()).map_err(fail)?;
        let (mut found, mut older) = (Vec::new(), 0);
        for id in walk {
            let id = id.map_err(fail)?;
            let commit = self.commit_of(id, &id.to_string())?;
            // An author's time is hardly ever after the committer's.
            older = if time(commit.time()).is_some_and(|at| at < within.start) { older + 1 } else { 0 };
            if older > SLACK {
                break;
            }
            let author = commit.author();
            if commit.parent_count() < 2 && time(author.when()).is_some_and(|at| within.contains(&at)) {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
                let message = text(commit.message_bytes());
                found.push(Authored {
                    id: id.to_string(),
                    subject: message.lines().next().unwrap_or_default().trim().to_owned(),
                    name: text(author.name_bytes()),
                    email: text(author.email_bytes()),
                });
            }
        }
        found.reverse();
        Ok(found)
    }
}
