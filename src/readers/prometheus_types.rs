//! What Prometheus and OpenMetrics say differently: words for types, times, and which samples belong to
//! which family; and what histograms have to hold to.

use super::error::{Code, ReadError, quote};
use crate::model::metrics::{Family, MetricType, Sample};
use crate::model::series::Series;
use std::collections::BTreeMap;

/// Which of the two formats is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Text exposition 0.0.4.
    Prometheus,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

impl Dialect {
    /// The words with which a comment says something.
    pub(super) const fn comments(self) -> &'static [&'static str] {
        match self {
            Self::Prometheus => &["HELP", "TYPE"],
            Self::OpenMetrics => &["HELP", "TYPE", "UNIT"],
        }
    }

    /// The type of that word.
    pub(super) fn kind(self, word: &str) -> Option<MetricType> {
        if self == Self::Prometheus {
            return match word {
                "untyped" => Some(MetricType::Unknown),
                "counter" => Some(MetricType::Counter),
                "gauge" => Some(MetricType::Gauge),
                "histogram" => Some(MetricType::Histogram),
                "summary" => Some(MetricType::Summary),
                _ => None,
            };
        }
        MetricType::ALL.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// Milliseconds as a whole number to Prometheus, seconds to OpenMetrics.
    pub(super) fn is_time(self, word: &str) -> bool {
        match self {
            Self::Prometheus => word.parse::<i64>().is_ok(),
            Self::OpenMetrics => word.parse::<f64>().is_ok_and(f64::is_finite),
        }
    }
}

/// Endings of the samples of a family by its type.
fn endings(kind: MetricType, dialect: Dialect) -> &'static [&'static str] {
    match (kind, dialect) {
        (MetricType::Histogram, Dialect::Prometheus) => &["_bucket", "_sum", "_count"],
        (MetricType::Histogram, Dialect::OpenMetrics) => &["_bucket", "_sum", "_count", "_created"],
        (MetricType::GaugeHistogram, _) => &["_bucket", "_gsum", "_gcount"],
        (MetricType::Summary, Dialect::Prometheus) => &["_sum", "_count"],
        (MetricType::Summary, Dialect::OpenMetrics) => &["_sum", "_count", "_created"],
        (MetricType::Counter, Dialect::OpenMetrics) => &["_total", "_created"],
        (MetricType::Info, _) => &["_info"],
        _ => &[],
    }
}

/// The declared family that a sample belongs to: the one of its name, or of its name without an ending.
pub(super) fn home(
    name: &str,
    dialect: Dialect,
    family: impl Fn(&str) -> Option<(usize, MetricType)>,
) -> Option<usize> {
    if let Some((place, _)) = family(name) {
        return Some(place);
    }
    let at = name.rfind('_')?;
    let (stem, ending) = name.split_at(at);
    family(stem).filter(|(_, kind)| endings(*kind, dialect).contains(&ending)).map(|(place, _)| place)
}

/// Buckets count all that is less or equal, so they never fall, and the last one counts everything.
pub(super) fn check_histograms(families: &[Family]) -> Result<(), ReadError> {
    for family in families.iter().filter(|family| family.kind == MetricType::Histogram) {
        let bucket = format!("{}_bucket", family.name);
        let mut by_series: BTreeMap<Series, Vec<(f64, f64)>> = BTreeMap::new();
        for Sample { series, value } in family.samples.iter().filter(|s| s.series.name == bucket) {
            let le = series.label("le").and_then(|le| le.parse::<f64>().ok()).filter(|le| !le.is_nan());
            let Some(le) = le else {
                return Err(contradiction(series, "is a bucket without a bound"));
            };
            by_series.entry(series.without("le")).or_default().push((le, *value));
        }
        for (series, mut buckets) in by_series {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            if buckets.windows(2).any(|pair| pair[1].1 < pair[0].1) {
                return Err(contradiction(&series, "has a bucket with less in it than a smaller one"));
            }
            let count = Series { name: format!("{}_count", family.name), labels: series.labels.clone() };
            let count = family.samples.iter().find(|sample| sample.series == count).map(|s| s.value);
            match buckets.last() {
                Some((le, all)) if *le == f64::INFINITY && count.is_none_or(|count| count == *all) => {}
                Some((le, _)) if *le == f64::INFINITY => {
                    return Err(contradiction(&series, "has another count than its last bucket"));
                }
                _ => return Err(contradiction(&series, "has no bucket of everything (le=\"+Inf\")")),
            }
        }
    }
    Ok(())
}

fn contradiction(series: &Series, what: &str) -> ReadError {
    let message = format!("the histogram {} {what}", quote(&series.to_string()));
    ReadError::new(Code::Contradiction, message).hint("scrape again; half a scrape is no evidence")
}
