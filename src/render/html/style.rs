//! What the page looks like: marks, words and colours of outcomes, and the pieces that several sections
//! use. A colour never stands alone: beside it are a mark and a word.

use super::markup::{Element, Html, code, element, sentence, text};
use crate::model::outcome::{Outcome, Ruling};
use crate::model::place::Place;
use crate::model::ratio::Ratio;
use crate::render::text::{symbol, symbol_of_ruling};

/// The style sheet.
pub(super) const SHEET: &str = include_str!("style.css");

/// A section of the page.
pub(super) struct Section {
    /// The place to jump to.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// The most important thing about it, in a few words.
    pub(super) lead: String,
    /// What it shows.
    pub(super) body: Html,
}

impl From<Section> for Html {
    fn from(section: Section) -> Self {
        let heading = element("h2").attribute("id", format!("{}-title", section.id)).text(section.title);
        let lead = (!section.lead.is_empty()).then(|| element("p").class("lead").text(&section.lead));
        element("section")
            .attribute("id", section.id)
            .attribute("aria-labelledby", format!("{}-title", section.id))
            .with(heading)
            .with(lead)
            .with(section.body)
            .into()
    }
}

/// The class of an outcome.
pub(super) const fn class_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "good",
        Outcome::Failed => "bad",
        Outcome::Unproven | Outcome::Waived => "doubt",
        Outcome::Deferred | Outcome::NotApplicable | Outcome::Disabled => "quiet",
    }
}

/// The class of a ruling.
pub(super) const fn class_of_ruling(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Passed => "good",
        Ruling::Failed => "bad",
        Ruling::Unproven => "doubt",
        Ruling::Deferred => "quiet",
    }
}

/// `✗ failed`, in its colour.
pub(super) fn chip(class: &'static str, mark: &str, word: &str) -> Element {
    let mark = element("span").class("mark").attribute("aria-hidden", "true").text(mark);
    element("span").class("chip").with(element("span").class(class).with(mark).with(text(word)))
}

/// An outcome, as a chip.
pub(super) fn outcome(outcome: Outcome) -> Element {
    chip(class_of(outcome), symbol(outcome), outcome.word())
}

/// A ruling, as a chip.
pub(super) fn ruling(ruling: Ruling) -> Element {
    chip(class_of_ruling(ruling), symbol_of_ruling(ruling), ruling.word())
}

/// A number with what it counts.
pub(super) fn tile(class: &'static str, number: &str, what: &str) -> Element {
    let number = element("span").class("number").text(number);
    let what = element("span").class("what").text(what);
    element("li").with(element("div").class(class).with(number).with(what))
}

/// Numbers side by side.
pub(super) fn tiles(all: impl IntoIterator<Item = Element>) -> Element {
    element("ul").class("tiles").all(all)
}

/// How much of it, as a bar; the words beside it say the same.
pub(super) fn bar(ratio: Ratio) -> Element {
    let share = ratio.covered.saturating_mul(1000).checked_div(ratio.total).unwrap_or(0);
    let style = format!("width:{}.{}%", share / 10, share % 10);
    let inner = element("span").class(level(ratio)).attribute("style", style);
    element("span").class("bar").attribute("aria-hidden", "true").with(inner)
}

/// The shade of a ratio, in five steps.
pub(super) const fn level(ratio: Ratio) -> &'static str {
    match ratio.covered.saturating_mul(100).checked_div(ratio.total) {
        Some(0..50) => "level-1",
        Some(50..75) => "level-2",
        Some(75..90) => "level-3",
        Some(90..97) => "level-4",
        Some(97..) | None => "level-5",
    }
}

/// A table with its caption and its columns, its rows made of cells; a column whose name ends in `#`
/// holds numbers, one that ends in `%` bars.
pub(super) fn table(
    caption: &str,
    columns: &[&'static str],
    rows: impl IntoIterator<Item = Vec<Element>>,
) -> Element {
    let head = columns.iter().map(|name| {
        let cell = element("th").attribute("scope", "col");
        match (name.strip_suffix('#'), name.strip_suffix('%')) {
            (Some(name), _) => cell.class("figure").text(name),
            (_, Some(name)) => cell.class("bars").text(name),
            _ => cell.text(name),
        }
    });
    element("table")
        .with(element("caption").text(caption))
        .with(element("thead").with(element("tr").all(head)))
        .with(element("tbody").all(rows.into_iter().map(|cells| element("tr").all(cells))))
}

/// The same where a narrow screen shows a card for each row: its cells bear the names of their columns.
pub(super) fn cards(
    caption: &str,
    columns: &[&'static str],
    rows: impl IntoIterator<Item = Vec<Element>>,
) -> Element {
    let named = |cells: Vec<Element>| -> Vec<Element> {
        let label = |name: &&'static str| name.trim_end_matches('#');
        cells
            .into_iter()
            .zip(columns.iter().map(label))
            .map(|(cell, name)| cell.attribute("data-label", name))
            .collect()
    };
    table(caption, columns, rows.into_iter().map(named)).class("cards")
}

/// A cell.
pub(super) fn cell(inside: impl Into<Html>) -> Element {
    element("td").with(inside)
}

/// The cell that names its row.
pub(super) fn header(inside: impl Into<Html>) -> Element {
    element("th").attribute("scope", "row").with(inside)
}

/// A cell with a number.
pub(super) fn figure(number: &str) -> Element {
    element("td").class("figure").text(number)
}

/// A place, as a path with its line.
pub(super) fn place(place: &Place) -> Element {
    code(&place.to_string())
}

/// Something to open.
pub(super) fn details(open: bool, summary: impl Into<Html>, inside: impl Into<Html>) -> Element {
    element("details").flag("open", open).with(element("summary").with(summary)).with(inside)
}

/// `12 more are in reports/unit.xml`; nothing where nothing was left out.
pub(super) fn more(left_out: usize, whereabouts: &str) -> Option<Element> {
    let are = if left_out == 1 { "is" } else { "are" };
    (left_out > 0).then(|| {
        let said = format!("{} more {are} {whereabouts}", grouped(left_out as u64));
        element("p").class("more").with(sentence(&said))
    })
}

/// `12,345`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod laws {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_shares_never_round_up() {
        for (number, want) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), want);
        }
        assert_eq!(level(Ratio::new(899, 1000)), "level-3");
        assert!(Html::from(bar(Ratio::new(9999, 10000))).into_string().contains("width:99.9%"));
    }
}
