//! `milegate.toml`: text in, [`Config`] out. The only place that knows the file.
//!
//! Pure: it reads no file, no environment and no clock. Every mistake is found in one run and shown
//! with its line, a caret and what to do instead; a configuration with a mistake is no configuration.

mod baseline;
mod gates;
mod milestones;
mod mistake;
mod people;
mod project;
mod reports;
mod schema;
mod section;
mod source;
mod tag;
mod whole;
mod words;

pub mod init;
pub mod ratchet;
pub mod template;

pub use baseline::Baseline;
pub use mistake::{Mistake, Mistakes};
pub use project::{Documents, Project};
pub use reports::{Command, ReportEntry};
pub use schema::schema;
pub use tag::{Publish, Tag};

use crate::criteria::spec::{self, Problem};
use crate::gates::{Gate, Waiver};
use crate::model::milestone::{Milestone, MilestoneId};
use crate::model::person::Person;
use crate::readers::Limits;
use source::Source;
use toml::{Table, Value};

/// Which file the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TomlFile {
    /// `milegate.toml` or `.milegate.toml`: all of it is the configuration.
    Own,
    /// `pyproject.toml`: the configuration is `[tool.milegate]`.
    Pyproject,
}

impl TomlFile {
    /// The keys above the configuration.
    const fn prefix(self) -> &'static [&'static str] {
        match self {
            Self::Own => &[],
            Self::Pyproject => &["tool", "milegate"],
        }
    }
}

/// The configuration of a project, without a mistake.
#[derive(Debug)]
pub struct Config {
    /// The project.
    pub project: Project,
    /// The documents that are kept up to date.
    pub documents: Documents,
    /// The tag of a milestone.
    pub tag: Tag,
    /// The history that runs are compared with.
    pub baseline: Baseline,
    /// The milestones, in order.
    pub milestones: Vec<Milestone>,
    /// The entries of `[reports]`, in order.
    pub reports: Vec<ReportEntry>,
    /// Commands that `check --run` runs, in order.
    pub commands: Vec<Command>,
    /// Who may sign off.
    pub people: Vec<Person>,
    /// The four gates.
    pub gates: Vec<Gate>,
    /// `[gates]` as it is written: what is verified of a single item is read from it when the item is known.
    pub gates_table: Table,
    /// Reviewed, dated exceptions.
    pub waivers: Vec<Waiver>,
    /// Bounds within which a report is read at all.
    pub limits: Limits,
}

impl Config {
    /// Reads the text of the file at `path`, which is below the repository's root.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(text: &str, path: &str, kind: TomlFile) -> Result<Self, Mistakes> {
        let (source, table) = Source::parse(text).map_err(|wrong| Mistakes::new(path, wrong))?;
        let mut problems = Vec::new();
        let config = match whole::section(&table, kind) {
            Ok(file) => read(file, &source, path, kind, &mut problems),
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => {
                let problems = whole::distinct(problems);
                let located =
                    problems.into_iter().map(|problem| source.locate(&problem.under(kind.prefix())));
                Err(Mistakes::new(path, located.collect()))
            }
        }
    }

    /// Whether a `pyproject.toml` holds a configuration.
    pub fn is_in_pyproject(bytes: &[u8]) -> bool {
        let table = std::str::from_utf8(bytes).ok().and_then(|text| text.parse::<Table>().ok());
        table.is_some_and(|t| t.get("tool").and_then(|tool| tool.get("milegate")).is_some())
    }

    /// The milestone of that id.
    pub fn milestone(&self, id: &MilestoneId) -> Option<&Milestone> {
        self.milestones.iter().find(|milestone| milestone.id == *id)
    }
}

/// Reads section after section, each with what it needs to know of those before it.
fn read(
    file: &Table,
    source: &Source<'_>,
    path: &str,
    kind: TomlFile,
    problems: &mut Vec<Problem>,
) -> Option<Config> {
    whole::bounds(file, problems);
    if !problems.is_empty() {
        return None;
    }
    project::policy_place(path, problems);
    whole::not_finite(file, problems);
    whole::unknown_sections(file, &spec::keys_of::<schema::File>(), problems);
    let entries: Vec<&str> = match file.get("reports") {
        Some(Value::Table(table)) => table.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let project = Project::read(file, problems);
    let milestones = milestones::read(file, source, kind.prefix(), problems);
    let people = people::read(file, problems);
    let gates = gates::read(file, &entries, problems);
    people::check_roles(&people, &gates, problems);
    Some(Config {
        documents: Documents::read(file, path, problems),
        baseline: baseline::read(file, problems),
        tag: tag::read(file, &project, &milestones, problems),
        reports: reports::entries(file, project.freshness, problems),
        commands: reports::commands(file, &entries, problems),
        people,
        gates,
        gates_table: file.get("gates").and_then(Value::as_table).cloned().unwrap_or_default(),
        waivers: gates::waivers(file, problems),
        limits: project::limits(file, problems),
        project,
        milestones,
    })
}
