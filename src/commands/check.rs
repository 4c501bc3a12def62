//! `check`: collect, judge, render. The exit status is the verdict's, whatever the outputs do.

use super::cli::Check;
use super::collect::{self, Request};
use super::outputs::Shown;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use super::{comment, outputs, record, watch};
use crate::criteria::spec::did_you_mean;
use crate::evidence::{Detail, Evidence};
use crate::gates::GATES;
use crate::model::outcome::Occasion;
use crate::render::exhibit::Exhibit;
use crate::verdict::{ExitStatus, Verdict, judge};

/// A verdict, and what it was judged in and for.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) workspace: Workspace,
    pub(super) request: Request,
    /// What it rests on, if an output shows that.
    pub(super) exhibit: Option<Exhibit>,
}

impl Judged {
    /// What the outputs show of it.
    pub(super) fn shown(&self) -> Shown<'_> {
        Shown { verdict: &self.verdict, exhibit: self.exhibit.as_ref(), root: self.workspace.root.path() }
    }
}

/// Runs the command.
pub(super) fn run(args: &Check, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    if args.watch {
        return watch::run(args, locate, terminal);
    }
    let targets = outputs::targets(&args.outputs, &locate.start()?, terminal)?;
    let judged = judged(args, locate, terminal);
    if let Err(refusal) = &judged {
        outputs::refuse(refusal, &args.outputs, &targets, terminal);
    }
    let judged = judged?;
    let verdict = &judged.verdict;
    outputs::show(&judged.shown(), &args.outputs, &targets, terminal);
    if args.comment {
        comment::after_check(verdict, terminal);
    }
    Ok(if args.advisory { ExitStatus::Passed } else { verdict.exit_status() }.code())
}

/// Opens the workspace with the policy that was asked for.
pub(super) fn open(args: &Check, locate: &Locate) -> Result<Workspace, Refusal> {
    Workspace::open(&Locate { policy_from: args.policy_from.clone(), ..locate.clone() })
}

/// Collects and judges what there is now.
pub(super) fn judged(args: &Check, locate: &Locate, terminal: Terminal) -> Result<Judged, Refusal> {
    let only = chosen_gates(&args.gates)?;
    let workspace = open(args, locate)?;
    let request = request(args, &workspace)?;
    if args.run {
        record::run_configured(&workspace, request.milestone.as_ref(), terminal)?;
    }
    let (mut verdict, evidence) = confirmed_verdict(args, &workspace, &request, &only, terminal)?;
    verdict.notices.extend(workspace.notices.iter().map(Detail::remark));
    if args.advisory {
        let would = verdict.exit_status().code();
        verdict.notices.push(Detail::remark(format!("advisory: exits with 0 instead of {would}")));
    }
    let exhibit = outputs::want_exhibit(&args.outputs).then(|| collect::exhibit(&workspace, &evidence));
    Ok(Judged { verdict, workspace, request, exhibit })
}

/// Collects the evidence and judges it; suspect benchmarks are run again where a command is named, and judged once more.
fn confirmed_verdict(
    args: &Check,
    workspace: &Workspace,
    request: &Request,
    only: &[String],
    terminal: Terminal,
) -> Result<(Verdict, Evidence), Refusal> {
    let (mut evidence, subject) = collect::collect(workspace, request)?;
    let config = &workspace.config;
    let judged = |evidence: &Evidence| judge(&config.gates, evidence, &config.waivers, subject.clone(), only);
    let first = judged(&evidence);
    let Some(command) = args.confirm_cmd.as_ref().filter(|_| is_suspicious(&first)) else {
        return Ok((first, evidence));
    };
    evidence.rerun = Some(collect::rerun(workspace, request, &evidence, command, terminal)?);
    Ok((judged(&evidence), evidence))
}

fn is_suspicious(verdict: &Verdict) -> bool {
    let mut criteria = verdict.gates.iter().flat_map(|gate| &gate.criteria);
    criteria.any(|criterion| criterion.judgement.code == "regression/suspect")
}

/// With a milestone the occasion is the milestone; without, a change towards the first open one.
pub(super) fn request(args: &Check, workspace: &Workspace) -> Result<Request, Refusal> {
    let milestone = match &args.milestone {
        Some(id) => Some(workspace.milestone(id)?),
        None => workspace.first_open_milestone()?,
    };
    let asked = args
        .on
        .as_deref()
        .map(|word| if word == Occasion::Change.word() { Occasion::Change } else { Occasion::Milestone });
    let occasion =
        asked.unwrap_or(if args.milestone.is_some() { Occasion::Milestone } else { Occasion::Change });
    if occasion == Occasion::Milestone && milestone.is_none() {
        let message = "there is no milestone to judge: every configured one is tagged, or none is configured";
        return Err(Refusal::usage(message).hint("add [[milestones]] to milegate.toml, or name one"));
    }
    Ok(Request { occasion, milestone, base: args.base.clone(), bundles: args.evidence.clone() })
}

fn chosen_gates(asked: &[String]) -> Result<Vec<String>, Refusal> {
    for word in asked {
        if !GATES.iter().any(|g| g.id == word || g.number.to_string() == *word) {
            let hint = did_you_mean(word, GATES.iter().map(|g| g.id));
            let all = GATES.iter().map(|g| format!("{} {}", g.number, g.id)).collect::<Vec<_>>().join(", ");
            return Err(Refusal::usage(format!("no gate `{word}`")).hint(hint.unwrap_or(all)));
        }
    }
    Ok(asked.to_vec())
}
