//! What an approval, a run record and a tag are bound to: the *subject tree*, git's tree without
//! the ledger.
//!
//! So a reworded commit, a squash, a ticked box or an added approval leaves it, and one byte or
//! mode bit of anything else changes it. It is computed without writing an object: only the trees
//! on the way to a ledger path are rebuilt, in memory. Anybody can check it with plain git:
//! `GIT_INDEX_FILE=t git read-tree C; git rm -r --cached -q LEDGER..; git write-tree`.

use std::path::Path;

use git2::{ErrorClass, ErrorCode, ObjectType, Oid};
use sha2::{Digest, Sha256};

use super::error::LedgerError;
use super::json::hex;
use super::repository::Repository;

/// The directory of approvals and manifests.
pub const LEDGER_DIR: &str = ".milegate/ledger";

/// The directory of the progress log's entries, one file each.
pub const LOG_DIR: &str = ".milegate/log";

/// Larger edited files are known by size and time instead of content.
const MAX_HASHED: u64 = 256 << 20;

/// Paths that are left out of the subject tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPaths {
    /// Single files: status document, log, checklist. Never directories, so that nobody hides code
    /// in a directory of that name.
    pub exact: Vec<String>,
    /// Directories with all they hold.
    pub dirs: Vec<String>,
}

impl Default for LedgerPaths {
    fn default() -> Self {
        Self::new(std::iter::empty())
    }
}

impl LedgerPaths {
    /// The ledger's directories and these files.
    pub fn new(exact: impl IntoIterator<Item = String>) -> Self {
        Self { exact: exact.into_iter().collect(), dirs: [LEDGER_DIR, LOG_DIR].map(str::to_owned).into() }
    }

    /// Whether a file at this path belongs to the ledger.
    pub fn holds(&self, path: &str) -> bool {
        let below = |dir: &String| path.strip_prefix(dir.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.exact.iter().any(|file| file == path) || self.dirs.iter().any(below)
    }

    /// Whether a ledger path lies somewhere below this directory.
    fn lies_below(&self, directory: &str) -> bool {
        let below = |path: &String| path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
        self.exact.iter().chain(&self.dirs).any(below)
    }
}

/// The subject tree of a commit.
///
/// # Errors
/// If the commit or a tree on the way is not in this clone.
pub fn subject_tree(repo: &Repository, commit: &str, ledger: &LedgerPaths) -> Result<String, LedgerError> {
    let tree = repo.tree_of(commit)?;
    let subject = subject_of_tree(repo.raw(), &tree, ledger);
    Ok(subject.map_err(|e| repo.fail(&format!("cannot read the trees of {commit}"), &e))?.to_string())
}

/// The subject tree of a tree.
pub(crate) fn subject_of_tree(
    git: &git2::Repository,
    tree: &git2::Tree<'_>,
    ledger: &LedgerPaths,
) -> Result<Oid, git2::Error> {
    match prune(git, tree, "", ledger)? {
        Some(id) => Ok(id),
        None => empty_tree(),
    }
}

/// The id of the tree without entries.
pub(crate) fn empty_tree() -> Result<Oid, git2::Error> {
    Oid::hash_object(ObjectType::Tree, &[])
}

/// The tree without its ledger paths; `None` if nothing is left.
fn prune(
    git: &git2::Repository,
    tree: &git2::Tree<'_>,
    prefix: &str,
    ledger: &LedgerPaths,
) -> Result<Option<Oid>, git2::Error> {
    let mut bytes = Vec::new();
    let mut pruned = false;
    for entry in tree.iter() {
        let name = String::from_utf8_lossy(entry.name_bytes());
        let path = if prefix.is_empty() { name.into_owned() } else { format!("{prefix}/{name}") };
        let id = match entry.kind() {
            Some(ObjectType::Tree) if ledger.dirs.contains(&path) => None,
            Some(ObjectType::Tree) if ledger.lies_below(&path) => {
                prune(git, &git.find_tree(entry.id())?, &path, ledger)?
            }
            // A link of that name is no document: its target could be anything.
            Some(ObjectType::Blob) if ledger.exact.contains(&path) && !is_link(&entry) => None,
            _ => Some(entry.id()),
        };
        pruned |= id != Some(entry.id());
        if let Some(id) = id {
            bytes.extend_from_slice(format!("{:o} ", entry.filemode_raw()).as_bytes());
            bytes.extend_from_slice(entry.name_bytes());
            bytes.push(0);
            bytes.extend_from_slice(id.as_bytes());
        }
    }
    match (pruned, bytes.is_empty()) {
        (_, true) => Ok(None),
        (false, false) => Ok(Some(tree.id())),
        (true, false) => Oid::hash_object(ObjectType::Tree, &bytes).map(Some),
    }
}

fn is_link(entry: &git2::TreeEntry<'_>) -> bool {
    entry.filemode() == i32::from(git2::FileMode::Link)
}

/// The id that git gives a file with these bytes.
pub fn blob_id(bytes: &[u8]) -> String {
    // Hashing bytes in memory cannot fail; an empty id would match nothing.
    Oid::hash_object(ObjectType::Blob, bytes).map(|id| id.to_string()).unwrap_or_default()
}

/// SHA-256 over a checklist's item texts, joined by line feeds: ticks and states are left out.
pub fn checklist_digest<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for (n, item) in items.enumerate() {
        if n > 0 {
            digest.update(b"\n");
        }
        digest.update(item.as_bytes());
    }
    hex(&digest.finalize())
}

/// What the work tree holds beyond HEAD: `None` if no tracked file outside the ledger differs, else
/// one digest of those that do. `ignore` holds globs of files that do not count.
///
/// # Errors
/// If the index or one of the files cannot be read.
pub fn work_digest(
    repo: &Repository,
    ledger: &LedgerPaths,
    ignore: &[String],
) -> Result<Option<String>, LedgerError> {
    let mut globs = globset::GlobSetBuilder::new();
    for pattern in ignore {
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        globs.add(glob.map_err(|e| LedgerError::Bad(format!("`{pattern}` is not a glob: {}", e.kind())))?);
    }
    let globs = globs.build().map_err(|e| LedgerError::Bad(format!("globs: {}", e.kind())))?;
    let mut digest = Sha256::new();
    let mut any = false;
    for path in repo.dirty()? {
        let file = repo.root().join(&path);
        let ledger = ledger.holds(&path) && !file.is_symlink();
        if ledger || ignore.contains(&path) || globs.is_match(&path) {
            continue;
        }
        any = true;
        // Lengths are not needed: a path holds no NUL, a state no line feed.
        digest.update(path.as_bytes());
        digest.update(b"\0");
        digest.update(state(&file).map_err(|e| LedgerError::io(&path, e))?.as_bytes());
        digest.update(b"\n");
    }
    Ok(any.then(|| hex(&digest.finalize())))
}

/// A file as it stands in the work tree: its mode and the id its bytes would have.
fn state(path: &Path) -> std::io::Result<String> {
    let facts = match std::fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok("deleted".to_owned());
        }
        Err(e) => return Err(e),
    };
    if facts.is_symlink() {
        let target = std::fs::read_link(path)?;
        return Ok(format!("link {}", super::json::sha256(target.as_os_str().as_encoded_bytes())));
    }
    if facts.is_file() && facts.len() > MAX_HASHED {
        // Sparse or huge: reading it to its end could take for ever.
        let modified = facts.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        return Ok(format!("huge {} {}", facts.len(), modified.as_nanos()));
    }
    if facts.is_file() {
        let id = Oid::hash_file(ObjectType::Blob, path).map_err(std::io::Error::other)?;
        return Ok(format!("{} {id}", if is_executable(&facts) { "exec" } else { "file" }));
    }
    Ok(submodule_head(path).unwrap_or_else(|| "special".to_owned()))
}

#[cfg(unix)]
fn is_executable(facts: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    facts.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}

/// The commit a submodule's checkout stands at.
fn submodule_head(path: &Path) -> Option<String> {
    let head = git2::Repository::open(path).and_then(|repo| repo.head()?.peel_to_commit().map(|c| c.id()));
    match head {
        Ok(id) => Some(format!("commit {id}")),
        Err(e) if e.code() == ErrorCode::NotFound && e.class() == ErrorClass::Repository => None,
        Err(_) => Some("commit unknown".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ledger_paths_are_whole_components() {
        let ledger = LedgerPaths::new(["docs/STATUS.md".to_owned()]);
        for inside in [".milegate/ledger/5.1/manifest.json", "docs/STATUS.md"] {
            assert!(ledger.holds(inside), "{inside}");
        }
        for outside in [".milegate/ledgers/x", ".milegate/ledger", "docs/STATUS.md/x", "a/docs/STATUS.md"] {
            assert!(!ledger.holds(outside), "{outside}");
        }
    }

    #[test]
    fn item_texts_are_joined() {
        assert_eq!(checklist_digest(["a", "b"].into_iter()), super::super::json::sha256(b"a\nb"));
        assert_ne!(checklist_digest(["a", ""].into_iter()), checklist_digest(["a"].into_iter()));
    }
}
