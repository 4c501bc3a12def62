//! What linters, type checkers and formatters found, the worst first.

use super::markup::{Html, code, element, text};
use super::style::{Section, cards, cell, chip, details, grouped, header, more, place, table, tile, tiles};
use crate::model::findings::{Finding, Findings, Severity};
use crate::render::exhibit::Exhibit;
use std::collections::BTreeMap;

/// Findings that are listed.
const LISTED: usize = 300;
/// So many are open.
const OPEN: usize = 40;
/// Rules that are counted.
const RULES: usize = 25;

/// Where the rest is.
const REST: &str = "in the reports";

const fn shown(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Critical => ("bad", "✗✗"),
        Severity::Error => ("bad", "✗"),
        Severity::Warning => ("doubt", "!"),
        Severity::Info => ("quiet", "i"),
    }
}

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let findings = exhibit.findings.as_ref()?;
    let mut all: Vec<&Finding> = findings.list.iter().collect();
    all.sort();
    let counts = findings.by_severity();
    let tiled = counts.iter().filter(|(severity, n)| **n > 0 || **severity < Severity::Info);
    let tiled = tiled.map(|(severity, n)| {
        tile(if *n > 0 { shown(*severity).0 } else { "quiet" }, &grouped(*n), severity.word())
    });
    let suppressed = (findings.suppressed > 0)
        .then(|| tile("quiet", &grouped(findings.suppressed), "suppressed in the code"));
    let body = Html::from(tiles(tiled.chain(suppressed))).and(by_rule(findings)).and(list(&all));
    let lead = match all.len() as u64 {
        0 => "nothing found".to_owned(),
        1 => "1 finding in all reports".to_owned(),
        n => format!("{} findings in all reports", grouped(n)),
    };
    Some(Section { id: "findings", title: "Findings", lead, body })
}

fn list(all: &[&Finding]) -> Option<Html> {
    if all.is_empty() {
        return None;
    }
    let rows = all.iter().take(LISTED).map(|finding| {
        let (class, mark) = shown(finding.severity);
        let at = finding.place.as_ref().map(place);
        let rule = finding.rule.as_ref().map(|rule| Html::from(code(rule)).and(text(" ")));
        vec![
            cell(chip(class, mark, finding.severity.word())),
            header(at),
            cell(element("span").with(rule).with(text(&finding.message))),
            cell(text(finding.tool)),
        ]
    });
    let listed = cards("Findings, the worst first", &["Severity", "Place", "What", "Tool"], rows);
    let rest = more(all.len().saturating_sub(LISTED), REST);
    let title = format!("Every finding ({})", grouped(all.len() as u64));
    Some(details(all.len() <= OPEN, text(&title), Html::from(listed).and(rest)).into())
}

/// How often each rule was broken, where there are many findings.
fn by_rule(findings: &Findings) -> Option<Html> {
    if findings.list.len() <= OPEN {
        return None;
    }
    let mut rules: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in &findings.list {
        *rules.entry((finding.tool, finding.rule.as_deref().unwrap_or("without a rule"))).or_default() += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let rows = rules.iter().take(RULES).map(|((tool, rule), n)| {
        vec![header(code(rule)), cell(text(tool)), super::style::figure(&grouped(*n))]
    });
    let listed = table("How often each rule was broken", &["Rule", "Tool", "Findings#"], rows);
    let rest = more(rules.len().saturating_sub(RULES), REST);
    Some(details(true, text(&format!("By rule ({})", rules.len())), Html::from(listed).and(rest)).into())
}
