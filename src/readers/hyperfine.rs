//! The JSON of hyperfine (`--export-json`, 1.x). All times are seconds of wall clock.
//!
//! A command that exited with another code than 0 was not measured: `-i` merely lets hyperfine go on
//! and say so in `exit_codes`. Benchmarks are told apart by command and parameters. Ignored on
//! purpose: `user`, `system` and `memory_usage_byte`.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use super::measured::{self, Rows};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "hyperfine",
    kind: Kind::Benchmarks,
    tools: "hyperfine",
    command: "hyperfine 'COMMAND' --export-json hyperfine.json",
    end: End::Marked,
    detect: |head| match head {
        // Nothing else stands beside `results`; only its elements are told.
        Head::Json(json) => {
            let is_list = json.nested.iter().all(|key| !key.starts_with("results."));
            !json.array && json.keys == ["results"] && is_list
        }
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    results: Vec<Entry>,
}

#[derive(serde::Deserialize)]
struct Entry {
    command: String,
    mean: f64,
    // Null after a single run.
    stddev: Option<f64>,
    median: f64,
    min: f64,
    max: f64,
    times: Option<Vec<f64>>,
    exit_codes: Vec<Option<i64>>,
    parameters: Option<UniqueMap<String>>,
    // Named so that other results are not taken for these.
    #[serde(rename = "user")]
    _user: f64,
    #[serde(rename = "system")]
    _system: f64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let mut rows = Rows::new(&FORMAT, input.limits);
    for entry in document.results {
        let name = quote(&entry.command);
        let failed = entry.exit_codes.iter().filter(|code| **code != Some(0)).count();
        if failed > 0 {
            let runs = entry.exit_codes.len();
            return Err(measured::failed(format!("{failed} of {runs} runs of the command {name} failed")));
        }
        let runs = entry.exit_codes.len();
        if runs == 0 || entry.times.as_ref().is_some_and(|times| times.len() != runs) {
            let message = format!("the command {name} has another number of times than of exit codes");
            return Err(ReadError::new(Code::Contradiction, message));
        }
        let statistics = [
            Some((Statistic::Median, entry.median)),
            Some((Statistic::Mean, entry.mean)),
            Some((Statistic::Min, entry.min)),
            Some((Statistic::Max, entry.max)),
            entry.stddev.map(|stddev| (Statistic::Stddev, stddev)),
        ];
        let full_name = full_name(&entry.command, parameters(entry.parameters.as_ref()));
        let statistics = statistics.into_iter().flatten();
        rows.add(&entry.command, &full_name, measured::less("s"), statistics, runs as u64)?;
    }
    Ok(rows.report())
}

fn parameters(map: Option<&UniqueMap<String>>) -> impl Iterator<Item = (&str, &str)> {
    map.into_iter().flat_map(|map| &map.0).map(|(name, value)| (name.as_str(), value.as_str()))
}

/// A command that was given a name may be there once for each value of a parameter.
pub(super) fn full_name<'p>(command: &str, parameters: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    let all: Vec<_> = parameters.map(|(name, value)| format!("{name}={value}")).collect();
    if all.is_empty() { command.to_owned() } else { format!("{command} ({})", all.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Body, Limits};

    fn report(entry: &str) -> Result<Report, ReadError> {
        let text = format!(r#"{{"results": [{entry}]}}"#);
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    fn entry(more: &str) -> String {
        format!(
            r#"{{"command": "x", "mean": 2, "stddev": 1, "median": 2, "user": 0, "system": 0, "min": 1, "max": 3, {more}}}"#
        )
    }

    #[test]
    fn commands_differ_by_their_parameters() {
        let two = ["1", "2"].map(|n| entry(&format!(r#""exit_codes": [0], "parameters": {{"n": "{n}"}}"#)));
        let Body::Benchmarks(read) = report(&two.join(",")).unwrap().body else { panic!() };
        assert_eq!(read.list[1].full_name, "x (n=2)");
        assert_eq!((read.list[1].name.as_str(), read.list[1].samples), ("x", 1));
    }

    #[test]
    fn failed_and_impossible_runs_are_refused() {
        for (more, code) in [
            (r#""exit_codes": [0, 2]"#, Code::ToolFailed),
            (r#""exit_codes": [null]"#, Code::ToolFailed),
            (r#""exit_codes": []"#, Code::Contradiction),
            (r#""exit_codes": [0], "times": [1, 2]"#, Code::Contradiction),
            (r#""exit_codes": [0], "exit_codes": [0]"#, Code::Duplicate),
            (r#""times": [1]"#, Code::Malformed),
        ] {
            assert_eq!(report(&entry(more)).unwrap_err().code, code, "{more}");
        }
        let one = entry(r#""exit_codes": [0]"#);
        assert_eq!(report(&format!("{one},{one}")).unwrap_err().code, Code::Duplicate);
        assert_eq!(
            report(&one.replace(r#""max": 3"#, r#""max": 1.5"#)).unwrap_err().code,
            Code::Contradiction
        );
        assert!(report(&one.replace(r#""stddev": 1"#, r#""stddev": null"#)).is_ok());
    }
}
