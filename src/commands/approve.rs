//! `approve`: one file that says who signed off what in which role, or vouches for which statement. It is
//! never committed here.

use super::cli::Approve;
use super::collect::{self, Request};
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::topic::Topic;
use super::workspace::{Locate, Workspace};
use crate::criteria::spec::did_you_mean;
use crate::evidence::SignOffs;
use crate::ledger::{approvals, clock};
use crate::model::approval::{
    Attests, Decision, PREDICATE_TYPE, Predicate, STATEMENT_TYPE, Statement, Subject, SubjectDigest,
};
use crate::model::milestone::Milestone;
use crate::model::outcome::Occasion;
use crate::model::person::Person;
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(args: &Approve, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    let head = workspace.head()?.clone();
    let milestone = workspace.milestone_or_first(args.milestone.as_deref())?;
    let person = person(&workspace, args)?.clone();
    let topic = Topic::find(&workspace, &args.name)?;
    if !person.roles.contains(&topic.role) {
        let hint = format!("{} holds: {}", person.id, person.roles.join(", "));
        return Err(
            Refusal::usage(format!("{} does not hold the role `{}`", person.id, topic.role)).hint(hint)
        );
    }
    refuse_dirty(&workspace)?;
    let request = Request {
        occasion: Occasion::Milestone,
        milestone: Some(milestone.clone()),
        base: None,
        bundles: Vec::new(),
    };
    let (evidence, _) = collect::collect(&workspace, &request)?;
    let sign_offs =
        evidence.sign_offs.map_err(|doubt| Refusal::cannot_act(doubt.message).hint(doubt.next_step))?;
    if args.renew {
        show_drift(&sign_offs, &person, &topic, &milestone, terminal)?;
    }
    let statement = statement(&workspace, args, &topic, &milestone, &person, &sign_offs, &head.id);
    let path = approvals::write(&workspace.root, &statement)?;
    let word = match (statement.predicate.decision, &topic.attests) {
        (Decision::Approve, None) => "approved",
        (Decision::Approve, Some(_)) => "attested for",
        (Decision::Reject, None) => "refused",
        (Decision::Reject, Some(_)) => "denied for",
        (Decision::Withdraw, _) => "took back the word on",
    };
    let short: String = sign_offs.subject_tree.chars().take(10).collect();
    terminal.print(&format!(
        "{} {word} milestone {} {}, content {short}\n  wrote {path}\n  next: git add {path} && git commit\n",
        person.id,
        milestone.id,
        topic.shown()
    ));
    Ok(ExitStatus::Passed.code())
}

/// The person who was named, else the one whose address git commits with.
fn person<'a>(workspace: &'a Workspace, args: &Approve) -> Result<&'a Person, Refusal> {
    let people = &workspace.config.people;
    let ids = || people.iter().map(|p| p.id.as_str());
    if people.is_empty() {
        return Err(Refusal::usage("nobody is listed in [people]")
            .hint("add [people.NAME] with emails and roles to milegate.toml"));
    }
    match &args.person {
        Some(id) => people.iter().find(|p| p.id == *id).ok_or_else(|| {
            let hint = did_you_mean(id, ids())
                .unwrap_or_else(|| format!("people: {}", ids().collect::<Vec<_>>().join(", ")));
            Refusal::usage(format!("`{id}` is not in [people]")).hint(hint)
        }),
        None => {
            let email = workspace.repository()?.email();
            let found = email.as_deref().and_then(|email| people.iter().find(|p| p.owns(email)));
            found.ok_or_else(|| {
                let who = email.map_or_else(
                    || "git knows no user.email".to_owned(),
                    |e| format!("{e} is nobody's in [people]"),
                );
                Refusal::usage(who)
                    .hint(format!("--as NAME, one of: {}", ids().collect::<Vec<_>>().join(", ")))
            })
        }
    }
}

/// What is approved is HEAD: uncommitted changes would not be part of it.
fn refuse_dirty(workspace: &Workspace) -> Result<(), Refusal> {
    let ledger = workspace.ledger_paths();
    let dirty: Vec<_> = workspace.repository()?.dirty()?.into_iter().filter(|p| !ledger.holds(p)).collect();
    if dirty.is_empty() {
        return Ok(());
    }
    let shown = dirty.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    Err(Refusal::cannot_act(format!("uncommitted changes would not be part of what you approve: {shown}"))
        .hint("commit or stash them"))
}

fn show_drift(
    sign_offs: &SignOffs,
    person: &Person,
    topic: &Topic,
    milestone: &Milestone,
    terminal: Terminal,
) -> Result<(), Refusal> {
    let mine = sign_offs.approvals.iter().filter(|a| {
        let said = &a.statement.predicate;
        let criterion = |attests: &Option<Attests>| attests.as_ref().map(|a| a.criterion.clone());
        let same = said.role == topic.role && criterion(&said.attests) == criterion(&topic.attests);
        said.reviewer == person.id && same && said.milestone == milestone.id.as_str()
    });
    let last = mine.max_by_key(|a| a.statement.predicate.time.parse::<jiff::Timestamp>().ok());
    let Some(last) = last else {
        return Err(Refusal::usage("there is no earlier approval to renew").hint("approve without --renew"));
    };
    let lines = match &last.drift {
        None if last.statement.subject.iter().any(|s| s.digest.git_tree == sign_offs.subject_tree) => {
            vec!["nothing".to_owned()]
        }
        None => vec!["unknown: the approved content is not in this clone".to_owned()],
        Some(changed) => changed.clone(),
    };
    terminal.print(&format!("changed since {}:\n  {}\n", last.statement.predicate.time, lines.join("\n  ")));
    Ok(())
}

fn statement(
    workspace: &Workspace,
    args: &Approve,
    topic: &Topic,
    milestone: &Milestone,
    person: &Person,
    sign_offs: &SignOffs,
    commit: &str,
) -> Statement {
    let decision = match (args.reject, args.withdraw) {
        (true, _) => Decision::Reject,
        (_, true) => Decision::Withdraw,
        _ => Decision::Approve,
    };
    let digest = SubjectDigest { git_tree: sign_offs.subject_tree.clone() };
    Statement {
        kind: STATEMENT_TYPE.to_owned(),
        subject: vec![Subject { name: "git+tree".to_owned(), digest }],
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: Predicate {
            project: workspace.config.project.id.clone(),
            milestone: milestone.id.to_string(),
            role: topic.role.clone(),
            attests: topic.attests.clone(),
            decision,
            reviewer: person.id.clone(),
            commit: commit.to_owned(),
            checklist: sign_offs.checklist_digest.clone(),
            policy: Some(workspace.policy.blob.clone()),
            comment: args.message.clone(),
            time: clock::now().to_string(),
        },
    }
}
