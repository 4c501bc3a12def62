//! Running the user's own tools: the only child processes besides git, and only when asked for.

use super::error::LedgerError;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// Where the tool's stdout goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdout {
    /// To our own: the user may redirect it into the report.
    Through,
    /// To stderr: our own stdout bears the verdict.
    ToStderr,
}

/// Runs a command in a folder and returns its exit status; 128 + n for signal n, as shells say.
///
/// # Errors
/// If it cannot be started.
pub fn run(command: &[String], folder: &Path, stdout: Stdout) -> Result<i32, LedgerError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(LedgerError::Bad("the command is empty".to_owned()));
    };
    let stdout = match stdout {
        Stdout::Through => Stdio::inherit(),
        Stdout::ToStderr => Stdio::from(std::io::stderr()),
    };
    let status = Command::new(program).args(arguments).current_dir(folder).stdout(stdout).status();
    status.map(code).map_err(|e| LedgerError::Bad(format!("cannot run `{program}`: {e}")))
}

#[cfg(unix)]
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(1)
}
