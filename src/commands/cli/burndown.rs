//! Arguments of `burndown`.

use clap::{Args, ValueHint};
use jiff::civil::Date;
use std::path::PathBuf;

/// Arguments of `burndown`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Burndown {
    /// The milestone; else all items of the checklist
    pub(in crate::commands) milestone: Option<String>,
    /// Draw the ideal line to this day, not to the estimated completion in the status document: 2026-12-24
    #[arg(long, value_name = "DATE", value_parser = |text: &str| text.parse::<Date>())]
    pub(in crate::commands) due: Option<Date>,
    /// Draw the chart into this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::commands) svg: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "markdown", "mermaid", "json"])]
    pub(in crate::commands) output_format: String,
}
