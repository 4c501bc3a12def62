//! Stub.
use super::detect::Head;
pub(super) fn head(_text: &str) -> Option<Head<'_>> {
    None
}
