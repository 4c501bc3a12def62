//! A small project with a remote, whose reports are written by hand.

use crate::program::{Run, Verdict, check_json_env, milegate_env};
use crate::repo::Repo;
use std::fs;
use std::path::{Path, PathBuf};

pub const CONFIG: &str = r#"
[project]
id = "desk"
[reports]
unit = "out/unit.xml"
bench = { path = "out/bench.json", format = "custom-smaller-is-better" }
[baseline]
"#;

/// A clone with a bare remote beside it.
pub struct Project {
    pub repo: Repo,
    pub remote: PathBuf,
}

impl Project {
    /// One pushed commit, nothing recorded.
    pub fn new() -> Self {
        let repo = Repo::new();
        repo.write("milegate.toml", CONFIG).write(".gitignore", "/out/\n").write("a.py", "x = 0\n");
        repo.commit("Begin");
        let remote = repo.bare_remote();
        repo.git(&["fetch", "-q", "origin"]);
        Self { repo, remote }
    }

    /// The same with a first record.
    pub fn started() -> Self {
        let project = Self::new();
        project.reports();
        project.run(&["baseline", "record", "--init"]).exits(0);
        project
    }

    pub fn path(&self) -> &Path {
        self.repo.path()
    }

    /// Commits a change of the sources; returns the id.
    pub fn change(&self, message: &str) -> String {
        self.repo.write("a.py", format!("x = {message:?}\n"));
        self.repo.commit(message)
    }

    /// A change on main, pushed, tested and recorded.
    pub fn step(&self, message: &str) -> String {
        let id = self.change(message);
        self.repo.git(&["push", "-q", "origin", "HEAD:main"]);
        self.reports();
        self.run(&["baseline", "record"]).exits(0);
        id
    }

    pub fn reports(&self) {
        reports(self.path(), 2, 12.5);
    }

    pub fn run(&self, args: &[&str]) -> Run {
        run(self.path(), args)
    }

    /// The label of what is compared with, by the criterion's own words; else its message.
    pub fn base(&self) -> String {
        base(self.path(), &[])
    }

    pub fn check(&self) -> Verdict {
        check_json_env(self.path(), &["--gate", "2"], &[])
    }
}

/// In no CI.
pub fn run(dir: &Path, args: &[&str]) -> Run {
    milegate_env(dir, args, &[])
}

/// What `regression` says of its base.
pub fn base(dir: &Path, env: &[(&str, &str)]) -> String {
    let verdict = check_json_env(dir, &["--gate", "2"], env);
    let text = |key| verdict.text("regression", key).to_owned();
    match verdict.of("regression")["outcome"].as_str() {
        Some("unproven") if text("code") != "regression/no-evidence" => {
            format!("{}: {}; {}", text("code"), text("message"), text("next_step"))
        }
        _ => text("expected"),
    }
}

/// Passing tests and one benchmark, newer than the sources.
pub fn reports(dir: &Path, tests: usize, value: f64) {
    let cases: String = (0..tests).map(|n| format!("<testcase classname=\"a.T\" name=\"t{n}\"/>")).collect();
    let unit =
        format!("<testsuites><testsuite name=\"s\" tests=\"{tests}\">{cases}</testsuite></testsuites>");
    fs::create_dir_all(dir.join("out")).unwrap();
    fs::write(dir.join("out/unit.xml"), unit).unwrap();
    let bench = format!("[{{\"name\":\"parse\",\"unit\":\"ns\",\"value\":{value}}}]");
    fs::write(dir.join("out/bench.json"), bench).unwrap();
}

/// A clone of the remote over an address, so that `--depth` works; its notes are not fetched.
pub fn clone(project: &Project, name: &str, args: &[&str]) -> PathBuf {
    let to = project.repo.beside(name);
    let from = format!("file://{}", project.remote.display());
    let mut all = vec!["clone", "-q"];
    all.extend(args);
    all.extend([from.as_str(), to.to_str().unwrap()]);
    project.repo.git(&all);
    to
}

/// Git in a clone.
pub fn git(project: &Project, dir: &Path, args: &[&str]) -> String {
    let output = project.repo.command(dir, args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
