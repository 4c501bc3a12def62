//! How what failed can be seen again: the commands that make the reports, and, as far as the tool is
//! known, one command for each failing test and each file with findings.
//!
//! Commands come from the configuration, from run records and from the table of formats. What a report
//! names goes into them as arguments only, and only if it is a file of the repository or the name of a
//! test; [`crate::model::shell`] quotes it.

mod linters;
mod runners;

use super::comparison::definition::Files;
use super::{Detail, EntryEvidence, Tree};
use crate::model::outcome::Outcome;
use crate::model::place::Place;
use crate::model::shell;
use crate::model::tests::{TestCase, TestOutcome};
use crate::readers::{Body, Format, Kind};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Single tests, files and places of one criterion; nobody pastes more.
const MOST: usize = 50;

/// A command that makes the reports of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// Its name in `[[commands]]`; `None` for the command of a run record.
    pub name: Option<String>,
    /// Program and arguments, placeholders filled in.
    pub words: Vec<String>,
}

/// What a step is for. The word is part of the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Makes a report again: `[[commands]]`.
    Configured,
    /// Makes a report again, as a run record says it was made.
    Recorded,
    /// Makes a report of the format: the usual command of its tool.
    Usual,
    /// Runs one failing test.
    Test,
    /// Runs a linter on one file.
    File,
    /// Lines to look at; no command.
    Lines,
}

impl What {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Recorded => "recorded",
            Self::Usual => "usual",
            Self::Test => "test",
            Self::File => "file",
            Self::Lines => "lines",
        }
    }
}

/// One thing to do to see a failure again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is for.
    pub what: What,
    /// The entry, test, file or lines it is about; hostile until escaped by an output.
    pub about: String,
    /// Where, if that is known.
    pub place: Option<Place>,
    /// Program and arguments; none where a shell is needed, or there is nothing to run.
    pub command: Option<Vec<String>>,
    /// The line for a shell; safe to paste, and to be shown as it stands. None if there is nothing to
    /// run, or nobody could see all of it.
    pub shell: Option<String>,
}

impl Step {
    fn run(what: What, about: &str, words: Vec<String>) -> Self {
        let shell = shell::line(&words);
        Self { what, about: about.to_owned(), place: None, command: Some(words), shell }
    }
}

/// The steps for a criterion that failed or is unproven: how its reports are made, then each failing
/// test, each file with findings, each place without coverage.
pub fn steps(
    outcome: Outcome,
    details: &[Detail],
    reports: &[&EntryEvidence],
    tree: &Tree,
    kinds: &[Kind],
) -> Vec<Step> {
    if !matches!(outcome, Outcome::Failed | Outcome::Unproven) {
        return Vec::new();
    }
    let places: BTreeSet<&str> =
        details.iter().filter_map(|d| Some(d.place.as_ref()?.path.as_str())).collect();
    let look = Look { tree, known: OnceCell::new(), places };
    let single: Vec<_> = reports.iter().map(|entry| look.single(entry)).collect();
    // Of several reports those that have to do with it.
    let guilty = |at: usize| match outcome {
        Outcome::Unproven => reports[at].doubt(kinds).is_some(),
        _ => !single[at].is_empty(),
    };
    let any = (0..reports.len()).any(guilty);
    let chosen: Vec<usize> = (0..reports.len()).filter(|at| !any || guilty(*at)).collect();
    let mut all: Vec<Step> = Vec::new();
    for step in chosen.iter().flat_map(|at| makers(reports[*at])) {
        if !all.iter().any(|known| known.shell == step.shell) {
            all.push(step);
        }
    }
    let one = chosen.into_iter().flat_map(|at| single[at].clone());
    all.extend(one.flatten().chain(lines(details, reports)).take(MOST));
    all
}

/// How the reports of an entry are made.
fn makers(entry: &EntryEvidence) -> Vec<Step> {
    let about = |maker: &Maker| maker.name.clone().unwrap_or_else(|| entry.entry.name.clone());
    let step = |maker: &Maker| {
        let what = if maker.name.is_some() { What::Configured } else { What::Recorded };
        Step::run(what, &about(maker), maker.words.clone())
    };
    let known: Vec<_> = entry.makers.iter().map(step).collect();
    if !known.is_empty() {
        return known;
    }
    let usual = entry.usual_command().map(|line| Step {
        what: What::Usual,
        about: entry.entry.name.clone(),
        place: None,
        command: None,
        shell: Some(line),
    });
    usual.into_iter().collect()
}

/// The places without coverage, where a coverage report was judged.
fn lines<'a>(details: &'a [Detail], reports: &[&EntryEvidence]) -> impl Iterator<Item = Step> + use<'a> {
    let is_coverage = reports.iter().any(|entry| entry.kind() == Some(Kind::Coverage));
    let lined =
        move |detail: &&Detail| is_coverage && detail.place.as_ref().is_some_and(|p| p.line.is_some());
    details.iter().filter(lined).map(|detail| Step {
        what: What::Lines,
        about: detail.message.clone(),
        place: detail.place.clone(),
        command: None,
        shell: None,
    })
}

struct Look<'a> {
    tree: &'a Tree,
    /// Made when the first test is looked for.
    known: OnceCell<Files<'a>>,
    /// Where the details of the judgement are.
    places: BTreeSet<&'a str>,
}

impl Look<'_> {
    /// A step for each failing test, or each file with findings, of an entry; `None` stands for one
    /// that no command is known for.
    fn single(&self, entry: &EntryEvidence) -> Vec<Option<Step>> {
        let mut all: Vec<Option<Step>> = Vec::new();
        for file in &entry.files {
            let Ok(report) = &file.report else { continue };
            let steps = match &report.body {
                Body::Tests(tests) => {
                    let bad = |o| matches!(o, TestOutcome::Failed | TestOutcome::Errored);
                    let failing = tests.cases.with(bad);
                    let step = |case: &TestCase| self.test(entry, report.format, case, &file.path);
                    failing.iter().take(MOST).map(step).collect()
                }
                Body::Findings(findings) => {
                    let placed = findings.list.iter().filter_map(|finding| {
                        let path = &finding.place.as_ref()?.path;
                        let path = self.tree.place(path, &file.path, &[])?;
                        self.places.contains(path.as_str()).then_some((path, finding.tool))
                    });
                    let placed: BTreeSet<_> = placed.collect();
                    placed.iter().take(MOST).map(|(path, tool)| self.finding(entry, path, tool)).collect()
                }
                _ => Vec::new(),
            };
            for step in steps {
                if step.is_none() || !all.contains(&step) {
                    all.push(step);
                }
            }
        }
        all
    }

    fn test(&self, entry: &EntryEvidence, format: &Format, case: &TestCase, report: &str) -> Option<Step> {
        let known = self.known.get_or_init(|| Files::new(self.tree.files()));
        let found = runners::Found::new(case, self.tree, known, report);
        let words = runners::command(&entry.makers, format, case, &found)?;
        Some(Step { place: case.place.clone(), ..Step::run(What::Test, &case.id.label(), words) })
    }

    fn finding(&self, entry: &EntryEvidence, path: &str, tool: &str) -> Option<Step> {
        let words = linters::command(&entry.makers, tool, path)?;
        Some(Step { place: Some(Place::file(path)), ..Step::run(What::File, path, words) })
    }
}

/// What may stand before a program and only starts it. Behind anything else (a shell's `-c`, `tox -e`)
/// further words would go to somebody else.
const LAUNCHERS: &[&str] = &[
    "python", "python3", "py", "-m", "poetry", "uv", "pdm", "pipenv", "hatch", "run", "coverage", "npx",
    "pnpm", "yarn", "bunx", "exec", "bundle", "dotenv", "time", "nice", "env",
];

/// Launchers that hand their words to a shell of their own, or may: what is quoted for the first shell
/// means something to the second again.
const RESHELL: &[&str] = &["npx", "pnpm", "yarn", "bunx", "hatch"];

/// The words that start a program and those that go to it, as one command that survives a second shell.
fn joined(started: Vec<String>, ours: Vec<String>) -> Option<Vec<String>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    let again = started.iter().any(|word| RESHELL.contains(&base(word)));
    if !again || ours.iter().all(|word| word.chars().all(plain)) {
        return Some([started, ours].concat());
    }
    // What npx finds lies there.
    match started.as_slice() {
        [npx, program] if base(npx) == "npx" => {
            Some([vec![format!("node_modules/.bin/{program}")], ours].concat())
        }
        _ => None,
    }
}

/// A program by its name.
fn base(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").or_else(|| name.strip_suffix(".cmd")).unwrap_or(name)
}

/// Where in a command a program begins.
fn position(words: &[String], program: &[&str]) -> Option<usize> {
    let starts = |word: &String| LAUNCHERS.contains(&base(word));
    let at = words.iter().position(|word| !starts(word))?;
    let here = words[at..].iter().zip(program).filter(|(word, want)| word == want || base(word) == **want);
    (here.count() == program.len()).then_some(at)
}

/// A file of the repository as an argument that no tool takes for an option or a list of arguments.
fn argument(path: &str) -> String {
    let safe = path.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
    if safe { path.to_owned() } else { format!("./{path}") }
}

#[cfg(test)]
mod tests;
