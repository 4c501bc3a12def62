//! `complete`: judge everything at HEAD, then tag, documents and push as one transaction.
//!
//! The order: finish what a killed run began; refuse what cannot be right before any work; judge;
//! plan in memory; show; publish. Nothing is written before the plan is whole.

use super::cli::Complete;
use super::collect::{self, Request};
use super::outputs;
use super::papers;
use super::record;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::config::Publish;
use crate::ledger::error::UNSHALLOW;
use crate::ledger::git::Git;
use crate::ledger::publish::{self, Claim, Mode, Plan, Report, no_stop};
use crate::ledger::{anywhere, lock};
use crate::model::milestone::Milestone;
use crate::model::outcome::{Occasion, Ruling};
use crate::render::plain::{clean, verbatim, wrap};
use crate::render::{self, Style};
use crate::verdict::{ExitStatus, Verdict, judge};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Runs the command.
pub(super) fn run(args: &Complete, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    workspace.head()?;
    let milestone = workspace.milestone(&args.milestone)?;
    let git = Git::at(workspace.root.path());
    let claim = claim(&workspace, &milestone, &git, args)?;
    let settled = match args.dry_run {
        true => publish::foresee(&git, &claim)?,
        false => publish::settle(&git, &claim, lock::WAIT, &no_stop)?,
    };
    if let Some(report) = settled {
        notes_of_tag(&workspace, &claim, locate, args, terminal);
        show_report(&report, &claim, &milestone, None, args, terminal);
        return Ok(ExitStatus::Passed.code());
    }
    // A killed run may have moved HEAD forward before it was settled.
    let workspace = Workspace::open(locate)?;
    refuse_early(&workspace, &milestone)?;
    if args.run {
        record::run_configured(&workspace, Some(&milestone), terminal)?;
    }
    let request = Request {
        occasion: Occasion::Milestone,
        milestone: Some(milestone.clone()),
        base: None,
        bundles: Vec::new(),
    };
    let (evidence, subject) = collect::collect(&workspace, &request)?;
    let verdict = judge(&workspace.config.gates, &evidence, &workspace.config.waivers, subject, &[]);
    if verdict.ruling != Ruling::Passed {
        show_refused(&verdict, args, terminal);
        return Ok(verdict.exit_status().code());
    }
    let plan = papers::plan(&workspace, &milestone, &evidence, &verdict, &claim, args)?;
    if args.dry_run {
        return dry_run(&workspace, &verdict, &plan, &git, args, terminal);
    }
    apply(&verdict, &plan, &git, &milestone, locate, args, terminal)
}

/// What is known before anything is judged.
fn claim(workspace: &Workspace, milestone: &Milestone, git: &Git, args: &Complete) -> Result<Claim, Refusal> {
    let tag = &workspace.config.tag;
    let head = workspace.head()?;
    let branch = tag.branch.clone().or_else(|| workspace.repository().ok()?.default_branch(&tag.remote));
    let branch = branch.or_else(|| head.branch.clone()).ok_or_else(|| {
        Refusal::cannot_act("no branch to complete milestones on is known")
            .hint("set [tag] branch in milegate.toml")
    })?;
    Ok(Claim {
        milestone: milestone.id.to_string(),
        tag: workspace.tag_name(milestone)?,
        branch,
        mode: match tag.publish {
            Publish::Direct => Mode::Direct,
            Publish::Branch => Mode::Branch,
            Publish::TagOnly => Mode::TagOnly,
        },
        remote: if args.no_push { None } else { remote(&tag.remote, git)? },
    })
}

/// The remote to push to. A repository that has none is completed here; one whose remotes bear other
/// names is not taken for that.
fn remote(name: &str, git: &Git) -> Result<Option<String>, Refusal> {
    let remotes = publish::remotes(git)?;
    match remotes.iter().any(|remote| remote == name) {
        true => Ok(Some(name.to_owned())),
        false if remotes.is_empty() => Ok(None),
        false => Err(Refusal::cannot_act(format!("no remote is called {name}, but {}", remotes.join(", ")))
            .hint("name it in [tag] remote, or use --no-push")),
    }
}

/// What cannot be right whatever the gates say: uncommitted files, an uncommitted policy, a
/// predecessor that is not complete.
fn refuse_early(workspace: &Workspace, milestone: &Milestone) -> Result<(), Refusal> {
    let repository = workspace.repository()?;
    if let Some(state) = repository.state() {
        return Err(Refusal::cannot_act(format!("a {state} is in progress")).hint(match state {
            "bisect" => "end it: git bisect reset".to_owned(),
            _ => format!("finish it: git {state} --continue"),
        }));
    }
    if workspace.policy.from != "HEAD" {
        return Err(Refusal::cannot_act(format!("{} is not committed as it stands", workspace.policy.path))
            .hint("commit it: the policy that judged a milestone has to be found again"));
    }
    let dirty = repository.dirty()?;
    if !dirty.is_empty() {
        let shown = dirty.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        return Err(Refusal::cannot_act(format!("uncommitted changes: {shown}"))
            .hint("commit or stash them: what is tagged is a commit"));
    }
    refuse_uncommitted_documents(workspace)?;
    milestone.requires.iter().try_for_each(|id| refuse_open_predecessor(workspace, id.as_str()))
}

/// What is tagged has to hold the documents it was judged by; that no tracked file is changed is
/// known already.
fn refuse_uncommitted_documents(workspace: &Workspace) -> Result<(), Refusal> {
    let tracked = workspace.repository()?.tracked()?;
    let judged =
        workspace.config.documents.checklist.clone().into_iter().chain(collect::asked_for(workspace));
    let missing: BTreeSet<_> =
        judged.filter(|path| workspace.root.exists(path) && !tracked.contains(path)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let shown = missing.into_iter().collect::<Vec<_>>().join(", ");
    Err(Refusal::cannot_act(format!("judged, but in no commit: {shown}"))
        .hint("git add and commit it: what is tagged holds the documents it was judged by"))
}

fn refuse_open_predecessor(workspace: &Workspace, id: &str) -> Result<(), Refusal> {
    let before = workspace.milestone(id)?;
    let name = workspace.tag_name(&before)?;
    let refuse = |why: String, hint: String| Err(Refusal::cannot_act(why).hint(hint));
    let Some(tag) = workspace.tag_of(&before)? else {
        let hint = match workspace.repository()?.is_shallow() {
            true => UNSHALLOW.to_owned(),
            false => format!("milegate complete {id} (or git fetch --tags, if it is tagged elsewhere)"),
        };
        return refuse(format!("milestone {id} comes first, and its tag {name} does not exist"), hint);
    };
    if !(tag.annotated && tag.target_is_commit && tag.name_in_object.as_deref() == Some(name.as_str())) {
        let hint = "a milestone's tag is annotated, bears its own name and names a commit".to_owned();
        return refuse(format!("{name} is no milestone tag"), hint);
    }
    let head = workspace.head()?;
    if !workspace.repository()?.is_ancestor(&tag.target, &head.id)? {
        let hint = format!("complete on the branch that holds {name}");
        return refuse(format!("HEAD does not build on {name}"), hint);
    }
    Ok(())
}

/// Shows the plan, and touches nothing.
fn dry_run(
    workspace: &Workspace,
    verdict: &Verdict,
    plan: &Plan,
    git: &Git,
    args: &Complete,
    terminal: Terminal,
) -> Result<u8, Refusal> {
    publish::preflight(git, plan)?;
    if args.output_format == "json" {
        let steps =
            plan.steps().into_iter().map(|step| json!({ "name": "plan", "done": false, "detail": step }));
        let value = json!({
            "schema_version": 1,
            "milegate": env!("CARGO_PKG_VERSION"),
            "milestone": plan.milestone,
            "verdict": verdict.ruling.word(),
            "exit_code": ExitStatus::Passed.code(),
            "dry_run": true,
            "changed": false,
            "tag": plan.tag,
            "tag_object": null,
            "target": plan.target,
            "docs_commit": null,
            "pushed": false,
            "steps": steps.collect::<Vec<_>>(),
        });
        terminal.print(&format!("{value:#}\n"));
        return Ok(ExitStatus::Passed.code());
    }
    let mut out = format!("{}\n Plan\n", as_text(verdict, terminal.style(8)));
    for (at, step) in plan.steps().iter().enumerate() {
        let lines = wrap(&clean(step), terminal.style(0).width.saturating_sub(6));
        out.push_str(&format!("   {}. {}\n", at + 1, lines.join("\n      ")));
    }
    out.push_str(&format!("\n Tag message\n{}\n Documents\n", indented(&plan.message)));
    out.push_str(&indented(&papers::diff(workspace, plan)?));
    out.push_str(" Nothing was changed (dry run).\n");
    outputs::print_text(&out, terminal);
    Ok(ExitStatus::Passed.code())
}

/// Text of ours that may hold text of others, line by line.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", format!("   {}", verbatim(line)).trim_end())).collect()
}

fn apply(
    verdict: &Verdict,
    plan: &Plan,
    git: &Git,
    milestone: &Milestone,
    locate: &Locate,
    args: &Complete,
    terminal: Terminal,
) -> Result<u8, Refusal> {
    let question = format!("Tag {} and publish its documents?", plan.tag);
    if !args.yes && args.output_format == "text" {
        outputs::print_text(&render::glance(verdict, &terminal.style(0)), terminal);
        if !terminal.confirm(&question) {
            return Err(Refusal::cannot_act("not confirmed; nothing was changed"));
        }
    }
    let report = publish::complete(git, plan, lock::WAIT, &no_stop)?;
    let markdown = render::output("markdown").map(|o| (o.render)(verdict, &Style::default()));
    let subject = plan.message.lines().next().unwrap_or_default();
    write_notes(subject, &markdown.unwrap_or_default(), locate, args, terminal);
    show_report(&report, &plan.claim(), milestone, Some(verdict).filter(|_| args.yes), args, terminal);
    Ok(ExitStatus::Passed.code())
}

/// The release body. What was published stays so, whether or not the notes can be written.
fn write_notes(subject: &str, markdown: &str, locate: &Locate, args: &Complete, terminal: Terminal) {
    let Some(path) = &args.notes else { return };
    let body = format!("# {}\n\n{markdown}", clean(subject));
    let written = locate.start().map(|start| anywhere::replace(&start.join(path), body.as_bytes()));
    if let Ok(Err(error)) = written {
        terminal.warn(&format!("--notes: {error}"));
    }
}

/// The release body of a milestone that was complete already: what its tag says, without the trailers.
fn notes_of_tag(workspace: &Workspace, claim: &Claim, locate: &Locate, args: &Complete, terminal: Terminal) {
    if args.notes.is_none() {
        return;
    }
    let tag = workspace.repository().ok().and_then(|repository| repository.tag(&claim.tag).ok().flatten());
    let Some(tag) = tag else {
        return terminal.warn(&format!("--notes: {} is not here yet: git fetch --tags", claim.tag));
    };
    let mut lines = tag.message.lines();
    let subject = lines.next().unwrap_or_default();
    let summary = lines.skip_while(|line| line.is_empty()).take_while(|line| !line.starts_with("Milegate-"));
    let block: String = summary.map(|line| format!("    {}\n", verbatim(line))).collect();
    write_notes(subject, &format!("{}\n", block.trim_end()), locate, args, terminal);
}

fn as_text(verdict: &Verdict, style: Style) -> String {
    render::output("text").map(|o| (o.render)(verdict, &style)).unwrap_or_default()
}

fn show_refused(verdict: &Verdict, args: &Complete, terminal: Terminal) {
    if args.output_format == "text" {
        return outputs::print_text(&as_text(verdict, terminal.style(8)), terminal);
    }
    let text = render::output("json").map(|o| (o.render)(verdict, &Style::default())).unwrap_or_default();
    let mut value: Value = serde_json::from_str(&text).unwrap_or_default();
    value["changed"] = json!(false);
    value["tag"] = Value::Null;
    value["tag_object"] = Value::Null;
    value["target"] = Value::Null;
    value["steps"] = json!([]);
    terminal.print(&render::json::page(&value));
}

fn show_report(
    report: &Report,
    claim: &Claim,
    milestone: &Milestone,
    verdict: Option<&Verdict>,
    args: &Complete,
    terminal: Terminal,
) {
    if args.output_format == "json" {
        let value = json!({
            "schema_version": 1,
            "milegate": env!("CARGO_PKG_VERSION"),
            "milestone": milestone.id,
            "verdict": Ruling::Passed.word(),
            "exit_code": ExitStatus::Passed.code(),
            "changed": report.changed,
            "tag": claim.tag,
            "tag_object": report.tag_object,
            "target": report.target,
            "docs_commit": report.docs_commit,
            "pushed": report.pushed,
            "steps": report.steps,
        });
        return terminal.print(&render::json::page(&value));
    }
    let short: String = report.target.chars().take(7).collect();
    let mut out = verdict.map(|v| format!("{}\n", render::glance(v, &terminal.style(0)))).unwrap_or_default();
    out.push_str(&match report.changed {
        true => format!(" Complete: {} at {short}\n", claim.tag),
        false => format!(" Already complete: {} at {short}. Nothing was changed.\n", claim.tag),
    });
    for step in &report.steps {
        out.push_str(&format!("   {} {}\n", if step.done { "✓" } else { "○" }, clean(&step.detail)));
    }
    outputs::print_text(&out, terminal);
}
