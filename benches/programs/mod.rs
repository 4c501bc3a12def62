//! The real program and git, run in a folder with nothing of the machine's own configuration.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs the program; a verdict of whatever kind is an answer where `codes` names it.
pub(crate) fn milegate(at: &Path, args: &[&str], codes: &[i32]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milegate"));
    for key in ["GITHUB_ACTIONS", "CI", "GIT_DIR", "GIT_WORK_TREE"] {
        command.env_remove(key);
    }
    let output = command.current_dir(at).args(args).output().unwrap();
    let code = output.status.code().unwrap();
    assert!(codes.contains(&code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A git command line.
pub(crate) fn command(at: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(at).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Alice").env(format!("GIT_{who}_EMAIL"), "alice@example.com");
    }
    command
}

/// Runs git; its stdout.
pub(crate) fn git(at: &Path, args: &[&str]) -> String {
    let output = command(at).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The time in the middle of so many runs, from start to exit.
pub(crate) fn median(rounds: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}
