//! One file per output: a verdict in, bytes out. The table is [`OUTPUTS`].
//!
//! An output never decides: it is handed the verdict, and the exit status is known before.
//! Text from reports is hostile: every output neutralises it in its own way.

mod badge;
pub mod burndown;
pub mod comment;
pub mod comparison;
pub mod escalations;
pub mod exhibit;
pub mod github;
mod github_output;
mod gitlab;
mod html;
mod issue;
pub mod json;
mod junit;
pub mod link;
pub mod markdown;
pub mod plain;
pub mod progress;
pub mod readiness;
pub mod report;
mod reproduce;
mod road;
mod sarif;
pub mod standup;
mod svg;
mod text;
mod xml;

use crate::verdict::Verdict;
use exhibit::{Exhibit, Refused};

/// A format in which a verdict is shown: a row of the table.
#[derive(Debug)]
pub struct Output {
    /// The name in `--output-format` and `--output NAME=PATH`.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Renders it.
    pub render: fn(&Verdict, &Style) -> String,
    /// Renders only what `NAME:THIS` names; nothing if the verdict does not know it.
    pub about: Option<fn(&Verdict, &str) -> Option<String>>,
    /// If it shows more than the verdict.
    pub whole: Option<Whole>,
}

/// An output that shows what the verdict rests on, and that there is none.
#[derive(Debug)]
pub struct Whole {
    /// Renders the verdict with everything that was collected to be shown.
    pub render: fn(&Verdict, &Exhibit) -> String,
    /// Renders why there is no verdict.
    pub refused: fn(&Refused<'_>) -> String,
}

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// With styles; a stream that cannot show them strips them.
    pub color: bool,
    /// Most details shown of one criterion.
    pub details: usize,
    /// With the commands that would show each failure again.
    pub reproduce: bool,
    /// The address below which places of the repository become links, `file://host/repo/`; a stream
    /// that shows no links is given none.
    pub links: Option<&'static str>,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false, details: 8, reproduce: false, links: None }
    }
}

/// Every output, in the order in which people read the list.
pub static OUTPUTS: &[&Output] = &[
    &text::OUTPUT,
    &json::OUTPUT,
    &markdown::OUTPUT,
    &github::OUTPUT,
    &gitlab::OUTPUT,
    &junit::OUTPUT,
    &sarif::OUTPUT,
    &html::OUTPUT,
    &badge::OUTPUT,
    &github_output::OUTPUT,
];

/// The output for a person at a terminal.
pub const TEXT: &str = "text";

/// The four gates and the last sentence, for a command that has more to say than the verdict.
pub fn glance(verdict: &Verdict, style: &Style) -> String {
    text::glance(verdict, style)
}

/// The output of that name.
pub fn output(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().copied().find(|o| o.name == name)
}
