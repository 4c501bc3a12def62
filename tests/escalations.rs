//! `escalations` through the program: what is due, what nobody can tell, and the exit status.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;
mod sample;

use program::{Run, milegate};
use repo::Repo;
use sample::Sample;
use serde_json::Value;

const CONFIG: &str = "[project]\nid = \"phase5\"\n[documents]\nstatus = \"STATUS.md\"\n\
    [[milestones]]\nid = \"5.1\"\nname = \"Database Foundation\"\n";

const STATUS: &str = "\
### Milestone 5.1: Database Foundation
- **Blocking Issues**:
  - Pool leaks (since 2026-11-23 17:30 UTC)
  - No access to the database (dependency, since 2026-11-23 19:00 UTC)
  - ~~No schema (since 2026-11-01)~~ Resolved 2026-11-02

## Resource Needs

- [ ] A test machine (since 2026-11-23 09:00 UTC)
- [x] A licence (since 2026-11-01)
";

fn project(status: &str) -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG).write("STATUS.md", status);
    repo.commit("Begin");
    repo
}

fn at(repo: &Repo, now: &str, more: &[&str]) -> Run {
    milegate(repo.path(), &[&["escalations", "--now", now], more].concat())
}

fn states(page: &Value) -> Vec<String> {
    let entries = page["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|e| format!("{} {}", e["state"].as_str().unwrap(), e["key"].as_str().unwrap()))
        .collect()
}

#[test]
fn the_four_rules_by_the_clock() {
    let repo = project(STATUS);
    let json = |now| at(&repo, now, &["--output-format", "json"]).exits(0).json();
    let page = json("2026-11-23 21:29");
    assert_eq!(states(&page), ["due blocker 5.1/2", "later blocker 5.1/1", "later need 1"]);
    assert_eq!(page["entries"][1]["due_at"], "2026-11-23T21:30:00Z");
    assert_eq!(page["entries"][2]["due_at"], "2026-11-30T00:00:00Z");
    assert_eq!([&page["due"], &page["later"], &page["not_known"]], [1, 2, 0]);
    assert_eq!(states(&json("2026-11-23 21:30")), ["due blocker 5.1/2", "due blocker 5.1/1", "later need 1"]);
    assert_eq!(states(&json("2026-11-30")), ["due blocker 5.1/2", "due blocker 5.1/1", "due need 1"]);
}

#[test]
fn only_the_flag_makes_what_is_due_a_failure() {
    let repo = project(STATUS);
    let run = at(&repo, "2026-11-23 21:30", &[]).exits(0);
    assert!(run.flat().contains("milegate risk add 'No access to the database'"), "{}", run.stdout);
    let run = at(&repo, "2026-11-23 21:30", &["--fail-on-due"]).exits(1);
    assert!(run.stdout.contains("2 due, 1 later   exit 1"), "{}", run.stdout);
    // Told, and written down: no longer due.
    for blocker in ["Pool leaks under load", "No access to the database until Monday"] {
        let risk = ["risk", "add", blocker, "--severity", "high", "--status", "escalated"];
        milegate(repo.path(), &risk).exits(0);
    }
    let run = at(&repo, "2026-11-23 21:30", &["--fail-on-due"]).exits(0);
    assert!(run.stdout.contains("1 later, 2 escalated   exit 0"), "{}", run.stdout);
}

#[test]
fn what_nobody_can_tell_is_not_proven() {
    let silent = "### Milestone 5.1: A\n- **Blocking Issues**:\n  - Pool leaks\n";
    let repo = project("");
    repo.write("STATUS.md", silent);
    for more in [&[][..], &["--fail-on-due"]] {
        let run = at(&repo, "2026-11-23 21:30", more).exits(3);
        assert!(run.flat().contains("(since 2026-11-23 17:30 UTC)"), "{}", run.stdout);
    }
    // Committed, it is as old as its commit, whatever else became of the document since.
    repo.commit("Write down what blocks");
    repo.write("STATUS.md", format!("# Status\n\n{silent}"));
    repo.commit("Give it a title");
    let committed: jiff::Timestamp = repo.git(&["log", "-1", "--skip=1", "--format=%cI"]).parse().unwrap();
    for (minutes, code) in [(239, 3), (240, 1)] {
        let now = (committed + jiff::SignedDuration::from_mins(minutes)).to_string();
        at(&repo, &now, &["--fail-on-due"]).exits(code);
    }
    // A clock that lies ahead: a local time, say, written as UTC.
    repo.write("STATUS.md", STATUS.replace("(since 2026-11-23 17:30 UTC)", "(since 2026-11-23 22:30 UTC)"));
    let run = at(&repo, "2026-11-23 21:30", &[]).exits(3);
    assert!(run.flat().contains("lies ahead"), "{}", run.stdout);
    // What is due decides over what is not known.
    at(&repo, "2026-11-23 21:30", &["--fail-on-due"]).exits(1);
}

#[test]
fn registers_that_cannot_be_read_prove_nothing() {
    for (text, why) in [
        (b"<<<<<<< HEAD\n".to_vec(), "STATUS.md:1"),
        (b"\xff".to_vec(), "UTF-8"),
        (b"```\n".to_vec(), "STATUS.md:1"),
        (b"### Milestone 5.1\n### Milestone 5.1\n".to_vec(), "two headings"),
    ] {
        let repo = project("");
        repo.write("STATUS.md", &text);
        let run = at(&repo, "2026-11-23", &["--output-format", "json"]).exits(3);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert_eq!(run.json()["exit_code"], 3);
    }
    let repo = project(STATUS);
    repo.remove("STATUS.md");
    let run = at(&repo, "2026-11-23", &[]).exits(3);
    assert!(run.stderr.contains("milegate status --write"), "{}", run.stderr);
    repo.write("milegate.toml", CONFIG.replace("status = \"STATUS.md\"", ""));
    let run = at(&repo, "2026-11-23", &[]).exits(2);
    assert!(run.stderr.contains("status = "), "{}", run.stderr);
    at(&repo, "yesterday", &[]).exits(2);
}

/// The fixture's medians: a simple query takes 1.1 ms and more, so a target of 0.1 ms is missed by far.
#[test]
fn benchmarks_that_miss_their_target_by_more_than_half() {
    let sample = Sample::passing();
    let run = |target: &str| {
        let config = sample::CONFIG.replace("at = \"< 100 ms\"", &format!("at = \"{target}\""));
        sample.repo.write("milegate.toml", config);
        sample.run(&["escalations", "--now", "2026-11-30", "--output-format", "json"])
    };
    let measured = sample::fixture("pytest-benchmark/passing").0;
    let measured: Value = serde_json::from_slice(&measured).unwrap();
    let benchmarks = measured["benchmarks"].as_array().unwrap();
    let simple = benchmarks.iter().find(|b| b["name"] == "test_db_query_simple").unwrap();
    let median = simple["stats"]["median"].as_f64().unwrap() * 1e9;
    let of = |share: f64| format!("< {:.0} ns", median / share);
    for (target, state) in [(of(0.9), None), (of(1.4), Some("later")), (of(1.6), Some("due"))] {
        let page = run(&target).exits(0).json();
        let simple = page["entries"].as_array().unwrap().iter().find(|e| e["what"] == "Simple Query");
        assert_eq!(simple.map(|e| e["state"].as_str().unwrap()), state, "{target}: {page:#}");
    }
    sample.repo.write("out/benchmark.json", "{");
    let page = run("< 100 ms").exits(3).json();
    assert_eq!(page["not_known"], 4);
}
