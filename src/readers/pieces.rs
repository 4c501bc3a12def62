//! A report as it comes out of a file: in pieces of bounded size, one after the other.
//!
//! A reading takes from a piece what is whole in it and says how far it came; what is left stands
//! before the next piece. A piece ends where a record seems to begin, as far as that can be seen
//! without reading, so that those of a large report can be read by several threads
//! ([`super::ahead`]). Where nothing is whole (one enormous tag) pieces are put together, up to the
//! limit of the report. UTF-8 is checked here; other encodings cannot be decoded in pieces without
//! losing the place of an error, so those reports are decoded as a whole.

use super::ahead::{Ahead, Next};
use super::error::{Code, ReadError};
use super::format::Limits;
use std::borrow::Cow;
use std::io::{ErrorKind, Read};

/// How a report is cut up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cutting {
    /// Bytes of a piece: it stays in the second-level cache.
    pub(super) piece: usize,
    /// Pieces that are read in their turn before threads would be worth their while.
    pub(super) alone: usize,
    /// Threads that read ahead; the processors if nothing is said.
    pub(super) threads: Option<usize>,
}

impl Default for Cutting {
    fn default() -> Self {
        Self { piece: 1 << 18, alone: 2, threads: None }
    }
}

/// Where a report comes from.
pub(super) enum Source<'a> {
    /// All its bytes.
    Whole(&'a [u8]),
    /// Its first bytes, and what follows them.
    Stream(&'a [u8], &'a mut dyn Read, Cutting),
}

/// What keeps bytes from being text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// They are not UTF-8.
    Bytes,
    /// They stop inside of a character.
    Cut,
    /// They hold a NUL.
    Nul,
}

/// What is known at some place of a report, to read on from there.
pub(super) trait Reading: Clone + Send + Sync {
    /// What was read since it was asked for last.
    type Found: Send;

    /// The text of a whole report.
    fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError>;
    /// The first bytes of a report, if it can be read in pieces.
    fn in_pieces(head: &[u8]) -> Option<&[u8]>;
    /// The last place at which a record seems to begin.
    fn border(bytes: &[u8]) -> Option<usize>;
    /// Reads `text`, behind which nothing follows if it is the `last`; returns how far it came.
    fn read(&mut self, text: &str, last: bool) -> Result<usize, ReadError>;
    /// Hands over what was found.
    fn found(&mut self) -> Self::Found;
    /// The same at the very beginning of a file, with nothing found; `None` inside of a record.
    fn afresh(&self) -> Option<Self>;
    /// Whether both read the same from the same text, the numbers of lines left aside.
    fn is_like(&self, other: &Self) -> bool;
    /// Goes on where `ahead` came to, which began afresh here; returns what it found.
    fn follow(&mut self, ahead: Self) -> Self::Found;
    /// The text is damaged behind `rest`, which is left over.
    fn damaged(&self, damage: Damage, rest: &str) -> ReadError;
}

/// Reads a report to its end and hands everything it finds to `add`, in the order of the report.
pub(super) fn read<R: Reading>(
    reading: R,
    source: Source<'_>,
    limits: &Limits,
    add: impl FnMut(R::Found) -> Result<(), ReadError>,
) -> Result<R, ReadError> {
    let (head, rest, cutting) = match source {
        Source::Whole(bytes) => return whole(reading, bytes, add),
        Source::Stream(head, rest, cutting) => (head, rest, cutting),
    };
    match R::in_pieces(head) {
        Some(head) => stream(reading, head, rest, cutting, limits, add),
        None => whole(reading, &slurp(head.to_vec(), rest, limits)?, add),
    }
}

fn whole<R: Reading>(
    mut reading: R,
    bytes: &[u8],
    mut add: impl FnMut(R::Found) -> Result<(), ReadError>,
) -> Result<R, ReadError> {
    let text = R::decode(bytes)?;
    let read = reading.read(&text, true);
    add(reading.found())?;
    read.map(|_| reading)
}

/// Reads in pieces what is UTF-8.
fn stream<R: Reading>(
    mut reading: R,
    head: &[u8],
    rest: &mut dyn Read,
    cutting: Cutting,
    limits: &Limits,
    mut add: impl FnMut(R::Found) -> Result<(), ReadError>,
) -> Result<R, ReadError> {
    let cutter = Cutter { size: cutting.piece, head, rest, limits, tail: Vec::new(), total: 0, ended: false };
    std::thread::scope(|scope| {
        let mut ahead = Ahead::new(scope, cutting, cutter);
        let mut left = Left::default();
        loop {
            let Next { piece, read } = ahead.next(&reading, left.bytes.is_empty())?;
            let last = piece.last;
            match read {
                Some((from, came)) if left.bytes.is_empty() && from.is_like(&reading) => {
                    add(reading.follow(came))?;
                    ahead.again(piece);
                }
                _ => ahead.again(left.read(&mut reading, piece, &mut add)?),
            }
            if last {
                return Ok(reading);
            }
        }
    })
}

/// What has been cut off, and has not been read as a whole yet.
#[derive(Default)]
struct Left {
    bytes: Vec<u8>,
    /// With so many it is tried again: twice as many as were not enough.
    enough: usize,
}

impl Left {
    /// Reads what is left and the piece behind it; returns a piece that has been read.
    fn read<R: Reading>(
        &mut self,
        reading: &mut R,
        mut piece: Piece,
        add: &mut impl FnMut(R::Found) -> Result<(), ReadError>,
    ) -> Result<Piece, ReadError> {
        if self.bytes.is_empty() {
            std::mem::swap(&mut self.bytes, &mut piece.bytes);
        } else {
            self.bytes.extend_from_slice(&piece.bytes);
        }
        if self.bytes.len() < self.enough && !piece.last {
            return Ok(piece);
        }
        let (text, damage) = text(&self.bytes, piece.last);
        let read = reading.read(text, piece.last && damage.is_none());
        add(reading.found())?;
        let taken = read?;
        if let Some(damage) = damage {
            return Err(reading.damaged(damage, &text[taken..]));
        }
        self.bytes.drain(..taken);
        self.enough = self.bytes.len() * 2;
        Ok(piece)
    }
}

/// The text that bytes begin with, and what keeps the rest from being text. A character that is cut
/// is damaged only at the end of everything.
pub(super) fn text(bytes: &[u8], last: bool) -> (&str, Option<Damage>) {
    let (text, damage) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let damage = match error.error_len() {
                Some(_) => Some(Damage::Bytes),
                None => last.then_some(Damage::Cut),
            };
            let (good, _) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(good).unwrap_or_default(), damage)
        }
    };
    match memchr::memchr(0, text.as_bytes()) {
        Some(at) => (&text[..at], Some(Damage::Nul)),
        None => (text, damage),
    }
}

/// A piece of a report.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    /// Nothing follows it.
    pub(super) last: bool,
}

/// Cuts what comes out of a file into pieces.
pub(super) struct Cutter<'a> {
    size: usize,
    head: &'a [u8],
    rest: &'a mut dyn Read,
    limits: &'a Limits,
    /// What has been read and belongs to the next piece.
    tail: Vec<u8>,
    /// Bytes read so far.
    total: u64,
    ended: bool,
}

impl Cutter<'_> {
    /// The next piece, up to the last of its `borders`; in the room of one that is done with.
    pub(super) fn cut(
        &mut self,
        border: fn(&[u8]) -> Option<usize>,
        room: Piece,
    ) -> Result<Piece, ReadError> {
        let mut bytes = room.bytes;
        bytes.resize(self.size.max(self.tail.len() + 1), 0);
        let mut filled = self.tail.len();
        bytes[..filled].copy_from_slice(&self.tail);
        self.tail.clear();
        while !self.ended && filled < bytes.len() {
            filled += self.fill(&mut bytes[filled..])?;
        }
        bytes.truncate(filled);
        if !self.ended
            && let Some(border) = border(&bytes).filter(|at| *at > 0)
        {
            self.tail.extend_from_slice(&bytes[border..]);
            bytes.truncate(border);
        }
        Ok(Piece { bytes, last: self.ended })
    }

    fn fill(&mut self, free: &mut [u8]) -> Result<usize, ReadError> {
        let read = if self.head.is_empty() { self.rest.read(free) } else { self.head.read(free) };
        match read {
            Ok(read) => {
                self.ended = read == 0;
                self.total += read as u64;
                self.limits.check_size(usize::try_from(self.total).unwrap_or(usize::MAX))?;
                Ok(read)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(unreadable(&error)),
        }
    }
}

/// All that a stream holds, within the limits.
pub(super) fn slurp(head: Vec<u8>, rest: &mut dyn Read, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let mut bytes = head;
    let room = limits.bytes.saturating_add(1).saturating_sub(bytes.len() as u64);
    rest.take(room).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    limits.check_size(bytes.len())?;
    Ok(bytes)
}

/// A file that cannot be read to its end.
pub(super) fn unreadable(error: &std::io::Error) -> ReadError {
    ReadError::new(Code::Unreadable, format!("cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reading that takes whole words, and has seen so many bytes.
    #[derive(Clone, Default)]
    struct Words(String);

    impl Reading for Words {
        type Found = String;

        fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
            Ok(String::from_utf8_lossy(bytes))
        }

        fn in_pieces(head: &[u8]) -> Option<&[u8]> {
            Some(head)
        }

        fn border(bytes: &[u8]) -> Option<usize> {
            memchr::memrchr(b'a', bytes)
        }

        fn read(&mut self, text: &str, last: bool) -> Result<usize, ReadError> {
            let end = if last { text.len() } else { text.rfind(' ').map_or(0, |at| at + 1) };
            self.0.push_str(&text[..end]);
            Ok(end)
        }

        fn found(&mut self) -> String {
            std::mem::take(&mut self.0)
        }

        fn afresh(&self) -> Option<Self> {
            Some(Self::default())
        }

        fn is_like(&self, _: &Self) -> bool {
            true
        }

        fn follow(&mut self, ahead: Self) -> String {
            ahead.0
        }

        fn damaged(&self, damage: Damage, rest: &str) -> ReadError {
            ReadError::new(Code::Encoding, format!("{rest}:{damage:?}"))
        }
    }

    /// The text that comes out if each time only whole words are taken.
    fn words(bytes: &[u8], cutting: Cutting) -> Result<String, ReadError> {
        let (head, mut rest) = bytes.split_at(bytes.len().min(3));
        let mut all = String::new();
        let source = Source::Stream(head, &mut rest, cutting);
        let read = read(Words::default(), source, &Limits::default(), |words| {
            all.push_str(&words);
            Ok(())
        });
        read.map(|_| all)
    }

    #[test]
    fn nothing_is_lost_between_pieces() {
        let text = "a äö €uro ".repeat(9) + &"x".repeat(70) + " end";
        for piece in 4..80 {
            for threads in [1, 2, 3] {
                let cutting = Cutting { piece, alone: 1, threads: Some(threads) };
                assert_eq!(words(text.as_bytes(), cutting).as_ref(), Ok(&text), "{cutting:?}");
                let error = |bytes: &[u8]| words(bytes, cutting).unwrap_err().message;
                assert!(error(&text.as_bytes()[..3]).ends_with("Cut"));
                assert!(error(b"a b\0 c").ends_with("Nul"));
                assert!(error(b"a b\xff c").ends_with("Bytes"));
            }
        }
    }

    #[test]
    fn a_file_that_breaks_is_unreadable_wherever_it_does() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("gone"))
            }
        }
        for (length, threads) in (0..40).flat_map(|length| [1, 2, 3].map(|threads| (length, threads))) {
            let text = "a b ".repeat(length);
            let cutting = Cutting { piece: 8, alone: 1, threads: Some(threads) };
            let mut rest = text.as_bytes().chain(Broken);
            let source = Source::Stream(b"a ", &mut rest, cutting);
            let read = read(Words::default(), source, &Limits::default(), |_| Ok(()));
            assert!(read.is_err_and(|error| error.code == Code::Unreadable), "{length} {threads}");
        }
    }

    #[test]
    fn a_stream_is_bounded() {
        let limits = Limits { bytes: 10, ..Limits::default() };
        let mut endless = std::io::repeat(b'a');
        let cutting = Cutting { piece: 4, alone: 1, threads: Some(2) };
        let read = read(Words::default(), Source::Stream(b"", &mut endless, cutting), &limits, |_| Ok(()));
        assert!(read.is_err_and(|error| error.code == Code::Limit));
        assert!(slurp(Vec::new(), &mut endless, &limits).is_err_and(|error| error.code == Code::Limit));
    }
}
