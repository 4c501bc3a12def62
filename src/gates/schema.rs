//! The JSON Schema of `[gates]`, from the tables.

use super::GATES;
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
            own_keys.entry(key.clone()).or_insert_with(|| value.clone());
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
    let gates: Map<String, Value> = GATES.iter().map(|g| (g.id.to_owned(), gate.clone())).collect();
    json_schema!({ "type": "object", "properties": gates, "additionalProperties": false })
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
