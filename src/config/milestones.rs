//! `[[milestones]]`: their ids, what each requires, and that this order has no circle.

use super::section::{self, OneOrMany, Section};
use super::source::Source;
use super::words;
use crate::criteria::spec::Problem;
use crate::model::milestone::{Milestone, MilestoneId};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Keys of one of `[[milestones]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct MilestoneKeys {
    /// Its id, in quotes: "5.1". Goes into the tag.
    #[schemars(required, with = "String", regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"))]
    id: Option<Value>,
    /// The name people read; the id unless given.
    name: Option<String>,
    /// For {milestone.category} in paths and commands.
    category: Option<String>,
    /// Ids of the milestones that must be complete before this one; the one before it unless given.
    #[schemars(with = "Option<Vec<String>>")]
    requires: Option<Vec<Value>>,
    /// Globs of the code it is about; all of it unless given.
    paths: Option<OneOrMany>,
}

/// A milestone as far as it could be read.
struct Read {
    id: Option<MilestoneId>,
    name: Option<String>,
    category: Option<String>,
    /// Each with its position in the list, for the caret.
    requires: Option<Vec<(usize, MilestoneId)>>,
    paths: Vec<String>,
    at: usize,
}

/// Reads `[[milestones]]`, in order.
pub(super) fn read(
    file: &Table,
    source: &Source<'_>,
    prefix: &[&str],
    problems: &mut Vec<Problem>,
) -> Vec<Milestone> {
    let mut all: Vec<Read> = Vec::new();
    section::each(file, "milestones", problems, |at, section| {
        all.push(read_one(section, at, &Raw { source, prefix }));
    });
    duplicates(&all, problems);
    unknown(&all, problems);
    let milestones = complete(all);
    circles(&milestones, problems);
    milestones.into_iter().map(|(_, milestone)| milestone).collect()
}

/// Values as they were written.
struct Raw<'a> {
    source: &'a Source<'a>,
    prefix: &'a [&'a str],
}

impl Raw<'_> {
    fn of(&self, problem: &Problem) -> Option<&str> {
        self.source.raw(&problem.clone().under(self.prefix).path)
    }
}

fn read_one(mut section: Section<'_>, at: usize, raw: &Raw<'_>) -> Read {
    let keys: MilestoneKeys = section.read();
    section.require("id", "id = \"1\"");
    let id = keys.id.and_then(|value| id(&mut section, &["id"], &value, raw));
    let requires = keys.requires.map(|values| {
        let read = values
            .iter()
            .enumerate()
            .filter_map(|(place, value)| Some((place, id_of_list(&mut section, place, value, raw)?)));
        read.collect()
    });
    Read {
        id,
        name: section.checked("name", keys.name, words::line),
        category: section.checked("category", keys.category, category),
        requires,
        paths: match keys.paths {
            Some(paths) => section.paths(&["paths"], paths, words::glob),
            None => Vec::new(),
        },
        at,
    }
}

fn id_of_list(section: &mut Section<'_>, place: usize, value: &Value, raw: &Raw<'_>) -> Option<MilestoneId> {
    id(section, &["requires", &place.to_string()], value, raw)
}

/// A category is part of paths and commands, so it is one path below the repository's root.
fn category(text: &str) -> Result<(), String> {
    words::inside(text).map(|_| ())
}

/// An id. A bare number is a mistake with a message of its own: 5.10 and 5.1 are one number.
fn id(section: &mut Section<'_>, below: &[&str], value: &Value, raw: &Raw<'_>) -> Option<MilestoneId> {
    let problem = section.problem(below, "");
    let message = match value {
        Value::String(text) => match text.parse() {
            Ok(id) => return Some(id),
            Err(wrong) => format!("{wrong}"),
        },
        Value::Integer(_) | Value::Float(_) => {
            let written = raw.of(&problem).unwrap_or_default().to_owned();
            section.push(Problem { message: bare(below, &written, value), ..problem });
            // The other mistakes are looked for as if it were quoted.
            return written.parse().ok();
        }
        other => format!("expected a milestone's id as text, found {}", other.type_str()),
    };
    section.push(Problem { message, ..problem });
    None
}

fn bare(below: &[&str], written: &str, value: &Value) -> String {
    let quoted = match below {
        ["id"] => format!("id = \"{written}\""),
        _ => format!("\"{written}\""),
    };
    let number = value.to_string();
    if number == written {
        format!("write {quoted}: an id is text, a bare {written} is a number")
    } else {
        format!("write {quoted}: a bare {written} is the number {number}")
    }
}

fn problem(at: usize, key: &str, message: String) -> Problem {
    Problem::new(["milestones", &at.to_string(), key], message)
}

/// Ids that differ only in case make tags that are one file on many machines.
fn duplicates(all: &[Read], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &MilestoneId> = BTreeMap::new();
    for milestone in all {
        let Some(id) = &milestone.id else { continue };
        match seen.insert(id.as_str().to_ascii_lowercase(), id) {
            Some(other) if other == id => {
                problems.push(problem(milestone.at, "id", format!("there is already a milestone `{id}`")));
            }
            Some(other) => {
                let message = format!(
                    "`{id}` and `{other}` differ only in case: their tags would be one file on some machines"
                );
                problems.push(problem(milestone.at, "id", message));
            }
            None => {}
        }
    }
}

fn unknown(all: &[Read], problems: &mut Vec<Problem>) {
    let known: BTreeSet<&str> = all.iter().filter_map(|m| m.id.as_ref()).map(MilestoneId::as_str).collect();
    for milestone in all {
        for (place, id) in milestone.requires.iter().flatten().filter(|(_, id)| !known.contains(id.as_str()))
        {
            let mut problem = problem(milestone.at, "requires", format!("there is no milestone `{id}`"));
            problem.path.push(place.to_string());
            let hint = words::near(id.as_str(), known.iter().copied());
            problems.push(Problem { hint, ..problem });
        }
    }
}

/// The readable milestones with their positions; each requires the one before it unless it says what.
fn complete(all: Vec<Read>) -> Vec<(usize, Milestone)> {
    let mut milestones: Vec<(usize, Milestone)> = Vec::new();
    for read in all {
        let Some(id) = read.id else { continue };
        let before = milestones.last().map(|(_, before)| before.id.clone());
        let requires = match read.requires {
            Some(requires) => requires.into_iter().map(|(_, id)| id).collect(),
            None => before.into_iter().collect(),
        };
        let name = read.name.unwrap_or_else(|| id.to_string());
        milestones
            .push((read.at, Milestone { id, name, category: read.category, requires, paths: read.paths }));
    }
    milestones
}

/// Takes away, again and again, what requires nothing that is left; what cannot go stands in a
/// circle or behind one.
fn circles(milestones: &[(usize, Milestone)], problems: &mut Vec<Problem>) {
    let places: BTreeMap<&MilestoneId, usize> =
        milestones.iter().enumerate().map(|(n, m)| (&m.1.id, n)).collect();
    let requires: Vec<Vec<usize>> = milestones
        .iter()
        .map(|(_, m)| m.requires.iter().filter_map(|id| places.get(id).copied()).collect())
        .collect();
    let mut left: BTreeSet<usize> = (0..milestones.len()).collect();
    loop {
        let free: Vec<usize> =
            left.iter().copied().filter(|n| requires[*n].iter().all(|r| !left.contains(r))).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|n| !free.contains(n));
    }
    while let Some(start) = left.first().copied() {
        let circle = walk(start, &requires, &left);
        left.retain(|n| !circle.contains(n));
        let ids: Vec<_> = circle.iter().chain(circle.first()).map(|n| milestones[*n].1.id.as_str()).collect();
        if let Some(at) = circle.iter().min() {
            let message = format!("milestones require each other: {}", ids.join(" -> "));
            problems.push(problem(milestones[*at].0, "requires", message));
        }
        // Only what still stands in a circle is one; what stood behind this one is free now.
        let behind = |n: &usize, left: &BTreeSet<usize>| requires[*n].iter().all(|r| !left.contains(r));
        while let Some(free) = left.iter().copied().find(|n| behind(n, &left)) {
            left.remove(&free);
        }
    }
}

/// Goes from requirement to requirement until one comes again; the way between is the circle.
fn walk(start: usize, requires: &[Vec<usize>], left: &BTreeSet<usize>) -> Vec<usize> {
    let mut way = vec![start];
    let mut at = start;
    while let Some(next) = requires[at].iter().copied().find(|r| left.contains(r)) {
        if let Some(from) = way.iter().position(|n| *n == next) {
            return way.split_off(from);
        }
        way.push(next);
        at = next;
    }
    way
}
