//! `milegate complete` and `approve` through the real program: what it publishes, what it refuses,
//! and that a run which was killed is finished by the same command.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod orders;

use orders::{ROLES, Run, Sample, TAG, difference};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

const COMPLETE: &[&str] = &["complete", "1.0", "--yes"];

fn complete(sample: &Sample) -> Run {
    sample.milegate(COMPLETE)
}

fn complete_json(sample: &Sample, more: &[&str]) -> Value {
    sample.milegate(&[COMPLETE, &["--output-format", "json"], more].concat()).exits(0).json()
}

/// Nothing stands under the tag's name, here or there, and the branch is where it was.
#[track_caller]
fn nothing_published(sample: &Sample, head: &str) {
    assert_eq!((sample.tag(), sample.tag_there()), (None, None));
    assert_eq!(sample.head(), head);
    assert_ne!(sample.there(&["log", "-1", "--format=%s", "main"]), "Complete milestone 1.0: Order Store");
    sample.sound();
}

/// The tag names `target`, the documents are in its child, and both are here and there.
#[track_caller]
fn published(sample: &Sample, target: &str) {
    let tag = sample.tag().expect("no tag here");
    assert_eq!(sample.tag_there().as_deref(), Some(tag.as_str()));
    assert_eq!(sample.git(&["cat-file", "-t", &tag]), "tag");
    assert_eq!(sample.git(&["rev-parse", &format!("{TAG}^{{commit}}")]), target);
    assert_eq!(sample.git(&["rev-parse", "HEAD^"]), target);
    assert_eq!(sample.head(), sample.there(&["rev-parse", "main"]));
    assert_eq!(sample.git(&["status", "--porcelain"]), "");
    sample.sound();
}

/// Lines that are in one text and not in the other, each way.
fn line_sets(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (old.lines().collect(), new.lines().collect());
    let only = |x: &BTreeSet<&str>, y: &BTreeSet<&str>| x.difference(y).map(|s| (*s).to_owned()).collect();
    (only(&a, &b), only(&b, &a))
}

#[test]
fn tag_and_documents_are_published_as_one() {
    let sample = Sample::ready();
    let (target, status, log) = (sample.head(), sample.read("STATUS.md"), sample.read("PROGRESS_LOG.md"));
    let said = complete_json(&sample, &[]);
    published(&sample, &target);

    assert_eq!(said["schema_version"], 1);
    assert_eq!((&said["verdict"], &said["exit_code"]), (&"passed".into(), &0.into()));
    assert_eq!((&said["changed"], &said["tag"]), (&true.into(), &TAG.into()));
    assert_eq!(said["tag_object"].as_str(), sample.tag().as_deref());
    assert_eq!(said["target"], target);
    assert_eq!(said["docs_commit"], sample.head());
    assert!(said["steps"].as_array().unwrap().iter().all(|s| s["done"] == true), "{said}");

    let message = sample.git(&["for-each-ref", "--format=%(contents)", &format!("refs/tags/{TAG}")]);
    let mut lines = message.lines();
    assert_eq!(lines.next(), Some("Orders Milestone 1.0: Order Store Complete"));
    assert_eq!(lines.next(), Some(""));
    for gate in ["Gate 1 Code Complete", "Gate 2 Integration", "Gate 3 Documentation", "Gate 4 Review"] {
        assert!(message.lines().any(|l| l.starts_with(gate) && l.contains("PASS")), "{gate}:\n{message}");
    }
    trailers_parse(&sample, &message, &target);

    // By hand written text is where it was: only these lines went, and only the expected ones came.
    let (gone, came) = line_sets(&status, &sample.read("STATUS.md"));
    // The stamp, two labels, four shares that add up, two measured values.
    assert_eq!(gone.len(), 9, "{gone:#?}");
    assert!(gone.iter().all(|l| l.starts_with(['*', '|']) || l.starts_with("- **")), "{gone:#?}");
    assert!(came.iter().all(|l| !status.contains(l.as_str())), "{came:#?}");
    assert!(came.iter().any(|l| l == "- **Status**: Complete"), "{came:#?}");
    assert!(came.iter().any(|l| l.contains("| 8 | 72.7% |")), "{came:#?}");
    let (gone, came) = line_sets(&log, &sample.read("PROGRESS_LOG.md"));
    assert_eq!(gone, Vec::<String>::new());
    assert!(!came.is_empty() && sample.read("PROGRESS_LOG.md").contains(log.trim_end()), "{came:#?}");
    let changed = sample.git(&["diff", "--name-only", "HEAD^", "HEAD"]);
    for path in changed.lines() {
        let known =
            path.starts_with(".milegate/ledger/1.0/") || path == "STATUS.md" || path == "PROGRESS_LOG.md";
        assert!(known, "{path}");
    }
}

/// git itself finds the trailers, and they say what was judged.
#[track_caller]
fn trailers_parse(sample: &Sample, message: &str, target: &str) {
    let file = sample.root().join("message");
    fs::write(&file, message).unwrap();
    let parsed = sample.git(&["interpret-trailers", "--parse", file.to_str().unwrap()]);
    let of = |key: &str| {
        let key = format!("{key}: ");
        parsed.lines().filter_map(|l| l.strip_prefix(&key)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of("Milegate-Milestone"), ["1.0"]);
    assert_eq!(of("Milegate-Target"), [target]);
    assert_eq!(of("Milegate-Approval").len(), ROLES.len(), "{parsed}");
    assert_eq!(of("Milegate-Disabled").len(), 2, "{parsed}");
    let reports = of("Milegate-Report");
    for name in ["unit.xml", "coverage.xml", "pylint.json", "benchmark.json", "interrogate.txt"] {
        assert!(reports.iter().any(|r| r.ends_with(name)), "{name}: {reports:#?}");
    }
    let mut manifest = sample.command("git", &sample.work);
    let manifest = manifest.args(["cat-file", "blob", "HEAD:.milegate/ledger/1.0/manifest.json"]).output();
    let digest = milegate::ledger::json::sha256(&manifest.unwrap().stdout);
    assert_eq!(of("Milegate-Evidence"), [format!("sha256:{digest}")]);
}

#[test]
fn a_file_that_nobody_tracks_stays_as_it_is() {
    let sample = Sample::ready();
    sample.write("notes/private.txt", "mine\n").write("orders/draft.py", "x = 1\n");
    let before = sample.snapshot();
    complete(&sample).exits(0);
    let changed = difference(&before, &sample.snapshot());
    for path in ["notes/private.txt", "orders/draft.py", "orders/store.py", "CHECKLIST.md", "README.md"] {
        assert!(!changed.contains(&sample.work.join(path)), "{path}");
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let sample = Sample::ready();
    complete(&sample).exits(0);
    let before = sample.snapshot();
    let said = complete_json(&sample, &[]);
    assert_eq!((&said["changed"], &said["tag"]), (&false.into(), &TAG.into()));
    assert_eq!(said["tag_object"].as_str(), sample.tag().as_deref());
    assert_eq!(said["target"], sample.git(&["rev-parse", "HEAD^"]));
    complete(&sample).exits(0).says("Already complete");
    // The time of the lock is its own affair.
    let mut changed = difference(&before, &sample.snapshot());
    changed.retain(|path| !path.ends_with(".git/milegate/lock"));
    assert_eq!(changed, Vec::<std::path::PathBuf>::new());
    // Neither does work on the next milestone.
    sample.append("orders/store.py", "# more\n");
    sample.commit_as("ada", "Begin the next milestone");
    assert_eq!(complete_json(&sample, &[])["changed"], false);
}

#[test]
fn a_dry_run_touches_nothing() {
    let sample = Sample::ready();
    let before = sample.snapshot();
    let run = sample.milegate(&["complete", "1.0", "--dry-run"]).exits(0);
    let run = run.says("Nothing was changed").says("git push --atomic origin").says("Milegate-Target: ");
    run.says("+- **Status**: Complete");
    let json = sample.milegate(&["complete", "1.0", "--dry-run", "--output-format", "json"]).exits(0).json();
    assert_eq!((&json["changed"], &json["tag"]), (&false.into(), &TAG.into()));
    assert_eq!((&json["dry_run"], &json["target"]), (&true.into(), &sample.head().into()));
    assert!(json["steps"].as_array().is_some_and(|s| s.len() >= 4 && s.iter().all(|s| s["done"] == false)));
    assert_eq!(difference(&before, &sample.snapshot()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_dry_run_says_what_the_run_would_say() {
    let sample = Sample::ready();
    complete(&sample).exits(0);
    let before = sample.snapshot();
    sample.milegate(&["complete", "1.0", "--dry-run"]).exits(0).says("Already complete");
    assert_eq!(difference(&before, &sample.snapshot()), Vec::<std::path::PathBuf>::new());

    let sample = Sample::ready();
    sample.git(&["tag", TAG]);
    sample.milegate(&["complete", "1.0", "--dry-run"]).exits(4).says("lightweight");
    // Running tools writes reports and records: no dry run does that.
    sample.milegate(&["complete", "1.0", "--dry-run", "--run"]).exits(2);
}

#[test]
fn refused_gates_make_no_tag() {
    let sample = Sample::first();
    let head = sample.head();
    let json = sample.milegate(&[COMPLETE, &["--output-format", "json"]].concat()).exits(1).json();
    assert_eq!((&json["verdict"], &json["changed"]), (&"failed".into(), &false.into()));
    assert!(json["tag"].is_null() && json["gates"].as_array().is_some_and(|g| g.len() == 4));
    complete(&sample).exits(1).says("No tag.");
    nothing_published(&sample, &head);

    let sample = Sample::ready();
    let head = sample.head();
    fs::remove_file(sample.work.join("reports/coverage.xml")).unwrap();
    complete(&sample).exits(3).says("next:");
    let unit = sample.read("reports/unit.xml");
    sample.again().write("reports/unit.xml", &unit[..unit.len() / 2]);
    complete(&sample).exits(3);
    sample.again().write("reports/unit.xml", "");
    complete(&sample).exits(3);
    nothing_published(&sample, &head);
}

#[test]
fn a_refused_push_leaves_no_trace_and_the_next_run_completes() {
    for (refused, name) in [("refs/tags/*", "tag"), ("refs/heads/*", "branch")] {
        let sample = Sample::ready();
        let head = sample.head();
        let script = format!("case $1 in {refused}) echo no such {name} today >&2; exit 1;; esac");
        let hook = sample.remote_hook("update", &script);
        complete(&sample).exits(5).says("nothing was published").says("next:");
        nothing_published(&sample, &head);
        fs::remove_file(hook).unwrap();
        complete(&sample).exits(0);
        published(&sample, &head);
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_is_finished_by_the_same_command() {
    use std::os::unix::process::ExitStatusExt;
    let kill = |root: &std::path::Path| {
        let pid = root.join("pid");
        let pid = pid.display();
        format!("while ! [ -s {pid} ]; do sleep 0.01; done; echo $PPID >{pid}.parent; kill -9 $(cat {pid})")
    };
    // In the clone before the push (which then ends, or goes on by itself), and at the remote before
    // and after it took the push.
    for (place, name, end) in [
        ("here", "pre-push", "exit 1"),
        ("here", "pre-push", "exit 0"),
        ("there", "pre-receive", "exit 1"),
        ("there", "post-receive", "exit 0"),
        ("there", "post-update", "exit 0"),
    ] {
        let sample = Sample::ready();
        let head = sample.head();
        let script = format!("{}; {end}", kill(&sample.root()));
        let hook =
            if place == "here" { sample.hook(name, &script) } else { sample.remote_hook(name, &script) };
        let ended = sample.start(COMPLETE).wait().unwrap();
        assert_eq!(ended.signal(), Some(9), "{name} {end}");
        // What was left behind may still push.
        let parent = fs::read_to_string(sample.root().join("pid.parent"));
        for _ in 0..6000 {
            let Ok(parent) = parent.as_ref().or(Err(())).map(|p| p.trim().to_owned()) else { break };
            if !sample
                .command("kill", &sample.root())
                .args(["-0", &parent])
                .output()
                .unwrap()
                .status
                .success()
            {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        fs::remove_file(hook).unwrap();
        complete(&sample).exits(0);
        published(&sample, &head);
        complete(&sample).exits(0).says("Already complete");
    }
}

#[test]
fn a_tag_that_says_something_else_is_a_conflict() {
    let foreign: &[&[&str]] = &[
        &["tag", TAG],
        &["tag", "-a", "-m", "by hand", TAG],
        &["tag", "-a", "-m", "Milestone\n\nMilegate-Milestone: 1.1", TAG],
    ];
    for args in foreign {
        let sample = Sample::ready();
        sample.git(args);
        let tag = sample.tag();
        complete(&sample).exits(4).says("next:");
        assert_eq!((sample.tag(), sample.tag_there()), (tag, None));
    }
    // Only at the remote.
    let sample = Sample::ready();
    sample.there(&["tag", TAG, "main"]);
    complete(&sample).exits(4);
    assert_eq!(sample.tag(), None);
    // A good tag that this branch does not build on.
    let sample = Sample::ready();
    let before = sample.head();
    complete(&sample).exits(0);
    sample.git(&["checkout", "-q", "--orphan", "other"]);
    sample.git(&["commit", "-q", "-m", "Another history"]);
    complete(&sample).exits(4).says(&before);
}

#[test]
fn what_cannot_be_right_is_refused_before_anything_is_judged() {
    let sample = Sample::ready();
    let head = sample.head();
    sample.milegate(&["complete", "1.1", "--yes"]).exits(5).says("milestone 1.0 comes first");
    sample.milegate(&["complete", "2.0", "--yes"]).exits(2).says("no milestone `2.0`");
    sample.append("README.md", "one more line\n");
    complete(&sample).exits(5).says("README.md").says("next:");
    sample.git(&["checkout", "-q", "README.md"]);
    sample.edit("milegate.toml", ">= 90%", ">= 10%");
    complete(&sample).exits(5).says("not committed").says("next:");
    sample.git(&["add", "milegate.toml"]);
    complete(&sample).exits(5).says("not committed");
    sample.git(&["reset", "-q", "--hard"]);
    sample.git(&["switch", "-q", "-c", "side"]);
    complete(&sample).exits(5).says("git switch main");
    sample.git(&["switch", "-q", "main"]);
    nothing_published(&sample, &head);
}

#[test]
fn documents_that_are_judged_are_part_of_what_is_tagged() {
    for path in ["CHECKLIST.md", "docs/guide.md"] {
        let sample = Sample::second();
        sample.git(&["rm", "-q", "--cached", path]);
        sample.git(&["commit", "-q", "-m", "Forget a document"]);
        sample.push().approve_all("1.0");
        let head = sample.head();
        complete(&sample).exits(5).says(path).says("next:");
        nothing_published(&sample, &head);
    }
}

#[test]
fn a_head_that_the_remote_does_not_have_or_has_left_behind_is_refused() {
    let sample = Sample::ready();
    let second = sample.root().join("second");
    sample.git(&["clone", "-q", "../remote.git", second.to_str().unwrap()]);
    fs::write(second.join("README.md"), "changed elsewhere\n").unwrap();
    let ann = ["-c", "user.name=ann", "-c", "user.email=ann@example.com"];
    sample.git_in(&second, &[&ann[..], &["commit", "-q", "-am", "Elsewhere"]].concat());
    sample.git_in(&second, &["push", "-q"]);
    let head = sample.head();
    complete(&sample).exits(5).says("is behind main").says("git pull");
    nothing_published(&sample, &head);
    sample.git(&["pull", "-q", "--ff-only", "origin", "main"]);
    // The pulled commit is to be looked at as well.
    fs::remove_dir_all(sample.work.join(".milegate/ledger")).unwrap();
    sample.again().approve_all("1.0");
    let head = sample.head();
    complete(&sample).exits(0);
    published(&sample, &head);
}

#[test]
fn documents_go_to_a_branch_of_their_own_where_that_is_asked_for() {
    let sample = Sample::second();
    sample.append("milegate.toml", "\n[tag]\npublish = \"branch\"\n");
    sample.commit_as("ada", "Protect main");
    sample.push().again().approve_all("1.0");
    let head = sample.head();
    assert_eq!(complete_json(&sample, &[])["changed"], true);
    assert_eq!((sample.head(), sample.there(&["rev-parse", "main"])), (head.clone(), head.clone()));
    assert_eq!(sample.there(&["rev-parse", &format!("{TAG}^{{commit}}")]), head);
    assert_eq!(sample.there(&["rev-parse", "milegate/1.0^"]), head);
    assert!(sample.there(&["show", "milegate/1.0:STATUS.md"]).contains("- **Status**: Complete"));
    assert_eq!(complete_json(&sample, &[])["changed"], false);
    sample.sound();
}

#[test]
fn the_tag_goes_alone_where_that_is_asked_for() {
    let sample = Sample::second();
    sample.append("milegate.toml", "\n[tag]\npublish = \"tag-only\"\n");
    sample.commit_as("ada", "Publish tags only");
    sample.push().again().approve_all("1.0");
    let (head, status) = (sample.head(), sample.read("STATUS.md"));
    let said = complete_json(&sample, &[]);
    assert_eq!((&said["changed"], &said["docs_commit"]), (&true.into(), &Value::Null));
    assert_eq!((sample.head(), sample.there(&["rev-parse", "main"])), (head.clone(), head));
    assert_eq!(sample.tag(), sample.tag_there());
    assert_eq!(sample.read("STATUS.md"), status);
    assert_eq!(complete_json(&sample, &[])["changed"], false);
}

#[test]
fn what_was_not_pushed_is_pushed_by_a_later_run() {
    let sample = Sample::ready();
    let head = sample.head();
    let said = complete_json(&sample, &["--no-push"]);
    assert_eq!((&said["changed"], &said["pushed"]), (&true.into(), &false.into()));
    assert!(sample.tag().is_some() && sample.tag_there().is_none());
    assert_eq!(sample.git(&["rev-parse", "HEAD^"]), head);
    assert_eq!(complete_json(&sample, &["--no-push"])["changed"], false);
    let said = complete_json(&sample, &[]);
    assert_eq!((&said["changed"], &said["pushed"]), (&true.into(), &true.into()));
    published(&sample, &head);
}

#[test]
fn a_repository_without_a_remote_is_completed_here() {
    let sample = Sample::ready();
    let head = sample.head();
    sample.git(&["remote", "remove", "origin"]);
    let said = complete_json(&sample, &[]);
    assert_eq!((&said["changed"], &said["pushed"]), (&true.into(), &false.into()));
    assert_eq!(sample.git(&["rev-parse", &format!("{TAG}^{{commit}}")]), head);
    assert_eq!(sample.git(&["rev-parse", "HEAD^"]), head);
    assert_eq!(complete_json(&sample, &[])["changed"], false);
}

#[test]
fn a_remote_of_another_name_is_not_taken_for_none() {
    let sample = Sample::ready();
    let head = sample.head();
    sample.git(&["remote", "rename", "origin", "upstream"]);
    complete(&sample).exits(5).says("upstream").says("next:");
    assert_eq!(sample.tag(), None);
    assert_eq!(sample.head(), head);
    complete_json(&sample, &["--no-push"]);
    assert!(sample.tag().is_some());
}

#[test]
fn a_detached_head_at_the_tip_is_what_ci_checks_out() {
    let sample = Sample::ready();
    let head = sample.head();
    sample.git(&["checkout", "-q", "--detach"]);
    let said = complete_json(&sample, &[]);
    assert_eq!((&said["changed"], &said["pushed"]), (&true.into(), &true.into()));
    assert_eq!(sample.tag(), sample.tag_there());
    assert_eq!((sample.head(), sample.there(&["rev-parse", "main^"])), (head.clone(), head));
    assert_eq!(complete_json(&sample, &[])["changed"], false);
    sample.sound();
}

#[test]
fn a_tag_that_cannot_be_signed_is_not_made() {
    let sample = Sample::ready();
    let head = sample.head();
    sample.git(&["config", "gpg.program", "false"]);
    sample.milegate(&[COMPLETE, &["--sign"]].concat()).exits(5).says("error:");
    nothing_published(&sample, &head);
    complete(&sample).exits(0);
    published(&sample, &head);
}

#[test]
fn two_runs_at_once_make_one_tag() {
    let sample = Sample::ready();
    let head = sample.head();
    let mut runs: Vec<_> =
        (0..3).map(|_| sample.program(COMPLETE).stdout(Stdio::null()).spawn().unwrap()).collect();
    let codes: Vec<_> = runs.iter_mut().map(|run| run.wait().unwrap().code()).collect();
    // Whoever meets what another one is doing may refuse; a re-run is always good.
    assert!(codes.contains(&Some(0)) && codes.iter().all(|c| matches!(c, Some(0 | 5))), "{codes:?}");
    complete(&sample).exits(0).says("Already complete");
    published(&sample, &head);
}

#[test]
fn notes_are_the_body_of_a_release() {
    let sample = Sample::ready();
    let notes = sample.root().join("notes.md");
    let args = ["--notes", notes.to_str().unwrap()];
    complete_json(&sample, &args);
    let text = fs::read_to_string(&notes).unwrap();
    assert!(text.starts_with("# Orders Milestone 1.0: Order Store Complete\n"), "{text}");
    assert!(text.contains("Code Complete") && text.contains("97.6%"), "{text}");
    // A release job that is run again needs its notes as well.
    fs::remove_file(&notes).unwrap();
    assert_eq!(complete_json(&sample, &args)["changed"], false);
    let text = fs::read_to_string(&notes).unwrap();
    assert!(text.starts_with("# Orders Milestone 1.0: Order Store Complete\n"), "{text}");
    assert!(text.contains("Code Complete") && text.contains("97.6%"), "{text}");
}

#[test]
fn approvals_count_whether_they_are_committed_or_not() {
    let sample = Sample::ready();
    let approvals = sample.git(&["ls-files", "--others", "--exclude-standard"]);
    assert_eq!(approvals.lines().count(), 4, "{approvals}");
    complete(&sample).exits(0);
    for path in approvals.lines() {
        assert_eq!(sample.git(&["show", &format!("HEAD:{path}")]), sample.read(path).trim_end(), "{path}");
    }

    let sample = Sample::ready();
    sample.commit_as("bob", "Sign off 1.0");
    sample.push();
    let head = sample.head();
    complete(&sample).exits(0);
    published(&sample, &head);
}

#[test]
fn nobody_signs_off_commits_of_their_own() {
    let sample = Sample::second();
    sample.append("orders/store.py", "# by bob\n");
    let own = sample.commit_as("bob", "Touch the store");
    sample.push().again().approve_all("1.0");
    complete(&sample).exits(1).says("not covered by anybody but their authors").says(&own[..7]);
    // Ada covers bob's commit, and bob covers ada's.
    sample.approve("code", "ada", &[]).exits(0);
    let check = sample.milegate(&["check", "1.0", "--gate", "4", "--output-format", "json"]).json();
    let outcomes: Vec<_> =
        check["gates"][0]["criteria"].as_array().unwrap().iter().map(|c| &c["outcome"]).collect();
    assert_eq!(outcomes[0], "passed", "{check:#}");

    // A co-author is an author.
    let sample = Sample::second();
    sample.append("orders/store.py", "# by both\n");
    let shared = sample.commit_as("ada", "Share\n\nCo-authored-by: Bob <bob@example.com>");
    sample.push().again().approve_all("1.0");
    complete(&sample).exits(1).says(&shared[..7]);
}

#[test]
fn a_rejection_blocks_until_it_is_taken_back() {
    let sample = Sample::ready();
    sample.approve("security", "bob", &["--reject"]).exits(0).says("refused");
    complete(&sample).exits(1).says("security");
    sample.approve("security", "bob", &["--withdraw"]).exits(0);
    complete(&sample).exits(1);
    sample.approve("security", "bob", &[]).exits(0);
    complete(&sample).exits(0);

    let sample = Sample::ready();
    sample.approve("code", "bob", &["--withdraw"]).exits(0);
    complete(&sample).exits(1).says("code-review");
    assert_eq!(sample.tag(), None);
}

#[test]
fn an_approval_is_of_the_code_and_not_of_the_ledger() {
    let sample = Sample::ready();
    sample.append("STATUS.md", "\nA hand-written remark.\n").edit(
        "CHECKLIST.md",
        "- [ ] Show the tax",
        "- [x] Show the tax",
    );
    sample.commit_as("ada", "Bring the papers up to date");
    sample.push().again();
    sample.milegate(&["check", "1.0"]).exits(0);

    sample.append("orders/store.py", "# changed after the review\n");
    sample.commit_as("ada", "Change the store");
    sample.push().again();
    sample.milegate(&["check", "1.0"]).exits(1).says("orders/store.py");
    complete(&sample).exits(1);
    for role in ROLES {
        sample.approve(role, "bob", &["--renew"]).exits(0).says("orders/store.py");
    }
    complete(&sample).exits(0);
    assert!(sample.read("STATUS.md").contains("A hand-written remark."));
}

#[test]
fn approvals_that_cannot_be_read_or_are_of_others_do_not_count() {
    let sample = Sample::ready();
    let listing = sample.git(&["ls-files", "--others", "--exclude-standard", ".milegate"]);
    let one = listing.lines().find(|p| p.contains("/code.bob.")).unwrap().to_owned();
    let text = sample.read(&one);
    sample.write(&one, &text[..text.len() - 20]);
    complete(&sample).exits(3).says(&one).says("next:");
    sample.milegate(&["approvals", "1.0"]).exits(3);
    // It might be an objection, so that others approved in the same role is not enough.
    let sample = Sample::ready();
    sample.write(".milegate/ledger/1.0/approvals/code.eve.00000000.json", "{ \"predicate\": ");
    complete(&sample).exits(3).says("code.eve.00000000.json");

    // Of another milestone.
    let sample = Sample::second();
    sample.approve_all("1.1");
    complete(&sample).exits(1);
    // The same file under this milestone's folder.
    let from = sample.work.join(".milegate/ledger/1.1/approvals");
    let to = sample.work.join(".milegate/ledger/1.0/approvals");
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(from, to).unwrap();
    assert_ne!(complete(&sample).code, 0);
    assert_eq!(sample.tag(), None);
}

#[test]
fn who_may_approve_is_configured() {
    let sample = Sample::second();
    sample.approve("security", "ada", &[]).exits(2).says("ada holds: code");
    sample.approve("code", "bobby", &[]).exits(2).says("bob");
    sample.milegate(&["approve", "code"]).exits(0).says("ada");
    sample.git(&["config", "user.email", "nobody@example.com"]);
    sample.milegate(&["approve", "code"]).exits(2).says("--as NAME");
    sample.append("orders/store.py", "# dirty\n");
    sample.approve("code", "bob", &[]).exits(5).says("orders/store.py");
    sample.git(&["checkout", "-q", "."]);
    // Ledger paths may be dirty: an approval is not of them.
    sample.append("STATUS.md", "\nmore\n");
    sample.approve("code", "bob", &[]).exits(0);
    let head = sample.head();
    assert_eq!(sample.git(&["rev-parse", "HEAD"]), head);
    let json = sample.milegate(&["approvals", "1.0", "--output-format", "json"]).exits(0).json();
    assert_eq!(json["approvals"].as_array().map(Vec::len), Some(2), "{json:#}");
    assert!(json["approvals"][0]["why"].is_string() && json["approvals"][0]["counts"].is_boolean());
}

/// What a person writes into the log, between what stands there.
const BY_HAND: (&str, &str) =
    ("- Immediate next task: Test the exports\n", "- Immediate next task: Test the exports, all of them\n");

/// Every line of both is in the log, and the report, once.
#[track_caller]
fn holds_both(log: &str, before: &str) {
    let edited = before.replace(BY_HAND.0, BY_HAND.1);
    assert!(edited != before && log.starts_with(edited.trim_end()), "{log}");
    assert_eq!(log.matches("## Milestone 1.0 Completion Report").count(), 1, "{log}");
    assert!(!log.contains("<<<<<<<"), "{log}");
}

/// A second working copy of what the remote has.
fn second_copy(sample: &Sample) -> std::path::PathBuf {
    let other = sample.root().join("other");
    sample.git(&["clone", "-q", "../remote.git", other.to_str().unwrap()]);
    sample.git_in(&other, &["config", "user.name", "ann"]);
    sample.git_in(&other, &["config", "user.email", "ann@example.com"]);
    other
}

fn edit_by_hand(folder: &std::path::Path) {
    let log = folder.join("PROGRESS_LOG.md");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(log, text.replace(BY_HAND.0, BY_HAND.1)).unwrap();
}

#[test]
fn a_log_that_was_edited_elsewhere_meanwhile_holds_both() {
    // The hand edit comes to the remote after the report: it is merged there.
    let sample = Sample::ready();
    let before = sample.read("PROGRESS_LOG.md");
    let other = second_copy(&sample);
    edit_by_hand(&other);
    sample.git_in(&other, &["commit", "-q", "-am", "Say more"]);
    complete(&sample).exits(0);
    sample.git_in(&other, &["pull", "-q", "--no-rebase", "--no-edit"]);
    sample.git_in(&other, &["push", "-q"]);
    holds_both(&fs::read_to_string(other.join("PROGRESS_LOG.md")).unwrap(), &before);
    sample.git(&["pull", "-q", "--ff-only", "origin", "main"]);
    complete(&sample).exits(0).says("Already complete");
    holds_both(&sample.read("PROGRESS_LOG.md"), &before);
    assert_eq!(sample.git(&["status", "--porcelain"]), "");

    // It comes before: `complete` refuses until it is pulled.
    let sample = Sample::ready();
    let other = second_copy(&sample);
    edit_by_hand(&other);
    sample.git_in(&other, &["commit", "-q", "-am", "Say more"]);
    sample.git_in(&other, &["push", "-q"]);
    complete(&sample).exits(5).says("git pull");
    sample.git(&["pull", "-q", "--ff-only", "origin", "main"]);
    complete(&sample).exits(0);
    holds_both(&sample.read("PROGRESS_LOG.md"), &before);
    holds_both(&format!("{}\n", sample.there(&["show", "main:PROGRESS_LOG.md"])), &before);
}

#[cfg(unix)]
#[test]
fn a_log_that_was_edited_here_meanwhile_holds_both() {
    use std::io::Write as _;
    let sample = Sample::ready();
    let before = sample.read("PROGRESS_LOG.md");
    // Between plan and write: while the push is on its way, somebody saves the log.
    let script = "sed 's/Test the exports$/Test the exports, all of them/' PROGRESS_LOG.md >saved && mv saved PROGRESS_LOG.md";
    let hook = sample.hook("pre-push", script);
    let run = complete(&sample).exits(5).says("left as they are: PROGRESS_LOG.md");
    let run = run.says("your edits are kept").says("git restore -p -s HEAD -- PROGRESS_LOG.md");
    assert_eq!(run.code, 5);
    fs::remove_file(hook).unwrap();
    assert_eq!(sample.read("PROGRESS_LOG.md"), before.replace(BY_HAND.0, BY_HAND.1));
    assert!(sample.git(&["show", "HEAD:PROGRESS_LOG.md"]).contains("## Milestone 1.0 Completion Report"));
    assert!(sample.tag_there().is_some());
    // What the message says to do: keep the edit, take the report.
    let mut command = sample.command("git", &sample.work);
    let mut git = command
        .args(["restore", "-p", "-s", "HEAD", "--", "PROGRESS_LOG.md"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // One hunk for both: it is split, and the first part refused.
    git.stdin.take().unwrap().write_all(b"s\nn\ny\n").unwrap();
    assert!(git.wait().unwrap().success());
    holds_both(&sample.read("PROGRESS_LOG.md"), &before);
    sample.commit_as("ada", "Say more");
    sample.push();
    complete(&sample).exits(0).says("Already complete");
    holds_both(&sample.read("PROGRESS_LOG.md"), &before);
}

/// Two sections at the same end are git's to ask about: both are there, and nothing is done before
/// somebody has put them in order.
#[test]
fn a_section_at_the_end_of_the_log_conflicts_visibly() {
    const OWN: &str = "\n## 2026-11-25 - By hand\n\n- It rained.\n";
    let sample = Sample::ready();
    let before = sample.read("PROGRESS_LOG.md");
    let other = second_copy(&sample);
    fs::write(other.join("PROGRESS_LOG.md"), format!("{before}{OWN}")).unwrap();
    sample.git_in(&other, &["commit", "-q", "-am", "Write by hand"]);
    complete(&sample).exits(0);
    let mut pull = sample.command("git", &other);
    assert!(!pull.args(["pull", "-q", "--no-rebase", "--no-edit"]).output().unwrap().status.success());
    let merged = fs::read_to_string(other.join("PROGRESS_LOG.md")).unwrap();
    let holds = |text: &str| {
        [OWN, "## Milestone 1.0 Completion Report", before.trim_end()]
            .iter()
            .all(|part| text.contains(part.trim()))
    };
    assert!(holds(&merged) && merged.contains("<<<<<<<"), "{merged}");
    let other_copy = other.to_str().unwrap();
    sample.milegate(&["-C", other_copy, "log", "sync"]).exits(5).says("PROGRESS_LOG.md:");
    assert_eq!(fs::read_to_string(other.join("PROGRESS_LOG.md")).unwrap(), merged);
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let settled: String = merged
        .lines()
        .filter(|line| !marks.iter().any(|mark| line.starts_with(mark)))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(other.join("PROGRESS_LOG.md"), &settled).unwrap();
    sample.git_in(&other, &["commit", "-q", "-am", "Merge"]);
    sample.git_in(&other, &["push", "-q"]);
    sample.git(&["pull", "-q", "--ff-only", "origin", "main"]);
    complete(&sample).exits(0).says("Already complete");
    assert!(holds(&sample.read("PROGRESS_LOG.md")));
}
