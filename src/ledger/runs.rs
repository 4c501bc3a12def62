//! Run records: that a tool ran, how it ended, on which content, and what it wrote.
//!
//! They live in `.milegate/runs/`, which ignores itself: a record is about this checkout, is made
//! anew with every run, and nobody commits it. A record that cannot be read is an error, not a
//! missing one, because a missing record is sometimes allowed.

use serde::{Deserialize, Serialize};

use super::error::{Damaged, LedgerError};
use super::files::Root;
use super::json;

/// Where the records are.
pub const RUNS_DIR: &str = ".milegate/runs";
/// A record names a command and a few reports.
const MAX_BYTES: u64 = 1 << 20;
/// The version this program writes, and the only one it reads.
const VERSION: u32 = 1;

/// One run of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// 1.
    pub version: u32,
    /// The name under which it was recorded.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// How it ended; 128 + n for signal n.
    pub exit_status: i32,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339.
    pub finished: String,
    /// HEAD while it ran; absent before the first commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// HEAD's subject tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_tree: Option<String>,
    /// What the work tree held beyond HEAD; absent if nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_digest: Option<String>,
    /// What it wrote.
    pub reports: Vec<RunReport>,
}

/// A report that a run wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunReport {
    /// Path in the repository.
    pub path: String,
    /// SHA-256 of its bytes when the run ended.
    pub sha256: String,
}

impl RunRecord {
    /// The version to write.
    pub const VERSION: u32 = VERSION;

    /// Reads a record strictly.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let record: Self = json::strict(bytes)?;
        if record.version != VERSION {
            return Err(format!("it is of version {}, this program reads {VERSION}", record.version));
        }
        match (json::rfc3339(&record.started), json::rfc3339(&record.finished)) {
            (Some(started), Some(finished)) if started <= finished => Ok(record),
            (Some(_), Some(_)) => Err("it ended before it began".to_owned()),
            _ => Err("its times are not RFC 3339 times".to_owned()),
        }
    }
}

/// The file of a name. A name that is not fit for a file keeps a digest, so that two names never
/// share a file.
pub fn path(name: &str) -> String {
    let fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let slug: String = name.to_lowercase().chars().map(|c| if fit(c) { c } else { '-' }).take(60).collect();
    if slug == name && !slug.is_empty() {
        return format!("{RUNS_DIR}/{slug}.json");
    }
    format!("{RUNS_DIR}/{}.{}.json", slug.trim_matches('-'), &json::sha256(name.as_bytes())[..8])
}

/// Writes a record in place of the one before, and returns its path.
///
/// # Errors
/// If the file cannot be written.
pub fn write(root: &Root, record: &RunRecord) -> Result<String, LedgerError> {
    let bytes = json::canonical(record)?;
    RunRecord::parse(&bytes).map_err(|why| LedgerError::Bad(format!("not a complete run record: {why}")))?;
    root.create_dir_all(RUNS_DIR)?;
    let ignore = format!("{RUNS_DIR}/.gitignore");
    if !root.exists(&ignore) {
        root.write_atomic(&ignore, b"*\n")?;
    }
    let path = path(&record.name);
    root.write_atomic(&path, &bytes)?;
    Ok(path)
}

/// The record of a name; `None` if nothing was recorded under it.
///
/// # Errors
/// If there is a record and it cannot be read.
pub fn read(root: &Root, name: &str) -> Result<Option<RunRecord>, LedgerError> {
    let path = path(name);
    let bytes = match root.read(&path, MAX_BYTES) {
        Ok(file) => file.bytes,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    match RunRecord::parse(&bytes) {
        Ok(record) if record.name == name => Ok(Some(record)),
        Ok(_) => Err(LedgerError::Bad(format!("{path} is the record of another name"))),
        Err(why) => Err(LedgerError::Bad(format!("{path} is not a run record: {why}"))),
    }
}

/// Every record there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Those that could be read, by file name.
    pub records: Vec<RunRecord>,
    /// Those that could not.
    pub damaged: Vec<Damaged>,
}

/// Reads every record.
///
/// # Errors
/// If the directory cannot be read.
pub fn read_all(root: &Root) -> Result<Records, LedgerError> {
    let mut all = Records::default();
    for path in root.glob(&[format!("{RUNS_DIR}/*.json")])? {
        let bytes = root.read(&path, MAX_BYTES).map(|file| file.bytes).map_err(|e| e.to_string());
        let message = match bytes.and_then(|bytes| RunRecord::parse(&bytes)) {
            Ok(record) if self::path(&record.name) == path => {
                all.records.push(record);
                continue;
            }
            Ok(_) => "it is the record of another name".to_owned(),
            Err(why) => why,
        };
        all.damaged.push(Damaged { path, message });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn names_do_not_share_a_file() {
        assert_eq!(path("unit"), ".milegate/runs/unit.json");
        let odd = ["unit tests", "Unit tests", "../../etc/passwd", "", "a/b", "é", ".", &"x".repeat(500)];
        let mut paths: Vec<String> = odd.iter().map(|name| path(name)).collect();
        assert!(paths.iter().all(|p| p.matches('/').count() == 2 && p.len() < 100), "{paths:?}");
        assert!(!paths.iter().any(|p| p.contains("..") && !p.starts_with(".milegate/runs/.")), "{paths:?}");
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), odd.len());
    }
}
