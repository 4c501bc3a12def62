//! The changed lines with their source: which were executed, and which were not.

use super::markup::{Element, Html, code, element, text};
use super::style::{Section, bar, details, grouped, more};
use crate::evidence::excerpt::{Excerpt, Line};
use crate::render::exhibit::{Changes, Exhibit};

/// Files that are open: with lines that were not executed.
const OPEN: usize = 6;

/// Where the rest is.
const REST: &str = "in the diff";

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let changes = exhibit.changes.as_ref()?;
    let whole = changes.ratio;
    let lead = match whole.is_empty() {
        true => format!("no executable line changed since {}", changes.base),
        false => format!(
            "{} of {} executable changed lines were executed, since {}",
            grouped(whole.covered),
            grouped(whole.total),
            changes.base
        ),
    };
    let files =
        changes.files.iter().enumerate().map(|(at, excerpt)| file(excerpt, at < OPEN)).collect::<Html>();
    let body = Html::from((!changes.files.is_empty()).then(legend))
        .and(files)
        .and(unmeasured(changes))
        .and(more(changes.left_out, "in the diff, in other files"));
    Some(Section { id: "changes", title: "Changed lines", lead, body })
}

fn legend() -> Element {
    let rows = [
        ("hit", "✓", "executed"),
        ("miss", "✗", "not executed"),
        ("changed", "·", "changed, not executable"),
    ];
    let rows = rows.map(|(class, mark, word)| {
        let swatch = element("span").class(class).with(element("span").class("sign").text(mark));
        element("li").with(swatch).with(text(word))
    });
    element("ul").class("legend source").all(rows)
}

fn file(excerpt: &Excerpt, open: bool) -> Element {
    let missed = excerpt.ratio.total - excerpt.ratio.covered;
    let said = match (excerpt.ratio.total, missed) {
        (0, _) => "no executable line changed".to_owned(),
        (total, 0) => format!("all {} executed", grouped(total)),
        (total, missed) => format!("{} of {} not executed", grouped(missed), grouped(total)),
    };
    let said = element("span").class(if missed > 0 { "said bad" } else { "said" }).text(&said);
    let measure = (excerpt.ratio.total > 0).then(|| bar(excerpt.ratio));
    let summary = Html::from(code(&excerpt.path)).and(text(" ")).and(said).and(measure);
    let blocks = excerpt.blocks.iter().map(|block| element("div").class("block").all(block.iter().map(line)));
    let source = element("div").class("source").all(blocks);
    details(open && missed > 0, summary, Html::from(source).and(more(excerpt.left_out, REST))).class("file")
}

/// A line with its number and what became of it.
fn line(line: &Line) -> Element {
    let (class, mark, word) = match (line.changed, line.hit) {
        (true, Some(true)) => ("hit", "✓", "executed"),
        (true, Some(false)) => ("miss", "✗", "not executed"),
        (true, None) => ("changed", "·", "changed, not executable"),
        (false, _) => ("around", "", ""),
    };
    let sign = element("span").class("sign").text(mark);
    let sign = if word.is_empty() { sign } else { sign.attribute("title", word) };
    element("div")
        .class(class)
        .with(element("span").class("at").text(&line.number.to_string()))
        .with(sign)
        .with(element("code").line(&line.text))
}

fn unmeasured(changes: &Changes) -> Option<Element> {
    let count = changes.unmeasured.len();
    let rows = changes.unmeasured.iter().map(|(path, lines)| {
        let noun = if *lines == 1 { "line" } else { "lines" };
        element("li").with(code(path)).with(text(&format!(" {} {noun}", grouped(*lines))))
    });
    let title = format!("Changed, and in no coverage report ({count})");
    (count > 0).then(|| details(false, text(&title), element("ul").class("places").all(rows)))
}
