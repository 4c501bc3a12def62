//! `verify`: re-checks a milestone tag, offline: each thing the tag vouches for is looked up again.
//!
//! What contradicts the tag ends with 4, what cannot be looked up here with 3. The documents follow
//! in the child of the tagged commit, so manifest and approvals are sought at the branch's tip too.

mod claims;
mod rejudge;

use super::cli::Verify;
use super::outputs;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::criteria::spec::did_you_mean;
use crate::ledger::tags::TagFacts;
use crate::render::json::page;
use crate::render::plain::{clean, pad, wrap};
use crate::verdict::ExitStatus;
use serde_json::{Value, json};

/// Whether a claim of the tag holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Holds,
    /// What would show it is not in this clone.
    NotKnown,
    Contradicted,
}

impl Standing {
    const fn word(self) -> &'static str {
        ["holds", "not-known", "contradicted"][self as usize]
    }

    const fn mark(self) -> &'static str {
        ["✓", "?", "✗"][self as usize]
    }

    const fn exit_status(self) -> ExitStatus {
        [ExitStatus::Passed, ExitStatus::Unproven, ExitStatus::Conflict][self as usize]
    }
}

/// One claim, looked at.
#[derive(Debug)]
struct Claim {
    name: &'static str,
    standing: Standing,
    said: String,
}

impl Claim {
    fn new(name: &'static str, standing: Standing, said: impl Into<String>) -> Self {
        Self { name, standing, said: said.into() }
    }

    /// Holds, or is contradicted.
    fn decided(name: &'static str, holds: bool, said: impl Into<String>, against: impl Into<String>) -> Self {
        match holds {
            true => Self::new(name, Standing::Holds, said),
            false => Self::new(name, Standing::Contradicted, against),
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &Verify, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    let (name, tag) = find(&workspace, &args.tag)?;
    let mut all = claims::of(&workspace, &name, &tag)?;
    if let Some(folder) = &args.reports {
        all.claims.extend(rejudge::claims(&workspace, &all, &locate.start()?.join(folder))?);
    }
    let worst = all.claims.iter().map(|claim| claim.standing).max().unwrap_or(Standing::NotKnown);
    let text = match args.output_format.as_str() {
        "json" => as_json(&name, &tag, &all.claims, worst),
        _ => as_text(&name, &all.claims, worst, terminal.style(0).width),
    };
    outputs::print(&args.output_format, &text, terminal);
    Ok(worst.exit_status().code())
}

/// What a tag comes to, as `verify` would end, and the claims that do not hold.
pub(super) fn summary(
    workspace: &Workspace,
    name: &str,
    tag: &TagFacts,
) -> Result<(ExitStatus, String), Refusal> {
    let claims = claims::of(workspace, name, tag)?.claims;
    let worst = claims.iter().map(|claim| claim.standing).max().unwrap_or(Standing::NotKnown);
    let open = claims.iter().filter(|claim| claim.standing != Standing::Holds);
    let said: Vec<_> = open.map(|claim| format!("{}: {}", claim.name, claim.said)).collect();
    Ok((worst.exit_status(), said.join("; ")))
}

/// The tag of that name, or of the milestone of that id.
fn find(workspace: &Workspace, asked: &str) -> Result<(String, TagFacts), Refusal> {
    let repository = workspace.repository()?;
    let mut names = vec![asked.to_owned()];
    for milestone in workspace.config.milestones.iter().filter(|m| m.id.as_str() == asked) {
        names.push(workspace.tag_name(milestone)?);
    }
    for name in &names {
        if let Some(tag) = repository.tag(name)? {
            return Ok((name.clone(), tag));
        }
    }
    let known = repository.tags_matching("*")?;
    let hint = did_you_mean(asked, known.iter().map(String::as_str))
        .unwrap_or_else(|| format!("git fetch {} --tags, if it is elsewhere", workspace.config.tag.remote));
    Err(Refusal::usage(format!("no tag {}", names.join(" and no tag "))).hint(hint))
}

fn as_json(name: &str, tag: &TagFacts, claims: &[Claim], worst: Standing) -> String {
    let steps: Vec<Value> = claims
        .iter()
        .map(|claim| {
            let holds = claim.standing == Standing::Holds;
            json!({ "name": claim.name, "done": holds, "standing": claim.standing.word(), "detail": claim.said })
        })
        .collect();
    page(&json!({
        "schema_version": 1, "changed": false, "tag": name, "tag_object": tag.object_id, "target": tag.target,
        "verdict": worst.word(), "exit_code": worst.exit_status().code(), "steps": steps,
    }))
}

fn as_text(name: &str, claims: &[Claim], worst: Standing, width: usize) -> String {
    let mut out = format!(" {}\n\n", clean(name));
    for claim in claims {
        let lines = wrap(&clean(&claim.said), width.saturating_sub(16).max(24));
        for (at, line) in lines.iter().enumerate() {
            let head = match at {
                0 => format!("   {} {}", claim.standing.mark(), pad(claim.name, 11)),
                _ => " ".repeat(16),
            };
            out.push_str(format!("{head} {line}").trim_end());
            out.push('\n');
        }
    }
    let end = match worst {
        Standing::Holds => "Verified: everything the tag vouches for holds.",
        Standing::NotKnown => "Not verified: something could not be looked up here.",
        Standing::Contradicted => "Refuted: the tag says one thing, and the repository another.",
    };
    out.push_str(&format!("\n {end} {:>1$}\n", format!("exit {}", worst.exit_status().code()), 8));
    out
}
