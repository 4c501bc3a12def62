//! Whose policy a change is judged by, and from where: `--policy-from`, `-C`, line ends.

mod orders;

use orders::Sample;

const STRICT: &str = "[project]\nid = \"shop\"\n[reports]\nunit = \"reports/unit.xml\"\n";
const LAX: &str = "[project]\nid = \"shop\"\n[reports]\nunit = \"new/good.xml\"\n";
const GOOD: &str = r#"<testsuite name="s" tests="1"><testcase classname="a" name="one"/></testsuite>"#;
const BAD: &str = r#"<testsuite name="s" tests="1"><testcase classname="a" name="one"><failure message="no"/></testcase></testsuite>"#;

/// The base has a strict policy; the change is on a branch.
fn shop() -> Sample {
    let sample = Sample::bare();
    sample.write("milegate.toml", STRICT).write("app/shop.py", "x = 1\n").write(".gitignore", "/reports/\n");
    sample.write("new/good.xml", GOOD).commit_as("ada", "Begin");
    sample.push().git(&["switch", "-q", "-c", "change"]);
    sample.write("reports/unit.xml", BAD);
    sample
}

const CHECK: &[&str] = &["check", "--policy-from", "origin/main"];

#[test]
fn a_change_cannot_choose_its_own_policy() {
    type Change = fn(&Sample);
    let changes: &[(&str, Change)] = &[
        ("edits", |s| _ = s.write("milegate.toml", LAX)),
        ("removes", |s| _ = s.git(&["rm", "-q", "milegate.toml"])),
        ("moves", |s| {
            s.git(&["rm", "-q", "milegate.toml"]);
            s.write(".milegate.toml", LAX);
        }),
        ("breaks", |s| _ = s.write("milegate.toml", "[project\n")),
        ("puts nearer", |s| _ = s.write("app/milegate.toml", LAX)),
    ];
    for (what, change) in changes {
        let sample = shop();
        change(&sample);
        sample.commit_as("eve", "Lower the bar");
        for folder in [".", "app"] {
            let run = sample.milegate(&[&["-C", folder], CHECK].concat());
            assert_eq!(run.code, 1, "{what} in {folder}: {}\n{}", run.out, run.err);
            let told = run.out.contains("this change") || (*what == "puts nearer" && folder == ".");
            assert!(told, "{what} in {folder}: {}", run.out);
        }
    }
}

#[test]
fn where_the_base_has_no_policy_the_changes_own_is_labelled() {
    let sample = Sample::bare();
    sample.write("shop.py", "x = 1\n").write(".gitignore", "/reports/\n").commit_as("ada", "Begin");
    sample.push().git(&["switch", "-q", "-c", "change"]);
    sample.write("milegate.toml", STRICT).commit_as("ada", "Ask for tests");
    sample.write("reports/unit.xml", GOOD);
    sample.milegate(CHECK).exits(0).says("not yet trusted");
    sample
        .milegate(&["check", "--policy-from", "origin/nowhere"])
        .exits(2)
        .says("origin/nowhere")
        .says("next:");
}

#[test]
fn outputs_are_relative_to_the_folder_it_runs_in() {
    let sample = shop();
    sample.milegate(&["-C", "app", "check", "--output", "json=out.json"]).exits(1);
    assert!(sample.work.join("app/out.json").is_file() && !sample.work.join("out.json").exists());
}

#[test]
fn other_line_ends_in_the_work_tree_are_no_change_of_the_policy() {
    let sample = shop();
    sample.write(".gitattributes", "*.toml text eol=crlf\n");
    sample.commit_as("ada", "Write TOML with other line ends");
    std::fs::remove_file(sample.work.join("milegate.toml")).unwrap();
    sample.git(&["checkout", "-q", "milegate.toml"]);
    assert!(sample.read("milegate.toml").contains("\r\n"));
    let json = sample.milegate(&["check", "--output-format", "json"]).exits(1).json();
    assert_eq!(json["policy"]["from"], "HEAD");
    assert_eq!(json["policy"]["blob"], sample.git(&["rev-parse", "HEAD:milegate.toml"]));
    sample.append("milegate.toml", "coverage = \"reports/coverage.xml\"\r\n");
    let json = sample.milegate(&["check", "--output-format", "json"]).json();
    assert_eq!(json["policy"]["from"], "work tree");
}
