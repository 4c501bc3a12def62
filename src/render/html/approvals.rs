//! Who signed off what, and whether it still counts for the content that is judged.

use super::markup::{code, element, text};
use super::style::{Section, cards, cell, chip, header};
use crate::render::exhibit::{Exhibit, SignOff};

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let all = &exhibit.approvals;
    if all.is_empty() {
        return None;
    }
    let counting = all.iter().filter(|one| one.counts).count();
    let rows = all.iter().map(|one: &SignOff| {
        let standing = match one.counts {
            true => chip("good", "✓", "counts"),
            false => chip("bad", "✗", "does not count"),
        };
        let said = (!one.comment.is_empty()).then(|| element("p").class("quote").text(&one.comment));
        vec![
            header(code(&one.topic)),
            cell(text(&one.person)),
            cell(text(one.decision)),
            cell(text(&one.day)),
            cell(standing).with(element("p").class("note").text(&one.why)).with(said),
        ]
    });
    let columns = ["Role or statement", "Person", "Decision", "Day", "Standing"];
    let body = cards("Approvals", &columns, rows).into();
    let lead = format!("{counting} of {} count for the content that is judged", all.len());
    Some(Section { id: "approvals", title: "Approvals", lead, body })
}
