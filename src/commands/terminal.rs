//! The streams: stdout bears the report, stderr everything else. A closed pipe is a quiet end, and
//! never changes the exit status.

use super::cli::Color;
use super::refusal::Refusal;
use crate::render::Style;
use crate::render::comparison::Spark;
use crate::render::plain::{clean, wrap};
use anstream::{AutoStream, ColorChoice};
use owo_colors::OwoColorize;
use std::io::{self, IsTerminal, Write};

/// Columns when nobody says how many.
const WIDTH: usize = 80;
/// Fewer columns hold no table, and more of them no eye.
const WIDTHS: (usize, usize) = (30, 400);

/// How to write to the two streams.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    choice: ColorChoice,
    muted: bool,
}

impl Terminal {
    /// By the `--color` argument, else by the streams and the environment.
    pub(super) fn new(color: Color) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        Self { choice, muted: false }
    }

    /// The style of stdout. `COLUMNS` wins over nothing: no system call asks the terminal.
    pub(super) fn style(self, details: usize) -> Style {
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
        let width = columns.or_else(terminal_width).unwrap_or(WIDTH).clamp(WIDTHS.0, WIDTHS.1);
        Style { width, color: true, details, reproduce: false, links: None }
    }

    /// The same without stdout.
    pub(super) fn muted(self) -> Self {
        Self { muted: true, ..self }
    }

    /// Prints to stdout, styles stripped where they cannot be shown.
    pub(super) fn print(self, text: &str) {
        self.hands_over(text);
    }

    /// The same, and whether somebody still took it.
    pub(super) fn hands_over(self, text: &str) -> bool {
        if self.muted {
            return true;
        }
        let mut stdout = AutoStream::new(io::stdout().lock(), self.choice);
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_ok()
    }

    /// Whether stdout shows styles.
    pub(super) fn is_colored(self) -> bool {
        AutoStream::new(io::stdout(), self.choice).current_choice() != ColorChoice::Never
    }

    /// The same with whatever escapes the text has: for links, which are no style.
    pub(super) fn verbatim(self) -> Self {
        Self { choice: ColorChoice::AlwaysAnsi, ..self }
    }

    /// Prints a line to stderr.
    pub(super) fn say(self, text: &str) {
        let _ = writeln!(AutoStream::new(io::stderr().lock(), self.choice), "{text}");
    }

    /// Prints a warning to stderr.
    pub(super) fn warn(self, text: &str) {
        self.say(&format!("{} {}", "warning:".yellow().bold(), clean(text)));
    }

    /// Prints why a command could not do its work.
    pub(super) fn refuse(self, refusal: &Refusal) {
        if let Some(mistakes) = &refusal.mistakes {
            let color = self.choice == ColorChoice::AlwaysAnsi || self.choice == ColorChoice::Auto;
            self.say(mistakes.render(color).trim_end());
        }
        for (at, line) in wrap(&clean(&refusal.message), WIDTH * 2).iter().enumerate() {
            if at == 0 {
                self.say(&format!("{} {line}", "error:".red().bold()));
            } else {
                self.say(&format!("       {line}"));
            }
        }
        if let Some(hint) = &refusal.hint {
            self.say(&format!("{} {}", "next:".bold(), clean(hint)));
        }
    }

    /// Whether somebody sits there who can answer.
    pub(super) fn is_interactive() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks on stderr for a line; `None` where nobody can answer, or nobody does.
    pub(super) fn ask(self, question: &str) -> Option<String> {
        if !Self::is_interactive() {
            return None;
        }
        let _ = write!(AutoStream::new(io::stderr().lock(), self.choice), "{question}: ");
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty())
    }

    /// Asks a yes-or-no question; `true` without asking where nobody can answer.
    pub(super) fn confirm(self, question: &str) -> bool {
        if !Self::is_interactive() {
            return true;
        }
        let _ = write!(AutoStream::new(io::stderr().lock(), self.choice), "{question} [y/N] ");
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}

/// What stdout can show of a history: a terminal without UTF-8 has no blocks.
pub(super) fn spark() -> Spark {
    let set = |key: &str| std::env::var(key).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|key| set(key)).unwrap_or_default();
    let narrow = ["utf-8", "utf8"].iter().all(|name| !locale.to_lowercase().contains(name));
    let plain = set("TERM").is_some_and(|term| matches!(term.as_str(), "dumb" | "linux"));
    if io::stdout().is_terminal() && (plain || narrow && cfg!(not(windows))) {
        Spark::Digits
    } else {
        Spark::Blocks
    }
}

/// Columns of the terminal behind stdout, if it is one.
fn terminal_width() -> Option<usize> {
    io::stdout().is_terminal().then(|| terminal_size::terminal_size().map(|(w, _)| usize::from(w.0)))?
}
