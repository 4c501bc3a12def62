//! Bencher Metric Format: `{"BENCHMARK": {"MEASURE": {"value": 1.0}}}` (`bencher run --adapter json`).
//!
//! The file has neither units nor senses: those of Bencher's own measures are in a table; another
//! measure is read as a plain number of which less is better, with a notice, and the format must be
//! declared. `latency` bears the benchmark's name, the others are `name/measure`. Ignored on purpose:
//! `lower_value` and `upper_value`, which may both lie below the value.

use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use super::measured::{Rows, Unit, less, more};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "bencher-metric-format",
    kind: Kind::Benchmarks,
    tools: "Bencher, any script",
    command: "echo '{\"start\": {\"latency\": {\"value\": 1200.0}}}' > bench.json",
    end: End::Marked,
    detect: |head| match head {
        // Every key is a benchmark, and every key below it a measure of Bencher.
        Head::Json(json) => {
            let of = |nested: &str, key: &str| {
                nested.strip_prefix(key)?.strip_prefix('.').filter(|m| measure(m).is_some()).map(drop)
            };
            let known = |nested: &String| json.keys.iter().any(|key| of(nested, key).is_some());
            let filled = |key: &String| json.nested.iter().any(|nested| of(nested, key).is_some());
            !json.array
                && !json.keys.is_empty()
                && json.keys.iter().all(filled)
                && json.nested.iter().all(known)
        }
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Metric {
    value: f64,
    #[serde(rename = "lower_value")]
    _lower: Option<f64>,
    #[serde(rename = "upper_value")]
    _upper: Option<f64>,
}

/// Bencher's own measures.
const MEASURES: &[(&str, Unit)] = &[
    ("latency", less("ns")),
    ("throughput", more("/s")),
    ("build-time", less("s")),
    ("file-size", less("B")),
    ("instructions", less("")),
    ("estimated-cycles", less("")),
    ("l1-accesses", less("")),
    ("l1-hits", more("")),
    ("l2-accesses", less("")),
    ("l2-hits", more("")),
    ("ram-accesses", less("")),
    ("ram-hits", less("")),
    ("total-accesses", less("")),
    ("total-read-write", less("")),
];

fn measure(name: &str) -> Option<&'static Unit> {
    MEASURES.iter().find(|row| row.0 == name).map(|row| &row.1)
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: UniqueMap<UniqueMap<Metric>> = json::parse(input)?;
    if document.0.is_empty() {
        return Err(ReadError::new(Code::Empty, "the file holds no benchmark"));
    }
    let mut rows = Rows::new(&FORMAT, input.limits);
    for (name, measures) in &document.0 {
        for (measure_name, metric) in &measures.0 {
            let full_name =
                if measure_name == "latency" { name.clone() } else { format!("{name}/{measure_name}") };
            let unit = measure(measure_name).cloned().unwrap_or_else(|| {
                rows.unsure(&full_name);
                less("")
            });
            rows.add(&full_name, &full_name, unit, [(Statistic::Mean, metric.value)], 1)?;
        }
    }
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Direction;
    use crate::readers::{self, Body, Limits};

    fn report(text: &str, format: Option<&'static Format>) -> Result<Report, ReadError> {
        readers::read(
            &Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() },
            format,
        )
    }

    #[test]
    fn measures_have_units_and_senses() {
        let text = r#"{"a": {"latency": {"value": 5, "lower_value": 6}, "throughput": {"value": 7}}}"#;
        let Body::Benchmarks(read) = report(text, None).unwrap().body else { panic!() };
        assert_eq!((read.list[0].name.as_str(), &*read.list[0].unit), ("a", "ns"));
        assert_eq!((read.list[1].name.as_str(), read.list[1].direction), ("a/throughput", Direction::Higher));
        let own = r#"{"a": {"latency": {"value": 5}, "hits": {"value": 7}}}"#;
        assert_eq!(report(own, None).unwrap_err().code, Code::UnknownFormat);
        assert_eq!(report(own, Some(&FORMAT)).unwrap().notices.len(), 1);
    }

    #[test]
    fn other_json_is_not_taken_for_it() {
        for (text, code) in [
            (r#"{"a": {"latency": 5}}"#, Code::Malformed),
            (r#"{"a": {"latency": {"value": "5"}}}"#, Code::Malformed),
            (r#"{"a": {"latency": {"value": 5, "values": 6}}}"#, Code::Malformed),
            (r#"{"a": {"latency": {"value": 5}, "latency": {"value": 6}}}"#, Code::Duplicate),
            (r#"{"a": {"latency": {"value": -5}}}"#, Code::Malformed),
        ] {
            assert_eq!(report(text, None).unwrap_err().code, code, "{text}");
        }
        assert_eq!(
            report(r#"{"a": {"latency": {"value": 5}}, "b": 1}"#, None).unwrap_err().code,
            Code::UnknownFormat
        );
    }
}
