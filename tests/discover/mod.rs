//! Finds the fixtures: every folder of `tests/fixtures` that holds a `truth.json` and one report.
//! Nothing is listed anywhere; a new folder is a new test.

use milegate::readers::{Format, Input, Limits, ReadError, Report, format, read};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A real report, and what its tool says that is in it.
pub(crate) struct Fixture {
    /// `junit/pytest-maxfail`.
    pub(crate) name: String,
    /// The folder below `fixtures`: the name of the format.
    pub(crate) format: String,
    pub(crate) bytes: Vec<u8>,
    /// `source`, `tool`, `true`; `exit_status` where it was recorded; `declared` where content
    /// alone does not tell the format; `refused` with a code in place of `true` where the report,
    /// though real, is no evidence.
    pub(crate) truth: Value,
}

impl Fixture {
    pub(crate) fn exit_status(&self) -> Option<i32> {
        self.truth["exit_status"].as_i64().map(|status| status as i32)
    }

    #[allow(dead_code, reason = "not every test file asks")]
    pub(crate) fn refused(&self) -> Option<&str> {
        self.truth["refused"].as_str()
    }

    pub(crate) fn declared(&self) -> Option<&'static Format> {
        self.truth["declared"]
            .as_bool()
            .unwrap_or(false)
            .then(|| format(&self.format).expect("a known format"))
    }

    /// Reads other bytes as this report would be read.
    pub(crate) fn read(&self, bytes: &[u8], exit_status: Option<i32>) -> Result<Report, ReadError> {
        read(&Input { bytes, exit_status, limits: &Limits::default() }, self.declared())
    }
}

/// All fixtures, by name.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for format in folders(&root) {
        for case in folders(&format) {
            found.extend(fixture(&root, &format, &case));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn fixture(root: &Path, format: &Path, case: &Path) -> Option<Fixture> {
    let truth = fs::read(case.join("truth.json")).ok()?;
    let name = case.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
    let mut reports: Vec<_> = entries(case).into_iter().filter(|p| !p.ends_with("truth.json")).collect();
    assert_eq!(reports.len(), 1, "{name}: one report beside truth.json");
    Some(Fixture {
        format: format.file_name().expect("a name").to_string_lossy().into_owned(),
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
