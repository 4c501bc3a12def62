//! The documents in the work tree and in the index, after their branch has moved.
//!
//! Not `git read-tree -m -u`: that removes a file before it writes the new one, so a kill between the
//! two leaves a torn or missing document that the next run takes for a hand edit. Here each file is
//! replaced by a rename, and the index is changed as a copy under git's own lock protocol.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Run;
use super::error::{PublishError, at};
use super::objects;
use super::site::Site;
use crate::ledger::journal::{self, Change, Journal};

/// How long another git may hold the index.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a file of the work tree stands to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Old,
    New,
    Edited,
}

/// Before anything is published: no document carries an edit that the new text would not have.
pub(super) fn ready(site: &Site, documents: &[Change]) -> Result<(), PublishError> {
    let mut edited = Vec::new();
    for change in documents {
        if !skipped(site, &change.path)? && found(site, change)? == Found::Edited {
            edited.push(change.path.as_str());
        }
    }
    if edited.is_empty() {
        return Ok(());
    }
    Err(PublishError::refused(
        format!("edited and not committed, or not a regular file: {}", edited.join(", ")),
        "commit the edits, or put the files away",
    ))
}

/// Bring the documents forward. Files that somebody edited meanwhile stay; their paths come back.
pub(super) fn apply(run: &Run<'_>, journal: &Journal) -> Result<Vec<String>, PublishError> {
    let mut edited = Vec::new();
    for change in &journal.documents {
        if skipped(&run.site, &change.path)? {
            continue;
        }
        if let Some(left) = place(&run.site, &change.path).map(|place| temporary(&place)) {
            let _ = fs::remove_file(left);
        }
        match found(&run.site, change)? {
            Found::New => {}
            Found::Old => write(&run.site, change)?,
            Found::Edited => edited.push(change.path.clone()),
        }
    }
    run.reach("documents")?;
    index(run, journal)?;
    Ok(edited)
}

/// A sparse checkout leaves the file out on purpose.
fn skipped(site: &Site, path: &str) -> Result<bool, PublishError> {
    Ok(site.git.call(&["ls-files", "-t", "-z", "--", path]).ok()?.text().starts_with("S "))
}

/// The file's place, if every folder on the way is a real one.
fn place(site: &Site, path: &str) -> Option<PathBuf> {
    let mut place = site.top.clone();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        place.push(part);
        if parts.peek().is_some() && fs::symlink_metadata(&place).is_ok_and(|data| !data.is_dir()) {
            return None;
        }
    }
    Some(place)
}

fn found(site: &Site, change: &Change) -> Result<Found, PublishError> {
    let Some(place) = place(site, &change.path) else { return Ok(Found::Edited) };
    let bytes = match fs::symlink_metadata(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(PublishError::Io { path: place, source }),
        Ok(data) if !data.is_file() => return Ok(Found::Edited),
        Ok(_) => Some(fs::read(&place).map_err(at(&place))?),
    };
    let Some(bytes) = bytes else {
        return Ok(if change.old.is_none() { Found::Old } else { Found::Edited });
    };
    // Compared as git would store it, so line ends of a checkout are no edit.
    let blob =
        site.git.call(&["hash-object", &format!("--path={}", change.path), "--stdin"]).input(bytes).line()?;
    Ok(if blob == change.new {
        Found::New
    } else if change.old.as_ref() == Some(&blob) {
        Found::Old
    } else {
        Found::Edited
    })
}

fn write(site: &Site, change: &Change) -> Result<(), PublishError> {
    let Some(place) = place(site, &change.path) else { return Ok(()) };
    let arguments = ["cat-file", "--filters", &format!("--path={}", change.path), &change.new];
    let bytes = site.git.call(&arguments).ok()?.stdout;
    let folder = place.parent().unwrap_or(&site.top);
    fs::create_dir_all(folder).map_err(at(folder))?;
    let permissions = fs::metadata(&place).ok().map(|data| data.permissions());
    journal::replace(&place, &temporary(&place), &bytes, permissions).map_err(|source| {
        PublishError::Unfinished {
            reason: format!("the tag is made, but {} cannot be written: {source}", change.path),
            hint: "run the same command again when it can".into(),
        }
    })
}

/// Beside the document, so that the rename stays on one disk; a fixed name, so that nothing is left.
fn temporary(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.milegate"))
}

/// Bring the index forward where it still has the old document, and leave alone what is staged.
fn index(run: &Run<'_>, journal: &Journal) -> Result<(), PublishError> {
    let (real, copy) = index_paths(run, &journal.milestone)?;
    let lock = IndexLock::take(&real, &copy, &journal.milestone)?;
    // Only we use these names, and we hold the Milegate lock: what is there is of a killed process.
    let own = [copy.clone(), copy.with_added_extension("lock")];
    let clear = || own.iter().for_each(|path| drop(fs::remove_file(path)));
    clear();
    let changed = change_copy(run, journal, &real, &copy);
    if let Ok(true) = changed {
        fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(at(&copy))?;
        fs::rename(&copy, &real).map_err(at(&real))?;
    }
    clear();
    // Not left to the drop: a lock that stays would block the user, so the journal must stay with it.
    changed.and_then(|_| lock.release())
}

fn change_copy(run: &Run<'_>, journal: &Journal, real: &Path, copy: &Path) -> Result<bool, PublishError> {
    fs::copy(real, copy).map_err(at(real))?;
    let git = run.site.git.env("GIT_INDEX_FILE", copy.as_os_str());
    let mut due = Vec::new();
    let mut sparse = Vec::new();
    for change in &journal.documents {
        let listed = git.call(&["ls-files", "-s", "-t", "-z", "--", &change.path]).ok()?.text();
        // `H 100644 <object> 0<TAB>path`; several entries are an unmerged file.
        let fields: Vec<&str> = listed.trim_end_matches('\0').split([' ', '\t', '\0']).collect();
        let staged = match fields[..] {
            [""] => None,
            [_, _, object, "0", ..] => Some(object),
            _ => continue,
        };
        if staged == change.old.as_deref() {
            due.push(change.clone());
            if fields[0] == "S" {
                sparse.push(change.path.as_str());
            }
        }
    }
    if due.is_empty() {
        return Ok(false);
    }
    git.call(&["update-index", "-z", "--index-info"]).input(objects::index_info(&due)).ok()?;
    if !sparse.is_empty() {
        let paths: String = sparse.iter().map(|path| format!("{path}\0")).collect();
        git.call(&["update-index", "--skip-worktree", "-z", "--stdin"]).input(paths).ok()?;
    }
    // Only a matter of speed for the next `git status`; files that differ make its status non-zero.
    git.call(&["update-index", "-q", "--refresh"]).run()?;
    Ok(true)
}

/// `index.lock`, taken as git takes it, but with our mark in it: so one that a killed run left behind
/// is known for ours, and anybody else's is never removed.
struct IndexLock {
    path: PathBuf,
    mark: PathBuf,
}

impl IndexLock {
    fn take(index: &Path, copy: &Path, milestone: &str) -> Result<Self, PublishError> {
        let (path, mark) = (index.with_added_extension("lock"), copy.with_added_extension("mark"));
        let text = mark_of(milestone);
        fs::write(&mark, &text).map_err(at(&mark))?;
        let started = Instant::now();
        loop {
            let refused = match link(&mark, &path, &text) {
                Ok(()) => return Ok(Self { path, mark }),
                Err(_) if is_ours(&path, milestone) => return Ok(Self { path, mark }),
                Err(error) => error,
            };
            if refused.kind() == io::ErrorKind::AlreadyExists && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            }
            let _ = fs::remove_file(&mark);
            return Err(PublishError::Unfinished {
                reason: format!("the tag is made, but the index is locked by {}: {refused}", path.display()),
                hint: "when no git is running, delete that file; then run the same command again".into(),
            });
        }
    }

    fn release(self) -> Result<(), PublishError> {
        for path in [&self.path, &self.mark] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(path)(error)),
                _ => {}
            }
        }
        Ok(())
    }
}

fn mark_of(milestone: &str) -> String {
    format!("milegate complete {milestone}\n")
}

fn is_ours(lock: &Path, milestone: &str) -> bool {
    fs::read(lock).is_ok_and(|held| held == mark_of(milestone).as_bytes())
}

/// A link comes into being whole, with the mark in it; some file systems know no links.
fn link(mark: &Path, path: &Path, text: &str) -> io::Result<()> {
    match fs::hard_link(mark, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes())),
        other => other,
    }
}

/// Remove what a killed run left of the index step, also when HEAD went elsewhere meanwhile.
pub(super) fn sweep(run: &Run<'_>, milestone: &str) -> Result<(), PublishError> {
    let (real, copy) = index_paths(run, milestone)?;
    let lock = real.with_added_extension("lock");
    let lock = is_ours(&lock, milestone).then_some(lock);
    let left = [copy.with_added_extension("lock"), copy.with_added_extension("mark"), copy];
    for path in lock.into_iter().chain(left) {
        // What cannot be removed is met again, and named, by the step that needs it gone.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// The index, and the copy of it that is changed.
fn index_paths(run: &Run<'_>, milestone: &str) -> Result<(PathBuf, PathBuf), PublishError> {
    let arguments = ["rev-parse", "--path-format=absolute", "--git-path", "index"];
    let real = PathBuf::from(run.site.git.call(&arguments).line()?);
    Ok((real, run.site.common.join("milegate").join(format!("index-{milestone}"))))
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.mark);
    }
}
