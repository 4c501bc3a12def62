//! Size and complexity of the sources, for the completion report. Shown, never judged.
//!
//! Lines count if they hold more than blanks and comments; Python's docstrings are code to this
//! measure. Complexity is a built-in measure of Python alone: decisions per function, outside tests.

mod python;

use std::fmt;

/// How a language writes its comments.
struct Language {
    extensions: &'static [&'static str],
    /// Marks that make the rest of a line a comment.
    line: &'static [&'static str],
    /// Marks around a comment over several lines.
    block: Option<(&'static str, &'static str)>,
}

const C: Option<(&str, &str)> = Some(("/*", "*/"));

/// The languages whose lines count.
const LANGUAGES: &[Language] = &[
    Language {
        extensions: &["py", "pyi", "rb", "sh", "bash", "pl", "r", "jl", "ex", "exs"],
        line: &["#"],
        block: None,
    },
    Language {
        extensions: &[
            "rs", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "java", "kt", "kts", "scala", "swift", "go",
            "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "cs", "dart", "groovy", "zig", "proto",
            "scss", "less",
        ],
        line: &["//"],
        block: C,
    },
    Language { extensions: &["css"], line: &[], block: C },
    Language { extensions: &["php"], line: &["//", "#"], block: C },
    Language { extensions: &["sql"], line: &["--"], block: C },
    Language { extensions: &["lua", "hs", "elm"], line: &["--"], block: None },
    Language { extensions: &["erl", "hrl", "tex"], line: &["%"], block: None },
    Language { extensions: &["clj", "cljs", "lisp", "el"], line: &[";"], block: None },
    Language { extensions: &["vue", "svelte", "html"], line: &["//"], block: Some(("<!--", "-->")) },
];

/// What the sources measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodeMetrics {
    /// Lines of code, tests included.
    pub total_loc: u64,
    /// Lines of code in tests.
    pub test_loc: u64,
    /// Lines of documentation that are not blank.
    pub documentation: u64,
    /// How complex the functions are.
    pub complexity: Complexity,
}

/// Decisions and functions of the Python sources that are no tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Complexity {
    /// `if`, `elif`, `for`, `while`, `except`, `case`, `and`, `or` inside functions.
    pub decisions: u64,
    /// Functions and methods; 0 means that nothing was measured.
    pub functions: u64,
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
        let documents = matches!(extension.as_str(), "md" | "rst" | "adoc")
            || extension == "txt" && path.split('/').any(|part| matches!(part, "docs" | "doc"));
        if documents {
            self.documentation += text.lines().filter(|line| !line.trim().is_empty()).count() as u64;
        }
        let Some(language) = LANGUAGES.iter().find(|l| l.extensions.contains(&extension.as_str())) else {
            return;
        };
        let lines = language.lines_of_code(&text);
        self.total_loc += lines;
        if is_test(path) {
            self.test_loc += lines;
        } else if extension == "py" {
            let (decisions, functions) = python::decisions(&text);
            self.complexity.decisions += decisions;
            self.complexity.functions += functions;
        }
    }
}

impl Language {
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

impl fmt::Display for Complexity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.functions == 0 {
            return f.write_str("not measured");
        }
        let word = if self.decisions <= 5 * self.functions {
            "Low"
        } else if self.decisions <= 10 * self.functions {
            "Medium"
        } else {
            "High"
        };
        let tenths = u128::from(self.decisions) * 10 / u128::from(self.functions);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        write!(f, "{word} ({whole}.{tenth} decisions per function; built-in measure, Python only)")
    }
}
