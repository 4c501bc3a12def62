//! Text reports: bytes to lines, with terminal escapes taken out, and places taken off their front.
//!
//! A report is UTF-8, or UTF-16 with a byte order mark (a redirection in PowerShell writes that);
//! anything else is refused, since two readers would see two things in it. Readers of text account
//! for every line that is not blank: a line that no rule knows is an error, never skipped.

use super::detect::TextHead;
use super::error::{Code, ReadError};
use super::format::Input;
use super::pieces::Damage;
use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

/// Most lines of a head that detection looks at.
const HEAD_FIRST: usize = 200;
/// Most lines of the end that detection looks at.
const HEAD_LAST: usize = 20;

/// One line of a text report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// 1-based.
    pub(super) number: u64,
    /// Without its line end and without terminal escapes.
    pub(super) text: Cow<'a, str>,
    /// It has a line end: a line without one may have been longer.
    pub(super) ended: bool,
}

/// The text of a file, without byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding != UTF_8 => encoding
            .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
            .ok_or_else(|| ReadError::new(Code::Encoding, format!("not valid {}", encoding.name())))?,
        mark => Cow::Borrowed(utf8(&bytes[mark.map_or(0, |(_, length)| length)..])?),
    };
    if let Some(at) = text.find('\0') {
        let line = line_of(&text.as_bytes()[..at]);
        return Err(damaged(Damage::Nul, line));
    }
    Ok(text)
}

/// The bytes without their mark if they are UTF-8; then a report can be read in pieces.
pub(super) fn plain(bytes: &[u8]) -> Option<&[u8]> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != UTF_8 => None,
        mark => Some(&bytes[mark.map_or(0, |(_, length)| length)..]),
    }
}

/// The error for a line that is no text; the same words as for a report that is decoded as a whole.
pub(super) fn damaged(damage: Damage, line: u64) -> ReadError {
    match damage {
        Damage::Bytes => ReadError::new(Code::Encoding, "not valid UTF-8").at(line, None),
        Damage::Cut => ReadError::new(Code::Truncated, "stops inside a character").at(line, None),
        Damage::Nul => ReadError::new(Code::Encoding, "a NUL character, which no text report has")
            .at(line, None)
            .hint("a file in UTF-16 without a byte order mark looks like this"),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = line_of(&bytes[..error.valid_up_to()]);
        match error.error_len() {
            Some(_) => damaged(Damage::Bytes, line),
            None => damaged(Damage::Cut, line),
        }
    })
}

/// The 1-based line that begins after `bytes`' last line end.
fn line_of(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64 + 1
}

/// The text of a report that must hold something.
pub(super) fn text<'a>(input: &Input<'a>) -> Result<Cow<'a, str>, ReadError> {
    let text = decode(input.bytes)?;
    if text.trim().is_empty() {
        return Err(ReadError::new(Code::Empty, "the file is empty"));
    }
    Ok(text)
}

/// All lines, blank ones too.
pub(super) fn all(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').zip(1..).map(|(raw, number)| {
        let body = raw.strip_suffix('\n');
        let ended = body.is_some();
        let body = body.unwrap_or(raw);
        Line { number, text: strip(body.strip_suffix('\r').unwrap_or(body)), ended }
    })
}

/// The lines that hold something.
pub(super) fn filled(text: &str) -> impl Iterator<Item = Line<'_>> {
    all(text).filter(|line| !line.text.trim().is_empty())
}

/// The head of a text, for detection.
pub(super) fn head(text: &str) -> TextHead<'_> {
    let first = filled(text).take(HEAD_FIRST).map(|line| line.text).collect();
    let ends = text.rsplit('\n').map(|raw| strip(raw.strip_suffix('\r').unwrap_or(raw)));
    let mut last: Vec<_> = ends.filter(|line| !line.trim().is_empty()).take(HEAD_LAST).collect();
    last.reverse();
    TextHead { first, last }
}

/// Takes terminal escapes out: colours, cursor movements, titles and links.
fn strip(line: &str) -> Cow<'_, str> {
    if !line.contains('\x1b') {
        return Cow::Borrowed(line);
    }
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after_escape(escape);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// What follows an escape sequence, given what follows its first character; nothing if it is cut.
fn after_escape(sequence: &str) -> &str {
    let mut chars = sequence.chars();
    match chars.next() {
        // Parameters, then one final byte.
        Some('[') => match chars.as_str().find(|c: char| ('@'..='~').contains(&c)) {
            Some(end) => &chars.as_str()[end + 1..],
            None => "",
        },
        // A title or a link, up to a bell or a string terminator.
        Some(']') => match chars.as_str().find(['\x07', '\x1b']) {
            Some(end) => chars.as_str()[end + 1..].trim_start_matches('\\'),
            None => "",
        },
        _ => chars.as_str(),
    }
}

/// A piece of a report for a message: in back quotes, without control characters, cut.
pub(super) fn quote(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut chars = text.trim().chars().filter(|c| !c.is_control());
    let shown: String = chars.by_ref().take(SHOWN).collect();
    let more = if chars.next().is_some() { "..." } else { "" };
    format!("`{shown}{more}`")
}

/// Refuses a line that no rule of the format knows. If it is the first one, the file is something
/// else altogether.
pub(super) fn unknown(line: &Line<'_>, first: bool, what: &str) -> ReadError {
    let code = if first { Code::WrongFormat } else { Code::Malformed };
    ReadError::new(code, format!("{} is not a line of {what}", quote(&line.text))).at(line.number, None)
}

/// Refuses a report without its closing line.
pub(super) fn unclosed(what: &str, last: u64) -> ReadError {
    ReadError::new(Code::Truncated, format!("the closing line of {what} is missing")).at(last, None)
}

/// A text that begins with a place: `path:line: rest`, `path:line:column: rest`, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Located<'a> {
    /// Everything before the first number.
    pub(super) path: &'a str,
    /// First number.
    pub(super) line: u32,
    /// Second number.
    pub(super) column: Option<u32>,
    /// How many numbers there are.
    pub(super) numbers: usize,
    /// After the colon and the space.
    pub(super) rest: &'a str,
}

/// Takes a place off the front of a line. The path may hold colons (`C:\x.py`): the first colon
/// that numbers and `: ` follow ends it. An annotation (`::error file=x.py::x.py:3: ...`) is no path.
pub(super) fn located(text: &str) -> Option<Located<'_>> {
    if text.starts_with("::") {
        return None;
    }
    text.match_indices(':').filter(|(at, _)| *at > 0).find_map(|(at, _)| {
        let mut rest = &text[at..];
        let (mut line, mut column, mut numbers) = (None, None, 0);
        // No tool writes more than four; without a bound a line of colons would cost its square.
        while let Some((number, after)) = rest.strip_prefix(':').filter(|_| numbers < 5).and_then(number) {
            match numbers {
                0 => line = Some(number),
                1 => column = Some(number),
                _ => {}
            }
            numbers += 1;
            rest = after;
        }
        let rest = rest.strip_prefix(": ")?;
        Some(Located { path: &text[..at], line: line?, column, numbers, rest })
    })
}

/// Takes a number off the front.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<(T, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// Takes `N noun` or `N nouns` off the front; the number and the noun must agree, so that a cut
/// through the plural is seen.
pub(super) fn counted<'a>(text: &'a str, noun: &str) -> Option<(u64, &'a str)> {
    let (count, rest) = number::<u32>(text)?;
    let rest = rest.strip_prefix(' ')?.strip_prefix(noun)?;
    Some((count.into(), if count == 1 { rest } else { rest.strip_prefix('s')? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_and_marks_are_read_and_other_bytes_refused() {
        let mut little = vec![0xff, 0xfe];
        little.extend("SF:é\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&little).unwrap(), "SF:é\n");
        assert_eq!(decode(b"\xef\xbb\xbfok").unwrap(), "ok");
        assert_eq!(decode(b"a\nb\xff\n").unwrap_err().code, Code::Encoding);
        assert_eq!(decode(b"a\nb\xff\n").unwrap_err().line, Some(2));
        assert_eq!(decode(b"a\xc3").unwrap_err().code, Code::Truncated);
        assert_eq!(decode(b"a\0b\0").unwrap_err().code, Code::Encoding);
        assert_eq!(decode(&little[..little.len() - 1]).unwrap_err().code, Code::Encoding);
    }

    #[test]
    fn escapes_are_taken_out_even_when_cut() {
        for (line, plain) in [
            ("\x1b[1;31merror\x1b[0m: x", "error: x"),
            ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
            ("a\x1b[", "a"),
            ("a\x1b", "a"),
            ("a\x1b]0;t", "a"),
            ("\x1b(Bx", "Bx"),
        ] {
            assert_eq!(strip(line), plain, "{line:?}");
        }
    }

    #[test]
    fn places_end_at_the_first_colon_that_numbers_follow() {
        let found = located(r"C:\a b\x.py:3:4: E501 too long (1:2: x)").unwrap();
        assert_eq!((found.path, found.line, found.column), (r"C:\a b\x.py", 3, Some(4)));
        assert_eq!(found.rest, "E501 too long (1:2: x)");
        assert_eq!(located("x.py:1: [E1] m").unwrap().numbers, 1);
        for text in [
            "x.py",
            "x.py:1:",
            "x.py:1:2:",
            ":1: x",
            "x.py:99999999999: y",
            "x.py: error: y",
            "::error file=x::x.py:1: E",
        ] {
            assert_eq!(located(text), None, "{text}");
        }
    }

    #[test]
    fn lines_know_their_number_and_end() {
        let lines: Vec<_> = filled("\na\r\n \nb").collect();
        assert_eq!((lines[0].number, &*lines[0].text, lines[0].ended), (2, "a", true));
        assert_eq!((lines[1].number, &*lines[1].text, lines[1].ended), (4, "b", false));
        let head = head("\na\r\n \nb");
        assert_eq!((head.first.len(), head.last.len(), &*head.last[1]), (2, 2, "b"));
    }

    #[test]
    fn plurals_agree_with_their_number() {
        assert_eq!(counted("2 files x", "file"), Some((2, " x")));
        assert_eq!(counted("1 file", "file"), Some((1, "")));
        assert_eq!(counted("2 file", "file"), None);
    }

    #[test]
    fn quotes_are_cut_and_harmless() {
        assert_eq!(quote("a\x07\x1b[2J"), "`a[2J`");
        assert_eq!(quote(&"x".repeat(100)).len(), 65);
    }
}
