//! Text reports: bytes to lines, with terminal escapes taken out, and places taken off their front.
//!
//! Readers of text account for every line that is not blank: a line that no rule knows is an error,
//! never skipped.

use super::detect::TextHead;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::Input;
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

/// The text of a report that must hold something.
pub(super) fn text<'a>(input: &Input<'a>) -> Result<Cow<'a, str>, ReadError> {
    let text = encoding::text(input.bytes)?;
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

/// Shows every line that holds something, and says the number of the last one; 0 if there is none.
pub(super) fn each(
    text: &str,
    mut take: impl FnMut(&Line<'_>) -> Result<(), ReadError>,
) -> Result<u64, ReadError> {
    filled(text).try_fold(0, |_, line| take(&line).map(|()| line.number))
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
        // A character set (rustfmt writes `(B`) is named by one more character.
        Some('(' | ')' | '*' | '+') => {
            chars.next();
            chars.as_str()
        }
        _ => chars.as_str(),
    }
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
    fn escapes_are_taken_out_even_when_cut() {
        for (line, plain) in [
            ("\x1b[1;31merror\x1b[0m: x", "error: x"),
            ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
            ("a\x1b[", "a"),
            ("a\x1b", "a"),
            ("a\x1b]0;t", "a"),
            ("\x1b(Bx", "x"),
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
}
