//! Stub.
pub(super) fn run(_: &super::cli::Demo, _: super::terminal::Terminal) -> Result<u8, super::refusal::Refusal> {
    Ok(5)
}
