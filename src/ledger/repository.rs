//! The repository, read in this process with libgit2.
//!
//! Ids are hexadecimal text. What a person may call a commit is in `names`, questions about history
//! in `history`, tags in `tags`.
//!
//! Not read here, with one line of advice each: reftable, sha256, sparse index, objects that a
//! partial clone left out. Owner validation stays on.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, ObjectType, Oid};

use super::error::LedgerError;
use super::files::Root;

/// Blobs larger than this are not read into memory.
const BLOB_LIMIT: u64 = 64 << 20;

/// An open repository.
pub struct Repository {
    git: git2::Repository,
    root: PathBuf,
    /// Commits whose parents were not fetched.
    pub(crate) cut: HashSet<Oid>,
}

/// Where HEAD stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub id: String,
    /// The branch, unless detached.
    pub branch: Option<String>,
    /// Whether HEAD names a commit instead of a branch.
    pub detached: bool,
}

impl Repository {
    /// The repository that holds `from`: a directory of its work tree, or the bare repository itself.
    ///
    /// # Errors
    /// If there is none, it belongs to somebody else, or it is of a kind that cannot be read.
    pub fn discover(from: &Path) -> Result<Self, LedgerError> {
        let git = git2::Repository::discover(from).map_err(|e| {
            if e.code() == ErrorCode::NotFound && e.class() == ErrorClass::Repository {
                return LedgerError::NotARepository { from: from.to_string_lossy().into_owned() };
            }
            LedgerError::git("cannot open the repository", &e)
        })?;
        let root = git.workdir().unwrap_or_else(|| git.path());
        let root = root.canonicalize().map_err(|e| LedgerError::io(root.to_string_lossy(), e))?;
        let cut = cut_commits(git.commondir())?;
        Ok(Self { git, root, cut })
    }

    /// The work tree's root; of a bare repository, its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The work tree's files.
    ///
    /// # Errors
    /// If the work tree is gone.
    pub fn files(&self) -> Result<Root, LedgerError> {
        Root::new(&self.root)
    }

    /// The directory that all linked worktrees share; locks and journals belong there.
    pub fn common_dir(&self) -> &Path {
        self.git.commondir()
    }

    /// Whether there is no work tree.
    pub fn is_bare(&self) -> bool {
        self.git.is_bare()
    }

    /// Whether part of the history was not fetched.
    pub fn is_shallow(&self) -> bool {
        !self.cut.is_empty()
    }

    /// An operation that git is in the middle of: `merge`, `rebase`.
    pub fn state(&self) -> Option<&'static str> {
        use git2::RepositoryState as State;
        match self.git.state() {
            State::Clean => None,
            State::Merge => Some("merge"),
            State::Revert | State::RevertSequence => Some("revert"),
            State::CherryPick | State::CherryPickSequence => Some("cherry-pick"),
            State::Bisect => Some("bisect"),
            State::Rebase | State::RebaseInteractive | State::RebaseMerge => Some("rebase"),
            State::ApplyMailbox | State::ApplyMailboxOrRebase => Some("am"),
        }
    }

    /// Where HEAD stands; `None` before the first commit.
    ///
    /// # Errors
    /// If HEAD cannot be read.
    pub fn head(&self) -> Result<Option<Head>, LedgerError> {
        let head = match self.git.head() {
            Ok(head) => head,
            Err(e) if matches!(e.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => return Ok(None),
            Err(e) => return Err(self.fail("cannot read HEAD", &e)),
        };
        let commit = head.peel_to_commit().map_err(|e| self.fail("cannot read HEAD", &e))?;
        let branch = head.name_bytes().strip_prefix(b"refs/heads/".as_slice());
        let branch = branch.map(|name| String::from_utf8_lossy(name).into_owned());
        Ok(Some(Head { id: commit.id().to_string(), detached: branch.is_none(), branch }))
    }

    /// The address that git commits with, by the configuration alone.
    pub fn email(&self) -> Option<String> {
        self.git.config().ok()?.get_string("user.email").ok().filter(|email| !email.is_empty())
    }

    /// The name that git commits with, by the configuration alone.
    pub fn author_name(&self) -> Option<String> {
        self.git.config().ok()?.get_string("user.name").ok().filter(|name| !name.is_empty())
    }

    /// The branch that pull requests go to: what the remote says, else what people usually call it.
    pub fn default_branch(&self, remote: &str) -> Option<String> {
        let prefix = format!("refs/remotes/{remote}/");
        if let Ok(head) = self.git.find_reference(&format!("{prefix}HEAD"))
            && let Ok(Some(target)) = head.symbolic_target()
            && let Some(branch) = target.strip_prefix(&prefix)
        {
            return Some(branch.to_owned());
        }
        let configured = self.git.config().ok().and_then(|c| c.get_string("init.defaultBranch").ok());
        let exists = |name: &String| {
            let places = [format!("{prefix}{name}"), format!("refs/heads/{name}")];
            places.iter().any(|place| self.git.find_reference(place).is_ok())
        };
        configured.into_iter().chain(["main".to_owned(), "master".to_owned()]).find(exists)
    }

    /// Content and id of a file in a commit; `None` if there is none.
    ///
    /// # Errors
    /// If it is a directory, link or submodule, or too large.
    pub fn blob(&self, commit: &str, path: &str) -> Result<Option<(Vec<u8>, String)>, LedgerError> {
        let tree = self.tree_of(commit)?;
        let what = format!("cannot read {path} of {commit}");
        let entry = match tree.get_path(Path::new(path)) {
            Ok(entry) => entry,
            Err(e) if e.code() == ErrorCode::NotFound && e.class() == ErrorClass::Tree => return Ok(None),
            Err(e) => return Err(self.fail(&what, &e)),
        };
        if entry.kind() != Some(ObjectType::Blob) || entry.filemode() == i32::from(git2::FileMode::Link) {
            return Err(LedgerError::NotRegular { path: path.to_owned() });
        }
        let bytes = self.bytes(entry.id(), path, BLOB_LIMIT)?;
        Ok(Some((bytes, entry.id().to_string())))
    }

    /// A blob's content, up to a limit that is asked before it is unpacked.
    pub(crate) fn bytes(&self, id: Oid, path: &str, limit: u64) -> Result<Vec<u8>, LedgerError> {
        let what = format!("cannot read {path}");
        let odb = self.git.odb().map_err(|e| self.fail(&what, &e))?;
        let (size, _) = odb.read_header(id).map_err(|e| self.fail(&what, &e))?;
        if size as u64 > limit {
            return Err(LedgerError::TooLarge { path: path.to_owned(), limit });
        }
        Ok(odb.read(id).map_err(|e| self.fail(&what, &e))?.data().to_vec())
    }

    /// Every tracked file: the paths of the index, sorted, submodules left out.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn tracked(&self) -> Result<Vec<String>, LedgerError> {
        let index = self.git.index().map_err(|e| self.fail("cannot read the index", &e))?;
        let files = index.iter().filter(|e| e.mode != u32::from(git2::FileMode::Commit));
        let mut paths: Vec<String> = files.map(|e| String::from_utf8_lossy(&e.path).into_owned()).collect();
        paths.dedup();
        Ok(paths)
    }

    /// Tracked paths whose index entry or work-tree file differs from HEAD, sorted.
    ///
    /// # Errors
    /// If the index or the work tree cannot be read.
    pub fn dirty(&self) -> Result<Vec<String>, LedgerError> {
        let mut options = git2::StatusOptions::new();
        options.include_untracked(false).include_ignored(false).include_unreadable(true);
        let mut paths = self.statuses(&mut options)?;
        paths.extend(self.hidden_edits()?);
        Ok(paths.into_iter().collect())
    }

    /// Files that are neither tracked nor ignored, sorted.
    ///
    /// # Errors
    /// If the work tree cannot be read.
    pub fn untracked(&self) -> Result<Vec<String>, LedgerError> {
        let mut options = git2::StatusOptions::new();
        options.show(git2::StatusShow::Workdir).include_untracked(true).recurse_untracked_dirs(true);
        let list = self.git.statuses(Some(&mut options)).map_err(|e| self.fail("git status", &e))?;
        let new = list.iter().filter(|entry| entry.status().is_wt_new());
        let paths: BTreeSet<String> =
            new.map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect();
        Ok(paths.into_iter().collect())
    }

    fn statuses(&self, options: &mut git2::StatusOptions) -> Result<BTreeSet<String>, LedgerError> {
        let list = self.git.statuses(Some(options)).map_err(|e| self.fail("git status", &e))?;
        Ok(list.iter().map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect())
    }

    /// Files that the index is told to believe unchanged (`--assume-unchanged`, `--skip-worktree`),
    /// and that are not. A sparse checkout leaves such files out, which is no edit.
    fn hidden_edits(&self) -> Result<Vec<String>, LedgerError> {
        const ASSUME_UNCHANGED: u16 = 0x8000;
        const SKIP_WORKTREE: u16 = 0x4000;
        let index = self.git.index().map_err(|e| self.fail("cannot read the index", &e))?;
        let mut edits = Vec::new();
        for entry in index.iter() {
            if entry.flags & ASSUME_UNCHANGED == 0 && entry.flags_extended & SKIP_WORKTREE == 0 {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path).into_owned();
            let file = self.root.join(&path);
            let Ok(facts) = std::fs::symlink_metadata(&file) else { continue };
            // The index keeps 32 bits of the size; a file of another size needs no reading.
            let resized = facts.len() != u64::from(entry.file_size);
            if !facts.is_file() || resized || Oid::hash_file(ObjectType::Blob, &file).ok() != Some(entry.id) {
                edits.push(path);
            }
        }
        Ok(edits)
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// If there is no such commit.
    pub fn tree(&self, commit: &str) -> Result<String, LedgerError> {
        Ok(self.commit(commit)?.tree_id().to_string())
    }

    /// Whether the object is in this clone.
    pub fn has(&self, id: &str) -> bool {
        full_id(id).is_some_and(|id| self.git.odb().is_ok_and(|odb| odb.exists(id)))
    }

    /// The commit of a full id; tags are peeled.
    pub(crate) fn commit(&self, id: &str) -> Result<git2::Commit<'_>, LedgerError> {
        let Some(oid) = full_id(id) else {
            return Err(LedgerError::Bad(format!("`{}` is not a commit id", id.escape_debug())));
        };
        self.commit_of(oid, id)
    }

    pub(crate) fn commit_of(&self, oid: Oid, label: &str) -> Result<git2::Commit<'_>, LedgerError> {
        let object = self.git.find_object(oid, None).and_then(|object| object.peel_to_commit());
        object.map_err(|e| match (e.code(), self.is_shallow()) {
            (ErrorCode::NotFound, true) => LedgerError::shallow(format!("no commit {label} in this clone")),
            _ => self.fail(&format!("no commit {label} in this clone"), &e),
        })
    }

    /// The tree of a commit, as an object.
    pub(crate) fn tree_of(&self, commit: &str) -> Result<git2::Tree<'_>, LedgerError> {
        self.commit(commit)?.tree().map_err(|e| self.fail(&format!("cannot read the tree of {commit}"), &e))
    }

    /// libgit2's own handle, for the other files of this layer.
    pub(crate) fn raw(&self) -> &git2::Repository {
        &self.git
    }

    /// Maps an error; an object that is missing from a partial clone is no damage.
    pub(crate) fn fail(&self, what: &str, error: &git2::Error) -> LedgerError {
        let absent = error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Odb;
        if absent && self.is_partial() {
            return LedgerError::Unsupported {
                what: format!("{what}: the object was left out of this partial clone"),
                advice: "run `git fetch --refetch --no-filter`, or clone without --filter".to_owned(),
            };
        }
        LedgerError::git(what, error)
    }

    /// Whether objects may be missing on purpose.
    pub fn is_partial(&self) -> bool {
        let Ok(config) = self.git.config() else { return false };
        let Ok(mut entries) = config.entries(Some("^(extensions\\.partialclone|remote\\..*\\.promisor)$"))
        else {
            return false;
        };
        entries.next().is_some()
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("root", &self.root).finish_non_exhaustive()
    }
}

/// The commits at which a shallow clone ends, from the file in which git keeps them.
fn cut_commits(common: &Path) -> Result<HashSet<Oid>, LedgerError> {
    let file = common.join("shallow");
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(text.lines().filter_map(full_id).collect()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::new()),
        Err(e) => Err(LedgerError::io(file.to_string_lossy(), e)),
    }
}

/// A whole id, which libgit2 alone would also take abbreviated and padded.
pub(crate) fn full_id(text: &str) -> Option<Oid> {
    let hex = text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hex { Oid::from_str(text).ok() } else { None }
}

/// A time of git; its offset is only how it was written down.
pub(crate) fn time(time: git2::Time) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(time.seconds()).ok()
}
