//! From the bytes of a report to text.
//!
//! Text and JSON are UTF-8, or UTF-16 with a byte order mark (a redirection in PowerShell writes
//! that). XML may besides be UTF-16 without a mark, told by how `<` lies in it, or whatever encoding
//! its declaration names (XML 1.0, appendix F, as far as reports need it). There is no guessing:
//! bytes that are not the text they claim to be are refused, since two readers would see two
//! different reports.
//!
//! Ignored on purpose: UTF-32 and EBCDIC, which no tool writes.

use super::error::{Code, ReadError};
use super::pieces::Damage;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far into a file an XML declaration is looked for.
const DECLARATION: usize = 256;

/// Decodes a report of text or JSON; a leading byte order mark is not part of the text.
///
/// # Errors
/// [`Code::Encoding`] at the first bad byte, [`Code::Truncated`] where the last character is cut.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    without_nul(marked(bytes).unwrap_or_else(|| utf_8(bytes))?)
}

/// Decodes JSON objects that a NUL character ends, one after the other; elsewhere no report has one.
///
/// # Errors
/// As [`text`].
pub(super) fn records(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = marked(bytes).unwrap_or_else(|| utf_8(bytes))?;
    let ended = |(at, _): &(usize, &str)| text[..*at].trim_end().ends_with('}');
    let stray = text.match_indices('\0').find(|found| !ended(found)).map(|(at, _)| at);
    stray.map_or(Ok(()), |at| Err(damaged(Damage::Nul, place(&text, at)))).map(|()| text)
}

/// Decodes a whole XML document in the same way, and by its declaration.
///
/// # Errors
/// As [`text`].
pub(super) fn xml(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    without_nul(match bytes {
        [b'<', 0, ..] => foreign(UTF_16LE, bytes)?,
        [0, b'<', ..] => foreign(UTF_16BE, bytes)?,
        _ => marked(bytes).unwrap_or_else(|| declared(bytes))?,
    })
}

/// Decodes what begins with a byte order mark.
fn marked(bytes: &[u8]) -> Option<Result<Cow<'_, str>, ReadError>> {
    let (encoding, length) = Encoding::for_bom(bytes)?;
    let rest = &bytes[length..];
    Some(if encoding == UTF_8 { utf_8(rest) } else { foreign(encoding, rest) })
}

/// The bytes of a text behind their mark, if they are to be UTF-8 and can be read in pieces.
pub(super) fn plain_text(bytes: &[u8]) -> Option<&[u8]> {
    match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding == UTF_8).then(|| &bytes[length..]),
        None => Some(bytes),
    }
}

/// The same of an XML document.
pub(super) fn plain_xml(bytes: &[u8]) -> Option<&[u8]> {
    let is_utf_8 = |label: &[u8]| {
        [&b"utf-8"[..], b"utf8", b"us-ascii", b"ascii"].iter().any(|name| label.eq_ignore_ascii_case(name))
    };
    match bytes {
        [b'<', 0, ..] | [0, b'<', ..] => None,
        _ if Encoding::for_bom(bytes).is_some() => plain_text(bytes),
        _ => label(bytes).is_none_or(is_utf_8).then_some(bytes),
    }
}

/// What keeps bytes from being text, at a line and column; the same words however they are read.
pub(super) fn damaged(damage: Damage, (line, column): (u64, u64)) -> ReadError {
    match damage {
        Damage::Cut => ReadError::new(Code::Truncated, "the file ends inside a character"),
        Damage::Bytes => ReadError::new(Code::Encoding, "the bytes are not UTF-8"),
        Damage::Nul => ReadError::new(Code::Encoding, "a NUL character, which no report has")
            .hint("a file in UTF-16 without a byte order mark looks like this"),
    }
    .at(line, Some(column))
}

/// The next step where an XML document names no encoding and is not UTF-8.
pub(super) fn unnamed(error: ReadError) -> ReadError {
    match error.code {
        Code::Encoding if error.hint.is_none() => error
            .hint("an XML report in another encoding must name it: <?xml version=\"1.0\" encoding=\"...\"?>"),
        _ => error,
    }
}

fn without_nul(text: Cow<'_, str>) -> Result<Cow<'_, str>, ReadError> {
    match text.find('\0') {
        None => Ok(text),
        Some(at) => Err(damaged(Damage::Nul, place(&text, at))),
    }
}

/// 1-based line and column of a byte offset.
pub(super) fn place(text: &str, offset: usize) -> (u64, u64) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line as u64, column as u64)
}

fn declared(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let Some(label) = label(bytes) else {
        return utf_8(bytes).map_err(unnamed);
    };
    // encoding_rs follows the Web, where ASCII means Windows-1252; here it means ASCII, hence UTF-8.
    if label.eq_ignore_ascii_case(b"us-ascii") || label.eq_ignore_ascii_case(b"ascii") {
        return utf_8(bytes);
    }
    let name =
        || String::from_utf8_lossy(label).chars().filter(|c| !c.is_control()).take(40).collect::<String>();
    match Encoding::for_label_no_replacement(label) {
        None => {
            Err(ReadError::new(Code::Encoding, format!("the encoding `{}` is not known", name())).at(1, None))
        }
        Some(encoding) if encoding == UTF_8 => utf_8(bytes),
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Err(ReadError::new(
            Code::Encoding,
            format!("the XML declaration says {}, but the bytes are not UTF-16", name()),
        )
        .at(1, None)),
        Some(encoding) => foreign(encoding, bytes),
    }
}

/// The value of `encoding` in the XML declaration.
fn label(bytes: &[u8]) -> Option<&[u8]> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
    let head = bytes[start..].strip_prefix(b"<?xml")?;
    let head = &head[..head.len().min(DECLARATION)];
    let head = &head[..head.windows(2).position(|w| w == b"?>")?];
    let key = b"encoding";
    let after = head.windows(key.len()).position(|w| w == key)? + key.len();
    let value = head[after..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    value.iter().position(|b| b == quote).map(|end| &value[..end])
}

fn utf_8(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let damage = if error.error_len().is_some() { Damage::Bytes } else { Damage::Cut };
        damaged(damage, place(&good, good.len()))
    })
}

fn foreign<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, ReadError> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        ReadError::new(Code::Encoding, format!("the bytes are not {}, or are cut", encoding.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    #[test]
    fn utf_16_with_and_without_a_mark() {
        let shown = "<a b=\"ä€\"/>";
        for little in [true, false] {
            assert_eq!(xml(&utf_16(shown, little)).unwrap(), shown);
            assert_eq!(xml(&utf_16(&format!("\u{feff}{shown}"), little)).unwrap(), shown);
            let bytes = utf_16(shown, little);
            assert_eq!(xml(&bytes[..bytes.len() - 1]).unwrap_err().code, Code::Encoding);
        }
    }

    #[test]
    fn declared_latin_1_is_decoded_and_bad_bytes_are_refused() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>";
        assert!(xml(latin).unwrap().ends_with("<a>ä</a>"));
        let error = xml(b"<a>\n\xe4</a>").unwrap_err();
        assert_eq!((error.code, error.line, error.column), (Code::Encoding, Some(2), Some(1)));
        assert_eq!(xml(b"<?xml version='1.0' encoding='UTF-16'?><a/>").unwrap_err().code, Code::Encoding);
        assert_eq!(xml(b"<?xml version='1.0' encoding='x-none'?><a/>").unwrap_err().code, Code::Encoding);
        assert_eq!(xml(b"<a>\xc3").unwrap_err().code, Code::Truncated);
        assert_eq!(xml(b"<a>\0</a>").unwrap_err().code, Code::Encoding);
    }

    #[test]
    fn utf_16_and_marks_are_read_and_other_bytes_refused() {
        let mut little = vec![0xff, 0xfe];
        little.extend("SF:é\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(text(&little).unwrap(), "SF:é\n");
        assert_eq!(text(b"\xef\xbb\xbfok").unwrap(), "ok");
        assert_eq!(text(b"a\nb\xff\n").unwrap_err().code, Code::Encoding);
        assert_eq!(text(b"a\nb\xff\n").unwrap_err().line, Some(2));
        assert_eq!(text(b"a\xc3").unwrap_err().code, Code::Truncated);
        assert_eq!(text(b"a\0b\0").unwrap_err().code, Code::Encoding);
        assert_eq!(text(&little[..little.len() - 1]).unwrap_err().code, Code::Encoding);
    }
}
