//! The progress log through the program: entries of two branches merge, the document follows, and
//! what a person wrote stays.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;

use program::{Run, milegate};
use repo::Repo;

const CONFIG: &str = r#"
[project]
id = "phase5"
name = "Phase 5"
[documents]
checklist = "CHECKLIST.md"
log = "LOG.md"
[[milestones]]
id = "5.1"
name = "Database Foundation"
"#;

const CHECKLIST: &str = "# Checklist\n\n## Milestone 5.1: Database Foundation\n\n- [x] Old\n- [ ] Connection pool (impl: src/pool.py)\n- [ ] Migrations\n";

fn project() -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG).write("CHECKLIST.md", CHECKLIST);
    repo.write("src/pool.py", "a = 1\n# no code\nb = 2\n").write("LOG.md", "# Our log\r\n\r\nProse.\r\n");
    repo.commit("Begin");
    repo
}

fn log(repo: &Repo, args: &[&str]) -> Run {
    milegate(repo.path(), &[&["log"], args].concat())
}

fn day(repo: &Repo, person: &str, date: &str, more: &[&str]) -> Run {
    log(repo, &[&["day", "--as", person, "--date", date], more].concat())
}

fn text(repo: &Repo) -> String {
    String::from_utf8(repo.read("LOG.md")).unwrap()
}

/// Why an entry is a file of its own: with `merge=union` git interleaves two appended entries as soon
/// as they have a few lines in a row in common.
#[test]
fn a_union_merge_would_garble_two_entries() {
    let repo = Repo::new();
    let entry = |who: &str| {
        format!(
            "# Log\n\n## 2026-11-23 - {who}\n\n### Completed Items\n- [x] {who}\n\n### Technical Decisions\n- none\n\n\
             ### Challenges Encountered\n- none\n\n### Next Steps\n- {who}\n"
        )
    };
    repo.write(".gitattributes", "LOG.md merge=union\n").write("LOG.md", "# Log\n");
    repo.commit("Begin");
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("LOG.md", entry("bob")).commit("Bob's");
    repo.git(&["switch", "-q", "main"]);
    repo.write("LOG.md", entry("alice")).commit("Alice's");
    repo.git(&["merge", "-q", "-m", "Merge", "topic"]);
    let merged = text(&repo);
    let whole =
        ["alice", "bob"].map(|who| merged.contains(entry(who).trim_start_matches("# Log\n\n").trim()));
    assert_ne!(whole, [true, true], "{merged}");
}

#[test]
fn entries_of_two_branches_merge_and_the_document_follows() {
    let repo = project();
    repo.git(&["switch", "-q", "-c", "topic"]);
    let said = day(&repo, "bob", "2026-11-23", &["--item", "Retries"]).exits(0);
    assert!(said.stdout.contains("LOG.md follows on main"), "{}", said.stdout);
    assert_eq!(text(&repo), "# Our log\r\n\r\nProse.\r\n");
    repo.commit("Bob's entry");
    repo.git(&["switch", "-q", "main"]);
    day(&repo, "alice", "2026-11-23", &["--item", "Pool", "--implementation", "src/pool.py"]).exits(0);
    day(&repo, "alice", "2026-11-20", &["--item", "Plan"]).exits(0);
    repo.commit("Alice's entries");
    repo.git(&["merge", "-q", "-m", "Merge", "topic"]);
    log(&repo, &["sync"]).exits(0);
    let document = text(&repo);
    assert!(
        document.starts_with("# Our log\r\n\r\nProse.\r\n\r\n## 2026-11-20 - Milestone 5.1"),
        "{document}"
    );
    assert_eq!(document.matches('\n').count(), document.matches("\r\n").count());
    let found = ["[x] Plan", "[x] Pool", "[x] Retries"].map(|words| document.find(words).unwrap());
    assert!(found.is_sorted(), "{document}");
    let item = "- [x] Pool\r\n  - Implementation file: `src/pool.py`\r\n  - Lines of code: 2\r\n  - Test coverage: not measured\r\n";
    assert!(document.contains(item), "{document}");
    assert_eq!(log(&repo, &["sync"]).exits(0).stdout, "LOG.md is up to date\n");
    assert_eq!(text(&repo), document);
}

#[test]
fn what_was_ticked_is_found_and_a_second_run_changes_nothing() {
    let repo = project();
    repo.write("CHECKLIST.md", CHECKLIST.replace("[ ] Connection", "[x] Connection"));
    for said in ["wrote", "says so already"] {
        let run = day(&repo, "alice", "2026-11-23", &["--yes"]).exits(0);
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
    let document = text(&repo);
    assert_eq!(document.matches("- [x] ").count(), 1, "{document}");
    for words in [
        "- [x] Connection pool\r\n",
        "### Technical Decisions",
        "### Challenges Encountered",
        "### Performance Metrics",
        "- Benchmark: not measured",
        "- Immediate next task: Migrations\r\n",
    ] {
        assert!(document.contains(words), "{words}: {document}");
    }
    day(&repo, "alice", "2026-11-23", &["--item", "Other"]).exits(4);
    day(&repo, "alice", "2026-11-23", &["--item", "Other", "--replace"]).exits(0);
    assert!(text(&repo).contains("- [x] Other") && !text(&repo).contains("- [x] Connection"));
}

#[test]
fn an_item_names_its_files_in_lines_below_it_or_in_notes() {
    let repo = project();
    let below = "- [x] Migrations\n  - Implementation file: `src/migrations.py`\n  - Test file: `tests/test_migrations.py`\n";
    let ticked = CHECKLIST.replace("[ ] Connection", "[x] Connection").replace("- [ ] Migrations\n", below);
    repo.write("CHECKLIST.md", ticked).write("src/migrations.py", "a = 1\n");
    day(&repo, "alice", "2026-11-23", &["--yes"]).exits(0);
    let entry = repo.read(".milegate/log/2026-11-23-5.1-database-foundation-alice.md");
    let entry = String::from_utf8(entry).unwrap();
    let pool = "- [x] Connection pool\n  - Implementation file: `src/pool.py`\n  - Lines of code: 2\n";
    let migrations = "- [x] Migrations\n  - Implementation file: `src/migrations.py`\n  - Test file: `tests/test_migrations.py`\n  - Lines of code: 1\n";
    assert!(entry.contains(pool) && entry.contains(migrations), "{entry}");
}

#[test]
fn an_edit_by_hand_stays() {
    let repo = project();
    day(&repo, "alice", "2026-11-23", &["--item", "Pool"]).exits(0);
    let edited = text(&repo).replace("- [x] Pool", "- [x] Pool, and more");
    repo.write("LOG.md", &edited);
    let run = day(&repo, "alice", "2026-11-23", &["--item", "Cache", "--replace"]).exits(0);
    assert!(run.stderr.contains("edited by hand"), "{}", run.stderr);
    assert_eq!(text(&repo), edited);
}

#[test]
fn what_is_wrong_is_refused_before_anything_is_written() {
    let repo = project();
    day(&repo, "alice", "2026-11-23", &["--item", "A", "--test", "a", "--test", "b"]).exits(2);
    day(&repo, "alice", "2026-11-23", &["--item", " "]).exits(2);
    day(&repo, "alice", "2026-11-23", &["--milestone", "9"]).exits(2);
    repo.write("day.toml", "component = \"C\"\nunknown = 1\n");
    day(&repo, "alice", "2026-11-23", &["--from", "no-such.toml"]).exits(2);
    assert!(!repo.path().join(".milegate").exists());
    repo.write(".milegate/log/2026-11-23-x.md", "<<<<<<< HEAD\n");
    log(&repo, &["sync"]).exits(5);
    assert_eq!(text(&repo), "# Our log\r\n\r\nProse.\r\n");
}
