//! `judge`: the gates and the evidence in, the verdict out. Pure; the exit status is computed here,
//! before anything is rendered.

use crate::evidence::{Detail, Evidence, Source};
use crate::gates::{self, Claims, GATES, Gate, GateResult, Waiver};
use crate::model::outcome::{Occasion, Outcome, Ruling};

/// How the program ends. The numbers are part of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// All gates passed, or there was verifiably nothing to do.
    Passed = 0,
    /// A gate failed.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// Evidence is missing or unusable: no decision.
    Unproven = 3,
    /// The tag or a document exists and says something else.
    Conflict = 4,
    /// The repository, a lock, the disk or the remote refused; nothing is published, or a re-run finishes it.
    CannotAct = 5,
}

impl ExitStatus {
    /// Every exit status with its meaning, for the README and `explain`.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Passed, "passed, or verifiably nothing to do"),
        (Self::Failed, "a gate failed"),
        (Self::Usage, "usage or configuration error"),
        (Self::Unproven, "unproven: evidence is missing or unusable, so no decision"),
        (Self::Conflict, "conflict: the tag or document exists and says something else"),
        (Self::CannotAct, "could not act: repository state, lock, disk or remote refused"),
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Ruling> for ExitStatus {
    fn from(ruling: Ruling) -> Self {
        match ruling {
            Ruling::Passed => Self::Passed,
            Ruling::Failed => Self::Failed,
            Ruling::Unproven | Ruling::Deferred => Self::Unproven,
        }
    }
}

/// What was judged, for outputs and papers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// `[project] id`.
    pub project: String,
    /// `[project] name`.
    pub project_name: String,
    /// The milestone's id and name.
    pub milestone: Option<(String, String)>,
    /// The commit that is judged.
    pub commit: Option<String>,
    /// Its subject tree.
    pub subject_tree: Option<String>,
    /// Where the policy came from.
    pub policy: Policy,
}

/// Where the policy came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Path of the configuration in the repository.
    pub path: String,
    /// Its blob id.
    pub blob: String,
    /// `HEAD`, `work tree`, or the reference it was read from.
    pub from: String,
}

/// What the run comes to.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What was judged.
    pub subject: Subject,
    /// On which occasion.
    pub occasion: Occasion,
    /// Passed, failed or unproven.
    pub ruling: Ruling,
    /// The judged gates, in order.
    pub gates: Vec<GateResult>,
    /// Remarks about the run as a whole.
    pub notices: Vec<Detail>,
}

impl Verdict {
    /// The exit status that belongs to it, whatever the outputs do.
    pub fn exit_status(&self) -> ExitStatus {
        self.ruling.into()
    }

    /// Whether all built-in gates were judged, and not only some that were asked for.
    pub fn is_of_all_gates(&self) -> bool {
        GATES.iter().all(|known| self.gates.iter().any(|gate| gate.id == known.id))
    }

    /// Every file it rests on, each once.
    pub fn evidence(&self) -> Vec<&Source> {
        let mut all: Vec<_> =
            self.gates.iter().flat_map(|g| &g.criteria).flat_map(|c| &c.judgement.evidence).collect();
        all.sort();
        all.dedup();
        all
    }

    /// A number that a criterion measured, by gate, criterion and name.
    pub fn figure(&self, gate: &str, criterion: &str, name: &str) -> Option<&str> {
        let gate = self.gates.iter().find(|g| g.id == gate)?;
        let criterion = gate.criteria.iter().find(|c| c.id == criterion)?;
        criterion.judgement.figures.iter().find(|f| f.0 == name).map(|f| f.1.as_str())
    }

    /// The outcome of a criterion.
    pub fn outcome(&self, gate: &str, criterion: &str) -> Option<Outcome> {
        let gate = self.gates.iter().find(|g| g.id == gate)?;
        gate.criteria.iter().find(|c| c.id == criterion).map(|c| c.outcome)
    }
}

/// Judges `gates`, or only those with an id or number in `only`.
pub fn judge(
    gates: &[Gate],
    evidence: &Evidence,
    waivers: &[Waiver],
    subject: Subject,
    only: &[String],
) -> Verdict {
    let scope = scope(evidence);
    let claims = Claims::new(gates, evidence);
    let chosen =
        |gate: &&Gate| only.is_empty() || only.iter().any(|o| o == gate.id || *o == gate.number.to_string());
    let results: Vec<_> = gates
        .iter()
        .filter(chosen)
        .map(|gate| gates::evaluate(gate, evidence, waivers, scope.as_ref(), &claims))
        .collect();
    let mut notices = Vec::new();
    let ruling = rule(&results);
    if ruling == Ruling::Unproven && results.iter().all(|g| g.ruling != Ruling::Unproven) {
        notices.push(Detail::remark(
            "nothing was judged: name at least one report under [reports] in milegate.toml, and let its tool write it",
        ));
    }
    Verdict { subject, occasion: evidence.occasion, ruling, gates: results, notices }
}

/// Kleene's AND over the gates; and never a vacuous pass.
fn rule(gates: &[GateResult]) -> Ruling {
    let any = |ruling| gates.iter().any(|g| g.ruling == ruling);
    let positive =
        gates.iter().flat_map(|g| &g.criteria).any(|c| c.outcome == Outcome::Passed && !c.advisory);
    if any(Ruling::Failed) {
        Ruling::Failed
    } else if any(Ruling::Unproven) || !positive {
        Ruling::Unproven
    } else {
        Ruling::Passed
    }
}

/// The milestone's own paths, on the milestone occasion.
fn scope(evidence: &Evidence) -> Option<globset::GlobSet> {
    let milestone = evidence.milestone.as_ref().filter(|_| evidence.occasion == Occasion::Milestone)?;
    if milestone.paths.is_empty() {
        return None;
    }
    let globs = crate::criteria::spec::text::Globs::new(milestone.paths.clone()).ok()?;
    Some(globs.set().clone())
}
