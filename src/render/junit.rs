//! `junit`: one suite for each gate, one case for each criterion, in the dialect everybody reads.
//!
//! A criterion that failed is a failure, an unproven one an error, and what does not decide is
//! skipped: deferred, disabled, not applicable, and what is advisory and did not pass.

use super::xml::escape;
use super::{Output, Style};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::Outcome;
use crate::verdict::Verdict;

/// The row.
pub(super) static OUTPUT: Output = Output {
    name: "junit",
    summary: "JUnit XML: a suite for each gate, a case for each criterion",
    render,
    about: None,
    whole: None,
};

/// What a criterion is in JUnit's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Passed,
    Failure,
    Error,
    Skipped,
}

fn render(verdict: &Verdict, style: &Style) -> String {
    let all: Vec<_> = verdict.gates.iter().flat_map(|g| &g.criteria).collect();
    let suites: String = verdict.gates.iter().map(|gate| suite(gate, style)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"Milegate\" {}>\n{suites}</testsuites>\n",
        counts(&all)
    )
}

fn suite(gate: &GateResult, style: &Style) -> String {
    let criteria: Vec<_> = gate.criteria.iter().collect();
    let cases: String = criteria.iter().map(|c| case(gate, c, style)).collect();
    let name = escape(&format!("{}. {}", gate.number, gate.name));
    format!("  <testsuite name=\"{name}\" {}>\n{cases}  </testsuite>\n", counts(&criteria))
}

fn counts(criteria: &[&Criterion]) -> String {
    let of = |case| criteria.iter().filter(|c| sort(c) == case).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\"",
        criteria.len(),
        of(Case::Failure),
        of(Case::Error),
        of(Case::Skipped)
    )
}

fn sort(criterion: &Criterion) -> Case {
    match criterion.outcome {
        Outcome::Passed | Outcome::Waived => Case::Passed,
        Outcome::Failed | Outcome::Unproven if criterion.advisory => Case::Skipped,
        Outcome::Failed => Case::Failure,
        Outcome::Unproven => Case::Error,
        Outcome::Deferred | Outcome::NotApplicable | Outcome::Disabled => Case::Skipped,
    }
}

fn case(gate: &GateResult, criterion: &Criterion, style: &Style) -> String {
    let judgement = &criterion.judgement;
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n",
        escape(gate.id),
        escape(&criterion.id)
    );
    let message = escape(&judgement.message);
    let inside = match sort(criterion) {
        Case::Passed => format!("      <system-out>{}</system-out>\n", escape(said(criterion))),
        Case::Failure => element("failure", criterion, style),
        Case::Error => element("error", criterion, style),
        Case::Skipped => {
            let advisory = if criterion.advisory { "advisory, " } else { "" };
            format!("      <skipped message=\"{advisory}{}: {message}\"/>\n", criterion.outcome.word())
        }
    };
    format!("{head}{inside}    </testcase>\n")
}

fn said(criterion: &Criterion) -> &str {
    let judgement = &criterion.judgement;
    let waived = criterion.outcome == Outcome::Waived;
    if waived || judgement.measured.is_empty() { &judgement.message } else { &judgement.measured }
}

fn element(name: &str, criterion: &Criterion, style: &Style) -> String {
    let judgement = &criterion.judgement;
    let mut lines = vec![escape(&judgement.message)];
    lines.extend(filled("required: ", &judgement.expected));
    if judgement.measured != judgement.message {
        lines.extend(filled("measured: ", &judgement.measured));
    }
    lines.extend(judgement.details.iter().take(style.details).map(place_and_message));
    if judgement.details.len() > style.details {
        lines.push(format!("... and {} more", judgement.details.len() - style.details));
    }
    lines.extend(filled("next: ", &judgement.next_step));
    format!(
        "      <{name} message=\"{}\" type=\"{}\">{}</{name}>\n",
        escape(&judgement.message),
        escape(&judgement.code),
        lines.join("\n")
    )
}

fn filled(label: &str, text: &str) -> Option<String> {
    (!text.is_empty()).then(|| format!("{label}{}", escape(text)))
}

fn place_and_message(detail: &Detail) -> String {
    match &detail.place {
        Some(place) => format!("{}: {}", escape(&place.to_string()), escape(&detail.message)),
        None => escape(&detail.message),
    }
}
