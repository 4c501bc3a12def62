//! `demo`: a sample project with the real reports of real tools, from a refused check to a tagged
//! milestone. Offline, in a folder of its own, with a bare repository as its remote.

mod files;

use super::cli::{Cli, Demo};
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::Locate;
use crate::ledger::git::Git;
use crate::ledger::scratch::{self, Scratch};
use crate::verdict::ExitStatus;
use clap::Parser;
use owo_colors::OwoColorize;
use std::path::PathBuf;

/// Settings of the sample's repositories, whatever the user's own are.
const SETTINGS: &[(&str, &str)] = &[
    ("user.name", "Ada Example"),
    ("user.email", "ada@example.com"),
    ("commit.gpgSign", "false"),
    ("commit.cleanup", "strip"),
    ("tag.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("push.followTags", "false"),
    ("log.showSignature", "false"),
    ("color.ui", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.excludesFile", "/dev/null"),
    ("core.attributesFile", "/dev/null"),
    ("core.autocrlf", "false"),
    ("protocol.file.allow", "always"),
];
/// What `git init` would take from the user's settings, if it were not told.
const FORMATS: &[(&str, &str)] = &[("GIT_DEFAULT_HASH", "sha1"), ("GIT_DEFAULT_REF_FORMAT", "files")];

/// Options against the user's own surroundings: a person would not type them.
const UNTYPED: &[&str] = &["--no-github", "--no-ext-diff"];

/// Roles that bob signs off.
const ROLES: &[&str] = &["code", "architecture", "security", "performance"];

/// Runs the command.
pub(super) fn run(args: &Demo, terminal: Terminal) -> Result<u8, Refusal> {
    let scratch = match &args.folder {
        Some(folder) => Scratch::at(folder)
            .map_err(|e| Refusal::usage(e.to_string()).hint("name a new or empty folder"))?,
        None => Scratch::temporary()?,
    };
    let stage =
        Stage { project: scratch.path().join("orders"), remote: scratch.path().join("remote.git"), terminal };
    stage.play()?;
    stage.epilogue(&scratch);
    Ok(ExitStatus::Passed.code())
}

/// Where the sample is played.
struct Stage {
    project: PathBuf,
    remote: PathBuf,
    terminal: Terminal,
}

impl Stage {
    fn play(&self) -> Result<(), Refusal> {
        self.say("A small Python project, with the reports its tools wrote: pytest, coverage.py, pylint, black, mypy,");
        self.say("interrogate, pytest-benchmark. Is milestone 1.0 complete? (`milegate demo DIR` keeps it to look at.)");
        self.set_up()?;
        self.commit("Write the order store", &["project"], "reports-before")?;
        self.milegate(&["check", "1.0", "--no-github"], ExitStatus::Failed)?;

        self.say("A test fails, too little is covered, a linter complains, items are open, nobody looked at it. No tag.");
        self.say("Ada mends the code and runs the tools again; Bob looks at it and signs off in four roles.");
        self.commit("Mend the discount, test the export, tick what is done", &["fixed"], "reports-after")?;
        for role in ROLES {
            self.milegate_quietly(&[
                "approve",
                role,
                "--as",
                "bob",
                "--milestone",
                "1.0",
                "-m",
                "read and run",
            ])?;
        }
        self.milegate(&["approvals", "1.0"], ExitStatus::Passed)?;
        self.milegate(&["check", "1.0", "--no-github"], ExitStatus::Passed)?;

        self.say(
            "Every gate is open. One command makes the tag, the documents and the push, or nothing at all.",
        );
        self.milegate(&["complete", "1.0", "--yes"], ExitStatus::Passed)?;
        self.git_shown(&["tag", "--list", "-n1"])?;
        self.git_shown(&["show", "--stat", "--format=%h %s", "HEAD"])?;
        self.git_shown(&["diff", "--no-ext-diff", "HEAD~1", "--", "STATUS.md"])?;

        self.say("Run again, it finds that all is done, and changes nothing.");
        self.milegate(&["complete", "1.0", "--yes"], ExitStatus::Passed)
    }

    fn say(&self, text: &str) {
        self.terminal.print(&format!("{}\n", text.italic()));
    }

    fn set_up(&self) -> Result<(), Refusal> {
        for (folder, kind) in [(&self.remote, "--bare"), (&self.project, "--quiet")] {
            scratch::make_folder(folder)?;
            let git = FORMATS.iter().fold(Git::at(folder), |git, (key, value)| git.env(key, value));
            let init = ["init", "--quiet", "--initial-branch=main", "--template=", kind];
            git.call(&init).ok().map_err(refused)?;
            for (key, value) in SETTINGS {
                git.call(&["config", key, value]).ok().map_err(refused)?;
            }
        }
        let remote = self.remote.to_string_lossy().into_owned();
        self.git(&["remote", "add", "origin", &remote])
    }

    /// Writes sources, then reports, so that the reports are the newer ones; commits and pushes.
    fn commit(&self, subject: &str, sources: &[&str], reports: &str) -> Result<(), Refusal> {
        for folder in sources {
            self.write(files::below(folder), "")?;
        }
        self.write(files::below(reports), "reports/")?;
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "-m", subject])?;
        self.git(&["push", "--quiet", "--set-upstream", "origin", "main"])
    }

    fn write(&self, files: impl Iterator<Item = files::File>, below: &str) -> Result<(), Refusal> {
        for (path, bytes) in files {
            scratch::write(&self.project, &format!("{below}{path}"), bytes)?;
        }
        Ok(())
    }

    fn git(&self, args: &[&str]) -> Result<(), Refusal> {
        Git::at(&self.project).call(args).ok().map(|_| ()).map_err(refused)
    }

    fn git_shown(&self, args: &[&str]) -> Result<(), Refusal> {
        let answer = Git::at(&self.project).call(args).ok().map_err(refused)?;
        self.prompt("git", args);
        self.terminal.print(&format!("{}\n", answer.text()));
        Ok(())
    }

    fn prompt(&self, program: &str, args: &[&str]) {
        let quoted = |arg: &&str| if arg.contains(' ') { format!("'{arg}'") } else { (*arg).to_owned() };
        let typed = args.iter().filter(|a| !UNTYPED.contains(a));
        let line = format!("$ {program} {}", typed.map(quoted).collect::<Vec<_>>().join(" "));
        self.terminal.print(&format!("\n{}\n", line.bold()));
    }

    /// Runs one of our own commands in the project, as a person would type it.
    fn milegate(&self, args: &[&str], expected: ExitStatus) -> Result<(), Refusal> {
        self.run(args, expected, self.terminal)?;
        self.terminal.print("\n");
        Ok(())
    }

    /// The same, without what it prints.
    fn milegate_quietly(&self, args: &[&str]) -> Result<(), Refusal> {
        self.run(args, ExitStatus::Passed, self.terminal.muted())
    }

    fn run(&self, args: &[&str], expected: ExitStatus, terminal: Terminal) -> Result<(), Refusal> {
        self.prompt("milegate", args);
        let all = std::iter::once("milegate").chain(args.iter().copied());
        let cli = Cli::try_parse_from(all).map_err(|e| Refusal::usage(e.to_string()))?;
        let locate = Locate { directory: Some(self.project.clone()), ..Locate::default() };
        let status = super::dispatch(cli.command, locate, terminal)?;
        if status == expected.code() {
            return Ok(());
        }
        Err(Refusal::cannot_act(format!("the demo expected exit status {}, not {status}", expected.code()))
            .hint("this is a defect of milegate; please report it"))
    }

    fn epilogue(&self, scratch: &Scratch) {
        let project = self.project.display();
        self.say(&match scratch.is_kept() {
            true => format!(
                "Look around in {project}: milegate.toml, STATUS.md, PROGRESS_LOG.md, reports/, git log."
            ),
            false => "All of it was in a temporary folder, which is gone now; `milegate demo DIR` keeps it."
                .to_owned(),
        });
        self.say("In a project of your own: `milegate init`, then `milegate check`.");
    }
}

fn refused(error: crate::ledger::git::GitError) -> Refusal {
    Refusal::cannot_act(error.to_string())
}
