//! The command line: what can be typed, and its help. No logic.

mod baseline;
mod burndown;
mod escalations;
mod log;
mod next;
mod registers;
mod standup;
mod status;
mod tick;

pub(super) use baseline::{AcceptChange, Baseline, RaiseRatchet, RecordRun, ShowRuns, SimulateRuns};
pub(super) use burndown::Burndown;
pub(super) use escalations::Escalations;
pub(super) use log::{Log, LogDay, LogWeek};
pub(super) use next::Next;
pub(super) use registers::{Action, Registers};
pub(super) use standup::Standup;
pub(super) use status::Status;
pub(super) use tick::{Progress, Tick};

use crate::render::OUTPUTS;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "milegate", version, about, long_about = None, max_term_width = 100, arg_required_else_help = true)]
pub(super) struct Cli {
    /// Use this configuration instead of the one found upward from here
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(super) config: Option<PathBuf>,
    /// Run as if started in this folder
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) directory: Option<PathBuf>,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal; `NO_COLOR` and `CLICOLOR_FORCE` are heeded
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look at the repository and write a commented milegate.toml for it
    Init(Init),
    /// Judge the gates: the command for CI and before merging
    Check(Check),
    /// Judge everything, then make the tag, the documents and the push, as one transaction
    Complete(Complete),
    /// Write a verdict to its pull request: one comment on GitHub, kept up to date
    Comment(Comment),
    /// Re-check a milestone tag, offline
    Verify(Verify),
    /// Read this shard's reports into an evidence bundle, for the runner that judges them all
    Collect(Collect),
    /// Run a tool and record its exit status, its reports' digests and the content it saw
    Record(Record),
    /// Keep the history of runs in git notes: record, fetch, push, show, accept, ratchet
    #[command(subcommand)]
    Baseline(Baseline),
    /// Sign off HEAD's content in a role, or vouch for a statement about it: writes one file, never commits
    Approve(Approve),
    /// List the approvals, with why each counts or not
    Approvals(Approvals),
    /// Show, write or check the status document: from checklist, tags, history and evidence
    Status(Status),
    /// Show how much of the checklist is done, of each milestone and overall
    Progress(Progress),
    /// Verify one item of the checklist, and tick it if everything holds; or mark it as begun or blocked
    Tick(Tick),
    /// Show how the open items went down, day by day, and when they will be gone
    Burndown(Burndown),
    /// Keep the progress log: a day's entry, a week's summary, and the document from the entries
    #[command(subcommand)]
    Log(Log),
    /// Tell what one person did since the last working day, what comes next, and what is in the way
    Standup(Standup),
    #[command(flatten)]
    Register(Registers),
    /// Show whether the next milestone may begin, and what is in its way; write when it begins, and whose it is
    Next(Next),
    /// Show what has to be escalated, now or later, and why: blockers, needs, missed targets
    Escalations(Escalations),
    /// Show two runs side by side, better and worse: tests, coverage, findings, benchmarks
    Compare(Compare),
    /// Show what is read from reports
    Inspect(Inspect),
    /// Explain a criterion, a report format or a code
    Explain(Explain),
    /// List the report formats
    Formats,
    /// Make a sample project with real reports, check it and complete a milestone
    Demo(Demo),
    /// Print the JSON Schema of milegate.toml
    Schema,
    /// Print completions for a shell
    Completions(Completions),
    /// Print the man page
    Man,
}

impl Command {
    /// Whether stdout is read by a program: then a refusal is a page as well.
    pub(super) fn wants_json(&self) -> bool {
        let format = match self {
            Self::Check(args) => &args.outputs.output_format,
            Self::Complete(args) => &args.output_format,
            Self::Approvals(args) => &args.output_format,
            Self::Verify(args) => &args.output_format,
            Self::Compare(args) => &args.output_format,
            Self::Inspect(args) => &args.output_format,
            Self::Escalations(args) => &args.output_format,
            Self::Next(args) => &args.output_format,
            Self::Burndown(args) => &args.output_format,
            Self::Progress(args) => &args.output_format,
            Self::Tick(args) => &args.output_format,
            Self::Standup(args) => &args.output_format,
            Self::Register(args) => return matches!(args.action, Action::List { json: true, .. }),
            _ => return false,
        };
        format == "json"
    }
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Print it instead of writing milegate.toml
    #[arg(long)]
    pub(super) stdout: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The milestone to judge; without it, what is judged is a change
    pub(super) milestone: Option<String>,
    /// Judge on this occasion instead of the one that follows from MILESTONE
    #[arg(long, value_name = "OCCASION", value_parser = ["change", "milestone"])]
    pub(super) on: Option<String>,
    /// Judge only this gate, by id or number (repeatable)
    #[arg(long = "gate", value_name = "GATE")]
    pub(super) gates: Vec<String>,
    /// Compare changed lines with the merge base with this reference
    #[arg(long, value_name = "REF")]
    pub(super) base: Option<String>,
    /// Read the configuration from this reference, not from the work tree
    #[arg(long, value_name = "REF")]
    pub(super) policy_from: Option<String>,
    /// Judge these evidence bundles as well: files or globs below the root (repeatable)
    #[arg(long, value_name = "BUNDLE", num_args = 1..)]
    pub(super) evidence: Vec<String>,
    /// Run the configured commands first, and record them
    #[arg(long)]
    pub(super) run: bool,
    /// Judge again whenever a report, a document or the configuration changes; Ctrl-C ends it
    #[arg(long, conflicts_with_all = ["run", "comment", "confirm_cmd"])]
    pub(super) watch: bool,
    /// Keep one comment at the pull request up to date (GITHUB_TOKEN); never changes the verdict
    #[arg(long)]
    pub(super) comment: bool,
    /// Where benchmarks are suspect, run this again, read their reports again, and judge once more
    #[arg(long, value_name = "COMMAND")]
    pub(super) confirm_cmd: Option<String>,
    /// Print the same, but exit with 0
    #[arg(long)]
    pub(super) advisory: bool,
    #[command(flatten)]
    pub(super) outputs: Outputs,
}

/// Where a verdict is shown.
#[derive(Debug, Args)]
pub(super) struct Outputs {
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = output_names())]
    pub(super) output_format: String,
    /// Write this format to a file as well (repeatable); badge:CRITERION=PATH for the badge of one criterion
    #[arg(long = "output", value_name = "FORMAT=PATH")]
    pub(super) outputs: Vec<String>,
    /// Most details shown of each criterion
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(super) details: usize,
    /// Add to the text, for each failure, the commands that would show it again
    #[arg(long)]
    pub(super) explain_failures: bool,
    /// When places in the text are links to their files: auto is a terminal that is known to show them
    #[arg(long, value_name = "WHEN", default_value = "auto", value_enum)]
    pub(super) hyperlinks: When,
    /// Do not add annotations and the step summary by itself in GitHub Actions
    #[arg(long)]
    pub(super) no_github: bool,
}

/// When to do what not every terminal can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// Where it is known to work
    Auto,
    /// Always, whatever stdout is
    Always,
    /// Never
    Never,
}

fn output_names() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(OUTPUTS.iter().map(|o| o.name))
}

/// Arguments of `complete`.
#[derive(Debug, Args)]
pub(super) struct Complete {
    /// The milestone to complete
    pub(super) milestone: String,
    /// Show the plan, the documents' diff and the tag message; touch nothing
    #[arg(long, conflicts_with_all = ["run", "notes"])]
    pub(super) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Tag and commit here only
    #[arg(long)]
    pub(super) no_push: bool,
    /// Sign the tag
    #[arg(long)]
    pub(super) sign: bool,
    /// Run the configured commands first, and record them
    #[arg(long)]
    pub(super) run: bool,
    /// Write a release body in Markdown to this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) notes: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) output_format: String,
}

/// Arguments of `comment`.
#[derive(Debug, Args)]
pub(super) struct Comment {
    /// What `check --output json=REPORT` wrote, here or in the run that started this one
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) report: PathBuf,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The tag, or the id of its milestone
    pub(super) tag: String,
    /// Judge again from these reports: a folder that holds them at the paths they had
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) reports: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) output_format: String,
}

/// Arguments of `collect`.
#[derive(Debug, Args)]
pub(super) struct Collect {
    /// The bundle to write
    #[arg(short, long, value_name = "BUNDLE", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,
    /// The milestone whose reports these are; else the first that is not tagged
    pub(super) milestone: Option<String>,
}

/// Arguments of `record`.
#[derive(Debug, Args)]
pub(super) struct Record {
    /// An entry of [reports], or a command of [[commands]]
    pub(super) name: String,
    /// Write the command's stdout to this file instead of passing it through
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) stdout: Option<PathBuf>,
    /// Write the command's stderr to this file instead of passing it through
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) stderr: Option<PathBuf>,
    /// The command; a configured one needs none
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

/// Arguments of `approve`.
#[derive(Debug, Args)]
pub(super) struct Approve {
    /// The role in which you sign off (code, security, ...), or the attestation that you vouch for
    #[arg(value_name = "ROLE")]
    pub(super) name: String,
    /// The milestone; else the first that is not tagged
    #[arg(long, value_name = "ID")]
    pub(super) milestone: Option<String>,
    /// Who you are in [people]; else the owner of git's user.email
    #[arg(long = "as", value_name = "PERSON")]
    pub(super) person: Option<String>,
    /// What you want to say
    #[arg(short, long, value_name = "TEXT", default_value = "")]
    pub(super) message: String,
    /// Refuse instead: blocks until you decide otherwise
    #[arg(long, conflicts_with_all = ["withdraw", "renew"])]
    pub(super) reject: bool,
    /// Take back what you said
    #[arg(long, conflicts_with = "renew")]
    pub(super) withdraw: bool,
    /// Show what changed since your last approval, and approve again
    #[arg(long)]
    pub(super) renew: bool,
}

/// Arguments of `approvals`.
#[derive(Debug, Args)]
pub(super) struct Approvals {
    /// The milestone; else the first that is not tagged
    pub(super) milestone: Option<String>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) output_format: String,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The commit before: its record, or the nearest before it
    pub(super) base: String,
    /// The commit now; without it, the reports of the work tree
    #[arg(conflicts_with = "evidence")]
    pub(super) head: Option<String>,
    /// Take these evidence bundles into account as well: files or globs below the root (repeatable)
    #[arg(long, value_name = "BUNDLE", num_args = 1..)]
    pub(super) evidence: Vec<String>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json", "markdown"])]
    pub(super) output_format: String,
    /// Draw the history of the benchmarks into this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) svg: Option<PathBuf>,
    /// Most details shown of each kind
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(super) details: usize,
    /// Exit with 1 if anything is worse
    #[arg(long)]
    pub(super) fail_on_worse: bool,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Report files
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(super) reports: Vec<PathBuf>,
    /// Read them as this format, whatever they look like
    #[arg(long = "as", value_name = "FORMAT")]
    pub(super) format: Option<String>,
    /// The exit status of the tool that wrote them
    #[arg(long, value_name = "STATUS", allow_hyphen_values = true)]
    pub(super) exit_status: Option<i32>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) output_format: String,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A criterion, its kind, a report format, or a code such as coverage/below-target
    pub(super) name: String,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to make it; else a temporary folder that is removed again
    #[arg(value_hint = ValueHint::DirPath)]
    pub(super) folder: Option<PathBuf>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}
