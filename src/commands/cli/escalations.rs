//! Arguments of `escalations`.

use crate::model::since::Since;
use clap::Args;

/// Arguments of `escalations`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Escalations {
    /// Exit with 1 if anything is due
    #[arg(long)]
    pub(in crate::commands) fail_on_due: bool,
    /// As if it were then, in UTC: "2026-11-23 17:30"
    #[arg(long, value_name = "WHEN", value_parser = |text: &str| text.parse::<Since>())]
    pub(in crate::commands) now: Option<Since>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(in crate::commands) output_format: String,
}
