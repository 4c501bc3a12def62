//! What a run is compared with: an earlier run, the history before it, and what was accepted since.

use crate::model::change::ChangedLines;
use crate::model::snapshot::{Acceptance, Snapshot};
use std::collections::BTreeMap;

/// The past, as far as it matters to a verdict.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baseline {
    /// What a person reads: `the merge base with main (3f2a91c)`.
    pub label: String,
    /// The runs of the commit that is compared with, merged: an ancestor of what was tested.
    pub base: Snapshot,
    /// Runs of the main branch up to the base, oldest first; several runs of one commit stay apart.
    pub history: Vec<Snapshot>,
    /// Runs around the last milestone's tag, oldest first: slow drift shows against them.
    pub milestone: Vec<Snapshot>,
    /// Accepted changes, oldest first, of commits that what was tested builds on.
    pub accepted: Vec<Acceptance>,
    /// Those of `accepted` that the base does not build on: only they excuse what differs from the base.
    pub pending: Vec<Acceptance>,
    /// Files that were renamed since the base: old path, new path.
    pub renamed: BTreeMap<String, String>,
    /// What changed since the commit of the base's coverage, line by line; `None` where lines cannot be
    /// followed.
    pub changes: Option<ChangedLines>,
}
