//! Whether a Markdown text is whole: UTF-8, no conflict markers, no fence or comment left open.
//!
//! An open fence or comment hides everything after it from every parser; a checklist that hides
//! its open items must not pass, and nothing may be written into such a text.

use crate::readers::error::{Code, ReadError};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// The Markdown of GitHub, as far as papers need it.
pub const fn options() -> Options {
    Options::ENABLE_TABLES.union(Options::ENABLE_TASKLISTS).union(Options::ENABLE_STRIKETHROUGH)
}

/// A text that is whole.
#[derive(Debug, Clone, Copy)]
pub struct Sound<'a> {
    /// The text without its byte order mark.
    pub text: &'a str,
    /// Where it begins in the file: 3 after a byte order mark, else 0.
    pub offset: usize,
}

impl<'a> Sound<'a> {
    /// Checks the bytes of a Markdown file.
    ///
    /// # Errors
    /// Not UTF-8, conflict markers, an unclosed fence or comment; with the line.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let text = std::str::from_utf8(bytes).map_err(|e| not_utf8(bytes, e.valid_up_to()))?;
        if let Some(at) = text.find('\0') {
            return Err(not_utf8(bytes, at));
        }
        let (text, offset) = text.strip_prefix('\u{feff}').map_or((text, 0), |rest| (rest, 3));
        check(text)?;
        Ok(Self { text, offset })
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> ReadError {
    let head = bytes.get(..at).unwrap_or_default();
    let line = 1 + head.iter().filter(|b| **b == b'\n').count() as u64;
    ReadError::new(Code::Encoding, "the file is not UTF-8 text").at(line, None).hint("save it as UTF-8")
}

/// Line numbers of offsets; `\n`, `\r\n` and `\r` end a line.
#[derive(Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// The line starts of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = |i: usize| match bytes[i] {
            b'\n' => true,
            b'\r' => bytes.get(i + 1) != Some(&b'\n'),
            _ => false,
        };
        Self((0..bytes.len()).filter(|i| ends(*i)).map(|i| i + 1).collect())
    }

    /// The 1-based line an offset lies in.
    pub fn of(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= offset) + 1).unwrap_or(u32::MAX)
    }
}

fn check(text: &str) -> Result<(), ReadError> {
    let lines = Lines::new(text);
    let mut code: Option<Block> = None;
    let mut blocks = Vec::new();
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                code = Some(Block {
                    inner: range.start,
                    range,
                    fenced: matches!(kind, CodeBlockKind::Fenced(_)),
                });
            }
            Event::Text(_) => {
                if let Some(block) = &mut code {
                    block.inner = range.end;
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(code.take()),
            Event::Start(Tag::HtmlBlock) => open_html(text, &range, &lines)?,
            _ => {}
        }
    }
    for block in &blocks {
        block.check(text, &lines)?;
    }
    conflicts(text, &blocks)
}

/// A block of code, and where its last text ends.
struct Block {
    range: Range<usize>,
    inner: usize,
    fenced: bool,
}

impl Block {
    /// A closed fence has its closing line behind its last text.
    fn check(&self, text: &str, lines: &Lines) -> Result<(), ReadError> {
        let block = &text[self.range.clone()];
        if !self.fenced {
            return Ok(());
        }
        let first = block.find(['\n', '\r']).map_or(self.range.end, |n| self.range.start + n);
        let tail = text.get(self.inner.max(first)..self.range.end).unwrap_or_default();
        if tail.contains("```") || tail.contains("~~~") {
            return Ok(());
        }
        Err(open("code fence", lines.of(self.range.start)))
    }
}

fn open(what: &str, line: u32) -> ReadError {
    let message = format!("the {what} opened in line {line} is never closed; it hides what follows");
    ReadError::new(Code::Truncated, message).at(u64::from(line), None).hint("close it")
}

/// Blocks of HTML that end at a mark of their own rather than at a blank line.
const HTML: &[(&str, &[&str], &str)] = &[
    ("<!--", &["-->"], "comment"),
    ("<![cdata[", &["]]>"], "CDATA section"),
    ("<?", &["?>"], "processing instruction"),
    ("<!", &[">"], "declaration"),
    ("<pre", &RAW_ENDS, "<pre> element"),
    ("<script", &RAW_ENDS, "<script> element"),
    ("<style", &RAW_ENDS, "<style> element"),
    ("<textarea", &RAW_ENDS, "<textarea> element"),
];
const RAW_ENDS: [&str; 4] = ["</pre>", "</script>", "</style>", "</textarea>"];

fn open_html(text: &str, range: &Range<usize>, lines: &Lines) -> Result<(), ReadError> {
    let block = text[range.clone()].trim().to_ascii_lowercase();
    let Some((head, ends, what)) = HTML.iter().find(|(head, ..)| block.starts_with(head)) else {
        return Ok(());
    };
    // `<prefix>` and the like end at a blank line, as every other tag does.
    let raw = !head.starts_with("<!") && *head != "<?";
    if raw && block[head.len()..].starts_with(|c: char| c != '>' && !c.is_whitespace()) {
        return Ok(());
    }
    // Such a block ends with the first line that holds its mark: if the last one does not, none did.
    let last = block.rsplit(['\n', '\r']).next().unwrap_or_default();
    if ends.iter().any(|end| last.contains(end)) { Ok(()) } else { Err(open(what, lines.of(range.start))) }
}

/// Conflict markers at the start of a line, outside code.
fn conflicts(text: &str, code: &[Block]) -> Result<(), ReadError> {
    let mut at = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        let marker = ["<<<<<<<", ">>>>>>>", "|||||||"]
            .iter()
            .any(|m| bare.strip_prefix(m).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
        let before = code.partition_point(|block| block.range.start <= at);
        let inside = before.checked_sub(1).is_some_and(|n| code[n].range.contains(&at));
        if marker && !inside {
            let message = format!("a merge conflict is left in line {}", n + 1);
            let hint = "resolve the conflict and commit";
            return Err(ReadError::new(Code::Malformed, message).at(n as u64 + 1, None).hint(hint));
        }
        at += line.len();
    }
    Ok(())
}
