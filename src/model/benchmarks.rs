//! Results of benchmarks: a name, a unit, a sense, and one value with its statistics.

use super::machine::Machine;
use super::quantity::{Dimension, Quantity};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Times, sizes.
    Lower,
    /// Rates.
    Higher,
}

/// A statistic of the samples of one run.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Statistic {
    /// The middle sample: the default, since outliers do not move it.
    Median,
    /// The arithmetic mean.
    Mean,
    /// The smallest sample.
    Min,
    /// The largest sample.
    Max,
    /// The standard deviation; never a value of its own.
    Stddev,
}

/// One benchmark of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// The bare name: `test_query`.
    pub name: String,
    /// The name that is unique in the report: `tests/bench.py::test_query`.
    pub full_name: String,
    /// Unit of `statistics`, as the format defines it: `s`, `ns`, `/s`; some formats let people
    /// name their own.
    pub unit: Cow<'static, str>,
    /// Which way is better.
    pub direction: Direction,
    /// Finite values in `unit`.
    pub statistics: BTreeMap<Statistic, f64>,
    /// How many samples (rounds) stand behind them.
    pub samples: u64,
}

impl Benchmark {
    /// The value that stands for the run: the median, else the mean, else whatever there is.
    pub fn value(&self) -> f64 {
        [Statistic::Median, Statistic::Mean, Statistic::Min, Statistic::Max]
            .iter()
            .find_map(|s| self.statistics.get(s))
            .copied()
            .unwrap_or(f64::NAN)
    }

    /// Whether it is the share of requests of a load test that failed: `failures`, or k6's own name.
    pub fn is_failures(&self) -> bool {
        let name = self.name.rsplit('/').next().unwrap_or(&self.name);
        self.unit == "%" && ["failures", "http_req_failed"].contains(&name)
    }

    /// A statistic in the base unit of its dimension.
    pub fn quantity(&self, statistic: Option<Statistic>) -> Option<Quantity> {
        let value = match statistic {
            None => Some(self.value()),
            Some(s) => self.statistics.get(&s).copied(),
        }?;
        let (dimension, factor) = Quantity::unit(&self.unit).unwrap_or((Dimension::Number, 1.0));
        let value = value * factor;
        value.is_finite().then_some(Quantity { value, dimension })
    }
}

/// The benchmarks of one or more reports.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Benchmarks {
    /// In report order.
    pub list: Vec<Benchmark>,
    /// The commit the report itself names, with whether its work tree was dirty.
    pub commit: Option<(String, bool)>,
    /// The machine the report itself names.
    pub machine: Option<Machine>,
}
