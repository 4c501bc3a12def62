//! Real repositories for the tests of the write side: a clone and its bare remote in one temporary
//! folder, cut off from the configuration of the machine.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use milegate::ledger::git::Git;
use milegate::ledger::publish::{Document, Mode, Plan, PublishError, Report, complete, no_stop};

/// The tag of every test.
pub(crate) const TAG: &str = "phase5-milestone-5.1-complete";

/// Its message, with lines that `git tag` would drop or tidy.
pub(crate) const MESSAGE: &str = "Phase 5 Milestone 5.1: Complete\n\n# a heading\n#12 a ticket\n\n\n  indented  \n\nMilegate-Milestone: 5.1\n";

/// A clone `work` and its remote `remote.git`.
pub(crate) struct Repo {
    /// The temporary folder.
    pub(crate) dir: tempfile::TempDir,
    /// The clone.
    pub(crate) work: PathBuf,
    /// The remote.
    pub(crate) remote: PathBuf,
    git: Git,
}

impl Repo {
    /// One pushed commit with a status document and a source file.
    pub(crate) fn new() -> Self {
        Self::with(&[]).unwrap()
    }

    /// The same, with options of `git init`; `None` if this git does not know them.
    pub(crate) fn with(options: &[&str]) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().join("work");
        let remote = dir.path().join("remote.git");
        let git = Self::isolated(dir.path(), &work);
        let repo = Self { work, remote, git, dir };
        for place in [["--bare", "remote.git"].as_slice(), &["work"]] {
            let init = [&["init", "-q", "-b", "main"], options, place].concat();
            if !repo.git_at(repo.dir.path()).call(&init).run().unwrap().good() {
                assert!(!options.is_empty(), "git init");
                return None;
            }
        }
        fs::create_dir(repo.work.join("docs")).unwrap();
        fs::write(repo.work.join("docs/STATUS.md"), "# Status\r\n\r\nopen\r\n").unwrap();
        fs::write(repo.work.join("main.py"), "print(1)\n").unwrap();
        repo.g(&["add", "."]);
        repo.g(&["commit", "-qm", "Begin"]);
        repo.g(&["remote", "add", "origin", "../remote.git"]);
        repo.g(&["push", "-q", "-u", "origin", "main"]);
        Some(repo)
    }

    fn isolated(home: &Path, work: &Path) -> Git {
        Git::at(work)
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("no"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ann")
            .env("GIT_AUTHOR_EMAIL", "ann@example.com")
            .env("GIT_COMMITTER_NAME", "Ann")
            .env("GIT_COMMITTER_EMAIL", "ann@example.com")
    }

    /// Git in the clone.
    pub(crate) fn git(&self) -> Git {
        self.git.clone()
    }

    /// Git in any folder, cut off likewise.
    pub(crate) fn git_at(&self, dir: &Path) -> Git {
        self.git.moved(dir)
    }

    /// Run git in the clone; its output.
    pub(crate) fn g(&self, arguments: &[&str]) -> String {
        run(&self.git, &self.work, arguments)
    }

    /// Run git in the remote; its output.
    pub(crate) fn r(&self, arguments: &[&str]) -> String {
        run(&self.git, &self.remote, arguments)
    }

    /// Commit a change of a source file.
    pub(crate) fn change(&self, text: &str) -> String {
        fs::write(self.work.join("main.py"), text).unwrap();
        self.g(&["commit", "-qam", "Change"]);
        self.head()
    }

    /// The commit of HEAD.
    pub(crate) fn head(&self) -> String {
        self.g(&["rev-parse", "HEAD"])
    }

    /// A plan for HEAD with a changed and a new document.
    pub(crate) fn plan(&self) -> Plan {
        let document =
            |path: &str, text: &str| Document { path: path.to_owned(), content: text.as_bytes().to_vec() };
        Plan {
            milestone: "5.1".into(),
            tag: TAG.into(),
            message: MESSAGE.into(),
            target: self.head(),
            documents: vec![
                document("docs/STATUS.md", "# Status\r\n\r\n5.1 complete\r\n"),
                document("docs/log/LOG é.md", "one line\n"),
            ],
            commit_message: "Complete milestone 5.1\n\nMilegate-Milestone: 5.1\n".into(),
            mode: Mode::Direct,
            branch: "main".into(),
            remote: Some("origin".into()),
            push: true,
            sign: false,
        }
    }

    /// Apply a plan.
    pub(crate) fn complete(&self, plan: &Plan) -> Result<Report, PublishError> {
        complete(&self.git, plan, Duration::ZERO, &no_stop)
    }

    /// Apply a plan and stop at a point, as a kill would.
    pub(crate) fn stopped(&self, plan: &Plan, point: &str) {
        let reached = Cell::new(false);
        let stop = |at: &str| {
            if at == point {
                reached.set(true);
                return Err(PublishError::Stopped(at.to_owned()));
            }
            Ok(())
        };
        let result = complete(&self.git, plan, Duration::ZERO, &stop);
        assert!(reached.get() && result.is_err(), "{point} was not reached: {result:?}");
    }

    /// A hook of the remote.
    pub(crate) fn remote_hook(&self, name: &str, script: &str) -> PathBuf {
        hook(&self.remote.join("hooks"), name, script)
    }

    /// A hook of the clone.
    pub(crate) fn hook(&self, name: &str, script: &str) -> PathBuf {
        hook(&self.work.join(".git/hooks"), name, script)
    }

    /// The object of a ref; `None` if there is none.
    pub(crate) fn here(&self, name: &str) -> Option<String> {
        value(&self.git, &self.work, name)
    }

    /// The object of a ref at the remote.
    pub(crate) fn there(&self, name: &str) -> Option<String> {
        value(&self.git, &self.remote, name)
    }

    /// No trace of the transaction is left, and both repositories are sound.
    pub(crate) fn sound(&self) {
        let own = self.work.join(".git/milegate");
        let left: Vec<String> = fs::read_dir(own)
            .map(|entries| entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        assert!(left.iter().all(|name| name == "lock"), "left behind: {left:?}");
        assert!(!self.work.join(".git/index.lock").exists(), "the index is locked");
        for dir in [&self.work, &self.remote] {
            run(&self.git, dir, &["fsck", "--strict", "--no-dangling"]);
        }
    }
}

fn hook(folder: &Path, name: &str, script: &str) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    let status = Command::new("chmod").arg("+x").arg(&path).status().unwrap();
    assert!(status.success());
    path
}

fn run(git: &Git, dir: &Path, arguments: &[&str]) -> String {
    let answer = git.moved(dir).call(arguments).run().unwrap();
    assert!(answer.good(), "git {arguments:?}: {}", answer.stderr);
    answer.text().trim_end().to_owned()
}

fn value(git: &Git, dir: &Path, name: &str) -> Option<String> {
    let answer = git.moved(dir).call(&["rev-parse", "--verify", "-q", name]).run().unwrap();
    answer.good().then(|| answer.text().trim().to_owned())
}
