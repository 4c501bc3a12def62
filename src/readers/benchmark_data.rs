//! `data.js`, in which github-action-benchmark keeps its history: `window.BENCHMARK_DATA = {...}`.
//!
//! The last entry of each suite is the reading. A suite whose last entry is of another commit than the
//! newest of all did not run this time and is left out, with a notice. Names are `suite/name`. Which way
//! is better follows from the unit (`ops/sec`, `MB/s`), else from the tool that made it, where the action
//! itself asks only the tool; of a custom list its name decides. Ignored on purpose: older entries, `range` and `extra`, which are for people.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::measured::{self, Rows};
use super::{custom_benchmark, json, lines};
use crate::model::benchmarks::{Direction, Statistic};
use crate::model::quantity::{Dimension, Quantity};
use serde::Deserialize;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "github-action-benchmark-data",
    kind: Kind::Benchmarks,
    tools: "github-action-benchmark",
    command: "git show gh-pages:dev/bench/data.js > data.js",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| line.trim_start().starts_with(START)),
        _ => false,
    },
    read,
};

const START: &str = "window.BENCHMARK_DATA = {";

/// Tools of the action of which more is better; the action takes all others the other way.
const BIGGER: &[&str] = &["benchmarkjs", "pytest", "customBiggerIsBetter"];

#[derive(Deserialize)]
struct Document {
    entries: json::UniqueMap<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    commit: Commit,
    date: f64,
    tool: String,
    benches: Vec<Bench>,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
}

#[derive(Deserialize)]
struct Bench {
    name: String,
    unit: String,
    #[serde(deserialize_with = "custom_benchmark::value")]
    value: f64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let body = text.trim_start().strip_prefix(START.trim_end_matches('{'));
    let Some(body) = body.filter(|body| body.starts_with('{')) else {
        let error = ReadError::new(Code::WrongFormat, "no `window.BENCHMARK_DATA = {`");
        return Err(error.at(1, None));
    };
    let body = body.trim_end();
    let document: Document = serde_json::from_str(body.strip_suffix(';').unwrap_or(body))
        .map_err(|error| json::refusal(&error))?;
    let lasts = document.entries.0.iter().filter_map(|(suite, all)| Some((suite, all.last()?)));
    let lasts: Vec<_> = lasts.collect();
    let newest = lasts.iter().max_by(|a, b| a.1.date.total_cmp(&b.1.date));
    let Some(commit) = newest.map(|(_, entry)| entry.commit.id.as_str()) else {
        return Err(ReadError::new(Code::Empty, "no suite has an entry"));
    };
    let mut rows = Rows::new(&FORMAT, input.limits);
    rows.commit(commit);
    for (suite, entry) in lasts {
        if entry.commit.id != commit {
            let at = entry.commit.id.chars().take(12).collect::<String>();
            rows.notice(format!("{} was last measured at {}: left out", quote(suite), quote(&at)));
            continue;
        }
        for bench in &entry.benches {
            let full_name = format!("{suite}/{}", bench.name);
            let value = [(Statistic::Mean, bench.value)];
            rows.add(&bench.name, &full_name, unit(&bench.unit, &entry.tool), value, 1)?;
        }
    }
    Ok(rows.report())
}

/// The unit of one operation, and its sense.
fn unit(symbol: &str, tool: &str) -> measured::Unit {
    let (amount, divisor) = symbol.split_once('/').unwrap_or((symbol, ""));
    let known = |symbol: &str| Quantity::unit(symbol).map(|(dimension, _)| dimension);
    let of_tool = if BIGGER.contains(&tool) { Direction::Higher } else { Direction::Lower };
    if tool.starts_with("custom") {
        return measured::unit(symbol, of_tool);
    }
    match (known(amount), known(&format!("/{divisor}"))) {
        (Some(Dimension::Time), None) => measured::unit(amount, Direction::Lower),
        (Some(Dimension::Size), Some(Dimension::Rate)) => measured::unit(symbol, Direction::Higher),
        (Some(Dimension::Size), None) => measured::unit(amount, Direction::Lower),
        (None, Some(Dimension::Rate)) => measured::unit(format!("/{divisor}"), Direction::Higher),
        _ => measured::unit(symbol, of_tool),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(entries: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
        testing::benchmarks(read, &format!("{START}\"lastUpdate\": 1, \"entries\": {{{entries}}}}}"))
    }

    fn entry(commit: &str, date: u32, tool: &str, value: &str, unit: &str) -> String {
        format!(
            r#"{{"commit": {{"id": "{commit}"}}, "date": {date}, "tool": "{tool}", "benches": [{{"name": "a", "value": {value}, "unit": "{unit}"}}]}}"#
        )
    }

    #[test]
    fn the_last_entry_of_the_newest_commit_is_the_reading() {
        let (old, new) = (entry("aaaaaaa1", 1, "go", "9", "ns/op"), entry("bbbbbbb2", 2, "go", "7", "ns/op"));
        let (read, notices) =
            report(&format!(r#""Go": [{old}, {new}], "Rust": [{old}], "None": []"#)).unwrap();
        assert_eq!((read.list.len(), read.list[0].full_name.as_str()), (1, "Go/a"));
        assert_eq!((read.list[0].value(), read.commit), (7.0, Some(("bbbbbbb2".to_owned(), false))));
        assert_eq!(notices, ["`Rust` was last measured at `aaaaaaa1`: left out"]);
        for (entries, code) in [
            (String::new(), Code::Empty),
            (format!(r#""Go": [{new}], "Go": [{new}]"#), Code::Duplicate),
            (format!(r#""Go": [{}]"#, entry("a", 1, "go", "\"x\"", "ns/op")), Code::Malformed),
        ] {
            assert_eq!(report(&entries).unwrap_err().code, code, "{entries}");
        }
    }

    #[test]
    fn the_unit_tells_the_sense_before_the_tool_does() {
        for (symbol, tool, ours, higher) in [
            ("ns/iter", "cargo", "ns", false),
            ("ops/sec", "jmh", "/sec", true),
            ("iter/sec", "pytest", "/sec", true),
            ("MB/s", "go", "MB/s", true),
            ("B/op", "go", "B", false),
            ("allocs/op", "go", "allocs/op", false),
            ("ms", "customBiggerIsBetter", "ms", true),
            ("orders", "customBiggerIsBetter", "orders", true),
            ("orders", "customSmallerIsBetter", "orders", false),
        ] {
            let sense = if higher { Direction::Higher } else { Direction::Lower };
            assert_eq!(unit(symbol, tool), measured::unit(ours, sense), "{symbol} of {tool}");
        }
    }
}
