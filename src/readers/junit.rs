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
use super::format::{End, Format, Input, Kind, Limits, Report};
use super::junit_case::{Case, MARKS, Mark, WORDS};
use super::junit_header::{Declared, Writer};
use super::junit_whole::{Found, Step, Whole};
use super::pieces::Source;
use super::xml::{Cursor, Elements, Handler, walk};
use crate::model::place::Place;

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
    let mut whole = Whole::default();
    walk(source, limits, ROOTS, Reader::default(), |found| whole.add(found, limits))?;
    Ok(whole.finish())
}

/// An element like `<failure>` that is open; whatever it holds is its own.
#[derive(Clone)]
struct Detail {
    depth: usize,
    /// Its text, where it has no message of its own.
    text: Option<String>,
    /// The end of its text, where that tells the place.
    tail: Option<Tail>,
}

/// The last line of a text that holds something.
#[derive(Clone, Default)]
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

/// The place in a report: what is open there, and what was found since it was asked for last.
#[derive(Clone, Default)]
struct Reader {
    /// Who writes the open suites.
    writers: Vec<Writer>,
    /// The latest test case, its texts to be used again for the next one.
    case: Case,
    in_case: bool,
    detail: Option<Detail>,
    found: Found,
}

impl Reader {
    fn writer(&self) -> Writer {
        self.writers.last().copied().unwrap_or_default()
    }

    fn open_suite(&mut self, name: Option<String>, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let declared = Declared::read(xml, self.writer())?;
        self.writers.push(declared.writer);
        self.found.step(Step::Open(declared, name));
        Ok(())
    }

    fn close_suite(&mut self, named: bool) {
        self.writers.pop();
        self.found.step(Step::Close { named });
    }

    fn open_case(&mut self, xml: &Cursor<'_>) {
        self.found.counted.cases += 1;
        let mut case = std::mem::take(&mut self.case);
        case.clear();
        let (mut file, mut line, mut status, mut result) = (None, None, None, None);
        for (name, value) in xml.attributes() {
            match name {
                "classname" => case.class.push_str(&value),
                "name" => case.name.push_str(&value),
                "time" => case.seconds = seconds(&value),
                "file" => file = Some(value),
                "line" => line = value.trim().parse().ok(),
                "status" => status = Some(value),
                "result" => result = Some(value),
                _ => {}
            }
        }
        case.place = file.and_then(|file| self.place(&file, line));
        for (attribute, word) in [("status", status), ("result", result)] {
            let Some(word) = word else { continue };
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
    }

    fn place(&self, file: &str, line: Option<u32>) -> Option<Place> {
        if file.trim().is_empty() {
            return None;
        }
        // pytest counts from 0 there.
        let line = if self.writer() == Writer::Pytest { line.map(|l| l.saturating_add(1)) } else { line };
        Some(Place { path: file.to_owned(), line: line.filter(|l| *l > 0), column: None })
    }

    fn open_detail(&mut self, mark: Mark, xml: &Cursor<'_>) {
        match mark {
            Mark::Failed | Mark::Errored => self.found.counted.problems += 1,
            Mark::Flaky | Mark::Retried | Mark::Rerun => self.found.counted.retries += 1,
            Mark::Skipped | Mark::Warned => {}
        }
        let message = xml.attribute("message").filter(|message| !message.trim().is_empty());
        let message = message.map(|message| shorten(&message, MESSAGE).to_owned());
        let tells = self.in_case && mark.is_bad() && self.writer() == Writer::Pytest;
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
            self.found.step(Step::Broken(message));
        }
        self.detail = Some(detail);
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
            return self.found.step(Step::Unfinished(self.case.view().to_owned()));
        }
        self.found.case(&mut self.case);
    }
}

impl Elements for Reader {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "testsuites" | "testsuite" | "testcase" if self.in_case || self.detail.is_some() => {
                Err(xml.error(Code::Malformed, format!("a {name} inside of a test case")))
            }
            "testsuites" => self.open_suite(None, xml),
            "testsuite" => self.open_suite(Some(xml.attribute("name").unwrap_or_default().into_owned()), xml),
            "testcase" => {
                self.open_case(xml);
                Ok(())
            }
            _ if self.detail.is_some() => Ok(()),
            _ => {
                let mark = MARKS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                mark.into_iter().for_each(|(_, mark)| self.open_detail(*mark, xml));
                Ok(())
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
            "testsuite" => self.close_suite(true),
            "testsuites" => self.close_suite(false),
            _ => {}
        }
        Ok(())
    }
}

impl Handler for Reader {
    const RECORD: &'static str = "<testcase ";
    type Found = Found;

    fn found(&mut self) -> Found {
        self.found.settle();
        std::mem::take(&mut self.found)
    }

    fn afresh(&self) -> Option<Self> {
        let known = Self { writers: self.writers.clone(), ..Self::default() };
        (!self.in_case && self.detail.is_none()).then_some(known)
    }

    fn is_like(&self, other: &Self) -> bool {
        let between = |reader: &Self| !reader.in_case && reader.detail.is_none();
        between(self) && between(other) && self.writers == other.writers
    }
}

/// Seconds, as writers spell them: `0.012`, surefire's `1,234.5`, `0,5` of other countries. A time
/// that cannot be read is no time; it never decides.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(seconds) = plain_seconds(text) {
        return Some(seconds);
    }
    if !text.contains(',') {
        return text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    }
    let thousands = text.contains('.') || text.rsplit(',').next().is_some_and(|last| last.len() == 3);
    let text = if thousands { text.replace(',', "") } else { text.replace(',', ".") };
    text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)
}

/// The same of digits and a point: both numbers are exact, so their quotient is the nearest number to
/// what is written, which is what a longer way would come to.
fn plain_seconds(text: &str) -> Option<f64> {
    if text == "." || !(1..=15).contains(&text.len()) {
        return None;
    }
    let (mut digits, mut power) = (0_u64, None);
    for byte in text.bytes() {
        match (byte, &mut power) {
            (b'0'..=b'9', power) => {
                digits = digits * 10 + u64::from(byte - b'0');
                *power = power.map(|power: f64| power * 10.0);
            }
            (b'.', None) => power = Some(1.0),
            _ => return None,
        }
    }
    Some(digits as f64 / power.unwrap_or(1.0))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seconds_as_they_are_spelled() {
        for (text, expected) in [
            ("0.012", Some(0.012)),
            (" 5 ", Some(5.0)),
            ("5.", Some(5.0)),
            (".5", Some(0.5)),
            ("1e-3", Some(0.001)),
            ("0,5", Some(0.5)),
            ("1,234.5", Some(1234.5)),
            ("1,234", Some(1234.0)),
            ("123456789012345.6", Some(123_456_789_012_345.6)),
            (".", None),
            ("", None),
            ("-1", None),
            ("1.2.3", None),
            ("inf", None),
            ("NaN", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn plain_seconds_are_the_nearest_number(text in "[0-9]{0,9}[.]?[0-9]{0,9}") {
            if let Some(plain) = plain_seconds(&text) {
                prop_assert_eq!(Ok(plain), text.parse());
            }
        }
    }
}
