//! The ratchet file, as it is and as it was at the base.

use crate::model::ratchet::Ratchet;

/// The figures that may only get better.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratcheted {
    /// The file.
    pub path: String,
    /// As it is in the work tree; without a figure if the file is gone.
    pub now: Ratchet,
    /// As it was at the base; `None` where there is no base, or it had no such file.
    pub before: Option<Ratchet>,
}
