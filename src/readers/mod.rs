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
mod pieces;
mod pylint;
mod pytest_benchmark;
mod ruff;
mod xml;
mod xml_head;
mod xml_walk;

pub mod checklist;
pub mod error;
pub mod format;

pub use detect::detect;
pub use error::{Code, ReadError};
pub use format::{Body, End, Format, Input, Kind, Limits, Report};

use pieces::Source;
use std::io::Read;

/// Every report format, in the order in which people read the list.
pub static FORMATS: &[&Format] = &[
    &junit::FORMAT,
    &cobertura::FORMAT,
    &coverage_py::FORMAT,
    &lcov::FORMAT,
    &pylint::JSON,
    &pylint::JSON2,
    &pylint::TEXT,
    &pylint::PARSEABLE,
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
        let report = stream(Source::Stream(&head, file), limits)?;
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
