//! Where a verdict goes: stdout, files, the step summary. Nothing here can change the exit status.

use super::ci;
use super::cli::Outputs;
use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::criteria::spec::did_you_mean;
use crate::ledger::anywhere;
use crate::render::{self, OUTPUTS, Output, Style};
use crate::verdict::Verdict;
use std::path::{Path, PathBuf};

/// A file to write, and what to write to it.
#[derive(Debug)]
pub(super) struct Target {
    output: &'static Output,
    path: PathBuf,
}

/// Width of files, which nobody resizes.
const FILE_STYLE: Style = Style { width: 100, color: false, details: 50 };

/// The files asked for by `--output FORMAT=PATH`.
pub(super) fn targets(args: &Outputs, start: &Path) -> Result<Vec<Target>, Refusal> {
    args.outputs.iter().map(|text| target(text, start)).collect()
}

fn target(text: &str, start: &Path) -> Result<Target, Refusal> {
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(Refusal::usage(format!("--output {text}: expected FORMAT=PATH"))
            .hint("--output markdown=summary.md"));
    };
    let output = render::output(name).ok_or_else(|| {
        let names = || OUTPUTS.iter().map(|o| o.name);
        let hint = did_you_mean(name, names()).unwrap_or_else(|| names().collect::<Vec<_>>().join(", "));
        Refusal::usage(format!("--output {text}: no output format `{name}`")).hint(hint)
    })?;
    Ok(Target { output, path: start.join(path) })
}

/// Prints the verdict, writes the files, and adds the step summary exactly once.
pub(super) fn show(verdict: &Verdict, args: &Outputs, targets: &[Target], terminal: Terminal) {
    if let Some(output) = render::output(&args.output_format) {
        terminal.print(&(output.render)(verdict, &terminal.style(args.details)));
    }
    let summary = ci::step_summary().map(PathBuf::from);
    for target in targets {
        let bytes = (target.output.render)(verdict, &FILE_STYLE);
        // The summary file is shared by the commands of a step: it is added to, never replaced.
        let written = if Some(&target.path) == summary.as_ref() {
            anywhere::append(&target.path, bytes.as_bytes())
        } else {
            anywhere::replace(&target.path, bytes.as_bytes())
        };
        if let Err(error) = written {
            terminal.warn(&format!("--output: {error}"));
        }
    }
    let by_itself = ci::is_github() && !args.no_github;
    if let Some(path) = summary.filter(|path| by_itself && !targets.iter().any(|t| t.path == *path))
        && let Some(markdown) = render::output("markdown")
        && let Err(error) = anywhere::append(&path, (markdown.render)(verdict, &FILE_STYLE).as_bytes())
    {
        terminal.warn(&format!("step summary: {error}"));
    }
}
