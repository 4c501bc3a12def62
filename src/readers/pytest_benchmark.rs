//! The JSON of pytest-benchmark (`--benchmark-json`, `--benchmark-save`).
//!
//! All figures are seconds per iteration. Ignored on purpose: raw samples (`stats.data`), quartiles,
//! outliers and `ops`, which follow from the rest.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::{json, machine};
use crate::model::benchmarks::{Benchmark, Benchmarks, Direction, Statistic};
use crate::model::machine::Machine;
use serde_json::Value;
use std::collections::BTreeSet;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "pytest-benchmark",
    kind: Kind::Benchmarks,
    tools: "pytest-benchmark",
    command: "pytest --benchmark-json=reports/benchmark.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["machine_info", "commit_info", "benchmarks"]),
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    benchmarks: Vec<Entry>,
    // Named so that some other list of benchmarks is not taken for one of seconds.
    machine_info: Value,
    commit_info: Option<Commit>,
}

#[derive(serde::Deserialize)]
struct Commit {
    id: Option<String>,
    dirty: Option<bool>,
}

#[derive(serde::Deserialize)]
struct Entry {
    name: String,
    fullname: String,
    stats: Stats,
}

#[derive(serde::Deserialize)]
struct Stats {
    min: f64,
    max: f64,
    mean: f64,
    median: f64,
    stddev: f64,
    rounds: u64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    input.limits.check_items(document.benchmarks.len())?;
    let mut names = BTreeSet::new();
    let mut list = Vec::with_capacity(document.benchmarks.len());
    for entry in document.benchmarks {
        if !names.insert(entry.fullname.clone()) {
            let name = quote(&entry.fullname);
            return Err(ReadError::new(Code::Duplicate, format!("the benchmark {name} is there twice")));
        }
        list.push(read_entry(entry)?);
    }
    let commit = document.commit_info.and_then(|commit| {
        // Outside a repository the plugin writes `unversioned`.
        let id = commit.id.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_hexdigit()))?;
        Some((id, commit.dirty.unwrap_or(false)))
    });
    Ok(Report::new(
        &FORMAT,
        Body::Benchmarks(Benchmarks { machine: machine_of(&document.machine_info), list, commit }),
    ))
}

/// `brand` in old versions of the plugin, `brand_raw` since.
fn machine_of(info: &Value) -> Option<Machine> {
    let text = |keys: &[&str]| machine::text(info, keys);
    machine::known(Machine {
        cpu: text(&["/cpu/brand_raw", "/cpu/brand", "/processor"]),
        cores: machine::cores(info, "/cpu/count"),
        os: machine::system(&text(&["/system"]), &text(&["/machine"])),
        toolchain: machine::toolchain(&text(&["/python_implementation"]), &text(&["/python_version"]), 2),
    })
}

fn read_entry(entry: Entry) -> Result<Benchmark, ReadError> {
    let Stats { min, max, mean, median, stddev, rounds } = entry.stats;
    let statistics = [
        (Statistic::Median, median),
        (Statistic::Mean, mean),
        (Statistic::Min, min),
        (Statistic::Max, max),
        (Statistic::Stddev, stddev),
    ];
    let refuse = |code, what: &str| {
        Err(ReadError::new(code, format!("the benchmark {} {what}", quote(&entry.fullname))))
    };
    if statistics.iter().any(|(_, value)| !value.is_finite() || *value < 0.0) {
        return refuse(Code::Malformed, "has a time that is negative or not finite");
    }
    // A mean of equal samples may differ from them in its last digits.
    let slack = max * 1e-9;
    let within = |value: f64| value >= min - slack && value <= max + slack;
    if !within(median) || !within(mean) || min > max {
        return refuse(Code::Contradiction, "has a median or mean outside its minimum and maximum");
    }
    if rounds == 0 {
        return refuse(Code::Contradiction, "has figures of 0 rounds");
    }
    Ok(Benchmark {
        name: entry.name,
        full_name: entry.fullname,
        unit: "s".into(),
        direction: Direction::Lower,
        statistics: statistics.into(),
        samples: rounds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::readers::testing;

    fn stats(median: &str) -> String {
        format!(r#"{{"min": 1, "max": 3, "mean": 2, "median": {median}, "stddev": 0.5, "rounds": 9}}"#)
    }

    fn entry(name: &str, stats: &str) -> String {
        format!(r#"{{"name": "t", "fullname": "{name}", "stats": {stats}}}"#)
    }

    fn report(entries: &str, commit: &str) -> Result<Benchmarks, ReadError> {
        let text = format!(r#"{{"machine_info": {{}}, "commit_info": {commit}, "benchmarks": [{entries}]}}"#);
        testing::benchmarks(read, &text).map(|read| read.0)
    }

    #[test]
    fn the_median_stands_for_the_run() {
        let read = report(&entry("a::t", &stats("2.5")), r#"{"id": "abc123", "dirty": true}"#).unwrap();
        assert_eq!((read.list[0].value(), read.list[0].samples), (2.5, 9));
        assert_eq!(read.commit, Some(("abc123".to_owned(), true)));
        assert_eq!(read.machine, None);
        assert!(report("", "null").unwrap().list.is_empty());
        assert_eq!(report("", r#"{"id": "unversioned", "dirty": false}"#).unwrap().commit, None);
    }

    #[test]
    fn figures_that_cannot_be_are_refused() {
        for (median, code) in [
            ("NaN", Code::Malformed),
            ("Infinity", Code::Malformed),
            ("1e400", Code::Malformed),
            ("-1", Code::Malformed),
            ("\"2\"", Code::Malformed),
            ("null", Code::Malformed),
            ("4", Code::Contradiction),
            ("2, \"median\": 1", Code::Duplicate),
        ] {
            assert_eq!(report(&entry("a", &stats(median)), "null").unwrap_err().code, code, "{median}");
        }
        let one = entry("a", &stats("2"));
        assert_eq!(report(&format!("{one}, {one}"), "null").unwrap_err().code, Code::Duplicate);
        let none = stats("2").replace("9}", "0}");
        assert_eq!(report(&entry("a", &none), "null").unwrap_err().code, Code::Contradiction);
    }
}
