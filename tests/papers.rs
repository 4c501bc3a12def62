//! The status document through the program: written, checked, and kept by the register commands.
//!
//! `UPDATE_DOCS=1 cargo test --test papers` writes the worked example of `docs/papers/` anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
// The worked example is typed into a shell.
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

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

/// The worked example: the sample project with its real reports, the template of the request for its
/// status, and no log yet.
fn example() -> Repo {
    let targets = [
        ("Simple Query", "DB Query (simple)"),
        ("Complex Query", "DB Query (complex)"),
        ("\"Broadcast\"", "\"WebSocket Broadcast\""),
    ];
    let config = targets.iter().fold(sample::CONFIG.to_owned(), |text, (old, new)| text.replace(old, new));
    let config = config.replace("[reports]", "[[milestones]]\nid = \"5.3\"\nname = \"Caching\"\n\n[reports]");
    let config = config.replace("[people.ada]\nemails = [\"ada@", "[people.alice]\nemails = [\"alice@");
    let repo = Sample::new("main", &config, sample::PASSING).repo;
    repo.write("PHASE_5_IMPLEMENTATION_STATUS.md", TEMPLATE).remove("PHASE_5_PROGRESS_LOG.md");
    repo.write("day.toml", include_str!("../docs/papers/day.toml"));
    // The report names a commit of the history that it was made in; this one begins here.
    let report = String::from_utf8(repo.read("out/benchmark.json")).unwrap();
    let mut report: serde_json::Value = serde_json::from_str(&report).unwrap();
    report["commit_info"]["id"] = serde_json::Value::Null;
    repo.write("out/benchmark.json", report.to_string());
    std::fs::remove_dir_all(repo.path().join(".git")).unwrap();
    repo.git(&["init", "-q", "-b", "main"]);
    repo.write(".git/info/exclude", "/day.toml\n/STANDUP.md\n/out\n");
    for (key, value) in [("user.name", "alice"), ("user.email", "alice@example.com")] {
        repo.git(&["config", key, value]);
    }
    repo.git(&["add", "-A"]);
    let dated = dated("2025-11-03 09:00");
    repo.git_env(&dated.each_ref().map(|(key, value)| (*key, value.as_str())), &["commit", "-qm", "Begin"]);
    repo
}

fn dated(moment: &str) -> [(&'static str, String); 4] {
    let date = format!("{moment}:00 +0000");
    let (name, email) = ("alice".to_owned(), "alice@example.com".to_owned());
    [
        ("GIT_AUTHOR_NAME", name),
        ("GIT_AUTHOR_EMAIL", email),
        ("GIT_AUTHOR_DATE", date.clone()),
        ("GIT_COMMITTER_DATE", date),
    ]
}

/// Types a line of the session at a moment.
fn typed(repo: &Repo, line: &str, moment: &str) {
    let programs = Path::new(env!("CARGO_BIN_EXE_milegate")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(repo.path()).args(["-c", line]).env_clear().env("PATH", path);
    shell.env("HOME", repo.beside("home")).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8");
    // What Milegate itself commits is of today, as its documents are.
    if line.contains("git commit") {
        shell.envs(dated(moment));
    }
    let output = shell.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&said));
}

/// Headings, labels and columns of the request's templates of the log and the standup.
const LOG_HEADINGS: &[&str] = &[
    "## 2025-11-21 - Milestone 5.1 - Connection pool",
    "### Completed Items",
    "  - Implementation file: `",
    "  - Test file: `",
    "  - Lines of code: ",
    "  - Test coverage: ",
    "### Technical Decisions",
    "- Decision 1: ",
    "- Decision 2: ",
    "### Challenges Encountered",
    "- Challenge 1: ",
    "  - Resolution: ",
    "  - Time impact: ",
    "- Challenge 2: ",
    "  - Status: Blocked",
    "  - Blocker: ",
    "### Performance Metrics",
    "- Benchmark: ",
    "- Load test: ",
    "- Resource usage: ",
    "### Next Steps",
    "- Immediate next task: ",
    "- Blocking conditions: ",
    "- Estimated completion: ",
    "## Week of 2025-11-17 - Weekly Summary",
    "### Milestone Progress",
    "- Milestone 5.1: 9/9 items - 100% complete",
    "- Overall Phase 5: ",
    "### Key Achievements",
    "1. ",
    "### Blockers and Risks",
    "1. Blocker: ",
    "   - Impact: ",
    "   - Mitigation: ",
    "   - ETA: 2025-11-25",
    "### Next Week's Goals",
    "1. ",
    "### Resource Needs",
    "- [ ] A test machine",
    "## Milestone 5.1 Completion Report",
    "### Test Results",
    "- Unit Tests: ",
    "- Integration Tests: ",
    "- Performance Tests: Met targets",
    "### Documentation Updates",
    "- [x] Technical design patterns documented",
    "- [x] API documentation updated",
    "- [x] Configuration guide created",
    "- [x] Troubleshooting guide updated",
    "### Code Metrics",
    "- Total LOC: ",
    "- Test LOC: ",
    "- Documentation: ",
    "- Complexity: ",
];
const STANDUP_HEADINGS: &[&str] = &[
    "## 2025-11-24 Daily Standup - alice",
    "### Yesterday",
    "- Completed: ",
    "- Progress on: ",
    "### Today",
    "- Focus: ",
    "- Goal: ",
    "### Blockers",
    "- ",
    "- Need help with: ",
];

#[cfg(unix)]
#[test]
fn the_worked_example_is_what_the_commands_make() {
    let repo = example();
    let mut moment = String::new();
    for line in include_str!("../docs/papers/session.sh").lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(said) => moment = said[.."2025-11-21 16:00".len()].to_owned(),
            None => typed(&repo, line, &moment),
        }
    }
    run(&repo, &["status", "--check"]).exits(0);
    let read = |path: &str| String::from_utf8(repo.read(path)).unwrap();
    let status = read("PHASE_5_IMPLEMENTATION_STATUS.md");
    // The one thing that differs from run to run is the day on which it runs.
    let stamp = status.lines().find(|line| line.starts_with("*Last Updated: ")).unwrap().to_owned();
    let today = stamp["*Last Updated: ".len()..].split(' ').next().unwrap().to_owned();
    let status = status.replace(&stamp, "*Last Updated: 2025-11-24 17:30*").replace(&today, "2025-11-24");
    let log = read("PHASE_5_PROGRESS_LOG.md").replace(&today, "2025-11-24");
    let standup = read("STANDUP.md");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/papers");
    for (name, made) in [("STATUS.md", &status), ("PROGRESS_LOG.md", &log), ("STANDUP.md", &standup)] {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(&kept, made, "run UPDATE_DOCS=1 cargo test --test papers");
    }
    let (wanted, found) = (structure(TEMPLATE), structure(&status));
    assert!(wanted.len() > 30, "{wanted:?}");
    let missing: Vec<_> = wanted.difference(&found).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    for (text, wanted) in [(&log, LOG_HEADINGS), (&standup, STANDUP_HEADINGS)] {
        // Each behind the one before it.
        let mut lines = text.lines();
        wanted.iter().for_each(|start| assert!(lines.any(|line| line.starts_with(start)), "{start}: {text}"));
    }
    for text in [&status, &log, &standup] {
        assert!(!text.contains("[Da") && !text.contains(": [") && !text.contains("X%"), "{text}");
    }
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
