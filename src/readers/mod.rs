//! One file per report format: bytes in, model out. The table is [`FORMATS`].
//!
//! Fail closed: a reader returns everything the report says, or an error that says what is wrong
//! and where. There is no partial result. `detect` looks at content, never at a file's name.

mod black;
mod cobertura;
mod coverage_py;
mod detect;
mod encoding;
mod flake8;
mod interrogate;
mod json;
mod junit;
mod junit_header;
mod lcov;
mod lines;
mod markup;
mod mypy;
mod pylint;
mod pylint_text;
mod pytest_benchmark;
mod ruff;
mod xml;
mod xml_head;

mod cases;
mod ctrf;
mod dart;
mod go_test;
mod gtest_json;
mod jest;
mod libtest;
mod mocha;
mod nunit;
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
mod benchmarkdotnet;
mod bombardier;
mod criterion;
mod custom_benchmark;
mod divan;
mod go_bench;
mod google_benchmark;
mod hyperfine;
mod jmh;
mod k6;
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
mod clover;
mod coverage_draft;
mod coveralls;
mod gcov;
mod gcov_text;
mod gcovr;
mod go_cover;
mod istanbul;
mod jacoco;
mod llvm_cov;
mod opencover;
mod simplecov;
mod sonarqube_coverage;

pub mod checklist;
pub mod error;
pub mod format;

pub use detect::detect;
pub use error::{Code, ReadError};
pub use format::{Body, End, Format, Input, Kind, Limits, Report};

/// Every report format, in the order in which people read the list.
pub static FORMATS: &[&Format] = &[
    &junit::FORMAT,
    &nunit::FORMAT,
    &xunit_net::FORMAT,
    &trx::FORMAT,
    &tap::FORMAT,
    &ctrf::FORMAT,
    &go_test::FORMAT,
    &libtest::FORMAT,
    &jest::FORMAT,
    &mocha::FORMAT,
    &rspec::FORMAT,
    &dart::FORMAT,
    &gtest_json::FORMAT,
    &cobertura::FORMAT,
    &coverage_py::FORMAT,
    &lcov::FORMAT,
    &clover::FORMAT,
    &jacoco::FORMAT,
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
    &criterion::FORMAT,
    &libtest_bench::LIBTEST,
    &libtest_bench::BENCHER,
    &divan::FORMAT,
    &google_benchmark::FORMAT,
    &go_bench::FORMAT,
    &jmh::FORMAT,
    &k6::FORMAT,
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
    &bencher::FORMAT,
];

/// Names of the files beside a report of that path that belong to it; their bytes precede the
/// report's own when it is read. criterion spreads one benchmark over several files.
pub fn companions(path: &str) -> &'static [&'static str] {
    criterion::companions(path)
}

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}

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
