//! Linters that look at one file: [`LINTERS`].

use super::{Maker, argument, joined, position};

/// A linter: a row of the table.
struct Linter {
    /// As the readers name the tool of a finding.
    tool: &'static str,
    /// Its words before the file.
    words: &'static [&'static str],
}

/// What a linter is called, and how it is run on one file. Those that look at whole packages only
/// (clippy, golangci-lint, javac) are not here: the command of the report is theirs.
static LINTERS: &[Linter] = &[
    Linter { tool: "pylint", words: &["pylint"] },
    Linter { tool: "mypy", words: &["mypy"] },
    Linter { tool: "pyright", words: &["pyright"] },
    Linter { tool: "ruff", words: &["ruff", "check"] },
    Linter { tool: "ruff format", words: &["ruff", "format", "--diff"] },
    Linter { tool: "black", words: &["black", "--diff"] },
    Linter { tool: "flake8", words: &["flake8"] },
    Linter { tool: "pycodestyle", words: &["pycodestyle"] },
    Linter { tool: "pydocstyle", words: &["pydocstyle"] },
    Linter { tool: "bandit", words: &["bandit"] },
    Linter { tool: "semgrep", words: &["semgrep", "scan"] },
    Linter { tool: "eslint", words: &["eslint"] },
    Linter { tool: "stylelint", words: &["stylelint"] },
    Linter { tool: "shellcheck", words: &["shellcheck"] },
    Linter { tool: "hadolint", words: &["hadolint"] },
    Linter { tool: "actionlint", words: &["actionlint"] },
    Linter { tool: "yamllint", words: &["yamllint"] },
    Linter { tool: "rustfmt", words: &["rustfmt", "--check"] },
];

/// The linter on a file of the repository; started as in the known command, if that runs it.
pub(super) fn command(makers: &[Maker], tool: &str, path: &str) -> Option<Vec<String>> {
    let linter = LINTERS.iter().find(|linter| linter.tool.eq_ignore_ascii_case(tool))?;
    let started = makers.iter().find_map(|maker| {
        let at = position(&maker.words, &linter.words[..1])?;
        Some(maker.words[..=at].to_vec())
    });
    let started = started.unwrap_or_else(|| vec![linter.words[0].to_owned()]);
    let rest = linter.words[1..].iter().map(|word| (*word).to_owned());
    joined(started, rest.chain([argument(path)]).collect())
}
