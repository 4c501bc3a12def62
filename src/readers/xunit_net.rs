//! xUnit.net's XML, version 2 and 3 (`assemblies` / `assembly` / `collection` / `test`): the console
//! runner's `-xml`, XunitXml.TestLogger.
//!
//! `result` is `Pass`, `Fail`, `Skip` or `NotRun`; any other word is a failure. The `errors` of an
//! assembly (a fixture's constructor or clean-up, a crash) are tests that could not be run.
//!
//! Identity: `type` and the display name without it. Ignored on purpose: traits, output, warnings,
//! attachments, times of collections, environment.

use super::cases::{Cases, case, count, seconds};
use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::xml::{Cursor, Node};
use crate::model::tests::{TestCase, TestOutcome};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "xunit-net",
    kind: Kind::Tests,
    tools: "xUnit.net 2 and 3, XunitXml.TestLogger",
    command: "dotnet test --logger \"xunit;LogFilePath=reports/xunit.xml\"",
    end: End::Marked,
    detect: |head| match head {
        Head::Xml(xml) => {
            xml.root == "assemblies" || xml.root == "assembly" && xml.attribute("test-framework").is_some()
        }
        _ => false,
    },
    read,
};

const ROOTS: &[&str] = &["assemblies", "assembly"];

/// Counts of the assembly that is open.
#[derive(Default)]
struct Assembly {
    total: u64,
    failed: u64,
    errors: u64,
    /// What was there before it.
    tests_before: u64,
    bad_before: u64,
    errors_before: u64,
}

struct Reader<'a> {
    cases: Cases<'a>,
    assembly: Option<Assembly>,
    tests: u64,
    bad: u64,
    errors: u64,
    case: Option<TestCase>,
    /// The name of an `error` that is open, and its message.
    error: Option<(String, Option<String>)>,
    /// Inside of `failure` or `reason`; what its `message` says.
    text: Option<String>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, ROOTS);
    let mut reader = Reader {
        cases: Cases::new(input.limits),
        assembly: None,
        tests: 0,
        bad: 0,
        errors: 0,
        case: None,
        error: None,
        text: None,
    };
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(name) => reader.start(name, &xml)?,
            Node::End(name) => reader.end(name)?,
            Node::Text(text) => {
                if let Some(kept) = &mut reader.text {
                    kept.push_str(&text);
                }
            }
        }
    }
    Ok(reader.cases.finish(&FORMAT))
}

impl Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "assembly" | "test" if self.case.is_some() || self.error.is_some() => {
                return Err(xml.error(Code::Malformed, format!("{name} inside of a test")));
            }
            "assembly" => {
                let told = |name: &str| count(xml, name).map(|count| count.unwrap_or(0));
                self.assembly = Some(Assembly {
                    total: told("total")?,
                    failed: told("failed")?,
                    errors: told("errors")?,
                    tests_before: self.tests,
                    bad_before: self.bad,
                    errors_before: self.errors,
                });
            }
            "test" => self.case = Some(open_case(xml)),
            "error" if self.case.is_none() => {
                let name = xml.attribute("name").or_else(|| xml.attribute("type")).unwrap_or_default();
                let name = if name.is_empty() { "error outside of tests".into() } else { name };
                self.error = Some((name.into_owned(), None));
            }
            "failure" | "error" => {
                // A failure fails its test, whatever `result` says.
                if let Some(case) = &mut self.case {
                    case.outcome = case.outcome.max(TestOutcome::Failed);
                }
            }
            "message" | "reason" => self.text = Some(String::new()),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "message" | "reason" => {
                let text = self.text.take();
                let slot = match (&mut self.error, &mut self.case) {
                    (Some((_, message)), _) => message,
                    (None, Some(case)) => &mut case.message,
                    (None, None) => return Ok(()),
                };
                if slot.is_none() {
                    *slot = text;
                }
            }
            "error" => {
                if let Some((name, message)) = self.error.take() {
                    self.errors += 1;
                    self.cases.broken(&name, message)?;
                }
            }
            "test" => {
                if let Some(case) = self.case.take() {
                    self.tests += 1;
                    self.bad += u64::from(super::cases::is_bad(case.outcome));
                    self.cases.push(case)?;
                }
            }
            "assembly" => {
                let Some(assembly) = self.assembly.take() else { return Ok(()) };
                let found = self.tests - assembly.tests_before;
                if assembly.total > found {
                    self.cases.declared(assembly.total, found);
                }
                self.cases.declared_bad(assembly.failed, self.bad - assembly.bad_before);
                self.cases.declared_bad(assembly.errors, self.errors - assembly.errors_before);
            }
            _ => {}
        }
        Ok(())
    }
}

fn open_case(xml: &Cursor<'_>) -> TestCase {
    let text = |name: &str| xml.attribute(name).unwrap_or_default();
    let (outcome, message) = match text("result").as_ref() {
        "Pass" => (TestOutcome::Passed, None),
        "Fail" => (TestOutcome::Failed, None),
        "Skip" | "NotRun" => (TestOutcome::Skipped, None),
        other => (TestOutcome::Failed, Some(format!("result is {}", quote(other)))),
    };
    let (class, display) = (text("type"), text("name"));
    // The display name repeats the type: `Shop.StockTests.Adds(a: 1)`.
    let inside = display.strip_prefix(class.as_ref()).and_then(|rest| rest.strip_prefix('.'));
    let name = inside.filter(|_| !class.is_empty()).unwrap_or(&display).to_owned();
    TestCase {
        message,
        seconds: text("time").trim().parse().ok().and_then(seconds),
        ..case(class, name, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::{Body, Limits};

    fn report(inner: &str, counts: &str) -> Tests {
        let text = format!("<assemblies><assembly name='a.dll' {counts}>{inner}</assembly></assemblies>");
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
        match read(&input).unwrap().body {
            Body::Tests(tests) => tests,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_known_good_words_are_good() {
        for (test, want) in [
            ("<test name='N.C.t' type='N.C' result='Pass'/>", TestOutcome::Passed),
            ("<test name='N.C.t' type='N.C' result='NotRun'/>", TestOutcome::Skipped),
            ("<test name='N.C.t' type='N.C' result='Passed'/>", TestOutcome::Failed),
            ("<test name='N.C.t' type='N.C'/>", TestOutcome::Failed),
            ("<test name='N.C.t' type='N.C' result='Pass'><failure/></test>", TestOutcome::Failed),
        ] {
            let read = report(test, "total='1'");
            let case = read.cases.values().next().unwrap();
            assert_eq!((case.outcome, case.id.name.as_str()), (want, "t"), "{test}");
        }
    }

    #[test]
    fn errors_of_the_assembly_count_and_headers_are_held() {
        let errors = "<errors><error type='assembly-cleanup' name='a.dll'><failure><message>x</message></failure></error></errors>";
        let read = report(errors, "total='0' errors='1'");
        assert_eq!((read.totals().errors, read.hidden_failures.len()), (1, 0));
        assert_eq!(report("", "total='1' failed='1' errors='1'").lost, [(1, 0)]);
        assert_eq!(report("", "failed='1'").hidden_failures, [(1, 0)]);
    }
}
