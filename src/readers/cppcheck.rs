//! cppcheck's XML, version 2.
//!
//! Its severities are the kind of a finding: performance and portability are warnings, style and
//! information are info. Findings that say that cppcheck could not look at a file (`syntaxError` and
//! the like) block; `checkersReport` is a remark about its own work, shown as a notice.
//! Ignored on purpose: CWE, symbols, further locations, `inconclusive`.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::linter::{self, Scale};
use super::xml::{Cursor, Node};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "cppcheck-xml",
    kind: Kind::Findings,
    tools: "cppcheck",
    command: "cppcheck --enable=all --xml --output-file=cppcheck.xml src",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "results" && xml.has("cppcheck")),
    read,
};

const SEVERITIES: Scale = &[
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("performance", Severity::Warning),
    ("portability", Severity::Warning),
    ("style", Severity::Info),
    ("information", Severity::Info),
    ("debug", Severity::Info),
];

/// Findings about cppcheck's own failure.
const BLOCKING: &[&str] = &[
    "syntaxError",
    "internalAstError",
    "internalError",
    "cppcheckError",
    "unknownMacro",
    "preprocessorErrorDirective",
    "instantiationError",
    "fileNotFound",
];

/// What may stand in `<error>`, and beside `<errors>`.
const KNOWN: &[&str] = &["symbol", "cppcheck", "errors", "suppressions", "suppression"];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["results"]);
    let mut findings = Findings::default();
    let mut notices = Vec::new();
    let mut open: Option<Finding> = None;
    let mut listed = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("results") if xml.depth() == 1 => {
                if !matches!(xml.attribute("version").as_deref(), Some("2" | "3")) {
                    return Err(xml.error(Code::WrongFormat, "not version 2 of cppcheck's XML"));
                }
            }
            Node::Start("errors") if xml.depth() == 2 => listed = true,
            Node::Start("error") if xml.depth() == 3 => open = Some(entry(&xml)?),
            Node::Start("location") => {
                let number = |name| xml.attribute(name).and_then(|n| n.parse().ok()).unwrap_or(0);
                let file = xml.attribute("file").unwrap_or_default();
                if let Some(found) = open.as_mut().filter(|found| found.place.is_none()) {
                    found.place = Some(Place::at(file, number("line"), number("column")));
                }
            }
            Node::Start(name) if !KNOWN.contains(&name) => {
                return Err(
                    xml.error(Code::Malformed, format!("an element {} in cppcheck's XML", quote(name)))
                );
            }
            Node::End("error") => match open.take() {
                Some(found) if found.rule.as_deref() == Some("checkersReport") => notices.push(found.message),
                found => findings.list.extend(found),
            },
            Node::Start(_) | Node::End(_) | Node::Text(_) => {}
        }
        input.limits.check_items(findings.list.len())?;
    }
    if !listed {
        return Err(ReadError::new(Code::Malformed, "the list of errors is missing"));
    }
    linter::ended_somehow(input, &findings)?;
    Ok(linter::report(&FORMAT, findings, notices))
}

fn entry(xml: &Cursor<'_>) -> Result<Finding, ReadError> {
    let id = xml.attribute("id").unwrap_or_default();
    let word = xml.attribute("severity").unwrap_or_default();
    let severity = linter::severity(SEVERITIES, &word, "an <error>")
        .map_err(|error| xml.error(error.code, error.message))?;
    let message = xml.attribute("msg").unwrap_or_default();
    let found = linter::finding("cppcheck", severity, None, Some(&id), message);
    Ok(Finding { blocking: BLOCKING.contains(&id.as_ref()), ..found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn failures_block_and_remarks_do_not_count() {
        let text = |inside: &str| {
            format!("<results version=\"2\"><cppcheck version=\"2.10\"/><errors>{inside}</errors></results>")
        };
        let error = "<error id=\"syntaxError\" severity=\"error\" msg=\"m\"><location file=\"a.c\" line=\"3\" column=\"4\"/><location file=\"b.c\" line=\"1\"/><symbol>x</symbol></error>";
        let found = read(&FORMAT, &text(error), None).unwrap();
        assert_eq!(
            (counts(&found), found.list[0].place.clone()),
            (([0, 1, 0, 0], 1), Some(Place::at("a.c", 3, 4)))
        );
        let remark = "<error id=\"checkersReport\" severity=\"information\" msg=\"Active checkers: 1/2\"/>";
        assert_eq!(read(&FORMAT, &text(remark), Some(0)), Ok(Findings::default()));
        assert_eq!(read(&FORMAT, &text("<error id=\"x\" severity=\"bad\"/>"), None), Err(Code::Malformed));
        assert_eq!(read(&FORMAT, &text("<failure/>"), None), Err(Code::Malformed));
        assert_eq!(read(&FORMAT, "<results version=\"2\"><cppcheck/></results>", None), Err(Code::Malformed));
        assert_eq!(
            read(&FORMAT, &text("").replace("version=\"2\"", "version=\"1\""), None),
            Err(Code::WrongFormat)
        );
    }
}
