//! Text of people and tools on one line, and what becomes of characters that act on a reader
//! instead of being read.

/// Characters that are not seen: controls, format and bidirectional characters, zero-width ones, tags.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What becomes of what is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// Written as `\u{202e}`: for a reader who should know that it was there.
    Escaped,
    /// Gone, and a control leaves a blank, so that words do not grow together: for text that stays.
    Dropped,
}

/// The text on one line: white space folded, at both ends gone, and nothing unseen in it.
pub fn one_line(text: &str, unseen: Unseen) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() || unseen == Unseen::Dropped && c.is_control() {
            blank = true;
            continue;
        }
        let hidden = is_invisible(c);
        if hidden && unseen == Unseen::Dropped {
            continue;
        }
        if std::mem::take(&mut blank) && !out.is_empty() {
            out.push(' ');
        }
        if hidden {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_line_and_nothing_hidden() {
        let text = " \ta\u{0}b\u{202e}c \u{200b} d\u{2028}e\r\n";
        assert_eq!(one_line(text, Unseen::Dropped), "a bc d e");
        assert_eq!(one_line(text, Unseen::Escaped), "a\\u{0}b\\u{202e}c \\u{200b} d e");
        assert_eq!(one_line("\u{200b} \u{1}", Unseen::Dropped), "");
    }

    proptest! {
        #[test]
        fn a_line_is_a_line(text in ".{0,60}") {
            for unseen in [Unseen::Escaped, Unseen::Dropped] {
                let line = one_line(&text, unseen);
                prop_assert!(!line.chars().any(is_invisible) && line.lines().count() <= 1, "{line:?}");
                prop_assert_eq!(line.trim(), &line);
                prop_assert_eq!(one_line(&line, unseen), line);
            }
        }
    }
}
