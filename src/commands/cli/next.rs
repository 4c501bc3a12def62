//! Arguments of `next`.

use clap::Args;
use jiff::civil::Date;

/// Arguments of `next`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Next {
    /// The milestone; else the first that is not tagged
    pub(in crate::commands) milestone: Option<String>,
    /// Write the day it begins into the status document: 2026-11-24; today or before only if it may begin
    #[arg(long, value_name = "DATE", value_parser = |text: &str| text.parse::<Date>())]
    pub(in crate::commands) start: Option<Date>,
    /// Write its estimated completion into the status document: 2026-12-18
    #[arg(long, value_name = "DATE", value_parser = |text: &str| text.parse::<Date>())]
    pub(in crate::commands) estimate: Option<Date>,
    /// Write whose it is into the status document (repeatable): alice, or "bob: the migrations"
    #[arg(long, value_name = "NAME")]
    pub(in crate::commands) owner: Vec<String>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(in crate::commands) output_format: String,
}
