//! The lines of `cargo criterion --message-format=json` (cargo-criterion 1).
//!
//! A benchmark has a message of its own, and each group closes with the names of its benchmarks, so
//! that one without its group shows a cut; a cut between two groups cannot be seen. Measured values are
//! totals of the iterations beside them. Ignored on purpose: throughput (it follows from the time), the
//! slope, intervals, and what changed since the run before.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::measured::{self, Rows};
use super::{criterion, json, lines};
use crate::model::benchmarks::{Direction, Statistic};
use crate::model::quantity::{Dimension, Quantity};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "cargo-criterion-json",
    kind: Kind::Benchmarks,
    tools: "cargo-criterion",
    command: "cargo criterion --message-format=json > criterion.jsonl",
    end: End::Records,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => {
            !json.array && json.has(&["reason", "id", "iteration_count", "measured_values"])
        }
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    BenchmarkComplete(Complete),
    GroupComplete { group_name: String, benchmarks: Vec<String> },
}

#[derive(Deserialize)]
struct Complete {
    id: String,
    iteration_count: Vec<f64>,
    measured_values: Vec<f64>,
    unit: String,
    mean: Estimate,
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    estimate: f64,
    unit: String,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut rows = Rows::new(&FORMAT, input.limits);
    let mut open = BTreeSet::new();
    let mut begun = false;
    let last = lines::each(&text, |line| {
        let first = !std::mem::replace(&mut begun, true);
        if !line.text.trim_start().starts_with('{') {
            return Err(lines::unknown(line, first, "cargo-criterion's JSON"));
        }
        let message = json::parse_line(line)?;
        if !line.ended {
            return Err(lines::unclosed("cargo-criterion", line.number));
        }
        match message {
            Message::BenchmarkComplete(complete) => {
                open.insert(complete.id.clone());
                complete.add(&mut rows)
            }
            Message::GroupComplete { group_name, benchmarks } => {
                let unknown = benchmarks.iter().find(|name| !open.remove(*name));
                let wrong = |name| {
                    format!("the group {} names {}, which did not run", quote(&group_name), quote(name))
                };
                unknown.map_or(Ok(()), |name| Err(ReadError::new(Code::Contradiction, wrong(name))))
            }
        }
        .map_err(|error| error.at(line.number, None))
    })?;
    match open.first() {
        None => Ok(rows.report()),
        Some(name) => {
            let message = format!("the group of {} does not end: the stream was cut", quote(name));
            Err(ReadError::new(Code::Truncated, message).at(last, None))
        }
    }
}

impl Complete {
    fn add(self, rows: &mut Rows<'_>) -> Result<(), ReadError> {
        let contradiction = |what: &str| {
            Err(ReadError::new(
                Code::Contradiction,
                format!("{what} of {} do not fit together", quote(&self.id)),
            ))
        };
        if self.mean.unit != self.median.unit {
            return contradiction("the units");
        }
        let Some(samples) = criterion::per_iteration(&self.iteration_count, &self.measured_values) else {
            return contradiction("the samples");
        };
        let estimates = [(Statistic::Median, self.median.estimate), (Statistic::Mean, self.mean.estimate)];
        // Estimates may be scaled to another unit than the samples.
        let of_samples =
            measured::statistics(&samples).filter(|_| self.unit == self.mean.unit).unwrap_or_default();
        let bounds =
            |statistic: &Statistic| matches!(statistic, Statistic::Min | Statistic::Max | Statistic::Stddev);
        let spread = of_samples.into_iter().filter(|(statistic, _)| bounds(statistic));
        let statistics: Vec<_> = estimates.into_iter().chain(spread).collect();
        let sense = match Quantity::unit(&self.mean.unit) {
            Some((Dimension::Rate, _)) => Direction::Higher,
            Some((Dimension::Time | Dimension::Size, _)) => Direction::Lower,
            _ => {
                rows.unsure(&self.id);
                Direction::Lower
            }
        };
        rows.add(&self.id, &self.id, measured::unit(self.mean.unit, sense), statistics, samples.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    fn complete(id: &str, values: &str) -> String {
        format!(
            "{{\"reason\":\"benchmark-complete\",\"id\":\"{id}\",\"iteration_count\":[1,2],\"measured_values\":{values},\
             \"unit\":\"ns\",\"mean\":{{\"estimate\":3.5,\"unit\":\"ns\"}},\"median\":{{\"estimate\":3.5,\"unit\":\"ns\"}}}}\n"
        )
    }

    fn group(names: &str) -> String {
        format!("{{\"reason\":\"group-complete\",\"group_name\":\"g\",\"benchmarks\":[{names}]}}\n")
    }

    #[test]
    fn a_benchmark_belongs_to_a_group_that_ends() {
        let whole = format!("{}{}", complete("a", "[3.0,8.0]"), group("\"a\""));
        let read = testing::benchmarks(read, &whole).unwrap().0;
        assert_eq!((read.list[0].samples, read.list[0].value()), (2, 3.5));
        assert_eq!(
            (read.list[0].statistics[&Statistic::Min], read.list[0].statistics[&Statistic::Max]),
            (3.0, 4.0)
        );
        for (text, code) in [
            (complete("a", "[3.0,8.0]"), Code::Truncated),
            (whole.trim_end().to_owned(), Code::Truncated),
            (group("\"a\""), Code::Contradiction),
            (format!("{}{}", complete("a", "[3.0]"), group("\"a\"")), Code::Contradiction),
            (format!("{}{}", complete("a", "[8.0,18.0]"), group("\"a\"")), Code::Contradiction),
            (format!("{whole}{whole}"), Code::Duplicate),
            (format!("{whole}x\n"), Code::Malformed),
        ] {
            assert_eq!(testing::benchmarks(super::read, &text).unwrap_err().code, code, "{text}");
        }
    }
}
