//! Stub.
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
/// Row.
pub(super) static FORMAT: Format = Format {
    name: "lcov",
    kind: Kind::Findings,
    tools: "",
    command: "",
    end: End::Marked,
    detect: |_| false,
    read,
};
fn read(_input: &Input<'_>) -> Result<Report, ReadError> {
    Err(ReadError::new(Code::Malformed, "stub"))
}
