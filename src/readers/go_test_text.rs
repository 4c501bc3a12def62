//! What `go test` prints, with `-v` and without (Go 1.14 to 1.25), of one or more packages.
//!
//! With `-v` every test is listed: `=== RUN` begins it, `--- PASS`, `--- FAIL` or `--- SKIP` ends it,
//! and one that does not end could not be run. Without `-v` only failures are: a package that passed
//! counts as one test, which is said. A package is closed by its line (`ok`, `FAIL`, `?`); what stands
//! behind the last one was cut off. A cut between two packages cannot be seen. A package that failed
//! without a failed test (it did not build, `TestMain`, `os.Exit`, a panic) is a test that could not be
//! run, and so is a lone `FAIL`.
//!
//! Tests print into this text, and what they print is believed where it looks like Go's own lines;
//! of two ends of one test the worse one counts. `go test -json` is safer. Ignored on purpose: what
//! tests print otherwise, `PAUSE`, `CONT`, coverage, and figures of benchmarks.

use super::cases::{self, Cases, case, is_bad, seconds};
use super::detect::{Head, TextHead};
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::go_test::{broken_package, compiler, is_benchmark, keep, parent_ended};
use super::lines::{self, Line};
use super::{go_bench, go_test};
use crate::model::tests::{TestCase, TestOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "go-test-text",
    kind: Kind::Tests,
    tools: "go test",
    command: "go test -v ./... > reports/go-test.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

fn detect(text: &TextHead<'_>) -> bool {
    // An excerpt in a document does not stand at its beginning or end.
    let edge = [text.first.first(), text.last.last()];
    let framed = edge.into_iter().flatten().any(|line| is_frame(line));
    framed && text.any(is_sign) && !text.any(|line| go_bench::is_sample(line) || go_test::is_event_line(line))
}

/// A line that nothing but `go test` writes.
fn is_sign(line: &str) -> bool {
    line.starts_with("=== RUN   ") || end_of_test(line).is_some() || end_of_package(line).is_some()
}

fn is_frame(line: &str) -> bool {
    is_sign(line) || ["PASS", "FAIL"].contains(&line) || broken_package(line).is_some() || compiler(line)
}

/// `--- FAIL: TestA/x (0.05s)` at any depth, or behind what the test printed.
fn end_of_test(line: &str) -> Option<(TestOutcome, &str, f64)> {
    const WORDS: [(&str, TestOutcome); 3] = [
        ("--- PASS: ", TestOutcome::Passed),
        ("--- FAIL: ", TestOutcome::Failed),
        ("--- SKIP: ", TestOutcome::Skipped),
    ];
    let (outcome, rest) = WORDS.iter().find_map(|(word, outcome)| {
        let (_, rest) = line.split_once(word)?;
        Some((*outcome, rest))
    })?;
    let (name, time) = rest.trim_end().rsplit_once(" (")?;
    Some((outcome, name, time.strip_suffix("s)")?.parse().ok()?))
}

/// What the line of a package says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Passed,
    Failed,
    /// There was no test to run.
    Nothing,
}

/// `ok  \tpkg\t0.01s`, `FAIL\tpkg\t0.01s`, `?   \tpkg\t[no test files]`.
fn end_of_package(line: &str) -> Option<(Said, &str)> {
    let mut parts = line.split('\t');
    let (word, package, time) = (parts.next()?, parts.next()?, parts.next()?);
    let is_time = |time: &str| {
        let time = time.split(' ').next().unwrap_or_default();
        time == "(cached)" || time.strip_suffix('s').is_some_and(|time| time.parse::<f64>().is_ok())
    };
    let said = match word {
        "ok  " if line.ends_with("[no tests to run]") => Said::Nothing,
        "ok  " => Said::Passed,
        "FAIL" => Said::Failed,
        "?   " if time == "[no test files]" => return Some((Said::Nothing, package)),
        // Go 1.22 with `-cover`.
        "" if time.is_empty() && parts.next()?.starts_with("coverage: ") => {
            return Some((Said::Nothing, package));
        }
        _ => return None,
    };
    is_time(time).then_some((said, package))
}

/// A test of the package that is open.
struct Test {
    name: String,
    outcome: Option<TestOutcome>,
    seconds: Option<f64>,
    output: String,
}

struct Run<'a> {
    cases: Cases<'a>,
    /// Tests of the package that is open, and by name the latest of each.
    tests: Vec<Test>,
    latest: BTreeMap<String, usize>,
    /// The test whose output this is.
    current: Option<usize>,
    /// What the package itself printed.
    output: String,
    /// The last line of what no package line has closed.
    open: Option<u64>,
    /// Every test is listed.
    verbose: bool,
    /// Packages that passed and list nothing.
    silent: Vec<String>,
    packages: u64,
    broken: u64,
    figures: bool,
    /// A lone `FAIL`.
    failed: bool,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run = Run {
        cases: Cases::new(input.limits),
        tests: Vec::new(),
        latest: BTreeMap::new(),
        current: None,
        output: String::new(),
        open: None,
        verbose: false,
        silent: Vec::new(),
        packages: 0,
        broken: 0,
        figures: false,
        failed: false,
    };
    for line in lines::filled(&text) {
        if !line.ended {
            return Err(ReadError::new(Code::Truncated, "the last line has no end").at(line.number, None));
        }
        run.take(&line)?;
    }
    run.finish()
}

impl Run<'_> {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let text = line.text.trim_end();
        if let Some((said, package)) = end_of_package(text) {
            return self.close(package, said).map_err(|error| error.at(line.number, None));
        }
        if let Some(package) = broken_package(text) {
            (self.packages, self.broken) = (self.packages + 1, self.broken + 1);
            let output = format!("{}{text}", std::mem::take(&mut self.output));
            self.open = None;
            return self.cases.broken(package, Some(output));
        }
        if text == "FAIL" {
            self.failed = true;
            return Ok(());
        }
        if text.starts_with("go: ") && self.tests.is_empty() {
            return Ok(());
        }
        self.open = Some(line.number);
        self.figures |= go_bench::is_sample(text);
        if let Some((word, name)) = step(text) {
            if word == "RUN" {
                self.verbose = true;
                self.begin(name);
            }
            self.current = self.latest.get(name).copied();
        } else if let Some((outcome, name, time)) = self.end_of_known(text) {
            self.end(name, outcome, time);
        } else {
            let output = match self.current {
                Some(current) => &mut self.tests[current].output,
                None => &mut self.output,
            };
            keep(output, text);
            keep(output, "\n");
        }
        Ok(())
    }

    /// The end of a test; inside of a line only of one that began.
    fn end_of_known<'l>(&self, text: &'l str) -> Option<(TestOutcome, &'l str, f64)> {
        let end = end_of_test(text)?;
        (text.trim_start().starts_with("--- ") || self.latest.contains_key(end.1)).then_some(end)
    }

    fn begin(&mut self, name: &str) {
        self.latest.insert(name.to_owned(), self.tests.len());
        self.tests.push(Test { name: name.to_owned(), outcome: None, seconds: None, output: String::new() });
    }

    fn end(&mut self, name: &str, outcome: TestOutcome, time: f64) {
        let open = self.latest.get(name).is_some_and(|at| self.tests[*at].outcome.is_none());
        if !open {
            self.begin(name);
        }
        self.current = self.latest.get(name).copied();
        if let Some(test) = self.current.and_then(|at| self.tests.get_mut(at)) {
            (test.outcome, test.seconds) = (Some(outcome), seconds(time));
        }
    }

    /// The line of a package: what stands before it belongs to it.
    fn close(&mut self, package: &str, said: Said) -> Result<(), ReadError> {
        self.packages += 1;
        self.open = None;
        self.current = None;
        self.latest.clear();
        let tests = std::mem::take(&mut self.tests);
        let output = std::mem::take(&mut self.output);
        let open: BTreeSet<String> =
            tests.iter().filter(|test| test.outcome.is_none()).map(|test| test.name.clone()).collect();
        if said == Said::Passed && tests.is_empty() {
            self.silent.push(package.to_owned());
        }
        let mut bad = 0;
        for test in tests {
            let ended = parent_ended(&test.name, &open) && said != Said::Failed;
            let outcome = test.outcome.or(ended.then_some(TestOutcome::Passed));
            if is_benchmark(&test.name) && !outcome.is_some_and(is_bad) {
                continue;
            }
            let outcome = outcome.unwrap_or(TestOutcome::Errored);
            bad += u64::from(is_bad(outcome));
            let lost = if test.outcome.is_none() { "began and did not end\n" } else { "" };
            let message = is_bad(outcome).then(|| format!("{lost}{}", test.output));
            self.cases.add(TestCase {
                message,
                seconds: test.seconds,
                ..case(package, test.name, outcome)
            })?;
        }
        if said == Said::Failed && bad == 0 {
            self.cases.broken(package, Some(output))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report, ReadError> {
        if let Some(line) = self.open.filter(|_| self.packages > 0 || self.verbose) {
            let what = "what stands last belongs to no package: the text was cut, or go was";
            return Err(ReadError::new(Code::Truncated, what).at(line, None));
        }
        if self.packages == 0 {
            return Err(ReadError::new(Code::WrongFormat, "no line of a package (`ok`, `FAIL`, `?`)"));
        }
        if self.packages == self.broken {
            let message = "no package could be built or set up (`FAIL` ... `[build failed]`)";
            return Err(cases::failed(message));
        }
        if self.figures && !self.verbose {
            return Err(ReadError::new(Code::WrongFormat, "figures of benchmarks, and no test")
                .hint("format = \"go-bench-text\" reads benchmarks"));
        }
        if self.failed && self.cases.bad() == 0 {
            let message = "`FAIL` stands alone, and no package failed".to_owned();
            self.cases.broken("go test", Some(message))?;
        }
        if !self.verbose && !self.silent.is_empty() {
            let packages = self.silent.len();
            self.cases.notice(format!(
                "{packages} packages passed and list no test: each counts as one; `go test -v` lists them"
            ));
            for package in std::mem::take(&mut self.silent) {
                self.cases.push(case(package, "all tests", TestOutcome::Passed))?;
            }
        }
        Ok(self.cases.finish(&FORMAT))
    }
}

/// `=== RUN   TestA`: what happens to which test.
fn step(text: &str) -> Option<(&str, &str)> {
    let (word, name) = text.strip_prefix("=== ")?.split_once(' ')?;
    ["RUN", "PAUSE", "CONT", "NAME"].contains(&word).then(|| (word, name.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::Tests;
    use crate::readers::testing;

    fn report(text: &str) -> Result<(Tests, Vec<String>), ReadError> {
        testing::tests(read, text)
    }

    fn counts(text: &str) -> (u64, u64, u64, u64) {
        let totals = report(text).unwrap().0.totals();
        (totals.passed, totals.failed, totals.errors, totals.skipped)
    }

    const OK: &str = "ok  \tp\t0.01s\n";
    const BAD: &str = "FAIL\nFAIL\tp\t0.01s\nFAIL\n";
    const RUN: &str = "=== RUN   TestA\n";
    const PASS: &str = "--- PASS: TestA (0.50s)\n";

    #[test]
    fn every_way_not_to_end_is_an_error() {
        assert_eq!(counts(&format!("{RUN}{PASS}PASS\n{OK}")), (1, 0, 0, 0));
        assert_eq!(counts(&format!("{RUN}{OK}")), (0, 0, 1, 0));
        assert_eq!(counts(&format!("{RUN}{BAD}")), (0, 0, 1, 0));
        assert_eq!(counts(&format!("{RUN}{PASS}{BAD}")), (1, 0, 1, 0));
        assert_eq!(counts(&format!("{OK}FAIL\n")), (1, 0, 1, 0));
        for text in [format!("{RUN}{PASS}"), format!("{RUN}{PASS}PASS\n"), format!("{OK}{RUN}")] {
            assert_eq!(report(&text).unwrap_err().code, Code::Truncated, "{text}");
        }
        for text in ["PASS\n", "FAIL\n", "some text\n", "ok  \tp\t[not a time]\n"] {
            assert_eq!(report(text).unwrap_err().code, Code::WrongFormat, "{text}");
        }
    }

    #[test]
    fn what_a_test_prints_hides_no_end() {
        assert_eq!(counts(&format!("{RUN}x{PASS}{OK}")), (1, 0, 0, 0));
        let forged = format!("{RUN}{PASS}--- FAIL: TestA (0.00s)\n{BAD}");
        assert_eq!(counts(&forged), (0, 1, 0, 0));
        let other = format!("{RUN}x--- PASS: TestB (0.00s)\n{OK}");
        assert_eq!(counts(&other), (0, 0, 1, 0));
        let inner = format!("{RUN}=== RUN   TestA/x\n{PASS}{OK}");
        assert_eq!(counts(&inner), (2, 0, 0, 0));
    }

    #[test]
    fn without_v_a_package_is_one_test() {
        let (tests, notices) = report(&format!("{OK}?   \tq\t[no test files]\n")).unwrap();
        assert_eq!((tests.totals().total, notices.len()), (1, 1));
        assert_eq!(counts("ok  \tp\t0.01s [no tests to run]\n"), (0, 0, 0, 0));
        let failed = format!("--- FAIL: TestA (0.00s)\n    a_test.go:9: no\n{BAD}");
        let (tests, _) = report(&failed).unwrap();
        let message = tests.cases.values().next().and_then(|case| case.message);
        assert_eq!((tests.totals().failed, message.as_deref()), (1, Some("a_test.go:9: no")));
        let cover = "\tq\t\tcoverage: 0.0% of statements\n";
        assert_eq!(counts(&format!("{cover}{RUN}{PASS}{OK}")), (1, 0, 0, 0));
    }

    #[test]
    fn packages_that_do_not_build_are_errors() {
        let broken = "# p\np/a.go:1:2: no\nFAIL\tp [build failed]\n";
        assert_eq!(counts(&format!("{broken}ok  \tq\t(cached)\n")), (1, 0, 1, 0));
        assert_eq!(report(broken).unwrap_err().code, Code::ToolFailed);
        let figures = "BenchmarkA-2 10 24.5 ns/op\nPASS\n";
        assert_eq!(report(&format!("{figures}{OK}")).unwrap_err().code, Code::WrongFormat);
    }
}
