//! Finds the fixtures: every folder of `tests/fixtures` that holds a `truth.json` and one report.
//! Nothing is listed anywhere; a new folder is a new test. `tests/fixtures/README.md` says what
//! stands in a `truth.json`.

use milegate::readers::{self, Format, Input, Limits, ReadError, Report};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A real report, and what its tool says that is in it.
pub(crate) struct Fixture {
    /// `junit/pytest-maxfail`.
    pub(crate) name: String,
    /// The row that the folder is named after.
    pub(crate) format: &'static Format,
    pub(crate) bytes: Vec<u8>,
    pub(crate) truth: Value,
}

impl Fixture {
    pub(crate) fn exit_status(&self) -> Option<i32> {
        self.truth["exit_status"].as_i64().map(|status| i32::try_from(status).expect("an exit status"))
    }

    /// The code with which this report has to be refused.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.truth["refused"].as_str()
    }

    /// Whether the content alone does not tell the format.
    pub(crate) fn is_declared(&self) -> bool {
        self.truth["declared"].as_bool().unwrap_or(false)
    }

    /// Reads other bytes in the place of this report, by their content unless it is declared.
    pub(crate) fn read(&self, bytes: &[u8], exit_status: Option<i32>) -> Result<Report, ReadError> {
        read_as(self.is_declared().then_some(self.format), bytes, exit_status)
    }
}

/// Reads bytes as a declared format, or as whatever they are.
pub(crate) fn read_as(
    format: Option<&'static Format>,
    bytes: &[u8],
    exit_status: Option<i32>,
) -> Result<Report, ReadError> {
    readers::read(&Input { bytes, exit_status, limits: &Limits::default() }, format)
}

/// All fixtures of formats, by name.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for folder in folders(&root) {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        if let Some(format) = readers::format(&name) {
            found.extend(folders(&folder).iter().filter_map(|case| fixture(&root, format, case)));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!found.is_empty(), "no fixtures found");
    found
}

fn fixture(root: &Path, format: &'static Format, case: &Path) -> Option<Fixture> {
    let truth = fs::read(case.join("truth.json")).ok()?;
    let name = case.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
    let mut reports: Vec<_> = entries(case).into_iter().filter(|p| !p.ends_with("truth.json")).collect();
    assert_eq!(reports.len(), 1, "{name}: one report beside truth.json");
    Some(Fixture {
        format,
        bytes: fs::read(reports.remove(0)).expect("a readable report"),
        truth: serde_json::from_slice(&truth).unwrap_or_else(|e| panic!("{name}: {e}")),
        name,
    })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}
