//! The Progress Verification Checklist: what is verified before an item of the checklist is ticked.
//!
//! A fifth file of criteria, beside the gates and in their schema; what it has of its own is told in
//! its head. `{item.implementation}` and `{item.test}` are filled in before the keys are read.

use super::assemble::{define, merged};
use super::{BuiltIn, Definition, GATES};
use crate::criteria::spec::{Problem, did_you_mean};
use toml::{Table, Value};

/// The built-in checklist.
pub(super) static VERIFICATION: BuiltIn = BuiltIn {
    number: 5,
    id: "verification",
    name: "Progress Verification",
    text: include_str!("../../gates/verification.toml"),
};

/// The files that an item of the checklist names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its implementation.
    pub implementation: String,
    /// Its test.
    pub test: String,
}

impl Item {
    /// Stands for an implementation that is not known; no path of a repository.
    pub const NO_IMPLEMENTATION: &str = "(no implementation file)";
    /// Stands for a test that is not known.
    pub const NO_TEST: &str = "(no test file)";
}

/// A line of the checklist.
#[derive(Debug)]
pub struct Line {
    /// The heading it stands under: `Code Quality`.
    pub section: String,
    /// What it says.
    pub text: String,
    /// What has to hold for it.
    pub criteria: Vec<Verified>,
}

/// A criterion of a line.
#[derive(Debug)]
pub struct Verified {
    /// The criterion, its keys read.
    pub definition: Definition,
    /// `gate/criterion` of the project that it is, and whose reports it reads.
    pub like: Option<String>,
    /// Globs of the files it is about; empty means all.
    pub scope: Vec<String>,
}

/// The lines of the checklist for one item, in order. `overrides` is the `[gates]` table of the project.
///
/// # Errors
/// Every mistake in `[gates.verification]`, its path beginning there.
pub fn verification(overrides: &Table, item: &Item) -> Result<Vec<Line>, Vec<Problem>> {
    let mut problems = Vec::new();
    let own = overrides.get(VERIFICATION.id).and_then(Value::as_table).cloned().unwrap_or_default();
    let mut lines: Vec<Line> = Vec::new();
    for (id, value) in merged(&VERIFICATION, &own, &mut problems) {
        let Value::Table(table) = value else { continue };
        match verified(&id, table, overrides, item) {
            Ok((section, text, verified)) => match lines.last_mut() {
                Some(line) if line.section == section && line.text == text => line.criteria.push(verified),
                _ => lines.push(Line { section, text, criteria: vec![verified] }),
            },
            Err(wrong) => problems.extend(wrong.into_iter().map(|p| p.under(&[&id]))),
        }
    }
    if problems.is_empty() {
        return Ok(lines);
    }
    Err(problems.into_iter().map(|p| p.under(&[VERIFICATION.id])).collect())
}

/// The mistakes in `[gates.verification]`, whatever item it will be about.
pub(super) fn problems(overrides: &Table) -> Vec<Problem> {
    if overrides.get(VERIFICATION.id).is_some_and(|own| !own.is_table()) {
        return vec![Problem::new([VERIFICATION.id], "expected a table of criteria")];
    }
    let item = Item { implementation: "file".to_owned(), test: "file".to_owned() };
    verification(overrides, &item).err().unwrap_or_default()
}

fn verified(
    id: &str,
    mut table: Table,
    overrides: &Table,
    item: &Item,
) -> Result<(String, String, Verified), Vec<Problem>> {
    let section = text(&mut table, "section")?.unwrap_or_else(|| "More".to_owned());
    let line = text(&mut table, "line")?.unwrap_or_else(|| id.to_owned());
    let like = text(&mut table, "like")?;
    let scope = match table.remove("scope") {
        None => Vec::new(),
        Some(Value::Array(globs)) if globs.iter().all(Value::is_str) => {
            let globs = globs.iter().filter_map(Value::as_str);
            globs.map(|glob| fill(glob, item, globset::escape)).collect()
        }
        Some(_) => return Err(vec![Problem::new(["scope"], "expected a list of globs")]),
    };
    if let Some(like) = &like {
        let mut base = criterion(like, overrides)?;
        base.extend(table);
        table = base;
    }
    let filled = table.into_iter().map(|(key, value)| (key, filled(value, item)));
    let definition = define(id, filled.collect())?;
    Ok((section, line, Verified { definition, like, scope }))
}

fn text(table: &mut Table, key: &str) -> Result<Option<String>, Vec<Problem>> {
    match table.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(vec![Problem::new([key], format!("expected text, found {}", other.type_str()))]),
    }
}

/// The table of the project's own criterion `gate/criterion`.
fn criterion(id: &str, overrides: &Table) -> Result<Table, Vec<Problem>> {
    let wrong = |hint: Option<String>| {
        let hint = hint.unwrap_or_else(|| "write gate/criterion: \"code-complete/tests\"".to_owned());
        vec![Problem::new(["like"], format!("there is no criterion `{id}`")).hint(hint)]
    };
    let (gate, name) = id.split_once('/').ok_or_else(|| wrong(None))?;
    let built_in = GATES.iter().find(|built_in| built_in.id == gate).ok_or_else(|| wrong(None))?;
    let own = overrides.get(gate).and_then(Value::as_table).cloned().unwrap_or_default();
    // What is wrong with the gates is told with the gates.
    let all = merged(built_in, &own, &mut Vec::new());
    let mut table = match all.get(name) {
        Some(Value::Table(table)) => table.clone(),
        _ => return Err(wrong(did_you_mean(name, all.keys().map(String::as_str)))),
    };
    table.entry("kind").or_insert_with(|| Value::String(name.to_owned()));
    Ok(table)
}

/// A value with the placeholders in its texts filled in.
fn filled(value: Value, item: &Item) -> Value {
    match value {
        Value::String(text) => Value::String(fill(&text, item, str::to_owned)),
        Value::Array(items) => Value::Array(items.into_iter().map(|value| filled(value, item)).collect()),
        Value::Table(table) => {
            Value::Table(table.into_iter().map(|(key, value)| (key, filled(value, item))).collect())
        }
        other => other,
    }
}

fn fill(text: &str, item: &Item, escape: fn(&str) -> String) -> String {
    // One after the other would fill what was just filled in.
    let parts =
        text.split("{item.implementation}").map(|part| part.replace("{item.test}", &escape(&item.test)));
    parts.collect::<Vec<_>>().join(&escape(&item.implementation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item { implementation: "app/[x]/pool.py".into(), test: "tests/test_pool.py".into() }
    }

    fn lines(overrides: &str) -> Vec<Line> {
        verification(&overrides.parse().unwrap(), &item()).unwrap()
    }

    /// The sections with their lines, as the request has them.
    const WANTED: &[(&str, &[&str])] = &[
        (
            "Code Quality",
            &[
                "Unit tests written and passing (minimum 90% coverage)",
                "Integration tests written (if applicable)",
                "No linting errors (`pylint`, `black`, `mypy`)",
                "Error handling implemented for all failure cases",
                "Logging added with appropriate levels",
                "Performance benchmarks met",
            ],
        ),
        (
            "Documentation",
            &[
                "Inline code documentation (docstrings)",
                "Technical design documented",
                "Configuration options documented",
                "Example usage provided",
                "Troubleshooting section added",
            ],
        ),
        (
            "Infrastructure",
            &[
                "Works in development environment",
                "Docker support added/updated",
                "Environment variables documented",
                "Monitoring/metrics implemented",
                "Health checks functional",
            ],
        ),
        (
            "Review",
            &[
                "Self-code review completed",
                "No breaking changes to existing interfaces",
                "Backward compatibility maintained",
                "Security implications considered",
                "Performance impact assessed",
            ],
        ),
    ];

    #[test]
    fn every_line_of_the_checklist_is_there_and_judged() {
        let lines = lines("");
        let wanted: Vec<_> = WANTED.iter().flat_map(|(s, all)| all.iter().map(move |l| (*s, *l))).collect();
        let found: Vec<_> = lines.iter().map(|line| (line.section.as_str(), line.text.as_str())).collect();
        assert_eq!(found, wanted);
        let kinds = |text: &str| -> Vec<&str> {
            let line = lines.iter().find(|line| line.text.starts_with(text)).unwrap();
            line.criteria.iter().map(|verified| verified.definition.kind.name).collect()
        };
        assert_eq!(kinds("Unit tests"), ["documents", "tests", "coverage"]);
        assert_eq!(kinds("No linting"), ["lint"]);
        assert_eq!(kinds("Works in"), ["attestation"]);
    }

    #[test]
    fn items_are_filled_in_and_the_projects_criteria_are_taken_over() {
        let lines = lines(
            "[code-complete.tests]\nreports = ['unit']\n[integration-verified]\ndisable = { monitoring = 'a library' }\n\
             [code-complete.coverage]\nbranches = '>= 80%'\n[verification]\ndisable = { docker = 'no containers' }\n\
             [verification.unit-coverage]\nlines = '>= 95%'",
        );
        let all: Vec<_> = lines.iter().flat_map(|line| &line.criteria).collect();
        let of = |id: &str| *all.iter().find(|verified| verified.definition.id == id).unwrap();
        assert_eq!(of("unit-tests-written").definition.criterion.documents(), ["tests/test_pool.py"]);
        assert_eq!(of("unit-tests").definition.reports.as_deref(), Some(&["unit".to_owned()][..]));
        assert_eq!(of("unit-tests").like.as_deref(), Some("code-complete/tests"));
        assert_eq!(of("unit-coverage").scope, ["app/[[]x[]]/pool.py"]);
        let coverage = format!("{:?}", of("unit-coverage").definition.criterion);
        assert!(coverage.contains("branches: Some") && coverage.contains("95"), "{coverage}");
        assert_eq!(of("health").definition.disabled.as_deref(), Some("a library"));
        assert_eq!(of("docker").definition.disabled.as_deref(), Some("no containers"));
        assert_eq!(of("logging").definition.criterion.role(), Some("code"));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let overrides = "[verification]\ndisable = { dokcer = 'x' }\n[verification.lint]\nlike = 'code-complete/lnit'\n\
                         [verification.extra]\nkind = 'attestation'\nstatement = ''\nrole = 'code'\n\
                         [verification.logging]\nsection = 1";
        let problems = problems(&overrides.parse().unwrap());
        let paths: Vec<_> = problems.iter().map(|p| p.path.join(".")).collect();
        for path in [
            "verification.disable.dokcer",
            "verification.lint.like",
            "verification.extra.statement",
            "verification.logging.section",
        ] {
            assert!(paths.iter().any(|p| p == path), "{path} in {paths:?}");
        }
    }

    #[test]
    fn placeholders_are_filled_once() {
        let odd = Item { implementation: "{item.test}".into(), test: "t".into() };
        assert_eq!(fill("{item.implementation} {item.test} {x}", &odd, str::to_owned), "{item.test} t {x}");
    }
}
