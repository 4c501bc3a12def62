//! Two who write at once, a remote that does not answer, and what is recorded twice.

use crate::program::{command, milegate_env};
use crate::project::{Project, clone, git, reports, run};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn only_init_starts_a_history_and_only_once() {
    let project = Project::new();
    project.reports();
    let refused = project.run(&["baseline", "record"]).exits(5);
    assert!(refused.stderr.contains("milegate baseline record --init"), "{}", refused.stderr);
    assert_eq!(project.repo.git(&["for-each-ref", "refs/notes"]), "");
    project.run(&["baseline", "record", "--init"]).exits(0);
    project.run(&["baseline", "record", "--init"]).exits(4);
    // The remote is asked: another clone, without the notes, needs no --init and must not use it.
    let other = clone(&project, "other", &[]);
    reports(&other, 3, 12.0);
    run(&other, &["baseline", "record", "--init"]).exits(4);
    run(&other, &["baseline", "record"]).exits(0);
}

#[test]
fn the_same_run_recorded_twice_changes_nothing() {
    let project = Project::started();
    let refs = || git(&project, &project.remote, &["for-each-ref", "refs/notes"]);
    let before = refs();
    assert!(project.run(&["baseline", "record"]).exits(0).stdout.starts_with("recorded already"));
    assert_eq!(refs(), before);
    // Another run of the same commit stays apart.
    project.run(&["baseline", "record", "--run", "nightly"]).exits(0);
    let shown = project.run(&["baseline", "show", "--output-format", "json"]).exits(0).json();
    assert_eq!(shown["runs"].as_array().unwrap().len(), 2);
    // In CI the run's own id names it.
    let env = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_RUN_ID", "99"),
        ("GITHUB_RUN_ATTEMPT", "2"),
        ("GITHUB_JOB", "test"),
    ];
    let told = milegate_env(project.path(), &["baseline", "record"], &env).exits(0);
    assert!(told.stdout.starts_with("recorded run 99.2.test at"), "{}", told.stdout);
}

#[test]
fn jobs_that_record_at_once_lose_nothing() {
    let project = Project::started();
    let jobs: Vec<_> = (0..5).map(|n| (n, clone(&project, &format!("job{n}"), &[]))).collect();
    let started: Vec<_> = jobs
        .iter()
        .map(|(n, dir)| {
            reports(dir, 2 + n, 10.0 + *n as f64);
            command(dir, &["baseline", "record", "--run", &format!("job-{n}")]).spawn().unwrap()
        })
        .collect();
    for mut job in started {
        assert!(job.wait().unwrap().success());
    }
    let reader = clone(&project, "reader", &[]);
    run(&reader, &["baseline", "fetch"]).exits(0);
    let shown = run(&reader, &["baseline", "show", "--output-format", "json"]).exits(0).json();
    let runs = shown["runs"].as_array().unwrap();
    let named: BTreeSet<_> = runs.iter().map(|run| run["run"].as_str().unwrap().to_owned()).collect();
    assert_eq!(runs.len(), 6, "{shown:#}");
    for n in 0..5 {
        let name = format!("job-{n}");
        let run =
            runs.iter().find(|run| run["run"] == *name).unwrap_or_else(|| panic!("{name} of {named:?}"));
        assert_eq!(run["tests"]["total"], 2 + n);
        assert_eq!(run["benchmarks"][0]["value"], 10.0 + n as f64);
    }
    git(&project, &project.remote, &["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn two_who_start_at_once_have_one_history() {
    let project = Project::new();
    let other = clone(&project, "other", &[]);
    project.reports();
    reports(&other, 4, 9.0);
    // Both found nothing at the remote; the one without --no-push was faster.
    project.run(&["baseline", "record", "--init", "--no-push", "--run", "slow"]).exits(0);
    run(&other, &["baseline", "record", "--init", "--run", "fast"]).exits(0);
    project.run(&["baseline", "push"]).exits(0);
    run(&other, &["baseline", "fetch"]).exits(0);
    for dir in [project.path(), other.as_path()] {
        let shown = run(dir, &["baseline", "show", "--output-format", "json"]).exits(0).json();
        assert_eq!(shown["runs"].as_array().unwrap().len(), 2, "{shown:#}");
    }
}

#[test]
fn a_remote_that_does_not_answer_leaves_the_record_here() {
    let project = Project::started();
    let gone = project.repo.beside("gone.git");
    fs::rename(&project.remote, &gone).unwrap();
    project.change("two");
    project.reports();
    let offline = project.run(&["baseline", "record", "--run", "offline"]).exits(5);
    assert!(offline.stderr.contains("milegate baseline push"), "{}", offline.stderr);
    fs::rename(&gone, &project.remote).unwrap();
    project.run(&["baseline", "push"]).exits(0);
    let noted =
        git(&project, &project.remote, &["notes", "--ref=milegate/tests", "show", &project.repo.head()]);
    assert!(noted.contains("\"offline\""), "{noted}");
    // Nobody knows whether a history exists where nobody answers.
    let lonely = Project::new();
    lonely.reports();
    fs::remove_dir_all(&lonely.remote).unwrap();
    lonely.run(&["baseline", "record", "--init"]).exits(5);
    lonely.run(&["baseline", "record", "--init", "--no-push"]).exits(0);
}

#[test]
fn a_remote_that_refuses_is_asked_once_and_told() {
    let project = Project::started();
    let hook = project.remote.join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho read-only >&2\nexit 1\n").unwrap();
    assert!(std::process::Command::new("chmod").arg("+x").arg(&hook).status().unwrap().success());
    project.change("two");
    project.reports();
    let refused = project.run(&["baseline", "record"]).exits(5);
    assert!(
        refused.stderr.contains("read-only") && refused.stderr.contains("not pushed"),
        "{}",
        refused.stderr
    );
}

#[test]
fn an_acceptance_is_pushed_and_counts_from_its_commit_on() {
    let project = Project::started();
    project.step("two");
    let accept = ["baseline", "accept", "parse", "--reason", "a safer parser", "--by", "alice"];
    project.run(&accept).exits(0);
    let other = clone(&project, "other", &[]);
    run(&other, &["baseline", "fetch"]).exits(0);
    let shown = run(&other, &["baseline", "show", "--output-format", "json"]).exits(0).json();
    assert_eq!(shown["accepted"][0]["accept"], "parse");
    assert_eq!(shown["accepted"][0]["by"], "alice");
    git(&project, &other, &["checkout", "-q", "HEAD~1"]);
    let shown = run(&other, &["baseline", "show", "--output-format", "json"]).exits(0).json();
    assert_eq!(shown["accepted"], serde_json::json!([]), "it does not reach back");
    project.run(&["baseline", "accept", "parse", "--reason", " ", "--by", "alice"]).exits(2);
}
