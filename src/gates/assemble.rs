//! From the built-in definitions and the project's overrides to the gates of this project.

use super::{BuiltIn, Definition, GATES, Gate, verification};
use crate::criteria::spec::{Problem, did_you_mean};
use crate::criteria::{self, CRITERIA};
use crate::model::outcome::Occasion;
use toml::{Table, Value};

/// The key of a gate that switches criteria off: `disable = { monitoring = "reason" }`.
const DISABLE: &str = "disable";

/// Keys that every criterion has, whatever its kind.
pub(super) const COMMON: &[&str] = &["kind", "enabled", "reason", "judged-on", "advisory", "reports"];

/// The gates with `overrides`, the `[gates]` table of the project; paths of problems begin below it.
///
/// # Errors
/// Every mistake in the overrides.
pub fn assemble(overrides: &Table) -> Result<Vec<Gate>, Vec<Problem>> {
    let mut problems = Vec::new();
    let known = |key: &str| key == verification::VERIFICATION.id || GATES.iter().any(|g| g.id == key);
    for (key, _) in overrides.iter().filter(|(key, _)| !known(key)) {
        let problem =
            Problem::new([key], format!("unknown gate `{key}`; the gates are always the four")).key();
        problems.push(match did_you_mean(key, GATES.iter().map(|g| g.id)) {
            Some(hint) => problem.hint(hint),
            None => problem.hint(GATES.iter().map(|g| g.id).collect::<Vec<_>>().join(", ")),
        });
    }
    let mut gates = Vec::new();
    for gate in GATES {
        match overrides.get(gate.id) {
            None => gates.push(assemble_gate(gate, &Table::new(), &mut problems)),
            Some(Value::Table(table)) => gates.push(assemble_gate(gate, table, &mut problems)),
            Some(_) => problems.push(Problem::new([gate.id], "expected a table of criteria")),
        }
    }
    // What it takes over from a gate is told once, there.
    if problems.is_empty() {
        problems = verification::problems(overrides);
    }
    if problems.is_empty() { Ok(gates) } else { Err(problems) }
}

/// The criteria tables as they are built in, in order. The texts are embedded: a test holds them readable.
fn built_in(gate: &BuiltIn) -> Table {
    let parsed: Table = gate.text.parse().unwrap_or_default();
    let table = parsed.get("gates").and_then(|g| g.get(gate.id)).and_then(Value::as_table);
    table.cloned().unwrap_or_default()
}

fn assemble_gate(gate: &BuiltIn, overrides: &Table, problems: &mut Vec<Problem>) -> Gate {
    let mut found = Vec::new();
    let mut criteria = Vec::new();
    for (id, value) in merged(gate, overrides, &mut found) {
        let Value::Table(table) = value else { continue };
        match define(&id, table) {
            Ok(definition) => criteria.push(definition),
            Err(wrong) => found.extend(wrong.into_iter().map(|p| p.under(&[&id]))),
        }
    }
    problems.extend(found.into_iter().map(|p| p.under(&[gate.id])));
    Gate { number: gate.number, id: gate.id, name: gate.name, criteria }
}

/// The tables of a gate's criteria with the project's over them, key by key.
pub(super) fn merged(gate: &BuiltIn, overrides: &Table, problems: &mut Vec<Problem>) -> Table {
    let mut tables = built_in(gate);
    for (id, value) in overrides.iter().filter(|(id, _)| *id != DISABLE) {
        let Value::Table(table) = value else {
            problems.push(Problem::new([id], "expected a table of the criterion's keys"));
            continue;
        };
        let known = tables.entry(id.clone()).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(known) = known {
            known.extend(table.clone());
        }
    }
    if let Some(disable) = overrides.get(DISABLE) {
        switch_off(disable, &mut tables, problems);
    }
    tables
}

fn switch_off(disable: &Value, tables: &mut Table, problems: &mut Vec<Problem>) {
    let Value::Table(disable) = disable else {
        problems.push(Problem::new([DISABLE], "expected a table: disable = { criterion = \"reason\" }"));
        return;
    };
    for (id, reason) in disable {
        let path = [DISABLE, id.as_str()];
        match (tables.get_mut(id), reason) {
            (Some(Value::Table(table)), Value::String(reason)) => {
                table.insert("enabled".to_owned(), Value::Boolean(false));
                table.insert("reason".to_owned(), Value::String(reason.clone()));
            }
            (_, Value::String(_)) => {
                let problem = Problem::new(path, format!("this gate has no criterion `{id}`")).key();
                let hint = did_you_mean(id, tables.keys().map(String::as_str));
                problems.push(Problem { hint, ..problem });
            }
            _ => problems.push(Problem::new(path, "expected the reason as text")),
        }
    }
}

/// The keys that every criterion has, taken off its table.
struct CommonKeys<'a> {
    table: &'a mut Table,
    problems: Vec<Problem>,
}

impl CommonKeys<'_> {
    fn take<T>(&mut self, key: &str, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = self.table.remove(key)?;
        let read = read(&value);
        if read.is_none() {
            self.problems
                .push(Problem::new([key], format!("expected {expected}, found {}", value.type_str())));
        }
        read
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, "text", |v| v.as_str().map(str::to_owned))
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        self.take(key, "true or false", Value::as_bool)
    }

    fn texts(&mut self, key: &str, expected: &str) -> Option<Vec<String>> {
        self.take(key, expected, |v| v.as_array()?.iter().map(|i| i.as_str().map(str::to_owned)).collect())
    }

    fn occasions(&mut self) -> Option<Vec<Occasion>> {
        let expected = "a list of \"change\" and \"milestone\"";
        let words = self.texts("judged-on", expected)?;
        let occasion =
            |word: &String| [Occasion::Change, Occasion::Milestone].into_iter().find(|o| o.word() == word);
        let read: Option<Vec<_>> = words.iter().map(occasion).collect();
        let read = read.filter(|occasions| !occasions.is_empty());
        if read.is_none() {
            self.problems.push(Problem::new(["judged-on"], format!("expected {expected}")));
        }
        read
    }
}

pub(super) fn define(id: &str, mut table: Table) -> Result<Definition, Vec<Problem>> {
    let mut common = CommonKeys { table: &mut table, problems: Vec::new() };
    let kind_name = common.text("kind").unwrap_or_else(|| id.to_owned());
    let enabled = common.flag("enabled").unwrap_or(true);
    let reason = common.text("reason");
    let judged_on = common.occasions();
    let advisory = common.flag("advisory").unwrap_or(false);
    let reports = common.texts("reports", "a list of entries of [reports]");
    let mut problems = common.problems;
    let Some(kind) = criteria::kind(&kind_name) else {
        problems.push(unknown_kind(id, &kind_name));
        return Err(problems);
    };
    if !enabled && reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
        problems.push(
            Problem::new(["enabled"], "a criterion that is switched off needs a reason")
                .hint("add reason = \"...\""),
        );
    }
    if reports.is_some() && kind.reports.is_empty() {
        problems.push(
            Problem::new(["reports"], format!("a criterion of kind `{kind_name}` reads no reports")).key(),
        );
    }
    match (kind.parse)(table) {
        Ok(criterion) if problems.is_empty() => Ok(Definition {
            id: id.to_owned(),
            kind,
            judged_on: judged_on.unwrap_or_else(|| kind.judged_on.to_vec()),
            advisory,
            disabled: reason.filter(|_| !enabled),
            reports,
            criterion,
        }),
        Ok(_) => Err(problems),
        Err(wrong) => {
            let wrong = wrong.into_iter().map(with_common_hint);
            Err(problems.into_iter().chain(wrong).collect())
        }
    }
}

/// An unknown key may be a misspelt common one.
fn with_common_hint(problem: Problem) -> Problem {
    if problem.hint.is_some() || !problem.at_key {
        return problem;
    }
    let key = problem.path.last().cloned().unwrap_or_default();
    Problem { hint: did_you_mean(&key, COMMON.iter().copied()), ..problem }
}

fn unknown_kind(id: &str, kind: &str) -> Problem {
    let names = || CRITERIA.iter().map(|k| k.name);
    let own = id != kind;
    let path: Vec<&str> = if own { vec!["kind"] } else { Vec::new() };
    let message = if own {
        format!("unknown kind `{kind}`")
    } else {
        format!("unknown criterion `{id}`; one of your own needs kind = \"...\"")
    };
    let problem = Problem::new(path, message);
    let problem = if own { problem } else { problem.key() };
    problem.hint(
        did_you_mean(kind, names())
            .unwrap_or_else(|| format!("kinds: {}", names().collect::<Vec<_>>().join(", "))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_gates_are_readable_and_in_order() {
        let gates = assemble(&Table::new()).unwrap();
        let ids: Vec<_> = gates.iter().map(|g| g.criteria.len()).collect();
        assert_eq!(ids, [4, 4, 4, 4]);
        assert_eq!(gates[1].ids().next().unwrap(), "integration-verified/integration-tests");
    }

    #[test]
    fn overrides_go_key_by_key_and_own_criteria_follow() {
        let overrides = r#"
            [code-complete]
            disable = { lint = "no linter" }
            [code-complete.coverage]
            branches = ">= 80%"
            [code-complete.contract-tests]
            kind = "tests"
            reports = ["contract"]
        "#;
        let gates = assemble(&overrides.parse().unwrap()).unwrap();
        let ids: Vec<_> = gates[0].criteria.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids, ["checklist", "tests", "coverage", "lint", "contract-tests"]);
        assert_eq!(gates[0].criteria[3].disabled.as_deref(), Some("no linter"));
        assert!(format!("{:?}", gates[0].criteria[2].criterion).contains("branches: Some"));
    }

    #[test]
    fn names_every_mistake() {
        let overrides = r#"
            [code-complet.tests]
            [code-complete]
            disable = { lnit = "x" }
            [code-complete.covrage]
            [code-complete.tests]
            max-skiped = "10%"
            judged-on = ["never"]
            [review-and-approval.code-review]
            required = 0
            [review-and-approval.security-review]
            enabled = false
        "#;
        let problems = assemble(&overrides.parse().unwrap()).unwrap_err();
        let paths: Vec<_> = problems.iter().map(|p| p.path.join(".")).collect();
        for path in [
            "code-complet",
            "code-complete.disable.lnit",
            "code-complete.covrage",
            "code-complete.tests.judged-on",
            "code-complete.tests.max-skiped",
            "review-and-approval.code-review.required",
            "review-and-approval.security-review.enabled",
        ] {
            assert!(paths.iter().any(|p| p == path), "{path} in {paths:?}");
        }
        assert!(problems.iter().filter(|p| p.at_key).all(|p| p.hint.is_some()), "{problems:?}");
    }
}
