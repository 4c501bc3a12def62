//! Arguments of `standup`.

use clap::Args;
use jiff::civil::Date;

/// Arguments of `standup`.
#[derive(Debug, Args)]
pub(in crate::commands) struct Standup {
    /// Who tells: a name as git has it, or one of [people]; else git's user.name
    #[arg(long = "as", value_name = "NAME")]
    pub(in crate::commands) person: Option<String>,
    /// The day; else today, in UTC
    #[arg(long, value_name = "DATE")]
    pub(in crate::commands) date: Option<Date>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "markdown", "json"])]
    pub(in crate::commands) output_format: String,
}
