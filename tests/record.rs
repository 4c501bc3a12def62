//! `milegate record` and `check --run` through the real program: what a record proves, and what it
//! does not bless.

#![allow(clippy::unwrap_used)]

mod orders;

use orders::{Run, Sample};
use serde_json::Value;
use std::fs;
use std::time::{Duration, SystemTime};

const CONFIG: &str = "[project]\nid = \"shop\"\n[reports]\nunit = \"reports/*.xml\"\n";
const GOOD: &str = r#"<testsuite name="s" tests="1"><testcase classname="a" name="one"/></testsuite>"#;
const BAD: &str = r#"<testsuite name="s" tests="1" failures="1"><testcase classname="a" name="one"><failure message="no"/></testcase></testsuite>"#;

/// A repository with one source and no report.
fn shop(config: &str) -> Sample {
    let sample = Sample::bare();
    sample.write("milegate.toml", config).write("shop.py", "x = 1\n").write(".gitignore", "/reports/\n");
    sample.write("README.md", "# Shop\n").write("new/unit.xml", GOOD).write("new/bad.xml", BAD);
    sample.commit_as("ada", "Begin");
    sample.push();
    sample
}

fn record(sample: &Sample, script: &str) -> Run {
    sample.milegate(&["record", "unit", "--", "sh", "-c", script])
}

/// The record of a name as it lies on the disk.
fn recorded(sample: &Sample, file: &str) -> Value {
    serde_json::from_str(&sample.read(&format!(".milegate/runs/{file}.json"))).unwrap()
}

/// The file is older by so many hours than it was.
fn age(sample: &Sample, path: &str, hours: u64) {
    let time = written(sample, path) - Duration::from_secs(hours * 3600);
    set_time(sample, path, time);
}

fn written(sample: &Sample, path: &str) -> SystemTime {
    fs::metadata(sample.work.join(path)).unwrap().modified().unwrap()
}

fn set_time(sample: &Sample, path: &str, time: SystemTime) {
    fs::File::options().append(true).open(sample.work.join(path)).unwrap().set_modified(time).unwrap();
}

fn tests_criterion(run: &Run) -> Value {
    let json = run.json();
    let gates = json["gates"].as_array().unwrap().clone();
    let mut all = gates.iter().flat_map(|g| g["criteria"].as_array().unwrap().clone());
    all.find(|c| c["id"] == "tests").unwrap()
}

const MAKE: &str = "mkdir -p reports && cp new/unit.xml reports/unit.xml";
const JSON: &[&str] = &["check", "--output-format", "json"];

#[test]
fn status_and_stdout_are_the_tools_own() {
    let sample = shop(CONFIG);
    for status in [0, 1, 2, 7, 101, 255] {
        let run =
            record(&sample, &format!("echo to stdout; echo to stderr >&2; exit {status}")).exits(status);
        assert_eq!(run.out, "to stdout\n");
        assert!(run.err.contains("to stderr\n"), "{}", run.err);
        assert_eq!(recorded(&sample, "unit")["exit_status"], status);
    }
    assert_eq!(record(&sample, "kill -9 $$").code, 137);
    // Its arguments are its own, whatever they look like.
    let run =
        sample.milegate(&["record", "unit", "--", "sh", "-c", "printf '%s|' \"$@\"", "x", "--help", "a b"]);
    assert_eq!(run.exits(0).out, "--help|a b|");
    sample.milegate(&["record", "unit", "--", "no-such-tool"]).exits(5).says("no-such-tool").says("next:");
}

#[test]
fn only_what_the_run_wrote_is_recorded() {
    let sample = shop(CONFIG);
    sample.write("reports/old.xml", GOOD);
    record(&sample, MAKE).exits(0);
    let record_1 = recorded(&sample, "unit");
    let paths: Vec<_> = record_1["reports"].as_array().unwrap().iter().map(|r| &r["path"]).collect();
    assert_eq!(paths, ["reports/unit.xml"]);
    assert_eq!(record_1["commit"], sample.head());
    // Nothing at all: said aloud, and the report that lies there is not blessed.
    age(&sample, "reports/unit.xml", 2);
    age(&sample, "reports/old.xml", 2);
    record(&sample, "true").exits(0).says("wrote no report that matches reports/*.xml");
    assert_eq!(recorded(&sample, "unit")["reports"], serde_json::json!([]));
    let criterion = tests_criterion(&sample.milegate(JSON).exits(3));
    assert_eq!((&criterion["outcome"], &criterion["code"]), (&"unproven".into(), &"report/stale".into()));
    // The same bytes written anew are written.
    fs::remove_file(sample.work.join("reports/old.xml")).unwrap();
    record(&sample, MAKE).exits(0);
    sample.milegate(&["check"]).exits(0);
}

#[test]
fn a_record_says_more_than_file_times() {
    let sample = shop(CONFIG);
    record(&sample, MAKE).exits(0);
    // Restored from a cache, say: older than the sources, and proven by digest.
    age(&sample, "reports/unit.xml", 2);
    sample.milegate(&["check"]).exits(0);
    // Touched, but of other content than the recorded sources: newer, and stale.
    sample.append("shop.py", "y = 2\n");
    sample.commit_as("ada", "Change a source");
    sample.push();
    set_time(&sample, "reports/unit.xml", written(&sample, "shop.py") + Duration::from_secs(60));
    let criterion = tests_criterion(&sample.milegate(JSON).exits(3));
    assert_eq!(criterion["code"], "report/stale");
    assert!(criterion["next_step"].as_str().unwrap().contains("again"), "{criterion:#}");
    record(&sample, MAKE).exits(0);
    sample.milegate(&["check"]).exits(0);
    // An uncommitted change is other content as well; taking it back is not.
    sample.append("shop.py", "z = 3\n");
    sample.milegate(&["check"]).exits(3);
    sample.git(&["checkout", "-q", "shop.py"]);
    sample.milegate(&["check"]).exits(0);
}

#[test]
fn a_commit_that_touches_no_source_costs_no_run() {
    let sample = shop(CONFIG);
    record(&sample, MAKE).exits(0);
    sample.append("README.md", "More.\n").write("docs/guide.md", "# Guide\n");
    sample.commit_as("ada", "Write documents");
    sample.push();
    sample.milegate(&["check"]).exits(0);
    // Without the record file times decide, and say the same.
    fs::remove_file(sample.work.join(".milegate/runs/unit.json")).unwrap();
    sample.milegate(&["check"]).exits(0);
}

#[test]
fn a_damaged_record_is_not_the_same_as_none() {
    let sample = shop(CONFIG);
    record(&sample, MAKE).exits(0);
    let text = sample.read(".milegate/runs/unit.json");
    sample.write(".milegate/runs/unit.json", &text[..text.len() / 2]);
    let criterion = tests_criterion(&sample.milegate(JSON).exits(3));
    assert_eq!(
        (&criterion["outcome"], &criterion["code"]),
        (&"unproven".into(), &"report/damaged-record".into())
    );
    assert!(criterion["next_step"].as_str().unwrap().contains(".milegate/runs/unit.json"), "{criterion:#}");
    record(&sample, MAKE).exits(0);
    sample.milegate(&["check"]).exits(0);
}

#[test]
fn a_tool_that_edits_sources_does_not_bless_its_edits() {
    let sample = shop(CONFIG);
    record(&sample, &format!("{MAKE}; echo 'y = 2' >> shop.py")).exits(0);
    sample.milegate(&["check"]).exits(3);
}

const COMMANDS: &str = r#"
[[commands]]
name = "unit tests"
run = ["sh", "-c", "echo noise; mkdir -p reports && cp new/unit.xml reports/unit.xml"]
writes = ["unit"]
[[commands]]
name = "more"
run = ["sh", "-c", "cp new/${MORE:-unit}.xml reports/more.xml; test ${MORE:-unit} = unit"]
writes = ["more"]
"#;

#[test]
fn configured_commands_are_run_recorded_and_judged() {
    let config = format!("{}more = \"reports/more.xml\"\n{COMMANDS}", CONFIG.replace("*.xml", "unit.xml"));
    let sample = shop(&config);
    sample.milegate(&["check"]).exits(3);
    let run = sample.milegate(&[JSON, &["--run"]].concat()).exits(0);
    assert_eq!(tests_criterion(&run)["outcome"], "passed");
    assert!(run.err.contains("running unit tests: sh -c") && run.err.contains("noise"), "{}", run.err);
    assert_eq!(recorded(&sample, "more")["exit_status"], 0);
    assert_eq!(recorded(&sample, "more")["name"], "more");
    assert_eq!(fs::read_dir(sample.work.join(".milegate/runs")).unwrap().count(), 3);
    // By name, without repeating the command.
    sample.milegate(&["record", "more"]).exits(0);
    sample.milegate(&["record", "unit tests"]).exits(0);

    let run = Run::of(sample.program(&[JSON, &["--run"]].concat()).env("MORE", "bad").output().unwrap());
    let run = run.exits(1).says("more exited with 1");
    assert_eq!(tests_criterion(&run)["outcome"], "failed");
    assert_eq!(recorded(&sample, "more")["exit_status"], 1);
}

#[test]
fn a_failing_tool_with_a_clean_report_is_not_a_pass() {
    let sample = shop(CONFIG);
    record(&sample, &format!("{MAKE}; exit 1")).exits(1);
    assert_ne!(sample.milegate(&["check"]).code, 0);
}

#[test]
fn what_cannot_be_recorded_is_a_mistake_on_the_command_line() {
    let sample = shop(CONFIG);
    sample.milegate(&["record", "unti", "--", "true"]).exits(2).says("unit").says("next:");
    sample.milegate(&["record", "unit"]).exits(2).says("no command to run").says("next:");
    sample.milegate(&["record"]).exits(2);
    sample.milegate(&["check", "--run"]).exits(2).says("[[commands]]");
    assert!(!sample.work.join(".milegate").exists());
}

#[test]
fn the_exit_status_of_an_old_run_is_not_that_of_a_new_report() {
    let config = "[project]\nid = \"shop\"\n[reports]\nflake8 = { path = \"reports/flake8.txt\", format = \
                  \"flake8-text\", exit-status = \"reports/flake8.status\" }\n";
    let sample = shop(config);
    sample.write("reports/flake8.txt", "").write("reports/flake8.status", "0\n");
    let outcome = |run: &Run| {
        let json = run.json();
        let all = json["gates"][0]["criteria"].as_array().unwrap().clone();
        all.iter().find(|c| c["id"] == "lint").unwrap().clone()
    };
    assert_eq!(outcome(&sample.milegate(JSON))["outcome"], "passed");
    // An empty report says nothing by itself: the status has to be of the same run.
    age(&sample, "reports/flake8.status", 2);
    let lint = outcome(&sample.milegate(JSON).exits(3));
    assert_eq!((&lint["outcome"], &lint["code"]), (&"unproven".into(), &"report/stale".into()), "{lint:#}");
    assert!(lint["message"].as_str().unwrap().contains("flake8.status"), "{lint:#}");
    sample.milegate(&["record", "flake8", "--", "sh", "-c", ": > reports/flake8.txt"]).exits(0);
    assert_eq!(outcome(&sample.milegate(JSON))["outcome"], "passed");
}
