//! `next`: may the next milestone begin, and what is in its way? With `--start`, `--estimate` or `--owner`
//! the plan is written into the status document; a milestone that may not begin is not begun.

use super::cli::Next;
use super::paper::Paper;
use super::refusal::Refusal;
use super::standing;
use super::terminal::Terminal;
use super::verify;
use super::workspace::{Locate, Workspace};
use crate::documents::{plain, schedule};
use crate::evidence::readiness::{self, Condition, Kind};
use crate::ledger::error::UNSHALLOW;
use crate::ledger::{LedgerError, clock};
use crate::model::milestone::Milestone;
use crate::model::outcome::Ruling;
use crate::model::schedule::{Plan, Schedule};
use crate::render::readiness::{Readiness, json, text};
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(args: &Next, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    let milestone = open_milestone(&workspace, args.milestone.as_deref())?;
    let plan = plan(args)?;
    let paper = Paper::status(&workspace, plan.is_some())?;
    let document = paper.proven()?;
    let schedules = schedule::read(&document).map_err(|error| paper.unproven(&error))?;
    let before = schedules.into_iter().find(|one| one.milestone == milestone.id);
    let conditions = conditions(&workspace, &milestone, &paper, &document, before.is_some())?;
    let ruling = readiness::ruling(&conditions);
    let mut found = Readiness {
        milestone: &milestone,
        conditions,
        ruling,
        exit_code: ExitStatus::from(ruling).code(),
        document: &paper.path,
        schedule: before,
        note: None,
        changed: false,
    };
    if let Some(plan) = plan {
        write(&paper, &document, &plan, &mut found)?;
    }
    terminal.print(&match args.output_format.as_str() {
        "json" => json(&found),
        _ => text(&found, terminal.style(0).width),
    });
    Ok(found.exit_code)
}

/// The milestone that was asked for, which is not complete yet.
fn open_milestone(workspace: &Workspace, asked: Option<&str>) -> Result<Milestone, Refusal> {
    let milestone = workspace.milestone_or_first(asked)?;
    if workspace.tag_of(&milestone)?.is_none() {
        return Ok(milestone);
    }
    let open = workspace.first_open_milestone()?;
    let hint = open.map_or_else(String::new, |open| format!("the first open one: milegate next {}", open.id));
    let said = format!("milestone {} is complete: {}", milestone.id, workspace.tag_name(&milestone)?);
    Err(Refusal::usage(said).hint(hint))
}

/// What is to be written, if anything.
fn plan(args: &Next) -> Result<Option<Plan>, Refusal> {
    let owners: Vec<_> = args.owner.iter().map(|owner| plain::sanitize(owner)).collect();
    if owners.iter().any(String::is_empty) {
        return Err(Refusal::usage("--owner is empty").hint("name somebody: --owner alice"));
    }
    let owner = Some(owners.join(", ")).filter(|owner| !owner.is_empty());
    let begun = args.start.is_some_and(|day| day <= clock::today());
    let plan = Plan { start: args.start, begun, estimate: args.estimate, owner };
    Ok(Some(plan).filter(|plan| *plan != Plan::default()))
}

/// Everything that has to hold.
fn conditions(
    workspace: &Workspace,
    milestone: &Milestone,
    paper: &Paper<'_>,
    document: &str,
    planned: bool,
) -> Result<Vec<Condition>, Refusal> {
    let registers = paper.registers(document)?;
    let mut all = predecessors(workspace, milestone)?;
    all.extend(readiness::of_registers(&registers, milestone, planned));
    if workspace.config.documents.checklist.is_some() {
        let list = Paper::checklist(workspace, false)?;
        all.extend(readiness::of_items(&list.checklist_of(&list.required()?)?, &milestone.id));
    }
    all.sort_by_key(|one| one.kind);
    Ok(all)
}

/// The milestones before it, each tagged and verified.
fn predecessors(workspace: &Workspace, milestone: &Milestone) -> Result<Vec<Condition>, Refusal> {
    if milestone.requires.is_empty() {
        return Ok(vec![Condition::met(Kind::Predecessors, "", "none: it may be the first")]);
    }
    milestone.requires.iter().map(|id| predecessor(workspace, &workspace.milestone(id.as_str())?)).collect()
}

fn predecessor(workspace: &Workspace, before: &Milestone) -> Result<Condition, Refusal> {
    let (repository, name) = (workspace.repository()?, workspace.tag_name(before)?);
    let missing =
        |said: String, next: String| Condition::missing(Kind::Predecessors, before.id.as_str(), said, next);
    let Some(tag) = workspace.tag_of(before)? else {
        let said = format!("{} is not complete: there is no tag {name}", before.name);
        return Ok(match repository.is_shallow() {
            true => missing(said, UNSHALLOW.to_owned()).unknown(),
            false => missing(said, format!("milegate complete {} (or git fetch --tags)", before.id)),
        });
    };
    let verify_it = || format!("milegate verify {}", before.id);
    match repository.is_ancestor(&tag.target, &workspace.head()?.id) {
        Ok(true) => {}
        Ok(false) => {
            let next = "work on the branch that holds it".to_owned();
            return Ok(missing(format!("HEAD does not build on {name}"), next));
        }
        Err(error @ LedgerError::Shallow { .. }) => {
            return Ok(missing(error.to_string(), UNSHALLOW.to_owned()).unknown());
        }
        Err(error) => return Err(error.into()),
    }
    let (status, said) = verify::summary(workspace, &name, &tag)?;
    Ok(match status {
        ExitStatus::Passed => Condition::met(
            Kind::Predecessors,
            before.id.as_str(),
            format!("{}: {name}, verified", before.name),
        ),
        ExitStatus::Unproven => missing(format!("{name} is not verified: {said}"), verify_it()).unknown(),
        _ => missing(format!("{name} does not hold: {said}"), verify_it()),
    })
}

/// Writes the plan. What began, or is said to have, may begin.
fn write(paper: &Paper<'_>, document: &str, plan: &Plan, found: &mut Readiness<'_>) -> Result<(), Refusal> {
    let id = &found.milestone.id;
    let old = found.schedule.as_ref();
    let (start, end) =
        (plan.start.or(old.and_then(|old| old.started)), plan.estimate.or(old.and_then(|old| old.estimated)));
    if let (Some(start), Some(end)) = (start, end)
        && end < start
        && plan.start.or(plan.estimate).is_some()
    {
        let said = format!("milestone {id} would end on {end}, before it begins on {start}");
        return Err(Refusal::usage(said).hint("correct --start or --estimate"));
    }
    if plan.begun && found.ruling != Ruling::Passed {
        found.note = Some("Nothing was written: it may not begin yet.".to_owned());
        return Ok(());
    }
    let refuse = |error| paper.refuse(&error);
    let new = schedule::write(document, id, plan, &standing::stamp()).map_err(refuse)?;
    found.changed = paper.write(&new)?;
    let said = if found.changed { "Wrote" } else { "Nothing new for" };
    found.note = Some(format!("{said} {}.", paper.path));
    // What was asked for is done; whether it may begin is said besides.
    found.exit_code = ExitStatus::Passed.code();
    let all: Vec<Schedule> = schedule::read(&new).map_err(refuse)?;
    found.schedule = all.into_iter().find(|one| one.milestone == *id);
    Ok(())
}
