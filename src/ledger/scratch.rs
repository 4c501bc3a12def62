//! A folder to play in: temporary, or new and kept.

use super::error::LedgerError;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that is removed when it is dropped, or one that stays.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Scratch {
    /// A temporary folder.
    ///
    /// # Errors
    /// If none can be made.
    pub fn temporary() -> Result<Self, LedgerError> {
        let made = tempfile::Builder::new().prefix("milegate-demo-").tempdir();
        let temporary = made.map_err(|e| LedgerError::io("the temporary folder", e))?;
        Ok(Self { path: temporary.path().to_owned(), temporary: Some(temporary) })
    }

    /// A new or empty folder, which stays.
    ///
    /// # Errors
    /// If something is in it, or it cannot be made.
    pub fn at(path: &Path) -> Result<Self, LedgerError> {
        make_folder(path)?;
        let shown = path.to_string_lossy();
        let mut entries = fs::read_dir(path).map_err(|e| LedgerError::io(shown.clone(), e))?;
        if entries.next().is_some() {
            return Err(LedgerError::Bad(format!("{shown} is not empty")));
        }
        let path = path.canonicalize().map_err(|e| LedgerError::io(shown, e))?;
        Ok(Self { path, temporary: None })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays.
    pub fn is_kept(&self) -> bool {
        self.temporary.is_none()
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// If it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), LedgerError> {
    fs::create_dir_all(path).map_err(|e| LedgerError::io(path.to_string_lossy(), e))
}

/// Writes a file of our own below `folder`.
///
/// # Errors
/// If it cannot be written.
pub fn write(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), LedgerError> {
    let file = folder.join(path);
    if let Some(parent) = file.parent() {
        make_folder(parent)?;
    }
    fs::write(&file, bytes).map_err(|e| LedgerError::io(path, e))
}
