//! What the readers of linters have in common: the scales of severity that several formats share,
//! the names of tools, and how an exit status is held against a list.
//!
//! The words of a format are a closed table ([`Scale`]): a word that is not in it is refused, since
//! nobody knows how bad it is. The tables follow `formats.md` section 4 and what the tools document.

use super::error::{Code, ReadError, quote};
use super::flake8;
use super::format::{Body, Format, Input, Report};
use super::lines;
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// Words of a format on our scale; lower case.
pub(super) type Scale = &'static [(&'static str, Severity)];

/// shellcheck, hadolint.
pub(super) const LEVELS: Scale = &[
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
    ("style", Severity::Info),
    ("ignore", Severity::Info),
];

/// GitLab Code Quality, which took it over from Code Climate.
pub(super) const CODE_CLIMATE: Scale = &[
    ("blocker", Severity::Critical),
    ("critical", Severity::Critical),
    ("major", Severity::Error),
    ("minor", Severity::Warning),
    ("info", Severity::Info),
];

/// Scanners that rate by risk: trivy, npm, semgrep's newer words.
pub(super) const RISKS: Scale = &[
    ("critical", Severity::Critical),
    ("high", Severity::Error),
    ("medium", Severity::Warning),
    ("moderate", Severity::Warning),
    ("unknown", Severity::Warning),
    ("low", Severity::Info),
    ("negligible", Severity::Info),
    ("info", Severity::Info),
];

/// Compilers and everything that speaks like them.
pub(super) const WORDS: Scale = &[
    ("fatal error", Severity::Error),
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("information", Severity::Info),
    ("notice", Severity::Info),
    ("note", Severity::Info),
    ("info", Severity::Info),
];

/// A word on a scale, whatever its case.
pub(super) fn known(scale: Scale, word: &str) -> Option<Severity> {
    scale.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|row| row.1)
}

/// A word on a scale; any other is refused. `entry` says whose word it is.
pub(super) fn severity(scale: Scale, word: &str, entry: &str) -> Result<Severity, ReadError> {
    known(scale, word).ok_or_else(|| {
        let words: Vec<_> = scale.iter().map(|row| row.0).collect();
        let message =
            format!("{entry} has the severity {}, which is none of {}", quote(word), words.join(", "));
        ReadError::new(Code::Malformed, message)
    })
}

/// Tools that are known by name, in formats that many tools write.
const TOOLS: &[&str] = &[
    "actionlint",
    "bandit",
    "biome",
    "checkov",
    "checkstyle",
    "clang-tidy",
    "clippy",
    "codeql",
    "cppcheck",
    "detekt",
    "devskim",
    "eslint",
    "gitleaks",
    "golangci-lint",
    "gosec",
    "govulncheck",
    "grype",
    "hadolint",
    "infer",
    "kics",
    "ktlint",
    "mypy",
    "oxlint",
    "phpcs",
    "phpstan",
    "pmd",
    "prettier",
    "psalm",
    "pylint",
    "pyright",
    "rubocop",
    "ruff",
    "semgrep",
    "semgrep oss",
    "shellcheck",
    "snyk",
    "spectral",
    "spotbugs",
    "stylelint",
    "swiftlint",
    "tflint",
    "tfsec",
    "trivy",
    "trufflehog",
    "yamllint",
    "zizmor",
];

/// The name of a tool as we write it, or the name of the format it wrote.
pub(super) fn tool(name: &str, format: &Format) -> &'static str {
    TOOLS.iter().find(|known| known.eq_ignore_ascii_case(name.trim())).map_or(format.name, |known| known)
}

/// ruff gives everything the same level, in whatever format it writes: there the family of the rule
/// decides. `None` for another tool.
pub(super) fn of_ruff(tool: &str, rule: Option<&str>) -> Option<(Severity, bool)> {
    (tool == "ruff").then(|| judged_by_family(rule))
}

/// The severity of a rule of ruff, and whether it says that a file does not parse.
pub(super) fn judged_by_family(rule: Option<&str>) -> (Severity, bool) {
    match rule {
        None | Some("invalid-syntax") => (Severity::Error, true),
        Some(rule) => flake8::severity(rule),
    }
}

/// A rule that says that a file could not be parsed, in formats that do not say it otherwise.
pub(super) fn unparsed(rule: &str) -> bool {
    const RULES: &[&str] =
        &["SC1072", "DL1000", "CssSyntaxError", "clang-diagnostic-error", "invalid-syntax"];
    RULES.contains(&rule.rsplit('.').next().unwrap_or(rule))
}

/// A finding that counts and does not block.
pub(super) fn finding(
    tool: &'static str,
    severity: Severity,
    place: Option<Place>,
    rule: Option<&str>,
    message: impl Into<String>,
) -> Finding {
    let rule = rule.filter(|rule| !rule.is_empty());
    Finding {
        severity,
        place: place.filter(|place| !place.path.is_empty()),
        rule: rule.map(str::to_owned),
        message: message.into(),
        tool,
        blocking: rule.is_some_and(unparsed),
    }
}

/// What a tool says that it could not do.
pub(super) fn blocking(tool: &'static str, place: Option<Place>, message: impl Into<String>) -> Finding {
    Finding { blocking: true, ..finding(tool, Severity::Error, place, None, message) }
}

/// Holds the exit status against the list: 0 is always well (there are options for that), one of
/// `found` needs findings, anything else says that the tool did not do its work.
pub(super) fn ended(
    tool: &str,
    status: Option<i32>,
    found: &[i32],
    findings: &Findings,
) -> Result<(), ReadError> {
    match status {
        None | Some(0) => Ok(()),
        Some(status) if found.contains(&status) && !findings.list.is_empty() => Ok(()),
        Some(status) if found.contains(&status) => Err(ReadError::new(
            Code::Contradiction,
            format!("{tool} ended with status {status}, which means findings, and none is listed"),
        )),
        Some(status) => Err(ReadError::tool_ended(tool, status)),
    }
}

/// The same for a format that many tools write, each with statuses of its own.
pub(super) fn ended_somehow(input: &Input<'_>, findings: &Findings) -> Result<(), ReadError> {
    const SIGNALS: i32 = 126;
    match input.exit_status {
        Some(status) if !(0..SIGNALS).contains(&status) => Err(ReadError::tool_ended("the tool", status)),
        Some(status) if status != 0 && findings.list.is_empty() => Err(ReadError::new(
            Code::Contradiction,
            format!("the tool ended with status {status}, and nothing is listed"),
        )),
        _ => Ok(()),
    }
}

/// Refuses a list that is empty by silence: a crash would look the same.
pub(super) fn not_silent(tool: &str, input: &Input<'_>, findings: &Findings) -> Result<(), ReadError> {
    if input.exit_status.is_some() || !findings.list.is_empty() {
        return Ok(());
    }
    Err(ReadError::silent(tool))
}

/// Refuses a last line without its end: what stands in it may be half of it.
pub(super) fn not_cut(text: &str) -> Result<(), ReadError> {
    if text.trim().is_empty() || text.ends_with('\n') {
        return Ok(());
    }
    let last = lines::all(text).last().map_or(0, |line| line.number);
    Err(ReadError::new(Code::Truncated, "the last line is cut").at(last, None))
}

/// Refuses a count that a report gives of itself and that its list does not bear out.
pub(super) fn counted(what: &str, said: u64, listed: u64) -> Result<(), ReadError> {
    if said == listed {
        return Ok(());
    }
    Err(ReadError::new(Code::Contradiction, format!("the report counts {said} {what}, {listed} are listed")))
}

/// How many findings have that severity.
pub(super) fn of(findings: &Findings, severity: Severity) -> u64 {
    findings.list.iter().filter(|f| f.severity == severity).count() as u64
}

/// The report of a list.
pub(super) fn report(format: &'static Format, findings: Findings, notices: Vec<String>) -> Report {
    Report { notices, ..Report::new(format, Body::Findings(findings)) }
}

#[cfg(test)]
pub(super) mod testing {
    //! Reading in unit tests.

    use super::*;
    use crate::readers::Limits;

    /// What a reader makes of a text.
    pub(in crate::readers) fn read(
        format: &Format,
        text: &str,
        exit_status: Option<i32>,
    ) -> Result<Findings, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match (format.read)(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    /// Counts of critical, error, warning, info, and of those that block.
    pub(in crate::readers) fn counts(findings: &Findings) -> ([u64; 4], usize) {
        let counts = Severity::ALL.map(|severity| of(findings, severity));
        (counts, findings.list.iter().filter(|f| f.blocking).count())
    }

    /// The format that a text is detected as.
    pub(in crate::readers) fn detected(text: &str) -> Result<&'static str, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
        crate::readers::detect(&input).map(|format| format.name).map_err(|e| e.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_exact_but_for_their_case() {
        assert_eq!(known(RISKS, "CRITICAL"), Some(Severity::Critical));
        assert_eq!(known(CODE_CLIMATE, "major"), Some(Severity::Error));
        assert_eq!(known(LEVELS, "warn"), None);
        assert_eq!(known(LEVELS, "not a warning"), None);
        assert_eq!(severity(LEVELS, "", "entry 1").unwrap_err().code, Code::Malformed);
    }

    #[test]
    fn statuses_are_held_against_the_list() {
        let none = Findings::default();
        let one =
            Findings { list: vec![finding("x", Severity::Info, None, None, "m")], ..Findings::default() };
        assert_eq!(ended("x", Some(1), &[1], &one), Ok(()));
        assert_eq!(ended("x", Some(1), &[1], &none).unwrap_err().code, Code::Contradiction);
        assert_eq!(ended("x", Some(2), &[1], &one).unwrap_err().code, Code::ToolFailed);
        assert_eq!(ended("x", Some(0), &[1], &one), Ok(()));
    }
}
