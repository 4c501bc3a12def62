//! The results of a load test with locust 1 to 2: `--csv PREFIX` (`PREFIX_stats.csv`) and `--json`.
//!
//! Each request type has its response time (milliseconds) under its own name, and `p95`, `p99`,
//! `requests` (a second) and `failures` (percent) below it. Failed requests are counted in the times
//! by locust itself; a run in which every request failed measured nothing and is refused. The CSV
//! ends with the row `Aggregated`, whose counts must be the sums of the rows before it; a file
//! without it is cut. locust rounds percentiles apart from minimum and maximum. Ignored on purpose:
//! content sizes, the other percentiles, and in JSON the counts of each second. The side files
//! (`_failures.csv`, `_exceptions.csv`, `_stats_history.csv`) are no reports of their own.

use super::csv::{self, Record};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::measured::{self, Rows, less, more};
use super::{json, lines};
use crate::model::benchmarks::Statistic;

/// The CSV.
pub(super) static CSV: Format = Format {
    name: "locust-csv",
    kind: Kind::Benchmarks,
    tools: "locust",
    command: "locust --headless --csv reports/locust  # reports/locust_stats.csv",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| {
            let line = line.replace('"', "");
            line.starts_with("Type,Name,Request Count,Failure Count,")
                || line.starts_with("Type,Name,# requests,# failures,")
        }),
        _ => false,
    },
    read: read_csv,
};

/// The JSON.
pub(super) static JSON: Format = Format {
    name: "locust-json",
    kind: Kind::Benchmarks,
    tools: "locust",
    command: "locust --headless --json > locust.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            json.array && json.has(&["name", "method", "num_requests", "num_failures", "response_times"])
        }
        _ => false,
    },
    read: read_json,
};

/// One request type, or all of them.
#[derive(Debug)]
struct Stats {
    method: String,
    name: String,
    requests: u64,
    failures: u64,
    rate: f64,
    /// None where no request was answered.
    times: Option<Vec<(Statistic, f64)>>,
    percentiles: Vec<(&'static str, f64)>,
}

impl Stats {
    fn add(&self, rows: &mut Rows<'_>) -> Result<(), ReadError> {
        let full_name =
            if self.method.is_empty() { self.name.clone() } else { format!("{} {}", self.method, self.name) };
        let quoted = quote(&full_name);
        if self.failures > self.requests {
            let message = format!("{quoted} has more failures than requests");
            return Err(ReadError::new(Code::Contradiction, message));
        }
        if self.failures > 0 {
            rows.notice(format!("{quoted}: {} of {} requests failed", self.failures, self.requests));
        }
        let Some(times) = &self.times else {
            rows.notice(format!("{quoted}: no request was answered"));
            return Ok(());
        };
        let names = (self.name.as_str(), full_name.as_str());
        rows.add(&self.name, &full_name, less("ms"), times.iter().copied(), self.requests)?;
        for (metric, value) in &self.percentiles {
            rows.metric(names, metric, less("ms"), *value, self.requests)?;
        }
        rows.metric(names, "requests", more("/s"), self.rate, self.requests)?;
        let share = self.failures as f64 * 100.0 / self.requests as f64;
        rows.metric(names, "failures", less("%"), share, self.requests)
    }
}

/// A run in which nothing worked measured nothing.
fn refuse_failed(requests: u64, failures: u64) -> Result<(), ReadError> {
    if requests == 0 || failures < requests {
        return Ok(());
    }
    Err(measured::failed(format!("every one of the {requests} requests failed")))
}

fn read_csv(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut records = csv::records(&text)?.into_iter();
    let header = records.next().unwrap_or(Record { line: 1, fields: Vec::new(), ended: true });
    let column =
        |names: [&str; 2]| {
            header.fields.iter().position(|field| names.contains(&field.as_str())).ok_or_else(|| {
                ReadError::new(Code::WrongFormat, format!("no column `{}`", names[0])).at(1, None)
            })
        };
    let columns = Columns {
        method: column(["Type", "Method"])?,
        name: column(["Name", "Name"])?,
        requests: column(["Request Count", "# requests"])?,
        failures: column(["Failure Count", "# failures"])?,
        median: column(["Median Response Time", "Median response time"])?,
        mean: column(["Average Response Time", "Average response time"])?,
        min: column(["Min Response Time", "Min response time"])?,
        max: column(["Max Response Time", "Max response time"])?,
        rate: column(["Requests/s", "Requests/s"])?,
        p95: column(["95%", "95%"]).ok(),
        p99: column(["99%", "99%"]).ok(),
    };
    let mut rows = Rows::new(&CSV, input.limits).rough();
    let (mut requests, mut failures, mut last) = (0, 0, 1);
    let mut total = None;
    for record in records {
        last = record.line;
        if record.fields.len() != header.fields.len() || !record.ended || total.is_some() {
            let code = if total.is_some() { Code::Malformed } else { Code::Truncated };
            return Err(ReadError::new(code, "a row that does not fit its header").at(record.line, None));
        }
        let stats = columns.stats(&record)?;
        stats.add(&mut rows)?;
        if stats.method.is_empty() && stats.name == "Aggregated" {
            total = Some((stats.requests, stats.failures));
        } else {
            requests += stats.requests;
            failures += stats.failures;
        }
    }
    match total {
        None => Err(lines::unclosed("the statistics (`Aggregated`)", last)),
        Some(total) if total != (requests, failures) => {
            let message = format!(
                "{requests} requests, {failures} of them failed, but `Aggregated` says {} and {}",
                total.0, total.1
            );
            Err(ReadError::new(Code::Contradiction, message).at(last, None))
        }
        Some(_) => refuse_failed(requests, failures).map(|()| rows.report()),
    }
}

/// Where a figure stands in a row.
struct Columns {
    method: usize,
    name: usize,
    requests: usize,
    failures: usize,
    median: usize,
    mean: usize,
    min: usize,
    max: usize,
    rate: usize,
    p95: Option<usize>,
    p99: Option<usize>,
}

impl Columns {
    fn stats(&self, record: &Record) -> Result<Stats, ReadError> {
        let malformed = |at: usize| {
            let message = format!("{} is not a number", quote(&record.fields[at]));
            ReadError::new(Code::Malformed, message).at(record.line, None)
        };
        let count = |at: usize| record.fields[at].parse::<u64>().map_err(|_| malformed(at));
        let figure = |at: usize| record.fields[at].parse::<f64>().map_err(|_| malformed(at));
        let requests = count(self.requests)?;
        // Without a request all figures are 0 or `N/A`.
        let times = if requests == 0 {
            None
        } else {
            Some(vec![
                (Statistic::Median, figure(self.median)?),
                (Statistic::Mean, figure(self.mean)?),
                (Statistic::Min, figure(self.min)?),
                (Statistic::Max, figure(self.max)?),
            ])
        };
        let mut percentiles = Vec::new();
        for (name, column) in [("p95", self.p95), ("p99", self.p99)] {
            if let Some(column) = column.filter(|_| requests > 0) {
                percentiles.push((name, figure(column)?));
            }
        }
        Ok(Stats {
            method: record.fields[self.method].clone(),
            name: record.fields[self.name].clone(),
            requests,
            failures: count(self.failures)?,
            rate: figure(self.rate)?,
            times,
            percentiles,
        })
    }
}

#[derive(serde::Deserialize)]
struct Entry {
    name: String,
    method: Option<String>,
    start_time: f64,
    last_request_timestamp: Option<f64>,
    num_requests: u64,
    num_none_requests: u64,
    num_failures: u64,
    total_response_time: f64,
    min_response_time: Option<f64>,
    max_response_time: f64,
    response_times: json::UniqueMap<u64>,
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    let entries: Vec<Entry> = json::parse(input)?;
    let mut rows = Rows::new(&JSON, input.limits).rough();
    let (mut requests, mut failures) = (0_u64, 0_u64);
    for entry in entries {
        let stats = entry.stats()?;
        stats.add(&mut rows)?;
        requests = requests.saturating_add(stats.requests);
        failures = failures.saturating_add(stats.failures);
    }
    refuse_failed(requests, failures)?;
    Ok(rows.report())
}

impl Entry {
    fn stats(self) -> Result<Stats, ReadError> {
        let refuse = |code, what: &str| ReadError::new(code, format!("{} {what}", quote(&self.name)));
        let mut histogram = Vec::with_capacity(self.response_times.0.len());
        for (time, count) in &self.response_times.0 {
            let time: f64 =
                time.parse().map_err(|_| refuse(Code::Malformed, "has a time that is no number"))?;
            histogram.push((time, *count));
        }
        histogram.sort_by(|a, b| b.0.total_cmp(&a.0));
        let timed = self.num_requests.checked_sub(self.num_none_requests);
        let counted = histogram.iter().try_fold(0_u64, |all, (_, n)| all.checked_add(*n));
        if timed.is_none() || counted != timed {
            return Err(refuse(Code::Contradiction, "has another number of response times than of requests"));
        }
        let timed = timed.unwrap_or(0);
        let seconds = self.last_request_timestamp.map_or(0.0, |last| last - self.start_time);
        let rate = if seconds > 0.0 { self.num_requests as f64 / seconds } else { 0.0 };
        let at = |share: f64| percentile(&histogram, timed, share);
        let times = match self.min_response_time {
            Some(min) if timed > 0 => Some(vec![
                (Statistic::Median, at(0.5)),
                (Statistic::Mean, self.total_response_time / timed as f64),
                (Statistic::Min, min),
                (Statistic::Max, self.max_response_time),
            ]),
            _ => None,
        };
        Ok(Stats {
            percentiles: vec![("p95", at(0.95)), ("p99", at(0.99))],
            method: self.method.unwrap_or_default(),
            name: self.name,
            requests: self.num_requests,
            failures: self.num_failures,
            rate,
            times,
        })
    }
}

/// As locust itself computes it, from the slowest down.
fn percentile(histogram: &[(f64, u64)], requests: u64, share: f64) -> f64 {
    let below = (requests as f64 * share) as u64;
    let mut seen = 0_u64;
    let found = histogram.iter().find(|(_, count)| {
        seen += count;
        requests - seen <= below
    });
    found.map_or(0.0, |(time, _)| *time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    const HEAD: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Requests/s\n";

    fn report(text: &str, format: &Format) -> Result<Benchmarks, ReadError> {
        testing::benchmarks(format.read, text).map(|read| read.0)
    }

    #[test]
    fn the_last_row_must_be_the_sum() {
        let rows = |failed: &str, all: &str| {
            format!("{HEAD}GET,/a,4,{failed},1,1,1,1,2\n,Aggregated,{all},1,1,1,1,2\n")
        };
        let read = report(&rows("1", "4,1"), &CSV).unwrap();
        let failures = read.list.iter().find(|b| b.full_name == "GET /a/failures").unwrap();
        assert_eq!(failures.value(), 25.0);
        for (text, code) in [
            (rows("1", "5,1"), Code::Contradiction),
            (rows("1", "4,0"), Code::Contradiction),
            (rows("5", "4,5"), Code::Contradiction),
            (rows("4", "4,4"), Code::ToolFailed),
            (rows("x", "4,0"), Code::Malformed),
            (rows("0", "4,0").replace(",1,1,1,1,2\n,", ",N/A,1,1,1,2\n,"), Code::Malformed),
            (rows("0", "4,0").trim_end().to_owned(), Code::Truncated),
            (format!("{HEAD}GET,/a,4,0,1,1,1,1,2\n"), Code::Truncated),
            (HEAD.to_owned(), Code::Truncated),
            ("Timestamp,User Count\n".to_owned(), Code::WrongFormat),
        ] {
            assert_eq!(report(&text, &CSV).unwrap_err().code, code, "{text}");
        }
        let nothing = format!("{HEAD},Aggregated,0,0,N/A,N/A,0,0,0\n");
        assert!(report(&nothing, &CSV).unwrap().list.is_empty());
    }

    #[test]
    fn the_histogram_must_hold_every_request() {
        let entry = |times: &str| {
            format!(
                r#"[{{"name": "/a", "method": "GET", "start_time": 1, "last_request_timestamp": 3, "num_requests": 4,
                     "num_none_requests": 0, "num_failures": 0, "total_response_time": 10, "min_response_time": 1,
                     "max_response_time": 4, "response_times": {times}}}]"#
            )
        };
        let read = report(&entry(r#"{"1": 1, "2": 1, "3": 1, "4": 1}"#), &JSON).unwrap();
        assert_eq!((read.list[0].value(), read.list[0].statistics[&Statistic::Mean]), (3.0, 2.5));
        assert_eq!((read.list[1].value(), read.list[3].value()), (4.0, 2.0));
        for (times, code) in [
            (r#"{"1": 3}"#, Code::Contradiction),
            (r#"{"1": 2, "1": 2}"#, Code::Duplicate),
            (r#"{"x": 4}"#, Code::Malformed),
            (r#"{"1": -4}"#, Code::Malformed),
        ] {
            assert_eq!(report(&entry(times), &JSON).unwrap_err().code, code, "{times}");
        }
    }
}
