//! What a person may call a commit: a branch, a tag, a remote branch, a reference, an id, with
//! `~N` and `^N` after it.
//!
//! Left out on purpose: the rest of git's revision language. Searches and reflogs answer differently
//! from day to day, and a name that is both a tag and a branch is refused, because git would take
//! the tag and only warn.

use git2::{ErrorCode, Oid};

use super::error::LedgerError;
use super::repository::{Repository, full_id};

impl Repository {
    /// The commit of a branch, tag, remote branch, reference or id, with `~1` and `^1` after it.
    ///
    /// # Errors
    /// If it is nothing of the kind, or a tag and a branch share the name and differ.
    pub fn resolve(&self, rev: &str) -> Result<String, LedgerError> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || ":{}[]?*\\".contains(c);
        if rev.is_empty() || rev.starts_with('-') || rev.contains("..") || rev.contains(odd) {
            let why = format!("`{}` is not a branch, tag or commit id", rev.escape_debug());
            return Err(LedgerError::Bad(why));
        }
        let end = rev.find(['~', '^']).unwrap_or(rev.len());
        let (name, steps) = rev.split_at(end);
        let mut id = self.named(name)?;
        for (sign, count) in parse_steps(steps, rev)? {
            id = self.ancestor(id, sign, count, rev)?;
        }
        Ok(id.to_string())
    }

    /// The commit of a plain name, in the order in which git looks.
    fn named(&self, name: &str) -> Result<Oid, LedgerError> {
        if let Some(id) = full_id(name) {
            return Ok(self.commit_of(id, name)?.id());
        }
        let place = |prefix: &str, suffix: &str| {
            let reference = self.raw().find_reference(&format!("{prefix}{name}{suffix}")).ok()?;
            Some(reference.peel_to_commit().map(|c| c.id()))
        };
        let own = if name == "HEAD" || name.starts_with("refs/") { place("", "") } else { None };
        let (tag, branch) = (place("refs/tags/", ""), place("refs/heads/", ""));
        if let (None, Some(Ok(tag)), Some(Ok(branch))) = (&own, &tag, &branch)
            && tag != branch
        {
            let why = format!(
                "`{name}` is a tag and a branch, of different commits; write refs/tags/{name} or refs/heads/{name}"
            );
            return Err(LedgerError::Bad(why));
        }
        let remote = || place("refs/remotes/", "").or_else(|| place("refs/remotes/", "/HEAD"));
        match own.or(tag).or(branch).or_else(remote) {
            Some(found) => found.map_err(|e| self.fail(&format!("`{name}` is not a commit"), &e)),
            None => self.abbreviated(name),
        }
    }

    /// The commit of an abbreviated id.
    fn abbreviated(&self, name: &str) -> Result<Oid, LedgerError> {
        if (4..40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit()) {
            match self.raw().find_object_by_prefix(name, None).and_then(|o| o.peel_to_commit()) {
                Ok(commit) => return Ok(commit.id()),
                Err(e) if e.code() == ErrorCode::Ambiguous => {
                    return Err(LedgerError::Bad(format!("`{name}` begins the id of several objects")));
                }
                Err(_) => {}
            }
        }
        Err(LedgerError::Git {
            what: format!("`{name}`"),
            message: "no branch, tag or commit of that name in this clone".to_owned(),
            hint: Some("fetch it first: `git fetch --tags origin`".to_owned()),
        })
    }

    /// `~count` or `^count` of a commit.
    fn ancestor(&self, id: Oid, sign: char, count: usize, rev: &str) -> Result<Oid, LedgerError> {
        let parent = |id: Oid, n: usize| -> Result<Oid, LedgerError> {
            if self.cut.contains(&id) {
                return Err(LedgerError::shallow(format!("cannot find {rev}")));
            }
            let commit = self.raw().find_commit(id).map_err(|e| self.fail(rev, &e))?;
            commit.parent_id(n).map_err(|_| LedgerError::Bad(format!("`{rev}`: {id} has no such parent")))
        };
        match (sign, count) {
            (_, 0) => Ok(id),
            ('^', n) => parent(id, n - 1),
            (_, n) => (0..n).try_fold(id, |id, _| parent(id, 0)),
        }
    }
}

/// `~2^1` as steps.
fn parse_steps(steps: &str, rev: &str) -> Result<Vec<(char, usize)>, LedgerError> {
    let bad = || LedgerError::Bad(format!("`{rev}`: after the name only `~N` and `^N` are understood"));
    let mut list = Vec::new();
    let mut rest = steps;
    while let Some(sign) = rest.chars().next() {
        let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |at| at + 1);
        let count = match &rest[1..digits] {
            "" => 1,
            number => number.parse().ok().filter(|n| *n <= 100_000).ok_or_else(bad)?,
        };
        if !matches!(sign, '~' | '^') {
            return Err(bad());
        }
        list.push((sign, count));
        rest = &rest[digits..];
    }
    Ok(list)
}
