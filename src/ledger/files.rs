//! Files of the repository: read once, written whole.
//!
//! Every path comes from a configuration or a report and is judged before it is touched: it must
//! stay under the repository's root, through links too, and never enter `.git`. Only regular files
//! are read, up to a limit, so that a pipe, a device or a sparse file costs neither time nor memory.
//!
//! Left out on purpose: somebody who swaps files while Milegate runs. They own the machine.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use super::error::LedgerError;
use super::once::{self, Digest};

/// The work tree's root; every path is relative to it.
#[derive(Debug, Clone)]
pub struct Root {
    path: PathBuf,
}

/// A file that was read once; everything is decided and recorded from these bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileBytes {
    /// Its content.
    pub bytes: Vec<u8>,
    /// When it was last written, as the file system says.
    pub modified: jiff::Timestamp,
}

/// A file that is open for reading, for those who stream it.
#[derive(Debug)]
pub struct OpenFile {
    /// Its content; one byte more than the limit at most, so that growth shows.
    pub reader: io::Take<File>,
    /// Its size when it was opened.
    pub size: u64,
    /// When it was last written.
    pub modified: jiff::Timestamp,
}

impl OpenFile {
    /// All of it.
    pub(super) fn read_all(mut self, rel: &str, limit: u64) -> Result<Vec<u8>, LedgerError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        self.reader.read_to_end(&mut bytes).map_err(|e| LedgerError::io(rel, e))?;
        if bytes.len() as u64 > limit {
            return Err(LedgerError::TooLarge { path: rel.to_owned(), limit });
        }
        Ok(bytes)
    }
}

impl Root {
    /// The root at `path`, resolved once.
    ///
    /// # Errors
    /// If there is no such directory.
    pub fn new(path: &Path) -> Result<Self, LedgerError> {
        let path = path.canonicalize().map_err(|e| LedgerError::io(path.to_string_lossy(), e))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path in the repository, with `/`, of a path as a person writes it.
    ///
    /// # Errors
    /// `Outside` for `..`, for `.git`, and for absolute paths that are not under the root.
    pub fn relative(&self, given: &str) -> Result<String, LedgerError> {
        let outside = || LedgerError::Outside { path: given.to_owned() };
        let path = Path::new(given);
        let path = if path.is_absolute() { self.under_root(path).ok_or_else(outside)? } else { path.into() };
        let mut parts = Vec::new();
        for part in path.components() {
            match part {
                Component::Normal(name) if !is_git(name) => parts.push(name.to_str().ok_or_else(outside)?),
                Component::CurDir => {}
                _ => return Err(outside()),
            }
        }
        Ok(parts.join("/"))
    }

    /// An absolute path without the root; the directory may be spelled through links.
    fn under_root(&self, path: &Path) -> Option<PathBuf> {
        if let Ok(rest) = path.strip_prefix(&self.path) {
            return Some(rest.to_owned());
        }
        let parent = path.parent()?.canonicalize().ok()?;
        Some(parent.strip_prefix(&self.path).ok()?.join(path.file_name()?))
    }

    /// The real place of an existing path, after links.
    fn real(&self, given: &str) -> Result<PathBuf, LedgerError> {
        let path = self.path.join(self.relative(given)?);
        let real = path.canonicalize().map_err(|e| LedgerError::io(given, e))?;
        match real.strip_prefix(&self.path) {
            Ok(rest) if !rest.components().any(|c| is_git(c.as_os_str())) => Ok(real),
            _ => Err(LedgerError::Outside { path: given.to_owned() }),
        }
    }

    /// Opens a regular file of at most `limit` bytes.
    ///
    /// # Errors
    /// If it is missing, not regular, larger, or leads out of the repository.
    pub fn open(&self, rel: &str, limit: u64) -> Result<OpenFile, LedgerError> {
        let real = self.real(rel)?;
        let io = |e| LedgerError::io(rel, e);
        // Asked before opening: opening a device or a pipe can already block or do something.
        if !fs::symlink_metadata(&real).map_err(io)?.is_file() {
            return Err(LedgerError::NotRegular { path: rel.to_owned() });
        }
        let file = open_without_waiting(&real).map_err(io)?;
        let facts = file.metadata().map_err(io)?;
        if !facts.is_file() {
            return Err(LedgerError::NotRegular { path: rel.to_owned() });
        }
        if facts.len() > limit {
            return Err(LedgerError::TooLarge { path: rel.to_owned(), limit });
        }
        let modified = timestamp(rel, &facts)?;
        Ok(OpenFile { reader: file.take(limit.saturating_add(1)), size: facts.len(), modified })
    }

    /// Reads a regular file of at most `limit` bytes, once.
    ///
    /// # Errors
    /// As [`Root::open`].
    pub fn read(&self, rel: &str, limit: u64) -> Result<FileBytes, LedgerError> {
        let open = self.open(rel, limit)?;
        let modified = open.modified;
        Ok(FileBytes { bytes: open.read_all(rel, limit)?, modified })
    }

    /// Hands a file to `read` while its digest is made, and returns both.
    ///
    /// # Errors
    /// As [`Root::open`], and if the file cannot be read to its end or has grown over the limit.
    pub fn read_once<T>(
        &self,
        rel: &str,
        limit: u64,
        read: impl FnOnce(&mut dyn Read, &Digest) -> T,
    ) -> Result<(T, String), LedgerError> {
        once::read_once(rel, self.open(rel, limit)?, limit, read)
    }

    /// Whether the path leads to something inside the repository.
    pub fn exists(&self, rel: &str) -> bool {
        self.real(rel).is_ok()
    }

    /// Whether the path itself is a symbolic link.
    pub fn is_symlink(&self, rel: &str) -> bool {
        self.relative(rel).is_ok_and(|rel| self.path.join(rel).is_symlink())
    }

    /// When the file was last written; of a link, when the link was made. One system call, because
    /// freshness asks it of every tracked source.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn modified(&self, rel: &str) -> Result<jiff::Timestamp, LedgerError> {
        let path = self.path.join(self.relative(rel)?);
        timestamp(rel, &fs::symlink_metadata(path).map_err(|e| LedgerError::io(rel, e))?)
    }

    /// Replaces a file in one step; returns whether anything changed. A file with these very bytes
    /// is not touched. Its mode stays; a link inside the repository stays a link.
    ///
    /// # Errors
    /// If the place is outside, not a regular file, write-protected, or the disk refuses.
    pub fn write_atomic(&self, rel: &str, bytes: &[u8]) -> Result<bool, LedgerError> {
        let io = |e| LedgerError::io(rel, e);
        let (target, before) = self.target(rel)?;
        if let Some(facts) = &before {
            if facts.len() == bytes.len() as u64 && fs::read(&target).map_err(io)? == bytes {
                return Ok(false);
            }
            // Renaming over it would work, and would override what its owner said.
            if facts.permissions().readonly() {
                return Err(LedgerError::io(rel, io::Error::from(io::ErrorKind::PermissionDenied)));
            }
        }
        let temporary = self.temporary(&target, bytes).map_err(io)?;
        if let Some(facts) = &before {
            temporary.as_file().set_permissions(facts.permissions()).map_err(io)?;
        }
        temporary.as_file().sync_all().map_err(io)?;
        temporary.persist(&target).map_err(|e| LedgerError::io(rel, e.error))?;
        sync_directory(&target).map_err(io)?;
        Ok(true)
    }

    /// Makes a file that must not be there yet.
    ///
    /// # Errors
    /// `Exists` if it is; else as [`Root::write_atomic`].
    pub fn write_new(&self, rel: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        let io = |e| LedgerError::io(rel, e);
        let exists = || LedgerError::Exists { path: rel.to_owned() };
        if self.is_symlink(rel) {
            return Err(exists());
        }
        let (target, before) = self.target(rel)?;
        if before.is_some() {
            return Err(exists());
        }
        let temporary = self.temporary(&target, bytes).map_err(io)?;
        temporary.as_file().sync_all().map_err(io)?;
        temporary.persist_noclobber(&target).map_err(|e| match e.error.kind() {
            io::ErrorKind::AlreadyExists => exists(),
            _ => LedgerError::io(rel, e.error),
        })?;
        sync_directory(&target).map_err(io)
    }

    /// Where a write goes: the real file if there is one, else its name in the real directory.
    fn target(&self, rel: &str) -> Result<(PathBuf, Option<fs::Metadata>), LedgerError> {
        let outside = || LedgerError::Outside { path: rel.to_owned() };
        match self.real(rel) {
            Ok(real) => {
                let facts = fs::symlink_metadata(&real).map_err(|e| LedgerError::io(rel, e))?;
                if !facts.is_file() {
                    return Err(LedgerError::NotRegular { path: rel.to_owned() });
                }
                Ok((real, Some(facts)))
            }
            Err(error) if error.is_missing() => {
                let clean = self.relative(rel)?;
                // A link to nothing: writing through it would make a file nobody looked at.
                if self.path.join(&clean).is_symlink() {
                    return Err(outside());
                }
                let (directory, name) = clean.rsplit_once('/').unwrap_or(("", &clean));
                let directory = self.real(directory)?;
                if name.is_empty() { Err(outside()) } else { Ok((directory.join(name), None)) }
            }
            Err(error) => Err(error),
        }
    }

    /// The bytes in a new file beside the target, on the same file system.
    fn temporary(&self, target: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".milegate-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What a plain write would make; the umask still applies.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(target.parent().unwrap_or(&self.path))?;
        file.write_all(bytes)?;
        Ok(file)
    }

    /// Makes a directory and those above it.
    ///
    /// # Errors
    /// If a part of the path is a file, or a link that leaves the repository.
    pub fn create_dir_all(&self, rel: &str) -> Result<(), LedgerError> {
        let clean = self.relative(rel)?;
        let mut done = String::new();
        for part in clean.split('/').filter(|p| !p.is_empty()) {
            let next = if done.is_empty() { part.to_owned() } else { format!("{done}/{part}") };
            let made = match self.real(&next) {
                Ok(real) if real.is_dir() => Ok(()),
                Ok(_) => Err(LedgerError::io(rel, io::Error::from(io::ErrorKind::NotADirectory))),
                Err(error) if error.is_missing() => {
                    fs::create_dir(self.real(&done)?.join(part)).map_err(|e| LedgerError::io(rel, e))
                }
                Err(error) => Err(error),
            };
            made?;
            done = next;
        }
        Ok(())
    }

    /// The files that any of the patterns names, sorted, each once. Hidden and ignored files count,
    /// because reports usually are; directories do not; links to directories are not followed.
    ///
    /// A file that matches and is no regular file is listed: reading it then says why it is refused.
    ///
    /// # Errors
    /// If a pattern is none, leads outside, or a directory on the way may not be read.
    pub fn glob(&self, patterns: &[String]) -> Result<Vec<String>, LedgerError> {
        let mut found = BTreeSet::new();
        for pattern in patterns {
            let clean = self.relative(pattern)?;
            // A file whose very name has brackets is meant by its own name.
            let literal = self.path.join(&clean);
            match fs::symlink_metadata(&literal) {
                Ok(_) if literal.is_dir() => {}
                Ok(_) => {
                    found.insert(clean);
                }
                Err(_) if is_wild(&clean) => self.walk(&clean, &mut found)?,
                Err(_) => {}
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Walks the directory that the pattern's literal beginning names.
    fn walk(&self, pattern: &str, found: &mut BTreeSet<String>) -> Result<(), LedgerError> {
        let matcher = globset::GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_err(|e| LedgerError::Bad(format!("`{pattern}` is not a glob: {}", e.kind())))?
            .compile_matcher();
        let parts: Vec<&str> = pattern.split('/').collect();
        let fixed = parts.iter().take(parts.len() - 1).take_while(|part| !is_wild(part)).count();
        let start = parts.iter().take(fixed).copied().collect::<Vec<_>>().join("/");
        // Alternatives may hold slashes, so only patterns without them bound the depth.
        let depth = if pattern.contains("**") || pattern.contains('{') { usize::MAX } else { parts.len() };
        match self.real(&start) {
            Ok(real) if real.is_dir() => {}
            Ok(_) => return Ok(()),
            Err(error) if error.is_missing() => return Ok(()),
            Err(error) => return Err(error),
        }
        let mut open = vec![(start, fixed)];
        let mut seen = 0_usize;
        while let Some((directory, level)) = open.pop() {
            for (path, name, is_dir) in self.entries(&directory)? {
                seen += 1;
                if seen > MAX_ENTRIES {
                    let why =
                        format!("`{pattern}` walks more than {MAX_ENTRIES} files; begin it with a directory");
                    return Err(LedgerError::Bad(why));
                }
                if is_dir {
                    let skipped = SKIPPED.contains(&name.as_str()) && !parts.contains(&name.as_str());
                    if level + 1 < depth && !skipped && !name.eq_ignore_ascii_case(".git") {
                        open.push((path, level + 1));
                    }
                } else if matcher.is_match(&path) {
                    found.insert(path);
                }
            }
        }
        Ok(())
    }

    /// Path, name and whether it is a directory, of everything in a directory.
    fn entries(&self, directory: &str) -> Result<Vec<(String, String, bool)>, LedgerError> {
        let io = |e| LedgerError::io(directory, e);
        let mut list = Vec::new();
        for entry in fs::read_dir(self.path.join(directory)).map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            // A link to a directory is neither a report nor a place to look in.
            if kind.is_symlink() && entry.path().is_dir() {
                continue;
            }
            // A name that is not UTF-8 keeps its place with marks in it; reading it will fail.
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if directory.is_empty() { name.clone() } else { format!("{directory}/{name}") };
            list.push((path, name, kind.is_dir()));
        }
        Ok(list)
    }
}

/// Bound on one walk; a repository of this many files names the directory of its reports.
const MAX_ENTRIES: usize = 2_000_000;

/// Directories of other people's files: entered only by a pattern that names them.
const SKIPPED: &[&str] =
    &["node_modules", ".hg", ".svn", ".venv", "__pycache__", ".tox", ".nox", ".mypy_cache", ".ruff_cache"];

/// Whether a part of a pattern is more than a name.
fn is_wild(part: &str) -> bool {
    part.contains(['*', '?', '[', '{', '\\'])
}

/// Whether a name is the repository's own directory, on file systems that ignore case too.
fn is_git(name: &std::ffi::OsStr) -> bool {
    name.eq_ignore_ascii_case(".git")
}

/// The time of last writing.
fn timestamp(rel: &str, facts: &fs::Metadata) -> Result<jiff::Timestamp, LedgerError> {
    let time = facts.modified().map_err(|e| LedgerError::io(rel, e))?;
    jiff::Timestamp::try_from(time).map_err(|e| LedgerError::Bad(format!("{rel}: the file's time: {e}")))
}

/// Opens for reading; a pipe that took the file's place meanwhile does not block.
fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // O_NONBLOCK; the constant is not worth a dependency.
        options.custom_flags(if cfg!(any(target_os = "linux", target_os = "android")) {
            0o4000
        } else {
            0x4
        });
    }
    options.open(path)
}

/// Makes a rename last: the directory is what the name is written in.
#[cfg(unix)]
fn sync_directory(target: &Path) -> io::Result<()> {
    target.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

/// Elsewhere a directory cannot be synchronised.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
