//! Reading a text in unit tests: what it holds, and the notices beside it.

use super::error::ReadError;
use super::format::{Body, Input, Limits, Report};
use crate::model::benchmarks::Benchmarks;
use crate::model::coverage::Coverage;
use crate::model::tests::Tests;

/// The function that reads a format.
type Read = fn(&Input<'_>) -> Result<Report, ReadError>;

fn report(read: Read, text: &str) -> Result<(Body, Vec<String>), ReadError> {
    let report = read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })?;
    Ok((report.body, report.notices))
}

/// The tests in a text.
pub(super) fn tests(read: Read, text: &str) -> Result<(Tests, Vec<String>), ReadError> {
    match report(read, text)? {
        (Body::Tests(tests), notices) => Ok((tests, notices)),
        other => panic!("{other:?}"),
    }
}

/// The coverage in a text.
pub(super) fn coverage(read: Read, text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
    match report(read, text)? {
        (Body::Coverage(coverage), notices) => Ok((coverage, notices)),
        other => panic!("{other:?}"),
    }
}

/// The benchmarks in a text.
pub(super) fn benchmarks(read: Read, text: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
    match report(read, text)? {
        (Body::Benchmarks(benchmarks), notices) => Ok((benchmarks, notices)),
        other => panic!("{other:?}"),
    }
}
