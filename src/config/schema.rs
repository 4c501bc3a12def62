//! The JSON Schema of `milegate.toml`, from the very types that read it.

use super::baseline::BaselineKeys;
use super::gates::WaiverKeys;
use super::milestones::MilestoneKeys;
use super::people::PersonKeys;
use super::project::{DocumentsKeys, LimitsKeys, ProjectKeys};
use super::reports::{CommandKeys, EntryForm};
use super::tag::TagKeys;
use crate::gates;
use schemars::JsonSchema;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The sections of the file. Each is read by itself; this is what they are together.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Milegate")]
#[expect(dead_code, reason = "only the schema and the known keys are made from it")]
pub(super) struct File {
    /// The project.
    project: ProjectKeys,
    /// The documents that are kept up to date. One that is not named is not touched.
    documents: Option<DocumentsKeys>,
    /// The tag of a milestone.
    tag: Option<TagKeys>,
    /// The history that runs are compared with, in git notes. With this section, even an empty one, a
    /// clone in which it is missing is unproven.
    baseline: Option<BaselineKeys>,
    /// The milestones, in order.
    milestones: Option<Vec<MilestoneKeys>>,
    /// Where the tools write their reports: a name and a glob, a list of globs, or a table.
    reports: Option<BTreeMap<String, EntryForm>>,
    /// Commands that `check --run` runs.
    commands: Option<Vec<CommandKeys>>,
    /// Who may sign off.
    people: Option<BTreeMap<String, PersonKeys>>,
    /// The criteria of the four gates, where they differ from the built-in ones.
    #[schemars(schema_with = "gates::schema")]
    gates: Option<BTreeMap<String, Value>>,
    /// Reviewed, dated exceptions.
    waivers: Option<Vec<WaiverKeys>>,
    /// Bounds within which a report is read at all.
    limits: Option<LimitsKeys>,
}

/// The JSON Schema (2020-12) of `milegate.toml`.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(File).to_value();
    without_null(&mut schema);
    if let Some(required) = schema.get_mut("required") {
        *required = json!(["project"]);
    }
    schema
}

/// An optional key is left out; TOML has no null to write instead.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            keys.values_mut().for_each(without_null);
            let is_null = |value: &Value| *value == json!("null") || *value == json!({ "type": "null" });
            for list in ["type", "anyOf", "enum"] {
                let Some(Value::Array(items)) = keys.get_mut(list) else { continue };
                items.retain(|item| !is_null(item) && !item.is_null());
                let single = if items.len() == 1 && list != "enum" { items.pop() } else { None };
                match single {
                    Some(Value::Object(inner)) => {
                        keys.remove(list);
                        keys.extend(inner);
                    }
                    Some(word) => {
                        keys.insert(list.to_owned(), word);
                    }
                    None => {}
                }
            }
            if keys.get("default").is_some_and(Value::is_null) {
                keys.remove("default");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}
