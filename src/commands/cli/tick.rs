//! Arguments of `tick` and `progress`.

use clap::Args;

/// Arguments of `tick`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Tick {
    /// The item: 5.1/3 for the third of milestone 5.1, or a part of its text that no other item has
    pub(in crate::commands) item: String,
    /// Only mark it as in progress
    #[arg(long, conflicts_with_all = ["block", "untick"])]
    pub(in crate::commands) start: bool,
    /// Only mark it as blocked, with what it waits for
    #[arg(long, value_name = "REASON", conflicts_with = "untick")]
    pub(in crate::commands) block: Option<String>,
    /// Empty its box again, and take its mark away
    #[arg(long)]
    pub(in crate::commands) untick: bool,
    /// Its implementation file; else what the item names
    #[arg(long, value_name = "PATH")]
    pub(in crate::commands) implementation: Option<String>,
    /// Its test file; else what the item names
    #[arg(long, value_name = "PATH")]
    pub(in crate::commands) test: Option<String>,
    /// Vouch for a criterion that nothing proves, by its id, or for `all` of them; never for one that failed
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(in crate::commands) attest: Vec<String>,
    /// Show what would be ticked and why not; write nothing
    #[arg(long)]
    pub(in crate::commands) dry_run: bool,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(in crate::commands) output_format: String,
}

/// Arguments of `progress`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Progress {
    /// Only this milestone
    pub(in crate::commands) milestone: Option<String>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(in crate::commands) output_format: String,
}
