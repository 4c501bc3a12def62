//! The words of the contract: outcomes of criteria, verdicts, occasions.

use serde::{Deserialize, Serialize};

/// What is judged.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// A pull request, or work before it is merged.
    Change,
    /// The completion of a milestone.
    Milestone,
}

impl Occasion {
    /// The word in configuration and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Milestone => "milestone",
        }
    }
}

/// What became of one criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The evidence shows what is required.
    Passed,
    /// The evidence shows that it is not so.
    Failed,
    /// The evidence is missing or cannot be used; no decision.
    Unproven,
    /// Failed, but covered by a reviewed, dated exception.
    Waived,
    /// Not judged on this occasion; shown with where it stands.
    Deferred,
    /// There is nothing it applies to.
    NotApplicable,
    /// Switched off in the configuration, with a reason.
    Disabled,
}

impl Outcome {
    /// The word in JSON and in outputs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unproven => "unproven",
            Self::Waived => "waived",
            Self::Deferred => "deferred",
            Self::NotApplicable => "not-applicable",
            Self::Disabled => "disabled",
        }
    }
}

/// What a gate, or the run, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// All that was judged passed.
    Passed,
    /// Something failed.
    Failed,
    /// Nothing failed, but something could not be decided.
    Unproven,
    /// Nothing was judged on this occasion. Of gates only, never of a run.
    Deferred,
}

impl Ruling {
    /// The word in JSON and in outputs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unproven => "unproven",
            Self::Deferred => "deferred",
        }
    }
}
