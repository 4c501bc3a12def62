//! Stub.
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
macro_rules! row {
    ($n:ident, $s:expr) => {
        /// Row.
        pub(super) static $n: Format = Format {
            name: $s,
            kind: Kind::Findings,
            tools: "",
            command: "",
            end: End::Marked,
            detect: |_| false,
            read,
        };
    };
}
row!(JSON, "pylint-json");
row!(JSON2, "pylint-json2");
row!(TEXT, "pylint-text");
row!(PARSEABLE, "pylint-parseable");
fn read(_input: &Input<'_>) -> Result<Report, ReadError> {
    Err(ReadError::new(Code::Malformed, "stub"))
}
