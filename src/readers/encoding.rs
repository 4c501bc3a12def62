//! From the bytes of an XML report to text: XML 1.0, appendix F, as far as reports need it.
//!
//! UTF-8 with or without a byte order mark, UTF-16 by its mark or by how `<` lies in it, and any
//! encoding that the XML declaration names. There is no guessing: bytes that are not the text they
//! claim to be are refused, since two readers would see two different reports.
//!
//! Ignored on purpose: UTF-32 and EBCDIC, which no test or coverage tool writes.

use super::error::{Code, ReadError};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// How far into a file an XML declaration is looked for.
const DECLARATION: usize = 256;

/// Decodes a whole XML document; a leading byte order mark is not part of the text.
///
/// # Errors
/// [`Code::Encoding`] at the first bad byte, [`Code::Truncated`] where the last character is cut.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = match bytes {
        _ if bytes.starts_with(UTF_8_MARK) => utf_8(&bytes[UTF_8_MARK.len()..])?,
        [0xff, 0xfe, rest @ ..] => foreign(UTF_16LE, rest)?,
        [0xfe, 0xff, rest @ ..] => foreign(UTF_16BE, rest)?,
        [b'<', 0, ..] => foreign(UTF_16LE, bytes)?,
        [0, b'<', ..] => foreign(UTF_16BE, bytes)?,
        _ => declared(bytes)?,
    };
    if let Some(at) = text.as_bytes().contains(&0).then(|| text.find('\0').unwrap_or(0)) {
        let (line, column) = place(&text, at);
        return Err(ReadError::new(Code::Encoding, "the text holds a NUL character").at(line, Some(column)));
    }
    Ok(text)
}

/// The bytes without their mark if they are UTF-8, or say so; then a document can be read in pieces.
pub(super) fn plain(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => return None,
        _ => {}
    }
    if let Some(rest) = bytes.strip_prefix(UTF_8_MARK) {
        return Some(rest);
    }
    let is_utf_8 = |label: &[u8]| {
        [&b"utf-8"[..], b"utf8", b"us-ascii", b"ascii"].iter().any(|name| label.eq_ignore_ascii_case(name))
    };
    label(bytes).is_none_or(is_utf_8).then_some(bytes)
}

/// The error for bytes that are no UTF-8.
pub(super) fn not_utf_8() -> ReadError {
    ReadError::new(Code::Encoding, "the bytes are not UTF-8")
        .hint("an XML report in another encoding must name it: <?xml version=\"1.0\" encoding=\"...\"?>")
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
    let Some(label) = label(bytes) else { return utf_8(bytes) };
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
        let (line, column) = place(&good, good.len());
        match error.error_len() {
            None => ReadError::new(Code::Truncated, "the file ends inside a character"),
            Some(_) => not_utf_8(),
        }
        .at(line, Some(column))
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
        let text = "<a b=\"ä€\"/>";
        for little in [true, false] {
            assert_eq!(decode(&utf_16(text, little)).unwrap(), text);
            assert_eq!(decode(&utf_16(&format!("\u{feff}{text}"), little)).unwrap(), text);
            let bytes = utf_16(text, little);
            assert_eq!(decode(&bytes[..bytes.len() - 1]).unwrap_err().code, Code::Encoding);
        }
    }

    #[test]
    fn declared_latin_1_is_decoded_and_bad_bytes_are_refused() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>";
        assert!(decode(latin).unwrap().ends_with("<a>ä</a>"));
        let error = decode(b"<a>\n\xe4</a>").unwrap_err();
        assert_eq!((error.code, error.line, error.column), (Code::Encoding, Some(2), Some(1)));
        assert_eq!(decode(b"<?xml version='1.0' encoding='UTF-16'?><a/>").unwrap_err().code, Code::Encoding);
        assert_eq!(decode(b"<?xml version='1.0' encoding='x-none'?><a/>").unwrap_err().code, Code::Encoding);
        assert_eq!(decode(b"<a>\xc3").unwrap_err().code, Code::Truncated);
        assert_eq!(decode(b"<a>\0</a>").unwrap_err().code, Code::Encoding);
    }
}
