//! What can go wrong with files and repositories, each with the next step.
//!
//! Messages are sentences without a full stop; they may hold names from the repository, which the
//! outputs escape.

use std::io;

/// Why a file or the repository could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file, as the caller named it.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// git refused.
    #[error("{what}: {message}")]
    Git {
        /// What was tried.
        what: String,
        /// What git says.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// No repository here or above.
    #[error("{from} is not inside a git repository")]
    NotARepository {
        /// Where the search began.
        from: String,
    },
    /// A kind of repository that cannot be read in this process.
    #[error("{what}")]
    Unsupported {
        /// The kind, and what it kept from being read.
        what: String,
        /// One line.
        advice: String,
    },
    /// The repository belongs to somebody else, and git has not been told that this is intended.
    #[error("the repository {path} belongs to another user")]
    Owner {
        /// Its directory.
        path: String,
    },
    /// The answer lies in history that this clone does not have.
    #[error("{what}: this clone is shallow, the history it needs was not fetched")]
    Shallow {
        /// What was asked.
        what: String,
        /// What to run.
        command: String,
    },
    /// A directory, device, pipe, socket or link where a regular file is needed.
    #[error("{path} is not a regular file")]
    NotRegular {
        /// The file, as the caller named it.
        path: String,
    },
    /// More bytes than the limit allows.
    #[error("{path} is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The file, as the caller named it.
        path: String,
        /// The limit.
        limit: u64,
    },
    /// A path or link that leaves the repository, or enters `.git`.
    #[error("{path} leads out of the repository's files")]
    Outside {
        /// The path, as the caller named it.
        path: String,
    },
    /// A file that must be new is there.
    #[error("{path} exists already")]
    Exists {
        /// The path in the repository.
        path: String,
    },
    /// An argument or a file's content is not what it has to be.
    #[error("{0}")]
    Bad(String),
}

/// A file of the ledger that is there and cannot be read: never the same as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Path in the repository.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// The command that completes a shallow clone.
pub const UNSHALLOW: &str = "git fetch --unshallow --tags";

impl LedgerError {
    /// An error of the operating system.
    pub fn io(path: impl Into<String>, source: io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }

    /// A question that a shallow clone cannot answer.
    pub fn shallow(what: impl Into<String>) -> Self {
        Self::Shallow { what: what.into(), command: UNSHALLOW.to_owned() }
    }

    /// Whether it only says that there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// What to do next, in one line.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Git { hint, .. } => hint.clone(),
            Self::NotARepository { .. } => Some("run it in a checkout, or `git init` one".to_owned()),
            Self::Unsupported { advice, .. } => Some(advice.clone()),
            Self::Owner { path } => {
                Some(format!("git config --global --add safe.directory {}", quoted(path)))
            }
            Self::Shallow { command, .. } => {
                Some(format!("run `{command}` (actions/checkout: `fetch-depth: 0`)"))
            }
            Self::TooLarge { .. } => Some("raise the limit if the file is meant to be that large".to_owned()),
            Self::Outside { .. } => Some("name a file inside the repository".to_owned()),
            Self::Io { .. } | Self::NotRegular { .. } | Self::Exists { .. } | Self::Bad(_) => None,
        }
    }

    /// Maps an error of libgit2.
    pub(crate) fn git(what: impl Into<String>, error: &git2::Error) -> Self {
        let message = error.message();
        if error.code() == git2::ErrorCode::Owner {
            return Self::Owner { path: owned_path(message) };
        }
        if let Some((kind, advice)) = unsupported(message) {
            return Self::Unsupported { what: kind.to_owned(), advice: advice.to_owned() };
        }
        Self::Git { what: what.into(), message: message.to_owned(), hint: None }
    }
}

/// The kinds of repository that libgit2 refuses, by a mark in its message.
fn unsupported(message: &str) -> Option<(&'static str, &'static str)> {
    const KINDS: &[(&str, &str, &str)] = &[
        (
            "extensions.refstorage",
            "the repository stores its references as reftable, which cannot be read here",
            "run `git refs migrate --ref-format=files`",
        ),
        (
            "extensions.relativeworktrees",
            "the repository links its worktrees by relative paths, which cannot be read here",
            "run `git config --unset extensions.relativeWorktrees && git -c worktree.useRelativePaths=false worktree repair`",
        ),
        (
            "unknown object format",
            "the repository is not of the sha1 object format, which is the only one that can be read here",
            "use a clone with `--object-format=sha1`",
        ),
        (
            "unsupported mandatory extension: 'sdir'",
            "the index is sparse, which cannot be read here",
            "run `git sparse-checkout reapply --no-sparse-index`",
        ),
        (
            "unsupported mandatory extension",
            "the index has an extension that cannot be read here",
            "run `git update-index --no-split-index --no-fsmonitor --no-untracked-cache`",
        ),
        (
            "unsupported extension name",
            "the repository uses an extension of git that cannot be read here",
            "see `git config --get-regexp '^extensions\\.'`; a plain `git clone` has none",
        ),
    ];
    let lower = message.to_lowercase();
    KINDS.iter().find(|row| lower.contains(row.0)).map(|row| (row.1, row.2))
}

/// The directory for `safe.directory` out of libgit2's message: the work tree, without `.git`.
fn owned_path(message: &str) -> String {
    let named = message.split('\'').nth(1).unwrap_or(".");
    let named = named.trim_end_matches('/');
    named.strip_suffix("/.git").unwrap_or(named).to_owned()
}

/// A path for a shell line; only quoted where it must be, so that the line stays readable.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@\\".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_line_names_the_work_tree() {
        let error = git2::Error::new(
            git2::ErrorCode::Owner,
            git2::ErrorClass::Config,
            "repository path '/home/o'neil/x/.git/' is not owned by current user",
        );
        // An apostrophe in the path cuts the name short; nothing worse.
        assert!(matches!(LedgerError::git("open", &error), LedgerError::Owner { .. }));
        assert_eq!(owned_path("repository path '/srv/x/.git/' is not owned by current user"), "/srv/x");
        assert_eq!(owned_path("repository path '/srv/x/' is not owned by current user"), "/srv/x");
        let hint = LedgerError::Owner { path: "/srv/my code".to_owned() }.hint();
        assert_eq!(hint.as_deref(), Some("git config --global --add safe.directory '/srv/my code'"));
    }

    #[test]
    fn unsupported_repositories_get_one_line_of_advice() {
        for message in [
            "unsupported extension name extensions.refstorage",
            "unknown object format 'sha256'",
            "unsupported mandatory extension: 'sdir'",
            "unsupported extension name extensions.relativeworktrees",
            "unsupported extension name extensions.somethingnew",
        ] {
            let error =
                git2::Error::new(git2::ErrorCode::GenericError, git2::ErrorClass::Repository, message);
            let error = LedgerError::git("open", &error);
            assert!(matches!(error, LedgerError::Unsupported { .. }), "{message}");
            assert!(error.hint().is_some_and(|hint| !hint.contains('\n')), "{message}");
        }
    }
}
