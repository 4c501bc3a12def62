//! What `cargo test` prints, with or without what cargo itself says on standard error (libtest of
//! stable Rust, 1.40 to 1.95).
//!
//! Each test binary is a frame: `running N tests`, a line for each test, and `test result: ...`,
//! whose counts must be those of the lines; so nothing that a test prints (`--nocapture`) can hide or
//! add one. A frame that is not closed (the binary crashed, the text was cut) is refused; a cut
//! between two frames cannot be seen, and cargo itself stops after a binary that failed unless
//! `--no-fail-fast` is given. Names of binaries stand on standard error only: without them the same
//! name again is another test. An error of the compiler is a test that could not be run; if no test
//! ran at all, the report is refused. A quiet run (`-q`) names no tests and is refused. Ignored on
//! purpose: warnings of the compiler, the list of failures at the end, times.

use super::cases::{self, Cases, case, is_bad};
use super::detect::{Head, TextHead};
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::libtest_bench::{is_bench, running};
use super::lines::{self, Line};
use super::rust_text::{CLOSING, is_progress};
use crate::model::tests::{TestCase, TestOutcome};
use std::collections::BTreeMap;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "libtest-text",
    kind: Kind::Tests,
    tools: "cargo test",
    command: "cargo test --no-fail-fast > reports/cargo-test.txt 2>&1",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

fn detect(text: &TextHead<'_>) -> bool {
    // An excerpt in a document does not stand at its beginning.
    let begins = |line: &str| {
        running(line).is_some() || is_progress(line) || target(line).is_some() || is_diagnostic(line)
    };
    let named = |line: &str| test_line(line).is_some() || line.starts_with(RESULT);
    text.first.first().is_some_and(|line| begins(line))
        && text.any(|line| running(line).is_some())
        && text.any(named)
        && !text.any(|line| is_bench(line) || line.starts_with("Timer precision: "))
}

const RESULT: &str = "test result: ";

/// A test and what became of it; its name bears no mark of what was expected of it.
fn test_line(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("test ")?;
    let open = || Some((rest.strip_suffix(" ...")?, ""));
    let (name, outcome) = rest.split_once(" ... ").or_else(open)?;
    Some((name.strip_suffix(" - should panic").unwrap_or(name), outcome))
}

/// The outcome that a text ends with, and why if it was ignored.
fn outcome(text: &str) -> Option<(TestOutcome, Option<&str>)> {
    if let Some(reason) = text.strip_prefix("ignored, ") {
        return Some((TestOutcome::Skipped, Some(reason)));
    }
    // `--report-time` writes a time behind the word.
    let word = match text.rsplit_once(" <") {
        Some((word, time)) if time.ends_with("s>") => word,
        _ => text,
    };
    let all =
        [("ok", TestOutcome::Passed), ("FAILED", TestOutcome::Failed), ("ignored", TestOutcome::Skipped)];
    all.into_iter().find(|(end, _)| word.ends_with(end)).map(|(_, outcome)| (outcome, None))
}

/// The binary that cargo says it runs: `Running tests/a.rs (target/debug/deps/a-0123456789abcdef)`.
fn target(line: &str) -> Option<String> {
    let text = line.trim_start();
    if line.len() - text.len() < 3 {
        return None;
    }
    if text.starts_with("Doc-tests ") {
        return Some(text.to_owned());
    }
    let binary = text.strip_prefix("Running ")?.rsplit_once(" (")?.1.strip_suffix(')')?;
    let file = binary.rsplit(['/', '\\']).next().unwrap_or(binary);
    let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
    Some(name.to_owned())
}

fn is_diagnostic(line: &str) -> bool {
    let starts = ["error: ", "error[", "warning: ", "note: ", "Caused by:"];
    starts.iter().any(|start| line.starts_with(start))
}

/// A test binary that runs.
#[derive(Default)]
struct Frame {
    promised: u64,
    tests: Vec<(String, TestOutcome, Option<String>)>,
    /// A test whose output stands between its name and its outcome.
    pending: Option<(String, Option<TestOutcome>)>,
    /// After `failures:`, what each printed, and whose it is that is being read.
    failures: bool,
    output: BTreeMap<String, String>,
    current: Option<String>,
    /// A closing line with other counts.
    other: Option<u64>,
    /// Marks of a quiet run.
    quiet: bool,
}

struct Run<'a> {
    cases: Cases<'a>,
    frame: Option<Frame>,
    frames: u64,
    /// The binary that the next frame is of.
    target: Option<String>,
    in_diagnostic: bool,
    /// The first error of cargo or the compiler.
    error: Option<String>,
    filtered: u64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run = Run {
        cases: Cases::new(input.limits),
        frame: None,
        frames: 0,
        target: None,
        in_diagnostic: false,
        error: None,
        filtered: 0,
    };
    let (mut last, mut first) = (1, true);
    for line in lines::all(&text) {
        if line.text.trim().is_empty() {
            run.in_diagnostic = false;
            continue;
        }
        last = line.number;
        if !line.ended {
            return Err(ReadError::new(Code::Truncated, "the last line has no end").at(last, None));
        }
        match &mut run.frame {
            Some(_) => run.inside(&line)?,
            None => run.outside(&line, first)?,
        }
        first = false;
    }
    run.finish(last)
}

impl Run<'_> {
    /// A line of cargo or of the compiler.
    fn outside(&mut self, line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let text = line.text.trim_end();
        if let Some(promised) = running(text) {
            self.frame = Some(Frame { promised, ..Frame::default() });
            (self.frames, self.in_diagnostic) = (self.frames + 1, false);
        } else if let Some(target) = target(text) {
            if self.target.replace(target).is_some() {
                return Err(lines::unclosed("the test binary before (`test result: `)", line.number));
            }
        } else if is_diagnostic(text) {
            self.in_diagnostic = true;
            if text.starts_with("error") {
                self.error.get_or_insert_with(|| text.to_owned());
            }
        } else if !self.in_diagnostic && !is_progress(text) && !CLOSING.iter().any(|c| text.starts_with(c)) {
            return Err(lines::unknown(line, first, "`cargo test`")
                .hint("a test binary without libtest prints what it likes: run it on its own"));
        }
        Ok(())
    }

    fn inside(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let Some(frame) = &mut self.frame else { return Ok(()) };
        let text = line.text.trim_end();
        if let Some(result) = text.strip_prefix(RESULT) {
            if frame.ends_with(result, line)? {
                self.close(result)?;
            }
        } else if frame.failures {
            frame.failure(text);
        } else if text == "failures:" {
            frame.settle();
            frame.failures = true;
        } else if running(text).is_some() {
            return Err(lines::unclosed("the test binary before (`test result: `)", line.number));
        } else if is_bench(text) {
            let message = "figures of benchmarks, and not tests";
            return Err(ReadError::new(Code::WrongFormat, message).at(line.number, None));
        } else {
            frame.body(text);
        }
        Ok(())
    }

    fn close(&mut self, result: &str) -> Result<(), ReadError> {
        let Some(mut frame) = self.frame.take() else { return Ok(()) };
        let class = self.target.take().unwrap_or_default();
        self.filtered = self.filtered.saturating_add(count(result, " filtered out").unwrap_or(0));
        let mut bad = 0;
        for (name, outcome, reason) in frame.tests {
            bad += u64::from(is_bad(outcome));
            let message = if is_bad(outcome) { frame.output.remove(&name) } else { reason };
            self.cases.push(TestCase { message, ..case(class.clone(), name, outcome) })?;
        }
        if !result.starts_with("ok. ") && bad == 0 {
            self.cases.broken(&class, Some(format!("{RESULT}{result}")))?;
        }
        Ok(())
    }

    fn finish(mut self, last: u64) -> Result<Report, ReadError> {
        if let Some(frame) = &self.frame {
            return Err(frame.left_open(last));
        }
        if self.frames == 0 && self.error.is_none() {
            return Err(ReadError::new(Code::WrongFormat, "no `running N tests` of `cargo test`"));
        }
        if let Some(error) = self.error.as_ref().filter(|_| self.frames == 0) {
            return Err(cases::failed(format!("no test ran: {}", quote(error))));
        }
        if let Some(error) = self.error.take().filter(|_| self.cases.bad() == 0) {
            self.cases.broken("cargo test", Some(error))?;
        }
        if self.target.is_some() && self.cases.bad() == 0 {
            return Err(lines::unclosed("the last test binary (`test result: `)", last));
        }
        if self.filtered > 0 {
            self.cases.notice(format!("{} tests were filtered out", self.filtered));
        }
        Ok(self.cases.finish(&FORMAT))
    }
}

/// The number before a word of the closing line.
fn count(result: &str, what: &str) -> Option<u64> {
    result.split([';', '.']).find_map(|part| part.trim().strip_suffix(what))?.trim().parse().ok()
}

impl Frame {
    /// Whether this closing line is that of the frame: its counts are those of the tests.
    fn ends_with(&mut self, result: &str, line: &Line<'_>) -> Result<bool, ReadError> {
        let pending = self.pending.clone();
        self.settle();
        let of = |wanted: TestOutcome| self.tests.iter().filter(|test| test.1 == wanted).count() as u64;
        let told = [" passed", " failed", " ignored"].map(|what| count(result, what));
        let found = [TestOutcome::Passed, TestOutcome::Failed, TestOutcome::Skipped].map(|o| Some(of(o)));
        if told == found && self.promised == self.tests.len() as u64 {
            return Ok(true);
        }
        if self.quiet && self.tests.is_empty() {
            let message = "a quiet run (`-q`) does not name its tests";
            return Err(ReadError::new(Code::Malformed, message)
                .at(line.number, None)
                .hint("run `cargo test` without `-q`"));
        }
        // Another's, which a test printed: the test goes on.
        if pending.is_some() {
            self.tests.pop();
            self.pending = pending;
        }
        self.other.get_or_insert(line.number);
        Ok(false)
    }

    /// A line among the tests.
    fn body(&mut self, text: &str) {
        // What a test printed without a line end stands before the next test's line.
        let line = match text.rfind("test ").filter(|at| *at > 0 && !text.starts_with("test ")) {
            Some(at) => &text[at..],
            None => text,
        };
        if let Some((name, word)) = test_line(line) {
            self.settle();
            match outcome(word)
                .filter(|_| !word.contains(' ') || word.starts_with("ignored, ") || word.contains(" <"))
            {
                Some((outcome, reason)) => {
                    self.tests.push((name.to_owned(), outcome, reason.map(str::to_owned)));
                }
                None => self.pending = Some((name.to_owned(), outcome(word).map(|o| o.0))),
            }
        } else if let Some((_, known)) = &mut self.pending {
            // The last word that can be an outcome is the one.
            *known = outcome(text).map(|found| found.0).or(*known);
        }
        self.quiet |= text.bytes().all(|b| matches!(b, b'.' | b'i' | b'F' | b' ' | b'/' | b'0'..=b'9'));
    }

    /// Takes the pending test as ended.
    fn settle(&mut self) {
        if let Some((name, outcome)) = self.pending.take() {
            self.tests.push((name, outcome.unwrap_or(TestOutcome::Errored), None));
        }
    }

    /// A line after `failures:`.
    fn failure(&mut self, text: &str) {
        let name = text
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----").or_else(|| rest.strip_suffix(" stderr ----")));
        match (name, &self.current) {
            (Some(name), _) => self.current = Some(name.to_owned()),
            (None, Some(current)) if text != "failures:" => {
                let output = self.output.entry(current.clone()).or_default();
                if output.len() < 4096 {
                    output.push_str(text);
                    output.push('\n');
                }
            }
            _ => self.current = None,
        }
    }

    fn left_open(&self, last: u64) -> ReadError {
        match self.other {
            None => lines::unclosed("the last test binary (`test result: `)", last)
                .hint("the binary crashed or the text was cut; run `cargo test` again"),
            Some(line) => {
                let (found, promised) = (self.tests.len(), self.promised);
                let message =
                    format!("{found} tests are listed of {promised}, and the closing line counts others");
                ReadError::new(Code::Contradiction, message).at(line, None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(text: &str) -> Result<(Tests, Vec<String>), ReadError> {
        testing::tests(read, text)
    }

    fn end(passed: u64, failed: u64) -> String {
        let word = if failed > 0 { "FAILED" } else { "ok" };
        format!(
            "test result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.1s\n"
        )
    }

    fn frame(tests: &str, passed: u64, failed: u64) -> String {
        format!("running {} tests\n{tests}\n{}", passed + failed, end(passed, failed))
            .replace("running 1 tests", "running 1 test")
    }

    #[test]
    fn counts_must_be_those_of_the_lines() {
        let whole = frame("test a ... ok\ntest b ... FAILED\n", 1, 1);
        let (tests, notices) = report(&whole).unwrap();
        assert_eq!((tests.totals().passed, tests.totals().failed, notices.len()), (1, 1, 1));
        for (text, code) in [
            (whole.replace("test b ... FAILED\n", ""), Code::Contradiction),
            (whole.replace("b ... FAILED", "b ... ok"), Code::Contradiction),
            (whole.replace("running 2", "running 3"), Code::Contradiction),
            (whole.replace(&end(1, 1), ""), Code::Truncated),
            (whole.replace(" filtered out; finished in 0.1s\n", ""), Code::Truncated),
            (
                format!(
                    "{whole}     Running tests/x.rs (target/debug/deps/x-0a)\n     Running tests/y.rs (d/y-0a)\n"
                ),
                Code::Truncated,
            ),
            (format!("what\n{whole}"), Code::WrongFormat),
            (format!("{whole}what\n"), Code::Malformed),
            (frame("..\n", 2, 0), Code::Malformed),
            ("test a ... bench: 1 ns/iter (+/- 0)\n".to_owned(), Code::WrongFormat),
        ] {
            assert_eq!(report(&text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn what_a_test_prints_hides_nothing() {
        let ok = |tests: &str, passed| report(&frame(tests, passed, 0)).unwrap().0.totals().passed;
        assert_eq!(ok("test a ... printed\nbook\nok\ntest b ... half a lineok\n", 2), 2);
        assert_eq!(ok("half a linetest a ... ok\nprinted\ntest b - should panic ... ok\n", 2), 2);
        assert_eq!(ok("test a ... ok <0.001s>\n", 1), 1);
        let nested = format!("test a ... \n{}ok\ntest b ... ok\n", end(1, 0));
        assert_eq!(ok(&nested, 2), 2);
        let lost = report(&frame("test a ... \ntest b ... ok\n", 2, 0));
        assert_eq!(lost.unwrap_err().code, Code::Contradiction);
    }

    #[test]
    fn messages_and_binaries_are_known() {
        let text = format!(
            "     Running unittests src/lib.rs (target/debug/deps/shop-0123456789abcdef)\n\n{}",
            frame(
                "test m::a - should panic ... FAILED\n\nfailures:\n\n---- m::a stdout ----\nno\n\nfailures:\n    m::a\n",
                0,
                1
            )
        );
        let (tests, _) = report(&text).unwrap();
        let case = tests.cases.values().next().unwrap();
        assert_eq!((case.id.label().as_str(), case.message.as_deref()), ("shop::m::a", Some("no")));
    }

    #[test]
    fn errors_of_the_compiler_are_errors() {
        let none = "error[E0308]: mismatched types\n --> a.rs:1:2\n\nerror: could not compile `x`\n";
        assert_eq!(report(none).unwrap_err().code, Code::ToolFailed);
        let whole = frame("test a ... ok\n", 1, 0);
        assert_eq!(report(&format!("{whole}\nerror: doctest failed\n")).unwrap().0.totals().errors, 1);
        assert_eq!(
            report(&format!("warning: unused\n --> a.rs:1:2\n\n{whole}")).unwrap().0.totals().errors,
            0
        );
    }
}
