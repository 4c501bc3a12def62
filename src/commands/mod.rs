//! One file per subcommand: collect -> judge -> render -> record. The edge of the program: only
//! here are arguments, the environment and the streams.

mod approvals;
mod approve;
mod baseline;
mod bundle;
mod burndown;
mod check;
mod ci;
mod cli;
mod collect;
mod comment;
mod compare;
mod complete;
mod demo;
mod entries;
mod escalations;
mod explain;
mod formats;
mod hyperlinks;
mod init;
mod inspect;
mod log;
mod next;
mod outputs;
mod paper;
mod papers;
mod past;
mod progress;
mod record;
mod refusal;
mod register;
mod shell;
mod standing;
mod standup;
mod status;
mod terminal;
mod tick;
mod topic;
mod verify;
mod watch;
mod workspace;

use clap::Parser;
use cli::{Cli, Command};
use refusal::Refusal;
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::Terminal;
use workspace::Locate;

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // Help and version are no mistake.
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let terminal = Terminal::new(cli.color);
    let locate = Locate { config: cli.config, directory: cli.directory, policy_from: None };
    let json = cli.command.wants_json();
    match dispatch(cli.command, locate, terminal) {
        Ok(status) => ExitCode::from(status),
        Err(refusal) => {
            if json {
                terminal.print(&refusal.page());
            }
            terminal.refuse(&refusal);
            ExitCode::from(refusal.status.code())
        }
    }
}

fn dispatch(command: Command, locate: Locate, terminal: Terminal) -> Result<u8, Refusal> {
    match command {
        Command::Init(args) => init::run(&args, &locate, terminal),
        Command::Check(args) => check::run(&args, &locate, terminal),
        Command::Complete(args) => complete::run(&args, &locate, terminal),
        Command::Comment(args) => comment::run(&args, terminal),
        Command::Verify(args) => verify::run(&args, &locate, terminal),
        Command::Collect(args) => bundle::run(&args, &locate, terminal),
        Command::Record(args) => record::run(&args, &locate, terminal),
        Command::Baseline(command) => baseline::run(&command, &locate, terminal),
        Command::Approve(args) => approve::run(&args, &locate, terminal),
        Command::Approvals(args) => approvals::run(&args, &locate, terminal),
        Command::Status(args) => status::run(&args, &locate, terminal),
        Command::Burndown(args) => burndown::run(&args, &locate, terminal),
        Command::Progress(args) => progress::run(&args, &locate, terminal),
        Command::Tick(args) => tick::run(&args, &locate, terminal),
        Command::Escalations(args) => escalations::run(&args, &locate, terminal),
        Command::Next(args) => next::run(&args, &locate, terminal),
        Command::Log(command) => log::run(command, &locate, terminal),
        Command::Standup(args) => standup::run(&args, &locate, terminal),
        Command::Register(args) => register::run(args, &locate, terminal),
        Command::Compare(args) => compare::run(&args, &locate, terminal),
        Command::Inspect(args) => inspect::run(&args, &locate, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        Command::Formats => formats::run(terminal),
        Command::Demo(args) => demo::run(&args, terminal),
        Command::Schema => shell::schema(terminal),
        Command::Completions(args) => shell::completions(&args, terminal),
        Command::Man => shell::man(terminal),
    }
}
