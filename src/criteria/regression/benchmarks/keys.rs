//! The keys of benchmarks under `regression`: shares as text with a percent sign, risks as fractions.

use crate::criteria::regression::weight::Weight;
use crate::criteria::spec::text::Text;
use crate::evidence::comparison::benchmarks::{Override, Rule, Rules};
use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Deserializer};
use std::str::FromStr;

/// Keys under `benchmarks`.
#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::criteria::regression) struct Keys {
    /// The risk of suspecting a benchmark that has not changed; 0.05.
    alpha: Option<Risk>,
    /// The risk at which a suspect's re-run turns red, or anything where `strict`; 0.01.
    confirm_alpha: Option<Risk>,
    /// Of many suspects, the share that may be false; 0.10.
    q: Option<Risk>,
    /// Slowdowns up to this are nobody's business: "5%". By default 5 %, 3 % for quiet benchmarks, 10 %
    /// for high percentiles of load tests.
    floor: Option<Text<Share>>,
    /// How many runs of the history count; 30.
    history: Option<Count>,
    /// With fewer runs only a catastrophe is seen; 5.
    min_runs: Option<Count>,
    /// A slowdown of so much is red at once: "100%".
    hard_stop: Option<Text<Share>>,
    /// A benchmark of which so much could pass unseen is blind: "25%".
    blind_above: Option<Text<Share>>,
    /// How much more an exact figure may be; nothing, and 1 % for instructions.
    tolerance: Option<Text<Share>>,
    /// What a blind benchmark means: "warn" or "fail".
    pub(super) blind: Option<Weight>,
    /// What a benchmark means that is gone: "fail" or "warn".
    pub(super) vanished: Option<Weight>,
    /// What slow drift since the last milestone means; a warning on a change, a failure on a milestone.
    pub(super) drift: Option<Weight>,
    /// Where no run of this machine is known, compare with those of all others.
    #[serde(default)]
    pool_cpus: bool,
    /// Red without a re-run.
    #[serde(default)]
    pub(super) strict: bool,
    /// Two builds in one job instead of the history: entries of `[reports]`, each file a process.
    pub(super) ab: Option<Sides>,
    /// An entry of `[reports]` with the reports of a second job, by which suspects are judged again.
    pub(super) confirm: Option<String>,
    /// Benchmarks of which other keys hold; of several that match, the last.
    #[serde(default)]
    overrides: Vec<OverrideKeys>,
}

/// The two builds of a job.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Sides {
    /// The entry with the base build's processes.
    pub(super) base: String,
    /// The entry with the new build's processes.
    pub(super) head: String,
}

/// Keys of some benchmarks.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct OverrideKeys {
    /// A glob of their full names.
    #[schemars(with = "String")]
    benchmarks: Names,
    /// As `floor`.
    floor: Option<Text<Share>>,
    /// As `tolerance`.
    tolerance: Option<Text<Share>>,
    /// As `hard-stop`.
    hard_stop: Option<Text<Share>>,
    /// As `blind-above`.
    blind_above: Option<Text<Share>>,
}

#[derive(Debug, Clone)]
struct Names(GlobMatcher);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Glob::new(&text).map(|glob| Self(glob.compile_matcher())).map_err(serde::de::Error::custom)
    }
}

/// A probability, neither 0 nor 1.
#[derive(Debug, Clone, Copy, PartialEq, schemars::JsonSchema)]
struct Risk(f64);

impl<'de> Deserialize<'de> for Risk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        if value > 0.0 && value < 1.0 {
            return Ok(Self(value));
        }
        Err(serde::de::Error::custom(format!("expected a probability such as 0.05, found {value}")))
    }
}

/// A number of runs, not 0.
#[derive(Debug, Clone, Copy, PartialEq, schemars::JsonSchema)]
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match usize::deserialize(deserializer)? {
            0 => Err(serde::de::Error::custom("expected a number of runs, found 0")),
            count => Ok(Self(count)),
        }
    }
}

/// A share: `5%` is 0.05.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Share(f64);

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        match number.filter(|number| number.is_finite() && *number >= 0.0) {
            Some(number) => Ok(Self(number / 100.0)),
            None => Err(format!("`{text}` is not a share such as \"5%\"")),
        }
    }
}

fn share(text: &Option<Text<Share>>) -> Option<f64> {
    text.as_ref().map(|Text(Share(share))| *share)
}

impl Keys {
    /// The rules that they make.
    pub(in crate::criteria::regression) fn rules(&self) -> Rules {
        let usual = Rule::default();
        let risk = |risk: Option<Risk>, usual| risk.map_or(usual, |Risk(risk)| risk);
        let count = |count: Option<Count>, usual| count.map_or(usual, |Count(count)| count);
        let general = Rule {
            alpha: risk(self.alpha, usual.alpha),
            confirm_alpha: risk(self.confirm_alpha, usual.confirm_alpha),
            q: risk(self.q, usual.q),
            floor: share(&self.floor),
            history: count(self.history, usual.history),
            // A scale needs two runs.
            min_runs: count(self.min_runs, usual.min_runs).max(2),
            hard_stop: share(&self.hard_stop).unwrap_or(usual.hard_stop),
            blind: share(&self.blind_above).unwrap_or(usual.blind),
            tolerance: share(&self.tolerance),
            pool_cpus: self.pool_cpus,
            strict: self.strict,
            ..usual
        };
        let of = |keys: &OverrideKeys| Override {
            names: keys.benchmarks.0.clone(),
            floor: share(&keys.floor),
            tolerance: share(&keys.tolerance),
            hard_stop: share(&keys.hard_stop),
            blind: share(&keys.blind_above),
        };
        Rules { general, overrides: self.overrides.iter().map(of).collect() }
    }

    /// Whether two builds of one job are compared, for which no history is needed.
    pub(in crate::criteria::regression) fn is_paired(&self) -> bool {
        self.ab.is_some()
    }

    /// Entries of `[reports]` that are not reports of this run, or only some of its processes.
    pub(in crate::criteria::regression) fn apart(&self) -> Vec<String> {
        let sides = self.ab.iter().flat_map(|sides| [sides.base.clone(), sides.head.clone()]);
        sides.chain(self.confirm.clone()).collect()
    }
}
