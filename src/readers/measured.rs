//! What the readers of benchmarks share: units with their sense, rows that are finite and unique,
//! and JSON in which some tools write bare `NaN` and `Infinity`.
//!
//! A benchmark with several metrics becomes several rows: the main one bears the benchmark's name,
//! the others `name/metric`.

use super::error::{Code, ReadError, quote};
use super::format::{Body, Format, Input, Limits, Report};
use super::{json, lines};
use crate::model::benchmarks::{Benchmark, Benchmarks, Direction, Statistic};
use crate::model::machine::Machine;
use crate::model::quantity::{Dimension, Quantity};
use serde::de::{Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// A unit, and which way is better in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    symbol: Cow<'static, str>,
    direction: Direction,
}

impl Unit {
    /// The same unit, in which another way is better.
    pub(super) fn with(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }
}

/// A unit of which less is better.
pub(super) const fn less(symbol: &'static str) -> Unit {
    Unit { symbol: Cow::Borrowed(symbol), direction: Direction::Lower }
}

/// A unit of which more is better.
pub(super) const fn more(symbol: &'static str) -> Unit {
    Unit { symbol: Cow::Borrowed(symbol), direction: Direction::Higher }
}

/// A unit that a report names itself.
pub(super) fn unit(symbol: impl Into<String>, direction: Direction) -> Unit {
    Unit { symbol: Cow::Owned(symbol.into()), direction }
}

/// The benchmarks of a report while they are read.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    format: &'static Format,
    limits: &'a Limits,
    list: Vec<Benchmark>,
    names: BTreeSet<String>,
    rough: bool,
    unsure: Vec<String>,
    notices: Vec<String>,
    commit: Option<(String, bool)>,
    machine: Option<Machine>,
}

impl<'a> Rows<'a> {
    /// None yet.
    pub(super) fn new(format: &'static Format, limits: &'a Limits) -> Self {
        Self {
            format,
            limits,
            list: Vec::new(),
            names: BTreeSet::new(),
            rough: false,
            unsure: Vec::new(),
            notices: Vec::new(),
            commit: None,
            machine: None,
        }
    }

    /// The tool rounds its statistics apart from one another, so that a median may lie outside of
    /// minimum and maximum.
    #[must_use]
    pub(super) fn rough(mut self) -> Self {
        self.rough = true;
        self
    }

    /// Adds a benchmark.
    pub(super) fn add(
        &mut self,
        name: &str,
        full_name: &str,
        unit: Unit,
        statistics: impl IntoIterator<Item = (Statistic, f64)>,
        samples: u64,
    ) -> Result<(), ReadError> {
        let benchmark = Benchmark {
            name: name.to_owned(),
            full_name: full_name.to_owned(),
            unit: unit.symbol,
            direction: unit.direction,
            statistics: statistics.into_iter().collect(),
            samples,
        };
        check(&benchmark, self.rough)?;
        if !self.names.insert(benchmark.full_name.clone()) {
            let name = quote(&benchmark.full_name);
            return Err(ReadError::new(Code::Duplicate, format!("the benchmark {name} is there twice")));
        }
        self.list.push(benchmark);
        self.limits.check_items(self.list.len())
    }

    /// Adds one figure of a benchmark that has several: `name/metric`.
    pub(super) fn metric(
        &mut self,
        (name, full_name): (&str, &str),
        metric: &str,
        unit: Unit,
        value: f64,
        samples: u64,
    ) -> Result<(), ReadError> {
        let (name, full_name) = (format!("{name}/{metric}"), format!("{full_name}/{metric}"));
        self.add(&name, &full_name, unit, [(Statistic::Mean, value)], samples)
    }

    /// Whether so many more rows are within the limits.
    pub(super) fn room_for(&self, more: usize) -> Result<(), ReadError> {
        self.limits.check_items(self.list.len().saturating_add(more))
    }

    /// The report does not say which way is better here; less is assumed, and said.
    pub(super) fn unsure(&mut self, name: &str) {
        self.unsure.push(name.to_owned());
    }

    /// Something to tell that decides nothing.
    pub(super) fn notice(&mut self, notice: impl Into<String>) {
        self.notices.push(notice.into());
    }

    /// The commit that the report names.
    pub(super) fn commit(&mut self, id: &str) {
        if id.len() >= 7 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
            self.commit = Some((id.to_owned(), false));
        }
    }

    /// The machine that the report names, if it does.
    pub(super) fn machine(&mut self, machine: Option<Machine>) {
        self.machine = machine;
    }

    /// The whole report.
    pub(super) fn report(mut self) -> Report {
        if let Some(first) = self.unsure.first() {
            let more = match self.unsure.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            let first = quote(first);
            self.notices.push(format!(
                "the report does not say which way is better for {first}{more}; lower is assumed"
            ));
        }
        let body =
            Body::Benchmarks(Benchmarks { machine: self.machine, list: self.list, commit: self.commit });
        Report { notices: self.notices, ..Report::new(self.format, body) }
    }
}

/// Refuses figures that cannot be.
fn check(benchmark: &Benchmark, rough: bool) -> Result<(), ReadError> {
    let refuse = |code, what: &str| {
        Err(ReadError::new(code, format!("the benchmark {} {what}", quote(&benchmark.full_name))))
    };
    let get = |statistic| benchmark.statistics.get(&statistic).copied();
    let figures = || benchmark.statistics.values();
    if benchmark.statistics.keys().all(|s| *s == Statistic::Stddev) {
        return refuse(Code::Malformed, "has no figure");
    }
    if figures().any(|value| !value.is_finite()) {
        return refuse(Code::Malformed, "has a figure that is not finite");
    }
    let measured = matches!(
        Quantity::unit(&benchmark.unit),
        Some((Dimension::Time | Dimension::Rate | Dimension::Size, _))
    );
    if get(Statistic::Stddev).is_some_and(|s| s < 0.0) || (measured && figures().any(|v| *v < 0.0)) {
        return refuse(Code::Malformed, "has a figure that is negative");
    }
    let (min, max) = (get(Statistic::Min), get(Statistic::Max));
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return refuse(Code::Contradiction, "has a minimum above its maximum");
    }
    // A mean of equal samples may differ from them in its last digits.
    let slack = max.or(min).map_or(0.0, |v| v.abs() * 1e-9);
    let outside =
        |value: f64| min.is_some_and(|m| value < m - slack) || max.is_some_and(|m| value > m + slack);
    let middle = [get(Statistic::Median), get(Statistic::Mean)];
    if !rough && middle.into_iter().flatten().any(outside) {
        return refuse(Code::Contradiction, "has a median or mean outside its minimum and maximum");
    }
    Ok(())
}

/// The columns of a table of statistics.
pub(super) const STATISTICS: [(&str, Statistic); 5] = [
    ("median", Statistic::Median),
    ("mean", Statistic::Mean),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("stddev", Statistic::Stddev),
];

/// The statistics of samples; `None` if there are none.
pub(super) fn statistics(samples: &[f64]) -> Option<Vec<(Statistic, f64)>> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (first, last) = (sorted.first().copied()?, sorted.last().copied()?);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    };
    let mut all = vec![
        (Statistic::Median, median),
        (Statistic::Mean, mean),
        (Statistic::Min, first),
        (Statistic::Max, last),
    ];
    if sorted.len() > 1 {
        let squares: f64 = sorted.iter().map(|v| (v - mean).powi(2)).sum();
        all.push((Statistic::Stddev, (squares / (n - 1.0)).sqrt()));
    }
    Some(all)
}

/// A failed run: what it measured proves nothing.
pub(super) fn failed(what: impl Into<String>) -> ReadError {
    ReadError::new(Code::ToolFailed, what).hint("mend what failed and run the benchmark again")
}

/// The last part of a name after `separator`.
pub(super) fn bare<'n>(name: &'n str, separator: &str) -> &'n str {
    name.rsplit(separator).next().unwrap_or(name)
}

/// A number that some tools write as `NaN` or `Infinity`, bare or in quotes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure(pub(super) f64);

impl<'de> serde::Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Figure;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Figure, E> {
                Ok(Figure(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Figure, E> {
                Ok(Figure(value as f64))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Figure, E> {
                Ok(Figure(value as f64))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Figure, E> {
                match text {
                    "NaN" | "-NaN" => Ok(Figure(f64::NAN)),
                    "Infinity" => Ok(Figure(f64::INFINITY)),
                    "-Infinity" => Ok(Figure(f64::NEG_INFINITY)),
                    _ => Err(E::custom(format_args!("{} is not a number", quote(text)))),
                }
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// Reads JSON in which bare `NaN`, `-NaN`, `Infinity` and `-Infinity` stand for numbers; they are
/// read as such texts, so that [`Figure`] takes them and nothing else does.
pub(super) fn parse<T: serde::de::DeserializeOwned>(input: &Input<'_>) -> Result<T, ReadError> {
    let text = lines::text(input)?;
    match quoted(&text) {
        None => json::parse(input),
        Some(text) => json::parse(&Input { bytes: text.as_bytes(), ..*input }),
    }
}

/// The text with its bare words in quotes; `None` if there are none.
fn quoted(text: &str) -> Option<String> {
    const WORDS: [&str; 4] = ["-Infinity", "Infinity", "-NaN", "NaN"];
    let mut out = String::new();
    let (mut done, mut at, mut inside) = (0, 0, false);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => inside = !inside,
            b'\\' if inside => at += 1,
            b'-' | b'I' | b'N' if !inside => {
                if let Some(word) = WORDS.iter().find(|word| bytes[at..].starts_with(word.as_bytes())) {
                    out.push_str(&text[done..at]);
                    out.push_str(&format!("\"{word}\""));
                    at += word.len();
                    done = at;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    (done > 0).then(|| out + &text[done..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_are_quoted_outside_of_strings_only() {
        assert_eq!(quoted(r#"{"NaN": "Infinity \" NaN"}"#), None);
        assert_eq!(
            quoted(r#"{"a": NaN, "b": [-Infinity, 1]}"#).unwrap(),
            r#"{"a": "NaN", "b": ["-Infinity", 1]}"#
        );
        assert_eq!(quoted(r#"{"a\\": -NaN}"#).unwrap(), r#"{"a\\": "-NaN"}"#);
        assert_eq!(quoted("NaNInfinity").unwrap(), r#""NaN""Infinity""#);
        assert_eq!(quoted("\"\\"), None);
    }

    #[test]
    fn figures_are_numbers_or_the_words_for_no_number() {
        let read = |text: &str| serde_json::from_str::<Figure>(text).map(|f| f.0);
        assert_eq!(read("1").unwrap(), 1.0);
        assert_eq!(read("-2.5").unwrap(), -2.5);
        assert!(read("\"NaN\"").unwrap().is_nan());
        for text in ["\"1\"", "null", "true", "[]"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn statistics_of_samples() {
        let of = |samples: &[f64]| statistics(samples);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3.0]).unwrap().len(), 4);
        let of = of(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((of[0].1, of[1].1, of[2].1, of[3].1), (2.5, 2.5, 1.0, 4.0));
        assert!((of[4].1 - 1.290_994_448_735_805_6).abs() < 1e-15);
    }
}
