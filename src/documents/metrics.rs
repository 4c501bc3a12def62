//! Size and complexity of the sources, for the completion report. Shown, never judged.
//!
//! Lines count if they hold more than blanks and comments; Python's docstrings are code to this
//! measure. Complexity is what a tool's report says of the functions outside tests; where there is no
//! such report, decisions per function in Python.

mod complexity;
mod python;

pub use complexity::Complexity;

use std::collections::BTreeMap;

/// How a family of languages writes its comments.
struct Family {
    /// Extension and language.
    languages: &'static [(&'static str, &'static str)],
    /// Marks that make the rest of a line a comment.
    line: &'static [&'static str],
    /// Marks around a comment over several lines.
    block: Option<(&'static str, &'static str)>,
}

const C: Option<(&str, &str)> = Some(("/*", "*/"));

/// The languages whose lines count.
const FAMILIES: &[Family] = &[
    Family {
        languages: &[
            ("py", "Python"),
            ("pyi", "Python"),
            ("rb", "Ruby"),
            ("sh", "Shell"),
            ("bash", "Shell"),
            ("pl", "Perl"),
            ("r", "R"),
            ("jl", "Julia"),
            ("ex", "Elixir"),
            ("exs", "Elixir"),
        ],
        line: &["#"],
        block: None,
    },
    Family {
        languages: &[
            ("rs", "Rust"),
            ("c", "C"),
            ("h", "C"),
            ("cc", "C++"),
            ("cpp", "C++"),
            ("cxx", "C++"),
            ("hpp", "C++"),
            ("hh", "C++"),
            ("java", "Java"),
            ("kt", "Kotlin"),
            ("kts", "Kotlin"),
            ("scala", "Scala"),
            ("swift", "Swift"),
            ("go", "Go"),
            ("js", "JavaScript"),
            ("jsx", "JavaScript"),
            ("mjs", "JavaScript"),
            ("cjs", "JavaScript"),
            ("ts", "TypeScript"),
            ("tsx", "TypeScript"),
            ("mts", "TypeScript"),
            ("cts", "TypeScript"),
            ("cs", "C#"),
            ("dart", "Dart"),
            ("groovy", "Groovy"),
            ("zig", "Zig"),
            ("proto", "Protocol Buffers"),
            ("scss", "SCSS"),
            ("less", "Less"),
        ],
        line: &["//"],
        block: C,
    },
    Family { languages: &[("css", "CSS")], line: &[], block: C },
    Family { languages: &[("php", "PHP")], line: &["//", "#"], block: C },
    Family { languages: &[("sql", "SQL")], line: &["--"], block: C },
    Family { languages: &[("lua", "Lua"), ("hs", "Haskell"), ("elm", "Elm")], line: &["--"], block: None },
    Family { languages: &[("erl", "Erlang"), ("hrl", "Erlang"), ("tex", "TeX")], line: &["%"], block: None },
    Family {
        languages: &[("clj", "Clojure"), ("cljs", "Clojure"), ("lisp", "Lisp"), ("el", "Emacs Lisp")],
        line: &[";"],
        block: None,
    },
    Family {
        languages: &[("vue", "Vue"), ("svelte", "Svelte"), ("html", "HTML")],
        line: &["//"],
        block: Some(("<!--", "-->")),
    },
];

/// The languages of documents.
const DOCUMENTS: &[(&str, &str)] = &[("md", "Markdown"), ("rst", "reStructuredText"), ("adoc", "AsciiDoc")];

/// Lines, by the name of their language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines(BTreeMap<&'static str, u64>);

impl Lines {
    /// Of all languages.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    fn add(&mut self, language: &'static str, lines: u64) {
        if lines > 0 {
            *self.0.entry(language).or_default() += lines;
        }
    }
}

impl FromIterator<(&'static str, u64)> for Lines {
    fn from_iter<I: IntoIterator<Item = (&'static str, u64)>>(lines: I) -> Self {
        let mut all = Self::default();
        lines.into_iter().for_each(|(language, count)| all.add(language, count));
        all
    }
}

/// Languages that are named; the rest is summed up.
const NAMED: usize = 6;

impl Lines {
    /// `1200 lines (Python 1100, SQL 100)`, the most lines first; `1200 lines (Python)` of one language.
    pub fn shown(&self, unit: &str) -> String {
        let mut all: Vec<_> = self.0.iter().map(|(language, lines)| (*language, *lines)).collect();
        all.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
        let rest: u64 = all.iter().skip(NAMED).map(|(_, lines)| lines).sum();
        all.truncate(NAMED);
        all.extend(Some(("others", rest)).filter(|(_, lines)| *lines > 0));
        let by = match all.as_slice() {
            [] => return format!("0{unit}"),
            [(language, _)] => (*language).to_owned(),
            many => many.iter().map(|(name, lines)| format!("{name} {lines}")).collect::<Vec<_>>().join(", "),
        };
        format!("{}{unit} ({by})", self.total())
    }
}

/// What the sources measure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeMetrics {
    /// Lines of code, tests included: the total of `code`.
    pub total_loc: u64,
    /// The same by language.
    pub code: Lines,
    /// Lines of code in tests.
    pub tests: Lines,
    /// Lines of documentation that are not blank.
    pub documentation: Lines,
    /// How complex the functions are.
    pub complexity: Complexity,
}

impl CodeMetrics {
    /// Measures files by path and bytes, in any order.
    pub fn measure<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut metrics = Self::default();
        for (path, bytes) in files {
            metrics.add(path, bytes);
        }
        metrics
    }

    fn add(&mut self, path: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let named =
            |list: &[(&str, &'static str)]| list.iter().find(|row| row.0 == extension).map(|row| row.1);
        let plain = extension == "txt" && path.split('/').any(|part| matches!(part, "docs" | "doc"));
        if let Some(language) = named(DOCUMENTS).or(plain.then_some("plain text")) {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).count() as u64;
            self.documentation.add(language, lines);
        }
        let family = FAMILIES.iter().find_map(|family| Some((family, named(family.languages)?)));
        let Some((family, language)) = family else { return };
        let lines = family.lines_of_code(&text);
        self.total_loc += lines;
        self.code.add(language, lines);
        if is_test(path) {
            self.tests.add(language, lines);
        } else if extension == "py" {
            let (decisions, functions) = python::decisions(&text);
            self.complexity.count(decisions, functions);
        }
    }
}

impl Family {
    fn lines_of_code(&self, text: &str) -> u64 {
        let (mut count, mut inside) = (0, false);
        for line in text.lines() {
            let mut rest = line.trim();
            while let Some((open, close)) = self.block {
                if inside {
                    let Some(end) = rest.find(close) else { break };
                    rest = rest[end + close.len()..].trim_start();
                    inside = false;
                }
                let Some(body) = rest.strip_prefix(open) else { break };
                (rest, inside) = (body, true);
            }
            if inside || rest.is_empty() || self.line.iter().any(|mark| rest.starts_with(mark)) {
                continue;
            }
            count += 1;
            // A comment that begins behind code and goes on.
            if let Some((open, close)) = self.block {
                inside = rest.rfind(open).is_some_and(|at| !rest[at..].contains(close));
            }
        }
        count
    }
}

/// Whether a path is that of a test, by the habits of the common test tools.
pub fn is_test(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    parts.any(|part| matches!(part, "tests" | "test" | "__tests__"))
        || name.starts_with("test_")
        || stem.ends_with("_test")
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.ends_with("Test.java")
        || name.ends_with("Test.kt")
        || name == "conftest.py"
}
