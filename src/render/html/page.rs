//! The page: what came of it first, then why, then what it was judged by.

use super::markup::{Element, Html, code, document, element, sentence, style, text};
use super::style::{SHEET, Section, class_of_ruling, more, outcome};
use super::{approvals, benchmarks, burndown, changes, coverage, findings, gates, provenance, road, tests};
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::{Occasion, Outcome};
use crate::render::exhibit::Exhibit;
use crate::render::text::{conclusion, symbol_of_ruling};
use crate::verdict::Verdict;

/// Nothing may run and nothing may be loaded, whatever a report has got in.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Bytes of the sections: a page that a browser opens at once.
const BUDGET: usize = 4_500_000;

/// In the place of a section for which there is no room.
const TOO_LARGE: &str = "left out: the page would grow too large; the reports hold it";

/// Remarks of the run as a whole.
const NOTICES: usize = 20;

/// A page of that name.
pub(super) fn frame(title: &str, body: Html) -> String {
    let meta = |name: &'static str, content: &'static str| {
        element("meta").attribute("name", name).attribute("content", content)
    };
    let policy =
        element("meta").attribute("http-equiv", "Content-Security-Policy").attribute("content", POLICY);
    let head = element("head")
        .with(element("meta").attribute("charset", "utf-8"))
        .with(policy)
        .with(meta("viewport", "width=device-width, initial-scale=1"))
        .with(meta("color-scheme", "light dark"))
        .with(meta("referrer", "no-referrer"))
        .with(element("title").text(title))
        .with(style(SHEET));
    document(element("html").attribute("lang", "en").with(head).with(element("body").with(body)))
}

/// The page of a verdict.
pub(super) fn render(verdict: &Verdict, exhibit: &Exhibit) -> String {
    let subject = &verdict.subject;
    let what = match &subject.milestone {
        Some((id, name)) if verdict.occasion == Occasion::Milestone => format!("{id} {name}"),
        _ => "change".to_owned(),
    };
    let sections: Vec<Section> = [
        Some(gates::section(verdict)),
        tests::section(exhibit),
        coverage::section(exhibit),
        changes::section(exhibit),
        findings::section(exhibit),
        benchmarks::section(exhibit),
        burndown::section(exhibit),
        approvals::section(exhibit),
        Some(provenance::section(verdict, exhibit)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let body = element("a").class("skip").attribute("href", "#verdict").text("Skip to the verdict");
    let body = Html::from(body).and(header(verdict, &sections)).and(
        element("main")
            .attribute("id", "verdict")
            .with(road::road(verdict))
            .with(decisive(verdict))
            .with(notices(verdict, exhibit))
            .all(within(sections)),
    );
    let title = format!("{}: {what} · {} · Milegate", verdict.ruling.word(), subject.project_name);
    frame(&title, body.and(footer()))
}

/// The sections as far as the budget goes; in the place of one that is too large stands its name.
fn within(sections: Vec<Section>) -> Vec<Section> {
    let mut room = BUDGET;
    let fit = |section: Section| match room.checked_sub(section.body.len()) {
        Some(rest) => {
            room = rest;
            section
        }
        None => Section { body: element("p").class("more").text(TOO_LARGE).into(), ..section },
    };
    sections.into_iter().map(fit).collect()
}

/// The verdict, what it is about, and where to go.
fn header(verdict: &Verdict, sections: &[Section]) -> Element {
    let subject = &verdict.subject;
    let milestone = subject.milestone.as_ref().map(|(id, name)| format!("{id} {name}"));
    let (over, name) = match (&milestone, verdict.occasion) {
        (Some(milestone), Occasion::Milestone) => (subject.project_name.as_str(), milestone.clone()),
        _ => ("A change of", subject.project_name.clone()),
    };
    let commit = subject.commit.as_ref().map(|id| id.chars().take(12).collect::<String>());
    let facts = [
        commit.map(|id| text("commit ").and(code(&id))),
        milestone
            .filter(|_| verdict.occasion == Occasion::Change)
            .map(|m| text("on the way to milestone ").and(element("strong").text(&m))),
        Some(
            text("policy ").and(code(&subject.policy.path)).and(text(" of ")).and(text(&subject.policy.from)),
        ),
    ];
    let facts = facts.into_iter().flatten().map(|fact| element("li").with(fact));
    let links = sections.iter().map(|section| {
        let link = element("a").attribute("href", format!("#{}", section.id)).text(section.title);
        element("li").with(link)
    });
    element("header")
        .with(
            element("p")
                .class("brand")
                .with(element("strong").text("Milegate"))
                .with(text(" · a gate at every milestone")),
        )
        .with(element("p").class("over").text(over))
        .with(element("h1").text(&name))
        .with(banner(verdict))
        .with(element("ul").class("facts").all(facts))
        .with(element("nav").attribute("aria-label", "Sections").with(element("ul").all(links)))
}

/// The verdict in a word and a sentence.
fn banner(verdict: &Verdict) -> Element {
    let mark =
        element("span").class("mark").attribute("aria-hidden", "true").text(symbol_of_ruling(verdict.ruling));
    let word = element("strong").text(verdict.ruling.word());
    let said = element("span").class("said").text(&conclusion(verdict));
    let exit = element("span").class("exit").text(&format!("exit {}", verdict.exit_status().code()));
    let inner =
        element("div").class(class_of_ruling(verdict.ruling)).with(mark).with(word).with(said).with(exit);
    element("div").class("banner").with(inner)
}

/// What stands in the way, with the next step of each.
fn decisive(verdict: &Verdict) -> Option<Element> {
    let all = verdict
        .gates
        .iter()
        .flat_map(|gate| gate.criteria.iter().enumerate().map(move |(n, c)| (gate, n, c)));
    let decides = |c: &Criterion| matches!(c.outcome, Outcome::Failed | Outcome::Unproven) && !c.advisory;
    let mut shown: Vec<_> = all.filter(|(_, _, c)| decides(c)).collect();
    shown.sort_by_key(|(_, _, c)| c.outcome != Outcome::Failed);
    if shown.is_empty() {
        return None;
    }
    let rows = shown.into_iter().map(|(gate, nth, criterion)| obstacle(gate, nth, criterion));
    let heading = element("h2").attribute("id", "next-title").text("What to do next");
    Some(
        element("section")
            .class("next")
            .attribute("aria-labelledby", "next-title")
            .with(heading)
            .with(element("ol").all(rows)),
    )
}

fn obstacle(gate: &GateResult, nth: usize, criterion: &Criterion) -> Element {
    let link = element("a").attribute("href", format!("#{}", gates::anchor(gate, nth))).text(&criterion.id);
    let judgement = &criterion.judgement;
    let step = (!judgement.next_step.is_empty())
        .then(|| element("p").class("step").with(sentence(&judgement.next_step)));
    element("li").with(outcome(criterion.outcome)).with(
        element("div")
            .with(element("p").with(link).with(text(": ").and(sentence(&judgement.message))))
            .with(step),
    )
}

/// Remarks of the run, and what could not be shown.
fn notices(verdict: &Verdict, exhibit: &Exhibit) -> Option<Element> {
    let own = exhibit.notes.iter().map(String::as_str);
    let all: Vec<&str> = own.chain(verdict.notices.iter().map(|n| n.message.as_str())).collect();
    let rest = more(all.len().saturating_sub(NOTICES), "in the JSON output");
    let rows = all.iter().take(NOTICES).map(|said| element("li").with(sentence(said)));
    let rows = rows.chain(rest.map(|rest| element("li").with(rest)));
    (!all.is_empty()).then(|| element("ul").class("notices").attribute("aria-label", "Notes").all(rows))
}

fn footer() -> Element {
    let version = concat!("Milegate ", env!("CARGO_PKG_VERSION"));
    let same = "The same verdict for programs: `milegate check --output json=verdict.json`.";
    element("footer").with(element("p").text(version)).with(element("p").with(sentence(same)))
}
