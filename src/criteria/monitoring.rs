//! `monitoring`: a running system exposes the metrics it should, in bounds, and says that it is healthy.

use super::judgement::{count_of, plural};
use super::spec::{self, Problem, text::InOrder, text::Text};
use super::target::{Target, Unit};
use super::{BOTH, Context, Criterion, Judgement, Kind};
use crate::evidence::{Detail, Doubt, ReportFile, merge};
use crate::model::health::{Check, Health, State};
use crate::model::metrics::{Family, Metrics, Sample};
use crate::model::place::Place;
use crate::model::quantity::Bound;
use crate::model::series::Series;
use crate::readers;
use serde::Deserialize;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "monitoring",
    summary: "a running system exposes the metrics it should, in bounds, and is healthy",
    guide: "Judged from what a running system answered: metrics (Prometheus text, OpenMetrics) and health checks \
            (JSON). `required` names metrics that are there with at least one finite sample; `targets` holds samples \
            against bounds, and every sample that the selector selects has to keep it. Units come from the metric's \
            name (_seconds, _bytes, _ratio, _percent), else from unit = \"ms\". Every check of every health report \
            has to be healthy; a word that is not known is no health. An absent metric is unproven.",
    example: "[reports] metrics = \"reports/metrics.prom\", health = \"reports/health.json\"; \
              [gates.{gate}.{name}] required = [\"http_requests_total\"]",
    judged_on: BOTH,
    reports: KINDS,
    codes: &[
        ("monitoring/unhealthy", "a health check does not say that all is well"),
        ("monitoring/degraded", "a health check is degraded, and degraded = \"fail\""),
        ("monitoring/missed", "a metric misses its target"),
        ("monitoring/no-sample", "a required metric is there without a finite sample"),
        ("monitoring/none", "a metrics report holds no finite sample at all"),
        ("monitoring/absent", "no report has a metric that is required or has a target"),
        ("monitoring/unit", "the metric's unit cannot be compared with the target's"),
        ("monitoring/no-report", "metrics are asked for, but no metrics report is configured"),
    ],
    parse,
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// What it reads.
const KINDS: &[readers::Kind] = &[readers::Kind::Metrics, readers::Kind::Health];

/// Keys of a `monitoring` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Spec {
    /// Metrics that are there with at least one finite sample.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    required: Vec<Text<Series>>,
    /// Targets by selector: "up{job=\"api\"}" = ">= 1".
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, AimSchema>")]
    targets: InOrder<Aim>,
    /// Whether every health report has to be healthy; true unless said otherwise.
    #[serde(default = "yes")]
    healthy: bool,
    /// What a degraded check is: warn, fail.
    #[serde(default)]
    degraded: Degraded,
    /// Health checks that are shown, but do not decide.
    #[serde(default)]
    optional: Vec<String>,
}

fn yes() -> bool {
    true
}

fn parse(table: toml::Table) -> super::Parsed {
    let mut spec = spec::read::<Spec>(table, &spec::keys_of::<Spec>())?;
    let mut problems = Vec::new();
    for (key, aim) in spec.targets.0.iter_mut().filter(|(_, aim)| aim.metric.is_none()) {
        match key.parse() {
            Ok(series) => aim.metric = Some(series),
            Err(why) => {
                let problem =
                    Problem::new(["targets", key.as_str()], format!("`{key}` selects no metric: {why}"));
                let hint = "write 'name{label=\"value\"}', or a name of your own with metric = \"...\"";
                problems.push(problem.key().hint(hint));
            }
        }
    }
    if problems.is_empty() { Ok(Box::new(spec)) } else { Err(problems) }
}

/// What a degraded check means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Degraded {
    /// It is shown.
    #[default]
    Warn,
    /// It fails.
    Fail,
}

/// A target with the selector of its metric: the key itself unless the key is a name of one's own.
#[derive(Debug)]
struct Aim {
    metric: Option<Series>,
    target: Target,
}

/// The long form of a target.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct AimTable {
    /// The selector of the metric, if the key is a name of one's own.
    #[schemars(with = "Option<String>")]
    metric: Option<Text<Series>>,
    /// The bound: "> 80%".
    at: Text<Bound>,
    /// The unit of the metric, where its name does not tell: "ms", "ratio".
    #[schemars(with = "Option<String>")]
    unit: Option<Unit>,
}

/// Either form, for the schema.
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "only the schema is made from it")]
enum AimSchema {
    /// The bound alone.
    Bound(String),
    /// With more to say.
    Table(AimTable),
}

impl<'de> Deserialize<'de> for Aim {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => {
                let at = text.parse().map_err(Error::custom)?;
                Ok(Self { metric: None, target: Target { at, unit: None } })
            }
            toml::Value::Table(table) => {
                let table = AimTable::deserialize(table).map_err(|e| Error::custom(e.message()))?;
                let target = Target { at: table.at.0, unit: table.unit };
                Ok(Self { metric: table.metric.map(|m| m.0), target })
            }
            other => {
                let message = format!("expected a bound or a table, found {}", other.type_str());
                Err(Error::custom(message))
            }
        }
    }
}

/// A file with what is in it.
type Of<'a, T> = (&'a ReportFile, &'a T);

/// What is found in the reports before it is decided.
#[derive(Default)]
struct Findings {
    failures: Vec<(&'static str, Detail)>,
    doubts: Vec<Doubt>,
    notices: Vec<Detail>,
    shown: Vec<Detail>,
    /// `6 of 7 checks healthy`, and the like.
    measured: Vec<String>,
}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        let asks_metrics = !self.required.is_empty() || !self.targets.0.is_empty();
        if context.reports.is_empty() && !asks_metrics {
            return Judgement::unconfigured(&KIND, context.id, "no metrics and no health report");
        }
        let files = match merge::files_of(context.reports, KINDS) {
            Ok(files) => files,
            Err(doubt) => return Judgement::unproven(doubt).expected(self.expected()),
        };
        let (metrics, health) = (merge::metrics(&files), merge::health(&files));
        if asks_metrics && metrics.is_empty() {
            let message = "metrics are asked for, but no metrics report is configured";
            let next = "add the report to [reports]: metrics = \"reports/metrics.prom\"";
            let doubt = Doubt::new("monitoring/no-report", message, next);
            return Judgement::unproven(doubt).expected(self.expected());
        }
        if !asks_metrics && (health.is_empty() || !self.healthy) {
            return Judgement::unconfigured(&KIND, context.id, &without_metric(&metrics));
        }
        let mut found = Findings::default();
        self.health(&health, &mut found);
        self.metrics(&metrics, &mut found);
        found
            .decide()
            .expected(self.expected())
            .notices(merge::notices(&files))
            .evidence(files.iter().map(|file| file.source()).collect())
    }
}

/// What could be asked for.
fn without_metric(metrics: &[Of<'_, Metrics>]) -> String {
    let families = metrics.iter().flat_map(|(_, metrics)| &metrics.families);
    let names: Vec<_> = families.take(5).map(|family| family.name.as_str()).collect();
    if names.is_empty() {
        return "nothing is asked of the reports".to_owned();
    }
    format!("no metric is required; there are {}", names.join(", "))
}

impl Spec {
    fn expected(&self) -> String {
        let mut parts = Vec::new();
        if self.healthy {
            parts.push("healthy".to_owned());
        }
        parts.extend(self.required.iter().map(|series| series.0.to_string()));
        parts.extend(self.targets.0.iter().map(|(name, aim)| format!("{name} {}", aim.target.at)));
        parts.join(", ")
    }

    fn health(&self, reports: &[Of<'_, Health>], found: &mut Findings) {
        let (mut good, mut all) = (0, 0);
        for (file, health) in reports {
            for check in &health.checks {
                let name = if check.name.is_empty() { "the whole" } else { &check.name };
                let detail = Detail::at(Place::file(&file.path), format!("{name}: {}", check.said));
                if !self.healthy || self.is_optional(check, health) {
                    found.notices.extend((check.state != State::Healthy).then_some(detail));
                    continue;
                }
                all += 1;
                match check.state {
                    State::Healthy => good += 1,
                    State::Degraded if self.degraded == Degraded::Warn => {
                        good += 1;
                        found
                            .notices
                            .push(Detail { message: format!("degraded: {}", detail.message), ..detail });
                    }
                    State::Degraded => found.failures.push(("monitoring/degraded", detail)),
                    State::Unknown | State::Unhealthy => {
                        found.failures.push(("monitoring/unhealthy", detail))
                    }
                }
            }
        }
        if all > 0 {
            found.measured.push(format!("{good} of {} healthy", plural(all, "check")));
        }
    }

    /// An optional check does not decide, nor does a whole that is no worse than such a check.
    fn is_optional(&self, check: &Check, health: &Health) -> bool {
        let named = |check: &Check| {
            let below =
                |name: &String| check.name.strip_prefix(name.as_str()).is_some_and(|r| r.starts_with('/'));
            self.optional.iter().any(|name| *name == check.name || below(name))
        };
        let whole = check.name.is_empty() && check.state != State::Healthy;
        named(check) || whole && health.checks.iter().any(|c| named(c) && c.state >= check.state)
    }

    fn metrics(&self, reports: &[Of<'_, Metrics>], found: &mut Findings) {
        for (file, metrics) in reports.iter().filter(|(_, metrics)| metrics.finite() == 0) {
            let message = format!("no sample (of {})", plural(metrics.families.len() as u64, "metric"));
            found.failures.push(("monitoring/none", Detail::at(Place::file(&file.path), message)));
        }
        let there = self.required.iter().filter(|series| required(&series.0, reports, found)).count();
        if !self.required.is_empty() {
            let all = count_of(self.required.len() as u64, "required metric", "required metrics");
            found.measured.push(format!("{there} of {all}"));
        }
        let met = self.targets.0.iter().filter(|(_, aim)| aim.judge(reports, found)).count();
        if !self.targets.0.is_empty() {
            found.measured.push(format!("{met} of {} met", plural(self.targets.0.len() as u64, "target")));
        }
    }
}

/// Whether a required metric has a finite sample.
fn required(wanted: &Series, reports: &[Of<'_, Metrics>], found: &mut Findings) -> bool {
    let of = |metrics: &Metrics| -> (usize, usize) {
        let samples = metrics.of(&wanted.name).into_iter();
        let labelled = |s: &&Sample| wanted.labels.iter().all(|label| s.series.labels.contains(label));
        let samples: Vec<_> = samples.filter(labelled).collect();
        (samples.len(), samples.iter().filter(|s| s.value.is_finite()).count())
    };
    if reports.iter().any(|(_, metrics)| of(metrics).1 > 0) {
        return true;
    }
    let declared = |metrics: &Metrics| {
        wanted.labels.is_empty() && metrics.families.iter().any(|f| f.name == wanted.name)
    };
    match reports.iter().find(|(_, metrics)| of(metrics).0 > 0 || declared(metrics)) {
        Some((file, _)) => {
            let message = format!("{wanted} is there without a finite sample");
            found.failures.push(("monitoring/no-sample", Detail::at(Place::file(&file.path), message)));
        }
        None => found.doubts.push(absent(wanted, reports)),
    }
    false
}

fn absent(wanted: &Series, reports: &[Of<'_, Metrics>]) -> Doubt {
    let all: std::collections::BTreeSet<&str> =
        reports.iter().flat_map(|(_, m)| m.samples()).map(|sample| sample.series.name.as_str()).collect();
    let same = all.contains(wanted.name.as_str());
    let near = spec::did_you_mean(&wanted.name, all).filter(|_| !same);
    let next = match near {
        Some(near) => near,
        None if same => "the metric is there, but not with these labels".to_owned(),
        None => "let the system expose it, or take it out".to_owned(),
    };
    Doubt::new("monitoring/absent", format!("no report has {wanted}"), next)
}

impl Aim {
    /// Whether every sample keeps the target.
    fn judge(&self, reports: &[Of<'_, Metrics>], found: &mut Findings) -> bool {
        let Some(selector) = &self.metric else { return false };
        let mut samples = Vec::new();
        for (file, metrics) in reports {
            let selected = metrics.select(selector).into_iter();
            samples.extend(selected.map(|(family, sample)| (file.path.as_str(), family, sample)));
        }
        if samples.is_empty() {
            found.doubts.push(absent(selector, reports));
            return false;
        }
        let kept =
            samples.iter().filter(|(path, family, sample)| self.keeps(path, family, sample, found)).count();
        kept == samples.len()
    }

    fn keeps(&self, path: &str, family: &Family, sample: &Sample, found: &mut Findings) -> bool {
        let series = &sample.series;
        let number = match self.target.convert(sample.value, family.unit_of(sample)) {
            Ok(number) => number,
            Err(why) => {
                let next = format!("say its unit: {{ at = \"{}\", unit = \"...\" }}", self.target.at);
                found.doubts.push(Doubt::new("monitoring/unit", format!("{series}: {why}"), next));
                return false;
            }
        };
        let detail = Detail::at(Place::file(path), format!("{series}: {}", self.target.beside(number)));
        let holds = self.target.holds(number);
        if holds {
            found.shown.push(detail);
        } else {
            found.failures.push(("monitoring/missed", detail));
        }
        holds
    }
}

impl Findings {
    fn decide(self) -> Judgement {
        let measured = self.measured.join("; ");
        let judgement = if let Some((code, first)) = self.failures.first() {
            let next = match *code {
                "monitoring/unhealthy" | "monitoring/degraded" => {
                    "look into what the check says; then ask it again"
                }
                "monitoring/missed" => "look into why the metric is out of bounds; then scrape again",
                _ => "let the system run for a while under load; then scrape again",
            };
            let (code, first) = (*code, first.message.clone());
            let mut details: Vec<_> = self.failures.into_iter().map(|failure| failure.1).collect();
            let more =
                if details.len() > 1 { format!(" and {} more", details.len() - 1) } else { String::new() };
            details.extend(self.doubts.into_iter().map(|doubt| Detail::remark(doubt.message)));
            Judgement::failed(code, measured, next).message(format!("{first}{more}")).details(details)
        } else {
            let mut doubts = self.doubts.into_iter();
            match doubts.next() {
                Some(mut first) => {
                    first.details.extend(doubts.map(|d| Detail::remark(d.message)));
                    Judgement::unproven(first)
                }
                None => Judgement::passed("monitoring", measured).details(self.shown),
            }
        };
        judgement.notices(self.notices)
    }
}
