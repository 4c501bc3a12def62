//! What somebody signed off, and whether it counts: shared by `approval` and `attestation`.

use super::judgement::plural;
use crate::evidence::{Detail, Evidence, SignOffs};
use crate::model::approval::{Approval, Attests, Decision};
use crate::model::place::Place;
use std::collections::{BTreeMap, BTreeSet};

/// How much an approval is believed, weakest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub(super) enum Trust {
    /// A file says so.
    #[default]
    Asserted,
    /// The forge says so.
    Forge,
    /// A signature of a listed key says so.
    Signed,
}

impl Trust {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Forge => "forge",
            Self::Signed => "signed",
        }
    }
}

/// What is signed off.
#[derive(Debug, Clone, Copy)]
pub(super) enum Topic<'a> {
    /// The content, in a role.
    Role(&'a str),
    /// A statement about the content, by somebody who holds a role.
    Statement { attests: &'a Attests, role: &'a str },
}

impl Topic<'_> {
    const fn role(&self) -> &str {
        match self {
            Self::Role(role) | Self::Statement { role, .. } => role,
        }
    }

    /// Whether an approval is about it. One that is about another wording of the statement is, and is
    /// stale: an objection to it stands until somebody takes it back.
    fn is_of(&self, approval: &Approval) -> bool {
        let said = &approval.statement.predicate;
        match (self, &said.attests) {
            (Self::Role(role), None) => said.role == *role,
            (Self::Statement { attests, .. }, Some(said)) => said.criterion == attests.criterion,
            _ => false,
        }
    }
}

/// Why a candidate does or does not count.
pub(super) enum Standing {
    Counts,
    Rejected,
    Stale,
    Unverifiable,
    Other,
}

/// An approval that is about this role and milestone, with what becomes of it.
pub(super) struct Candidate<'a> {
    pub(super) approval: &'a Approval,
    pub(super) standing: Standing,
    pub(super) why: String,
}

/// The last word of each person on a topic of the judged milestone.
pub(super) fn candidates<'a>(
    topic: &Topic<'_>,
    trust: Trust,
    evidence: &Evidence,
    sign_offs: &'a SignOffs,
) -> Vec<Candidate<'a>> {
    let milestone = evidence.milestone.as_ref().map(|m| m.id.as_str()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut last: BTreeMap<&str, &Approval> = BTreeMap::new();
    for approval in &sign_offs.approvals {
        let said = &approval.statement.predicate;
        let ours = topic.is_of(approval) && said.milestone == milestone && said.project == evidence.project;
        if !ours || !seen.insert(&approval.digest) {
            continue;
        }
        // Of two events at one time the refusal stands: the order of `Decision` is approve first.
        let key = |a: &Approval| (instant(a), a.statement.predicate.decision != Decision::Approve);
        let newer = last.get(said.reviewer.as_str()).is_none_or(|known| key(approval) >= key(known));
        if newer {
            last.insert(&said.reviewer, approval);
        }
    }
    last.into_values().map(|approval| weigh(approval, topic, trust, evidence, sign_offs)).collect()
}

fn weigh<'a>(
    approval: &'a Approval,
    topic: &Topic<'_>,
    trust: Trust,
    evidence: &Evidence,
    sign_offs: &SignOffs,
) -> Candidate<'a> {
    let said = &approval.statement.predicate;
    let (standing, why) = match evidence.people.iter().find(|p| p.id == said.reviewer) {
        None => (Standing::Other, format!("`{}` is not in [people] of the policy", said.reviewer)),
        Some(person) if !person.roles.iter().any(|role| role == topic.role()) => {
            (Standing::Other, format!("{} does not hold the role `{}`", person.id, topic.role()))
        }
        Some(person) => match said.decision {
            Decision::Withdraw => (Standing::Other, format!("{} took the approval back", person.id)),
            Decision::Reject => (Standing::Rejected, format!("{} refused: {}", person.id, said.comment)),
            Decision::Approve if trust > Trust::Asserted => {
                let why = format!("{}'s approval is asserted, required is {}", person.id, trust.word());
                (Standing::Other, why)
            }
            Decision::Approve => match reworded(approval, topic) {
                Some(why) => (Standing::Stale, why),
                None => fresh(approval, sign_offs),
            },
        },
    };
    Candidate { approval, standing, why }
}

/// Why what was attested is not what is asked for now.
fn reworded(approval: &Approval, topic: &Topic<'_>) -> Option<String> {
    let (Topic::Statement { attests, .. }, Some(said)) = (topic, &approval.statement.predicate.attests)
    else {
        return None;
    };
    let who = &approval.statement.predicate.reviewer;
    (said.statement != attests.statement)
        .then(|| format!("{who} attested another wording: {}", said.statement))
}

/// An approval of the judged milestone, for those who list them.
#[derive(Debug)]
pub struct Listed<'a> {
    /// The approval.
    pub approval: &'a Approval,
    /// It would count for a criterion of its role that asks for asserted trust.
    pub counts: bool,
    /// Why it counts or not.
    pub why: String,
}

/// Every approval of the judged milestone by role and person, and every attestation of the statements
/// that are asked for now, each with its role; the last word of each.
pub fn list<'a>(
    evidence: &Evidence,
    sign_offs: &'a SignOffs,
    asked: &[(Attests, String)],
) -> Vec<Listed<'a>> {
    let approvals = sign_offs.approvals.iter().map(|approval| &approval.statement.predicate);
    let roles: BTreeSet<&str> = approvals.filter(|p| p.attests.is_none()).map(|p| p.role.as_str()).collect();
    let roles = roles.into_iter().map(Topic::Role);
    let statements = asked.iter().map(|(attests, role)| Topic::Statement { attests, role });
    let topics = roles.chain(statements);
    let candidates = topics.flat_map(|topic| candidates(&topic, Trust::Asserted, evidence, sign_offs));
    candidates
        .map(|c| {
            let counts = matches!(c.standing, Standing::Counts);
            let attests = c.approval.statement.predicate.attests.as_ref();
            let why = match (counts, attests) {
                (false, _) => c.why,
                (true, Some(attests)) => format!("attests: {}", attests.statement),
                (true, None) => covers(&c, evidence, sign_offs),
            };
            Listed { approval: c.approval, counts, why }
        })
        .collect()
}

/// How many of the commits that need an approval this one covers: not the person's own.
fn covers(candidate: &Candidate<'_>, evidence: &Evidence, sign_offs: &SignOffs) -> String {
    let reviewer = &candidate.approval.statement.predicate.reviewer;
    let person = evidence.people.iter().find(|p| p.id == *reviewer);
    let (Ok(commits), Some(person)) = (&sign_offs.commits, person) else { return "counts".to_owned() };
    let needing: Vec<_> = commits.iter().filter(|c| !c.exempt).collect();
    let others = needing.iter().filter(|c| !c.authors.iter().any(|email| person.owns(email))).count();
    let own = if others < needing.len() { "; one's own commits need somebody else" } else { "" };
    format!("covers {others} of {}{own}", plural(needing.len() as u64, "commit"))
}

/// Whether the approved content is what is judged.
fn fresh(approval: &Approval, sign_offs: &SignOffs) -> (Standing, String) {
    let said = &approval.statement.predicate;
    let tree = approval.statement.subject.first().map(|s| s.digest.git_tree.as_str());
    if tree != Some(sign_offs.subject_tree.as_str()) {
        return match &approval.drift {
            Some(changed) => {
                let shown = changed.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
                let more = if changed.len() > 5 { ", ..." } else { "" };
                (
                    Standing::Stale,
                    format!("{}'s approval is stale, changed since: {shown}{more}", said.reviewer),
                )
            }
            None => (
                Standing::Unverifiable,
                format!("the content {} approved is not in this clone", said.reviewer),
            ),
        };
    }
    if said.checklist.is_some() && said.checklist != sign_offs.checklist_digest {
        return (
            Standing::Stale,
            format!("{}'s approval is stale: items of the checklist changed", said.reviewer),
        );
    }
    (Standing::Counts, String::new())
}

/// The instant of an approval; one that cannot be read is older than any other.
fn instant(approval: &Approval) -> Option<jiff::Timestamp> {
    approval.statement.predicate.time.parse().ok()
}

pub(super) fn remark(candidate: &Candidate<'_>) -> Detail {
    Detail::at(Place::file(&candidate.approval.path), candidate.why.clone())
}
