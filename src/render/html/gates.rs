//! The gates with their criteria: what was measured, what was required, where, from which file, and
//! the next step.

use super::markup::{Element, Html, code, element, sentence, text};
use super::style::{Section, details, more, outcome, place, ruling};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::Outcome;
use crate::render::plain::{clean, cut};
use crate::render::text::is_unconfigured;
use crate::verdict::Verdict;

/// Details of one criterion.
const DETAILS: usize = 100;
/// Files that are named as what a criterion rests on.
const SOURCES: usize = 20;
/// Columns of a detail: a test's whole message stands among the tests.
const DETAIL: usize = 300;
/// So many are shown without being asked for.
const OPEN: usize = 12;

/// Where the rest of a list of details is.
const REST: &str = "in the JSON output";

/// The place of a criterion on the page. Names are a project's own, numbers are not.
pub(super) fn anchor(gate: &GateResult, nth: usize) -> String {
    format!("gate-{}-{}", gate.number, nth + 1)
}

/// The section.
pub(super) fn section(verdict: &Verdict) -> Section {
    let body = verdict.gates.iter().map(gate).collect();
    Section { id: "gates", title: "Gates", lead: String::new(), body }
}

fn gate(gate: &GateResult) -> Element {
    let heading = element("h3")
        .with(element("span").class("count").text(&gate.number.to_string()))
        .with(text(gate.name))
        .with(ruling(gate.ruling));
    let all = || gate.criteria.iter().enumerate();
    let rows = all().filter(|(_, c)| !is_unconfigured(c)).map(|(nth, c)| criterion(c, anchor(gate, nth)));
    let rows: Html = rows.collect();
    let idle: Vec<_> = all().filter(|(_, c)| is_unconfigured(c)).map(|(_, c)| unconfigured(c)).collect();
    let count = idle.len();
    let idle = (count > 0).then(|| {
        let what = if count == 1 {
            "1 criterion is not configured".to_owned()
        } else {
            format!("{count} criteria are not configured")
        };
        details(false, text(&what), element("ul").class("plain").all(idle))
    });
    let rows = (!rows.is_empty()).then(|| element("ul").class("criteria").with(rows));
    element("article")
        .class("gate-card")
        .attribute("id", format!("gate-{}", gate.number))
        .with(heading)
        .with(rows)
        .with(idle)
}

fn unconfigured(criterion: &Criterion) -> Element {
    element("li")
        .with(element("strong").text(&criterion.id))
        .with(text(": "))
        .with(sentence(&criterion.judgement.next_step))
}

fn criterion(criterion: &Criterion, anchor: String) -> Element {
    let judgement = &criterion.judgement;
    let told = judgement.measured.is_empty() || criterion.outcome == Outcome::Disabled;
    let measured = if told { &judgement.message } else { &judgement.measured };
    let told = (judgement.message != *measured).then(|| element("p").with(sentence(&judgement.message)));
    let required = (!judgement.expected.is_empty())
        .then(|| element("p").class("required").with(text("required: ")).with(text(&judgement.expected)));
    let open = matches!(criterion.outcome, Outcome::Failed | Outcome::Unproven);
    let step = (!judgement.next_step.is_empty() && (open || criterion.outcome == Outcome::Waived))
        .then(|| element("p").class("step").with(sentence(&judgement.next_step)));
    let advisory = criterion.advisory.then(|| element("span").class("aside").text("advisory"));
    let sources: Vec<_> = judgement.evidence.iter().take(SOURCES).map(|source| code(&source.path)).collect();
    let sources =
        (!sources.is_empty()).then(|| element("p").class("sources").with(text("from ")).all(spaced(sources)));
    let others = more(judgement.evidence.len().saturating_sub(SOURCES), REST);
    element("li")
        .attribute("id", anchor)
        .with(outcome(criterion.outcome))
        .with(element("h4").text(&criterion.id).with(advisory))
        .with(
            element("div")
                .with(element("p").with(text(measured)))
                .with(told)
                .with(required)
                .with(step)
                .with(list(&judgement.details, "place", open))
                .with(list(&judgement.notices, "note", false))
                .with(sources)
                .with(others),
        )
}

fn spaced(all: Vec<Element>) -> Vec<Html> {
    all.into_iter().map(|one| Html::from(one).and(text(" "))).collect()
}

/// `3 places`, opened where they are what decides and few.
fn list(all: &[Detail], noun: &str, decisive: bool) -> Option<Element> {
    let placed = all.iter().any(|detail| detail.place.is_some());
    let noun = if placed || noun == "note" { noun } else { "detail" };
    let count = match all.len() {
        0 => return None,
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    };
    let rows = element("ul").class("places").all(all.iter().take(DETAILS).map(item));
    let rest = more(all.len().saturating_sub(DETAILS), REST);
    Some(details(decisive && all.len() <= OPEN, text(&count), Html::from(rows).and(rest)))
}

fn item(detail: &Detail) -> Element {
    element("li")
        .with(detail.place.as_ref().map(place))
        .with(text(" "))
        .with(text(&cut(&clean(&detail.message), DETAIL)))
}
