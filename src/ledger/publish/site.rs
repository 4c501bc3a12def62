//! Where the repository is and where its HEAD stands.

use std::path::PathBuf;

use super::error::PublishError;
use crate::ledger::git::{Git, GitError, scrub};

/// A repository with a work tree.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// Git at the top of the work tree.
    pub(super) git: Git,
    /// The top of the work tree.
    pub(super) top: PathBuf,
    /// The git folder of this work tree: HEAD, the index, an unfinished merge.
    pub(super) own: PathBuf,
    /// The git folder that all work trees share: refs, objects, the lock and the journal.
    pub(super) common: PathBuf,
}

impl Site {
    /// Find it from any folder inside.
    pub(super) fn find(git: &Git) -> Result<Self, PublishError> {
        git.version()?;
        let bare = git.call(&["rev-parse", "--is-bare-repository"]).line()?;
        if bare == "true" {
            return Err(PublishError::refused(
                "this is a bare repository; a milestone is completed in a work tree",
                "",
            ));
        }
        let ask = |what: &str| git.call(&["rev-parse", "--path-format=absolute", what]).line();
        let top = PathBuf::from(ask("--show-toplevel")?);
        let own = PathBuf::from(ask("--git-dir")?);
        let common = PathBuf::from(ask("--git-common-dir")?);
        Ok(Self { git: git.moved(&top), top, own, common })
    }

    /// The commit HEAD is at.
    pub(super) fn head(&self) -> Result<String, PublishError> {
        self.ref_value("HEAD")?
            .ok_or_else(|| PublishError::refused("HEAD has no commit yet; there is nothing to tag", ""))
    }

    /// The branch HEAD is on, as a full name; none if it is detached.
    pub(super) fn head_branch(&self) -> Result<Option<String>, PublishError> {
        let answer = self.git.call(&["symbolic-ref", "-q", "HEAD"]).run()?;
        Ok(Some(answer.text().trim().to_owned()).filter(|name| answer.good() && !name.is_empty()))
    }

    /// The object a ref names, not peeled; none if there is no such ref.
    pub(super) fn ref_value(&self, name: &str) -> Result<Option<String>, PublishError> {
        let answer = self.git.call(&["rev-parse", "--verify", "-q", name]).run()?;
        match answer.status {
            Some(0) => Ok(Some(object_name(answer.text().trim())?)),
            Some(1) => Ok(None),
            _ => Err(answer.into_error().into()),
        }
    }

    /// Whether a commit holds another in its history; false also if one of them is not known here.
    pub(super) fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, PublishError> {
        Ok(self.git.call(&["merge-base", "--is-ancestor", old, new]).run()?.good())
    }
}

/// The text, if it is a whole object id.
pub(super) fn object_name(text: &str) -> Result<String, PublishError> {
    if matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_owned());
    }
    Err(GitError::Odd { command: "object id".into(), answer: scrub(text) }.into())
}
