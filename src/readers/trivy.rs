//! The JSON of trivy: vulnerabilities, misconfigurations, secrets and licences of the targets.
//!
//! Checks that passed do not count; exceptions and findings that were set aside
//! (`ExperimentalModifiedFindings`) are suppressed. A report without `Results` looked at nothing.
//! Ignored on purpose: scores, references, packages, metadata of the artifact.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::{json, linter};
use crate::model::findings::Findings;
use crate::model::place::Place;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "trivy-json",
    kind: Kind::Findings,
    tools: "trivy",
    command: "trivy fs --format json --output trivy.json .",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["SchemaVersion", "ArtifactName", "ArtifactType"]),
        _ => false,
    },
    read,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    schema_version: u32,
    #[serde(default)]
    results: Option<Vec<Target>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    target: String,
    #[serde(default)]
    vulnerabilities: Vec<Problem>,
    #[serde(default)]
    misconfigurations: Vec<Problem>,
    #[serde(default)]
    secrets: Vec<Problem>,
    #[serde(default)]
    licenses: Vec<Problem>,
    #[serde(default)]
    experimental_modified_findings: Vec<IgnoredAny>,
}

/// All four kinds: each has its own fields for what it is about.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Problem {
    severity: String,
    #[serde(rename = "VulnerabilityID")]
    vulnerability: Option<String>,
    #[serde(rename = "ID")]
    id: Option<String>,
    #[serde(rename = "RuleID")]
    rule: Option<String>,
    pkg_name: Option<String>,
    installed_version: Option<String>,
    name: Option<String>,
    title: Option<String>,
    message: Option<String>,
    status: Option<String>,
    start_line: Option<i64>,
    cause_metadata: Option<Cause>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cause {
    start_line: Option<i64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    if document.schema_version != 2 {
        let message = format!("schema version {} of trivy, of which 2 is read", document.schema_version);
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    let targets = document.results.unwrap_or_default();
    let mut findings = Findings { analysed: Some(targets.len() as u64), ..Findings::default() };
    for target in targets {
        findings.suppressed += target.experimental_modified_findings.len() as u64;
        for check in target.misconfigurations {
            match check.status.as_deref() {
                Some("PASS") => {}
                Some("EXCEPTION") => findings.suppressed += 1,
                None | Some("FAIL") => take(&mut findings, &target.target, check)?,
                Some(other) => {
                    let message = format!("a check has the status {}", quote(other));
                    return Err(ReadError::new(Code::Malformed, message));
                }
            }
        }
        let rest = target.vulnerabilities.into_iter().chain(target.secrets).chain(target.licenses);
        for problem in rest {
            take(&mut findings, &target.target, problem)?;
        }
        input.limits.check_items(findings.list.len())?;
    }
    linter::ended_somehow(input, &findings)?;
    Ok(linter::report(&FORMAT, findings, Vec::new()))
}

fn take(findings: &mut Findings, target: &str, problem: Problem) -> Result<(), ReadError> {
    let severity = linter::severity(linter::RISKS, &problem.severity, "a finding")?;
    let line = problem.cause_metadata.and_then(|cause| cause.start_line).or(problem.start_line);
    let rule = problem.vulnerability.or(problem.id).or(problem.rule).or(problem.name);
    let package = problem.pkg_name.map(|name| match problem.installed_version {
        Some(version) => format!("{name} {version}: "),
        None => format!("{name}: "),
    });
    let text = problem.title.or(problem.message).unwrap_or_default();
    let message = format!("{}{text}", package.unwrap_or_default());
    let place = Place::at(target, line.unwrap_or(0), 0);
    findings.list.push(linter::finding("trivy", severity, Some(place), rule.as_deref(), message));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn what_passed_does_not_count() {
        let text = |results: &str| {
            format!(r#"{{"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem"{results}}}"#)
        };
        let target = |inside: &str| text(&format!(r#", "Results": [{{"Target": "Cargo.lock", {inside}}}]"#));
        let check = |status: &str| {
            target(&format!(
                r#""Misconfigurations": [{{"ID": "DS1", "Severity": "HIGH", "Status": "{status}"}}]"#
            ))
        };
        assert_eq!(read(&FORMAT, &text(""), None).unwrap().analysed, Some(0));
        assert_eq!(counts(&read(&FORMAT, &check("FAIL"), None).unwrap()).0, [0, 1, 0, 0]);
        assert_eq!(counts(&read(&FORMAT, &check("PASS"), None).unwrap()).0, [0; 4]);
        assert_eq!(read(&FORMAT, &check("EXCEPTION"), None).unwrap().suppressed, 1);
        assert_eq!(read(&FORMAT, &check("ODD"), None), Err(Code::Malformed));
        let secret =
            target(r#""Secrets": [{"RuleID": "aws", "Severity": "CRITICAL", "Title": "t", "StartLine": 3}]"#);
        let found = read(&FORMAT, &secret, Some(0)).unwrap();
        assert_eq!(
            (counts(&found).0, found.list[0].place.clone()),
            ([1, 0, 0, 0], Some(Place::line("Cargo.lock", 3)))
        );
        assert_eq!(read(&FORMAT, &check("FAIL").replace("HIGH", "BAD"), None), Err(Code::Malformed));
        assert_eq!(read(&FORMAT, &text("").replace('2', "1"), None), Err(Code::WrongFormat));
    }
}
