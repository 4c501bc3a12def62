//! What a run is compared with: merges, octopuses, pull requests, shallow clones, missing notes.

use crate::project::{CONFIG, Project, base, clone, git, reports, run};
use std::fs;

fn short(id: &str) -> &str {
    &id[..7]
}

#[test]
fn on_main_it_is_the_previous_record_and_skipped_commits_are_told() {
    let project = Project::started();
    let first = project.repo.head();
    project.change("two");
    project.reports();
    assert_eq!(project.base(), format!("no worse than the commit before ({})", short(&first)));
    project.change("three");
    let third = project.change("four");
    project.reports();
    let parent = project.repo.git(&["rev-parse", "HEAD~1"]);
    let want = format!(
        "no worse than 2 commits before the commit before ({}), recorded at {}",
        short(&parent),
        short(&first)
    );
    assert_eq!(project.base(), want);
    // Uncommitted sources are not HEAD: once it is recorded, they are compared with it.
    project.run(&["baseline", "record"]).exits(0);
    project.repo.write("a.py", "x = 'edited'\n");
    project.reports();
    assert_eq!(project.base(), format!("no worse than HEAD ({})", short(&third)));
}

#[test]
fn on_a_branch_it_is_the_merge_base_and_never_a_record_of_the_branch() {
    let project = Project::started();
    let fork = project.step("two");
    project.repo.git(&["checkout", "-q", "-b", "feature"]);
    project.change("mine");
    project.reports();
    project.run(&["baseline", "record", "--no-push"]).exits(0);
    project.change("mine too");
    project.repo.git(&["checkout", "-q", "main"]);
    project.step("theirs");
    project.repo.git(&["checkout", "-q", "feature"]);
    project.reports();
    assert_eq!(project.base(), format!("no worse than the merge base with origin/main ({})", short(&fork)));
}

#[test]
fn along_first_parents_through_merges_and_octopuses() {
    let project = Project::started();
    let first = project.step("base");
    for name in ["one", "two", "three"] {
        project.repo.git(&["checkout", "-q", "-b", name, &first]);
        project.repo.write(&format!("{name}.py"), "y = 1\n");
        project.repo.commit(name);
        // A record on a side branch is none of main's.
        project.reports();
        project.run(&["baseline", "record", "--no-push"]).exits(0);
    }
    project.repo.git(&["checkout", "-q", "main"]);
    project.repo.git(&["merge", "-q", "--no-ff", "-m", "Merge two", "two"]);
    project.reports();
    assert_eq!(project.base(), format!("no worse than the commit before ({})", short(&first)));
    project.repo.git(&["merge", "-q", "-m", "Octopus", "one", "three"]);
    assert_eq!(project.repo.git(&["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 4);
    project.reports();
    let parent = project.repo.git(&["rev-parse", "HEAD^1"]);
    let want = format!(
        "no worse than 1 commit before the commit before ({}), recorded at {}",
        short(&parent),
        short(&first)
    );
    assert_eq!(project.base(), want);
}

#[test]
fn the_checkout_of_a_pull_request_is_compared_with_its_base() {
    let project = Project::started();
    let main = project.step("two");
    project.repo.git(&["checkout", "-q", "-b", "feature", "HEAD~1"]);
    project.repo.write("b.py", "y = 1\n");
    project.repo.commit("mine");
    // As the service makes it: main first, the pull request second.
    project.repo.git(&["checkout", "-q", "--detach", "main"]);
    project.repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "feature"]);
    project.repo.git(&["push", "-q", "origin", "HEAD:refs/pull/7/merge"]);
    let env = [("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge")];
    project.reports();
    assert_eq!(base(project.path(), &env), "no worse than main, the base of the pull request");
    // As actions/checkout has it by default: that one commit, and nothing else.
    let bare = project.repo.beside("shallow");
    project.repo.git(&["init", "-q", bare.to_str().unwrap()]);
    let from = format!("file://{}", project.remote.display());
    git(&project, &bare, &["remote", "add", "origin", &from]);
    git(
        &project,
        &bare,
        &["fetch", "-q", "--depth=1", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge"],
    );
    git(&project, &bare, &["checkout", "-q", "refs/remotes/pull/7/merge"]);
    reports(&bare, 2, 12.5);
    let said = base(&bare, &env);
    assert!(said.starts_with("baseline/not-fetched") && said.contains("milegate baseline fetch"), "{said}");
    run(&bare, &["baseline", "fetch"]).exits(0);
    let said = base(&bare, &env);
    assert!(said.starts_with("history/shallow") && said.contains("fetch-depth: 0"), "{said}");
    git(&project, &bare, &["fetch", "-q", "--unshallow", "origin"]);
    reports(&bare, 2, 12.5);
    assert_eq!(base(&bare, &env), "no worse than main, the base of the pull request");
    let recorded = git(&project, &bare, &["notes", "--ref=milegate/tests", "list"]);
    assert!(recorded.contains(&main), "{recorded}");
}

#[test]
fn notes_that_were_not_fetched_are_never_no_baseline() {
    let project = Project::started();
    project.step("two");
    let bare = clone(&project, "fresh", &[]);
    reports(&bare, 2, 12.5);
    let said = base(&bare, &[]);
    assert!(said.starts_with("baseline/not-fetched"), "{said}");
    assert!(said.contains("git fetch origin '+refs/notes/milegate/*:refs/notes/milegate/*'"), "{said}");
    // The plain command of that message is enough to read.
    git(&project, &bare, &["fetch", "-q", "origin", "+refs/notes/milegate/*:refs/notes/milegate/*"]);
    assert!(base(&bare, &[]).starts_with("no worse than the commit before"));
    // A project that never said it has a history, and has none, is told so and nothing else.
    let plain = Project::new();
    plain.repo.write("milegate.toml", CONFIG.replace("[baseline]", ""));
    plain.repo.commit("No history");
    plain.reports();
    assert_eq!(plain.check().of("regression")["outcome"], "deferred");
}

#[test]
fn a_shallow_clone_that_ends_before_the_record_is_unproven() {
    let project = Project::started();
    for n in 0..4 {
        project.change(&format!("c{n}"));
    }
    project.repo.git(&["push", "-q", "origin", "main"]);
    let bare = clone(&project, "cut", &["--depth=2"]);
    run(&bare, &["baseline", "fetch"]).exits(0);
    reports(&bare, 2, 12.5);
    let said = base(&bare, &[]);
    assert!(said.starts_with("history/shallow") && said.contains("git fetch --deepen"), "{said}");
    git(&project, &bare, &["fetch", "-q", "--unshallow"]);
    assert!(base(&bare, &[]).starts_with("no worse than 3 commits before"), "{}", base(&bare, &[]));
}

#[test]
fn without_a_recorded_ancestor_it_is_unproven() {
    let project = Project::new();
    project.repo.git(&["checkout", "-q", "-b", "old"]);
    project.repo.write("b.py", "y = 1\n");
    project.repo.commit("mine");
    project.repo.git(&["checkout", "-q", "main"]);
    project.change("two");
    project.repo.git(&["push", "-q", "origin", "main"]);
    project.reports();
    project.run(&["baseline", "record", "--init"]).exits(0);
    project.repo.git(&["checkout", "-q", "old"]);
    project.reports();
    let said = project.base();
    assert!(said.starts_with("baseline/no-ancestor") && said.contains("merged into it"), "{said}");
}

#[test]
fn a_rebase_that_carries_notes_along_carries_no_record() {
    let project = Project::started();
    project.repo.git(&["config", "notes.rewriteRef", "refs/notes/milegate/*"]);
    project.change("two");
    project.reports();
    project.run(&["baseline", "record", "--no-push"]).exits(0);
    project.repo.git(&["commit", "-q", "--amend", "-m", "two, reworded"]);
    let moved = project.repo.head();
    assert!(project.repo.git(&["notes", "--ref=milegate/tests", "list"]).contains(&moved));
    let shown = project.run(&["baseline", "show", "HEAD", "--output-format", "json"]).exits(0);
    assert_eq!(shown.json()["runs"], serde_json::json!([]));
}

#[test]
fn a_milestone_is_compared_with_the_last_milestone_s_tag() {
    let project = Project::new();
    let config = format!(
        "{CONFIG}[[milestones]]\nid = \"1\"\nname = \"One\"\n[[milestones]]\nid = \"2\"\nname = \"Two\"\n"
    );
    project.repo.write("milegate.toml", config);
    project.repo.commit("Milestones");
    project.repo.git(&["push", "-q", "origin", "main"]);
    project.reports();
    project.run(&["baseline", "record", "--init"]).exits(0);
    let tagged = project.step("one done");
    project.repo.git(&["tag", "-a", "desk-milestone-1-complete", "-m", "One"]);
    project.step("after");
    project.change("last");
    project.reports();
    let verdict = crate::program::check_json(project.path(), &["2", "--gate", "2"]);
    let expected = verdict.text("regression", "expected");
    assert_eq!(expected, "no worse than the tag desk-milestone-1-complete");
    let shown = project.run(&["baseline", "show"]).exits(0);
    assert!(shown.stdout.contains(short(&tagged)));
    fs::remove_dir_all(project.path().join("out")).unwrap();
}
