//! pylint's `json` and `json2`, and what all its formats share: categories, and the exit status that
//! is made of them. The texts are read by [`super::pylint_text`].
//!
//! Only json2 says how many modules were linted; an empty json array is what many tools write, so it
//! is read only as a declared format. Ignored on purpose: the score, confidence, module and object
//! names.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json;
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// The row of `--output-format=json`.
pub(super) static JSON: Format = Format {
    name: "pylint-json",
    kind: Kind::Findings,
    tools: "pylint",
    command: "pylint --recursive=y --output-format=json:reports/pylint.json .",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => json.array && json.has(&["type", "module", "path", "symbol", "message-id"]),
        _ => false,
    },
    read: read_json,
};

/// The row of `--output-format=json2`.
pub(super) static JSON2: Format = Format {
    name: "pylint-json2",
    kind: Kind::Findings,
    tools: "pylint 3 and later",
    command: "pylint --recursive=y --output-format=json2:reports/pylint.json .",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["messages", "statistics"]),
        _ => false,
    },
    read: read_json2,
};

/// A category of messages.
#[derive(Debug)]
pub(super) struct Category {
    /// First letter of its ids.
    pub(super) letter: char,
    /// In JSON.
    pub(super) word: &'static str,
    severity: Severity,
    /// In the exit status.
    bit: i32,
}

const fn category(letter: char, word: &'static str, severity: Severity, bit: i32) -> Category {
    Category { letter, word, severity, bit }
}

/// A fatal message says that pylint could not do its work: it is critical, and it blocks.
pub(super) const CATEGORIES: &[Category] = &[
    category('F', "fatal", Severity::Critical, 1),
    category('E', "error", Severity::Error, 2),
    category('W', "warning", Severity::Warning, 4),
    category('R', "refactor", Severity::Info, 8),
    category('C', "convention", Severity::Info, 16),
    category('I', "info", Severity::Info, 0),
];

/// Bit of the exit status for a wrong command line.
const USAGE: i32 = 32;

/// Errors of the linter itself: a module that does not parse, an option that it does not know, a
/// plugin that it cannot load.
const BLOCKING: &str = "E00";

pub(super) fn category_of(id: &str) -> Option<&'static Category> {
    let (letter, digits) = (id.chars().next()?, id.get(1..)?);
    let whole = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    CATEGORIES.iter().find(|category| whole && category.letter == letter)
}

pub(super) fn finding(place: Place, category: &Category, id: &str, message: &str) -> Finding {
    Finding {
        severity: category.severity,
        place: Some(place),
        rule: Some(id.to_owned()),
        message: message.to_owned(),
        tool: "pylint",
        blocking: category.letter == 'F' || id.starts_with(BLOCKING),
    }
}

/// How many findings there are of a category.
pub(super) fn of_category(findings: &Findings, category: &Category) -> u64 {
    let ours = |f: &&Finding| f.rule.as_deref().is_some_and(|id| id.starts_with(category.letter));
    findings.list.iter().filter(ours).count() as u64
}

/// Holds the exit status, a sum of bits, against the list. A category that is listed without its
/// bit is nothing unusual (`--exit-zero`, `--fail-under`); the other way round something is lost.
pub(super) fn check_status(status: Option<i32>, findings: &Findings) -> Result<(), ReadError> {
    let Some(status) = status else { return Ok(()) };
    if !(0..2 * USAGE).contains(&status) || status & USAGE != 0 {
        return Err(ReadError::tool_ended("pylint", status));
    }
    let lost = |c: &&Category| status & c.bit != 0 && of_category(findings, c) == 0;
    match CATEGORIES.iter().find(lost) {
        None => Ok(()),
        Some(lost) => {
            let code = if lost.letter == 'F' { Code::ToolFailed } else { Code::Contradiction };
            let word = lost.word;
            let message =
                format!("pylint ended with status {status}, which says {word}, and no {word} is listed");
            Err(ReadError::new(code, message))
        }
    }
}

#[derive(serde::Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    word: String,
    path: String,
    line: i64,
    /// 0-based.
    column: i64,
    message: String,
    #[serde(rename = "message-id", alias = "messageId")]
    id: String,
}

fn read_entries(entries: Vec<Entry>, input: &Input<'_>) -> Result<Findings, ReadError> {
    input.limits.check_items(entries.len())?;
    let mut list = Vec::with_capacity(entries.len());
    for (entry, number) in entries.into_iter().zip(1..) {
        let said = CATEGORIES.iter().find(|category| category.word == entry.word).ok_or_else(|| {
            let word = quote(&entry.word);
            ReadError::new(
                Code::Malformed,
                format!("message {number} has the type {word}, which is none of pylint's"),
            )
        })?;
        if category_of(&entry.id).is_some_and(|category| category.letter != said.letter) {
            let message =
                format!("message {number} is of type {} and has the id {}", said.word, quote(&entry.id));
            return Err(ReadError::new(Code::Contradiction, message));
        }
        let place = Place::at(entry.path, entry.line, entry.column.saturating_add(1));
        list.push(finding(place, said, &entry.id, &entry.message));
    }
    let findings = Findings { list, ..Findings::default() };
    check_status(input.exit_status, &findings)?;
    Ok(findings)
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    let findings = read_entries(json::parse(input)?, input)?;
    Ok(Report::new(&JSON, Body::Findings(findings)))
}

#[derive(serde::Deserialize)]
struct Document {
    messages: Vec<Entry>,
    statistics: Statistics,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    message_type_count: json::UniqueMap<u64>,
    modules_linted: u64,
}

fn read_json2(input: &Input<'_>) -> Result<Report, ReadError> {
    let Document { messages, statistics } = json::parse(input)?;
    let mut findings = read_entries(messages, input)?;
    findings.analysed = Some(statistics.modules_linted);
    let mut notices = Vec::new();
    let counts = statistics.message_type_count.0;
    for (word, said) in &counts {
        let category = CATEGORIES.iter().find(|category| category.word == word);
        let found = category.map_or(0, |category| of_category(&findings, category));
        let message = format!("the statistics count {said} of type {}, {found} are listed", quote(word));
        if *said > found {
            return Err(ReadError::new(Code::Contradiction, message));
        }
        if *said < found {
            notices.push(message);
        }
    }
    if let Some(lacking) = CATEGORIES.iter().find(|category| !counts.contains_key(category.word)) {
        let message = format!("the statistics do not count the type {}", lacking.word);
        return Err(ReadError::new(Code::Malformed, message));
    }
    Ok(Report { notices, ..Report::new(&JSON2, Body::Findings(findings)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn findings(format: &Format, text: &str, exit_status: Option<i32>) -> Result<Findings, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match (format.read)(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    fn message(word: &str, id: &str) -> String {
        format!(
            r#"{{"type": "{word}", "path": "a.py", "line": 3, "column": 0, "message": "m", "message-id": "{id}"}}"#
        )
    }

    fn json2(messages: &str, errors: u64) -> String {
        format!(
            r#"{{"messages": [{messages}], "statistics": {{"messageTypeCount": {{"fatal": 0, "error": {errors}, "warning": 0,
            "refactor": 0, "convention": 0, "info": 0}}, "modulesLinted": 0, "score": 0}}}}"#
        )
    }

    #[test]
    fn json_words_and_ids_must_agree() {
        let one = findings(&JSON, &format!("[{}]", message("fatal", "F0001")), Some(1)).unwrap();
        assert_eq!((one.list[0].severity, one.list[0].blocking), (Severity::Critical, true));
        assert_eq!(one.list[0].place, Some(Place::at("a.py", 3, 1)));
        let syntax = findings(&JSON, &format!("[{}]", message("error", "E0001")), None).unwrap();
        assert_eq!((syntax.list[0].severity, syntax.list[0].blocking), (Severity::Error, true));
        for (text, code) in [
            (format!("[{}]", message("grave", "E0602")), Code::Malformed),
            (format!("[{}]", message("info", "E0602")), Code::Contradiction),
            ("[".to_owned(), Code::Truncated),
            ("{}".to_owned(), Code::Malformed),
            ("[{}]".to_owned(), Code::Malformed),
            (String::new(), Code::Empty),
            ("<html>".to_owned(), Code::WrongFormat),
        ] {
            assert_eq!(findings(&JSON, &text, None), Err(code), "{text}");
        }
    }

    #[test]
    fn statistics_must_not_count_more_than_is_listed() {
        let error = message("error", "E0602");
        assert_eq!(findings(&JSON2, &json2(&error, 2), None), Err(Code::Contradiction));
        assert_eq!(findings(&JSON2, &json2(&error, 0), None).map(|f| f.list.len()), Ok(1));
        assert_eq!(findings(&JSON2, &json2("", 0), None).map(|f| f.analysed), Ok(Some(0)));
        assert_eq!(findings(&JSON2, r#"{"messages": []}"#, None), Err(Code::Malformed));
        assert_eq!(
            findings(&JSON2, &json2("", 0).replace("\"info\"", "\"error\""), None),
            Err(Code::Duplicate)
        );
        assert_eq!(findings(&JSON2, &json2("", 0).replace(", \"info\": 0", ""), None), Err(Code::Malformed));
    }

    #[test]
    fn the_exit_status_is_a_sum_of_bits() {
        for (status, want) in [
            (0, None),
            (2, None),
            (4, Some(Code::Contradiction)),
            (1, Some(Code::ToolFailed)),
            (32, Some(Code::ToolFailed)),
            (137, Some(Code::ToolFailed)),
            (-11, Some(Code::ToolFailed)),
        ] {
            let text = format!("[{}]", message("error", "E0602"));
            assert_eq!(findings(&JSON, &text, Some(status)).err(), want, "{status}");
        }
        assert_eq!(findings(&JSON, "[]", Some(0)), Ok(Findings::default()));
        assert_eq!(findings(&JSON, "[]", Some(2)), Err(Code::Contradiction));
    }
}
