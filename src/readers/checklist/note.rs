//! The state note at an item's end: `(in progress: ada)`, `*(blocked: no machine; since 2026-11-03)*`.

use crate::model::checklist::ItemState;
use std::ops::Range;

/// An item's text without its note, and the state the note gives.
pub(super) struct Noted {
    pub(super) text: String,
    pub(super) state: Option<ItemState>,
}

/// Takes the note off the end of an item's source text, and folds its white space.
pub(super) fn split(source: &str) -> Noted {
    let text = source.split_whitespace().collect::<Vec<_>>().join(" ");
    match find(&text) {
        Some((start, state)) => Noted { text: text[..start].trim_end().to_owned(), state: Some(state) },
        None => Noted { text, state: None },
    }
}

/// Where the note stands in an item's source text, markup and the blanks before it included.
pub fn note(source: &str) -> Option<Range<usize>> {
    let text = source.trim_end();
    let (start, _) = find(text)?;
    Some(text[..start].trim_end().len()..text.len())
}

/// Where the note starts, markup included, and what it says.
fn find(text: &str) -> Option<(usize, ItemState)> {
    let bare = text.trim_end_matches('.').trim_end_matches(['*', '_']);
    let inner_end = bare.strip_suffix(')')?.len();
    let open = opening(&bare[..inner_end])?;
    let state = state(&bare[open + 1..inner_end])?;
    let before = &text[..open];
    Some((before.trim_end_matches(['*', '_']).len(), state))
}

/// The parenthesis that belongs to the one the text ends before.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 1usize;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn state(inner: &str) -> Option<ItemState> {
    let folded = inner.split_whitespace().collect::<Vec<_>>().join(" ");
    let inner = folded.as_str();
    let after = |word: &str| {
        let head = inner.get(..word.len()).filter(|h| h.eq_ignore_ascii_case(word))?;
        let rest = &inner[head.len()..];
        (!rest.starts_with(|c: char| c.is_alphanumeric())).then_some(rest)
    };
    if after("in progress").or_else(|| after("in-progress")).is_some() {
        return Some(ItemState::InProgress);
    }
    let reason = after("blocked")?.trim_start_matches([':', ',', ';', ' ', '-', '\u{2013}', '\u{2014}']);
    Some(ItemState::Blocked(reason.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_sets_the_state() {
        let blocked = |reason: &str| Some(ItemState::Blocked(reason.to_owned()));
        for (source, text, state) in [
            ("write it", "write it", None),
            ("write\n  it (In Progress)", "write it", Some(ItemState::InProgress)),
            ("a *(in progress: ada, since 2026-11-02)*", "a", Some(ItemState::InProgress)),
            ("a **(blocked: no box (yet))**.", "a", blocked("no box (yet)")),
            ("a _(blocked: x; since 2026-11-12)_", "a", blocked("x; since 2026-11-12")),
            ("a (blocked)", "a", blocked("")),
            ("a (in progressive steps)", "a (in progressive steps)", None),
            ("a (blocked: x) and more", "a (blocked: x) and more", None),
            ("a b)", "a b)", None),
            ("(blocked: x)", "", blocked("x")),
        ] {
            let noted = split(source);
            assert_eq!((noted.text.as_str(), noted.state), (text, state), "{source}");
        }
    }
}
