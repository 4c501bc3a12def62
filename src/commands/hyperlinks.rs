//! Whether the terminal behind stdout shows hyperlinks. No terminal says so when it is asked, and one
//! that does not know them may print them: so the list is short, and everything else has none.

use super::ci;
use super::cli::When;
use crate::ledger::machine;
use crate::render::link;
use std::env;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::OnceLock;

/// The address of the root; one run has one.
static BASE: OnceLock<String> = OnceLock::new();

/// The address below which places are linked, if they are.
pub(super) fn base(when: When, root: &Path) -> Option<&'static str> {
    let wanted = match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
            io::stdout().is_terminal() && !ci::is_any() && shows_links(&set)
        }
    };
    let address = || link::base(&machine::name().unwrap_or_default(), &root.to_string_lossy());
    wanted.then(|| BASE.get_or_init(address).as_str())
}

/// A variable that a terminal sets, and the values that tell one with links.
type Sign = (&'static str, fn(&str) -> bool);

/// Terminals that show them. VTE 0.50.0 crashed on them.
const SIGNS: &[Sign] = &[
    ("KITTY_WINDOW_ID", |_| true),
    ("WT_SESSION", |_| true),
    ("VTE_VERSION", |version| version.parse().is_ok_and(|version: u32| version > 5000)),
    ("KONSOLE_VERSION", |version| version.parse().is_ok_and(|version: u32| version >= 201_200)),
    ("TERM_PROGRAM", |name| ["iTerm.app", "WezTerm", "vscode", "ghostty", "rio", "Tabby"].contains(&name)),
    ("TERM", |name| ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"].contains(&name)),
];

/// Between us and the terminal: what the variables tell is of the terminal outside.
const BETWEEN: &[&str] = &["TMUX", "STY", "ZELLIJ"];

fn shows_links(set: &impl Fn(&str) -> Option<String>) -> bool {
    let dumb =
        set("TERM").is_none_or(|term| term == "dumb" || term == "linux") && set("WT_SESSION").is_none();
    let between = BETWEEN.iter().any(|name| set(name).is_some());
    !between && !dumb && SIGNS.iter().any(|(name, is)| set(name).is_some_and(|v| is(&v)))
}

#[cfg(test)]
mod tests {
    use super::shows_links;

    #[test]
    fn only_terminals_that_are_known_to() {
        for (told, want) in [
            (&[("TERM", "xterm-256color"), ("VTE_VERSION", "7200")][..], true),
            (&[("TERM", "xterm-256color"), ("VTE_VERSION", "5000")], false),
            (&[("TERM", "xterm-256color"), ("VTE_VERSION", "x")], false),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], true),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")], false),
            (&[("TERM", "xterm-kitty")], true),
            (&[("WT_SESSION", "1")], true),
            (&[("TERM", "dumb"), ("KITTY_WINDOW_ID", "1")], false),
            (&[("TERM", "tmux-256color"), ("TMUX", "/tmp/x"), ("VTE_VERSION", "7200")], false),
            (&[("TERM", "xterm-256color")], false),
            (&[], false),
        ] {
            let set = |name: &str| told.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            assert_eq!(shows_links(&set), want, "{told:?}");
        }
    }
}
