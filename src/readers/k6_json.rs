//! The raw points of a load test with k6 (`--out json=FILE`), one object a line: `Metric` declares a
//! metric, `Point` is one value of it.
//!
//! They are summed up as k6 does for its own summary, under the same names: a trend has its mean,
//! median, `p(90)` and `p(95)` (interpolated linearly), a counter its sum and a rate a second, a rate
//! the share of points that are not 0, a gauge its last value. The seconds are those between the first
//! and the last point of the file, a little less than the run. Whether the thresholds held is not in
//! the file, which is said; the summary knows it. There is no end mark. Ignored on purpose: tags and
//! sub-metrics.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::k6::{Kind6, Metric, kind_of};
use super::lines::{self, Line};
use super::measured::{self, Rows};
use crate::model::benchmarks::Statistic;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "k6-json",
    kind: Kind::Benchmarks,
    tools: "k6",
    command: "k6 run --out json=k6.json script.js",
    end: End::Records,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => {
            !json.array
                && json.has(&["type", "data", "metric"])
                && json.nested.iter().any(|key| key == "data.name" || key == "data.time")
        }
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
struct Record {
    r#type: String,
    metric: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    // Of a metric.
    name: Option<String>,
    r#type: Option<String>,
    contains: Option<String>,
    thresholds: Option<Value>,
    // Of a point.
    time: Option<String>,
    value: Option<f64>,
}

/// A metric and its points.
struct Points {
    kind: Kind6,
    contains: String,
    values: Vec<f64>,
}

struct Run {
    metrics: BTreeMap<String, Points>,
    order: Vec<String>,
    times: Option<(Timestamp, Timestamp)>,
    thresholds: bool,
    points: usize,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run =
        Run { metrics: BTreeMap::new(), order: Vec::new(), times: None, thresholds: false, points: 0 };
    for line in lines::filled(&text) {
        if !line.ended {
            return Err(ReadError::new(Code::Truncated, "the last line has no end").at(line.number, None));
        }
        run.take(&line)?;
        input.limits.check_items(run.points)?;
    }
    let seconds = run.times.map_or(0.0, |(first, last)| last.duration_since(first).as_secs_f64());
    let mut rows = Rows::new(&FORMAT, input.limits);
    for name in &run.order {
        let points = run.metrics.get_mut(name).filter(|points| !points.values.is_empty());
        if let Some(points) = points {
            let values = points.values(seconds);
            Metric { name, kind: points.kind, contains: &points.contains, values }.add(&mut rows)?;
        }
    }
    if run.thresholds {
        rows.notice("k6's raw points do not show whether its thresholds held; --summary-export does");
    }
    Ok(rows.report())
}

impl Run {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let record: Record = json::parse_line(line)?;
        let refuse = |code, what: &str| {
            let message = format!("{}: {what}", quote(&record.metric));
            Err(ReadError::new(code, message).at(line.number, None))
        };
        let Data { name, r#type, contains, thresholds, time, value } = record.data;
        match (record.r#type.as_str(), r#type, time, value) {
            ("Metric", Some(kind), ..) => {
                if name.is_some_and(|name| name != record.metric) {
                    return refuse(Code::Contradiction, "a metric of two names");
                }
                let kind = kind_of(&record.metric, &kind).map_err(|error| error.at(line.number, None))?;
                let contains = contains.unwrap_or_default();
                self.thresholds |= thresholds.is_some_and(|t| t.as_array().is_none_or(|t| !t.is_empty()));
                let points = Points { kind, contains, values: Vec::new() };
                if self.metrics.insert(record.metric.clone(), points).is_some() {
                    return refuse(Code::Duplicate, "a metric is declared twice");
                }
                self.order.push(record.metric);
            }
            ("Point", _, Some(time), Some(value)) => {
                let Some(points) = self.metrics.get_mut(&record.metric) else {
                    return refuse(Code::Malformed, "a point of a metric that is not declared");
                };
                let Ok(time) = time.parse::<Timestamp>() else {
                    return refuse(Code::Malformed, "a point whose time cannot be read");
                };
                points.values.push(value);
                self.points += 1;
                let (first, last) = self.times.unwrap_or((time, time));
                self.times = Some((first.min(time), last.max(time)));
            }
            _ => return refuse(Code::Malformed, "neither a metric nor a point of one"),
        }
        Ok(())
    }
}

impl Points {
    /// The figures of k6's summary.
    fn values(&mut self, seconds: f64) -> Vec<(&'static str, f64)> {
        let count = self.values.len() as f64;
        let sum: f64 = self.values.iter().sum();
        match self.kind {
            Kind6::Counter => {
                let rate = (seconds > 0.0).then_some(("rate", sum / seconds));
                [("count", sum)].into_iter().chain(rate).collect()
            }
            Kind6::Gauge => vec![("value", self.values.last().copied().unwrap_or_default())],
            Kind6::Rate => {
                let passes = self.values.iter().filter(|value| **value != 0.0).count() as f64;
                vec![("rate", passes / count), ("passes", passes), ("fails", count - passes)]
            }
            Kind6::Trend => {
                self.values.sort_by(f64::total_cmp);
                let statistics = measured::statistics(&self.values).unwrap_or_default();
                let get = |wanted| statistics.iter().find(|(s, _)| *s == wanted).map_or(0.0, |(_, v)| *v);
                vec![
                    ("avg", get(Statistic::Mean)),
                    ("med", get(Statistic::Median)),
                    ("min", get(Statistic::Min)),
                    ("max", get(Statistic::Max)),
                    ("count", count),
                    ("p(90)", percentile(&self.values, 0.90)),
                    ("p(95)", percentile(&self.values, 0.95)),
                ]
            }
        }
    }
}

/// Between the two values around it, in a sorted list that is not empty.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(text: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
        testing::benchmarks(read, text)
    }

    fn metric(name: &str, kind: &str, thresholds: &str) -> String {
        format!(
            "{{\"type\":\"Metric\",\"data\":{{\"name\":\"{name}\",\"type\":\"{kind}\",\"contains\":\"time\",\"thresholds\":{thresholds}}},\"metric\":\"{name}\"}}\n"
        )
    }

    fn point(name: &str, second: u32, value: &str) -> String {
        format!(
            "{{\"metric\":\"{name}\",\"type\":\"Point\",\"data\":{{\"time\":\"2026-01-02T03:04:{second:02}.5+01:00\",\"value\":{value},\"tags\":null}}}}\n"
        )
    }

    #[test]
    fn points_are_summed_up_as_k6_does() {
        let mut text = metric("http_req_duration", "trend", "[\"p(95)<5\"]");
        for (second, value) in [(0, "1"), (1, "2"), (2, "3"), (4, "5")] {
            text += &point("http_req_duration", second, value);
        }
        text += &metric("http_reqs", "counter", "[]");
        text += &point("http_reqs", 0, "1").repeat(8);
        text += &metric("checks", "rate", "[]");
        text += &[point("checks", 0, "1"), point("checks", 0, "0")].concat();
        text += &metric("never", "trend", "null");
        let (read, notices) = report(&text).unwrap();
        let get = |name: &str| read.list.iter().find(|b| b.name == name).unwrap();
        assert_eq!((get("http_req_duration").value(), get("http_req_duration").samples), (2.5, 4));
        assert!((get("http_req_duration/p(90)").value() - 4.4).abs() < 1e-12);
        assert_eq!((get("http_reqs").value(), get("http_reqs/rate").value()), (8.0, 2.0));
        assert_eq!((get("checks").value(), get("checks").samples), (50.0, 2));
        assert_eq!((read.list.len(), notices.len()), (6, 1));
    }

    #[test]
    fn strange_lines_are_refused() {
        let declared = metric("http_reqs", "counter", "[]");
        for (text, code) in [
            (point("http_reqs", 0, "1"), Code::Malformed),
            (format!("{declared}{declared}"), Code::Duplicate),
            (format!("{declared}{}", point("http_reqs", 0, "null")), Code::Malformed),
            (format!("{declared}{}", point("http_reqs", 0, "\"1\"")), Code::Malformed),
            (format!("{declared}{}", point("http_reqs", 61, "1")), Code::Malformed),
            (format!("{declared}{}", point("http_reqs", 0, "1").trim_end()), Code::Truncated),
            (declared.replace("counter", "histogram"), Code::Malformed),
            (declared.replacen("\"http_reqs\"", "\"other\"", 1), Code::Contradiction),
            (declared.replacen("Metric", "Sample", 1), Code::Malformed),
        ] {
            assert_eq!(report(&text).unwrap_err().code, code, "{text}");
        }
    }
}
