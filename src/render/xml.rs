//! Text in XML, SVG and HTML: one line, harmless, and none of it markup.

use super::plain::clean;

/// On one line, as text or in quotes of either kind; what XML cannot hold is gone.
pub(super) fn escape(text: &str) -> String {
    escape_clean(&clean(text))
}

/// The same for text that is harmless already, blanks and all.
pub(super) fn escape_clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
