//! `attestation`: somebody who holds a role vouches for a statement about exactly this content.

use super::judgement::count_of;
use super::sign_off::{Candidate, Standing, Topic, Trust, candidates, remark};
use super::spec::{self, Problem};
use super::{Context, Criterion, Judgement, Kind, MILESTONE};
use crate::evidence::{Doubt, Evidence, SignOffs};
use crate::model::approval::Attests;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "attestation",
    summary: "somebody who holds the role vouches for a statement about exactly this content",
    guide: "`milegate approve NAME --as PERSON -m ...` writes one file, NAME being that of the criterion. It is bound \
            to the content and to the wording, as an approval is bound to the content: when either changes, it is \
            stale. A refusal blocks until the same person decides otherwise. Authors may vouch for their own work; \
            where they may not, use the kind `approval`.",
    example: "[gates.{gate}.{name}] kind = \"attestation\", role = \"code\", statement = \"works in staging\"; \
              [people.NAME] emails = [\"...\"] roles = [\"code\"]",
    judged_on: MILESTONE,
    reports: &[],
    codes: &[
        ("attestation/missing", "nobody who holds the role vouches for the statement"),
        ("attestation/rejected", "somebody who holds the role says that it is not so"),
        ("attestation/stale", "the content or the wording changed since it was attested"),
        ("attestation/unverifiable", "the attested content is not in this clone"),
        ("attestation/damaged", "an approval file cannot be read"),
    ],
    parse,
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of an `attestation` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    /// The role that signs off.
    role: String,
    /// What is vouched for: "works in staging".
    statement: String,
    /// How many people have to vouch for it.
    #[serde(default = "one")]
    required: usize,
    /// How much an approval has to be believed: asserted, forge, signed.
    #[serde(default)]
    trust: Trust,
}

fn one() -> usize {
    1
}

/// Longest statement, in characters.
const MOST: usize = 500;

fn parse(table: toml::Table) -> super::Parsed {
    let spec = spec::read::<Spec>(table, &spec::keys_of::<Spec>())?;
    let mut problems = Vec::new();
    if spec.required == 0 {
        let problem = Problem::new(["required"], "required = 0 would pass without anybody");
        problems.push(problem.hint("disable the criterion with a reason instead"));
    }
    let statement = &spec.statement;
    if statement.trim().is_empty()
        || statement.chars().any(char::is_control)
        || statement.chars().count() > MOST
    {
        problems.push(Problem::new(
            ["statement"],
            format!("a statement is one line of at most {MOST} characters"),
        ));
    }
    if problems.is_empty() { Ok(Box::new(spec)) } else { Err(problems) }
}

impl Criterion for Spec {
    fn role(&self) -> Option<&str> {
        Some(&self.role)
    }

    fn statement(&self) -> Option<&str> {
        Some(&self.statement)
    }

    fn judge(&self, context: &Context<'_>) -> Judgement {
        let evidence = context.evidence;
        let expected =
            format!("{}, attested by {}", self.statement, count_of(self.required as u64, "person", "people"));
        if !evidence.people.iter().any(|p| p.roles.contains(&self.role)) {
            let what = format!("nobody in [people] holds the role `{}`", self.role);
            return Judgement::unconfigured(&KIND, context.id, &what).expected(expected);
        }
        match &evidence.sign_offs {
            Err(doubt) => Judgement::unproven(doubt.clone()),
            Ok(sign_offs) => self.decide(context.id, evidence, sign_offs),
        }
        .expected(expected)
    }
}

impl Spec {
    fn decide(&self, id: &str, evidence: &Evidence, sign_offs: &SignOffs) -> Judgement {
        let attests = Attests { criterion: id.to_owned(), statement: self.statement.clone() };
        let topic = Topic::Statement { attests: &attests, role: &self.role };
        let all = candidates(&topic, self.trust, evidence, sign_offs);
        let with = |f: fn(&Standing) -> bool| all.iter().filter(move |c| f(&c.standing));
        let people: Vec<_> = with(|s| matches!(s, Standing::Counts)).map(reviewer).collect();
        let names = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
        let measured = format!("{}: {names}", self.role);
        let others = all.iter().filter(|c| !matches!(c.standing, Standing::Counts)).map(remark).collect();
        if with(|s| matches!(s, Standing::Rejected)).next().is_some() {
            let next = "settle the objection; the same person then approves or withdraws";
            return Judgement::failed("attestation/rejected", measured, next).details(others);
        }
        // It may hold an objection.
        if let Some(damaged) = sign_offs.damaged.first() {
            let doubt = Doubt::new("attestation/damaged", damaged.message.clone(), "mend or remove the file");
            return Judgement::unproven(Doubt { details: sign_offs.damaged.clone(), ..doubt });
        }
        if people.len() >= self.required {
            return Judgement::passed("attestation", measured);
        }
        if let Some(c) = with(|s| matches!(s, Standing::Unverifiable)).next() {
            let next = "git fetch --unshallow --tags";
            return Judgement::unproven(Doubt::new("attestation/unverifiable", c.why.clone(), next));
        }
        let (code, message) = match with(|s| matches!(s, Standing::Stale)).next() {
            Some(c) => ("attestation/stale", c.why.clone()),
            None if people.is_empty() => {
                ("attestation/missing", format!("nobody attests: {}", self.statement))
            }
            None => {
                let message =
                    format!("{} of {} people attest: {}", people.len(), self.required, self.statement);
                ("attestation/missing", message)
            }
        };
        Judgement::failed(code, measured, self.command(id, evidence)).message(message).details(others)
    }

    /// The command for somebody who may attest it.
    fn command(&self, id: &str, evidence: &Evidence) -> String {
        let holders = evidence.people.iter().filter(|p| p.roles.contains(&self.role));
        let names: Vec<_> = holders.map(|p| p.id.as_str()).collect();
        let milestone =
            evidence.milestone.as_ref().map(|m| format!(" --milestone {}", m.id)).unwrap_or_default();
        let name = id.rsplit('/').next().unwrap_or(id);
        format!("`milegate approve {name}{milestone} --as NAME` by one of: {}", names.join(", "))
    }
}

fn reviewer<'a>(candidate: &Candidate<'a>) -> &'a str {
    candidate.approval.statement.predicate.reviewer.as_str()
}
