//! Metrics of a running system, as Prometheus collects them: families of samples.

use super::quantity::{Dimension, Quantity};
use super::series::Series;

/// What a family measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetricType {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by bucket.
    Histogram,
    /// Counts by bucket that may go down (OpenMetrics).
    GaugeHistogram,
    /// Quantiles.
    Summary,
    /// Labels alone (OpenMetrics).
    Info,
    /// One of several states (OpenMetrics).
    StateSet,
    /// Nobody says.
    Unknown,
}

impl MetricType {
    /// Every type with its word.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Counter, "counter"),
        (Self::Gauge, "gauge"),
        (Self::Histogram, "histogram"),
        (Self::GaugeHistogram, "gaugehistogram"),
        (Self::Summary, "summary"),
        (Self::Info, "info"),
        (Self::StateSet, "stateset"),
        (Self::Unknown, "unknown"),
    ];

    /// The word in OpenMetrics; Prometheus writes `untyped` for `unknown`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("unknown", |row| row.1)
    }
}

/// One sample.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its name and labels.
    pub series: Series,
    /// May be NaN or infinite: the formats have words for both.
    pub value: f64,
}

/// One NaN says the same as another.
impl PartialEq for Sample {
    fn eq(&self, other: &Self) -> bool {
        let nan = self.value.is_nan() && other.value.is_nan();
        self.series == other.series && (nan || self.value == other.value)
    }
}

/// Samples that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Its name; the samples of a histogram add an ending of their own.
    pub name: String,
    /// What it measures.
    pub kind: MetricType,
    /// The unit that OpenMetrics declares.
    pub unit: Option<String>,
    /// In the order of the report.
    pub samples: Vec<Sample>,
}

/// The metrics of one report.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metrics {
    /// In the order of the report.
    pub families: Vec<Family>,
}

impl Metrics {
    /// All samples.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.families.iter().flat_map(|family| &family.samples)
    }

    /// How many samples are finite numbers.
    pub fn finite(&self) -> usize {
        self.samples().filter(|sample| sample.value.is_finite()).count()
    }

    /// The samples of a metric: those of the family of that name, else those of that name.
    pub fn of(&self, name: &str) -> Vec<&Sample> {
        let family = self.families.iter().find(|family| family.name == name);
        match family {
            Some(family) => family.samples.iter().collect(),
            None => self.samples().filter(|sample| sample.series.name == name).collect(),
        }
    }

    /// The samples that a selector selects, each with its family.
    pub fn select(&self, selector: &Series) -> Vec<(&Family, &Sample)> {
        let all = self.families.iter().flat_map(|family| family.samples.iter().map(move |s| (family, s)));
        all.filter(|(_, sample)| selector.selects(&sample.series)).collect()
    }
}

/// Units by the words of OpenMetrics and of metric names, with the factor to the base unit.
const UNITS: &[(&str, Dimension, f64)] = &[
    ("seconds", Dimension::Time, 1.0),
    ("milliseconds", Dimension::Time, 1e-3),
    ("microseconds", Dimension::Time, 1e-6),
    ("nanoseconds", Dimension::Time, 1e-9),
    ("bytes", Dimension::Size, 1.0),
    ("ratio", Dimension::Percent, 100.0),
    ("percent", Dimension::Percent, 1.0),
    ("pct", Dimension::Percent, 1.0),
    ("per_second", Dimension::Rate, 1.0),
];

/// The dimension of a unit and the factor to its base unit: `ms`, `seconds`, `ratio`.
pub fn unit(symbol: &str) -> Option<(Dimension, f64)> {
    let word = UNITS.iter().find(|row| row.0 == symbol).map(|row| (row.1, row.2));
    word.or_else(|| Quantity::unit(symbol))
}

impl Family {
    /// The unit of one of its samples: the declared one, else the one its name ends in, as Prometheus
    /// asks metrics to be named. Counts and buckets have none.
    pub fn unit_of(&self, sample: &Sample) -> Option<(Dimension, f64)> {
        let name = sample.series.name.as_str();
        let counts = [MetricType::Histogram, MetricType::GaugeHistogram, MetricType::Summary];
        if counts.contains(&self.kind) && ["_bucket", "_count", "_gcount"].iter().any(|e| name.ends_with(e)) {
            return Some((Dimension::Number, 1.0));
        }
        let declared = self.unit.as_deref().and_then(|unit| UNITS.iter().find(|row| row.0 == unit));
        let stem = ["_total", "_sum", "_gsum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let named = || UNITS.iter().find(|row| stem.strip_suffix(row.0).is_some_and(|s| s.ends_with('_')));
        declared.or_else(named).map(|row| (row.1, row.2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_in_units() {
        let unit = |name: &str, kind| {
            let sample = Sample { series: name.parse().unwrap(), value: 1.0 };
            Family { name: name.into(), kind, unit: None, samples: vec![] }.unit_of(&sample)
        };
        assert_eq!(unit("latency_seconds", MetricType::Gauge), Some((Dimension::Time, 1.0)));
        assert_eq!(unit("latency_milliseconds", MetricType::Gauge), Some((Dimension::Time, 1e-3)));
        assert_eq!(unit("sent_bytes_total", MetricType::Counter), Some((Dimension::Size, 1.0)));
        assert_eq!(unit("latency_seconds_sum", MetricType::Histogram), Some((Dimension::Time, 1.0)));
        assert_eq!(unit("latency_seconds_count", MetricType::Histogram), Some((Dimension::Number, 1.0)));
        assert_eq!(unit("cache_hit_ratio", MetricType::Gauge), Some((Dimension::Percent, 100.0)));
        assert_eq!(unit("cache_hit_rate", MetricType::Gauge), None);
        assert_eq!(unit("seconds", MetricType::Gauge), None);
    }
}
