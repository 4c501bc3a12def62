//! An XML report from its first piece to its last: what a reader has to do with each node, and what
//! is known between two pieces of a document.

use super::encoding::{self, place};
use super::error::ReadError;
use super::format::Limits;
use super::pieces::{Piece, Pieces, Source, slurp};
use super::xml::{Cursor, Node};

/// What is known behind one piece of a document and before the next.
#[derive(Debug, Default)]
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
pub(super) trait Handler {
    /// Whether blanks between two tags are shown as text.
    const BLANKS: bool = true;

    /// A start tag; its attributes are the cursor's.
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError>;
    /// An end tag.
    fn end(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError>;
    /// Characters; a long text comes in several pieces.
    fn text(&mut self, text: &str);
}

/// Shows every node of a document to the handler.
///
/// # Errors
/// Whatever is wrong with the document, and whatever the handler says is.
pub(super) fn walk(
    source: Source<'_>,
    limits: &Limits,
    roots: &'static [&'static str],
    handler: &mut impl Handler,
) -> Result<(), ReadError> {
    let (head, rest) = match source {
        Source::Whole(bytes) => return walk_whole(bytes, limits, roots, handler),
        Source::Stream(head, rest) => (head, rest),
    };
    let Some(head) = encoding::plain_xml(head) else {
        return walk_whole(&slurp(head.to_vec(), rest, limits)?, limits, roots, handler);
    };
    let mut pieces = Pieces::new(head, rest, limits);
    let (mut state, mut taken) = (State::default(), 0);
    loop {
        let Piece { text, last, damage } = pieces.next(taken)?;
        let mut cursor = Cursor::resume(text, last, limits, roots, state);
        drive(&mut cursor, handler)?;
        (taken, state) = cursor.pause();
        if let Some(damage) = damage {
            let place = state.place(&text[taken..], text.len() - taken);
            return Err(encoding::unnamed(encoding::damaged(damage, place)));
        }
        if last {
            return Ok(());
        }
    }
}

fn walk_whole(
    bytes: &[u8],
    limits: &Limits,
    roots: &'static [&'static str],
    handler: &mut impl Handler,
) -> Result<(), ReadError> {
    let text = encoding::xml(bytes)?;
    drive(&mut Cursor::new(&text, limits, roots), handler)
}

fn drive<H: Handler>(cursor: &mut Cursor<'_>, handler: &mut H) -> Result<(), ReadError> {
    loop {
        if !H::BLANKS {
            cursor.skip_indent();
        }
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
