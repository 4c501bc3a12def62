//! The JSON of bombardier 1.2 and 2 (`--print result --format json`, `-o json`).
//!
//! Latencies are microseconds; `rps` are samples of the rate. Answers below 400 succeeded; `others`
//! got none. Percentiles need `--latencies`. Ignored on purpose: bytes, the settings but for the
//! address, and spreads of the rate. bombardier's own progress lines before the JSON are refused.

use super::detect::Head;
use super::error::ReadError;
use super::format::{End, Format, Input, Kind, Report};
use super::http_load::Load;
use super::json::UniqueMap;
use super::measured::{self, Figure, Rows};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "bombardier-json",
    kind: Kind::Benchmarks,
    tools: "bombardier",
    command: "bombardier --latencies --print result --format json URL > bombardier.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let nested = |key: &str| json.nested.iter().any(|n| n == key);
            !json.array && json.has(&["spec", "result"]) && nested("spec.numberOfConnections")
        }
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    spec: Spec,
    result: Outcome,
}

#[derive(serde::Deserialize)]
struct Spec {
    method: String,
    url: String,
}

#[derive(serde::Deserialize)]
struct Outcome {
    req1xx: u64,
    req2xx: u64,
    req3xx: u64,
    req4xx: u64,
    req5xx: u64,
    others: u64,
    latency: Option<Figures>,
    rps: Option<Figures>,
}

#[derive(serde::Deserialize)]
struct Figures {
    mean: Figure,
    stddev: Figure,
    max: Figure,
    percentiles: Option<UniqueMap<Figure>>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = measured::parse(input)?;
    let result = document.result;
    let good = [result.req1xx, result.req2xx, result.req3xx].into_iter().fold(0, u64::saturating_add);
    let failures = [result.req4xx, result.req5xx, result.others].into_iter().fold(0, u64::saturating_add);
    let (Some(latency), Some(rate)) = (result.latency, result.rps) else {
        return Err(measured::failed("no request was answered"));
    };
    let percentile = |which: &str| Some(latency.percentiles.as_ref()?.0.get(which)?.0);
    let statistics = [
        Some((Statistic::Mean, latency.mean.0)),
        percentile("50").map(|median| (Statistic::Median, median)),
        Some((Statistic::Max, latency.max.0)),
        Some((Statistic::Stddev, latency.stddev.0)),
    ];
    let percentiles =
        ["90", "95", "99"].into_iter().filter_map(|which| Some((format!("p{which}"), percentile(which)?)));
    let mut rows = Rows::new(&FORMAT, input.limits);
    Load {
        target: Some(format!("{} {}", document.spec.method, document.spec.url)),
        unit: "us",
        latency: statistics.into_iter().flatten().collect(),
        percentiles: percentiles.collect(),
        rate: rate.mean.0,
        requests: good.saturating_add(failures),
        failures,
    }
    .add(&mut rows)?;
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Body, Code, Limits};

    fn report(good: u64, bad: u64, mean: &str) -> Result<Report, ReadError> {
        let text = format!(
            r#"{{"spec": {{"numberOfConnections": 1, "method": "GET", "url": "http://x/"}}, "result": {{"req1xx": 0,
                "req2xx": {good}, "req3xx": 0, "req4xx": 0, "req5xx": {bad}, "others": 0,
                "latency": {{"mean": {mean}, "stddev": 1, "max": 9, "percentiles": {{"50": 2, "99": 8}}}},
                "rps": {{"mean": 7, "stddev": 1, "max": 9}}}}}}"#
        );
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    #[test]
    fn latencies_are_microseconds() {
        let Body::Benchmarks(read) = report(3, 1, "2").unwrap().body else { panic!() };
        assert_eq!((read.list[0].full_name.as_str(), &*read.list[0].unit), ("GET http://x/ latency", "us"));
        assert_eq!((read.list.len(), read.list[3].value()), (4, 25.0));
        assert_eq!(report(0, 4, "2").unwrap_err().code, Code::ToolFailed);
        assert_eq!(report(0, 0, "NaN").unwrap_err().code, Code::ToolFailed);
        assert_eq!(report(4, 0, "NaN").unwrap_err().code, Code::Malformed);
        assert_eq!(report(4, 0, "20").unwrap_err().code, Code::Contradiction);
    }
}
