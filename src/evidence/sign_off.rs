//! What gate 4 looks at: the approvals in the ledger, and the commits that need one.

use super::{Detail, Doubt};
use crate::model::approval::Approval;
use crate::model::change::Commit;

/// Approvals, and what they have to cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOffs {
    /// Subject tree that is judged.
    pub subject_tree: String,
    /// Digest of the checklist's item texts; `None` without a checklist.
    pub checklist_digest: Option<String>,
    /// Every approval file that could be read, whatever it is about.
    pub approvals: Vec<Approval>,
    /// Approval files that could not be read: path and why.
    pub damaged: Vec<Detail>,
    /// Commits since the previous milestone, oldest first.
    pub commits: Result<Vec<Commit>, Doubt>,
}
