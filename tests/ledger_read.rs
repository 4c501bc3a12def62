//! The reading half of the ledger, against the `git` program.

// Helpers are not `#[test]` functions, so the exemption for tests does not reach them.
#![allow(clippy::unwrap_used)]

mod repo;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use milegate::ledger::commits::Checklist;
use milegate::ledger::subject::{checklist_digest, subject_tree, work_digest};
use milegate::ledger::{LedgerError, LedgerPaths, Repository, Root, approvals, commits, diff, runs};
use milegate::model::approval::{
    Decision, PREDICATE_TYPE, Predicate, STATEMENT_TYPE, Statement, Subject, SubjectDigest,
};
use repo::Repo;

fn open(path: &Path) -> Repository {
    Repository::discover(path).unwrap()
}

fn ledger() -> LedgerPaths {
    LedgerPaths::new(["docs/STATUS.md".to_owned(), "LOG.md".to_owned(), "CHECKLIST.md".to_owned()])
}

/// The recipe of the documentation, by the git program.
fn plumbing(repo: &Repo, commit: &str) -> String {
    let index = repo.beside("plumbing.index");
    let _ = fs::remove_file(&index);
    let env = [("GIT_INDEX_FILE", index.to_str().unwrap())];
    repo.git_env(&env, &["read-tree", commit]);
    let paths = [".milegate/ledger", "docs/STATUS.md", "LOG.md", "CHECKLIST.md"];
    let mut args = vec!["rm", "-r", "--cached", "-q", "--ignore-unmatch", "--"];
    args.extend(paths);
    repo.git_env(&env, &args);
    repo.git_env(&env, &["write-tree"])
}

fn subject(repo: &Repo, commit: &str) -> String {
    subject_tree(&open(repo.path()), commit, &ledger()).unwrap()
}

/// A repository with code, a ledger, and things beside them.
fn project() -> Repo {
    let repo = Repo::new();
    repo.write("src/lib.rs", "one\ntwo\nthree\n")
        .write("src/deep/er/x.rs", "x\n")
        .write("docs/guide.md", "guide\n")
        .write("docs/STATUS.md", "status\n")
        .write("LOG.md", "log\n")
        .write("CHECKLIST.md", "- [ ] a\n- [ ] b\n")
        .write(".milegate/ledger/5.1/manifest.json", "{}\n")
        .write("milegate.toml", "[project]\n");
    repo.commit("first");
    repo
}

mod subjects {
    use super::*;

    #[test]
    fn the_subject_tree_is_what_the_plumbing_recipe_writes() {
        let repo = project();
        let mut commits = vec![repo.head()];
        repo.write(".milegate/other.toml", "kept\n").write("docs.md", "x\n").write("docs-x/STATUS.md", "y\n");
        commits.push(repo.commit("neighbours"));
        repo.git(&["rm", "-q", "docs/guide.md"]);
        commits.push(repo.commit("docs holds nothing but the ledger"));
        repo.git(&["rm", "-rq", "."]);
        repo.write(".milegate/ledger/x", "x\n").write("LOG.md", "log\n");
        commits.push(repo.commit("nothing but the ledger"));
        repo.write("ü/ä b.txt", "é\n").write("a", "x\n").write("a.b/c", "x\n").write("a-b", "x\n");
        commits.push(repo.commit("names that sort oddly"));
        for commit in commits {
            assert_eq!(subject(&repo, &commit), plumbing(&repo, &commit), "{commit}");
        }
    }

    #[test]
    fn ledger_reword_and_squash_keep_it() {
        let repo = project();
        let first = subject(&repo, &repo.head());
        repo.write("docs/STATUS.md", "new\n").write("LOG.md", "more\n").write("CHECKLIST.md", "- [x] a\n");
        repo.write(".milegate/ledger/5.1/approvals/code.bob.00000000.json", "{}\n");
        assert_eq!(subject(&repo, &repo.commit("ledger only")), first);
        repo.git(&["commit", "-q", "--amend", "-m", "another message"]);
        assert_eq!(subject(&repo, &repo.head()), first);
        repo.write("src/lib.rs", "changed\n");
        let one = subject(&repo, &repo.commit("code"));
        repo.write("src/more.rs", "more\n");
        let two = subject(&repo, &repo.commit("more code"));
        repo.git(&["reset", "-q", "--soft", "HEAD~2"]);
        assert_eq!(subject(&repo, &repo.commit("squashed")), two);
        assert!(first != one && one != two);
    }

    #[test]
    fn a_byte_a_mode_bit_or_a_hidden_directory_changes_it() {
        let repo = project();
        let first = subject(&repo, &repo.head());
        repo.write("src/lib.rs", "one\ntwo \nthree\n");
        let byte = subject(&repo, &repo.commit("a blank"));
        repo.git(&["update-index", "--chmod=+x", "src/lib.rs"]);
        repo.git(&["commit", "-q", "-m", "mode"]);
        let mode = subject(&repo, &repo.head());
        assert!(first != byte && byte != mode);
        let module = format!("160000,{},vendored", repo.head());
        repo.git(&["update-index", "--add", "--cacheinfo", &module]);
        repo.git(&["commit", "-q", "-m", "a submodule moves"]);
        let bumped = subject(&repo, &repo.head());
        assert!(bumped != mode && bumped == plumbing(&repo, &repo.head()));
        // A directory with the name of a ledger file hides nothing.
        repo.git(&["reset", "-q", "--hard"]);
        repo.remove("LOG.md").write("LOG.md/code.rs", "fn evil() {}\n");
        let hidden = subject(&repo, &repo.commit("code in the log"));
        assert_ne!(hidden, bumped);
        assert!(repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]).contains("LOG.md/code.rs"));
    }

    #[test]
    fn no_object_is_written() {
        let repo = project();
        repo.write("src/lib.rs", "two\n");
        let id = repo.commit("second");
        let before = repo.git(&["count-objects", "-v"]);
        let tree = subject(&repo, &id);
        assert_eq!(repo.git(&["count-objects", "-v"]), before);
        assert!(!repo.try_git(&["cat-file", "-e", &tree]).status.success());
    }

    #[test]
    fn the_work_digest_sees_only_tracked_edits_outside_the_ledger() {
        let repo = project();
        let digest = |ignore: &[String]| work_digest(&open(repo.path()), &ledger(), ignore).unwrap();
        assert_eq!(digest(&[]), None);
        repo.write("build/out.txt", "x\n").write("LOG.md", "edited\n");
        assert_eq!(digest(&[]), None);
        repo.write("src/lib.rs", "edited\n");
        let one = digest(&[]).unwrap();
        assert_eq!(digest(&["src/**".to_owned()]), None);
        repo.git(&["add", "src/lib.rs"]);
        assert_eq!(digest(&[]).unwrap(), one);
        repo.write("src/lib.rs", "edited again\n");
        let two = digest(&[]).unwrap();
        repo.remove("src/lib.rs");
        let three = digest(&[]).unwrap();
        assert!(one != two && two != three && one != three);
        repo.git(&["checkout", "-q", "HEAD", "--", "src/lib.rs"]);
        assert_eq!(digest(&[]), None);
        // An edit that the index was told not to look at.
        repo.git(&["update-index", "--assume-unchanged", "src/lib.rs"]);
        assert_eq!(digest(&[]), None);
        repo.write("src/lib.rs", "hidden\n");
        assert!(digest(&[]).is_some());
    }
}

mod repositories {
    use super::*;

    #[test]
    fn facts_of_a_small_repository() {
        let repo = Repo::new();
        let git = open(repo.path());
        assert_eq!(
            (git.head().unwrap(), git.is_shallow(), git.is_bare(), git.state()),
            (None, false, false, None)
        );
        assert_eq!(git.tracked().unwrap(), Vec::<String>::new());
        repo.write("b.txt", "b\n").write("a/a.txt", "a\n");
        let first = repo.commit("first");
        repo.write("b.txt", "c\n");
        let second = repo.commit("second");
        let git = open(&repo.path().join("a"));
        let head = git.head().unwrap().unwrap();
        assert_eq!(
            (head.id.as_str(), head.branch.as_deref(), head.detached),
            (&*second, Some("main"), false)
        );
        assert_eq!(git.root(), repo.path());
        assert_eq!(git.tracked().unwrap(), ["a/a.txt", "b.txt"]);
        assert_eq!(git.parents(&second).unwrap(), [first.as_str()]);
        assert_eq!(git.default_branch("origin").as_deref(), Some("main"));
        assert!(git.is_ancestor(&first, &second).unwrap() && !git.is_ancestor(&second, &first).unwrap());
        let (bytes, id) = git.blob(&first, "b.txt").unwrap().unwrap();
        assert_eq!((bytes.as_slice(), id), (b"b\n".as_slice(), repo.git(&["rev-parse", "HEAD~1:b.txt"])));
        assert_eq!(git.blob(&first, "missing/b.txt").unwrap(), None);
        assert!(matches!(git.blob(&first, "a"), Err(LedgerError::NotRegular { .. })));
        repo.git(&["checkout", "-q", "--detach"]);
        assert!(open(repo.path()).head().unwrap().unwrap().detached);
    }

    #[test]
    fn dirty_is_index_or_work_tree() {
        let repo = project();
        let dirty = || open(repo.path()).dirty().unwrap();
        assert_eq!(dirty(), Vec::<String>::new());
        repo.write("src/lib.rs", "staged\n").git(&["add", "src/lib.rs"]);
        repo.write("src/lib.rs", "one\ntwo\nthree\n").write("new.txt", "x\n").remove("docs/guide.md");
        // Staged and taken back in the work tree: the index still differs.
        assert_eq!(dirty(), ["docs/guide.md", "src/lib.rs"]);
        assert_eq!(open(repo.path()).untracked().unwrap(), ["new.txt"]);
    }

    #[test]
    fn names_resolve_as_in_git_and_nothing_else_does() {
        let repo = project();
        let first = repo.head();
        repo.git(&["tag", "-m", "t", "v1"]);
        repo.git(&["branch", "feature/x"]);
        let second = repo.commit("second");
        repo.bare_remote();
        let git = open(repo.path());
        for (rev, want) in [
            ("HEAD", &second),
            ("main", &second),
            ("v1", &first),
            ("refs/tags/v1", &first),
            ("feature/x", &first),
            ("origin/main", &second),
            ("HEAD~1", &first),
            ("HEAD^", &first),
            ("main^1~0", &first),
            (first.as_str(), &first),
            (&first[..8], &first),
        ] {
            assert_eq!(&git.resolve(rev).unwrap(), want, "{rev}");
        }
        for rev in [
            "",
            "-x",
            "HEAD@{1}",
            "main..v1",
            ":/first",
            "HEAD:src",
            "v1^{tree}",
            "nope",
            "HEAD~9",
            "HEAD^2",
            "main\n",
            "@{-1}",
            "a b",
            "../x",
            "HEAD^x",
            "HEAD~99999999999999999999",
        ] {
            assert!(git.resolve(rev).is_err(), "{rev:?}");
        }
        repo.git(&["tag", "main", "v1"]);
        let error = git.resolve("main").unwrap_err().to_string();
        assert!(error.contains("a tag and a branch"), "{error}");
        assert_eq!(git.resolve("refs/heads/main").unwrap(), second);
    }

    #[test]
    fn tags_are_reported_as_they_are() {
        let repo = project();
        let head = repo.head();
        repo.git(&["tag", "light"]);
        repo.git(&["tag", "-m", "subject\n\nbody", "m-5.1"]);
        repo.git(&["tag", "-m", "nested", "m-nested", "m-5.1"]);
        repo.git(&["update-ref", "refs/tags/m-replayed", "refs/tags/m-5.1"]);
        let git = open(repo.path());
        let tag = git.tag("m-5.1").unwrap().unwrap();
        assert!(tag.annotated && tag.target_is_commit && tag.target == head);
        assert_eq!(tag.object_id, repo.git(&["rev-parse", "refs/tags/m-5.1"]));
        assert_eq!(
            (tag.name_in_object.as_deref(), tag.message.as_str()),
            (Some("m-5.1"), "subject\n\nbody\n")
        );
        assert_eq!(tag.tagger.as_deref(), Some("Carl Committer <carl@example.com>"));
        let light = git.tag("light").unwrap().unwrap();
        assert!(!light.annotated && light.target_is_commit && light.object_id == head);
        assert!(!git.tag("m-nested").unwrap().unwrap().target_is_commit);
        assert_eq!(git.tag("m-replayed").unwrap().unwrap().name_in_object.as_deref(), Some("m-5.1"));
        assert_eq!(git.tag("absent").unwrap(), None);
        assert!(git.tag("a..b").is_err());
        assert_eq!(git.tags_matching("m-*").unwrap(), ["m-5.1", "m-nested", "m-replayed"]);
    }

    #[test]
    fn a_shallow_clone_refuses_what_it_cannot_know() {
        let repo = project();
        let first = repo.head();
        repo.git(&["tag", "-m", "old", "old"]);
        for n in 0..5 {
            repo.write("src/lib.rs", format!("{n}\n"));
            repo.commit("more");
        }
        let tip = repo.head();
        let clone = repo.clone_to("shallow", &["--depth", "1", "--no-tags"]);
        let fetch =
            repo.command(&clone, &["fetch", "-q", "--depth", "1", "origin", "tag", "old"]).output().unwrap();
        assert!(fetch.status.success());
        let git = open(&clone);
        assert!(git.is_shallow());
        // The git program says "no" here, and is wrong.
        let shallow = |error: LedgerError| {
            assert!(error.hint().unwrap().contains("git fetch --unshallow --tags"), "{error}");
            matches!(error, LedgerError::Shallow { .. })
        };
        assert!(shallow(git.is_ancestor(&first, &tip).unwrap_err()));
        assert!(shallow(git.merge_base(&first, &tip).unwrap_err()));
        assert!(shallow(git.parents(&tip).unwrap_err()));
        assert!(shallow(git.resolve("HEAD~1").unwrap_err()));
        let never_fetched = repo.git(&["rev-parse", "HEAD~2"]);
        assert!(shallow(git.merge_base(&never_fetched, &tip).unwrap_err()));
        assert!(shallow(git.is_ancestor(&never_fetched, &tip).unwrap_err()));
        assert!(shallow(commits::range(&git, None, &tip, &ledger(), None).unwrap_err()));
        assert!(shallow(commits::range(&git, Some(&first), &tip, &ledger(), None).unwrap_err()));
        // What was fetched is known.
        assert!(git.is_ancestor(&tip, &tip).unwrap());
        let deep = repo.clone_to("deep", &["--depth", "4"]);
        let git = open(&deep);
        let near = git.resolve("HEAD~2").unwrap();
        assert_eq!(git.merge_base(&near, &tip).unwrap(), Some(near.clone()));
        assert_eq!(commits::range(&git, Some(&near), &tip, &ledger(), None).unwrap().len(), 2);
    }

    #[test]
    fn other_kinds_of_repository_get_one_line() {
        let outside = tempfile::tempdir().unwrap();
        let error = Repository::discover(outside.path()).unwrap_err();
        assert!(matches!(error, LedgerError::NotARepository { .. }), "{error}");
        for format in ["--object-format=sha256", "--ref-format=reftable"] {
            let repo = Repo::empty();
            if !repo.try_git(&["init", "-q", format]).status.success() {
                continue;
            }
            let error = Repository::discover(repo.path()).unwrap_err();
            assert!(matches!(error, LedgerError::Unsupported { .. }), "{format}: {error}");
            assert!(error.hint().is_some_and(|hint| !hint.contains('\n')));
        }
        let repo = project();
        repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "src/deep/er"]);
        let git = open(repo.path());
        let error = git.dirty().unwrap_err();
        assert!(matches!(error, LedgerError::Unsupported { .. }), "{error}");
        // Commits can still be read.
        assert_eq!(subject(&repo, &repo.head()).len(), 40);
        let repo = project();
        let bare = repo.bare_remote();
        assert!(open(&bare).is_bare());
        let linked = repo.beside("linked");
        repo.git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
        let git = open(&linked);
        assert_eq!(git.root(), linked);
        assert_eq!(git.common_dir().canonicalize().unwrap(), repo.path().join(".git"));
    }

    /// Only root can give a directory away; elsewhere there is nothing to see.
    #[test]
    fn another_users_repository_gets_the_exact_line() {
        let repo = project();
        let give = ["-R", "12345:12345", repo.path().to_str().unwrap()];
        if !std::process::Command::new("chown").args(give).output().is_ok_and(|o| o.status.success()) {
            return;
        }
        let error = Repository::discover(repo.path()).unwrap_err();
        assert!(matches!(error, LedgerError::Owner { .. }), "{error}");
        let line = format!("git config --global --add safe.directory {}", repo.path().display());
        assert_eq!(error.hint(), Some(line));
    }

    #[test]
    fn a_partial_clone_says_that_objects_were_left_out() {
        let repo = project();
        repo.git(&["config", "uploadpack.allowFilter", "true"]);
        repo.write("src/lib.rs", "next\n");
        let first = repo.head();
        repo.commit("second");
        let clone = repo.clone_to("partial", &["--filter=blob:none"]);
        let git = open(&clone);
        assert!(git.is_partial());
        let error = git.blob(&first, "src/lib.rs").unwrap_err();
        assert!(matches!(error, LedgerError::Unsupported { .. }), "{error}");
        assert_eq!(subject_tree(&git, &first, &ledger()).unwrap(), subject(&repo, &first));
    }

    #[test]
    fn a_merge_in_progress_shows() {
        let repo = project();
        repo.git(&["checkout", "-q", "-b", "side"]);
        repo.write("src/lib.rs", "side\n").commit("side");
        repo.git(&["checkout", "-q", "main"]);
        repo.write("src/lib.rs", "main\n").commit("main");
        assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
        let git = open(repo.path());
        assert_eq!(git.state(), Some("merge"));
        assert_eq!(git.dirty().unwrap(), ["src/lib.rs"]);
    }
}

mod diffs {
    use super::*;

    /// New-side ranges of `git diff -U0`, by the git program.
    fn by_git(repo: &Repo, base: &str) -> BTreeMap<String, Vec<(u32, u32)>> {
        repo.git(&["add", "-A", "-N"]);
        let text = repo.git(&[
            "-c",
            "core.quotePath=false",
            "diff",
            "-U0",
            "-M",
            "--ignore-space-at-eol",
            "--no-prefix",
            base,
        ]);
        repo.git(&["reset", "-q"]);
        let mut files = BTreeMap::<String, Vec<(u32, u32)>>::new();
        let mut path = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("+++ ") {
                path = name.trim_end_matches('\t').to_owned();
            } else if line.starts_with("@@ ") {
                let new = line.split(' ').nth(2).unwrap().trim_start_matches('+');
                let (start, count) = new.split_once(',').unwrap_or((new, "1"));
                let (start, count): (u32, u32) = (start.parse().unwrap(), count.parse().unwrap());
                if count > 0 {
                    files.entry(path.clone()).or_default().push((start, start + count - 1));
                }
            }
        }
        files
    }

    fn ours(repo: &Repo, base: &str) -> BTreeMap<String, Vec<(u32, u32)>> {
        let changed = diff::changed_lines(&open(repo.path()), Some(base), "the base").unwrap();
        assert_eq!(changed.base, "the base");
        let files = changed.files.into_iter();
        files.map(|(p, r)| (p, r.iter().map(|r| (*r.start(), *r.end())).collect())).collect()
    }

    fn numbered(from: u32, to: u32) -> String {
        (from..=to).map(|n| format!("line {n} of a file long enough to be recognised\n")).collect()
    }

    #[test]
    fn lines_are_those_of_git_diff() {
        let repo = Repo::new();
        for name in ["modified.py", "renamed.py", "moved.py", "deleted.py", "staged.py", "sub dir/ü.py"] {
            repo.write(name, numbered(1, 40));
        }
        repo.write("crlf.py", numbered(1, 9).replace('\n', "\r\n")).write("image.png", b"\x89PNG\0\0\0a");
        repo.write("no-newline.txt", "a\nb").write(".gitignore", "ignored/\n");
        let base = repo.commit("base");
        let change = |text: &str, n: u32, to: &str| text.replace(&format!("line {n} of"), to);
        let edited = change(&numbered(1, 40), 5, "changed");
        repo.write("modified.py", edited.clone() + "more\nand more\n");
        repo.git(&["mv", "renamed.py", "new-name.py"]);
        repo.write("new-name.py", edited.clone());
        repo.remove("moved.py").write("moved-by-hand.py", edited.clone());
        repo.remove("deleted.py").write("staged.py", edited.clone()).git(&["add", "staged.py"]);
        repo.write("sub dir/ü.py", numbered(2, 40)).write("image.png", b"\x89PNG\0\0\0b\n");
        repo.write("crlf.py", change(&numbered(1, 9), 3, "X").replace('\n', "\r\n") + "end\r\n");
        repo.write("no-newline.txt", "a\nb\nc").write("untracked/new.py", "one\ntwo\n").write("empty.py", "");
        repo.write("ignored/report.py", "x\n").write("new.bin", b"a\n\0\0\n");
        let lines = ours(&repo, &base);
        assert_eq!(lines["modified.py"], [(5, 5), (41, 42)]);
        assert_eq!(lines["new-name.py"], [(5, 5)]);
        assert_eq!(lines["moved-by-hand.py"], [(5, 5)]);
        assert_eq!(lines["crlf.py"], [(3, 3), (10, 10)]);
        assert_eq!(lines["untracked/new.py"], [(1, 2)]);
        assert!(!lines.contains_key("deleted.py") && !lines.contains_key("sub dir/ü.py"));
        assert!(!lines.contains_key("image.png") && !lines.contains_key("new.bin"));
        assert_eq!(lines, by_git(&repo, &base));
        repo.commit("all of it");
        assert_eq!(ours(&repo, &base), lines);
    }

    /// A small generator of its own: the same edits in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % n
        }

        /// Few different lines, so that many alignments are possible.
        fn line(&mut self) -> String {
            let kinds = ["", "}", "    x = 1", "def f():", "    return x", "  y", "\treturn", "z\r", "é"];
            kinds[self.below(kinds.len())].to_owned()
        }
    }

    #[test]
    fn random_edits_give_the_lines_of_git_diff() {
        let mut dice = Dice(7);
        for round in 0..ROUNDS {
            let repo = Repo::new();
            let mut files: Vec<Vec<String>> = Vec::new();
            for n in 0..6 {
                files.push((0..dice.below(60)).map(|_| dice.line()).collect());
                repo.write(&format!("f{n}.py"), files[n].join("\n"));
            }
            let base = repo.commit("base");
            for (n, lines) in files.iter_mut().enumerate() {
                for _ in 0..dice.below(8) {
                    let at = dice.below(lines.len() + 1);
                    match dice.below(3) {
                        0 => lines.insert(at, dice.line()),
                        1 if at < lines.len() => drop(lines.remove(at)),
                        _ if at < lines.len() => lines[at] = dice.line(),
                        _ => {}
                    }
                }
                let end = ["", "\n"][dice.below(2)];
                repo.write(&format!("f{n}.py"), lines.join("\n") + end);
            }
            repo.write("new.py", files.concat().join("\n"));
            assert_eq!(ours(&repo, &base), by_git(&repo, &base), "round {round}, {}", repo.path().display());
        }
    }

    const ROUNDS: usize = 8;

    #[test]
    fn an_attribute_hides_no_source() {
        let repo = project();
        repo.write(".gitattributes", "*.rs -diff\n").write("src/lib.rs", "one\n2\nthree\n");
        repo.commit("declares its source binary");
        assert_eq!(ours(&repo, &repo.git(&["rev-parse", "HEAD~1"]))["src/lib.rs"], [(2, 2)]);
    }

    #[cfg(unix)]
    #[test]
    fn odd_files_in_the_work_tree_cost_nothing() {
        let repo = project();
        let at = |name: &str| repo.path().join(name);
        repo.remove("docs/guide.md");
        for pipe in ["pipe.py", "docs/guide.md"] {
            assert!(std::process::Command::new("mkfifo").arg(at(pipe)).status().unwrap().success());
        }
        for sparse in ["sparse.py", "src/deep/er/x.rs"] {
            fs::File::create(at(sparse)).unwrap().set_len(8 << 30).unwrap();
        }
        std::os::unix::fs::symlink("/dev/zero", at("zero.py")).unwrap();
        repo.write("new.py", "x\n");
        let begin = std::time::Instant::now();
        let git = open(repo.path());
        let changed = diff::changed_lines(&git, Some(&repo.head()), "HEAD").unwrap();
        assert_eq!(changed.files.keys().collect::<Vec<_>>(), ["new.py"]);
        assert_eq!(git.dirty().unwrap(), ["docs/guide.md", "src/deep/er/x.rs"]);
        assert!(work_digest(&git, &ledger(), &[]).unwrap().is_some());
        assert!(begin.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn from_nothing_everything_is_new() {
        let repo = project();
        let changed = diff::changed_lines(&open(repo.path()), None, "nothing").unwrap();
        assert_eq!(changed.files["src/lib.rs"], [1..=3]);
    }

    #[test]
    fn changed_paths_name_both_sides() {
        let repo = project();
        let base = repo.head();
        repo.git(&["mv", "src/lib.rs", "src/main.rs"]);
        let head = repo.commit("moved");
        let git = open(repo.path());
        assert_eq!(
            diff::changed_paths(&git, Some(&base), Some(&head)).unwrap(),
            ["src/lib.rs", "src/main.rs"]
        );
        repo.write("new/x.rs", "x\n");
        let paths = diff::changed_paths(&open(repo.path()), Some(&base), None).unwrap();
        assert_eq!(paths, ["new/x.rs", "src/lib.rs", "src/main.rs"]);
        assert_eq!(diff::changed_paths(&git, None, Some(&base)).unwrap().len(), 8);
    }
}

mod milestones {
    use super::*;

    fn items(bytes: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(checklist_digest(text.lines().filter_map(|l| l.get(6..))))
    }

    fn all(repo: &Repo, from: &str) -> Vec<milegate::model::change::Commit> {
        let rule = Checklist { path: "CHECKLIST.md", digest: &items };
        commits::range(&open(repo.path()), Some(from), &repo.head(), &ledger(), Some(rule)).unwrap()
    }

    fn last_exempt(repo: &Repo, from: &str) -> bool {
        all(repo, from).last().unwrap().exempt
    }

    #[test]
    fn authors_and_ledger_only_commits() {
        let repo = project();
        let from = repo.head();
        repo.write("src/lib.rs", "1\n");
        let message = "Add it\n\nwords\n\nCo-authored-by: Bob <bob@example.com>\n\n\
                       co-AUTHORED-by: Cy <cy@example.com>\nCo-authored-by: Bob <BOB@example.com>";
        let code = repo.commit(message);
        repo.write("LOG.md", "2\n").write("CHECKLIST.md", "- [x] a\n- [ ] b\n");
        repo.commit_as("Dan", "dan@example.com", "tick");
        repo.write("CHECKLIST.md", "- [x] a\n");
        repo.commit("drop an item");
        let list = all(&repo, &from);
        assert_eq!(list[0].id, code);
        assert_eq!(list[0].subject, "Add it");
        assert_eq!(list[0].authors, ["ann@example.com", "bob@example.com", "cy@example.com"]);
        assert_eq!(list[1].authors, ["dan@example.com"]);
        assert_eq!(list.iter().map(|c| c.exempt).collect::<Vec<_>>(), [false, true, false]);
        let whole = commits::range(&open(repo.path()), None, &repo.head(), &ledger(), None).unwrap();
        assert_eq!((whole.len(), whole[0].exempt), (4, false));
    }

    /// main and side, which edit different ends of one file and one file each.
    fn forked() -> (Repo, String) {
        let repo = Repo::new();
        let body: String = (1..=30).map(|n| format!("{n}\n")).collect();
        repo.write("shared.txt", &body).write("LOG.md", "log\n").write("CHECKLIST.md", "- [ ] a\n");
        let from = repo.commit("base");
        repo.git(&["checkout", "-q", "-b", "side"]);
        repo.write("shared.txt", body.replace("\n29\n", "\nside\n")).write("side.txt", "s\n");
        repo.write("LOG.md", "log\nside\n").commit("side");
        repo.git(&["checkout", "-q", "main"]);
        repo.write("shared.txt", body.replace("\n2\n", "\nmain\n")).write("main.txt", "m\n").commit("main");
        (repo, from)
    }

    #[test]
    fn a_clean_merge_is_exempt_and_writes_nothing() {
        let (repo, from) = forked();
        repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
        let before = repo.git(&["count-objects", "-v"]);
        let list = all(&repo, &from);
        assert_eq!(list.iter().map(|c| c.exempt).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(repo.git(&["count-objects", "-v"]), before);
    }

    #[test]
    fn an_evil_merge_is_not() {
        let (repo, from) = forked();
        repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
        repo.write("evil.txt", "x\n").commit("merge, and more");
        assert!(!last_exempt(&repo, &from));
        let (repo, from) = forked();
        repo.git(&["merge", "-q", "-s", "ours", "-m", "merge", "side"]);
        assert!(!last_exempt(&repo, &from));
    }

    #[test]
    fn a_conflict_in_the_ledger_alone_is_exempt() {
        let (repo, from) = forked();
        repo.write("LOG.md", "log\nmain\n").commit("log");
        assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
        repo.write("LOG.md", "log\nmain\nside\n").commit("merge");
        assert!(last_exempt(&repo, &from));
        // A link in place of the log is not the log.
        #[cfg(unix)]
        {
            repo.git(&["reset", "-q", "--hard", "HEAD^1"]);
            assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
            repo.remove("LOG.md");
            std::os::unix::fs::symlink("/etc/passwd", repo.path().join("LOG.md")).unwrap();
            repo.commit("merge, and a link");
            assert!(!last_exempt(&repo, &from));
        }
        // A conflict in code that a person solved is a change.
        let (repo, from) = forked();
        repo.write("side.txt", "other\n").commit("same file");
        assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
        repo.write("side.txt", "s\n").commit("merge");
        assert!(!last_exempt(&repo, &from));
    }

    #[test]
    fn a_merge_that_rewords_the_checklist_is_not_exempt() {
        let (repo, from) = forked();
        repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
        repo.write("CHECKLIST.md", "- [x] a\n").commit("merge and tick");
        assert!(last_exempt(&repo, &from));
        repo.git(&["reset", "-q", "--hard", "HEAD^1"]);
        repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
        repo.write("CHECKLIST.md", "- [x] nothing\n").commit("merge and reword");
        assert!(!last_exempt(&repo, &from));
    }

    #[test]
    fn an_attribute_does_not_choose_the_merge() {
        let (repo, from) = forked();
        repo.write("side.txt", "other\n").write(".gitattributes", "*.txt merge=union\n").commit("union");
        repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
        assert!(!last_exempt(&repo, &from));
    }

    #[test]
    fn an_octopus_is_exempt_if_it_is_clean() {
        let (repo, from) = forked();
        repo.git(&["checkout", "-q", "-b", "third", &from]);
        repo.write("third.txt", "t\n").commit("third");
        repo.git(&["checkout", "-q", "main"]);
        repo.git(&["merge", "-q", "-m", "octopus", "side", "third"]);
        assert_eq!(repo.git(&["show", "-s", "--format=%P"]).split(' ').count(), 3);
        assert!(last_exempt(&repo, &from));
        repo.write("evil.txt", "x\n").git(&["add", "-A"]);
        repo.git(&["commit", "-q", "--amend", "-m", "octopus with an edit"]);
        assert!(!last_exempt(&repo, &from));
    }
}

mod approving {
    use super::*;

    fn statement(repo: &Repo, commit: &str, role: &str) -> Statement {
        Statement {
            kind: STATEMENT_TYPE.to_owned(),
            subject: vec![Subject {
                name: "git+tree".to_owned(),
                digest: SubjectDigest { git_tree: subject(repo, commit) },
            }],
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: Predicate {
                project: "phase5".to_owned(),
                milestone: "5.1".to_owned(),
                role: role.to_owned(),
                attests: None,
                decision: Decision::Approve,
                reviewer: "bob".to_owned(),
                commit: commit.to_owned(),
                checklist: None,
                policy: None,
                comment: "fine\u{1b}[31m".to_owned(),
                time: "2026-11-23T14:00:00Z".to_owned(),
            },
        }
    }

    fn read(repo: &Repo) -> approvals::Approvals {
        let (git, head) = (open(repo.path()), repo.head());
        let root = git.files().unwrap();
        approvals::read(&root, &git, &head, &subject(repo, &head), &ledger()).unwrap()
    }

    #[test]
    fn an_approval_is_written_once_and_read_from_both_places() {
        let repo = project();
        let root = Root::new(repo.path()).unwrap();
        let statement = statement(&repo, &repo.head(), "code");
        let path = approvals::write(&root, &statement).unwrap();
        assert!(path.starts_with(".milegate/ledger/5.1/approvals/code.bob.") && path.ends_with(".json"));
        let bytes = repo.read(&path);
        assert!(bytes.ends_with(b"}\n") && approvals::parse(&bytes).unwrap() == statement);
        assert_eq!(approvals::write(&root, &statement).unwrap(), path);
        let in_work_tree = read(&repo);
        assert_eq!((in_work_tree.approvals.len(), in_work_tree.damaged.len()), (1, 0));
        assert_eq!(in_work_tree.approvals[0].drift, Some(vec![]));
        repo.commit("approve");
        assert_eq!(read(&repo), in_work_tree);
        // A copy under another milestone is the same event, and still speaks of its own milestone.
        repo.write(".milegate/ledger/5.2/approvals/code.bob.00000000.json", &bytes);
        assert_eq!(read(&repo), in_work_tree);
        // Deleting it in the work tree does not take it back.
        fs::rename(repo.path().join(&path), repo.path().join(".milegate/ledger/5.1/approvals/z.json"))
            .unwrap();
        assert_eq!(read(&repo), in_work_tree);
        repo.write(&path, "somebody else's\n");
        assert!(matches!(approvals::write(&root, &statement), Err(LedgerError::Exists { .. })));
    }

    #[test]
    fn names_cannot_leave_the_directory() {
        let repo = project();
        let root = Root::new(repo.path()).unwrap();
        for (role, reviewer, milestone) in [
            ("../x", "bob", "5.1"),
            ("code", "../../x", "5.1"),
            ("code", "Bob", "5.1"),
            ("", "bob", "5.1"),
            ("code", "bob", "../5.1"),
        ] {
            let mut statement = statement(&repo, &repo.head(), role);
            statement.predicate.reviewer = reviewer.to_owned();
            statement.predicate.milestone = milestone.to_owned();
            assert!(approvals::write(&root, &statement).is_err(), "{role} {reviewer} {milestone}");
        }
    }

    #[test]
    fn drift_lists_what_differs_now() {
        let repo = project();
        let root = Root::new(repo.path()).unwrap();
        let reviewed = repo.head();
        approvals::write(&root, &statement(&repo, &reviewed, "code")).unwrap();
        repo.write("docs/STATUS.md", "ticked\n").commit("approve");
        assert_eq!(read(&repo).approvals[0].drift, Some(vec![]));
        repo.write("src/lib.rs", "one\ntwo\nthree \n").write("src/new.rs", "n\n").remove("docs/guide.md");
        repo.commit("later");
        let drift = read(&repo).approvals[0].drift.clone();
        assert_eq!(drift.unwrap(), ["D docs/guide.md", "M src/lib.rs", "A src/new.rs"]);
    }

    #[test]
    fn drift_of_a_tree_that_is_not_here_is_unknown() {
        let repo = project();
        let root = Root::new(repo.path()).unwrap();
        let mut absent = statement(&repo, &repo.head(), "code");
        absent.subject[0].digest.git_tree = "1".repeat(40);
        approvals::write(&root, &absent).unwrap();
        absent.predicate.commit = "2".repeat(40);
        approvals::write(&root, &absent).unwrap();
        let read = read(&repo);
        assert_eq!(read.approvals.iter().map(|a| a.drift.clone()).collect::<Vec<_>>(), [None, None]);
    }

    #[test]
    fn damaged_files_are_named() {
        let repo = project();
        let good = statement(&repo, &repo.head(), "code");
        let text = serde_json::to_string(&good).unwrap();
        let dir = ".milegate/ledger/5.1/approvals";
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let odd: Vec<(&str, Vec<u8>)> = vec![
            ("twice", text.replace("\"role\":", "\"role\":\"x\",\"role\":").into()),
            ("unknown", text.replace("\"role\":", "\"extra\":1,\"role\":").into()),
            ("after", format!("{text}{text}").into()),
            ("cut", text[..text.len() - 1].into()),
            ("empty", Vec::new()),
            ("large", format!("{text}{}", " ".repeat(70_000)).into()),
            ("deep", deep[..60_000].into()),
            ("latin", [text.as_bytes(), b"\xff"].concat()),
            ("nul", text.replace("fine", "fi\0ne").into()),
            ("type", text.replace("Statement/v1", "Statement/v2").into()),
            ("predicate", text.replace("approval/v1", "approval/v2").into()),
            (
                "subjects",
                text.replace(
                    "\"subject\":[",
                    "\"subject\":[{\"name\":\"git+tree\",\"digest\":{\"gitTree\":\"00\"}},",
                )
                .into(),
            ),
            ("tree", text.replace(&good.subject[0].digest.git_tree, "HEAD").into()),
            ("time", text.replace("2026-11-23T14:00:00Z", "yesterday").into()),
            ("decision", text.replace("\"approve\"", "\"maybe\"").into()),
        ];
        for (name, bytes) in &odd {
            repo.write(&format!("{dir}/{name}.json"), bytes);
        }
        let read_now = read(&repo);
        assert_eq!((read_now.approvals.len(), read_now.damaged.len()), (0, odd.len()), "{read_now:?}");
        repo.commit("damaged, in the commit too");
        assert_eq!(read(&repo), read_now);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused() {
        let repo = project();
        let text = serde_json::to_string(&statement(&repo, &repo.head(), "code")).unwrap();
        let elsewhere = repo.beside("approval.json");
        fs::write(&elsewhere, &text).unwrap();
        repo.write("inside.json", &text).write(".milegate/ledger/5.1/approvals/.keep", "");
        let dir = repo.path().join(".milegate/ledger/5.1/approvals");
        std::os::unix::fs::symlink(&elsewhere, dir.join("out.json")).unwrap();
        std::os::unix::fs::symlink("../../../../inside.json", dir.join("in.json")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.join("passwd.json")).unwrap();
        let read_now = read(&repo);
        assert_eq!((read_now.approvals.len(), read_now.damaged.len()), (0, 3), "{read_now:?}");
        repo.commit("links");
        assert_eq!(read(&repo).damaged.len(), 3);
    }
}

mod files {
    use super::*;

    fn root() -> (Repo, Root) {
        let repo = Repo::empty();
        let root = Root::new(repo.path()).unwrap();
        (repo, root)
    }

    #[test]
    fn only_regular_files_up_to_the_limit() {
        let (repo, root) = root();
        repo.write("a/b.txt", "hello").write(".git/config", "secret");
        let file = root.read("a/b.txt", 5).unwrap();
        assert_eq!(file.bytes, b"hello");
        assert_eq!(root.modified("./a/b.txt").unwrap(), file.modified);
        assert!(matches!(root.read("a/b.txt", 4), Err(LedgerError::TooLarge { .. })));
        assert!(matches!(root.read("a", 9), Err(LedgerError::NotRegular { .. })));
        assert!(root.read("a/none", 9).unwrap_err().is_missing());
        let absolute = repo.path().join("a/b.txt");
        assert!(root.read(absolute.to_str().unwrap(), 9).is_ok());
        for outside in ["../x", "a/../../x", "/etc/passwd", ".git/config", "a/../.GIT/config", "/dev/zero"] {
            assert!(matches!(root.read(outside, 9), Err(LedgerError::Outside { .. })), "{outside}");
            assert!(!root.exists(outside) && root.write_atomic(outside, b"x").is_err(), "{outside}");
        }
        assert_eq!(root.relative(absolute.to_str().unwrap()).unwrap(), "a/b.txt");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_sparse_files_cost_nothing() {
        let (repo, root) = root();
        repo.write("real.txt", "x");
        let at = |name: &str| repo.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(at("pipe.xml")).status().unwrap().success());
        fs::File::create(at("sparse.xml")).unwrap().set_len(8 << 30).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("zero.xml")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("out.xml")).unwrap();
        std::os::unix::fs::symlink("real.txt", at("in.xml")).unwrap();
        std::os::unix::fs::symlink("loop.xml", at("loop.xml")).unwrap();
        std::os::unix::fs::symlink("nowhere", at("dangling.xml")).unwrap();
        let begin = std::time::Instant::now();
        assert!(matches!(root.read("pipe.xml", 1 << 20), Err(LedgerError::NotRegular { .. })));
        assert!(matches!(root.read("sparse.xml", 1 << 20), Err(LedgerError::TooLarge { .. })));
        assert!(matches!(root.read("zero.xml", 1 << 20), Err(LedgerError::Outside { .. })));
        assert!(matches!(root.read("out.xml", 1 << 20), Err(LedgerError::Outside { .. })));
        assert!(root.read("loop.xml", 1 << 20).is_err());
        assert!(begin.elapsed() < std::time::Duration::from_secs(5));
        assert_eq!(root.read("in.xml", 9).unwrap().bytes, b"x");
        // What matches is listed even if it cannot be read: otherwise it would silently be no evidence.
        let listed = root.glob(&["*.xml".to_owned()]).unwrap();
        assert_eq!(listed.len(), 7);
        assert!(matches!(root.write_atomic("out.xml", b"x"), Err(LedgerError::Outside { .. })));
        assert!(root.write_atomic("dangling.xml", b"x").is_err());
        assert!(matches!(root.write_new("in.xml", b"x"), Err(LedgerError::Exists { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn writing_is_atomic_and_keeps_what_was() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let (repo, root) = root();
        repo.write("doc.md", "old");
        let at = repo.path().join("doc.md");
        fs::set_permissions(&at, fs::Permissions::from_mode(0o750)).unwrap();
        let inode = fs::metadata(&at).unwrap().ino();
        assert!(!root.write_atomic("doc.md", b"old").unwrap());
        assert_eq!(fs::metadata(&at).unwrap().ino(), inode);
        assert!(root.write_atomic("doc.md", b"new").unwrap());
        assert_eq!(
            (fs::metadata(&at).unwrap().mode() & 0o777, repo.read("doc.md")),
            (0o750, b"new".to_vec())
        );
        std::os::unix::fs::symlink("doc.md", repo.path().join("link.md")).unwrap();
        assert!(root.write_atomic("link.md", b"by link").unwrap());
        assert!(root.is_symlink("link.md"));
        assert_eq!(repo.read("doc.md"), b"by link");
        assert!(root.write_atomic("missing/doc.md", b"x").unwrap_err().is_missing());
        root.create_dir_all("new/deep").unwrap();
        root.create_dir_all("new/deep").unwrap();
        assert!(root.write_atomic("new/deep/doc.md", b"x").unwrap());
        assert!(root.create_dir_all("doc.md/x").is_err());
        std::os::unix::fs::symlink("/tmp", repo.path().join("away")).unwrap();
        assert!(matches!(root.create_dir_all("away/x"), Err(LedgerError::Outside { .. })));
        assert!(root.write_atomic("new", b"x").is_err());
        fs::set_permissions(&at, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(root.write_atomic("doc.md", b"protected").is_err());
        root.write_new("once.md", b"1").unwrap();
        assert!(matches!(root.write_new("once.md", b"2"), Err(LedgerError::Exists { .. })));
        let left: Vec<_> = fs::read_dir(repo.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().contains(".milegate-")), "{left:?}");
    }

    #[test]
    fn globs_find_ignored_and_hidden_files() {
        let (repo, root) = root();
        for path in [
            "reports/unit.xml",
            "reports/unit-2.xml",
            "reports/sub/unit.xml",
            "reports/.hidden.xml",
            "reports/[odd].xml",
            "a/target/junit.xml",
            "a/node_modules/p/junit.xml",
            ".git/junit.xml",
            "a/.git/junit.xml",
            ".cache/junit.xml",
            "reports/uni.xml/inner.xml",
        ] {
            repo.write(path, "x");
        }
        repo.write(".gitignore", "*\n");
        let glob = |patterns: &[&str]| {
            root.glob(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()).unwrap()
        };
        assert_eq!(glob(&["reports/unit*.xml"]), ["reports/unit-2.xml", "reports/unit.xml"]);
        assert_eq!(
            glob(&["reports/uni*.xml", "reports/unit.xml"]),
            ["reports/unit-2.xml", "reports/unit.xml"]
        );
        assert_eq!(glob(&["reports/unit.xml"]), ["reports/unit.xml"]);
        assert_eq!(glob(&["reports/[odd].xml"]), ["reports/[odd].xml"]);
        assert_eq!(glob(&["reports/{unit,sub/unit}.xml"]), ["reports/sub/unit.xml", "reports/unit.xml"]);
        assert_eq!(glob(&["**/junit.xml"]), [".cache/junit.xml", "a/target/junit.xml"]);
        assert_eq!(glob(&["a/*/junit.xml"]), ["a/target/junit.xml"]);
        assert_eq!(glob(&["a/node_modules/**/*.xml"]), ["a/node_modules/p/junit.xml"]);
        assert_eq!(glob(&["reports", "none/*.xml", "none.xml", "reports/*/nothing"]), Vec::<String>::new());
        assert_eq!(glob(&["reports/.*.xml"]), ["reports/.hidden.xml"]);
        for bad in ["../*.xml", "/etc/*", ".git/*", "reports/[.xml", "reports/{a"] {
            assert!(root.glob(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}

mod records {
    use super::*;

    #[test]
    fn a_record_is_written_and_read_back() {
        let repo = project();
        let root = Root::new(repo.path()).unwrap();
        let mut record = runs::RunRecord {
            version: runs::RunRecord::VERSION,
            name: "unit tests".to_owned(),
            command: vec!["pytest".to_owned(), "-q".to_owned()],
            exit_status: 1,
            started: "2026-11-23T14:00:00Z".to_owned(),
            finished: "2026-11-23T14:01:00Z".to_owned(),
            commit: Some(repo.head()),
            subject_tree: None,
            work_digest: None,
            reports: vec![runs::RunReport { path: "unit.xml".to_owned(), sha256: "00".to_owned() }],
        };
        assert_eq!(runs::read(&root, "unit tests").unwrap(), None);
        let path = runs::write(&root, &record).unwrap();
        assert_eq!(runs::read(&root, "unit tests").unwrap(), Some(record.clone()));
        assert_eq!(repo.git(&["status", "--porcelain"]), "");
        assert_eq!(runs::read_all(&root).unwrap().records, [record.clone()]);
        let bytes = repo.read(&path);
        repo.write(&path, &bytes[..bytes.len() / 2]);
        assert!(runs::read(&root, "unit tests").is_err());
        repo.write(".milegate/runs/other.json", &bytes);
        let all = runs::read_all(&root).unwrap();
        assert_eq!((all.records.len(), all.damaged.len()), (0, 2));
        record.finished = "2026-11-23T13:00:00Z".to_owned();
        assert!(runs::write(&root, &record).is_err());
    }
}
