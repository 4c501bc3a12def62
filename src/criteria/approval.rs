//! `approval`: people who may signed off what is judged, and none of them their own commits.

use super::judgement::plural;
use super::spec::{self, text::Globs};
use super::{Context, Criterion, Judgement, Kind, MILESTONE};
use crate::evidence::{Detail, Doubt, Evidence, SignOffs};
use crate::model::approval::{Approval, Decision};
use crate::model::change::Commit;
use crate::model::person::Person;
use crate::model::place::Place;
use std::collections::{BTreeMap, BTreeSet};

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "approval",
    summary: "people who hold the role signed off exactly this content, and nobody their own commits",
    guide: "`milegate approve ROLE --as PERSON -m ...` writes one file that is bound to the subject tree: reworded \
            commits, squashes, ticks and ledger files keep it fresh, one changed byte of code does not. Each commit \
            since the previous milestone tag needs approvers who are neither its author nor a co-author.",
    example: "[people.NAME] emails = [\"...\"] roles = [\"code\"]",
    judged_on: MILESTONE,
    reports: &[],
    codes: &[
        ("approval/missing", "nobody who holds the role has signed off"),
        ("approval/rejected", "somebody who holds the role refused"),
        ("approval/stale", "the content changed since it was signed off"),
        ("approval/own-work", "commits are covered only by their own authors"),
        ("approval/unverifiable", "the approved content is not in this clone"),
        ("approval/damaged", "an approval file cannot be read"),
        ("approval/history", "the commits since the previous milestone cannot be listed"),
    ],
    parse: |table| {
        let spec = spec::read::<Spec>(table, &spec::keys_of::<Spec>())?;
        if spec.required == 0 {
            let problem = spec::Problem::new(["required"], "required = 0 would pass without anybody");
            return Err(vec![problem.hint("disable the criterion with a reason instead")]);
        }
        Ok(Box::new(spec))
    },
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// How much an approval is believed, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Trust {
    /// A file says so.
    Asserted,
    /// The forge says so.
    Forge,
    /// A signature of a listed key says so.
    Signed,
}

impl Trust {
    const fn word(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Forge => "forge",
            Self::Signed => "signed",
        }
    }
}

/// Keys of an `approval` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    /// The role that signs off.
    role: String,
    /// How many people each commit needs.
    #[serde(default = "one")]
    required: usize,
    /// How much an approval has to be believed: asserted, forge, signed.
    #[serde(default = "asserted")]
    trust: Trust,
    /// Globs: not applicable unless one of these paths changed since the base.
    #[serde(default)]
    when_changed: Globs,
}

fn one() -> usize {
    1
}

fn asserted() -> Trust {
    Trust::Asserted
}

/// Why a candidate does or does not count.
enum Standing {
    Counts,
    Rejected,
    Stale,
    Unverifiable,
    Other,
}

/// An approval that is about this role and milestone, with what becomes of it.
struct Candidate<'a> {
    approval: &'a Approval,
    standing: Standing,
    why: String,
}

impl Criterion for Spec {
    fn role(&self) -> Option<&str> {
        Some(&self.role)
    }

    fn judge(&self, context: &Context<'_>) -> Judgement {
        let evidence = context.evidence;
        match self.applies(evidence) {
            Err(doubt) => return Judgement::unproven(doubt).expected(self.expected()),
            Ok(Some(why)) => return Judgement::not_applicable("approval", why).expected(self.expected()),
            Ok(None) => {}
        }
        if !evidence.people.iter().any(|p| p.roles.contains(&self.role)) {
            return Judgement::unconfigured(
                &KIND,
                context.id,
                &format!("nobody in [people] holds the role `{}`", self.role),
            );
        }
        let judged = evidence.sign_offs.as_ref().map_err(Clone::clone).and_then(|s| {
            let commits = s.commits.as_ref().map_err(Clone::clone)?;
            Ok((s, commits))
        });
        match judged {
            Err(doubt) => Judgement::unproven(doubt),
            Ok((sign_offs, commits)) => self.decide(evidence, sign_offs, commits),
        }
        .expected(self.expected())
    }
}

impl Spec {
    fn expected(&self) -> String {
        let trust =
            if self.trust == Trust::Asserted { String::new() } else { format!(", {}", self.trust.word()) };
        format!("{} other than the author for each commit{trust}", plural(self.required as u64, "approval"))
    }

    /// `Some(why)` if it does not apply.
    fn applies(&self, evidence: &Evidence) -> Result<Option<String>, Doubt> {
        if self.when_changed.patterns.is_empty() {
            return Ok(None);
        }
        let changed = evidence.changed_paths.as_ref().map_err(Clone::clone)?;
        let hit = changed.as_ref().is_none_or(|paths| paths.iter().any(|p| self.when_changed.matches(p)));
        let none = format!("no file of {} changed", self.when_changed.patterns.join(", "));
        Ok(if hit { None } else { Some(none) })
    }

    fn decide(&self, evidence: &Evidence, sign_offs: &SignOffs, commits: &[Commit]) -> Judgement {
        let candidates = self.candidates(evidence, sign_offs);
        let with = |f: fn(&Standing) -> bool| candidates.iter().filter(move |c| f(&c.standing));
        let counting: BTreeMap<&str, &Person> = with(|s| matches!(s, Standing::Counts))
            .filter_map(|c| evidence.people.iter().find(|p| p.id == c.approval.statement.predicate.reviewer))
            .map(|p| (p.id.as_str(), p))
            .collect();
        let names = if counting.is_empty() {
            "nobody".to_owned()
        } else {
            counting.keys().copied().collect::<Vec<_>>().join(", ")
        };
        let measured = format!("{}: {names}", self.role);
        let listed: Vec<_> =
            candidates.iter().filter(|c| !matches!(c.standing, Standing::Counts)).map(remark).collect();
        if with(|s| matches!(s, Standing::Rejected)).next().is_some() {
            let next = "settle the objection; the same person then approves or withdraws";
            return Judgement::failed("approval/rejected", measured, next).details(listed);
        }
        // It may hold an objection.
        if let Some(damaged) = sign_offs.damaged.first() {
            let mut doubt =
                Doubt::new("approval/damaged", damaged.message.clone(), "mend or remove the file");
            doubt.details = sign_offs.damaged.clone();
            return Judgement::unproven(doubt);
        }
        let uncovered: Vec<_> = commits.iter().filter(|c| !c.exempt && !self.covered(c, &counting)).collect();
        if uncovered.is_empty() && counting.len() >= self.required {
            let notices = unknown_authors(commits, &evidence.people);
            return Judgement::passed("approval", measured.clone())
                .notices(notices)
                .figure("approvers", names);
        }
        if let Some(c) = with(|s| matches!(s, Standing::Unverifiable)).next() {
            return Judgement::unproven(Doubt::new(
                "approval/unverifiable",
                c.why.clone(),
                "git fetch --unshallow --tags",
            ));
        }
        let stale = with(|s| matches!(s, Standing::Stale)).next().is_some();
        self.refused(measured, counting.len(), stale, &uncovered, listed, evidence)
    }

    fn refused(
        &self,
        measured: String,
        counting: usize,
        stale: bool,
        uncovered: &[&Commit],
        mut details: Vec<Detail>,
        evidence: &Evidence,
    ) -> Judgement {
        let command = self.who_could(uncovered, evidence);
        if counting > 0 {
            details.extend(uncovered.iter().map(|c| lacking(c, &evidence.people)));
            let message = format!(
                "{} not covered by anybody but their authors",
                plural(uncovered.len() as u64, "commit")
            );
            return Judgement::failed("approval/own-work", measured, command)
                .message(message)
                .details(details);
        }
        let (code, message) = if stale {
            ("approval/stale", "the content changed since it was signed off; `--renew` shows what")
        } else {
            ("approval/missing", "nobody who holds the role has signed off")
        };
        Judgement::failed(code, measured, command).message(message).details(details)
    }

    /// The command for somebody whose approval would cover a commit that nobody covers yet.
    fn who_could(&self, uncovered: &[&Commit], evidence: &Evidence) -> String {
        let holders = evidence.people.iter().filter(|p| p.roles.contains(&self.role));
        let helps = |p: &&Person| {
            uncovered.is_empty() || uncovered.iter().any(|c| !c.authors.iter().any(|email| p.owns(email)))
        };
        let people: Vec<_> = holders.filter(helps).map(|p| p.id.as_str()).collect();
        if people.is_empty() {
            return format!("give the role `{}` to somebody who is no author of these commits", self.role);
        }
        let milestone =
            evidence.milestone.as_ref().map(|m| format!(" --milestone {}", m.id)).unwrap_or_default();
        format!("`milegate approve {}{milestone} --as NAME` by one of: {}", self.role, people.join(", "))
    }

    fn covered(&self, commit: &Commit, counting: &BTreeMap<&str, &Person>) -> bool {
        let others = counting.values().filter(|p| !commit.authors.iter().any(|email| p.owns(email)));
        others.count() >= self.required
    }

    /// The last word of each person on this role and milestone.
    fn candidates<'a>(&self, evidence: &Evidence, sign_offs: &'a SignOffs) -> Vec<Candidate<'a>> {
        let milestone = evidence.milestone.as_ref().map(|m| m.id.as_str()).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut last: BTreeMap<&str, &Approval> = BTreeMap::new();
        for approval in &sign_offs.approvals {
            let said = &approval.statement.predicate;
            let ours =
                said.role == self.role && said.milestone == milestone && said.project == evidence.project;
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
        last.into_values().map(|approval| self.weigh(approval, evidence, sign_offs)).collect()
    }

    fn weigh<'a>(&self, approval: &'a Approval, evidence: &Evidence, sign_offs: &SignOffs) -> Candidate<'a> {
        let said = &approval.statement.predicate;
        let (standing, why) = match evidence.people.iter().find(|p| p.id == said.reviewer) {
            None => (Standing::Other, format!("`{}` is not in [people] of the policy", said.reviewer)),
            Some(person) if !person.roles.contains(&self.role) => {
                (Standing::Other, format!("{} does not hold the role `{}`", person.id, self.role))
            }
            Some(person) => match said.decision {
                Decision::Withdraw => (Standing::Other, format!("{} took the approval back", person.id)),
                Decision::Reject => (Standing::Rejected, format!("{} refused: {}", person.id, said.comment)),
                Decision::Approve if self.trust > Trust::Asserted => {
                    let why =
                        format!("{}'s approval is asserted, required is {}", person.id, self.trust.word());
                    (Standing::Other, why)
                }
                Decision::Approve => fresh(approval, sign_offs),
            },
        };
        Candidate { approval, standing, why }
    }
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

/// Every approval of the judged milestone by role and person, the last word of each.
pub fn list<'a>(evidence: &Evidence, sign_offs: &'a SignOffs) -> Vec<Listed<'a>> {
    let roles: BTreeSet<&str> =
        sign_offs.approvals.iter().map(|a| a.statement.predicate.role.as_str()).collect();
    let of_role = |role: &str| {
        let spec = Spec {
            role: role.to_owned(),
            required: 1,
            trust: Trust::Asserted,
            when_changed: Globs::default(),
        };
        spec.candidates(evidence, sign_offs)
    };
    let candidates = roles.into_iter().flat_map(of_role);
    candidates
        .map(|c| {
            let counts = matches!(c.standing, Standing::Counts);
            let why = if counts { covers(&c, evidence, sign_offs) } else { c.why };
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

fn remark(candidate: &Candidate<'_>) -> Detail {
    Detail::at(Place::file(&candidate.approval.path), candidate.why.clone())
}

fn lacking(commit: &Commit, people: &[Person]) -> Detail {
    let names: Vec<_> = commit.authors.iter().map(|email| name_of(email, people)).collect();
    let short: String = commit.id.chars().take(10).collect();
    Detail::remark(format!("commit {short} by {} lacks an approver: {}", names.join(", "), commit.subject))
}

fn name_of(email: &str, people: &[Person]) -> String {
    match people.iter().find(|p| p.owns(email)) {
        Some(person) => person.id.clone(),
        None => format!("{email} (nobody in [people])"),
    }
}

fn unknown_authors(commits: &[Commit], people: &[Person]) -> Vec<Detail> {
    let emails: BTreeSet<_> = commits.iter().filter(|c| !c.exempt).flat_map(|c| &c.authors).collect();
    let unknown = emails.into_iter().filter(|email| !people.iter().any(|p| p.owns(email)));
    unknown.map(|email| Detail::remark(format!("commits by {email}, who is nobody in [people]"))).collect()
}
