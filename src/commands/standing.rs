//! Where the milestones stand, for the status document: from checklist, tags, history and evidence.
//! `status` and `complete` say the same, because both ask here.

use super::refusal::Refusal;
use super::workspace::Workspace;
use crate::documents::EditError;
use crate::documents::status::{Completed, MilestoneFacts, StatusFacts};
use crate::evidence::Evidence;
use crate::gates;
use crate::ledger::clock;
use crate::model::checklist::Checklist;
use crate::model::milestone::MilestoneId;
use crate::readers::checklist;
use crate::verdict::ExitStatus;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Everything the document is to say. `completed` is the milestone that is being completed.
pub(super) fn facts(
    workspace: &Workspace,
    evidence: &Evidence,
    completed: Option<Completed>,
) -> Result<StatusFacts, Refusal> {
    let config = &workspace.config;
    let checklist = evidence.checklist.as_ref().and_then(|c| c.as_ref().ok()).map(|c| &c.fact);
    let progress = |of| checklist.map(|c| c.progress(of)).unwrap_or_default();
    let started = started(workspace)?;
    let mut milestones = Vec::new();
    for milestone in &config.milestones {
        let now = completed.as_ref().filter(|c| c.milestone == milestone.id).map(|c| c.date);
        let tag = workspace.tag_of(milestone)?.and_then(|tag| tag.time);
        milestones.push(MilestoneFacts {
            id: milestone.id.clone(),
            name: milestone.name.clone(),
            progress: progress(Some(&milestone.id)),
            requires: milestone.requires.clone(),
            started: started.get(&milestone.id).copied(),
            completed_on: now.or_else(|| tag.map(|t| t.to_zoned(TimeZone::UTC).date())),
        });
    }
    Ok(StatusFacts {
        project_name: config.project.name.clone(),
        date: clock::today(),
        time: clock::now().strftime("%H:%M").to_string(),
        overall: progress(None),
        milestones,
        completed,
        performance: gates::performance(&config.gates, evidence),
        adopt: false,
    })
}

/// What `Last Updated` says when something changes now.
pub(super) fn stamp() -> String {
    clock::now().strftime("%Y-%m-%d %H:%M").to_string()
}

/// The day of the first commit in which an item of each milestone is ticked. Of a history that is
/// not whole, only what was seen to begin in it.
fn started(workspace: &Workspace) -> Result<BTreeMap<MilestoneId, Date>, Refusal> {
    let mut days = BTreeMap::new();
    let (Some(repository), Some(head), Some(path)) =
        (&workspace.repository, &workspace.head, &workspace.config.documents.checklist)
    else {
        return Ok(days);
    };
    let versions = repository.versions(&head.id, path)?;
    let mut unseen: Vec<&MilestoneId> = workspace.config.milestones.iter().map(|m| &m.id).collect();
    for (n, version) in versions.list.iter().enumerate() {
        if unseen.is_empty() {
            break;
        }
        // A version that cannot be read tells nothing; the next one will.
        let Ok(list) = checklist::read(&repository.content(version, path)?) else { continue };
        let began = |list: &Checklist, id: &MilestoneId| list.progress(Some(id)).done > 0;
        let known = n > 0 || versions.whole;
        let day = version.time.to_zoned(TimeZone::UTC).date();
        unseen.retain(|id| {
            let begun = began(&list, id);
            if begun && known {
                days.insert((*id).clone(), day);
            }
            !begun
        });
    }
    Ok(days)
}

/// Why a document was not edited: a person's text where ours was is a conflict, everything else is
/// to be mended first.
pub(super) fn refuse(path: &str, error: &EditError) -> Refusal {
    let place = error.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
    let mut refusal = Refusal::cannot_act(format!("{place}: {}", error.message))
        .hint(format!("mend {path} and run this again; nothing was written"));
    if error.conflict {
        refusal.status = ExitStatus::Conflict;
    }
    refusal
}
