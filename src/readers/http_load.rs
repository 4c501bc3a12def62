//! What the reports of HTTP load testers have in common: one latency with percentiles, a rate, and
//! requests that failed.
//!
//! The rows are `latency`, `latency/p95` and so on, `requests` (a second) and `failures` (percent). A
//! failed request is counted in the latency by the tools themselves, and an error is often the fastest
//! answer: failures are always told, and a run in which every request failed measured nothing.

use super::error::{Code, ReadError};
use super::measured::{self, Rows, Unit, less, more};
use crate::model::benchmarks::Statistic;

/// The figures of one run.
#[derive(Debug)]
pub(super) struct Load {
    /// What was asked, where the report says it: tells the runs of several addresses apart.
    pub(super) target: Option<String>,
    /// Unit of the latencies.
    pub(super) unit: &'static str,
    /// Statistics of the latency.
    pub(super) latency: Vec<(Statistic, f64)>,
    /// `p95` and so on.
    pub(super) percentiles: Vec<(String, f64)>,
    /// Requests a second.
    pub(super) rate: f64,
    /// All requests that came to an end.
    pub(super) requests: u64,
    /// Those of them that failed, or were answered with an error.
    pub(super) failures: u64,
}

impl Load {
    /// Adds the rows.
    pub(super) fn add(self, rows: &mut Rows<'_>) -> Result<(), ReadError> {
        let Self { requests, failures, .. } = self;
        if failures > requests {
            let message = format!("{failures} failures of {requests} requests");
            return Err(ReadError::new(Code::Contradiction, message));
        }
        if requests == failures {
            return Err(measured::failed(match requests {
                0 => "no request was answered".to_owned(),
                _ => format!("every one of the {requests} requests failed"),
            }));
        }
        if failures > 0 {
            rows.notice(format!("{failures} of {requests} requests failed"));
        }
        let full =
            |name: &str| self.target.as_ref().map_or(name.to_owned(), |target| format!("{target} {name}"));
        let mut add = |name: &str, unit: Unit, statistics: Vec<(Statistic, f64)>| {
            rows.add(name, &full(name), unit, statistics, requests)
        };
        add("latency", less(self.unit), self.latency)?;
        for (name, value) in &self.percentiles {
            add(&format!("latency/{name}"), less(self.unit), vec![(Statistic::Mean, *value)])?;
        }
        add("requests", more("/s"), vec![(Statistic::Mean, self.rate)])?;
        let share = failures as f64 * 100.0 / requests as f64;
        add("failures", less("%"), vec![(Statistic::Mean, share)])
    }
}

/// Whether an HTTP status is an answer: 1xx to 3xx.
pub(super) fn answered(status: u64) -> bool {
    (100..400).contains(&status)
}
