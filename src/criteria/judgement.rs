//! What a criterion makes of the evidence: an outcome that explains itself.

use crate::evidence::reproduce::Step;
use crate::evidence::{Detail, Doubt, Source};
use crate::model::outcome::Outcome;

/// An outcome with what was measured, against what, where, and the next step.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Passed, failed, unproven or not applicable; the gate adds waived, deferred and disabled.
    pub outcome: Outcome,
    /// Stable word for machines: `coverage/below-target`.
    pub code: String,
    /// What is required: `lines >= 90%`.
    pub expected: String,
    /// What was measured: `lines 89.9% (899 of 1000)`.
    pub measured: String,
    /// One sentence.
    pub message: String,
    /// The next thing to do; empty where nothing is to be done.
    pub next_step: String,
    /// Where it failed, worst first.
    pub details: Vec<Detail>,
    /// What a person should know that does not decide.
    pub notices: Vec<Detail>,
    /// The files it rests on.
    pub evidence: Vec<Source>,
    /// Nothing is configured for it: deferred on a change.
    pub unconfigured: bool,
    /// Numbers the papers of the project quote, by name: `lines` -> `94.3%`.
    pub figures: Vec<(&'static str, String)>,
    /// How to see again why it failed or is unproven.
    pub reproduce: Vec<Step>,
}

impl Judgement {
    fn new(outcome: Outcome, code: String, measured: String) -> Self {
        Self {
            outcome,
            code,
            expected: String::new(),
            message: measured.clone(),
            measured,
            next_step: String::new(),
            details: Vec::new(),
            notices: Vec::new(),
            evidence: Vec::new(),
            unconfigured: false,
            figures: Vec::new(),
            reproduce: Vec::new(),
        }
    }

    /// The evidence shows what is required.
    pub fn passed(kind: &str, measured: impl Into<String>) -> Self {
        Self::new(Outcome::Passed, format!("{kind}/passed"), measured.into())
    }

    /// The evidence shows that it is not so.
    pub fn failed(code: &str, measured: impl Into<String>, next_step: impl Into<String>) -> Self {
        let mut judgement = Self::new(Outcome::Failed, code.to_owned(), measured.into());
        judgement.next_step = next_step.into();
        judgement
    }

    /// There is nothing it applies to.
    pub fn not_applicable(kind: &str, why: impl Into<String>) -> Self {
        Self::new(Outcome::NotApplicable, format!("{kind}/not-applicable"), why.into())
    }

    /// The evidence is missing or cannot be used.
    pub fn unproven(doubt: Doubt) -> Self {
        let mut judgement = Self::new(Outcome::Unproven, doubt.code, doubt.message);
        judgement.measured = String::new();
        judgement.next_step = doubt.next_step;
        judgement.details = doubt.details;
        judgement
    }

    /// Nothing is configured for the criterion `id` (`gate/criterion`).
    pub fn unconfigured(kind: &super::Kind, id: &str, what: &str) -> Self {
        let mut judgement = Self::unproven(Doubt::new(
            format!("{}/not-configured", kind.name),
            format!("nothing is configured: {what}"),
            format!("add to milegate.toml: {}", kind.example_for(id)),
        ));
        judgement.unconfigured = true;
        judgement
    }

    /// With what is required.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    /// With a sentence of its own.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// With places and remarks.
    #[must_use]
    pub fn details(mut self, details: Vec<Detail>) -> Self {
        self.details = details;
        self
    }

    /// With notices.
    #[must_use]
    pub fn notices(mut self, notices: Vec<Detail>) -> Self {
        self.notices.extend(notices);
        self
    }

    /// With the files it rests on.
    #[must_use]
    pub fn evidence(mut self, evidence: Vec<Source>) -> Self {
        self.evidence = evidence;
        self
    }

    /// With a number for the papers.
    #[must_use]
    pub fn figure(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.figures.push((name, value.into()));
        self
    }
}

/// `1 item`, `2 items`.
pub fn plural(n: u64, noun: &str) -> String {
    count_of(n, noun, &format!("{noun}s"))
}

/// `1 criterion`, `2 criteria`.
pub fn count_of(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
