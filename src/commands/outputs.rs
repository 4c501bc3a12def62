//! Where a verdict goes: stdout, files, annotations, the step summary. Nothing here can change the
//! exit status.

use super::ci;
use super::cli::Outputs;
use super::hyperlinks;
use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::criteria::spec::did_you_mean;
use crate::ledger::anywhere;
use crate::render::exhibit::{Exhibit, Refused};
use crate::render::{self, OUTPUTS, Output, Style, github};
use crate::verdict::Verdict;
use std::path::{Path, PathBuf};

/// A file to write, and what to write to it.
#[derive(Debug)]
pub(super) struct Target {
    output: &'static Output,
    /// The part of the verdict that was named behind a colon.
    about: Option<String>,
    path: PathBuf,
}

/// Width of files, which nobody resizes.
pub(super) const FILE_STYLE: Style =
    Style { width: 100, color: false, details: 50, reproduce: false, links: None };

/// What goes to the outputs.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    /// The verdict.
    pub(super) verdict: &'a Verdict,
    /// What it rests on, if an output shows that.
    pub(super) exhibit: Option<&'a Exhibit>,
    /// The root of the work tree.
    pub(super) root: &'a Path,
}

impl Shown<'_> {
    /// What an output shows that shows more than the verdict.
    fn whole(&self, output: &Output) -> Option<String> {
        Some((output.whole.as_ref()?.render)(self.verdict, self.exhibit?))
    }
}

/// Whether any output shows more than the verdict.
pub(super) fn want_exhibit(args: &Outputs) -> bool {
    let written = args.outputs.iter().filter_map(|text| text.split(['=', ':']).next());
    let mut asked = written.chain([args.output_format.as_str()]);
    asked.any(|name| render::output(name).is_some_and(|output| output.whole.is_some()))
}

/// Says in the files of outputs that have a page for it why there is no verdict: what an earlier run
/// left there would be taken for this one's.
pub(super) fn refuse(refusal: &Refusal, args: &Outputs, targets: &[Target], terminal: Terminal) {
    let mistakes = refusal.mistakes.iter();
    let mistakes = mistakes.flat_map(|all| {
        let place = |line: usize, column: usize| format!("{}:{line}:{column}", all.path());
        all.iter().map(move |one| (place(one.line, one.column), one.message.as_str(), one.hint.as_deref()))
    });
    let refused = Refused {
        status: refusal.status.code(),
        message: &refusal.message,
        next_step: refusal.hint.as_deref(),
        mistakes: mistakes.collect(),
    };
    if let Some(whole) = render::output(&args.output_format).and_then(|output| output.whole.as_ref()) {
        terminal.print(&(whole.refused)(&refused));
    }
    for target in targets {
        if let Some(whole) = &target.output.whole {
            write_to(target, &(whole.refused)(&refused), terminal);
        }
    }
}

/// The files asked for by `--output FORMAT=PATH`. If one of them is a mistake, the others say so.
pub(super) fn targets(args: &Outputs, start: &Path, terminal: Terminal) -> Result<Vec<Target>, Refusal> {
    let (mut good, mut first) = (Vec::new(), None);
    for text in &args.outputs {
        match target(text, start) {
            Ok(target) => good.push(target),
            Err(mistake) => first = first.or(Some(mistake)),
        }
    }
    match first {
        None => Ok(good),
        Some(mistake) => {
            refuse(&mistake, args, &good, terminal);
            Err(mistake)
        }
    }
}

fn target(text: &str, start: &Path) -> Result<Target, Refusal> {
    let Some((asked, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(Refusal::usage(format!("--output {text}: expected FORMAT=PATH"))
            .hint("--output markdown=summary.md"));
    };
    let (name, about) = match asked.split_once(':') {
        Some((name, about)) => (name, Some(about)),
        None => (asked, None),
    };
    let output = render::output(name).ok_or_else(|| {
        let names = || OUTPUTS.iter().map(|o| o.name);
        let hint = did_you_mean(name, names()).unwrap_or_else(|| names().collect::<Vec<_>>().join(", "));
        Refusal::usage(format!("--output {text}: no output format `{name}`")).hint(hint)
    })?;
    if about.is_some() && output.about.is_none() {
        return Err(Refusal::usage(format!("--output {text}: `{name}` shows the whole verdict only"))
            .hint(format!("--output {name}={path}")));
    }
    Ok(Target { output, about: about.map(str::to_owned), path: start.join(path) })
}

/// Prints the verdict, writes the files, and in a step of GitHub Actions adds annotations to a text
/// and the summary to the page, exactly once. Returns whether anybody still reads stdout.
pub(super) fn show(shown: &Shown<'_>, args: &Outputs, targets: &[Target], terminal: Terminal) -> bool {
    let verdict = shown.verdict;
    let in_github = ci::is_github() && !args.no_github;
    let mut read = true;
    if let Some(output) = render::output(&args.output_format) {
        let (style, terminal) = style(shown.root, args, terminal);
        let text = shown.whole(output).unwrap_or_else(|| (output.render)(verdict, &style));
        // Text for a person is framed, for it quotes reports; another format is for a program.
        if in_github && output.name == render::TEXT {
            terminal.print(&github::framed(&text));
            read = terminal.hands_over(&github::annotations(verdict));
        } else {
            read = terminal.hands_over(&text);
        }
    }
    for target in targets {
        write(shown, target, terminal);
    }
    let summary = ci::step_summary().map(PathBuf::from);
    if let Some(path) = summary.filter(|path| in_github && !targets.iter().any(|t| t.path == *path))
        && let Some(markdown) = render::output("markdown")
        && let Err(error) = anywhere::append(&path, (markdown.render)(verdict, &FILE_STYLE).as_bytes())
    {
        terminal.warn(&format!("step summary: {error}"));
    }
    read
}

/// The style of what is printed, and a terminal that lets its links through.
fn style(root: &Path, args: &Outputs, terminal: Terminal) -> (Style, Terminal) {
    let style = Style { reproduce: args.explain_failures, ..terminal.style(args.details) };
    match hyperlinks::base(args.hyperlinks, root) {
        Some(base) => {
            (Style { color: terminal.is_colored(), links: Some(base), ..style }, terminal.verbatim())
        }
        None => (style, terminal),
    }
}

/// Prints what a command found in the format that was asked for; only a text for a person is framed.
pub(super) fn print(format: &str, text: &str, terminal: Terminal) {
    if format == render::TEXT { print_text(text, terminal) } else { terminal.print(text) }
}

/// Prints a text for a person. It quotes reports, papers and names of others: in a step of GitHub
/// Actions it is framed, so that the runner executes nothing of it.
pub(super) fn print_text(text: &str, terminal: Terminal) {
    if ci::is_github() {
        terminal.print(&github::framed(text));
    } else {
        terminal.print(text);
    }
}

fn write(shown: &Shown<'_>, target: &Target, terminal: Terminal) {
    let whole = || shown.whole(target.output);
    let content = match (&target.about, target.output.about) {
        (Some(about), Some(render)) => render(shown.verdict, about),
        _ => Some(whole().unwrap_or_else(|| (target.output.render)(shown.verdict, &FILE_STYLE))),
    };
    let Some(content) = content else {
        let about = target.about.as_deref().unwrap_or_default();
        terminal.warn(&format!("--output {}:{about}: no criterion `{about}` was judged", target.output.name));
        return;
    };
    write_to(target, &content, terminal);
}

fn write_to(target: &Target, content: &str, terminal: Terminal) {
    // The files of a step are shared by its commands: they are added to, never replaced.
    let shared = ci::shared_files().iter().any(|path| Path::new(path) == target.path);
    let written = if shared {
        anywhere::append(&target.path, content.as_bytes())
    } else {
        anywhere::replace(&target.path, content.as_bytes())
    };
    if let Err(error) = written {
        terminal.warn(&format!("--output: {error}"));
    }
}
