//! The list items of a document as a tree, with the bytes of each: what the registers are made of.
//!
//! Lists in quotes are none of ours; neither is anything in a fence or a comment.

mod named;

pub(super) use named::lines;
pub use named::{Named, named, noted};

use crate::model::checklist;
use crate::readers::checklist::sound;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// A list item.
#[derive(Debug)]
pub(super) struct Item {
    /// From its marker to the end of its last line; blank lines behind it are not its own.
    pub(super) range: Range<usize>,
    /// Its number, in an ordered list.
    pub(super) number: Option<u64>,
    /// Its box, and whether it is ticked.
    pub(super) task: Option<(bool, Range<usize>)>,
    /// The text of its first paragraph: inline markup kept, blanks around it left out.
    pub(super) words: Range<usize>,
    /// The items below it.
    pub(super) items: Vec<Self>,
}

/// `**Name**: value` at the beginning of an item.
#[derive(Debug)]
pub(super) struct Labelled<'a> {
    pub(super) name: &'a str,
    pub(super) value: Range<usize>,
}

/// The items of all lists at the top level of a text, in order.
pub(super) fn read(text: &str) -> Vec<Item> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - body.len();
    let mut reader = Reader { text, roots: Vec::new(), open: Vec::new(), quotes: 0 };
    for (event, range) in Parser::new_ext(body, sound::options()).into_offset_iter() {
        reader.step(&event, range.start + offset..range.end + offset);
    }
    reader.roots
}

/// The item that an item of a checklist is, by its box.
pub(super) fn find<'a>(all: &'a [Item], item: &checklist::Item) -> Option<&'a Item> {
    all.iter().find_map(|one| match &one.task {
        Some((_, mark)) if mark.start == item.mark.start => Some(one),
        _ => find(&one.items, item),
    })
}

struct Reader<'a> {
    text: &'a str,
    roots: Vec<Item>,
    /// Open items, outermost first; whether the words of each may still grow.
    open: Vec<(Item, bool)>,
    quotes: usize,
}

impl Reader<'_> {
    fn step(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => {
                self.quotes += 1;
                self.settle();
            }
            Event::End(TagEnd::BlockQuote(_)) => self.quotes -= 1,
            _ if self.quotes > 0 => {}
            Event::Start(Tag::Item) => self.begin(range),
            Event::End(TagEnd::Item) => self.end(),
            Event::TaskListMarker(ticked) => {
                if let Some((item, _)) = self.open.last_mut() {
                    item.words = range.end..range.end;
                    item.task = Some((*ticked, range));
                }
            }
            Event::Start(Tag::Paragraph) => {}
            Event::End(TagEnd::Paragraph) | Event::Rule | Event::Html(_) => self.settle(),
            Event::Start(tag) if is_block(tag) => self.settle(),
            _ => self.grow(range),
        }
    }

    fn begin(&mut self, range: Range<usize>) {
        let raw = &self.text[range.clone()];
        let lead = raw.len() - raw.trim_start().len();
        let start = range.start + lead;
        let digits = raw[lead..].bytes().take_while(u8::is_ascii_digit).count();
        let number = raw[lead..lead + digits].parse().ok();
        let marker = start + digits + 1;
        let end = start + raw.trim().len();
        self.open.push((
            Item {
                range: start..end.max(marker),
                number,
                task: None,
                words: marker..marker,
                items: Vec::new(),
            },
            true,
        ));
    }

    fn end(&mut self) {
        let Some((mut item, _)) = self.open.pop() else { return };
        let raw = &self.text[item.words.clone()];
        let start = item.words.start + raw.len() - raw.trim_start().len();
        item.words = start..start + raw.trim().len();
        match self.open.last_mut() {
            Some((parent, _)) => parent.items.push(item),
            None => self.roots.push(item),
        }
    }

    /// Inline content of the first paragraph.
    fn grow(&mut self, range: Range<usize>) {
        if let Some((item, true)) = self.open.last_mut() {
            // From the marker on: the backslash of an escape belongs to no event.
            item.words.end = range.end.max(item.words.end);
        }
    }

    /// The first paragraph is over.
    fn settle(&mut self) {
        if let Some((_, growing)) = self.open.last_mut() {
            *growing = false;
        }
    }
}

const fn is_block(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::List(_) | Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Table(_) | Tag::Heading { .. })
}

impl Item {
    /// Its label, if it begins with one: `**Name**: value` or `**Name:** value`.
    pub(super) fn label<'a>(&self, text: &'a str) -> Option<Labelled<'a>> {
        let words = &text[self.words.clone()];
        let mark = ["**", "__"].into_iter().find(|mark| words.starts_with(mark))?;
        let inner = &words[2..];
        let close = inner.find(mark)?;
        let rest = &inner[close + 2..];
        let (name, value) =
            match (inner[..close].trim().strip_suffix(':'), rest.trim_start().strip_prefix(':')) {
                (Some(name), _) => (name, rest),
                (None, value) => (inner[..close].trim(), value?),
            };
        let start = self.words.end - value.trim_start().len();
        Some(Labelled { name, value: start..self.words.end })
    }

    /// Whether it consists of its words and of such items, and holds nothing else.
    pub(super) fn is_bare(&self, text: &str) -> bool {
        let mut at = self.words.end;
        for item in &self.items {
            if !blank(text, at..item.range.start) || !item.is_bare(text) {
                return false;
            }
            at = item.range.end;
        }
        blank(text, at..self.range.end)
    }

    /// Where the line of its marker begins.
    pub(super) fn line(&self, text: &str) -> usize {
        line_start(text, self.range.start)
    }

    /// What stands before its marker.
    pub(super) fn indent<'a>(&self, text: &'a str) -> &'a str {
        &text[self.line(text)..self.range.start]
    }

    /// Its marker, the blanks behind it included: `- `, `12. `.
    pub(super) fn marker<'a>(&self, text: &'a str) -> &'a str {
        let raw = &text[self.range.clone()];
        let digits = raw.bytes().take_while(u8::is_ascii_digit).count();
        let sign = (digits + 1).min(raw.len());
        let blanks = raw[sign..].bytes().take_while(|b| *b == b' ').count();
        // A box, or nothing, may follow after one blank.
        &raw[..sign + if blanks <= 4 { blanks } else { 1 }]
    }
}

/// Whether nothing but white space stands in a range.
pub(super) fn blank(text: &str, range: Range<usize>) -> bool {
    text.get(range).is_none_or(|raw| raw.trim().is_empty())
}

/// Where the line of an offset begins.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind(['\n', '\r']).map_or(if text.starts_with('\u{feff}') { 3 } else { 0 }, |n| n + 1)
}

/// Where the line of an offset ends, its line break left out.
pub(super) fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find(['\n', '\r']).map_or(text.len(), |n| offset + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<String> {
        fn show(items: &[Item], text: &str, depth: usize, out: &mut Vec<String>) {
            for item in items {
                let task = item.task.as_ref().map_or("", |(done, _)| if *done { "[x]" } else { "[ ]" });
                let number = item.number.map_or(String::new(), |n| n.to_string());
                let words = &text[item.words.clone()];
                out.push(format!("{}{}{number}{task}<{words}>", " ".repeat(depth), item.indent(text).len()));
                show(&item.items, text, depth + 1, out);
            }
        }
        let mut out = Vec::new();
        show(&read(text), text, 0, &mut out);
        out
    }

    #[test]
    fn items_with_their_words() {
        let text = "\u{feff}1. **Risk**: a `b` *c*\r\n   - **Impact**: d\r\n     e\r\n\r\n2) x\n- [x] y (z)\n-\n- [ ] z\n\n  p\n  - q\n> - no\n";
        assert_eq!(
            shape(text),
            [
                "01<**Risk**: a `b` *c*>",
                " 3<**Impact**: d\r\n     e>",
                "02<x>",
                "0[x]<y (z)>",
                "0<>",
                "0[ ]<z>",
                " 2<q>"
            ]
        );
    }

    #[test]
    fn ranges_end_with_the_last_line() {
        let text = "- a\n  b  \n\n\n- c";
        let items = read(text);
        assert_eq!(&text[items[0].range.clone()], "- a\n  b");
        assert_eq!(&text[items[1].range.clone()], "- c");
        assert_eq!(items[0].marker(text), "- ");
        assert_eq!(read("10)   a\n")[0].marker("10)   a\n"), "10)   ");
    }

    #[test]
    fn labels() {
        for (text, name, value) in [
            ("- **Risk**: a: b", "Risk", "a: b"),
            ("- **Risk:** a", "Risk", "a"),
            ("- __Risk__ : a", "Risk", "a"),
            ("- **Risk**:", "Risk", ""),
            ("-   **Risk**: \\[a\\]", "Risk", "\\[a\\]"),
        ] {
            let items = read(text);
            let label = items[0].label(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((label.name, &text[label.value]), (name, value), "{text}");
        }
        let text = "- \\[a\\] b\n\n  c";
        assert_eq!(&text[read(text)[0].words.clone()], "\\[a\\] b");
        assert!(read("- **Risk** a")[0].label("- **Risk** a").is_none());
        assert!(read("- a **Risk**: b")[0].label("- a **Risk**: b").is_none());
    }
}
