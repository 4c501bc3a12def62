//! The page of a command that ended without a verdict: an older page in its place would be taken for
//! the word of this run.

use super::markup::{Html, code, element, sentence, text};
use super::page::frame;
use crate::render::exhibit::Refused;

/// The page.
pub(super) fn render(refused: &Refused<'_>) -> String {
    let mark = element("span").class("mark").attribute("aria-hidden", "true").text("?");
    let word = element("strong").text("no verdict");
    let exit = element("span").class("exit").text(&format!("exit {}", refused.status));
    let said = element("span").class("said").with(sentence(refused.message));
    let banner = element("div").class("doubt").with(mark).with(word).with(said).with(exit);
    let mistakes = refused.mistakes.iter().map(|(place, said, hint)| {
        let hint = hint.map(|hint| element("p").class("step").with(sentence(hint)));
        element("li").with(code(place)).with(text(" ")).with(sentence(said)).with(hint)
    });
    let mistakes = (!refused.mistakes.is_empty()).then(|| element("ul").class("places").all(mistakes));
    let next = refused.next_step.map(|next| {
        let heading = element("h2").attribute("id", "next-title").text("What to do next");
        let step = element("p").class("step").with(sentence(next));
        element("section").class("next").attribute("aria-labelledby", "next-title").with(heading).with(step)
    });
    let brand = element("p").class("brand").with(element("strong").text("Milegate"));
    let header = element("header")
        .with(brand)
        .with(element("h1").text("Nothing was judged"))
        .with(element("div").class("banner").with(banner));
    let body = Html::from(header).and(element("main").with(mistakes).with(next));
    frame("no verdict · Milegate", body)
}
