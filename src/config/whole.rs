//! What is asked of the file as a whole, before its sections are read.

use super::{TomlFile, words};
use crate::criteria::spec::Problem;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// Most keys of a table and items of a list. More than anybody needs; near keys are compared in pairs.
const MOST_ITEMS: usize = 1000;

/// Longest key, in bytes.
const MOST_KEY: usize = 500;

/// The path of the configuration's own table.
const NOWHERE: [&str; 0] = [];

/// How the message about a number ends that is none.
const NOT_FINITE: &str = "is not a number one can compare with";

/// The table that is the configuration.
pub(super) fn section(table: &Table, kind: TomlFile) -> Result<&Table, Problem> {
    match kind {
        TomlFile::Own => Ok(table),
        TomlFile::Pyproject => match table.get("tool").and_then(|tool| tool.get("milegate")) {
            Some(Value::Table(table)) => Ok(table),
            Some(other) => {
                Err(Problem::new(NOWHERE, format!("expected a table, found {}", other.type_str())))
            }
            None => Err(Problem::new(NOWHERE, "there is no [tool.milegate] table")
                .hint("add [tool.milegate.project] with id = \"my-project\"")),
        },
    }
}

/// Refuses keys and tables beyond all use, so that every later step ends soon.
pub(super) fn bounds(file: &Table, problems: &mut Vec<Problem>) {
    if file.len() > MOST_ITEMS {
        problems.push(Problem::new(NOWHERE, format!("{} keys, more than {MOST_ITEMS}", file.len())));
    }
    walk(file, &mut |path, value| {
        let items = match value {
            Value::Table(table) => table.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if items > MOST_ITEMS {
            let message = format!("{items} entries, more than {MOST_ITEMS}");
            problems.push(Problem::new(path.iter(), message));
        }
        if path.last().is_some_and(|key| key.len() > MOST_KEY) {
            problems.push(Problem::new(path.iter(), format!("a key of more than {MOST_KEY} bytes")).key());
        }
    });
}

/// TOML has `nan` and `inf`; no number of this configuration can be one, and nothing compares with NaN.
pub(super) fn not_finite(file: &Table, problems: &mut Vec<Problem>) {
    walk(file, &mut |path, value| {
        if let Value::Float(number) = value
            && !number.is_finite()
        {
            let number = number.to_string().to_lowercase();
            problems.push(Problem::new(path.iter(), format!("`{number}` {NOT_FINITE}")));
        }
    });
}

/// Names the sections that there are not.
pub(super) fn unknown_sections(file: &Table, known: &[String], problems: &mut Vec<Problem>) {
    for key in file.keys().filter(|key| !known.contains(key)) {
        let near = words::near(key, known.iter().map(String::as_str));
        let hint = near.unwrap_or_else(|| format!("there are {}", known.join(", ")));
        problems.push(Problem::new([key], format!("unknown key `{key}`")).key().hint(hint));
    }
}

/// Each mistake once, without its echoes: a number that is none has the wrong type besides, and a key
/// whose value was refused is missing when its table is read again.
pub(super) fn distinct(problems: Vec<Problem>) -> Vec<Problem> {
    let not_finite: BTreeSet<Vec<String>> =
        problems.iter().filter(|p| p.message.ends_with(NOT_FINITE)).map(|p| p.path.clone()).collect();
    // A reader that does not keep the whole path names the table the number is in.
    let tables: BTreeSet<&[String]> =
        not_finite.iter().filter_map(|path| path.split_last()).map(|(_, table)| table).collect();
    let paths: BTreeSet<&[String]> = problems.iter().map(|problem| problem.path.as_slice()).collect();
    let refused = |problem: &Problem| {
        let key = problem.message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        key.is_some_and(|key| paths.contains([&problem.path[..], &[key.to_owned()]].concat().as_slice()))
    };
    let echo = |problem: &Problem| {
        not_finite.contains(&problem.path) && !problem.at_key && !problem.message.ends_with(NOT_FINITE)
            || tables.contains(problem.path.as_slice()) && problem.message.contains("floating point")
            || refused(problem)
    };
    let mut seen = BTreeSet::new();
    let distinct = problems
        .iter()
        .filter(|problem| !echo(problem) && seen.insert((problem.path.clone(), problem.message.clone())));
    distinct.cloned().collect()
}

/// Visits every value below `file`, from the top, with the keys to it.
fn walk(file: &Table, visit: &mut impl FnMut(&[String], &Value)) {
    let mut left: Vec<(Vec<String>, &Value)> = Vec::new();
    left.extend(file.iter().rev().map(|(key, value)| (vec![key.clone()], value)));
    while let Some((path, value)) = left.pop() {
        visit(&path, value);
        let below = |part: String| path.iter().cloned().chain([part]).collect::<Vec<_>>();
        match value {
            Value::Table(table) => left.extend(table.iter().map(|(key, value)| (below(key.clone()), value))),
            Value::Array(items) => {
                left.extend(items.iter().enumerate().map(|(at, value)| (below(at.to_string()), value)));
            }
            _ => {}
        }
    }
}
