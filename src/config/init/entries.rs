//! From report files to entries of `[reports]`: files of one tool become one entry, and a glob where
//! their names are alike.

use super::FoundReport;
use crate::config::{template, words};
use crate::readers::Kind;
use std::collections::BTreeMap;

/// Words in the path of a report of integration tests.
const INTEGRATION: &[&str] = &["integration", "e2e", "system-test", "acceptance"];

/// The entry of integration tests.
const INTEGRATION_TESTS: &str = "integration";

/// Longest list of paths in one entry.
const MOST_PATHS: usize = 100;

/// The files of one tool: an entry.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// They are of integration tests.
    pub(super) integration: bool,
    pub(super) patterns: Vec<String>,
    /// Files that the patterns do not name.
    pub(super) left_out: usize,
}

/// The entries for `files`, kind by kind.
pub(super) fn groups(files: &[FoundReport]) -> Vec<Group> {
    let fit = |file: &&FoundReport| fit(&file.path).is_some();
    let all: Vec<&FoundReport> = files.iter().filter(fit).collect();
    let mut by_tool: BTreeMap<(Kind, bool, String, &str), Vec<&str>> = BTreeMap::new();
    for file in &all {
        let name = name(file);
        let key = (file.kind, name == INTEGRATION_TESTS, name, file.format.as_str());
        let paths = by_tool.entry(key).or_default();
        if !paths.contains(&file.path.as_str()) {
            paths.push(&file.path);
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    for ((kind, integration, base, _), mut paths) in by_tool {
        paths.sort_unstable();
        let name = free(&groups, base);
        let (patterns, left_out) = patterns(&paths, &all);
        groups.push(Group { name, kind, integration, patterns, left_out });
    }
    groups
}

/// The path as a pattern that means this file alone; `None` if the configuration cannot name it.
fn fit(path: &str) -> Option<String> {
    let pattern = globset::escape(path);
    (words::glob(&pattern).as_deref() == Ok(pattern.as_str()) && template::unknown(&pattern).is_empty())
        .then_some(pattern)
}

fn name(file: &FoundReport) -> String {
    let path = file.path.to_lowercase();
    match file.kind {
        Kind::Tests if INTEGRATION.iter().any(|word| path.contains(word)) => INTEGRATION_TESTS.to_owned(),
        Kind::Tests => "unit".to_owned(),
        Kind::Coverage => "coverage".to_owned(),
        Kind::Benchmarks => "benchmarks".to_owned(),
        Kind::Docstrings => "docstrings".to_owned(),
        kind @ (Kind::Complexity | Kind::Metrics | Kind::Health | Kind::Values) => kind.word().to_owned(),
        Kind::Findings => tool(&file.format),
    }
}

/// The tool in the name of a format: `pylint` of `pylint-json`.
fn tool(format: &str) -> String {
    let first = format.split('-').next().unwrap_or_default();
    let plain = !first.is_empty() && first.len() <= 40 && first.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { first.to_lowercase() } else { "lint".to_owned() }
}

/// The name, or with a number where another entry has it.
fn free(groups: &[Group], base: String) -> String {
    let taken = |name: &str| groups.iter().any(|group| group.name == name);
    let mut name = base.clone();
    let mut number = 1;
    while taken(&name) {
        number += 1;
        name = format!("{base}-{number}");
    }
    name
}

/// A glob that means these files and no other report, else the files themselves.
fn patterns(paths: &[&str], all: &[&FoundReport]) -> (Vec<String>, usize) {
    let others: Vec<&str> =
        all.iter().map(|file| file.path.as_str()).filter(|p| !paths.contains(p)).collect();
    let good = |pattern: &String| {
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        let means = |glob: globset::Glob| {
            let glob = glob.compile_matcher();
            paths.iter().all(|path| glob.is_match(path)) && !others.iter().any(|path| glob.is_match(path))
        };
        words::glob(pattern).is_ok() && template::unknown(pattern).is_empty() && glob.is_ok_and(means)
    };
    if paths.len() > 1
        && let Some(glob) = alike(paths).into_iter().find(good)
    {
        return (vec![glob], 0);
    }
    let named: Vec<String> = paths.iter().filter_map(|path| fit(path)).take(MOST_PATHS).collect();
    let left_out = paths.len() - named.len();
    (named, left_out)
}

/// Globs for the names, the closer one first. Numbers count the shards: they are no part of what is alike.
fn alike(paths: &[&str]) -> Vec<String> {
    let Some((first, rest)) = paths.split_first() else { return Vec::new() };
    let first: Vec<char> = first.chars().collect();
    let shared = |backwards: bool| {
        let same = |path: &&str| {
            let other: Vec<char> = path.chars().collect();
            let pair = |n: usize| match backwards {
                true => (first.iter().rev().nth(n), other.iter().rev().nth(n)),
                false => (first.get(n), other.get(n)),
            };
            (0..first.len()).take_while(|n| pair(*n).0 == pair(*n).1).count()
        };
        rest.iter().map(same).min().unwrap_or(0)
    };
    let before: String = first[..shared(false)].iter().collect();
    let after: String = first[first.len() - shared(true)..].iter().collect();
    let start = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let end = after.trim_start_matches(|c: char| c.is_ascii_digit());
    let folder =
        start.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{}/", globset::escape(folder)));
    let name = end.rsplit('/').next().unwrap_or_default();
    let mut globs = vec![format!("{}*{}", globset::escape(start), globset::escape(end))];
    // Below no folder at all this would search the whole repository.
    if !folder.is_empty() && !name.is_empty() {
        globs.push(format!("{folder}**/*{}", globset::escape(name)));
    }
    globs.retain(|glob| !glob.starts_with("*"));
    globs
}
