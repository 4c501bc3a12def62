//! Which lines count as changed, in real repositories: octopus merges, submodules, binary files,
//! modes, line ends, moved blocks, generated files.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on fails")]

mod repo;

use milegate::ledger::{Repository, diff};
use milegate::model::change::{ChangedLines, Moved, Origin};
use repo::Repo;

fn changed(repo: &Repo, base: &str) -> ChangedLines {
    diff::changed_lines(&Repository::discover(repo.path()).unwrap(), Some(base), "the base").unwrap()
}

fn merge_base(repo: &Repo, with: &str) -> String {
    let git = Repository::discover(repo.path()).unwrap();
    git.merge_base(&repo.head(), &repo.git(&["rev-parse", with])).unwrap().unwrap()
}

fn numbered(name: &str, n: u32) -> String {
    (1..=n).map(|i| format!("{name} line {i} of a file long enough\n")).collect()
}

#[test]
fn an_octopus_merge_counts_its_own_branches_and_not_the_main_one() {
    let repo = Repo::new();
    for name in ["a", "b", "c", "d"] {
        repo.write(&format!("{name}.py"), numbered(name, 9));
    }
    repo.commit("Start");
    for name in ["a", "b"] {
        repo.git(&["switch", "-q", "-c", name, "main"]);
        repo.write(&format!("{name}.py"), numbered(name, 9) + "more\n");
        repo.commit(name);
    }
    repo.git(&["switch", "-q", "main"]);
    repo.write("c.py", numbered("c", 9) + "of main\n");
    repo.commit("Main goes on");
    repo.git(&["switch", "-q", "-c", "feature", "HEAD~1"]);
    repo.write("d.py", numbered("d", 9) + "of the feature\n");
    repo.commit("Feature");
    repo.git(&["merge", "-q", "-m", "Octopus", "a", "b", "main"]);
    assert_eq!(repo.git(&["rev-list", "--parents", "-n1", "HEAD"]).split(' ').count(), 5);
    let changes = changed(&repo, &merge_base(&repo, "main"));
    assert_eq!(changes.files.keys().collect::<Vec<_>>(), ["a.py", "b.py", "d.py"]);
    assert!(changes.files.values().all(|lines| *lines == [10..=10]));
}

#[test]
fn submodules_modes_and_binary_files_have_no_lines() {
    let sub = Repo::new();
    sub.write("lib.py", "x = 1\n");
    sub.commit("One");
    let repo = Repo::new();
    repo.write("run.sh", numbered("run", 3)).write("logo.png", b"\x89PNG\0a");
    repo.write("was-file.py", numbered("was", 3));
    repo.git(&["submodule", "--quiet", "add", sub.path().to_str().unwrap(), "vendor"]);
    let base = repo.commit("Start");
    sub.write("lib.py", "x = 2\n");
    let two = sub.commit("Two");
    repo.git(&["-C", "vendor", "fetch", "-q"]);
    repo.git(&["-C", "vendor", "checkout", "-q", &two]);
    repo.git(&["update-index", "--chmod=+x", "run.sh"]);
    repo.write("logo.png", b"\x89PNG\0\nb\nc\n").write("new.bin", b"one\n\0two\n");
    repo.git(&["add", "vendor", "logo.png", "new.bin"]);
    repo.git(&["rm", "-q", "was-file.py"]);
    repo.git(&["submodule", "--quiet", "add", sub.path().to_str().unwrap(), "was-file.py"]);
    repo.git(&["commit", "-q", "-m", "Nothing with lines"]);
    let changes = changed(&repo, &base);
    // What git itself keeps about the submodules is a text file.
    assert_eq!(changes.files.keys().collect::<Vec<_>>(), [".gitmodules"]);
    repo.write("run.sh", numbered("run", 3) + "echo\n");
    assert_eq!(changed(&repo, &base).files["run.sh"], [4..=4]);
}

#[test]
fn other_line_ends_are_no_other_lines() {
    let repo = Repo::new();
    repo.write("a.py", numbered("a", 5)).write("b.py", numbered("b", 5).replace('\n', "\r\n"));
    let base = repo.commit("Start");
    repo.write("a.py", numbered("a", 5).replace('\n', "\r\n"));
    repo.write("b.py", numbered("b", 5).replace("b line 3", "b LINE 3"));
    repo.commit("Convert");
    let changes = changed(&repo, &base);
    assert_eq!(changes.files.keys().collect::<Vec<_>>(), ["b.py"]);
    assert_eq!(changes.files["b.py"], [3..=3]);
}

#[test]
fn a_moved_block_knows_where_it_was_and_a_copy_does_not() {
    let block = "def checkout_total(cart):\n    amount = sum(cart)\n    return amount\n";
    let repo = Repo::new();
    repo.write("old.py", format!("{}{block}{}", numbered("o", 4), numbered("p", 4)));
    repo.write("new.py", numbered("n", 6)).write("copy.py", numbered("c", 6));
    let base = repo.commit("Start");
    let indented: String = block.lines().map(|line| format!("    {line}\n")).collect();
    repo.write("old.py", format!("{}{}", numbered("o", 4), numbered("p", 4)));
    repo.write("new.py", format!("{}{indented}fresh = 1\n", numbered("n", 6)));
    repo.write("zcopy.py", format!("{block}{}", numbered("q", 6)));
    repo.commit("Move");
    let changes = changed(&repo, &base);
    assert_eq!(changes.edits["new.py"].moved, [Moved { lines: 7..=9, from: "old.py".into(), first: 5 }]);
    assert!(changes.edits["zcopy.py"].moved.is_empty());
    // They count as changed all the same; what that means, the history of their coverage tells.
    assert_eq!(changes.files["new.py"], [7..=10]);
    assert_eq!(changes.origin("new.py", 8), Origin::Moved("old.py".into(), 6));
    assert_eq!(changes.origin("new.py", 10), Origin::New);
    assert_eq!(changes.origin("old.py", 5), Origin::Same("old.py".into(), 8));
    assert_eq!(changes.origin("copy.py", 5), Origin::Same("copy.py".into(), 5));
}

#[test]
fn lines_of_a_renamed_file_are_followed() {
    let repo = Repo::new();
    repo.write("src/old.py", numbered("x", 20));
    let base = repo.commit("Start");
    repo.git(&["mv", "src/old.py", "src/new.py"]);
    repo.write("src/new.py", format!("import a\nimport b\n{}", numbered("x", 20)));
    repo.commit("Rename");
    let changes = changed(&repo, &base);
    assert_eq!(changes.origin("src/new.py", 1), Origin::New);
    assert_eq!(changes.origin("src/new.py", 7), Origin::Same("src/old.py".into(), 5));
}

#[test]
fn the_base_says_what_is_generated_and_not_the_change() {
    let repo = Repo::new();
    repo.write(".gitattributes", "gen/** linguist-generated\n*.pb.py linguist-generated=true\n");
    repo.write("deep/.gitattributes", "*.pb.py -linguist-generated\n");
    let base = repo.commit("Start");
    repo.write(".gitattributes", "*.py linguist-generated\n");
    for name in ["gen/api.py", "a.pb.py", "deep/b.pb.py", "own.py"] {
        repo.write(name, "x = 1\n");
    }
    repo.commit("Declares its own source generated");
    let changes = changed(&repo, &base);
    assert_eq!(changes.generated.iter().collect::<Vec<_>>(), ["a.pb.py", "gen/api.py"]);
}
