//! Whether files changed: by their times, size and place on the disk, without reading them.

use super::files::Root;
use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

/// What changes with a file: when it was written, its size, and what nobody can set back.
pub type Stamp = (SystemTime, u64, Inode);

/// The stamp of each file; of one that cannot be asked for it, that it is there.
pub type Stamps = BTreeMap<String, Option<Stamp>>;

/// The time of the last change of a file or its attributes in seconds and nanoseconds, and its inode: a
/// copy that keeps the time of writing has others.
#[cfg(unix)]
pub type Inode = (i64, i64, u64);
/// Elsewhere there is only the time of writing.
#[cfg(not(unix))]
pub type Inode = ();

#[cfg(unix)]
fn inode(facts: &fs::Metadata) -> Inode {
    use std::os::unix::fs::MetadataExt;
    (facts.ctime(), facts.ctime_nsec(), facts.ino())
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> Inode {}

/// The files that the patterns name, as they are now. A pattern that cannot be followed at this moment
/// (a folder that is being replaced) names nothing.
pub fn of(root: &Root, patterns: &[String]) -> Stamps {
    let files =
        patterns.iter().flat_map(|pattern| root.glob(std::slice::from_ref(pattern)).unwrap_or_default());
    files
        .map(|path| {
            let facts = fs::metadata(root.path().join(&path)).ok();
            let stamp = facts.and_then(|facts| Some((facts.modified().ok()?, facts.len(), inode(&facts))));
            (path, stamp)
        })
        .collect()
}

/// Bytes of all these files.
pub fn size(root: &Root, paths: impl IntoIterator<Item = impl AsRef<str>>) -> u64 {
    let length = |path: &str| fs::metadata(root.path().join(path)).map_or(0, |facts| facts.len());
    paths.into_iter().map(|path| length(path.as_ref())).sum()
}

/// The files that one has otherwise than the other, in order.
pub fn changed<'a>(before: &'a Stamps, after: &'a Stamps) -> Vec<&'a str> {
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let other = after.iter().filter(|(path, stamp)| before.get(*path) != Some(stamp)).map(|(path, _)| path);
    let mut all: Vec<&str> = gone.chain(other).map(String::as_str).collect();
    all.sort_unstable();
    all
}
