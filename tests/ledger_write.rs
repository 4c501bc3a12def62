//! The write side of `complete` against real repositories: all of it or nothing, whatever comes between.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests panic as tests do")]

mod publish_repo;

use std::fs;
use std::time::Duration;

use milegate::ledger::publish::{
    Kind, Mode, POINTS, Plan, PublishError, TagState, complete, existing, no_stop, preflight, remotes,
    resume, settle,
};
use publish_repo::{MESSAGE, Repo, TAG};

const TAG_REF: &str = "refs/tags/phase5-milestone-5.1-complete";
const MAIN: &str = "refs/heads/main";
const DOCS: &str = "refs/heads/milegate/5.1";

fn conflict(result: Result<impl std::fmt::Debug, PublishError>) -> String {
    refused(result, Kind::Conflict)
}

fn cannot(result: Result<impl std::fmt::Debug, PublishError>) -> String {
    refused(result, Kind::CannotAct)
}

fn refused(result: Result<impl std::fmt::Debug, PublishError>, kind: Kind) -> String {
    let error = result.expect_err("it must be refused");
    assert_eq!(error.kind(), kind, "{error:?}");
    format!("{error} | {}", error.hint().unwrap_or_default())
}

/// The state that every way to the end of a direct, pushed completion must lead to.
fn direct_and_done(repo: &Repo, target: &str) {
    let tag = repo.here(TAG_REF).expect("the tag is here");
    assert_eq!(repo.there(TAG_REF).as_ref(), Some(&tag));
    assert_eq!(repo.g(&["cat-file", "-t", TAG_REF]), "tag");
    assert_eq!(repo.g(&["rev-parse", &format!("{TAG_REF}^{{}}")]), target);
    let docs = repo.here(MAIN).unwrap();
    assert_eq!(repo.there(MAIN).as_ref(), Some(&docs));
    assert_eq!(repo.g(&["rev-parse", "main^"]), target, "one commit, the child of the target");
    assert_eq!(repo.g(&["diff", "--name-only", "-z", target, "main"]), "docs/STATUS.md\0docs/log/LOG é.md\0");
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    assert_eq!(repo.g(&["for-each-ref", "refs/tags"]).lines().count(), 1);
    let status = fs::read(repo.work.join("docs/STATUS.md")).unwrap();
    assert_eq!(status, b"# Status\r\n\r\n5.1 complete\r\n");
    repo.sound();
}

/// Nothing of the milestone is anywhere.
fn untouched(repo: &Repo, target: &str) {
    assert_eq!((repo.here(TAG_REF), repo.there(TAG_REF)), (None, None));
    assert_eq!(repo.here(MAIN).as_deref(), Some(target));
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    repo.sound();
}

#[test]
fn direct_publishes_tag_and_documents_as_one() {
    let repo = Repo::new();
    fs::write(repo.work.join("notes.txt"), "mine").unwrap();
    fs::write(repo.work.join(".git/info/exclude"), "notes.txt\n").unwrap();
    let plan = repo.plan();
    let report = repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
    assert!(report.changed && report.pushed);
    assert_eq!(Some(report.tag_object), repo.here(TAG_REF));
    assert_eq!(report.docs_commit, repo.here(MAIN));
    assert_eq!(fs::read(repo.work.join("notes.txt")).unwrap(), b"mine");
    let object = repo.git().call(&["cat-file", "tag", TAG]).ok().unwrap().text();
    assert_eq!(object.split_once("\n\n").unwrap().1, MESSAGE, "the message is byte for byte");
    assert!(object.contains("tagger Ann <ann@example.com>"));
}

#[test]
fn a_second_run_changes_nothing() {
    let repo = Repo::new();
    let first = repo.complete(&repo.plan()).unwrap();
    let before = (repo.g(&["for-each-ref"]), repo.r(&["for-each-ref"]));
    let mtime = fs::metadata(repo.work.join("docs/STATUS.md")).unwrap().modified().unwrap();
    let second = repo.complete(&repo.plan()).unwrap();
    assert!(!second.changed && second.pushed);
    assert_eq!(second.tag_object, first.tag_object);
    assert_eq!((repo.g(&["for-each-ref"]), repo.r(&["for-each-ref"])), before);
    assert_eq!(fs::metadata(repo.work.join("docs/STATUS.md")).unwrap().modified().unwrap(), mtime);
    let settled = settle(&repo.git(), &repo.plan().claim(), Duration::ZERO, &no_stop).unwrap();
    assert!(!settled.expect("it is complete").changed);
}

#[test]
fn branch_mode_leaves_the_branch_alone() {
    let repo = Repo::new();
    let plan = Plan { mode: Mode::Branch, ..repo.plan() };
    let report = repo.complete(&plan).unwrap();
    assert_eq!(repo.there(DOCS), report.docs_commit);
    assert_eq!(repo.there(MAIN), Some(plan.target.clone()));
    assert_eq!(repo.here(MAIN), Some(plan.target.clone()));
    assert_eq!((repo.here(DOCS), repo.here(TAG_REF)), (None, repo.there(TAG_REF)));
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    repo.sound();
    // A branch of an earlier attempt is somebody's and stays.
    let other = Repo::new();
    other.r(&["branch", "milegate/5.1", "main"]);
    let plan = Plan { mode: Mode::Branch, ..other.plan() };
    assert!(conflict(other.complete(&plan)).contains("milegate/5.1 exists already"));
}

#[test]
fn tag_only_makes_only_the_tag() {
    let repo = Repo::new();
    let plan = Plan { mode: Mode::TagOnly, ..repo.plan() };
    let report = repo.complete(&plan).unwrap();
    assert_eq!(report.docs_commit, None);
    assert_eq!(repo.there(TAG_REF), Some(report.tag_object));
    assert_eq!(repo.here(MAIN), Some(plan.target));
    repo.sound();
}

#[test]
fn documents_that_do_not_change_make_no_commit() {
    let repo = Repo::new();
    let mut plan = repo.plan();
    plan.documents.truncate(1);
    plan.documents[0].content = fs::read(repo.work.join("docs/STATUS.md")).unwrap();
    assert_eq!(repo.complete(&plan).unwrap().docs_commit, None);
    assert_eq!(repo.here(MAIN), Some(plan.target));
    assert!(repo.there(TAG_REF).is_some());
}

#[test]
fn without_a_push_it_stays_here_and_a_later_run_pushes_it() {
    let repo = Repo::new();
    let mut plan = repo.plan();
    plan.push = false;
    let target = plan.target.clone();
    let report = repo.complete(&plan).unwrap();
    assert!(report.changed && !report.pushed);
    assert_eq!((repo.there(TAG_REF), repo.there(MAIN)), (None, Some(target.clone())));
    assert_eq!(repo.here(MAIN), report.docs_commit);
    assert!(!repo.complete(&plan).unwrap().changed, "complete, as nothing is to be pushed");
    plan.push = true;
    let settled = settle(&repo.git(), &plan.claim(), Duration::ZERO, &no_stop).unwrap().expect("pushed");
    assert!(settled.changed && settled.pushed);
    direct_and_done(&repo, &target);
}

#[test]
fn no_remote_at_all() {
    for mode in [Mode::Direct, Mode::Branch] {
        let repo = Repo::new();
        repo.g(&["remote", "remove", "origin"]);
        let mut plan = repo.plan();
        assert!(cannot(repo.complete(&plan)).contains("no remote `origin`"));
        assert!(remotes(&repo.git()).unwrap().is_empty());
        (plan.remote, plan.mode) = (None, mode);
        let report = repo.complete(&plan).unwrap();
        let branch = if mode == Mode::Direct { MAIN } else { DOCS };
        assert_eq!(repo.here(branch), report.docs_commit);
        assert_eq!(repo.here(TAG_REF), Some(report.tag_object));
        assert_eq!(repo.g(&["status", "--porcelain"]), "");
        repo.sound();
    }
}

#[test]
fn a_remote_without_the_branch_gets_it() {
    let repo = Repo::new();
    repo.r(&["update-ref", "-d", MAIN]);
    let plan = repo.plan();
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
}

#[test]
fn a_refusal_by_the_remote_leaves_nothing_and_a_rerun_succeeds() {
    for (name, script) in [
        ("update", "case $1 in refs/tags/*) echo 'tags are protected' >&2; exit 1;; esac"),
        ("update", "case $1 in refs/heads/main) echo 'main is protected' >&2; exit 1;; esac"),
        ("pre-receive", "echo 'everything is protected' >&2; exit 1"),
    ] {
        let repo = Repo::new();
        let plan = repo.plan();
        let hook = repo.remote_hook(name, script);
        let said = cannot(repo.complete(&plan));
        assert!(said.contains("protected") && said.contains("nothing was published"), "{said}");
        untouched(&repo, &plan.target);
        assert_eq!(repo.there(MAIN), Some(plan.target.clone()));
        fs::remove_file(hook).unwrap();
        repo.complete(&plan).unwrap();
        direct_and_done(&repo, &plan.target);
    }
}

#[test]
fn a_pre_push_hook_of_the_user_runs_and_may_refuse() {
    let repo = Repo::new();
    let plan = repo.plan();
    let hook = repo.hook("pre-push", "echo 'tests first' >&2; exit 1");
    assert!(cannot(repo.complete(&plan)).contains("tests first"));
    untouched(&repo, &plan.target);
    fs::remove_file(hook).unwrap();
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
}

#[test]
fn a_server_that_is_not_atomic_is_refused_with_advice() {
    let repo = Repo::new();
    repo.r(&["config", "receive.advertiseAtomic", "false"]);
    let mut plan = repo.plan();
    assert!(cannot(repo.complete(&plan)).contains("tag-only"));
    untouched(&repo, &plan.target);
    plan.mode = Mode::TagOnly;
    repo.complete(&plan).unwrap();
}

#[test]
fn a_run_stopped_anywhere_is_finished_by_the_same_command() {
    for point in POINTS {
        for by_resume in [false, true] {
            let repo = Repo::new();
            let plan = repo.plan();
            repo.stopped(&plan, point);
            if by_resume {
                resume(&repo.git(), "5.1", Duration::ZERO, &no_stop).unwrap();
            }
            repo.complete(&Plan { target: plan.target.clone(), ..repo.plan() })
                .unwrap_or_else(|error| panic!("after {point}: {error} {:?}", error.hint()));
            direct_and_done(&repo, &plan.target);
            assert!(!repo.complete(&repo.plan()).unwrap().changed, "after {point}");
        }
    }
}

#[test]
fn a_run_stopped_anywhere_is_finished_also_without_a_remote() {
    for point in POINTS.iter().filter(|point| !point.starts_with("pu")) {
        let repo = Repo::new();
        let mut plan = repo.plan();
        plan.remote = None;
        repo.stopped(&plan, point);
        repo.complete(&plan).unwrap_or_else(|error| panic!("after {point}: {error}"));
        assert_eq!(repo.g(&["rev-parse", &format!("{TAG}^{{}}"), "main^"]).lines().count(), 2);
        assert_eq!(repo.g(&["rev-parse", "main^"]), plan.target);
        assert_eq!(repo.g(&["status", "--porcelain"]), "");
        repo.sound();
    }
}

#[test]
fn a_run_stopped_anywhere_is_finished_also_on_a_branch_of_its_own() {
    for point in POINTS.iter().filter(|point| **point != "documents") {
        let repo = Repo::new();
        let plan = Plan { mode: Mode::Branch, ..repo.plan() };
        repo.stopped(&plan, point);
        repo.complete(&plan).unwrap_or_else(|error| panic!("after {point}: {error}"));
        assert_eq!(repo.here(TAG_REF), repo.there(TAG_REF));
        assert_eq!(repo.r(&["rev-parse", "milegate/5.1^"]), plan.target);
        assert_eq!((repo.here(MAIN), repo.there(MAIN)), (Some(plan.target.clone()), Some(plan.target)));
        assert_eq!(repo.g(&["status", "--porcelain"]), "");
        repo.sound();
    }
}

#[test]
fn a_kill_between_two_refs_is_rolled_forward() {
    for moved in ["branch", "tag"] {
        let repo = Repo::new();
        let plan = Plan { remote: None, ..repo.plan() };
        repo.stopped(&plan, "prepared");
        let journal = fs::read_to_string(repo.work.join(".git/milegate/txn-5.1.json")).unwrap();
        let journal: serde_json::Value = serde_json::from_str(&journal).unwrap();
        let (name, key) = if moved == "tag" { (TAG_REF, "tag_object") } else { (MAIN, "docs_commit") };
        repo.g(&["update-ref", name, journal[key].as_str().unwrap()]);
        let report = repo.complete(&plan).unwrap();
        assert_eq!(repo.here(TAG_REF).as_deref(), journal["tag_object"].as_str());
        assert_eq!(repo.here(MAIN), report.docs_commit);
        assert_eq!(repo.g(&["rev-parse", "main^"]), plan.target);
        assert_eq!(repo.g(&["status", "--porcelain"]), "");
        repo.sound();
    }
}

#[test]
fn a_published_tag_is_finished_from_another_branch_too() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "pushed");
    repo.g(&["switch", "-q", "-c", "elsewhere"]);
    let report = resume(&repo.git(), "5.1", Duration::ZERO, &no_stop).unwrap().expect("it had begun");
    assert!(report.steps.iter().any(|step| step.name == "branch" && !step.done));
    assert_eq!(repo.here(TAG_REF), repo.there(TAG_REF));
    assert_eq!(repo.here(MAIN), Some(plan.target));
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    repo.sound();
}

#[test]
fn a_file_that_a_sparse_checkout_leaves_out_stays_out() {
    let repo = Repo::new();
    repo.g(&["sparse-checkout", "set", "--no-cone", "/main.py"]);
    let mut plan = repo.plan();
    plan.documents.truncate(1);
    repo.complete(&plan).unwrap();
    assert!(!repo.work.join("docs/STATUS.md").exists());
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    assert_eq!(repo.g(&["ls-files", "-t", "docs"]), "S docs/STATUS.md");
    repo.sound();
}

#[test]
fn repositories_that_libgit2_cannot_open_are_no_trouble() {
    for options in [["--object-format=sha256"].as_slice(), &["--ref-format=reftable"]] {
        let Some(repo) = Repo::with(options) else {
            println!("skipped: this git knows no {options:?}");
            continue;
        };
        let plan = repo.plan();
        repo.stopped(&plan, "moved");
        repo.complete(&plan).unwrap();
        direct_and_done(&repo, &plan.target);
    }
}

#[test]
fn a_run_stopped_before_the_push_uses_its_objects_again_or_forgets_them() {
    let repo = Repo::new();
    let mut plan = repo.plan();
    repo.stopped(&plan, "prepared");
    let journal = fs::read_to_string(repo.work.join(".git/milegate/txn-5.1.json")).unwrap();
    let report = repo.complete(&plan).unwrap();
    assert!(journal.contains(&report.tag_object), "the same plan, the same objects");
    let repo = Repo::new();
    repo.stopped(&repo.plan(), "prepared");
    repo.change("print(2)\n");
    repo.g(&["push", "-q"]);
    plan = repo.plan();
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
}

#[test]
fn a_killed_ref_transaction_is_rolled_forward_past_its_own_locks() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "published");
    let object = repo.there(TAG_REF).unwrap();
    fs::write(repo.work.join(".git").join(format!("{TAG_REF}.lock")), format!("{object}\n")).unwrap();
    fs::write(repo.work.join(".git/HEAD.lock"), "").unwrap();
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
}

#[test]
fn locks_of_others_are_named_and_kept() {
    let repo = Repo::new();
    let plan = repo.plan();
    let refs = repo.work.join(".git").join(format!("{TAG_REF}.lock"));
    repo.stopped(&plan, "published");
    fs::write(&refs, "somebody else's\n").unwrap();
    assert!(cannot(repo.complete(&plan)).contains(".lock"));
    assert!(refs.exists());
    fs::remove_file(&refs).unwrap();
    let index = repo.work.join(".git/index.lock");
    fs::write(&index, "").unwrap();
    assert!(cannot(repo.complete(&plan)).contains("index.lock"));
    fs::remove_file(&index).unwrap();
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
}

#[test]
fn an_index_lock_of_our_own_is_taken_over() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "documents");
    fs::write(repo.work.join(".git/index.lock"), "milegate complete 5.1\n").unwrap();
    fs::write(repo.work.join(".git/milegate/index-5.1"), "torn").unwrap();
    fs::write(repo.work.join(".git/milegate/index-5.1.lock"), "torn").unwrap();
    fs::write(repo.work.join("docs/.STATUS.md.milegate"), "torn").unwrap();
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
}

#[test]
fn an_edit_between_refs_and_work_tree_is_kept() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "refs");
    fs::write(repo.work.join("docs/STATUS.md"), "my own words\n").unwrap();
    let said = cannot(repo.complete(&plan));
    assert!(said.contains("docs/STATUS.md") && said.contains("git restore -p"), "{said}");
    assert_eq!(fs::read(repo.work.join("docs/STATUS.md")).unwrap(), b"my own words\n");
    assert_eq!(repo.g(&["diff", "--cached", "--name-only"]), "", "a commit would not take the document back");
    assert_eq!(repo.g(&["diff", "--name-only"]), "docs/STATUS.md");
    assert!(!repo.complete(&plan).unwrap().changed);
    repo.sound();
}

#[test]
fn something_staged_meanwhile_is_kept() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "refs");
    fs::write(repo.work.join("docs/STATUS.md"), "my own words\n").unwrap();
    repo.g(&["add", "docs/STATUS.md"]);
    cannot(repo.complete(&plan));
    assert_eq!(repo.g(&["show", ":docs/STATUS.md"]), "my own words");
    assert_eq!(repo.g(&["status", "--porcelain"]), "M  docs/STATUS.md");
}

#[test]
fn a_branch_that_went_on_meanwhile_is_left_alone() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "published");
    let own = repo.change("print(2)\n");
    let report = repo.complete(&plan).unwrap();
    assert_eq!(repo.here(MAIN), Some(own));
    assert!(report.steps.iter().any(|step| step.name == "branch" && !step.done), "{report:?}");
    assert_eq!(repo.here(TAG_REF), repo.there(TAG_REF));
    repo.sound();
}

#[test]
fn tags_that_say_something_else_are_conflicts() {
    let other = |repo: &Repo, message: &str| repo.g(&["tag", "-a", "--cleanup=verbatim", "-m", message, TAG]);
    type Setup<'a> = &'a dyn Fn(&Repo);
    let cases: [(&str, Setup<'_>); 7] = [
        ("lightweight", &|repo| drop(repo.g(&["tag", TAG]))),
        ("no milestone", &|repo| drop(other(repo, "by hand"))),
        ("5.2", &|repo| drop(other(repo, "x\n\nMilegate-Milestone: 5.2"))),
        ("5.1, 5.1", &|repo| drop(other(repo, "x\n\nMilegate-Milestone: 5.1\nmilegate-milestone: 5.1"))),
        ("calls itself", &|repo| {
            repo.g(&["tag", "-a", "-m", "x\n\nMilegate-Milestone: 5.1", "old"]);
            repo.g(&["update-ref", TAG_REF, "refs/tags/old"]);
        }),
        ("names no commit", &|repo| {
            repo.g(&["tag", "-a", "-m", "inner", "inner"]);
            repo.g(&[
                "-c",
                "advice.nestedTag=false",
                "tag",
                "-a",
                "-m",
                "x\n\nMilegate-Milestone: 5.1",
                TAG,
                "inner",
            ]);
        }),
        ("not in the history", &|repo| {
            repo.g(&["switch", "-q", "-c", "side"]);
            repo.change("print(3)\n");
            other(repo, "x\n\nMilegate-Milestone: 5.1");
            repo.g(&["switch", "-q", "main"]);
        }),
    ];
    for (why, setup) in cases {
        let repo = Repo::new();
        setup(&repo);
        let before = repo.g(&["for-each-ref"]);
        let said = conflict(repo.complete(&repo.plan()));
        assert!(said.contains(why), "{why}: {said}");
        assert_eq!(repo.g(&["for-each-ref"]), before);
        assert_eq!(repo.there(TAG_REF), None);
    }
}

#[test]
fn a_tag_that_the_remote_has_otherwise_is_a_conflict() {
    let repo = Repo::new();
    repo.complete(&repo.plan()).unwrap();
    repo.r(&["update-ref", TAG_REF, MAIN]);
    let said = conflict(repo.complete(&repo.plan()));
    assert!(said.contains("at the remote"), "{said}");
    repo.g(&["tag", "-d", TAG]);
    assert!(conflict(repo.complete(&repo.plan())).contains("lightweight"));
}

#[test]
fn a_tag_that_another_clone_made_is_complete_and_looking_fetches_nothing() {
    let repo = Repo::new();
    let other = repo.dir.path().join("other");
    repo.git_at(repo.dir.path()).call(&["clone", "-q", "remote.git", "other"]).ok().unwrap();
    complete(&repo.git_at(&other), &repo.plan(), Duration::ZERO, &no_stop).unwrap();
    let objects = repo.g(&["count-objects", "-v"]);
    let state = existing(&repo.git(), &repo.plan().claim()).unwrap();
    assert!(matches!(state, TagState::Complete { here: false, .. }), "{state:?}");
    let report = repo.complete(&repo.plan()).unwrap();
    assert!(!report.changed);
    assert_eq!(repo.g(&["count-objects", "-v"]), objects);
    assert_eq!(repo.here(TAG_REF), None);
}

#[test]
fn somebody_faster_wins_and_nothing_is_overwritten() {
    let repo = Repo::new();
    let plan = repo.plan();
    let race = |point: &str| {
        if point == "prepared" {
            repo.r(&["tag", "-a", "-m", "theirs", TAG, "main"]);
        }
        Ok(())
    };
    let said = conflict(complete(&repo.git(), &plan, Duration::ZERO, &race));
    assert!(said.contains("faster"), "{said}");
    assert_eq!(repo.there(MAIN), Some(plan.target.clone()), "the branch did not move either");
    assert_eq!((repo.here(TAG_REF), repo.here(MAIN)), (None, Some(plan.target)));
    repo.sound();
}

#[test]
fn a_branch_that_moves_at_the_last_moment_stops_all() {
    let repo = Repo::new();
    let plan = repo.plan();
    let race = |point: &str| {
        if point == "prepared" {
            let tree = repo.r(&["rev-parse", "main^{tree}"]);
            let commit = repo.r(&["commit-tree", &tree, "-p", "main", "-m", "theirs"]);
            repo.r(&["update-ref", MAIN, &commit]);
        }
        Ok(())
    };
    let said = cannot(complete(&repo.git(), &plan, Duration::ZERO, &race));
    assert!(said.contains("git pull"), "{said}");
    untouched(&repo, &plan.target);
}

#[test]
fn head_must_be_the_tip_of_the_remote_branch() {
    let repo = Repo::new();
    let first = repo.head();
    repo.change("print(2)\n");
    assert!(cannot(repo.complete(&repo.plan())).contains("is ahead of main of origin"));
    repo.g(&["push", "-q"]);
    repo.g(&["reset", "-q", "--hard", &first]);
    let said = cannot(repo.complete(&repo.plan()));
    assert!(said.contains("is behind") && said.contains("git pull origin main"), "{said}");
    repo.change("print(3)\n");
    assert!(cannot(repo.complete(&repo.plan())).contains("has parted from"));
    repo.g(&["switch", "-q", "-c", "feature"]);
    assert!(cannot(repo.complete(&repo.plan())).contains("milestones are completed on main"));
}

#[test]
fn a_detached_head_is_good_only_at_the_tip() {
    let repo = Repo::new();
    let first = repo.head();
    repo.change("print(2)\n");
    repo.g(&["push", "-q"]);
    repo.g(&["checkout", "-q", "--detach", &first]);
    assert!(cannot(repo.complete(&repo.plan())).contains("detached"));
    repo.g(&["checkout", "-q", "--detach", "main"]);
    let plan = repo.plan();
    let report = repo.complete(&plan).unwrap();
    assert!(report.steps.iter().any(|step| step.name == "branch" && !step.done));
    assert_eq!(repo.there(MAIN), report.docs_commit);
    assert_eq!((repo.head(), repo.here(MAIN)), (plan.target.clone(), Some(plan.target)));
    assert_eq!(repo.here(TAG_REF), repo.there(TAG_REF));
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    repo.sound();
}

#[test]
fn a_repository_in_the_wrong_state_is_refused_and_untouched() {
    type Setup<'a> = &'a dyn Fn(&Repo);
    let cases: [(&str, Setup<'_>); 6] = [
        ("tracked files are changed: main.py", &|repo| fs::write(repo.work.join("main.py"), "x").unwrap()),
        ("docs/log/LOG é.md", &|repo| {
            fs::create_dir(repo.work.join("docs/log")).unwrap();
            fs::write(repo.work.join("docs/log/LOG é.md"), "mine").unwrap();
        }),
        ("a merge is under way", &|repo| fs::write(repo.work.join(".git/MERGE_HEAD"), repo.head()).unwrap()),
        ("a rebase is under way", &|repo| fs::create_dir(repo.work.join(".git/rebase-merge")).unwrap()),
        ("does not answer", &|repo| fs::rename(&repo.remote, repo.dir.path().join("gone")).unwrap()),
        ("several push URLs", &|repo| {
            repo.g(&["remote", "set-url", "--add", "--push", "origin", "../remote.git"]);
            repo.g(&["remote", "set-url", "--add", "--push", "origin", "../mirror.git"]);
        }),
    ];
    for (why, setup) in cases {
        let repo = Repo::new();
        setup(&repo);
        let refs = repo.g(&["for-each-ref"]);
        let said = cannot(repo.complete(&repo.plan()));
        assert!(said.contains(why), "{why}: {said}");
        assert_eq!(repo.g(&["for-each-ref"]), refs);
    }
}

#[test]
fn names_that_clash_on_some_file_system_are_conflicts() {
    for tag in ["PHASE5-milestone-5.1-complete", "phase5-milestone-5.1-complete/x"] {
        let repo = Repo::new();
        repo.g(&["tag", tag]);
        assert!(conflict(repo.complete(&repo.plan())).contains("cannot stand beside"));
    }
}

#[test]
fn without_an_identity_nothing_begins() {
    let repo = Repo::new();
    let plan = repo.plan();
    let nobody = ["GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"]
        .iter()
        .fold(repo.git(), |git, key| git.env(*key, ""));
    repo.g(&["config", "user.useConfigOnly", "true"]);
    let said = cannot(complete(&nobody, &plan, Duration::ZERO, &no_stop));
    assert!(said.contains("who you are"), "{said}");
    untouched(&repo, &plan.target);
}

#[test]
fn a_bare_repository_and_a_hostile_plan_are_refused() {
    let repo = Repo::new();
    let said = cannot(complete(&repo.git_at(&repo.remote), &repo.plan(), Duration::ZERO, &no_stop));
    assert!(said.contains("bare"), "{said}");
    type Spoil = fn(&mut Plan);
    let spoils: [Spoil; 6] = [
        |plan| plan.tag = "-x".into(),
        |plan| plan.milestone = "../x".into(),
        |plan| plan.documents[0].path = "../x".into(),
        |plan| plan.documents[0].path = ".git/config".into(),
        |plan| plan.message = "no trailer".into(),
        |plan| plan.message.push_str("Milegate-Milestone: 5.2\n"),
    ];
    for spoil in spoils {
        let mut plan = repo.plan();
        spoil(&mut plan);
        cannot(repo.complete(&plan));
    }
    untouched(&repo, &repo.head());
}

#[test]
fn looking_changes_no_byte() {
    let repo = Repo::new();
    let list = |repo: &Repo| {
        let output =
            std::process::Command::new("find").arg(&repo.work).arg("-printf").arg("%p %s %T@\n").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let plan = repo.plan();
    let before = list(&repo);
    assert_eq!(preflight(&repo.git(), &plan).unwrap().state, TagState::Absent);
    assert_eq!(plan.steps().len(), 5);
    assert_eq!(list(&repo), before);
}

#[test]
fn two_runs_at_once_make_one_tag() {
    let repo = Repo::new();
    let plan = repo.plan();
    let (git, plan) = (&repo.git(), &plan);
    let results: Vec<_> = std::thread::scope(|scope| {
        let run = |wait| scope.spawn(move || complete(git, plan, Duration::from_secs(wait), &no_stop));
        let runs = [run(0), run(0), run(60)];
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let made = results.iter().filter(|result| result.as_ref().is_ok_and(|report| report.changed)).count();
    assert_eq!(made, 1, "{results:?}");
    for result in results {
        match result {
            Ok(_) => {}
            Err(error) => assert!(error.to_string().contains("another Milegate"), "{error}"),
        }
    }
    direct_and_done(&repo, &plan.target);
}

#[test]
fn two_clones_at_once_make_one_tag() {
    let repo = Repo::new();
    repo.git_at(repo.dir.path()).call(&["clone", "-q", "remote.git", "other"]).ok().unwrap();
    let other = repo.git_at(&repo.dir.path().join("other"));
    let plan = repo.plan();
    let results: Vec<_> = std::thread::scope(|scope| {
        let runs = [repo.git(), other].map(|git| {
            let plan = &plan;
            scope.spawn(move || complete(&git, plan, Duration::ZERO, &no_stop))
        });
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    // The same second makes the same objects; then both are right.
    assert!(results.iter().any(Result::is_ok), "{results:?}");
    assert_eq!(repo.r(&["for-each-ref", "refs/tags"]).lines().count(), 1);
    assert_eq!(repo.r(&["rev-parse", "main^"]), plan.target);
    repo.sound();
}

#[test]
fn a_damaged_journal_is_named() {
    let repo = Repo::new();
    let plan = repo.plan();
    repo.stopped(&plan, "published");
    let journal = repo.work.join(".git/milegate/txn-5.1.json");
    fs::write(&journal, "{\"version\": 1,").unwrap();
    assert!(cannot(repo.complete(&plan)).contains("txn-5.1.json"));
    fs::remove_file(journal).unwrap();
    assert!(!repo.complete(&plan).unwrap().changed, "the remote knows that it is complete");
}

#[test]
fn signed_with_an_ssh_key_and_no_ref_made_early() {
    let repo = Repo::new();
    let key = repo.work.join(".git/key");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "ann@example.com", "-f"])
        .arg(&key)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no ssh-keygen here");
        return;
    }
    repo.g(&["config", "gpg.format", "ssh"]);
    repo.g(&["config", "user.signingKey", &key.to_string_lossy()]);
    repo.g(&["config", "commit.gpgSign", "true"]);
    let public = fs::read_to_string(repo.work.join(".git/key.pub")).unwrap();
    fs::write(repo.work.join(".git/signers"), format!("ann@example.com {public}")).unwrap();
    repo.g(&["config", "gpg.ssh.allowedSignersFile", ".git/signers"]);
    let mut plan = repo.plan();
    plan.sign = true;
    repo.stopped(&plan, "prepared");
    assert_eq!(repo.g(&["for-each-ref", "refs/tags"]), "");
    repo.complete(&plan).unwrap();
    direct_and_done(&repo, &plan.target);
    repo.g(&["verify-tag", TAG]);
    repo.g(&["verify-commit", "main"]);
    let object = repo.git().call(&["cat-file", "tag", TAG]).ok().unwrap().text();
    let message = object.split_once("\n\n").unwrap().1;
    assert_eq!(message.split_once("-----BEGIN").unwrap().0, MESSAGE);
    // A key that is gone stops the run before anything is written.
    let repo = Repo::new();
    repo.g(&["config", "gpg.format", "ssh"]);
    repo.g(&["config", "user.signingKey", "/nowhere/key"]);
    repo.g(&["config", "tag.gpgSign", "true"]);
    let plan = repo.plan();
    assert!(cannot(repo.complete(&plan)).contains("cannot be signed"));
    untouched(&repo, &plan.target);
}

#[test]
fn credentials_of_the_remote_are_never_shown() {
    let repo = Repo::new();
    repo.g(&["remote", "set-url", "origin", "https://bob:s3cret@127.0.0.1:1/r.git"]);
    let said = cannot(repo.complete(&repo.plan()));
    assert!(said.contains("does not answer") && !said.contains("s3cret"), "{said}");
    let repo = Repo::new();
    repo.remote_hook("pre-receive", "echo 'mirror https://bob:s3cret@host/r.git is down' >&2; exit 1");
    let said = cannot(repo.complete(&repo.plan()));
    assert!(said.contains("https://***@host/r.git") && !said.contains("s3cret"), "{said}");
}

#[test]
fn a_linked_work_tree_and_checkout_conversion() {
    let repo = Repo::new();
    repo.g(&["switch", "-q", "-c", "other"]);
    let linked = repo.dir.path().join("linked");
    repo.g(&["worktree", "add", "-q", &linked.to_string_lossy(), "main"]);
    let git = repo.git_at(&linked.join("docs"));
    let plan = repo.plan();
    complete(&git, &plan, Duration::ZERO, &no_stop).unwrap();
    let clean = repo.git_at(&linked).call(&["status", "--porcelain"]).line().unwrap();
    assert_eq!(clean, "");
    assert_eq!(fs::read(linked.join("docs/STATUS.md")).unwrap(), b"# Status\r\n\r\n5.1 complete\r\n");
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    repo.sound();
    // With `eol=crlf` the file has other line ends than the blob, and is no edit for that.
    let repo = Repo::new();
    fs::write(repo.work.join(".gitattributes"), "*.md text eol=crlf\n").unwrap();
    repo.g(&["add", "--renormalize", "."]);
    repo.g(&["add", ".gitattributes"]);
    repo.g(&["commit", "-qm", "Line ends"]);
    repo.g(&["push", "-q"]);
    let mut plan = repo.plan();
    plan.documents.truncate(1);
    plan.documents[0].content = b"# Status\n\n5.1 complete\n".to_vec();
    repo.complete(&plan).unwrap();
    assert_eq!(fs::read(repo.work.join("docs/STATUS.md")).unwrap(), b"# Status\r\n\r\n5.1 complete\r\n");
    assert_eq!(repo.g(&["status", "--porcelain"]), "");
    repo.sound();
}
