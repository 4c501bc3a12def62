//! `[reports]` and `[[commands]]`: where evidence comes from, and what makes it.

use super::section::{self, OneOrMany, Section, Texts};
use super::template::{self, Unfilled};
use super::{Project, words};
use crate::criteria::spec::Problem;
use crate::evidence::freshness::Freshness;
use crate::evidence::reports::Entry;
use crate::model::milestone::Milestone;
use crate::readers::{self, Format};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::{Table, Value};

/// An entry of `[reports]`, its placeholders not yet filled in.
#[derive(Debug, Clone)]
pub struct ReportEntry {
    /// Its key.
    pub name: String,
    /// Its globs.
    pub patterns: Vec<String>,
    /// The declared format; else the content decides.
    pub format: Option<&'static Format>,
    /// A file that holds the tool's exit status.
    pub exit_status: Option<String>,
    /// How many files there have to be.
    pub shards: Option<u32>,
    /// What a report older than the sources means; the project's rule unless the entry has its own.
    pub freshness: Freshness,
}

impl ReportEntry {
    /// The entry for a milestone.
    ///
    /// # Errors
    /// A placeholder that has no value here.
    pub fn fill(&self, project: &Project, milestone: Option<&Milestone>) -> Result<Entry, Unfilled> {
        let patterns = self.patterns.iter().map(|p| inside(template::fill_glob(p, project, milestone)?));
        let exit_status = self.exit_status.as_ref().map(|p| inside(template::fill(p, project, milestone)?));
        Ok(Entry {
            name: self.name.clone(),
            patterns: patterns.collect::<Result<_, _>>()?,
            format: self.format,
            exit_status: exit_status.transpose()?,
            shards: self.shards,
            freshness: self.freshness,
            apart: false,
        })
    }
}

/// What was filled in must not lead out of the repository.
fn inside(path: String) -> Result<String, Unfilled> {
    words::inside(&path).map_err(|wrong| Unfilled::Outside { path, wrong })
}

/// A command that `check --run` runs, its placeholders not yet filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name in messages and records.
    pub name: String,
    /// The program and its arguments; no shell reads them.
    pub run: Vec<String>,
    /// The entries of `[reports]` it writes.
    pub writes: Vec<String>,
}

impl Command {
    /// The program and its arguments for a milestone.
    ///
    /// # Errors
    /// A placeholder that has no value here.
    pub fn fill(&self, project: &Project, milestone: Option<&Milestone>) -> Result<Vec<String>, Unfilled> {
        self.run.iter().map(|word| template::fill(word, project, milestone)).collect()
    }
}

/// One of `[reports]`.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only the schema is made from it")]
pub(super) enum EntryForm {
    /// A glob.
    Glob(String),
    /// Globs.
    Globs(Vec<String>),
    /// With more to say.
    Table(EntryKeys),
}

/// Keys of an entry that is a table.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(super) struct EntryKeys {
    /// A glob, or a list of globs.
    #[schemars(required)]
    path: Option<OneOrMany>,
    /// The format; detected from the content unless given.
    #[serde(default)]
    #[schemars(schema_with = "format_schema")]
    format: Option<String>,
    /// A file that holds the exit status of the tool.
    exit_status: Option<String>,
    /// How many files there have to be: the shards of a CI matrix.
    #[schemars(range(min = 1))]
    shards: Option<u32>,
    /// What a stale report means: strict (unproven) or warn (used, with a notice).
    freshness: Option<Freshness>,
}

fn format_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let names: Vec<&str> = readers::formats().map(|format| format.name).collect();
    schemars::json_schema!({ "type": "string", "enum": names })
}

/// Reads `[reports]`, in the order of the file.
pub(super) fn entries(file: &Table, freshness: Freshness, problems: &mut Vec<Problem>) -> Vec<ReportEntry> {
    let table = match file.get("reports") {
        Some(Value::Table(table)) => table.clone(),
        Some(other) => {
            let message = format!("expected a table of name = glob, found {}", other.type_str());
            problems.push(Problem::new(["reports"], message));
            return Vec::new();
        }
        None => return Vec::new(),
    };
    table.iter().filter_map(|(name, value)| entry(name, value, freshness, problems)).collect()
}

fn entry(
    name: &str,
    value: &Value,
    freshness: Freshness,
    problems: &mut Vec<Problem>,
) -> Option<ReportEntry> {
    let path = vec!["reports".to_owned(), name.to_owned()];
    if let Err(wrong) = words::line(name) {
        problems.push(Problem::new(path.clone(), format!("the name of a report {wrong}")).key());
    }
    // The short form is the long one with a path alone; only the carets differ.
    let short = !value.is_table();
    let table = match value {
        Value::Table(table) => table.clone(),
        other => Table::from_iter([("path".to_owned(), other.clone())]),
    };
    let below: &[&str] = if short { &[] } else { &["path"] };
    let mut section = Section::open(&Value::Table(table), path, problems)?;
    let keys: EntryKeys = section.read();
    section.require("path", "path = \"reports/*.xml\"");
    let patterns = keys.path.map(|globs| {
        for (at, glob) in globs.all.iter().enumerate() {
            placeholders(&mut section, below, (!globs.alone).then_some(at), glob);
        }
        section.paths(below, globs, words::glob)
    });
    let exit_status = keys.exit_status.and_then(|path| {
        placeholders(&mut section, &["exit-status"], None, &path);
        let paths = OneOrMany { all: vec![path], alone: true };
        section.paths(&["exit-status"], paths, words::inside).pop()
    });
    if keys.shards == Some(0) {
        section.wrong(&["shards"], "`shards` is at least 1");
    }
    let format = keys.format.and_then(|name| format(&mut section, &name));
    Some(ReportEntry {
        name: name.to_owned(),
        patterns: patterns.unwrap_or_default(),
        format,
        exit_status,
        shards: keys.shards,
        freshness: keys.freshness.unwrap_or(freshness),
    })
}

fn format(section: &mut Section<'_>, name: &str) -> Option<&'static Format> {
    let format = readers::format(name);
    if format.is_none() {
        let near = words::near(name, readers::formats().map(|format| format.name));
        let problem = section.problem(&["format"], format!("unknown format `{name}`"));
        section.push(problem.hint(near.unwrap_or_else(|| "`milegate formats` lists them".to_owned())));
    }
    format
}

/// Adds a mistake for each unknown placeholder of a template.
fn placeholders(section: &mut Section<'_>, below: &[&str], at: Option<usize>, template: &str) {
    let at = at.map(|at| at.to_string());
    let path: Vec<&str> = below.iter().copied().chain(at.as_deref()).collect();
    for (message, hint) in template::unknown(template) {
        let problem = section.problem(&path, message).hint(hint);
        section.push(problem);
    }
}

/// Keys of one of `[[commands]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct CommandKeys {
    /// Its name in messages and records.
    #[schemars(required)]
    name: Option<String>,
    /// The program and its arguments, one text each; no shell reads them.
    #[schemars(required)]
    run: Option<Texts>,
    /// The entries of [reports] it writes.
    writes: Option<Texts>,
}

/// Reads `[[commands]]`, in order; `reports` are the names of the entries.
pub(super) fn commands(file: &Table, reports: &[&str], problems: &mut Vec<Problem>) -> Vec<Command> {
    let mut all: Vec<Command> = Vec::new();
    section::each(file, "commands", problems, |_, mut section| {
        let keys: CommandKeys = section.read();
        section.require("name", "name = \"unit tests\"");
        section.require("run", "run = [\"pytest\", \"--junitxml=reports/unit.xml\"]");
        let name = section.checked("name", keys.name, words::line).unwrap_or_default();
        if !name.is_empty() && all.iter().any(|command| command.name == name) {
            section.wrong(&["name"], format!("there is already a command `{name}`"));
        }
        let run = keys.run.map(|texts| texts.0);
        let run = run.inspect(|words| check_run(&mut section, words)).unwrap_or_default();
        let writes = keys.writes.unwrap_or_default().0;
        section.known(&["writes"], &writes, reports, "[reports] has no entry");
        all.push(Command { name, run, writes });
    });
    all
}

fn check_run(section: &mut Section<'_>, run: &[String]) {
    if run.first().is_none_or(|program| program.trim().is_empty()) {
        section.wrong(&["run"], "`run` names the program first: [\"pytest\", \"-q\"]");
    }
    for (at, word) in run.iter().enumerate() {
        if word.contains('\0') {
            section.wrong(&["run", &at.to_string()], "an argument cannot hold a NUL character");
        }
        placeholders(section, &["run"], Some(at), word);
    }
}
