//! The real program, run in an environment of its own: nothing of the machine's CI, colours, width
//! or git configuration takes part.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Variables that would change what the program does, by the beginning of their name.
const SCRUBBED: &[&str] = &["GITHUB_", "CI", "COLUMNS", "NO_COLOR", "CLICOLOR", "GIT_", "MILEGATE_", "TERM"];

/// `milegate` in `dir`.
pub fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milegate"));
    for (key, _) in std::env::vars_os() {
        if SCRUBBED.iter().any(|s| key.to_string_lossy().starts_with(s)) {
            command.env_remove(key);
        }
    }
    command
        .current_dir(dir)
        .args(args)
        .stdin(Stdio::null())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C");
    command
}

/// Runs it to its end.
pub fn milegate(dir: &Path, args: &[&str]) -> Run {
    run(command(dir, args))
}

/// The same with more environment.
pub fn milegate_env(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Run {
    let mut command = command(dir, args);
    command.envs(env.iter().copied());
    run(command)
}

/// `check --output-format json` with further arguments.
pub fn check_json(dir: &Path, args: &[&str]) -> Verdict {
    check_json_env(dir, args, &[])
}

/// The same with more environment.
pub fn check_json_env(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Verdict {
    milegate_env(dir, &[&["check", "--output-format", "json"], args].concat(), env).verdict()
}

/// Runs a command to its end.
pub fn run(mut command: Command) -> Run {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) }
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Holds the exit status to `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Its stdout as one line: where a text is broken depends on the width.
    pub fn flat(&self) -> String {
        self.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Its stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Its stdout as a verdict, whose own word on the exit status must be the true one.
    #[track_caller]
    pub fn verdict(self) -> Verdict {
        let verdict = Verdict { json: self.json(), code: self.code, stderr: self.stderr };
        let advisory = verdict.code == 0 && verdict.stderr.is_empty() && verdict.is_advisory();
        assert!(advisory || verdict.json["exit_code"] == verdict.code, "{:#}", verdict.json);
        verdict
    }
}

/// A verdict as the JSON contract shows it.
#[derive(Debug)]
pub struct Verdict {
    pub json: Value,
    pub code: i32,
    pub stderr: String,
}

impl Verdict {
    fn is_advisory(&self) -> bool {
        let notices = self.json["notices"].as_array().unwrap();
        notices.iter().any(|n| n["message"].as_str().unwrap().starts_with("advisory"))
    }

    /// Holds the exit status to `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{:#?}\nstderr:\n{}", self.reasons(), self.stderr);
        self
    }

    /// What decided: one line for each criterion that failed or is unproven.
    pub fn reasons(&self) -> Vec<String> {
        let decided = |c: &&&Value| c["outcome"] == "failed" || c["outcome"] == "unproven";
        let line = |c: &&Value| {
            let of = |key: &str| c[key].as_str().unwrap().to_owned();
            format!("{}: {} {}: {}", of("id"), of("outcome"), of("code"), of("message"))
        };
        self.criteria().iter().filter(decided).map(line).collect()
    }

    /// Every criterion, in order.
    pub fn criteria(&self) -> Vec<&Value> {
        let gates = self.json["gates"].as_array().unwrap();
        gates.iter().flat_map(|gate| gate["criteria"].as_array().unwrap()).collect()
    }

    /// The criterion of that id.
    #[track_caller]
    pub fn of(&self, id: &str) -> &Value {
        self.criteria().into_iter().find(|c| c["id"] == id).unwrap_or_else(|| panic!("no criterion {id}"))
    }

    /// Outcome and code of a criterion: `failed coverage/below-target`.
    #[track_caller]
    pub fn outcome(&self, id: &str) -> String {
        let criterion = self.of(id);
        format!("{} {}", criterion["outcome"].as_str().unwrap(), criterion["code"].as_str().unwrap())
    }

    /// A text of a criterion.
    #[track_caller]
    pub fn text(&self, id: &str, key: &str) -> &str {
        self.of(id)[key].as_str().unwrap()
    }

    /// Details of a criterion: `path:line message`.
    #[track_caller]
    pub fn details(&self, id: &str) -> Vec<String> {
        self.remarks(id, "details")
    }

    /// Notices of a criterion, in the same form.
    #[track_caller]
    pub fn notices(&self, id: &str) -> Vec<String> {
        self.remarks(id, "notices")
    }

    fn remarks(&self, id: &str, key: &str) -> Vec<String> {
        self.of(id)[key].as_array().unwrap().iter().map(remark).collect()
    }

    /// Notices of the whole run.
    pub fn run_notices(&self) -> Vec<String> {
        self.json["notices"].as_array().unwrap().iter().map(remark).collect()
    }
}

fn remark(value: &Value) -> String {
    let message = value["message"].as_str().unwrap();
    match (value["path"].as_str(), value["line"].as_u64()) {
        (Some(path), Some(line)) => format!("{path}:{line} {message}"),
        (Some(path), None) => format!("{path} {message}"),
        _ => message.to_owned(),
    }
}
