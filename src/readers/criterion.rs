//! One benchmark of criterion.rs 0.3 to 0.7: `target/criterion/**/new/estimates.json`.
//!
//! criterion spreads a benchmark over three files of a folder. `estimates.json` is the report; what
//! stands beside it (`benchmark.json` with the name, `sample.json` with the samples) is set before it
//! ([`companions`]), so that a reader sees one text of three JSON objects. The same text can be made
//! with `cat new/benchmark.json new/sample.json new/estimates.json`. A cut is always seen: the
//! estimates come last.
//!
//! Times are nanoseconds an iteration; criterion's files do not say when a custom measurement has
//! another unit. Ignored on purpose: confidence intervals, `slope`, throughput (it follows from the
//! time), and `change/estimates.json`, which holds fractions and is refused.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::measured::{self, Rows};
use super::{json, lines};
use crate::model::benchmarks::Statistic;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "criterion",
    kind: Kind::Benchmarks,
    tools: "criterion.rs",
    command: "cargo bench  # target/criterion/**/new/estimates.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array
                && (json.has(&["group_id", "full_id", "directory_name"])
                    || json.has(&["mean", "median", "median_abs_dev", "std_dev"]))
        }
        _ => false,
    },
    read,
};

/// Names of the files beside a report of that path that belong to it, in the order in which they
/// precede it: of the last run (`new`) or of a saved baseline, but not of a comparison.
pub(super) fn companions(path: &str) -> &'static [&'static str] {
    match path.rsplit(['/', '\\']).collect::<Vec<_>>().as_slice() {
        ["estimates.json", "change", ..] => &[],
        ["estimates.json", ..] => &["benchmark.json", "sample.json"],
        _ => &[],
    }
}

#[derive(Deserialize)]
struct Probe {
    full_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Name {
    full_id: String,
    // Named so that nothing else is taken for it.
    #[serde(rename = "group_id")]
    _group_id: String,
    #[serde(rename = "directory_name")]
    _directory_name: String,
}

#[derive(Deserialize)]
struct Sample {
    iters: Option<Vec<f64>>,
    times: Option<Vec<f64>>,
}

#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    median: Estimate,
    std_dev: Estimate,
    #[serde(rename = "median_abs_dev")]
    _median_abs_dev: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    if !text.trim_start().starts_with('{') {
        return Err(ReadError::new(Code::WrongFormat, "not the JSON of criterion"));
    }
    let refuse = |error: serde_json::Error| json::refusal(&error);
    let probe = Probe::deserialize(&mut serde_json::Deserializer::from_str(&text)).map_err(refuse)?;
    if probe.full_id.is_none() {
        return Err(missing("the name"));
    }
    let mut stream = serde_json::Deserializer::from_str(&text);
    let name = Name::deserialize(&mut stream).map_err(refuse)?;
    let Sample { iters: Some(iters), times: Some(totals) } =
        Sample::deserialize(&mut stream).map_err(refuse)?
    else {
        return Err(missing("the samples"));
    };
    let estimates = Estimates::deserialize(&mut stream).map_err(refuse)?;
    stream.end().map_err(refuse)?;
    let quoted = quote(&name.full_id);
    let times = per_iteration(&iters, &totals).ok_or_else(|| {
        ReadError::new(Code::Contradiction, format!("the samples of {quoted} do not fit together"))
    })?;
    let statistics = [
        (Statistic::Median, estimates.median.point_estimate),
        (Statistic::Mean, estimates.mean.point_estimate),
        (Statistic::Stddev, estimates.std_dev.point_estimate),
        (Statistic::Min, times.iter().copied().fold(f64::INFINITY, f64::min)),
        (Statistic::Max, times.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
    ];
    let mut rows = Rows::new(&FORMAT, input.limits);
    rows.add(&name.full_id, &name.full_id, measured::less("ns"), statistics, times.len() as u64)?;
    Ok(rows.report())
}

/// A file of the folder is not there.
fn missing(what: &str) -> ReadError {
    ReadError::new(Code::WrongFormat, format!("{what} of the benchmark must stand before its estimates"))
        .hint(
            "give the path .../new/estimates.json with benchmark.json and sample.json beside it, \
         or a file made with `cat benchmark.json sample.json estimates.json`",
        )
}

/// The time of one iteration in each sample.
pub(super) fn per_iteration(iters: &[f64], totals: &[f64]) -> Option<Vec<f64>> {
    let whole = !iters.is_empty() && iters.len() == totals.len();
    let counted = iters.iter().all(|n| *n > 0.0);
    (whole && counted).then(|| totals.iter().zip(iters).map(|(time, n)| time / n).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Body, Limits};

    const NAME: &str = r#"{"group_id":"g","full_id":"g/f","directory_name":"g/f"}"#;
    const SAMPLE: &str = r#"{"sampling_mode":"Linear","iters":[1,2],"times":[10,40]}"#;

    fn estimates(mean: &str) -> String {
        let e = |v: &str| format!(r#"{{"point_estimate":{v}}}"#);
        format!(r#"{{"mean":{},"median":{0},"std_dev":{0},"median_abs_dev":{0}}}"#, e(mean))
    }

    fn report(text: &str) -> Result<Report, ReadError> {
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    #[test]
    fn samples_are_totals() {
        let Body::Benchmarks(read) = report(&format!("{NAME}{SAMPLE}{}", estimates("15"))).unwrap().body
        else {
            panic!()
        };
        let one = &read.list[0];
        assert_eq!(
            (one.samples, one.statistics[&Statistic::Min], one.statistics[&Statistic::Max]),
            (2, 10.0, 20.0)
        );
    }

    #[test]
    fn parts_that_are_missing_or_do_not_fit_are_refused() {
        let all = |sample: &str, mean: &str| format!("{NAME}\n{sample}\n{}", estimates(mean));
        for (text, code) in [
            (estimates("15"), Code::WrongFormat),
            (NAME.to_owned(), Code::Truncated),
            (format!("{NAME}{SAMPLE}"), Code::Truncated),
            (format!("{NAME}{}", estimates("15")), Code::WrongFormat),
            (all(SAMPLE, "50"), Code::Contradiction),
            (all(SAMPLE, "NaN"), Code::Malformed),
            (all(&SAMPLE.replace("[1,2]", "[1]"), "15"), Code::Contradiction),
            (all(&SAMPLE.replace("[1,2]", "[1,0]"), "15"), Code::Contradiction),
            (all(SAMPLE, "15") + "{}", Code::Malformed),
        ] {
            assert_eq!(report(&text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn only_a_run_has_companions() {
        assert_eq!(companions("target/criterion/a/new/estimates.json").len(), 2);
        assert_eq!(companions("target/criterion/a/change/estimates.json").len(), 0);
        assert_eq!(companions("target/criterion/a/saved/estimates.json").len(), 2);
        assert_eq!(companions("estimates.json").len(), 2);
        assert_eq!(companions("new/my-estimates.json").len(), 0);
    }
}
