//! `badge`: an SVG of one line, for a README. `badge` alone shows the verdict; `badge:coverage` or
//! `badge:code-complete/coverage` a criterion: its figure in the colour of its outcome.
//!
//! It holds no script, loads nothing and names no font file.

use super::plain::{clean, cut};
use super::xml::escape;
use super::{Output, Style};
use crate::gates::Criterion;
use crate::model::outcome::{Outcome, Ruling};
use crate::verdict::Verdict;
use unicode_width::UnicodeWidthStr;

/// The row.
pub(super) static OUTPUT: Output = Output {
    name: "badge",
    summary: "an SVG badge of the verdict; badge:CRITERION of one criterion",
    render,
    about: Some(about),
    whole: None,
};

/// The figure that says most of a criterion, by its kind; else the outcome's word does.
const FIGURES: &[(&str, &str)] = &[("coverage", "lines"), ("tests", "passing"), ("checklist", "items")];

const GREEN: &str = "#2e7d32";
const RED: &str = "#c62828";
const AMBER: &str = "#9a6700";
const GREY: &str = "#616161";

fn render(verdict: &Verdict, _: &Style) -> String {
    let colour = match verdict.ruling {
        Ruling::Passed => GREEN,
        Ruling::Failed => RED,
        Ruling::Unproven => AMBER,
        Ruling::Deferred => GREY,
    };
    let milestone = verdict.subject.milestone.as_ref().map(|(id, _)| format!(" {id}"));
    let milestone = milestone.filter(|_| verdict.occasion == crate::model::outcome::Occasion::Milestone);
    svg(&format!("milegate{}", milestone.unwrap_or_default()), verdict.ruling.word(), colour)
}

/// `None` if there is no such criterion.
fn about(verdict: &Verdict, name: &str) -> Option<String> {
    let all = verdict.gates.iter().flat_map(|gate| gate.criteria.iter().map(move |c| (gate.id, c)));
    let mut found = all.filter(|(gate, c)| c.id == name || format!("{gate}/{}", c.id) == name);
    let (_, criterion) = found.next()?;
    let colour = match criterion.outcome {
        Outcome::Passed => GREEN,
        Outcome::Failed => RED,
        Outcome::Unproven | Outcome::Waived => AMBER,
        Outcome::Deferred | Outcome::NotApplicable | Outcome::Disabled => GREY,
    };
    Some(svg(&criterion.id, &value(criterion), colour))
}

fn value(criterion: &Criterion) -> String {
    let word = criterion.outcome.word();
    let wanted = FIGURES.iter().find(|(kind, _)| *kind == criterion.kind);
    let figure = wanted.and_then(|(_, name)| criterion.judgement.figures.iter().find(|f| f.0 == *name));
    match figure {
        Some((_, value)) if matches!(criterion.outcome, Outcome::Passed | Outcome::Failed) => value.clone(),
        Some((_, value)) => format!("{value} {word}"),
        None => word.to_owned(),
    }
}

/// Room of a text in pixels, with its margins: letters of eleven pixels are about seven wide.
fn room(text: &str) -> usize {
    text.width() * 7 + 10
}

fn svg(label: &str, value: &str, colour: &str) -> String {
    let (label, value) = (cut(&clean(label), 40), cut(&clean(value), 40));
    let (left, right) = (room(&label), room(&value));
    let width = left + right;
    let text = |at: usize, room: usize, text: &str| {
        let (middle, length) = (at + room / 2, room - 10);
        format!("    <text x=\"{middle}\" y=\"14\" textLength=\"{length}\">{}</text>\n", escape(text))
    };
    let (label_text, value_text) = (text(0, left, &label), text(left, right, &value));
    let title = escape(&format!("{label}: {value}"));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\" aria-label=\"{title}\">\n  \
         <title>{title}</title>\n  \
         <clipPath id=\"round\"><rect width=\"{width}\" height=\"20\" rx=\"3\"/></clipPath>\n  \
         <g clip-path=\"url(#round)\">\n    \
         <rect width=\"{left}\" height=\"20\" fill=\"#444\"/>\n    \
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{colour}\"/>\n  \
         </g>\n  \
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n\
         {label_text}{value_text}  </g>\n</svg>\n"
    )
}
