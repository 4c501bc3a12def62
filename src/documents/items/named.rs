//! The files that an item of a checklist names, in either spelling: in lines below it, as the daily
//! template has them, or in notes at the end of its text.
//!
//! ```markdown
//! - [ ] Connection pool
//!   - Implementation file: `src/pool.py`
//!   - Test file: `tests/test_pool.py`
//! - [ ] Migrations (impl: src/migrations.py) (test: tests/test_migrations.py)
//! ```

use super::Item as Found;
use crate::documents::plain;
use crate::model::checklist::Item;

/// An item's own words, and the files it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its text, notes about files left out and escapes undone.
    pub text: String,
    /// The file that implements it.
    pub implementation: Option<String>,
    /// The file that tests it.
    pub test: Option<String>,
}

/// What a file is called, in front of its path.
const IMPLEMENTATION: &[&str] = &["implementation file", "implementation", "impl"];
const TEST: &[&str] = &["test file", "test"];

/// What an item of a checklist names; a line below it wins over a note.
pub fn named(checklist: &str, item: &Item) -> Named {
    let mut named = noted(&item.text);
    let all = super::read(checklist);
    let lines = super::find(&all, item).map(|found| lines(checklist, found)).unwrap_or_default();
    named.implementation = lines.implementation.or(named.implementation);
    named.test = lines.test.or(named.test);
    named
}

/// What an item's text alone names: `(impl: path)`, `(test: path)` at its end.
pub fn noted(text: &str) -> Named {
    let (mut rest, mut named) = (text, Named::default());
    while let Some((before, note)) = rest.strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        if !named.take(note) {
            break;
        }
        rest = before.trim_end();
    }
    named.text = plain::words(rest);
    named
}

/// What the lines below an item, or an item of a day's entry, name.
pub(in crate::documents) fn lines(text: &str, found: &Found) -> Named {
    let mut named = Named::default();
    for line in &found.items {
        named.take(&text[line.words.clone()]);
    }
    named
}

impl Named {
    /// Takes over `label: path`, without the markup around it; of two about the same, the first. Whether
    /// it is one.
    fn take(&mut self, line: &str) -> bool {
        let bare: String = line.chars().filter(|c| !matches!(c, '*' | '`')).collect();
        let Some((label, path)) = bare.split_once(':') else { return false };
        let (label, path) = (label.trim().to_lowercase(), path.trim());
        let place = match label.as_str() {
            _ if path.is_empty() => return false,
            label if IMPLEMENTATION.contains(&label) => &mut self.implementation,
            label if TEST.contains(&label) => &mut self.test,
            _ => return false,
        };
        place.get_or_insert_with(|| path.to_owned());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::checklist;

    fn of(text: &str) -> Named {
        named(text, &checklist::read(text.as_bytes()).unwrap().items[0])
    }

    fn files(text: &str, implementation: &str, test: &str) -> Named {
        let path = |path: &str| Some(path.to_owned()).filter(|path| !path.is_empty());
        Named { text: text.to_owned(), implementation: path(implementation), test: path(test) }
    }

    #[test]
    fn in_lines_below_the_item() {
        let text = "- [ ] a \\* (b)\n  - Implementation file: `b/c.py`\n  - **Test file**: t/test_c.py\n";
        assert_eq!(of(text), files("a * (b)", "b/c.py", "t/test_c.py"));
        assert_eq!(of("- [ ] a\n  - Lines of code: 3\n  - Test file:\n"), files("a", "", ""));
    }

    #[test]
    fn in_notes_at_its_end() {
        assert_eq!(
            of("- [x] a (impl: `b/c.py`) (test: t/test_c.py) (in progress)\n"),
            files("a", "b/c.py", "t/test_c.py")
        );
        assert_eq!(noted("a (since: b) (test: t.py)"), files("a (since: b)", "", "t.py"));
        assert_eq!(noted("a (impl: b.py) c"), files("a (impl: b.py) c", "", ""));
        let both = "- [ ] a (impl: b.py) (test: t.py)\n  - Implementation file: c.py\n";
        assert_eq!(of(both), files("a", "c.py", "t.py"));
    }
}
