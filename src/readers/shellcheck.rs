//! shellcheck (`json`, `json1`, the text of `tty`) and hadolint, which has its levels and its shape.
//!
//! shellcheck's `gcc` and `checkstyle` are read as what they are. A script that does not parse
//! (SC1072, hadolint's DL1000) blocks. The text is empty when all is well, and otherwise ends in
//! links. Passed over on purpose: source lines, suggestions, fixes. An empty array is what many
//! tools write, so it is read only as a declared format.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::{json, linter};
use crate::model::findings::{Finding, Findings};
use crate::model::place::Place;
use serde::Deserialize;

/// The row of `-f json`.
pub(super) static JSON: Format = Format {
    name: "shellcheck-json",
    kind: Kind::Findings,
    tools: "shellcheck",
    command: "shellcheck -f json *.sh > shellcheck.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["file", "line", "endLine", "level", "code", "message"]),
        _ => false,
    },
    read: |input| read(json::parse(input)?, input, &JSON, "shellcheck"),
};

/// The row of `-f json1`.
pub(super) static JSON1: Format = Format {
    name: "shellcheck-json1",
    kind: Kind::Findings,
    tools: "shellcheck",
    command: "shellcheck -f json1 *.sh > shellcheck.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && json.keys == ["comments"]),
    read: |input| {
        let document: Document = json::parse(input)?;
        read(document.comments, input, &JSON1, "shellcheck")
    },
};

/// The row of hadolint.
pub(super) static HADOLINT: Format = Format {
    name: "hadolint-json",
    kind: Kind::Findings,
    tools: "hadolint",
    command: "hadolint -f json Dockerfile > hadolint.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let fields = ["file", "line", "column", "level", "code", "message"];
            json.array && json.has(&fields) && !json.has(&["endLine"])
        }
        _ => false,
    },
    read: |input| read(json::parse(input)?, input, &HADOLINT, "hadolint"),
};

/// The row of `-f tty`.
pub(super) static TEXT: Format = Format {
    name: "shellcheck-text",
    kind: Kind::Findings,
    tools: "shellcheck",
    command: "shellcheck *.sh > shellcheck.txt; echo $? > shellcheck.status",
    end: End::ExitStatus,
    detect: |head| match head {
        Head::Text(text) => {
            text.first.first().is_some_and(|line| file(line).is_some())
                && text.first.iter().any(|line| comment(line).is_some())
        }
        _ => false,
    },
    read: read_text,
};

#[derive(Deserialize)]
struct Document {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
struct Comment {
    file: String,
    line: i64,
    column: i64,
    level: String,
    code: RuleCode,
    message: String,
}

/// shellcheck writes the number alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum RuleCode {
    Number(u32),
    Name(String),
}

fn read(
    comments: Vec<Comment>,
    input: &Input<'_>,
    format: &'static Format,
    tool: &'static str,
) -> Result<Report, ReadError> {
    input.limits.check_items(comments.len())?;
    let mut findings = Findings::default();
    for (comment, number) in comments.into_iter().zip(1..) {
        let severity = linter::severity(linter::LEVELS, &comment.level, &format!("comment {number}"))?;
        let rule = match comment.code {
            RuleCode::Number(number) if tool == "shellcheck" => format!("SC{number}"),
            RuleCode::Name(name) if tool == "hadolint" => name,
            _ => {
                let message = format!("comment {number} has no code of {tool}: another tool wrote it");
                return Err(ReadError::new(Code::WrongFormat, message));
            }
        };
        let place = Place::at(comment.file, comment.line, comment.column);
        findings.list.push(linter::finding(tool, severity, Some(place), Some(&rule), comment.message));
    }
    linter::ended(tool, input.exit_status, &[1], &findings)?;
    Ok(linter::report(format, findings, Vec::new()))
}

/// `In backup.sh line 2:`
fn file(line: &str) -> Option<(&str, i64)> {
    let (path, row) = line.strip_prefix("In ")?.strip_suffix(':')?.rsplit_once(" line ")?;
    Some((path, row.parse().ok()?))
}

/// `   ^-- SC2086 (info): Double quote`, as column, level, rule and text.
fn comment(line: &str) -> Option<(i64, &str, &str, &str)> {
    let marks = line.trim_start();
    let column = line.len() - marks.len();
    let rest = marks.strip_prefix('^')?.trim_start_matches('-').trim_start_matches('^').strip_prefix(' ')?;
    let (rule, rest) = rest.split_once(" (")?;
    let (level, text) = rest.split_once("): ")?;
    rule.starts_with("SC").then_some((column as i64 + 1, level, rule, text))
}

const LINKS: &str = "For more information:";

fn read_text(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    let mut findings = Findings::default();
    // Where the comments below belong to; whether the next line is source or a suggestion.
    let mut place: Option<(&str, i64)> = None;
    let (mut source, mut links) = (false, false);
    let all: Vec<Line<'_>> = lines::filled(&text).collect();
    for (index, line) in all.iter().enumerate() {
        let text = line.text.as_ref();
        if links {
            if !text.starts_with("  http") {
                return Err(lines::unknown(line, false, "shellcheck's text at its end"));
            }
        } else if let Some(found) = file(text) {
            (place, source) = (Some(found), true);
        } else if text == LINKS {
            links = true;
        } else if let (Some((path, row)), Some(found)) = (place, comment(text)) {
            source = false;
            findings.list.push(text_finding(path, row, found)?);
            input.limits.check_items(findings.list.len())?;
        } else if text.starts_with("Did you mean:") {
            source = true;
        } else if !(source && place.is_some()) {
            return Err(lines::unknown(line, index == 0, "shellcheck's text"));
        }
    }
    linter::not_cut(&text)?;
    if !links && !all.is_empty() {
        return Err(lines::unclosed("shellcheck", all.last().map_or(0, |line| line.number)));
    }
    linter::ended("shellcheck", input.exit_status, &[1], &findings)?;
    linter::not_silent("shellcheck", input, &findings)?;
    Ok(linter::report(&TEXT, findings, Vec::new()))
}

fn text_finding(path: &str, row: i64, found: (i64, &str, &str, &str)) -> Result<Finding, ReadError> {
    let (column, level, rule, text) = found;
    let severity = linter::severity(linter::LEVELS, level, "a comment")?;
    Ok(linter::finding("shellcheck", severity, Some(Place::at(path, row, column)), Some(rule), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, detected, read};

    #[test]
    fn a_script_that_does_not_parse_blocks() {
        let entry = |code: &str, level: &str| {
            format!(
                r#"[{{"file": "a", "line": 1, "column": 2, "level": "{level}", "code": {code}, "message": "m"}}]"#
            )
        };
        assert_eq!(counts(&read(&JSON, &entry("1072", "error"), Some(1)).unwrap()), ([0, 1, 0, 0], 1));
        assert_eq!(counts(&read(&JSON, &entry("2086", "style"), Some(1)).unwrap()), ([0, 0, 0, 1], 0));
        assert_eq!(read(&JSON, &entry("2086", "bad"), None), Err(Code::Malformed));
        assert_eq!(read(&JSON, "[]", Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&JSON, "[]", Some(2)), Err(Code::ToolFailed));
        let hadolint = entry("\"DL1000\"", "error");
        assert_eq!(counts(&read(&HADOLINT, &hadolint, Some(1)).unwrap()), ([0, 1, 0, 0], 1));
        assert_eq!(detected(&hadolint), Ok("hadolint-json"));
    }

    #[test]
    fn the_text_ends_in_links() {
        let text = "\nIn a b.sh line 2:\ncd $1\n^---^ SC2164 (warning): Use 'cd ... || exit'.\n   ^-- SC2086 (info): Double quote.\n\nDid you mean: \ncd \"$1\" || exit\n\nFor more information:\n  https://www.shellcheck.net/wiki/SC2164 -- Use...\n";
        let found = read(&TEXT, text, Some(1)).unwrap();
        assert_eq!(
            (counts(&found), found.list[1].place.clone()),
            (([0, 0, 1, 1], 0), Some(Place::at("a b.sh", 2, 4)))
        );
        assert_eq!(read(&TEXT, &text[..text.find("For").unwrap()], Some(1)), Err(Code::Truncated));
        assert_eq!(read(&TEXT, "", None), Err(Code::NoExitStatus));
        assert_eq!(read(&TEXT, "", Some(0)), Ok(Findings::default()));
        assert_eq!(read(&TEXT, "a.sh: openBinaryFile: does not exist\n", Some(2)), Err(Code::WrongFormat));
    }
}
