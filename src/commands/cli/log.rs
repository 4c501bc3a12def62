//! Arguments of `log`.

use clap::{Args, Subcommand, ValueHint};
use jiff::civil::Date;
use std::path::PathBuf;

/// What to do with the progress log.
#[derive(Debug, Subcommand)]
pub(in crate::commands) enum Log {
    /// Write a day's entry: from flags, a file or answers, and from what checklist and reports say
    Day(Box<LogDay>),
    /// Write a week's summary: from the days' entries, the checklist's history and the registers
    Week(Box<LogWeek>),
    /// Bring the document up to the entries; text of people stays as it is
    Sync,
}

/// Arguments of `log day`.
#[derive(Debug, Default, Args)]
pub(in crate::commands) struct LogDay {
    /// The day; else today, in UTC
    #[arg(long, value_name = "DATE")]
    pub(in crate::commands) date: Option<Date>,
    /// The milestone; else the first that is not tagged
    #[arg(long, value_name = "ID")]
    pub(in crate::commands) milestone: Option<String>,
    /// The component that was worked on; else the milestone's name
    #[arg(long, value_name = "NAME")]
    pub(in crate::commands) component: Option<String>,
    /// Who writes; else git's user.name
    #[arg(long = "as", value_name = "PERSON")]
    pub(in crate::commands) person: Option<String>,
    /// A completed item (repeatable); else the items that were ticked since the last entry
    #[arg(long = "item", value_name = "TEXT")]
    pub(in crate::commands) items: Vec<String>,
    /// The implementation file of an item, the first of the first (repeatable)
    #[arg(long = "implementation", value_name = "PATH", requires = "items")]
    pub(in crate::commands) implementations: Vec<String>,
    /// The test file of an item, the first of the first (repeatable)
    #[arg(long = "test", value_name = "PATH", requires = "items")]
    pub(in crate::commands) tests: Vec<String>,
    /// A technical decision: "Chose A over B because C" (repeatable)
    #[arg(long = "decision", value_name = "TEXT")]
    pub(in crate::commands) decisions: Vec<String>,
    /// A challenge (repeatable)
    #[arg(long = "challenge", value_name = "TEXT")]
    pub(in crate::commands) challenges: Vec<String>,
    /// How a challenge was solved, the first of the first (repeatable)
    #[arg(long = "resolution", value_name = "TEXT", requires = "challenges")]
    pub(in crate::commands) resolutions: Vec<String>,
    /// The time a challenge took, the first of the first (repeatable)
    #[arg(long = "time-impact", value_name = "TIME", requires = "challenges")]
    pub(in crate::commands) impacts: Vec<String>,
    /// A benchmark (repeatable); else the targets with what the reports measured
    #[arg(long = "benchmark", value_name = "TEXT")]
    pub(in crate::commands) benchmarks: Vec<String>,
    /// A load test (repeatable); else the metric criteria that count per second
    #[arg(long = "load", value_name = "TEXT")]
    pub(in crate::commands) load: Vec<String>,
    /// A usage of resources (repeatable); else the other metric criteria
    #[arg(long = "resource", value_name = "TEXT")]
    pub(in crate::commands) resources: Vec<String>,
    /// The next task; else the first item of the checklist that is open
    #[arg(long, value_name = "TEXT")]
    pub(in crate::commands) next: Option<String>,
    /// What is in the way; else the open blockers of the milestone
    #[arg(long, value_name = "TEXT")]
    pub(in crate::commands) blocking: Option<String>,
    /// When it will be done
    #[arg(long, value_name = "WHEN")]
    pub(in crate::commands) estimate: Option<String>,
    /// Read the entry from this file, TOML or JSON; - is stdin. Flags win over it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::commands) from: Option<PathBuf>,
    /// Write anew what the entry said before
    #[arg(long)]
    pub(in crate::commands) replace: bool,
    /// Print the entry; write nothing
    #[arg(long)]
    pub(in crate::commands) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::commands) yes: bool,
}

/// Arguments of `log week`.
#[derive(Debug, Default, Args)]
pub(in crate::commands) struct LogWeek {
    /// A day of the week; else today, in UTC
    #[arg(long, value_name = "DATE")]
    pub(in crate::commands) week: Option<Date>,
    /// Who writes; else git's user.name
    #[arg(long = "as", value_name = "PERSON")]
    pub(in crate::commands) person: Option<String>,
    /// An achievement, before those that are found: completed milestones and items (repeatable)
    #[arg(long = "achievement", value_name = "TEXT")]
    pub(in crate::commands) achievements: Vec<String>,
    /// A goal of the next week, before those that are found: milestones and blockers (repeatable)
    #[arg(long = "goal", value_name = "TEXT")]
    pub(in crate::commands) goals: Vec<String>,
    /// A blocker (repeatable); by its key, as `milegate blocker list` shows it, more about that one
    #[arg(long = "blocker", value_name = "TEXT")]
    pub(in crate::commands) blockers: Vec<String>,
    /// Which milestones a blocker affects, the first of the first (repeatable)
    #[arg(long = "impact", value_name = "TEXT", requires = "blockers")]
    pub(in crate::commands) impacts: Vec<String>,
    /// The plan to resolve a blocker, the first of the first (repeatable)
    #[arg(long = "mitigation", value_name = "TEXT", requires = "blockers")]
    pub(in crate::commands) mitigations: Vec<String>,
    /// When a blocker will be gone, the first of the first (repeatable)
    #[arg(long = "eta", value_name = "WHEN", requires = "blockers")]
    pub(in crate::commands) etas: Vec<String>,
    /// Something that is needed, before the open resource needs (repeatable)
    #[arg(long = "need", value_name = "TEXT")]
    pub(in crate::commands) needs: Vec<String>,
    /// Of the lists that are given, leave out what is found
    #[arg(long)]
    pub(in crate::commands) only: bool,
    /// Read the same from this file, TOML or JSON; - is stdin. Flags win over it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::commands) from: Option<PathBuf>,
    /// Write anew what the summary said before
    #[arg(long)]
    pub(in crate::commands) replace: bool,
    /// Print the summary; write nothing
    #[arg(long)]
    pub(in crate::commands) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::commands) yes: bool,
}
