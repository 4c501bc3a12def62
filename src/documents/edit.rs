//! Splices: replacements of byte ranges, over a text that is otherwise kept byte for byte.
//!
//! Before anything is handed out, the edited spans are cut out of the old and the new text: the
//! remainders must be the same bytes.

use crate::readers::ReadError;
use crate::readers::checklist::sound::Sound;
use std::ops::Range;

/// Why a document was not edited. Nothing of it is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EditError {
    /// What is in the way, and what to do.
    pub message: String,
    /// 1-based line, where it is known.
    pub line: Option<u64>,
    /// A person's text stands where ours was, and was not touched.
    pub conflict: bool,
}

impl EditError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None, conflict: false }
    }

    /// An error at an offset of `text`.
    pub fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let head = text.as_bytes().get(..offset).unwrap_or_default();
        let line = 1 + head.iter().filter(|b| **b == b'\n').count() as u64;
        Self { message: message.into(), line: Some(line), conflict: false }
    }
}

impl From<ReadError> for EditError {
    fn from(error: ReadError) -> Self {
        let next = error.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        Self { message: format!("{}{next}", error.message), line: error.line, conflict: false }
    }
}

/// The bytes of a document as text that may be edited.
///
/// # Errors
/// Not UTF-8, conflict markers, an unclosed fence or comment.
pub fn text(bytes: &[u8]) -> Result<&str, EditError> {
    Sound::new(bytes)?;
    std::str::from_utf8(bytes).map_err(|e| EditError::new(e.to_string()))
}

/// Replacements over one text.
#[derive(Debug, Clone)]
pub struct Edits<'a> {
    old: &'a str,
    spans: Vec<(Range<usize>, String)>,
}

impl<'a> Edits<'a> {
    /// No edits yet.
    ///
    /// # Errors
    /// The text has conflict markers, or an unclosed fence or comment.
    pub fn new(old: &'a str) -> Result<Self, EditError> {
        Sound::new(old.as_bytes())?;
        Ok(Self { old, spans: Vec::new() })
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether an edit changes something in a range.
    pub(super) fn touch(&self, range: &Range<usize>) -> bool {
        self.spans.iter().any(|(span, _)| span.start < range.end && range.start < span.end)
    }

    /// Replaces a range; an equal text is no edit. Line breaks become those of the place.
    pub fn replace(&mut self, range: Range<usize>, new: &str) {
        let place = range.start;
        self.replace_like(range, new, place);
    }

    /// The same, with the line breaks of another place.
    pub fn replace_like(&mut self, range: Range<usize>, new: &str, place: usize) {
        let new = new.replace('\n', eol(self.old, place));
        if self.old.get(range.clone()) != Some(new.as_str()) {
            self.spans.push((range, new));
        }
    }

    /// Puts a block behind the last line of `within` that is not blank, one blank line between.
    /// The blank lines and the kind of ending that were there stay behind it.
    pub fn append(&mut self, within: Range<usize>, block: &str) {
        let text = &self.old[within.clone()];
        let end = text.trim_end().len();
        // Blanks at the end of that line belong to it.
        let end = end + text[end..].find(['\n', '\r']).unwrap_or(text.len() - end);
        let at = within.start + end;
        let blank = text[..end].trim_start_matches('\u{feff}').trim().is_empty();
        if blank {
            self.replace(at..at, &format!("{block}\n"));
        } else {
            self.replace(at..at, &format!("\n\n{block}"));
        }
    }

    /// The new text.
    ///
    /// # Errors
    /// Two edits overlap, or the self-check fails: both are defects of ours, and nothing is written.
    pub fn apply(mut self) -> Result<String, EditError> {
        self.spans.sort_by_key(|(range, _)| (range.start, range.end));
        let mut new = String::with_capacity(self.old.len() + 512);
        let mut spans = Vec::with_capacity(self.spans.len());
        let mut at = 0;
        for (range, text) in &self.spans {
            let kept = self.old.get(at..range.start).ok_or_else(|| defect("overlapping edits"))?;
            new.push_str(kept);
            let start = new.len();
            new.push_str(text);
            spans.push(start..new.len());
            at = range.end;
        }
        new.push_str(self.old.get(at..).ok_or_else(|| defect("an edit outside the text"))?);
        let old_spans: Vec<_> = self.spans.iter().map(|(range, _)| range.clone()).collect();
        if without(self.old, &old_spans) != without(&new, &spans) {
            return Err(defect("an edit changed text outside its span"));
        }
        Ok(new)
    }
}

/// An edit that is settled: done again on its own result, it changes nothing.
pub(super) fn settled(
    old: &str,
    edit: impl Fn(&str) -> Result<String, EditError>,
) -> Result<String, EditError> {
    let new = edit(old)?;
    if new != old && edit(&new)? != new {
        return Err(defect("an edit does not settle"));
    }
    Ok(new)
}

fn defect(what: &str) -> EditError {
    EditError::new(format!("a defect in Milegate: {what}; nothing was written"))
}

/// The text with spans cut out.
fn without(text: &str, spans: &[Range<usize>]) -> Option<String> {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        rest.push_str(text.get(at..span.start)?);
        at = span.end;
    }
    rest.push_str(text.get(at..)?);
    Some(rest)
}

/// The line break of the line an offset lies in; in a last line without one, that of the line before.
pub fn eol(text: &str, offset: usize) -> &'static str {
    let bytes = text.as_bytes();
    let tail = bytes.get(offset..).unwrap_or_default();
    let next = tail.iter().position(|b| *b == b'\n').map(|n| n + offset);
    let last = || bytes.get(..offset.min(bytes.len()))?.iter().rposition(|b| *b == b'\n');
    match next.or_else(last) {
        Some(n) if n > 0 && bytes[n - 1] == b'\r' => "\r\n",
        Some(_) => "\n",
        None if bytes.contains(&b'\r') => "\r",
        None => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_lines_as_the_place_does() {
        let text = "a\r\nb\nc";
        assert_eq!((eol(text, 0), eol(text, 3), eol(text, 6)), ("\r\n", "\n", "\n"));
        assert_eq!((eol("a", 0), eol("a\rb", 0), eol("", 0)), ("\n", "\r", "\n"));
    }

    #[test]
    fn appends_behind_the_last_line() {
        for (old, new) in [
            ("a\n", "a\n\nX\n"),
            ("a", "a\n\nX"),
            ("a  \n\n\n", "a  \n\nX\n\n\n"),
            ("a\r\n", "a\r\n\r\nX\r\n"),
            ("", "X\n"),
            ("\u{feff}", "\u{feff}X\n"),
        ] {
            let mut edits = Edits::new(old).unwrap();
            edits.append(0..old.len(), "X");
            assert_eq!(edits.apply().unwrap(), new, "{old:?}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_edit() {
        let mut edits = Edits::new("abc").unwrap();
        edits.replace(0..2, "x");
        edits.replace(1..3, "y");
        assert!(edits.apply().is_err());
        assert_eq!(Edits::new("a\n<<<<<<< HEAD\n").unwrap_err().line, Some(2));
        assert!(Edits::new("```\na").is_err());
        assert!(text(b"\xff").is_err());
    }
}
