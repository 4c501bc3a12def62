//! One ledger writer at a time, in all work trees of a repository.
//!
//! The lock is the kernel's lock on an open file, so it ends with the process however that ends; the
//! file's existence means nothing, and nobody ever has to delete it by hand.

use super::machine;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a second run waits for the first.
pub const WAIT: Duration = Duration::from_secs(10);

/// Why the lock was not got.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it.
    #[error("another Milegate is writing to this repository ({holder}); nothing was done")]
    Busy {
        /// Who, as far as it can be read.
        holder: String,
    },
    /// The file cannot be made or locked.
    #[error("the lock {} cannot be taken: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The lock; released when it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Take `<common git dir>/milegate/lock`, waiting for at most `wait`.
    pub fn acquire(common_git_dir: &Path, wait: Duration) -> Result<Self, LockError> {
        let path = common_git_dir.join("milegate").join("lock");
        let failed = |source| LockError::Io { path: path.clone(), source };
        fs::create_dir_all(common_git_dir.join("milegate")).map_err(failed)?;
        // Not truncated at opening: what stands in it belongs to whoever holds the lock.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if started.elapsed() < wait => {
                    std::thread::sleep(Duration::from_millis(25));
                }
                Err(TryLockError::WouldBlock) => return Err(LockError::Busy { holder: holder(&mut file) }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        sign(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(
        file,
        "process {} on {}",
        std::process::id(),
        machine::name().unwrap_or_else(|| "this machine".to_owned())
    )
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(200).read_to_string(&mut text));
    let line: String = text.lines().next().unwrap_or("").chars().filter(|c| !c.is_control()).collect();
    if read.is_ok() && !line.is_empty() { line } else { "an unknown process".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_and_a_left_file_is_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let said = Lock::acquire(dir.path(), Duration::from_millis(60)).unwrap_err().to_string();
        assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
        drop(first);
        assert!(dir.path().join("milegate/lock").exists());
        Lock::acquire(dir.path(), Duration::ZERO).unwrap();
    }
}
