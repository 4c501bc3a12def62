//! The Markdown checklist: GFM task items under milestone headings, counted as pulldown-cmark reads them.
//!
//! Every bullet and number counts, nested items too; boxes in code, comments and quotes do not.
//! What a person may have meant as a box and what is none is told in a notice, never counted.
//! Ignored on purpose: front matter, footnotes, and headings inside quotes and lists.

mod heading;
mod lookalike;
mod note;
pub mod sound;

pub use heading::milestone;
pub use note::note;

use super::error::{Code, ReadError};
use crate::model::checklist::{Checklist, Item, ItemState, MilestoneHeading};
use crate::model::milestone::MilestoneId;
use note::Noted;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use sound::Sound;
use std::collections::BTreeSet;
use std::ops::Range;

/// Reads a checklist.
///
/// # Errors
/// Not UTF-8, conflict markers, an unclosed fence or comment, a milestone heading twice.
pub fn read(bytes: &[u8]) -> Result<Checklist, ReadError> {
    let sound = Sound::new(bytes)?;
    // pulldown-cmark sees no box in a last line `- [ ]` without its line break.
    let text =
        if sound.text.ends_with(['\n', '\r']) { sound.text.into() } else { format!("{}\n", sound.text) };
    let parser = Parser::new_ext(&text, sound::options());
    let tick_is_link = parser.reference_definitions().get("x").is_some();
    let mut walk = Walk::new(&text);
    for (event, range) in parser.into_offset_iter() {
        walk.step(event, range)?;
    }
    let mut checklist = walk.finish();
    if tick_is_link && checklist.items.iter().any(|i| i.state == ItemState::Done) {
        checklist.notices.push("`[x]` is also defined as a link; some renderers show no ticked boxes".into());
    }
    for item in &mut checklist.items {
        item.mark = item.mark.start + sound.offset..item.mark.end + sound.offset;
    }
    Ok(checklist)
}

/// The walk over the events of the parse.
struct Walk<'a> {
    text: &'a str,
    lines: sound::Lines,
    found: Checklist,
    /// Milestone headings whose sections are open, outermost first.
    sections: Vec<(HeadingLevel, MilestoneId)>,
    /// The heading that is being read.
    heading: Option<(HeadingLevel, Range<usize>, String)>,
    /// Open list items; the index of the task item, if it is one.
    stack: Vec<Option<usize>>,
    /// Ticked items that were already reported for an open child.
    scolded: BTreeSet<usize>,
    /// The task item whose text is being read: where its next piece begins, and the pieces.
    open: Option<(usize, String)>,
    /// A block began and nothing of its content was seen yet.
    fresh: bool,
    quotes: usize,
    unassigned: usize,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            lines: sound::Lines::new(text),
            found: Checklist::default(),
            sections: Vec::new(),
            heading: None,
            stack: Vec::new(),
            scolded: BTreeSet::new(),
            open: None,
            fresh: false,
            quotes: 0,
            unassigned: 0,
        }
    }

    fn step(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), ReadError> {
        match event {
            Event::TaskListMarker(ticked) => self.mark(ticked, range),
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => return self.end(tag, range.end),
            Event::Rule => self.close(range.start),
            Event::Text(text) | Event::Code(text) => self.words(&text, range),
            Event::InlineHtml(html) if html.starts_with("<!--") => self.skip(range),
            Event::SoftBreak | Event::HardBreak => self.words(" ", range),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } => {
                return self.look(range);
            }
            Tag::Paragraph | Tag::TableCell => {
                self.fresh = true;
                return;
            }
            _ => self.close(range.start),
        }
        match tag {
            Tag::Item => {
                self.stack.push(None);
                self.fresh = true;
            }
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::Heading { level, .. } if self.stack.is_empty() && self.quotes == 0 => {
                self.heading = Some((*level, range, String::new()));
            }
            Tag::HtmlBlock | Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented) => self.block(range),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, at: usize) -> Result<(), ReadError> {
        match tag {
            TagEnd::Paragraph => self.close(at),
            TagEnd::Item => {
                self.close(at);
                self.stack.pop();
            }
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::Heading(_) => {
                if let Some((level, range, text)) = self.heading.take() {
                    return self.section(level, self.lines.of(range.start), &text);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A heading opens a section and closes those of its own level and below.
    fn section(&mut self, level: HeadingLevel, line: u32, text: &str) -> Result<(), ReadError> {
        while self.sections.last().is_some_and(|(open, _)| *open >= level) {
            self.sections.pop();
        }
        let Some((id, name)) = heading::milestone(text) else { return Ok(()) };
        if let Some(first) = self.found.headings.iter().find(|h| h.id == id) {
            let message = format!("milestone {id} has two headings, in lines {} and {line}", first.line);
            let hint = "give each milestone one heading; use other words for sections about it";
            return Err(ReadError::new(Code::Duplicate, message).at(u64::from(line), None).hint(hint));
        }
        self.sections.push((level, id.clone()));
        self.found.headings.push(MilestoneHeading { id, name, line });
        Ok(())
    }

    fn mark(&mut self, ticked: bool, range: Range<usize>) {
        self.fresh = false;
        let line = self.lines.of(range.start);
        if self.quotes > 0 {
            return self.notice(line, "a box in a quote is not counted");
        }
        if self.text[range.clone()].contains('\t') {
            self.notice(line, "the box holds a tab; some renderers see no box there");
        }
        let state = if ticked { ItemState::Done } else { ItemState::Open };
        let milestone = self.sections.last().map(|(_, id)| id.clone());
        self.unassigned += usize::from(milestone.is_none());
        self.child(ticked);
        let index = self.found.items.len();
        if let Some(top) = self.stack.last_mut() {
            *top = Some(index);
        }
        self.open = Some((range.end, String::new()));
        self.found.items.push(Item { text: String::new(), state, milestone, line, mark: range });
    }

    /// A ticked item over an open one is a contradiction of the writer.
    fn child(&mut self, ticked: bool) {
        if ticked {
            return;
        }
        let above: Vec<usize> = self.stack.iter().flatten().copied().collect();
        for parent in above {
            let item = &self.found.items[parent];
            if item.state == ItemState::Done && self.scolded.insert(parent) {
                let line = item.line;
                self.notice(line, "the item is ticked, but an item below it is open");
            }
        }
    }

    fn words(&mut self, text: &str, range: Range<usize>) {
        if let Some((_, _, heading)) = &mut self.heading {
            heading.push_str(text);
        }
        self.look(range);
    }

    /// The first content of a block: is it what a person takes for a box?
    fn look(&mut self, range: Range<usize>) {
        if std::mem::take(&mut self.fresh)
            && self.quotes == 0
            && self.open.is_none()
            && let Some(what) = lookalike::inline(&self.text[range.start..])
        {
            self.notice(self.lines.of(range.start), &format!("`{what}` looks like a checkbox, but is none"));
        }
    }

    /// Boxes in HTML and in indented code: a person sees items, the parser does not.
    fn block(&mut self, range: Range<usize>) {
        if self.quotes > 0 {
            return;
        }
        if let Some(at) = lookalike::block(&self.text[range.clone()]) {
            let line = self.lines.of(range.start + at);
            self.notice(line, "a box inside HTML or indented code is not counted");
        }
    }

    /// A comment inside an item is no part of its text.
    fn skip(&mut self, range: Range<usize>) {
        if let Some((from, text)) = &mut self.open {
            text.push_str(&self.text[*from..range.start]);
            *from = range.end;
        }
    }

    /// The item's own text ends where the next block begins.
    fn close(&mut self, at: usize) {
        self.fresh = false;
        let Some((from, mut text)) = self.open.take() else { return };
        let Some(index) = self.stack.iter().rev().find_map(|i| *i) else { return };
        text.push_str(&self.text[from..at.max(from)]);
        self.describe(index, &text);
    }

    fn describe(&mut self, index: usize, text: &str) {
        let Noted { text, state } = note::split(text);
        let item = &mut self.found.items[index];
        let (line, ticked) = (item.line, item.state == ItemState::Done);
        if text.is_empty() {
            self.notice(line, "the item has no text");
        }
        if !ticked && lookalike::ticked_inside(&text) {
            self.notice(line, "ambiguous: the box is open, but its text holds `[x]`; counted as open");
        }
        match (state, ticked) {
            (Some(_), true) => self.notice(line, "the item is ticked; its state note is ignored"),
            (Some(state), false) => {
                if state == ItemState::Blocked(String::new()) {
                    self.notice(line, "the item is blocked, but does not say by what");
                }
                self.found.items[index].state = state;
            }
            (None, _) => {}
        }
        self.found.items[index].text = text;
    }

    fn notice(&mut self, line: u32, what: &str) {
        self.found.notices.push(format!("line {line}: {what}"));
    }

    fn finish(mut self) -> Checklist {
        if self.unassigned > 0 && !self.found.headings.is_empty() {
            let n = self.unassigned;
            let what = if n == 1 { "1 item stands" } else { &format!("{n} items stand") };
            self.found.notices.push(format!("{what} under no milestone heading"));
        }
        self.found
    }
}
