//! The JSON of vegeta 12 (`vegeta report -type=json`).
//!
//! Latencies are nanoseconds; `success` is a share from 0 to 1. Requests that got no answer have the
//! status 0. Ignored on purpose: bytes, dates, `wait`, and the buckets of a histogram.

use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::http_load::{Load, answered};
use super::json::{self, UniqueMap};
use super::measured::{Rows, more};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "vegeta-json",
    kind: Kind::Benchmarks,
    tools: "vegeta",
    command: "vegeta attack ... | vegeta report -type=json > vegeta.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array && json.has(&["latencies", "bytes_in", "throughput", "success", "status_codes"])
        }
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    latencies: Latencies,
    requests: u64,
    rate: f64,
    throughput: f64,
    success: f64,
    status_codes: UniqueMap<u64>,
}

#[derive(serde::Deserialize)]
struct Latencies {
    mean: f64,
    #[serde(rename = "50th")]
    p50: f64,
    // Absent before version 12.
    #[serde(rename = "90th")]
    p90: Option<f64>,
    #[serde(rename = "95th")]
    p95: f64,
    #[serde(rename = "99th")]
    p99: f64,
    max: f64,
    min: Option<f64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let (mut all, mut good) = (0_u64, 0_u64);
    for (status, count) in &document.status_codes.0 {
        let status: u64 =
            status.parse().map_err(|_| ReadError::new(Code::Malformed, "a status that is no number"))?;
        all = all.saturating_add(*count);
        // vegeta's own success: 200 to 399.
        good += if answered(status) && status >= 200 { *count } else { 0 };
    }
    let share = if all == 0 { 0.0 } else { good as f64 / all as f64 };
    if all != document.requests || (share - document.success).abs() > 1e-6 {
        let message = format!(
            "{good} of {all} requests succeeded by their status, but the report says {} of {}",
            document.success, document.requests
        );
        return Err(ReadError::new(Code::Contradiction, message));
    }
    let Latencies { mean, p50, p90, p95, p99, max, min } = document.latencies;
    let latency = [
        Some((Statistic::Mean, mean)),
        Some((Statistic::Median, p50)),
        Some((Statistic::Max, max)),
        min.map(|min| (Statistic::Min, min)),
    ];
    let percentiles = [("p90", p90), ("p95", Some(p95)), ("p99", Some(p99))];
    let mut rows = Rows::new(&FORMAT, input.limits);
    Load {
        target: None,
        unit: "ns",
        latency: latency.into_iter().flatten().collect(),
        percentiles: percentiles
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
        rate: document.rate,
        requests: all,
        failures: all - good,
    }
    .add(&mut rows)?;
    // Only answers that succeeded, by the whole duration.
    rows.add("throughput", "throughput", more("/s"), [(Statistic::Mean, document.throughput)], good)?;
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Body, Limits};

    fn report(success: &str, codes: &str) -> Result<Report, ReadError> {
        let text = format!(
            r#"{{"latencies": {{"total": 4, "mean": 2, "50th": 1.5, "95th": 3, "99th": 3, "max": 3}}, "bytes_in": {{}},
                "requests": 4, "rate": 10, "throughput": 7.5, "success": {success}, "status_codes": {codes}, "errors": []}}"#
        );
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    #[test]
    fn a_share_is_no_percentage() {
        let read = report("0.75", r#"{"200": 3, "500": 1}"#).unwrap();
        let Body::Benchmarks(benchmarks) = read.body else { panic!() };
        let failures = benchmarks.list.iter().find(|b| b.name == "failures").unwrap();
        assert_eq!((failures.value(), read.notices.len()), (25.0, 1));
    }

    #[test]
    fn failed_and_contradictory_runs_are_refused() {
        for (success, codes, code) in [
            ("0", r#"{"0": 4}"#, Code::ToolFailed),
            ("0", "{}", Code::Contradiction),
            ("1", r#"{"200": 3, "500": 1}"#, Code::Contradiction),
            ("75", r#"{"200": 3, "500": 1}"#, Code::Contradiction),
            ("1", r#"{"200": 3}"#, Code::Contradiction),
            ("1", r#"{"x": 4}"#, Code::Malformed),
        ] {
            assert_eq!(report(success, codes).unwrap_err().code, code, "{codes}");
        }
    }
}
