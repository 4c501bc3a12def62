//! bandit: `json`, `csv`, `xml` (JUnit's dress) and `txt`.
//!
//! Severity and confidence together are the severity: high in both is critical. JSON and text name
//! the files that could not be parsed (`errors`, `Files skipped`), each of which blocks; CSV and XML
//! leave them out, and say so here in a notice. JSON counts the lines it looked at: no lines, nothing
//! analysed. XML is JUnit to everybody else, so it is read only as a declared format.
//! Ignored on purpose: code, CWE, links, run times, metrics of files, totals by confidence. Totals
//! by severity count what `-l` left out of the list too, so a larger total is a notice.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::linter::Scale;
use super::xml::{Cursor, Node};
use super::{csv_text, json, linter};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The row of `-f json`.
pub(super) static JSON: Format = Format {
    name: "bandit-json",
    kind: Kind::Findings,
    tools: "bandit",
    command: "bandit -r backend -f json -o bandit.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["errors", "metrics", "results"]),
        _ => false,
    },
    read: read_json,
};

/// The row of `-f csv`.
pub(super) static CSV: Format = Format {
    name: "bandit-csv",
    kind: Kind::Findings,
    tools: "bandit",
    command: "bandit -r backend -f csv -o bandit.csv",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|l| l.starts_with("filename,test_name,test_id,")),
        _ => false,
    },
    read: read_csv,
};

/// The row of `-f xml`.
pub(super) static XML: Format = Format {
    name: "bandit-xml",
    kind: Kind::Findings,
    tools: "bandit",
    command: "bandit -r backend -f xml -o bandit.xml",
    end: End::Marked,
    detect: |_| false,
    read: read_xml,
};

const SEVERITIES: Scale = &[
    ("high", Severity::Error),
    ("medium", Severity::Warning),
    ("low", Severity::Info),
    ("undefined", Severity::Info),
];

/// The severity of an issue. Anything else than a known confidence is refused too.
pub(super) fn judged(severity: &str, confidence: &str) -> Result<Severity, ReadError> {
    let level = linter::severity(SEVERITIES, severity, "an issue")?;
    let sure = linter::severity(SEVERITIES, confidence, "an issue's confidence")? == Severity::Error;
    Ok(if sure && level == Severity::Error { Severity::Critical } else { level })
}

/// A file that bandit could not read.
pub(super) fn skipped(path: &str, reason: &str) -> Finding {
    linter::blocking("bandit", Some(Place::file(path)), reason)
}

pub(super) fn finish(
    format: &'static Format,
    input: &Input<'_>,
    findings: Findings,
    notices: Vec<String>,
) -> Result<Report, ReadError> {
    input.limits.check_items(findings.list.len())?;
    linter::ended("bandit", input.exit_status, &[1], &findings)?;
    Ok(linter::report(format, findings, notices))
}

#[derive(Deserialize)]
struct Document {
    errors: Vec<Failure>,
    metrics: BTreeMap<String, Metrics>,
    results: Vec<Issue>,
}

#[derive(Deserialize)]
struct Failure {
    filename: String,
    reason: String,
}

#[derive(Deserialize)]
struct Metrics {
    loc: u64,
    #[serde(default)]
    nosec: u64,
    #[serde(default)]
    skipped_tests: u64,
    #[serde(rename = "SEVERITY.HIGH", default)]
    high: u64,
    #[serde(rename = "SEVERITY.MEDIUM", default)]
    medium: u64,
    #[serde(rename = "SEVERITY.LOW", default)]
    low: u64,
    #[serde(rename = "SEVERITY.UNDEFINED", default)]
    undefined: u64,
}

#[derive(Deserialize)]
struct Issue {
    filename: String,
    issue_severity: String,
    issue_confidence: String,
    issue_text: String,
    line_number: i64,
    /// 0-based; bandit 1.7 and later.
    col_offset: Option<i64>,
    test_id: String,
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    let Some(totals) = document.metrics.get("_totals") else {
        return Err(ReadError::new(Code::Malformed, "the metrics have no _totals"));
    };
    let analysed = if totals.loc == 0 { 0 } else { document.metrics.len() as u64 - 1 };
    let suppressed = totals.nosec.saturating_add(totals.skipped_tests);
    let mut findings = Findings { analysed: Some(analysed), suppressed, ..Findings::default() };
    let mut listed = 0;
    for issue in document.results {
        listed += 1;
        let severity = judged(&issue.issue_severity, &issue.issue_confidence)?;
        let column = issue.col_offset.map_or(0, |column| column.saturating_add(1));
        let place = Place::at(issue.filename, issue.line_number, column);
        let found = linter::finding("bandit", severity, Some(place), Some(&issue.test_id), issue.issue_text);
        findings.list.push(found);
    }
    let counts = [totals.high, totals.medium, totals.low, totals.undefined];
    let said = counts.into_iter().fold(0, u64::saturating_add);
    let mut notices = Vec::new();
    if said < listed {
        let message = format!("the totals count {said} issues, {listed} are listed");
        return Err(ReadError::new(Code::Contradiction, message));
    } else if said > listed {
        notices.push(format!(
            "bandit counts {said} issues and lists {listed}: a level (-l) leaves the rest out"
        ));
    }
    findings.list.extend(document.errors.iter().map(|error| skipped(&error.filename, &error.reason)));
    finish(&JSON, input, findings, notices)
}

/// What CSV and XML do not tell.
const LEFT_OUT: &str = "this format does not tell which files bandit could not parse; its json does";

fn read_csv(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::text(input.bytes)?;
    if text.trim().is_empty() {
        return Err(ReadError::new(Code::Empty, "the file is empty"));
    }
    linter::not_cut(&text)?;
    let mut rows = csv_text::rows(&text)?.into_iter();
    let header = rows.next().map(|row| row.cells).unwrap_or_default();
    const COLUMNS: [&str; 7] = [
        "filename",
        "test_id",
        "issue_severity",
        "issue_confidence",
        "issue_text",
        "line_number",
        "test_name",
    ];
    let mut at = [0; COLUMNS.len()];
    for (at, name) in at.iter_mut().zip(COLUMNS) {
        *at = header.iter().position(|cell| cell == name).ok_or_else(|| {
            ReadError::new(Code::WrongFormat, format!("the header has no column {name}")).at(1, None)
        })?;
    }
    let column = header.iter().position(|cell| cell == "col_offset");
    let mut findings = Findings::default();
    for row in rows {
        if row.cells.len() != header.len() {
            let message = format!("a row has {} cells, the header {}", row.cells.len(), header.len());
            return Err(ReadError::new(Code::Malformed, message).at(row.line, None));
        }
        let cell = |i: usize| row.cells[at[i]].as_str();
        let severity = judged(cell(2), cell(3)).map_err(|error| error.at(row.line, None))?;
        let number = |text: &str| text.parse::<i64>().ok();
        let Some(line) = number(cell(5)) else {
            let message = format!("{} is no line number", quote(cell(5)));
            return Err(ReadError::new(Code::Malformed, message).at(row.line, None));
        };
        let column = column.and_then(|i| number(&row.cells[i])).map_or(0, |c| c.saturating_add(1));
        let place = Place::at(cell(0), line, column);
        findings.list.push(linter::finding("bandit", severity, Some(place), Some(cell(1)), cell(4)));
    }
    finish(&CSV, input, findings, vec![LEFT_OUT.to_owned()])
}

fn read_xml(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["testsuite"]);
    let mut findings = Findings::default();
    let mut said = None;
    // The message and the text of the open <error>.
    let mut open: Option<(String, String)> = None;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("testsuite") if xml.depth() == 1 => {
                if xml.attribute("name").as_deref() != Some("bandit") {
                    return Err(xml.error(Code::WrongFormat, "the test suite is not bandit's"));
                }
                said = xml.attribute("tests").and_then(|tests| tests.parse().ok());
            }
            Node::Start("testcase") if xml.depth() == 2 => {}
            Node::Start("error") if xml.depth() == 3 => {
                open = Some((xml.attribute("message").unwrap_or_default().into_owned(), String::new()));
            }
            Node::Start(name) => {
                return Err(xml.error(Code::Malformed, format!("an element {} in bandit's XML", quote(name))));
            }
            Node::Text(text) => {
                if let Some((_, body)) = &mut open {
                    body.push_str(&text);
                }
            }
            Node::End("error") => {
                let (message, body) = open.take().unwrap_or_default();
                findings.list.push(xml_issue(&message, &body).map_err(|e| xml.error(e.code, e.message))?);
            }
            Node::End(_) => {}
        }
    }
    let Some(said) = said else {
        return Err(ReadError::new(Code::Malformed, "the test suite does not count its tests"));
    };
    linter::counted("issues", said, findings.list.len() as u64)?;
    finish(&XML, input, findings, vec![LEFT_OUT.to_owned()])
}

/// `Test ID: B608 Severity: MEDIUM Confidence: MEDIUM`, and at the end `Location a.py:95`.
fn xml_issue(message: &str, body: &str) -> Result<Finding, ReadError> {
    let broken = || ReadError::new(Code::Malformed, format!("{} is no issue of bandit", quote(body)));
    let (id, rest) =
        body.strip_prefix("Test ID: ").and_then(|rest| rest.split_once(" Severity: ")).ok_or_else(broken)?;
    let (severity, rest) = rest.split_once(" Confidence: ").ok_or_else(broken)?;
    let confidence = rest.lines().next().unwrap_or_default();
    let place = body.lines().last().and_then(|line| line.strip_prefix("Location "));
    let (path, line) = place.and_then(|place| place.rsplit_once(':')).ok_or_else(broken)?;
    let place = Place::at(path, line.trim().parse().map_err(|_| broken())?, 0);
    let severity = judged(severity, confidence.trim())?;
    Ok(linter::finding("bandit", severity, Some(place), Some(id), message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    const HEADER: &str = "filename,test_name,test_id,issue_severity,issue_confidence,issue_cwe,issue_text,line_number,col_offset,end_col_offset,line_range,more_info\n";

    fn json(errors: &str, totals: &str, results: &str) -> String {
        format!(
            r#"{{"errors": [{errors}], "metrics": {{"_totals": {{{totals}}}, "a.py": {{"loc": 3}}}}, "results": [{results}]}}"#
        )
    }

    #[test]
    fn files_that_do_not_parse_block() {
        let text = json(r#"{"filename": "a.py", "reason": "syntax error"}"#, r#""loc": 3"#, "");
        assert_eq!(counts(&read(&JSON, &text, Some(0)).unwrap()), ([0, 1, 0, 0], 1));
        let text = json("", r#""loc": 0"#, "");
        assert_eq!(read(&JSON, &text, Some(0)).unwrap().analysed, Some(0));
        assert_eq!(read(&JSON, &text.replace("_totals", "totals"), None), Err(Code::Malformed));
        assert_eq!(read(&JSON, &text, Some(2)), Err(Code::ToolFailed));
    }

    #[test]
    fn confidence_raises_and_totals_are_not_too_small() {
        let issue = |confidence: &str| {
            format!(
                r#"{{"filename": "a.py", "issue_severity": "HIGH", "issue_confidence": "{confidence}", "issue_text": "t", "line_number": 3, "col_offset": 4, "test_id": "B1"}}"#
            )
        };
        let totals = r#""loc": 3, "nosec": 2, "SEVERITY.HIGH": 1"#;
        let found = read(&JSON, &json("", totals, &issue("HIGH")), Some(1)).unwrap();
        assert_eq!((counts(&found).0, found.suppressed), ([1, 0, 0, 0], 2));
        let found = read(&JSON, &json("", totals, &issue("LOW")), Some(1)).unwrap();
        assert_eq!(counts(&found).0, [0, 1, 0, 0]);
        assert_eq!(read(&JSON, &json("", totals, &issue("SURE")), None), Err(Code::Malformed));
        assert_eq!(read(&JSON, &json("", r#""loc": 3"#, &issue("LOW")), None), Err(Code::Contradiction));
        assert_eq!(read(&JSON, &json("", totals, ""), Some(0)).unwrap().list, []);
    }

    #[test]
    fn csv_rows_are_whole() {
        let row = "a.py,x,B1,HIGH,HIGH,url,\"a, \"\"b\"\"\",3,4,5,[3],url\n";
        let found = read(&CSV, &format!("{HEADER}{row}"), Some(1)).unwrap();
        assert_eq!((found.list[0].message.as_str(), counts(&found).0), ("a, \"b\"", [1, 0, 0, 0]));
        assert_eq!(found.list[0].place, Some(Place::at("a.py", 3, 5)));
        assert_eq!(read(&CSV, HEADER, Some(0)), Ok(Findings::default()));
        assert_eq!(read(&CSV, HEADER, Some(1)), Err(Code::Contradiction));
        assert_eq!(read(&CSV, &format!("{HEADER}a.py,x,B1\n"), None), Err(Code::Malformed));
        assert_eq!(read(&CSV, &format!("{HEADER}{}", &row[..30]), None), Err(Code::Truncated));
        assert_eq!(read(&CSV, "a,b\n1,2\n", None), Err(Code::WrongFormat));
        assert_eq!(read(&CSV, &format!("{HEADER}\"a\n"), None), Err(Code::Truncated));
    }

    #[test]
    fn xml_counts_itself() {
        let case = "<testcase classname='a.py' name='x'><error type='HIGH' message='m'>Test ID: B1 Severity: HIGH Confidence: LOW\nLocation a.py:3</error></testcase>";
        let suite = |tests: u8| format!("<testsuite name='bandit' tests='{tests}'>{case}</testsuite>");
        assert_eq!(counts(&read(&XML, &suite(1), Some(1)).unwrap()).0, [0, 1, 0, 0]);
        assert_eq!(read(&XML, &suite(2), None), Err(Code::Contradiction));
        assert_eq!(read(&XML, &suite(1).replace("bandit", "pytest"), None), Err(Code::WrongFormat));
        assert_eq!(read(&XML, &suite(1).replace("Confidence", "Trust"), None), Err(Code::Malformed));
    }
}
