//! What stands inside XML tags and between `&` and `;`: attributes and references, without
//! allocation where nothing has to be replaced.
//!
//! Ignored on purpose: the normalisation of line breaks in attribute values.

use std::borrow::Cow;

/// Where the parts of one attribute lie.
pub(super) struct Attribute {
    /// The beginning of the name as a number: nearly all names are told apart by it.
    key: u64,
    /// The first byte of the name.
    pub(super) name: usize,
    /// Behind the name.
    pub(super) name_end: usize,
    /// The first byte of the value.
    pub(super) value: usize,
    /// The closing quotation mark.
    pub(super) end: usize,
    /// The value holds references, which have been checked.
    pub(super) refers: bool,
}

impl Attribute {
    /// Whether the names of two attributes of one text are the same.
    pub(super) fn is_named_as(&self, other: &Self, text: &[u8]) -> bool {
        self.key == other.key && self.is_named(&text[other.name..other.name_end], other.key, text)
    }

    /// Whether this is the name of the attribute; `key` is that of the name.
    #[inline]
    pub(super) fn is_named(&self, name: &[u8], key: u64, text: &[u8]) -> bool {
        self.key == key
            && self.name_end - self.name == name.len()
            && (name.len() <= 8 || text[self.name..self.name_end] == *name)
    }

    /// An attribute of a tag whose name another one of it has.
    pub(super) fn repeated<'t>(given: &'t [Self], text: &[u8]) -> Option<&'t Self> {
        if given.len() <= 16 {
            let before = |at: usize| given[..at].iter().any(|before| before.is_named_as(&given[at], text));
            return (1..given.len()).find(|at| before(*at)).map(|at| &given[at]);
        }
        let name = |of: &Self| &text[of.name..of.name_end];
        let mut sorted: Vec<&Self> = given.iter().collect();
        sorted.sort_unstable_by_key(|of| name(of));
        sorted.windows(2).find(|pair| name(pair[0]) == name(pair[1])).map(|pair| pair[0])
    }

    /// The attribute that begins at `from`: `name = "value"`.
    pub(super) fn at(tag: &[u8], from: usize) -> Option<Self> {
        let name_end = from + tag[from..].iter().position(|b| *b == b'=' || is_blank(*b))?;
        let equals = skip_blanks(tag, name_end);
        let odd = |b: &u8| *b < b' ' || matches!(b, b'"' | b'\'' | b'<' | b'&');
        if name_end == from || tag[from..name_end].iter().any(odd) || tag.get(equals) != Some(&b'=') {
            return None;
        }
        let open = skip_blanks(tag, equals + 1);
        let quote = *tag.get(open).filter(|b| matches!(b, b'"' | b'\''))?;
        let mut refers = false;
        for (i, byte) in tag.iter().enumerate().skip(open + 1) {
            match *byte {
                b if b == quote => {
                    let key = key(tag, from, name_end);
                    return Some(Self { key, name: from, name_end, value: open + 1, end: i, refers });
                }
                b'&' => refers = true,
                // A lost quotation mark would swallow whole elements.
                b'<' => return None,
                _ => {}
            }
        }
        None
    }
}

/// The first eight bytes of the name in `bytes[from..to]`, the rest zero.
#[inline]
pub(super) fn key(bytes: &[u8], from: usize, to: usize) -> u64 {
    let length = to - from;
    match bytes.get(from..from + 8).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes) {
        Some(eight) if length < 8 => eight & ((1 << (length * 8)) - 1),
        Some(eight) => eight,
        None => bytes[from..to.min(from + 8)].iter().rev().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    }
}

/// A start tag.
pub(super) struct Tag {
    /// Behind its name.
    pub(super) name_end: usize,
    /// Its name has no prefix.
    pub(super) plain: bool,
    /// It is an empty element.
    pub(super) empty: bool,
    /// Behind its `>`.
    pub(super) end: usize,
}

impl Tag {
    /// Takes apart the tag of which the name begins at `from`, if it is as nearly all tags are: the
    /// name of ordinary characters without prefix, one blank, `name="value"`. `None` says nothing.
    ///
    /// Tags resemble the ones before: names that stood at the same place last time are in `usual`.
    #[inline]
    pub(super) fn plain(
        text: &str,
        from: usize,
        attributes: &mut Vec<Attribute>,
        usual: &mut Usual,
    ) -> Option<Self> {
        let bytes = text.as_bytes();
        let name_end = usual.name(bytes, from, 0)?.1;
        if !bytes[from].is_ascii_alphabetic() {
            return None;
        }
        let mut at = name_end;
        loop {
            let blank = is_blank(*bytes.get(at)?);
            at += usize::from(blank);
            match *bytes.get(at)? {
                b'>' => return Some(Self { name_end, plain: true, empty: false, end: at + 1 }),
                b'/' if bytes.get(at + 1) == Some(&b'>') => {
                    return Some(Self { name_end, plain: true, empty: true, end: at + 2 });
                }
                b if blank && is_plain(b) => {}
                _ => return None,
            }
            let name = at;
            let (key, name_end) = usual.name(bytes, name, attributes.len() + 1)?;
            let [b'=', quote @ (b'"' | b'\''), ..] = bytes[name_end..] else { return None };
            let value = name_end + 2;
            let (mut end, mut refers) = (value, false);
            loop {
                end += value_end(&bytes[end..], quote)?;
                match bytes[end] {
                    byte if byte == quote => break,
                    b'<' => return None,
                    byte => refers |= byte == b'&',
                }
                end += 1;
            }
            if refers && bad_reference(&text[value..end]).is_some() {
                return None;
            }
            attributes.push(Attribute { key, name, name_end, value, end, refers });
            at = end + 1;
        }
    }
}

/// The names of the tag and of its first attributes as they were lately: their keys, and one byte of
/// the mask for each byte of a name of less than eight.
#[derive(Default)]
pub(super) struct Usual([(u64, u64, usize); 5]);

impl Usual {
    /// Key and end of the plain name that begins at `from`; `None` if the bytes end in it.
    #[inline]
    fn name(&mut self, bytes: &[u8], from: usize, place: usize) -> Option<(u64, usize)> {
        let eight = bytes.get(from..from + 8).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes);
        if let (Some(eight), Some((usual, mask, length))) = (eight, self.0.get(place))
            && *length > 0
            && eight & mask == *usual
            && bytes.get(from + length).is_some_and(|next| !is_plain(*next))
        {
            return Some((*usual, from + length));
        }
        let length = bytes[from..].iter().position(|b| !is_plain(*b))?;
        let key = key(bytes, from, from + length);
        if let Some(usual) = self.0.get_mut(place).filter(|_| length < 8) {
            *usual = (key, (1 << (length * 8)) - 1, length);
        }
        Some((key, from + length))
    }
}

/// The `>` of the tag that `from` is inside of; one in quotation marks is not it.
pub(super) fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut quote = None;
    for i in memchr::memchr3_iter(b'>', b'"', b'\'', &bytes[from..]) {
        let byte = bytes[from + i];
        match quote {
            Some(open) if open == byte => quote = None,
            Some(_) => {}
            None if byte == b'>' => return Some(from + i),
            None => quote = Some(byte),
        }
    }
    None
}

/// What stands between the parts of a tag.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The first byte from `from` on that is not blank.
pub(super) fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| !is_blank(*b)).map_or(bytes.len(), |n| from + n)
}

/// A character of an ordinary name.
fn is_plain(byte: u8) -> bool {
    CLASS[usize::from(byte)] & PLAIN != 0
}

/// The next byte at which a value ends or needs a closer look. Most values are shorter than what it
/// takes to begin a search of many bytes at once.
#[inline]
fn value_end(bytes: &[u8], quote: u8) -> Option<usize> {
    const SHORT: usize = 8;
    let ends = |byte: &u8| CLASS[usize::from(*byte)] & VALUE != 0;
    let (short, long) = bytes.split_at(bytes.len().min(SHORT));
    short.iter().position(ends).or_else(|| memchr::memchr3(quote, b'<', b'&', long).map(|at| SHORT + at))
}

const PLAIN: u8 = 1;
const VALUE: u8 = 2;

/// What each byte is: one look instead of several comparisons.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => PLAIN,
            b'"' | b'\'' | b'<' | b'&' => VALUE,
            _ => 0,
        };
        byte += 1;
    }
    class
};

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
