//! In CI: pull requests as GitHub checks them out, the step summary, and outputs that fail.

use crate::program::{Run, check_json_env, command, milegate_env, run};
use crate::repo::Repo;
use crate::runner::{listen, values};
use crate::small::{CONFIG, Small, cobertura, junit, lines};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What GitHub sets for a pull request.
const PULL_REQUEST: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_BASE_REF", "main"),
    ("GITHUB_REF", "refs/pull/7/merge"),
    ("CI", "true"),
];

const CHANGED_LINES: &str = "[gates.code-complete.coverage]\nchanged-lines = \">= 95%\"\n";

/// A pull request that adds lines 21 to 24, and its merge commit checked out as actions/checkout does.
struct PullRequest {
    upstream: Repo,
    checkout: PathBuf,
}

impl PullRequest {
    fn new(config: &str, depth: Option<u32>) -> Self {
        let upstream = Repo::new();
        upstream
            .write("shop/cart.py", lines(20))
            .write(".gitignore", "reports/\n")
            .write("milegate.toml", config);
        upstream.commit("Start");
        upstream.git(&["switch", "-q", "-c", "feature"]);
        upstream.write("shop/cart.py", lines(24));
        upstream.commit("Grow");
        upstream.git(&["switch", "-q", "main"]);
        upstream.write("shop/other.py", lines(5));
        upstream.commit("Meanwhile");
        upstream.git(&["switch", "-q", "--detach"]);
        upstream.git(&["merge", "-q", "--no-ff", "-m", "Merge feature into main", "feature"]);
        upstream.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
        upstream.git(&["switch", "-q", "main"]);

        let checkout = upstream.beside("checkout");
        std::fs::create_dir(&checkout).unwrap();
        let this = Self { checkout, upstream };
        let address = format!("file://{}", this.upstream.path().display());
        this.git(&["init", "-q", "-b", "main"]);
        this.git(&["remote", "add", "origin", &address]);
        let depth = depth.map(|n| format!("--depth={n}"));
        let mut fetch =
            vec!["fetch", "-q", "--no-tags", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge"];
        fetch.extend(depth.as_deref());
        this.git(&fetch);
        this.git(&["checkout", "-q", "--force", "refs/remotes/pull/7/merge"]);
        this.reports(&[]);
        this
    }

    fn git(&self, args: &[&str]) {
        let output = self.upstream.command(&self.checkout, args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Reports of a run in which these lines of cart.py were not executed.
    fn reports(&self, missed: &[u32]) -> &Self {
        let folder = self.checkout.join("reports");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("junit.xml"), junit(&[("a", ""), ("b", "")])).unwrap();
        std::fs::write(folder.join("coverage.xml"), cobertura(&[("shop/cart.py", 24, missed)])).unwrap();
        self
    }
}

fn text(dir: &Path, args: &[&str]) -> Run {
    milegate_env(dir, &[&["check"], args].concat(), PULL_REQUEST)
}

#[test]
fn a_shallow_pull_request_is_green_and_told_what_else_it_could_prove() {
    let pull = PullRequest::new(CONFIG, Some(1));
    let run = text(&pull.checkout, &[]).exits(0);
    let told = run.flat();
    assert!(told.contains("Nothing is configured yet for checklist, lint, integration-tests"), "{told}");
    assert!(told.contains("`milegate explain NAME` shows the lines to add"), "{told}");
    assert!(told.contains("Passed: 2 criteria hold"), "{told}");
    let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(0);
    assert_eq!(
        verdict.text("docstrings", "next_step"),
        "add to milegate.toml: [reports] interrogate = \"reports/interrogate.txt\""
    );
}

#[test]
fn a_shallow_pull_request_is_red_when_a_test_fails() {
    let pull = PullRequest::new(CONFIG, Some(1));
    let report = pull.checkout.join("reports/junit.xml");
    std::fs::write(&report, junit(&[("a", ""), ("b", "<failure message='no'/>")])).unwrap();
    assert!(text(&pull.checkout, &[]).exits(1).flat().contains("Refused: gate 1 failed"));
    std::fs::remove_file(&report).unwrap();
    assert!(text(&pull.checkout, &[]).exits(3).flat().contains("Unproven: gate 1 unproven"));
}

#[test]
fn changed_lines_in_a_clone_too_shallow_for_them_are_unproven_with_the_command() {
    let pull = PullRequest::new(&format!("{CONFIG}{CHANGED_LINES}"), Some(1));
    let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(3);
    assert_eq!(verdict.outcome("coverage"), "unproven history/shallow");
    assert!(
        verdict.text("coverage", "next_step").starts_with("run `git fetch --"),
        "{:?}",
        verdict.reasons()
    );
    assert!(
        verdict.text("coverage", "message").starts_with("cannot compare with main: "),
        "{:?}",
        verdict.reasons()
    );
    assert_eq!(verdict.outcome("tests"), "passed tests/passed");
    // What failed anyway is failed, whatever the history would say.
    pull.reports(&[1, 2, 3, 4, 5]);
    let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(1);
    assert_eq!(verdict.outcome("coverage"), "failed coverage/below-target");
}

#[test]
fn the_base_of_a_pull_request_is_the_first_parent_of_its_merge() {
    for depth in [Some(2), None] {
        let pull = PullRequest::new(&format!("{CONFIG}{CHANGED_LINES}"), depth);
        let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(0);
        assert_eq!(
            verdict.text("coverage", "measured"),
            "lines 100.0% (24 of 24), changed lines 100.0% (4 of 4)",
            "{depth:?}"
        );
        pull.reports(&[5, 22, 23]);
        let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(1);
        assert_eq!(verdict.details("coverage"), ["shop/cart.py:22 changed, not covered: lines 22-23"]);
    }
}

#[test]
fn the_command_that_is_told_makes_it_provable() {
    let pull = PullRequest::new(&format!("{CONFIG}{CHANGED_LINES}"), Some(1));
    let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(3);
    let command = verdict.text("coverage", "next_step").split('`').nth(1).unwrap();
    let words: Vec<_> = command.strip_prefix("git ").unwrap().split(' ').collect();
    pull.git(&words);
    check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(0);
}

#[test]
fn the_branch_itself_checked_out_has_its_merge_base_as_base() {
    let pull = PullRequest::new(&format!("{CONFIG}{CHANGED_LINES}"), None);
    pull.git(&["fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*"]);
    pull.git(&["checkout", "-q", "origin/feature"]);
    pull.reports(&[22]);
    let verdict = check_json_env(&pull.checkout, &[], PULL_REQUEST).exits(1);
    assert_eq!(verdict.details("coverage"), ["shop/cart.py:22 changed, not covered: line 22"]);
}

/// Runs `check` with a step summary; gives the run and the summary's content afterwards.
fn with_summary(small: &Small, args: &[&str]) -> (Run, String) {
    let path = small.repo.beside("summary.md");
    std::fs::write(&path, "what another command wrote\n").unwrap();
    let summary = path.to_str().unwrap();
    let args: Vec<_> = args.iter().map(|arg| arg.replace("SUMMARY", summary)).collect();
    let args: Vec<_> = ["check"].into_iter().chain(args.iter().map(String::as_str)).collect();
    let env = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary)];
    let run = milegate_env(small.path(), &args, &env);
    (run, std::fs::read_to_string(&path).unwrap())
}

#[test]
fn the_step_summary_is_added_exactly_once() {
    let small = Small::new();
    for args in [
        &[][..],
        &["--output", "markdown=SUMMARY"],
        &["--output-format", "json"],
        &["--no-github", "--output", "markdown=SUMMARY"],
        &["--output", "markdown=SUMMARY", "--output", "json=../verdict.json"],
    ] {
        let (run, summary) = with_summary(&small, args);
        run.exits(0);
        assert_eq!(summary.matches("## Milegate: passed").count(), 1, "{args:?}: {summary}");
        assert!(summary.starts_with("what another command wrote\n"), "{args:?}: {summary}");
    }
    let (run, summary) = with_summary(&small, &["--no-github"]);
    run.exits(0);
    assert_eq!(summary, "what another command wrote\n");
}

#[test]
fn annotations_stand_beside_text_only() {
    let small = Small::new();
    small.junit(&junit(&[("a", ""), ("b", "<failure message='2 != 3'/>")]));
    let in_github = |args: &[&str]| {
        milegate_env(small.path(), &[&["check"], args].concat(), &[("GITHUB_ACTIONS", "true")])
            .exits(1)
            .stdout
    };
    let log = listen(&in_github(&[]));
    let told: Vec<_> = log.annotations("error").iter().map(|c| c.data.clone()).collect();
    assert_eq!(told, ["tests.cart::b: 2 != 3\nnext: make the failing tests pass"]);
    assert!(log.shown.iter().any(|line| line.contains("✗ tests")), "{:?}", log.shown);
    for args in [&["--no-github"][..], &["--output-format", "json"], &["--output-format", "junit"]] {
        let stdout = in_github(args);
        assert!(listen(&stdout).executed.is_empty(), "{args:?}: {stdout}");
    }
    // Asked for by name, and nothing else.
    let stdout = in_github(&["--output-format", "github", "--no-github"]);
    assert_eq!((listen(&stdout).executed.len(), stdout.lines().count()), (1, 1), "{stdout}");
    assert_eq!(small.run(&["check", "--output-format", "github"]).exits(1).stdout, stdout);
}

#[test]
fn the_outputs_of_a_step_are_added_to_its_file() {
    let small = Small::new();
    let path = small.repo.beside("outputs");
    std::fs::write(&path, "earlier=1\n").unwrap();
    let file = path.to_str().unwrap();
    let env = [("GITHUB_ACTIONS", "true"), ("GITHUB_OUTPUT", file)];
    let args = ["check", "--output", &format!("github-output={file}")];
    milegate_env(small.path(), &args, &env).exits(0);
    small.junit(&junit(&[("a", "<failure/>")]));
    milegate_env(small.path(), &args, &env).exits(1);
    let all = values(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let of = |name: &str| all[name].as_str();
    assert_eq!((of("earlier"), of("verdict"), of("exit-code")), ("1", "failed", "1"));
    assert_eq!((of("failed-gates"), of("failed-criteria")), ("code-complete", "code-complete/tests"));
}

#[test]
fn every_output_at_once_is_one_evaluation() {
    let small = Small::new();
    let names = milegate::render::OUTPUTS.iter().map(|output| output.name);
    let mut args = vec!["check".to_owned()];
    args.extend(names.clone().flat_map(|name| ["--output".to_owned(), format!("{name}=out-{name}")]));
    args.extend(
        ["--output", "badge:coverage=out-coverage.svg", "--output", "badge:nothing=out-nothing.svg"]
            .map(str::to_owned),
    );
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let run = small.run(&args).exits(0);
    assert!(
        run.stderr.contains("no criterion `nothing` was judged") && run.stderr.lines().count() == 1,
        "{}",
        run.stderr
    );
    for name in names.filter(|name| *name != "github") {
        assert!(!small.repo.read(&format!("out-{name}")).is_empty(), "{name}");
    }
    let badge = String::from_utf8(small.repo.read("out-coverage.svg")).unwrap();
    assert!(badge.contains("<title>coverage: 95.0%</title>"), "{badge}");
    assert!(!small.path().join("out-nothing.svg").exists());
    // What cannot be asked for is refused before anything is judged.
    for (asked, told) in
        [("json:tests=x", "`json` shows the whole verdict only"), ("badges=x", "no output format `badges`")]
    {
        let run = small.run(&["check", "--output", asked]).exits(2);
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
}

#[test]
#[cfg(not(feature = "github"))]
fn a_comment_needs_the_feature_and_changes_no_verdict() {
    let small = Small::new();
    let run = small.run(&["check", "--comment"]).exits(0);
    assert!(run.stderr.contains("warning: no comment: this milegate was built without the feature `github`"));
    small.run(&["check", "--output", "json=report.json"]).exits(0);
    let run = small.run(&["comment", "report.json"]).exits(2);
    assert!(run.stderr.contains("--features github"), "{}", run.stderr);
}

#[test]
fn the_summary_tells_what_failed() {
    let small = Small::new();
    small.junit(&junit(&[("a", ""), ("b", "<failure message='2 != 3'/>")]));
    let (run, summary) = with_summary(&small, &[]);
    run.exits(1);
    for told in
        ["## Milegate: failed", "| ✗ | 1. Code Complete | failed |", "`tests.cart::b: 2 != 3`", "exit"]
    {
        assert!(summary.contains(told) || told == "exit", "{told}: {summary}");
    }
}

#[test]
fn an_output_that_cannot_be_written_changes_nothing_but_warns() {
    let small = Small::new();
    for (code, report) in [(0, junit(&[("a", "")])), (1, junit(&[("a", "<failure/>")]))] {
        small.junit(&report);
        for path in ["/nowhere/at/all/x.md", "/", "/dev/full", "/proc/self/nope"] {
            let env = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", path)];
            let run = milegate_env(small.path(), &["check"], &env).exits(code);
            assert!(run.stderr.contains("warning: step summary"), "{path}: {}", run.stderr);
            let run = small.run(&["check", "--output", &format!("json={path}")]).exits(code);
            assert!(run.stderr.contains("warning: --output"), "{path}: {}", run.stderr);
            assert!(!run.stdout.is_empty());
        }
    }
}

#[test]
fn a_closed_or_full_stdout_changes_nothing() {
    let small = Small::new();
    for (code, report) in [(0, junit(&[("a", "")])), (1, junit(&[("a", "<failure/>")]))] {
        small.junit(&report);
        for format in ["text", "json", "markdown"] {
            let mut full = command(small.path(), &["check", "--output-format", format]);
            full.stdout(std::fs::File::options().write(true).open("/dev/full").unwrap());
            assert_eq!(full.status().unwrap().code(), Some(code), "{format} to a full disk");

            // The reader is gone before anything is written.
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut closed = command(small.path(), &["check", "--output-format", format]);
            closed.stdout(writer).stderr(Stdio::piped());
            let output = closed.output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{format} to nobody");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format} to nobody");
        }
    }
}

#[test]
fn outputs_are_files_of_what_stdout_would_bear() {
    let small = Small::new();
    let args = [
        "check",
        "--output",
        "json=out/verdict.json",
        "--output",
        "text=out.txt",
        "--output",
        "markdown=out.md",
    ];
    let run = small.run(&args).exits(0);
    assert!(run.stderr.contains("warning: --output"), "the folder out is not there: {}", run.stderr);
    assert!(String::from_utf8(small.repo.read("out.txt")).unwrap().contains("✓ tests"));
    assert!(String::from_utf8(small.repo.read("out.md")).unwrap().starts_with("## Milegate"));
    small.run(&["check", "--output", "json=verdict.json"]).exits(0);
    let json: serde_json::Value = serde_json::from_slice(&small.repo.read("verdict.json")).unwrap();
    assert_eq!(json["verdict"], "passed");
}

#[test]
fn no_program_is_needed() {
    let small = Small::and(CHANGED_LINES);
    small.repo.git(&["switch", "-q", "-c", "feature"]);
    small.repo.write("shop/cart.py", lines(22));
    small.coverage(&cobertura(&[("shop/cart.py", 22, &[])]));
    small.junit(&junit(&[("a", "")]));
    let mut check = command(small.path(), &["check", "--output-format", "json", "--base", "main"]);
    check.env("PATH", "");
    let verdict = run(check).verdict().exits(0);
    assert_eq!(
        verdict.text("coverage", "measured"),
        "lines 100.0% (22 of 22), changed lines 100.0% (2 of 2)"
    );
}

#[test]
fn it_starts_no_process_and_opens_no_socket() {
    let small = Small::and(CHANGED_LINES);
    small.green();
    let trace = small.repo.beside("trace");
    let milegate = command(small.path(), &["check"]);
    let mut strace = std::process::Command::new("strace");
    strace
        .args(["-f", "-qq", "-e", "trace=network,process", "-o"])
        .arg(&trace)
        .arg(milegate.get_program())
        .arg("check");
    strace.current_dir(small.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for (key, value) in milegate.get_envs() {
        match value {
            Some(value) => strace.env(key, value),
            None => strace.env_remove(key),
        };
    }
    let Ok(status) = strace.status() else {
        println!("skipped: there is no strace");
        return;
    };
    let calls = std::fs::read_to_string(&trace).unwrap_or_default();
    if !calls.contains("execve(") {
        println!("skipped: strace may not trace here");
        return;
    }
    assert_eq!(status.code(), Some(0), "{calls}");
    for call in ["fork(", "socket(", "connect(", "sendto("] {
        assert!(!calls.contains(call), "{call}: {calls}");
    }
    assert_eq!(calls.matches("execve(").count(), 1, "{calls}");
    let processes = calls.lines().filter(|line| line.contains("clone") && !line.contains("CLONE_THREAD"));
    assert_eq!(processes.count(), 0, "{calls}");
}
