//! A matrix: each shard collects a bundle in a clone of its own, one runner judges them all, and the
//! verdict is that of the whole run.

#![allow(clippy::unwrap_used)] // A fixture that is not there shall fail the test.

mod program;
mod repo;

use program::{Verdict, check_json, milegate};
use repo::Repo;
use std::fs;
use std::path::{Path, PathBuf};

const CONFIG: &str = r#"
[project]
id = "phase5"
[reports]
unit = { path = "reports/junit*.xml", shards = 3 }
coverage = { path = "reports/coverage*.xml", shards = 3 }
"#;

/// The fixture folders of shard `n`: pytest-xdist's tests, coverage.py's lines.
fn reports(n: usize) -> [PathBuf; 2] {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    [
        fixtures.join(format!("junit/pytest-xdist-passing-shards-shard-{n}")),
        fixtures.join(format!("cobertura/coverage-passing-combined-shards-shard-{n}")),
    ]
}

fn report(folder: &Path) -> Vec<u8> {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    fs::read(files.find(|path| path.extension().is_some_and(|end| end == "xml")).unwrap()).unwrap()
}

/// The repository of the sample with the configuration, and a bundle of each shard.
fn matrix() -> Repo {
    let main = Repo::new();
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample/sample.bundle");
    main.git(&["pull", "-q", bundle.to_str().unwrap(), "main"]);
    main.write("milegate.toml", CONFIG).write(".gitignore", "/reports/\n/shards/\n");
    main.git(&["add", "-A"]);
    main.git(&["commit", "-q", "-m", "Ask for tests and coverage"]);
    for n in 1..=3 {
        collect(&main, n);
    }
    main
}

/// One job of the matrix: a clone, its share of the reports, a bundle of them.
fn collect(main: &Repo, n: usize) {
    let shard = main.beside(&format!("shard-{n}"));
    main.git(&["clone", "-q", main.path().to_str().unwrap(), shard.to_str().unwrap()]);
    fs::create_dir_all(shard.join("reports")).unwrap();
    let [junit, coverage] = reports(n);
    fs::write(shard.join("reports/junit.xml"), report(&junit)).unwrap();
    fs::write(shard.join("reports/coverage.xml"), report(&coverage)).unwrap();
    milegate(&shard, &["collect", "-o", "shard.milegate"]).exits(0);
    main.write(&format!("shards/{n}.milegate"), fs::read(shard.join("shard.milegate")).unwrap());
}

fn judged(main: &Repo, bundles: &[&str]) -> Verdict {
    check_json(main.path(), &[&["--evidence"], bundles].concat())
}

#[test]
fn shards_come_to_what_the_whole_run_says_in_any_order() {
    let main = matrix();
    let verdict = judged(&main, &["shards/*.milegate"]).exits(0);
    // pytest's own summary of the whole run, and what `coverage combine` made of the three.
    assert_eq!(verdict.text("tests", "measured"), "75 passed, 3 skipped");
    assert_eq!(verdict.text("coverage", "measured"), "lines 94.3% (672 of 712)");
    let back = judged(&main, &["shards/3.milegate", "shards/1.milegate", "shards/2.milegate"]).exits(0);
    assert_eq!(verdict.reasons(), back.reasons());
}

#[test]
fn a_lost_shard_and_the_same_shard_twice_are_seen() {
    let main = matrix();
    let lost = judged(&main, &["shards/1.milegate", "shards/2.milegate"]).exits(3);
    assert_eq!(lost.outcome("tests"), "unproven report/shards");
    let copy = main.read("shards/1.milegate");
    main.write("shards/3.milegate", copy);
    let twice = judged(&main, &["shards/*.milegate"]).exits(3);
    assert_eq!(twice.outcome("tests"), "unproven report/same-shard-twice");
}

#[test]
fn a_bundle_of_other_code_is_unproven() {
    let main = matrix();
    main.write("backend/infrastructure/config.py", "CHANGED = True\n");
    main.git(&["commit", "-q", "-a", "-m", "Change a source"]);
    let verdict = judged(&main, &["shards/*.milegate"]).exits(3);
    assert_eq!(verdict.outcome("tests"), "unproven bundle/stale");
}

#[test]
fn what_is_no_whole_bundle_of_this_project_is_refused() {
    let main = matrix();
    let whole = main.read("shards/1.milegate");
    let refuse = |bytes: &[u8], says: &str| {
        main.write("shards/1.milegate", bytes);
        let run = milegate(main.path(), &["check", "--evidence", "shards/*.milegate"]).exits(3);
        assert!(run.stderr.contains(says) && run.stderr.contains("next:"), "{}", run.stderr);
    };
    for at in (0..whole.len() - 2).step_by(whole.len() / 40) {
        refuse(&whole[..at], "bundle");
    }
    refuse(b"<html>", "not an evidence bundle");
    let text = String::from_utf8(whole).unwrap();
    refuse(text.replace("\"version\":1", "\"version\":2").as_bytes(), "version 2");
    refuse(text.replace("\"project\":\"phase5\"", "\"project\":\"other\"").as_bytes(), "other");
    refuse(text.replacen("\"sha256\"", "\"sha\"", 1).as_bytes(), "not an evidence bundle");
    let none = milegate(main.path(), &["check", "--evidence", "nowhere/*.milegate"]).exits(3);
    assert!(none.stderr.contains("nowhere/*.milegate"), "{}", none.stderr);
}

#[test]
fn a_shard_with_a_damaged_report_says_so_at_once_and_later() {
    let main = matrix();
    let shard = main.beside("shard-2");
    fs::write(shard.join("reports/junit.xml"), "<testsuites><testsuite>").unwrap();
    milegate(&shard, &["collect", "-o", "shard.milegate"]).exits(3);
    main.write("shards/2.milegate", fs::read(shard.join("shard.milegate")).unwrap());
    let verdict = judged(&main, &["shards/*.milegate"]).exits(3);
    assert_eq!(verdict.outcome("tests"), "unproven report/truncated");
}

#[test]
fn a_bundle_does_not_prove_that_its_report_was_whole() {
    let main = matrix();
    let lcov = r#"
[project]
id = "phase5"
[reports]
coverage = "reports/coverage.lcov"
"#;
    main.write("milegate.toml", lcov);
    main.git(&["commit", "-q", "-a", "-m", "Ask for LCOV"]);
    let shard = main.beside("lcov");
    main.git(&["clone", "-q", main.path().to_str().unwrap(), shard.to_str().unwrap()]);
    fs::create_dir_all(shard.join("reports")).unwrap();
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lcov/passing-branch/coverage.lcov");
    fs::copy(fixture, shard.join("reports/coverage.lcov")).unwrap();
    milegate(&shard, &["collect", "-o", "shard.milegate"]).exits(0);
    main.write("shards/1.milegate", fs::read(shard.join("shard.milegate")).unwrap());
    let verdict = judged(&main, &["shards/1.milegate"]).exits(0);
    assert_eq!(verdict.text("coverage", "measured"), "lines 94.3% (672 of 712)");
    let notices = verdict.notices("coverage").join("\n");
    assert!(notices.contains("no end mark"), "{notices}");
}
