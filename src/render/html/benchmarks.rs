//! The benchmarks: their targets, and each with its history, the interval of this run and the value from
//! which on it would have been called worse.

use super::markup::{Element, Html, code, element, picture, sentence, text};
use super::style::{Section, cards, cell, chip, figure, header, more};
use crate::model::performance::Performance;
use crate::render::comparison::{Series, plot};
use crate::render::exhibit::Exhibit;

/// Benchmarks that are drawn.
const DRAWN: usize = 60;

/// How to read a plot.
const KEY: &str = "Each dot is a run, the oldest on the left; the last one is this run, the upright line beside it \
                   the 95 % interval of its value. From the dashed line on a run would have been called worse.";

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let (targets, series) = (&exhibit.performance, &exhibit.benchmarks);
    if targets.is_empty() && series.is_empty() {
        return None;
    }
    let mut sorted: Vec<&Series> = series.iter().collect();
    sorted.sort_by_key(|one| match one.is_better {
        Some(false) => 0,
        None => 2,
        Some(true) => 1,
    });
    let cards = sorted.iter().take(DRAWN).map(|one| card(one));
    let key = series.iter().any(has_history).then(|| element("p").class("key").text(KEY));
    let cards = (!series.is_empty()).then(|| element("ul").class("plots").all(cards));
    let body = Html::from(performance(targets))
        .and(key)
        .and(cards)
        .and(more(series.len().saturating_sub(DRAWN), "in `milegate compare`"));
    Some(Section { id: "benchmarks", title: "Benchmarks", lead: lead(targets, series), body })
}

fn lead(targets: &[Performance], series: &[Series]) -> String {
    let met = targets.iter().filter(|target| target.met() == Some(true)).count();
    let of = |better| series.iter().filter(|one| one.is_better == Some(better)).count();
    let targets = (!targets.is_empty()).then(|| format!("{met} of {} targets met", targets.len()));
    let history = series.iter().any(has_history).then(|| format!("{} worse, {} better", of(false), of(true)));
    targets.into_iter().chain(history).collect::<Vec<_>>().join("; ")
}

fn has_history(series: &Series) -> bool {
    !series.history.is_empty()
}

fn performance(targets: &[Performance]) -> Option<Element> {
    let rows = targets.iter().map(|target| {
        let (class, mark, word) = match target.met() {
            Some(true) => ("good", "✓", "met"),
            Some(false) => ("bad", "✗", "missed"),
            None => ("doubt", "?", "not measured"),
        };
        let current = match &target.current {
            Ok(quantity) => figure(&quantity.to_string()),
            Err(why) => cell(text(why)),
        };
        let before = target.baseline.as_ref().map(ToString::to_string).unwrap_or_else(|| "–".to_owned());
        vec![
            header(code(&target.operation)),
            figure(&target.target.to_string()),
            figure(&before),
            current,
            cell(chip(class, mark, word)),
        ]
    });
    let columns = ["Operation", "Target#", "Last milestone#", "Now#", "Outcome"];
    (!targets.is_empty()).then(|| cards("Performance targets", &columns, rows))
}

fn card(series: &Series) -> Element {
    let change = series.change().map(|change| element("span").class("change").text(&change));
    let (class, mark, word) = match series.is_better {
        Some(true) => ("good", "✓", "better"),
        Some(false) => ("bad", "✗", "worse"),
        None => ("quiet", "=", "no change to be seen"),
    };
    let verdict = has_history(series).then(|| chip(class, mark, word));
    let (before, now) = (series.show(series.before), series.show(series.now));
    let values = match series.before {
        Some(_) => format!("{before} → {now}"),
        None => now,
    };
    let note = (!series.note.is_empty()).then(|| element("p").class("note").with(sentence(&series.note)));
    let limit = series.limit.map(|limit| format!("worse from {} on", series.show(Some(limit))));
    let interval = series.interval.map(|(low, high)| {
        format!("this run within {} to {}", series.show(Some(low)), series.show(Some(high)))
    });
    let told: Vec<_> = interval.into_iter().chain(limit).collect();
    let told = (!told.is_empty()).then(|| element("p").class("note").text(&told.join("; ")));
    let described = format!("{} runs of {}, the last {values}", series.values().len(), series.name);
    let drawn = has_history(series).then(|| picture(&plot(series, false), &described));
    element("li")
        .with(element("h3").with(code(&series.name)))
        .with(
            element("p")
                .class("values")
                .with(text(&values))
                .with(text(" "))
                .with(change)
                .with(text(" "))
                .with(verdict),
        )
        .with(drawn)
        .with(told)
        .with(note)
}
