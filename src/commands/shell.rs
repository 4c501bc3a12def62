//! What is generated from the definition of the command line and of the configuration.

use super::cli::{Cli, Completions};
use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::config;
use crate::verdict::ExitStatus;
use clap::CommandFactory;

/// `schema`: the JSON Schema of milegate.toml.
pub(super) fn schema(terminal: Terminal) -> Result<u8, Refusal> {
    terminal.print(&format!("{:#}\n", config::schema()));
    Ok(ExitStatus::Passed.code())
}

/// `completions`: a completion script.
pub(super) fn completions(args: &Completions, terminal: Terminal) -> Result<u8, Refusal> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "milegate", &mut script);
    terminal.print(&String::from_utf8_lossy(&script));
    Ok(ExitStatus::Passed.code())
}

/// `man`: the man page.
pub(super) fn man(terminal: Terminal) -> Result<u8, Refusal> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|e| Refusal::cannot_act(format!("cannot make the man page: {e}")))?;
    terminal.print(&String::from_utf8_lossy(&page));
    Ok(ExitStatus::Passed.code())
}
