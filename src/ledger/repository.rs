//! The repository, read in this process with libgit2.
//!
//! Ids are hexadecimal text. Names a person gives are looked up as references and ids, never as
//! git's whole revision language. Questions about history that a shallow clone would answer wrongly
//! are [`LedgerError::Shallow`]: libgit2, like git, walks to the cut and takes it for the beginning.
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
    cut: HashSet<Oid>,
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
            let reference = self.git.find_reference(&format!("{prefix}{name}{suffix}")).ok()?;
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
            match self.git.find_object_by_prefix(name, None).and_then(|o| o.peel_to_commit()) {
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
            let commit = self.git.find_commit(id).map_err(|e| self.fail(rev, &e))?;
            commit.parent_id(n).map_err(|_| LedgerError::Bad(format!("`{rev}`: {id} has no such parent")))
        };
        match (sign, count) {
            (_, 0) => Ok(id),
            ('^', n) => parent(id, n - 1),
            (_, n) => (0..n).try_fold(id, |id, _| parent(id, 0)),
        }
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
            if file.is_file() && Oid::hash_file(ObjectType::Blob, &file).ok() != Some(entry.id) {
                edits.push(path);
            }
        }
        Ok(edits)
    }

    /// The best common ancestor; `None` if the histories have nothing in common.
    ///
    /// # Errors
    /// `Shallow` if a better one may lie beyond the cut of this clone.
    pub fn merge_base(&self, one: &str, two: &str) -> Result<Option<String>, LedgerError> {
        let (a, b) = (self.commit(one)?.id(), self.commit(two)?.id());
        let base = match self.git.merge_base(a, b) {
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
        let found = self.git.graph_descendant_of(new, old).map_err(|e| self.fail(what, &e))?;
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
            let mut walk = self.git.revwalk()?;
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

    /// When a commit was made, by its committer's clock.
    ///
    /// # Errors
    /// If there is no such commit.
    pub fn commit_time(&self, commit: &str) -> Result<jiff::Timestamp, LedgerError> {
        let commit = self.commit(commit)?;
        time(commit.time()).ok_or_else(|| LedgerError::Bad(format!("{}: impossible time", commit.id())))
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

    fn commit_of(&self, oid: Oid, label: &str) -> Result<git2::Commit<'_>, LedgerError> {
        let object = self.git.find_object(oid, None).and_then(|object| object.peel_to_commit());
        object.map_err(|e| self.fail(&format!("no commit {label} in this clone"), &e))
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

/// The first seven digits, for messages.
fn short(id: &str) -> &str {
    id.get(..7).unwrap_or(id)
}

/// A time of git; its offset is only how it was written down.
pub(crate) fn time(time: git2::Time) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(time.seconds()).ok()
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
