//! Placing the paths of a report in the repository.
//!
//! In order, the first that yields a file of the repository wins: the path as it stands; under the
//! work tree's root; under each source root the report names, or under the folder of ours that such a
//! root of another machine ends in; under the report's own folder and its parents; and last the unique file that shares the longest suffix of at least two segments (one,
//! if the repository has that name once). Two candidates are ambiguous, and ambiguous is unplaced:
//! never a guess.

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
}

impl Tree {
    /// The tree at `root` with these files.
    pub fn new(root: &str, files: impl IntoIterator<Item = String>) -> Self {
        let files: BTreeSet<_> = files.into_iter().collect();
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        for file in &files {
            by_name.entry(name_of(file).to_owned()).or_default().push(file.clone());
        }
        Self { root: root.replace('\\', "/").trim_end_matches('/').to_owned(), files, by_name }
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
        let path = readable(path);
        let relative = !is_absolute(&path);
        let as_it_stands = || if relative { self.known(&path) } else { self.known(self.inside(&path)?) };
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
            joined.filter_map(|joined| self.by_suffix(&joined, path.split('/').count() + 1)).next()
        };
        // A declared root decides before a file of the same name elsewhere does.
        under_roots()
            .or_else(under_foreign_roots)
            .or_else(as_it_stands)
            .or_else(beside_report)
            .or_else(|| self.by_suffix(&path, 2))
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

    /// The one file that shares the longest tail, of at least so many segments.
    fn by_suffix(&self, path: &str, least: usize) -> Option<String> {
        let candidates = self.by_name.get(name_of(path))?;
        let shared = |file: &str| file.rsplit('/').zip(path.rsplit('/')).take_while(|(a, b)| a == b).count();
        let best = candidates.iter().map(|f| shared(f)).max()?;
        let mut top = candidates.iter().filter(|f| shared(f) == best);
        let first = top.next()?;
        let enough = best >= least || least <= 2 && candidates.len() == 1;
        (enough && top.next().is_none()).then(|| first.clone())
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

/// Separators as `/`, and no `file://`.
fn readable(path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let windows = path.as_bytes().get(1) == Some(&b':') || !path.contains('/');
    if windows { path.replace('\\', "/") } else { path.to_owned() }
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
}
