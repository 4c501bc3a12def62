//! How long the burndown of a long history takes, beside `git log` over the same history.
//!
//! `cargo bench --bench burndown`. 5,000 commits in 625 days, each with another version of a checklist of
//! 200 items. Whole processes are timed, from start to exit, by turns; what counts are the ratios.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod programs;

use programs::{command, git, median, milegate};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;

const COMMITS: u64 = 5000;
const A_DAY: u64 = 8;
const ITEMS: u64 = 200;
const ROUNDS: usize = 9;

const CONFIG: &str = "[project]\nid = \"burndown\"\n[documents]\nchecklist = \"CHECKLIST.md\"\n\
    [[milestones]]\nid = \"1.0\"\nname = \"All\"\n";

fn main() {
    if cfg!(debug_assertions) {
        return println!("measured only when optimised: cargo bench --bench burndown");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    history(at);
    let log = ["log", "--first-parent", "--format=%H %ct", "--", "CHECKLIST.md"];
    let patches = ["log", "--first-parent", "--format=%H %ct", "-p", "--", "CHECKLIST.md"];
    let runs: [(&str, &dyn Fn()); 3] = [
        ("milegate burndown", &|| milegate(at, &["burndown", "1.0"], &[0])),
        ("git log, the commits", &|| drop(git(at, &log))),
        ("git log -p, the changes", &|| drop(git(at, &patches))),
    ];
    println!("{COMMITS} commits in {} days, {ITEMS} items; median of {ROUNDS}", COMMITS / A_DAY);
    let times = runs.map(|(name, run)| (name, median(ROUNDS, run).as_secs_f64()));
    for (name, seconds) in times {
        println!("{name:<24} {:>7.1} ms   {:.2} x the burndown", seconds * 1e3, seconds / times[0].1);
    }
}

/// The history, as a stream for `git fast-import`.
fn history(at: &Path) {
    git(at, &["init", "-q", "-b", "main"]);
    let mut stream = String::new();
    for n in 0..COMMITS {
        let day = n / A_DAY;
        let time = 1_700_000_000 + day * 86_400 + n % A_DAY * 600;
        let mut list = format!("# Plan, revision {n}\n\n## Milestone 1.0: All\n\n");
        for item in 0..ITEMS {
            let mark = if item * COMMITS < n * ITEMS { "x" } else { " " };
            writeln!(list, "- [{mark}] Item {item}: something that has to be done").unwrap();
        }
        let who = format!("Alice <alice@example.com> {time} +0000");
        write!(stream, "commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata 4\nStep\n").unwrap();
        if n == 0 {
            write!(stream, "M 100644 inline milegate.toml\ndata {}\n{CONFIG}\n", CONFIG.len()).unwrap();
        }
        write!(stream, "M 100644 inline CHECKLIST.md\ndata {}\n{list}\n", list.len()).unwrap();
    }
    let path = at.join("stream");
    fs::write(&path, stream).unwrap();
    let input = Stdio::from(fs::File::open(&path).unwrap());
    let done = command(at).args(["fast-import", "--quiet"]).stdin(input).status().unwrap();
    assert!(done.success());
    fs::remove_file(path).unwrap();
    git(at, &["reset", "-q", "--hard"]);
}
