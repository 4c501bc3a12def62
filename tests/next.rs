//! `next` through the program: whether a milestone may begin, what is in its way, and the plan in the
//! status document.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;
mod repo;
mod sample;

use program::{Run, milegate};
use repo::Repo;
use sample::Sample;
use serde_json::Value;

const STATUS: &str = "PHASE_5_IMPLEMENTATION_STATUS.md";

/// The sample, in which git knows who completes milestones.
fn sample() -> Sample {
    knowing(Sample::passing())
}

fn knowing(sample: Sample) -> Sample {
    sample.repo.git(&["config", "user.name", "Ada Example"]);
    sample.repo.git(&["config", "user.email", "ada@example.com"]);
    sample
}

/// With milestone 5.1 completed by the program.
fn completed() -> Sample {
    let sample = sample();
    sample.approve_all("5.1");
    sample.run(&["complete", "5.1", "--yes", "--no-push"]).exits(0);
    sample
}

fn json(sample: &Sample, args: &[&str]) -> Run {
    sample.run(&[&["next"], args, &["--output-format", "json"]].concat())
}

/// `kind standing key` of every condition.
fn conditions(page: &Value) -> Vec<String> {
    let text = |c: &Value, key: &str| c[key].as_str().unwrap().to_owned();
    let all = page["conditions"].as_array().unwrap();
    all.iter()
        .map(|c| {
            format!("{} {} {}", text(c, "kind"), text(c, "standing"), text(c, "key")).trim_end().to_owned()
        })
        .collect()
}

/// Settles every register of the status document.
fn settle(sample: &Sample) {
    for noun in ["dependency", "need", "blocker"] {
        let list = sample.run(&[noun, "list", "--output-format", "json"]).exits(0).json();
        for entry in list["entries"].as_array().unwrap() {
            sample.run(&[noun, "resolve", entry["key"].as_str().unwrap()]).exits(0);
        }
    }
}

#[test]
fn ready_when_everything_holds() {
    let sample = completed();
    settle(&sample);
    let page = json(&sample, &["5.2"]).exits(0).json();
    assert_eq!((&page["ready"], &page["milestone"]), (&true.into(), &"5.2".into()));
    let standing: Vec<_> = conditions(&page).into_iter().filter(|c| !c.contains(" met")).collect();
    assert_eq!(standing, Vec::<String>::new());
    assert_eq!(json(&sample, &[]).exits(0).json(), page, "5.2 is the first that is not tagged");

    sample.run(&["blocker", "add", "5.2", "No access"]).exits(0);
    sample.run(&["need", "add", "A machine"]).exits(0);
    sample.run(&["dependency", "add", "external", "Redis 9"]).exits(0);
    let run = sample.run(&["next"]).exits(1);
    for next in
        ["milegate blocker resolve 5.2/", "milegate need resolve ", "milegate dependency resolve external/"]
    {
        assert!(run.stdout.contains(next), "{next}:\n{}", run.stdout);
    }
    assert!(run.stdout.contains("Not ready: 3 things are missing."), "{}", run.stdout);
    // What blocks another milestone is not in the way.
    settle(&sample);
    json(&sample, &["5.2"]).exits(0);
}

#[test]
fn a_tag_is_looked_into() {
    let sample = completed();
    settle(&sample);
    let repo = &sample.repo;
    let tag = "phase5-milestone-5.1-complete";
    let predecessor = |code| conditions(&json(&sample, &["5.2"]).exits(code).json())[0].clone();

    // Not on this branch.
    let head = repo.head();
    repo.git(&["stash", "-q"]);
    repo.git(&["checkout", "-q", "-b", "aside", "HEAD~2"]);
    repo.git(&["checkout", "-q", &head, "--", "."]);
    assert_eq!(predecessor(1), "predecessors missing 5.1");
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["stash", "pop", "-q"]);
    assert_eq!(predecessor(0), "predecessors met 5.1");

    // A lightweight tag of that name vouches for nothing.
    let target = repo.git(&["rev-parse", &format!("{tag}^{{commit}}")]);
    repo.git(&["tag", "-f", tag, &target]);
    assert_eq!(predecessor(1), "predecessors missing 5.1");
    repo.git(&["tag", "-d", tag]);
    let run = sample.run(&["next", "5.2"]).exits(1);
    assert!(run.stdout.contains("milegate complete 5.1"), "{}", run.stdout);
}

#[test]
fn the_plan_is_written_for_a_milestone_that_may_begin() {
    let sample = completed();
    settle(&sample);
    let before = String::from_utf8(sample.repo.read(STATUS)).unwrap();
    let plan = [
        "5.2",
        "--start",
        "2026-07-01",
        "--estimate",
        "2099-12-18",
        "--owner",
        "alice",
        "--owner",
        "bob: tests",
    ];
    let page = json(&sample, &plan).exits(0).json();
    assert_eq!(page["changed"], true);
    let schedule = &page["schedule"];
    assert_eq!(
        [&schedule["status"], &schedule["started"], &schedule["estimated_completion"], &schedule["owner"]],
        ["In Progress", "2026-07-01", "2099-12-18", "alice, bob: tests"]
    );
    let after = String::from_utf8(sample.repo.read(STATUS)).unwrap();
    let lost: Vec<_> = before.lines().filter(|line| !after.lines().any(|l| l == *line)).collect();
    let own = |line: &&&str| {
        !["Last Updated", "**Status**", "**Started**", "**Estimated"].iter().any(|w| line.contains(w))
    };
    assert_eq!(lost.iter().filter(own).count(), 0, "{lost:?}");
    // It stays, whatever the facts say.
    sample.run(&["status", "--write"]).exits(0);
    assert_eq!(json(&sample, &["5.2"]).exits(0).json()["schedule"], *schedule);
    assert_eq!(json(&sample, &plan).exits(0).json()["changed"], false);
    // The burndown's ideal line ends there.
    assert_eq!(
        sample.run(&["burndown", "5.2", "--output-format", "json"]).exits(0).json()["due"],
        "2099-12-18"
    );
}

#[test]
fn nothing_begins_before_its_time() {
    let sample = sample();
    let before = sample.repo.read(STATUS);
    let run = sample.run(&["next", "5.2", "--start", "2026-07-01", "--owner", "alice"]).exits(1);
    assert!(run.stdout.contains("Nothing was written"), "{}", run.stdout);
    assert_eq!(sample.repo.read(STATUS), before);
    // A plan may be made.
    let run = json(&sample, &["5.2", "--start", "2099-01-04", "--estimate", "2099-02-05"]).exits(0).json();
    assert_eq!([&run["schedule"]["started"], &run["verdict"]], ["2099-01-04", "failed"]);
    assert_eq!(run["changed"], true);
    for (args, why) in [
        (&["5.2", "--estimate", "2098-01-01"][..], "before it begins"),
        (&["5.2", "--start", "tomorrow"], "--start"),
        (&["5.2", "--owner", " "], "--owner"),
        (&["5.9"], "did you mean"),
    ] {
        let run = sample.run(&[&["next"], args].concat()).exits(2);
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
}

#[test]
fn what_is_complete_does_not_begin() {
    let sample = completed();
    let run = sample.run(&["next", "5.1"]).exits(2);
    assert!(run.stderr.contains("milegate next 5.2"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_read_is_not_proven() {
    let repo = Repo::new();
    let config = "[project]\nid = \"p\"\n[documents]\nchecklist = \"C.md\"\nstatus = \"S.md\"\n[[milestones]]\nid = \"1\"\nname = \"One\"\n";
    repo.write("milegate.toml", config).write("C.md", "## Milestone 1: One\n- [ ] a (blocked: no machine)\n");
    repo.commit("Begin");
    let next = |code| milegate(repo.path(), &["next", "--output-format", "json"]).exits(code).json();
    next(3);
    repo.write("S.md", "# S\n");
    let page = next(1);
    assert_eq!(conditions(&page)[1..3], ["blockers not-known", "blockers missing 1/1"]);
    repo.write("C.md", "## Milestone 1: One\n- [ ] a\n");
    assert_eq!(next(3)["verdict"], "unproven");
    repo.write("S.md", "### Milestone 1: One\n");
    assert_eq!(next(0)["ready"], true);
    for damaged in
        ["### Milestone 1\n### Milestone 1\n", "```\n", "### Milestone 1\n- **Owner**: a\n- **Owner**: b\n"]
    {
        repo.write("S.md", damaged);
        next(3);
    }
    repo.write("S.md", "### Milestone 1: One\n").remove("C.md");
    next(3);
}

/// Completing 5.1 resolves what waited for it, in the document that is published with the tag.
#[test]
fn completing_resolves_what_waited_for_it() {
    let sample = sample();
    let since = ["--since", "2026-06-01"];
    for issue in ["Milestone 5.1 must be complete", "No access to the test database"] {
        sample.run(&[&["blocker", "add", "5.2", issue], &since[..]].concat()).exits(0);
    }
    sample.repo.commit_as("Ada Example", "ada@example.com", "Write down what blocks");
    sample.approve_all("5.1");
    sample.run(&["complete", "5.1", "--yes", "--no-push"]).exits(0);
    let status = String::from_utf8(sample.repo.read(STATUS)).unwrap();
    assert!(
        status.contains("- ~~Milestone 5.1 must be complete (since 2026-06-01 00:00 UTC)~~ Resolved 20"),
        "{status}"
    );
    assert!(status.contains("- No access to the test database (since"), "{status}");
    let open = sample.run(&["blocker", "list", "--output-format", "json"]).exits(0).json();
    let open: Vec<_> =
        open["entries"].as_array().unwrap().iter().filter(|e| e["milestone"] == "5.2").collect();
    assert_eq!(open.len(), 1, "{open:?}");
}

/// The completion report says how complex the code is, and by what; a damaged report is not guessed over.
#[test]
fn completing_tells_the_complexity_that_a_tool_measured() {
    let lizard = sample::fixture("lizard-csv/passing").0;
    for (report, told) in [
        (
            &lizard[..],
            "- Complexity: Low (cyclomatic complexity 2.8 per function by lizard, highest 11 in handle",
        ),
        (&lizard[..lizard.len() - 9], "- Complexity: not known ("),
    ] {
        let config = sample::CONFIG.replace("[reports]\n", "[reports]\nlizard = \"out/lizard.csv\"\n");
        let sample = knowing(Sample::new("main", &config, sample::PASSING));
        sample.repo.write("out/lizard.csv", report);
        sample.approve_all("5.1");
        sample.run(&["complete", "5.1", "--yes", "--no-push"]).exits(0);
        let log = String::from_utf8(sample.repo.read("PHASE_5_PROGRESS_LOG.md")).unwrap();
        assert!(log.contains(told), "{log}");
        assert!(log.contains("- Total LOC: ") && log.contains("(Python"), "{log}");
    }
}
