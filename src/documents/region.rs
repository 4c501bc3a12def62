//! Marked regions: `<!-- milegate:begin ID -->` ... `<!-- milegate:end ID sum=HEX -->`.
//!
//! A mark is an HTML block of its own at the top level of the parse, never text in a fence, a quote
//! or a line. What was meant as a mark and is none is an error: silence would leave a document
//! stale for ever. The sum tells a text that Milegate wrote from one that a person changed.

use super::edit::{EditError, Edits};
use super::outline::Outline;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// A region of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its id.
    pub id: String,
    /// What stands between the marks: whole lines.
    pub content: Range<usize>,
    /// The mark that begins it.
    begin: Range<usize>,
    /// The mark that ends it.
    end: Range<usize>,
    /// The sum in the end mark.
    sum: Option<String>,
}

/// One mark.
struct Mark<'a> {
    begins: bool,
    id: &'a str,
    sum: Option<&'a str>,
}

/// The regions of a text, in order. `known` are the ids that mean something in this document.
///
/// # Errors
/// A mark that is nearly one, an unknown id, an id twice, a begin without end, a region in another.
pub fn find(text: &str, known: &[&str]) -> Result<Vec<Region>, EditError> {
    within(&Outline::new(text), known)
}

pub(super) fn within(outline: &Outline<'_>, known: &[&str]) -> Result<Vec<Region>, EditError> {
    let text = outline.text;
    let mut regions: Vec<Region> = Vec::new();
    let mut open: Option<(String, Range<usize>, usize)> = None;
    for block in &outline.blocks {
        let raw = &text[block.clone()];
        let start = block.start + raw.len() - raw.trim_start().len();
        let span = start..start + raw.trim().len();
        let fail = |message: String| Err(EditError::at(text, span.start, message));
        let Some(mark) = parse(raw.trim()) else {
            if nearly(raw) {
                return fail(format!("`{}` is nearly a mark of Milegate, but not one; {SHAPE}", line(raw)));
            }
            continue;
        };
        let id = mark.id;
        if !known.contains(&id) {
            return fail(format!("region `{id}` is unknown; known here: {}", known.join(", ")));
        }
        match (mark.begins, open.take()) {
            (true, None) if regions.iter().any(|r| r.id == id) => {
                return fail(format!("region `{id}` stands here twice; each may stand once"));
            }
            (true, None) => open = Some((id.to_owned(), span, block.end)),
            (true, Some((other, ..))) => {
                return fail(format!("region `{id}` begins inside region `{other}`"));
            }
            (false, Some((begun, begin, from))) if begun == id => {
                let line_start = text[..span.start].rfind(['\n', '\r']).map_or(0, |n| n + 1);
                let content = from..line_start.max(from);
                regions.push(Region { id: begun, content, begin, end: span, sum: mark.sum.map(Into::into) });
            }
            (false, Some((other, ..))) => return fail(format!("region `{id}` ends inside region `{other}`")),
            (false, None) => return fail(format!("region `{id}` ends here, but never begins")),
        }
    }
    match open {
        None => Ok(regions),
        Some((id, begin, _)) => Err(EditError::at(
            text,
            begin.start,
            format!("region `{id}` begins here, but never ends; {SHAPE}"),
        )),
    }
}

const SHAPE: &str =
    "write `<!-- milegate:begin ID -->` and `<!-- milegate:end ID -->`, each on a line of its own";

fn line(raw: &str) -> String {
    super::plain::cut(&super::plain::sanitize(raw), 60)
}

/// A mark to the letter.
fn parse(text: &str) -> Option<Mark<'_>> {
    let inner = text.strip_prefix("<!-- milegate:")?.strip_suffix(" -->")?;
    let (word, rest) = inner.split_once(' ')?;
    let (id, sum) = match rest.split_once(" sum=") {
        Some((id, sum)) => (id, Some(sum)),
        None => (rest, None),
    };
    let begins = match word {
        "begin" if sum.is_none() => true,
        "end" => false,
        _ => return None,
    };
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let hex = |s: &str| s.len() == 16 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (plain(id) && sum.is_none_or(hex)).then_some(Mark { begins, id, sum })
}

/// What a person may have meant as a mark.
fn nearly(raw: &str) -> bool {
    let text = raw.trim_start().to_lowercase();
    let Some(inner) =
        text.strip_prefix('<').map(|t| t.trim_start_matches(['!', '-', ' ', '\t', '\u{2013}', '\u{2014}']))
    else {
        return false;
    };
    let word = inner.strip_prefix("milegate").map(|t| t.trim_start_matches([':', '-', '.', '_', ' ', '/']));
    let meant = word.is_some_and(|w| ["begin", "end", "start", "stop"].iter().any(|k| w.starts_with(k)));
    let inside = text.contains("milegate:begin") || text.contains("milegate:end");
    // A paragraph may quote a mark in code; only one that begins like a comment is meant as one.
    meant || inside && !text.contains('`')
}

/// The first 16 hexadecimal digits of the SHA-256 of the content, line breaks taken as LF.
pub fn sum(content: &str) -> String {
    hex(content.replace("\r\n", "\n").replace('\r', "\n").as_bytes())[..16].to_owned()
}

/// SHA-256 in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl Region {
    /// From the begin mark to the end mark.
    pub fn span(&self) -> Range<usize> {
        self.begin.start..self.end.end
    }

    /// Puts `body` between the marks, a blank line before and after it, and its sum into the end mark.
    /// `adopt` accepts a text that carries no sum.
    ///
    /// # Errors
    /// A person's text stands there.
    pub fn fill(&self, edits: &mut Edits<'_>, text: &str, body: &str, adopt: bool) -> Result<(), EditError> {
        let current = &text[self.content.clone()];
        let known = self.sum.as_deref().is_some_and(|s| s == sum(current));
        let free = current.trim().is_empty() || known || self.sum.is_none() && adopt;
        if !free {
            let refusal = EditError::at(text, self.begin.start, self.refusal());
            return Err(EditError { conflict: true, ..refusal });
        }
        let new = format!("\n{}\n\n", body.trim_end());
        if sum(current) != sum(&new) {
            edits.replace_like(self.content.clone(), &new, self.begin.start);
        }
        edits.replace(self.end.clone(), &format!("<!-- milegate:end {} sum={} -->", self.id, sum(&new)));
        Ok(())
    }

    fn refusal(&self) -> String {
        let id = &self.id;
        if self.sum.is_some() {
            format!(
                "region `{id}` was edited by hand since Milegate wrote it; take the edit back, or move your \
                 text out of the region and leave the region empty"
            )
        } else {
            format!("region `{id}` holds text that Milegate did not write; move it out, or adopt it")
        }
    }
}
