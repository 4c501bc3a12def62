//! The status document through the program: written, checked, and kept by the register commands.
//!
//! `UPDATE_DOCS=1 cargo test --test papers` writes the worked example of `docs/papers/` anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;
mod sample;

use program::{Run, milegate};
use repo::Repo;
use sample::Sample;
use std::collections::BTreeSet;
use std::path::Path;

const TEMPLATE: &str = include_str!("fixtures/documents/template.md");
const CHECKLIST: &str = include_str!("fixtures/checklist/phase5.md");
const CONFIG: &str = r#"
[project]
id = "phase5"
name = "Phase 5"
[documents]
checklist = "CHECKLIST.md"
status = "docs/STATUS.md"
[[milestones]]
id = "5.1"
name = "Database Foundation"
[[milestones]]
id = "5.2"
name = "Repository Layer"
[[milestones]]
id = "5.3"
name = "Caching"
"#;

fn project(status: Option<&str>) -> Repo {
    let repo = Repo::new();
    repo.write("milegate.toml", CONFIG).write("CHECKLIST.md", CHECKLIST);
    if let Some(status) = status {
        repo.write("docs/STATUS.md", status);
    }
    repo.commit("Begin");
    repo
}

fn run(repo: &Repo, args: &[&str]) -> Run {
    milegate(repo.path(), args)
}

fn status(repo: &Repo) -> String {
    String::from_utf8(repo.read("docs/STATUS.md")).unwrap()
}

#[test]
fn an_absent_document_is_made_and_then_up_to_date() {
    let repo = project(None);
    let shown = run(&repo, &["status"]).exits(0);
    assert!(shown.stdout.starts_with("# Phase 5 Implementation Status\n"), "{}", shown.stdout);
    let checked = run(&repo, &["status", "--check"]).exits(1);
    assert!(checked.stdout.contains("+# Phase 5 Implementation Status"), "{}", checked.stdout);
    assert!(checked.stderr.contains("next: milegate status --write"), "{}", checked.stderr);
    let refused = run(&repo, &["risk", "add", "x", "--severity", "low"]).exits(5);
    assert!(refused.stderr.contains("milegate status --write"), "{}", refused.stderr);
    assert!(!repo.path().join("docs/STATUS.md").exists());
    assert_eq!(run(&repo, &["status", "--write"]).exits(0).stdout, "wrote docs/STATUS.md\n");
    assert_eq!(status(&repo), shown.stdout);
    for args in [["status", "--check"], ["status", "--write"]] {
        assert_eq!(run(&repo, &args).exits(0).stdout, "docs/STATUS.md is up to date\n");
    }
}

#[test]
fn what_is_not_configured_is_said_with_the_line_to_add() {
    let repo = project(Some(TEMPLATE));
    for (without, line) in
        [("status = \"docs/STATUS.md\"", "status = "), ("checklist = \"CHECKLIST.md\"", "checklist = ")]
    {
        repo.write("milegate.toml", CONFIG.replace(without, ""));
        let refused = run(&repo, &["status", "--write"]).exits(2);
        assert!(
            refused.stderr.contains("[documents]") && refused.stderr.contains(line),
            "{}",
            refused.stderr
        );
    }
    repo.write("milegate.toml", CONFIG).remove("CHECKLIST.md");
    run(&repo, &["status", "--write"]).exits(3);
    assert_eq!(status(&repo), TEMPLATE);
}

#[test]
fn what_cannot_be_edited_safely_is_refused_and_left_alone() {
    let region = "<!-- milegate:begin progress -->\n\nmine\n\n<!-- milegate:end progress";
    for (text, code, why) in [
        (b"# S\n\n<<<<<<< HEAD\n".to_vec(), 5, "STATUS.md:3"),
        (b"# S\n\xff\n".to_vec(), 5, "UTF-8"),
        (b"# S\n\n```\nopen\n".to_vec(), 5, "STATUS.md:3"),
        (b"# S\n\n<!-- milegate:begin progress -->\n".to_vec(), 5, "never ends"),
        (b"# S\n\n<!-- MILEGATE:begin progress -->\n".to_vec(), 5, "nearly"),
        (format!("{region} sum=0123456789abcdef -->\n").into_bytes(), 4, "edited by hand"),
        (format!("{region} -->\n").into_bytes(), 4, "adopt"),
        (b"### Milestone 5.1\n\n### Milestone 5.1\n".to_vec(), 5, "two headings"),
    ] {
        let repo = project(None);
        repo.write("docs/STATUS.md", &text);
        for args in [vec!["status", "--write"], vec!["status", "--check"], vec!["status"]] {
            let refused = run(&repo, &args).exits(code);
            assert!(refused.stderr.contains(why) && refused.stdout.is_empty(), "{refused:?}");
        }
        assert_eq!(repo.read("docs/STATUS.md"), text);
    }
    let repo = project(Some(&format!("{region} -->\n")));
    run(&repo, &["status", "--write", "--adopt"]).exits(0);
    assert!(status(&repo).contains("| Total checklist items |"));
}

#[test]
fn dates_come_from_history_and_tags() {
    let repo = Repo::new();
    let at = |day: &str, message: &str| {
        repo.git(&["add", "-A"]);
        let when = format!("{day}T12:00:00Z");
        repo.git_env(
            &[("GIT_COMMITTER_DATE", when.as_str()), ("GIT_AUTHOR_DATE", when.as_str())],
            &["commit", "-qm", message],
        );
    };
    let list =
        "## Milestone 5.1: A\n- [ ] a\n- [ ] b\n## Milestone 5.2: B\n- [ ] c\n## Milestone 5.3: C\n- [ ] d\n";
    repo.write("milegate.toml", CONFIG).write("CHECKLIST.md", list).write("docs/STATUS.md", TEMPLATE);
    at("2026-11-02", "Begin");
    repo.write("CHECKLIST.md", list.replace("[ ] a", "[x] a"));
    at("2026-11-04", "Tick a");
    repo.write("CHECKLIST.md", list.replace("[ ] a", "[x] a").replace("[ ] b", "[x] b"));
    at("2026-11-05", "Tick b");
    repo.git_env(
        &[("GIT_COMMITTER_DATE", "2026-11-06T12:00:00Z")],
        &["tag", "-a", "-m", "done", "phase5-milestone-5.1-complete"],
    );
    repo.write(
        "CHECKLIST.md",
        list.replace("[ ] a", "[x] a").replace("[ ] b", "[x] b").replace("[ ] c", "[x] c"),
    );
    at("2026-11-09", "Tick c");
    run(&repo, &["status", "--write"]).exits(0);
    let text = status(&repo);
    let section = |id: &str| {
        text.split(&format!("### Milestone {id}")).nth(1).unwrap().split("\n#").next().unwrap().to_owned()
    };
    for (id, lines) in [
        (
            "5.1",
            ["- **Status**: Complete", "- **Started**: 2026-11-04", "- **Actual Completion**: 2026-11-06"],
        ),
        ("5.2", ["- **Status**: In Progress", "- **Started**: 2026-11-09", "- **Actual Completion**: N/A"]),
        ("5.3", ["- **Status**: Not Started", "- **Started**: N/A", "- **Actual Completion**: N/A"]),
    ] {
        assert!(lines.iter().all(|line| section(id).contains(line)), "{}", section(id));
    }
    // A shallow clone does not know when it began, and says so by leaving it.
    let clone = repo.clone_to("shallow", &["--depth", "1"]);
    std::fs::write(clone.join("docs/STATUS.md"), TEMPLATE).unwrap();
    milegate(&clone, &["status", "--write"]).exits(0);
    let text = std::fs::read_to_string(clone.join("docs/STATUS.md")).unwrap();
    assert!(text.contains("- **Started**: N/A") && !text.contains("- **Started**: 2026"), "{text}");
}

#[test]
fn the_performance_baseline_comes_from_the_reports() {
    let path = "PHASE_5_IMPLEMENTATION_STATUS.md";
    let sample = Sample::passing();
    let before = String::from_utf8(sample.repo.read(path)).unwrap();
    sample.run(&["status", "--write"]).exits(0);
    let text = String::from_utf8(sample.repo.read(path)).unwrap();
    // Medians of the tool: 5.889 us; 1.308 ms; 109.3 us; 100 events in 453.4 us.
    for row in [
        "| Simple Query | N/A | 5.889 \u{b5}s | < 100 ms | \u{2705} |",
        "| Complex Query | N/A | 1.308 ms | < 500 ms | \u{2705} |",
        "| Broadcast | N/A | 109.333 \u{b5}s | < 50 ms | \u{2705} |",
        "| Event Store Write | N/A | 220.536k/s | >10k/sec | \u{2705} |",
        "| DB Query (simple) | N/A | N/A | <100ms | \u{274c} |",
        "| Cache Hit Rate | N/A | 80% | >80% | \u{274c} |",
    ] {
        assert!(text.contains(row), "{row}\n{text}");
    }
    let risks = |text: &str| {
        text.split("## Risk Register").nth(1).unwrap().split("## Performance").next().unwrap().to_owned()
    };
    assert_eq!(risks(&before), risks(&text));
    // Without the report nothing is invented, and what was measured stays.
    sample.repo.remove("out/benchmark.json");
    let run = sample.run(&["status", "--check"]).exits(0);
    assert!(run.stderr.contains("no current value of Simple Query"), "{}", run.stderr);
    // Held against another target, the old value says nothing.
    let config = sample::CONFIG.replace("\"< 500 ms\"", "\"< 1 ms\"");
    sample.repo.write("milegate.toml", config);
    sample.run(&["status", "--write"]).exits(0);
    let text = String::from_utf8(sample.repo.read(path)).unwrap();
    assert!(text.contains("| Complex Query | N/A | N/A | < 1 ms | N/A |"), "{text}");
}

#[test]
fn two_at_once_lose_nothing() {
    let repo = project(Some(TEMPLATE));
    let risks: Vec<String> = (0..8).map(|n| format!("risk number {n}")).collect();
    std::thread::scope(|scope| {
        for risk in &risks {
            scope.spawn(|| run(&repo, &["risk", "add", risk, "--severity", "low"]).exits(0));
        }
    });
    let text = status(&repo);
    assert!(risks.iter().all(|risk| text.contains(risk)), "{text}");
    let listed = run(&repo, &["risk", "list", "--output-format", "json"]).exits(0).json();
    assert_eq!(listed["entries"].as_array().unwrap().len(), 8);
}

#[test]
fn what_is_not_meant_is_a_usage_error() {
    let repo = project(Some(TEMPLATE));
    for args in [
        vec!["risk", "add", " \u{200b} ", "--severity", "low"],
        vec!["risk", "add", "x"],
        vec!["risk", "add", "x", "--severity", "awful"],
        vec!["risk", "resolve", "1", "--resolution", "x"],
        vec!["risk", "resolve", "1"],
        vec!["debt", "resolve", "TD-001"],
        vec!["blocker", "add", "9.9", "x"],
        vec!["need", "add", "x", "--due", "soon"],
        vec!["need", "add", "x", "--since", "soon"],
        vec!["dependency", "add", "lateral", "x"],
        vec!["dependency", "resolve", "available"],
        vec!["change", "resolve", "1"],
        vec!["risk"],
    ] {
        run(&repo, &args).exits(2);
    }
    assert_eq!(status(&repo), TEMPLATE);
}

/// What the worked example measures.
const EXAMPLE: &str = r#"
[reports]
benchmarks = "bench.json"
[gates.integration-verified.benchmarks.targets]
"DB Query (simple)" = { benchmark = "test_db_query_simple", at = "< 100 ms" }
"DB Query (complex)" = { benchmark = "test_db_query_complex[500]", at = "< 500 ms" }
"WebSocket Broadcast" = { benchmark = "test_websocket_broadcast", at = "< 50 ms" }
"Event Store Write" = { benchmark = "test_event_store_write", at = "> 10k/s", per = 100 }
"#;

/// The commands of the worked example, as they are typed.
const SESSION: &[&[&str]] = &[
    &[
        "risk",
        "add",
        "Redis 7 is not there in time",
        "--severity",
        "High",
        "--impact",
        "5.3 cannot be tested",
        "--mitigation",
        "Test with a container until then",
        "--owner",
        "alice",
        "--status",
        "Mitigating",
        "--since",
        "2025-11-17 09:30",
    ],
    &[
        "risk",
        "add",
        "Broadcasts slow down with the number of clients",
        "--severity",
        "Medium",
        "--impact",
        "Screens lag behind",
        "--mitigation",
        "Benchmark with 200 clients on each change",
        "--owner",
        "bob",
        "--since",
        "2025-11-18 14:00",
    ],
    &[
        "risk",
        "resolve",
        "Redis",
        "--resolution",
        "Operations installed it",
        "--lessons-learned",
        "Ask before the milestone begins",
    ],
    &[
        "debt",
        "add",
        "The event log has no index",
        "--impact",
        "Slow | long reads",
        "--priority",
        "High",
        "--planned-resolution",
        "Milestone 5.3",
        "--since",
        "2025-11-19 16:20",
    ],
    &[
        "debt",
        "add",
        "SQL columns are put in by f-string",
        "--impact",
        "Linters warn",
        "--priority",
        "Low",
        "--planned-resolution",
        "Milestone 5.2",
        "--since",
        "2025-11-20 10:05",
    ],
    &["debt", "resolve", "TD-002", "--resolution", "bound parameters"],
    &[
        "blocker",
        "add",
        "5.2",
        "No access to the test database",
        "--plan",
        "operations grants it",
        "--kind",
        "dependency",
        "--since",
        "2025-11-21 08:15",
    ],
    &[
        "blocker",
        "add",
        "5.2",
        "Two repositories lock each other",
        "--plan",
        "one order of locks",
        "--since",
        "2025-11-21 11:40",
    ],
    &["blocker", "resolve", "5.2/2", "--resolution", "sorted by id"],
    &[
        "need",
        "add",
        "A test machine with PostgreSQL 15",
        "--due",
        "2025-11-28",
        "--since",
        "2025-11-20 09:00",
    ],
    &["dependency", "add", "external", "Grafana 12 for the dashboards", "--since", "2025-11-18 10:00"],
    &["dependency", "resolve", "PostgreSQL"],
    &[
        "change",
        "add",
        "Caching moved behind the repositories",
        "--kind",
        "Scope",
        "--reason",
        "The repositories decide what is cached",
        "--impact",
        "5.2 and 5.3",
        "--approval",
        "alice",
        "--since",
        "2025-11-19",
    ],
    &["next", "5.1", "--estimate", "2025-12-05", "--owner", "alice"],
    &[
        "next",
        "5.2",
        "--estimate",
        "2025-12-19",
        "--owner",
        "bob: the repositories",
        "--owner",
        "alice: reviews",
    ],
    &["status", "--write"],
];

#[test]
fn the_worked_example_is_what_the_commands_make() {
    let repo = Repo::new();
    let config = format!("{CONFIG}{EXAMPLE}");
    repo.write("milegate.toml", config).write("CHECKLIST.md", CHECKLIST).write("docs/STATUS.md", TEMPLATE);
    repo.git(&["add", "-A"]);
    repo.git_env(&[("GIT_COMMITTER_DATE", "2025-11-03T09:00:00Z")], &["commit", "-qm", "Begin"]);
    let (report, _) = sample::fixture("pytest-benchmark/passing");
    // It names a commit of the project it was made in.
    let mut report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    report["commit_info"]["id"] = serde_json::Value::Null;
    repo.write("bench.json", report.to_string());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/papers");
    for args in SESSION {
        run(&repo, args).exits(0);
    }
    run(&repo, &["status", "--check"]).exits(0);
    // The one thing that differs from run to run is the day on which it runs.
    let mut text = status(&repo);
    let stamp = text.lines().find(|line| line.starts_with("*Last Updated: ")).unwrap().to_owned();
    let today = stamp["*Last Updated: ".len()..].split(' ').next().unwrap().to_owned();
    text = text.replace(&stamp, "*Last Updated: 2025-11-24 17:30*").replace(&today, "2025-11-24");
    let typed = |args: &&[&str]| {
        let word =
            |word: &&str| if word.contains([' ', '|']) { format!("\"{word}\"") } else { (*word).to_owned() };
        format!("milegate {}\n", args.iter().map(word).collect::<Vec<_>>().join(" "))
    };
    let session: String = SESSION.iter().map(typed).collect();
    for (name, made) in [("STATUS.md", &text), ("session.sh", &session)] {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(&kept, made, "run UPDATE_DOCS=1 cargo test --test papers");
    }
    let (wanted, found) = (structure(TEMPLATE), structure(&text));
    assert!(wanted.len() > 30, "{wanted:?}");
    let missing: Vec<_> = wanted.difference(&found).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(!text.contains("[Da") && !text.contains(": [") && !text.contains("X%"), "{text}");
}

/// Every heading of a document, every label and head of a table under its heading, and the labels of table rows.
fn structure(text: &str) -> BTreeSet<(String, String)> {
    let mut heading = String::new();
    let mut all = BTreeSet::new();
    for line in text.lines() {
        let bare = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
        let label = bare.trim_start_matches(['-', '.', ' ']).strip_prefix("**");
        if line.starts_with('#') {
            let dated = line.starts_with("### [Date]") || line.starts_with("### 20");
            heading = if dated { "### [Date] - [Change Type]".to_owned() } else { line.to_owned() };
            all.insert((heading.clone(), String::new()));
        } else if let Some((label, _)) = label.and_then(|label| label.split_once("**:")) {
            all.insert((heading.clone(), label.to_owned()));
        } else if line.starts_with("| ") {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            // Heads in whole, rows by their labels; an entry of the debt log is its own business.
            let head = ["Metric", "Item", "Operation"].contains(&cells[1]);
            if !cells[1].starts_with("TD-") {
                all.insert((heading.clone(), if head { cells.join("|") } else { cells[1].to_owned() }));
            }
        } else if let Some((_, task)) = line.split_once("] ").filter(|(mark, _)| mark.starts_with("- [")) {
            all.insert((heading.clone(), task.to_owned()));
        }
    }
    all
}

/// The column `Baseline` is what was recorded at the last milestone, whatever was measured since.
#[test]
fn the_baseline_is_what_was_recorded_at_the_last_milestone() {
    let path = "PHASE_5_IMPLEMENTATION_STATUS.md";
    let config = sample::CONFIG.replace("regression = \"no baseline yet\", ", "");
    let sample = Sample::new("main", &config, sample::PASSING);
    let record = |run: &str, more: &[&str]| {
        sample.run(&[&["baseline", "record", "--no-push", "--run", run], more].concat()).exits(0);
    };
    let rows = || {
        sample.run(&["status", "--write"]).exits(0);
        let text = String::from_utf8(sample.repo.read(path)).unwrap();
        let rows = text.lines().filter(|line| line.starts_with("| Simple Query |"));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    // Medians of the tool: 5.889 us at the milestone, 8.863 us after it.
    record("first", &["--init"]);
    assert_eq!(rows(), ["| Simple Query | N/A | 5.889 \u{b5}s | < 100 ms | \u{2705} |"]);
    sample.repo.git(&["tag", "-a", "-m", "Complete", "phase5-milestone-5.1-complete"]);
    sample.repo.commit_as("Ada Example", "ada@example.com", "Go on");
    sample.report("benchmark.json", "pytest-benchmark/history-0003_main-run3");
    assert_eq!(rows(), ["| Simple Query | 5.889 \u{b5}s | 8.863 \u{b5}s | < 100 ms | \u{2705} |"]);
    // Later runs do not move it.
    sample.repo.commit_as("Ada Example", "ada@example.com", "Keep the papers");
    record("second", &[]);
    assert_eq!(rows(), ["| Simple Query | 5.889 \u{b5}s | 8.863 \u{b5}s | < 100 ms | \u{2705} |"]);
}
