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
    &pytest_benchmark::FORMAT,
    &interrogate::FORMAT,
];

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
