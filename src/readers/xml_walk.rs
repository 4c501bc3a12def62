//! An XML report from its first piece to its last: what a reader has to do with each node, and what
//! is known between two pieces of a document.

use super::encoding::{self, place};
use super::error::ReadError;
use super::format::{Input, Limits};
use super::pieces::{self, Damage, Reading, Source};
use super::xml::{Cursor, Node};
use std::borrow::Cow;

/// What is known behind one piece of a document and before the next.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Something other than blanks has been seen.
    pub(super) begun: bool,
    /// The root has been seen.
    pub(super) rooted: bool,
    /// The XML declaration, the document type has been seen.
    pub(super) declared: bool,
    pub(super) typed: bool,
    /// Elements that are open, an empty one whose end has not been told included.
    pub(super) depth: usize,
    /// The names of the open elements one after the other, and where each begins.
    pub(super) names: String,
    pub(super) starts: Vec<usize>,
    /// Line ends before the text, and characters of its first line before it.
    lines: u64,
    columns: u64,
}

impl State {
    /// The 1-based line and column of an offset in the text.
    pub(super) fn place(&self, text: &str, offset: usize) -> (u64, u64) {
        let (line, column) = place(text, offset);
        (self.lines + line, if line == 1 { self.columns + column } else { column })
    }

    /// Whether the same may follow, the numbers of lines left aside.
    fn is_like(&self, other: &Self) -> bool {
        let seen = |state: &Self| (state.begun, state.rooted, state.declared, state.typed, state.depth);
        seen(self) == seen(other) && self.names == other.names && self.starts == other.starts
    }

    /// Counts the lines of what has been read.
    pub(super) fn pass(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let columns = match memchr::memrchr(b'\n', bytes) {
            None => self.columns as usize + text.chars().count(),
            Some(end) => text[end + 1..].chars().count(),
        };
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.columns = columns as u64;
    }
}

/// What a reader does with the nodes of a document; it borrows nothing from them.
pub(super) trait Elements {
    /// Whether blanks between two tags are shown as text.
    const BLANKS: bool = true;

    /// A start tag; its attributes are the cursor's.
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError>;
    /// An end tag.
    fn end(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError>;
    /// Characters; a long text comes in several pieces.
    fn text(&mut self, _text: &str) {}
    /// Takes as much of what follows as it knows at a glance, before the next node is looked for.
    fn glance(&mut self, _xml: &mut Cursor<'_>) {}
}

/// The same of a document that comes in pieces.
pub(super) trait Handler: Elements + Clone + Send + Sync {
    /// How nearly every record begins: `<class `.
    const RECORD: &'static str;
    /// See [`Reading::Found`].
    type Found: Send;

    /// Hands over what was found.
    fn found(&mut self) -> Self::Found;
    /// The same with nothing found; `None` inside of a record.
    fn afresh(&self) -> Option<Self>;
    /// Whether both are outside of a record, and make the same of what follows.
    fn is_like(&self, other: &Self) -> bool;
}

/// Shows every node of a report that is there as a whole.
///
/// # Errors
/// Whatever is wrong with the document, and whatever the reader says is.
pub(super) fn whole(
    input: &Input<'_>,
    roots: &'static [&'static str],
    reader: &mut impl Elements,
) -> Result<(), ReadError> {
    let text = encoding::xml(input.bytes)?;
    drive(&mut Cursor::new(&text, input.limits, roots), reader)
}

/// Shows every node of a document to the handler, and hands what it finds to `add`.
///
/// # Errors
/// Whatever is wrong with the document, and whatever the handler or `add` says is.
pub(super) fn walk<H: Handler>(
    source: Source<'_>,
    limits: &Limits,
    roots: &'static [&'static str],
    handler: H,
    add: impl FnMut(H::Found) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let document = Document { limits, roots, state: State::default(), handler };
    pieces::read(document, source, limits, add).map(drop)
}

/// A document as far as it was read.
#[derive(Clone)]
struct Document<'l, H> {
    limits: &'l Limits,
    roots: &'static [&'static str],
    state: State,
    handler: H,
}

impl<H: Handler> Reading for Document<'_, H> {
    type Found = H::Found;

    fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
        encoding::xml(bytes)
    }

    fn in_pieces(head: &[u8]) -> Option<&[u8]> {
        encoding::plain_xml(head)
    }

    fn border(bytes: &[u8]) -> Option<usize> {
        memchr::memmem::rfind(bytes, H::RECORD.as_bytes())
    }

    fn read(&mut self, text: &str, last: bool) -> Result<usize, ReadError> {
        let state = std::mem::take(&mut self.state);
        let mut cursor = Cursor::resume(text, last, self.limits, self.roots, state);
        drive(&mut cursor, &mut self.handler)?;
        let (taken, state) = cursor.pause();
        self.state = state;
        Ok(taken)
    }

    fn found(&mut self) -> H::Found {
        self.handler.found()
    }

    fn afresh(&self) -> Option<Self> {
        let state = State { lines: 0, columns: 0, ..self.state.clone() };
        Some(Self { state, handler: self.handler.afresh()?, ..*self })
    }

    fn is_like(&self, other: &Self) -> bool {
        self.state.is_like(&other.state) && self.handler.is_like(&other.handler)
    }

    fn follow(&mut self, ahead: Self) -> H::Found {
        let (lines, columns) = (self.state.lines, self.state.columns);
        *self = ahead;
        self.state.columns += if self.state.lines == 0 { columns } else { 0 };
        self.state.lines += lines;
        self.handler.found()
    }

    fn damaged(&self, damage: Damage, rest: &str) -> ReadError {
        encoding::unnamed(encoding::damaged(damage, self.state.place(rest, rest.len())))
    }
}

fn drive<E: Elements>(cursor: &mut Cursor<'_>, handler: &mut E) -> Result<(), ReadError> {
    loop {
        if !E::BLANKS {
            cursor.skip_indent();
        }
        handler.glance(cursor);
        let Some(node) = cursor.next()? else { return Ok(()) };
        match node {
            Node::Start(name) => {
                handler.start(name, cursor)?;
                if let Some(name) = cursor.end_of_empty() {
                    handler.end(name, cursor)?;
                }
            }
            Node::End(name) => handler.end(name, cursor)?,
            Node::Text(text) => handler.text(&text),
        }
    }
}
