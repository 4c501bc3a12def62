//! `approvals`: every approval of a milestone, and why it counts or does not.

use super::cli::Approvals;
use super::collect::{self, Request};
use super::outputs;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::topic;
use super::workspace::{Locate, Workspace};
use crate::criteria::sign_off::{Listed, list};
use crate::model::outcome::Occasion;
use crate::render::json::page;
use crate::render::plain::{clean, pad, wrap};
use crate::verdict::ExitStatus;
use serde_json::json;

/// Runs the command.
pub(super) fn run(args: &Approvals, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.head()?;
    let milestone = workspace.milestone_or_first(args.milestone.as_deref())?;
    let id = milestone.id.to_string();
    let request = Request {
        occasion: Occasion::Milestone,
        milestone: Some(milestone),
        base: None,
        bundles: Vec::new(),
    };
    let (evidence, _) = collect::collect(&workspace, &request)?;
    let sign_offs =
        evidence.sign_offs.as_ref().map_err(|d| Refusal::cannot_act(&d.message).hint(&d.next_step))?;
    let listed = list(&evidence, sign_offs, &topic::statements(&workspace));
    let text = if args.output_format == "json" {
        as_json(&id, &listed)
    } else {
        as_text(&id, &listed, terminal.style(0).width)
    };
    outputs::print(&args.output_format, &text, terminal);
    for damaged in &sign_offs.damaged {
        let place = damaged.place.as_ref().map(ToString::to_string).unwrap_or_default();
        terminal.warn(&format!("{place}: {}", damaged.message));
    }
    Ok(if sign_offs.damaged.is_empty() { ExitStatus::Passed } else { ExitStatus::Unproven }.code())
}

fn as_json(milestone: &str, listed: &[Listed<'_>]) -> String {
    let rows: Vec<_> = listed
        .iter()
        .map(|l| {
            let said = &l.approval.statement.predicate;
            json!({
                "path": l.approval.path, "role": said.role, "person": said.reviewer, "decision": said.decision,
                "time": said.time, "trust": "asserted", "counts": l.counts, "why": l.why, "comment": said.comment,
                "attests": said.attests,
            })
        })
        .collect();
    page(&json!({ "schema_version": 1, "milestone": milestone, "approvals": rows }))
}

fn as_text(milestone: &str, listed: &[Listed<'_>], width: usize) -> String {
    if listed.is_empty() {
        return format!(
            "No approval for milestone {milestone} yet. `milegate approve ROLE --as NAME` makes one.\n"
        );
    }
    let mut out = format!("Approvals for milestone {milestone}\n");
    let topics = listed.iter().map(|l| clean(l.approval.statement.predicate.topic()).chars().count());
    let widest = topics.max().unwrap_or(0).clamp(14, 30);
    for l in listed {
        let said = &l.approval.statement.predicate;
        let mark = if l.counts { "✓" } else { "✗" };
        let day: String = said.time.chars().take(10).collect();
        let row = [clean(said.topic()), clean(&said.reviewer), said.decision.word().to_owned(), day];
        let row: Vec<_> =
            row.iter().zip([widest, 12, 8, 10]).map(|(text, columns)| pad(text, columns)).collect();
        out.push_str(&format!("  {mark} {}\n", row.join("  ").trim_end()));
        for line in wrap(&clean(&l.why), width.saturating_sub(6)) {
            out.push_str(&format!("      {line}\n"));
        }
    }
    out
}
