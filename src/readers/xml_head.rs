//! What an XML file is, by its first bytes, its root and the first elements below it.
//!
//! Works on files that are cut or broken further down: they are recognised first and refused by the
//! reader of their format, which can say more. HTML is not taken for XML.

use super::detect::XmlHead;
use super::encoding;
use super::error::ReadError;
use super::format::Limits;
use super::xml::{Cursor, Node};

/// Whether the bytes begin like XML. HTML does not: it is no report, and rarely well-formed.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let html = |name: &[u8]| bytes.len() >= name.len() && bytes[..name.len()].eq_ignore_ascii_case(name);
    match bytes {
        [0xff, 0xfe, rest @ ..] => begins_like_markup(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => begins_like_markup(rest, u16::from_be_bytes),
        [b'<', 0, ..] | [0, b'<', ..] => true,
        [b'<'] => true,
        [b'<', b, ..] => {
            (b.is_ascii_alphabetic() || matches!(b, b'_' | b':' | b'?' | b'!' | 0x80..))
                && !html(b"<!doctype html")
                && !html(b"<html")
        }
        _ => false,
    }
}

/// Whether UTF-16 begins with `<`: text and JSON may be written in it too.
fn begins_like_markup(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let mut units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    units.find(|unit| !matches!(unit, 0x09 | 0x0a | 0x0d | 0x20)) == Some(u16::from(b'<'))
}

/// How much of a file is read to find out what it is.
const WINDOW: usize = 1 << 16;

/// The root and the first elements, as far as the file goes.
///
/// # Errors
/// Whatever keeps the start tag of the root from being read.
pub(super) fn head(bytes: &[u8]) -> Result<XmlHead, ReadError> {
    if bytes.len() > WINDOW
        && let Ok(head) = head_of(&bytes[..WINDOW])
    {
        return Ok(head);
    }
    head_of(bytes)
}

fn head_of(bytes: &[u8]) -> Result<XmlHead, ReadError> {
    let limits = Limits::default();
    let text = encoding::xml(bytes)?;
    let mut xml = Cursor::new(&text, &limits, &[]);
    let mut head = XmlHead::default();
    if let Some(Node::Start(root)) = xml.next()? {
        head.root = root.to_owned();
        head.attributes =
            xml.attributes().map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
    }
    // What breaks later is told by the reader of the format, which knows more.
    while head.elements.len() < 16 {
        match xml.next() {
            Ok(Some(Node::Start(name))) => head.elements.push(name.to_owned()),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => break,
        }
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Code;

    #[test]
    fn a_cut_file_shows_as_much_as_it_has() {
        let text = "<?xml version='1.0'?><a:r x='1&amp;2' y=''><b><c/></b><d>";
        let whole = head(text.as_bytes()).unwrap();
        assert_eq!((whole.root.as_str(), whole.attribute("x")), ("r", Some("1&2")));
        assert_eq!(whole.elements, ["b", "c", "d"]);
        assert_eq!(head(&text.as_bytes()[..text.len() - 1]).unwrap().elements, ["b", "c"]);
        assert_eq!(head(b"<a:r x='1").unwrap_err().code, Code::Truncated);
        let broken = format!("<r><b/>{}", "\u{e4}<".repeat(WINDOW));
        assert_eq!(head(broken.as_bytes()).unwrap().elements, ["b"]);
    }

    #[test]
    fn html_and_conflict_marks_are_no_xml() {
        for no in ["<!DOCTYPE html><p>", " <html lang=en>", "<<<<<<< HEAD", "{}", "", "a < b"] {
            assert!(!looks_like(no.as_bytes()), "{no}");
        }
        for yes in ["<?xml", "\n<a>", "<", "\u{feff}<a/>", "<!-- x -->"] {
            assert!(looks_like(yes.as_bytes()), "{yes}");
        }
        assert!(looks_like(b"<\0a\0") && looks_like(b"\xff\xfe<\0") && looks_like(b"\xfe\xff\0\n\0<"));
        assert!(!looks_like(b"\xff\xfe{\0") && !looks_like(b"\xff\xfe"));
    }
}
