//! `markdown`: for a step summary or a comment, in GitHub's dialect.
//!
//! What decides comes first, so that a page that has to be cut loses the least. Report text stands
//! only inside code spans whose fence is longer than any run of backticks in it, so it can neither
//! mention anybody, nor link, nor open HTML.

use super::comparison::{Spark, sparkline::sparkline};
use super::plain::{clean, cut};
use super::text::{conclusion, symbol_of_ruling};
use super::{Output, Style};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::Outcome;
use crate::verdict::Verdict;

/// The row.
pub(super) static OUTPUT: Output = Output {
    name: "markdown",
    summary: "for a step summary, a comment or a wiki page",
    render: |verdict, style| page(verdict, style, BUDGET),
    about: None,
    whole: None,
};

/// Bytes of a page: a step summary over 1 MiB is thrown away whole.
const BUDGET: usize = 900 * 1024;

/// Bytes that the sentence on what is left out may take.
const LAST: usize = 200;

/// Most notes of one criterion.
const NOTES: usize = 10;

/// The page in at most `budget` bytes, cut between two sections.
pub fn page(verdict: &Verdict, style: &Style, budget: usize) -> String {
    let mut sections = vec![head(verdict)];
    sections.extend(decisive(verdict, style));
    sections.extend(verdict.gates.iter().map(section));
    let mut page = String::new();
    for (at, section) in sections.iter().enumerate() {
        if page.len() + section.len() + LAST > budget {
            let left = sections.len() - at;
            page.push_str(&format!(
                "\n{left} more {} left out: the page would grow too large. `milegate check` shows everything.\n",
                if left == 1 { "section is" } else { "sections are" }
            ));
            break;
        }
        page.push_str(section);
    }
    page
}

/// The verdict, what it is about, and the gates.
fn head(verdict: &Verdict) -> String {
    let mut out = format!("## Milegate: {}\n\n{}\n\n", verdict.ruling.word(), prose(&conclusion(verdict)));
    out.push_str(&subject(verdict));
    for notice in verdict.notices.iter().take(NOTES) {
        out.push_str(&format!("> {}\n\n", code(&cut(&notice.message, 400))));
    }
    out.push_str("| | Gate | Verdict | |\n|---|---|---|---|\n");
    for gate in &verdict.gates {
        let symbol = symbol_of_ruling(gate.ruling);
        let word = gate.ruling.word();
        out.push_str(&format!(
            "| {symbol} | {}. {} | {word} | {} |\n",
            gate.number,
            gate.name,
            counted(gate)
        ));
    }
    out
}

/// `2 passed, 1 failed`.
fn counted(gate: &GateResult) -> String {
    let all = [
        Outcome::Failed,
        Outcome::Unproven,
        Outcome::Passed,
        Outcome::Waived,
        Outcome::Deferred,
        Outcome::NotApplicable,
        Outcome::Disabled,
    ];
    let of = |outcome| gate.criteria.iter().filter(|c| c.outcome == outcome && !c.advisory).count();
    let advisory = gate.criteria.iter().filter(|c| c.advisory).count();
    let counts = all.into_iter().map(|o| (of(o), o.word())).chain([(advisory, "advisory")]);
    let shown = counts.filter(|(n, _)| *n > 0);
    shown.map(|(n, word)| format!("{n} {word}")).collect::<Vec<_>>().join(", ")
}

/// What failed and why, then what is unproven, then what was waived or does not decide: a section each.
fn decisive(verdict: &Verdict, style: &Style) -> Vec<String> {
    let rank = |c: &Criterion| match c.outcome {
        Outcome::Failed | Outcome::Unproven if c.advisory => Some(2),
        Outcome::Failed => Some(0),
        Outcome::Unproven => Some(1),
        Outcome::Waived => Some(2),
        _ => None,
    };
    let all = verdict.gates.iter().flat_map(|g| &g.criteria);
    let mut shown: Vec<_> = all.filter_map(|c| Some((rank(c)?, c))).collect();
    shown.sort_by_key(|(rank, _)| *rank);
    let mut sections: Vec<String> = shown.into_iter().map(|(_, c)| reasons(c, style)).collect();
    if let Some(first) = sections.first_mut() {
        first.insert_str(0, "\n### What failed, and why\n");
    }
    sections
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

fn section(gate: &GateResult) -> String {
    let mut out = format!(
        "\n### {}. {}\n\n| | Criterion | Measured | Required |\n|---|---|---|---|\n",
        gate.number, gate.name
    );
    out.extend(gate.criteria.iter().map(row));
    for criterion in &gate.criteria {
        if criterion.outcome == Outcome::Passed {
            out.push_str(&list("Measured by", criterion, &criterion.judgement.details, 3 * NOTES));
        }
        out.push_str(&list("History of", criterion, &histories(criterion), 3 * NOTES));
        out.push_str(&list("Notes on", criterion, &criterion.judgement.notices, NOTES));
    }
    out
}

/// The name of a figure that holds a history: `test_query: 0.0121 0.0119 0.0124`, oldest first.
const HISTORY: &str = "history";

/// Runs of a history.
const RUNS: usize = 40;

/// The histories among its figures, a line of bars each.
fn histories(criterion: &Criterion) -> Vec<Detail> {
    let figures = criterion.judgement.figures.iter().filter(|(name, _)| *name == HISTORY);
    let bars = |figure: &str| {
        let (name, numbers) = figure.rsplit_once(':')?;
        let numbers: Vec<f64> = numbers.split_whitespace().map_while(|n| n.parse().ok()).collect();
        Some(Detail::remark(format!("{} {name}", sparkline(&numbers, RUNS, Spark::Blocks))))
    };
    figures.filter_map(|(_, figure)| bars(figure)).collect()
}

/// What a person should know that does not decide.
fn list(what: &str, criterion: &Criterion, details: &[Detail], most: usize) -> String {
    if details.is_empty() {
        return String::new();
    }
    let shown: String = details.iter().take(most).map(item).collect();
    let more = details.len().saturating_sub(most);
    let more = if more > 0 { format!("- ... and {more} more\n") } else { String::new() };
    format!("\n{what} {}:\n\n{shown}{more}", code(&criterion.id))
}

fn row(criterion: &Criterion) -> String {
    let judgement = &criterion.judgement;
    let measured = if judgement.measured.is_empty() { &judgement.message } else { &judgement.measured };
    let advisory = if criterion.advisory { " (advisory)" } else { "" };
    let (id, required) = (cell(&criterion.id), cell(&judgement.expected));
    format!("| {}{advisory} | {id} | {} | {required} |\n", criterion.outcome.word(), cell(measured))
}

/// A code span in a table. A table is split at its bars before anything else is looked at, and a
/// backslash before the one that escapes a bar would be taken for its partner.
pub(super) fn cell(text: &str) -> String {
    code(&cut(text, 200).replace("\\|", "\\ |")).replace('|', "\\|")
}

fn reasons(criterion: &Criterion, style: &Style) -> String {
    let judgement = &criterion.judgement;
    let advisory = if criterion.advisory { " (advisory)" } else { "" };
    let word = criterion.outcome.word();
    let mut out = format!("\n{} **{word}**{advisory}: {}", code(&criterion.id), code(&judgement.message));
    if !judgement.expected.is_empty() {
        out.push_str(&format!(", required {}", code(&cut(&judgement.expected, 400))));
    }
    out.push('\n');
    let shown = style.details.max(10);
    if !judgement.details.is_empty() {
        out.push('\n');
    }
    out.extend(judgement.details.iter().take(shown).map(item));
    if judgement.details.len() > shown {
        out.push_str(&format!("- ... and {} more\n", judgement.details.len() - shown));
    }
    if !judgement.next_step.is_empty() {
        out.push_str(&format!("\nNext: {}\n", prose(&judgement.next_step)));
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

/// A sentence of our own that may quote others: its commands, and every part that Markdown or GitHub
/// could take for more than words, as code. A backslash does not keep `@all` from being a mention.
pub(super) fn prose(text: &str) -> String {
    let text = clean(text);
    let words = |part: &str| {
        let plain = |c: char| c.is_alphanumeric() || " ,.;:()'\"%?!/-+=±→×−".contains(c);
        part.chars().all(plain) && !part.contains("//") && !part.to_lowercase().contains("www.")
    };
    let parts: Vec<_> = text.split('`').collect();
    if parts.len() % 2 == 0 || !parts.iter().step_by(2).all(|part| words(part)) {
        return code(&text);
    }
    let shown = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => (*part).to_owned(),
        _ => code(part),
    });
    shown.collect()
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

        #[test]
        fn prose_is_words_and_code_only(text in r"([a-z ]|[ -~\n`|<>@#\[\]()!*_]|www\.|://|-->|&amp;){0,60}") {
            let page = format!("Next: {}", prose(&text));
            for event in Parser::new_ext(&page, pulldown_cmark::Options::all()) {
                match event {
                    Event::Text(text) => prop_assert!(
                        !text.contains(['@', '#', '<', '[', '|']) && !text.contains("://"), "{:?}: {}", page, text
                    ),
                    Event::Code(_) | Event::Start(pulldown_cmark::Tag::Paragraph)
                    | Event::End(pulldown_cmark::TagEnd::Paragraph) => {}
                    other => prop_assert!(false, "{:?}: {:?}", page, other),
                }
            }
        }
    }

    #[test]
    fn prose_shows_commands_as_code() {
        assert_eq!(prose("run `git fetch` and try again"), "run `git fetch` and try again");
        assert_eq!(prose("name one: @alice/x or y"), "`name one: @alice/x or y`");
        assert_eq!(prose("an odd ` one"), "``an odd ` one``");
    }
}
