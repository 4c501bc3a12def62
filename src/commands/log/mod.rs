//! `log`: the progress log, entry by entry. An entry is a file of its own, so that two branches
//! never meet in it; the document is brought up to the entries on the default branch.

mod ask;
mod day;
mod facts;
mod given;
mod week;

use super::cli::Log;
use super::entries;
use super::paper::{self, Paper};
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::documents::entries::{Entry, project};
use crate::ledger::subject::LOG_DIR;
use crate::render::plain::clean;
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(command: Log, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    match command {
        Log::Day(args) => day::run(*args, &workspace, terminal)?,
        Log::Week(args) => week::run(*args, &workspace, terminal)?,
        Log::Sync => {
            let paper = Paper::log(&workspace, true)?;
            sync(&workspace, &paper, terminal)?;
        }
    }
    Ok(ExitStatus::Passed.code())
}

/// How an entry is put in its place.
#[derive(Debug, Clone, Copy)]
struct How {
    /// Over what it said before.
    replace: bool,
    /// Only shown.
    dry_run: bool,
}

/// Shows an entry, or writes its file and brings the document up to it.
fn put(
    workspace: &Workspace,
    (name, text): (&str, &str),
    how: How,
    terminal: Terminal,
) -> Result<(), Refusal> {
    if how.dry_run {
        paper::show(&format!("{text}\n"), terminal);
        return Ok(());
    }
    let paper = Paper::log(workspace, true)?;
    write(workspace, name, text, how.replace, terminal)?;
    publish(workspace, &paper, terminal)
}

/// Writes an entry's file. The same entry again is no change; another one of that name is a conflict.
fn write(
    workspace: &Workspace,
    name: &str,
    text: &str,
    replace: bool,
    terminal: Terminal,
) -> Result<(), Refusal> {
    let path = entries::path(name);
    // What cannot be read back is not written.
    let date = Entry::day_of(name).ok_or_else(|| Refusal::usage(format!("{name} begins with no day")))?;
    let content = format!("{text}\n");
    let refuse = |error| super::standing::refuse(&path, &error);
    let wanted = Entry::read(name, date, content.as_bytes()).map_err(refuse)?;
    let old = entries::here(workspace)?.into_iter().find(|entry| entry.name == name);
    match old {
        Some(old) if old.text == wanted.text => {
            terminal.print(&format!("{path} says so already\n"));
            return Ok(());
        }
        Some(_) if !replace => {
            return Err(Refusal::conflict(format!("{path} exists and says something else"))
                .hint("edit that file, or write it anew with --replace"));
        }
        _ => {}
    }
    workspace.root.create_dir_all(LOG_DIR)?;
    workspace.root.write_atomic(&path, content.as_bytes())?;
    terminal.print(&format!("wrote {path}\n"));
    Ok(())
}

/// Brings the document up to the entries, where that is this branch's business.
fn publish(workspace: &Workspace, paper: &Paper<'_>, terminal: Terminal) -> Result<(), Refusal> {
    if let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) {
        let tag = &workspace.config.tag;
        let main = tag.branch.clone().or_else(|| repository.default_branch(&tag.remote));
        if let Some(main) = main.filter(|main| head.branch.as_ref() != Some(main)) {
            terminal.print(&format!(
                "{} follows on {main}, by the next `milegate log sync` or `complete`\n",
                paper.path
            ));
            return Ok(());
        }
    }
    sync(workspace, paper, terminal)
}

/// Brings the document up to the entries.
fn sync(workspace: &Workspace, paper: &Paper<'_>, terminal: Terminal) -> Result<(), Refusal> {
    let entries = entries::here(workspace)?;
    let old = paper.bytes()?;
    let text = old.as_deref().map(|bytes| paper.text(bytes)).transpose()?;
    if entries.is_empty() {
        terminal.print(&format!("{LOG_DIR} holds no entry; {} stays as it is\n", paper.path));
        return Ok(());
    }
    let projected =
        project(text, &workspace.config.project.name, &entries).map_err(|error| paper.refuse(&error))?;
    for name in &projected.kept {
        terminal.warn(&format!(
            "{}: the text of {name} was edited by hand, and stays; its file {} says something else",
            paper.path,
            entries::path(name)
        ));
    }
    let said = match paper.write(&projected.text)? {
        false => format!("{} is up to date\n", paper.path),
        true => {
            format!("{}: {} added, {} renewed\n", paper.path, projected.added.len(), projected.renewed.len())
        }
    };
    terminal.print(&clean_line(&said));
    Ok(())
}

fn clean_line(text: &str) -> String {
    format!("{}\n", clean(text.trim_end()))
}
