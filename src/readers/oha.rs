//! The JSON of oha 0.5 to 1.x (`--output-format json`; its schema.json).
//!
//! Times are seconds. `successRate` counts every answer, also 500: failures are counted from the
//! statuses and the errors. Requests that a deadline (`-z`) stopped did not fail. Ignored on purpose:
//! histograms, sizes, the rate over time, connection details, and the split by success.

use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::http_load::{Load, answered};
use super::json::{self, UniqueMap};
use super::measured::{self, Rows};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "oha-json",
    kind: Kind::Benchmarks,
    tools: "oha",
    command: "oha --no-tui --output-format json URL > oha.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array
                && json.has(&["summary", "latencyPercentiles", "statusCodeDistribution", "errorDistribution"])
        }
        _ => false,
    },
    read,
};

/// The error of requests that were still under way when time was up.
const DEADLINE: &str = "aborted due to deadline";

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    summary: Summary,
    latency_percentiles: UniqueMap<Option<f64>>,
    status_code_distribution: UniqueMap<u64>,
    error_distribution: UniqueMap<u64>,
}

/// Null where nothing was answered.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    slowest: Option<f64>,
    fastest: Option<f64>,
    average: Option<f64>,
    requests_per_sec: f64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let (mut requests, mut failures) = (0_u64, 0_u64);
    for (status, count) in &document.status_code_distribution.0 {
        let status: u64 =
            status.parse().map_err(|_| ReadError::new(Code::Malformed, "a status that is no number"))?;
        requests = requests.saturating_add(*count);
        failures += if answered(status) { 0 } else { *count };
    }
    let errors = document.error_distribution.0.iter().filter(|(error, _)| *error != DEADLINE);
    for (_, count) in errors {
        requests = requests.saturating_add(*count);
        failures = failures.saturating_add(*count);
    }
    let percentile = |name: &str| document.latency_percentiles.0.get(name).copied().flatten();
    let latency = [
        (Statistic::Mean, document.summary.average),
        (Statistic::Median, percentile("p50")),
        (Statistic::Min, document.summary.fastest),
        (Statistic::Max, document.summary.slowest),
    ];
    let latency: Vec<_> =
        latency.into_iter().filter_map(|(statistic, value)| Some((statistic, value?))).collect();
    if latency.is_empty() {
        return Err(measured::failed("no request was answered"));
    }
    let percentiles =
        ["p90", "p95", "p99"].into_iter().filter_map(|name| Some((name.to_owned(), percentile(name)?)));
    let mut rows = Rows::new(&FORMAT, input.limits);
    Load {
        target: None,
        unit: "s",
        latency,
        percentiles: percentiles.collect(),
        rate: document.summary.requests_per_sec,
        requests,
        failures,
    }
    .add(&mut rows)?;
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Body, Limits};

    fn report(average: &str, statuses: &str, errors: &str) -> Result<Report, ReadError> {
        let text = format!(
            r#"{{"summary": {{"successRate": 1, "total": 1, "slowest": 3, "fastest": 1, "average": {average}, "requestsPerSec": 9}},
                "latencyPercentiles": {{"p50": 2, "p95": 3, "p99.9": null}},
                "statusCodeDistribution": {statuses}, "errorDistribution": {errors}}}"#
        );
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    #[test]
    fn an_answer_is_not_yet_a_success() {
        let read = report("2", r#"{"200": 3, "503": 1}"#, r#"{"aborted due to deadline": 2}"#).unwrap();
        let Body::Benchmarks(benchmarks) = read.body else { panic!() };
        let failures = benchmarks.list.iter().find(|b| b.name == "failures").unwrap();
        assert_eq!((failures.value(), failures.samples), (25.0, 4));
        for (average, statuses, errors, code) in [
            ("2", r#"{"503": 4}"#, "{}", Code::ToolFailed),
            ("2", "{}", r#"{"connection refused": 4}"#, Code::ToolFailed),
            ("2", "{}", "{}", Code::ToolFailed),
            ("5", r#"{"200": 4}"#, "{}", Code::Contradiction),
            ("2", r#"{"200": 4, "200": 1}"#, "{}", Code::Duplicate),
        ] {
            assert_eq!(report(average, statuses, errors).unwrap_err().code, code, "{statuses} {errors}");
        }
    }
}
