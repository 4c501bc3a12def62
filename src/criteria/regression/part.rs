//! The shape in which each part of `regression` answers: tests, coverage, findings, benchmarks.

use crate::criteria::Context;
use crate::evidence::{Baseline, Detail, Doubt};
use crate::model::snapshot::{Acceptance, Snapshot};
use globset::Glob;

/// How a part stands. The order is the order of deciding: the greatest of the parts is the criterion's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Nothing is worse.
    Passed,
    /// Something is worse, or not certain, and does not decide.
    Warned,
    /// It cannot be told.
    Unproven,
    /// Something is worse.
    Failed,
}

/// What one part says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// `tests`, `coverage`, `findings`, `benchmarks`.
    pub(super) name: &'static str,
    /// How it stands.
    pub(super) standing: Standing,
    /// A code of the criterion: `regression/tests`; read where it failed or is unproven.
    pub(super) code: &'static str,
    /// What was measured, short: `2 regressed, 1 vanished`; follows the name.
    pub(super) measured: String,
    /// The next thing to do; empty where nothing is to be done.
    pub(super) next_step: String,
    /// What made it fail or unproven, worst first, each with its place.
    pub(super) details: Vec<Detail>,
    /// Warnings, and what else a person should know; never decides.
    pub(super) notices: Vec<Detail>,
}

impl Part {
    /// Nothing is worse.
    pub(super) fn passed(name: &'static str, measured: impl Into<String>) -> Self {
        Self {
            name,
            standing: Standing::Passed,
            code: "regression/passed",
            measured: measured.into(),
            next_step: String::new(),
            details: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// It cannot be told.
    pub(super) fn unproven(name: &'static str, code: &'static str, doubt: Doubt) -> Self {
        Self {
            standing: Standing::Unproven,
            code,
            next_step: doubt.next_step,
            details: doubt.details,
            ..Self::passed(name, doubt.message)
        }
    }
}

/// What a part is judged with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    /// This run.
    pub(super) now: &'a Snapshot,
    /// What it is compared with.
    pub(super) baseline: &'a Baseline,
    /// The criterion's surroundings: occasion, scope, changed lines, today.
    pub(super) context: &'a Context<'a>,
    /// How a part stands that has too little history: warned or unproven.
    pub(super) undecided: Standing,
}

impl Case<'_> {
    /// What somebody accepted since the base about one of these names.
    pub(super) fn accepted(&self, names: &[&str]) -> Option<&Acceptance> {
        let means = |what: &str| {
            let glob = Glob::new(what).ok().map(|glob| glob.compile_matcher());
            names.iter().any(|name| *name == what || glob.as_ref().is_some_and(|glob| glob.is_match(name)))
        };
        self.baseline.pending.iter().rev().find(|acceptance| means(&acceptance.what))
    }

    /// What is to be said of a kind of evidence that one of the runs lacks; `None` if both do.
    pub(super) fn one_sided(&self, name: &'static str, before: bool, now: bool) -> Option<Part> {
        match (before, now) {
            (true, false) => Some(Part::unproven(
                name,
                "regression/no-evidence",
                Doubt::new(
                    "regression/no-evidence",
                    format!("in {}, and no report of this run holds any", self.baseline.label),
                    format!("hand in the reports of {name}, or leave them out of `compare`"),
                ),
            )),
            (false, true) => Some(self.undecided_part(name, "nothing to compare with at the base")),
            _ => None,
        }
    }

    /// A part that has too little history to tell.
    pub(super) fn undecided_part(&self, name: &'static str, why: &str) -> Part {
        let mut part = Part::passed(name, format!("undecided: {why}"));
        part.standing = self.undecided;
        part.code = "regression/undecided";
        if self.undecided == Standing::Unproven {
            part.next_step = "record runs of the main branch with `milegate baseline record`".to_owned();
        }
        part
    }
}

/// `accepted by alice: the importer is gone`.
pub(super) fn by_whom(acceptance: &Acceptance) -> String {
    format!("accepted by {}: {}", acceptance.by, acceptance.reason)
}
