//! An evidence bundle: what one shard of a matrix read, compact enough to carry to the runner that
//! judges. Not the raw reports: the facts the gates need, with where they came from.
//!
//! JSON, versioned, unknown fields refused. Lines of a file are written as runs: `1-3!4,7` are the
//! lines 1 to 3 and 7 hit and line 4 missed.

pub(in crate::evidence) mod lines;
mod wire;

use super::Doubt;
use super::reports::{EntryEvidence, ReportFile};
use std::collections::BTreeMap;

/// Version of the format that this program writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// What one shard read.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// `[project] id`.
    pub project: String,
    /// The commit whose code was tested, if it was in a repository.
    pub commit: Option<String>,
    /// Digest over its uncommitted changes.
    pub work_digest: Option<String>,
    /// Files by the entry of `[reports]` they matched.
    pub files: Vec<(String, ReportFile)>,
}

impl Bundle {
    /// Everything that was found for some entries.
    pub fn new(
        project: &str,
        commit: Option<String>,
        work_digest: Option<String>,
        entries: BTreeMap<String, EntryEvidence>,
    ) -> Self {
        let of_entry =
            |(name, entry): (String, EntryEvidence)| entry.files.into_iter().map(move |f| (name.clone(), f));
        let files = entries.into_iter().flat_map(of_entry).collect();
        Self { project: project.to_owned(), commit, work_digest, files }
    }

    /// The bundle as text.
    pub fn encode(&self) -> String {
        wire::encode(self)
    }

    /// A bundle from its bytes.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        wire::decode(bytes)
    }
}

/// Adds the files of a bundle to the entries they belong to. `stale` says why the bundle is not about
/// the code that is judged. That a bundle is whole does not prove that its reports were: only a run
/// that was recorded where they were made does.
///
/// # Errors
/// The bundle is of another project, or of an entry that nobody configured.
pub fn merge(
    entries: &mut BTreeMap<String, EntryEvidence>,
    bundle: Bundle,
    path: &str,
    project: &str,
    stale: Option<Doubt>,
) -> Result<(), Doubt> {
    if bundle.project != project {
        let message = format!("{path} is a bundle of the project `{}`", bundle.project);
        return Err(Doubt::new("bundle/other-project", message, "collect it in this project"));
    }
    for (name, mut file) in bundle.files {
        let Some(entry) = entries.get_mut(&name) else {
            let message = format!("{path} holds evidence for `{name}`, which [reports] does not name");
            return Err(Doubt::new(
                "bundle/unknown-entry",
                message,
                "collect it with the same milegate.toml",
            ));
        };
        file.stale = file.stale.or_else(|| stale.clone());
        add(entry, file);
    }
    Ok(())
}

/// Of one file in two bundles one counts, unless shards are declared: then the twin is told.
fn add(entry: &mut EntryEvidence, file: ReportFile) {
    let twin = entry.files.iter().any(|known| known.sha256 == file.sha256 && !file.sha256.is_empty());
    if twin && entry.entry.shards.is_none() {
        return;
    }
    entry.files.push(file);
    entry.files.sort_by(|a, b| (&a.path, &a.sha256).cmp(&(&b.path, &b.sha256)));
}
