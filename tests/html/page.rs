//! A page as a parser sees it, and what every page has to keep to.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;

/// An element with its attributes and the text right inside of it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub struct Page(pub Vec<Element>);

/// All that a page may be made of.
const ELEMENTS: &[&str] = &[
    "a", "article", "body", "caption", "circle", "code", "dd", "details", "div", "dl", "dt", "footer", "g",
    "h1", "h2", "h3", "h4", "head", "header", "html", "li", "line", "main", "meta", "nav", "ol", "p", "path",
    "polygon", "polyline", "pre", "rect", "section", "span", "strong", "style", "summary", "svg", "table",
    "tbody", "td", "text", "th", "thead", "title", "tr", "ul",
];
const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "cx",
    "cy",
    "d",
    "data-label",
    "focusable",
    "height",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "open",
    "points",
    "r",
    "role",
    "scope",
    "style",
    "tabindex",
    "text-anchor",
    "title",
    "transform",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];
/// Values that are somebody's words; all others are words of the program.
const WORDS: &[&str] = &["aria-label", "title"];

fn element(tag: &BytesStart<'_>) -> Element {
    let attribute = |a: quick_xml::events::attributes::Attribute<'_>| {
        let value = quick_xml::escape::unescape(&a.value).unwrap().into_owned();
        (a.key.as_ref().to_owned(), value)
    };
    Element {
        name: tag.name().as_ref().to_owned(),
        attributes: tag.attributes().map(|a| attribute(a.unwrap())).collect(),
        text: String::new(),
    }
}

impl Page {
    /// Reads it; every element is closed by its own name.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
        loop {
            match reader
                .read_event()
                .unwrap_or_else(|error| panic!("{error} at {}", reader.buffer_position()))
            {
                Event::Start(tag) => {
                    open.push(all.len());
                    all.push(element(&tag));
                }
                Event::Empty(tag) => all.push(element(&tag)),
                Event::End(_) => drop(open.pop()),
                Event::Text(text) => add(&mut all, &open, &text),
                Event::GeneralRef(name) => {
                    let entity = format!("&{};", &*name);
                    add(&mut all, &open, &quick_xml::escape::unescape(&entity).unwrap());
                }
                Event::DocType(_) => {}
                Event::Eof => break,
                other => panic!("{other:?}"),
            }
        }
        assert!(open.is_empty(), "{} elements are not closed", open.len());
        Self(all)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.0.iter().filter(move |element| element.name == name)
    }

    /// All words that are shown.
    pub fn words(&self) -> String {
        let shown = self.0.iter().filter(|element| element.name != "style");
        shown.map(|element| element.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Nothing runs, nothing is loaded, and nothing of `foreign` is more than words.
    pub fn is_harmless(&self, foreign: &str) {
        for element in &self.0 {
            assert!(ELEMENTS.contains(&element.name.as_str()), "{element:?}");
            for (key, value) in &element.attributes {
                assert!(ATTRIBUTES.contains(&key.as_str()), "{element:?}");
                assert!(key != "href" || value.starts_with('#'), "{element:?}");
                let words = WORDS.contains(&key.as_str());
                assert!(words || foreign.is_empty() || !value.contains(foreign), "{element:?}");
            }
        }
        let style = self.all("style").map(|style| style.text.as_str()).collect::<Vec<_>>();
        assert_eq!(style.len(), 1);
        assert!(!["url(", "@import", "expression"].iter().any(|word| style[0].contains(word)));
        let policy = self.all("meta").find(|meta| meta.get("http-equiv").is_some()).unwrap();
        assert!(policy.get("content").unwrap().starts_with("default-src 'none'"));
    }

    /// What a reader needs who does not see the page.
    pub fn is_accessible(&self) {
        assert_eq!(self.all("html").next().unwrap().get("lang"), Some("en"));
        assert!(!self.all("title").next().unwrap().text.is_empty());
        let ids: Vec<_> = self.0.iter().filter_map(|element| element.get("id")).collect();
        let known: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{ids:?}");
        let to = self.0.iter().flat_map(|element| {
            element.get("href").map(|href| &href[1..]).into_iter().chain(element.get("aria-labelledby"))
        });
        to.for_each(|id| assert!(known.contains(id), "{id}"));
        let levels: Vec<u8> = self
            .0
            .iter()
            .filter_map(|element| match element.name.as_bytes() {
                [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
                _ => None,
            })
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        assert_eq!(self.all("table").count(), self.all("caption").count());
        assert!(self.all("th").all(|th| matches!(th.get("scope"), Some("col" | "row"))));
        let told = |svg: &Element| svg.get("aria-hidden").is_some() || svg.get("aria-label").is_some();
        assert!(self.all("svg").all(told));
        assert_eq!(self.all("main").count(), 1);
    }
}

fn add(all: &mut [Element], open: &[usize], text: &str) {
    if let Some(at) = open.last() {
        all[*at].text.push_str(text);
    }
}
