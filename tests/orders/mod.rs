//! The sample project of `demo/` in a real repository with a bare remote, and the real program.
//!
//! Nothing of the machine's own configuration takes part: the environment of every child process is
//! made here from nothing.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

/// The tag of milestone 1.0.
pub const TAG: &str = "orders-milestone-1.0-complete";
/// Roles that the sample's milestones ask for.
pub const ROLES: &[&str] = &["code", "architecture", "security", "performance"];

/// A clone `work`, its remote `remote.git` and a home, in one temporary folder.
pub struct Sample {
    dir: tempfile::TempDir,
    pub work: PathBuf,
    pub remote: PathBuf,
    pub home: PathBuf,
}

/// What a run of the program said.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// From what the process left.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Its exit code is this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// stdout or stderr hold this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let all = format!("{}\n{}", self.out, self.err);
        assert!(all.contains(text), "no `{text}` in:\n{all}");
        self
    }

    /// stdout is JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}:\n{}\n{}", self.out, self.err))
    }
}

impl Sample {
    /// The first state: a test fails, items are open.
    pub fn first() -> Self {
        let sample = Self::bare();
        sample.lay("project", "").lay("reports-before", "reports");
        sample.commit_as("ada", "Write the order store");
        sample.git(&["push", "-q", "-u", "origin", "main"]);
        sample
    }

    /// The second state, pushed: only the approvals are missing.
    pub fn second() -> Self {
        let sample = Self::bare();
        sample.lay("project", "").lay("fixed", "").lay("reports-after", "reports");
        sample.commit_as("ada", "Write the order store");
        sample.git(&["push", "-q", "-u", "origin", "main"]);
        sample
    }

    /// The second state with bob's approvals in the work tree, not committed.
    pub fn ready() -> Self {
        let sample = Self::second();
        sample.approve_all("1.0");
        sample
    }

    /// Repositories without a commit.
    pub fn bare() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let sample =
            Self { work: root.join("orders"), remote: root.join("remote.git"), home: root.join("home"), dir };
        for folder in [&sample.work, &sample.remote, &sample.home] {
            fs::create_dir(folder).unwrap();
        }
        sample.git_in(&sample.remote, &["init", "-q", "--bare", "-b", "main"]);
        sample.git(&["init", "-q", "-b", "main"]);
        sample.git(&["config", "user.name", "Ada Example"]);
        sample.git(&["config", "user.email", "ada@example.com"]);
        sample.git(&["remote", "add", "origin", "../remote.git"]);
        sample
    }

    /// The temporary folder.
    pub fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Copies a folder of `demo/`; the copies are as new as now.
    pub fn lay(&self, folder: &str, below: &str) -> &Self {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(folder), &self.work.join(below));
        self
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.work.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Adds to the end of a file.
    pub fn append(&self, path: &str, text: &str) -> &Self {
        let old = self.read(path);
        self.write(path, &(old + text))
    }

    /// Replaces text in a file, once.
    #[track_caller]
    pub fn edit(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.read(path);
        assert!(text.contains(old), "no `{old}` in {path}");
        self.write(path, &text.replacen(old, new, 1))
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.work.join(path)).unwrap()
    }

    /// A command with an environment made from nothing.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .env("TMPDIR", self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }

    /// The program, to be run in the work tree.
    pub fn program(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_milegate"), &self.work);
        command.args(args);
        command
    }

    /// Runs the program in the work tree.
    pub fn milegate(&self, args: &[&str]) -> Run {
        Run::of(self.program(args).output().unwrap())
    }

    /// Starts the program, and leaves its id where a hook can read it.
    pub fn start(&self, args: &[&str]) -> Child {
        let mut command = self.program(args);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let place = self.root().join("pid");
        fs::write(place.with_extension("new"), child.id().to_string()).unwrap();
        fs::rename(place.with_extension("new"), place).unwrap();
        child
    }

    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.work, args)
    }

    /// Git at the remote.
    #[track_caller]
    pub fn there(&self, args: &[&str]) -> String {
        self.git_in(&self.remote, args)
    }

    #[track_caller]
    pub fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let output = self.command("git", folder).args(args).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// The object of a name; `None` if there is none.
    pub fn object(&self, folder: &Path, name: &str) -> Option<String> {
        let output =
            self.command("git", folder).args(["rev-parse", "-q", "--verify", name]).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// The tag here.
    pub fn tag(&self) -> Option<String> {
        self.object(&self.work, &format!("refs/tags/{TAG}"))
    }

    /// The tag at the remote.
    pub fn tag_there(&self) -> Option<String> {
        self.object(&self.remote, &format!("refs/tags/{TAG}"))
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Commits everything in the name of a person of the sample.
    pub fn commit_as(&self, person: &str, message: &str) -> String {
        self.git(&["add", "--all"]);
        let author = format!("{person} <{person}@example.com>");
        self.git(&["commit", "-q", "--allow-empty", "--author", &author, "-m", message]);
        self.head()
    }

    pub fn push(&self) -> &Self {
        self.git(&["push", "-q", "origin", "main"]);
        self
    }

    /// The reports as new as now: what a person does who runs the tools again.
    pub fn again(&self) -> &Self {
        self.lay("reports-after", "reports")
    }

    pub fn approve(&self, role: &str, person: &str, more: &[&str]) -> Run {
        let args = [&["approve", role, "--as", person, "--milestone", "1.0", "-m", "read"], more].concat();
        self.milegate(&args)
    }

    /// Bob signs off in every role.
    pub fn approve_all(&self, milestone: &str) {
        for role in ROLES {
            self.milegate(&["approve", role, "--as", "bob", "--milestone", milestone]).exits(0);
        }
    }

    /// A hook of the clone.
    pub fn hook(&self, name: &str, script: &str) -> PathBuf {
        hook(&self.work.join(".git/hooks"), name, script)
    }

    /// A hook of the remote.
    pub fn remote_hook(&self, name: &str, script: &str) -> PathBuf {
        hook(&self.remote.join("hooks"), name, script)
    }

    /// Both repositories are sound, and no transaction is under way.
    #[track_caller]
    pub fn sound(&self) {
        let own = self.work.join(".git/milegate");
        let left: Vec<String> = fs::read_dir(own)
            .map(|entries| entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        assert!(left.iter().all(|name| name == "lock"), "left behind: {left:?}");
        assert!(!self.work.join(".git/index.lock").exists(), "the index is locked");
        for folder in [&self.work, &self.remote] {
            self.git_in(folder, &["fsck", "--strict", "--no-dangling"]);
        }
    }

    /// Every file below work tree, `.git` and remote: its bytes and its time.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut all = BTreeMap::new();
        for folder in [&self.work, &self.remote] {
            walk(folder, &mut |path| {
                let facts = path.symlink_metadata().unwrap();
                all.insert(path.to_owned(), (fs::read(path).unwrap(), facts.modified().unwrap()));
            });
        }
        all
    }
}

/// Files that differ between two snapshots.
pub fn difference(
    before: &BTreeMap<PathBuf, (Vec<u8>, SystemTime)>,
    after: &BTreeMap<PathBuf, (Vec<u8>, SystemTime)>,
) -> Vec<PathBuf> {
    let mut paths: Vec<_> = before.keys().chain(after.keys()).cloned().collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| before.get(path) != after.get(path));
    paths
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, visit);
        } else {
            visit(&path);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    walk(from, &mut |path| {
        let to = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, fs::read(path).unwrap()).unwrap();
    });
}

fn hook(folder: &Path, name: &str, script: &str) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    let status = Command::new("chmod").arg("+x").arg(&path).status().unwrap();
    assert!(status.success());
    path
}
