//! `github-output`: the outputs of a step of GitHub Actions, for the file `GITHUB_OUTPUT` names.
//!
//! Always in the long form `name<<mark`, whose mark is a digest of the value: no value can hold it.

use super::issue::digest;
use super::text::conclusion;
use super::{Output, Style};
use crate::model::outcome::{Outcome, Ruling};
use crate::verdict::Verdict;

/// The row.
pub(super) static OUTPUT: Output = Output {
    name: "github-output",
    summary: "outputs of a step: --output github-output=\"$GITHUB_OUTPUT\" adds to that file",
    render,
    about: None,
    whole: None,
};

fn render(verdict: &Verdict, _: &Style) -> String {
    let milestone = verdict.subject.milestone.as_ref().map(|(id, _)| id.clone()).unwrap_or_default();
    let values = [
        ("verdict", verdict.ruling.word().to_owned()),
        ("exit-code", verdict.exit_status().code().to_string()),
        ("occasion", verdict.occasion.word().to_owned()),
        ("milestone", milestone),
        ("conclusion", conclusion(verdict)),
        ("failed-gates", gates(verdict, Ruling::Failed)),
        ("unproven-gates", gates(verdict, Ruling::Unproven)),
        ("failed-criteria", criteria(verdict, Outcome::Failed)),
        ("unproven-criteria", criteria(verdict, Outcome::Unproven)),
    ];
    values.iter().map(|(name, value)| entry(name, value)).collect()
}

/// Their ids, with commas between.
fn gates(verdict: &Verdict, ruling: Ruling) -> String {
    let ids: Vec<_> = verdict.gates.iter().filter(|g| g.ruling == ruling).map(|g| g.id).collect();
    ids.join(",")
}

/// `gate/criterion`, one a line; what is advisory does not decide, so it is not among them.
fn criteria(verdict: &Verdict, outcome: Outcome) -> String {
    let all = verdict.gates.iter().flat_map(|gate| gate.criteria.iter().map(move |c| (gate.id, c)));
    let ids: Vec<_> = all
        .filter(|(_, c)| c.outcome == outcome && !c.advisory)
        .map(|(gate, c)| format!("{gate}/{}", c.id))
        .collect();
    ids.join("\n")
}

fn entry(name: &str, value: &str) -> String {
    let mark = format!("ghadelimiter_{}", digest(value));
    format!("{name}<<{mark}\n{value}\n{mark}\n")
}
