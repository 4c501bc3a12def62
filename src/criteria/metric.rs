//! `metric`: any number keeps a bound: one of a JSON file, a sample of Prometheus, or a piece of a text.

use super::judgement::plural;
use super::spec::{self, Problem, did_you_mean, text::Text};
use super::target::{Meaning, Target, Unit, shown};
use super::{BOTH, Context, Criterion, Judgement, Kind};
use crate::evidence::{Detail, Doubt, ReportFile, merge};
use crate::model::metrics;
use crate::model::place::Place;
use crate::model::quantity::{Bound, Dimension};
use crate::model::series::Series;
use crate::model::values::{Leaf, Values};
use crate::readers::{self, Body};
use regex::{Captures, Regex};
use std::collections::BTreeMap;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "metric",
    summary: "any number of a report keeps a bound",
    guide: "Where the number is: `pointer` into a JSON file (an entry with format = \"json\"), `regex` over a text \
            (format = \"text\"; the group `value`, else the first one), or `sample` of Prometheus metrics. Where \
            several numbers are found, all of them have to keep the bound, and every file has to hold one. A bound \
            with a unit needs to know the unit of the number: unit = \"ms\", or the group `unit` of the regex.",
    example: "[reports] {name} = { path = \"reports/{name}.json\", format = \"json\" }; \
              [gates.{gate}.{name}] kind = \"metric\", pointer = \"/total\", at = \"< 100\"",
    judged_on: BOTH,
    reports: KINDS,
    codes: &[
        ("metric/missed", "the number does not keep the bound"),
        ("metric/absent", "the number is not where it should be"),
        ("metric/no-number", "what is there is no number"),
        ("metric/unit", "the number's unit cannot be compared with the bound's"),
    ],
    parse,
    schema: <Keys as schemars::JsonSchema>::json_schema,
};

/// What it reads.
const KINDS: &[readers::Kind] = &[readers::Kind::Values, readers::Kind::Metrics];

/// Keys of a `metric` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Keys {
    /// Where the number is in a JSON file, as a JSON pointer: "/bundle/bytes".
    pointer: Option<String>,
    /// Which sample of Prometheus metrics: "up{job=\"api\"}".
    sample: Option<String>,
    /// What captures the number in a text, line by line with ^ and $.
    regex: Option<String>,
    /// The bound: "< 2 MB".
    at: Text<Bound>,
    /// The unit of the number: "B", "ms", "ratio".
    #[schemars(with = "Option<String>")]
    unit: Option<Unit>,
}

/// Where the number is.
#[derive(Debug)]
enum Spot {
    Pointer(String),
    Sample(Series),
    Regex(Regex),
}

#[derive(Debug)]
struct Metric {
    spot: Spot,
    target: Target,
}

/// Most bytes of a compiled regular expression.
const MOST: usize = 1 << 20;

fn parse(table: toml::Table) -> super::Parsed {
    let keys = spec::read::<Keys>(table, &spec::keys_of::<Keys>())?;
    let target = Target { at: keys.at.0, unit: keys.unit };
    let wrong = |key: &str, message: String| vec![Problem::new([key], message)];
    let spot = match (keys.pointer, keys.sample, keys.regex) {
        (Some(pointer), None, None) if pointer.is_empty() || pointer.starts_with('/') => {
            Spot::Pointer(pointer)
        }
        (Some(pointer), None, None) => {
            let hint = format!("write \"/{}\"", pointer.trim_start_matches("$.").replace('.', "/"));
            return Err(vec![Problem::new(["pointer"], "a JSON pointer begins with `/`").hint(hint)]);
        }
        (None, Some(sample), None) => Spot::Sample(
            sample.parse().map_err(|why| wrong("sample", format!("`{sample}` is no selector: {why}")))?,
        ),
        (None, None, Some(text)) => Spot::Regex(regex(&text).map_err(|why| wrong("regex", why))?),
        _ => {
            let problem = Problem::new(
                ["at"],
                "exactly one of `pointer`, `sample` and `regex` says where the number is",
            );
            return Err(vec![problem.key()]);
        }
    };
    // Metrics tell their own unit, and so may a regex.
    let told = match &spot {
        Spot::Pointer(_) => false,
        Spot::Sample(_) => true,
        Spot::Regex(regex) => regex.capture_names().flatten().any(|name| name == "unit"),
    };
    if !told && target.unit.is_none() && target.at.limit.dimension != Dimension::Number {
        let problem = Problem::new(["at"], "the bound has a unit, and nothing tells the unit of the number");
        let hint = format!("add unit = \"{}\", or whatever it is in", target.at.limit.dimension.base());
        return Err(vec![problem.hint(hint)]);
    }
    Ok(Box::new(Metric { spot, target }))
}

fn regex(text: &str) -> Result<Regex, String> {
    let regex = regex::RegexBuilder::new(text).multi_line(true).crlf(true).size_limit(MOST).build();
    let regex = regex
        .map_err(|why| format!("no regular expression: {}", why.to_string().lines().last().unwrap_or("")))?;
    if regex.captures_len() < 2 {
        return Err("the number stands in a group: 'total: ([0-9.]+)'".to_owned());
    }
    Ok(regex)
}

/// A number that was found, in a file, with its name and the unit that the report tells.
struct Found {
    place: Place,
    name: String,
    number: f64,
    own: Option<Meaning>,
}

impl Criterion for Metric {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        let expected = format!("{} {}", self.name(), self.target.at);
        if context.reports.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no report to take the number from")
                .expected(expected);
        }
        let files = match merge::files_of(context.reports, KINDS) {
            Ok(files) => files,
            Err(doubt) => return Judgement::unproven(doubt).expected(expected),
        };
        let found: Result<Vec<_>, Doubt> = files.iter().map(|file| self.find(file)).collect();
        let judgement = match found.and_then(|found| self.decide(found.into_iter().flatten().collect())) {
            Ok(judgement) => judgement,
            Err(doubt) => Judgement::unproven(doubt),
        };
        judgement
            .expected(expected)
            .notices(merge::notices(&files))
            .evidence(files.iter().map(|file| file.source()).collect())
    }
}

impl Metric {
    fn name(&self) -> String {
        match &self.spot {
            Spot::Pointer(pointer) => pointer.clone(),
            Spot::Sample(series) => series.to_string(),
            Spot::Regex(regex) => regex.to_string(),
        }
    }

    /// All numbers of one file.
    fn find(&self, file: &ReportFile) -> Result<Vec<Found>, Doubt> {
        let Ok(report) = &file.report else { return Ok(Vec::new()) };
        let other = |needed: &str| {
            let message = format!("{} was read as {}", file.path, report.format.name);
            Doubt::new("metric/absent", message, format!("{needed}, or name another entry of [reports]"))
        };
        match (&self.spot, &report.body) {
            (Spot::Pointer(pointer), Body::Values(Values::Json(leaves))) => pointed(file, pointer, leaves),
            (Spot::Pointer(_), _) => Err(other("declare format = \"json\"")),
            (Spot::Regex(regex), Body::Values(Values::Text(text))) => captured(file, regex, text),
            (Spot::Regex(_), _) => Err(other("declare format = \"text\"")),
            (Spot::Sample(series), Body::Metrics(metrics)) => {
                let found = metrics.select(series).into_iter().map(|(family, sample)| Found {
                    place: Place::file(&file.path),
                    name: sample.series.to_string(),
                    number: sample.value,
                    own: family.unit_of(sample),
                });
                some(found.collect(), || format!("{} has no sample {series}", file.path))
            }
            (Spot::Sample(_), _) => Err(other("let it be Prometheus metrics")),
        }
    }

    fn decide(&self, found: Vec<Found>) -> Result<Judgement, Doubt> {
        let converted = found.iter().map(|one| {
            let number = self.target.convert(one.number, one.own).map_err(|why| {
                let message = format!("{}: {why}", one.name);
                Doubt::new("metric/unit", message, "say it with unit = \"...\", or correct the bound")
            })?;
            Ok((one, number))
        });
        let converted: Vec<_> = converted.collect::<Result<_, Doubt>>()?;
        let detail = |(one, number): &(&Found, _)| {
            Detail::at(one.place.clone(), format!("{}: {}", one.name, self.target.beside(*number)))
        };
        let missed: Vec<_> = converted.iter().filter(|(_, number)| !self.target.holds(*number)).collect();
        let measured = match (converted.as_slice(), missed.as_slice()) {
            ([(_, number)], _) => shown(*number),
            (all, []) => format!("all of {} keep it", plural(all.len() as u64, "number")),
            (all, missed) => format!("{} of {} miss it", missed.len(), plural(all.len() as u64, "number")),
        };
        if missed.is_empty() {
            return Ok(Judgement::passed("metric", measured).details(converted.iter().map(detail).collect()));
        }
        let message = format!("{}: {measured}, required {}", self.name(), self.target.at);
        let next = "bring the number within the bound, and make the report again";
        let details = missed.into_iter().map(detail).collect();
        Ok(Judgement::failed("metric/missed", measured, next).message(message).details(details))
    }
}

/// At least one, or it is absent.
fn some(found: Vec<Found>, why: impl Fn() -> String) -> Result<Vec<Found>, Doubt> {
    if found.is_empty() {
        return Err(Doubt::new("metric/absent", why(), "look at the file, and correct where the number is"));
    }
    Ok(found)
}

fn pointed(file: &ReportFile, pointer: &str, leaves: &BTreeMap<String, Leaf>) -> Result<Vec<Found>, Doubt> {
    let place = Place::file(&file.path);
    match leaves.get(pointer) {
        Some(Leaf::Number(number)) => {
            Ok(vec![Found { place, name: pointer.to_owned(), number: *number, own: None }])
        }
        Some(Leaf::Other(what)) => Err(Doubt::new(
            "metric/no-number",
            format!("{}: {pointer} is {what}", file.path),
            "point at a number, or read the file as format = \"text\" with a regex",
        )),
        None => {
            let near = did_you_mean(pointer, leaves.keys().map(String::as_str));
            let below = leaves.keys().find(|known| known.starts_with(&format!("{pointer}/")));
            let next = below.map(|known| format!("it is no number itself; there is {known}")).or(near);
            let next = next.unwrap_or_else(|| "look at the file, and correct the pointer".to_owned());
            Err(Doubt::new("metric/absent", format!("{} has no {pointer}", file.path), next))
        }
    }
}

fn captured(file: &ReportFile, regex: &Regex, text: &str) -> Result<Vec<Found>, Doubt> {
    let mut found = Vec::new();
    for captures in regex.captures_iter(text) {
        found.push(one(file, &captures, text)?);
    }
    some(found, || format!("nothing in {} matches {regex}", file.path))
}

fn one(file: &ReportFile, captures: &Captures<'_>, text: &str) -> Result<Found, Doubt> {
    let group = captures.name("value").or_else(|| captures.get(1));
    let (at, written) = group.map_or((0, ""), |group| (group.start(), group.as_str()));
    let line = text[..at].matches('\n').count() + 1;
    let place = Place { line: u32::try_from(line).ok(), ..Place::file(&file.path) };
    let short: String = written.chars().take(40).collect();
    let no_number = |what: String| {
        let message = format!("{}:{line}: {what}", file.path);
        Doubt::new("metric/no-number", message, "let the group capture the number alone")
    };
    // Thousands are often set apart.
    let plain = written.trim().replace([',', '_', ' '], "");
    let number = plain.parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or_else(|| no_number(format!("`{short}` is no number")))?;
    let own = match captures.name("unit") {
        None => None,
        Some(unit) => Some(metrics::unit(unit.as_str().trim()).ok_or_else(|| {
            no_number(format!("`{}` is no unit", unit.as_str().chars().take(40).collect::<String>()))
        })?),
    };
    Ok(Found { place, name: short, number, own })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let problems = parse(text.parse().unwrap()).err().unwrap_or_default();
        problems.into_iter().map(|p| format!("{}: {}", p.path.join("."), p.message)).collect()
    }

    #[test]
    fn every_mistake_of_the_keys_is_named() {
        for (text, wrong) in [
            ("at = '< 1'", "at: exactly one of"),
            ("at = '< 1'\npointer = '/a'\nregex = '(a)'", "at: exactly one of"),
            ("at = '< 1 ms'\npointer = '/a'", "at: the bound has a unit"),
            ("at = '< 1 ms'\nregex = '([0-9]+)'", "at: the bound has a unit"),
            ("at = '< 1'\npointer = 'a.b'", "pointer: a JSON pointer begins"),
            ("at = '< 1'\nregex = '[0-9]+'", "regex: the number stands in a group"),
            ("at = '< 1'\nregex = '('", "regex: no regular expression"),
            ("at = '< 1'\nsample = 'a b'", "sample: `a b` is no selector"),
            ("at = '< 1'\npointer = '/a'\nunit = 'parsecs'", "unit: `parsecs` is not a unit"),
            ("at = 'fast'\npointer = '/a'", "at: `fast` is not a bound"),
        ] {
            assert!(problems(text).iter().any(|p| p.starts_with(wrong)), "{text}: {:?}", problems(text));
        }
        for text in [
            "at = '< 1 ms'\npointer = '/a'\nunit = 's'",
            "at = '< 1 ms'\nregex = '(?<value>[0-9]+) (?<unit>[a-z]+)'",
            "at = '< 1 ms'\nsample = 'a_seconds'",
            "at = '< 1'\npointer = ''",
        ] {
            assert_eq!(problems(text), Vec::<String>::new(), "{text}");
        }
    }
}
