//! Checkstyle XML, the lingua franca of linters: Checkstyle, shellcheck, ESLint, PHP_CodeSniffer,
//! detekt, ktlint, golangci-lint, SwiftLint, RuboCop and many more. There is no schema; Checkstyle's
//! `XMLLogger` and what the others do is the rule.
//!
//! `checkstyle > file(name) > error(line, column, severity, message, source)`. An `<exception>` says
//! that Checkstyle could not read a file: it blocks. `severity="ignore"` is suppressed; without the
//! attribute an entry is an error, as in Checkstyle. Files without findings are listed by some tools
//! and left out by others, so their number proves nothing and is not told.
//!
//! Ignored on purpose: the version, attributes of the tool's own, text inside of `<error>`.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::linter::{self, Scale};
use super::xml::{Cursor, Node};
use crate::model::findings::{Findings, Severity};
use crate::model::place::Place;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "checkstyle",
    kind: Kind::Findings,
    tools: "Checkstyle, shellcheck, ESLint, phpcs, detekt, ktlint, golangci-lint, SwiftLint, RuboCop, ...",
    command: "shellcheck -f checkstyle *.sh > shellcheck.xml",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "checkstyle"),
    read,
};

/// What the writers put into `severity`; `ignore` is apart.
const SEVERITIES: Scale = &[
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
    ("notice", Severity::Info),
    ("note", Severity::Info),
    ("style", Severity::Info),
];

/// How the source of an entry tells the tool.
const SOURCES: &[(&str, &str)] = &[
    ("ShellCheck.", "shellcheck"),
    ("eslint.", "eslint"),
    ("detekt.", "detekt"),
    ("com.puppycrawl.", "checkstyle"),
    ("com.sniffer.", "phpcs"),
    ("swiftlint.", "swiftlint"),
    ("stylelint.", "stylelint"),
];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["checkstyle"]);
    let mut reader = Reader::default();
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(name) => reader.start(name, &xml)?,
            Node::End(name) => reader.end(name),
            Node::Text(text) => reader.text(&text, &xml)?,
        }
        input.limits.check_items(reader.findings.list.len())?;
    }
    linter::ended_somehow(input, &reader.findings)?;
    Ok(linter::report(&FORMAT, reader.findings, Vec::new()))
}

#[derive(Default)]
struct Reader {
    findings: Findings,
    /// The name of the open `<file>`.
    file: Option<String>,
    /// Inside of `<error>`.
    entry: bool,
    /// Inside of `<exception>`, and what it says.
    exception: Option<String>,
}

impl Reader {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let inside = self.entry || self.exception.is_some();
        match name {
            "checkstyle" if xml.depth() == 1 => Ok(()),
            "file" if self.file.is_none() && !inside => {
                let Some(name) = xml.attribute("name") else {
                    return Err(xml.error(Code::Malformed, "a <file> without a name"));
                };
                self.file = Some(name.into_owned());
                Ok(())
            }
            "error" if !inside => {
                self.entry = true;
                self.entry(xml)
            }
            "exception" if !inside => {
                self.exception = Some(String::new());
                Ok(())
            }
            other => {
                let message = format!("an element {} has no meaning here", quote(other));
                Err(xml.error(Code::Malformed, message))
            }
        }
    }

    fn entry(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let attribute = |name| xml.attribute(name).unwrap_or_default();
        let word = xml.attribute("severity").unwrap_or("error".into());
        if word.eq_ignore_ascii_case("ignore") {
            self.findings.suppressed += 1;
            return Ok(());
        }
        let severity = linter::severity(SEVERITIES, &word, "an <error>")
            .map_err(|error| xml.error(error.code, error.message))?;
        let number = |name| attribute(name).trim().parse().unwrap_or(0);
        let place = self.file.as_deref().map(|file| Place::at(file, number("line"), number("column")));
        let source = attribute("source");
        let tool =
            SOURCES.iter().find(|(prefix, _)| source.starts_with(prefix)).map_or("checkstyle", |r| r.1);
        let finding = linter::finding(tool, severity, place, Some(&source), attribute("message"));
        self.findings.list.push(finding);
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            "error" => self.entry = false,
            "file" => self.file = None,
            "exception" => {
                let text = self.exception.take().unwrap_or_default();
                let why = text.trim().lines().next().unwrap_or("an exception").to_owned();
                let place = self.file.as_deref().map(Place::file);
                self.findings.list.push(linter::blocking("checkstyle", place, why));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if let Some(exception) = &mut self.exception {
            exception.push_str(text);
        } else if !self.entry && !text.trim().is_empty() {
            return Err(
                xml.error(Code::Malformed, format!("text between the entries: {}", quote(text.trim())))
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    fn file(inside: &str) -> Result<([u64; 4], usize), Code> {
        let text = format!("<checkstyle version='10'><file name='A.java'>{inside}</file></checkstyle>");
        super::linter::testing::read(&FORMAT, &text, None).map(|findings| counts(&findings))
    }

    #[test]
    fn severities_are_words_of_the_table() {
        assert_eq!(file("<error line='1' severity='error' message='m' source='s'/>"), Ok(([0, 1, 0, 0], 0)));
        assert_eq!(file("<error line='1' message='m'/>"), Ok(([0, 1, 0, 0], 0)));
        assert_eq!(file("<error severity='Warning' message='m'>text</error>"), Ok(([0, 0, 1, 0], 0)));
        assert_eq!(file("<error severity='ignore' message='m'/>"), Ok(([0, 0, 0, 0], 0)));
        assert_eq!(file("<error severity='bad' message='m'/>"), Err(Code::Malformed));
        assert_eq!(file("<error severity='info' severity='error'/>"), Err(Code::Duplicate));
    }

    #[test]
    fn a_file_that_could_not_be_read_blocks() {
        assert_eq!(
            file("<exception>\n<![CDATA[\norg.Fail: no\n at x\n]]></exception>"),
            Ok(([0, 1, 0, 0], 1))
        );
        assert_eq!(
            file("<error severity='error' source='ShellCheck.SC1072' message='m'/>"),
            Ok(([0, 1, 0, 0], 1))
        );
        assert_eq!(file("<failure/>"), Err(Code::Malformed));
        assert_eq!(file("<error><error/></error>"), Err(Code::Malformed));
        assert_eq!(file("Fatal error: out of memory"), Err(Code::Malformed));
    }

    #[test]
    fn statuses_and_entries_without_a_file() {
        let clean = "<checkstyle/>";
        assert_eq!(read(&FORMAT, clean, Some(0)), Ok(Findings::default()));
        assert_eq!(read(&FORMAT, clean, Some(2)), Err(Code::Contradiction));
        let bare = "<checkstyle><error severity='error' message='phpstan: no file'/></checkstyle>";
        assert_eq!(read(&FORMAT, bare, Some(1)).unwrap().list[0].place, None);
    }
}
