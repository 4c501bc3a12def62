//! Metrics of a running system: the text exposition format of Prometheus (0.0.4) and OpenMetrics 1.0.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>,
//! <https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>. OpenMetrics ends
//! with `# EOF`; Prometheus has no end mark but the last line's own. Both are read by the same rules,
//! and every line has to be one of theirs. One series twice is refused: nobody knows which one counts.
//! Without any `# TYPE` or `# HELP` the content tells no format, and it has to be declared. Ignored on
//! purpose: help texts, timestamps and exemplars, though they have to be well-formed.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::lines::{self, Line};
use super::prometheus_types::{Dialect, check_histograms, home};
use crate::model::metrics::{Family, MetricType, Metrics, Sample};
use crate::model::series::{self, NotSeries, Series};
use std::collections::{BTreeMap, HashSet};

/// The row of Prometheus.
pub(super) static PROMETHEUS: Format = Format {
    name: "prometheus",
    kind: Kind::Metrics,
    tools: "every exporter and client library of Prometheus, Micrometer, Spring Boot, ...",
    command: "curl -fsS http://localhost:8080/metrics > reports/metrics.prom",
    end: End::Records,
    detect: |head| looks_like(head) == Some(Dialect::Prometheus),
    read: |input| read(input, Dialect::Prometheus),
};

/// The row of OpenMetrics.
pub(super) static OPENMETRICS: Format = Format {
    name: "openmetrics",
    kind: Kind::Metrics,
    tools: "client libraries of Prometheus asked for OpenMetrics, OpenTelemetry, ...",
    command: "curl -fsS -H 'Accept: application/openmetrics-text' http://localhost:8080/metrics > reports/metrics.om",
    end: End::Marked,
    detect: |head| looks_like(head) == Some(Dialect::OpenMetrics),
    read: |input| read(input, Dialect::OpenMetrics),
};

/// The last line of OpenMetrics.
const EOF: &str = "# EOF";

/// Which of the two a text is, if it is one: something has to tell it from numbers in a text.
fn looks_like(head: &Head<'_>) -> Option<Dialect> {
    let Head::Text(text) = head else { return None };
    let meta = |line: &str| ["# TYPE ", "# HELP "].iter().any(|start| line.starts_with(start));
    let first = text.first.iter().find(|line| !line.starts_with('#') || meta(line))?;
    let any_meta = text.any(meta);
    if !any_meta || !(meta(first) || Series::split(first).is_ok_and(|(_, rest)| is_value(rest))) {
        return None;
    }
    let exemplar = |line: &str| Series::split(line).is_ok_and(|(_, rest)| rest.contains(" # {"));
    let counter = |line: &str| {
        counter(line).is_some_and(|name| {
            let total = format!("{name}_total");
            text.any(|line| is_sample_of(line, &total)) && !text.any(|line| is_sample_of(line, name))
        })
    };
    let open =
        text.any(|line| line == EOF || line.starts_with("# UNIT ") || exemplar(line)) || text.any(counter);
    Some(if open { Dialect::OpenMetrics } else { Dialect::Prometheus })
}

/// Whether a line goes on like a sample after its series.
fn is_value(rest: &str) -> bool {
    rest.split_ascii_whitespace().next().is_none_or(|word| number(word).is_some())
}

/// The counter that a line declares without the ending that Prometheus' counters have.
fn counter(line: &str) -> Option<&str> {
    let name = line.strip_prefix("# TYPE ")?.strip_suffix(" counter")?;
    (!name.ends_with("_total")).then_some(name)
}

fn is_sample_of(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{', '\t']))
}

/// What was read so far.
struct Reading<'a> {
    dialect: Dialect,
    limits: &'a Limits,
    families: Vec<Family>,
    /// Where each family is.
    places: BTreeMap<String, usize>,
    /// Which kinds of comments each family had.
    told: HashSet<(usize, &'static str)>,
    seen: HashSet<Series>,
}

fn read(input: &Input<'_>, dialect: Dialect) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut reading = Reading {
        dialect,
        limits: input.limits,
        families: Vec::new(),
        places: BTreeMap::new(),
        told: HashSet::new(),
        seen: HashSet::new(),
    };
    let (mut ended, mut first, mut last) = (false, true, 0);
    for line in lines::filled(&text) {
        last = line.number;
        if ended {
            return Err(wrong(&line, "stands after `# EOF`"));
        }
        if &*line.text == EOF && dialect == Dialect::OpenMetrics {
            ended = true;
        } else if &*line.text == EOF {
            return Err(ReadError::new(Code::WrongFormat, "`# EOF` ends OpenMetrics")
                .at(line.number, None)
                .hint("leave the format out, or declare format = \"openmetrics\""));
        } else if !line.ended {
            return Err(lines::unclosed("the last sample", line.number));
        } else {
            reading.line(&line).map_err(|error| as_other(error, first))?;
        }
        first = false;
    }
    if dialect == Dialect::OpenMetrics && !ended {
        return Err(lines::unclosed("OpenMetrics (`# EOF`)", last));
    }
    if reading.families.is_empty() {
        let message = "there is neither a metric nor a sample, only comments";
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    check_histograms(&reading.families)?;
    let format = if dialect == Dialect::OpenMetrics { &OPENMETRICS } else { &PROMETHEUS };
    Ok(Report::new(format, Body::Metrics(Metrics { families: reading.families })))
}

/// If the first line is none of the format's, the file is something else altogether.
fn as_other(error: ReadError, first: bool) -> ReadError {
    let other = first && error.code == Code::Malformed;
    if other { ReadError { code: Code::WrongFormat, ..error } } else { error }
}

fn wrong(line: &Line<'_>, why: &str) -> ReadError {
    let message = format!("{} {why}", quote(&line.text));
    ReadError::new(Code::Malformed, message).at(line.number, None)
}

impl Reading<'_> {
    fn line(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        match line.text.trim_start().strip_prefix('#') {
            Some(comment) => self.comment(line, comment),
            None => self.sample(line),
        }
    }

    fn comment(&mut self, line: &Line<'_>, comment: &str) -> Result<(), ReadError> {
        let comment = comment.trim_start();
        let first = comment.split_ascii_whitespace().next();
        let Some(word) = self.dialect.comments().iter().copied().find(|word| first == Some(*word)) else {
            return match self.dialect {
                Dialect::Prometheus => Ok(()),
                Dialect::OpenMetrics => Err(wrong(line, "is no comment of OpenMetrics")),
            };
        };
        let rest = comment[word.len()..].trim_start();
        let (name, rest) = series::name(rest).map_err(|why| refused(line, &why))?;
        let family = self.family(&name)?;
        if !self.told.insert((family, word)) {
            let message = format!("there is a second {word} line of {}", quote(&name));
            return Err(ReadError::new(Code::Duplicate, message).at(line.number, None));
        }
        self.tell(line, family, word, rest.trim())
    }

    fn tell(&mut self, line: &Line<'_>, family: usize, word: &str, text: &str) -> Result<(), ReadError> {
        let known = &mut self.families[family];
        if word == "TYPE" {
            known.kind = self.dialect.kind(text).ok_or_else(|| wrong(line, "names no type of metric"))?;
            if !known.samples.is_empty() {
                return Err(wrong(line, "stands after samples of its metric"));
            }
        } else if word == "UNIT" && !text.is_empty() {
            if !known.name.ends_with(&format!("_{text}")) {
                return Err(wrong(line, "names a unit that the metric's name does not end in"));
            }
            known.unit = Some(text.to_owned());
        }
        Ok(())
    }

    /// The family of that name; a new one if there is none.
    fn family(&mut self, name: &str) -> Result<usize, ReadError> {
        if let Some(place) = self.places.get(name) {
            return Ok(*place);
        }
        let place = self.families.len();
        self.limits.check_items(place + 1)?;
        self.places.insert(name.to_owned(), place);
        let name = name.to_owned();
        self.families.push(Family { name, kind: MetricType::Unknown, unit: None, samples: Vec::new() });
        Ok(place)
    }

    fn sample(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let (series, rest) = Series::split(line.text.trim_start()).map_err(|why| refused(line, &why))?;
        let (rest, exemplar) = match rest.split_once(" # ") {
            Some((rest, exemplar)) if self.dialect == Dialect::OpenMetrics => (rest, Some(exemplar)),
            _ => (rest, None),
        };
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        let (value, time) = match words.as_slice() {
            [value] => (*value, None),
            [value, time] => (*value, Some(*time)),
            [] => return Err(wrong(line, "has no value")),
            _ => return Err(wrong(line, "has more than a value and a time")),
        };
        let value = number(value).ok_or_else(|| wrong(line, "has a value that is no number"))?;
        if time.is_some_and(|time| !self.dialect.is_time(time)) {
            return Err(wrong(line, "has a time that is none"));
        }
        if exemplar.is_some_and(|exemplar| !is_exemplar(exemplar)) {
            return Err(wrong(line, "has an exemplar that is none"));
        }
        if !self.seen.insert(series.clone()) {
            let message = format!("the series {} is there twice", quote(&series.to_string()));
            return Err(ReadError::new(Code::Duplicate, message).at(line.number, None));
        }
        self.limits.check_items(self.seen.len())?;
        let place = match home(&series.name, self.dialect, |name| {
            self.places.get(name).map(|place| (*place, self.families[*place].kind))
        }) {
            Some(place) => place,
            None => self.family(&series.name)?,
        };
        self.families[place].samples.push(Sample { series, value });
        Ok(())
    }
}

fn refused(line: &Line<'_>, why: &NotSeries) -> ReadError {
    // A line is whole, so a series that stops inside of it is no series.
    ReadError::new(Code::Malformed, format!("{}: {why}", quote(&line.text))).at(line.number, None)
}

/// A number as Go writes it, `NaN`, `+Inf` and `-Inf` among them; none that a double cannot hold.
fn number(word: &str) -> Option<f64> {
    let bare = word.trim_start_matches(['+', '-']);
    let named = ["inf", "infinity", "nan"].iter().any(|name| bare.eq_ignore_ascii_case(name));
    let number: f64 = word.parse().ok()?;
    (named || number.is_finite()).then_some(number)
}

/// `{label="value"} value [time]`
fn is_exemplar(text: &str) -> bool {
    let series = format!("x{text}");
    let Ok((_, rest)) = Series::split(&series) else { return false };
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    text.starts_with('{') && matches!(words.len(), 1 | 2) && words.iter().all(|word| number(word).is_some())
}

#[cfg(test)]
mod tests;
