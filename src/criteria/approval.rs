//! `approval`: people who may signed off what is judged, and none of them their own commits.

use super::judgement::plural;
use super::sign_off::{Standing, Topic, Trust, candidates, remark};
use super::spec::{self, text::Globs};
use super::{Context, Criterion, Judgement, Kind, MILESTONE};
use crate::evidence::{Detail, Doubt, Evidence, SignOffs};
use crate::model::change::Commit;
use crate::model::person::Person;
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
    #[serde(default)]
    trust: Trust,
    /// Globs: not applicable unless one of these paths changed since the base.
    #[serde(default)]
    when_changed: Globs,
}

fn one() -> usize {
    1
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
        let candidates = candidates(&Topic::Role(&self.role), self.trust, evidence, sign_offs);
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
