//! `text`: what a person reads in a terminal. Four gates at a glance; then each criterion, and for
//! one that did not pass what was measured, against what, where, and the next step.

use super::plain::{clean, cut, pad, wrap};
use super::{Output, Style, link, reproduce, road};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::{Occasion, Outcome, Ruling};
use crate::verdict::Verdict;
use owo_colors::OwoColorize;
use unicode_width::UnicodeWidthStr;

/// The row.
pub(super) static OUTPUT: Output =
    Output { name: super::TEXT, summary: "for a person at a terminal", render, about: None, whole: None };

/// Colours, with restraint: only the outcome bears one.
pub(super) struct Paint(bool);

impl Paint {
    /// In the colour of an outcome.
    fn outcome(&self, outcome: Outcome, text: &str) -> String {
        match outcome {
            _ if !self.0 => text.to_owned(),
            Outcome::Passed => text.green().to_string(),
            Outcome::Failed => text.red().bold().to_string(),
            Outcome::Unproven => text.yellow().bold().to_string(),
            Outcome::Waived => text.yellow().to_string(),
            Outcome::Deferred | Outcome::NotApplicable | Outcome::Disabled => text.dimmed().to_string(),
        }
    }

    /// In the colour of a ruling.
    pub(super) fn ruling(&self, ruling: Ruling, text: &str) -> String {
        let like = match ruling {
            Ruling::Passed => Outcome::Passed,
            Ruling::Failed => Outcome::Failed,
            Ruling::Unproven => Outcome::Unproven,
            Ruling::Deferred => Outcome::Deferred,
        };
        self.outcome(like, text)
    }

    /// Strong.
    pub(super) fn bold(&self, text: &str) -> String {
        if self.0 { text.bold().to_string() } else { text.to_owned() }
    }

    /// Faint.
    fn dim(&self, text: &str) -> String {
        if self.0 { text.dimmed().to_string() } else { text.to_owned() }
    }
}

/// One column wide.
pub(super) fn symbol(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✓",
        Outcome::Failed => "✗",
        Outcome::Unproven => "?",
        Outcome::Waived => "~",
        Outcome::Deferred => "○",
        Outcome::NotApplicable => "–",
        Outcome::Disabled => "/",
    }
}

/// The symbol of a gate's ruling.
pub(super) fn symbol_of_ruling(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Passed => "✓",
        Ruling::Failed => "✗",
        Ruling::Unproven => "?",
        Ruling::Deferred => "○",
    }
}

fn render(verdict: &Verdict, style: &Style) -> String {
    let page = Page {
        width: style.width.clamp(40, 110),
        paint: Paint(style.color),
        details: style.details,
        links: style.links,
    };
    let mut lines = vec![page.title(verdict), String::new()];
    lines.extend(road::lines(&verdict.gates, verdict.occasion, page.width, &page.paint));
    lines.push(String::new());
    for gate in verdict.gates.iter().filter(|g| !all_unconfigured(g)) {
        lines.extend(page.gate(gate, verdict.occasion));
        lines.push(String::new());
    }
    if style.reproduce {
        lines.extend(reproduce::lines(verdict, page.width, page.details));
    }
    lines.extend(page.could_prove(verdict));
    lines.extend(verdict.notices.iter().flat_map(|n| page.note(n, 1)));
    lines.extend(page.conclusion(verdict));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The title, the four gates and the last sentence, without the criteria.
pub(super) fn glance(verdict: &Verdict, style: &Style) -> String {
    let page = Page { width: style.width.clamp(40, 110), paint: Paint(style.color), details: 0, links: None };
    let mut lines = vec![page.title(verdict), String::new()];
    lines.extend(road::lines(&verdict.gates, verdict.occasion, page.width, &page.paint));
    lines.push(String::new());
    lines.extend(page.conclusion(verdict));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Whether nothing is configured for it, so that nothing is judged.
pub(super) fn is_unconfigured(criterion: &Criterion) -> bool {
    criterion.outcome == Outcome::Deferred && criterion.judgement.unconfigured
}

fn all_unconfigured(gate: &GateResult) -> bool {
    gate.criteria.iter().all(is_unconfigured)
}

struct Page {
    width: usize,
    paint: Paint,
    details: usize,
    links: Option<&'static str>,
}

/// Columns before the name of a criterion, and before what is said below it.
const INDENT: usize = 5;

impl Page {
    fn title(&self, verdict: &Verdict) -> String {
        let subject = &verdict.subject;
        let mut parts = vec![clean(&subject.project_name)];
        parts.extend(subject.milestone.as_ref().map(|(id, name)| clean(&format!("{id} {name}"))));
        parts.extend(subject.commit.as_ref().map(|c| c.chars().take(7).collect()));
        parts.push(verdict.occasion.word().to_owned());
        format!(" {}", self.paint.bold(&cut(&parts.join(" · "), self.width - 1)))
    }

    fn gate(&self, gate: &GateResult, occasion: Occasion) -> Vec<String> {
        let title = format!(" {} {}", gate.number, gate.name);
        let word = gate.ruling.word();
        let gap = self.width.saturating_sub(title.width() + word.width()).max(2);
        let head =
            format!("{}{}{}", self.paint.bold(&title), " ".repeat(gap), self.paint.ruling(gate.ruling, word));
        let shown: Vec<_> = gate.criteria.iter().filter(|c| !is_unconfigured(c)).collect();
        let widest = shown.iter().map(|c| c.id.width()).max().unwrap_or(0).min(22);
        let criteria = shown.into_iter().flat_map(|c| self.criterion(c, widest, occasion));
        std::iter::once(head).chain(criteria).collect()
    }

    fn criterion(&self, criterion: &Criterion, widest: usize, occasion: Occasion) -> Vec<String> {
        let name = pad(&cut(&clean(&criterion.id), widest), widest);
        let left = INDENT + widest + 2;
        let mark = self.paint.outcome(criterion.outcome, symbol(criterion.outcome));
        let sources = self.sources(criterion);
        let room = self.width.saturating_sub(left);
        let mut texts = wrap(&statement(criterion, occasion), room).into_iter();
        let text = texts.next().unwrap_or_default();
        let used = left + text.width();
        let mut first = format!("   {mark} {name}  {text}");
        if !sources.is_empty() && used + 2 + sources.width() <= self.width && texts.len() == 0 {
            first.push_str(&" ".repeat(self.width - used - sources.width()));
            first.push_str(&self.paint.dim(&sources));
        }
        let below = " ".repeat(left);
        let mut lines = vec![first];
        lines.extend(texts.map(|text| format!("{below}{text}")));
        if matches!(criterion.outcome, Outcome::Failed | Outcome::Unproven | Outcome::Waived) {
            lines.extend(self.reasons(criterion));
        }
        lines.extend(criterion.judgement.notices.iter().take(3).flat_map(|n| self.note(n, INDENT + 2)));
        lines
    }

    fn reasons(&self, criterion: &Criterion) -> Vec<String> {
        let judgement = &criterion.judgement;
        let mut lines: Vec<String> =
            judgement.details.iter().take(self.details).flat_map(|d| self.detail(d)).collect();
        if judgement.details.len() > self.details {
            let more = format!("... and {} more", judgement.details.len() - self.details);
            lines.extend(self.indented(&more, INDENT + 2));
        }
        if !judgement.next_step.is_empty() {
            lines.extend(self.indented(&format!("next: {}", clean(&judgement.next_step)), INDENT + 2));
        }
        lines
    }

    /// A detail in lines; its place is a link where the terminal shows links. That takes no columns, so
    /// it is put in when the lines are made.
    fn detail(&self, detail: &Detail) -> Vec<String> {
        let mut lines = self.indented(&show(detail), INDENT + 2);
        let place = self.links.and_then(|base| Some((base, detail.place.as_ref()?)));
        if let Some((base, place)) = place
            && let Some(linked) = link::place(base, place)
            && let Some(first) = lines.first_mut()
        {
            *first = first.replacen(&clean(&place.to_string()), &linked, 1);
        }
        lines
    }

    /// File names of the evidence, for the right margin.
    fn sources(&self, criterion: &Criterion) -> String {
        let names: Vec<_> = criterion
            .judgement
            .evidence
            .iter()
            .map(|s| clean(s.path.rsplit('/').next().unwrap_or("")))
            .collect();
        names.join(", ")
    }

    fn indented(&self, text: &str, indent: usize) -> Vec<String> {
        let blanks = " ".repeat(indent);
        let lines = wrap(text, self.width.saturating_sub(indent + 2));
        let hanging =
            |(at, line): (usize, String)| format!("{blanks}{}{line}", if at == 0 { "" } else { "  " });
        lines.into_iter().enumerate().map(hanging).collect()
    }

    fn note(&self, notice: &Detail, indent: usize) -> Vec<String> {
        let text = format!("note: {}", show(notice));
        self.indented(&text, indent).iter().map(|line| self.paint.dim(line)).collect()
    }

    /// What else a team could prove, where nothing is configured for it.
    fn could_prove(&self, verdict: &Verdict) -> Vec<String> {
        let gates = verdict.gates.iter();
        let open: Vec<_> = gates.flat_map(|g| &g.criteria).filter(|c| is_unconfigured(c)).collect();
        if open.is_empty() {
            return Vec::new();
        }
        let names = open.iter().map(|c| clean(&c.id)).collect::<Vec<_>>().join(", ");
        let mut lines = self.indented(&format!("Nothing is configured yet for {names}."), 1);
        lines.extend(
            self.indented("A milestone needs them; `milegate explain NAME` shows the lines to add.", 1),
        );
        lines.push(String::new());
        lines.iter().map(|line| self.paint.dim(line)).collect()
    }

    fn conclusion(&self, verdict: &Verdict) -> Vec<String> {
        let status = format!("exit {}", verdict.exit_status().code());
        let text = conclusion(verdict);
        let mut lines: Vec<_> =
            wrap(&text, self.width.saturating_sub(2)).iter().map(|l| format!(" {l}")).collect();
        let last = lines.pop().unwrap_or_default();
        let gap = self.width.saturating_sub(last.width() + status.width());
        if gap >= 2 {
            lines.push(format!("{last}{}{status}", " ".repeat(gap)));
        } else {
            lines
                .extend([last, format!("{}{status}", " ".repeat(self.width.saturating_sub(status.width())))]);
        }
        lines.iter().map(|line| self.paint.ruling(verdict.ruling, line)).collect()
    }
}

/// What is said on a criterion's own line.
fn statement(criterion: &Criterion, occasion: Occasion) -> String {
    let judgement = &criterion.judgement;
    let measured = clean(&judgement.measured);
    let message = clean(&judgement.message);
    let mut text = match criterion.outcome {
        Outcome::Passed => measured,
        Outcome::Failed if judgement.expected.is_empty() => message,
        Outcome::Failed if message == measured => {
            format!("{measured}, required {}", clean(&judgement.expected))
        }
        Outcome::Deferred if occasion == Occasion::Change => {
            format!("{} (judged at the milestone)", if measured.is_empty() { message } else { measured })
        }
        _ => message,
    };
    if criterion.advisory {
        text.push_str(" (advisory: does not decide)");
    }
    text
}

fn show(detail: &Detail) -> String {
    let message = cut(&clean(&detail.message), 240);
    match &detail.place {
        Some(place) => format!("{}  {message}", clean(&place.to_string())),
        None => message,
    }
}

/// The last sentence: what the verdict means on this occasion.
pub(super) fn conclusion(verdict: &Verdict) -> String {
    let milestone = verdict.occasion == Occasion::Milestone;
    let not_passed: Vec<_> = verdict
        .gates
        .iter()
        .filter(|g| matches!(g.ruling, Ruling::Failed | Ruling::Unproven))
        .map(|g| format!("gate {} {}", g.number, g.ruling.word()))
        .collect();
    let counted = |outcome| {
        verdict.gates.iter().flat_map(|g| &g.criteria).filter(|c| c.outcome == outcome && !c.advisory).count()
            as u64
    };
    let extras =
        [(Outcome::Waived, "waived"), (Outcome::Disabled, "switched off"), (Outcome::Deferred, "deferred")];
    let advisory = verdict.gates.iter().flat_map(|g| &g.criteria).filter(|c| c.advisory).count() as u64;
    let extras: Vec<_> = extras
        .iter()
        .map(|(o, word)| (counted(*o), *word))
        .chain([(advisory, "advisory")])
        .filter(|(n, _)| *n > 0)
        .map(|(n, w)| format!("{n} {w}"))
        .collect();
    let aside = if extras.is_empty() { String::new() } else { format!(" ({})", extras.join(", ")) };
    let end = if milestone { " No tag." } else { "" };
    match verdict.ruling {
        Ruling::Passed if milestone && !verdict.is_of_all_gates() => {
            let names: Vec<_> = verdict.gates.iter().map(|gate| gate.number.to_string()).collect();
            let noun = if names.len() == 1 { "gate" } else { "gates" };
            format!("Passed: {noun} {}{aside}; the others were not judged.", names.join(", "))
        }
        Ruling::Passed if milestone => format!("Passed: every gate is open{aside}."),
        Ruling::Passed => {
            let passed =
                crate::criteria::judgement::count_of(counted(Outcome::Passed), "criterion", "criteria");
            format!("Passed: {passed} hold{}{aside}.", if counted(Outcome::Passed) == 1 { "s" } else { "" })
        }
        Ruling::Failed => format!("Refused: {}{aside}.{end}", not_passed.join(", ")),
        _ if not_passed.is_empty() => format!("Unproven: nothing was judged{aside}.{end}"),
        _ => format!("Unproven: {}{aside}.{end}", not_passed.join(", ")),
    }
}
