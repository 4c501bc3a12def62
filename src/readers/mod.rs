//! One file per report format: bytes in, model out. The table is [`FORMATS`].
//!
//! Fail closed: a reader returns everything the report says, or an error that says what is wrong
//! and where. There is no partial result. `detect` looks at content, never at a file's name.

mod ahead;
mod black;
mod cobertura;
mod cobertura_whole;
mod coverage_py;
mod detect;
mod encoding;
mod flake8;
mod interrogate;
mod json;
mod junit;
mod junit_batch;
mod junit_case;
mod junit_header;
mod junit_whole;
mod lcov;
mod lcov_functions;
mod lcov_section;
mod lcov_whole;
mod lines;
mod machine;
mod markup;
mod mypy;
mod pieces;
mod pylint;
mod pylint_text;
mod pytest_benchmark;
mod ruff;
mod xml;
mod xml_head;
mod xml_numbers;
mod xml_walk;

mod cases;
mod ctrf;
mod dart;
mod go_test;
mod go_test_text;
mod gtest_json;
mod jest;
mod libtest;
mod libtest_text;
mod mocha;
mod nunit;
mod pytest_json_report;
mod rspec;
mod tap;
mod tap_line;
mod trx;
mod xunit_net;
// Benchmarks.
mod csv;
mod http_load;
mod measured;

mod asv;
mod bencher;
mod benchmark_data;
mod benchmarkdotnet;
mod bombardier;
mod criterion;
mod criterion_messages;
mod custom_benchmark;
mod digits;
mod divan;
mod go_bench;
mod google_benchmark;
mod google_benchmark_csv;
mod gungraun;
mod gungraun_text;
mod hyperfine;
mod hyperfine_csv;
mod jmh;
mod jobs;
mod k6;
mod k6_json;
mod libtest_bench;
mod locust;
mod oha;
mod pytest_benchmark_csv;
mod vegeta;
mod wrk;
mod annotations;
mod audit;
mod bandit;
mod bandit_text;
mod cargo_json;
mod checkstyle;
mod codeclimate;
mod cppcheck;
mod eslint;
mod gcc;
mod gitlab;
mod go_lint;
mod java_lint;
mod linter;
mod pylint_lines;
mod python_lint;
mod rdjson;
mod ruff_format;
mod ruff_text;
mod rust_text;
mod sarif;
mod sarif_rules;
mod sarif_uri;
mod semgrep;
mod shellcheck;
mod stylelint;
mod trivy;
mod bullseye;
mod clover;
mod coverage_draft;
mod coveralls;
mod dotcover;
mod gcov;
mod gcov_text;
mod gcovr;
mod go_cover;
mod istanbul;
mod jacoco;
mod jacoco_csv;
mod llvm_cov;
mod opencover;
mod simplecov;
mod sonarqube_coverage;
mod xccov;
// Complexity.
mod lizard_csv;
mod lizard_xml;
mod radon;
// A running system, and numbers of any file.
mod health;
mod node;
mod prometheus;
mod prometheus_types;
mod values;

#[cfg(test)]
mod testing;

pub mod checklist;
pub mod error;
pub mod format;

pub use detect::detect;
pub use error::{Code, ReadError};
pub use format::{Body, End, Format, Input, Kind, Limits, Report};

use pieces::{Cutting, Source};
use std::io::Read;

/// Every report format, in the order in which people read the list.
pub static FORMATS: &[&Format] = &[
    &junit::FORMAT,
    &nunit::FORMAT,
    &xunit_net::FORMAT,
    &trx::FORMAT,
    &tap::FORMAT,
    &ctrf::FORMAT,
    &go_test::FORMAT,
    &go_test_text::FORMAT,
    &libtest::FORMAT,
    &libtest_text::FORMAT,
    &jest::FORMAT,
    &mocha::FORMAT,
    &pytest_json_report::FORMAT,
    &rspec::FORMAT,
    &dart::FORMAT,
    &gtest_json::FORMAT,
    &cobertura::FORMAT,
    &coverage_py::FORMAT,
    &lcov::FORMAT,
    &clover::FORMAT,
    &jacoco::FORMAT,
    &jacoco_csv::FORMAT,
    &sonarqube_coverage::FORMAT,
    &opencover::FORMAT,
    &go_cover::FORMAT,
    &istanbul::FINAL,
    &istanbul::SUMMARY,
    &llvm_cov::FORMAT,
    &simplecov::FORMAT,
    &gcov::FORMAT,
    &gcov_text::FORMAT,
    &gcovr::FULL,
    &gcovr::SUMMARY,
    &coveralls::FORMAT,
    &dotcover::XML,
    &dotcover::JSON,
    &bullseye::FORMAT,
    &xccov::FORMAT,
    &xccov::ARCHIVE,
    &pylint::JSON,
    &pylint::JSON2,
    &pylint_text::TEXT,
    &pylint_text::PARSEABLE,
    &black::FORMAT,
    &mypy::TEXT,
    &mypy::JSON,
    &ruff::FORMAT,
    &flake8::FORMAT,
    &sarif::FORMAT,
    &checkstyle::FORMAT,
    &eslint::JSON,
    &eslint::METADATA,
    &eslint::STYLISH,
    &stylelint::FORMAT,
    &cargo_json::CARGO,
    &cargo_json::RUSTC,
    &rust_text::DIAGNOSTICS,
    &rust_text::RUSTFMT,
    &gitlab::FORMAT,
    &codeclimate::FORMAT,
    &rdjson::FORMAT,
    &rdjson::LINES,
    &gcc::TEXT,
    &gcc::JSON,
    &ruff_text::JSON_LINES,
    &ruff_text::CONCISE,
    &ruff_text::FULL,
    &ruff_text::GROUPED,
    &ruff_text::STATISTICS,
    &ruff_format::FORMAT,
    &pylint_lines::GITHUB,
    &pylint_lines::MSVS,
    &annotations::GITHUB,
    &annotations::AZURE,
    &bandit::JSON,
    &bandit::CSV,
    &bandit::XML,
    &bandit_text::TEXT,
    &python_lint::PYRIGHT,
    &python_lint::PYDOCSTYLE,
    &python_lint::YAMLLINT,
    &semgrep::FORMAT,
    &shellcheck::JSON,
    &shellcheck::JSON1,
    &shellcheck::TEXT,
    &shellcheck::HADOLINT,
    &go_lint::GOLANGCI,
    &go_lint::ACTIONLINT,
    &cppcheck::FORMAT,
    &java_lint::PMD,
    &java_lint::CPD,
    &java_lint::SPOTBUGS,
    &trivy::FORMAT,
    &audit::CARGO,
    &audit::NPM,
    &pytest_benchmark::FORMAT,
    &interrogate::FORMAT,
    // Benchmarks.
    &hyperfine::FORMAT,
    &hyperfine_csv::FORMAT,
    &criterion::FORMAT,
    &criterion_messages::FORMAT,
    &libtest_bench::LIBTEST,
    &libtest_bench::BENCHER,
    &divan::FORMAT,
    &gungraun::FORMAT,
    &gungraun_text::GUNGRAUN,
    &gungraun_text::IAI,
    &google_benchmark::FORMAT,
    &google_benchmark_csv::FORMAT,
    &go_bench::FORMAT,
    &jmh::FORMAT,
    &k6::FORMAT,
    &k6_json::FORMAT,
    &locust::CSV,
    &locust::JSON,
    &vegeta::FORMAT,
    &oha::FORMAT,
    &bombardier::FORMAT,
    &wrk::FORMAT,
    &benchmarkdotnet::FORMAT,
    &asv::FORMAT,
    &pytest_benchmark_csv::FORMAT,
    &custom_benchmark::SMALLER,
    &custom_benchmark::BIGGER,
    &benchmark_data::FORMAT,
    &bencher::FORMAT,
    &lizard_csv::FORMAT,
    &lizard_xml::FORMAT,
    &radon::FORMAT,
    &prometheus::PROMETHEUS,
    &prometheus::OPENMETRICS,
    &health::FORMAT,
];

/// Formats that are never seen from the content: they are declared, and a criterion takes one number out
/// of the file.
pub static DECLARED: &[&Format] = &[&values::JSON, &values::TEXT];

/// Names of the files beside a report of that path that belong to it; their bytes precede the
/// report's own when it is read. criterion spreads one benchmark over several files.
pub fn companions(path: &str) -> &'static [&'static str] {
    criterion::companions(path)
}

/// All formats, those that have to be declared last.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().chain(DECLARED).copied()
}

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    formats().find(|f| f.name == name)
}

/// How a report is read in pieces.
type Stream = fn(Source<'_>, &Limits) -> Result<Report, ReadError>;

/// Formats of which reports are large, and which are read in flat memory. They do not look at the
/// exit status.
static STREAMED: &[(&Format, Stream)] = &[
    (&cobertura::FORMAT, cobertura::stream),
    (&junit::FORMAT, junit::stream),
    (&lcov::FORMAT, lcov::stream),
];

/// How much of a file is read to find out what it is.
const HEAD: u64 = 1 << 16;

/// Reads a report as `declared`, or as whatever its content shows it to be.
///
/// # Errors
/// Everything that keeps the report from being evidence; see [`Code`].
pub fn read(input: &Input<'_>, declared: Option<&'static Format>) -> Result<Report, ReadError> {
    input.limits.check_size(input.bytes.len())?;
    let format = match declared {
        Some(format) => format,
        None => detect(input)?,
    };
    let report = (format.read)(input)?;
    Ok(Report { format, ..report })
}

/// Reads a report from an open file: in pieces if its format is one of the large ones, else as a
/// whole. `exit_status` is asked for only where the report is read as a whole, and then only after the
/// file's last byte.
///
/// # Errors
/// As [`read`]; [`Code::Unreadable`] if the file cannot be read to its end.
pub fn read_from(
    file: &mut dyn Read,
    limits: &Limits,
    declared: Option<&'static Format>,
    exit_status: impl FnOnce() -> Result<Option<i32>, ReadError>,
) -> Result<Report, ReadError> {
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).map_err(|error| pieces::unreadable(&error))?;
    if head.len() as u64 == HEAD
        && let Some((format, stream)) = streamed(&head, limits, declared)
    {
        let report = stream(Source::Stream(&head, file, Cutting::default()), limits)?;
        return Ok(Report { format, ..report });
    }
    let bytes = pieces::slurp(head, file, limits)?;
    let exit_status = exit_status()?;
    read(&Input { bytes: &bytes, exit_status, limits }, declared)
}

/// The format by the head of a file, if it is one that is read in pieces.
fn streamed(
    head: &[u8],
    limits: &Limits,
    declared: Option<&'static Format>,
) -> Option<&'static (&'static Format, Stream)> {
    let format = match declared {
        Some(format) => format,
        None => detect(&Input { bytes: head, exit_status: None, limits }).ok()?,
    };
    STREAMED.iter().find(|(known, _)| known.name == format.name)
}

#[cfg(test)]
mod tests;
