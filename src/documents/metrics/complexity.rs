//! How complex the functions are, in one word with its figure, and what the figure was measured by.

use super::is_test;
use crate::documents::plain;
use crate::model::complexity::{self, Function};
use std::fmt;

/// Up to so much a function on average it is Low, and up to so much Medium.
const STEPS: (u64, u64) = (5, 10);

/// How complex the functions outside tests are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complexity {
    /// Decisions and functions of the Python sources, by the built-in measure: `if`, `elif`, `for`, `while`,
    /// `except`, `case`, `and`, `or` inside functions. No function: nothing was measured.
    BuiltIn {
        /// Decisions.
        decisions: u64,
        /// Functions and methods.
        functions: u64,
    },
    /// What a tool measured: paths through functions.
    Measured {
        /// Its name.
        tool: String,
        /// Paths through all functions.
        paths: u64,
        /// Functions and methods; at least one.
        functions: u64,
        /// The most complex one.
        highest: Function,
    },
    /// Why nobody knows.
    NotKnown(String),
}

impl Default for Complexity {
    fn default() -> Self {
        Self::BuiltIn { decisions: 0, functions: 0 }
    }
}

impl Complexity {
    /// What a tool's report says of the functions that are no tests.
    pub fn measured(tool: &str, report: &complexity::Complexity) -> Self {
        let functions = report.functions.iter().filter(|function| !is_test(&function.path)).cloned();
        let report = complexity::Complexity { functions: functions.collect() };
        match report.highest() {
            None => Self::NotKnown(format!("{tool} reports no function outside tests")),
            Some(highest) => Self::Measured {
                tool: tool.to_owned(),
                paths: report.sum(),
                functions: report.functions.len() as u64,
                highest: highest.clone(),
            },
        }
    }

    /// Adds to the built-in measure.
    pub(super) fn count(&mut self, more: u64, of: u64) {
        if let Self::BuiltIn { decisions, functions } = self {
            *decisions += more;
            *functions += of;
        }
    }
}

/// As it stands in a document.
impl fmt::Display for Complexity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = format!("Low up to {}, Medium up to {}", STEPS.0, STEPS.1);
        match self {
            Self::BuiltIn { functions: 0, .. } => f.write_str("not measured"),
            Self::BuiltIn { decisions, functions } => {
                let (word, figure) = graded(*decisions, *functions);
                write!(f, "{word} ({figure} decisions per function; built-in measure, Python only; {steps})")
            }
            Self::Measured { tool, paths, functions, highest } => {
                let (word, figure) = graded(*paths, *functions);
                let place = plain::markdown(&format!("{}, {}:{}", highest.name, highest.path, highest.line));
                write!(
                    f,
                    "{word} (cyclomatic complexity {figure} per function by {}, highest {} in {place}; {steps})",
                    plain::markdown(tool),
                    highest.paths
                )
            }
            Self::NotKnown(why) => write!(f, "not known ({})", plain::markdown(why)),
        }
    }
}

/// The word of the template and the mean, rounded up to a tenth: 5.01 is no longer Low.
fn graded(sum: u64, functions: u64) -> (&'static str, String) {
    let word = if sum <= STEPS.0 * functions {
        "Low"
    } else if sum <= STEPS.1 * functions {
        "Medium"
    } else {
        "High"
    };
    let tenths = (u128::from(sum) * 10).div_ceil(u128::from(functions));
    (word, format!("{}.{}", tenths / 10, tenths % 10))
}
