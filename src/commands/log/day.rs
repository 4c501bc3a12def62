//! `log day`: what was said, completed by what is known, written as an entry.

use super::ask::{self, Otherwise};
use super::facts::{self, Facts};
use super::{How, given};
use crate::commands::cli::LogDay;
use crate::commands::entries;
use crate::commands::paper::Paper;
use crate::commands::past::{self, Sheet};
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::Workspace;
use crate::documents::day as page;
use crate::documents::items;
use crate::documents::plain::sanitize;
use crate::ledger::clock;
use crate::model::day::Day;
use crate::model::milestone::Milestone;
use jiff::civil::Date;

/// Runs the command.
pub(super) fn run(args: LogDay, workspace: &Workspace, mut terminal: Terminal) -> Result<(), Refusal> {
    // Without a log there is nothing to ask for.
    Paper::log(workspace, false)?;
    let here = std::env::current_dir().map_err(|e| Refusal::cannot_act(e.to_string()))?;
    let mut day = given::day(&args, &here)?;
    let date = day.date.unwrap_or_else(clock::today);
    let milestone = milestone(&mut day, workspace)?;
    if let Some(milestone) = &milestone {
        fill(&mut day.component, &milestone.name);
    }
    let facts = Facts::collect(workspace, milestone.as_ref())?;
    let person = args.person.clone().or_else(|| workspace.author_name()).unwrap_or_default();
    let name = page::name(&day, date, &person);
    let sheet = Sheet::here(workspace)?;
    complete(&mut day, (&name, date), milestone.as_ref(), sheet.as_ref(), workspace)?;
    let otherwise = otherwise(milestone.as_ref(), sheet.as_ref(), workspace)?;
    // Whoever gave an answer on the command line is not asked for the others.
    if args.from.is_none() && !args.yes && said_nothing(&args) && Terminal::is_interactive() {
        ask::day(&mut day, &otherwise, &mut terminal);
    }
    fill(&mut day.next, &otherwise.next);
    fill(&mut day.blocking, &otherwise.blocking);
    measure(&mut day, &facts, workspace);
    check(&day)?;
    let text = page::entry(&day, date);
    super::put(workspace, (&name, &text), How { replace: args.replace, dry_run: args.dry_run }, terminal)
}

/// The milestone that was named, else the first that is not tagged; a project without any has none.
fn milestone(day: &mut Day, workspace: &Workspace) -> Result<Option<Milestone>, Refusal> {
    let milestone = match day.milestone.is_empty() {
        false => Some(workspace.milestone(&day.milestone)?),
        true => workspace.first_open_milestone()?,
    };
    if let Some(milestone) = &milestone {
        day.milestone = milestone.id.to_string();
    }
    Ok(milestone)
}

fn fill(place: &mut String, value: &str) {
    if place.is_empty() {
        value.clone_into(place);
    }
}

fn said_nothing(args: &LogDay) -> bool {
    let lists = [&args.items, &args.decisions, &args.challenges, &args.benchmarks, &args.load];
    lists.iter().all(|list| list.is_empty()) && args.next.is_none() && !args.dry_run
}

/// The items, where nobody named any. What the entry itself said before does not count.
fn complete(
    day: &mut Day,
    (name, date): (&str, Date),
    milestone: Option<&Milestone>,
    sheet: Option<&Sheet>,
    workspace: &Workspace,
) -> Result<(), Refusal> {
    if let (true, Some(milestone), Some(sheet)) = (day.items.is_empty(), milestone, sheet) {
        let mut entries = entries::here(workspace)?;
        entries.retain(|entry| entry.name != name);
        day.items = facts::ticked(workspace, sheet, &milestone.id, &entries, date)?;
    }
    Ok(())
}

/// What comes next and what is in the way, where nobody says it.
fn otherwise(
    milestone: Option<&Milestone>,
    sheet: Option<&Sheet>,
    workspace: &Workspace,
) -> Result<Otherwise, Refusal> {
    let Some(milestone) = milestone else { return Ok(Otherwise::default()) };
    let next = sheet.and_then(|sheet| sheet.next(&milestone.id)).unwrap_or_default();
    let registers = past::registers(workspace)?;
    let blocking = registers.map(|registers| facts::blocking(&registers, milestone.id.as_str()));
    Ok(Otherwise { next, blocking: blocking.unwrap_or_default() })
}

/// What is measured, where nobody said it.
fn measure(day: &mut Day, facts: &Facts, workspace: &Workspace) {
    for done in &mut day.items {
        let noted = items::noted(&done.text);
        fill(&mut done.implementation, &noted.implementation.unwrap_or_default());
        fill(&mut done.test, &noted.test.unwrap_or_default());
        done.text = noted.text;
        facts.measure(workspace, done);
    }
    facts.performance(workspace, day);
}

/// An entry has to be about something.
fn check(day: &Day) -> Result<(), Refusal> {
    if sanitize(&day.component).is_empty() {
        return Err(Refusal::usage("no milestone is left to write about").hint("name a --component"));
    }
    if day.items.iter().any(|done| sanitize(&done.text).is_empty()) {
        return Err(Refusal::usage("an item without words").hint("say what was completed: --item TEXT"));
    }
    let challenges = day.challenges.iter().map(|challenge| &challenge.text);
    if day.decisions.iter().chain(challenges).any(|text| sanitize(text).is_empty()) {
        return Err(Refusal::usage("a decision or challenge without words").hint("say it, or leave it out"));
    }
    Ok(())
}
