//! `[gates]` and `[[waivers]]`: the four gates with the project's overrides, and the dated exceptions.

use super::section::{self, Section};
use super::words;
use crate::criteria::spec::Problem;
use crate::gates::{self, GATES, Gate, Waiver};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::{Table, Value};

/// The key of a gate that is no criterion.
const DISABLE: &str = "disable";

/// Reads `[gates]`; `reports` are the names of the entries of `[reports]`.
pub(super) fn read(file: &Table, reports: &[&str], problems: &mut Vec<Problem>) -> Vec<Gate> {
    let overrides = match file.get("gates") {
        Some(Value::Table(table)) => table.clone(),
        Some(other) => {
            let message = format!("expected [gates.<gate>.<criterion>] tables, found {}", other.type_str());
            problems.push(Problem::new(["gates"], message));
            Table::new()
        }
        None => Table::new(),
    };
    check_reports(&overrides, reports, problems);
    gates::assemble(&overrides).unwrap_or_else(|wrong| {
        problems.extend(wrong.into_iter().map(|problem| problem.under(&["gates"])));
        Vec::new()
    })
}

/// The tables of criteria with their gates, whatever else is wrong with them.
fn criteria(overrides: &Table) -> impl Iterator<Item = (&str, &str, &Table)> {
    let gates = overrides.iter().filter_map(|(gate, value)| Some((gate, value.as_table()?)));
    gates.flat_map(|(gate, table)| {
        let criteria = table.iter().filter(|(id, _)| *id != DISABLE);
        criteria.filter_map(move |(id, value)| Some((gate.as_str(), id.as_str(), value.as_table()?)))
    })
}

/// A criterion that reads an entry that does not exist would never see its reports.
fn check_reports(overrides: &Table, known: &[&str], problems: &mut Vec<Problem>) {
    for (gate, id, table) in criteria(overrides) {
        let Some(Value::Array(items)) = table.get("reports") else { continue };
        let names: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        let path = ["gates", gate, id].map(str::to_owned).to_vec();
        let Some(mut section) = Section::open(&Value::Table(table.clone()), path, problems) else { continue };
        if items.is_empty() {
            let problem = section.problem(&["reports"], "an empty list reads no report");
            section.push(problem.hint("leave the key out, or disable the criterion with a reason"));
        }
        section.known(&["reports"], &names.unwrap_or_default(), known, "[reports] has no entry");
    }
}

/// Keys of one of `[[waivers]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct WaiverKeys {
    /// gate/criterion
    #[schemars(required)]
    criterion: Option<String>,
    /// Why it may fail.
    #[schemars(required)]
    reason: Option<String>,
    /// Who said so.
    #[schemars(required)]
    by: Option<String>,
    /// The last day on which it counts, as a date without quotes.
    #[schemars(required, schema_with = "date_schema")]
    expires: Option<Value>,
}

fn date_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "format": "date" })
}

/// A TOML date without a time. Asked of the file's own value: a date that went through the reader
/// of a section cannot be told from a text any more.
fn day(value: &Value) -> Result<Date, String> {
    let moment = match value {
        Value::Datetime(moment) if moment.time.is_none() && moment.offset.is_none() => moment,
        Value::String(text) => return Err(format!("write the date without quotes: expires = {text}")),
        _ => return Err("expected a date such as 2026-12-24".to_owned()),
    };
    moment.to_string().parse().map_err(|wrong: jiff::Error| wrong.to_string())
}

/// Reads `[[waivers]]`. One that has expired is no mistake: it is shown, and counts for nothing.
pub(super) fn waivers(file: &Table, problems: &mut Vec<Problem>) -> Vec<Waiver> {
    let known = ids(file);
    let mut all = Vec::new();
    section::each(file, "waivers", problems, |_, mut section| {
        let keys: WaiverKeys = section.read();
        section.require("criterion", "criterion = \"code-complete/coverage\"");
        section.require("reason", "reason = \"...\", for whoever reads it later");
        section.require("by", "by = \"...\": a waiver has somebody who answers for it");
        section.require("expires", "expires = 2026-12-24: a waiver that never ends is a gate switched off");
        if let Some(id) = keys.criterion.as_ref().filter(|id| !known.contains(id)) {
            let near = words::near(id, known.iter().map(String::as_str));
            let problem = section.problem(&["criterion"], format!("there is no criterion `{id}`"));
            let hint = near.unwrap_or_else(|| "written gate/criterion: code-complete/coverage".to_owned());
            section.push(problem.hint(hint));
        }
        let reason = section.checked("reason", keys.reason, words::line);
        let by = section.checked("by", keys.by, words::line);
        let expires = keys.expires.and_then(|_| section.value("expires")).map(day).transpose();
        let expires = expires.unwrap_or_else(|wrong| {
            section.wrong(&["expires"], wrong);
            None
        });
        if let (Some(criterion), Some(reason), Some(by), Some(expires)) =
            (keys.criterion, reason, by, expires)
        {
            all.push(Waiver { criterion, reason, by, expires });
        }
    });
    all
}

/// `gate/criterion` of every criterion, also where `[gates]` has mistakes of its own.
fn ids(file: &Table) -> Vec<String> {
    let built_in = gates::assemble(&Table::new()).unwrap_or_default();
    let mut ids: Vec<String> = built_in.iter().flat_map(Gate::ids).collect();
    if let Some(Value::Table(overrides)) = file.get("gates") {
        let own = criteria(overrides).filter(|(gate, ..)| GATES.iter().any(|built_in| built_in.id == *gate));
        ids.extend(own.map(|(gate, id, _)| format!("{gate}/{id}")));
    }
    ids
}
