//! Approvals: a named person's decision, bound to content.
//!
//! The file is an in-toto statement (<https://in-toto.io/Statement/v1>) whose subject is the
//! *subject tree*: the git tree without the ledger paths. So a reworded commit, a squash or a
//! ticked box keeps an approval fresh, and one changed byte of code does not.

use serde::{Deserialize, Serialize};

/// `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of approvals.
pub const PREDICATE_TYPE: &str = "https://milegate/approval/v1";

/// What the reviewer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Signed off.
    Approve,
    /// Refused; blocks until the same person decides otherwise.
    Reject,
    /// Takes back what the person said before.
    Withdraw,
}

impl Decision {
    /// The word in the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
        }
    }
}

/// The statement, exactly as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// What was reviewed: one subject.
    pub subject: Vec<Subject>,
    /// [`PREDICATE_TYPE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// The decision.
    pub predicate: Predicate,
}

/// The reviewed content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `git+tree`.
    pub name: String,
    /// Its digest.
    pub digest: SubjectDigest,
}

/// The digest in in-toto's own key for a git tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectDigest {
    /// Object id of the subject tree, in hexadecimal.
    #[serde(rename = "gitTree")]
    pub git_tree: String,
}

/// Who decided what about which milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// `[project] id`.
    pub project: String,
    /// The milestone.
    pub milestone: String,
    /// The role signed off: `code`, `security`.
    pub role: String,
    /// The statement that is attested; absent where the content is signed off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attests: Option<Attests>,
    /// The decision.
    pub decision: Decision,
    /// Key in `[people]`.
    pub reviewer: String,
    /// The commit that was looked at; informative.
    pub commit: String,
    /// SHA-256 over the checklist's item texts, ticks and state notes left out; absent without a checklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<String>,
    /// Blob id of the policy the reviewer saw; informative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What the reviewer wrote; hostile until escaped by an output.
    #[serde(default)]
    pub comment: String,
    /// RFC 3339; orders the events of one person.
    pub time: String,
}

/// A statement about the content that a person vouches for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attests {
    /// `gate/criterion` that asks for it.
    pub criterion: String,
    /// Its wording: another wording is another statement.
    pub statement: String,
}

impl Predicate {
    /// What was signed off, in a word: the role, or the criterion whose statement was attested.
    pub fn topic(&self) -> &str {
        self.attests.as_ref().map_or(self.role.as_str(), |attests| {
            attests.criterion.rsplit('/').next().unwrap_or(&attests.criterion)
        })
    }
}

/// An approval file of the ledger that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Path in the repository.
    pub path: String,
    /// SHA-256 of the file's bytes; the same file under two names counts once.
    pub digest: String,
    /// What it says.
    pub statement: Statement,
    /// For an approval of another tree: what differs from it now; `None` if that tree is not in this clone.
    pub drift: Option<Vec<String>>,
}
