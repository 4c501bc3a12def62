//! Mistakes in the configuration, and how they are shown: in the look of rustc, with a caret.
//!
//! The text comes from whoever opened the pull request. It is shown, but nothing in it can act on a
//! terminal, and a line of a megabyte is cut to the part that matters.

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Snippet};
use std::fmt;
use std::ops::Range;

/// Longest message and hint, in characters.
const MOST_TEXT: usize = 300;

/// Mistakes that are shown; nobody mends more in one go.
const MOST_SHOWN: usize = 100;

/// Characters of a line that are shown before the mistake, and of it, and after it.
const BEFORE: usize = 100;
const AFTER: usize = 120;

/// One mistake with its place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mistake {
    /// A sentence without a full stop.
    pub message: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What to do instead.
    pub hint: Option<String>,
    /// The part of the line that is shown.
    #[serde(skip)]
    shown: String,
    /// Bytes of `shown` that are underlined.
    #[serde(skip)]
    caret: Range<usize>,
}

impl Mistake {
    /// A mistake in `line`, at the bytes `span` of `text`.
    pub(super) fn new(
        message: &str,
        hint: Option<String>,
        line: usize,
        text: &str,
        span: Range<usize>,
    ) -> Self {
        let (start, end) = (span.start.min(text.len()), span.end.min(text.len()));
        // A line of a megabyte may hold a thousand mistakes: only what is shown of it is copied.
        let before = text.get(..start).unwrap_or_default();
        let near = before.char_indices().rev().take(BEFORE).last().map_or(0, |(at, _)| at);
        let inside = text.get(start..end).unwrap_or_default().chars().take(AFTER);
        let after = text.get(end..).unwrap_or_default().chars().take(AFTER);
        let mut shown: String = before[near..].chars().map(visible).collect();
        let from = shown.len();
        shown.extend(inside.map(visible));
        let caret = from..shown.len();
        shown.extend(after.map(visible));
        Self {
            message: clean(message),
            line,
            column: before.chars().count() + 1,
            hint: hint.map(|hint| clean(&hint)),
            shown,
            caret,
        }
    }
}

/// All mistakes of a text, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes {
    path: String,
    all: Vec<Mistake>,
}

impl Mistakes {
    /// The mistakes in the file `path`.
    pub(super) fn new(path: &str, mut all: Vec<Mistake>) -> Self {
        all.sort_by_key(|mistake| (mistake.line, mistake.column));
        Self { path: clean(path), all }
    }

    /// The path of the file they are in.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Each of them, from the top of the file to its end.
    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.all.iter()
    }

    /// All of them with the lines they are in and carets, as rustc shows errors.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let (shown, more) = self.all.split_at(self.all.len().min(MOST_SHOWN));
        let mut shown: Vec<_> = shown.iter().map(|mistake| renderer.render(&[self.group(mistake)])).collect();
        if !more.is_empty() {
            let title = format!("and {} more mistakes in {}", more.len(), self.path);
            shown.push(renderer.render(&[Group::with_title(Level::ERROR.primary_title(title))]));
        }
        shown.join("\n\n")
    }

    fn group<'a>(&'a self, mistake: &'a Mistake) -> Group<'a> {
        let line = Snippet::source(&mistake.shown)
            .line_start(mistake.line)
            .annotation(AnnotationKind::Primary.span(mistake.caret.clone()));
        let title = Level::ERROR.primary_title(&mistake.message);
        // Only where the start of the line is cut off must the column be told.
        let group = if mistake.column <= BEFORE {
            title.element(line.path(&self.path))
        } else {
            let origin = Origin::path(&self.path).line(mistake.line).char_column(mistake.column);
            title.element(origin).element(line)
        };
        match &mistake.hint {
            Some(hint) => group.element(Level::HELP.message(hint)),
            None => group,
        }
    }
}

impl<'a> IntoIterator for &'a Mistakes {
    type Item = &'a Mistake;
    type IntoIter = std::slice::Iter<'a, Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Mistakes {}

/// On one line, without anything a terminal obeys, and not endless.
fn clean(text: &str) -> String {
    let mut clean: String = text.trim().chars().take(MOST_TEXT).map(visible).collect();
    if text.chars().nth(MOST_TEXT).is_some() {
        clean.push('…');
    }
    clean
}

fn visible(c: char) -> char {
    match c {
        '\t' | '\n' => ' ',
        c if super::words::is_hidden(c) => '\u{fffd}',
        c => c,
    }
}
