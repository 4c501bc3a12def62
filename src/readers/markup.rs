//! What stands inside XML tags and between `&` and `;`: attributes and references, without
//! allocation where nothing has to be replaced.
//!
//! Ignored on purpose: the normalisation of line breaks in attribute values.

use std::borrow::Cow;

/// Where the parts of one attribute lie in its tag.
pub(super) struct Attribute {
    /// Behind the name.
    pub(super) name_end: usize,
    /// The first byte of the value.
    pub(super) value: usize,
    /// The closing quotation mark.
    pub(super) end: usize,
    /// The value holds a `&`.
    pub(super) refers: bool,
}

impl Attribute {
    /// The attribute that begins at `from`: `name = "value"`.
    pub(super) fn at(tag: &[u8], from: usize) -> Option<Self> {
        let name_end = from + tag[from..].iter().position(|b| *b == b'=' || b.is_ascii_whitespace())?;
        let equals = skip_blanks(tag, name_end);
        if name_end == from || tag[from..name_end].contains(&b'"') || tag.get(equals) != Some(&b'=') {
            return None;
        }
        let open = skip_blanks(tag, equals + 1);
        let quote = *tag.get(open).filter(|b| matches!(b, b'"' | b'\''))?;
        let mut refers = false;
        for (i, byte) in tag.iter().enumerate().skip(open + 1) {
            match *byte {
                b if b == quote => return Some(Self { name_end, value: open + 1, end: i, refers }),
                b'&' => refers = true,
                // A lost quotation mark would swallow whole elements.
                b'<' => return None,
                _ => {}
            }
        }
        None
    }
}

/// The first byte from `from` on that is not blank.
pub(super) fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| !b.is_ascii_whitespace()).map_or(bytes.len(), |n| from + n)
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.bytes().rposition(|b| b == b':').map_or(name, |colon| &name[colon + 1..])
}

/// The character that a reference stands for: predefined, or by number and allowed in XML 1.0.
pub(super) fn reference(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |hex| (hex, 16));
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
            return (matches!(character, '\t' | '\n' | '\r') || character >= ' ')
                .then_some(character)
                .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'));
        }
    })
}

/// The first `&` of an attribute's value that is no reference.
pub(super) fn bad_reference(value: &str) -> Option<&str> {
    value.split('&').skip(1).find(|rest| rest.split_once(';').and_then(|(name, _)| reference(name)).is_none())
}

/// A raw value whose references have been checked, with the references resolved.
pub(super) fn resolve(raw: &str) -> Cow<'_, str> {
    let Some(first) = raw.find('&') else { return Cow::Borrowed(raw) };
    let mut text = String::with_capacity(raw.len());
    text.push_str(&raw[..first]);
    for part in raw[first..].split('&').skip(1) {
        let (name, rest) = part.split_once(';').unwrap_or(("", part));
        text.extend(reference(name));
        text.push_str(rest);
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_the_predefined_ones_and_characters_of_xml() {
        assert_eq!(resolve("a&lt;&#65;&#x42;&amp;lt;"), "a<AB&lt;");
        for bad in ["b", "#0", "#1", "#x1b", "#xD800", "#x110000", "#", "#x", "#+65", "", "LT", "#xFFFF"] {
            assert_eq!(reference(bad), None, "{bad}");
            assert!(bad_reference(&format!("&lt;&{bad};")).is_some(), "{bad}");
        }
        assert!(bad_reference("a & b").is_some());
        assert!(bad_reference("a &lt; b").is_none());
    }
}
