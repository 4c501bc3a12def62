//! Metrics, health and values, as they stand in a bundle. JSON has no word for NaN and infinity, so
//! samples are written as text.

use crate::model::health::{Check, Health, State};
use crate::model::metrics::{Family, MetricType, Metrics, Sample};
use crate::model::series::Series;
use crate::model::values::{Leaf, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireMetrics {
    families: Vec<WireFamily>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFamily {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    samples: Vec<WireSample>,
}

/// Name, labels, value.
type WireSample = (String, Vec<(String, String)>, String);

pub(super) fn metrics_out(metrics: &Metrics) -> WireMetrics {
    let sample = |s: &Sample| (s.series.name.clone(), s.series.labels.clone(), s.value.to_string());
    let family = |family: &Family| WireFamily {
        name: family.name.clone(),
        kind: family.kind.word().to_owned(),
        unit: family.unit.clone(),
        samples: family.samples.iter().map(sample).collect(),
    };
    WireMetrics { families: metrics.families.iter().map(family).collect() }
}

pub(super) fn metrics_in(wire: WireMetrics) -> Option<Metrics> {
    let sample = |(name, labels, value): WireSample| {
        Some(Sample { series: Series { name, labels }, value: value.parse().ok()? })
    };
    let family = |wire: WireFamily| {
        Some(Family {
            kind: MetricType::ALL.iter().find(|row| row.1 == wire.kind)?.0,
            name: wire.name,
            unit: wire.unit,
            samples: wire.samples.into_iter().map(sample).collect::<Option<_>>()?,
        })
    };
    Some(Metrics { families: wire.families.into_iter().map(family).collect::<Option<_>>()? })
}

/// Name, state and the report's own word of each check.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireHealth {
    checks: Vec<(String, String, String)>,
}

pub(super) fn health_out(health: &Health) -> WireHealth {
    let check = |c: &Check| (c.name.clone(), c.state.word().to_owned(), c.said.clone());
    WireHealth { checks: health.checks.iter().map(check).collect() }
}

pub(super) fn health_in(wire: WireHealth) -> Option<Health> {
    let check = |(name, state, said): (String, String, String)| {
        Some(Check { name, state: State::ALL.iter().find(|row| row.1 == state)?.0, said })
    };
    let checks: Vec<Check> = wire.checks.into_iter().map(check).collect::<Option<_>>()?;
    (!checks.is_empty()).then_some(Health { checks })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum WireValues {
    Json(BTreeMap<String, WireLeaf>),
    Text(String),
}

/// A number, or what stands in its place.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum WireLeaf {
    Number(f64),
    Other(String),
}

pub(super) fn values_out(values: &Values) -> WireValues {
    let leaf = |leaf: &Leaf| match leaf {
        Leaf::Number(number) => WireLeaf::Number(*number),
        Leaf::Other(word) => WireLeaf::Other(word.clone()),
    };
    match values {
        Values::Json(leaves) => WireValues::Json(leaves.iter().map(|(p, l)| (p.clone(), leaf(l))).collect()),
        Values::Text(text) => WireValues::Text(text.clone()),
    }
}

pub(super) fn values_in(wire: WireValues) -> Option<Values> {
    let leaf = |wire: WireLeaf| match wire {
        WireLeaf::Number(number) => number.is_finite().then_some(Leaf::Number(number)),
        WireLeaf::Other(word) => Some(Leaf::Other(word)),
    };
    Some(match wire {
        WireValues::Json(leaves) => {
            let leaves = leaves.into_iter().map(|(pointer, wire)| Some((pointer, leaf(wire)?)));
            Values::Json(leaves.collect::<Option<_>>()?)
        }
        WireValues::Text(text) => Values::Text(text),
    })
}
