//! The one well-formedness layer of all XML reports: a pull cursor over quick-xml's events.
//!
//! quick-xml splits markup and ends quietly at the end of input; XML 1.0 asks for more, and a gate
//! for more still. The cursor demands one root with a known name, closed before the end of input,
//! nothing but blanks, comments and processing instructions around it, no attribute twice, and
//! only the five predefined entities and references to characters. Depth and attributes are bounded.
//!
//! Ignored on purpose: namespaces (prefixes of elements are cut off), external DTDs (accepted as a
//! name, never fetched), `]]>` and raw control characters in text (node's test reporter writes the
//! latter). An internal DTD subset is refused: reports have no use for entities of their own.

use super::encoding::place;
use super::error::{Code, ReadError, quote};
use super::format::Limits;
use super::markup::{Attribute, bad_reference, local, reference, resolve, skip_blanks};
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;
use std::borrow::Cow;

pub(super) use super::xml_head::{head, looks_like};

/// What the cursor stops at.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// A start tag, by its name without prefix; its attributes are the cursor's until the next node.
    Start(&'a str),
    /// An end tag, or the end of an empty element.
    End(&'a str),
    /// A piece of text inside the root: characters, one reference, or a CDATA section.
    Text(Cow<'a, str>),
}

/// An attribute of a start tag, as it is written.
struct Given<'a> {
    name: &'a str,
    raw: &'a str,
    /// The value holds references, which have been checked.
    refers: bool,
}

impl<'a> Given<'a> {
    fn value(&self) -> Cow<'a, str> {
        if self.refers { resolve(self.raw) } else { Cow::Borrowed(self.raw) }
    }
}

/// Walks through a decoded document.
pub(super) struct Cursor<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    limits: &'a Limits,
    /// Names the root may have; empty for any.
    roots: &'static [&'static str],
    /// Elements that are open.
    depth: usize,
    /// The root has been seen.
    rooted: bool,
    /// The XML declaration, the document type has been seen.
    declared: bool,
    typed: bool,
    /// The attributes of the latest start tag.
    attributes: Vec<Given<'a>>,
    /// Byte offset of the latest node.
    start: usize,
    /// An empty element whose end has not been told yet.
    empty: Option<&'a str>,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first node of `text`.
    pub(super) fn new(text: &'a str, limits: &'a Limits, roots: &'static [&'static str]) -> Self {
        Self {
            text,
            reader: Reader::from_str(text),
            limits,
            roots,
            depth: 0,
            rooted: false,
            declared: false,
            typed: false,
            attributes: Vec::new(),
            start: 0,
            empty: None,
        }
    }

    /// The next node; `None` once, at the end of a whole document.
    pub(super) fn next(&mut self) -> Result<Option<Node<'a>>, ReadError> {
        if let Some(name) = self.empty.take() {
            self.depth -= 1;
            return Ok(Some(Node::End(name)));
        }
        if self.position() == 0 {
            self.check_beginning()?;
        }
        loop {
            self.start = self.position();
            match self.reader.read_event() {
                Ok(Event::Start(_)) => return self.open(false).map(Some),
                Ok(Event::Empty(_)) => return self.open(true).map(Some),
                Ok(Event::End(_)) => return self.close().map(Some),
                Ok(Event::Text(text)) if self.depth > 0 => return Ok(Some(Node::Text(text.into_inner()))),
                Ok(Event::Text(text)) => self.check_outside(&text)?,
                Ok(Event::CData(data)) if self.depth > 0 => return Ok(Some(Node::Text(data.into_inner()))),
                Ok(Event::GeneralRef(name)) if self.depth > 0 => {
                    let Some(character) = reference(&name) else { return Err(self.bad_reference(&name)) };
                    return Ok(Some(Node::Text(Cow::Owned(character.into()))));
                }
                Ok(Event::CData(_) | Event::GeneralRef(_)) => {
                    return Err(self.malformed("text outside the root element"));
                }
                Ok(Event::Comment(_) | Event::PI(_)) => {}
                Ok(Event::Decl(_)) => self.declaration()?,
                Ok(Event::DocType(text)) => self.document_type(&text)?,
                Ok(Event::Eof) => return self.finish(),
                Err(error) => return Err(self.syntax(&error)),
            }
        }
    }

    /// An attribute of the latest start tag, references resolved.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes.iter().find(|given| given.name == name).map(Given::value)
    }

    /// All attributes of the latest start tag in document order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + '_ {
        self.attributes.iter().map(|given| (given.name, given.value()))
    }

    /// How many elements are open, the one of a start tag just told included.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Where the latest node begins and where it ends, as byte offsets for [`Self::raw`].
    pub(super) fn span(&self) -> (usize, usize) {
        (self.start, self.position())
    }

    /// A piece of the document as it is written.
    pub(super) fn raw(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// An error at the latest node.
    pub(super) fn error(&self, code: Code, message: impl Into<String>) -> ReadError {
        self.error_at(self.start, code, message)
    }

    fn error_at(&self, offset: usize, code: Code, message: impl Into<String>) -> ReadError {
        let (line, column) = place(self.text, offset);
        ReadError::new(code, message).at(line, Some(column))
    }

    fn malformed(&self, message: impl Into<String>) -> ReadError {
        self.error(Code::Malformed, message)
    }

    fn position(&self) -> usize {
        self.reader.buffer_position() as usize
    }

    /// Tells a file that is not XML at all from one that is broken.
    fn check_beginning(&self) -> Result<(), ReadError> {
        let begin = self.text.trim_start();
        if begin.is_empty() {
            return Err(ReadError::new(Code::Empty, "the file is empty"));
        }
        if begin.starts_with('<') {
            return Ok(());
        }
        let message =
            format!("not XML: the file begins with {}", quote(begin.lines().next().unwrap_or_default()));
        Err(self.error_at(self.text.len() - begin.len(), Code::WrongFormat, message))
    }

    fn check_outside(&self, text: &str) -> Result<(), ReadError> {
        if text.bytes().all(|b| b.is_ascii_whitespace()) {
            return Ok(());
        }
        Err(self.malformed(format!("text outside the root element: {}", quote(text.trim()))))
    }

    fn declaration(&mut self) -> Result<(), ReadError> {
        if self.declared || self.typed || self.rooted {
            return Err(self.malformed("an XML declaration in the middle: two documents in one file?"));
        }
        self.declared = true;
        Ok(())
    }

    fn document_type(&mut self, text: &str) -> Result<(), ReadError> {
        if self.typed || self.rooted {
            return Err(self.malformed("a document type in the middle: two documents in one file?"));
        }
        if text.contains('[') {
            return Err(
                self.malformed("a document type with declarations of its own (`<!DOCTYPE ... [`) is refused")
            );
        }
        self.typed = true;
        Ok(())
    }

    fn open(&mut self, empty: bool) -> Result<Node<'a>, ReadError> {
        let tag = self.raw(self.start + 1, self.position() - 1 - usize::from(empty));
        let length = tag.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(tag.len());
        let name = local(&tag[..length]);
        if !name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_' || b >= 0x80) {
            return Err(self.malformed(format!("{} is no name of an element", quote(&tag[..length]))));
        }
        if self.depth == 0 {
            self.check_root(name)?;
        }
        if self.depth == self.limits.depth {
            let message = format!("elements are nested deeper than {} levels", self.limits.depth);
            return Err(self.error(Code::Limit, message));
        }
        self.attributes.clear();
        if length < tag.len() {
            self.scan(tag, length)?;
        }
        self.depth += 1;
        self.empty = empty.then_some(name);
        Ok(Node::Start(name))
    }

    fn check_root(&mut self, name: &str) -> Result<(), ReadError> {
        if self.rooted {
            return Err(
                self.malformed(format!("a second root element {}: two documents in one file?", quote(name)))
            );
        }
        if !self.roots.is_empty() && !self.roots.contains(&name) {
            let message = format!("the root element is {}, not {}", quote(name), self.roots.join(" or "));
            return Err(self.error(Code::WrongFormat, message));
        }
        self.rooted = true;
        Ok(())
    }

    /// quick-xml has checked that the name is that of the element that is open.
    fn close(&mut self) -> Result<Node<'a>, ReadError> {
        let name = self.raw(self.start + 2, self.position() - 1).trim_ascii_end();
        self.depth =
            self.depth.checked_sub(1).ok_or_else(|| self.malformed("an end tag without a start tag"))?;
        Ok(Node::End(local(name)))
    }

    fn finish(&self) -> Result<Option<Node<'a>>, ReadError> {
        let end = self.text.len();
        match (self.depth, self.rooted) {
            (0, true) => Ok(None),
            (0, false) => Err(self.error_at(end, Code::Truncated, "the file ends before its root element")),
            (open, _) => {
                let elements = if open == 1 { "element" } else { "elements" };
                let message = format!("the file ends with {open} {elements} still open");
                Err(self.error_at(end, Code::Truncated, message))
            }
        }
    }

    /// Splits the attributes of a tag, of which the name ends at `at`.
    fn scan(&mut self, tag: &'a str, mut at: usize) -> Result<(), ReadError> {
        let bytes = tag.as_bytes();
        loop {
            let from = skip_blanks(bytes, at);
            if from == bytes.len() {
                return self.check_unique();
            }
            let attribute = if from == at { None } else { Attribute::at(bytes, from) };
            let Some(attribute) = attribute else {
                let message = format!("{} is no attribute", quote(&tag[from..]));
                return Err(self.error_at(self.start + 1 + from, Code::Malformed, message));
            };
            let value = &tag[attribute.value..attribute.end];
            if attribute.refers
                && let Some(bad) = bad_reference(value)
            {
                return Err(self.bad_reference(bad));
            }
            if self.attributes.len() == self.limits.attributes {
                let message = format!("an element has more than {} attributes", self.limits.attributes);
                return Err(self.error(Code::Limit, message));
            }
            let name = &tag[from..attribute.name_end];
            self.attributes.push(Given { name, raw: value, refers: attribute.refers });
            at = attribute.end + 1;
        }
    }

    fn check_unique(&self) -> Result<(), ReadError> {
        let given = &self.attributes;
        let twice = if given.len() <= 16 {
            let before = |i: usize| given[..i].iter().any(|other| other.name == given[i].name);
            (1..given.len()).find(|i| before(*i)).map(|i| given[i].name)
        } else {
            let mut sorted: Vec<_> = given.iter().map(|given| given.name).collect();
            sorted.sort_unstable();
            sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
        };
        match twice {
            None => Ok(()),
            Some(name) => {
                Err(self
                    .error(Code::Duplicate, format!("the attribute {} stands twice in one tag", quote(name))))
            }
        }
    }

    fn bad_reference(&self, name: &str) -> ReadError {
        self.malformed(format!("`&` before {} is no reference to a character", quote(name)))
    }

    /// quick-xml's syntax errors all mean that input ended inside of something.
    fn syntax(&self, error: &Error) -> ReadError {
        let at = self.reader.error_position() as usize;
        let rest = self.text.get(at..).unwrap_or_default();
        let cut = match error {
            Error::Syntax(SyntaxError::InvalidBangMarkup) => rest.len() < "<![CDATA[".len(),
            Error::Syntax(_) => true,
            Error::IllFormed(IllFormedError::UnclosedReference) => !rest.contains(['<', ';']),
            _ => false,
        };
        if cut {
            let inside = rest.chars().take(40).collect::<String>();
            let message = format!("the file ends inside of {}", quote(&inside));
            return self.error_at(self.text.len(), Code::Truncated, message);
        }
        let message = match error {
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                format!("the element {} is closed as {}", quote(expected), quote(found))
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => {
                format!("an end tag {} without a start tag", quote(name))
            }
            Error::IllFormed(IllFormedError::UnclosedReference) => "a bare `&` in text".to_owned(),
            _ => format!("broken markup: {}", quote(rest.lines().next().unwrap_or_default())),
        };
        self.error_at(at, Code::Malformed, message)
    }
}
