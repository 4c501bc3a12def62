//! ESLint: `json`, `json-with-metadata`, and the text of `stylish`, its default.
//!
//! Counts of a file must be those of its list. Files without findings are listed in JSON: proof
//! that they were looked at. `fatal` is a file that does not parse: it blocks. Suppressed messages
//! are in a list of their own (ESLint 8.8 and later).
//! Ignored on purpose: sources, fixes, suggestions, deprecated rules, statistics, metadata of rules.
//! An empty array is what many tools write, so it is read only as a declared format.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::{json, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The row of `--format json`.
pub(super) static JSON: Format = Format {
    name: "eslint-json",
    kind: Kind::Findings,
    tools: "ESLint, oxlint, biome",
    command: "eslint . --format json --output-file eslint.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["filePath", "messages", "errorCount"]),
        _ => false,
    },
    read: |input| read(json::parse(input)?, input, &JSON),
};

/// The row of `--format json-with-metadata`.
pub(super) static METADATA: Format = Format {
    name: "eslint-json-metadata",
    kind: Kind::Findings,
    tools: "ESLint",
    command: "eslint . --format json-with-metadata --output-file eslint.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array
                && json.has(&["results", "metadata"])
                && json.nested.iter().any(|k| k == "metadata.cwd")
        }
        _ => false,
    },
    read: |input| {
        let document: Document = json::parse(input)?;
        read(document.results, input, &METADATA)
    },
};

/// The row of `--format stylish`.
pub(super) static STYLISH: Format = Format {
    name: "eslint-stylish",
    kind: Kind::Findings,
    tools: "ESLint",
    command: "eslint . > eslint.txt; echo $? > eslint.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => text.last.iter().any(|line| closing(line).is_some()),
        _ => false,
    },
    read: read_stylish,
};

#[derive(Deserialize)]
struct Document {
    results: Vec<File>,
    #[serde(rename = "metadata")]
    _metadata: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    file_path: String,
    messages: Vec<Message>,
    #[serde(default)]
    suppressed_messages: Vec<IgnoredAny>,
    error_count: u64,
    warning_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    rule_id: Option<String>,
    severity: u8,
    #[serde(default)]
    fatal: bool,
    message: String,
    line: Option<i64>,
    column: Option<i64>,
}

fn read(files: Vec<File>, input: &Input<'_>, format: &'static Format) -> Result<Report, ReadError> {
    let mut findings = Findings { analysed: Some(files.len() as u64), ..Findings::default() };
    for file in files {
        let path = quote(&file.file_path);
        let mut found = [0; 2];
        findings.suppressed += file.suppressed_messages.len() as u64;
        for message in file.messages {
            let severity = match message.severity {
                2 => Severity::Error,
                1 => Severity::Warning,
                other => {
                    let message =
                        format!("{path} has a message of severity {other}, which is neither 1 nor 2");
                    return Err(ReadError::new(Code::Malformed, message));
                }
            };
            found[usize::from(severity == Severity::Warning)] += 1;
            let (line, column) = (message.line.unwrap_or(0), message.column.unwrap_or(0));
            let place = Place::at(file.file_path.as_str(), line, column);
            let rule = message.rule_id.as_deref();
            let entry = linter::finding("eslint", severity, Some(place), rule, message.message);
            findings.list.push(Finding { blocking: message.fatal, ..entry });
        }
        linter::counted(&format!("errors of {path}"), file.error_count, found[0])?;
        linter::counted(&format!("warnings of {path}"), file.warning_count, found[1])?;
        input.limits.check_items(findings.list.len())?;
    }
    linter::ended("eslint", input.exit_status, &[1], &findings)?;
    Ok(linter::report(format, findings, Vec::new()))
}

/// `✖ 6 problems (3 errors, 3 warnings)`, as (problems, errors, warnings).
fn closing(line: &str) -> Option<(u64, u64, u64)> {
    let (problems, rest) = lines::counted(line.strip_prefix("✖ ")?, "problem")?;
    let (errors, rest) = lines::counted(rest.strip_prefix(" (")?, "error")?;
    let (warnings, rest) = lines::counted(rest.strip_prefix(", ")?, "warning")?;
    (rest == ")").then_some((problems, errors, warnings))
}

/// `  1:5  error  'unused' is assigned a value but never used  no-unused-vars`
fn row(line: &str) -> Option<(i64, i64, Severity, &str, Option<&str>)> {
    let (line, rest) = lines::number(line.strip_prefix("  ")?.trim_start())?;
    let (column, rest) = lines::number(rest.strip_prefix(':')?)?;
    let (word, rest) = rest.trim_start().split_once(' ')?;
    let severity = linter::known(&[("error", Severity::Error), ("warning", Severity::Warning)], word)?;
    // The columns of the table are two blanks apart; a message without a rule has none after it.
    match rest.trim().rsplit_once("  ").filter(|(_, rule)| !rule.contains(' ')) {
        Some((text, rule)) => Some((line, column, severity, text.trim_end(), Some(rule))),
        None => Some((line, column, severity, rest.trim(), None)),
    }
}

/// What may follow the closing line.
fn is_hint(line: &str) -> bool {
    line.trim_end().ends_with("potentially fixable with the `--fix` option.")
        || line.starts_with("ESLint found too many warnings (maximum: ")
}

fn read_stylish(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    let (mut path, mut end, mut last) = (None::<String>, None, None::<Line<'_>>);
    for (index, line) in lines::filled(&text).enumerate() {
        let text = line.text.as_ref();
        if let Some(closing) = closing(text).filter(|_| end.is_none()) {
            end = Some(closing);
        } else if end.is_some() {
            if !is_hint(text) {
                return Err(lines::unknown(&line, false, "ESLint's text: it follows the closing line"));
            }
        } else if let (Some(path), Some((row, column, severity, message, rule))) = (&path, row(text)) {
            let place = Place::at(path.as_str(), row, column);
            let found = linter::finding("eslint", severity, Some(place), rule, message);
            let fatal = rule.is_none() && message.starts_with("Parsing error");
            findings.list.push(Finding { blocking: fatal, ..found });
            input.limits.check_items(findings.list.len())?;
        } else if !text.starts_with(' ') && text.contains(['/', '\\', '.']) && !text.contains(": ") {
            path = Some(text.trim_end().to_owned());
        } else {
            return Err(lines::unknown(&line, index == 0, "ESLint's text"));
        }
        last = Some(line);
    }
    match (end, last) {
        (None, Some(last)) => return Err(lines::unclosed("ESLint", last.number)),
        (Some((problems, errors, warnings)), _) => {
            linter::counted("problems", problems, findings.list.len() as u64)?;
            linter::counted("errors", errors, linter::of(&findings, Severity::Error))?;
            linter::counted("warnings", warnings, linter::of(&findings, Severity::Warning))?;
        }
        (None, None) => {}
    }
    linter::ended("eslint", input.exit_status, &[1], &findings)?;
    linter::not_silent("eslint", input, &findings)?;
    Ok(linter::report(&STYLISH, findings, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    fn file(messages: &str, errors: u64, warnings: u64) -> String {
        format!(
            r#"[{{"filePath": "/a.js", "messages": [{messages}], "suppressedMessages": [{{}}], "errorCount": {errors}, "warningCount": {warnings}}}]"#
        )
    }

    #[test]
    fn counts_of_a_file_are_held_against_its_list() {
        let one = r#"{"ruleId": null, "fatal": true, "severity": 2, "message": "Parsing error: x"}"#;
        let found = read(&JSON, &file(one, 1, 0), Some(1)).unwrap();
        assert_eq!((counts(&found), found.suppressed, found.analysed), (([0, 1, 0, 0], 1), 1, Some(1)));
        assert_eq!(read(&JSON, &file(one, 2, 0), None), Err(Code::Contradiction));
        assert_eq!(read(&JSON, &file("", 0, 1), None), Err(Code::Contradiction));
        assert_eq!(read(&JSON, &file("", 0, 0), Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&JSON, &file("", 0, 0), Some(2)), Err(Code::ToolFailed));
        assert_eq!(read(&JSON, &file(&one.replace('2', "3"), 1, 0), None), Err(Code::Malformed));
        assert_eq!(read(&JSON, "[]", None).unwrap().analysed, Some(0));
    }

    #[test]
    fn stylish_text_needs_its_closing_line() {
        let text = "\n/a b/x.js\n  1:5   error    Parsing error: Unexpected token\n  10:2  warning  two  words  no-x\n\n✖ 2 problems (1 error, 1 warning)\n  1 error and 0 warnings potentially fixable with the `--fix` option.\n";
        let found = read(&STYLISH, text, Some(1)).unwrap();
        assert_eq!(counts(&found), ([0, 1, 1, 0], 1));
        assert_eq!(found.list[1].message, "two  words");
        assert_eq!(found.list[1].rule.as_deref(), Some("no-x"));
        assert_eq!(found.list[1].place, Some(Place::at("/a b/x.js", 10, 2)));
        let cut = &text[..text.find('✖').unwrap()];
        assert_eq!(read(&STYLISH, cut, Some(1)), Err(Code::Truncated));
        let other = text.replace("✖ 2 problems", "✖ 3 problems");
        assert_eq!(read(&STYLISH, &other, None), Err(Code::Contradiction));
        assert_eq!(read(&STYLISH, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&STYLISH, "", Some(0)), Ok(Findings::default()));
        assert_eq!(read(&STYLISH, "Oops! Something went wrong! :(\n", Some(2)), Err(Code::WrongFormat));
    }
}
