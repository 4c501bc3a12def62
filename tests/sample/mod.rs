//! The made sample project of `tests/fixtures/sample`, with the real reports of its branches.
//!
//! Its configuration asks for everything this version can judge; what it must come to is in the
//! tests, from the counts of the tools.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use crate::program::{Run, Verdict, check_json, milegate};
use crate::repo::Repo;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Everything that can be judged of a library without a history; nothing runs that could be monitored.
pub const CONFIG: &str = r#"
[project]
id = "phase5"
name = "Phase 5"

[documents]
checklist = "PHASE_5_IMPLEMENTATION_CHECKLIST.md"
status = "PHASE_5_IMPLEMENTATION_STATUS.md"
log = "PHASE_5_PROGRESS_LOG.md"

[[milestones]]
id = "5.1"
name = "Database Foundation"
[[milestones]]
id = "5.2"
name = "Repository Layer"

[reports]
unit = "out/unit.xml"
integration = "out/integration.xml"
coverage = "out/coverage.xml"
pylint = "out/pylint.json"
black = { path = "out/black.txt", exit-status = "out/black.status" }
mypy = "out/mypy.txt"
ruff = { path = "out/ruff.json", format = "ruff-json" }
flake8 = { path = "out/flake8.txt", exit-status = "out/flake8.status" }
interrogate = "out/interrogate.txt"
benchmark = "out/benchmark.json"

[gates.code-complete.tests]
reports = ["unit"]
max-skipped = "10%"
[gates.code-complete.coverage]
branches = ">= 80%"

[gates.integration-verified]
disable = { regression = "no baseline yet", monitoring = "no staging environment yet" }
[gates.integration-verified.integration-tests]
reports = ["integration"]
[gates.integration-verified.benchmarks.targets]
"Simple Query" = { benchmark = "test_db_query_simple", at = "< 100 ms" }
"Complex Query" = { benchmark = "test_db_query_complex[500]", at = "< 500 ms" }
"Broadcast" = { benchmark = "test_websocket_broadcast", at = "< 50 ms" }
"Event Store Write" = { benchmark = "test_event_store_write", at = "> 10k/s", per = 100, stat = "median" }

[gates.documentation-complete.guides]
required = ["docs/guides/configuration.md", "docs/guides/operations.md"]
[gates.documentation-complete.diagrams]
required = ["docs/diagrams/components.mmd", "docs/diagrams/data-flow.mmd"]
[gates.documentation-complete.troubleshooting]
required = ["docs/guides/troubleshooting.md"]

[people.ada]
emails = ["ada@example.com"]
roles = ["code"]
[people.bob]
emails = ["bob@example.com"]
roles = ["code", "architecture", "security", "performance"]
"#;

/// The reports of branch main: where they go, and the fixture.
pub const PASSING: &[(&str, &str)] = &[
    ("unit.xml", "junit/pytest-passing-unit-xunit2"),
    ("integration.xml", "junit/pytest-passing-integration-xunit2"),
    ("coverage.xml", "cobertura/coverage-passing-branch"),
    ("pylint.json", "pylint-json2/passing-json2"),
    ("black.txt", "black-text/passing-check"),
    ("mypy.txt", "mypy-text/passing-text"),
    ("ruff.json", "ruff-json/passing-errors-json"),
    ("flake8.txt", "flake8-text/passing-default"),
    ("interrogate.txt", "interrogate-text/passing-v"),
    ("benchmark.json", "pytest-benchmark/passing"),
];

/// The reports of branch failing.
pub const FAILING: &[(&str, &str)] = &[
    ("unit.xml", "junit/pytest-failing-unit-xunit2"),
    ("integration.xml", "junit/pytest-failing-integration-xunit2"),
    ("coverage.xml", "cobertura/coverage-failing-branch"),
    ("pylint.json", "pylint-json2/failing-json2"),
    ("black.txt", "black-text/failing-check"),
    ("mypy.txt", "mypy-text/failing-text"),
    ("ruff.json", "ruff-json/failing-errors-json"),
    ("flake8.txt", "flake8-text/failing-default"),
    ("interrogate.txt", "interrogate-text/failing-v"),
    ("benchmark.json", "pytest-benchmark/two-only"),
];

/// A clone of the sample at one of its branches, configured, its reports in `out/`.
pub struct Sample {
    pub repo: Repo,
}

impl Sample {
    /// Branch main with a set of reports that passes. Nobody has signed off yet.
    pub fn passing() -> Self {
        Self::new("main", CONFIG, PASSING)
    }

    /// Branch failing with the reports made from it.
    pub fn failing() -> Self {
        Self::new("failing", CONFIG, FAILING)
    }

    /// A branch with a configuration and reports.
    pub fn new(branch: &str, config: &str, reports: &[(&str, &str)]) -> Self {
        let repo = Repo::empty();
        let bundle = fixtures().join("sample/sample.bundle");
        repo.git(&["clone", "-q", "-b", branch, bundle.to_str().unwrap(), "."]);
        repo.git(&["remote", "remove", "origin"]);
        repo.write("milegate.toml", config);
        repo.commit_as("Ada Example", "ada@example.com", "Configure the gates");
        let sample = Self { repo };
        for (to, from) in reports {
            sample.report(to, from);
        }
        sample
    }

    /// Puts a fixture's report in `out/`, with the exit status of its tool beside it.
    pub fn report(&self, to: &str, from: &str) -> &Self {
        let (bytes, status) = fixture(from);
        self.repo.write(&format!("out/{to}"), bytes);
        let stem = to.rsplit_once('.').map_or(to, |(stem, _)| stem);
        match status {
            Some(status) => self.repo.write(&format!("out/{stem}.status"), format!("{status}\n")),
            None => &self.repo,
        };
        self
    }

    /// Signs off every role for a milestone, as Bob, who wrote none of it.
    pub fn approve_all(&self, milestone: &str) -> &Self {
        for role in ["code", "architecture", "security", "performance"] {
            self.run(&["approve", role, "--as", "bob", "--milestone", milestone, "-m", "looks right"])
                .exits(0);
        }
        self
    }

    pub fn path(&self) -> &Path {
        self.repo.path()
    }

    pub fn run(&self, args: &[&str]) -> Run {
        milegate(self.path(), args)
    }

    pub fn check(&self, args: &[&str]) -> Verdict {
        check_json(self.path(), args)
    }
}

/// Bytes of a fixture's report, and the exit status of the tool that wrote it.
pub fn fixture(name: &str) -> (Vec<u8>, Option<i64>) {
    let folder = fixtures().join(name);
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let report = files.find(|path| !path.ends_with("truth.json")).unwrap();
    (std::fs::read(report).unwrap(), truth["exit_status"].as_i64())
}

/// Sets a file's time to `seconds` from now.
pub fn touch(path: &Path, seconds: i64) {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let now = File::open(path).unwrap().metadata().unwrap().modified().unwrap();
    let time: SystemTime = if seconds < 0 { now - by } else { now + by };
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}
