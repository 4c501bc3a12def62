//! `--reports`: are these the reports that were judged, and do they still come to the same?
//!
//! The tagged commit is checked out in a temporary clone, the reports are laid where they were, and
//! the gates judge as they did on that day. The same bytes under the same policy must come to the
//! same outcomes.

use super::claims::Claims;
use super::{Claim, Standing};
use crate::commands::collect::{self, Request};
use crate::commands::refusal::Refusal;
use crate::commands::workspace::{Locate, Workspace};
use crate::documents::tag::seal::Seal;
use crate::ledger::files::Root;
use crate::ledger::git::Git;
use crate::ledger::json::sha256;
use crate::ledger::runs::RUNS_DIR;
use crate::ledger::scratch::{self, Scratch};
use crate::ledger::subject::LEDGER_DIR;
use crate::model::milestone::Milestone;
use crate::model::outcome::Occasion;
use crate::verdict::{Verdict, judge};
use serde_json::Value;
use std::path::Path;

/// The largest report that is laid into the clone, in bytes.
const MOST: u64 = 4 << 30;

/// A report of the tag: its path in the project, and its bytes.
type Report = (String, Vec<u8>);

/// The reports' claim, and the verdict's.
pub(super) fn claims(workspace: &Workspace, tag: &Claims, folder: &Path) -> Result<Vec<Claim>, Refusal> {
    let (Some(seal), Some((manifest, documents))) = (&tag.seal, &tag.manifest) else {
        let said = "without the manifest it is not known what the reports came to";
        return Ok(vec![Claim::new("reports", Standing::NotKnown, said)]);
    };
    let (reports, claim) = reports(workspace, &seal.target, manifest, folder)?;
    if claim.standing != Standing::Holds {
        return Ok(vec![claim]);
    }
    let verdict = judge_again(workspace, (seal, documents), folder, &reports)?;
    Ok(vec![claim, compare(manifest, &verdict)])
}

/// The reports of the manifest, found below `folder` with the digests they had.
/// A document that the tagged commit itself holds is not sought.
fn reports(
    workspace: &Workspace,
    target: &str,
    manifest: &Value,
    folder: &Path,
) -> Result<(Vec<Report>, Claim), Refusal> {
    let root = Root::new(folder)?;
    let repository = workspace.repository()?;
    let (mut found, mut absent, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for source in manifest["evidence"].as_array().into_iter().flatten() {
        let (path, digest) =
            (source["path"].as_str().unwrap_or_default(), source["sha256"].as_str().unwrap_or_default());
        if repository.blob(target, path)?.is_some_and(|(bytes, _)| sha256(&bytes) == digest) {
            continue;
        }
        match root.read(path, MOST) {
            Err(_) => absent.push(path.to_owned()),
            Ok(file) if sha256(&file.bytes) == digest => found.push((path.to_owned(), file.bytes)),
            Ok(_) => other.push(path.to_owned()),
        }
    }
    let claim = match () {
        () if !other.is_empty() => {
            let said = format!("not the reports that were judged: {}", other.join(", "));
            Claim::new("reports", Standing::Contradicted, said)
        }
        () if !absent.is_empty() => {
            let said = format!("not in {}: {}", folder.display(), absent.join(", "));
            Claim::new("reports", Standing::NotKnown, said)
        }
        () => {
            let said = format!("{} files with the digests they had", found.len());
            Claim::new("reports", Standing::Holds, said)
        }
    };
    Ok((found, claim))
}

/// The verdict of the tagged commit with these reports, on the day of the tag.
fn judge_again(
    workspace: &Workspace,
    (seal, documents): (&Seal, &str),
    folder: &Path,
    reports: &[Report],
) -> Result<Verdict, Refusal> {
    let clone = Scratch::temporary()?;
    check_out(workspace, &seal.target, documents, clone.path())?;
    for (path, bytes) in reports {
        scratch::write(clone.path(), path, bytes)?;
    }
    let locate = Locate { directory: Some(clone.path().to_owned()), ..Locate::default() };
    let then = Workspace::open(&locate)?;
    let milestone = then.milestone(&seal.milestone)?;
    lay_statuses(&then, &milestone, folder, clone.path())?;
    let request = Request {
        occasion: Occasion::Milestone,
        milestone: Some(milestone.clone()),
        base: None,
        bundles: Vec::new(),
    };
    let (mut evidence, subject) = collect::collect(&then, &request)?;
    // Waivers that have run out since counted on that day.
    let tagged = workspace.tag_of(&milestone)?.and_then(|tag| tag.time);
    evidence.today = tagged.map_or(evidence.today, |time| time.to_zoned(jiff::tz::TimeZone::UTC).date());
    Ok(judge(&then.config.gates, &evidence, &then.config.waivers, subject, &[]))
}

/// Exit statuses of tools, which no digest of the tag covers: if they are others, so is the verdict.
fn lay_statuses(then: &Workspace, milestone: &Milestone, from: &Path, to: &Path) -> Result<(), Refusal> {
    let root = Root::new(from)?;
    let entries = then.config.reports.iter().map(|entry| entry.fill(&then.config.project, Some(milestone)));
    let statuses = entries.filter_map(|entry| entry.ok()?.exit_status);
    let records = root.glob(&[format!("{RUNS_DIR}/*.json")])?;
    for path in statuses.chain(records) {
        if let Ok(file) = root.read(&path, MOST) {
            scratch::write(to, &path, &file.bytes)?;
        }
    }
    Ok(())
}

/// The tagged commit in a clone of its own, with the approvals that followed it.
fn check_out(workspace: &Workspace, target: &str, documents: &str, folder: &Path) -> Result<(), Refusal> {
    let root = workspace.root.path().to_string_lossy().into_owned();
    let there = folder.to_string_lossy().into_owned();
    Git::at(workspace.root.path())
        .call(&["clone", "--quiet", "--shared", "--no-checkout", &root, &there])
        .ok()?;
    let git = Git::at(folder);
    git.call(&["checkout", "--quiet", "--detach", target]).ok()?;
    // They may be none, and then git finds nothing to take.
    let held = git.call(&["ls-tree", "--name-only", documents, "--", LEDGER_DIR]).ok()?;
    if !held.text().trim().is_empty() {
        git.call(&["restore", "--quiet", "--source", documents, "--worktree", "--", LEDGER_DIR]).ok()?;
    }
    Ok(())
}

/// Outcomes by criterion, then and now.
fn compare(manifest: &Value, verdict: &Verdict) -> Claim {
    let then = |gate: &str, id: &str| {
        let gates = manifest["gates"].as_array()?;
        let criteria = gates.iter().find(|g| g["id"] == gate)?["criteria"].as_array()?;
        criteria.iter().find(|c| c["id"] == id)?["outcome"].as_str().map(str::to_owned)
    };
    let mut changed = Vec::new();
    for gate in &verdict.gates {
        for criterion in &gate.criteria {
            let (now, was) = (criterion.outcome.word(), then(gate.id, &criterion.id));
            if was.as_deref() != Some(now) {
                let was = was.unwrap_or_else(|| "not judged".to_owned());
                changed.push(format!("{}/{} was {was}, is {now}", gate.id, criterion.id));
            }
        }
    }
    let word = verdict.ruling.word();
    Claim::decided("verdict", changed.is_empty(), format!("{word}, judged again"), changed.join("; "))
}
