//! What stands behind the words of an entry: `(dependency, since 2026-11-23 17:30 UTC)` while it is
//! open, `Resolved 2026-11-24: how` once it is not; and what stands where there is no entry at all.

use crate::documents::plain;
use crate::model::register::{DEPENDENT, TECHNICAL};
use crate::model::since::Since;
use jiff::civil::Date;

/// The remarks in parentheses at the end of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Note {
    /// Whose blocker it is.
    pub(super) kind: Option<&'static str>,
    /// Since when it stands there.
    pub(super) since: Option<Since>,
    /// The day by which it is wanted.
    pub(super) due: Option<Date>,
}

impl Note {
    /// Words and note; parentheses that say anything else belong to the words.
    pub(super) fn split(raw: &str) -> (&str, Self) {
        let whole = raw.trim_end();
        let inner = whole.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
        match inner.and_then(|(words, inner)| Some((words, Self::parse(inner)?))) {
            Some((words, note)) => (words.trim_end(), note),
            None => (whole, Self::default()),
        }
    }

    fn parse(inner: &str) -> Option<Self> {
        let mut note = Self::default();
        for part in inner.split(',') {
            let part = plain::words(part);
            let (word, rest) = part.split_once(' ').unwrap_or((&part, ""));
            match (word.to_lowercase().as_str(), rest) {
                (TECHNICAL, "") => note.kind = Some(TECHNICAL),
                (DEPENDENT, "") => note.kind = Some(DEPENDENT),
                ("since", when) => note.since = Some(when.parse().ok()?),
                ("due", day) => note.due = Some(day.parse().ok()?),
                _ => return None,
            }
        }
        Some(note)
    }

    /// The note with a blank before it; nothing if it says nothing. A technical blocker is the usual one.
    pub(super) fn text(&self) -> String {
        let kind = self.kind.filter(|kind| *kind != TECHNICAL).map(str::to_owned);
        let since = self.since.map(|since| format!("since {since}"));
        let due = self.due.map(|due| format!("due {due}"));
        let parts: Vec<_> = [kind, since, due].into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    }
}

const RESOLVED: &str = "Resolved ";

/// The words of an entry, and whether it says that it is resolved: `~~words~~ Resolved 2026-11-24: how`.
pub(super) fn closed(raw: &str) -> (&str, bool) {
    let whole = raw.trim();
    for (at, _) in whole.match_indices(RESOLVED) {
        let (words, rest) = (&whole[..at], &whole[at + RESOLVED.len()..]);
        let day = rest.get(..10).is_some_and(|day| day.parse::<Date>().is_ok());
        let ends = day && matches!(rest.as_bytes().get(10), None | Some(b':' | b'.' | b';' | b' ' | b')'));
        if ends && (words.is_empty() || words.ends_with(' ')) {
            return (unstruck(words.trim()).unwrap_or(words.trim()), true);
        }
    }
    unstruck(whole).map_or((whole, false), |words| (words, true))
}

/// What is struck out as a whole.
pub(super) fn unstruck(raw: &str) -> Option<&str> {
    let inner = raw.strip_prefix("~~")?.strip_suffix("~~")?;
    (!inner.is_empty() && !inner.contains("~~")).then_some(inner)
}

/// `Resolved 2026-11-24: how`.
pub(super) fn resolution(on: Date, how: &str) -> String {
    let how = plain::markdown(how);
    if how.is_empty() { format!("{RESOLVED}{on}") } else { format!("{RESOLVED}{on}: {how}") }
}

/// The text struck out, as far as it can be: marks of the same kind in it would end the stroke.
pub(super) fn struck(raw: &str) -> String {
    if raw.contains('~') || raw.is_empty() { raw.to_owned() } else { format!("~~{raw}~~") }
}

/// Words of the template that wait for a person's: `[Description]`, `[High/Med/Low]`, `✅/❌`.
pub(in crate::documents) fn is_placeholder(raw: &str) -> bool {
    let mut rest = raw.trim();
    if !rest.starts_with('[') || rest.contains("](") {
        return rest == "\u{2705}/\u{274c}";
    }
    // `[Issue description] - [Resolution plan]`
    while let Some(inner) = rest.strip_prefix('[') {
        let Some((words, behind)) = inner.split_once(']') else { return false };
        if words.trim().len() < 2 || words.contains('[') {
            return false;
        }
        rest = behind.trim_start_matches([' ', '-', ':', '|', '/']);
    }
    rest.is_empty()
}

/// Blanks of Markdown; others are text.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// What people write where there is nothing.
pub(in crate::documents) fn is_none(raw: &str) -> bool {
    let word = raw.trim_matches(BLANKS).trim_matches(['*', '_', '.', '(', ')', ' ']).to_lowercase();
    matches!(
        word.as_str(),
        "none" | "n/a" | "nothing" | "-" | "\u{2013}" | "\u{2014}" | "none yet" | "none so far"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_back() {
        for (raw, words, text) in [
            ("a (since 2026-11-23 17:30 UTC)", "a", " (since 2026-11-23 17:30 UTC)"),
            ("a (Dependency, since 2026-11-23)", "a", " (dependency, since 2026-11-23 00:00 UTC)"),
            ("a (b) (technical)", "a (b)", ""),
            (
                "a (since 2026-11-23 17:30 UTC, due 2026-11-27)",
                "a",
                " (since 2026-11-23 17:30 UTC, due 2026-11-27)",
            ),
            ("a (since the beginning)", "a (since the beginning)", ""),
            ("a (b, since 2026-11-23)", "a (b, since 2026-11-23)", ""),
            ("a", "a", ""),
        ] {
            let (found, note) = Note::split(raw);
            assert_eq!((found, note.text().as_str()), (words, text), "{raw}");
        }
    }

    #[test]
    fn resolved_entries() {
        for (raw, words, is) in [
            ("~~a~~ Resolved 2026-11-24: b ~~c~~", "a", true),
            ("a Resolved 2026-11-24", "a", true),
            ("Resolved 2026-11-24", "", true),
            ("~~a~~", "a", true),
            ("a ~~b~~", "a ~~b~~", false),
            ("Resolved soon", "Resolved soon", false),
            ("Unresolved 2026-11-24", "Unresolved 2026-11-24", false),
        ] {
            assert_eq!(closed(raw), (words, is), "{raw}");
        }
        assert_eq!(resolution("2026-11-24".parse().unwrap(), "a\n|b"), "Resolved 2026-11-24: a \\|b");
        assert_eq!((struck("a").as_str(), struck("a ~~b~~").as_str()), ("~~a~~", "a ~~b~~"));
    }

    #[test]
    fn words_of_the_template() {
        for raw in [
            "[Description]",
            "[Issue description] - [Resolution plan]",
            " [High/Med/Low] ",
            "[Date] - [Change Type]",
        ] {
            assert!(is_placeholder(raw), "{raw}");
        }
        for raw in ["[a](b)", "text", "[x]", "[a] b", "\\[a\\]", "", "[RFC 1] says"] {
            assert!(!is_placeholder(raw), "{raw}");
        }
        assert!(
            is_none("None.")
                && is_none("*none*")
                && is_none("N/A")
                && !is_none("None of it works")
                && !is_none("")
        );
    }
}
