//! The ratchet file: figures that hold, that are worse, that were lowered, raised and taken out.

use crate::project::{CONFIG, Project, reports};

const FILE: &str = "milegate.ratchet.toml";

/// A project without a history, whose file asks for two tests, on a branch of its own.
fn ratcheted() -> Project {
    let project = Project::new();
    project.repo.write("milegate.toml", CONFIG.replace("[baseline]", ""));
    project.repo.write(FILE, figure(">= 2", "as it was found", "2026-11-01"));
    project.repo.commit("Ratchet");
    project.repo.git(&["push", "-q", "origin", "main"]);
    project.repo.git(&["checkout", "-q", "-b", "feature"]);
    project.reports();
    project
}

fn figure(at: &str, reason: &str, date: &str) -> String {
    format!(
        "# ours\n[[figures]]\nname = \"tests.total\"\nat = \"{at}\"\nreason = \"{reason}\"\ndate = {date}\nby = \"alice\"\n"
    )
}

fn judged(project: &Project) -> (String, Vec<String>) {
    let verdict = project.check();
    (verdict.outcome("regression"), verdict.details("regression"))
}

#[test]
fn a_figure_holds_or_fails_at_its_line() {
    let project = ratcheted();
    assert_eq!(judged(&project), ("passed regression/passed".to_owned(), vec![]));
    reports(project.path(), 1, 12.5);
    let want = format!("{FILE}:3 tests.total is 1, and was >= 2 on 2026-11-01 (as it was found)");
    assert_eq!(judged(&project), ("failed regression/ratchet".to_owned(), vec![want]));
}

#[test]
fn whoever_lowers_a_figure_says_why_and_when() {
    let project = ratcheted();
    reports(project.path(), 1, 12.5);
    for (reason, date) in
        [("as it was found", "2026-11-01"), ("another", "2026-11-01"), ("as it was found", "2026-11-02")]
    {
        project.repo.write(FILE, figure(">= 1", reason, date));
        let (outcome, details) = judged(&project);
        assert_eq!(outcome, "failed regression/ratchet");
        let want = format!(
            "{FILE}:3 tests.total was lowered from >= 2 to >= 1 without a new reason and a later date"
        );
        assert_eq!(details, [want]);
    }
    project.repo.write(FILE, figure(">= 1", "merged two tests", "2026-11-02"));
    assert_eq!(judged(&project).0, "passed regression/passed");
    // Taken out, it is lowered without a word.
    for text in ["", "# nothing\n"] {
        project.repo.write(FILE, text);
        let (outcome, details) = judged(&project);
        assert_eq!(outcome, "failed regression/ratchet", "{text}");
        assert_eq!(details, [format!("{FILE} tests.total (>= 2) was taken out, and is still measured")]);
    }
    project.repo.remove(FILE);
    assert_eq!(judged(&project).0, "failed regression/ratchet");
}

#[test]
fn what_no_report_measures_and_what_cannot_be_read_is_unproven() {
    let project = ratcheted();
    project.repo.write(
        FILE,
        figure(">= 2", "a", "2026-11-02")
            + &figure("<= 20 ns", "b", "2026-11-02").replace("tests.total", "benchmark:parse"),
    );
    assert_eq!(judged(&project).0, "passed regression/passed");
    project.repo.write(
        FILE,
        figure(">= 2", "a", "2026-11-02")
            + &figure("<= 20 ns", "b", "2026-11-02").replace("tests.total", "benchmark:gone"),
    );
    let (outcome, details) = judged(&project);
    assert_eq!(outcome, "unproven regression/ratchet");
    assert_eq!(details, [format!("{FILE}:10 no report measures benchmark:gone")]);
    project.repo.write(FILE, "[[figures]]\nname = \"tests.totl\"\n");
    let verdict = project.check();
    assert_eq!(verdict.outcome("regression"), "unproven regression/ratchet");
    assert!(
        verdict.text("regression", "message").contains("milegate.ratchet.toml"),
        "{:?}",
        verdict.reasons()
    );
}

#[test]
fn the_command_raises_what_is_better_and_starts_a_file() {
    let project = ratcheted();
    reports(project.path(), 5, 12.5);
    let shown = project.run(&["baseline", "ratchet"]).exits(0).stdout;
    assert!(shown.contains("+at = \">= 5\""), "{shown}");
    assert_eq!(project.repo.read(FILE), figure(">= 2", "as it was found", "2026-11-01").as_bytes());
    project.run(&["baseline", "ratchet", "--write"]).exits(0);
    assert_eq!(project.repo.read(FILE), figure(">= 5", "as it was found", "2026-11-01").as_bytes());
    let fresh = Project::new();
    fresh.reports();
    fresh.run(&["baseline", "ratchet", "--write", "--by", "bob"]).exits(0);
    let text = String::from_utf8(fresh.repo.read(FILE)).unwrap();
    assert!(
        text.contains("name = \"tests.passed\"\nat = \">= 2\"") && text.contains("by = \"bob\""),
        "{text}"
    );
}
