//! Running the user's own tools: the only child processes besides git, and only when asked for.

use super::error::LedgerError;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Where a stream of the tool goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stream {
    /// To our own of that name: the user may redirect it into the report.
    Through,
    /// To our stderr: our own stdout bears the verdict.
    ToStderr,
    /// To a file, which is emptied first.
    To(PathBuf),
}

/// Runs a command in a folder and returns its exit status; 128 + n for signal n, as shells say.
///
/// # Errors
/// If it cannot be started, or a file cannot be opened.
pub fn run(command: &[String], folder: &Path, stdout: &Stream, stderr: &Stream) -> Result<i32, LedgerError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(LedgerError::Bad("the command is empty".to_owned()));
    };
    let mut child = Command::new(program);
    child.args(arguments).current_dir(folder).stdout(stdout.open()?).stderr(stderr.open()?);
    child.status().map(code).map_err(|e| LedgerError::Bad(format!("cannot run `{program}`: {e}")))
}

impl Stream {
    fn open(&self) -> Result<Stdio, LedgerError> {
        match self {
            Self::Through => Ok(Stdio::inherit()),
            Self::ToStderr => Ok(Stdio::from(std::io::stderr())),
            Self::To(path) => {
                File::create(path).map(Stdio::from).map_err(|e| LedgerError::io(path.to_string_lossy(), e))
            }
        }
    }
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
