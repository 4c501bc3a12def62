//! `benchmarks`: measured values meet absolute targets with units.

mod performance;

use super::spec::{self, text::InOrder, text::Text};
use super::{BOTH, Context, Criterion, Judgement, Kind};
use crate::evidence::{Detail, Doubt, merge};
use crate::model::benchmarks::{Benchmark, Statistic};
use crate::model::performance::Performance;
use crate::model::quantity::{Bound, Dimension, Quantity};
use crate::readers;
use serde::Deserialize;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "benchmarks",
    summary: "measured values meet their targets",
    guide: "A target is a bound with a unit: \"< 5 ms\", \"> 10k/s\", \"> 80%\". Its key is the benchmark's name, or any \
            name with { benchmark = ..., at = ..., per = operations of one round, stat = \"median\" }. A time becomes \
            a rate where the target is one. An absent benchmark is unproven; a target missed by more than 50 % is \
            marked for escalation. Requests of a load test that fail fail the criterion, unless a target says how many \
            may: failures = \"< 1%\".",
    example: "[gates.{gate}.{name}.targets] test_query = \"< 100 ms\"",
    judged_on: BOTH,
    reports: &[readers::Kind::Benchmarks],
    codes: &[
        ("benchmarks/missed", "at least one target is missed"),
        ("benchmarks/failed-requests", "requests of a load test failed, and no target says how many may"),
        ("benchmarks/absent", "no report measures a benchmark that has a target"),
        ("benchmarks/none", "the reports hold no benchmark"),
        ("benchmarks/ambiguous", "several benchmarks bear the name of a target"),
        ("benchmarks/unit", "the measured unit cannot be compared with the target's"),
        ("benchmarks/duplicate", "two reports measure the same benchmark"),
        ("benchmarks/no-report", "targets are configured, but no benchmark report"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of a `benchmarks` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Spec {
    /// Targets by the benchmark's name, or by a name of one's own, in the order of the performance table.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, TargetSchema>")]
    targets: InOrder<Target>,
}

/// One target.
#[derive(Debug)]
struct Target {
    benchmark: Option<String>,
    at: Bound,
    per: f64,
    stat: Option<Statistic>,
}

/// The long form of a target.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct TargetTable {
    /// The benchmark's name, if the key is another.
    benchmark: Option<String>,
    /// The bound: "> 10k/s".
    at: Text<Bound>,
    /// Operations of one round.
    #[serde(default = "one")]
    per: u32,
    /// The statistic that is held against the bound; the median unless said otherwise.
    stat: Option<Statistic>,
}

fn one() -> u32 {
    1
}

/// Either form, for the schema.
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "only the schema is made from it")]
enum TargetSchema {
    /// The bound alone.
    Bound(String),
    /// With more to say.
    Table(TargetTable),
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let value = toml::Value::deserialize(deserializer)?;
        let table = match value {
            toml::Value::String(text) => {
                let at = text.parse().map_err(Error::custom)?;
                return Ok(Self { benchmark: None, at, per: 1.0, stat: None });
            }
            toml::Value::Table(table) => table,
            other => {
                return Err(Error::custom(format!(
                    "expected a bound or a table, found {}",
                    other.type_str()
                )));
            }
        };
        let table = TargetTable::deserialize(table).map_err(|e| Error::custom(e.message()))?;
        if table.per == 0 {
            return Err(Error::custom("per = 0: a round has at least one operation"));
        }
        Ok(Self { benchmark: table.benchmark, at: table.at.0, per: f64::from(table.per), stat: table.stat })
    }
}

impl Criterion for Spec {
    fn performance(&self, context: &Context<'_>) -> Vec<Performance> {
        performance::rows(&self.targets.0, context)
    }

    fn judge(&self, context: &Context<'_>) -> Judgement {
        if self.targets.0.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, &without_target(context));
        }
        let expected =
            self.targets.0.iter().map(|(n, t)| format!("{n} {}", t.at)).collect::<Vec<_>>().join(", ");
        if context.reports.is_empty() {
            let next = "add the report to [reports]: benchmarks = \"reports/bench.json\"";
            let doubt = Doubt::new(
                "benchmarks/no-report",
                "targets are configured, but no benchmark report is",
                next,
            );
            return Judgement::unproven(doubt).expected(expected);
        }
        let files = merge::files(context.reports, readers::Kind::Benchmarks);
        let measured = files.and_then(|files| Ok((merge::benchmarks(&files)?, files)));
        let (benchmarks, files) = match measured {
            Ok(both) => both,
            Err(doubt) => return Judgement::unproven(doubt).expected(expected),
        };
        self.decide(&benchmarks)
            .expected(expected)
            .notices(merge::notices(&files))
            .evidence(files.iter().map(|f| f.source()).collect())
    }
}

/// What could have a target, if there is a report.
fn without_target(context: &Context<'_>) -> String {
    let Ok(files) = merge::files(context.reports, readers::Kind::Benchmarks) else {
        return "no target".to_owned();
    };
    let names: Vec<_> =
        merge::benchmarks(&files).unwrap_or_default().into_iter().take(5).map(|b| b.name).collect();
    if names.is_empty() { "no target".to_owned() } else { format!("no target for {}", names.join(", ")) }
}

impl Spec {
    fn decide(&self, benchmarks: &[Benchmark]) -> Judgement {
        if benchmarks.is_empty() {
            return Judgement::failed("benchmarks/none", "no data (0 benchmarks)", "let the benchmarks run");
        }
        let results: Vec<_> =
            self.targets.0.iter().map(|(name, t)| (name, t, t.measure(name, benchmarks))).collect();
        let met = results.iter().filter(|(_, t, r)| r.as_ref().is_ok_and(|v| t.at.holds(v.value))).count();
        let measured = format!("{met} of {} targets met", results.len());
        let missed: Vec<_> = results
            .iter()
            .filter_map(|(name, target, result)| Some((name, target, result.as_ref().ok()?)))
            .filter(|(_, target, value)| !target.at.holds(value.value))
            .collect();
        if !missed.is_empty() {
            let details = missed.iter().map(|(name, target, value)| target.missed(name, **value)).collect();
            let next = "make it faster, or look for what else ran on the machine";
            return Judgement::failed("benchmarks/missed", measured, next).details(details);
        }
        let failures = self.failed_requests(benchmarks);
        if !failures.is_empty() {
            let next = "mend what failed, or say how many may: failures = \"< 1%\"";
            return Judgement::failed("benchmarks/failed-requests", "requests failed", next)
                .details(failures);
        }
        let mut doubts = results.iter().filter_map(|(_, _, result)| result.as_ref().err());
        if let Some(first) = doubts.next() {
            let mut doubt = first.clone();
            doubt.details = doubts.map(|d| Detail::remark(d.message.clone())).collect();
            return Judgement::unproven(doubt);
        }
        let shown = results.iter().filter_map(|(name, target, result)| {
            Some(Detail::remark(format!("{name}: {}, target {}", result.as_ref().ok()?, target.at)))
        });
        Judgement::passed("benchmarks", measured).details(shown.collect())
    }
}

impl Spec {
    /// Shares of requests that failed: an error is often the fastest answer, so that no time says anything
    /// beside them. Those that a target bounds are decided by it, and all of them if it bounds the total.
    fn failed_requests(&self, benchmarks: &[Benchmark]) -> Vec<Detail> {
        let named = |b: &&Benchmark| {
            let wanted = self.targets.0.iter().map(|(name, t)| t.benchmark.as_ref().unwrap_or(name));
            wanted.into_iter().any(|name| *name == b.name || *name == b.full_name)
        };
        let shares = || benchmarks.iter().filter(|b| b.is_failures());
        let is_total = |b: &&Benchmark| !b.name.contains('/') || b.name.starts_with("Aggregated/");
        if shares().any(|b| is_total(&b) && named(&b)) {
            return Vec::new();
        }
        let failed = shares().filter(|b| b.value() > 0.0 && !named(b));
        failed
            .map(|b| Detail::remark(format!("{}: {:.2}% of the requests", b.full_name, b.value())))
            .collect()
    }
}

impl Target {
    /// The measured value in the base unit of the target's dimension.
    fn measure(&self, key: &str, benchmarks: &[Benchmark]) -> Result<Quantity, Doubt> {
        let wanted = self.benchmark.as_deref().unwrap_or(key);
        let benchmark = find(wanted, benchmarks)?;
        let quantity = benchmark.quantity(self.stat).ok_or_else(|| {
            let stat =
                self.stat.map(|s| format!("{s:?}").to_lowercase()).unwrap_or_else(|| "value".to_owned());
            let message = format!("the report holds no usable {stat} of `{wanted}`");
            Doubt::new(
                "benchmarks/absent",
                message,
                "let the benchmark tool report it, or choose another stat",
            )
        })?;
        self.converted(quantity).ok_or_else(|| {
            let (is, asked) = (quantity.dimension.base(), self.at.limit.dimension.base());
            let message = format!("`{wanted}` is measured in `{is}`, its target is in `{asked}`");
            Doubt::new("benchmarks/unit", message, "write the target in a unit of the measurement")
        })
    }

    /// Into the target's dimension: a round of `per` operations that takes `t` seconds is
    /// `t / per` an operation, and `per / t` operations a second.
    fn converted(&self, measured: Quantity) -> Option<Quantity> {
        let dimension = self.at.limit.dimension;
        let value = match (measured.dimension, dimension) {
            (Dimension::Time, Dimension::Time) => measured.value / self.per,
            (Dimension::Rate, Dimension::Rate) => measured.value * self.per,
            (Dimension::Time, Dimension::Rate) | (Dimension::Rate, Dimension::Time)
                if measured.value > 0.0 =>
            {
                let rate_or_time = 1.0 / measured.value;
                if dimension == Dimension::Rate { rate_or_time * self.per } else { rate_or_time / self.per }
            }
            (is, asked) if is == asked => measured.value,
            _ => return None,
        };
        value.is_finite().then_some(Quantity { value, dimension })
    }

    fn missed(&self, name: &str, value: Quantity) -> Detail {
        let share = self.at.missed_by(value.value);
        let escalate =
            if self.at.is_far_missed(value.value) { "; escalate: missed by more than 50%" } else { "" };
        let by = if share.is_finite() {
            format!(", missed by {:.0}%", (share * 100.0).floor())
        } else {
            String::new()
        };
        Detail::remark(format!("{name}: {value}, target {}{by}{escalate}", self.at))
    }
}

/// By the bare name, then by the full name; each only if it is the only one.
fn find<'a>(wanted: &str, benchmarks: &'a [Benchmark]) -> Result<&'a Benchmark, Doubt> {
    for name_of in [|b: &Benchmark| b.name.clone(), |b: &Benchmark| b.full_name.clone()] {
        let found: Vec<_> = benchmarks.iter().filter(|b| name_of(b) == wanted).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            many => {
                let names: Vec<_> = many.iter().map(|b| b.full_name.as_str()).collect();
                let message = format!("{} benchmarks are called `{wanted}`", many.len());
                let next = format!("name one in full: {}", names.join(" or "));
                return Err(Doubt::new("benchmarks/ambiguous", message, next));
            }
        }
    }
    let near = spec::did_you_mean(wanted, benchmarks.iter().map(|b| b.name.as_str()));
    let next = near.unwrap_or_else(|| "run this benchmark, or take its target out with a reason".to_owned());
    Err(Doubt::new("benchmarks/absent", format!("no report measures `{wanted}`"), next))
}
