//! Why a command ended without a verdict: one message, one next step, one exit status.

use crate::config::Mistakes;
use crate::ledger::LedgerError;
use crate::ledger::git::GitError;
use crate::ledger::publish::{Kind, PublishError};
use crate::render::json;
use crate::verdict::ExitStatus;
use serde_json::json;

/// The end of a command that could not do its work.
#[derive(Debug)]
pub(super) struct Refusal {
    /// How the program ends.
    pub(super) status: ExitStatus,
    /// What is wrong.
    pub(super) message: String,
    /// What to do next.
    pub(super) hint: Option<String>,
    /// Mistakes in the configuration, which are shown with their carets.
    pub(super) mistakes: Option<Mistakes>,
}

impl Refusal {
    fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), hint: None, mistakes: None }
    }

    /// The command line or the configuration is wrong.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, message)
    }

    /// A gate failed.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Failed, message)
    }

    /// What is to be made exists, and says something else.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Conflict, message)
    }

    /// Evidence is missing or unusable before anything could be judged.
    pub(super) fn unproven(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Unproven, message)
    }

    /// The repository, the disk or the remote refused.
    pub(super) fn cannot_act(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::CannotAct, message)
    }

    /// With what to do next.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into()).filter(|h: &String| !h.is_empty());
        self
    }
}

impl Refusal {
    /// The same for programs: what a verdict would have stood in.
    pub(super) fn page(&self) -> String {
        let mistakes: Vec<_> = self.mistakes.iter().flat_map(Mistakes::iter).collect();
        json::page(&json!({
            "schema_version": 1,
            "exit_code": self.status.code(),
            "error": { "message": self.message, "next_step": self.hint, "mistakes": mistakes },
        }))
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        let mut refusal = Self::cannot_act(error.to_string());
        refusal.hint = error.hint();
        refusal
    }
}

impl From<GitError> for Refusal {
    fn from(error: GitError) -> Self {
        Self::cannot_act(error.to_string())
    }
}

impl From<Mistakes> for Refusal {
    fn from(mistakes: Mistakes) -> Self {
        let mut refusal = Self::usage("the configuration has mistakes");
        refusal.mistakes = Some(mistakes);
        refusal
    }
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        let status = match error.kind() {
            Kind::Conflict => ExitStatus::Conflict,
            Kind::CannotAct => ExitStatus::CannotAct,
        };
        let mut refusal = Self::new(status, error.to_string());
        refusal.hint = error.hint();
        refusal
    }
}
