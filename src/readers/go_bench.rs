//! The text of `go test -bench` (the Go benchmark data format, golang.org/design/14313), one or more
//! packages.
//!
//! A line is a name, a number of iterations, and pairs of value and unit. Lines of one name (`-count`)
//! are samples of one benchmark. `ns/op` bears the benchmark's name as Go prints it, the other units
//! are `name/unit`. A package must be closed by its `ok` line; a cut between two packages cannot be
//! seen. Lower is better but for units that end in `/s`, unless a `Unit` line says otherwise.
//! Ignored on purpose: the number of iterations, and log lines of a benchmark.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::machine;
use super::measured::{self, Rows, Unit, less, more};
use crate::model::benchmarks::{Direction, Statistic};
use crate::model::machine::Machine;
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "go-bench-text",
    kind: Kind::Benchmarks,
    tools: "go test -bench",
    command: "go test -run NONE -bench . -benchmem ./... > bench.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.any(is_sample),
        _ => false,
    },
    read,
};

/// Whether it is a line of figures.
pub(super) fn is_sample(line: &str) -> bool {
    Sample::of(line).is_some()
}

/// A line of figures.
struct Sample<'l> {
    name: &'l str,
    figures: Vec<(f64, &'l str)>,
}

impl<'l> Sample<'l> {
    fn of(line: &'l str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next().filter(|name| is_name(name))?;
        let _iterations: u64 = words.next()?.parse().ok()?;
        let words: Vec<_> = words.collect();
        let figures = words.chunks(2).map(|pair| match pair {
            [value, unit] => Some((value.parse().ok()?, *unit)),
            _ => None,
        });
        let figures = figures.collect::<Option<Vec<_>>>().filter(|f| !f.is_empty())?;
        Some(Self { name, figures })
    }
}

/// `Benchmark`, `BenchmarkX`, `Benchmark_x`; not `Benchmarking`.
fn is_name(word: &str) -> bool {
    word.strip_prefix("Benchmark").is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase()))
}

/// What was read so far.
#[derive(Default)]
struct State {
    package: Option<String>,
    /// The line after which a package must still be closed.
    open: Option<u64>,
    in_log: bool,
    directions: BTreeMap<String, Direction>,
    /// Samples by package, name and unit, in the order of the file.
    samples: Vec<((String, String, String), Vec<f64>)>,
    index: BTreeMap<(String, String, String), usize>,
    skipped: Vec<String>,
    goos: String,
    goarch: String,
    cpu: String,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    if !text.ends_with('\n') {
        return Err(lines::unclosed("the package", lines::all(&text).count() as u64));
    }
    let mut state = State::default();
    let mut first = true;
    for line in lines::filled(&text) {
        if !state.line(&line)? {
            return Err(lines::unknown(&line, first, "go test -bench"));
        }
        first = false;
    }
    if let Some(last) = state.open {
        return Err(lines::unclosed("the package (`ok`, its name and its time)", last));
    }
    if state.samples.is_empty() && state.skipped.is_empty() {
        return Err(ReadError::new(Code::WrongFormat, "no benchmark of `go test -bench`"));
    }
    let mut rows = Rows::new(&FORMAT, input.limits);
    rows.machine(state.machine());
    for name in &state.skipped {
        rows.notice(format!("{} was skipped", quote(name)));
    }
    for ((package, name, unit), samples) in &state.samples {
        let (metric, unit) = state.unit(unit);
        let name = if metric.is_empty() { name.clone() } else { format!("{name}/{metric}") };
        let full_name = if package.is_empty() { name.clone() } else { format!("{package}.{name}") };
        let statistics = match samples.as_slice() {
            [one] => vec![(Statistic::Mean, *one)],
            many => measured::statistics(many).unwrap_or_default(),
        };
        rows.add(&name, &full_name, unit, statistics, samples.len() as u64)?;
    }
    Ok(rows.report())
}

impl State {
    /// Takes in a line; false if no rule knows it.
    fn line(&mut self, line: &Line<'_>) -> Result<bool, ReadError> {
        let text = line.text.trim_end();
        let in_log = std::mem::take(&mut self.in_log);
        if text.starts_with("--- FAIL") || text.starts_with("FAIL") || text.starts_with("panic:") {
            return Err(
                measured::failed(format!("a benchmark failed: {}", quote(text))).at(line.number, None)
            );
        }
        if let Some(sample) = Sample::of(text) {
            self.sample(&sample, line)?;
        } else if let Some(name) = text.strip_prefix("--- SKIP: ") {
            self.skipped.push(name.to_owned());
            self.in_log = true;
        } else if text.starts_with("--- BENCH: ") || (in_log && text.starts_with("    ")) {
            self.in_log = true;
        } else if let Some(unit) = text.strip_prefix("Unit ") {
            return Ok(self.unit_line(unit));
        } else if let Some(rest) = text.strip_prefix("ok  \t") {
            // `ok`, package, time, all of it: a cut in the time is not an end.
            let closed =
                line.ended && rest.split('\t').nth(1).is_some_and(|t| t.ends_with('s') || t == "(cached)");
            if !closed {
                return Err(lines::unclosed("the package", line.number));
            }
            (self.open, self.package) = (None, None);
        } else if let Some((key, value)) = text.split_once(": ") {
            return Ok(self.key(key, value));
        } else {
            return Ok(text == "PASS" || text.starts_with("?   \t"));
        }
        Ok(true)
    }

    fn machine(&self) -> Option<Machine> {
        let os = machine::system(&self.goos, &self.goarch);
        machine::known(Machine { cpu: self.cpu.trim().to_owned(), os, ..Machine::default() })
    }

    fn key(&mut self, key: &str, value: &str) -> bool {
        match key {
            "pkg" => self.package = Some(value.to_owned()),
            "goos" => value.clone_into(&mut self.goos),
            "goarch" => value.clone_into(&mut self.goarch),
            "cpu" => value.clone_into(&mut self.cpu),
            _ => {}
        }
        matches!(key, "goos" | "goarch" | "pkg" | "cpu" | "coverage" | "testing" | "toolchain")
    }

    fn sample(&mut self, sample: &Sample<'_>, line: &Line<'_>) -> Result<(), ReadError> {
        if !line.ended {
            return Err(lines::unclosed("the package", line.number));
        }
        self.open = Some(line.number);
        let package = self.package.clone().unwrap_or_default();
        for (n, (value, unit)) in sample.figures.iter().enumerate() {
            if sample.figures[..n].iter().any(|(_, other)| other == unit) {
                let message = format!("{} has two values in {}", quote(sample.name), quote(unit));
                return Err(ReadError::new(Code::Duplicate, message).at(line.number, None));
            }
            let key = (package.clone(), sample.name.to_owned(), (*unit).to_owned());
            let at = *self.index.entry(key.clone()).or_insert(self.samples.len());
            if at == self.samples.len() {
                self.samples.push((key, Vec::new()));
            }
            self.samples[at].1.push(*value);
        }
        Ok(())
    }

    /// `ns/op assume=exact better=higher`.
    fn unit_line(&mut self, text: &str) -> bool {
        let mut words = text.split_whitespace();
        let Some(unit) = words.next() else { return false };
        for word in words {
            let direction = match word {
                "better=higher" => Direction::Higher,
                "better=lower" => Direction::Lower,
                other if other.contains('=') => continue,
                _ => return false,
            };
            self.directions.insert(unit.to_owned(), direction);
        }
        true
    }

    /// What the unit is called below the benchmark's name, and the unit itself.
    fn unit(&self, unit: &str) -> (String, Unit) {
        let known = match unit {
            "ns/op" => less("ns"),
            "B/op" => less("B"),
            "allocs/op" => less(""),
            "MB/s" => more("MB/s"),
            other => {
                let direction = if other.ends_with("/s") { Direction::Higher } else { Direction::Lower };
                measured::unit(other, direction)
            }
        };
        let known = match self.directions.get(unit) {
            Some(direction) => known.with(*direction),
            None => known,
        };
        (if unit == "ns/op" { String::new() } else { unit.to_owned() }, known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(text: &str) -> Result<Benchmarks, ReadError> {
        testing::benchmarks(read, text).map(|read| read.0)
    }

    const OK: &str = "PASS\nok  \tx/y\t0.1s\n";

    #[test]
    fn counts_are_samples_and_units_have_their_own_sense() {
        let text = "pkg: x/y\nUnit hits better=higher assume=exact\n\
                    BenchmarkA-2 \t 10\t 3 ns/op\t 5.00 MB/s\t 7 hits\nBenchmarkA-2 \t 10\t 1 ns/op\t 5 MB/s\t 7 hits\n";
        let read = report(&format!("{text}{OK}")).unwrap();
        assert_eq!(read.list[0].full_name, "x/y.BenchmarkA-2");
        assert_eq!((read.list[0].value(), read.list[0].samples), (2.0, 2));
        assert_eq!(read.list[1].name, "BenchmarkA-2/MB/s");
        assert!(read.list[1..].iter().all(|b| b.direction == Direction::Higher));
        assert_eq!(read.list[1].quantity(None).unwrap().value, 5e6);
    }

    #[test]
    fn what_failed_or_is_not_closed_is_refused() {
        let one = "BenchmarkA-2 \t 10\t 3 ns/op\n";
        for (text, code) in [
            (one.to_owned(), Code::Truncated),
            (format!("{one}PASS\nok  \tx/y\t0.1"), Code::Truncated),
            (format!("{one}--- FAIL: BenchmarkB\n"), Code::ToolFailed),
            (format!("{one}FAIL\tx/y\t0.1s\n"), Code::ToolFailed),
            (format!("{one}panic: no\n"), Code::ToolFailed),
            (format!("{one}what is this\n{OK}"), Code::Malformed),
            (format!("BenchmarkA-2 \t 10\t 3\n{OK}"), Code::WrongFormat),
            (format!("BenchmarkA \t 10\t 3 ns/op 4 ns/op\n{OK}"), Code::Duplicate),
            (format!("BenchmarkA \t 10\t NaN ns/op\n{OK}"), Code::Malformed),
            (format!("BenchmarkA \t 10\t -3 ns/op\n{OK}"), Code::Malformed),
        ] {
            assert_eq!(report(&text).unwrap_err().code, code, "{text}");
        }
        let log = format!(
            "BenchmarkA-2 \t 10\t 3 ns/op\n--- BENCH: BenchmarkA-2\n    a_test.go:3: hi: there\n{OK}"
        );
        assert_eq!(report(&log).unwrap().list.len(), 1);
    }
}
