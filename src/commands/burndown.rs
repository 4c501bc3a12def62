//! `burndown`: how the open items went down, from the git history of the checklist; what blocked, from
//! that of the status document.

use super::cli::Burndown;
use super::paper::Paper;
use super::refusal::Refusal;
use super::terminal::{self, Terminal};
use super::workspace::{Locate, Workspace};
use crate::documents::{edit, registers, schedule};
use crate::evidence::burndown::{self, Day, Reading};
use crate::ledger::error::UNSHALLOW;
use crate::ledger::versions::Version;
use crate::ledger::{Repository, anywhere, clock};
use crate::model::milestone::{Milestone, MilestoneId};
use crate::model::register::BLOCKER;
use crate::readers::checklist;
use crate::render::burndown::{Chart, json, markdown, mermaid, svg, text};
use crate::verdict::ExitStatus;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// Runs the command.
pub(super) fn run(args: &Burndown, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let picture = args.svg.as_ref().map(|path| Ok::<_, Refusal>(locate.start()?.join(path))).transpose()?;
    let workspace = Workspace::open(locate)?;
    let path = Paper::checklist(&workspace, false)?.path;
    let milestone = args.milestone.as_deref().map(|id| workspace.milestone(id)).transpose()?;
    let chart = chart(&workspace, &path, milestone.as_ref(), args.due)?;
    terminal.print(&match args.output_format.as_str() {
        "json" => json(&chart),
        "markdown" => markdown(&chart),
        "mermaid" => mermaid(&chart),
        _ => text(&chart, terminal.style(0).width, terminal::spark()),
    });
    if let Some(path) = picture {
        anywhere::replace(&path, svg(&chart).as_bytes())
            .map_err(|error| Refusal::cannot_act(format!("--svg: {error}")))?;
    }
    Ok(ExitStatus::Passed.code())
}

/// The chart of a milestone's items in the checklist at `path`, or of all items; to `due`, else to the
/// estimated completion.
///
/// # Errors
/// Without a history of the checklist in which there are items.
pub(super) fn chart(
    workspace: &Workspace,
    path: &str,
    milestone: Option<&Milestone>,
    due: Option<Date>,
) -> Result<Chart, Refusal> {
    let head = workspace.head()?.id.clone();
    let history = History { repository: workspace.repository()?, head: &head, notes: Vec::new() };
    let due = due.or_else(|| estimate(workspace, milestone));
    history.chart(workspace, path, milestone, due)
}

/// The estimated completion in the status document: the milestone's, else the last of all open ones if
/// each has one. Nothing is drawn by a document that cannot be read.
fn estimate(workspace: &Workspace, milestone: Option<&Milestone>) -> Option<Date> {
    let text = Paper::status(workspace, false).and_then(|paper| paper.proven()).ok()?;
    let schedules = schedule::read(&text).ok()?;
    let of = |id: &MilestoneId| schedules.iter().find(|one| one.milestone == *id)?.estimated;
    match milestone {
        Some(milestone) => of(&milestone.id),
        None => {
            let open =
                workspace.config.milestones.iter().filter(|m| !matches!(workspace.tag_of(m), Ok(Some(_))));
            open.map(|m| of(&m.id)).collect::<Option<Vec<_>>>()?.into_iter().max()
        }
    }
}

/// The history of the papers.
struct History<'a> {
    repository: &'a Repository,
    head: &'a str,
    notes: Vec<String>,
}

impl History<'_> {
    fn chart(
        mut self,
        workspace: &Workspace,
        path: &str,
        milestone: Option<&Milestone>,
        due: Option<Date>,
    ) -> Result<Chart, Refusal> {
        let readings = self.readings(path, milestone)?;
        let mut days = burndown::days(&readings, clock::today());
        if days.is_empty() {
            let whose = milestone.map(|m| format!(" for milestone {}", m.id)).unwrap_or_default();
            return Err(Refusal::unproven(format!("the history of {path} holds no item{whose}")).hint(
                format!("commit {path} with its items; a renamed file is followed since its renaming"),
            ));
        }
        if let Some(path) = &workspace.config.documents.status {
            self.block(path, milestone, &mut days)?;
        }
        let project = &workspace.config.project.name;
        let title = milestone.map_or_else(|| project.clone(), |m| format!("Milestone {}: {}", m.id, m.name));
        // A line from a first day that is not the first would be invented.
        let due = due.filter(|_| self.notes.is_empty());
        let forecast = burndown::forecast(&days);
        Ok(Chart {
            title,
            milestone: milestone.map(|m| m.id.to_string()),
            days,
            due,
            forecast,
            notes: self.notes,
        })
    }

    /// What the last commit of each day says. A version that cannot be read is left out, and said.
    fn readings(&mut self, path: &str, milestone: Option<&Milestone>) -> Result<Vec<Reading>, Refusal> {
        let versions = self.repository.versions(self.head, path)?;
        if !versions.whole {
            self.notes.push(format!("this clone is shallow: what was before is not known; {UNSHALLOW}"));
        }
        let id = milestone.map(|m| &m.id);
        let mut known = HashMap::new();
        let mut readings = Vec::new();
        for (date, version) in burndown::daily(versions.list.iter().map(|version| (day(version), version))) {
            let progress = match known.get(&version.blob) {
                Some(progress) => *progress,
                None => {
                    let bytes = self.repository.content(version, path)?;
                    let progress = checklist::read(&bytes).map(|list| list.progress(id)).ok();
                    known.insert(version.blob.clone(), progress);
                    progress
                }
            };
            match progress {
                Some(progress) => readings.push(Reading { date, progress }),
                None => self.notes.push(format!("{date}: {path} could not be read; the day before counts")),
            }
        }
        Ok(readings)
    }

    /// Puts what blocked into the days, carried forward.
    fn block(&self, path: &str, milestone: Option<&Milestone>, days: &mut [Day]) -> Result<(), Refusal> {
        let versions = self.repository.versions(self.head, path)?;
        let mut said: Vec<(Date, Vec<String>)> = Vec::new();
        for (date, version) in burndown::daily(versions.list.iter().map(|version| (day(version), version))) {
            let bytes = self.repository.content(version, path)?;
            // A version that cannot be read tells nothing; the one before it stays.
            let Some(read) = edit::text(&bytes).ok().and_then(|text| registers::read(text).ok()) else {
                continue;
            };
            let ours = |group: Option<&str>| milestone.is_none_or(|m| group == Some(m.id.as_str()));
            let open = read.open(&BLOCKER).filter(|entry| ours(entry.group.as_deref()));
            said.push((date, open.map(|entry| entry.title().to_owned()).collect()));
        }
        for day in days {
            let at = said.partition_point(|(date, _)| *date <= day.date);
            day.blockers = at.checked_sub(1).map(|n| said[n].1.clone()).unwrap_or_default();
        }
        Ok(())
    }
}

fn day(version: &Version) -> Date {
    version.time.to_zoned(TimeZone::UTC).date()
}
