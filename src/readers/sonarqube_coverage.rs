//! SonarQube's generic coverage data (format version 1): `coverage > file > lineToCover`.
//!
//! Written by gcovr, vitest and jest reporters, cargo-sonar and many converters. As SonarQube's own
//! reader, this one is strict: an element it does not know, a line outside of a file, a missing
//! `covered`, more branches covered than there are: refused. A line given twice (gcovr writes one for
//! each instantiation of a template) is hit if either is.

use super::coverage_draft::{Draft, count, line_attribute, path, ratio};
use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::xml::{Cursor, Node};
use crate::model::coverage::Coverage;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "sonarqube-generic",
    kind: Kind::Coverage,
    tools: "gcovr, jest-sonar, vitest-sonar-reporter and other converters",
    command: "gcovr --sonarqube reports/sonarqube.xml",
    end: End::Marked,
    detect,
    read,
};

fn detect(head: &Head<'_>) -> bool {
    let Head::Xml(xml) = head else { return false };
    let versioned = || xml.attribute("version") == Some("1") && xml.attributes.len() == 1;
    let first = xml.elements.first().map(String::as_str);
    xml.root == "coverage" && first.map_or_else(versioned, |first| first == "file")
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["coverage"]);
    let mut coverage = Coverage::default();
    let mut open: Option<(String, Draft)> = None;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("coverage") if xml.depth() == 1 => version(&xml)?,
            Node::Start("file") if xml.depth() == 2 => {
                open = Some((path(&xml, &["path"])?, Draft::default()));
                input.limits.check_items(coverage.files.len() + 1)?;
            }
            Node::Start("lineToCover") if xml.depth() == 3 => {
                if let Some((_, draft)) = &mut open {
                    coverage.has_branches |= line(&xml, draft)?;
                }
            }
            Node::Start(name) => {
                let code = if xml.depth() == 2 { Code::WrongFormat } else { Code::Malformed };
                let message = format!("{} has no place here in generic coverage data", quote(name));
                return Err(xml.error(code, message));
            }
            Node::End("file") => {
                if let Some((path, draft)) = open.take() {
                    coverage.files.entry(path).or_default().merge(draft.finish());
                }
            }
            Node::End(_) => {}
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(text) => {
                return Err(xml.error(Code::Malformed, format!("a text between lines: {}", quote(&text))));
            }
        }
    }
    Ok(Report::new(&FORMAT, Body::Coverage(coverage)))
}

fn version(xml: &Cursor<'_>) -> Result<(), ReadError> {
    match xml.attribute("version").as_deref() {
        Some("1") => Ok(()),
        other => {
            let message =
                format!("version {} of generic coverage data is not known", quote(other.unwrap_or("")));
            Err(xml.error(Code::WrongFormat, message))
        }
    }
}

/// Takes one line; tells whether it has branches.
fn line(xml: &Cursor<'_>, draft: &mut Draft) -> Result<bool, ReadError> {
    let number = line_attribute(xml, "lineNumber")?;
    let hit = match xml.attribute("covered").as_deref() {
        Some("true") => true,
        Some("false") => false,
        other => {
            let message = format!("covered={} is neither true nor false", quote(other.unwrap_or("")));
            return Err(xml.error(Code::Malformed, message));
        }
    };
    draft.line(number, hit);
    let taken = count(xml, "coveredBranches")?;
    let Some(total) = count(xml, "branchesToCover")? else {
        return match taken {
            None => Ok(false),
            Some(_) => Err(xml.error(Code::Contradiction, "covered branches of a line without branches")),
        };
    };
    let branches = ratio(taken.unwrap_or(0), total, "branches of a line")
        .map_err(|error| xml.error(error.code, error.message))?;
    draft.counted(number, branches);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;

    use crate::readers::testing;

    fn report(body: &str) -> Result<Coverage, ReadError> {
        let text = format!("<coverage version=\"1\">{body}</coverage>");
        testing::coverage(read, &text).map(|read| read.0)
    }

    #[test]
    fn lines_told_twice_are_one_line() {
        let found = report(
            "<file path='a.c'><lineToCover lineNumber='1' covered='false' branchesToCover='4' coveredBranches='1'/>\
             <lineToCover lineNumber='1' covered='true' branchesToCover='4' coveredBranches='3'/></file>\
             <file path='a.c'><lineToCover lineNumber='2' covered='false' branchesToCover='2'/></file>",
        )
        .unwrap();
        assert_eq!(found.lines(), Ratio::new(1, 2));
        assert_eq!(found.branches(), Some(Ratio::new(3, 6)));
        assert_eq!(report("").unwrap().lines(), Ratio::new(0, 0));
    }

    #[test]
    fn it_is_as_strict_as_sonarqube() {
        for (body, code) in [
            ("<file path='a'><lineToCover lineNumber='1'/></file>", Code::Malformed),
            ("<file path='a'><lineToCover lineNumber='1' covered='yes'/></file>", Code::Malformed),
            ("<file path='a'><lineToCover lineNumber='0' covered='true'/></file>", Code::Malformed),
            ("<file path=' '><lineToCover lineNumber='1' covered='true'/></file>", Code::Malformed),
            ("<file path='a'><line number='1' hits='1'/></file>", Code::Malformed),
            ("<file path='a'>x</file>", Code::Malformed),
            ("<packages/>", Code::WrongFormat),
            (
                "<file path='a'><lineToCover lineNumber='1' covered='true' branchesToCover='1' coveredBranches='2'/></file>",
                Code::Contradiction,
            ),
            (
                "<file path='a'><lineToCover lineNumber='1' covered='true' coveredBranches='2'/></file>",
                Code::Contradiction,
            ),
        ] {
            assert_eq!(report(body).unwrap_err().code, code, "{body}");
        }
    }
}
