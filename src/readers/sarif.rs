//! SARIF 2.1.0 (OASIS standard, errata 01), which more tools write than any other format.
//!
//! The level of a result is its own; else that of a run-time override of its rule
//! (`invocations[].ruleConfigurationOverrides`); else the default of its rule, which is found by
//! index or id in the driver or an extension ([`super::sarif_rules`]); else `warning`. A
//! `security-severity` of the rule is read with GitHub's bands; of it and the level the worse counts.
//! ruff gives every result the level `error`: there the family of the rule decides.
//!
//! No findings: results of a kind other than `fail` (`open` and `review` ask for a person and are
//! info), and those with `baselineState: absent`. Suppressed: results with suppressions all of which
//! are accepted. Blocking: a run that says of itself that it failed, and its error notifications.
//!
//! Ignored on purpose: code flows, fixes, graphs, taxonomies, policies, fingerprints, related
//! locations, `occurrenceCount`. Results in external property files are not there: refused.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::sarif_rules::{Message, Reference, Rules, Tool};
use super::sarif_uri::{ArtifactLocation, Bases};
use super::{json, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "sarif",
    kind: Kind::Findings,
    tools: "CodeQL, semgrep, bandit, ruff, ESLint, clippy-sarif, trivy, gosec, checkov, detekt, ...",
    command: "semgrep scan --sarif --output semgrep.sarif",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array && json.has(&["runs"]) && (json.has(&["version"]) || json.has(&["$schema"]))
        }
        _ => false,
    },
    read,
};

/// The words of SARIF on our scale; `none` is what no level applies to.
const LEVELS: linter::Scale = &[
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("note", Severity::Info),
    ("none", Severity::Info),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    version: String,
    runs: Option<Vec<Run>>,
    #[serde(default)]
    inline_external_properties: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    #[serde(default)]
    invocations: Vec<Invocation>,
    results: Option<Vec<Entry>>,
    #[serde(default)]
    artifacts: Vec<Artifact>,
    #[serde(default)]
    original_uri_base_ids: Option<json::UniqueMap<ArtifactLocation>>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    /// Required by the standard; older producers leave it out.
    execution_successful: Option<bool>,
    process_start_failure_message: Option<String>,
    exit_signal_name: Option<String>,
    #[serde(default)]
    tool_execution_notifications: Vec<Notification>,
    #[serde(default)]
    tool_configuration_notifications: Vec<Notification>,
    #[serde(default)]
    rule_configuration_overrides: Vec<Override>,
}

#[derive(Deserialize)]
struct Override {
    descriptor: Reference,
    configuration: super::sarif_rules::Configuration,
}

#[derive(Deserialize)]
struct Notification {
    level: Option<String>,
    message: Option<Message>,
    #[serde(default)]
    locations: Vec<Location>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<Reference>,
    level: Option<String>,
    kind: Option<String>,
    message: Message,
    #[serde(default)]
    locations: Vec<Location>,
    analysis_target: Option<ArtifactLocation>,
    suppressions: Option<Vec<Suppression>>,
    baseline_state: Option<String>,
    provenance: Option<Provenance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provenance {
    invocation_index: Option<i64>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<i64>,
    start_column: Option<i64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let log: Log = json::parse(input)?;
    if log.version != "2.1.0" {
        let message = format!("SARIF {}, of which only 2.1.0 is read", quote(&log.version));
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    if !log.inline_external_properties.is_empty() {
        return Err(ReadError::new(Code::Malformed, "results in inlineExternalProperties are not read"));
    }
    let runs = log.runs.unwrap_or_default();
    if runs.is_empty() {
        return Err(ReadError::new(Code::ToolFailed, "the log holds no run: no tool has looked at anything"));
    }
    let mut all = Findings::default();
    let mut notices = Vec::new();
    for (run, number) in runs.into_iter().zip(1..) {
        let tool = linter::tool(&run.tool.driver.name, &FORMAT);
        Reading::new(run, number, tool, &mut all, &mut notices)?.results(input)?;
    }
    linter::ended_somehow(input, &all)?;
    Ok(linter::report(&FORMAT, all, notices))
}

/// One run while it is read.
struct Reading<'a> {
    number: usize,
    tool: &'static str,
    rules: Rules,
    bases: Bases,
    results: Vec<Entry>,
    /// Overrides of rules, with the invocation they belong to.
    overrides: Vec<(usize, Override)>,
    all: &'a mut Findings,
    notices: &'a mut Vec<String>,
}

impl<'a> Reading<'a> {
    fn new(
        run: Run,
        number: usize,
        tool: &'static str,
        all: &'a mut Findings,
        notices: &'a mut Vec<String>,
    ) -> Result<Self, ReadError> {
        let Some(results) = run.results else {
            let message =
                format!("run {number} ({tool}) has no list of results: it has not looked at anything");
            return Err(ReadError::new(Code::ToolFailed, message));
        };
        let bases = run.original_uri_base_ids.map(|map| map.0).unwrap_or_default();
        let artifacts = run.artifacts.into_iter().map(|artifact| artifact.location).collect();
        let mut reading = Self {
            number,
            tool,
            rules: Rules::new(run.tool),
            bases: Bases::new(bases, artifacts),
            results,
            overrides: Vec::new(),
            all,
            notices,
        };
        for (invocation, index) in run.invocations.into_iter().zip(0..) {
            reading.invocation(index, invocation)?;
        }
        Ok(reading)
    }

    /// What a run says about itself.
    fn invocation(&mut self, index: usize, invocation: Invocation) -> Result<(), ReadError> {
        let mut failed = Vec::new();
        if invocation.execution_successful == Some(false) {
            failed.push("the run says that it was not successful".to_owned());
        }
        failed.extend(invocation.process_start_failure_message.map(|why| format!("not started: {why}")));
        failed.extend(invocation.exit_signal_name.map(|signal| format!("ended by the signal {signal}")));
        self.all.list.extend(failed.into_iter().map(|why| linter::blocking(self.tool, None, why)));
        let notifications = invocation.tool_execution_notifications.into_iter();
        for notification in notifications.chain(invocation.tool_configuration_notifications) {
            self.notification(notification)?;
        }
        self.overrides.extend(invocation.rule_configuration_overrides.into_iter().map(|o| (index, o)));
        Ok(())
    }

    fn notification(&mut self, notification: Notification) -> Result<(), ReadError> {
        let level = notification.level.as_deref().unwrap_or("warning");
        let text = notification.message.as_ref().map_or("", Message::plain).to_owned();
        match linter::severity(LEVELS, level, "a notification")? {
            Severity::Critical | Severity::Error => {
                let place = self.place(&notification.locations, None)?;
                self.all.list.push(linter::blocking(self.tool, place, text));
            }
            Severity::Warning => self.notices.push(format!("{} warns: {}", self.tool, quote(&text))),
            Severity::Info => {}
        }
        Ok(())
    }

    fn results(mut self, input: &Input<'_>) -> Result<(), ReadError> {
        for (entry, number) in std::mem::take(&mut self.results).into_iter().zip(1..) {
            let told = |error: ReadError| ReadError {
                message: format!("run {}, result {number}: {}", self.number, error.message),
                ..error
            };
            if gone(&entry).map_err(told)? {
                continue;
            }
            if suppressed(&entry).map_err(told)? {
                self.all.suppressed += 1;
                continue;
            }
            let finding = self.finding(entry).map_err(told)?;
            self.all.list.extend(finding);
            input.limits.check_items(self.all.list.len())?;
        }
        Ok(())
    }

    /// The finding of a result; `None` if it tells of no failure.
    fn finding(&self, entry: Entry) -> Result<Option<Finding>, ReadError> {
        let asked = Reference::of(entry.rule, entry.rule_id, entry.rule_index);
        let explicit =
            entry.level.as_deref().map(|level| linter::severity(LEVELS, level, "it")).transpose()?;
        let kind = entry.kind.as_deref().unwrap_or("fail");
        let invocation = entry.provenance.and_then(|p| p.invocation_index);
        let rule = self.rules.find(&asked, explicit.is_none())?;
        let severity = match kind {
            "pass" | "notApplicable" | "informational" => return Ok(None),
            "open" | "review" => explicit.unwrap_or(Severity::Info),
            "fail" => match (explicit, self.overridden(&asked, invocation)?) {
                (Some(level), _) | (None, Some(level)) => level,
                (None, None) => match rule.and_then(|rule| rule.level()) {
                    Some(level) => linter::severity(LEVELS, level, "its rule")?,
                    None => Severity::Warning,
                },
            },
            other => {
                let message = format!("the kind {} is none of SARIF's", quote(other));
                return Err(ReadError::new(Code::Malformed, message));
            }
        };
        // Worse is less.
        let severity = match rule.map(|rule| rule.risk()).transpose()?.flatten() {
            Some(risk) => severity.min(risk),
            None => severity,
        };
        let id = asked.id.as_deref().or(rule.map(|rule| rule.id.as_str()));
        let (severity, blocking) = linter::of_ruff(self.tool, id).unwrap_or((severity, false));
        let place = self.place(&entry.locations, entry.analysis_target.as_ref())?;
        let text = entry.message.text(rule);
        let found = linter::finding(self.tool, severity, place, id, text);
        Ok(Some(Finding { blocking: blocking || found.blocking, ..found }))
    }

    /// The level that an invocation gives to a rule.
    fn overridden(&self, asked: &Reference, invocation: Option<i64>) -> Result<Option<Severity>, ReadError> {
        let ours = |index: usize| invocation.is_none_or(|wanted| wanted < 0 || wanted == index as i64);
        let found = self.overrides.iter().rev().find(|(index, o)| ours(*index) && o.descriptor.same(asked));
        let level = found.and_then(|(_, o)| o.configuration.level.as_deref());
        level.map(|level| linter::severity(LEVELS, level, "an override")).transpose()
    }

    fn place(
        &self,
        locations: &[Location],
        target: Option<&ArtifactLocation>,
    ) -> Result<Option<Place>, ReadError> {
        let physical = locations.iter().find_map(|location| location.physical_location.as_ref());
        let artifact = physical.and_then(|p| p.artifact_location.as_ref()).or(target);
        let Some(path) = artifact.map(|artifact| self.bases.path(artifact)).transpose()?.flatten() else {
            return Ok(None);
        };
        let region = physical.and_then(|p| p.region.as_ref());
        let line = region.and_then(|r| r.start_line).unwrap_or(0);
        let column = region.and_then(|r| r.start_column).unwrap_or(0);
        Ok(Some(Place::at(path, line, column)))
    }
}

/// Whether a result tells of something that is no longer there.
fn gone(entry: &Entry) -> Result<bool, ReadError> {
    match entry.baseline_state.as_deref() {
        None | Some("new" | "unchanged" | "updated") => Ok(false),
        Some("absent") => Ok(true),
        Some(other) => {
            let message = format!("the baselineState {} is none of SARIF's", quote(other));
            Err(ReadError::new(Code::Malformed, message))
        }
    }
}

/// Whether all suppressions of a result are accepted, and there is one.
fn suppressed(entry: &Entry) -> Result<bool, ReadError> {
    let suppressions = entry.suppressions.as_deref().unwrap_or_default();
    let mut accepted = !suppressions.is_empty();
    for suppression in suppressions {
        match suppression.status.as_deref() {
            None | Some("accepted") => {}
            Some("underReview" | "rejected") => accepted = false,
            Some(other) => {
                let message = format!("the suppression status {} is none of SARIF's", quote(other));
                return Err(ReadError::new(Code::Malformed, message));
            }
        }
    }
    Ok(accepted)
}

#[cfg(test)]
#[path = "sarif_tests.rs"]
mod tests;
