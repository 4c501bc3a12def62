//! What is known of a week: the days' entries, the checklist before and after, tags, registers. Of a
//! week that is over, as it was at its end.

use crate::commands::entries;
use crate::commands::past::{self, Sheet};
use crate::commands::progress;
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::documents::day;
use crate::ledger::clock;
use crate::model::checklist::{Checklist, Progress};
use crate::model::day::{Day, Done};
use crate::model::milestone::Milestone;
use crate::model::register::Registers;
use crate::render::progress::Row;
use jiff::ToSpan;
use jiff::civil::Date;

/// What is known.
pub(super) struct Found {
    pub(super) monday: Date,
    pub(super) project_name: String,
    /// What the days' entries say, in order.
    pub(super) days: Vec<Day>,
    /// The checklist at the end of the week; `None` if none is configured.
    pub(super) checklist: Option<Checklist>,
    /// Items that were ticked in it, each with its milestone.
    pub(super) ticked: Vec<(String, Done)>,
    pub(super) rows: Vec<Row>,
    /// The milestones in their order, each with the day on which it was tagged, if that was by its end.
    pub(super) milestones: Vec<(Milestone, Option<Date>)>,
    pub(super) registers: Registers,
    /// What is not known, and why.
    pub(super) notices: Vec<String>,
}

impl Found {
    /// Reads it.
    pub(super) fn collect(workspace: &Workspace, monday: Date) -> Result<Self, Refusal> {
        let next = monday.checked_add(7.days()).map_err(|error| Refusal::usage(error.to_string()))?;
        if monday > clock::today() {
            return Err(Refusal::usage(format!("the week of {monday} is still to come"))
                .hint("name a day of this week or an earlier one: --week DATE"));
        }
        let mut found = Self {
            monday,
            project_name: workspace.config.project.name.clone(),
            days: days(workspace, monday, next)?,
            checklist: None,
            ticked: Vec::new(),
            rows: Vec::new(),
            milestones: milestones(workspace, next)?,
            registers: registers(workspace, next)?.unwrap_or_default(),
            notices: Vec::new(),
        };
        found.count(workspace, next)?;
        Ok(found)
    }

    /// The checklist at the end of the week, and what was ticked since its beginning.
    fn count(&mut self, workspace: &Workspace, next: Date) -> Result<(), Refusal> {
        let Some(path) = &workspace.config.documents.checklist else { return Ok(()) };
        let sheet = match is_over(next) {
            true => Sheet::before(workspace, next)?.known(path, next)?.unwrap_or_default(),
            false => Sheet::required(workspace)?,
        };
        let before = Sheet::before(workspace, self.monday)?;
        if before.found.is_none() && !before.whole {
            let unknown = "which items were ticked in this week is not known";
            self.notices.push(format!("{unknown}: this clone is shallow; {}", past::DEEPEN));
        } else {
            let new = sheet.ticked_since(before.found.as_ref()).into_iter();
            let of = |id: Option<&_>| id.map(ToString::to_string).unwrap_or_default();
            self.ticked = new.map(|item| (of(item.milestone.as_ref()), sheet.done(item))).collect();
        }
        self.rows = progress::rows(workspace, &sheet.list);
        self.checklist = Some(sheet.list);
        Ok(())
    }

    /// How much of a milestone is done.
    pub(super) fn progress(&self, milestone: &Milestone) -> Progress {
        self.checklist.as_ref().map(|list| list.progress(Some(&milestone.id))).unwrap_or_default()
    }
}

fn is_over(next: Date) -> bool {
    next <= clock::today()
}

fn days(workspace: &Workspace, monday: Date, next: Date) -> Result<Vec<Day>, Refusal> {
    let told = entries::told(workspace)?;
    let ours = told.iter().filter(|told| monday <= told.date && told.date < next);
    Ok(ours.map(|told| day::read(&told.text)).collect())
}

fn milestones(workspace: &Workspace, next: Date) -> Result<Vec<(Milestone, Option<Date>)>, Refusal> {
    let of = |milestone: &Milestone| {
        let made = workspace.tag_of(milestone)?.and_then(|tag| tag.time).map(past::day);
        Ok((milestone.clone(), made.filter(|date| *date < next)))
    };
    workspace.config.milestones.iter().map(of).collect()
}

fn registers(workspace: &Workspace, next: Date) -> Result<Option<Registers>, Refusal> {
    match (&workspace.config.documents.status, is_over(next)) {
        (Some(path), true) => past::registers_before(workspace, next)?.known(path, next),
        _ => past::registers(workspace),
    }
}
