//! Hostile text made harmless for a terminal, and laid out in columns.
//!
//! Control characters, bidirectional overrides and invisible characters are shown as escapes, so
//! that a test name can neither move the cursor nor hide. A CI runner executes `##[command]`
//! anywhere in a line and `::command::` at its start: neither survives.

use crate::model::plain::{Unseen, one_line};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One line of harmless text: white space folded, everything invisible escaped.
pub fn clean(text: &str) -> String {
    let out = one_line(text, Unseen::Escaped).replace("##[", "##\\[").replace("##vso[", "##vso\\[");
    if out.starts_with("::") { format!("\\{out}") } else { out }
}

/// A line as it stands, blanks included, but harmless: for text of our own that quotes others.
pub fn verbatim(line: &str) -> String {
    let blanks: String = line.chars().take_while(|c| *c == ' ').collect();
    let rest = line[blanks.len()..].replace('\t', "    ");
    let words: Vec<String> = rest.split(' ').map(clean).collect();
    format!("{blanks}{}", words.join(" "))
}

/// Cut to `columns`, with an ellipsis where something was cut.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > columns {
            break;
        }
        out.push(c);
    }
    out + "…"
}

/// Filled up with blanks to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// `text` in lines of at most `columns`, broken at blanks where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').flat_map(|word| pieces(word, columns)) {
        if !line.is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    // A runner takes `::` at the start of any line for a command.
    lines.into_iter().map(|l| if l.starts_with("::") { format!("\\{l}") } else { l }).collect()
}

/// A word that is wider than a line, in pieces that fit; broken behind a `/`, `.`, `:` or `_` in the
/// second half of the line, if there is one, since long words are mostly paths and names.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = word;
    while rest.width() > columns {
        let fits = fitting(rest, columns);
        let joint = rest[..fits].rfind(['/', '.', ':', '_', '-']).map(|at| at + 1);
        let end = joint.filter(|end| rest[..*end].width() * 2 > columns).unwrap_or(fits);
        all.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    all.push(rest.to_owned());
    all
}

/// Bytes of the longest beginning that is at most `columns` wide; at least one character.
fn fitting(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let too_wide = |(at, c): (usize, char)| {
        used += c.width().unwrap_or(0);
        (used > columns && at > 0).then_some(at)
    };
    text.char_indices().find_map(too_wide).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plain::is_invisible;
    use proptest::prelude::*;

    #[test]
    fn nothing_acts_on_the_reader() {
        let hostile = "a\x1b[31mred\u{202e}txt\r\n::error::x ##[add-mask]y\u{200b}";
        assert_eq!(clean(hostile), "a\\u{1b}[31mred\\u{202e}txt ::error::x ##\\[add-mask]y\\u{200b}");
        assert_eq!(clean("::set-output name=x::y"), "\\::set-output name=x::y");
    }

    proptest! {
        #[test]
        fn lines_fit_and_hold_no_command(text in ".{0,200}", columns in 8usize..100) {
            for line in wrap(&clean(&text), columns) {
                prop_assert!(line.width() <= columns + 1, "{line:?}");
                prop_assert!(!line.trim_start().starts_with("::"));
                prop_assert!(!line.contains("##["));
                prop_assert!(!line.chars().any(is_invisible));
            }
        }
    }
}
