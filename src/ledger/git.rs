//! The git program in one directory: everything that writes goes through it, because only it honours
//! the user's hooks, credentials, signing keys and the atomic push (libgit2 has none of the four).
//!
//! Arguments are always an array, never a shell line. The answer is what git said; what it means is
//! decided by the caller.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

/// The oldest git that can sign with SSH keys and knows every option used here.
pub const OLDEST: (u32, u32) = (2, 34);

/// Without this git does not flush refs, and machines came back from a power cut with empty ref files.
pub const DURABLE: &str = "core.fsync=all";

/// Variables that would point git at another repository, index or object store than the one meant
/// (they are set, for example, when Milegate runs inside a hook). Identity and `GIT_CONFIG_*` stay.
const LOCATION: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// Why git gave no usable answer. Credentials in URLs are already blotted out.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The program is not there or could not be started.
    #[error("the git program could not be started: {0}")]
    NotStarted(#[source] io::Error),
    /// The program is too old.
    #[error("git {found} is too old; Milegate needs git {}.{} or newer", OLDEST.0, OLDEST.1)]
    TooOld {
        /// What `git version` says.
        found: String,
    },
    /// It ran and failed.
    #[error("git {command} failed{}: {stderr}", status.map_or_else(|| " (killed)".to_owned(), |s| format!(" ({s})")))]
    Failed {
        /// The sub-command.
        command: String,
        /// Its exit status; none if a signal ended it.
        status: Option<i32>,
        /// What it said, scrubbed.
        stderr: String,
    },
    /// It ran well and its answer makes no sense.
    #[error("git {command} gave an answer that Milegate does not understand: {answer}")]
    Odd {
        /// The sub-command.
        command: String,
        /// The answer, scrubbed.
        answer: String,
    },
}

/// The git program, run in a directory.
#[derive(Debug, Clone)]
pub struct Git {
    dir: PathBuf,
    env: Vec<(OsString, OsString)>,
}

impl Git {
    /// Git in a directory.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), env: Vec::new() }
    }

    /// The same, with one more environment variable.
    #[must_use]
    pub fn env(&self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        let mut other = self.clone();
        other.env.push((key.into(), value.into()));
        other
    }

    /// The same environment in another directory.
    #[must_use]
    pub fn moved(&self, dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), env: self.env.clone() }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A call to be run.
    pub fn call<'a>(&'a self, args: &[&str]) -> Call<'a> {
        Call {
            git: self,
            args: args.iter().map(OsString::from).collect(),
            settings: Vec::new(),
            input: None,
            hooks: false,
        }
    }

    /// Major and minor version; an error if it is older than [`OLDEST`].
    pub fn version(&self) -> Result<(u32, u32), GitError> {
        let said = self.call(&["version"]).line()?;
        let version = parse_version(&said)
            .ok_or_else(|| GitError::Odd { command: "version".into(), answer: scrub(&said) })?;
        if version < OLDEST {
            return Err(GitError::TooOld { found: format!("{}.{}", version.0, version.1) });
        }
        Ok(version)
    }
}

/// `git version 2.39.2 (Apple Git-143)` and `2.45.1.windows.1` are versions too.
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let number = said.strip_prefix("git version ")?.split_whitespace().next()?;
    let mut parts = number.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    Some((major, minor))
}

/// One call of git.
#[derive(Debug)]
pub struct Call<'a> {
    git: &'a Git,
    args: Vec<OsString>,
    settings: Vec<String>,
    input: Option<Vec<u8>>,
    hooks: bool,
}

impl Call<'_> {
    /// Bytes for its standard input; without this it reads nothing.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// Let the user's hooks run: a push and a move of refs are theirs to refuse.
    #[must_use]
    pub fn hooks(mut self) -> Self {
        self.hooks = true;
        self
    }

    /// One `-c key=value`.
    #[must_use]
    pub fn setting(mut self, setting: impl Into<String>) -> Self {
        self.settings.push(setting.into());
        self
    }

    /// Run it; whatever its exit status.
    pub fn run(self) -> Result<Answer, GitError> {
        let name = self.args.first().map_or_else(String::new, |a| a.to_string_lossy().into_owned());
        let mut command = self.command();
        let mut child = command.spawn().map_err(GitError::NotStarted)?;
        let output = match (child.stdin.take(), self.input) {
            (Some(pipe), Some(input)) => feed(child, pipe, &input),
            _ => child.wait_with_output(),
        }
        .map_err(GitError::NotStarted)?;
        Ok(Answer {
            command: name,
            status: output.status.code(),
            stdout: output.stdout,
            stderr: scrub(String::from_utf8_lossy(&output.stderr).trim_end()),
        })
    }

    /// Run it; an exit status other than zero is an error.
    pub fn ok(self) -> Result<Answer, GitError> {
        let answer = self.run()?;
        if answer.good() { Ok(answer) } else { Err(answer.into_error()) }
    }

    /// Run it; its output as text, without the line end.
    pub fn line(self) -> Result<String, GitError> {
        Ok(self.ok()?.text().trim_end_matches(['\n', '\r']).to_owned())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.git.dir);
        for key in LOCATION {
            command.env_remove(key);
        }
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
        if !self.hooks {
            // All of this would be inherited by a hook and is nothing to bother the user's scripts with.
            command
                .env("GIT_OPTIONAL_LOCKS", "0")
                .env("GIT_LITERAL_PATHSPECS", "1")
                // What replace refs show is not what a clone will get.
                .env("GIT_NO_REPLACE_OBJECTS", "1")
                .args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", DURABLE]);
        }
        command.envs(self.git.env.iter().map(|(k, v)| (k, v)));
        for setting in &self.settings {
            command.arg("-c").arg(setting);
        }
        command.args(&self.args);
        command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Write its input beside the reading of its output, or two full pipes would wait for each other. A
/// pipe that git closed early is no error here: its exit status says what happened.
fn feed(mut child: Child, mut pipe: ChildStdin, input: &[u8]) -> io::Result<Output> {
    std::thread::scope(|scope| {
        match std::thread::Builder::new().spawn_scoped(scope, move || pipe.write_all(input)) {
            Ok(writer) => {
                let output = child.wait_with_output();
                match writer.join() {
                    Ok(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
                    _ => output,
                }
            }
            Err(error) => {
                // It takes the closed pipe for the end of its input; its answer would be about nothing.
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    })
}

/// What git answered.
#[derive(Debug, Clone)]
pub struct Answer {
    command: String,
    /// Its exit status; none if a signal ended it.
    pub status: Option<i32>,
    /// Its output, byte for byte.
    pub stdout: Vec<u8>,
    /// Its complaints, scrubbed.
    pub stderr: String,
}

impl Answer {
    /// Exit status zero.
    pub fn good(&self) -> bool {
        self.status == Some(0)
    }

    /// The output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The failure as an error.
    pub fn into_error(self) -> GitError {
        GitError::Failed { command: self.command, status: self.status, stderr: self.stderr }
    }
}

/// Text of git fit for a message: credentials in URLs blotted out (`https://***@host`), control
/// characters of a remote made visible.
pub fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | '?' | '#' | '<' | '>'))
            .unwrap_or(after.len());
        match after[..end].rfind('@') {
            Some(host) => {
                out.push_str("***");
                rest = &after[host..];
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_blotted_out() {
        for (text, clean) in [
            ("fatal: 'https://bob:ghp_x@host/r.git/' gone", "fatal: 'https://***@host/r.git/' gone"),
            ("ssh://git@host/r", "ssh://***@host/r"),
            ("https://host/a@b", "https://host/a@b"),
            ("https://a@h/ and https://t:o@ken@h2", "https://***@h/ and https://***@h2"),
            ("https://x", "https://x"),
            ("\u{1b}[31mred\rover", "\u{fffd}[31mred\u{fffd}over"),
        ] {
            assert_eq!(scrub(text), clean);
        }
    }

    #[test]
    fn versions_of_all_vendors_are_read() {
        assert_eq!(parse_version("git version 2.39.2 (Apple Git-143)"), Some((2, 39)));
        assert_eq!(parse_version("git version 2.45.1.windows.1"), Some((2, 45)));
        assert_eq!(parse_version("git version 2.34"), Some((2, 34)));
        assert_eq!(parse_version("hub version 2"), None);
    }
}
