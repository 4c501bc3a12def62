//! `log week`: what days, checklist, tags and registers say of a week, with what a person said,
//! written as an entry.

mod found;
mod words;

use super::{How, ask, given};
use crate::commands::cli::LogWeek;
use crate::commands::entries;
use crate::commands::paper::Paper;
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::Workspace;
use crate::documents::entries::Entry;
use crate::documents::plain::sanitize;
use crate::documents::week as page;
use crate::ledger::clock;
use crate::model::week::Said;
use found::Found;
use jiff::civil::Date;

/// Runs the command.
pub(super) fn run(args: LogWeek, workspace: &Workspace, mut terminal: Terminal) -> Result<(), Refusal> {
    let paper = Paper::log(workspace, false)?;
    let here = std::env::current_dir().map_err(|e| Refusal::cannot_act(e.to_string()))?;
    let mut said = given::week(&args, &here)?;
    let monday = page::monday(said.week.unwrap_or_else(clock::today));
    let person = args.person.clone().or_else(|| workspace.author_name()).unwrap_or_default();
    let entries = entries::here(workspace)?;
    let name = name(&entries, monday, &person, args.replace)?;
    untold(&paper, &entries, monday)?;
    let found = Found::collect(workspace, monday)?;
    found.notices.iter().for_each(|notice| terminal.warn(notice));
    let week = words::week(&said, &found)?;
    if args.from.is_none() && !args.yes && said_nothing(&args) && Terminal::is_interactive() {
        ask::week(&mut said, &week, &mut terminal);
    }
    check(&said)?;
    let text = page::entry(&words::week(&said, &found)?);
    super::put(workspace, (&name, &text), How { replace: args.replace, dry_run: args.dry_run }, terminal)
}

/// The name of the entry: the person's own, or, where it is written anew, that of the only one.
fn name(entries: &[Entry], monday: Date, person: &str, replace: bool) -> Result<String, Refusal> {
    let own = page::name(monday, person);
    let all: Vec<_> = entries.iter().filter(|entry| page::is_in(&entry.text, monday)).collect();
    match all.as_slice() {
        [other] if replace => Ok(other.name.clone()),
        [] => Ok(own),
        all if all.iter().any(|entry| entry.name == own) => Ok(own),
        all => {
            let path = entries::path(&all[0].name);
            Err(Refusal::conflict(format!("the week of {monday} is summed up already, in {path}"))
                .hint("edit that file, or write it anew with --replace"))
        }
    }
}

/// A summary that a person wrote into the log is not told again.
fn untold(paper: &Paper<'_>, entries: &[Entry], monday: Date) -> Result<(), Refusal> {
    let bytes = paper.bytes()?;
    let log = bytes.as_deref().map(|bytes| paper.text(bytes)).transpose()?.unwrap_or_default();
    let ours = entries.iter().any(|entry| page::is_in(&entry.text, monday));
    match !ours && page::is_in(log, monday) {
        true => Err(Refusal::conflict(format!("{} sums up the week of {monday} already", paper.path))
            .hint(format!("edit {}; a section of your own stays as you wrote it", paper.path))),
        false => Ok(()),
    }
}

fn said_nothing(args: &LogWeek) -> bool {
    let lists = [&args.achievements, &args.goals, &args.blockers, &args.needs];
    lists.iter().all(|list| list.is_empty()) && !args.dry_run
}

/// What is said has words.
fn check(said: &Said) -> Result<(), Refusal> {
    let blockers = said.blockers.iter().map(|blocker| &blocker.text);
    let mut texts = said.achievements.iter().chain(&said.goals).chain(&said.needs).chain(blockers);
    if texts.any(|text| sanitize(text).is_empty()) {
        let message = "an achievement, goal, blocker or need without words";
        return Err(Refusal::usage(message).hint("say it, or leave it out"));
    }
    Ok(())
}
