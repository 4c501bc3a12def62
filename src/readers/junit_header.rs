//! The headers of JUnit suites (`tests=`, `failures=`, `errors=`) against what was found in them.
//!
//! A header that declares more tests than there are elements shows that a worker died or that
//! somebody cut; one that declares more failures than there are shows that failures are hidden.
//! Some writers count otherwise, and are known by what only they write: pytest counts subtests and
//! tear-downs as tests (but failures and errors exactly as it writes them), libtest counts ignored
//! tests and leaves them out, mocha counts hooks, and where attempts of a test are told, attempts
//! may have been counted.
//!
//! Linters that dress as test suites are told apart here too.

use super::error::{Code, ReadError, quote};
use super::xml::Cursor;
use crate::model::tests::Tests;

/// Who wrote the report, as far as that changes what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Writer {
    #[default]
    Other,
    Pytest,
    Libtest,
    Mocha,
}

impl Writer {
    /// The suite's name stands for the run as a whole, and may be chosen anew for each.
    pub(super) fn names_the_run(self) -> bool {
        self != Self::Other
    }

    /// By what only this writer writes on a suite or on the root.
    fn of(xml: &Cursor<'_>) -> Self {
        let name = xml.attribute("name").unwrap_or_default();
        let order = || xml.attributes().map(|(name, _)| name).eq(PYTEST.iter().copied());
        match &*name {
            "pytest" | "pytest tests" => Self::Pytest,
            _ if order() => Self::Pytest,
            "Mocha Tests" => Self::Mocha,
            "test" if xml.attribute("package").as_deref() == Some("test") => Self::Libtest,
            _ => Self::Other,
        }
    }
}

/// pytest's suite may bear any name, but its attributes stand in this order.
const PYTEST: &[&str] = &["name", "errors", "failures", "skipped", "tests", "time", "timestamp", "hostname"];

/// Linters that write JUnit: name, and what to do instead.
type Linter = (&'static str, &'static str);
const RUFF: Linter =
    ("ruff", "findings are no tests: use `ruff check --output-format json -o reports/ruff.json` under lint");
const MYPY: Linter =
    ("mypy", "findings are no tests: use `mypy --output json > reports/mypy.json` under lint");
const BANDIT: Linter =
    ("bandit", "findings are no tests: take it out of the test reports; ruff's S rules are the same checks");
const ESLINT: Linter = ("ESLint", "findings are no tests: take it out of the test reports");

/// A linter, by what only it writes; a project's own suite may well be named "ruff".
fn linter(xml: &Cursor<'_>) -> Option<Linter> {
    let is = |attribute: &str, value: &str| xml.attribute(attribute).as_deref() == Some(value);
    match (is("package", "org.ruff"), is("package", "org.eslint")) {
        (true, _) => return Some(RUFF),
        (_, true) => return Some(ESLINT),
        _ if xml.depth() > 1 => return None,
        _ => {}
    }
    let linter = match xml.attribute("name").as_deref() {
        Some("ruff") => RUFF,
        Some("mypy") if xml.attribute("skips").is_some() => MYPY,
        Some("bandit") if xml.attribute("time").is_none() => BANDIT,
        _ => return None,
    };
    Some(linter)
}

/// A declared number; a hint that is no number is not a hint but damage.
fn count(xml: &Cursor<'_>, name: &str) -> Result<Option<u64>, ReadError> {
    match xml.attribute(name) {
        Some(value) if !value.trim().is_empty() => value.trim().parse().map(Some).map_err(|_| {
            xml.error(Code::Malformed, format!("{name}={} is not a number of tests", quote(&value)))
        }),
        _ => Ok(None),
    }
}

/// What the header of a suite, or of the root, says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    pub(super) writer: Writer,
    tests: Option<u64>,
    bad: u64,
    /// Tests that a writer left out of the report, as it always does.
    left_out: u64,
}

impl Declared {
    /// Reads the header of a suite at its start tag, which stands in one of the writer `outer`.
    pub(super) fn read(xml: &Cursor<'_>, outer: Writer) -> Result<Self, ReadError> {
        let writer = match outer {
            Writer::Other => Writer::of(xml),
            known => known,
        };
        if writer == Writer::Other
            && let Some((name, instead)) = linter(xml)
        {
            let message = format!("these are findings of {name}, dressed as tests");
            return Err(xml.error(Code::WrongFormat, message).hint(instead));
        }
        let failures = count(xml, "failures")?.unwrap_or(0);
        let errors = count(xml, "errors")?.unwrap_or(0);
        let left_out = if writer == Writer::Libtest { count(xml, "skipped")? } else { None };
        Ok(Self {
            writer,
            tests: count(xml, "tests")?,
            bad: failures.saturating_add(errors),
            left_out: left_out.unwrap_or(0),
        })
    }
}

/// A suite, or the root, that is open.
struct Suite {
    declared: Declared,
    /// Tests left out in it and in suites inside.
    left_out: u64,
    /// The writer, or one of a suite inside, counts otherwise.
    otherwise: bool,
    /// What was counted before it was opened.
    before: Counted,
    lost: usize,
    hidden: usize,
    /// What the suites right inside declare together; `None` where that is not the whole.
    inside: Option<u64>,
}

/// Elements counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counted {
    /// `<testcase>`.
    pub(super) cases: u64,
    /// `<failure>` and `<error>`.
    pub(super) problems: u64,
    /// The same of earlier attempts.
    pub(super) retries: u64,
}

/// Counts what is found and compares it with what the headers declare.
#[derive(Default)]
pub(super) struct Headers {
    open: Vec<Suite>,
    found: Counted,
    /// Declared more tests than found, and more failures and errors than found.
    lost: Vec<(u64, u64)>,
    hidden: Vec<(u64, u64)>,
    /// What the outermost header declares.
    declared: Option<u64>,
    /// One of the suites is pytest's.
    pytest: bool,
    notices: Vec<String>,
}

impl Headers {
    /// Who writes the open suite.
    pub(super) fn writer(&self) -> Writer {
        self.open.last().map(|suite| suite.declared.writer).unwrap_or_default()
    }

    /// Whether a suite of pytest's was met.
    pub(super) fn is_pytest(&self) -> bool {
        self.pytest
    }

    /// Opens a suite.
    pub(super) fn open(&mut self, declared: Declared) {
        let writer = declared.writer;
        self.pytest |= writer == Writer::Pytest;
        self.open.push(Suite {
            left_out: declared.left_out,
            declared,
            otherwise: matches!(writer, Writer::Pytest | Writer::Mocha),
            before: self.found,
            lost: self.lost.len(),
            hidden: self.hidden.len(),
            inside: Some(0),
        });
    }

    /// How many `<testcase>` were counted.
    pub(super) fn cases(&self) -> u64 {
        self.found.cases
    }

    /// Counts what was found in the open suite.
    pub(super) fn count(&mut self, more: Counted) {
        if let Some(suite) = self.open.last_mut().filter(|_| more.cases > 0) {
            suite.inside = None;
        }
        self.found.cases += more.cases;
        self.found.problems += more.problems;
        self.found.retries += more.retries;
    }

    /// Compares at the end tag of a suite. Where an outer header is wrong too, it alone is told.
    pub(super) fn close(&mut self) {
        let Some(suite) = self.open.pop() else { return };
        let cases = self.found.cases - suite.before.cases;
        let problems = self.found.problems - suite.before.problems;
        let retries = self.found.retries - suite.before.retries;
        let explained = cases.saturating_add(suite.left_out).saturating_add(retries);
        if let Some(declared) =
            suite.declared.tests.filter(|declared| *declared > explained && !suite.otherwise)
        {
            self.lost.truncate(suite.lost);
            self.lost.push((declared, cases));
        }
        if suite.declared.bad > problems + retries {
            self.hidden.truncate(suite.hidden);
            self.hidden.push((suite.declared.bad, problems));
        } else if suite.declared.bad > problems {
            let said = suite.declared.bad;
            self.notices.push(format!("header says {said} failures, {problems} found: attempts count"));
        }
        let declared = suite.declared.tests.or(suite.inside);
        match self.open.last_mut() {
            Some(outer) => {
                outer.otherwise |= suite.otherwise;
                outer.left_out = outer.left_out.saturating_add(suite.left_out);
                outer.inside = outer.inside.zip(declared).map(|(sum, more)| sum.saturating_add(more));
            }
            None => self.declared = declared,
        }
    }

    /// Hands over what headers and elements disagree in; `tests` are complete.
    pub(super) fn finish(mut self, tests: &mut Tests) -> Vec<String> {
        let found = tests.cases.len() as u64;
        if let Some(declared) = self.declared.filter(|declared| *declared != found) {
            self.notices.push(format!("header says {declared} tests, {found} found"));
        }
        tests.lost = self.lost;
        tests.hidden_failures = self.hidden;
        self.notices
    }
}
