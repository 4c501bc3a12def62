//! `llvm-cov export` JSON (`llvm.coverage.json.export` 2.x and 3.x): clang, Swift, cargo-llvm-cov.
//!
//! Lines come from a walk over the segments of a file by the rules of llvm's `LineCoverageStats`: a
//! line is hit if the region it begins in, or one that starts on it, is. Functions are told apart by
//! where they begin, which unites the instantiations of a generic, as llvm's own `functions` does;
//! branches by their place. `summary` is a hint: llvm adds up lines function by function, so that a
//! line of two functions (a closure) counts twice there.
//!
//! With `--summary-only` there are no segments: then each file's summary is its totals, which answers
//! for ratios and not for changed-lines. With `--skip-functions` the functions are from the summary.
//!
//! Ignored on purpose: regions, instantiations, MC/DC, expansions, percentages.

use super::coverage_draft::{Draft, Spanned, differs, line, ratio};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json;
use crate::model::coverage::{Coverage, FileCoverage, Totals};
use crate::model::ratio::Ratio;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "llvm-cov-json",
    kind: Kind::Coverage,
    tools: "llvm-cov (clang, Swift), cargo-llvm-cov",
    command: "cargo llvm-cov --json --output-path reports/llvm-cov.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            let own = ["data", "type", "version", "cargo_llvm_cov"];
            !json.array && json.has(&own[..3]) && json.keys.iter().all(|key| own.contains(&key.as_str()))
        }
        _ => false,
    },
    read,
};

#[derive(serde::Deserialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    version: String,
    data: Vec<Export>,
}

#[derive(serde::Deserialize)]
struct Export {
    files: Vec<File>,
    #[serde(default)]
    functions: Vec<Function>,
    totals: Summary,
}

#[derive(serde::Deserialize)]
struct File {
    filename: String,
    segments: Option<Vec<Segment>>,
    branches: Option<Vec<Numbers>>,
    summary: Summary,
}

/// Line, column and so on: counts may be beyond 64 bits.
type Numbers = Vec<f64>;

#[derive(serde::Deserialize)]
struct Function {
    count: f64,
    filenames: Vec<String>,
    regions: Vec<Numbers>,
}

#[derive(serde::Deserialize)]
struct Summary {
    lines: Metric,
    functions: Metric,
    branches: Option<Metric>,
}

#[derive(serde::Deserialize)]
struct Metric {
    count: u64,
    covered: u64,
}

impl Metric {
    fn ratio(&self, what: &str) -> Result<Ratio, ReadError> {
        ratio(self.covered, self.count, what)
    }
}

/// `[line, column, count, has count, is the entry of a region, is a gap]`
#[derive(Clone, Copy)]
struct Segment {
    line: u32,
    hit: bool,
    counted: bool,
    entry: bool,
    gap: bool,
}

impl Segment {
    /// A region with a count starts here.
    fn starts(&self) -> bool {
        !self.gap && self.counted && self.entry
    }
}

impl<'de> Deserialize<'de> for Segment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SegmentVisitor)
    }
}

struct SegmentVisitor;

impl<'de> Visitor<'de> for SegmentVisitor {
    type Value = Segment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a segment: line, column, count and flags")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Segment, A::Error> {
        let short = || A::Error::custom("a segment with too few parts");
        let number: u64 = array.next_element()?.ok_or_else(short)?;
        let _column: u64 = array.next_element()?.ok_or_else(short)?;
        let count: f64 = array.next_element()?.ok_or_else(short)?;
        let counted = array.next_element()?.ok_or_else(short)?;
        let entry = array.next_element()?.ok_or_else(short)?;
        // Before LLVM 9 there are no gaps.
        let gap = array.next_element()?.unwrap_or(false);
        while array.next_element::<IgnoredAny>()?.is_some() {}
        let line = line(number).ok_or_else(|| A::Error::custom("a segment that is on no line"))?;
        Ok(Segment { line, hit: count > 0.0, counted, entry, gap })
    }
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let document: Document = json::parse(input)?;
    if document.kind != "llvm.coverage.json.export" {
        let message = format!("the type is {}, not llvm.coverage.json.export", quote(&document.kind));
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    if !document.version.starts_with("2.") && !document.version.starts_with("3.") {
        let message = format!("version {} of llvm-cov's export is not known", quote(&document.version));
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    let mut coverage = Coverage { has_functions: true, ..Coverage::default() };
    let mut notices = Vec::new();
    let mut spanned = Spanned::default();
    for export in document.data {
        let part = part(export, &mut spanned, &mut notices)?;
        input.limits.check_items(coverage.files.len() + part.files.len())?;
        coverage.merge(part);
    }
    Ok(Report { notices, ..Report::new(&FORMAT, Body::Coverage(coverage)) })
}

fn part(export: Export, spanned: &mut Spanned, notices: &mut Vec<String>) -> Result<Coverage, ReadError> {
    let mut coverage = Coverage { has_functions: true, ..Coverage::default() };
    let mut functions = functions(&export.functions)?;
    let said = export.totals.lines.ratio("lines")?;
    for file in export.files {
        let branches = file.summary.branches.as_ref().is_some_and(|branches| branches.count > 0);
        coverage.has_branches |= branches || file.branches.as_ref().is_some_and(|edges| !edges.is_empty());
        let (path, facts) = facts(file, &mut functions, spanned)?;
        coverage.files.entry(path).or_default().merge(facts);
    }
    if coverage.files.is_empty() && !said.is_empty() {
        return Err(ReadError::new(
            Code::Contradiction,
            format!("a total of {} lines, and no file", said.total),
        ));
    }
    notices.extend(differs("lines", said, coverage.lines()));
    if coverage.files.values().any(FileCoverage::is_without_lines) {
        notices.push("a summary only: it does not say which lines were hit".to_owned());
    }
    Ok(coverage)
}

/// The functions by file; of several instantiations one is called if any is.
fn functions(list: &[Function]) -> Result<BTreeMap<String, Draft>, ReadError> {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for function in list {
        let whole = || {
            let region = function.regions.first()?;
            let [at, column, _, _, _, file, ..] = region.as_slice() else { return None };
            Some((line(*at as u64)?, *column, function.filenames.get(*file as usize)?))
        };
        let Some((at, column, path)) = whole() else {
            return Err(ReadError::new(Code::Malformed, "a function without a place"));
        };
        drafts.entry(path.clone()).or_default().function(at, &format!("{at}:{column}"), function.count > 0.0);
    }
    Ok(drafts)
}

fn facts(
    file: File,
    functions: &mut BTreeMap<String, Draft>,
    spanned: &mut Spanned,
) -> Result<(String, FileCoverage), ReadError> {
    let of = |what: &str| format!("{what} of {}", quote(&file.filename));
    let summary = Totals {
        lines: file.summary.lines.ratio(&of("lines"))?,
        functions: file.summary.functions.ratio(&of("functions"))?,
        branches: file
            .summary
            .branches
            .as_ref()
            .map_or(Ok(Ratio::default()), |b| b.ratio(&of("branches")))?,
        statements: Ratio::default(),
    };
    let Some(segments) = &file.segments else {
        return Ok((file.filename, FileCoverage { totals: summary, ..FileCoverage::default() }));
    };
    if segments.is_empty() && !summary.lines.is_empty() {
        return Err(ReadError::new(Code::Contradiction, format!("{}: no segments", of("lines"))));
    }
    let named = functions.remove(&file.filename);
    let has_functions = named.is_some();
    let mut draft = named.unwrap_or_default();
    walk(segments, &mut draft, spanned)?;
    for branch in file.branches.unwrap_or_default() {
        let [first, column, last, end, taken, not_taken, ..] = branch.as_slice() else {
            return Err(ReadError::new(Code::Malformed, "a branch with too few parts"));
        };
        let at = line(*first as u64)
            .ok_or_else(|| ReadError::new(Code::Malformed, "a branch that is on no line"))?;
        for (outcome, count) in [("true", taken), ("false", not_taken)] {
            draft.edge(at, format!("{first}:{column}-{last}:{end} {outcome}"), *count > 0.0);
        }
    }
    let mut facts = draft.finish();
    if !has_functions {
        facts.totals.functions = summary.functions;
    }
    Ok((file.filename, facts))
}

/// The lines of the segments, as `LineCoverageStats` of llvm has them.
fn walk(segments: &[Segment], draft: &mut Draft, spanned: &mut Spanned) -> Result<(), ReadError> {
    if segments.windows(2).any(|pair| pair[0].line > pair[1].line) {
        return Err(ReadError::new(Code::Malformed, "segments that are not in the order of their lines"));
    }
    let mut wrapped: Option<Segment> = None;
    let mut rest = segments;
    while let Some(first) = rest.first() {
        let end = rest.iter().position(|segment| segment.line != first.line).unwrap_or(rest.len());
        let (here, after) = rest.split_at(end);
        let skipped = !first.counted && first.entry;
        let inside = wrapped.is_some_and(|segment| segment.counted);
        let starts = here.iter().any(Segment::starts);
        let mapped = !skipped && (inside || starts) || here.iter().any(|s| s.entry && s.counted);
        if mapped {
            let hit = wrapped.is_some_and(|segment| segment.hit);
            draft.line(first.line, hit || here.iter().any(|s| s.starts() && s.hit));
        }
        wrapped = here.last().copied();
        // Lines up to the next segment are inside of the last one.
        if let (Some(segment), Some(next)) = (wrapped.filter(|segment| segment.counted), after.first())
            && next.line > segment.line + 1
        {
            for number in spanned.lines(segment.line + 1, next.line - 1)? {
                draft.line(number, segment.hit);
            }
        }
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::readers::testing;

    fn report(text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(read, text)
    }

    fn summary(covered: u64, count: u64) -> String {
        let metric = format!(r#"{{"count": {count}, "covered": {covered}, "percent": 1}}"#);
        format!(r#"{{"lines": {metric}, "functions": {metric}, "branches": {metric}, "regions": {metric}}}"#)
    }

    fn export(file: &str, functions: &str, covered: u64, count: u64) -> String {
        let summary = summary(covered, count);
        format!(
            r#"{{"data": [{{"files": [{{"filename": "/w/a.c", {file} "summary": {summary}}}], "functions": [{functions}],
            "totals": {summary}}}], "type": "llvm.coverage.json.export", "version": "2.0.1"}}"#
        )
    }

    #[test]
    fn the_walk_is_llvms() {
        // A function of lines 1 to 8, a missed block of 3 to 5, a skipped line 7.
        let segments = r#""segments": [[1, 10, 2, true, true, false], [3, 9, 0, true, true, false],
            [5, 4, 2, true, false, false], [7, 1, 0, false, true, false], [8, 1, 2, true, false, false],
            [8, 2, 0, false, false, false]], "branches": [[3, 5, 3, 8, 0, 2, 0, 0, 4], [3, 5, 3, 8, 1, 0, 0, 0, 4]],"#;
        let functions = r#"{"name": "f<int>", "count": 0, "filenames": ["/w/a.c"], "regions": [[1, 10, 8, 2, 2, 0, 0, 0]]},
            {"name": "f<char>", "count": 2, "filenames": ["/w/a.c"], "regions": [[1, 10, 8, 2, 2, 0, 0, 0]]}"#;
        let (found, notices) = report(&export(segments, functions, 4, 7)).unwrap();
        let lines: Vec<_> = found.files["/w/a.c"].lines.iter().collect();
        // Line 3 begins inside the function; line 5 inside the block; line 8 inside what was skipped.
        let want = [(1, true), (2, true), (3, true), (4, false), (5, false), (6, true)];
        assert_eq!(lines, want);
        assert_eq!((found.functions(), found.branches()), (Some(Ratio::new(1, 1)), Some(Ratio::new(2, 2))));
        assert_eq!(notices.len(), 1, "{notices:?}");
    }

    #[test]
    fn a_summary_alone_has_no_lines() {
        let (found, notices) = report(&export("", "", 4, 7)).unwrap();
        assert!(found.files["/w/a.c"].is_without_lines());
        assert_eq!((found.lines(), found.functions()), (Ratio::new(4, 7), Some(Ratio::new(4, 7))));
        assert_eq!(notices.len(), 1, "{notices:?}");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let whole = export(
            r#""segments": [[1, 1, 1, true, true, false], [2, 1, 0, false, false, false]],"#,
            "",
            1,
            1,
        );
        assert!(report(&whole).is_ok());
        for (from, to, code) in [
            ("llvm.coverage.json.export", "other", Code::WrongFormat),
            ("2.0.1", "9", Code::WrongFormat),
            ("[[1, 1,", "[[0, 1,", Code::Malformed),
            ("[[1, 1,", "[[3, 1,", Code::Malformed),
            ("[[1, 1,", "[[1,", Code::Malformed),
            ("[2, 1, 0,", "[900000000, 1, 0,", Code::Limit),
            ("\"covered\": 1", "\"covered\": 3", Code::Contradiction),
            ("[[1, 1, 1, true, true, false], [2, 1, 0, false, false, false]]", "[]", Code::Contradiction),
            (
                r#""functions": []"#,
                r#""functions": [{"count": 1, "filenames": [], "regions": []}]"#,
                Code::Malformed,
            ),
        ] {
            assert_eq!(report(&whole.replace(from, to)).unwrap_err().code, code, "{to}");
        }
    }
}
