//! JUnit XML: pytest, surefire, Gradle, Ant, nextest, gotestsum, GoogleTest, jest-junit, vitest,
//! node, mocha, libtest and many more. There is no specification; what the writers do is the rule.
//!
//! Elements count, headers are hints ([`super::junit_header`]). The outcome of a test case is that
//! of its worst child: `failure`, `error`, `flakyFailure`/`flakyError` (passed in the end),
//! `skipped`; a `status` or `result` that is not known to be good is a failure. The same identity
//! again is the same test, and the worse outcome stays; pytest-rerunfailures writes one element for
//! each attempt and nothing in the earlier ones, so there a test that occurs again and passed is
//! flaky. An `error` or `failure` outside of any case is a test that could not be run. PHPUnit's `warning`
//! fails no test, but where it stands for tests that are not there it is an error.
//!
//! Identity: class and name. Names of suites belong to it only where the class does not begin with
//! one of them (node's class is always "test", jest's may be left out): a class that repeats its
//! suite needs no second copy, and names that are chosen for a whole run (the root's, pytest's
//! `junit_suite_name`, mocha's, libtest's) would make two runs of one test differ.
//!
//! Ignored on purpose: properties, output, host names, time stamps, and the times of suites.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::junit_adding::{Added, Adding, add};
use super::junit_case::{Case, MARKS, Mark, WORDS};
use super::junit_header::{Headers, Writer};
use super::pieces::Source;
use super::xml::{Cursor, Handler, walk};
use crate::model::place::Place;
use crate::model::tests::{TestCase, TestOutcome};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "junit",
    kind: Kind::Tests,
    tools: "pytest, surefire, Gradle, Ant, cargo-nextest, gotestsum, GoogleTest, jest-junit, vitest, node, mocha, ...",
    command: "pytest --junitxml=reports/junit.xml",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if ROOTS.contains(&xml.root.as_str())),
    read,
};

const ROOTS: &[&str] = &["testsuites", "testsuite", "testcase"];

/// Bytes of a message that are kept.
const MESSAGE: usize = 2048;

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    stream(Source::Whole(input.bytes), input.limits)
}

/// Reads a report in pieces.
pub(super) fn stream(source: Source<'_>, limits: &Limits) -> Result<Report, ReadError> {
    let large = matches!(source, Source::Stream(..));
    let (read, added) = add(large, |adding| {
        let mut reader = Reader::new(limits, adding);
        walk(source, limits, ROOTS, &mut reader)?;
        reader.adding.flush();
        Ok((reader.headers, reader.unfinished))
    });
    let (headers, unfinished) = read?;
    Ok(report(headers, unfinished, added))
}

/// An element like `<failure>` that is open; whatever it holds is its own.
struct Detail {
    depth: usize,
    /// Its text, where it has no message of its own.
    text: Option<String>,
    /// The end of its text, where that tells the place.
    tail: Option<Tail>,
}

/// The last line of a text that holds something.
#[derive(Default)]
struct Tail {
    open: String,
    last: String,
}

impl Tail {
    fn push(&mut self, text: &str) {
        for part in text.split_inclusive('\n') {
            self.open.push_str(shorten(part.trim_end_matches('\n'), MESSAGE.saturating_sub(self.open.len())));
            if part.ends_with('\n') {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        if !self.open.trim().is_empty() {
            std::mem::swap(&mut self.last, &mut self.open);
        }
        self.open.clear();
    }

    fn line(mut self) -> String {
        self.end_line();
        self.last
    }
}

struct Reader<'a> {
    limits: &'a Limits,
    headers: Headers,
    adding: Adding<'a>,
    /// Suites that broke outside of any test.
    broken: u64,
    /// Names of the open suites, the root `testsuites` left out.
    suites: Vec<String>,
    /// The latest test case, its texts to be used again for the next one.
    case: Case,
    in_case: bool,
    detail: Option<Detail>,
    /// Attempts that said of themselves that they are not the last one.
    unfinished: Vec<TestCase>,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits, adding: Adding<'a>) -> Self {
        Self {
            limits,
            headers: Headers::default(),
            adding,
            broken: 0,
            suites: Vec::new(),
            case: Case::default(),
            in_case: false,
            detail: None,
            unfinished: Vec::new(),
        }
    }

    fn open_case(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        self.headers.case();
        self.check_items()?;
        let mut case = std::mem::take(&mut self.case);
        for (text, name) in [(&mut case.class, "classname"), (&mut case.name, "name")] {
            text.clear();
            text.push_str(&xml.attribute(name).unwrap_or_default());
        }
        self.suite_of(&case.class, &mut case.suite);
        case.marks.clear();
        case.message = None;
        case.place = self.place(xml);
        case.seconds = xml.attribute("time").and_then(|time| seconds(&time));
        for attribute in ["status", "result"] {
            let Some(word) = xml.attribute(attribute) else { continue };
            let lower = word.trim().to_ascii_lowercase();
            match WORDS.iter().find(|(words, _)| words.contains(&lower.as_str())) {
                Some((_, mark)) => case.marks.extend(*mark),
                None => {
                    case.marks.push(Mark::Failed);
                    case.message = Some(format!("{attribute} is {}", quote(&word)));
                }
            }
        }
        self.case = case;
        self.in_case = true;
        Ok(())
    }

    /// The path of suites, if the class does not tell it.
    fn suite_of(&self, class: &str, path: &mut String) {
        path.clear();
        let told = self.headers.writer().names_the_run()
            || self.suites.iter().any(|suite| begins_with(class, suite));
        if !told {
            for (i, suite) in self.suites.iter().enumerate() {
                path.push_str(if i > 0 { "/" } else { "" });
                path.push_str(suite);
            }
        }
    }

    fn place(&self, xml: &Cursor<'_>) -> Option<Place> {
        let file = xml.attribute("file").filter(|file| !file.trim().is_empty())?;
        let line = xml.attribute("line").and_then(|line| line.trim().parse::<u32>().ok());
        // pytest counts from 0 there.
        let line =
            if self.headers.writer() == Writer::Pytest { line.map(|l| l.saturating_add(1)) } else { line };
        Some(Place { path: file.into_owned(), line: line.filter(|l| *l > 0), column: None })
    }

    fn open_detail(&mut self, mark: Mark, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match mark {
            Mark::Failed | Mark::Errored => self.headers.problem(),
            Mark::Flaky | Mark::Retried | Mark::Rerun => self.headers.retry(),
            Mark::Skipped | Mark::Warned => {}
        }
        let message = xml.attribute("message").filter(|message| !message.trim().is_empty());
        let message = message.map(|message| shorten(&message, MESSAGE).to_owned());
        let tells = self.in_case && mark.is_bad() && self.headers.writer() == Writer::Pytest;
        let mut detail = Detail { depth: xml.depth(), text: None, tail: tells.then(Tail::default) };
        if self.in_case {
            let case = &mut self.case;
            // The first failure speaks, before whatever else was said.
            let first = mark.is_bad() && !case.marks.iter().any(|mark| mark.is_bad());
            case.marks.push(mark);
            if first || case.message.is_none() {
                detail.text = message.is_none().then(String::new);
                case.message = message;
            }
        } else if mark.is_bad() {
            self.suite_failed(message);
            self.check_items()?;
        }
        self.detail = Some(detail);
        Ok(())
    }

    /// Something broke outside of any test: the suite itself is a test that could not be run.
    fn suite_failed(&mut self, message: Option<String>) {
        let name = self.suites.last().filter(|name| !name.is_empty()).map_or("test suite", String::as_str);
        let outer = self.suites.len().saturating_sub(1);
        let (suite, name) = (self.suites[..outer].join("/"), name.to_owned());
        let marks = vec![Mark::Errored];
        self.adding.push(&mut Case { suite, name, marks, message, ..Case::default() });
        self.broken += 1;
    }

    fn close_detail(&mut self) {
        let Some(detail) = self.detail.take().filter(|_| self.in_case) else { return };
        if let Some(text) = detail.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
            self.case.message = Some(text);
        }
        if let Some(tail) = detail.tail {
            self.case.place = failed_at(tail.line().trim_end()).or_else(|| self.case.place.take());
        }
    }

    fn close_case(&mut self) {
        self.in_case = false;
        if self.case.has(Mark::Rerun) && !self.case.marks.iter().any(|mark| mark.is_bad()) {
            return self.unfinished.push(self.case.view().to_owned());
        }
        self.adding.push(&mut self.case);
    }

    /// Refuses more tests than allowed.
    fn check_items(&self) -> Result<(), ReadError> {
        let items = self.headers.cases() + self.broken;
        self.limits.check_items(usize::try_from(items).unwrap_or(usize::MAX))
    }
}

/// What the whole report comes to.
fn report(headers: Headers, unfinished: Vec<TestCase>, Added { mut tests, again }: Added) -> Report {
    // pytest-rerunfailures says nothing in the attempts that failed before one passed; that
    // there are several is what shows.
    if headers.is_pytest() {
        for index in again {
            tests.cases.change(index, TestOutcome::Passed, TestOutcome::Flaky);
        }
    }
    for mut attempt in unfinished {
        attempt.outcome = match tests.cases.get(&attempt.id).map(|known| known.outcome) {
            Some(TestOutcome::Passed) => TestOutcome::Flaky,
            Some(known) => known,
            // It was to be run again, and the report does not show that it was.
            None => TestOutcome::Failed,
        };
        tests.add(attempt);
    }
    let notices = headers.finish(&mut tests);
    Report { notices, ..Report::new(&FORMAT, Body::Tests(tests)) }
}

impl Handler for Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "testsuites" | "testsuite" | "testcase" if self.in_case || self.detail.is_some() => {
                Err(xml.error(Code::Malformed, format!("a {name} inside of a test case")))
            }
            "testsuites" => self.headers.open(xml),
            "testsuite" => {
                self.headers.open(xml)?;
                self.suites.push(xml.attribute("name").unwrap_or_default().into_owned());
                Ok(())
            }
            "testcase" => self.open_case(xml),
            _ if self.detail.is_some() => Ok(()),
            _ => {
                let mark = MARKS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                mark.map_or(Ok(()), |(_, mark)| self.open_detail(*mark, xml))
            }
        }
    }

    fn text(&mut self, text: &str) {
        let Some(detail) = &mut self.detail else { return };
        if let Some(tail) = &mut detail.tail {
            tail.push(text);
        }
        if let Some(kept) = &mut detail.text
            && kept.len() < MESSAGE
        {
            kept.push_str(shorten(text, MESSAGE - kept.len()));
        }
    }

    fn end(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if self.detail.as_ref().is_some_and(|detail| detail.depth == xml.depth() + 1) {
            self.close_detail();
            return Ok(());
        }
        match name {
            "testcase" => self.close_case(),
            "testsuite" => {
                self.suites.pop();
                self.headers.close();
            }
            "testsuites" => self.headers.close(),
            _ => {}
        }
        Ok(())
    }
}

/// Whether a class begins with the name of a suite, whole words, whatever joins them.
fn begins_with(class: &str, suite: &str) -> bool {
    let joint = |b: u8| matches!(b, b'.' | b'/' | b'\\' | b':' | b'$' | b' ');
    !suite.is_empty()
        && class.len() >= suite.len()
        && class.bytes().zip(suite.bytes()).all(|(c, s)| c == s || joint(c) && joint(s))
        && class.as_bytes().get(suite.len()).is_none_or(|b| joint(*b))
}

/// Seconds, as writers spell them: `0.012`, surefire's `1,234.5`, `0,5` of other countries. A time
/// that cannot be read is no time; it never decides.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if !text.contains(',') {
        return text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    }
    let thousands = text.contains('.') || text.rsplit(',').next().is_some_and(|last| last.len() == 3);
    let text = if thousands { text.replace(',', "") } else { text.replace(',', ".") };
    text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)
}

/// The last line of pytest's report of a failure: `path:line: AssertionError`.
fn failed_at(line: &str) -> Option<Place> {
    let (place, _) = line.split_once(": ")?;
    let (path, number) = place.rsplit_once(':')?;
    let number = number.parse().ok().filter(|n| *n > 0)?;
    let plain = !path.is_empty() && !path.contains(['<', '&', '>']) && !path.starts_with(char::is_whitespace);
    plain.then(|| Place::line(path, number))
}

/// At most `bytes` of a text, whole characters.
fn shorten(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
