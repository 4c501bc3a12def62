//! Real repositories in temporary directories, made by the `git` program.
//!
//! Nothing of the machine's own configuration takes part.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A repository with a work tree; removed when dropped.
pub struct Repo {
    dir: tempfile::TempDir,
    path: PathBuf,
    /// Commits are a minute apart, so that their order is their order in time.
    minute: AtomicU32,
}

impl Repo {
    /// `git init -b main`, without a commit.
    pub fn new() -> Self {
        let repo = Self::empty();
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// A directory that is not a repository yet.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap().join("work");
        fs::create_dir(&path).unwrap();
        Self { dir, path, minute: AtomicU32::new(0) }
    }

    /// The work tree.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A place beside the work tree that goes away with it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    /// Writes a file and the directories above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.path.join(path)).unwrap()
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path.join(path)).unwrap();
        self
    }

    /// A `git` command line in `dir` with an environment of its own.
    pub fn command(&self, dir: &Path, args: &[impl AsRef<OsStr>]) -> Command {
        let minute = self.minute.fetch_add(1, Ordering::Relaxed);
        let date = format!("{} +0000", 1_780_000_000 + minute * 60);
        let mut command = Command::new("git");
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(key);
        }
        command
            .current_dir(dir)
            .args(["-c", "core.autocrlf=false", "-c", "protocol.file.allow=always"])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .env("GIT_AUTHOR_NAME", "Ann Author")
            .env("GIT_AUTHOR_EMAIL", "ann@example.com")
            .env("GIT_COMMITTER_NAME", "Carl Committer")
            .env("GIT_COMMITTER_EMAIL", "carl@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date);
        command
    }

    /// Runs git, whatever its exit status.
    pub fn try_git(&self, args: &[&str]) -> Output {
        self.command(&self.path, args).output().unwrap()
    }

    /// Runs git and returns its stdout without the last line feed.
    pub fn git(&self, args: &[&str]) -> String {
        text(self.try_git(args), args)
    }

    /// Runs git with more environment.
    pub fn git_env(&self, env: &[(&str, &str)], args: &[&str]) -> String {
        text(self.command(&self.path, args).envs(env.iter().copied()).output().unwrap(), args)
    }

    /// Stages everything and commits it; returns the id.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.head()
    }

    /// Commits as somebody else.
    pub fn commit_as(&self, name: &str, email: &str, message: &str) -> String {
        self.git(&["add", "-A"]);
        let env = [("GIT_AUTHOR_NAME", name), ("GIT_AUTHOR_EMAIL", email)];
        self.git_env(&env, &["commit", "-q", "--allow-empty", "-m", message]);
        self.head()
    }

    /// The id of HEAD.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// A bare repository beside this one, registered as `origin`, with `main` pushed.
    pub fn bare_remote(&self) -> PathBuf {
        let remote = self.beside("remote.git");
        let at = remote.to_str().unwrap();
        self.git(&["init", "-q", "--bare", "-b", "main", at]);
        self.git(&["remote", "add", "origin", at]);
        self.git(&["push", "-q", "origin", "main"]);
        remote
    }

    /// A clone of this repository beside it; over a `file://` address, so that `--depth` works.
    pub fn clone_to(&self, name: &str, args: &[&str]) -> PathBuf {
        let to = self.beside(name);
        let from = format!("file://{}", self.path.display());
        let mut all = vec!["clone", "-q"];
        all.extend(args);
        all.extend([from.as_str(), to.to_str().unwrap()]);
        self.git(&all);
        to
    }
}

fn text(output: Output, args: &[&str]) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {stderr}");
    let mut text = String::from_utf8(output.stdout).unwrap();
    if text.ends_with('\n') {
        text.pop();
    }
    text
}
