//! Arguments of `status`.

use clap::Args;

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Status {
    /// Write the document; what a person wrote stays as it is
    #[arg(long, conflicts_with = "check")]
    pub(in crate::commands) write: bool,
    /// Exit with 1 and show the difference if the document is not up to date; write nothing
    #[arg(long)]
    pub(in crate::commands) check: bool,
    /// Take over marked regions that hold text without a sum
    #[arg(long)]
    pub(in crate::commands) adopt: bool,
}
