//! Reading a file once for two: for its digest, and for whoever makes something of it.
//!
//! A large file is read and digested by a thread of its own, which hands the same bytes on; the
//! reader never waits for the digest, and what it decides and what is recorded are of one reading.
//! At most `AHEAD` buffers are in flight, so memory stays flat whatever the size.

use super::error::LedgerError;
use super::files::OpenFile;
use super::json::{hex, sha256};
use sha2::{Digest as _, Sha256};
use std::cell::OnceCell;
use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// Files up to this size are read as they are: a thread would cost more than it saves.
const SMALL: u64 = 1 << 20;
/// Size of the buffers that are handed on, and how many there are.
const BUFFER: usize = 1 << 18;
const AHEAD: usize = 4;

/// The digest of a file that is being read.
pub struct Digest {
    /// When the file was last written.
    pub modified: jiff::Timestamp,
    known: OnceCell<String>,
    done: Receiver<String>,
}

impl Digest {
    /// The SHA-256 in hexadecimal. Only for those who have read the file to its end: the digest is
    /// not done before. Empty if the file could not be read.
    pub fn of_all(&self) -> &str {
        self.known.get_or_init(|| self.done.recv().unwrap_or_default())
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
    if file.size > SMALL {
        return read_large(path, file, limit, read);
    }
    let modified = file.modified;
    let bytes = file.read_all(path, limit)?;
    let digest = sha256(&bytes);
    let known = OnceCell::from(digest.clone());
    let value = read(&mut &bytes[..], &Digest { modified, known, done: channel().1 });
    Ok((value, digest))
}

fn read_large<T>(
    path: &str,
    file: OpenFile,
    limit: u64,
    read: impl FnOnce(&mut dyn Read, &Digest) -> T,
) -> Result<(T, String), LedgerError> {
    let modified = file.modified;
    let (full, filled) = sync_channel(AHEAD);
    let (empty, emptied) = channel();
    let (tell, done) = channel();
    thread::scope(|scope| {
        let digesting = scope.spawn(move || digest(file.reader, &full, &emptied, &tell));
        let digest = Digest { modified, known: OnceCell::new(), done };
        let mut reader = Handed { filled, empty, buffer: Vec::new(), at: 0 };
        let value = read(&mut reader, &digest);
        // Whoever stops early lets go of the channel; the thread reads on for the digest alone.
        drop(reader);
        let size = digesting.join().unwrap_or_else(|_| Err(io::Error::other("the digest failed")));
        match size {
            Err(error) => Err(LedgerError::io(path, error)),
            Ok(size) if size > limit => Err(LedgerError::TooLarge { path: path.to_owned(), limit }),
            Ok(_) => Ok((value, digest.of_all().to_owned())),
        }
    })
}

/// Reads and digests to the end, and hands every buffer on as long as somebody takes it.
fn digest(
    mut file: impl Read,
    full: &SyncSender<io::Result<Vec<u8>>>,
    emptied: &Receiver<Vec<u8>>,
    tell: &Sender<String>,
) -> io::Result<u64> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    loop {
        let mut buffer = emptied.try_recv().unwrap_or_default();
        buffer.resize(BUFFER, 0);
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                buffer.truncate(read);
                size += read as u64;
                hash.update(&buffer);
                let _ = full.send(Ok(buffer));
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                let _ = full.send(Err(io::Error::from(error.kind())));
                return Err(error);
            }
        }
    }
    let _ = tell.send(hex(&hash.finalize()));
    Ok(size)
}

/// The reading end.
struct Handed {
    filled: Receiver<io::Result<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
    buffer: Vec<u8>,
    at: usize,
}

impl Read for Handed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            let Ok(next) = self.filled.recv() else { return Ok(0) };
            let used = std::mem::replace(&mut self.buffer, next?);
            let _ = self.empty.send(used);
            self.at = 0;
        }
        let read = (&self.buffer[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::files::Root;

    #[test]
    fn the_digest_is_of_the_whole_file_whoever_stops_early() {
        let directory = tempfile::tempdir().unwrap();
        let root = Root::new(directory.path()).unwrap();
        for size in [0, 10, SMALL as usize, SMALL as usize + 1, 3 * BUFFER * AHEAD + 7] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            std::fs::write(directory.path().join("f"), &bytes).unwrap();
            let all = |file: &mut dyn Read, digest: &Digest| {
                let mut read = Vec::new();
                file.read_to_end(&mut read).unwrap();
                assert_eq!(digest.of_all(), sha256(&bytes));
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
    fn a_file_that_grows_or_breaks_is_an_error() {
        let tail = |limit| {
            let directory = tempfile::tempdir().unwrap();
            std::fs::write(directory.path().join("f"), vec![b'x'; 2 << 20]).unwrap();
            let root = Root::new(directory.path()).unwrap();
            let file = root.open("f", 4 << 20).unwrap();
            read_once("f", OpenFile { size: 2 << 20, ..file }, limit, |file, _| {
                io::copy(file, &mut io::sink())
            })
        };
        assert!(tail(2 << 20).is_ok());
        assert!(matches!(tail(1 << 20), Err(LedgerError::TooLarge { .. })));
    }
}
