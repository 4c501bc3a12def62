//! A result file of airspeed velocity (asv) 0.4 and later, `results/MACHINE/COMMIT-ENV.json`.
//!
//! `time_*` are seconds, `mem_*` and `peakmem_*` bytes; the unit of a `track_*` stands in another file
//! (`benchmarks.json`), so it is read as a plain number. asv itself holds that less is better for all.
//! `null` is a benchmark that failed, `NaN` one that was skipped. A benchmark with parameters has a
//! result for each combination, the last parameter changing fastest. Ignored on purpose: the other
//! columns (quartiles, samples, profiles, start and duration), and the environment's other details.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::json::UniqueMap;
use super::machine;
use super::measured::{self, Figure, Rows, less};
use crate::model::benchmarks::Statistic;
use crate::model::machine::Machine;
use serde_json::Value;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "asv-json",
    kind: Kind::Benchmarks,
    tools: "asv",
    command: "asv run  # .asv/results/MACHINE/COMMIT-ENV.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => !json.array && json.has(&["commit_hash", "env_name", "results", "params"]),
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    commit_hash: String,
    #[serde(default)]
    params: Value,
    results: UniqueMap<Value>,
    // Version 2; before it a result is a number, or an object with `result` and `params`.
    result_columns: Option<Vec<String>>,
    version: Option<u64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = measured::parse(input)?;
    if document.version.is_some_and(|version| version > 2) {
        return Err(ReadError::new(Code::Malformed, "a version of asv's results that is not known"));
    }
    let column = |name: &str| document.result_columns.as_ref()?.iter().position(|have| have == name);
    let columns = (column("result"), column("params"));
    let mut rows = Rows::new(&FORMAT, input.limits);
    rows.commit(&document.commit_hash);
    rows.machine(machine_of(&document.params));
    for (name, entry) in &document.results.0 {
        let (result, params) = match (entry, columns) {
            (Value::Array(entry), (Some(result), Some(params))) => (entry.get(result), entry.get(params)),
            (Value::Object(entry), _) => (entry.get("result"), entry.get("params")),
            (plain, _) => (Some(plain), None),
        };
        add(name, result.unwrap_or(&Value::Null), params, &mut rows)?;
    }
    Ok(rows.report())
}

/// As `asv machine` was told; the interpreter may be a path, which says nothing.
fn machine_of(params: &Value) -> Option<Machine> {
    let text = |key: &str| machine::text(params, &[key]);
    let python = Some(text("/python")).filter(|p| p.starts_with(|c: char| c.is_ascii_digit()));
    machine::known(Machine {
        cpu: text("/cpu"),
        cores: machine::cores(params, "/num_cpu"),
        os: machine::system(&text("/os"), &text("/arch")),
        toolchain: python.map(|p| machine::toolchain("Python", &p, 2)).unwrap_or_default(),
    })
}

fn add(name: &str, result: &Value, params: Option<&Value>, rows: &mut Rows<'_>) -> Result<(), ReadError> {
    let malformed =
        || ReadError::new(Code::Malformed, format!("the result of {} cannot be read", quote(name)));
    let names = match params {
        None | Some(Value::Null) => vec![String::new()],
        Some(params) => combinations(params, rows).ok_or_else(malformed)?,
    };
    let results = match result {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    if results == [Value::Null] || results.is_empty() {
        return Err(measured::failed(format!("the benchmark {} failed", quote(name))));
    }
    if results.len() != names.len() {
        let message =
            format!("{} has {} results for {} combinations", quote(name), results.len(), names.len());
        return Err(ReadError::new(Code::Contradiction, message));
    }
    let bare = measured::bare(name, ".");
    let unit = match bare.split('_').next() {
        Some("time" | "timeraw") => less("s"),
        Some("mem" | "peakmem") => less("B"),
        _ => less(""),
    };
    for (params, result) in names.iter().zip(results) {
        let full_name = format!("{name}{params}");
        if result.is_null() {
            return Err(measured::failed(format!("the benchmark {} failed", quote(&full_name))));
        }
        let Figure(value) = serde_json::from_value(result.clone()).map_err(|_| malformed())?;
        if value.is_nan() {
            rows.notice(format!("the benchmark {} was skipped", quote(&full_name)));
            continue;
        }
        rows.add(&format!("{bare}{params}"), &full_name, unit.clone(), [(Statistic::Mean, value)], 1)?;
        if bare.starts_with("track") {
            rows.unsure(&full_name);
        }
    }
    Ok(())
}

/// `(10, 'list')` for each combination of parameters; one empty text without parameters.
fn combinations(params: &Value, rows: &Rows<'_>) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    for values in params.as_array()? {
        let values = values.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
        rows.room_for(all.len().checked_mul(values.len())?).ok()?;
        all = all
            .iter()
            .flat_map(|before| {
                let comma = if before.is_empty() { "" } else { ", " };
                values.iter().map(move |value| format!("{before}{comma}{value}"))
            })
            .collect();
    }
    Some(all.into_iter().map(|text| if text.is_empty() { text } else { format!("({text})") }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(results: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
        let text = format!(
            r#"{{"commit_hash": "0123456789012345678901234567890123456789", "env_name": "e", "params": {{}},
                "result_columns": ["result", "params", "version"], "results": {{{results}}}, "version": 2}}"#
        );
        testing::benchmarks(read, &text)
    }

    #[test]
    fn combinations_and_units() {
        let (read, notices) = report(
            r#""a.time_x": [[1, 2, 3, NaN], [["1", "2"], ["'p'", "'q'"]], "v"], "a.peakmem_y": [[8], []], "a.track_z": 5"#,
        )
        .unwrap();
        let names: Vec<_> = read.list.iter().map(|b| b.full_name.as_str()).collect();
        assert_eq!(
            names,
            ["a.peakmem_y", "a.time_x(1, 'p')", "a.time_x(1, 'q')", "a.time_x(2, 'p')", "a.track_z"]
        );
        assert_eq!((&*read.list[0].unit, &*read.list[1].unit, read.list[3].value()), ("B", "s", 3.0));
        assert_eq!(notices.len(), 2);
        assert!(read.commit.is_some());
    }

    #[test]
    fn failed_benchmarks_are_refused() {
        for (results, code) in [
            (r#""a": null"#, Code::ToolFailed),
            (r#""a": [null, [], "v"]"#, Code::ToolFailed),
            (r#""a": [[1, null], [["1", "2"]], "v"]"#, Code::ToolFailed),
            (r#""a": [[1], [["1", "2"]], "v"]"#, Code::Contradiction),
            (r#""a": [["x"], [], "v"]"#, Code::Malformed),
            (r#""a": [[1], [1], "v"]"#, Code::Malformed),
            (r#""a": Infinity"#, Code::Malformed),
            (r#""a": 1, "a": 2"#, Code::Duplicate),
        ] {
            assert_eq!(report(results).unwrap_err().code, code, "{results}");
        }
    }
}
