//! `formats`: the table of report formats.

use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::readers::{self, End};
use crate::render::plain::{pad, wrap};
use crate::verdict::ExitStatus;

/// Runs the command.
pub(super) fn run(terminal: Terminal) -> Result<u8, Refusal> {
    let width = terminal.style(0).width;
    let name = readers::formats().map(|f| f.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for format in readers::formats() {
        let left = format!("{}  {}", pad(format.name, name), pad(format.kind.word(), 10));
        let mut lines = wrap(
            &format!("{}; {}", format.tools.trim_end_matches(['.', ',', ' ']), end(format.end)),
            width.saturating_sub(left.len() + 2),
        )
        .into_iter();
        out.push_str(&format!("{left}  {}\n", lines.next().unwrap_or_default()));
        lines.for_each(|line| out.push_str(&format!("{}  {line}\n", " ".repeat(left.len()))));
    }
    out.push_str("\nDetected by content, but for `json` and `text`. `milegate explain NAME` shows the command that makes one.\n");
    terminal.print(&out);
    Ok(ExitStatus::Passed.code())
}

/// What a cut-off file of the format looks like.
pub(super) fn end(end: End) -> &'static str {
    match end {
        End::Marked => "a cut-off file is always seen",
        End::Records => "a file cut between two records looks whole: record the run",
        End::ExitStatus => "empty when clean: needs the recorded exit status",
    }
}
