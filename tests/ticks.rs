//! Checklist and burndown through the program: counted, verified, ticked, drawn; nothing else touched.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;

use milegate::documents::tick;
use milegate::model::checklist::ItemState;
use milegate::readers::checklist;
use program::{Run, milegate};
use proptest::prelude::*;
use repo::Repo;

const CONFIG: &str = r#"
[project]
id = "phase5"
name = "Phase 5"
[documents]
checklist = "CHECKLIST.md"
status = "STATUS.md"
[[milestones]]
id = "5.1"
name = "Database Foundation"
[[milestones]]
id = "5.2"
name = "Repository Layer"
[reports]
unit = "reports/unit.xml"
coverage = "reports/coverage.xml"
"#;

const CHECKLIST: &str = "# Plan\r\n\r\n## Milestone 5.1: Database Foundation\r\n\r\n\
    - [ ] Connection pool 🚀\r\n  - Implementation file: `app/pool.py`\r\n  - Test file: `tests/test_pool.py`\r\n\
    - [x] Migrations\r\n- [ ] Datenbank prüfen (in progress)\r\n```\r\n- [ ] no item\r\n```\r\n\r\n\
    ## Milestone 5.2: Repository Layer\r\n1. [ ] Repository\n\t* [X] Interface\n";

const TESTS: &str = r#"<testsuites><testsuite name="pytest" tests="2" failures="1" errors="0" skipped="0" time="0.1">
<testcase classname="tests.test_pool" name="test_f" time="0.01"/>
<testcase classname="tests.test_other" name="test_g" time="0.01"><failure message="no">x</failure></testcase>
</testsuite></testsuites>"#;

fn coverage(second: u32) -> String {
    format!(
        r#"<?xml version="1.0" ?>
<coverage version="7.6.1" timestamp="1" lines-valid="2" lines-covered="{}" line-rate="1" branches-covered="0" branches-valid="0" branch-rate="0" complexity="0">
<sources><source>.</source></sources><packages><package name="app" line-rate="1" branch-rate="0" complexity="0"><classes>
<class name="pool.py" filename="app/pool.py" complexity="0" line-rate="1" branch-rate="0"><methods/><lines>
<line number="1" hits="1"/><line number="2" hits="{second}"/></lines></class></classes></package></packages></coverage>"#,
        1 + second
    )
}

fn project(second: u32) -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG).write("CHECKLIST.md", CHECKLIST);
    repo.write("app/pool.py", "def f():\n    return 1\n")
        .write("tests/test_pool.py", "def test_f():\n    pass\n");
    repo.write(".gitignore", "reports/\n").commit("Begin");
    repo.git(&["config", "user.email", "alice@example.com"]);
    repo.write("reports/unit.xml", TESTS).write("reports/coverage.xml", coverage(second));
    repo
}

fn run(repo: &Repo, args: &[&str]) -> Run {
    milegate(repo.path(), args)
}

fn list(repo: &Repo) -> String {
    String::from_utf8(repo.read("CHECKLIST.md")).unwrap()
}

#[test]
fn an_item_names_its_files_in_lines_below_it_or_in_notes() {
    let repo = project(1);
    let json = |repo: &Repo| run(repo, &["tick", "pool", "--dry-run", "--output-format", "json"]).json();
    let lines = json(&repo);
    assert_eq!((&lines["implementation"], &lines["guessed"]), (&"app/pool.py".into(), &false.into()));
    let start = CHECKLIST.find("\r\n  - Implementation").unwrap();
    let end = CHECKLIST.find("\r\n- [x] Migrations").unwrap();
    let mut noted = CHECKLIST.to_owned();
    noted.replace_range(start..end, " (impl: app/pool.py) (test: `tests/test_pool.py`)");
    repo.write("CHECKLIST.md", noted).commit("Name the files in notes");
    let notes = json(&repo);
    for key in ["implementation", "test", "guessed", "exit_code"] {
        assert_eq!(notes[key], lines[key], "{key}");
    }
}

#[test]
fn progress_divides_by_all_items() {
    let repo = project(1);
    let json = run(&repo, &["progress", "--output-format", "json"]).exits(0).json();
    assert_eq!(
        (&json["total"], &json["completed"], &json["percentage"]),
        (&5.into(), &2.into(), &40.0.into())
    );
    let first = &json["milestones"][0];
    assert_eq!((&first["id"], &first["total"], &first["in_progress"]), (&"5.1".into(), &3.into(), &1.into()));
    assert_eq!(json["milestones"][1]["percentage"], 50.0);
    let text = run(&repo, &["progress", "5.1"]).exits(0).stdout;
    assert!(text.contains("33.3%") && text.contains("1 of 3, 1 in progress"), "{text}");
    repo.write("CHECKLIST.md", "# Plan\n");
    run(&repo, &["progress"]).exits(3);
    run(&repo, &["progress", "5.9"]).exits(2);
}

#[test]
fn an_item_is_ticked_when_everything_holds() {
    let repo = project(1);
    // The failing test stands in another file; what nobody configured is vouched for.
    let refused = run(&repo, &["tick", "5.1/1"]).exits(3);
    assert!(refused.stdout.contains("✓ Unit tests written and passing"), "{}", refused.stdout);
    assert_eq!(list(&repo), CHECKLIST);
    let tried = run(&repo, &["tick", "connection pool", "--attest", "all", "--dry-run"]).exits(0);
    assert!(tried.stdout.contains("would be done"), "{}", tried.stdout);
    assert_eq!(list(&repo), CHECKLIST);
    let json = run(&repo, &["tick", "5.1/1", "--attest", "all", "--output-format", "json"]).exits(0).json();
    assert_eq!(
        (&json["state"], &json["changed"], &json["test"]),
        (&"done".into(), &true.into(), &"tests/test_pool.py".into())
    );
    assert_eq!(list(&repo), CHECKLIST.replacen("- [ ] Connection", "- [x] Connection", 1));
    let again = run(&repo, &["tick", "5.1/1"]).exits(0);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
    run(&repo, &["tick", "5.1/1", "--untick"]).exits(0);
    assert_eq!(list(&repo), CHECKLIST);
}

#[test]
fn nobodys_word_mends_a_failure() {
    let repo = project(0);
    let run_ = run(&repo, &["tick", "5.1/1", "--attest", "all"]).exits(1);
    assert!(run_.flat().contains("unit-coverage") && run_.flat().contains("50.0%"), "{}", run_.stdout);
    run(&repo, &["tick", "5.1/1", "--attest", "unit-coverage"]).exits(1);
    run(&repo, &["tick", "5.1/1", "--attest", "unit-covrage"]).exits(2);
    repo.write(
        "reports/unit.xml",
        TESTS
            .replace("tests.test_pool", "tests.test_x")
            .replace("<failure message=\"no\">x</failure>", "")
            .replace("failures=\"1\"", "failures=\"0\""),
    );
    let none = run(&repo, &["tick", "5.1/1"]);
    assert!(none.flat().contains("no test in the reports is known to stand in"), "{}", none.stdout);
    let unknown = run(&repo, &["tick", "5.2/1"]);
    assert!(unknown.flat().contains("the item names no implementation file"), "{}", unknown.stdout);
    assert_eq!(list(&repo), CHECKLIST);
}

#[test]
fn marks_change_nothing_else() {
    let repo = project(1);
    run(&repo, &["tick", "5.1/1", "--block", "no server (yet)"]).exits(0);
    let blocked = CHECKLIST.replacen("pool 🚀", "pool 🚀 (blocked: no server (yet))", 1);
    assert_eq!(list(&repo), blocked);
    run(&repo, &["tick", "5.1/1", "--block", "no server (yet)"]).exits(0);
    assert_eq!(list(&repo), blocked);
    run(&repo, &["tick", "5.1/1", "--start"]).exits(0);
    assert_eq!(list(&repo), CHECKLIST.replacen("pool 🚀", "pool 🚀 (in progress)", 1));
    for reason in ["a) b", "(a", " "] {
        let refused = run(&repo, &["tick", "5.1/1", "--block", reason]).exits(2);
        assert!(refused.stderr.contains("--block"), "{}", refused.stderr);
    }
    run(&repo, &["tick", "5.1/2", "--start"]).exits(2);
    let many = run(&repo, &["tick", "i", "--start"]).exits(2);
    assert!(many.stderr.contains("could be"), "{}", many.stderr);
    run(&repo, &["tick", "no such item"]).exits(2);
}

fn commit_on(repo: &Repo, day: &str, done: usize, open: usize) {
    let items = "- [x] a\n".repeat(done) + &"- [ ] b\n".repeat(open);
    repo.write(
        "CHECKLIST.md",
        format!("## Milestone 5.1: Database Foundation\n\n{items}\n## Milestone 5.2: R\n- [ ] c\n"),
    );
    repo.git(&["add", "-A"]);
    let date = format!("{day}T12:00:00+0000");
    repo.git_env(
        &[("GIT_COMMITTER_DATE", &date), ("GIT_AUTHOR_DATE", &date)],
        &["commit", "-q", "-m", "Tick"],
    );
}

/// The table of the request, with its numbers on days of their own.
fn burned() -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG);
    for (day, done, open) in [("02", 0, 20), ("03", 2, 18), ("04", 5, 15), ("06", 8, 14), ("07", 22, 0)] {
        commit_on(&repo, &format!("2026-03-{day}"), done, open);
    }
    repo
}

#[test]
fn the_burndown_is_that_of_the_commits() {
    let repo = burned();
    let shown = run(&repo, &["burndown", "5.1", "--output-format", "markdown"]).exits(0).stdout;
    let expected = "## Milestone 5.1: Database Foundation Burndown\n\n\
        | Date | Remaining Items | Completed Today | Blockers |\n\
        |------|-----------------|-----------------|----------|\n\
        | 2026-03-02 | 20 | 0 | None |\n| 2026-03-03 | 18 | 2 | None |\n| 2026-03-04 | 15 | 3 | None |\n\
        | 2026-03-05 | 15 | 0 | None |\n| 2026-03-06 | 14 | 3 | None |\n| 2026-03-07 | 0 | 14 | None |\n\n\
        0 of 22 items remain on 2026-03-07. No forecast: nothing is left.\n\n\
        - 2026-03-06: scope +2 (20 to 22 items)\n";
    assert_eq!(shown, expected);
    let mermaid =
        run(&repo, &["burndown", "5.1", "--output-format", "mermaid", "--due", "2026-03-12"]).exits(0).stdout;
    assert!(mermaid.contains("    line [20, 18, 15, 15, 14, 0]\n    line [20, 20, 20, 20, 22, 22]\n    line [20.0, 18.0, 16.0, 14.0, 12.0, 10.0]\n"), "{mermaid}");
    let picture = repo.beside("b.svg");
    run(&repo, &["burndown", "5.1", "--svg", picture.to_str().unwrap()]).exits(0);
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(
        svg.starts_with("<svg ")
            && svg.contains("role=\"img\"")
            && svg.contains("prefers-color-scheme: dark")
    );
    run(&repo, &["burndown", "5.9"]).exits(2);
}

#[test]
fn a_shallow_clone_says_that_it_is_one() {
    let repo = burned();
    let clone = repo.clone_to("shallow", &["--depth", "2"]);
    let run =
        milegate(&clone, &["burndown", "5.1", "--due", "2026-04-01", "--output-format", "json"]).exits(0);
    let json = run.json();
    assert!(json["notices"][0].as_str().unwrap().contains("shallow"), "{json:#}");
    assert_eq!((&json["due"], json["days"].as_array().unwrap().len()), (&serde_json::Value::Null, 2));
}

/// Pieces of checklists as people write them.
fn piece() -> impl Strategy<Value = String> {
    let item = (
        prop_oneof![
            Just("- "),
            Just("* "),
            Just("+ "),
            Just("1. "),
            Just("2) "),
            Just("  - "),
            Just("\t- "),
            Just("    * ")
        ],
        prop_oneof![Just("[ ]"), Just("[x]"), Just("[X]")],
        prop_oneof![
            Just(" a"),
            Just(" prüfe (alles)"),
            Just(" 数据库 🚀"),
            Just(" `code`"),
            Just(" a  "),
            Just(" **b** (in progress)"),
            Just(" c *(blocked: x (y))*."),
            Just(" d <!-- e -->"),
            Just(" f (blocked: g) <!-- h -->"),
            Just("\ti")
        ],
    );
    let item = item.prop_map(|(bullet, mark, text)| format!("{bullet}{mark}{text}"));
    let other = prop_oneof![
        Just(""),
        Just("## Milestone 5.1: A"),
        Just("```\n- [ ] fake\n```"),
        Just("> - [ ] quoted"),
        Just("<!-- - [ ] no -->"),
        Just("text"),
        Just("| a |\n|---|\n| [ ] |"),
        Just("  continued")
    ];
    prop_oneof![3 => item, 1 => other.prop_map(str::to_owned)]
}

/// The pieces on lines with these ends, with a mark at the start or none.
fn document() -> impl Strategy<Value = String> {
    let lines = proptest::collection::vec((piece(), prop_oneof![Just("\n"), Just("\r\n")]), 1..14);
    (lines, any::<bool>()).prop_map(|(lines, bom)| {
        let text: String = lines.iter().map(|(line, end)| line.replace('\n', end) + end).collect();
        format!("{}{text}", if bom { "\u{feff}" } else { "" })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn only_the_item_changes(text in document(), pick in any::<prop::sample::Index>(), state in 0..4) {
        let Ok(old) = checklist::read(text.as_bytes()) else { return Ok(()) };
        prop_assume!(!old.items.is_empty());
        let index = pick.index(old.items.len());
        let state = [ItemState::Done, ItemState::Open, ItemState::InProgress, ItemState::Blocked("no (b)".into())][state as usize].clone();
        let new = match tick::set(&text, index, &state) {
            Ok(new) => new,
            // A note could be read as something else; a box can always be ticked.
            Err(error) => {
                prop_assert!(state != ItemState::Done, "{}", error);
                return Ok(());
            }
        };
        let read = checklist::read(new.as_bytes()).unwrap();
        prop_assert_eq!(&read.items[index].state, &state);
        prop_assert_eq!(tick::set(&new, index, &state).unwrap(), new.clone());
        // Before the box nothing changes, and nothing from the next item on.
        let mark = old.items[index].mark.start;
        prop_assert_eq!(&new[..=mark], &text[..=mark]);
        let tail = old.items.get(index + 1).map_or("", |next| &text[next.mark.start..]);
        prop_assert!(new.ends_with(tail));
        let ends = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
        prop_assert_eq!(ends(&new), ends(&text));
    }
}
