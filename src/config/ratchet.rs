//! `milegate.ratchet.toml`: text in, the figures out; and the same text with better figures.

use super::mistake::Mistakes;
use super::section::{self};
use super::source::Source;
use super::words;
use crate::criteria::spec::{Problem, did_you_mean};
use crate::model::quantity::Bound;
use crate::model::ratchet::{self, BENCHMARK, Figure, Level, Measured, Ratchet};
use crate::model::snapshot::Snapshot;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::Range;
use toml::Value;

/// Where it stands, from the repository's root.
pub const PATH: &str = "milegate.ratchet.toml";

/// Keys of one figure.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FigureKeys {
    name: Option<String>,
    at: Option<String>,
    reason: Option<String>,
    #[schemars(with = "Option<String>")]
    date: Option<Value>,
    by: Option<String>,
}

/// Reads the text of the file.
///
/// # Errors
/// Every mistake in it.
pub fn read(text: &str) -> Result<Ratchet, Mistakes> {
    parsed(text).map(|(ratchet, _)| ratchet)
}

fn parsed(text: &str) -> Result<(Ratchet, Source<'_>), Mistakes> {
    let (source, table) = Source::parse(text).map_err(|wrong| Mistakes::new(PATH, wrong))?;
    let mut problems = Vec::new();
    for key in table.keys().filter(|key| *key != "figures") {
        let problem = Problem::new([key], format!("unknown key `{key}`")).key();
        problems.push(problem.hint("there are [[figures]] with name, at, reason, date and by"));
    }
    let mut figures: Vec<Figure> = Vec::new();
    let mut wrong = Vec::new();
    section::each(&table, "figures", &mut problems, |at, mut section| {
        let keys: FigureKeys = section.read();
        for (key, example) in [
            ("name", "name = \"coverage.lines\""),
            ("at", "at = \">= 89.9%\""),
            ("reason", "reason = \"...\", for whoever reads it later"),
            ("date", "date = 2026-11-23: the day on which it was set"),
            ("by", "by = \"...\": who set it"),
        ] {
            section.require(key, example);
        }
        let reason = section.checked("reason", keys.reason, words::line);
        let by = section.checked("by", keys.by, words::line);
        // Asked of the file's own value: in the keys a date cannot be told from a text any more.
        let date = keys.date.and_then(|_| section.value("date")).map(day).transpose().unwrap_or_else(|why| {
            section.wrong(&["date"], why);
            None
        });
        let (Some(name), Some(text)) = (keys.name, keys.at) else { return };
        if let Err((key, why, hint)) = level(&name, &text) {
            let problem = section.problem(&[key], why);
            section.push(problem.hint(hint));
        }
        if figures.iter().any(|known| known.name == name) {
            section.wrong(&["name"], format!("`{name}` stands in the file twice"));
        }
        let place = source.locate(&Problem::new(["figures", &at.to_string(), "name"], ""));
        let line = u32::try_from(place.line).unwrap_or(u32::MAX);
        match (level(&name, &text), reason, date, by) {
            (Ok(at), Some(reason), Some(date), Some(by)) => {
                figures.push(Figure { name, at, reason, date, by, line });
            }
            _ => wrong.push(name),
        }
    });
    if problems.is_empty() && wrong.is_empty() {
        return Ok((Ratchet { figures }, source));
    }
    Err(Mistakes::new(PATH, problems.iter().map(|problem| source.locate(problem)).collect()))
}

/// A figure's level, or the key that is wrong, why, and what to write.
fn level(name: &str, text: &str) -> Result<Level, (&'static str, String, String)> {
    if name.strip_prefix(BENCHMARK).is_some_and(|name| !name.trim().is_empty()) {
        let wrong =
            |e: crate::model::quantity::NotBound| ("at", e.to_string(), "at = \"<= 12 ms\"".to_owned());
        return text.parse().map(Level::Amount).map_err(wrong);
    }
    let Some(metric) = ratchet::metric(name) else {
        let names = ratchet::METRICS.iter().map(|metric| metric.name);
        let all = names.clone().chain(["benchmark:NAME"]).collect::<Vec<_>>().join(", ");
        let hint = did_you_mean(name, names).unwrap_or(all);
        return Err(("name", format!("there is no figure `{name}`"), hint));
    };
    if metric.is_share {
        return text.parse().map(Level::Share).map_err(|e: crate::model::ratio::NotThreshold| {
            ("at", e.to_string(), "at = \">= 89.9%\"".to_owned())
        });
    }
    let example = format!("at = \"{} 12\"", metric.sense);
    match text.parse::<Bound>() {
        Ok(bound) if bound.lower_is_better() == metric.sense.holds(std::cmp::Ordering::Less) => {
            Ok(Level::Amount(bound))
        }
        Ok(_) => Err(("at", format!("`{text}` is the wrong sense for {name}"), example)),
        Err(error) => Err(("at", error.to_string(), example)),
    }
}

/// A TOML date without a time.
fn day(value: &Value) -> Result<String, String> {
    match value {
        Value::Datetime(moment) if moment.time.is_none() && moment.offset.is_none() => Ok(moment.to_string()),
        _ => Err("expected a date without quotes, such as 2026-11-23".to_owned()),
    }
}

/// A figure that is better now than it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Its name.
    pub name: String,
    /// As it was.
    pub from: String,
    /// As it is.
    pub to: String,
}

/// The text with every figure that this run is better than, and what was raised. Values of benchmarks
/// are left alone: they are never twice the same, and the best of them would soon be missed.
///
/// # Errors
/// Every mistake in the text.
pub fn raised(text: &str, run: &Snapshot) -> Result<(String, Vec<Raised>), Mistakes> {
    let (ratchet, source) = parsed(text)?;
    let (mut out, mut all) = (text.to_owned(), Vec::new());
    for (index, figure) in ratchet.figures.iter().enumerate().rev() {
        let Some(to) = better(figure, run) else { continue };
        let path = ["figures".to_owned(), index.to_string(), "at".to_owned()];
        let Some(span): Option<Range<usize>> = source.span(&path) else { continue };
        out.replace_range(span, &format!("\"{to}\""));
        all.push(Raised { name: figure.name.clone(), from: figure.at.to_string(), to });
    }
    all.reverse();
    Ok((out, all))
}

fn better(figure: &Figure, run: &Snapshot) -> Option<String> {
    let metric = ratchet::metric(&figure.name)?;
    let to = standing(metric, ratchet::measure(metric.name, run)?)?;
    let at = level(metric.name, &to).ok()?;
    (figure.at.is_looser_than(&at) && !at.is_looser_than(&figure.at)).then_some(to)
}

/// Where a figure stands that was measured now; shares rounded down.
fn standing(metric: &ratchet::Metric, measured: Measured) -> Option<String> {
    match measured {
        Measured::Share(ratio) if ratio.is_empty() => None,
        Measured::Share(ratio) => Some(format!("{} {}", metric.sense, ratio.percent())),
        Measured::Amount(amount) => Some(format!("{} {amount}", metric.sense)),
    }
}

/// A file of all that this run measured, but for benchmarks.
pub fn first(run: &Snapshot, date: &str, by: &str) -> String {
    let mut out =
        "# Figures that may only get better. Lower one only with a reason and the day.\n".to_owned();
    for metric in ratchet::METRICS {
        let measured = ratchet::measure(metric.name, run);
        let Some(at) = measured.and_then(|measured| standing(metric, measured)) else { continue };
        let by = Value::String(by.to_owned());
        out.push_str(&format!(
            "\n[[figures]]\nname = \"{}\"\nat = \"{at}\"\nreason = \"as it was found\"\ndate = {date}\nby = {by}\n",
            metric.name
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::coverage::Lines;
    use crate::model::findings::Severity;
    use crate::model::snapshot::{FileMark, FindingMark, Fingerprint};

    const FILE: &str = "# ours\n[[figures]]\nname = 'coverage.lines'  # kept\nat   = '>= 50%'\nreason = 'so it was'\n\
                        date = 2026-11-01\nby = 'alice'\n\n[[figures]]\nname = 'findings.error'\nat = '<= 1'\n\
                        reason = 'old'\ndate = 2026-11-02\nby = 'bob'\n";

    /// 2 of 3 lines, 2 errors.
    fn run() -> Snapshot {
        let lines = Lines::collect([(1, true), (2, true), (3, false)]);
        let print = |n: u8| Fingerprint {
            tool: "t".into(),
            rule: n.to_string(),
            path: String::new(),
            message: String::new(),
        };
        let error = FindingMark { severity: Severity::Error, count: 1 };
        Snapshot {
            coverage: Some([("a".into(), FileMark { total: lines.ratio(), lines, branches: None })].into()),
            findings: Some([(print(1), error), (print(2), error)].into()),
            ..Snapshot::default()
        }
    }

    #[test]
    fn raises_by_splices_and_lowers_nothing() {
        let (text, raised) = raised(FILE, &run()).unwrap();
        assert_eq!(text, FILE.replace("'>= 50%'", "\">= 66.6%\""));
        assert_eq!(raised.len(), 1);
        assert_eq!((raised[0].from.as_str(), raised[0].to.as_str()), (">= 50%", ">= 66.6%"));
        // Once raised it stays.
        assert_eq!(super::raised(&text, &run()).unwrap(), (text, Vec::new()));
    }

    #[test]
    fn a_first_file_is_read_and_holds() {
        let text = first(&run(), "2026-11-23", "al\"ice");
        let ratchet = read(&text).unwrap();
        let names: Vec<_> = ratchet.figures.iter().map(|figure| figure.name.as_str()).collect();
        let findings =
            ["findings.total", "findings.critical", "findings.error", "findings.warning", "findings.info"];
        assert_eq!(names, [["coverage.lines"].as_slice(), &findings].concat());
        for figure in &ratchet.figures {
            assert!(figure.at.holds(ratchet::measure(&figure.name, &run()).unwrap()), "{}", figure.name);
            assert_eq!(figure.by, "al\"ice");
        }
    }

    #[test]
    fn every_mistake_has_its_line() {
        for (from, to, line) in [
            ("coverage.lines", "coverage.line", 3),
            (">= 50%", "<= 50%", 4),
            ("2026-11-01", "'2026-11-01'", 6),
            ("findings.error", "coverage.lines", 10),
            ("<= 1", ">= 1", 11),
            ("by = 'bob'", "from = 'bob'", 14),
            ("# ours", "ours = 1", 1),
        ] {
            let wrong = read(&FILE.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(wrong.contains(&format!(":{line}:")), "{to}: {wrong}");
        }
    }
}
