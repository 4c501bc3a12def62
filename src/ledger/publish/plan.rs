//! What is to be published, as plain values: made by the caller, shown by a dry run, then applied.

use sha2::{Digest, Sha256};

use super::error::PublishError;
use super::tag;
use crate::ledger::journal::Mode;
use crate::model::milestone::MilestoneId;

/// A document as it shall stand in the documents' commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Path from the top of the repository, with `/`.
    pub path: String,
    /// The whole new text as git stores it (line ends before any checkout conversion).
    pub content: Vec<u8>,
}

/// All that one `complete` publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The milestone's id.
    pub milestone: String,
    /// The tag's name, without `refs/tags/`.
    pub tag: String,
    /// The tag's message, kept byte for byte; it carries the trailer `Milegate-Milestone: <id>` once.
    pub message: String,
    /// The commit to be tagged: the one that was judged.
    pub target: String,
    /// The documents; those that do not differ from the target's are left out.
    pub documents: Vec<Document>,
    /// The message of the documents' commit. With the trailer `Milegate-Milestone: <id>` in it, a
    /// later run can push the commit together with a tag that was made with `--no-push`.
    pub commit_message: String,
    /// Where tag and documents go.
    pub mode: Mode,
    /// The branch milestones are completed on: `main`.
    pub branch: String,
    /// The remote, if there is one.
    pub remote: Option<String>,
    /// Push to it.
    pub push: bool,
    /// Sign the tag, whatever `tag.gpgSign` says.
    pub sign: bool,
}

/// The part of a plan that is known before anything is judged: enough to say whether the milestone is
/// already complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The milestone's id.
    pub milestone: String,
    /// The tag's name, without `refs/tags/`.
    pub tag: String,
    /// The branch milestones are completed on.
    pub branch: String,
    /// Where tag and documents go.
    pub mode: Mode,
    /// The remote to push to; none: there is none, or nothing is pushed.
    pub remote: Option<String>,
}

impl Claim {
    pub(super) fn tag_ref(&self) -> String {
        format!("refs/tags/{}", self.tag)
    }

    pub(super) fn branch_ref(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    /// The branch that the documents go to, in [`Mode::Branch`].
    pub(super) fn documents_ref(&self) -> String {
        format!("refs/heads/milegate/{}", self.milestone)
    }
}

impl Plan {
    /// The part that is known before anything is judged.
    pub fn claim(&self) -> Claim {
        Claim {
            milestone: self.milestone.clone(),
            tag: self.tag.clone(),
            branch: self.branch.clone(),
            mode: self.mode,
            remote: self.remote.clone().filter(|_| self.push),
        }
    }

    /// What would be done, one line a step, for a dry run.
    pub fn steps(&self) -> Vec<String> {
        let claim = self.claim();
        let short = self.target.get(..12).unwrap_or(&self.target);
        let carries = self.mode != Mode::TagOnly && !self.documents.is_empty();
        let signed = if self.sign { "signed " } else { "" };
        let mut steps = vec![format!("make the {signed}annotated tag {} at {short}", self.tag)];
        if carries {
            let paths: Vec<&str> = self.documents.iter().map(|document| document.path.as_str()).collect();
            steps.push(format!("commit {} as the child of {short}", paths.join(", ")));
        }
        let goes = match self.mode {
            Mode::Branch => claim.documents_ref(),
            _ => claim.branch_ref(),
        };
        match &claim.remote {
            Some(remote) if carries => {
                steps.push(format!("git push --atomic {remote} <tag>:{} <documents>:{goes}", claim.tag_ref()))
            }
            Some(remote) => steps.push(format!("git push {remote} <tag>:{}", claim.tag_ref())),
            None => steps.push("nothing is pushed".to_owned()),
        }
        steps.push(format!("create {} here", claim.tag_ref()));
        if carries && self.mode == Mode::Direct {
            steps.push(format!("move {goes} to the documents' commit, and bring the files forward"));
        } else if carries && claim.remote.is_none() {
            steps.push(format!("create {goes} here"));
        }
        steps
    }

    /// Digest of all that is to be published: an unchanged plan may use the objects of a killed run.
    pub(super) fn digest(&self) -> String {
        let mut sha = Sha256::new();
        let mut add = |bytes: &[u8]| {
            sha.update((bytes.len() as u64).to_be_bytes());
            sha.update(bytes);
        };
        let mode = format!("{:?} {:?} {} {}", self.mode, self.remote, self.push, self.sign);
        for text in [&self.milestone, &self.tag, &self.message, &self.target, &mode] {
            add(text.as_bytes());
        }
        add(self.commit_message.as_bytes());
        add(self.branch.as_bytes());
        for document in &self.documents {
            add(document.path.as_bytes());
            add(&document.content);
        }
        sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What can be wrong with the values themselves.
    pub(super) fn validate(&self) -> Result<(), PublishError> {
        let wrong = |reason: String| Err(PublishError::refused(reason, ""));
        if let Err(error) = self.milestone.parse::<MilestoneId>() {
            return wrong(error.to_string());
        }
        if !good_name(&self.tag) {
            return wrong(format!(
                "`{}` is no name for a tag: ASCII letters, digits and `._-+/`; a letter or digit first; no `..`",
                self.tag.escape_debug()
            ));
        }
        if self.message.contains(['\0', '\r']) || self.commit_message.contains('\0') {
            return wrong("the tag's message holds a NUL or a carriage return".to_owned());
        }
        if tag::milestones_of(&self.message) != [self.milestone.as_str()] {
            return wrong(format!(
                "the tag's message must carry the trailer `{} {}` exactly once",
                tag::TRAILER,
                self.milestone
            ));
        }
        if self.commit_message.trim().is_empty() {
            return wrong("the documents' commit has no message".to_owned());
        }
        for (n, document) in self.documents.iter().enumerate() {
            if !good_path(&document.path) {
                return wrong(format!("`{}` is no path for a document", document.path.escape_debug()));
            }
            if self.documents[..n].iter().any(|other| other.path == document.path) {
                return wrong(format!("{} is written twice", document.path));
            }
        }
        Ok(())
    }
}

/// Stricter than git: such a name needs no quoting in any shell, URL or file system.
fn good_name(name: &str) -> bool {
    name.len() <= 200
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+/".contains(&b))
        && !name.contains("..")
        && name.split('/').all(|part| {
            part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
                && !part.to_ascii_lowercase().ends_with(".lock")
                && !part.ends_with('.')
        })
}

/// Inside the repository and outside `.git`, on every file system.
fn good_path(path: &str) -> bool {
    !path.contains(['\0', '\\', '\n', '\r'])
        && path.split('/').all(|part| {
            !matches!(part, "" | "." | "..")
                && !part.eq_ignore_ascii_case(".git")
                && !part.to_ascii_lowercase().starts_with("git~")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_that_could_lead_astray_are_refused() {
        for good in ["phase5-milestone-5.1-complete", "v1.2+x", "a/b"] {
            assert!(good_name(good), "{good}");
        }
        for bad in ["", "-x", "a..b", "a b", "a.lock", "a/", "/a", "a/.b", "a~1", "a\nb", "é", "a/-b", "x."]
        {
            assert!(!good_name(bad), "{bad:?}");
        }
        assert!(good_path("docs/STATUS é.md"));
        for bad in ["", "/etc/x", "../x", "a/../b", "a//b", ".git/config", "a/.GIT/x", "a\\b", "GIT~1/x"] {
            assert!(!good_path(bad), "{bad:?}");
        }
    }
}
