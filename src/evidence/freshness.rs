//! Is a report about this code? Digests decide where there is a run record; else file times do.
//!
//! Clock times *inside* reports never decide: they are the word of another machine.

use super::Doubt;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What a report that is older than the sources means.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// It is unproven.
    #[default]
    Strict,
    /// It is used, with a notice.
    Warn,
}

/// How the sources of a named commit stand to those that are judged.
///
/// Not the whole trees are compared: what is no source (Markdown, `docs/`, dot folders, the ledger,
/// the policy, the reports themselves) costs nobody a test run, here as in the rule of file times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// No source differs.
    Same,
    /// Some source differs.
    Differ,
    /// The commit is not in this clone.
    Unknown,
}

/// What is known of the code that is judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged {
    /// Digest over uncommitted changes of tracked files; `None` if there are none.
    pub work_digest: Option<String>,
    /// The source that was changed last.
    pub newest_source: Option<(String, Timestamp)>,
    /// The file that was changed last among those that look like sources and are not tracked yet.
    pub newest_untracked: Option<(String, Timestamp)>,
    /// When it is judged; `None` where nobody asks the clock.
    pub now: Option<Timestamp>,
    /// Reports that are committed just as they are: their file time is that of the checkout.
    pub committed: BTreeSet<String>,
}

/// A recorded run of the tool that wrote a report with exactly these bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The tool's exit status.
    pub exit_status: i32,
    /// How the sources the run saw stand to those that are judged.
    pub sources: Sources,
    /// Digest over the uncommitted changes the run saw.
    pub work_digest: Option<String>,
    /// The command, for people.
    pub command: String,
}

/// What a report says about the commit it was made at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCommit {
    /// As the report has it.
    pub id: String,
    /// How its sources stand to those that are judged.
    pub sources: Sources,
}

/// Judges one report's freshness: a doubt, or notices.
pub fn judge(
    path: &str,
    modified: Option<Timestamp>,
    record: Option<&Record>,
    commit: Option<&NamedCommit>,
    judged: &Judged,
    freshness: Freshness,
) -> (Option<Doubt>, Vec<String>) {
    if let Some(doubt) = of_another_commit(path, commit) {
        return (Some(doubt), Vec::new());
    }
    if let Some(record) = record {
        return match of_another_run(path, record, judged) {
            Some(doubt) => (Some(doubt), Vec::new()),
            None => (None, Vec::new()),
        };
    }
    match older_than_sources(path, modified, judged) {
        Some(doubt) if freshness == Freshness::Warn => (None, vec![doubt.message]),
        doubt => (doubt, odd_times(path, modified, judged)),
    }
}

/// Seconds by which two machines' clocks may differ.
const SKEW: i64 = 300;

/// What file times cannot decide, and a person should know.
fn odd_times(path: &str, modified: Option<Timestamp>, judged: &Judged) -> Vec<String> {
    let Some(modified) = modified else { return Vec::new() };
    let mut notices = Vec::new();
    if judged.committed.contains(path) {
        notices
            .push("it is committed to git: its file time is that of the checkout, not of the run".to_owned());
    }
    if judged.now.is_some_and(|now| modified.as_second() > now.as_second() + SKEW) {
        notices.push("its file time is in the future: whether it is recent is not known".to_owned());
    }
    if let Some((path, _)) = judged.newest_untracked.as_ref().filter(|(_, changed)| modified < *changed) {
        notices.push(format!("{path} is newer, and git does not track it yet"));
    }
    notices
}

fn of_another_commit(path: &str, commit: Option<&NamedCommit>) -> Option<Doubt> {
    let commit = commit?;
    let what = match commit.sources {
        Sources::Same => return None,
        Sources::Differ => "a commit with other sources",
        Sources::Unknown => "a commit that is not in this clone",
    };
    let short: String = commit.id.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
    Some(Doubt::new(
        "report/other-commit",
        format!("{path} names {what}: {short}"),
        "make the report again at the commit that is judged",
    ))
}

fn of_another_run(path: &str, record: &Record, judged: &Judged) -> Option<Doubt> {
    let same = record.sources == Sources::Same && record.work_digest == judged.work_digest;
    (!same).then(|| {
        Doubt::new(
            "report/stale",
            format!("{path} was recorded for other content than what is judged"),
            format!("run `{}` again", record.command),
        )
    })
}

fn older_than_sources(path: &str, modified: Option<Timestamp>, judged: &Judged) -> Option<Doubt> {
    let (source, changed) = judged.newest_source.as_ref()?;
    let modified = modified?;
    (modified < *changed).then(|| {
        Doubt::new(
            "report/stale",
            format!("{path} is older than {source}"),
            "run the tool again, or record its run with `milegate record`, which proves by digests",
        )
    })
}
