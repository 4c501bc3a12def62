//! Commands to a CI that make it annotate files: `::error file=...::message` of GitHub Actions
//! (ruff, yamllint, mypy-to-github and many more) and `##vso[task.logissue ...]` of Azure Pipelines.
//!
//! The command is the severity, but for ruff's in GitHub's form, which name ruff in their title and
//! are all errors: there the family of the rule decides. Azure's name no tool. Nothing is written
//! when all is well. Passed over on purpose: groups and debug output. pylint's form of it closes with
//! a rating and has a reader of its own ([`super::pylint_lines`]).

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::ReadError;
use super::format::{End, Format, Input, Kind, Report};
use super::lines;
use super::linter::{self, Scale};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// The row of GitHub Actions.
pub(super) static GITHUB: Format = Format {
    name: "github-annotations",
    kind: Kind::Findings,
    tools: "ruff, yamllint, and others for GitHub Actions",
    command: "ruff check --output-format github > ruff.txt; echo $? > ruff.status",
    end: End::ExitStatus,
    detect: |head| is_text(head, |line| github(line).is_some()),
    read: |input| read(input, &GITHUB, github),
};

/// The row of Azure Pipelines.
pub(super) static AZURE: Format = Format {
    name: "azure-logging",
    kind: Kind::Findings,
    tools: "ruff, and others for Azure Pipelines",
    command: "ruff check --output-format azure > ruff.txt; echo $? > ruff.status",
    end: End::ExitStatus,
    detect: |head| is_text(head, |line| azure(line).is_some()),
    read: |input| read(input, &AZURE, azure),
};

/// Commands on our scale.
const COMMANDS: Scale =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("notice", Severity::Info)];

/// Commands that tell nothing about the code.
const PASSED_OVER: &[&str] =
    &["::group::", "::endgroup::", "::debug::", "##[group]", "##[endgroup]", "##vso[task.complete"];

fn is_text(head: &Head<'_>, ours: fn(&str) -> bool) -> bool {
    let rated = |text: &TextHead<'_>| text.last.iter().any(|l| l.starts_with("Your code has been rated at "));
    matches!(head, Head::Text(text) if text.first.iter().any(|line| ours(line)) && !rated(text))
}

/// `error title=ruff (D102),file=a.py,line=26,col=9::a.py:26:9: D102 Missing docstring`
fn github(line: &str) -> Option<Finding> {
    let (head, message) = line.strip_prefix("::")?.split_once("::")?;
    let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
    let severity = linter::known(COMMANDS, command)?;
    let property = |name| property(properties, ',', name, GITHUB_ESCAPES);
    let title = property("title").unwrap_or_default();
    let rule = title.strip_prefix("ruff (").and_then(|rest| rest.strip_suffix(')'));
    let tool = if rule.is_some() { "ruff" } else { "github-annotations" };
    let (severity, blocking) = linter::of_ruff(tool, rule).unwrap_or((severity, false));
    let place =
        property("file").map(|file| Place::at(file, number(property("line")), number(property("col"))));
    let message = unescape(message, GITHUB_ESCAPES);
    let rule = rule.or(Some(title.as_str()));
    Some(Finding { blocking, ..linter::finding(tool, severity, place, rule, message) })
}

/// `task.logissue type=error;sourcepath=a.py;linenumber=26;columnnumber=9;code=D102;]Missing docstring`
fn azure(line: &str) -> Option<Finding> {
    let (properties, message) = line.strip_prefix("##vso[task.logissue ")?.split_once(']')?;
    let property = |name| property(properties, ';', name, AZURE_ESCAPES);
    let severity = linter::known(COMMANDS, &property("type")?)?;
    let place = property("sourcepath")
        .map(|file| Place::at(file, number(property("linenumber")), number(property("columnnumber"))));
    let message = unescape(message, AZURE_ESCAPES);
    Some(linter::finding("azure-logging", severity, place, property("code").as_deref(), message))
}

/// What stands for characters that would end a property or a message.
type Escapes = &'static [(&'static str, &'static str)];
const GITHUB_ESCAPES: Escapes = &[("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
const AZURE_ESCAPES: Escapes = &[("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")];

fn unescape(text: &str, escapes: Escapes) -> String {
    escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

fn property(properties: &str, separator: char, name: &str, escapes: Escapes) -> Option<String> {
    let mut all = properties.split(separator).filter_map(|property| property.trim_start().split_once('='));
    all.find(|(key, _)| *key == name).map(|(_, value)| unescape(value, escapes))
}

fn number(text: Option<String>) -> i64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn read(
    input: &Input<'_>,
    format: &'static Format,
    entry: fn(&str) -> Option<Finding>,
) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    for (index, line) in lines::filled(&text).enumerate() {
        match entry(&line.text) {
            Some(finding) => findings.list.push(finding),
            None if PASSED_OVER.iter().any(|start| line.text.starts_with(start)) => {}
            None => return Err(lines::unknown(&line, index == 0, "annotations")),
        }
        input.limits.check_items(findings.list.len())?;
    }
    linter::not_cut(&text)?;
    linter::ended_somehow(input, &findings)?;
    linter::not_silent("lint", input, &findings)?;
    Ok(linter::report(format, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Code;
    use crate::readers::linter::testing::{counts, detected, read};

    #[test]
    fn commands_are_severities() {
        let text = "::group::a.yaml\n::error file=a%2Cb.yaml,line=3,col=4::3:4 [x] bad%0Aworse%25\n::warning::no place\n::notice title=hint::m\n::endgroup::\n";
        let found = read(&GITHUB, text, Some(1)).unwrap();
        assert_eq!(counts(&found), ([0, 1, 1, 1], 0));
        assert_eq!(found.list[0].place, Some(Place::at("a,b.yaml", 3, 4)));
        assert_eq!(found.list[0].message, "3:4 [x] bad\nworse%");
        assert_eq!(found.list[2].rule.as_deref(), Some("hint"));
        assert_eq!(detected(text), Ok("github-annotations"));
        let broken = "::error title=ruff (invalid-syntax),file=a.py,line=1::a.py:1:1: invalid-syntax: m\n";
        assert_eq!(counts(&read(&GITHUB, broken, Some(1)).unwrap()), ([0, 1, 0, 0], 1));
        let azure = "##vso[task.logissue type=warning;sourcepath=a;linenumber=3;code=C%3B;]m\n";
        assert_eq!(read(&AZURE, azure, None).unwrap().list[0].rule.as_deref(), Some("C;"));
    }

    #[test]
    fn silence_and_noise() {
        for format in [&GITHUB, &AZURE] {
            assert_eq!(read(format, "", None), Err(Code::NoExitStatus));
            assert_eq!(read(format, "", Some(0)), Ok(Findings::default()));
            assert_eq!(read(format, "", Some(1)), Err(Code::Contradiction));
            assert_eq!(read(format, "Traceback\n", Some(1)), Err(Code::WrongFormat));
        }
        assert_eq!(read(&GITHUB, "::error file=a::m\nTraceback\n", Some(1)), Err(Code::Malformed));
        assert_eq!(read(&GITHUB, "::error file=a::m", Some(1)), Err(Code::Truncated));
    }
}
