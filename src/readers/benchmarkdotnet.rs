//! The JSON of BenchmarkDotNet (`[JsonExporter]`, `--exporters json`): brief and full.
//!
//! Times are nanoseconds an operation. A benchmark without statistics did not run to its end. The
//! memory diagnoser's bytes an operation become `name/allocated`. A benchmark is named by its full
//! name with its arguments; where several jobs ran it, by the display text of the job, too. Ignored on
//! purpose: measurements, percentiles, fences (`NaN` after a single run), and collections of the
//! garbage collector.

use super::detect::Head;
use super::error::{ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::machine;
use super::measured::{self, Figure, Rows, less};
use crate::model::benchmarks::Statistic;
use crate::model::machine::Machine;
use serde_json::Value;
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "benchmarkdotnet-json",
    kind: Kind::Benchmarks,
    tools: "BenchmarkDotNet",
    command: "dotnet run -c Release -- --exporters json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["HostEnvironmentInfo", "Benchmarks"]),
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    host_environment_info: Value,
    benchmarks: Vec<Entry>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    display_info: String,
    namespace: Option<String>,
    r#type: String,
    method: String,
    #[serde(default)]
    parameters: String,
    // Absent before 0.11.
    full_name: Option<String>,
    statistics: Option<Statistics>,
    memory: Option<Memory>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    n: u64,
    min: Figure,
    median: Figure,
    mean: Figure,
    max: Figure,
    standard_deviation: Figure,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Memory {
    bytes_allocated_per_operation: Option<Figure>,
}

/// `.NET 8.0.11` is `.NET 8`.
fn machine_of(host: &Value) -> Option<Machine> {
    let text = |key: &str| machine::text(host, &[key]);
    let runtime = text("/RuntimeVersion");
    let (name, version) = runtime.rsplit_once(' ').unwrap_or((&runtime, ""));
    machine::known(Machine {
        cpu: text("/ProcessorName"),
        cores: machine::cores(host, "/LogicalCoreCount"),
        os: machine::system(&text("/OsVersion"), &text("/Architecture")),
        toolchain: machine::toolchain(name, version, 1),
    })
}

impl Entry {
    fn full_name(&self) -> String {
        self.full_name.clone().unwrap_or_else(|| {
            let namespace = self.namespace.iter().filter(|n| !n.is_empty()).map(|n| format!("{n}."));
            let parameters =
                if self.parameters.is_empty() { String::new() } else { format!("({})", self.parameters) };
            format!("{}{}.{}{parameters}", namespace.collect::<String>(), self.r#type, self.method)
        })
    }

    fn name(&self) -> String {
        if self.parameters.is_empty() {
            self.method.clone()
        } else {
            format!("{}({})", self.method, self.parameters)
        }
    }
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = measured::parse(input)?;
    input.limits.check_items(document.benchmarks.len())?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in &document.benchmarks {
        *counts.entry(entry.full_name()).or_default() += 1;
    }
    let mut rows = Rows::new(&FORMAT, input.limits);
    rows.machine(machine_of(&document.host_environment_info));
    for entry in &document.benchmarks {
        let mut full_name = entry.full_name();
        if counts.get(&full_name).is_some_and(|count| *count > 1) {
            full_name = format!("{full_name} [{}]", entry.display_info);
        }
        let Some(statistics) = entry.statistics.as_ref().filter(|s| s.n > 0) else {
            let message = format!("the benchmark {} has no result", quote(&full_name));
            return Err(measured::failed(message));
        };
        let figures = [
            (Statistic::Median, statistics.median.0),
            (Statistic::Mean, statistics.mean.0),
            (Statistic::Min, statistics.min.0),
            (Statistic::Max, statistics.max.0),
            (Statistic::Stddev, statistics.standard_deviation.0),
        ];
        let name = entry.name();
        rows.add(&name, &full_name, less("ns"), figures, statistics.n)?;
        let allocated = entry.memory.as_ref().and_then(|m| m.bytes_allocated_per_operation);
        if let Some(allocated) = allocated {
            rows.metric((&name, &full_name), "allocated", less("B"), allocated.0, statistics.n)?;
        }
    }
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::Code;
    use crate::readers::testing;

    fn entry(job: &str, statistics: &str) -> String {
        format!(
            r#"{{"DisplayInfo": "T.M: {job}", "Namespace": "N", "Type": "T", "Method": "M", "Parameters": "a=1",
                "Statistics": {statistics}, "Memory": {{"BytesAllocatedPerOperation": 24}}}}"#
        )
    }

    fn report(entries: &[String]) -> Result<Benchmarks, ReadError> {
        let text = format!(
            r#"{{"Title": "x", "HostEnvironmentInfo": {{}}, "Benchmarks": [{}]}}"#,
            entries.join(",")
        );
        testing::benchmarks(read, &text).map(|read| read.0)
    }

    const GOOD: &str =
        r#"{"N": 3, "Min": 1, "Median": 2, "Mean": 2, "Max": 3, "StandardDeviation": 1, "Skewness": NaN}"#;

    #[test]
    fn jobs_tell_benchmarks_apart() {
        let one = report(&[entry("A", GOOD)]).unwrap();
        assert_eq!((one.list[0].full_name.as_str(), one.list[0].name.as_str()), ("N.T.M(a=1)", "M(a=1)"));
        assert_eq!((one.list[1].name.as_str(), one.list[1].value()), ("M(a=1)/allocated", 24.0));
        let two = report(&[entry("A", GOOD), entry("B", GOOD)]).unwrap();
        assert_eq!(two.list[2].full_name, "N.T.M(a=1) [T.M: B]");
        assert_eq!(report(&[entry("A", GOOD), entry("A", GOOD)]).unwrap_err().code, Code::Duplicate);
    }

    #[test]
    fn benchmarks_without_a_result_failed() {
        assert_eq!(report(&[entry("A", "null")]).unwrap_err().code, Code::ToolFailed);
        assert_eq!(
            report(&[entry("A", &GOOD.replace("3, \"Min", "0, \"Min"))]).unwrap_err().code,
            Code::ToolFailed
        );
        assert_eq!(
            report(&[entry("A", &GOOD.replace("\"Mean\": 2", "\"Mean\": NaN"))]).unwrap_err().code,
            Code::Malformed
        );
    }
}
