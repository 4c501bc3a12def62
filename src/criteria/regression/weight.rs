//! What it means that something is worse: it fails, or it is said. And what was excused beforehand.

use super::part::Standing;
use crate::criteria::judgement::plural;
use crate::evidence::Detail;
use crate::model::outcome::Occasion;
use globset::{Glob, GlobMatcher};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

/// What it means that something is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Weight {
    /// The criterion fails.
    Fail,
    /// It is shown, and does not decide.
    Warn,
}

impl Weight {
    /// As it was configured; else a warning on a change, and a failure on a milestone.
    pub(super) fn on(configured: Option<Self>, occasion: Occasion) -> Self {
        configured.unwrap_or(match occasion {
            Occasion::Change => Self::Warn,
            Occasion::Milestone => Self::Fail,
        })
    }

    /// How a part stands of which something of this weight is worse.
    pub(super) fn standing(self) -> Standing {
        match self {
            Self::Fail => Standing::Failed,
            Self::Warn => Standing::Warned,
        }
    }
}

/// Tests by their label, `class::name`: exactly so, or as a glob in which `*` stands for anything.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: String,
    /// A name with parameters in brackets is mostly no glob.
    glob: Option<GlobMatcher>,
}

impl Pattern {
    /// Whether it means the test.
    pub(super) fn matches(&self, label: &str) -> bool {
        self.text == label || self.glob.as_ref().is_some_and(|glob| glob.is_match(label))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(serde::de::Error::custom("expected a test or a glob, found nothing"));
        }
        Ok(Self { glob: Glob::new(&text).ok().map(|glob| glob.compile_matcher()), text })
    }
}

impl schemars::JsonSchema for Pattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TestPattern".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// A day, written without quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::Datetime(moment) => moment.to_string(),
            toml::Value::String(text) => text,
            other => return Err(Error::custom(format!("expected a date, found {}", other.type_str()))),
        };
        text.parse()
            .map(Self)
            .map_err(|_| Error::custom(format!("`{text}` is not a date such as 2026-12-24")))
    }
}

impl schemars::JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

/// A test whose regression is known, and is somebody's to mend until a day.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Quarantined {
    /// The test, `class::name`, or a glob.
    test: Pattern,
    /// Who mends it.
    owner: String,
    /// The last day on which it counts.
    expires: Day,
    /// Why.
    reason: Option<String>,
}

impl Quarantined {
    /// What is said of a test that it covers.
    pub(super) fn label(&self) -> String {
        let reason = self.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        format!("quarantined until {} by {}{reason}", self.expires.0, self.owner)
    }
}

/// The quarantine of a test that counts today.
pub(super) fn quarantine<'a>(all: &'a [Quarantined], label: &str, today: Date) -> Option<&'a Quarantined> {
    all.iter().find(|q| q.test.matches(label) && q.expires.0 >= today)
}

/// What a person should know of quarantines that count no more.
pub(super) fn expired(all: &[Quarantined], today: Date) -> Vec<Detail> {
    let expired: Vec<_> = all.iter().filter(|q| q.expires.0 < today).collect();
    let Some(first) = expired.first() else { return Vec::new() };
    let more = match expired.len() - 1 {
        0 => String::new(),
        n => format!(", and {} more", plural(n as u64, "quarantine")),
    };
    let text = format!(
        "the quarantine of {} ended on {} and counts for nothing ({}){more}",
        first.test.text, first.expires.0, first.owner
    );
    vec![Detail::remark(text)]
}
