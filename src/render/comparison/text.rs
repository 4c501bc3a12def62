//! The comparison for a person at a terminal.

use super::sparkline::sparkline;
use super::{Compared, Series, Spark};
use crate::evidence::comparison::{FileChange, TestChange};
use crate::model::place::Place;
use crate::render::Style;
use crate::render::plain::{clean, cut, pad, wrap};
use owo_colors::OwoColorize;

/// Runs of a sparkline.
const RUNS: usize = 20;

pub(super) fn render(compared: &Compared, style: &Style, spark: Spark) -> String {
    let page = Page { width: style.width.clamp(40, 110), color: style.color, details: style.details };
    let title = format!("{} -> {}", clean(&compared.before), clean(&compared.now));
    let mut lines: Vec<String> =
        wrap(&title, page.width - 2).iter().map(|line| page.bold(&format!(" {line}"))).collect();
    lines.push(String::new());
    lines.extend(page.tests(compared));
    lines.extend(page.coverage(compared));
    lines.extend(page.findings(compared));
    lines.extend(page.benchmarks(compared, spark));
    lines.extend(compared.notes.iter().flat_map(|note| page.paragraph(None, &format!("note: {note}"))));
    if !compared.notes.is_empty() {
        lines.push(String::new());
    }
    lines.extend(page.paragraph_at(1, &conclusion(compared)));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// `Worse: 2 tests, 1 file. Better: 3 tests.`
pub(super) fn conclusion(compared: &Compared) -> String {
    let balances = compared.balances();
    if balances.is_empty() {
        return "Nothing could be compared: no kind of evidence is in both runs.".to_owned();
    }
    let told = |pick: &dyn Fn(&super::Balance) -> u64| -> String {
        let parts = balances.iter().filter(|(_, balance)| pick(balance) > 0);
        let parts: Vec<_> = parts
            .map(|(name, balance)| match pick(balance) {
                1 => format!("1 {}", name.trim_end_matches('s')),
                n => format!("{n} {name}"),
            })
            .collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    };
    format!("Worse: {}. Better: {}.", told(&|b| b.worse), told(&|b| b.better))
}

struct Page {
    width: usize,
    color: bool,
    details: usize,
}

impl Page {
    fn bold(&self, text: &str) -> String {
        if self.color { text.bold().to_string() } else { text.to_owned() }
    }

    /// One column wide: better, worse, neither.
    fn mark(&self, is_better: Option<bool>) -> String {
        match is_better {
            Some(true) if self.color => "+".green().to_string(),
            Some(true) => "+".to_owned(),
            Some(false) if self.color => "-".red().bold().to_string(),
            Some(false) => "-".to_owned(),
            None => "·".to_owned(),
        }
    }

    fn paragraph(&self, mark: Option<Option<bool>>, text: &str) -> Vec<String> {
        let lines = wrap(&cut(&clean(text), 400), self.width.saturating_sub(8));
        let first = mark.map_or_else(|| " ".to_owned(), |mark| self.mark(mark));
        let lines = lines.into_iter().enumerate();
        lines
            .map(|(at, line)| if at == 0 { format!("   {first} {line}") } else { format!("       {line}") })
            .collect()
    }

    fn paragraph_at(&self, indent: usize, text: &str) -> Vec<String> {
        let blanks = " ".repeat(indent);
        wrap(&clean(text), self.width - indent).iter().map(|line| format!("{blanks}{line}")).collect()
    }

    fn head(&self, name: &str, summary: &str) -> Vec<String> {
        let lines = wrap(&clean(summary), self.width.saturating_sub(14)).into_iter().enumerate();
        let name = self.bold(&pad(name, 12));
        let blank = " ".repeat(13);
        lines
            .map(|(at, line)| if at == 0 { format!(" {name}{line}") } else { format!("{blank}{line}") })
            .collect()
    }

    /// At most as many details as are asked for, with how many more there are; then a blank line.
    fn details(&self, all: Vec<(Option<bool>, String)>) -> Vec<String> {
        let more = all.len().saturating_sub(self.details);
        let shown = all.into_iter().take(self.details);
        let mut lines: Vec<_> = shown.flat_map(|(mark, text)| self.paragraph(Some(mark), &text)).collect();
        if more > 0 {
            lines.extend(self.paragraph(None, &format!("... and {more} more (--details N shows more)")));
        }
        lines.push(String::new());
        lines
    }

    fn tests(&self, compared: &Compared) -> Vec<String> {
        let Some(tests) = &compared.tests else { return Vec::new() };
        let summary = format!("{} -> {}: {}", tests.before, tests.now, tests.summary());
        let mut lines = self.head("Tests", &summary);
        let told = tests.changes.iter().map(|change| (change.kind.is_better(), test(compared, change)));
        lines.extend(self.details(told.collect()));
        lines
    }

    fn coverage(&self, compared: &Compared) -> Vec<String> {
        let Some(coverage) = &compared.coverage else { return Vec::new() };
        let mut lines = self.head("Coverage", &coverage.summary());
        let told = coverage.files.iter().map(|change| (change.is_better(), file(change)));
        lines.extend(self.details(told.collect()));
        lines
    }

    fn findings(&self, compared: &Compared) -> Vec<String> {
        let Some(findings) = &compared.findings else { return Vec::new() };
        let mut lines = self.head("Findings", &findings.summary());
        let told = |all: &[_], better| finding_lines(compared, all, better);
        let all = [told(&findings.new, false), told(&findings.fixed, true)].concat();
        lines.extend(self.details(all));
        lines
    }

    fn benchmarks(&self, compared: &Compared, spark: Spark) -> Vec<String> {
        let series = &compared.benchmarks;
        if series.is_empty() {
            return Vec::new();
        }
        let mut lines = self.head("Benchmarks", &format!("{} compared, oldest run first", series.len()));
        // The history gives way first, then the value before; the name takes what is left.
        let runs = series.iter().map(|s| s.values().len()).max().unwrap_or(0).min(RUNS);
        let numbers = 5 + 11 + 9;
        let (with_before, runs) = match self.width {
            width if width >= numbers + 11 + 16 + runs => (true, runs),
            width if width >= numbers + 11 + 16 => (true, 0),
            _ => (false, 0),
        };
        let used = numbers + if with_before { 11 } else { 0 } + runs + 1;
        let room = self.width.saturating_sub(used).max(8);
        let names = series.iter().map(|s| s.name.chars().count()).max().unwrap_or(0).min(room);
        for one in series {
            let name = pad(&cut(&clean(&one.name), names), names);
            let [before, now, change] = cells(one);
            let before = if with_before { format!(" {before:>10}") } else { String::new() };
            let history = if runs > 0 { sparkline(&one.values(), runs, spark) } else { String::new() };
            let mark = self.mark(one.is_better);
            lines.push(format!("   {mark} {name}{before} {now:>10} {change:>8} {history}"));
            if !one.note.is_empty() && one.is_better != Some(true) {
                lines.extend(self.paragraph_at(7, &one.note));
            }
        }
        lines.push(String::new());
        lines
    }
}

/// `tests/cart.py:12  passed before, fails now: ...`.
pub(super) fn test(compared: &Compared, change: &TestChange) -> String {
    let place = compared.test_places.get(&change.id).or(change.place.as_ref());
    at(place, &change.sentence(&[]))
}

pub(super) fn file(change: &FileChange) -> String {
    at(Some(&change.place()), &change.sentence())
}

type Marked = (crate::model::snapshot::Fingerprint, crate::model::snapshot::FindingMark);

fn finding_lines(compared: &Compared, all: &[Marked], better: bool) -> Vec<(Option<bool>, String)> {
    let word = if better { "fixed" } else { "new" };
    let line = |(print, mark): &Marked| {
        let path = (!print.path.is_empty()).then(|| Place::file(&print.path));
        let place = compared.finding_places.get(print).filter(|_| !better).or(path.as_ref());
        (Some(better), at(place, &format!("{word} {}", finding(print, mark))))
    };
    all.iter().map(line).collect()
}

/// `error E501 x2: line too long [ruff]`.
pub(super) fn finding(
    print: &crate::model::snapshot::Fingerprint,
    mark: &crate::model::snapshot::FindingMark,
) -> String {
    let count = if mark.count == 1 { String::new() } else { format!(" x{}", mark.count) };
    let rule = if print.rule.is_empty() { String::new() } else { format!(" {}", print.rule) };
    format!("{}{rule}{count}: {} [{}]", mark.severity, print.message, print.tool)
}

fn at(place: Option<&Place>, text: &str) -> String {
    place.map_or_else(|| text.to_owned(), |place| format!("{place} {text}"))
}

/// The name of a series as a table shows it.
pub(super) fn cells(series: &Series) -> [String; 3] {
    [series.show(series.before), series.show(series.now), series.change().unwrap_or_else(|| "-".to_owned())]
}
