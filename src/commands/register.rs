//! `risk`, `debt`, `blocker`, `need`, `change`, `dependency`: the registers of the status document.

use super::cli::{Action, Registers};
use super::paper::Paper;
use super::refusal::Refusal;
use super::standing;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::documents::registers::{self, Closing};
use crate::ledger::clock;
use crate::model::register::{self as model, Entry, Noun};
use crate::model::since::Since;
use crate::render::plain::{clean, pad, wrap};
use crate::verdict::ExitStatus;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// Runs the command.
pub(super) fn run(args: Registers, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    let paper = Paper::status(&workspace, !matches!(args.action, Action::List { .. }))?;
    let bytes = paper.bytes()?.ok_or_else(|| {
        Refusal::cannot_act(format!("{} is not there yet", paper.path)).hint("milegate status --write")
    })?;
    let text = paper.text(&bytes)?;
    match args.action {
        Action::Add { group, values, since } => {
            if args.noun.name == model::BLOCKER.name {
                workspace.milestone(group.as_deref().unwrap_or_default())?;
            }
            let mut entry = Entry::new(args.noun);
            let since = since.unwrap_or_else(|| Since::new(clock::now()));
            (entry.group, entry.values, entry.since) = (group, values, Some(since));
            add(&paper, text, &entry, terminal)?;
        }
        Action::List { all, json } => list(&paper, text, args.noun, all, json, terminal)?,
        Action::Resolve { key, values } => resolve(&paper, text, args.noun, &key, values, terminal)?,
    }
    Ok(ExitStatus::Passed.code())
}

fn add(paper: &Paper<'_>, text: &str, entry: &Entry, terminal: Terminal) -> Result<(), Refusal> {
    let refuse = |error| paper.refuse(&error);
    let new = registers::add(text, entry, &standing::stamp()).map_err(refuse)?;
    let (before, after) = (registers::read(text).map_err(refuse)?, registers::read(&new).map_err(refuse)?);
    paper.write(&new)?;
    let known: Vec<_> = before.of(entry.noun).collect();
    let added = after.of(entry.noun).filter(|e| e.title() == clean_title(entry)).find(|e| !known.contains(e));
    let key = added.map(|e| format!(" {}", e.key)).unwrap_or_default();
    terminal.print(&format!("{}{key} added to {}\n", entry.noun.name, paper.path));
    Ok(())
}

fn clean_title(entry: &Entry) -> String {
    crate::documents::plain::sanitize(entry.title())
}

fn resolve(
    paper: &Paper<'_>,
    text: &str,
    noun: &'static Noun,
    key: &str,
    values: BTreeMap<&'static str, String>,
    terminal: Terminal,
) -> Result<(), Refusal> {
    let refuse = |error| paper.refuse(&error);
    let all = registers::read(text).map_err(refuse)?;
    let entry = registers::pick(&all, noun, key).map_err(|error| {
        let known = match error.known.is_empty() {
            true => format!("the register holds no open entry; see milegate {} list --all", noun.name),
            false => format!("name one of: {}", error.known.join(", ")),
        };
        Refusal::usage(error.message).hint(known)
    })?;
    let closing = Closing { on: clock::today(), values };
    let new = registers::resolve(text, entry, &closing, &standing::stamp()).map_err(refuse)?;
    let changed = paper.write(&new)?;
    let said = if changed { "resolved" } else { "is resolved already" };
    terminal.print(&format!("{} {} {said}: {}\n", noun.name, entry.key, clean(entry.title())));
    Ok(())
}

fn list(
    paper: &Paper<'_>,
    text: &str,
    noun: &'static Noun,
    all: bool,
    json: bool,
    terminal: Terminal,
) -> Result<(), Refusal> {
    let registers = registers::read(text).map_err(|error| paper.refuse(&error))?;
    let entries: Vec<_> = registers.of(noun).filter(|entry| all || entry.open).collect();
    if json {
        let entries: Vec<_> = entries.iter().map(|entry| as_json(entry)).collect();
        let value =
            json!({ "schema_version": 1, "register": noun.name, "document": paper.path, "entries": entries });
        terminal.print(&format!("{value:#}\n"));
        return Ok(());
    }
    let width = terminal.style(0).width;
    let keys = entries.iter().map(|entry| clean(&entry.key).width()).max().unwrap_or(0);
    let mut out = String::new();
    for entry in &entries {
        let lines = wrap(&clean(entry.title()), width.saturating_sub(keys + 4));
        for (n, line) in lines.iter().enumerate() {
            let key = if n == 0 { clean(&entry.key) } else { String::new() };
            out.push_str(&format!("  {}  {line}\n", pad(&key, keys)));
        }
        for line in wrap(&facts(entry), width.saturating_sub(keys + 4)) {
            out.push_str(&format!("  {}  {line}\n", pad("", keys)));
        }
    }
    let open = registers.open(noun).count();
    let closed = registers.of(noun).count() - open;
    let count = match noun.closing {
        Some(_) => format!("{open} open, {closed} resolved"),
        None => format!("{open} in all"),
    };
    terminal.print(&format!("{out}{} in {}: {count}\n", noun.name, paper.path));
    Ok(())
}

/// What an entry says besides its title, on one line.
fn facts(entry: &Entry) -> String {
    let fields = entry.noun.fields.iter().skip(1).map(|field| (field.name, entry.value(field.name)));
    let said = fields.filter(|(_, value)| !value.is_empty() && *value != model::UNSAID);
    let mut parts: Vec<_> =
        said.map(|(name, value)| format!("{}: {}", name.to_lowercase(), clean(value))).collect();
    parts.push(entry.since.map_or_else(|| "since: not said".to_owned(), |since| format!("since: {since}")));
    if !entry.open {
        parts.insert(0, "resolved".to_owned());
    }
    parts.join("; ")
}

fn as_json(entry: &Entry) -> Value {
    let mut value = Map::new();
    value.insert("key".into(), json!(entry.key));
    value.insert("open".into(), json!(entry.open));
    value.insert("since".into(), json!(entry.since.map(|since| since.at().to_string())));
    if let (Some(field), Some(group)) = (entry.noun.group, &entry.group) {
        value.insert(field.name.to_lowercase(), json!(group));
    }
    for (name, said) in &entry.values {
        value.insert(name.to_lowercase().replace(' ', "_"), json!(said));
    }
    Value::Object(value)
}
