//! `status`: the status document from checklist, tags, history and evidence. Printed, written or
//! compared; all three go through the same edit.

use super::cli::Status;
use super::collect::{self, Request};
use super::paper::{self, Paper};
use super::refusal::Refusal;
use super::standing;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::documents::status::{self, StatusFacts};
use crate::evidence::Evidence;
use crate::ledger::diff;
use crate::model::outcome::Occasion;
use crate::verdict::ExitStatus;
use std::collections::BTreeMap;

/// Runs the command.
pub(super) fn run(args: &Status, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    let paper = Paper::status(&workspace, args.write)?;
    let evidence = evidence(&workspace)?;
    let mut facts = standing::facts(&workspace, &evidence, None)?;
    facts.adopt = args.adopt;
    say_what_is_missing(&facts, terminal);
    let old = paper.bytes()?;
    let text = old.as_deref().map(|bytes| paper.text(bytes)).transpose()?;
    let new = status::update(text, &facts).map_err(|error| paper.refuse(&error))?;
    let path = &paper.path;
    if args.write {
        let said =
            if paper.write(&new)? { format!("wrote {path}\n") } else { format!("{path} is up to date\n") };
        terminal.print(&said);
    } else if args.check {
        if text == Some(new.as_str()) {
            terminal.print(&format!("{path} is up to date\n"));
        } else {
            paper::show(&diff::unified(path, old.as_deref(), new.as_bytes())?, terminal);
            terminal.say(&format!("{path} is out of date\nnext: milegate status --write"));
            return Ok(ExitStatus::Failed.code());
        }
    } else {
        paper::show(&new, terminal);
    }
    Ok(ExitStatus::Passed.code())
}

/// The evidence, which has to hold the checklist: without it every number would be invented.
fn evidence(workspace: &Workspace) -> Result<Evidence, Refusal> {
    let milestone = workspace.first_open_milestone()?;
    let request = Request { occasion: Occasion::Change, milestone, base: None, bundles: Vec::new() };
    let (evidence, _) = collect::collect(workspace, &request)?;
    match &evidence.checklist {
        Some(Ok(_)) => Ok(evidence),
        Some(Err(doubt)) => Err(Refusal::unproven(doubt.message.clone()).hint(doubt.next_step.clone())),
        None => Err(Refusal::usage(format!(
            "{} names no checklist, which the status counts",
            workspace.policy.path
        ))
        .hint("add under [documents]: checklist = \"IMPLEMENTATION_CHECKLIST.md\"")),
    }
}

/// What the document cannot say, once for each reason.
fn say_what_is_missing(facts: &StatusFacts, terminal: Terminal) {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &facts.performance {
        if let Err(why) = &row.current {
            reasons.entry(why).or_default().push(&row.operation);
        }
    }
    for (why, operations) in reasons {
        terminal.warn(&format!("no current value of {}: {why}", operations.join(", ")));
    }
}
