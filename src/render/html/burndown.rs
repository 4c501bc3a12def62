//! How the open items of the checklist went down.

use super::markup::{Html, element, picture, text};
use super::style::{Section, details, figure, header, more, table};
use crate::render::burndown::drawn;
use crate::render::exhibit::Exhibit;

/// Days in the table, the latest.
const DAYS: usize = 60;

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let chart = exhibit.burndown.as_ref()?;
    let drawing = drawn(chart, false)?;
    let described = format!("Burndown. {}. {}.", chart.standing(), chart.outlook());
    let frame = element("div")
        .class("scroll")
        .attribute("tabindex", "0")
        .attribute("role", "group")
        .attribute("aria-label", "Burndown chart")
        .with(picture(&drawing, &described));
    let remarks = chart.remarks();
    let remarks = (!remarks.is_empty())
        .then(|| element("ul").class("places").all(remarks.iter().map(|said| element("li").text(said))));
    let hidden = chart.days.len().saturating_sub(DAYS);
    let rows = chart.days.iter().skip(hidden).rev().map(|day| {
        vec![
            header(text(&day.date.to_string())),
            figure(&day.remaining.to_string()),
            figure(&day.completed.to_string()),
            figure(&day.total.to_string()),
            element("td").text(&day.blockers.join("; ")),
        ]
    });
    let columns = ["Day", "Remaining#", "Completed#", "All items#", "Blockers"];
    let days = Html::from(table("Open items by day, the latest first", &columns, rows));
    let days = details(false, text("Day by day"), days.and(more(hidden, "in `milegate burndown`")));
    let body = Html::from(frame).and(remarks).and(days);
    Some(Section {
        id: "burndown",
        title: "Burndown",
        lead: format!("{}. {}.", chart.standing(), chart.outlook()),
        body,
    })
}
