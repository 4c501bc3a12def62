//! What must not be recorded, and notes that somebody damaged.

use crate::program::check_json;
use crate::project::Project;
use std::fs;

#[test]
fn red_stale_and_dirty_runs_do_not_enter() {
    let project = Project::started();
    project.change("two");
    let stale = project.run(&["baseline", "record"]).exits(3);
    assert!(stale.stderr.contains("older than"), "{}", stale.stderr);
    project.reports();
    project.repo.write("a.py", "x = 'edited'\n");
    project.reports();
    let dirty = project.run(&["baseline", "record"]).exits(5);
    assert!(dirty.stderr.contains("commit them"), "{}", dirty.stderr);
    project.repo.git(&["checkout", "-q", "a.py"]);
    let red = "<testsuites><testsuite name=\"s\" tests=\"1\"><testcase classname=\"a.T\" name=\"t0\">\
               <failure message=\"no\"/></testcase></testsuite></testsuites>";
    fs::write(project.path().join("out/unit.xml"), red).unwrap();
    project.repo.write("out/bench.json", "[{\"name\":\"parse\",\"unit\":\"ns\",\"value\":12.5}]");
    let refused = project.run(&["baseline", "record"]).exits(1);
    assert!(refused.stderr.contains("code-complete/tests failed"), "{}", refused.stderr);
    fs::remove_file(project.path().join("out/bench.json")).unwrap();
    project.run(&["baseline", "record"]).exits(3);
    project.repo.write("out/bench.json", "[{\"name\":\"parse\",\"unit\":\"ns\",\"value\":12.5}]");
    project.run(&["baseline", "record", "--accept-failed", "known, ticket 12", "--by", "alice"]).exits(0);
    let shown = project.run(&["baseline", "show", "--output-format", "json"]).exits(0).json();
    assert_eq!(shown["accepted"][0]["accept"], "**");
    assert_eq!(shown["runs"][0]["tests"]["failed"], 1);
}

#[test]
fn a_damaged_note_is_unproven_and_names_its_place() {
    let project = Project::started();
    let first = project.repo.head();
    project.change("two");
    project.reports();
    for (reference, bytes) in [
        ("milegate/tests", "{\"v\":1,\"commit\":\"cut"),
        ("milegate/benchmarks", "\u{1b}[31mnoise\n"),
        ("milegate/accepted", "{}"),
    ] {
        let before = project.repo.git(&["notes", &format!("--ref={reference}"), "list"]);
        project.repo.git(&["notes", &format!("--ref={reference}"), "add", "-f", "-m", bytes, &first]);
        let verdict = check_json(project.path(), &["--gate", "2"]).exits(3);
        assert_eq!(verdict.outcome("regression"), "unproven baseline/damaged", "{reference}");
        let message = verdict.text("regression", "message");
        assert!(message.contains(&first[..10]) && message.contains(reference), "{message}");
        assert!(message.contains("line 1"), "{message}");
        if before.is_empty() {
            project.repo.git(&["update-ref", "-d", &format!("refs/notes/{reference}")]);
        } else {
            let tip = format!("refs/notes/{reference}");
            project.repo.git(&["update-ref", &tip, &format!("{tip}~1")]);
        }
    }
    project.base();
    assert!(project.base().starts_with("no worse than"), "{}", project.base());
}

#[test]
fn hostile_names_survive_the_notes_and_act_on_nobody() {
    let project = Project::new();
    project.reports();
    let name = "a&#10;b&quot;\\&#x202e;::error::x ü";
    let unit = format!(
        "<testsuites><testsuite name=\"s\" tests=\"1\"><testcase classname=\"a.T\" name=\"{name}\"/></testsuite></testsuites>"
    );
    project.repo.write("out/unit.xml", unit);
    project
        .repo
        .write("out/bench.json", "[{\"name\":\"p\\u001b[31m\\n::x\",\"unit\":\"ns\",\"value\":1e-320}]");
    project.run(&["baseline", "record", "--init", "--run", "r\u{1b}[2J\n::stop"]).exits(0);
    let shown = project.run(&["baseline", "show", "HEAD"]).exits(0).stdout;
    assert!(!shown.contains('\u{1b}') && !shown.lines().any(|line| line.starts_with("::")), "{shown}");
    let json = project.run(&["baseline", "show", "--output-format", "json"]).exits(0).json();
    assert_eq!(json["runs"][0]["run"], "r\u{1b}[2J\n::stop");
    assert_eq!(json["runs"][0]["benchmarks"][0]["name"], "p\u{1b}[31m\n::x");
    assert_eq!(json["runs"][0]["benchmarks"][0]["value"], 1e-320);
}
