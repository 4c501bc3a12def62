//! What a person takes for a checkbox and no parser does: `[~]`, `[]`, `[x]a`, boxes in HTML.

/// The thing like a box at the start of a text, if one stands there.
pub(super) fn inline(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let close = inner.char_indices().take(4).find(|(_, c)| *c == ']')?.0;
    let content = &inner[..close];
    let like = content.chars().all(|c| !c.is_alphanumeric() || matches!(c, 'x' | 'X'))
        && content.chars().filter(|c| !c.is_whitespace()).count() <= 1
        && !content.contains(['\n', '\r', '^', '[']);
    // A link is no box.
    let link = inner[close + 1..].starts_with(['(', '[', ':']);
    (like && !link).then(|| &text[..close + 2])
}

/// Where in a block of HTML or indented code the first line with a box begins. Comments and
/// examples in `<pre>` are meant not to count.
pub(super) fn block(text: &str) -> Option<usize> {
    // A comment takes the rest of its line with it, and a box that stands there.
    let behind = text.trim_start().strip_prefix("<!--").and_then(|t| t.split_once("-->"));
    if behind.is_some_and(|(_, rest)| inline(rest.trim_start()).is_some()) {
        return Some(0);
    }
    let head = text.trim_start().to_ascii_lowercase();
    if ["<!--", "<pre", "<script", "<style", "<textarea", "<?", "<!["].iter().any(|h| head.starts_with(h)) {
        return None;
    }
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let bare = line.trim_start();
        let boxed = bare
            .strip_prefix(['-', '*', '+'])
            .map(str::trim_start)
            .is_some_and(|b| ["[ ]", "[x]", "[X]"].iter().any(|mark| b.starts_with(mark)));
        if boxed {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// cmark-gfm looks for `[x]` anywhere in the line of an open box, and shows it ticked.
pub(super) fn ticked_inside(text: &str) -> bool {
    text.contains("[x]") || text.contains("[X]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_looks_like_a_box() {
        for yes in ["[~] a", "[-]", "[]", "[  ] a", "[\u{a0}] a", "[x]a", "[ ] a", "[\u{2713}] a", "[ x] a"] {
            assert!(inline(yes).is_some(), "{yes}");
        }
        for no in ["[1] a", "[^] a", "[x](y)", "[x][y]", "[x]: y", "[a] b", "text", "[", "[abcd]"] {
            assert!(inline(no).is_none(), "{no}");
        }
        assert_eq!(block("<div>\n- [ ] a\n"), Some(6));
        assert_eq!(block("<!--\n- [ ] a\n-->"), None);
    }
}
