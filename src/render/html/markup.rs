//! Markup in which no foreign text stands but escaped: names of elements and attributes are words of
//! this program, and every text and every value goes through [`escape`].
//!
//! It is HTML that is XML too: every element is closed, every value quoted.

use crate::model::plain::is_invisible;
use crate::render::svg::{self, Picture};
use crate::render::xml::{escape, escape_clean};
use std::fmt::Display;

/// Elements that hold nothing.
const VOID: &[&str] = &["meta"];

/// A piece of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Html(String);

impl Html {
    /// The text of it.
    #[cfg(test)]
    pub(super) fn into_string(self) -> String {
        self.0
    }

    /// Bytes of it.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With more behind it.
    #[must_use]
    pub(super) fn and(mut self, more: impl Into<Self>) -> Self {
        self.0.push_str(&more.into().0);
        self
    }
}

impl<T: Into<Self>> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::and)
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Self {
        let Element { name, attributes, body } = element;
        Self(match VOID.contains(&name) {
            true => format!("<{name}{attributes}/>\n"),
            false => format!("<{name}{attributes}>{body}</{name}>{}", end_of_line(name)),
        })
    }
}

impl<T: Into<Self>> From<Option<T>> for Html {
    fn from(maybe: Option<T>) -> Self {
        maybe.map_or_else(Self::default, Into::into)
    }
}

/// A new line behind what stands on lines of its own keeps the source readable.
fn end_of_line(name: &str) -> &'static str {
    if matches!(name, "span" | "code" | "strong" | "a" | "td" | "th") { "" } else { "\n" }
}

/// An element while it is written.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: String,
    body: String,
}

/// An empty element.
pub(super) const fn element(name: &'static str) -> Element {
    Element { name, attributes: String::new(), body: String::new() }
}

impl Element {
    /// With a class.
    #[must_use]
    pub(super) fn class(self, class: &'static str) -> Self {
        self.attribute("class", class)
    }

    /// With an attribute.
    #[must_use]
    pub(super) fn attribute(mut self, name: &'static str, value: impl Display) -> Self {
        self.attributes.push_str(&format!(" {name}=\"{}\"", escape(&value.to_string())));
        self
    }

    /// With an attribute that says all by being there.
    #[must_use]
    pub(super) fn flag(self, name: &'static str, is: bool) -> Self {
        if is { self.attribute(name, name) } else { self }
    }

    /// With words: one line, at most [`LONGEST`] characters of it.
    #[must_use]
    pub(super) fn text(mut self, said: &str) -> Self {
        self.body.push_str(&escape(&shortened(said)));
        self
    }

    /// With something inside.
    #[must_use]
    pub(super) fn with(mut self, inside: impl Into<Html>) -> Self {
        self.body.push_str(&inside.into().0);
        self
    }

    /// With several things inside.
    #[must_use]
    pub(super) fn all<T: Into<Html>>(self, inside: impl IntoIterator<Item = T>) -> Self {
        self.with(inside.into_iter().collect::<Html>())
    }

    /// With one line of somebody's text, its blanks and colons kept.
    #[must_use]
    pub(super) fn line(mut self, line: &str) -> Self {
        // Where the page itself goes to a runner's log, `##[` in it would be a command.
        self.body.push_str(&escape_clean(&seen(&shortened(line))).replace("##", "#&#35;"));
        self
    }
}

/// A line with its blanks, tabs as four, and what nobody sees written out.
fn seen(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => out.push_str("    "),
            c if is_invisible(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Characters of one text; nobody reads on.
const LONGEST: usize = 600;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{} …", &text[..end]),
    }
}

/// Words. A blank at either end stays one.
pub(super) fn text(said: &str) -> Html {
    let (before, after) = (said.starts_with(' '), said.len() > 1 && said.ends_with(' '));
    let inner = escape(&shortened(said));
    let blank = |is: bool| if is { " " } else { "" };
    Html(format!("{}{}{}", blank(before), inner.trim(), blank(after)))
}

/// A path, a name, a command.
pub(super) fn code(said: &str) -> Element {
    element("code").text(said)
}

/// A sentence of our own, its commands in back quotes as code.
pub(super) fn sentence(said: &str) -> Html {
    let parts: Vec<_> = said.split('`').collect();
    if parts.len() % 2 == 0 {
        return text(said);
    }
    let part = |(at, part): (usize, &&str)| if at % 2 == 0 { text(part) } else { code(part).into() };
    parts.iter().enumerate().map(part).collect()
}

/// A picture, and what it shows in words.
pub(super) fn picture(picture: &Picture, described: &str) -> Html {
    Html(picture.element(described))
}

/// The start of a file, before its root.
pub(super) fn document(root: Element) -> String {
    format!("<!DOCTYPE html>\n{}", Html::from(root).0)
}

/// The style sheets: of the page, and of the pictures in it.
pub(super) fn style(page: &'static str) -> Html {
    Html(format!("<style>\n{page}{}</style>\n", svg::sheet(".picture ")))
}
