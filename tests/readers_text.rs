//! The readers of JSON and text reports against real reports and their true totals.
//!
//! Fixtures are folders `tests/fixtures/FORMAT/CASE/` with one report and a `truth.json`, whose
//! figures come from the tool that wrote the report or from a count by other means, never from here.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read is a failed test")]

use milegate::model::coverage::Coverage;
use milegate::model::docstrings::Docstrings;
use milegate::model::findings::Findings;
use milegate::model::ratio::Ratio;
use milegate::readers::{self, Body, Code, End, FORMATS, Format, Input, Limits, Report};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Formats that have their own tests: those of XML.
const ELSEWHERE: &[&str] = &["junit", "cobertura"];

struct Fixture {
    format: &'static Format,
    path: PathBuf,
    bytes: Vec<u8>,
    exit_status: Option<i32>,
    truth: Value,
}

impl Fixture {
    fn load(format: &'static Format, folder: &Path) -> Self {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let reports: Vec<_> = files.filter(|path| !path.ends_with("truth.json")).collect();
        let [path] = reports.as_slice() else { panic!("{}: one report is expected", folder.display()) };
        let truth: Value = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
        let exit_status = truth["exit_status"].as_i64().map(|status| i32::try_from(status).unwrap());
        Self {
            format,
            path: path.clone(),
            bytes: fs::read(path).unwrap(),
            exit_status,
            truth: truth["true"].clone(),
        }
    }

    fn read_as(
        &self,
        format: &'static Format,
        bytes: &[u8],
        exit_status: Option<i32>,
    ) -> Result<Report, Code> {
        let input = Input { bytes, exit_status, limits: &Limits::default() };
        readers::read(&input, Some(format)).map_err(|error| error.code)
    }

    fn name(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// The file without white space at its end.
    fn trimmed(&self) -> &[u8] {
        self.bytes.trim_ascii_end()
    }

    /// Whether the file alone shows which format it is: `[]` and blanks do not.
    fn shows_format(&self) -> bool {
        !matches!(self.trimmed(), b"" | b"[]")
    }
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut all = Vec::new();
    for format in FORMATS.iter().filter(|format| !ELSEWHERE.contains(&format.name)) {
        let folder = root.join(format.name);
        let cases = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut cases: Vec<_> = cases.map(|case| case.unwrap().path()).collect();
        cases.sort();
        all.extend(cases.iter().map(|case| Fixture::load(format, case)));
    }
    all
}

fn ratio(value: &Value) -> Option<Ratio> {
    Some(Ratio::new(value["covered"].as_u64()?, value["total"].as_u64()?))
}

fn same_coverage(found: &Coverage, truth: &Value, name: &str) {
    assert_eq!(Some(found.files.len() as u64), truth["files"].as_u64(), "{name}: files");
    assert_eq!(Some(found.lines()), ratio(&truth["lines"]), "{name}: lines");
    // A report without any branch does not show that branches were measured.
    let measured = ratio(&truth["branches"]).filter(|r| !r.is_empty() || found.has_branches);
    assert_eq!(found.branches(), measured, "{name}: branches");
    if let Some(functions) = ratio(&truth["functions"]) {
        assert_eq!(found.functions(), Some(functions), "{name}: functions");
    }
}

fn same_findings(found: &Findings, truth: &Value, name: &str) {
    let counts = &truth["findings"];
    assert_eq!(Some(found.list.len() as u64), counts["total"].as_u64(), "{name}: total");
    for (severity, count) in found.by_severity() {
        assert_eq!(Some(count), counts["by_severity"][severity.word()].as_u64(), "{name}: {severity}");
    }
    if let Some(by_code) = counts["by_code"].as_object() {
        for (code, count) in by_code {
            let ours = found.list.iter().filter(|f| f.rule.as_ref() == Some(code)).count() as u64;
            assert_eq!(Some(ours), count.as_u64(), "{name}: {code}");
        }
    }
    if let Some(modules) = truth["modules"].as_u64() {
        assert!(found.analysed.is_none_or(|analysed| analysed == modules), "{name}: modules");
    }
    if let Some(unchanged) = truth["unchanged"].as_u64() {
        assert_eq!(found.analysed, Some(unchanged + found.list.len() as u64), "{name}: files");
    }
    if let (Some(checked), Some(analysed)) = (truth["checked_files"].as_u64(), found.analysed) {
        assert_eq!(analysed, checked, "{name}: checked files");
    }
    let blocking = found.list.iter().any(|finding| finding.blocking);
    let broken = name.contains("syntax-error") || name.contains("no-such-module");
    assert_eq!(blocking, broken, "{name}: only what the tool could not read blocks");
}

fn same_docstrings(found: &Docstrings, truth: &Value, name: &str) {
    let truth = &truth["docstrings"];
    assert_eq!(found.total, ratio(truth), "{name}: total");
    assert_eq!(found.printed.map(|p| p.to_f64()), truth["percent"].as_f64(), "{name}: percent");
    if let Some(total) = found.total {
        assert_eq!(found.files.values().copied().sum::<Ratio>(), total, "{name}: files");
    }
}

#[test]
fn every_report_says_what_is_true() {
    for fixture in fixtures() {
        let name = fixture.name().to_string();
        let report = fixture.read_as(fixture.format, &fixture.bytes, fixture.exit_status);
        let report = report.unwrap_or_else(|code| panic!("{name}: {code}"));
        match &report.body {
            Body::Coverage(found) => same_coverage(found, &fixture.truth, &name),
            Body::Findings(found) => same_findings(found, &fixture.truth, &name),
            Body::Docstrings(found) => same_docstrings(found, &fixture.truth, &name),
            Body::Benchmarks(found) => {
                let truth = fixture.truth["benchmarks"].as_array().unwrap();
                assert_eq!(found.list.len(), truth.len(), "{name}");
                for (found, truth) in found.list.iter().zip(truth) {
                    assert_eq!(truth["name"], found.full_name, "{name}");
                    assert_eq!(truth["median"].as_f64(), Some(found.value()), "{name}");
                    assert_eq!(truth["rounds"].as_u64(), Some(found.samples), "{name}");
                    assert_eq!(truth["unit"], found.unit, "{name}");
                }
            }
            Body::Tests(_) => panic!("{name}: no test report"),
        }
    }
}

#[test]
fn every_report_is_recognised_as_what_it_is() {
    for fixture in fixtures().iter().filter(|fixture| fixture.shows_format()) {
        let input = Input { bytes: &fixture.bytes, exit_status: None, limits: &Limits::default() };
        let found = readers::detect(&input).map(|format| format.name);
        assert_eq!(found.ok(), Some(fixture.format.name), "{}", fixture.name());
    }
}

#[test]
fn no_report_is_read_as_another_format() {
    for fixture in fixtures().iter().filter(|fixture| fixture.shows_format()) {
        for format in FORMATS.iter().filter(|format| format.name != fixture.format.name) {
            for exit_status in [None, Some(0), Some(1)] {
                let read = fixture.read_as(format, &fixture.bytes, exit_status);
                assert!(read.is_err(), "{} read as {}", fixture.name(), format.name);
            }
        }
    }
}

/// A page of a proxy, a pointer, a log: what stands in the place of a report when things go wrong.
#[test]
fn impostors_are_read_as_nothing() {
    let impostors: &[&[u8]] = &[
        b"<!DOCTYPE html>\n<html><head><title>502</title></head></html>\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 5\n",
        b"<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> x\n",
        b"\x1f\x8b\x08\x00\x00\x00",
        b"Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\nImportError: x\n",
        b"bash: line 1: pylint: command not found\n",
        b"a.c:3:5: error: expected ';' before '}' token\n",
        b"{\"error\": \"not found\"}",
        b"[{\"name\": \"x\"}]",
        b"null",
        b"\0\0\0\0",
        b"\xff\xfe",
        b"0x",
    ];
    for impostor in impostors {
        let shown = String::from_utf8_lossy(impostor);
        for exit_status in [None, Some(0)] {
            let input = Input { bytes: impostor, exit_status, limits: &Limits::default() };
            assert!(readers::detect(&input).is_err(), "{shown}");
            for format in FORMATS.iter().filter(|format| !ELSEWHERE.contains(&format.name)) {
                let blank = impostor == b"\xff\xfe" && exit_status.is_some();
                assert!(blank || readers::read(&input, Some(format)).is_err(), "{shown} as {}", format.name);
            }
        }
    }
}

/// Where to cut: everywhere in a small file, at 300 points of a larger one.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    let step = if length <= 3000 { 1 } else { length / 300 };
    (0..length).step_by(step).chain(length.saturating_sub(40)..length)
}

#[test]
fn no_cut_is_unseen_where_the_format_has_an_end() {
    for fixture in fixtures().iter().filter(|fixture| fixture.format.end == End::Marked) {
        let whole = fixture.trimmed().len();
        for cut in cuts(whole) {
            for exit_status in [None, fixture.exit_status] {
                // Blank and a status of 0 is how `black --quiet` says that all is well.
                if fixture.bytes[..cut].trim_ascii().is_empty() && exit_status == Some(0) {
                    continue;
                }
                let read = fixture.read_as(fixture.format, &fixture.bytes[..cut], exit_status);
                assert!(read.is_err(), "{} cut at {cut} of {whole}", fixture.name());
            }
        }
    }
}

#[test]
fn no_cut_makes_a_panic_or_a_better_coverage() {
    for fixture in fixtures().iter().filter(|fixture| fixture.format.end != End::Marked) {
        for cut in cuts(fixture.bytes.len()) {
            let Ok(report) = fixture.read_as(fixture.format, &fixture.bytes[..cut], None) else { continue };
            if let Body::Coverage(found) = report.body {
                let at = &fixture.bytes[..cut];
                let border = at.trim_ascii_end().ends_with(b"end_of_record");
                assert!(border, "{} cut at {cut}: {:?}", fixture.name(), found.lines());
            }
        }
    }
}

#[test]
fn utf_16_line_ends_and_marks_change_nothing() {
    for fixture in fixtures().iter().filter(|fixture| fixture.bytes.len() < 40_000) {
        let Ok(text) = std::str::from_utf8(&fixture.bytes) else { continue };
        let read = |bytes: &[u8]| fixture.read_as(fixture.format, bytes, fixture.exit_status).unwrap().body;
        let plain = read(&fixture.bytes);
        let wide = [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        let marked = ["\u{feff}", text].concat();
        assert_eq!(read(&wide), plain, "{} in UTF-16", fixture.name());
        assert_eq!(read(marked.as_bytes()), plain, "{} with a mark", fixture.name());
        assert_eq!(read(text.replace('\n', "\r\n").as_bytes()), plain, "{} with CR LF", fixture.name());
        if fixture.shows_format() {
            let input = Input { bytes: &wide, exit_status: None, limits: &Limits::default() };
            assert_eq!(
                readers::detect(&input).unwrap().name,
                fixture.format.name,
                "{} in UTF-16",
                fixture.name()
            );
        }
    }
}
