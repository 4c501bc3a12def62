//! The text of the configuration: where its keys and values stand, and how they were written.
//!
//! Parsed with [`DeTable`], since it keeps the spans of keys, values and headers, and goes on after a
//! syntax error: a person sees all of them at once.

use super::mistake::Mistake;
use crate::criteria::spec::Problem;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// More than anybody writes by hand; bounds the time every later step can take.
const MOST_BYTES: usize = 1 << 20;

/// A parsed text.
#[derive(Debug)]
pub(super) struct Source<'t> {
    text: &'t str,
    lines: Lines<'t>,
    root: Spanned<DeTable<'t>>,
}

/// A key's span and its value's.
struct Place<'a, 't> {
    key: Option<Range<usize>>,
    value: Range<usize>,
    node: Option<&'a DeValue<'t>>,
}

impl<'t> Source<'t> {
    /// Parses `text` into where things stand and what they are.
    ///
    /// # Errors
    /// Every syntax error.
    pub(super) fn parse(text: &'t str) -> Result<(Self, toml::Table), Vec<Mistake>> {
        let lines = Lines::new(text);
        if text.len() > MOST_BYTES {
            let message = format!("the configuration has {} bytes, more than {MOST_BYTES}", text.len());
            return Err(vec![lines.mistake(message, None, 0..0)]);
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(lines.first_of_each(errors));
        }
        // Numbers are still text in the parsed form; one that does not fit shows only here.
        match toml::Table::deserialize(toml::Deserializer::from(root.clone())) {
            Ok(table) => Ok((Self { text, lines, root }, table)),
            Err(error) => Err(vec![lines.syntax(&error)]),
        }
    }

    /// The problem with its place in the text. Something that is missing is shown at the table it is missing from.
    pub(super) fn locate(&self, problem: &Problem) -> Mistake {
        let (found, whole) = self.find(&problem.path);
        let span = match found.key {
            Some(key) if problem.at_key && whole => key,
            _ => found.value,
        };
        self.lines.mistake(&problem.message, problem.hint.clone(), span)
    }

    /// The value at `path` as it was written.
    pub(super) fn raw(&self, path: &[String]) -> Option<&'t str> {
        let (found, whole) = self.find(path);
        self.text.get(found.value).filter(|_| whole)
    }

    /// The bytes of the value at `path`.
    pub(super) fn span(&self, path: &[String]) -> Option<Range<usize>> {
        let (found, whole) = self.find(path);
        whole.then_some(found.value)
    }

    /// The deepest thing on the way to `path`, and whether that is all of the way.
    fn find<'a>(&'a self, path: &[String]) -> (Place<'a, 't>, bool) {
        let mut at = Place { key: None, value: 0..0, node: None };
        let mut table = Some(self.root.get_ref());
        for part in path {
            let next = match (table, at.node) {
                (Some(table), _) => entry(table, part),
                (None, Some(DeValue::Array(items))) => {
                    let item = part.parse::<usize>().ok().and_then(|index| items.get(index));
                    item.map(|item| Place { key: None, value: item.span(), node: Some(item.get_ref()) })
                }
                _ => None,
            };
            let Some(next) = next else { return (at, false) };
            table = next.node.and_then(DeValue::as_table);
            at = next;
        }
        (at, true)
    }
}

fn entry<'a, 't>(table: &'a DeTable<'t>, key: &str) -> Option<Place<'a, 't>> {
    let (key, value) = table.iter().find(|(k, _)| k.get_ref() == key)?;
    Some(Place { key: Some(key.span()), value: value.span(), node: Some(value.get_ref()) })
}

/// The lines of the text, for going from bytes to lines and columns.
#[derive(Debug)]
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The first syntax error of each line: what follows on it is as a rule an echo.
    fn first_of_each(&self, mut errors: Vec<toml::de::Error>) -> Vec<Mistake> {
        let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        errors.sort_by_key(start);
        errors.dedup_by_key(|error| self.line(start(error)));
        errors.iter().map(|error| self.syntax(error)).collect()
    }

    /// The number of the line that holds the byte, from 1.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }

    fn syntax(&self, error: &toml::de::Error) -> Mistake {
        self.mistake(error.message(), None, error.span().unwrap_or(0..0))
    }

    fn mistake(&self, message: impl AsRef<str>, hint: Option<String>, span: Range<usize>) -> Mistake {
        let at = floor(self.text, span.start);
        let line = self.line(at);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let shown = self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let until = floor(self.text, span.end.max(at)) - start;
        Mistake::new(message.as_ref(), hint, line, shown, at - start..until)
    }
}

/// The nearest place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, path: &[&str], key: bool) -> (usize, usize) {
        let (source, _) = Source::parse(text).unwrap();
        let mut problem = Problem::new(path.iter().copied(), "x");
        problem.at_key = key;
        let mistake = source.locate(&problem);
        (mistake.line, mistake.column)
    }

    #[test]
    fn finds_keys_values_headers_and_array_items() {
        let text =
            "[a]\nx = 1\n\n[[m]]\nid = 2\n[[m]]\nid = 3\n[g.h.i]\ny = [1, { z = 'é', w = 2 }]\nd.e.f = 1\n";
        assert_eq!(at(text, &["a", "x"], true), (2, 1));
        assert_eq!(at(text, &["a", "x"], false), (2, 5));
        assert_eq!(at(text, &["a", "missing"], false), (1, 1));
        assert_eq!(at(text, &["a", "missing"], true), (1, 1));
        assert_eq!(at(text, &["m", "1"], false), (6, 1));
        assert_eq!(at(text, &["m", "1", "id"], false), (7, 6));
        assert_eq!(at(text, &["g", "h"], true), (8, 4));
        assert_eq!(at(text, &["g", "h", "i", "y", "1", "w"], true), (9, 20));
        assert_eq!(at(text, &["g", "h", "i", "d", "e"], true), (10, 3));
        assert_eq!(at(text, &["nothing"], false), (1, 1));
    }

    #[test]
    fn shows_every_syntax_error() {
        let wrong = Source::parse("a = \nb = 1\nc = \"x\nd = 2013-13-01\nb = 2\n").unwrap_err();
        let lines: Vec<_> = wrong.iter().map(|m| (m.line, m.message.as_str())).collect();
        let expected = [
            (1, "string values must be quoted, expected literal string"),
            (3, "invalid basic string, expected `\"`"),
            (4, "invalid date, expected month between 01 and 12"),
            (5, "duplicate key"),
        ];
        assert_eq!(lines, expected);
    }
}
