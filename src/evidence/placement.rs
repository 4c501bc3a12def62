//! Placing the paths of a report in the repository.
//!
//! In order, the first that yields a file of the repository wins: under each source root the report
//! names, or under the folder of ours that such a root of another machine ends in; in the Go module
//! whose path (of its go.mod) it begins with; the path as it stands, or under the work tree's root;
//! under the report's own folder and its parents; and last the unique file that shares the longest
//! suffix of at least two segments (one, if the repository has that name once). Of several that share
//! it, the one whose folders hold the rest of the path too (JaCoCo's group in front of a package), or
//! the only one in the nearest folder around the report (one report a module). Else it is ambiguous,
//! and ambiguous is unplaced: never a guess.
//!
//! Backslashes separate in drive and UNC paths, and elsewhere where the path is not known as it is.

use std::collections::{BTreeSet, HashMap};

/// Folders of code that is not the project's; files in them are set aside.
const FOREIGN: &[&str] =
    &["site-packages", "dist-packages", "node_modules", ".cargo", "rustc", ".tox", ".venv"];

/// The files of the repository.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Absolute path of the work tree with `/`, no slash at the end.
    root: String,
    /// Paths from the root with `/`.
    files: BTreeSet<String>,
    /// Files by their last segment.
    by_name: HashMap<String, Vec<String>>,
    /// Go modules: their path and their folder, longest path first.
    modules: Vec<(String, String)>,
}

impl Tree {
    /// The tree at `root` with these files.
    pub fn new(root: &str, files: impl IntoIterator<Item = String>) -> Self {
        let files: BTreeSet<_> = files.into_iter().collect();
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        for file in &files {
            by_name.entry(name_of(file).to_owned()).or_default().push(file.clone());
        }
        Self {
            root: root.replace('\\', "/").trim_end_matches('/').to_owned(),
            files,
            by_name,
            modules: Vec::new(),
        }
    }

    /// The same tree with the Go modules of these go.mod files, each with its path and its text.
    #[must_use]
    pub fn with_go_modules(mut self, files: impl IntoIterator<Item = (String, String)>) -> Self {
        let folder =
            |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        self.modules = files
            .into_iter()
            .filter_map(|(path, text)| Some((go_module(&text)?.to_owned(), folder(&path))))
            .collect();
        // Two modules of one path (an example, a copy under testdata): nobody knows which is meant.
        let twice =
            |module: &str, all: &[(String, String)]| all.iter().filter(|(m, _)| m == module).count() > 1;
        let all = self.modules.clone();
        self.modules.retain(|(module, _)| !twice(module, &all));
        self.modules.sort_by_key(|(module, _)| std::cmp::Reverse(module.len()));
        self
    }

    /// The files, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Whether the repository has this file.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    fn known(&self, path: &str) -> Option<String> {
        let path = normal(path)?;
        self.files.contains(&path).then_some(path)
    }

    /// Places `path`, found in the report at `report`, which names these source roots.
    pub fn place(&self, path: &str, report: &str, roots: &[String]) -> Option<String> {
        let readable = readable(path);
        self.place_as(&readable, report, roots).or_else(|| {
            let windows = readable.contains('\\').then(|| readable.replace('\\', "/"))?;
            self.place_as(&windows, report, roots)
        })
    }

    fn place_as(&self, path: &str, report: &str, roots: &[String]) -> Option<String> {
        let relative = !is_absolute(path);
        let as_it_stands = || if relative { self.known(path) } else { self.known(self.inside(path)?) };
        let under_roots = || {
            roots.iter().filter(|_| relative).find_map(|root| {
                let root = readable(root);
                let root = if is_absolute(&root) { self.inside(&root)?.to_owned() } else { root };
                self.known(&format!("{root}/{path}"))
            })
        };
        let beside_report = || {
            let mut folder = report.rsplit_once('/').map(|(folder, _)| folder).filter(|_| relative)?;
            loop {
                if let Some(found) = self.known(&format!("{folder}/{path}")) {
                    return Some(found);
                }
                folder = folder.rsplit_once('/')?.0;
            }
        };
        // The root of another machine still says in which of our folders the file is, if its tail does.
        let under_foreign_roots = || {
            let joined = roots.iter().filter(|_| relative).map(|root| format!("{}/{path}", readable(root)));
            joined.filter_map(|joined| self.by_suffix(&joined, path.split('/').count() + 1, None)).next()
        };
        // A declared root decides before a file of the same name elsewhere does.
        under_roots()
            .or_else(under_foreign_roots)
            .or_else(|| self.in_go_module(path))
            .or_else(as_it_stands)
            .or_else(beside_report)
            .or_else(|| self.by_suffix(path, 2, relative.then_some(report)))
    }

    /// Whether the path is in code that is not the project's.
    pub fn is_foreign(&self, path: &str) -> bool {
        let path = readable(path);
        let outside = is_absolute(&path) && self.inside(&path).is_none();
        outside && path.split('/').any(|part| FOREIGN.contains(&part)) || path.starts_with("/usr/")
    }

    /// The part of an absolute path below the root; empty for the root itself.
    fn inside<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.root.as_str())?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
    }

    /// The file of an import path, by the module it begins with.
    fn in_go_module(&self, path: &str) -> Option<String> {
        if !path.ends_with(".go") {
            return None;
        }
        self.modules.iter().find_map(|(module, folder)| {
            let rest = path.strip_prefix(module.as_str())?.strip_prefix('/')?;
            self.known(&format!("{folder}/{rest}"))
        })
    }

    /// The one file that shares the longest tail, of at least so many segments. Of several, what
    /// else the path says decides, or where the `report` is.
    fn by_suffix(&self, path: &str, least: usize, report: Option<&str>) -> Option<String> {
        let candidates = self.by_name.get(name_of(path))?;
        let shared = |file: &str| file.rsplit('/').zip(path.rsplit('/')).take_while(|(a, b)| a == b).count();
        let best = candidates.iter().map(|f| shared(f)).max()?;
        if best < least && !(least <= 2 && candidates.len() == 1) {
            return None;
        }
        let top: Vec<&String> = candidates.iter().filter(|f| shared(f) == best).collect();
        let found = match top.as_slice() {
            [one] => Some(*one),
            _ => only(&top, |file| holds(folders(file, best), folders(path, best)))
                .filter(|_| !folders(path, best).is_empty() && report.is_some())
                .or_else(|| nearest(&top, report?)),
        };
        found.cloned()
    }
}

/// The only one that satisfies `test`.
fn only<'a>(files: &[&'a String], test: impl Fn(&str) -> bool) -> Option<&'a String> {
    let mut good = files.iter().copied().filter(|file| test(file));
    good.next().filter(|_| good.next().is_none())
}

/// The only one in the nearest folder around the report that holds any; the root is around all.
fn nearest<'a>(files: &[&'a String], report: &str) -> Option<&'a String> {
    let mut folder = report;
    while let Some((around, _)) = folder.rsplit_once('/') {
        folder = around;
        let inside = |file: &str| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if files.iter().any(|file| inside(file)) {
            return only(files, inside);
        }
    }
    None
}

/// What stands before the last so many segments.
fn folders(path: &str, last: usize) -> &str {
    let end = path.rmatch_indices('/').nth(last.saturating_sub(1)).map_or(0, |(at, _)| at);
    path.get(..end).unwrap_or_default()
}

/// Whether all segments of `some` are among those of `all`, in order.
fn holds(all: &str, some: &str) -> bool {
    let mut all = all.split('/');
    some.split('/').all(|segment| all.any(|have| have == segment))
}

/// The module path that a go.mod declares.
fn go_module(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module"))?;
    let name = line.strip_prefix([' ', '\t'])?.split("//").next()?.trim();
    let name = name.trim_matches(['"', '`']).trim_end_matches('/');
    (!name.is_empty()).then_some(name)
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

/// Separators as `/`; no `file://`, and none of the `/_/` of deterministic .NET builds.
fn readable(path: &str) -> String {
    let decoded = path.strip_prefix("file://").map(percent_decoded);
    let path = decoded.as_deref().unwrap_or(path);
    let path = path.strip_prefix("/_/").unwrap_or(path);
    let windows = path.as_bytes().get(1) == Some(&b':') || !path.contains('/');
    if windows { path.replace('\\', "/") } else { path.to_owned() }
}

/// `%20` as a blank; what is no code, or not UTF-8 in the end, stays as it is.
fn percent_decoded(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16).map(|digit| digit as u8);
        let code = tail.first().zip(tail.get(1)).and_then(|(a, b)| Some(hex(a)? << 4 | hex(b)?));
        match code.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| uri.to_owned())
}

/// `./` and `..` taken out; `None` if the path leaves its root.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let files = [
            "backend/a/__init__.py",
            "backend/b/__init__.py",
            "backend/a/pool.py",
            ".github/x.py",
            "src/lib.rs",
        ];
        Tree::new("/repo", files.map(str::to_owned))
    }

    #[test]
    fn places_by_the_rules_in_order() {
        let tree = tree();
        let place = |path: &str, roots: &[&str]| {
            tree.place(
                path,
                "backend/reports/cov.xml",
                &roots.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>(),
            )
        };
        assert_eq!(place("backend/a/pool.py", &[]).as_deref(), Some("backend/a/pool.py"));
        assert_eq!(place("./backend/x/../a/pool.py", &[]).as_deref(), Some("backend/a/pool.py"));
        assert_eq!(place("/repo/backend/a/pool.py", &[]).as_deref(), Some("backend/a/pool.py"));
        assert_eq!(place("__init__.py", &["/repo/backend/b"]).as_deref(), Some("backend/b/__init__.py"));
        assert_eq!(
            place("__init__.py", &["/ci/build/p/backend/b"]).as_deref(),
            Some("backend/b/__init__.py")
        );
        assert_eq!(place("__init__.py", &["/ci/build/p"]), None);
        assert_eq!(place("a/pool.py", &[]).as_deref(), Some("backend/a/pool.py"));
        assert_eq!(
            place("/home/runner/work/p/p/backend/a/pool.py", &[]).as_deref(),
            Some("backend/a/pool.py")
        );
        assert_eq!(place(r"C:\work\backend\a\pool.py", &[]).as_deref(), Some("backend/a/pool.py"));
        assert_eq!(place(".github/x.py", &[]).as_deref(), Some(".github/x.py"));
    }

    #[test]
    fn ambiguous_is_unplaced() {
        assert_eq!(tree().place("__init__.py", "coverage.xml", &[]), None);
        assert_eq!(tree().place("other/lib.rs", "coverage.xml", &[]).as_deref(), Some("src/lib.rs"));
        assert_eq!(tree().place("../../etc/passwd", "coverage.xml", &[]), None);
    }

    fn tree_of(files: &[&str]) -> Tree {
        Tree::new("/repo", files.iter().map(|file| (*file).to_owned()))
    }

    #[test]
    fn import_paths_are_in_the_module_of_their_go_mod() {
        let files = [
            "go.mod",
            "main.go",
            "cmd/a/main.go",
            "shelf/shelf.go",
            "tools/go.mod",
            "tools/main.go",
            "tools/shelf/shelf.go",
        ];
        let go_mods = [
            ("go.mod", "// comment\nmodule example.com/stock/v2 // v2\n\ngo 1.19\n"),
            ("tools/go.mod", "module \"example.com/stock/v2/tools\"\n"),
        ];
        let plain = tree_of(&files);
        assert_eq!(plain.place("example.com/stock/v2/main.go", "cover.out", &[]), None);
        let tree = plain.with_go_modules(go_mods.map(|(path, text)| (path.to_owned(), text.to_owned())));
        for (path, want) in [
            ("example.com/stock/v2/main.go", Some("main.go")),
            ("example.com/stock/v2/cmd/a/main.go", Some("cmd/a/main.go")),
            ("example.com/stock/v2/tools/main.go", Some("tools/main.go")),
            ("example.com/stock/v2/shelf/shelf.go", Some("shelf/shelf.go")),
            ("example.com/stock/v2/tools/shelf/shelf.go", Some("tools/shelf/shelf.go")),
            ("example.com/stock/v20/main.go", None),
        ] {
            assert_eq!(tree.place(path, "cover.out", &[]).as_deref(), want, "{path}");
        }
        let twice = ["a/go.mod", "b/go.mod"].map(|path| (path.to_owned(), "module desk\n".to_owned()));
        let tree = tree_of(&["a/main.go", "b/main.go"]).with_go_modules(twice);
        assert_eq!(tree.place("desk/main.go", "cover.out", &[]), None);
    }

    #[test]
    fn packages_are_below_source_roots_of_their_module() {
        let tree = tree_of(&[
            "core/src/main/java/shop/Price.java",
            "till/src/main/java/shop/Price.java",
            "till/src/main/kotlin/db/Pool.kt",
        ]);
        for (path, report, want) in [
            ("core/shop/Price.java", "jacoco.xml", Some("core/src/main/java/shop/Price.java")),
            ("till/shop/Price.java", "jacoco.xml", Some("till/src/main/java/shop/Price.java")),
            ("shop/Price.java", "jacoco.xml", None),
            ("other/shop/Price.java", "jacoco.xml", None),
            (
                "shop/Price.java",
                "till/target/site/jacoco/jacoco.xml",
                Some("till/src/main/java/shop/Price.java"),
            ),
            ("shop/Price.java", "reports/jacoco.xml", None),
            ("com/shop/till/db/Pool.kt", "jacoco.xml", Some("till/src/main/kotlin/db/Pool.kt")),
        ] {
            assert_eq!(tree.place(path, report, &[]).as_deref(), want, "{path} in {report}");
        }
        assert_eq!(tree.place("/ci/core/shop/Price.java", "till/jacoco.xml", &[]), None);
    }

    #[test]
    fn separators_and_addresses() {
        let tree = tree_of(&["src/shop/Price.cs", "a b/c.js", r"odd\name.c", "src/x.c"]);
        for (path, want) in [
            (r"C:\work\p\src\shop\Price.cs", Some("src/shop/Price.cs")),
            (r"\\server\share\p\src\shop\Price.cs", Some("src/shop/Price.cs")),
            (r"src\shop\Price.cs", Some("src/shop/Price.cs")),
            (r"src/shop\Price.cs", Some("src/shop/Price.cs")),
            ("/_/src/shop/Price.cs", Some("src/shop/Price.cs")),
            ("file:///home/ci/a%20b/c.js", Some("a b/c.js")),
            ("file:///repo/src/x.c", Some("src/x.c")),
            (r"odd\name.c", None),
        ] {
            assert_eq!(tree.place(path, "r.xml", &[]).as_deref(), want, "{path}");
        }
    }
}
