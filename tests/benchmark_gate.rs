//! The gate over benchmarks as a user meets it: history in notes, a suspect, its re-run, an accepted
//! change, two builds in one job, and the replay.

#![allow(clippy::unwrap_used, missing_docs)]

mod program;
mod repo;

use program::{check_json, milegate};
use repo::Repo;
use serde_json::Value;

const CONFIG: &str = r#"
[project]
id = "p"
name = "P"
[reports]
benchmarks = { path = "reports/bench.json", format = "custom-smaller-is-better", freshness = "warn" }
[gates.integration-verified.benchmarks.targets]
load = "< 1 s"
[gates.integration-verified.regression]
compare = ["benchmarks"]
"#;

fn report(load: f64, bytes: u64) -> String {
    format!(
        r#"[{{"name": "load", "unit": "ms", "value": {load}}}, {{"name": "bytes", "unit": "B", "value": {bytes}}}]"#
    )
}

/// Seven recorded runs about 100 ms, and a change on top.
fn project() -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG).write(".gitignore", "reports/\n");
    for (at, load) in [100.0, 101.5, 99.0, 100.4, 98.7, 101.0, 100.2].into_iter().enumerate() {
        repo.write("code.txt", at.to_string()).commit("a change");
        repo.write("reports/bench.json", report(load, 2000));
        let begin: &[&str] = if at == 0 { &["--init"] } else { &[] };
        let args = [&["baseline", "record", "--no-push"], begin].concat();
        let recorded = milegate(repo.path(), &args);
        assert_eq!(recorded.code, 0, "{}", recorded.stderr);
    }
    repo.write("code.txt", "new").commit("a change");
    repo
}

/// Exit code, code and text of `regression`.
fn judged(repo: &Repo, args: &[&str]) -> (i64, String, String) {
    let verdict = check_json(repo.path(), &[&["--gate", "2"], args].concat()).json;
    let criteria = verdict["gates"][0]["criteria"].as_array().unwrap();
    let regression = criteria.iter().find(|c| c["kind"] == "regression").unwrap();
    let code = verdict["exit_code"].as_i64().unwrap();
    (code, regression["code"].as_str().unwrap().to_owned(), regression.to_string())
}

/// Judges a load report by each of the targets, and expects an outcome and a code.
#[track_caller]
fn judged_by_targets(report: &str, content: &str, expected: &[(&str, &str, &str)]) {
    let repo = Repo::new();
    repo.write(report, content);
    for (targets, outcome, code) in expected {
        let config = format!(
            "[project]\nid = \"p\"\nname = \"P\"\n[reports]\nload = {{ path = \"{report}\", freshness = \"warn\" }}\n\
             [gates.integration-verified.benchmarks]\nreports = [\"load\"]\n\
             [gates.integration-verified.benchmarks.targets]\n{targets}\n"
        );
        repo.write("milegate.toml", config).commit("targets");
        let verdict = check_json(repo.path(), &["--gate", "2"]).json;
        let criteria = verdict["gates"][0]["criteria"].as_array().unwrap();
        let found = criteria.iter().find(|c| c["kind"] == "benchmarks").unwrap();
        assert_eq!(
            (&found["outcome"], &found["code"]),
            (&(*outcome).into(), &(*code).into()),
            "{targets}: {found}"
        );
    }
}

/// An error is often the fastest answer: the times of a run with failures prove nothing.
#[test]
fn requests_that_failed_fail_the_gate_unless_a_target_bounds_them() {
    let report = include_str!("fixtures/oha-json/a-quarter-503/oha.json");
    let expected = [
        ("latency = \"< 1 s\"", "failed", "benchmarks/failed-requests"),
        ("latency = \"< 1 s\"\nfailures = \"< 1%\"", "failed", "benchmarks/missed"),
        ("latency = \"< 1 s\"\nfailures = \"<= 25%\"", "passed", "benchmarks/passed"),
        ("latency = \"< 1 ms\"", "failed", "benchmarks/missed"),
    ];
    judged_by_targets("reports/oha.json", report, &expected);
}

/// A bound for one address says nothing of another, and one for all of them says everything.
#[test]
fn a_bound_for_one_address_decides_no_other() {
    let report = include_str!("fixtures/locust-csv/failing/locust_stats.csv");
    let expected = [
        ("\"/orders/[id]/failures\" = \"< 10%\"", "failed", "benchmarks/failed-requests"),
        ("\"Aggregated/failures\" = \"< 50%\"", "passed", "benchmarks/passed"),
    ];
    judged_by_targets("reports/load.csv", report, &expected);
}

#[test]
fn a_suspect_is_unproven_until_its_re_run_tells() {
    let repo = project();
    repo.write("reports/bench.json", report(100.9, 2000));
    assert_eq!(judged(&repo, &[]).0, 0);
    repo.write("reports/bench.json", report(111.0, 2000));
    let (exit, code, text) = judged(&repo, &[]);
    assert_eq!((exit, code.as_str()), (3, "regression/suspect"));
    assert!(text.contains("--confirm-cmd") && text.contains("would have seen"), "{text}");
    // As bad again, no run at all, noise, and a command that fails.
    repo.write("again.json", report(112.0, 2000)).write("fine.json", report(101.0, 2000));
    let (exit, code, _) = judged(&repo, &["--confirm-cmd", "cp again.json reports/bench.json"]);
    assert_eq!((exit, code.as_str()), (1, "regression/benchmarks"));
    let (exit, _, text) = judged(&repo, &["--confirm-cmd", "true"]);
    assert!(exit == 3 && text.contains("nothing ran again"), "{text}");
    assert_eq!(judged(&repo, &["--confirm-cmd", "exit 7"]).0, 3);
    let (exit, _, text) = judged(&repo, &["--confirm-cmd", "cp fine.json reports/bench.json"]);
    assert!(exit == 0 && text.contains("not confirmed"), "{text}");
}

#[test]
fn a_counter_or_a_vanished_benchmark_fails_until_it_is_accepted() {
    let repo = project();
    repo.write("reports/bench.json", report(100.9, 2001));
    let (exit, code, text) = judged(&repo, &[]);
    assert_eq!((exit, code.as_str()), (1, "regression/benchmarks"));
    assert!(text.contains("2001 B"), "{text}");
    let accept =
        |what| milegate(repo.path(), &["baseline", "accept", what, "--reason", "checks more", "--no-push"]);
    assert_eq!(accept("bytes").code, 0);
    assert_eq!(judged(&repo, &[]).0, 0);
    repo.write("reports/bench.json", r#"[{"name": "bytes", "unit": "B", "value": 2001}]"#);
    let (exit, _, text) = judged(&repo, &[]);
    assert!(exit == 1 && text.contains("load: gone"), "{text}");
    assert_eq!(accept("load").code, 0);
    // Its target is missed all the same: that is another criterion's business.
    assert_eq!(judged(&repo, &[]).1, "regression/passed");
}

#[test]
fn two_builds_of_one_job_need_no_history() {
    let repo = Repo::new();
    let ab = r#"
[project]
id = "p"
name = "P"
[reports]
base = { path = "reports/base-*.json", format = "custom-smaller-is-better" }
head = { path = "reports/head-*.json", format = "custom-smaller-is-better" }
[gates.integration-verified.regression]
compare = ["benchmarks"]
benchmarks = { ab = { base = "base", head = "head" } }
"#;
    repo.write("milegate.toml", ab).write(".gitignore", "reports/\n").commit("begin");
    for at in 0..4_u32 {
        let load = 100.0 + f64::from(at);
        repo.write(&format!("reports/base-{at}.json"), report(load, 2000));
        repo.write(&format!("reports/head-{at}.json"), report(load * 1.2, 2000));
    }
    let (exit, _, text) = judged(&repo, &[]);
    assert!(exit == 1 && text.contains("exact Mann-Whitney, 4 processes a side"), "{text}");
    (0..4).for_each(|at| {
        repo.write(&format!("reports/head-{at}.json"), report(100.3 + f64::from(at), 2000));
    });
    assert_eq!(judged(&repo, &[]).0, 0);
    repo.remove("reports/head-0.json").remove("reports/head-1.json");
    let (exit, _, text) = judged(&repo, &[]);
    assert!(exit == 0 && text.contains("2 processes a side, and 4 are needed"), "{text}");
}

#[test]
fn the_replay_shows_how_often_it_would_have_been_red() {
    let repo = project();
    let json = milegate(repo.path(), &["baseline", "simulate", "--builds", "60", "--output-format", "json"]);
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (json.code, &value["replay"]["runs"], &value["replay"]["red_or_suspect"]),
        (0, &6.into(), &0.into())
    );
    // Seven runs that vary by 1 %: a slowdown of 20 % is always found.
    assert_eq!(value["noise"]["found"][2], serde_json::json!({ "slower_percent": 20, "found": 60 }));
    assert!(value["noise"]["red"].as_u64().unwrap() <= 3, "{value}");
    let text = milegate(repo.path(), &["baseline", "simulate", "--builds", "20"]);
    assert!(
        text.stdout.contains("red after a re-run") && text.stdout.lines().all(|l| l.len() <= 80),
        "{}",
        text.stdout
    );
    let empty = Repo::new();
    empty.write("milegate.toml", CONFIG).commit("begin");
    assert_eq!(milegate(empty.path(), &["baseline", "simulate"]).code, 5);
}
