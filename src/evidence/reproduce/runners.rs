//! Test runners, and how each is told to run one test: [`RUNNERS`].
//!
//! The runner is known from the command that makes the report; else from the format, if only one
//! tool writes it; else from where the test stands. Names of tests are arguments or parts of them, and
//! none that would begin with a dash: then there is no command.

use super::{Maker, Tree, argument, joined, position};
use crate::evidence::comparison::definition::Files;
use crate::model::tests::{TestCase, TestId};
use crate::readers::Format;

/// Where a test stands in the repository.
pub(super) struct Found {
    /// As the report says, if it looks like a file of tests.
    told: Option<String>,
    /// As its class says, or its name, if that is all there is: a module that could not be collected.
    of_class: Option<String>,
}

impl Found {
    /// Looks for a test of the report at `report`.
    pub(super) fn new(case: &TestCase, tree: &Tree, known: &Files<'_>, report: &str) -> Self {
        let module = || TestId { class: case.id.name.clone(), ..TestId::default() };
        let of_class = if case.id.class.is_empty() { known.of(&module()) } else { known.of(&case.id) };
        let told = case.place.as_ref().and_then(|place| tree.place(&place.path, report, &[]));
        // A runner executes its file: the report may not choose any script of the repository.
        let told = told.filter(|path| ["test", "spec"].iter().any(|word| path.to_lowercase().contains(word)));
        Self { told, of_class: of_class.map(str::to_owned) }
    }

    fn file(&self) -> Option<&str> {
        self.told.as_deref().or(self.of_class.as_deref())
    }

    fn ends_in(&self, endings: &[&str]) -> bool {
        let both = [&self.told, &self.of_class];
        both.into_iter().flatten().any(|path| endings.iter().any(|end| path.ends_with(end)))
    }
}

/// What runs one test, after the words that start the runner.
type Select = fn(&TestCase, &Found) -> Option<Vec<String>>;

/// A test runner: a row of the table.
struct Runner {
    /// How a command starts it.
    program: &'static [&'static str],
    /// Files of its tests, if they tell that it is this one.
    endings: &'static [&'static str],
    select: Select,
}

/// More telling words first.
static RUNNERS: &[Runner] = &[
    Runner { program: &["pytest"], endings: &[".py"], select: pytest },
    Runner { program: &["py.test"], endings: &[], select: pytest },
    Runner { program: &["cargo", "nextest", "run"], endings: &[], select: libtest },
    Runner { program: &["cargo", "test"], endings: &[], select: libtest },
    Runner { program: &["go", "test"], endings: &["_test.go"], select: go },
    Runner { program: &["jest"], endings: &[], select: jest },
    Runner { program: &["vitest"], endings: &[], select: vitest },
    Runner { program: &["mocha"], endings: &[], select: mocha },
    Runner { program: &["node", "--test"], endings: &[], select: node },
    Runner { program: &["rspec"], endings: &["_spec.rb"], select: rspec },
    Runner { program: &["dart", "test"], endings: &[], select: dart },
    Runner { program: &["flutter", "test"], endings: &[], select: dart },
    Runner { program: &["dotnet", "test"], endings: &[], select: dotnet },
    Runner { program: &["mvn"], endings: &[], select: maven },
    Runner { program: &["mvnw"], endings: &[], select: maven },
    Runner { program: &["gradle"], endings: &[], select: gradle },
    Runner { program: &["gradlew"], endings: &[], select: gradle },
];

/// The command that runs this test alone.
pub(super) fn command(
    makers: &[Maker],
    format: &Format,
    case: &TestCase,
    found: &Found,
) -> Option<Vec<String>> {
    let (runner, started) = started(makers, format, found)?;
    joined(started, (runner.select)(case, found)?)
}

/// The runner, and the words that start it: `poetry run pytest`.
fn started(makers: &[Maker], format: &Format, found: &Found) -> Option<(&'static Runner, Vec<String>)> {
    let starts = |words: &[String], runner: &Runner| {
        let at = position(words, runner.program)?;
        Some(words[..at + runner.program.len()].to_vec())
    };
    let by = |words: &[String]| RUNNERS.iter().find_map(|runner| Some((runner, starts(words, runner)?)));
    if !makers.is_empty() {
        return makers.iter().find_map(|maker| by(&maker.words));
    }
    if !format.tools.contains(',') {
        let words: Vec<String> = format.command.split(' ').map(str::to_owned).collect();
        // Variables that are set before it belong to making the report.
        return by(&words).map(|(runner, _)| (runner, plain(runner)));
    }
    let runner = RUNNERS.iter().find(|runner| found.ends_in(runner.endings))?;
    Some((runner, plain(runner)))
}

fn plain(runner: &Runner) -> Vec<String> {
    runner.program.iter().map(|word| (*word).to_owned()).collect()
}

/// Texts as words.
fn words<const N: usize>(all: [String; N]) -> Option<Vec<String>> {
    Some(all.into())
}

/// A name that stands alone as an argument.
fn alone(name: &str) -> Option<String> {
    (!name.is_empty() && !name.starts_with(['-', '@'])).then(|| name.to_owned())
}

/// The text for a regular expression, whatever the dialect.
fn literally(text: &str) -> String {
    let special = |c: char| r"\^$.|?*+()[]{}/".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// `path::Class::test[parameter]`; of a module that could not be collected the path alone.
fn pytest(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let path = found.of_class.as_deref().filter(|path| path.ends_with(".py"))?;
    if case.id.class.is_empty() {
        return words([argument(path)]);
    }
    let module = path.rsplit('/').next()?.strip_suffix(".py")?;
    let mut classes = case.id.class.split('.').skip_while(|part| *part != module);
    classes.next()?;
    let parts = std::iter::once(argument(path)).chain(classes.map(str::to_owned));
    words([parts.chain([case.id.name.clone()]).collect::<Vec<_>>().join("::")])
}

/// libtest's own words, which nextest takes as well.
fn libtest(case: &TestCase, _: &Found) -> Option<Vec<String>> {
    words(["--workspace".to_owned(), "--".to_owned(), "--exact".to_owned(), alone(&case.id.name)?])
}

/// `-run '^TestA$/^b$' package`; of a package that did not build the package alone.
fn go(case: &TestCase, _: &Found) -> Option<Vec<String>> {
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._~/-".contains(c);
    // An import path: neither a folder outside nor an option.
    let inside = |package: &String| {
        package.starts_with(|c: char| c.is_ascii_alphanumeric()) && !package.contains("..")
    };
    let package = alone(&case.id.class).filter(|package| inside(package) && package.chars().all(is_path))?;
    let own = ["Test", "Example", "Fuzz", "Benchmark"].iter().any(|word| case.id.name.starts_with(word));
    if !own {
        return words([package]);
    }
    let parts: Vec<_> = case.id.name.split('/').map(|part| format!("^{}$", literally(part))).collect();
    words([format!("-run={}", parts.join("/")), package])
}

/// The last words of a title that is told as `suite > test`.
fn title(case: &TestCase) -> &str {
    case.id.name.rsplit(" > ").next().unwrap_or(&case.id.name)
}

fn jest(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let pattern = format!("--testNamePattern={}$", literally(title(case)));
    match found.file() {
        Some(file) => words(["--runTestsByPath".to_owned(), argument(file), pattern]),
        None => words([pattern]),
    }
}

fn vitest(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let pattern = format!("--testNamePattern={}$", literally(title(case)));
    let file = found.file().map(argument);
    Some(std::iter::once("run".to_owned()).chain(file).chain([pattern]).collect())
}

fn mocha(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let file = found.file().map(argument);
    Some(std::iter::once(format!("--fgrep={}", case.id.name)).chain(file).collect())
}

fn node(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let pattern = format!("--test-name-pattern={}$", literally(title(case)));
    Some(std::iter::once(pattern).chain(found.file().map(argument)).collect())
}

/// `path:line`, or the whole file.
fn rspec(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let file = argument(found.file()?);
    match case.place.as_ref().and_then(|place| place.line) {
        Some(line) => words([format!("{file}:{line}")]),
        None => words([file]),
    }
}

fn dart(case: &TestCase, found: &Found) -> Option<Vec<String>> {
    let name = format!("--plain-name={}", case.id.name);
    Some(std::iter::once(name).chain(found.file().map(argument)).collect())
}

/// A method without its parameters, in its class: `Shop.CartTests`, `Adds`.
fn method(case: &TestCase) -> Option<(&str, &str)> {
    let name = case.id.name.split(['(', '[', '{']).next()?.trim();
    let class = case.id.class.as_str();
    let inside = name.strip_prefix(class).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
    let fits = !class.is_empty() && !inside.is_empty() && !class.starts_with('-');
    fits.then_some((class, inside))
}

fn dotnet(case: &TestCase, _: &Found) -> Option<Vec<String>> {
    let (class, method) = method(case)?;
    let special = |c: char| r"\()&|=!~".contains(c);
    let escaped = |text: &str| -> String {
        text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
    };
    words(["--filter".to_owned(), format!("FullyQualifiedName~{}.{}", escaped(class), escaped(method))])
}

fn maven(case: &TestCase, _: &Found) -> Option<Vec<String>> {
    let (class, method) = method(case)?;
    words([format!("-Dtest={class}#{method}"), "test".to_owned()])
}

fn gradle(case: &TestCase, _: &Found) -> Option<Vec<String>> {
    let (class, method) = method(case)?;
    words(["test".to_owned(), "--tests".to_owned(), format!("{class}.{method}")])
}
