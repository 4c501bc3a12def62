//! The weekly summary and the standup through the program: out of days, history and registers, merged
//! from two branches, and never over a person's words.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;

use program::{Run, command, milegate, run};
use repo::Repo;
use std::path::Path;

const CONFIG: &str = r#"
[project]
id = "phase5"
name = "Phase 5"
[documents]
checklist = "CHECKLIST.md"
status = "STATUS.md"
log = "LOG.md"
[[milestones]]
id = "5.1"
name = "Database Foundation"
[[milestones]]
id = "5.2"
name = "Repository Layer"
[[milestones]]
id = "5.3"
name = "Caching"
[people.bob]
emails = ["bob@example.com"]
"#;

const CHECKLIST: &str = "# Checklist\n\n## Milestone 5.1: Database Foundation\n\n- [x] Old\n- [ ] Connection pool\n\
    - [ ] Migrations\n\n## Milestone 5.2: Repository Layer\n\n- [ ] Save orders (blocked: no test machine; since 2025-11-12)\n\n\
    ## Milestone 5.3: Caching\n\n- [ ] Keys\n";

const STATUS: &str = "# Status\n\n## Milestone Status\n\n### Milestone 5.2: Repository Layer\n- **Status**: Blocked\n\
    - **Blocking Issues**:\n  - No access to the test database - operations grants it (dependency, since 2025-11-14 08:15 UTC)\n\n\
    ## Risk Register\n\n### Active Risks\n\n1. **Risk**: Broadcasts slow down\n   - **Severity**: Medium\n\
    \x20  - **Impact**: Screens lag behind\n   - **Mitigation**: Benchmark each change\n\n\
    ## Resource Needs\n\n- [ ] A test machine (since 2025-11-13 09:00 UTC, due 2025-11-28)\n- [x] A licence\n";

/// What follows from the week of 2025-11-17, counted by hand.
const WEEK: &str = "## Week of 2025-11-17 - Weekly Summary

### Milestone Progress
- Milestone 5.1: 2/3 items - 66.6% complete
- Milestone 5.2: 0/1 items - 0% complete
- Milestone 5.3: 0/1 items - 0% complete
- Overall Phase 5: 2/5 items - 40% complete

### Key Achievements
1. Retries (Milestone 5.1)
2. Connection pool (Milestone 5.1)

### Blockers and Risks
1. Blocker: No access to the test database
   - Impact: Milestone 5.2; 5.3 waits for it
   - Mitigation: operations grants it
   - ETA: not said
2. Blocker: Locks
   - Impact: Milestone 5.1; 5.2, 5.3 wait for it
   - Mitigation: needed: a bigger machine
   - ETA: not said
3. Blocker: Save orders (no test machine)
   - Impact: Milestone 5.2; 5.3 waits for it
   - Mitigation: not said
   - ETA: not said
4. Risk: Broadcasts slow down (Medium)
   - Impact: Screens lag behind
   - Mitigation: Benchmark each change
   - ETA: not said

### Next Week's Goals
1. Complete Milestone 5.1: Database Foundation (1 item left)
2. Begin Milestone 5.2: Repository Layer
3. Resolve: No access to the test database
4. Resolve: Locks

### Resource Needs
- [ ] A test machine (due 2025-11-28)
";

fn commit(repo: &Repo, (name, email): (&str, &str), date: &str, message: &str) {
    repo.git(&["add", "-A"]);
    let env = [
        ("GIT_AUTHOR_NAME", name),
        ("GIT_AUTHOR_EMAIL", email),
        ("GIT_AUTHOR_DATE", date),
        ("GIT_COMMITTER_DATE", date),
    ];
    repo.git_env(&env, &["commit", "-q", "--allow-empty", "-m", message]);
}

const ALICE: (&str, &str) = ("alice", "alice@example.com");
const BOB: (&str, &str) = ("Bob B.", "Bob@example.com");

/// A week's work: entries of two days, a tick on Wednesday, and another one in the week after.
fn project() -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG).write("CHECKLIST.md", CHECKLIST).write("STATUS.md", STATUS);
    commit(&repo, ALICE, "2025-11-14T10:00:00Z", "Begin");
    let ticked = CHECKLIST.replace("[ ] Connection", "[x] Connection");
    repo.write("CHECKLIST.md", &ticked);
    commit(&repo, ALICE, "2025-11-19T10:00:00Z", "Connect the pool");
    repo.write(
        "day.toml",
        "date = \"2025-11-20\"\nitems = [{ text = \"Retries\" }]\nnext = \"Write the migrations\"\nestimate = \"Tuesday\"\n\
         challenges = [{ text = \"Locks\", status = \"Blocked\", blocker = \"a bigger machine\" }, { text = \"Slow\", resolution = \"an index\" }]\n",
    );
    log(&repo, &["day", "--as", "alice", "--from", "day.toml"]).exits(0);
    log(&repo, &["day", "--as", "bob", "--date", "2025-11-13", "--item", "Before the week"]).exits(0);
    repo.remove("day.toml");
    commit(&repo, ALICE, "2025-11-20T17:00:00Z", "Write the log");
    repo.write("CHECKLIST.md", ticked.replace("[ ] Migrations", "[x] Migrations"));
    repo.write("STATUS.md", STATUS.replace("[ ] A test", "[x] A test"));
    commit(&repo, BOB, "2025-11-24T09:00:00Z", "Migrate");
    repo
}

fn log(repo: &Repo, args: &[&str]) -> Run {
    milegate(repo.path(), &[&["log"], args].concat())
}

fn week(repo: &Repo, person: &str, more: &[&str]) -> Run {
    log(repo, &[&["week", "--week", "2025-11-19", "--as", person], more].concat())
}

fn text(repo: &Repo, path: &str) -> String {
    String::from_utf8(repo.read(path)).unwrap()
}

const ENTRY: &str = ".milegate/log/2025-11-21-week-alice.md";

#[test]
fn a_week_that_is_over_is_summed_up_as_it_was_at_its_end() {
    let repo = project();
    let shown = week(&repo, "alice", &["--dry-run"]).exits(0);
    assert_eq!(shown.stdout, WEEK);
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    week(&repo, "alice", &[]).exits(0);
    assert_eq!(text(&repo, ENTRY), WEEK);
    // Behind the days of the week, in front of later ones.
    log(&repo, &["day", "--as", "alice", "--date", "2025-11-24", "--item", "Later"]).exits(0);
    let document = text(&repo, "LOG.md");
    let found =
        ["- [x] Before", "- [x] Retries", "## Week of", "- [x] Later"].map(|w| document.find(w).unwrap());
    assert!(found.is_sorted(), "{document}");
}

#[test]
fn this_week_is_summed_up_as_it_stands() {
    let repo = project();
    repo.write("CHECKLIST.md", "# L\n\n## Milestone 5.1: Database\n\n- [x] Only one\n");
    let shown = log(&repo, &["week", "--as", "alice", "--dry-run"]).exits(0).stdout;
    assert!(shown.contains("- Milestone 5.1: 1/1 items - 100% complete\n"), "{shown}");
    assert!(
        shown
            .contains("1. Complete Milestone 5.1: Database Foundation (no item is left: the gates decide)\n")
    );
    assert!(
        shown.contains("- Milestone 5.3: no item yet\n") && shown.contains("### Resource Needs\n- None\n"),
        "{shown}"
    );
    repo.remove("CHECKLIST.md");
    log(&repo, &["week", "--as", "alice"]).exits(3);
}

#[test]
fn a_person_adds_or_replaces() {
    let repo = project();
    let more = [
        "--achievement",
        "First light",
        "--goal",
        "Show it",
        "--blocker",
        "5.2/1",
        "--eta",
        "2025-11-28",
        "--blocker",
        "Rain",
        "--dry-run",
    ];
    let shown = week(&repo, "alice", &more).exits(0).stdout;
    for words in [
        "### Key Achievements\n1. First light\n2. Retries (Milestone 5.1)\n3. Connection",
        "### Next Week's Goals\n1. Show it\n2. Complete Milestone 5.1",
        "1. Blocker: Rain\n   - Impact: not said",
        "2. Blocker: No access to the test database\n   - Impact: Milestone 5.2; 5.3 waits for it\n   - Mitigation: operations grants it\n   - ETA: 2025-11-28\n",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    repo.write(
        "week.json",
        r#"{"week": "2025-11-20", "achievements": ["One"], "goals": ["Two"], "only": true, "blockers": [{"kind": "risk", "text": "Snow", "eta": "May"}]}"#,
    );
    let shown = log(&repo, &["week", "--from", "week.json", "--dry-run"]).exits(0).stdout;
    for words in [
        "### Key Achievements\n1. One\n\n",
        "### Next Week's Goals\n1. Two\n\n",
        "### Blockers and Risks\n1. Risk: Snow\n   - Impact: not said\n   - Mitigation: not said\n   - ETA: May\n\n",
        "- [ ] A test machine",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn a_week_is_summed_up_once() {
    let repo = project();
    week(&repo, "alice", &[]).exits(0);
    let before = text(&repo, "LOG.md");
    assert!(week(&repo, "alice", &[]).exits(0).stdout.contains("says so already"));
    week(&repo, "alice", &["--goal", "More"]).exits(4);
    assert!(week(&repo, "bob", &[]).exits(4).stderr.contains(ENTRY));
    assert_eq!(text(&repo, "LOG.md"), before);
    week(&repo, "bob", &["--goal", "More", "--replace"]).exits(0);
    assert!(text(&repo, ENTRY).contains("1. More\n") && text(&repo, "LOG.md").contains("1. More\n"));
    // A person's words in the log stay.
    let edited = text(&repo, "LOG.md").replace("1. More", "1. Much more");
    repo.write("LOG.md", &edited);
    let said = week(&repo, "alice", &["--replace"]).exits(0);
    assert!(said.stderr.contains("edited by hand"), "{}", said.stderr);
    assert_eq!(text(&repo, "LOG.md"), edited);
    // And so does a summary that somebody wrote there.
    let repo = project();
    let own = text(&repo, "LOG.md") + "\n## Week of 2025-11-17 - my summary\n\nIt rained.\n";
    repo.write("LOG.md", &own);
    assert!(week(&repo, "alice", &[]).exits(4).stderr.contains("LOG.md"));
    assert_eq!(text(&repo, "LOG.md"), own);
    assert!(!repo.path().join(ENTRY).exists());
}

#[test]
fn summaries_of_two_branches_merge() {
    let repo = project();
    repo.git(&["switch", "-q", "-c", "topic"]);
    assert!(week(&repo, "bob", &["--goal", "By bob"]).exits(0).stdout.contains("LOG.md follows on main"));
    log(&repo, &["day", "--as", "bob", "--date", "2025-11-21", "--item", "Bob's"]).exits(0);
    commit(&repo, BOB, "2025-11-24T10:00:00Z", "Sum up");
    repo.git(&["switch", "-q", "main"]);
    week(&repo, "alice", &["--goal", "By alice"]).exits(0);
    log(&repo, &["day", "--as", "alice", "--date", "2025-11-21", "--item", "Alice's"]).exits(0);
    commit(&repo, ALICE, "2025-11-24T11:00:00Z", "Sum up");
    repo.git(&["merge", "-q", "-m", "Merge", "topic"]);
    log(&repo, &["sync"]).exits(0);
    let document = text(&repo, "LOG.md");
    for words in ["By alice", "By bob", "- [x] Alice's", "- [x] Bob's", "- [x] Retries"] {
        assert_eq!(document.matches(words).count(), 1, "{words}: {document}");
    }
    assert_eq!(log(&repo, &["sync"]).exits(0).stdout, "LOG.md is up to date\n");
    // Who sums up again is told that there are two.
    assert!(week(&repo, "carol", &["--replace"]).exits(4).stderr.contains("week"));
}

#[test]
fn what_is_wrong_is_refused_before_anything_is_written() {
    let repo = project();
    week(&repo, "alice", &["--achievement", " \u{200b}"]).exits(2);
    week(&repo, "alice", &["--eta", "x"]).exits(2);
    week(&repo, "alice", &["--blocker", "a", "--eta", "x", "--eta", "y"]).exits(2);
    log(&repo, &["week", "--week", "2999-01-01"]).exits(2);
    log(&repo, &["week", "--week", "yesterday"]).exits(2);
    repo.write("bad.toml", "achievements = [1]\n");
    assert!(
        week(&repo, "alice", &["--from", "bad.toml"]).exits(2).stderr.contains("keys: week, achievements")
    );
    assert!(!repo.path().join(ENTRY).exists());
    // A clone without the week's history does not guess.
    let shallow = repo.clone_to("shallow", &["--depth", "1"]);
    let refused = milegate(&shallow, &["log", "week", "--week", "2025-11-19"]).exits(3);
    assert!(
        refused.stderr.contains("shallow") && refused.stderr.contains("--unshallow"),
        "{}",
        refused.stderr
    );
}

fn standup(path: &Path, args: &[&str]) -> Run {
    let mut command = command(path, &[&["standup"], args].concat());
    command.env("COLUMNS", "80");
    run(command)
}

#[test]
fn a_standup_tells_of_one_person_since_the_last_working_day() {
    let repo = project();
    let friday = ["--as", "alice", "--date", "2025-11-21"];
    let shown = standup(repo.path(), &[&friday[..], &["--output-format", "markdown"]].concat()).exits(0);
    assert_eq!(
        shown.stdout,
        "## 2025-11-21 Daily Standup - alice

### Yesterday
- Completed: Retries
- Progress on: Write the log

### Today
- Focus: Write the migrations
- Goal: 1 of 1 items of Milestone 5.3: Caching; estimated completion: Tuesday

### Blockers
- No access to the test database (Milestone 5.2)
- Save orders (blocked: no test machine; since 2025-11-12)
- Locks
- Need help with: a bigger machine
- Need help with: No access to the test database: operations grants it
"
    );
    // Thursday looks back to Wednesday, and sees what the commit ticked.
    let json = standup(repo.path(), &["--as", "alice", "--date", "2025-11-20", "--output-format", "json"])
        .exits(0)
        .json();
    assert_eq!(json["yesterday"]["completed"], serde_json::json!(["Retries", "Connection pool"]));
    assert_eq!(json["yesterday"]["progress"], serde_json::json!(["Connect the pool", "Write the log"]));
    assert_eq!((&json["since"], &json["person"]), (&"2025-11-19".into(), &"alice".into()));
    // Monday looks back to Friday; bob is known by an address of his.
    let json = standup(repo.path(), &["--as", "bob", "--date", "2025-11-24", "--output-format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        (&json["since"], &json["yesterday"]["completed"][0]),
        (&"2025-11-21".into(), &"Migrations".into())
    );
    let shown = standup(repo.path(), &friday).exits(0).stdout;
    assert!(shown.contains(" Yesterday\n   Completed        Retries\n"), "{shown}");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    // Their entries may bear the name they commit under.
    let own = ["day", "--as", "Bob B.", "--date", "2025-11-24", "--component", "Schema", "--item", "Schema"];
    log(&repo, &own).exits(0);
    let shown = standup(repo.path(), &["--as", "bob", "--date", "2025-11-24"]).exits(0).stdout;
    assert!(shown.contains("   Completed        Schema\n"), "{shown}");
}

/// What somebody ticked on a branch is theirs, whoever merges it; a note of files ticks nothing.
#[test]
fn what_was_ticked_on_a_merged_branch_counts() {
    let repo = project();
    let at = |day: &str| format!("{day}T12:00:00+0000");
    let commit = |name: &str, day: &str, args: &[&str]| {
        let date = at(day);
        let who = [("GIT_AUTHOR_NAME", name), ("GIT_AUTHOR_EMAIL", "x@example.com")];
        let when = [("GIT_AUTHOR_DATE", date.as_str()), ("GIT_COMMITTER_DATE", date.as_str())];
        repo.git_env(&[who, when].concat(), args);
    };
    let list = |pool: &str| {
        repo.write("CHECKLIST.md", format!("### Milestone 5.1: Pool\n\n- [x] Old\n- [{pool}] Pool\n"));
        repo.git(&["add", "-A"]);
    };
    list(" ");
    commit("Eve", "2025-12-01", &["commit", "-qm", "start"]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    list("x");
    commit("Eve", "2025-12-02", &["commit", "-qm", "pool done"]);
    let noted = "### Milestone 5.1: Pool\n\n- [x] Old (test: t.py)\n- [x] Pool\n";
    repo.write("CHECKLIST.md", noted).git(&["add", "-A"]);
    commit("Eve", "2025-12-02", &["commit", "-qm", "note"]);
    repo.git(&["checkout", "-q", "-"]);
    commit("Mallory", "2025-12-02", &["merge", "-q", "--no-ff", "-m", "Merge side", "side"]);
    let json = standup(repo.path(), &["--as", "Eve", "--date", "2025-12-03", "--output-format", "json"]);
    assert_eq!(json.exits(0).json()["yesterday"]["completed"], serde_json::json!(["Pool"]));
}

#[test]
fn a_standup_of_nobody_says_so() {
    let repo = project();
    let shown = standup(repo.path(), &["--as", "dave", "--date", "2025-11-24"]).exits(0);
    assert!(shown.stderr.contains("commits since then are of Bob B."), "{}", shown.stderr);
    // The machine's own configuration takes no part.
    repo.git(&["config", "user.name", ""]);
    assert!(standup(repo.path(), &[]).exits(2).stderr.contains("--as NAME"));
    repo.git(&["config", "user.name", "alice"]);
    standup(repo.path(), &["--date", "2025-11-20"]).exits(0);
}
