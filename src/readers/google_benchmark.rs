//! The JSON of Google Benchmark 1.5 and later (`--benchmark_format=json`, `--benchmark_out`).
//!
//! Repetitions of a benchmark are its samples. Aggregates (`_mean`, `_cv`, ...) follow from them and
//! count only where `--benchmark_report_aggregates_only` left nothing else. Each benchmark has its
//! wall-clock time under its own name, and `cpu_time`, `items_per_second` and `bytes_per_second`
//! below it. A row with an error is a benchmark that failed. Ignored on purpose: machine details,
//! complexity rows (`BigO`, `RMS`), and user counters, of which the file tells neither unit nor
//! sense; the tool writes them as bare `NaN` and `Infinity`, too. The CSV has a file of its own.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::machine;
use super::measured::{self, Figure, Rows, Unit, less, more};
use crate::model::benchmarks::Statistic;
use crate::model::machine::Machine;
use serde_json::Value;
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "google-benchmark",
    kind: Kind::Benchmarks,
    tools: "Google Benchmark",
    command: "./bench --benchmark_out=benchmark.json --benchmark_out_format=json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let ours = ["context.library_build_type", "context.num_cpus", "context.executable"];
            json.keys.first().is_some_and(|k| k == "context")
                && ours.iter().any(|key| json.nested.iter().any(|n| n == key))
        }
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    context: Value,
    benchmarks: Vec<Entry>,
}

/// A row of a report.
#[derive(Default, serde::Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) run_name: Option<String>,
    // Absent before 1.5: an iteration.
    pub(super) run_type: Option<RunType>,
    pub(super) aggregate_name: Option<String>,
    pub(super) aggregate_unit: Option<String>,
    pub(super) repetitions: Option<u64>,
    pub(super) iterations: Option<u64>,
    pub(super) real_time: Option<Figure>,
    pub(super) cpu_time: Option<Figure>,
    pub(super) time_unit: Option<TimeUnit>,
    pub(super) items_per_second: Option<Figure>,
    pub(super) bytes_per_second: Option<Figure>,
    #[serde(default)]
    pub(super) error_occurred: bool,
    pub(super) error_message: Option<String>,
    #[serde(default)]
    pub(super) skipped: bool,
}

/// What a row stands for.
#[derive(Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RunType {
    Iteration,
    Aggregate,
}

/// The unit of the times of a row.
#[derive(Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TimeUnit {
    Ns,
    Us,
    Ms,
    S,
}

impl TimeUnit {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Ns => "ns",
            Self::Us => "us",
            Self::Ms => "ms",
            Self::S => "s",
        }
    }
}

/// A benchmark with all its rows.
#[derive(Default)]
struct Group<'e> {
    runs: Vec<&'e Entry>,
    aggregates: Vec<&'e Entry>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = measured::parse(input)?;
    input.limits.check_items(document.benchmarks.len())?;
    let mut rows = Rows::new(&FORMAT, input.limits);
    // The context knows no processor, only how many: clock rates there are of the moment.
    let cores = machine::cores(&document.context, "/num_cpus");
    rows.machine(machine::known(Machine { cores, ..Machine::default() }));
    add(&document.benchmarks, &mut rows)?;
    Ok(rows.report())
}

/// Adds the benchmarks that these rows are of.
pub(super) fn add(entries: &[Entry], rows: &mut Rows<'_>) -> Result<(), ReadError> {
    let mut order = Vec::new();
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for entry in entries {
        let name = entry.run_name.as_deref().unwrap_or(&entry.name);
        if entry.error_occurred {
            let why = entry.error_message.as_deref().unwrap_or("no message");
            let message = format!("the benchmark {} failed: {}", quote(name), quote(why));
            return Err(measured::failed(message));
        }
        if entry.skipped {
            rows.notice(format!("the benchmark {} was skipped", quote(name)));
            continue;
        }
        if !groups.contains_key(name) {
            order.push(name);
        }
        let group = groups.entry(name).or_default();
        match entry.run_type.unwrap_or(RunType::Iteration) {
            RunType::Iteration => group.runs.push(entry),
            RunType::Aggregate => group.aggregates.push(entry),
        }
    }
    order.into_iter().try_for_each(|name| groups[name].add(name, rows))
}

/// The figures of a row, by metric; the first is the benchmark's own.
type Metric = (&'static str, fn(&Entry) -> Option<Figure>, fn(&'static str) -> Unit);

const METRICS: [Metric; 4] = [
    ("", |e| e.real_time, less),
    ("cpu_time", |e| e.cpu_time, less),
    ("items_per_second", |e| e.items_per_second, |_| more("/s")),
    ("bytes_per_second", |e| e.bytes_per_second, |_| more("B/s")),
];

const AGGREGATES: [(&str, Statistic); 5] = [
    ("mean", Statistic::Mean),
    ("median", Statistic::Median),
    ("stddev", Statistic::Stddev),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
];

impl Group<'_> {
    fn add(&self, name: &str, rows: &mut Rows<'_>) -> Result<(), ReadError> {
        let refuse =
            |code, what: &str| Err(ReadError::new(code, format!("the benchmark {} {what}", quote(name))));
        let used: Vec<&Entry> = if self.runs.is_empty() {
            self.times().map(|(entry, _)| entry).collect()
        } else {
            self.runs.clone()
        };
        let Some(first) = used.first() else {
            // Complexity of benchmarks that have rows of their own.
            return Ok(());
        };
        if self.runs.is_empty()
            && !self.times().any(|(_, s)| matches!(s, Statistic::Mean | Statistic::Median))
        {
            return refuse(Code::Malformed, "has neither repetitions nor a mean or median of them");
        }
        let Some(time_unit) = first.time_unit.filter(|unit| used.iter().all(|e| e.time_unit == Some(*unit)))
        else {
            return refuse(Code::Malformed, "has no time unit, or several");
        };
        let told = first.repetitions.filter(|_| !self.runs.is_empty());
        if told.is_some_and(|told| told.max(1) != self.runs.len() as u64) {
            let found = self.runs.len();
            return refuse(Code::Contradiction, &format!("has {found} repetitions where it says {told:?}"));
        }
        let symbol = time_unit.symbol();
        for (metric, figure, unit) in METRICS {
            let statistics = self.statistics(figure);
            let full_name = if metric.is_empty() { name.to_owned() } else { format!("{name}/{metric}") };
            match statistics {
                Some((statistics, samples)) => {
                    rows.add(&full_name, &full_name, unit(symbol), statistics, samples)?
                }
                None if metric.is_empty() => return refuse(Code::Malformed, "has a row without real_time"),
                None => {}
            }
        }
        Ok(())
    }

    /// The aggregates that are times; a percentage has a time unit all the same.
    fn times(&self) -> impl Iterator<Item = (&Entry, Statistic)> {
        self.aggregates.iter().filter_map(|entry| {
            let name = entry.aggregate_name.as_deref()?;
            let statistic = AGGREGATES.iter().find(|row| row.0 == name)?.1;
            (entry.aggregate_unit.as_deref() != Some("percentage")).then_some((*entry, statistic))
        })
    }

    /// The statistics of a figure that every row has, with the number of samples.
    fn statistics(&self, figure: fn(&Entry) -> Option<Figure>) -> Option<(Vec<(Statistic, f64)>, u64)> {
        if self.runs.is_empty() {
            let all =
                self.times().map(|(entry, s)| Some((s, figure(entry)?.0))).collect::<Option<Vec<_>>>()?;
            // An aggregate's iterations are the repetitions it stands for.
            let samples = self.times().find_map(|(entry, _)| entry.iterations).unwrap_or(1);
            return Some((all, samples));
        }
        let samples = self.runs.iter().map(|e| Some(figure(e)?.0)).collect::<Option<Vec<_>>>()?;
        let count = samples.len() as u64;
        let statistics = match samples.as_slice() {
            [one] => vec![(Statistic::Mean, *one)],
            _ => measured::statistics(&samples)?,
        };
        Some((statistics, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(rows: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
        let text = format!(r#"{{"context": {{"num_cpus": 2}}, "benchmarks": [{rows}]}}"#);
        testing::benchmarks(read, &text)
    }

    fn run(time: &str, more: &str) -> String {
        format!(r#"{{"name": "B", "run_type": "iteration", "real_time": {time}, "time_unit": "us"{more}}}"#)
    }

    #[test]
    fn figures_that_are_no_numbers_matter_only_where_they_decide() {
        let ok = report(&run("1.5", r#", "ratio": NaN, "cpu_time": 1, "label": "NaN \" Infinity""#)).unwrap();
        assert_eq!((ok.0.list.len(), ok.0.list[0].value()), (2, 1.5));
        for time in ["NaN", "-NaN", "Infinity", "-1", "\"1\"", "null"] {
            assert_eq!(report(&run(time, "")).unwrap_err().code, Code::Malformed, "{time}");
        }
    }

    #[test]
    fn failed_rows_refuse_and_skipped_rows_are_told() {
        let failed = run("0", r#", "error_occurred": true, "error_message": "no""#);
        assert_eq!(report(&failed).unwrap_err().code, Code::ToolFailed);
        let skipped = report(r#"{"name": "B", "skipped": true, "skip_message": "x"}"#).unwrap();
        assert_eq!((skipped.0.list.len(), skipped.1.len()), (0, 1));
    }

    #[test]
    fn a_lost_repetition_is_seen() {
        let more = r#", "run_name": "B", "repetitions": 2"#;
        let two = format!("{}, {}", run("1", more), run("3", more));
        let (read, _) = report(&two).unwrap();
        assert_eq!((read.list[0].samples, read.list[0].value()), (2, 2.0));
        assert_eq!(report(&run("1", more)).unwrap_err().code, Code::Contradiction);
        assert_eq!(report(&two.replacen("us", "ms", 1)).unwrap_err().code, Code::Malformed);
    }

    #[test]
    fn aggregates_count_where_nothing_else_is_there() {
        let row = |name: &str, unit: &str, value: &str| {
            format!(
                r#"{{"name": "B_{name}", "run_name": "B", "run_type": "aggregate", "aggregate_name": "{name}",
                    "aggregate_unit": "{unit}", "iterations": 3, "real_time": {value}, "time_unit": "ns"}}"#
            )
        };
        let all = [row("mean", "time", "2"), row("median", "time", "1"), row("cv", "percentage", "NaN")];
        let (read, _) = report(&all.join(",")).unwrap();
        assert_eq!((read.list.len(), read.list[0].value(), read.list[0].samples), (1, 1.0, 3));
        assert_eq!(report(&row("stddev", "time", "2")).unwrap_err().code, Code::Malformed);
        assert!(report(&row("BigO", "time", "2")).unwrap().0.list.is_empty());
    }
}
