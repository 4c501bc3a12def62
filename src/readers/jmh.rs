//! The JSON of JMH 1.x (`-rf json`).
//!
//! Benchmarks differ by class and method, parameters, mode and threads. The unit decides the sense:
//! `ops/ms` is a rate, `us/op` a time. Secondary metrics count where they are per operation
//! (`gc.alloc.rate.norm` in `B/op`) or operations by time (`@AuxCounters`). A failed benchmark is
//! absent from the file: only a target, or the run's exit status with `-foe true`, tells. Ignored on
//! purpose: `scoreError` and `scoreConfidence` (`"NaN"` after a single iteration), and other secondary
//! metrics, whose sense the file does not tell.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json::UniqueMap;
use super::machine;
use super::measured::{self, Figure, Rows, Unit, less, more};
use crate::model::benchmarks::Statistic;
use crate::model::machine::Machine;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "jmh-json",
    kind: Kind::Benchmarks,
    tools: "JMH",
    command: "java -jar benchmarks.jar -rf json -rff jmh.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["benchmark", "mode", "primaryMetric"]),
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    benchmark: String,
    mode: String,
    #[serde(default = "one")]
    threads: u64,
    params: Option<UniqueMap<String>>,
    primary_metric: Metric,
    secondary_metrics: Option<UniqueMap<Metric>>,
    // Absent before 1.20.
    vm_name: Option<String>,
    jdk_version: Option<String>,
}

fn one() -> u64 {
    1
}

/// Values with how often each was seen.
type Histogram = Vec<(f64, u64)>;

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    score: Figure,
    score_unit: String,
    score_percentiles: Option<UniqueMap<Figure>>,
    raw_data: Option<Vec<Vec<Figure>>>,
    raw_data_histogram: Option<Vec<Vec<Histogram>>>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let entries: Vec<Entry> = measured::parse(input)?;
    let mut rows = Rows::new(&FORMAT, input.limits);
    rows.machine(entries.first().and_then(Entry::machine));
    for entry in entries {
        let params: Vec<_> =
            entry.params.iter().flat_map(|p| &p.0).map(|(name, value)| format!("{name}={value}")).collect();
        let params = if params.is_empty() { String::new() } else { format!("({})", params.join(",")) };
        let name = format!("{}{params}", measured::bare(&entry.benchmark, "."));
        let threads = if entry.threads == 1 { String::new() } else { format!(":{}", entry.threads) };
        let full_name = format!("{}{params}:{}{threads}", entry.benchmark, entry.mode);
        let (unit, factor) = unit(&entry.primary_metric.score_unit).ok_or_else(|| {
            let (name, unit) = (quote(&full_name), quote(&entry.primary_metric.score_unit));
            ReadError::new(Code::Malformed, format!("the benchmark {name} has the unknown unit {unit}"))
        })?;
        let samples = entry.primary_metric.samples();
        rows.add(&name, &full_name, unit, entry.primary_metric.statistics(factor), samples)?;
        for (metric, figures) in entry.secondary_metrics.iter().flat_map(|m| &m.0) {
            let Some((unit, factor)) = self::unit(&figures.score_unit) else { continue };
            if !figures.score.0.is_finite() {
                rows.notice(format!("{} of {} is no number", quote(metric), quote(&full_name)));
                continue;
            }
            // Older versions mark a profiler's metric with a dot.
            let metric = metric.trim_start_matches('·');
            let value = figures.score.0 * factor;
            rows.metric((&name, &full_name), metric, unit, value, figures.samples())?;
        }
    }
    Ok(rows.report())
}

impl Entry {
    /// Of the machine it knows the virtual machine only. `1.8.0_392` is Java 8, `17.0.13` is 17.
    fn machine(&self) -> Option<Machine> {
        let version = self.jdk_version.as_deref().unwrap_or_default();
        let version = version.strip_prefix("1.").unwrap_or(version);
        let toolchain = machine::toolchain(self.vm_name.as_deref().unwrap_or_default(), version, 1);
        machine::known(Machine { toolchain, ..Machine::default() })
    }
}

impl Metric {
    fn statistics(&self, factor: f64) -> Vec<(Statistic, f64)> {
        let percentile = |which: &str| Some(self.score_percentiles.as_ref()?.0.get(which)?.0 * factor);
        let all = [
            Some((Statistic::Mean, self.score.0 * factor)),
            percentile("50.0").map(|v| (Statistic::Median, v)),
            percentile("0.0").map(|v| (Statistic::Min, v)),
            percentile("100.0").map(|v| (Statistic::Max, v)),
        ];
        all.into_iter().flatten().collect()
    }

    /// How many iterations, or in sample mode how many samples.
    fn samples(&self) -> u64 {
        if let Some(histogram) = &self.raw_data_histogram {
            return histogram.iter().flatten().flatten().fold(0, |n, (_, count)| n.saturating_add(*count));
        }
        self.raw_data.iter().flatten().map(|fork| fork.len() as u64).sum()
    }
}

/// `ops/ms`, `us/op`, `B/op`, and what makes the figure a multiple of the unit.
fn unit(text: &str) -> Option<(Unit, f64)> {
    const TIMES: &[(&str, f64)] = &[
        ("ns", 1e9),
        ("us", 1e6),
        ("ms", 1e3),
        ("s", 1.0),
        ("min", 1.0 / 60.0),
        ("hr", 1.0 / 3600.0),
        ("day", 1.0 / 86_400.0),
    ];
    if let Some(per) = text.strip_prefix("ops/") {
        return TIMES.iter().find(|row| row.0 == per).map(|row| (more("/s"), row.1));
    }
    match text.strip_suffix("/op")? {
        "B" => Some((less("B"), 1.0)),
        "#" => Some((less(""), 1.0)),
        "hr" => Some((less("h"), 1.0)),
        "day" => Some((less("h"), 24.0)),
        per => TIMES.iter().find(|row| row.0 == per).map(|row| (less(row.0), 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::{Benchmarks, Direction};
    use crate::readers::testing;

    fn entry(mode: &str, metric: &str) -> String {
        format!(
            r#"{{"benchmark": "a.B.c", "mode": "{mode}", "threads": 4, "params": {{"n": "1"}}, "primaryMetric": {metric},
            "secondaryMetrics": {{"·gc.alloc.rate.norm": {{"score": 16, "scoreUnit": "B/op"}},
                                  "gc.alloc.rate": {{"score": 5, "scoreUnit": "MB/sec"}}}}}}"#
        )
    }

    fn report(entries: &[String]) -> Result<Benchmarks, ReadError> {
        let text = format!("[{}]", entries.join(","));
        testing::benchmarks(read, &text).map(|read| read.0)
    }

    #[test]
    fn the_unit_decides_the_sense() {
        let rate = r#"{"score": 2, "scoreError": "NaN", "scoreUnit": "ops/ms", "rawData": [[1, 3], [2, 2]]}"#;
        let time = r#"{"score": 2, "scoreUnit": "us/op", "rawDataHistogram": [[[[2, 10]], [[3, 5]]]]}"#;
        let read = report(&[entry("thrpt", rate), entry("sample", time)]).unwrap();
        let (rate, norm, time) = (&read.list[0], &read.list[1], &read.list[2]);
        assert_eq!((rate.direction, rate.value(), rate.samples), (Direction::Higher, 2000.0, 4));
        assert_eq!(rate.full_name, "a.B.c(n=1):thrpt:4");
        assert_eq!((norm.name.as_str(), norm.value()), ("c(n=1)/gc.alloc.rate.norm", 16.0));
        assert_eq!((time.direction, time.samples, &*time.unit), (Direction::Lower, 15, "us"));
        assert_eq!(read.list.len(), 4);
    }

    #[test]
    fn scores_that_are_none_are_refused() {
        for (metric, code) in [
            (r#"{"score": "NaN", "scoreUnit": "ops/s"}"#, Code::Malformed),
            (r#"{"score": 1, "scoreUnit": "parsec/op"}"#, Code::Malformed),
            (r#"{"score": 1}"#, Code::Malformed),
            (r#"{"score": 1, "score": 2, "scoreUnit": "ops/s"}"#, Code::Duplicate),
        ] {
            assert_eq!(report(&[entry("thrpt", metric)]).unwrap_err().code, code, "{metric}");
        }
        let one = entry("thrpt", r#"{"score": 1, "scoreUnit": "ops/s"}"#);
        assert_eq!(report(&[one.clone(), one]).unwrap_err().code, Code::Duplicate);
    }
}
