//! What a file is, by its content: the head of it is parsed once, and every row of the table of
//! formats says whether that is its own.
//!
//! A name is never trusted: `coverage.xml` may hold a proxy's error page. A truncated report still
//! shows its head, so it is recognised first and then refused as truncated.

use super::error::{Code, ReadError, quote};
use super::format::{Format, Input};
use super::{FORMATS, encoding, json, lines, xml};
use std::borrow::Cow;

/// The head of a file, as far as the formats can be told apart by it.
#[derive(Debug, Clone, PartialEq)]
pub enum Head<'a> {
    /// Nothing but white space.
    Blank,
    /// XML: the root and its first children.
    Xml(XmlHead),
    /// One JSON value.
    Json(JsonHead),
    /// Several JSON objects, one a line.
    JsonLines(JsonHead),
    /// JSON objects, each ended by a NUL character.
    JsonRecords(JsonHead),
    /// Text lines.
    Text(TextHead<'a>),
}

impl Head<'_> {
    /// The same head without a tie to the text it was made of.
    fn into_owned(self) -> Head<'static> {
        let own = |lines: Vec<Cow<'_, str>>| lines.into_iter().map(|l| Cow::Owned(l.into_owned())).collect();
        match self {
            Self::Blank => Head::Blank,
            Self::Xml(xml) => Head::Xml(xml),
            Self::Json(json) => Head::Json(json),
            Self::JsonLines(json) => Head::JsonLines(json),
            Self::JsonRecords(json) => Head::JsonRecords(json),
            Self::Text(text) => Head::Text(TextHead { first: own(text.first), last: own(text.last) }),
        }
    }
}

/// The head of an XML document; names without their prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct XmlHead {
    /// Name of the root element.
    pub root: String,
    /// Attributes of the root.
    pub attributes: Vec<(String, String)>,
    /// Names of the first elements below it in document order, at most sixteen.
    pub elements: Vec<String>,
}

impl XmlHead {
    /// An attribute of the root.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether one of the first elements has that name.
    pub fn has(&self, element: &str) -> bool {
        self.elements.iter().any(|e| e == element)
    }
}

/// The shape of a JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonHead {
    /// The value is an array; the keys are those of its first element.
    pub array: bool,
    /// The array has no element.
    pub empty: bool,
    /// Keys of the object in order, as far as the text goes.
    pub keys: Vec<String>,
    /// Keys of the objects directly below it, as `outer.inner`; the first of each. An empty
    /// one is `outer.`, which an array is not: the keys of its first object are `outer[inner`.
    pub nested: Vec<String>,
}

impl JsonHead {
    /// Whether all of these keys are there.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|k| self.keys.iter().any(|have| have == k))
    }
}

/// The lines of a text, terminal escapes taken out, blank lines left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHead<'a> {
    /// At most the first two hundred.
    pub first: Vec<Cow<'a, str>>,
    /// At most the last twenty.
    pub last: Vec<Cow<'a, str>>,
}

impl TextHead<'_> {
    /// Whether one of the first or last lines satisfies `test`.
    pub fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        self.first.iter().chain(&self.last).any(|l| test(l))
    }
}

/// The format of a report, by its content.
///
/// # Errors
/// [`Code::Empty`] for a blank file, [`Code::UnknownFormat`] saying what it looks like,
/// [`Code::AmbiguousFormat`] naming the candidates.
pub fn detect(input: &Input<'_>) -> Result<&'static Format, ReadError> {
    let head = head(input.bytes)?;
    if head == Head::Blank {
        return Err(ReadError::new(Code::Empty, "the file is empty").hint(
            "make the report again; of a tool that writes nothing when all is well, say its `format` and where \
             its `exit-status` is (`milegate formats`)",
        ));
    }
    let ours = |format: &&&Format| (format.detect)(&head) && begins(format, &head, input);
    let found: Vec<_> = FORMATS.iter().filter(ours).copied().collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(input.bytes, &head)),
        many => {
            let names: Vec<_> = many.iter().map(|f| f.name).collect();
            Err(ReadError::new(Code::AmbiguousFormat, format!("could be {}", names.join(" or ")))
                .hint("say which with format = \"...\" in [reports], or --as"))
        }
    }
}

/// Whether a text begins as a report of that format does: a document may quote one, and a source may
/// hold one as a literal. Readers refuse a first line that they do not know as another format's.
fn begins(format: &Format, head: &Head<'_>, input: &Input<'_>) -> bool {
    let Head::Text(TextHead { first, .. }) = head else { return true };
    // Where a title belongs to the place below it, one line says too little.
    let lines: String = first.iter().take(3).map(|line| format!("{line}\n")).collect();
    let read = (format.read)(&Input { bytes: lines.as_bytes(), ..*input });
    !read.is_err_and(|error| error.code == Code::WrongFormat && error.line == Some(1))
}

/// Parses the head of a file.
fn head(bytes: &[u8]) -> Result<Head<'_>, ReadError> {
    if xml::looks_like(bytes) {
        return xml::head(bytes).map(Head::Xml);
    }
    match encoding::text(bytes) {
        Ok(Cow::Borrowed(text)) => Ok(text_head(text)),
        Ok(Cow::Owned(text)) => Ok(text_head(&text).into_owned()),
        // A cut inside the last character leaves the head as it was.
        Err(error) if error.code == Code::Truncated => Ok(text_head(valid_start(bytes))),
        Err(_) => records_head(bytes).ok_or_else(|| unknown_bytes(bytes)),
    }
}

/// The head of JSON objects that NUL characters end.
fn records_head(bytes: &[u8]) -> Option<Head<'static>> {
    let text = encoding::records(bytes).ok()?;
    match json::head(text.split_once('\0')?.0)? {
        Head::Json(json) if !json.array => Some(Head::JsonRecords(json)),
        _ => None,
    }
}

fn text_head(text: &str) -> Head<'_> {
    if text.trim().is_empty() {
        return Head::Blank;
    }
    json::head(text).unwrap_or_else(|| Head::Text(lines::head(text)))
}

/// The part of the bytes that is UTF-8.
fn valid_start(bytes: &[u8]) -> &str {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// Signatures of what people hand in by mistake.
const IMPOSTORS: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "gzip-compressed data; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database (coverage.py's own data); run `coverage xml`"),
    (b"version https://git-lfs", "a Git LFS pointer; run `git lfs pull`"),
    (b"<<<<<<< ", "a file with merge conflict markers"),
    (b"<!DOCTYPE html", "an HTML page"),
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"%PDF", "a PDF file"),
];

/// What the bytes start with, if that is known.
fn impostor(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    IMPOSTORS.iter().find(|(signature, _)| bytes[start..].starts_with(signature)).map(|row| row.1)
}

fn unknown_bytes(bytes: &[u8]) -> ReadError {
    match impostor(bytes) {
        Some(what) => ReadError::new(Code::UnknownFormat, format!("not a report: it looks like {what}")),
        None => ReadError::new(Code::Encoding, "not a report: the bytes are neither XML nor UTF-8 text"),
    }
}

fn unknown(bytes: &[u8], head: &Head<'_>) -> ReadError {
    let what = impostor(bytes).map(str::to_owned).unwrap_or_else(|| match head {
        Head::Blank => "nothing".to_owned(),
        Head::Xml(xml) => format!("XML with the root element {}", quote(&xml.root)),
        Head::Json(json) if json.empty => "an empty JSON array, which many tools write".to_owned(),
        Head::Json(json) if json.array => {
            format!("a JSON array of objects with the keys {}", quote(&json.keys.join(", ")))
        }
        Head::Json(json) => format!("a JSON value with the keys {}", quote(&json.keys.join(", "))),
        Head::JsonLines(json) | Head::JsonRecords(json) => {
            format!("JSON lines with the keys {}", quote(&json.keys.join(", ")))
        }
        Head::Text(text) => {
            format!("text that begins {}", quote(text.first.first().map_or("", |l| l.as_ref())))
        }
    });
    let hint = match head {
        Head::Json(json) if json.empty => {
            "say whose it is: { path = \"...\", format = \"pylint-json\" } or \"ruff-json\""
        }
        _ => "`milegate formats` lists the formats; say which with { path = \"...\", format = \"...\" }",
    };
    ReadError::new(Code::UnknownFormat, format!("no known report format: it looks like {what}")).hint(hint)
}
