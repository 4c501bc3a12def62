//! The one well-formedness layer of all XML reports: a pull cursor over a text, or over one piece of
//! it after the other.
//!
//! The cursor demands one root with a known name, closed before the end of input, nothing but
//! blanks, comments and processing instructions around it, no attribute twice, and only the five
//! predefined entities and references to characters. Depth and attributes are bounded. A plain tag
//! is taken apart in one pass; whatever is not plain is looked at again, slowly, to say what is
//! wrong with it.
//!
//! Ignored on purpose: namespaces (prefixes of elements are cut off), external DTDs (accepted as a
//! name, never fetched), `]]>` and raw control characters in text (node's test reporter writes the
//! latter). An internal DTD subset is refused: reports have no use for entities of their own.

use super::error::{Code, ReadError, quote};
use super::format::Limits;
use super::markup::{
    Attribute, Tag, Usual, bad_reference, is_blank, key, local, reference, resolve, skip_blanks, tag_end,
};
use std::borrow::Cow;

pub(super) use super::xml_head::{head, looks_like};
pub(super) use super::xml_walk::{Elements, Handler, State, walk, whole};

/// Bytes of the name of an element. Those of the open ones are kept for every piece.
const NAME: usize = 1024;

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

/// What became of a piece of markup.
enum Step<'a> {
    Node(Node<'a>),
    /// Nothing to tell.
    Skip,
    /// The text ends inside of it.
    More,
}

/// Walks through a decoded document.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Nothing follows the text.
    last: bool,
    limits: &'a Limits,
    /// Names the root may have; empty for any.
    roots: &'static [&'static str],
    state: State,
    /// The attributes of the latest start tag.
    attributes: Vec<Attribute>,
    usual: Usual,
    /// Where the latest node begins and where it ends.
    start: usize,
    at: usize,
    /// An empty element whose end has not been told yet.
    empty: Option<&'a str>,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first node of `text`.
    pub(super) fn new(text: &'a str, limits: &'a Limits, roots: &'static [&'static str]) -> Self {
        Self::resume(text, true, limits, roots, State::default())
    }

    /// A cursor before the first node of the next piece of a document.
    pub(super) fn resume(
        text: &'a str,
        last: bool,
        limits: &'a Limits,
        roots: &'static [&'static str],
        state: State,
    ) -> Self {
        let (attributes, usual) = (Vec::new(), Usual::default());
        Self { text, last, limits, roots, state, attributes, usual, start: 0, at: 0, empty: None }
    }

    /// How much of the text was read, and what is known for the next piece.
    pub(super) fn pause(mut self) -> (usize, State) {
        self.state.pass(&self.text[..self.at]);
        (self.at, self.state)
    }

    /// The next node; `None` at the end of a whole document, or where the text ends and more follows.
    pub(super) fn next(&mut self) -> Result<Option<Node<'a>>, ReadError> {
        if let Some(name) = self.end_of_empty() {
            return Ok(Some(Node::End(name)));
        }
        if !self.state.begun {
            if !self.last && self.text.trim_start().is_empty() {
                return Ok(None);
            }
            self.check_beginning()?;
            self.state.begun = true;
        }
        loop {
            self.start = self.at;
            let step = match self.rest() {
                [] if self.last => return self.finish(),
                [] => return Ok(None),
                [b'<', b'/', ..] => self.close()?,
                [b'<', b'!', ..] => self.bang()?,
                [b'<', b'?', ..] => self.instruction()?,
                [b'<', ..] => self.open()?,
                [b'&', ..] => self.reference()?,
                _ => self.characters()?,
            };
            match step {
                Step::Node(node) => return Ok(Some(node)),
                Step::Skip => {}
                Step::More if self.last => return Err(self.cut()),
                Step::More => return Ok(None),
            }
        }
    }

    /// The end of an empty element, if its start was the latest node.
    #[inline]
    pub(super) fn end_of_empty(&mut self) -> Option<&'a str> {
        let name = self.empty.take()?;
        self.state.depth -= 1;
        Some(name)
    }

    /// An attribute of the latest start tag, references resolved.
    #[inline]
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let (bytes, name) = (self.text.as_bytes(), name.as_bytes());
        let key = key(name, 0, name.len());
        let given = self.attributes.iter().find(|given| given.is_named(name, key, bytes))?;
        Some(self.value(given))
    }

    /// All attributes of the latest start tag in document order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + '_ {
        self.attributes.iter().map(|given| (self.raw(given.name, given.name_end), self.value(given)))
    }

    fn value(&self, given: &Attribute) -> Cow<'a, str> {
        let raw = self.raw(given.value, given.end);
        if given.refers { resolve(raw) } else { Cow::Borrowed(raw) }
    }

    /// Goes over blanks between two tags, which most readers have no use for.
    #[inline]
    pub(super) fn skip_indent(&mut self) {
        if self.state.depth > 0 && self.empty.is_none() && self.text.as_bytes()[..self.at].ends_with(b">") {
            let blanks = skip_blanks(self.rest(), 0);
            if self.rest().get(blanks) == Some(&b'<') {
                self.at += blanks;
            }
        }
    }

    /// How many elements are open, the one of a start tag just told included.
    pub(super) fn depth(&self) -> usize {
        self.state.depth
    }

    fn raw(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// An error at the latest node.
    pub(super) fn error(&self, code: Code, message: impl Into<String>) -> ReadError {
        self.error_at(self.start, code, message)
    }

    fn error_at(&self, offset: usize, code: Code, message: impl Into<String>) -> ReadError {
        let (line, column) = self.state.place(self.text, offset);
        ReadError::new(code, message).at(line, Some(column))
    }

    fn malformed(&self, message: impl Into<String>) -> ReadError {
        self.error(Code::Malformed, message)
    }

    /// What has not been read yet.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Whether an empty element with so many attributes may stand here: inside of the root, within
    /// the limits.
    #[inline]
    pub(super) fn admits(&self, attributes: usize) -> bool {
        self.state.depth > 0
            && self.empty.is_none()
            && self.state.depth < self.limits.depth
            && attributes <= self.limits.attributes
    }

    /// Goes on where nothing but so many bytes are left.
    #[inline]
    pub(super) fn go_to(&mut self, left: usize) {
        self.at = self.text.len() - left;
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

    /// Text up to the next markup, reference or end of the piece.
    fn characters(&mut self) -> Result<Step<'a>, ReadError> {
        let rest = self.rest();
        let blanks = skip_blanks(rest, 0);
        let length = match rest.get(blanks) {
            Some(b'<') | None => blanks,
            _ => blanks + memchr::memchr2(b'<', b'&', &rest[blanks..]).unwrap_or(rest.len() - blanks),
        };
        self.at += length;
        let text = &self.text[self.start..self.at];
        if self.state.depth > 0 {
            return Ok(Step::Node(Node::Text(Cow::Borrowed(text))));
        }
        if length == blanks {
            return Ok(Step::Skip);
        }
        Err(self.malformed(format!("text outside the root element: {}", quote(text.trim()))))
    }

    /// `&amp;`
    fn reference(&mut self) -> Result<Step<'a>, ReadError> {
        let rest = &self.text[self.at..];
        match memchr::memchr3(b';', b'&', b'<', &rest.as_bytes()[1..]) {
            Some(end) if rest.as_bytes()[end + 1] == b';' => {
                if self.state.depth == 0 {
                    return Err(self.malformed("text outside the root element"));
                }
                let name = &rest[1..=end];
                self.at += end + 2;
                let Some(character) = reference(name) else { return Err(self.bad_reference(name)) };
                Ok(Step::Node(Node::Text(Cow::Owned(character.into()))))
            }
            _ if rest.contains(['<', ';']) => Err(self.malformed("a bare `&` in text")),
            _ => Ok(Step::More),
        }
    }

    /// A comment, a CDATA section or the document type.
    fn bang(&mut self) -> Result<Step<'a>, ReadError> {
        const DATA: &str = "<![CDATA[";
        const TYPE: &str = "<!DOCTYPE";
        let rest = &self.text[self.at..];
        let begins = |word: &str| {
            let known = word.len().min(rest.len());
            rest.as_bytes()[..known].eq_ignore_ascii_case(&word.as_bytes()[..known])
        };
        if rest.starts_with("<!--") {
            return Ok(self.skip_to(4, b"-->"));
        }
        if rest.starts_with(DATA) {
            let Some(end) = memchr::memmem::find(&rest.as_bytes()[DATA.len()..], b"]]>") else {
                return Ok(Step::More);
            };
            if self.state.depth == 0 {
                return Err(self.malformed("text outside the root element"));
            }
            self.at += DATA.len() + end + 3;
            return Ok(Step::Node(Node::Text(Cow::Borrowed(&rest[DATA.len()..DATA.len() + end]))));
        }
        if begins(TYPE) {
            if rest.len() < TYPE.len() {
                return Ok(Step::More);
            }
            return self.document_type(&rest[TYPE.len()..]);
        }
        if rest.len() < DATA.len() { Ok(Step::More) } else { Err(self.broken()) }
    }

    fn document_type(&mut self, rest: &str) -> Result<Step<'a>, ReadError> {
        let twice = self.state.typed || self.state.rooted;
        let end = tag_end(rest.as_bytes(), 0);
        // What a quotation mark keeps open is not worth a distinction here.
        if rest[..end.unwrap_or(rest.len())].contains('[') && !twice {
            return Err(
                self.malformed("a document type with declarations of its own (`<!DOCTYPE ... [`) is refused")
            );
        }
        let Some(end) = end else { return Ok(Step::More) };
        if twice {
            return Err(self.malformed("a document type in the middle: two documents in one file?"));
        }
        if skip_blanks(&rest.as_bytes()[..end], 0) == end {
            return Err(self.broken());
        }
        self.state.typed = true;
        self.at = self.text.len() - rest.len() + end + 1;
        Ok(Step::Skip)
    }

    /// A processing instruction or the XML declaration.
    fn instruction(&mut self) -> Result<Step<'a>, ReadError> {
        let rest = self.rest();
        if rest.get(2) == Some(&b'>') {
            return Err(self.broken());
        }
        let step = self.skip_to(2, b"?>");
        let declares = rest.starts_with(b"<?xml") && rest.get(5).is_some_and(|b| *b == b'?' || is_blank(*b));
        if declares && matches!(step, Step::Skip) {
            if self.state.declared || self.state.typed || self.state.rooted {
                return Err(self.malformed("an XML declaration in the middle: two documents in one file?"));
            }
            self.state.declared = true;
        }
        Ok(step)
    }

    /// Goes behind `end`, looked for from `from` on.
    fn skip_to(&mut self, from: usize, end: &[u8]) -> Step<'a> {
        match self.rest().get(from..).and_then(|rest| memchr::memmem::find(rest, end)) {
            None => Step::More,
            Some(found) => {
                self.at += from + found + end.len();
                Step::Skip
            }
        }
    }

    fn open(&mut self) -> Result<Step<'a>, ReadError> {
        self.attributes.clear();
        let tag = match Tag::plain(self.text, self.at + 1, &mut self.attributes, &mut self.usual) {
            Some(tag) if self.attributes.len() <= self.limits.attributes => tag,
            _ => match tag_end(self.text.as_bytes(), self.at + 1) {
                None => return Ok(Step::More),
                Some(end) => self.look_closer(end)?,
            },
        };
        self.check_unique()?;
        let whole = &self.text[self.at + 1..tag.name_end];
        let name = if tag.plain { whole } else { local(whole) };
        if whole.len() > NAME {
            return Err(self.error(Code::Limit, "the name of an element is too long"));
        }
        if self.state.depth == 0 {
            self.check_root(name)?;
        }
        if self.state.depth == self.limits.depth {
            let message = format!("elements are nested deeper than {} levels", self.limits.depth);
            return Err(self.error(Code::Limit, message));
        }
        self.state.depth += 1;
        if tag.empty {
            self.empty = Some(name);
        } else {
            self.state.starts.push(self.state.names.len());
            self.state.names.push_str(whole);
        }
        self.at = tag.end;
        Ok(Step::Node(Node::Start(name)))
    }

    /// Takes a tag apart that is not plain, of which the `>` stands at `end`, or says what is wrong.
    fn look_closer(&mut self, end: usize) -> Result<Tag, ReadError> {
        let bytes = self.text.as_bytes();
        let empty = bytes[self.at + 1..end].ends_with(b"/");
        let content = end - usize::from(empty);
        let from = self.at + 1;
        let name_end =
            from + bytes[from..content].iter().position(|b| is_blank(*b)).unwrap_or(content - from);
        let name = self.raw(from, name_end);
        let begins = |b: u8| b.is_ascii_alphabetic() || b == b'_' || b >= 0x80;
        let odd = |b: u8| b < b' ' || matches!(b, b'"' | b'\'' | b'<' | b'&' | b'=');
        if !local(name).bytes().next().is_some_and(begins) || name.bytes().any(odd) {
            return Err(self.malformed(format!("{} is no name of an element", quote(name))));
        }
        self.attributes.clear();
        let mut at = name_end;
        loop {
            let from = skip_blanks(&bytes[..content], at);
            if from == content {
                return Ok(Tag { name_end, plain: false, empty, end: end + 1 });
            }
            let attribute = if from == at { None } else { Attribute::at(&bytes[..content], from) };
            let Some(attribute) = attribute else {
                let message = format!("{} is no attribute", quote(self.raw(from, content)));
                return Err(self.error_at(from, Code::Malformed, message));
            };
            if attribute.refers
                && let Some(bad) = bad_reference(self.raw(attribute.value, attribute.end))
            {
                return Err(self.bad_reference(bad));
            }
            if self.attributes.len() == self.limits.attributes {
                let message = format!("an element has more than {} attributes", self.limits.attributes);
                return Err(self.error(Code::Limit, message));
            }
            at = attribute.end + 1;
            self.attributes.push(attribute);
        }
    }

    fn check_root(&mut self, name: &str) -> Result<(), ReadError> {
        if self.state.rooted {
            return Err(
                self.malformed(format!("a second root element {}: two documents in one file?", quote(name)))
            );
        }
        if !self.roots.is_empty() && !self.roots.contains(&name) {
            let message = format!("the root element is {}, not {}", quote(name), self.roots.join(" or "));
            return Err(self.error(Code::WrongFormat, message));
        }
        self.state.rooted = true;
        Ok(())
    }

    fn check_unique(&self) -> Result<(), ReadError> {
        let Some(again) = Attribute::repeated(&self.attributes, self.text.as_bytes()) else { return Ok(()) };
        let name = quote(self.raw(again.name, again.name_end));
        Err(self.error(Code::Duplicate, format!("the attribute {name} stands twice in one tag")))
    }

    fn close(&mut self) -> Result<Step<'a>, ReadError> {
        let from = self.at + 2;
        let bytes = &self.text.as_bytes()[from..];
        let begins = self.state.starts.last().copied();
        let expected = begins.map(|begins| &self.state.names[begins..]);
        let plain = expected.map_or(0, str::len);
        let (length, end) = if bytes.get(plain) == Some(&b'>') {
            (plain, plain)
        } else {
            let Some(end) = tag_end(bytes, 0) else { return Ok(Step::More) };
            let blanks = bytes[..end].iter().rev().take_while(|b| is_blank(**b)).count();
            (end - blanks, end)
        };
        let found = &self.text.as_bytes()[from..from + length];
        let Some((begins, expected)) = begins.zip(expected).filter(|(_, name)| name.as_bytes() == found)
        else {
            let end = tag_end(bytes, 0);
            return match end {
                None => Ok(Step::More),
                Some(end) => Err(self.unmatched(expected, &self.text[from..from + end])),
            };
        };
        let name = &self.text[from..from + expected.len()];
        self.state.names.truncate(begins);
        self.state.starts.pop();
        self.state.depth -= 1;
        self.at = from + end + 1;
        Ok(Step::Node(Node::End(local(name))))
    }

    fn unmatched(&self, expected: Option<&str>, found: &str) -> ReadError {
        let found = quote(found.trim_end());
        self.malformed(match expected {
            Some(expected) => format!("the element {} is closed as {found}", quote(expected)),
            None => format!("an end tag {found} without a start tag"),
        })
    }

    fn finish(&self) -> Result<Option<Node<'a>>, ReadError> {
        let end = self.text.len();
        match (self.state.depth, self.state.rooted) {
            (0, true) => Ok(None),
            (0, false) => Err(self.error_at(end, Code::Truncated, "the file ends before its root element")),
            (open, _) => {
                let elements = if open == 1 { "element" } else { "elements" };
                let message = format!("the file ends with {open} {elements} still open");
                Err(self.error_at(end, Code::Truncated, message))
            }
        }
    }

    fn bad_reference(&self, name: &str) -> ReadError {
        self.malformed(format!("`&` before {} is no reference to a character", quote(name)))
    }

    /// Input ended inside of something.
    fn cut(&self) -> ReadError {
        let inside: String = self.text[self.start..].chars().take(40).collect();
        let message = format!("the file ends inside of {}", quote(&inside));
        self.error_at(self.text.len(), Code::Truncated, message)
    }

    fn broken(&self) -> ReadError {
        let line = self.text[self.start..].lines().next().unwrap_or_default();
        self.malformed(format!("broken markup: {}", quote(line)))
    }
}
