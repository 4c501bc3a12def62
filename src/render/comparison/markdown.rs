//! The comparison for a step summary or a comment. Text of reports stands in code spans only.

use super::sparkline::sparkline;
use super::text::{cells, conclusion, file, finding, test};
use super::{Compared, Spark};
use crate::model::place::Place;
use crate::render::markdown::{cell, code, prose};

/// Rows of one table; a comment holds 65,536 characters.
const ROWS: usize = 50;

/// Runs of a sparkline.
const RUNS: usize = 20;

pub(super) fn render(compared: &Compared) -> String {
    let mut page = format!("## Milegate: compared\n\n{}\n\n", prose(&conclusion(compared)));
    page.push_str(&format!("{} → {}\n\n", code(&compared.before), code(&compared.now)));
    for note in &compared.notes {
        page.push_str(&format!("> {}\n\n", code(note)));
    }
    page.push_str("| | Before → now |\n|---|---|\n");
    if let Some(tests) = &compared.tests {
        page.push_str(&format!(
            "| Tests | {} → {}: {} |\n",
            tests.before,
            tests.now,
            prose(&tests.summary())
        ));
    }
    if let Some(coverage) = &compared.coverage {
        page.push_str(&format!("| Coverage | {} |\n", prose(&coverage.summary())));
    }
    if let Some(findings) = &compared.findings {
        page.push_str(&format!("| Findings | {} |\n", prose(&findings.summary())));
    }
    page.push_str(&list("Tests", tests(compared)));
    page.push_str(&list("Coverage", files(compared)));
    page.push_str(&list("Findings", findings(compared)));
    page.push_str(&benchmarks(compared));
    page
}

type Lines = Vec<(Option<bool>, String)>;

fn tests(compared: &Compared) -> Lines {
    let changes = compared.tests.iter().flat_map(|all| &all.changes);
    changes.map(|change| (change.kind.is_better(), test(compared, change))).collect()
}

fn files(compared: &Compared) -> Lines {
    let files = compared.coverage.iter().flat_map(|all| &all.files);
    files.map(|change| (change.is_better(), file(change))).collect()
}

fn findings(compared: &Compared) -> Lines {
    let Some(all) = &compared.findings else { return Vec::new() };
    let new = all.new.iter().map(|one| (false, one));
    let both = new.chain(all.fixed.iter().map(|one| (true, one)));
    both.map(|(better, (print, mark))| {
        let path = Place::file(&print.path);
        let place = compared.finding_places.get(print).filter(|_| !better).unwrap_or(&path);
        let word = if better { "fixed" } else { "new" };
        (Some(better), format!("{place} {word} {}", finding(print, mark)))
    })
    .collect()
}

fn mark(is_better: Option<bool>) -> &'static str {
    match is_better {
        Some(true) => "better",
        Some(false) => "**worse**",
        None => "",
    }
}

fn list(name: &str, lines: Lines) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut out = format!("\n### {name}\n\n| | |\n|---|---|\n");
    let more = lines.len().saturating_sub(ROWS);
    for (sense, text) in lines.into_iter().take(ROWS) {
        out.push_str(&format!("| {} | {} |\n", mark(sense), cell(&text)));
    }
    if more > 0 {
        out.push_str(&format!("\n... and {more} more\n"));
    }
    out
}

fn benchmarks(compared: &Compared) -> String {
    if compared.benchmarks.is_empty() {
        return String::new();
    }
    let mut out =
        "\n### Benchmarks\n\n| | Benchmark | Before | Now | Change | History |\n|---|---|--:|--:|--:|---|\n"
            .to_owned();
    for series in compared.benchmarks.iter().take(ROWS) {
        let [before, now, change] = cells(series).map(|text| prose(&text));
        let line = sparkline(&series.values(), RUNS, Spark::Blocks);
        let name = cell(&series.name);
        out.push_str(&format!(
            "| {} | {name} | {before} | {now} | {change} | {line} |\n",
            mark(series.is_better)
        ));
    }
    match compared.benchmarks.len().saturating_sub(ROWS) {
        0 => out,
        more => out + &format!("\n... and {more} more\n"),
    }
}
