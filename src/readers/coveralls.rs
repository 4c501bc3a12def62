//! Coveralls' JSON (the body of `POST /api/v1/jobs`): gcovr, php-coveralls, cpp-coveralls, goveralls.
//!
//! `coverage` has one entry a line of the file, `null` where there is no code; `branches` is a flat
//! list of line, block, branch and count. Ignored on purpose: repository token, git data, source
//! text and digests, services.

use super::coverage_draft::{Draft, Hits, line};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json;
use crate::model::coverage::{Coverage, FileCoverage};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "coveralls-json",
    kind: Kind::Coverage,
    tools: "gcovr, php-coveralls, goveralls",
    command: "gcovr --coveralls reports/coveralls.json",
    end: End::Marked,
    detect: |head| matches!(head, Head::Json(json) if !json.array && json.has(&["source_files"])),
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    source_files: Vec<File>,
}

#[derive(serde::Deserialize)]
struct File {
    name: String,
    coverage: Vec<Option<Hits>>,
    branches: Option<Vec<i64>>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    input.limits.check_items(document.source_files.len())?;
    let has_branches = document.source_files.iter().any(|file| file.branches.is_some());
    let mut coverage = Coverage { has_branches, ..Coverage::default() };
    for file in document.source_files {
        let name = file.name.clone();
        coverage.files.entry(name).or_default().merge(facts(file)?);
    }
    Ok(Report::new(&FORMAT, Body::Coverage(coverage)))
}

fn facts(file: File) -> Result<FileCoverage, ReadError> {
    let bad = |what: &str| ReadError::new(Code::Malformed, format!("{what} in {}", quote(&file.name)));
    if file.name.trim().is_empty() {
        return Err(bad("a file without a name"));
    }
    let mut draft = Draft::default();
    for (hits, number) in file.coverage.iter().zip(1..) {
        if let Some(Hits(hit)) = hits {
            draft.line(line(number).ok_or_else(|| bad("too many lines"))?, *hit);
        }
    }
    let branches = file.branches.as_deref().unwrap_or_default();
    let (fours, rest) = branches.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(bad("branches that are not in fours"));
    }
    for [at, block, branch, count] in fours {
        let at = u64::try_from(*at).ok().and_then(line).ok_or_else(|| bad("a branch of no line"))?;
        draft.edge(at, format!("{block},{branch}"), *count > 0);
    }
    Ok(draft.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;

    use crate::readers::testing;

    fn report(file: &str) -> Result<Coverage, ReadError> {
        let text = format!(r#"{{"service_name": "x", "source_files": [{file}]}}"#);
        testing::coverage(read, &text).map(|read| read.0)
    }

    #[test]
    fn entries_are_lines_and_branches_come_in_fours() {
        let found = report(
            r#"{"name": "a.c", "coverage": [null, 0, 3, null], "branches": [3, 0, 0, 1, 3, 0, 1, 0]},
            {"name": "b.c", "coverage": []}"#,
        )
        .unwrap();
        assert_eq!((found.lines(), found.branches()), (Ratio::new(1, 2), Some(Ratio::new(1, 2))));
        assert_eq!(report(r#"{"name": "a", "coverage": [1]}"#).unwrap().branches(), None);
        for bad in [
            r#"{"name": "a", "coverage": [1], "branches": [1, 0, 0]}"#,
            r#"{"name": "a", "coverage": [1], "branches": [0, 0, 0, 1]}"#,
            r#"{"name": "", "coverage": [1]}"#,
            r#"{"name": "a", "coverage": ["1"]}"#,
            r#"{"name": "a"}"#,
        ] {
            assert_eq!(report(bad).unwrap_err().code, Code::Malformed, "{bad}");
        }
    }
}
