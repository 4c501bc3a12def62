//! Audits of dependencies: `cargo audit --json` and `npm audit --json` (npm 7 and later).
//!
//! A vulnerability of RustSec is an error; an unsound, unmaintained or yanked crate is a warning.
//! npm's own words are the severity, one finding for each vulnerable package. Counts are held against
//! the list; the dependencies that were looked at are told. An answer of npm that is an `error` is no
//! audit. Ignored on purpose: CVSS vectors, affected functions, ranges, fixes.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::linter::{self, Scale};
use crate::model::findings::{Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;

/// The row of cargo-audit.
pub(super) static CARGO: Format = Format {
    name: "cargo-audit-json",
    kind: Kind::Findings,
    tools: "cargo-audit",
    command: "cargo audit --json > cargo-audit.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["database", "lockfile", "vulnerabilities", "warnings"]),
        _ => false,
    },
    read: read_cargo,
};

/// The row of npm.
pub(super) static NPM: Format = Format {
    name: "npm-audit-json",
    kind: Kind::Findings,
    tools: "npm audit",
    command: "npm audit --json > npm-audit.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && json.has(&["auditReportVersion"])),
    read: read_npm,
};

/// Kinds of cargo-audit's warnings.
const KINDS: Scale = &[
    ("unsound", Severity::Warning),
    ("unmaintained", Severity::Warning),
    ("yanked", Severity::Warning),
    ("notice", Severity::Info),
];

#[derive(Deserialize)]
struct Audit {
    lockfile: Lockfile,
    vulnerabilities: Vulnerabilities,
    warnings: json::UniqueMap<Vec<Advised>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lockfile {
    dependency_count: u64,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    found: bool,
    count: u64,
    list: Vec<Advised>,
}

#[derive(Deserialize)]
struct Advised {
    advisory: Option<Advisory>,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

fn read_cargo(input: &Input<'_>) -> Result<Report, ReadError> {
    let audit: Audit = json::parse(input)?;
    let count = audit.vulnerabilities.list.len() as u64;
    linter::counted("vulnerabilities", audit.vulnerabilities.count, count)?;
    if audit.vulnerabilities.found != (count > 0) {
        return Err(ReadError::new(Code::Contradiction, "`found` does not say what the list says"));
    }
    let mut findings = Findings { analysed: Some(audit.lockfile.dependency_count), ..Findings::default() };
    for vulnerability in audit.vulnerabilities.list {
        take(&mut findings, Severity::Error, "vulnerable", vulnerability);
    }
    for (kind, warnings) in audit.warnings.0 {
        let severity = linter::severity(KINDS, &kind, "a list of warnings")?;
        warnings.into_iter().for_each(|warning| take(&mut findings, severity, &kind, warning));
    }
    input.limits.check_items(findings.list.len())?;
    linter::ended("cargo-audit", input.exit_status, &[1], &findings)?;
    Ok(linter::report(&CARGO, findings, Vec::new()))
}

fn take(findings: &mut Findings, severity: Severity, kind: &str, advised: Advised) {
    let Package { name, version } = advised.package;
    let (id, title) = advised.advisory.map_or((None, kind.to_owned()), |a| (Some(a.id), a.title));
    let place = Some(Place::file("Cargo.lock"));
    let rule = id.as_deref().unwrap_or(kind);
    findings.list.push(linter::finding(
        "cargo-audit",
        severity,
        place,
        Some(rule),
        format!("{name} {version}: {title}"),
    ));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NpmAudit {
    audit_report_version: Option<u32>,
    error: Option<NpmError>,
    message: Option<String>,
    vulnerabilities: Option<json::UniqueMap<Vulnerable>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NpmError {
    Text(String),
    Object { code: Option<String>, summary: Option<String> },
}

#[derive(Deserialize)]
struct Vulnerable {
    severity: String,
    #[serde(default)]
    via: Vec<Via>,
}

/// An advisory, or the name of a package that has one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    Package(String),
    Advisory { title: Option<String> },
}

#[derive(Deserialize)]
struct Metadata {
    vulnerabilities: Total,
    dependencies: Total,
}

#[derive(Deserialize)]
struct Total {
    total: u64,
}

fn read_npm(input: &Input<'_>) -> Result<Report, ReadError> {
    let audit: NpmAudit = json::parse(input)?;
    if let Some(error) = audit.error {
        let text = match error {
            NpmError::Text(text) => text,
            NpmError::Object { code, summary } => {
                format!("{} {}", code.unwrap_or_default(), summary.unwrap_or_default())
            }
        };
        let text = quote(&format!("{} {text}", audit.message.unwrap_or_default()));
        return Err(ReadError::new(Code::ToolFailed, format!("npm could not audit: {text}")));
    }
    let (Some(2), Some(vulnerable), Some(metadata)) =
        (audit.audit_report_version, audit.vulnerabilities, audit.metadata)
    else {
        return Err(ReadError::new(Code::WrongFormat, "not an audit report of version 2 (npm 7 and later)"));
    };
    let dependencies = metadata.dependencies.total;
    let mut findings = Findings { analysed: Some(dependencies), ..Findings::default() };
    for (name, package) in vulnerable.0 {
        let severity = linter::severity(linter::RISKS, &package.severity, "a package")?;
        let why = package.via.iter().map(|via| match via {
            Via::Package(name) => name.as_str(),
            Via::Advisory { title } => title.as_deref().unwrap_or("an advisory"),
        });
        let message = format!("{name}: {}", why.collect::<Vec<_>>().join("; "));
        let place = Some(Place::file("package-lock.json"));
        findings.list.push(linter::finding("npm audit", severity, place, Some(&name), message));
    }
    linter::counted("vulnerable packages", metadata.vulnerabilities.total, findings.list.len() as u64)?;
    input.limits.check_items(findings.list.len())?;
    linter::ended("npm audit", input.exit_status, &[1], &findings)?;
    Ok(linter::report(&NPM, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn rustsec_counts_itself() {
        let text = |found: bool, count: u8, list: &str, warnings: &str| {
            format!(
                r#"{{"database": {{}}, "lockfile": {{"dependency-count": 7}}, "vulnerabilities": {{"found": {found}, "count": {count}, "list": [{list}]}}, "warnings": {{{warnings}}}}}"#
            )
        };
        let one = r#"{"advisory": {"id": "RUSTSEC-2026-0001", "title": "t"}, "package": {"name": "x", "version": "1.0.0"}}"#;
        let yanked = r#""yanked": [{"kind": "yanked", "package": {"name": "y", "version": "2.0.0"}, "advisory": null}]"#;
        let found = read(&CARGO, &text(true, 1, one, yanked), Some(1)).unwrap();
        assert_eq!((counts(&found).0, found.analysed), ([0, 1, 1, 0], Some(7)));
        assert_eq!(read(&CARGO, &text(true, 2, one, ""), None), Err(Code::Contradiction));
        assert_eq!(read(&CARGO, &text(false, 1, one, ""), None), Err(Code::Contradiction));
        assert_eq!(read(&CARGO, &text(false, 0, "", r#""new": []"#), None), Err(Code::Malformed));
        assert_eq!(read(&CARGO, &text(false, 0, "", ""), Some(2)), Err(Code::ToolFailed));
    }

    #[test]
    fn an_error_of_npm_is_no_audit() {
        let text = |total: u8, severity: &str| {
            format!(
                r#"{{"auditReportVersion": 2, "vulnerabilities": {{"lodash": {{"name": "lodash", "severity": "{severity}", "via": [{{"source": 1, "title": "Pollution"}}, "other"]}}}}, "metadata": {{"vulnerabilities": {{"high": 1, "total": {total}}}, "dependencies": {{"total": 9}}}}}}"#
            )
        };
        let found = read(&NPM, &text(1, "high"), Some(1)).unwrap();
        assert_eq!(
            (counts(&found).0, found.list[0].message.as_str()),
            ([0, 1, 0, 0], "lodash: Pollution; other")
        );
        assert_eq!(read(&NPM, &text(2, "high"), None), Err(Code::Contradiction));
        assert_eq!(read(&NPM, &text(1, "grave"), None), Err(Code::Malformed));
        let error = r#"{"error": {"code": "ENOLOCK", "summary": "no lockfile"}}"#;
        assert_eq!(read(&NPM, error, Some(1)), Err(Code::ToolFailed));
        assert_eq!(read(&NPM, r#"{"message": "x", "error": "y"}"#, None), Err(Code::ToolFailed));
        assert_eq!(read(&NPM, r#"{"auditReportVersion": 3}"#, None), Err(Code::WrongFormat));
    }
}
