//! The JSON Schema of `[gates]`, from the tables.

use super::GATES;
use super::verification::VERIFICATION;
use crate::criteria::CRITERIA;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

/// The schema of the `[gates]` table.
pub fn schema(generator: &mut SchemaGenerator) -> Schema {
    let kinds: Vec<&str> = CRITERIA.iter().map(|k| k.name).collect();
    let mut own_keys = Map::new();
    for kind in CRITERIA {
        let schema = (kind.schema)(generator);
        for (key, value) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            add(&mut own_keys, key, value);
        }
    }
    own_keys.extend(common(&kinds));
    let criterion = json!({ "type": "object", "properties": own_keys, "additionalProperties": false });
    let gate = json!({
        "type": "object",
        "properties": {
            "disable": {
                "description": "Criteria that are switched off, each with its reason.",
                "type": "object",
                "additionalProperties": { "type": "string" }
            }
        },
        "additionalProperties": criterion
    });
    let mut gates: Map<String, Value> = GATES.iter().map(|g| (g.id.to_owned(), gate.clone())).collect();
    gates.insert(VERIFICATION.id.to_owned(), of_items(gate));
    json_schema!({ "type": "object", "properties": gates, "additionalProperties": false })
}

/// The criteria of single items say more of themselves.
fn of_items(mut gate: Value) -> Value {
    let keys = json!({
        "section": { "description": "The heading of the line.", "type": "string" },
        "line": { "description": "The line of the Progress Verification Checklist.", "type": "string" },
        "like": { "description": "The criterion of the project that it is: gate/criterion.", "type": "string" },
        "scope": {
            "description": "Globs of the files it is about: [\"{item.implementation}\"].",
            "type": "array", "items": { "type": "string" }
        }
    });
    let own = gate.pointer_mut("/additionalProperties/properties").and_then(Value::as_object_mut);
    if let (Some(own), Value::Object(keys)) = (own, keys) {
        own.extend(keys);
    }
    gate
}

/// A key that several kinds have may be written as any of them writes it: `required` is a list of
/// documents to one, a number of people to another.
fn add(keys: &mut Map<String, Value>, key: &str, form: &Value) {
    match keys.get_mut(key) {
        None => {
            keys.insert(key.to_owned(), form.clone());
        }
        Some(known) if essence(known) == essence(form) => {}
        Some(known) => match known.get_mut("anyOf").and_then(Value::as_array_mut) {
            Some(forms) if forms.iter().any(|other| essence(other) == essence(form)) => {}
            Some(forms) => forms.push(form.clone()),
            None => *known = json!({ "anyOf": [known.clone(), form] }),
        },
    }
}

/// A form without the words about it.
fn essence(form: &Value) -> Value {
    let mut form = form.clone();
    if let Some(keys) = form.as_object_mut() {
        keys.remove("description");
        keys.remove("default");
    }
    form
}

fn common(kinds: &[&str]) -> Map<String, Value> {
    let keys = json!({
        "kind": { "description": "The kind of criterion; its own name unless said otherwise.", "enum": kinds },
        "enabled": { "description": "false switches it off, with a reason.", "type": "boolean" },
        "reason": { "description": "Why it is switched off.", "type": "string" },
        "judged-on": {
            "description": "When it is judged.",
            "type": "array", "minItems": 1, "items": { "enum": ["change", "milestone"] }
        },
        "advisory": { "description": "Shown, but never decides.", "type": "boolean" },
        "reports": {
            "description": "The entries of [reports] it reads.",
            "type": "array", "items": { "type": "string" }
        }
    });
    keys.as_object().cloned().unwrap_or_default()
}
