//! The custom list of github-action-benchmark: `[{"name": ..., "unit": ..., "value": ...}]`.
//!
//! The same list is `customSmallerIsBetter` or `customBiggerIsBetter`; the file does not say which, so
//! the format must be declared. Values may be numbers in quotes, as the action takes them. Ignored on
//! purpose: `range` and `extra`, which are texts for people.

use super::detect::Head;
use super::error::ReadError;
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::measured::{self, Rows};
use crate::model::benchmarks::{Direction, Statistic};
use serde::de::{Deserializer, Error};

/// Less is better.
pub(super) static SMALLER: Format = Format {
    name: "custom-smaller-is-better",
    kind: Kind::Benchmarks,
    tools: "github-action-benchmark (customSmallerIsBetter), any script",
    command: "echo '[{\"name\": \"start\", \"unit\": \"ms\", \"value\": 12}]' > bench.json",
    end: End::Marked,
    detect,
    read: |input| read(input, &SMALLER, Direction::Lower),
};

/// More is better.
pub(super) static BIGGER: Format = Format {
    name: "custom-bigger-is-better",
    kind: Kind::Benchmarks,
    tools: "github-action-benchmark (customBiggerIsBetter), any script",
    command: "echo '[{\"name\": \"orders\", \"unit\": \"/s\", \"value\": 1200}]' > bench.json",
    end: End::Marked,
    detect,
    read: |input| read(input, &BIGGER, Direction::Higher),
};

/// Both say yes: detection then asks for the format by name.
fn detect(head: &Head<'_>) -> bool {
    const KEYS: [&str; 5] = ["name", "unit", "value", "range", "extra"];
    match head {
        Head::Json(json) => {
            json.array && json.has(&KEYS[..3]) && json.keys.iter().all(|key| KEYS.contains(&key.as_str()))
        }
        _ => false,
    }
}

#[derive(serde::Deserialize)]
struct Entry {
    name: String,
    unit: String,
    #[serde(deserialize_with = "value")]
    value: f64,
}

/// A number, or one in quotes.
pub(super) fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Value {
        Number(f64),
        Text(String),
    }
    match serde::Deserialize::deserialize(deserializer)? {
        Value::Number(number) => Ok(number),
        Value::Text(text) => text.trim().parse().map_err(|_| D::Error::custom("a value that is no number")),
    }
}

fn read(input: &Input<'_>, format: &'static Format, direction: Direction) -> Result<Report, ReadError> {
    let entries: Vec<Entry> = json::parse(input)?;
    let mut rows = Rows::new(format, input.limits);
    for entry in entries {
        let unit = measured::unit(entry.unit, direction);
        rows.add(&entry.name, &entry.name, unit, [(Statistic::Mean, entry.value)], 1)?;
    }
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{self, Body, Code, Limits};

    fn report(value: &str, format: &'static Format) -> Result<Report, ReadError> {
        let text = format!(r#"[{{"name": "a", "unit": "orders", "value": {value}, "range": "± 3"}}]"#);
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
        readers::read(&input, Some(format))
    }

    #[test]
    fn the_declared_format_decides_the_sense() {
        for (format, direction) in [(&SMALLER, Direction::Lower), (&BIGGER, Direction::Higher)] {
            let Body::Benchmarks(read) = report("\"-1.5\"", format).unwrap().body else { panic!() };
            assert_eq!((read.list[0].value(), read.list[0].direction), (-1.5, direction));
            assert_eq!(read.list[0].unit, "orders");
        }
        let text = br#"[{"name": "a", "unit": "ms", "value": 1}]"#;
        let input = Input { bytes: text, exit_status: None, limits: &Limits::default() };
        assert_eq!(readers::read(&input, None).unwrap_err().code, Code::AmbiguousFormat);
    }

    #[test]
    fn values_that_are_none_are_refused() {
        for value in ["\"NaN\"", "\"inf\"", "null", "true", "\"1 ms\"", "NaN", "1e999"] {
            assert_eq!(report(value, &SMALLER).unwrap_err().code, Code::Malformed, "{value}");
        }
    }
}
