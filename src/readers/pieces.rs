//! A report as it comes out of a file: piece after piece of text in one buffer of bounded size.
//!
//! A reader takes from a piece what is whole in it and says how far it came; what is left stands at
//! the beginning of the next piece. Only where nothing is whole (one enormous tag) does the buffer
//! grow, up to the limit of the report. UTF-8 is checked here; other encodings cannot be decoded in
//! pieces without losing the place of an error, so those reports are read as a whole.

use super::error::{Code, ReadError};
use super::format::Limits;
use std::io::{ErrorKind, Read};

/// Size of the buffer to begin with: it stays in the second-level cache. Tests cut everything up.
const PIECE: usize = if cfg!(test) { 64 } else { 1 << 18 };

/// Where a report comes from.
pub(super) enum Source<'a> {
    /// All its bytes.
    Whole(&'a [u8]),
    /// Its first bytes, and what follows them.
    Stream(&'a [u8], &'a mut dyn Read),
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

/// A piece of text.
pub(super) struct Piece<'a> {
    /// The text, up to the damage if there is one.
    pub(super) text: &'a str,
    /// Nothing follows it.
    pub(super) last: bool,
    /// What follows the text is no text.
    pub(super) damage: Option<Damage>,
}

/// The pieces of a stream.
pub(super) struct Pieces<'a> {
    head: &'a [u8],
    rest: &'a mut dyn Read,
    limits: &'a Limits,
    buffer: Vec<u8>,
    filled: usize,
    /// Bytes read so far.
    total: u64,
    ended: bool,
}

impl<'a> Pieces<'a> {
    /// The pieces of `head` and what follows it.
    pub(super) fn new(head: &'a [u8], rest: &'a mut dyn Read, limits: &'a Limits) -> Self {
        Self::of_size(PIECE, head, rest, limits)
    }

    fn of_size(size: usize, head: &'a [u8], rest: &'a mut dyn Read, limits: &'a Limits) -> Self {
        Self { head, rest, limits, buffer: vec![0; size], filled: 0, total: 0, ended: false }
    }

    /// The next piece; it begins with what of the one before has not been `taken`.
    pub(super) fn next(&mut self, taken: usize) -> Result<Piece<'_>, ReadError> {
        self.buffer.copy_within(taken..self.filled, 0);
        self.filled -= taken;
        if self.filled > self.buffer.len() / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        self.fill()?;
        let bytes = &self.buffer[..self.filled];
        let (text, damage) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let damage = match error.error_len() {
                    Some(_) => Some(Damage::Bytes),
                    None => self.ended.then_some(Damage::Cut),
                };
                let (good, _) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(good).unwrap_or_default(), damage)
            }
        };
        Ok(match memchr::memchr(0, text.as_bytes()) {
            Some(at) => Piece { text: &text[..at], last: false, damage: Some(Damage::Nul) },
            None => Piece { text, last: self.ended && damage.is_none(), damage },
        })
    }

    /// Reads until the buffer is full or the file ends.
    fn fill(&mut self) -> Result<(), ReadError> {
        while !self.ended && self.filled < self.buffer.len() {
            let free = &mut self.buffer[self.filled..];
            let read = if self.head.is_empty() { self.rest.read(free) } else { self.head.read(free) };
            match read {
                Ok(0) => self.ended = true,
                Ok(read) => {
                    self.filled += read;
                    self.total += read as u64;
                    self.limits.check_size(usize::try_from(self.total).unwrap_or(usize::MAX))?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
        Ok(())
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

    /// The text that comes out if each time only whole words are taken.
    fn words(bytes: &[u8], size: usize) -> (String, Option<Damage>) {
        let limits = Limits::default();
        let mut rest = &bytes[bytes.len().min(3)..];
        let mut pieces = Pieces::of_size(size, &bytes[..bytes.len().min(3)], &mut rest, &limits);
        let (mut all, mut taken) = (String::new(), 0);
        loop {
            let piece = pieces.next(taken).unwrap();
            if piece.last || piece.damage.is_some() {
                all.push_str(piece.text);
                return (all, piece.damage);
            }
            taken = piece.text.rfind(' ').map_or(0, |at| at + 1);
            all.push_str(&piece.text[..taken]);
        }
    }

    #[test]
    fn nothing_is_lost_between_pieces() {
        let text = "a äö €uro ".repeat(9) + &"x".repeat(70) + " end";
        for size in 4..80 {
            assert_eq!(words(text.as_bytes(), size), (text.clone(), None), "{size}");
        }
        let cut = &text.as_bytes()[..3];
        assert_eq!(words(cut, 8), ("a ".to_owned(), Some(Damage::Cut)));
        assert_eq!(words(b"a b\0 c", 4), ("a b".to_owned(), Some(Damage::Nul)));
        assert_eq!(words(b"a b\xff c", 4), ("a b".to_owned(), Some(Damage::Bytes)));
    }

    #[test]
    fn a_stream_is_bounded() {
        let limits = Limits { bytes: 10, ..Limits::default() };
        let mut endless = std::io::repeat(b'x');
        let mut pieces = Pieces::new(b"", &mut endless, &limits);
        assert!(pieces.next(0).is_err_and(|error| error.code == Code::Limit));
        assert!(slurp(Vec::new(), &mut endless, &limits).is_err_and(|error| error.code == Code::Limit));
    }
}
