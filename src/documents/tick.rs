//! One item of the checklist: its box ticked or emptied, its state note set or removed. Outside the box
//! and the note every byte stays.

use super::edit::{EditError, Edits, settled};
use super::{items, plain};
use crate::model::checklist::{Checklist, Item, ItemState};
use crate::readers::checklist;
use std::ops::Range;

/// The checklist with the item at this index in another state.
///
/// # Errors
/// The text cannot be edited, there is no such item, or the result would not read as it should; nothing
/// is changed then.
pub fn set(text: &str, index: usize, state: &ItemState) -> Result<String, EditError> {
    let state = match state {
        ItemState::Blocked(why) => ItemState::Blocked(reason(why)?),
        other => other.clone(),
    };
    settled(text, |text| once(text, index, &state))
}

/// A reason as it can stand in a note: on one line, shown and not run.
///
/// # Errors
/// Nothing is said, or a parenthesis in it would end the note or keep it open.
pub fn reason(text: &str) -> Result<String, EditError> {
    let reason = plain::markdown(text);
    let mut depth = 0_i32;
    let closes = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0
    };
    let early = reason.chars().any(closes);
    match reason.is_empty() {
        true => Err(EditError::new("a blocked item says by what")),
        false if early || depth != 0 => {
            Err(EditError::new("the reason stands in parentheses: close those within it, or leave them out"))
        }
        false => Ok(reason),
    }
}

fn once(text: &str, index: usize, state: &ItemState) -> Result<String, EditError> {
    let old = checklist::read(text.as_bytes())?;
    let item = old.items.get(index).ok_or_else(|| EditError::new("the checklist has no such item"))?;
    if item.state == *state {
        return Ok(text.to_owned());
    }
    let mut edits = Edits::new(text)?;
    let inside = item.mark.start + 1..item.mark.end - 1;
    let was_done = item.state == ItemState::Done;
    if was_done != (*state == ItemState::Done) {
        edits.replace(inside, if was_done { " " } else { "x" });
    }
    let noted = match state {
        ItemState::Done | ItemState::Open => String::new(),
        ItemState::InProgress => " (in progress)".to_owned(),
        ItemState::Blocked(reason) => format!(" (blocked: {reason})"),
    };
    match words(text, item) {
        Some(words) => {
            let note = checklist::note(&text[words.clone()]);
            let place = note.map_or(words.end..words.end, |n| words.start + n.start..words.start + n.end);
            edits.replace(place, &noted);
        }
        None if noted.is_empty() => {}
        None => return Err(EditError::at(text, item.mark.start, "cannot edit this item; do it by hand")),
    }
    let new = edits.apply()?;
    check(&old, &new, index, state)?;
    Ok(new)
}

/// What was written reads as it was meant: that item in its new state, everything else as it was.
fn check(old: &Checklist, new: &str, index: usize, state: &ItemState) -> Result<(), EditError> {
    let new = checklist::read(new.as_bytes())?;
    let same = |(n, (a, b)): (usize, (&Item, &Item))| {
        let kept = a.text == b.text && a.milestone == b.milestone;
        kept && if n == index { b.state == *state } else { a.state == b.state }
    };
    let whole = old.items.len() == new.items.len() && old.headings.len() == new.headings.len();
    if whole && old.items.iter().zip(&new.items).enumerate().all(same) {
        return Ok(());
    }
    let line = old.items.get(index).map(|item| u64::from(item.line));
    let message = "the edited item would not be read as it was meant; edit this line by hand".to_owned();
    Err(EditError { message, line, conflict: false })
}

/// The bytes of an item's own text, comments at its end left out.
fn words(text: &str, item: &Item) -> Option<Range<usize>> {
    let all = items::read(text);
    let found = items::find(&all, item)?;
    let mut raw = &text[found.words.clone()];
    while let Some(at) = raw.strip_suffix("-->").and_then(|rest| rest.rfind("<!--")) {
        raw = raw[..at].trim_end();
    }
    Some(found.words.start..found.words.start + raw.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(reason: &str) -> ItemState {
        ItemState::Blocked(reason.to_owned())
    }

    #[test]
    fn sets_the_box_and_the_note() {
        for (old, state, new) in [
            ("- [ ] a\n", ItemState::Done, "- [x] a\n"),
            ("- [X] a\n", ItemState::Done, "- [X] a\n"),
            ("- [X] a\n", ItemState::Open, "- [ ] a\n"),
            ("- [ ] a  \r\n  b\r\n", ItemState::InProgress, "- [ ] a  \r\n  b (in progress)\r\n"),
            ("- [ ] a *(in\n  progress)*.\n", ItemState::Done, "- [x] a\n"),
            ("- [ ] a (in progress) <!-- c -->\n", blocked("x (y)"), "- [ ] a (blocked: x (y)) <!-- c -->\n"),
            ("\u{feff}1) [ ] a\u{2705}", blocked("a|b"), "\u{feff}1) [ ] a\u{2705} (blocked: a\\|b)"),
            ("- [x] a (blocked: x)\n", ItemState::Open, "- [ ] a\n"),
            ("- [ ]", ItemState::Done, "- [x]"),
        ] {
            assert_eq!(set(old, 0, &state).unwrap(), new, "{old:?}");
        }
    }

    #[test]
    fn refuses_what_would_be_read_otherwise() {
        assert!(set("- [ ] a\n", 1, &ItemState::Done).is_err());
        assert!(set("- [ ] a\n", 0, &blocked("a) b")).is_err());
        assert!(set("- [ ] a\n", 0, &blocked(" \n ")).is_err());
        assert!(set("```\n- [ ] a\n", 0, &ItemState::Done).is_err());
    }
}
