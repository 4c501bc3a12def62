//! Text of people and tools made harmless: on one line, in ASCII, in Markdown.

use crate::model::plain::{Unseen, one_line};
use std::fmt::Write as _;

/// The text on one line: white space folded, control, bidirectional and zero-width characters gone.
pub fn sanitize(text: &str) -> String {
    one_line(text, Unseen::Dropped)
}

/// The text on one line in printable ASCII; everything else as `\u{e9}`, a backslash doubled.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in sanitize(text).chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(c),
            // Writing into a String cannot fail.
            _ => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
        }
    }
    out
}

/// At most `limit` characters, with three dots where something was cut.
pub fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(3)).chain("...".chars()).collect(),
    }
}

/// The text on one line, shown as it is by a Markdown renderer, in running text and in table cells.
pub fn markdown(text: &str) -> String {
    let line = sanitize(text);
    let mut out = String::with_capacity(line.len() + 8);
    let mut before = ' ';
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let special = match c {
            '`' | '|' | '*' | '[' | ']' | '\\' | '~' | '&' => true,
            // Before a blank, `=` or a number it opens nothing.
            '<' => !matches!(chars.peek(), Some(' ' | '=' | '0'..='9')),
            '_' => !(word(before) && chars.peek().is_some_and(|next| word(*next))),
            '#' | '>' | '-' | '+' | '=' => out.is_empty(),
            // The marker of an ordered list.
            '.' | ')' => {
                chars.peek().is_none_or(|next| *next == ' ')
                    && (1..10).contains(&out.len())
                    && out.bytes().all(|b| b.is_ascii_digit())
            }
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// The words of Markdown text: escapes undone, a comment at the end left out, white space folded.
/// Other markup stays as it was written. Undoes [`markdown`].
pub fn words(raw: &str) -> String {
    let mut raw = raw.trim();
    let comment = |raw: &str| raw.ends_with("-->").then(|| raw.rfind("<!--")).flatten();
    while let Some(at) = comment(raw).filter(|at| !raw[..*at].ends_with('\\')) {
        raw = raw[..at].trim_end();
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_and_nothing_hidden() {
        assert_eq!(sanitize(" a\nb\r\n\tc\u{1b}[31m "), "a b c [31m");
        assert_eq!(sanitize("a\u{202e}b\u{200b}c\u{feff}\u{2028}d"), "abc d");
        assert_eq!(sanitize("Gr\u{fc}\u{df}e \u{2705}"), "Gr\u{fc}\u{df}e \u{2705}");
        assert_eq!(ascii("\u{e9}\\\n\u{2705}"), "\\u{e9}\\\\ \\u{2705}");
        assert_eq!(cut("abcdef", 5), "ab...");
        assert_eq!(cut("abcde", 5), "abcde");
    }

    #[test]
    fn markdown_is_shown_not_run() {
        for (text, safe) in [
            ("a|b", "a\\|b"),
            ("a < 5, a <b> <=", "a < 5, a \\<b> <="),
            ("# a # b", "\\# a # b"),
            ("<!-- milegate:end x -->", "\\<!-- milegate:end x -->"),
            ("`x` *y* [z](w)", "\\`x\\` \\*y\\* \\[z\\](w)"),
            ("snake_case _em_", "snake_case \\_em\\_"),
            ("1. a", "1\\. a"),
            ("5.1 a", "5.1 a"),
            ("a\n- b", "a - b"),
        ] {
            assert_eq!(markdown(text), safe);
            assert_eq!(words(safe), sanitize(text));
        }
    }
}
