//! Files that a person named on the command line, wherever they are: reports to look at, outputs to
//! write. Everything else goes through [`Root`].

use super::error::LedgerError;
use super::files::Root;
use super::once::Digest;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

/// Hands a regular file of at most `limit` bytes to `read` while its digest is made, and returns
/// both; links are followed.
///
/// # Errors
/// If it is missing, not regular, too large or unreadable.
pub fn read_once<T>(
    path: &Path,
    limit: u64,
    read: impl FnOnce(&mut dyn Read, &Digest) -> T,
) -> Result<(T, String), LedgerError> {
    let shown = path.to_string_lossy();
    let real = path.canonicalize().map_err(|e| LedgerError::io(shown.clone(), e))?;
    let (root, name) = split(&real)?;
    root.read_once(&name, limit, read)
}

/// Replaces a file in one step; a device such as `/dev/stderr` is written to.
///
/// # Errors
/// If it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let regular = path.metadata().map_or(true, |facts| facts.is_file());
    if !regular {
        return fs::write(path, bytes).map_err(|e| LedgerError::io(path.to_string_lossy(), e));
    }
    let (root, name) = split(path)?;
    root.write_atomic(&name, bytes).map(|_| ())
}

/// Adds to the end of a file, and makes it if it is not there.
///
/// # Errors
/// If it cannot be written.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(bytes));
    written.map_err(|e| LedgerError::io(path.to_string_lossy(), e))
}

/// The folder of a file, and its name in it.
fn split(path: &Path) -> Result<(Root, String), LedgerError> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let name = path.file_name().and_then(|n| n.to_str());
    let name =
        name.ok_or_else(|| LedgerError::Bad(format!("{} is not a file name", path.to_string_lossy())))?;
    Ok((Root::new(parent)?, name.to_owned()))
}
