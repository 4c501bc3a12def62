//! `progress`: how much of the checklist is done, counted and divided as a person would.

use super::cli::Progress;
use super::paper::Paper;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::model::checklist::Checklist;
use crate::render::progress::{self, Row};
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(args: &Progress, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    let paper = Paper::checklist(&workspace, false)?;
    let checklist = paper.checklist_of(&paper.required()?)?;
    let (overall, rows) = match &args.milestone {
        Some(id) => {
            let milestone = workspace.milestone(id)?;
            let progress = checklist.progress(Some(&milestone.id));
            (progress, vec![Row { id: Some(milestone.id.to_string()), name: milestone.name, progress }])
        }
        None => (checklist.progress(None), rows(&workspace, &checklist)),
    };
    if overall.total() == 0 {
        let whose = args.milestone.as_ref().map(|id| format!(" for milestone {id}")).unwrap_or_default();
        return Err(Refusal::unproven(format!("{} holds no item{whose}", paper.path))
            .hint("items are `- [ ] text` below a heading `Milestone 5.1: Name`"));
    }
    let style = terminal.style(0);
    terminal.print(&match args.output_format.as_str() {
        "json" => progress::json(&paper.path, overall, &rows, &checklist.notices),
        _ => progress::text(overall, &rows, &checklist.notices, style.width),
    });
    Ok(ExitStatus::Passed.code())
}

/// The milestones of the checklist in its order, those that are only configured, and what is under none.
pub(super) fn rows(workspace: &Workspace, checklist: &Checklist) -> Vec<Row> {
    let headed = checklist.headings.iter().map(|h| (h.id.clone(), h.name.clone()));
    let only = workspace.config.milestones.iter().map(|m| (m.id.clone(), m.name.clone()));
    let only = only.filter(|(id, _)| !checklist.headings.iter().any(|h| h.id == *id));
    let row = |(id, name)| {
        let progress = checklist.progress(Some(&id));
        Row { id: Some(id.to_string()), name, progress }
    };
    let mut rows: Vec<Row> = headed.chain(only).map(row).collect();
    let loose = Checklist {
        items: checklist.items.iter().filter(|item| item.milestone.is_none()).cloned().collect(),
        ..Checklist::default()
    };
    if !loose.items.is_empty() {
        rows.push(Row { id: None, name: "under no milestone".to_owned(), progress: loose.progress(None) });
    }
    rows
}
