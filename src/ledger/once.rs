//! Reading a file once for two: for its digest, and for whoever makes something of it.
//!
//! The digest is made of the very bytes that are handed to the reader, while they are in the cache:
//! what it decides and what is recorded are of one reading, and memory stays flat whatever the size.

use super::error::LedgerError;
use super::files::OpenFile;
use super::json::hex;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::io::{self, Read};

/// The digest of a file that is being read.
pub struct Digest {
    /// When the file was last written.
    pub modified: jiff::Timestamp,
    hash: RefCell<Sha256>,
}

impl Digest {
    /// The SHA-256, in hexadecimal, of all that has been read.
    pub fn so_far(&self) -> String {
        hex(&self.hash.borrow().clone().finalize())
    }
}

/// Hands the file to `read`, and returns what it makes of it beside the digest of the whole file,
/// even if `read` stopped early.
///
/// # Errors
/// If the file cannot be read to its end, or holds more than `limit` bytes.
pub(super) fn read_once<T>(
    path: &str,
    file: OpenFile,
    limit: u64,
    read: impl FnOnce(&mut dyn Read, &Digest) -> T,
) -> Result<(T, String), LedgerError> {
    let digest = Digest { modified: file.modified, hash: RefCell::default() };
    let mut file = Digested { file: file.reader, size: 0, ended: false, digest: &digest };
    let value = read(&mut file, &digest);
    // Whoever stopped early has no use for the rest, but the digest is of the whole file.
    io::copy(&mut file, &mut io::sink()).map_err(|error| LedgerError::io(path, error))?;
    if file.size > limit {
        return Err(LedgerError::TooLarge { path: path.to_owned(), limit });
    }
    Ok((value, digest.so_far()))
}

/// A file of which all that is read is digested.
struct Digested<'d, F> {
    file: F,
    /// Bytes read so far.
    size: u64,
    /// The end was met: what is written behind it afterwards was shown to nobody, and is not digested.
    ended: bool,
    digest: &'d Digest,
}

impl<F: Read> Read for Digested<'_, F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let read = self.file.read(into)?;
        self.ended = read == 0 && !into.is_empty();
        self.size += read as u64;
        self.digest.hash.borrow_mut().update(&into[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::files::Root;
    use crate::ledger::json::sha256;

    const LARGE: usize = 3 << 20;

    #[test]
    fn the_digest_is_of_the_whole_file_whoever_stops_early() {
        let directory = tempfile::tempdir().unwrap();
        let root = Root::new(directory.path()).unwrap();
        for size in [0, 10, LARGE, LARGE + 7] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            std::fs::write(directory.path().join("f"), &bytes).unwrap();
            let all = |file: &mut dyn Read, digest: &Digest| {
                let mut read = Vec::new();
                file.read_to_end(&mut read).unwrap();
                assert_eq!(digest.so_far(), sha256(&bytes));
                read
            };
            let (read, digest) = root.read_once("f", 1 << 30, all).unwrap();
            assert!(read == bytes && digest == sha256(&bytes), "{size}");
            let (_, digest) = root.read_once("f", 1 << 30, |file, _| file.read(&mut [0; 5])).unwrap();
            assert_eq!(digest, sha256(&bytes), "{size}");
        }
        assert!(root.read_once("f", 9, |_, _| ()).is_err());
        assert!(root.read_once("none", 9, |_, _| ()).is_err());
    }

    #[test]
    fn what_is_written_behind_the_end_is_not_digested() {
        let directory = tempfile::tempdir().unwrap();
        let (root, path) = (Root::new(directory.path()).unwrap(), directory.path().join("f"));
        std::fs::write(&path, "first").unwrap();
        let read = |file: &mut dyn Read, _: &Digest| {
            let mut read = Vec::new();
            file.read_to_end(&mut read).unwrap();
            let mut more = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            io::Write::write_all(&mut more, b"more").unwrap();
            read
        };
        let (read, digest) = root.read_once("f", 99, read).unwrap();
        assert_eq!((read.as_slice(), digest), (&b"first"[..], sha256(b"first")));
    }

    #[test]
    fn a_file_that_is_too_large_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("f"), vec![b'x'; 2 << 20]).unwrap();
        let root = Root::new(directory.path()).unwrap();
        let read = |limit| {
            let file = root.open("f", 4 << 20).unwrap();
            read_once("f", file, limit, |file, _| io::copy(file, &mut io::sink()))
        };
        assert!(read(2 << 20).is_ok());
        assert!(matches!(read(1 << 20), Err(LedgerError::TooLarge { .. })));
    }
}
