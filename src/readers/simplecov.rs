//! SimpleCov (Ruby): `.resultset.json` (0.10 to 0.22) and `coverage.json` of its JSON formatter.
//!
//! A resultset holds one result a test suite, which are united as SimpleCov does: counts add up, and
//! of `null` in one suite and 0 in another comes `null`, since a file that was only tracked has 0 on
//! lines that hold no code once it is loaded. How many lines went that way is a notice. Branches and
//! methods are told apart by their key, without its running number where that is not part of a place.
//! "ignored" lines and branches (`:nocov:`) do not count.
//!
//! Ignored on purpose: timestamps (a result that is too old is a matter of freshness), groups, source.

use super::coverage_draft::{Draft, Hits, line};
use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use super::lines;
use crate::model::coverage::{Coverage, FileCoverage};
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "simplecov",
    kind: Kind::Coverage,
    tools: "SimpleCov",
    command: "bundle exec rspec  # coverage/.resultset.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && (is_formatted(json) || is_resultset(json))),
    read,
};

fn is_formatted(json: &JsonHead) -> bool {
    json.has(&["meta", "coverage"]) && json.nested.iter().any(|key| key == "meta.simplecov_version")
}

/// Every suite has both keys; a cut may hide the second of the last one.
fn is_resultset(json: &JsonHead) -> bool {
    let has = |suite: &String, key: &str| json.nested.iter().any(|have| *have == format!("{suite}.{key}"));
    let whole = json.keys.iter().filter(|suite| has(suite, "timestamp")).count();
    whole > 0 && json.keys.iter().all(|suite| has(suite, "coverage"))
}

#[derive(serde::Deserialize)]
struct Suite {
    coverage: UniqueMap<Entry>,
    #[allow(dead_code, reason = "a suite without it is not SimpleCov's")]
    timestamp: u64,
}

#[derive(serde::Deserialize)]
struct Formatted {
    coverage: UniqueMap<Entry>,
}

/// SimpleCov before 0.18 has a bare list of lines.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Entry {
    Bare(Vec<Count>),
    Full { lines: Vec<Count>, branches: Option<Branches>, methods: Option<UniqueMap<Hits>> },
}

/// `null`, a number, or "ignored".
#[derive(serde::Deserialize, Clone, Copy)]
#[serde(untagged)]
enum Count {
    Hits(Hits),
    Ignored(Ignored),
    None(()),
}

#[derive(serde::Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Ignored {
    Ignored,
}

impl Count {
    fn hit(self) -> Option<bool> {
        match self {
            Self::Hits(hits) => Some(hits.0),
            Self::Ignored(Ignored::Ignored) | Self::None(()) => None,
        }
    }
}

/// Arms by condition in a resultset; a list in the formatter's JSON.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Branches {
    Nested(UniqueMap<UniqueMap<Count>>),
    Listed(Vec<Arm>),
}

#[derive(serde::Deserialize)]
struct Arm {
    #[serde(rename = "type")]
    kind: String,
    start_line: u64,
    end_line: u64,
    coverage: Count,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let formatted = matches!(json::head(&text), Some(Head::Json(head)) if is_formatted(&head));
    let suites: Vec<UniqueMap<Entry>> = if formatted {
        vec![json::parse::<Formatted>(input)?.coverage]
    } else {
        json::parse::<UniqueMap<Suite>>(input)?.0.into_values().map(|suite| suite.coverage).collect()
    };
    if suites.is_empty() {
        return Err(ReadError::new(Code::Empty, "the result set holds no suite"));
    }
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    for (path, entry) in suites.into_iter().flat_map(|suite| suite.0) {
        files
            .entry(path.clone())
            .or_default()
            .add(entry)
            .map_err(|what| ReadError::new(Code::Malformed, format!("{what} of {}", quote(&path))))?;
        input.limits.check_items(files.len())?;
    }
    let mut coverage = Coverage::default();
    let mut gone = 0;
    for (path, file) in files {
        coverage.has_branches |= file.has_branches;
        coverage.has_functions |= file.has_methods;
        let (facts, lost) = file.finish()?;
        gone += lost;
        coverage.files.insert(path, facts);
    }
    let notices = (gone > 0).then(|| {
        format!("{gone} lines are missed in one suite and no code in another: no code, as SimpleCov has it")
    });
    Ok(Report { notices: notices.into_iter().collect(), ..Report::new(&FORMAT, Body::Coverage(coverage)) })
}

/// A file over all suites.
#[derive(Default)]
struct File {
    /// By suite.
    lines: Vec<Vec<Option<bool>>>,
    draft: Draft,
    has_branches: bool,
    has_methods: bool,
}

impl File {
    fn add(&mut self, entry: Entry) -> Result<(), String> {
        let (lines, branches, methods) = match entry {
            Entry::Bare(lines) => (lines, None, None),
            Entry::Full { lines, branches, methods } => (lines, branches, methods),
        };
        self.lines.push(lines.into_iter().map(Count::hit).collect());
        self.has_branches |= branches.is_some();
        self.has_methods |= methods.is_some();
        match branches {
            None => {}
            Some(Branches::Nested(conditions)) => {
                for (condition, arms) in conditions.0 {
                    let at = place(&condition).ok_or_else(|| format!("the branch {}", quote(&condition)))?;
                    for (arm, count) in arms.0 {
                        let Some(taken) = count.hit() else { continue };
                        self.draft.edge(at.1, format!("{} {}", at.0, unnumbered(&arm)), taken);
                    }
                }
            }
            Some(Branches::Listed(arms)) => {
                for (index, arm) in arms.into_iter().enumerate() {
                    let at = line(arm.start_line).ok_or("a branch of no line")?;
                    let Some(taken) = arm.coverage.hit() else { continue };
                    self.draft.edge(
                        at,
                        format!("{index} {} {}-{}", arm.kind, arm.start_line, arm.end_line),
                        taken,
                    );
                }
            }
        }
        for (method, Hits(called)) in methods.into_iter().flat_map(|methods| methods.0) {
            let at = place(&method).ok_or_else(|| format!("the method {}", quote(&method)))?;
            self.draft.function(at.1, &at.0, called);
        }
        Ok(())
    }

    /// The file, and how many missed lines are no code in another suite.
    fn finish(mut self) -> Result<(FileCoverage, u64), ReadError> {
        let longest = self.lines.iter().map(Vec::len).max().unwrap_or(0);
        let mut gone = 0;
        for index in 0..longest {
            let states = || self.lines.iter().map(|suite| suite.get(index).copied().flatten());
            let number = line(index as u64 + 1)
                .ok_or_else(|| ReadError::new(Code::Limit, "a file of more lines than are believed"))?;
            if states().any(|state| state == Some(true)) {
                self.draft.line(number, true);
            } else if states().all(|state| state.is_some()) {
                self.draft.line(number, false);
            } else {
                gone += u64::from(states().any(|state| state.is_some()));
            }
        }
        Ok((self.draft.finish(), gone))
    }
}

/// What a key of Ruby's Coverage names, without its running number, and the line it begins on:
/// `[:if, 3, 5, 4, 9, 7]` is kind, number and a place of two lines and columns; a method has its
/// class and name in front of the place.
fn place(key: &str) -> Option<(String, u32)> {
    let inside = key.strip_prefix('[')?.strip_suffix(']')?;
    let mut parts: Vec<&str> = inside.rsplitn(5, ", ").collect();
    parts.reverse();
    let [name, first, rest @ ..] = parts.as_slice() else { return None };
    if rest.len() != 3 || rest.iter().any(|part| part.parse::<u32>().is_err()) {
        return None;
    }
    let number = line(first.parse().ok()?)?;
    let name = unnumbered_name(name);
    Some((format!("{name} {first},{}", rest.join(",")), number))
}

/// `:if, 3` without its number; a method's `Class, :name` as it is.
fn unnumbered_name(name: &str) -> &str {
    match name.rsplit_once(", ") {
        Some((kind, number)) if number.parse::<u64>().is_ok() => kind,
        _ => name,
    }
}

fn unnumbered(arm: &str) -> String {
    place(arm).map_or_else(|| arm.to_owned(), |place| place.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;

    use crate::readers::testing;

    fn report(text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(read, text)
    }

    fn suite(name: &str, lines: &str) -> String {
        format!(r#""{name}": {{"coverage": {{"/w/a.rb": {{"lines": {lines}}}}}, "timestamp": 1}}"#)
    }

    #[test]
    fn null_and_zero_are_null() {
        let one = suite("RSpec", r#"[null, 0, 0, 1, 0, "ignored"]"#);
        let two = suite("Minitest", r#"[null, null, 0, 0, 2, 0]"#);
        let (found, notices) = report(&format!("{{{one}, {two}}}")).unwrap();
        assert_eq!(found.lines(), Ratio::new(2, 3));
        assert_eq!(notices.len(), 1);
        assert!(notices[0].starts_with("2 lines"), "{notices:?}");
        let old = r#"{"RSpec": {"coverage": {"/w/a.rb": [1, null, 0]}, "timestamp": 1}}"#;
        assert_eq!(report(old).unwrap().0.lines(), Ratio::new(1, 2));
    }

    #[test]
    fn branches_and_methods_have_places_for_names() {
        let suite = |name: &str, number: u32, then: u32, called: u32| {
            format!(
                r#""{name}": {{"coverage": {{"/w/a.rb": {{"lines": [1, 1], "branches": {{"[:if, {number}, 2, 4, 6, 7]":
                {{"[:then, {}, 3, 6, 3, 10]": {then}, "[:else, {}, 5, 6, 5, 10]": 0}}}},
                "methods": {{"[Desk, :open, 1, 2, 7, 5]": {called}}}}}}}, "timestamp": 1}}"#,
                number + 1,
                number + 2
            )
        };
        let (found, _) = report(&format!("{{{}, {}}}", suite("a", 0, 0, 0), suite("b", 7, 2, 1))).unwrap();
        assert_eq!(found.branches(), Some(Ratio::new(1, 2)));
        assert_eq!(found.functions(), Some(Ratio::new(1, 1)));
        assert_eq!(found.files["/w/a.rb"].branches.edges().map(|edge| edge.0).collect::<Vec<_>>(), [2, 2]);
    }

    #[test]
    fn the_formatters_json_is_read_too() {
        let text = r#"{"meta": {"simplecov_version": "0.21.2"}, "coverage": {"/w/a.rb": {"lines": [1, 0, null, "ignored"],
            "branches": [{"type": "then", "start_line": 1, "end_line": 1, "coverage": 0},
            {"type": "else", "start_line": 1, "end_line": 1, "coverage": "ignored"}]}}, "groups": {}}"#;
        let (found, _) = report(text).unwrap();
        assert_eq!((found.lines(), found.branches()), (Ratio::new(1, 2), Some(Ratio::new(0, 1))));
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for (text, code) in [
            ("{}", Code::Empty),
            (r#"{"RSpec": {"coverage": {"a": [1]}}}"#, Code::Malformed),
            (r#"{"RSpec": {"coverage": {"a": ["x"]}, "timestamp": 1}}"#, Code::Malformed),
            (r#"{"RSpec": {"coverage": {"a": [1], "a": [0]}, "timestamp": 1}}"#, Code::Duplicate),
            (
                r#"{"R": {"coverage": {"a": {"lines": [1], "branches": {"if": {}}}}, "timestamp": 1}}"#,
                Code::Malformed,
            ),
            (
                r#"{"R": {"coverage": {"a": {"lines": [1], "methods": {"[A, :b, 0, 0, 0, 0]": 1}}}, "timestamp": 1}}"#,
                Code::Malformed,
            ),
            (r#"{"RSpec": {"coverage": {"a": [1]"#, Code::Truncated),
        ] {
            assert_eq!(report(text).unwrap_err().code, code, "{text}");
        }
    }
}
