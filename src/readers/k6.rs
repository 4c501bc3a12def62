//! The summary of a load test with k6, in its three shapes: `--summary-export` (old), what a script's
//! `handleSummary` gets and writes, and the machine-readable summary (k6 1.x and 2.x,
//! `--summary-export` with `--new-machine-readable-summary`; grafana/k6-summary 1.0).
//!
//! A threshold is k6's own verdict: if one failed, so did the run. In the old shape `true` means
//! *failed*; in the second `{"ok": true}` means held; the third says `passed` for the whole run.
//! Trends become rows with their percentiles below (`http_req_duration/p(95)`), counters a count and
//! a `rate`, rates a percentage. Times are milliseconds. k6 tells the sense only of its own metrics;
//! a custom one is read as lower is better, with a notice. Ignored on purpose: `vus` and other
//! settings, groups and single checks (`checks` sums them up), options and state.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use super::measured::{self, Rows, Unit, less, more};
use crate::model::benchmarks::Statistic;
use serde::Deserialize;
use serde_json::Value;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "k6-summary",
    kind: Kind::Benchmarks,
    tools: "k6",
    command: "k6 run --summary-export k6.json script.js",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let nested = |key: &str| json.nested.iter().any(|n| n == key);
            let old = json.has(&["metrics", "root_group"]);
            let new = json.has(&["version", "metadata", "config", "results"]) && nested("metadata.k6Version");
            !json.array && (old || new)
        }
        _ => false,
    },
    read,
};

/// All shapes.
#[derive(Deserialize)]
struct Document {
    metrics: Option<UniqueMap<UniqueMap<Value>>>,
    results: Option<Results>,
    // Named so that other metrics are not taken for k6's.
    root_group: Option<serde::de::IgnoredAny>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "k6Version")]
    _version: String,
}

#[derive(Deserialize)]
struct Results {
    passed: Option<bool>,
    metrics: Vec<NamedMetric>,
    checks: Option<Checks>,
}

#[derive(Deserialize)]
struct NamedMetric {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    contains: Option<String>,
    values: UniqueMap<Value>,
    thresholds: Option<Value>,
}

#[derive(Deserialize)]
struct Checks {
    metrics: Option<UniqueMap<NamedMetric>>,
}

/// A metric in the terms of all shapes.
pub(super) struct Metric<'m> {
    pub(super) name: &'m str,
    pub(super) kind: Kind6,
    pub(super) contains: &'m str,
    pub(super) values: Vec<(&'m str, f64)>,
}

/// What k6 does with the points of a metric.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind6 {
    Counter,
    Gauge,
    Rate,
    Trend,
}

/// k6's own metrics of which more is better; of the rest of its own, less is.
const MORE: &[&str] = &[
    "http_reqs",
    "iterations",
    "checks",
    "checks_succeeded",
    "data_received",
    "data_sent",
    "ws_msgs_received",
    "ws_msgs_sent",
    "ws_sessions",
];
/// Beginnings of the names of k6's own metrics.
const OWN: &[&str] = &[
    "http_",
    "iteration",
    "checks",
    "data_",
    "ws_",
    "grpc_",
    "browser_",
    "group_duration",
    "dropped_iterations",
];
/// What the script asked for, not what was measured.
const SETTINGS: &[&str] = &["vus", "vus_max", "checks_total"];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let mut rows = Rows::new(&FORMAT, input.limits);
    let mut failed = Vec::new();
    match (&document.metrics, &document.results) {
        (Some(metrics), None) if document.root_group.is_some() => {
            input.limits.check_items(metrics.0.len())?;
            for (name, metric) in &metrics.0 {
                thresholds(name, metric.0.get("thresholds"), &mut failed)?;
                keyed(name, metric)?.add(&mut rows)?;
            }
        }
        (None, Some(results)) if document.metadata.is_some() => {
            let checks = results.checks.iter().filter_map(|c| c.metrics.as_ref()).flat_map(|m| m.0.values());
            for metric in results.metrics.iter().chain(checks) {
                thresholds(&metric.name, metric.thresholds.as_ref(), &mut failed)?;
                named(metric)?.add(&mut rows)?;
            }
            match results.passed {
                Some(false) => failed.push("the run".to_owned()),
                Some(true) => {}
                None => rows.notice("the summary does not say whether its thresholds held"),
            }
        }
        _ => return Err(ReadError::new(Code::WrongFormat, "neither shape of a summary of k6")),
    }
    match failed.first() {
        None => Ok(rows.report()),
        Some(first) => {
            let count = failed.len();
            let message = format!("k6 says that {count} of its thresholds failed, first {}", quote(first));
            Err(measured::failed(message))
        }
    }
}

/// Collects the thresholds that failed; a shape that is not known is refused.
fn thresholds(name: &str, found: Option<&Value>, failed: &mut Vec<String>) -> Result<(), ReadError> {
    let Some(found) = found.filter(|value| !value.is_null()) else { return Ok(()) };
    let unknown = || {
        let message = format!("the thresholds of {} cannot be read", quote(name));
        ReadError::new(Code::Malformed, message)
    };
    for (expression, outcome) in found.as_object().ok_or_else(unknown)? {
        let broken = match outcome {
            // `--summary-export`: true is "failed".
            Value::Bool(failed) => *failed,
            Value::Object(outcome) => !outcome.get("ok").and_then(Value::as_bool).ok_or_else(unknown)?,
            _ => return Err(unknown()),
        };
        if broken {
            failed.push(format!("{name}: {expression}"));
        }
    }
    Ok(())
}

/// A metric of the first two shapes.
fn keyed<'m>(name: &'m str, metric: &'m UniqueMap<Value>) -> Result<Metric<'m>, ReadError> {
    let text = |key: &str| metric.0.get(key).and_then(Value::as_str);
    let has = |key: &str| metric.0.contains_key(key);
    if let (Some(kind), Some(Value::Object(values))) = (text("type"), metric.0.get("values")) {
        let values = numbers(name, values.iter().map(|(k, v)| (k.as_str(), v)))?;
        return Ok(Metric {
            name,
            kind: kind_of(name, kind)?,
            contains: text("contains").unwrap_or(""),
            values,
        });
    }
    let figures = metric.0.iter().filter(|(key, _)| *key != "thresholds").map(|(k, v)| (k.as_str(), v));
    let kind = match () {
        () if has("avg") => Kind6::Trend,
        () if has("passes") => Kind6::Rate,
        () if has("count") => Kind6::Counter,
        () => Kind6::Gauge,
    };
    // The old shape does not say what a metric contains.
    let contains = match name {
        _ if name.starts_with("data_") => "data",
        _ if kind == Kind6::Trend && OWN.iter().any(|own| name.starts_with(own)) => "time",
        _ => "",
    };
    Ok(Metric { name, kind, contains, values: numbers(name, figures)? })
}

/// A metric of the third shape.
fn named(metric: &NamedMetric) -> Result<Metric<'_>, ReadError> {
    let values = numbers(&metric.name, metric.values.0.iter().map(|(k, v)| (k.as_str(), v)))?;
    let contains = metric.contains.as_deref().unwrap_or("");
    Ok(Metric { name: &metric.name, kind: kind_of(&metric.name, &metric.kind)?, contains, values })
}

/// The kind by its word.
pub(super) fn kind_of(name: &str, word: &str) -> Result<Kind6, ReadError> {
    match word {
        "counter" => Ok(Kind6::Counter),
        "gauge" => Ok(Kind6::Gauge),
        "rate" => Ok(Kind6::Rate),
        "trend" => Ok(Kind6::Trend),
        _ => {
            let message = format!("{} has the unknown type {}", quote(name), quote(word));
            Err(ReadError::new(Code::Malformed, message))
        }
    }
}

fn numbers<'m>(
    name: &str,
    values: impl Iterator<Item = (&'m str, &'m Value)>,
) -> Result<Vec<(&'m str, f64)>, ReadError> {
    let number = |(key, value): (&'m str, &'m Value)| match value.as_f64() {
        Some(value) => Ok((key, value)),
        None => {
            let message = format!("{} of {} is no number", quote(key), quote(name));
            Err(ReadError::new(Code::Malformed, message))
        }
    };
    values.map(number).collect()
}

impl Metric<'_> {
    /// Adds the rows.
    pub(super) fn add(&self, rows: &mut Rows<'_>) -> Result<(), ReadError> {
        // A sub-metric bears its tags: `http_reqs{status:200}`.
        let base = self.name.split('{').next().unwrap_or(self.name);
        if SETTINGS.contains(&base) {
            return Ok(());
        }
        if !OWN.iter().any(|own| base.starts_with(own)) {
            rows.unsure(self.name);
        }
        let sense = if MORE.contains(&base) { more } else { less };
        let samples = self.get("count").map_or(1, |n| n.max(0.0) as u64);
        match self.kind {
            Kind6::Trend => self.add_trend(rows, sense),
            Kind6::Counter => {
                let (amount, rate) = if self.contains == "data" { ("B", "B/s") } else { ("", "/s") };
                rows.add(self.name, self.name, sense(amount), self.one("count"), samples)?;
                match self.get("rate") {
                    Some(value) => rows.metric((self.name, self.name), "rate", sense(rate), value, samples),
                    None => Ok(()),
                }
            }
            Kind6::Rate => {
                let share =
                    self.get("rate").or(self.get("value")).map(|share| (Statistic::Mean, share * 100.0));
                let samples = ["passes", "fails"].iter().filter_map(|key| self.get(key)).sum::<f64>();
                rows.add(self.name, self.name, sense("%"), share, samples.max(0.0) as u64)
            }
            Kind6::Gauge => rows.add(self.name, self.name, sense(self.unit()), self.one("value"), 1),
        }
    }

    fn add_trend(&self, rows: &mut Rows<'_>, sense: fn(&'static str) -> Unit) -> Result<(), ReadError> {
        let statistics = [
            ("avg", Statistic::Mean),
            ("med", Statistic::Median),
            ("min", Statistic::Min),
            ("max", Statistic::Max),
        ];
        let all = statistics.iter().filter_map(|(key, statistic)| Some((*statistic, self.get(key)?)));
        let samples = self.get("count").map_or(1, |n| n.max(0.0) as u64);
        rows.add(self.name, self.name, sense(self.unit()), all, samples)?;
        for (key, value) in self.values.iter().filter(|(key, _)| key.starts_with("p(")) {
            rows.metric((self.name, self.name), key, sense(self.unit()), *value, samples)?;
        }
        Ok(())
    }

    fn get(&self, key: &str) -> Option<f64> {
        self.values.iter().find(|(have, _)| *have == key).map(|(_, value)| *value)
    }

    fn one(&self, key: &str) -> Option<(Statistic, f64)> {
        self.get(key).map(|value| (Statistic::Mean, value))
    }

    fn unit(&self) -> &'static str {
        match self.contains {
            "time" => "ms",
            "data" => "B",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::{Benchmarks, Direction};
    use crate::readers::testing;

    fn report(text: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
        testing::benchmarks(read, text)
    }

    fn old(thresholds: &str) -> String {
        format!(
            r#"{{"root_group": {{}}, "metrics": {{"http_req_duration": {{"avg": 2, "med": 1.5, "min": 1, "max": 4,
                "p(95)": 3, "thresholds": {thresholds}}}, "http_reqs": {{"count": 10, "rate": 5}}, "vus": {{"value": 1}},
                "checks": {{"value": 0.5, "passes": 5, "fails": 5}}}}}}"#
        )
    }

    fn custom(thresholds: &str) -> String {
        format!(
            r#"{{"root_group": {{}}, "state": {{}}, "metrics": {{"orders": {{"type": "trend", "contains": "default",
                "values": {{"avg": 2, "p(95)": 3}}, "thresholds": {thresholds}}}}}}}"#
        )
    }

    fn new(passed: &str) -> String {
        format!(
            r#"{{"version": "1.0.0", "metadata": {{"k6Version": "1.1.0"}}, "config": {{}}, "results": {{{passed}
                "metrics": [{{"name": "http_req_failed", "type": "rate", "contains": "default", "values": {{"rate": 0.02}}}}]}}}}"#
        )
    }

    #[test]
    fn three_shapes_with_opposite_senses_of_thresholds() {
        assert!(report(&old(r#"{"p(95)<5": false}"#)).is_ok());
        assert_eq!(report(&old(r#"{"p(95)<5": true}"#)).unwrap_err().code, Code::ToolFailed);
        assert!(report(&custom(r#"{"p(95)<5": {"ok": true}}"#)).is_ok());
        assert_eq!(report(&custom(r#"{"p(95)<5": {"ok": false}}"#)).unwrap_err().code, Code::ToolFailed);
        assert!(report(&new(r#""passed": true,"#)).unwrap().1.is_empty());
        assert_eq!(report(&new(r#""passed": false,"#)).unwrap_err().code, Code::ToolFailed);
        assert_eq!(report(&new("")).unwrap().1.len(), 1);
        for strange in [r#"{"p(95)<5": {"broken": true}}"#, r#"{"p(95)<5": "ok"}"#, "[1]"] {
            assert_eq!(report(&old(strange)).unwrap_err().code, Code::Malformed, "{strange}");
        }
    }

    #[test]
    fn senses_and_units() {
        let (read, notices) = report(&old("{}")).unwrap();
        let get = |name: &str| read.list.iter().find(|b| b.name == name).unwrap();
        assert_eq!((get("http_req_duration").value(), &*get("http_req_duration").unit), (1.5, "ms"));
        assert_eq!(get("http_req_duration/p(95)").direction, Direction::Lower);
        assert_eq!(
            (get("http_reqs/rate").direction, get("http_reqs/rate").value()),
            (Direction::Higher, 5.0)
        );
        assert_eq!((get("checks").value(), get("checks").samples), (50.0, 10));
        assert_eq!((read.list.len(), notices.len()), (5, 0));
        let (read, notices) = report(&custom("{}")).unwrap();
        assert_eq!((read.list[0].unit.as_ref(), notices.len()), ("", 1));
        let twice = old("{}").replace("\"http_reqs\"", "\"checks\"");
        assert_eq!(report(&twice).unwrap_err().code, Code::Duplicate);
        assert_eq!(report(&old("{}").replace("1.5", "null")).unwrap_err().code, Code::Malformed);
    }
}
