//! Where the known places of a paper are: headings, labelled bullets, table cells, HTML blocks.
//!
//! Only what stands at the top level of the parse: nothing in a quote, a fence or a comment is a
//! place. Ranges are bytes of the whole text, its byte order mark included.

use super::edit::Edits;
use crate::readers::checklist::sound;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use std::ops::Range;

/// A heading at the top level.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: HeadingLevel,
    /// Inline markup taken out.
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// A bullet `- **Name**: value`.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) name: String,
    /// The value up to the end of its line, blanks around it and comments behind it left out.
    pub(super) value: Range<usize>,
}

impl Label {
    /// Puts a value in place of the one that stands there.
    pub(super) fn fill(&self, text: &str, value: &str, edits: &mut Edits<'_>) {
        // A value behind the colon of an empty field needs its blank.
        let tight = self.value.is_empty() && !text[..self.value.start].ends_with([' ', '\t']);
        edits.replace(self.value.clone(), &format!("{}{value}", if tight { " " } else { "" }));
    }
}

/// A table, its head first.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) range: Range<usize>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A cell, blanks around it included.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) range: Range<usize>,
    /// Inline markup taken out.
    pub(super) text: String,
}

/// The places of a text.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    pub(super) text: &'a str,
    pub(super) headings: Vec<Heading>,
    pub(super) labels: Vec<Label>,
    pub(super) tables: Vec<Table>,
    /// HTML blocks and paragraphs, in order: where marks of regions may stand or be meant.
    pub(super) blocks: Vec<Range<usize>>,
    /// Emphasised paragraphs: their inner ranges.
    pub(super) emphasised: Vec<Range<usize>>,
    depth: usize,
    lists: usize,
    strong: Option<(Range<usize>, String)>,
    fresh: bool,
    paragraph: bool,
}

impl<'a> Outline<'a> {
    /// Reads the places of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let offset = text.len() - body.len();
        let mut outline = Self {
            text,
            headings: Vec::new(),
            labels: Vec::new(),
            tables: Vec::new(),
            blocks: Vec::new(),
            emphasised: Vec::new(),
            depth: 0,
            lists: 0,
            strong: None,
            fresh: false,
            paragraph: false,
        };
        let mut heading = false;
        for (event, range) in Parser::new_ext(body, sound::options()).into_offset_iter() {
            let range = range.start + offset..range.end + offset;
            match event {
                Event::Start(tag) => heading = outline.start(&tag, range) || heading,
                Event::End(tag) => {
                    heading &= !matches!(tag, TagEnd::Heading(_));
                    outline.end(tag, range.end);
                }
                Event::Text(words) | Event::Code(words) => outline.words(&words, heading),
                Event::SoftBreak | Event::HardBreak => outline.words(" ", heading),
                _ => outline.fresh = false,
            }
        }
        outline
    }

    /// Whether a heading begins.
    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) -> bool {
        let top = self.depth == 0;
        match tag {
            Tag::BlockQuote(_) => self.depth += 1,
            Tag::List(_) => self.lists += 1,
            Tag::Item => {
                self.depth += 1;
                self.fresh = true;
                return false;
            }
            Tag::Heading { level, .. } if top => {
                self.headings.push(Heading { level: *level, text: String::new(), range });
                return true;
            }
            Tag::HtmlBlock if top => self.blocks.push(range),
            Tag::Paragraph => {
                self.paragraph = top;
                if top {
                    self.blocks.push(range);
                }
                // The paragraph of a loose item is where its label may stand.
                return false;
            }
            Tag::Table(_) if top => self.tables.push(Table { range, rows: Vec::new() }),
            Tag::TableHead | Tag::TableRow if top => {
                self.tables.iter_mut().last().into_iter().for_each(|t| t.rows.push(Vec::new()));
            }
            Tag::TableCell if top => self.cells(|row| row.push(Cell { range, text: String::new() })),
            Tag::Strong if self.fresh && self.lists == 1 && self.depth == 1 => {
                self.strong = Some((range, String::new()));
            }
            Tag::Emphasis | Tag::Strong if std::mem::take(&mut self.paragraph) => self.emphasised.push(range),
            _ => {}
        }
        self.fresh = false;
        false
    }

    fn cells(&mut self, act: impl FnOnce(&mut Vec<Cell>)) {
        if let Some(row) = self.tables.last_mut().and_then(|table| table.rows.last_mut()) {
            act(row);
        }
    }

    fn words(&mut self, words: &str, heading: bool) {
        self.fresh = false;
        self.paragraph = false;
        if let Some((_, text)) = &mut self.strong {
            text.push_str(words);
        } else if heading {
            self.headings.iter_mut().last().into_iter().for_each(|h| h.text.push_str(words));
        } else if self.depth == 0 {
            self.cells(|row| row.iter_mut().last().into_iter().for_each(|cell| cell.text.push_str(words)));
        }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        match tag {
            TagEnd::BlockQuote(_) | TagEnd::Item => self.depth = self.depth.saturating_sub(1),
            TagEnd::List(_) => self.lists = self.lists.saturating_sub(1),
            TagEnd::Strong => {
                if let Some((_, text)) = self.strong.take() {
                    self.label(&text, end);
                }
            }
            _ => {}
        }
    }

    /// `**Name**: value` and `**Name:** value`.
    fn label(&mut self, strong: &str, end: usize) {
        let line = &self.text[end..];
        let line = &line[..line.find(['\n', '\r']).unwrap_or(line.len())];
        let (name, value) = match (strong.trim().strip_suffix(':'), line.trim_start().strip_prefix(':')) {
            (Some(name), _) => (name, line),
            (None, Some(value)) => (strong, value),
            (None, None) => return,
        };
        let start = end + line.len() - value.trim_start_matches([' ', '\t']).len();
        // One behind a backslash is text.
        let mut comments = value.match_indices("<!--").map(|(at, _)| at);
        let comment = comments.find(|at| !value[..*at].ends_with('\\'));
        let value = value[..comment.unwrap_or(value.len())].trim();
        self.labels.push(Label { name: fold(name), value: start..start + value.len() });
    }

    /// The section of a heading: from its own start to the next heading of its level or above.
    pub(super) fn section(&self, heading: usize) -> Range<usize> {
        let level = self.headings[heading].level;
        let next = self.headings[heading + 1..].iter().find(|h| h.level <= level);
        self.headings[heading].range.start..next.map_or(self.text.len(), |h| h.range.start)
    }

    /// The section up to the next heading of any level.
    pub(super) fn own_section(&self, heading: usize) -> Range<usize> {
        let next = self.headings.get(heading + 1).map_or(self.text.len(), |h| h.range.start);
        self.headings[heading].range.start..next
    }
}

/// Lower case, white space folded.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
