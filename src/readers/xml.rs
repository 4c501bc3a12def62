//! Stub.
use super::detect::XmlHead;
use super::error::{Code, ReadError};
pub(super) fn looks_like(_bytes: &[u8]) -> bool {
    false
}
pub(super) fn head(_bytes: &[u8]) -> Result<XmlHead, ReadError> {
    Err(ReadError::new(Code::Malformed, "stub"))
}
