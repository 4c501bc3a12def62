//! gungraun, before 2025 iai-callgrind: the summaries of `--save-summary=json` and the lines of
//! `--output-format=json` (schemas 6 and 7, versions 0.16 to 0.20).
//!
//! Each summary is one benchmark. Instructions bear its name, other events of the same run stand below
//! it (`name/EstimatedCycles`). They are counts of a simulation, so that one run is exact. Where two
//! tools count the same event, that of the second is `name/memcheck/Errors`. If a limit of the benchmark
//! itself was passed (a regression), or Memcheck found an error, the run failed. Ignored on purpose: what
//! was measured before, parts, flame graphs, and rates, which follow from the counts.

use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Limits, Report};
use super::json::{self, UniqueMap};
use super::lines;
use super::measured::{self, Rows, less};
use crate::model::benchmarks::Statistic;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "gungraun-json",
    kind: Kind::Benchmarks,
    tools: "gungraun, iai-callgrind",
    command: "cargo bench -- --output-format=json > gungraun.jsonl",
    end: End::Records,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => is_summary(json),
        _ => false,
    },
    read,
};

fn is_summary(json: &JsonHead) -> bool {
    !json.array && json.has(&["baselines", "benchmark_exe", "benchmark_file", "module_path", "profiles"])
}

#[derive(Deserialize)]
struct Summary {
    version: String,
    module_path: String,
    id: Option<String>,
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    tool: String,
    /// `summaries` up to schema 6.
    #[serde(alias = "summaries")]
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    /// `summary`, by the name of the tool, up to schema 6.
    #[serde(alias = "summary")]
    metrics: Value,
    regressions: Vec<serde::de::IgnoredAny>,
}

/// Schemas that are known.
const VERSIONS: &[&str] = &["6", "7"];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    if !text.trim_start().starts_with('{') {
        return Err(ReadError::new(Code::WrongFormat, "not the JSON of gungraun"));
    }
    let mut run = Run::new(&FORMAT, input.limits);
    for summary in serde_json::Deserializer::from_str(&text).into_iter::<Summary>() {
        run.summary(summary.map_err(|error| json::refusal(&error))?)?;
    }
    run.report()
}

impl Summary {
    fn name(&self) -> String {
        let id = self.id.as_deref().filter(|id| !id.is_empty());
        id.map_or(self.module_path.clone(), |id| format!("{} {id}", self.module_path))
    }
}

/// The benchmarks of a run as far as they are read, from the JSON or from the terminal.
pub(super) struct Run<'a> {
    rows: Rows<'a>,
    name: String,
    /// Events of the open benchmark.
    events: BTreeSet<String>,
    /// Benchmarks with an event.
    pub(super) measured: u64,
    regressed: Vec<String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(format: &'static Format, limits: &'a Limits) -> Self {
        let rows = Rows::new(format, limits);
        Self { rows, name: String::new(), events: BTreeSet::new(), measured: 0, regressed: Vec::new() }
    }

    /// A benchmark begins.
    pub(super) fn begin(&mut self, name: String) {
        self.name = name;
        self.events.clear();
    }

    /// A benchmark has passed a limit of its own.
    pub(super) fn regressed(&mut self, name: &str) {
        self.regressed.push(name.to_owned());
    }

    /// An event that a tool counted.
    pub(super) fn event(&mut self, tool: &str, event: &str, count: f64) -> Result<(), ReadError> {
        if event.ends_with("Rate") {
            return Ok(());
        }
        if event == "Errors" && count > 0.0 {
            let message = format!("{tool} found {count} errors in {}", quote(&self.name));
            return Err(measured::failed(message));
        }
        self.measured += u64::from(self.events.is_empty());
        let first = self.events.insert(event.to_owned());
        let unit = less(if event.ends_with("Bytes") { "B" } else { "" });
        let full = match (event, first) {
            ("Ir", true) => self.name.clone(),
            (_, true) => format!("{}/{event}", self.name),
            (_, false) => format!("{}/{}/{event}", self.name, tool.to_lowercase()),
        };
        self.rows.add(measured::bare(&full, "::"), &full, unit, [(Statistic::Mean, count)], 1)
    }

    /// A benchmark of which nothing was counted proves nothing.
    pub(super) fn counted(&self) -> Result<(), ReadError> {
        if self.name.is_empty() || !self.events.is_empty() {
            return Ok(());
        }
        Err(measured::failed(format!("nothing of {} was counted", quote(&self.name))))
    }

    fn summary(&mut self, summary: Summary) -> Result<(), ReadError> {
        if !VERSIONS.contains(&summary.version.as_str()) {
            let message = format!("schema {} of gungraun is not known", quote(&summary.version));
            return Err(ReadError::new(Code::Malformed, message).hint("schemas 6 and 7 are read"));
        }
        let name = summary.name();
        self.begin(name.clone());
        for profile in summary.profiles {
            let Total { metrics, regressions } = profile.data.total;
            if !regressions.is_empty() {
                self.regressed(&name);
            }
            for (event, value) in events(metrics, &summary.version)? {
                if let Some(count) = latest(&event, &value)? {
                    self.event(&profile.tool, &event, count)?;
                }
            }
        }
        self.counted()
    }

    /// The whole report.
    pub(super) fn report(self) -> Result<Report, ReadError> {
        match self.regressed.first() {
            None => Ok(self.rows.report()),
            Some(first) => {
                let (count, first) = (self.regressed.len(), quote(first));
                Err(measured::failed(format!("gungraun says that {count} regressed, first {first}")))
            }
        }
    }
}

/// The events by name.
fn events(metrics: Value, version: &str) -> Result<Vec<(String, Value)>, ReadError> {
    let malformed = || ReadError::new(Code::Malformed, "the metrics of a profile cannot be read");
    let metrics = match (metrics, version) {
        // Massif and BBV count nothing.
        (Value::String(none), _) if none == "None" => return Ok(Vec::new()),
        (Value::Null, _) => return Ok(Vec::new()),
        (Value::Object(tools), "6") => tools.into_iter().next().map(|(_, metrics)| metrics),
        (metrics, _) => Some(metrics),
    };
    let metrics: UniqueMap<Value> =
        serde_json::from_value(metrics.ok_or_else(malformed)?).map_err(|_| malformed())?;
    let mut events: Vec<_> = metrics.0.into_iter().collect();
    // What bears the benchmark's name comes first.
    events.sort_by_key(|(event, _)| event != "Ir");
    Ok(events)
}

/// What this run counted; `None` if only the run before it did.
fn latest(event: &str, value: &Value) -> Result<Option<f64>, ReadError> {
    let typed = |value: &Value| value.get("Int").or(value.get("Float")).and_then(Value::as_f64);
    let number = |value: &Value| value.as_f64().or_else(|| typed(value));
    let sides = value.get("values").or(value.get("metrics"));
    let side = |name: &str| sides.and_then(|sides| sides.get(name));
    let new = side("new").or(side("Left")).or(side("Both").and_then(|both| both.get(0)));
    let old = side("old").or(side("Right"));
    match (new.and_then(number), new, old) {
        (Some(count), ..) => Ok(Some(count)),
        (None, None, Some(_)) => Ok(None),
        _ => Err(ReadError::new(Code::Malformed, format!("{} is no count", quote(event)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(version: &str, profiles: &str) -> Result<Benchmarks, ReadError> {
        let text = format!(
            r#"{{"baselines": [null, null], "benchmark_exe": "x", "benchmark_file": "b.rs", "module_path": "b::g::sorted",
                "id": "long", "profiles": [{profiles}], "version": "{version}"}}"#
        );
        testing::benchmarks(read, &text).map(|read| read.0)
    }

    fn seven(tool: &str, metrics: &str, regressions: &str) -> String {
        format!(
            r#"{{"tool": "{tool}", "data": {{"total": {{"metrics": {metrics}, "regressions": [{regressions}]}}}}}}"#
        )
    }

    #[test]
    fn the_new_side_counts_in_both_schemas() {
        let six = r#"{"tool": "Callgrind", "summaries": {"parts": [], "total": {"regressions": [], "summary": {"Callgrind": {
            "Ir": {"diffs": null, "metrics": {"Left": {"Int": 7}}}, "RamHits": {"metrics": {"Both": [{"Int": 3}, {"Int": 9}]}},
            "Dr": {"metrics": {"Right": {"Int": 5}}}, "L1HitRate": {"metrics": {"Left": {"Float": 98.5}}}}}}}}"#;
        let seven = seven(
            "Callgrind",
            r#"{"Ir": {"values": {"new": 7}}, "RamHits": {"values": {"new": 3, "old": 9}}, "Dr": {"values": {"old": 5}}}"#,
            "",
        );
        for (version, profile) in [("6", six), ("7", &seven)] {
            let read = report(version, profile).unwrap();
            let rows: Vec<_> = read.list.iter().map(|b| (b.full_name.as_str(), b.value())).collect();
            assert_eq!(rows, [("b::g::sorted long", 7.0), ("b::g::sorted long/RamHits", 3.0)]);
            assert_eq!(read.list[0].name, "sorted long");
        }
        assert_eq!(report("8", &seven).unwrap_err().code, Code::Malformed);
    }

    #[test]
    fn what_failed_measured_nothing() {
        let ir = r#"{"Ir": {"values": {"new": 7}}}"#;
        for (profiles, code) in [
            (seven("Callgrind", ir, "{}"), Code::ToolFailed),
            (seven("Callgrind", "{}", ""), Code::ToolFailed),
            (seven("Memcheck", r#"{"Errors": {"values": {"new": 2}}}"#, ""), Code::ToolFailed),
            (seven("Massif", "\"None\"", ""), Code::ToolFailed),
            (seven("Callgrind", r#"{"Ir": {"values": {"new": "7"}}}"#, ""), Code::Malformed),
            (seven("Callgrind", r#"{"Ir": {}}"#, ""), Code::Malformed),
            (seven("Callgrind", "[]", ""), Code::Malformed),
        ] {
            assert_eq!(report("7", &profiles).unwrap_err().code, code, "{profiles}");
        }
        let two = format!("{},{}", seven("Callgrind", ir, ""), seven("Cachegrind", ir, ""));
        assert_eq!(report("7", &two).unwrap().list[1].full_name, "b::g::sorted long/cachegrind/Ir");
    }
}
