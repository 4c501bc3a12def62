//! `markdown`: for a step summary or a comment, in GitHub's dialect.
//!
//! Report text stands only inside code spans whose fence is longer than any run of backticks in
//! it, so it can neither mention anybody, nor link, nor open HTML.

use super::plain::{clean, cut};
use super::text::{conclusion, symbol_of_ruling};
use super::{Output, Style};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::Outcome;
use crate::verdict::Verdict;

/// The row.
pub(super) static OUTPUT: Output =
    Output { name: "markdown", summary: "for a step summary, a comment or a wiki page", render };

/// Bytes after which no further gate is written: a step summary over 1 MiB is thrown away whole.
const BUDGET: usize = 900 * 1024;

/// Most notes of one criterion.
const NOTES: usize = 10;

fn render(verdict: &Verdict, style: &Style) -> String {
    let mut page = format!("## Milegate: {}\n\n{}\n\n", verdict.ruling.word(), escape(&conclusion(verdict)));
    page.push_str(&subject(verdict));
    for notice in &verdict.notices {
        page.push_str(&format!("> {}\n\n", code(&notice.message)));
    }
    page.push_str("| | Gate | Verdict |\n|---|---|---|\n");
    for gate in &verdict.gates {
        let symbol = symbol_of_ruling(gate.ruling);
        page.push_str(&format!("| {symbol} | {}. {} | {} |\n", gate.number, gate.name, gate.ruling.word()));
    }
    for gate in &verdict.gates {
        let section = section(gate, style);
        if page.len() + section.len() > BUDGET {
            page.push_str("\nThe rest is left out: the page would grow too large.\n");
            break;
        }
        page.push_str(&section);
    }
    page
}

fn subject(verdict: &Verdict) -> String {
    let subject = &verdict.subject;
    let mut parts = vec![code(&subject.project_name)];
    parts.extend(
        subject.milestone.as_ref().map(|(id, name)| format!("milestone {}", code(&format!("{id} {name}")))),
    );
    parts.extend(
        subject.commit.as_ref().map(|c| format!("commit {}", code(&c.chars().take(12).collect::<String>()))),
    );
    parts.push(format!("occasion {}", verdict.occasion.word()));
    format!("{}\n\n", parts.join(" · "))
}

fn section(gate: &GateResult, style: &Style) -> String {
    let mut out = format!(
        "\n### {}. {}\n\n| | Criterion | Measured | Required |\n|---|---|---|---|\n",
        gate.number, gate.name
    );
    for criterion in &gate.criteria {
        out.push_str(&row(criterion));
    }
    for criterion in &gate.criteria {
        if matches!(criterion.outcome, Outcome::Failed | Outcome::Unproven | Outcome::Waived) {
            out.push_str(&reasons(criterion, style));
        }
        out.push_str(&notes(criterion));
    }
    out
}

/// What a person should know that does not decide.
fn notes(criterion: &Criterion) -> String {
    let shown: String = criterion.judgement.notices.iter().take(NOTES).map(item).collect();
    if shown.is_empty() { shown } else { format!("\nNotes on **{}**:\n\n{shown}", escape(&criterion.id)) }
}

fn row(criterion: &Criterion) -> String {
    let judgement = &criterion.judgement;
    let measured = if judgement.measured.is_empty() { &judgement.message } else { &judgement.measured };
    let cell =
        |text: &str| if text.is_empty() { String::new() } else { code(&cut(text, 200)).replace('|', "\\|") };
    let advisory = if criterion.advisory { " (advisory)" } else { "" };
    let id = cell(&criterion.id);
    format!(
        "| {}{advisory} | {id} | {} | {} |\n",
        criterion.outcome.word(),
        cell(measured),
        cell(&judgement.expected)
    )
}

fn reasons(criterion: &Criterion, style: &Style) -> String {
    let judgement = &criterion.judgement;
    let mut out = format!(
        "\n**{}** {}: {}\n",
        escape(&criterion.id),
        criterion.outcome.word(),
        code(&judgement.message)
    );
    let shown = style.details.max(20);
    if !judgement.details.is_empty() {
        out.push('\n');
    }
    for detail in judgement.details.iter().take(shown) {
        out.push_str(&item(detail));
    }
    if judgement.details.len() > shown {
        out.push_str(&format!("- ... and {} more\n", judgement.details.len() - shown));
    }
    if !judgement.next_step.is_empty() {
        out.push_str(&format!("\nNext: {}\n", escape(&judgement.next_step)));
    }
    out
}

fn item(detail: &Detail) -> String {
    let message = code(&cut(&detail.message, 400));
    match &detail.place {
        Some(place) => format!("- {} {message}\n", code(&place.to_string())),
        None => format!("- {message}\n"),
    }
}

/// A code span that `text` cannot leave.
pub(super) fn code(text: &str) -> String {
    let text = clean(text);
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// Prose of our own that may hold an id: everything that Markdown could take for itself is escaped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '@' | '~' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser};

    proptest! {
        #[test]
        fn text_cannot_leave_its_span(text in r"[ -~\n`|<>@#\[\]()!*]{1,80}") {
            let span = code(&text);
            prop_assume!(!span.is_empty());
            let page = format!("x {span} y");
            let events: Vec<_> = Parser::new(&page).collect();
            let spans = events.iter().filter(|e| matches!(e, Event::Code(_))).count();
            prop_assert_eq!(spans, 1, "{:?}", events);
            prop_assert_eq!(events.len(), 5, "{:?}", events);
        }
    }
}
