//! `changed-lines`: which lines count as changed, and where the missed ones are.

use crate::small::{Small, cobertura, junit, lines};

const STRICT: &str = "[gates.code-complete.coverage]\nchanged-lines = \">= 95%\"\n";

/// The text of a file with some of its lines replaced.
fn edited(n: u32, changed: &[u32]) -> String {
    let line =
        |i| if changed.contains(&i) { format!("line_{i} = 'edited'\n") } else { format!("line_{i} = {i}\n") };
    (1..=n).map(line).collect()
}

/// On main: four modules of twenty lines. On the branch nothing yet.
fn project(config: &str) -> Small {
    let small = Small::and(config);
    for name in ["edited", "old", "gone"] {
        small.repo.write(&format!("shop/{name}.py"), format!("# {name}\n{}", lines(19)));
    }
    small.repo.commit("More modules");
    small.repo.git(&["switch", "-q", "-c", "feature"]);
    small
}

fn cover(small: &Small, files: &[(&str, u32, &[u32])]) {
    small.junit(&junit(&[("a", "")])).coverage(&cobertura(files));
}

#[test]
fn commits_edits_renames_and_new_files_count_and_nothing_else() {
    let small = project(STRICT);
    // Committed: lines 5 and 6 of cart.py; the renamed file with its line 3; a file that is gone.
    small.repo.write("shop/cart.py", edited(20, &[5, 6]));
    small.repo.git(&["mv", "shop/old.py", "shop/new.py"]);
    small.repo.write("shop/new.py", format!("# old\n{}", edited(19, &[2])));
    small.repo.remove("shop/gone.py");
    small.repo.commit("Work");
    // Main goes on, which is none of the branch's.
    small.repo.git(&["switch", "-q", "main"]);
    small.repo.write("shop/cart.py", edited(20, &[18]));
    small.repo.commit("Elsewhere");
    small.repo.git(&["switch", "-q", "feature"]);
    // Not committed: staged, in the work tree only, and a file git has not heard of.
    small.repo.write("shop/cart.py", edited(20, &[5, 6, 10]));
    small.repo.git(&["add", "shop/cart.py"]);
    small.repo.write("shop/cart.py", edited(20, &[5, 6, 10, 12]));
    small.repo.write("shop/fresh.py", lines(3));
    let all: Vec<u32> = (1..=20).collect();
    cover(
        &small,
        &[
            ("shop/cart.py", 20, &[5, 6, 10, 12, 13, 18]),
            ("shop/new.py", 20, &[3, 4]),
            ("shop/edited.py", 20, &all),
            ("shop/fresh.py", 3, &[1, 2, 3]),
            ("shop/gone.py", 20, &all),
        ],
    );
    small.config(&format!("{STRICT}lines = \">= 1%\"\nplaced = \">= 50%\"\n"));
    let verdict = small.check(&["--base", "main"]).exits(1);
    assert_eq!(
        verdict.details("coverage"),
        [
            "shop/cart.py:5 changed, not covered: lines 5-6",
            "shop/cart.py:10 changed, not covered: line 10",
            "shop/cart.py:12 changed, not covered: line 12",
            "shop/fresh.py:1 changed, not covered: lines 1-3",
            "shop/new.py:3 changed, not covered: line 3",
        ]
    );
    assert!(
        verdict.text("coverage", "measured").ends_with("changed lines 0.0% (0 of 8)"),
        "{:?}",
        verdict.reasons()
    );
    // main is found without being named.
    assert_eq!(small.check(&[]).exits(1).details("coverage"), verdict.details("coverage"));
}

#[test]
fn covered_changes_pass_beside_old_uncovered_lines() {
    let small = project(STRICT);
    small.repo.write("shop/cart.py", edited(20, &[5, 6]));
    small.repo.commit("Work");
    cover(&small, &[("shop/cart.py", 20, &[1, 2])]);
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.text("coverage", "measured"), "lines 90.0% (18 of 20), changed lines 100.0% (2 of 2)");
}

#[test]
fn no_changed_executable_line_is_not_applicable_and_said() {
    let small = project(STRICT);
    small.repo.write("README.md", "# Shop\n");
    small.repo.commit("Tell");
    small.green();
    let verdict = small.check(&[]).exits(0);
    let notices = verdict.notices("coverage");
    assert!(
        notices[0].starts_with("changed lines: 0 executable lines changed since the merge base with main"),
        "{notices:?}"
    );
}

#[test]
fn few_changed_lines_can_be_left_out() {
    let small = project(&format!("{STRICT}min-changed-lines = 3\n"));
    small.repo.write("shop/cart.py", edited(20, &[5, 6]));
    small.repo.commit("Work");
    cover(&small, &[("shop/cart.py", 20, &[5, 6])]);
    small.check(&[]).exits(0);
    small.repo.write("shop/cart.py", edited(20, &[5, 6, 7]));
    cover(&small, &[("shop/cart.py", 20, &[5, 6])]);
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("coverage"), "failed coverage/below-target");
    assert_eq!(verdict.text("coverage", "next_step"), "cover 2 more lines");
}

#[test]
fn a_pure_rename_changes_no_line() {
    let small = project(STRICT);
    small.repo.git(&["mv", "shop/cart.py", "shop/basket.py"]);
    small.repo.commit("Rename");
    cover(&small, &[("shop/basket.py", 20, &[1, 2])]);
    small.check(&[]).exits(0);
}

#[test]
fn histories_without_a_common_commit_are_a_mistake_where_named() {
    let small = project(STRICT);
    small.repo.git(&["switch", "-q", "--orphan", "other"]);
    small.repo.write("shop/cart.py", lines(20)).write(".gitignore", "reports/\n");
    small.config(STRICT);
    small.repo.commit("Another beginning");
    small.green();
    let run = small.run(&["check", "--base", "main"]).exits(2);
    assert!(run.stderr.contains("no common history"), "{}", run.stderr);
    let verdict = small.check(&[]).exits(3);
    assert!(verdict.outcome("coverage").starts_with("unproven history/"), "{:?}", verdict.reasons());
}

#[test]
fn excluded_files_are_not_looked_at() {
    let small = project(&format!("{STRICT}exclude = [\"**/migrations/**\"]\n"));
    small.repo.write("shop/migrations/0001.py", lines(10));
    let all: Vec<u32> = (1..=10).collect();
    cover(&small, &[("shop/cart.py", 20, &[]), ("shop/migrations/0001.py", 10, &all)]);
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.text("coverage", "measured"), "lines 100.0% (20 of 20)");
}
