//! `go test -json`, the events of test2json (Go 1.10 to 1.25), one a line.
//!
//! Every package must end in `pass`, `fail` or `skip`: else the stream was cut. A package that failed
//! without a failed test (a build error, a panic outside of tests, `TestMain`) is a test that could
//! not be run, and so is a test that began and did not end. One exception: a test that prints without
//! a line end hides its own end (Go before 1.20); where its output shows `--- PASS`, or its
//! parent passed, and the package passed, it passed.
//!
//! Lines that are not JSON come from the go command: `FAIL pkg [build failed]` (before Go 1.24) is an
//! error of the package; `#`, `go:` and messages of the compiler say nothing more; any other line is
//! refused. Benchmarks are no tests unless they fail; packages without tests (`skip`) are none.
//!
//! Ignored on purpose: `start`, `pause`, `cont`, `attr`, `artifacts`, what tests print.

use super::cases::{Cases, case, is_bad, seconds};
use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json;
use super::lines::{self, Line};
use crate::model::tests::{TestCase, TestOutcome};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "go-test-json",
    kind: Kind::Tests,
    tools: "go test, gotestsum --jsonfile",
    command: "go test -json ./... > reports/go-test.jsonl",
    end: End::Records,
    detect: |head| match head {
        Head::Json(json) | Head::JsonLines(json) => is_event(json),
        Head::Text(text) => is_text(text),
        _ => false,
    },
    read,
};

fn is_event(json: &JsonHead) -> bool {
    !json.array && json.has(&["Action"]) && (json.has(&["Package"]) || json.has(&["ImportPath"]))
}

/// A stream that begins with a line of the go command, or one in which nothing could be built.
fn is_text(text: &super::detect::TextHead<'_>) -> bool {
    let all =
        || text.first.iter().chain(&text.last).all(|line| broken_package(line).is_some() || is_noise(line));
    let any_broken = || text.any(|line| broken_package(line).is_some());
    let test_line = |line: &str| line.starts_with("=== RUN") || line.starts_with("--- ");
    (text.any(is_event_line) && !text.any(test_line)) || (any_broken() && all())
}

/// Whether a line of text is an event of test2json.
pub(super) fn is_event_line(line: &str) -> bool {
    line.starts_with('{') && line.contains("\"Action\":\"") && line.contains("\"Package\":\"")
}

/// `FAIL\tpkg [build failed]` or `[setup failed]`.
pub(super) fn broken_package(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("FAIL\t")?;
    let package = rest.strip_suffix(" [build failed]").or_else(|| rest.strip_suffix(" [setup failed]"))?;
    (!package.trim().is_empty()).then(|| package.trim())
}

/// What the go command and the compiler say beside the events, where both outputs are one file.
fn is_noise(line: &str) -> bool {
    ["# ", "go: ", "\t"].iter().any(|start| line.starts_with(start))
        || line == "FAIL"
        || line.starts_with("note: module requires Go ")
        || compiler(line)
}

/// `dir/file.go:3:28: message`
pub(super) fn compiler(line: &str) -> bool {
    let line = line.strip_prefix("vet: ").unwrap_or(line);
    line.split_once(".go:").is_some_and(|(path, rest)| {
        !path.contains(' ') && rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains(": ")
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    package: Option<String>,
    test: Option<String>,
    elapsed: Option<f64>,
    output: Option<String>,
    import_path: Option<String>,
    failed_build: Option<String>,
}

/// A test that has not ended.
#[derive(Default)]
struct Open {
    /// Its output shows that it ended, though no event does.
    shown: Option<TestOutcome>,
    output: String,
}

/// A package as far as it was told.
#[derive(Default)]
struct Package {
    open: BTreeMap<String, Open>,
    ended: bool,
    /// Tests that failed.
    bad: u64,
    /// Output of the package itself.
    output: String,
}

/// Bytes of output that are kept for a message.
const OUTPUT: usize = 2048;

struct Run<'a> {
    cases: Cases<'a>,
    packages: BTreeMap<String, Package>,
    /// Output of builds, and which of them failed.
    builds: BTreeMap<String, String>,
    failed_builds: BTreeSet<String>,
    begun: bool,
    /// The compiler complains: a package that failed has to follow.
    complaint: bool,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run = Run {
        cases: Cases::new(input.limits),
        packages: BTreeMap::new(),
        builds: BTreeMap::new(),
        failed_builds: BTreeSet::new(),
        begun: false,
        complaint: false,
    };
    let last = lines::each(&text, |line| run.take(line))?;
    if let Some((name, _)) = run.packages.iter().find(|(_, package)| !package.ended) {
        let message = format!("the package {} does not end: the stream was cut, or go was", quote(name));
        return Err(ReadError::new(Code::Truncated, message).at(last, None));
    }
    if run.complaint {
        let message = "the compiler complains, and no package that failed follows: the stream was cut";
        return Err(ReadError::new(Code::Truncated, message).at(last, None));
    }
    for build in std::mem::take(&mut run.failed_builds) {
        let output = run.builds.remove(&build);
        run.cases.broken(&build, output)?;
    }
    if run.packages.is_empty() && run.cases.len() == 0 {
        return Err(ReadError::new(Code::WrongFormat, "no event of a test or package"));
    }
    Ok(run.cases.finish(&FORMAT))
}

impl Run<'_> {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let first = !std::mem::replace(&mut self.begun, true);
        let text = line.text.trim_end();
        if !text.starts_with('{') {
            return self.plain(line, first);
        }
        let event: Event = json::parse_line(line)?;
        let refuse = |message: String| Err(ReadError::new(Code::Malformed, message).at(line.number, None));
        if let Some(build) = event.import_path {
            return match event.action.as_str() {
                "build-output" => {
                    keep(self.builds.entry(build).or_default(), &event.output.unwrap_or_default());
                    Ok(())
                }
                "build-fail" => {
                    self.complaint = false;
                    self.failed_builds.insert(build);
                    Ok(())
                }
                other => refuse(format!("the build event {} is not known", quote(other))),
            };
        }
        let Some(package) = event.package.clone() else {
            return refuse("an event without a package".to_owned());
        };
        match event.test.clone() {
            Some(test) => self.test(&package, &test, event),
            None => self.package(&package, event),
        }
        .map_err(|error| error.at(line.number, None))
    }

    /// A line of the go command.
    fn plain(&mut self, line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let text = line.text.trim_end();
        if let Some(package) = broken_package(text) {
            self.complaint = false;
            return self.cases.broken(package, Some(text.to_owned()));
        }
        if !is_noise(text) {
            return Err(lines::unknown(line, first, "`go test -json`")
                .hint("write only standard output to the report: `go test -json ./... > FILE`"));
        }
        if !line.ended {
            return Err(ReadError::new(Code::Truncated, "the last line has no end").at(line.number, None));
        }
        self.complaint |= text.starts_with("# ") || compiler(text);
        Ok(())
    }

    fn test(&mut self, name: &str, test: &str, event: Event) -> Result<(), ReadError> {
        let package = self.packages.entry(name.to_owned()).or_default();
        let outcome = match event.action.as_str() {
            "run" => {
                package.ended = false;
                package.open.entry(test.to_owned()).or_default();
                return Ok(());
            }
            "output" => {
                if let (Some(open), Some(output)) = (package.open.get_mut(test), &event.output) {
                    open.take(test, output);
                }
                return Ok(());
            }
            "pause" | "cont" | "start" | "attr" | "artifacts" => return Ok(()),
            "pass" => TestOutcome::Passed,
            "skip" => TestOutcome::Skipped,
            "fail" => TestOutcome::Failed,
            "bench" => {
                package.open.remove(test);
                return Ok(());
            }
            other => {
                let message = format!("the action {} is not known", quote(other));
                return Err(ReadError::new(Code::Malformed, message));
            }
        };
        let open = package.open.remove(test).unwrap_or_default();
        package.bad += u64::from(is_bad(outcome));
        if is_benchmark(test) && !is_bad(outcome) {
            return Ok(());
        }
        let message = is_bad(outcome).then_some(open.output);
        let seconds = event.elapsed.and_then(seconds);
        self.cases.add(TestCase { message, seconds, ..case(name, test, outcome) })
    }

    fn package(&mut self, name: &str, event: Event) -> Result<(), ReadError> {
        let package = self.packages.entry(name.to_owned()).or_default();
        match event.action.as_str() {
            "start" => package.ended = false,
            "output" => {
                let output = event.output.unwrap_or_default();
                keep(&mut package.output, &output);
            }
            "pass" | "fail" | "skip" => {
                let package = std::mem::take(package);
                self.packages.insert(name.to_owned(), Package { ended: true, ..Package::default() });
                return self.end(name, package, &event);
            }
            "bench" | "pause" | "cont" | "attr" | "artifacts" => {}
            other => {
                let message = format!("the action {} is not known", quote(other));
                return Err(ReadError::new(Code::Malformed, message));
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str, package: Package, event: &Event) -> Result<(), ReadError> {
        let passed = event.action == "pass";
        let mut bad = package.bad;
        let open: BTreeSet<String> = package.open.keys().cloned().collect();
        for (test, left) in package.open {
            let shown = left.shown.or_else(|| parent_ended(&test, &open).then_some(TestOutcome::Passed));
            let (outcome, message) = match shown.filter(|_| passed) {
                Some(outcome) => (outcome, None),
                None if passed && is_benchmark(&test) => continue,
                None => (TestOutcome::Errored, Some(format!("began and did not end\n{}", left.output))),
            };
            bad += u64::from(is_bad(outcome));
            self.cases.add(TestCase { message, ..case(name, test, outcome) })?;
        }
        if event.action != "fail" {
            return Ok(());
        }
        self.complaint = false;
        let build = event.failed_build.as_deref();
        build.map(|build| self.failed_builds.remove(build));
        if bad == 0 {
            let output = build.and_then(|build| self.builds.get(build).cloned()).unwrap_or(package.output);
            self.cases.broken(name, Some(output))?;
        }
        Ok(())
    }
}

impl Open {
    fn take(&mut self, test: &str, output: &str) {
        for (word, outcome) in [("--- PASS: ", TestOutcome::Passed), ("--- SKIP: ", TestOutcome::Skipped)] {
            let after = output.split_once(word).and_then(|(_, rest)| rest.strip_prefix(test));
            if after.is_some_and(|rest| rest.starts_with(" (")) {
                self.shown = Some(outcome);
            }
        }
        keep(&mut self.output, output);
    }
}

/// A test inside of another one, of which the outermost has ended.
pub(super) fn parent_ended(test: &str, open: &BTreeSet<String>) -> bool {
    test.split_once('/').is_some_and(|(root, _)| !open.contains(root))
}

pub(super) fn is_benchmark(test: &str) -> bool {
    test.starts_with("Benchmark")
}

pub(super) fn keep(text: &mut String, more: &str) {
    // What go says of a test's course is no message.
    if text.len() < OUTPUT && !more.starts_with("=== ") {
        text.push_str(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{TestTotals, Tests};
    use crate::readers::testing;

    fn report(lines: &[&str]) -> Result<Tests, ReadError> {
        let text = lines.join("\n");
        testing::tests(read, &text).map(|read| read.0)
    }

    fn totals(lines: &[&str]) -> TestTotals {
        report(lines).unwrap().totals()
    }

    const RUN: &str = r#"{"Action":"run","Package":"p","Test":"TestA"}"#;
    const PASS: &str = r#"{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.5}"#;
    const FAIL: &str = r#"{"Action":"fail","Package":"p","Test":"TestA"}"#;
    const END: &str = r#"{"Action":"pass","Package":"p"}"#;
    const BAD_END: &str = r#"{"Action":"fail","Package":"p"}"#;

    #[test]
    fn every_way_not_to_end_is_an_error() {
        assert_eq!(totals(&[RUN, PASS, END]).passed, 1);
        assert_eq!(totals(&[RUN, END]).errors, 1);
        assert_eq!(totals(&[RUN, BAD_END]).errors, 1);
        assert_eq!(totals(&[RUN, PASS, BAD_END]).errors, 1);
        let failed = totals(&[RUN, FAIL, BAD_END]);
        assert_eq!((failed.failed, failed.errors, failed.total), (1, 0, 1));
        assert_eq!(report(&[RUN, PASS]).unwrap_err().code, Code::Truncated);
        assert_eq!(report(&[RUN]).unwrap_err().code, Code::Truncated);
    }

    #[test]
    fn an_end_without_a_line_of_its_own_is_seen() {
        let output =
            r#"{"Action":"output","Package":"p","Test":"TestA","Output":"x--- PASS: TestA (0.00s)\n"}"#;
        assert_eq!(totals(&[RUN, output, END]).passed, 1);
        assert_eq!(totals(&[RUN, output, BAD_END]).errors, 1);
        let other = output.replace("PASS: TestA", "PASS: TestAB");
        assert_eq!(totals(&[RUN, &other, END]).errors, 1);
        let inner = RUN.replace("TestA", "TestA/x");
        assert_eq!(totals(&[RUN, &inner, PASS, END]).passed, 2);
        assert_eq!(totals(&[RUN, &inner, END]).errors, 2);
    }

    #[test]
    fn builds_that_fail_are_errors() {
        let output = r##"{"ImportPath":"p [p.test]","Action":"build-output","Output":"# p\n"}"##;
        let fail = r#"{"ImportPath":"p [p.test]","Action":"build-fail"}"#;
        let start = r#"{"Action":"start","Package":"p"}"#;
        let end = r#"{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}"#;
        assert_eq!(totals(&[output, fail, start, end]).errors, 1);
        assert_eq!(totals(&[output, fail]).errors, 1);
        assert_eq!(totals(&["FAIL\tp [build failed]"]).errors, 1);
        assert_eq!(report(&[RUN, PASS, END, "# p", "a.go:1:2: no"]).unwrap_err().code, Code::Truncated);
        assert_eq!(report(&[RUN, PASS, END, "# p", "a.go:1:2: no", ""]).unwrap_err().code, Code::Truncated);
    }

    #[test]
    fn strange_lines_are_refused() {
        assert_eq!(report(&[RUN, PASS, "panic: x", END]).unwrap_err().code, Code::Malformed);
        assert_eq!(report(&["panic: x"]).unwrap_err().code, Code::WrongFormat);
        let odd = END.replace("pass", "explode");
        assert_eq!(report(&[RUN, PASS, &odd]).unwrap_err().code, Code::Malformed);
        let twice = END.replace("\"Action\"", "\"Action\":\"fail\",\"Action\"");
        assert_eq!(report(&[RUN, PASS, &twice]).unwrap_err().code, Code::Duplicate);
    }

    #[test]
    fn benchmarks_are_no_tests_and_the_worst_run_stays() {
        let bench = RUN.replace("TestA", "BenchmarkA");
        assert_eq!(totals(&[&bench, END]).total, 0);
        let totals = totals(&[RUN, FAIL, RUN, PASS, BAD_END]);
        assert_eq!((totals.total, totals.failed, totals.errors), (1, 1, 0));
    }
}
