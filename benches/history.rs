//! How large a history of 300 runs is in the repository, and how long `check` takes with it.
//!
//! `cargo bench --bench history`. Every run is recorded by the real program: 1,000 tests in 50 classes,
//! of which some fail to run, and 100 benchmarks whose values are never twice the same. `check` is
//! timed from start to exit, in processes of its own, with the history and without.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod programs;

use programs::{command, git, milegate};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const RUNS: u64 = 300;
const TESTS: u64 = 1000;
const BENCHMARKS: u64 = 100;
const ROUNDS: usize = 15;

const CONFIG: &str = "[project]\nid = \"history\"\n[reports]\nunit = \"out/unit.xml\"\n\
    bench = { path = \"out/bench.json\", format = \"custom-smaller-is-better\" }\n";

fn main() {
    if cfg!(debug_assertions) {
        return println!("measured only when optimised: cargo bench --bench history");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q", "-b", "main"]);
    fs::write(at.join(".gitignore"), "/out/\n").unwrap();
    fs::write(at.join("milegate.toml"), CONFIG).unwrap();
    fs::create_dir(at.join("out")).unwrap();
    let started = Instant::now();
    for run in 0..RUNS {
        step(at, run);
        reports(at, run);
        let init: &[&str] = if run == 0 { &["--init"] } else { &[] };
        milegate(
            at,
            &[&["baseline", "record", "--no-push", "--run", &format!("run-{run}")], init].concat(),
            &[0],
        );
    }
    println!("{RUNS} runs of {TESTS} tests and {BENCHMARKS} benchmarks");
    println!("recorded one by one in {:.1?} each", started.elapsed() / RUNS as u32);
    println!("notes, loose:  {:.2} MB", megabytes(at));
    let loose = median(at);
    git(at, &["gc", "-q", "--prune=now"]);
    println!("notes, packed: {:.2} MB", megabytes(at));
    step(at, RUNS);
    reports(at, RUNS);
    println!("check, median of {ROUNDS}: {:.1?} packed, {loose:.1?} loose", median(at));
    let without =
        format!("{CONFIG}[gates.integration-verified]\ndisable = {{ regression = \"to compare\" }}\n");
    fs::write(at.join("milegate.toml"), without).unwrap();
    println!("check without regression: {:.1?}", median(at));
}

/// A commit that changes a source.
fn step(at: &Path, run: u64) {
    fs::write(at.join("a.py"), format!("x = {run}\n")).unwrap();
    git(at, &["add", "-A"]);
    git(at, &["commit", "-q", "-m", "Step"]);
}

/// The reports of one run; whatever differs from run to run follows from its number.
fn reports(at: &Path, run: u64) {
    let noise = |n: u64| (run * 7919 + n * 104_729).wrapping_mul(2_654_435_761) % 1000;
    let case = |n: u64| {
        let skipped = if noise(n) < 3 { "<skipped/>" } else { "" };
        format!(
            "<testcase classname=\"tests.module_{:02}.TestThing\" name=\"test_behaviour_{n:04}\">{skipped}</testcase>",
            n / 20
        )
    };
    let cases: String = (0..TESTS).map(case).collect();
    let unit =
        format!("<testsuites><testsuite name=\"unit\" tests=\"{TESTS}\">{cases}</testsuite></testsuites>");
    fs::write(at.join("out/unit.xml"), unit).unwrap();
    let value = |n: u64| 1000.0 * (n + 1) as f64 * (1.0 + noise(n + TESTS) as f64 / 50_000.0);
    let bench =
        |n: u64| format!("{{\"name\":\"bench_operation_{n:03}\",\"unit\":\"ns\",\"value\":{}}}", value(n));
    let list: Vec<String> = (0..BENCHMARKS).map(bench).collect();
    fs::write(at.join("out/bench.json"), format!("[{}]", list.join(","))).unwrap();
}

/// Bytes on the disk of all objects that only the notes need.
fn megabytes(at: &Path) -> f64 {
    let objects = git(at, &["rev-list", "--objects", "--glob=refs/notes/milegate/*", "--not", "main"]);
    let ids: String = objects.lines().map(|line| line.split(' ').next().unwrap().to_owned() + "\n").collect();
    fs::write(at.join("out/ids"), ids).unwrap();
    let input = fs::File::open(at.join("out/ids")).unwrap();
    let mut command = command(at);
    command.args(["cat-file", "--batch-check=%(objectsize:disk)"]).stdin(input);
    let sizes = String::from_utf8(command.output().unwrap().stdout).unwrap();
    sizes.lines().map(|size| size.parse::<f64>().unwrap()).sum::<f64>() / 1e6
}

fn median(at: &Path) -> Duration {
    // A verdict of whatever kind is an answer; anything else is none.
    programs::median(ROUNDS, || milegate(at, &["check"], &[0, 1, 3]))
}
