//! The sources as the architecture sees them: without comments, texts and tests.

use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

/// One file below `src`.
pub(crate) struct Source {
    /// From `src`, with `/`: `readers/xml.rs`.
    pub(crate) path: String,
    /// As it is written.
    pub(crate) text: String,
    /// The same lines with comments, the insides of texts and everything for tests blanked out.
    pub(crate) code: String,
}

impl Source {
    /// The top-level module it belongs to: `readers`; `lib` and `main` for the two roots.
    pub(crate) fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many modules it is below the root of the crate.
    fn depth(&self) -> usize {
        let names = self.path.split('/').filter(|name| !matches!(*name, "mod.rs" | "lib.rs" | "main.rs"));
        names.count()
    }

    /// Every path the code names, those of `use` written out, `super` and `self` made absolute.
    pub(crate) fn paths(&self) -> Vec<Vec<String>> {
        let uses = Regex::new(r"\buse\s+([^;]+);").unwrap();
        let paths = Regex::new(r"\b(?:[A-Za-z_][A-Za-z0-9_]*\s*::\s*)+[A-Za-z_][A-Za-z0-9_]*").unwrap();
        let mut found = Vec::new();
        for used in uses.captures_iter(&self.code) {
            expand(Vec::new(), used[1].trim(), &mut found);
        }
        let rest = uses.replace_all(&self.code, "");
        found.extend(paths.find_iter(&rest).map(|path| segments(path.as_str())));
        found.iter_mut().for_each(|path| self.make_absolute(path));
        found
    }

    /// `super::super::x` of a file that is two modules deep is `crate::x`.
    fn make_absolute(&self, path: &mut Vec<String>) {
        let up = path.iter().take_while(|segment| *segment == "super").count();
        if up > 0 && up >= self.depth() {
            path.splice(..up, ["crate".to_owned()]);
        }
        if matches!(path.first().map(String::as_str), Some("milegate")) {
            path[0] = "crate".to_owned();
        }
    }

    /// Every function with its first line and how many it has.
    pub(crate) fn functions(&self) -> Vec<(String, usize, usize)> {
        let head = Regex::new(r"\bfn\s+([a-z_][a-z0-9_]*)").unwrap();
        let line = |at: usize| self.code[..at].matches('\n').count() + 1;
        let functions = head.captures_iter(&self.code).filter_map(|found| {
            let start = found.get(0)?.start();
            let end = item_end(&self.code, start);
            Some((found[1].to_owned(), line(start), line(end) - line(start) + 1))
        });
        functions.collect()
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|segment| segment.trim().to_owned()).collect()
}

/// Writes the tree of a `use` out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(prefix: Vec<String>, tree: &str, found: &mut Vec<Vec<String>>) {
    let Some((head, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        found.push(prefix.into_iter().chain(segments(path)).collect());
        return;
    };
    let own = segments(head.trim().trim_end_matches("::")).into_iter().filter(|segment| !segment.is_empty());
    let prefix: Vec<String> = prefix.into_iter().chain(own).collect();
    let inner = &group[..group.rfind('}').unwrap_or(group.len())];
    let (mut depth, mut start) = (0, 0);
    for (at, character) in inner.char_indices().chain([(inner.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[start..at].trim().is_empty() {
                    expand(prefix.clone(), inner[start..at].trim(), found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// Where the item that begins at `start` ends: behind its `;`, or its closing brace.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => {
                depth -= 1;
                if byte == b'}' && depth == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks out comments and the insides of texts and characters; every line stays a line.
fn blank_texts(text: &str) -> String {
    let skipped = Regex::new(concat!(
        r#"(?s)//[^\n]*|/\*.*?\*/"#,
        r###"|\bb?r(?:"[^"]*"|#"(?:[^"]|"[^#])*"#|##"(?:[^"]|"[^#]|"#[^#])*"##)"###,
        r#"|b?"(?:[^"\\]|\\.)*""#,
        r"|b?'(?:[^'\\\n]|\\(?:[^u]|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}))'",
    ));
    blank(text, skipped.unwrap().find_iter(text).map(|found| found.range()))
}

/// Blanks out what is compiled for tests only.
fn blank_tests(code: &str) -> String {
    let mark = Regex::new(r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*").unwrap();
    let items: Vec<_> = mark.find_iter(code).map(|at| at.start()..item_end(code, at.end())).collect();
    blank(code, items.into_iter())
}

fn blank(text: &str, ranges: impl Iterator<Item = std::ops::Range<usize>>) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges.filter(|range| !range.is_empty()) {
        if range.start < from {
            continue;
        }
        blanked.push_str(&text[from..range.start]);
        blanked.extend(text[range.clone()].chars().map(|c| if c == '\n' { c } else { ' ' }));
        from = range.end;
    }
    blanked.push_str(&text[from..]);
    blanked
}

/// The files that a source declares as modules for tests: `#[cfg(test)] mod tests;`.
fn test_files(path: &str, text: &str) -> Vec<String> {
    let declared = Regex::new(r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*mod\s+([a-z_0-9]+);").unwrap();
    let folder = match path.rsplit_once('/') {
        Some((folder, "mod.rs")) => format!("{folder}/"),
        _ if matches!(path, "lib.rs" | "main.rs") => String::new(),
        _ => format!("{}/", path.trim_end_matches(".rs")),
    };
    declared.captures_iter(text).map(|found| format!("{folder}{}.rs", &found[1])).collect()
}

/// Every file below `src`, in the order of their paths.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        Source { path, code: blank_tests(&blank_texts(&text)), text }
    };
    // What a source embeds (a style sheet) is no source.
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let mut all: Vec<_> = files(&root).into_iter().filter(is_source).map(read).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    let tests: Vec<_> = all.iter().flat_map(|source| test_files(&source.path, &source.text)).collect();
    for source in all.iter_mut().filter(|source| tests.contains(&source.path)) {
        source.code = source.code.chars().map(|c| if c == '\n' { c } else { ' ' }).collect();
    }
    all
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_sources_are_seen_as_they_are() {
    let text = "use a::{b::{self, C as D}, e};\nfn f() -> char {\n    let s = \"x::y {\"; // g::h\n    '{'\n}\n\
        #[cfg(test)]\n#[rustfmt::skip]\nmod tests {\n    use super::*;\n}\nfn k<'a>(s: &'a str) { super::super::m::n(r#\"}\"#) }\n";
    let source =
        Source { path: "readers/x.rs".into(), text: text.into(), code: blank_tests(&blank_texts(text)) };
    let paths: Vec<_> = source.paths().iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["a::b::self", "a::b::C", "a::e", "crate::m::n"]);
    assert_eq!(source.functions(), [("f".to_owned(), 2, 4), ("k".to_owned(), 11, 1)]);
    assert_eq!(source.module(), "readers");
}
