//! Istanbul's JSON (istanbul-lib-coverage 3): `coverage-final.json` and `coverage-summary.json` of
//! nyc, c8, jest and vitest.
//!
//! **coverage-final**: a statement is one of its own by where it stands; a line is hit if a statement
//! that begins on it is, as Istanbul counts. Branches are the arms in `b`, told apart by where the
//! branch stands: indexes differ from run to run. Functions are those of `f`. A file that is wrapped
//! in `data` is read all the same. Ignored on purpose: `bT`, hashes, source maps.
//!
//! **coverage-summary**: totals of each file without lines, so that it answers for ratios and not for
//! changed-lines. `total` is a hint; percentages (which may be "Unknown") and `branchesTrue` are ignored.

use super::coverage_draft::{Draft, Hits, differs, line, ratio};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use crate::model::coverage::{Block, Coverage, FileCoverage, Span, Totals};
use crate::model::ratio::Ratio;
use std::collections::HashMap;

/// The row of coverage-final.json.
pub(super) static FINAL: Format = Format {
    name: "istanbul",
    kind: Kind::Coverage,
    tools: "Istanbul: nyc, c8, jest, vitest",
    command: "jest --coverage --coverageReporters=json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) if !json.array => {
            let some = |tail| json.nested.iter().any(|key| key.ends_with(tail));
            some(".statementMap") && some(".path")
        }
        _ => false,
    },
    read: read_final,
};

/// The row of coverage-summary.json.
pub(super) static SUMMARY: Format = Format {
    name: "istanbul-summary",
    kind: Kind::Coverage,
    tools: "Istanbul: nyc, c8, jest, vitest",
    command: "jest --coverage --coverageReporters=json-summary",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) if !json.array && json.has(&["total"]) => {
            let metrics = ["total.lines", "total.statements", "total.functions", "total.branches"];
            metrics.iter().all(|metric| json.nested.iter().any(|key| key == metric))
        }
        _ => false,
    },
    read: read_summary,
};

/// A file of coverage-final.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    data: Option<Box<Self>>,
    path: Option<String>,
    statement_map: Option<UniqueMap<Location>>,
    s: Option<UniqueMap<Hits>>,
    fn_map: Option<UniqueMap<Function>>,
    f: Option<UniqueMap<Hits>>,
    branch_map: Option<UniqueMap<Branch>>,
    b: Option<UniqueMap<Vec<Hits>>>,
}

#[derive(serde::Deserialize, Default, Clone, Copy)]
struct Location {
    #[serde(default)]
    start: Position,
    #[serde(default)]
    end: Position,
}

/// An arm without code of its own (an `else` that is not there) has neither.
#[derive(serde::Deserialize, Default, Clone, Copy)]
struct Position {
    line: Option<u64>,
    column: Option<f64>,
}

impl Location {
    fn span(&self) -> Span {
        let number = |at: Option<u64>| at.and_then(line).unwrap_or(0);
        let column = |column: Option<f64>| column.unwrap_or(0.0) as u32;
        let (start, end) = (self.start, self.end);
        [number(start.line), column(start.column), number(end.line), column(end.column)]
    }
}

#[derive(serde::Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    decl: Option<Location>,
    loc: Option<Location>,
    line: Option<u64>,
}

#[derive(serde::Deserialize)]
struct Branch {
    #[serde(default, rename = "type")]
    kind: String,
    loc: Option<Location>,
    line: Option<u64>,
    #[serde(default)]
    locations: Vec<Location>,
}

fn read_final(input: &Input<'_>) -> Result<Report, ReadError> {
    let files: UniqueMap<File> = json::parse(input)?;
    if files.0.is_empty() {
        return Err(ReadError::new(Code::Empty, "the report holds no file"));
    }
    input.limits.check_items(files.0.len())?;
    let mut coverage =
        Coverage { has_branches: true, has_functions: true, has_statements: true, ..Coverage::default() };
    for (key, mut file) in files.0 {
        if let Some(data) = file.data.take() {
            file = *data;
        }
        let path = file.path.clone().unwrap_or_else(|| key.clone());
        let read =
            facts(file).map_err(|what| ReadError::new(what.0, format!("{} in {}", what.1, quote(&key))))?;
        coverage.files.entry(path).or_default().merge(read);
    }
    Ok(Report::new(&FINAL, Body::Coverage(coverage)))
}

type Wrong = (Code, String);

/// The two halves of a fact, what it is and how often, by their index.
fn paired<A, B>(
    what: &str,
    map: Option<UniqueMap<A>>,
    counts: Option<UniqueMap<B>>,
) -> Result<Vec<(A, B)>, Wrong> {
    let (Some(map), Some(mut counts)) = (map, counts) else {
        return Err((Code::Malformed, format!("no {what}")));
    };
    let mut pairs = Vec::with_capacity(map.0.len());
    for (index, fact) in map.0 {
        let Some(count) = counts.0.remove(&index) else {
            return Err((Code::Contradiction, format!("{what} {} without a count", quote(&index))));
        };
        pairs.push((fact, count));
    }
    match counts.0.first_key_value() {
        None => Ok(pairs),
        Some((index, _)) => {
            Err((Code::Contradiction, format!("a count of {what} {}, which is not there", quote(index))))
        }
    }
}

fn facts(file: File) -> Result<FileCoverage, Wrong> {
    let mut draft = Draft::default();
    for (location, Hits(hit)) in paired("statements", file.statement_map, file.s)? {
        let Some(number) = location.start.line.and_then(line) else {
            return Err((Code::Malformed, "a statement that is on no line".to_owned()));
        };
        draft.line(number, hit);
        // Two statements at one place (after a source map) are hit if both are.
        let known = draft.file.statements.entry(location.span());
        let known = known.and_modify(|known| known.hit &= hit).or_insert(Block { statements: 0, hit });
        known.statements += 1;
    }
    for (function, Hits(called)) in paired("functions", file.fn_map, file.f)? {
        let at = function.decl.or(function.loc).unwrap_or_default();
        let number = at.start.line.or(function.line).and_then(line).unwrap_or(0);
        // Istanbul numbers functions without a name: where they stand says more.
        let column = at.start.column.unwrap_or(0.0) as u32;
        let unnamed = function.name.is_empty() || function.name.starts_with("(anonymous_");
        let name = if unnamed { format!("(anonymous at {column})") } else { function.name };
        let taken = draft.functions.contains_key(&(number, name.as_str().into()));
        let name = if taken { format!("{name} at {column}#{}", draft.functions.len()) } else { name };
        draft.function(number, &name, called);
    }
    let mut repeated: HashMap<String, u32> = HashMap::new();
    for (branch, arms) in paired("branches", file.branch_map, file.b)? {
        let at = branch.loc.or(branch.locations.first().copied()).unwrap_or_default();
        let number = at.start.line.or(branch.line).and_then(line).unwrap_or(0);
        let [first, column, last, end] = at.span();
        let id = format!("{} {first}:{column}-{last}:{end}", branch.kind);
        let times = repeated.entry(id.clone()).or_default();
        *times += 1;
        for (arm, Hits(taken)) in arms.into_iter().enumerate() {
            draft.edge(number, format!("{id}#{times}/{arm}"), taken);
        }
    }
    Ok(draft.finish())
}

/// Totals of one file, or of all.
#[derive(serde::Deserialize)]
struct Summary {
    lines: Metric,
    statements: Metric,
    functions: Metric,
    branches: Metric,
}

#[derive(serde::Deserialize)]
struct Metric {
    total: u64,
    covered: u64,
}

impl Summary {
    fn totals(&self, path: &str) -> Result<Totals, ReadError> {
        let of = |metric: &Metric, what: &str| {
            ratio(metric.covered, metric.total, &format!("{what} of {}", quote(path)))
        };
        Ok(Totals {
            lines: of(&self.lines, "lines")?,
            branches: of(&self.branches, "branches")?,
            functions: of(&self.functions, "functions")?,
            statements: of(&self.statements, "statements")?,
        })
    }
}

fn read_summary(input: &Input<'_>) -> Result<Report, ReadError> {
    let mut files = json::parse::<UniqueMap<Summary>>(input)?.0;
    input.limits.check_items(files.len())?;
    let Some(total) = files.remove("total") else {
        return Err(ReadError::new(Code::WrongFormat, "no total: not Istanbul's coverage-summary"));
    };
    let said = total.totals("total")?;
    if files.is_empty() && !said.lines.is_empty() {
        let message = format!("a total of {} lines, and no file", said.lines.total);
        return Err(ReadError::new(Code::Contradiction, message));
    }
    let mut coverage =
        Coverage { has_branches: true, has_functions: true, has_statements: true, ..Coverage::default() };
    for (path, summary) in files {
        let totals = summary.totals(&path)?;
        coverage.files.insert(path, FileCoverage { totals, ..FileCoverage::default() });
    }
    let pairs: [(&str, Ratio, Option<Ratio>); 4] = [
        ("lines", said.lines, Some(coverage.lines())),
        ("branches", said.branches, coverage.branches()),
        ("functions", said.functions, coverage.functions()),
        ("statements", said.statements, coverage.statements()),
    ];
    let notices = pairs.into_iter().filter_map(|(what, said, found)| differs(what, said, found?)).collect();
    Ok(Report { notices, ..Report::new(&SUMMARY, Body::Coverage(coverage)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::readers::testing;

    fn report(format: &Format, text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(format.read, text)
    }

    /// Statements, functions and branches of one file, with the counts of the statements and arms.
    fn file(s: &str, b: &str) -> String {
        let at = |line: u32, column: u32| {
            format!(
                r#"{{"start": {{"line": {line}, "column": {column}}}, "end": {{"line": {line}, "column": null}}}}"#
            )
        };
        format!(
            r#"{{"path": "/w/a.js", "statementMap": {{"0": {}, "1": {}, "2": {}}}, "s": {s},
            "fnMap": {{"0": {{"name": "(anonymous_7)", "decl": {}}}}}, "f": {{"0": 1}},
            "branchMap": {{"0": {{"type": "if", "loc": {}, "locations": [{{}}, {{"start": {{}}}}]}}}}, "b": {b}}}"#,
            at(1, 0),
            at(1, 9),
            at(2, 0),
            at(1, 4),
            at(2, 2)
        )
    }

    #[test]
    fn statements_are_not_lines() {
        let text = format!(r#"{{"/w/a.js": {}}}"#, file(r#"{"0": 0, "1": 3, "2": 0}"#, r#"{"0": [1, 0]}"#));
        let (found, _) = report(&FINAL, &text).unwrap();
        assert_eq!((found.lines(), found.statements()), (Ratio::new(1, 2), Some(Ratio::new(1, 3))));
        assert_eq!((found.branches(), found.functions()), (Some(Ratio::new(1, 2)), Some(Ratio::new(1, 1))));
        let other =
            format!(r#"{{"x": {{"data": {}}}}}"#, file(r#"{"0": 1, "1": 0, "2": 0}"#, r#"{"0": [0, 1]}"#));
        let (mut both, _) = report(&FINAL, &other).unwrap();
        both.merge(found);
        assert_eq!((both.files.len(), both.statements()), (1, Some(Ratio::new(2, 3))));
        assert_eq!(both.branches(), Some(Ratio::new(2, 2)));
    }

    #[test]
    fn halves_that_do_not_fit_are_refused() {
        let good = (r#"{"0": 1, "1": 1, "2": 1}"#, r#"{"0": [1, 0]}"#);
        for (s, b, code) in [
            (r#"{"0": 1, "1": 1}"#, good.1, Code::Contradiction),
            (r#"{"0": 1, "1": 1, "2": 1, "3": 1}"#, good.1, Code::Contradiction),
            (good.0, "{}", Code::Contradiction),
            (r#"{"0": 1, "1": 1, "2": 1, "2": 0}"#, good.1, Code::Duplicate),
            (r#"{"0": "1", "1": 1, "2": 1}"#, good.1, Code::Malformed),
        ] {
            let text = format!(r#"{{"a": {}}}"#, file(s, b));
            assert_eq!(report(&FINAL, &text).unwrap_err().code, code, "{s} {b}");
        }
        assert_eq!(report(&FINAL, "{}").unwrap_err().code, Code::Empty);
        assert_eq!(report(&FINAL, r#"{"a": {"path": "a"}}"#).unwrap_err().code, Code::Malformed);
        let nowhere = r#"{"a": {"path": "a", "statementMap": {"0": {"start": {"line": 0}}}, "s": {"0": 1}, "fnMap": {}, "f": {}, "branchMap": {}, "b": {}}}"#;
        assert_eq!(report(&FINAL, nowhere).unwrap_err().code, Code::Malformed);
    }

    #[test]
    fn a_summary_has_totals_and_no_lines() {
        let metric = |covered: u64, total: u64| {
            let one =
                format!(r#"{{"total": {total}, "covered": {covered}, "skipped": 0, "pct": "Unknown"}}"#);
            format!(r#"{{"lines": {one}, "statements": {one}, "functions": {one}, "branches": {one}}}"#)
        };
        let text = |total: &str, files: &str| format!(r#"{{"total": {total}{files}}}"#);
        let (found, notices) =
            report(&SUMMARY, &text(&metric(1, 3), &format!(r#", "/w/a.js": {}"#, metric(1, 2)))).unwrap();
        assert_eq!((found.lines(), notices.len()), (Ratio::new(1, 2), 4));
        assert!(found.files["/w/a.js"].is_without_lines());
        for (text, code) in [
            (text(&metric(1, 3), ""), Code::Contradiction),
            (text(&metric(3, 1), ""), Code::Contradiction),
            (text(&metric(0, 0), ", \"a\": 1"), Code::Malformed),
            (text(&metric(0, 0), &format!(", \"total\": {}", metric(0, 0))), Code::Duplicate),
            (format!(r#"{{"a": {}}}"#, metric(0, 0)), Code::WrongFormat),
        ] {
            assert_eq!(report(&SUMMARY, &text).unwrap_err().code, code, "{text}");
        }
        assert_eq!(report(&SUMMARY, &text(&metric(0, 0), "")).unwrap().0.lines(), Ratio::new(0, 0));
    }
}
