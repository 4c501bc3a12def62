//! `[project]`, `[documents]` and `[limits]`.

use super::section::{OneOrMany, Section};
use super::words;
use crate::criteria::spec::Problem;
use crate::criteria::spec::text::Globs;
use crate::evidence::freshness::Freshness;
use crate::readers::Limits;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Table;

/// Where the configuration may stand; no document can be one of these.
const POLICY_FILES: &[&str] = &["milegate.toml", ".milegate.toml", "pyproject.toml"];

/// Where approvals and manifests are written.
const LEDGER: &str = ".milegate/ledger";

/// The project.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// `[a-z0-9-]+`; part of tags and approvals.
    pub id: String,
    /// The name people read; the id unless given.
    pub name: String,
    /// The files whose change makes a report stale; `None` leaves the choice to the default rule.
    pub sources: Option<Globs>,
    /// What a stale report means, unless its entry says otherwise.
    pub freshness: Freshness,
}

/// The documents that are kept up to date. One that is not named is not touched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Documents {
    /// The checklist of the milestones.
    pub checklist: Option<String>,
    /// The status document.
    pub status: Option<String>,
    /// The progress log.
    pub log: Option<String>,
}

/// Keys of `[project]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(super) struct ProjectKeys {
    /// Lower-case letters, digits and `-`; goes into tags and approvals.
    #[schemars(required, regex(pattern = "^[a-z0-9][a-z0-9-]*$"))]
    id: Option<String>,
    /// The name people read; the id unless given.
    name: Option<String>,
    /// Globs of the files whose change makes a report stale. By default every tracked file but
    /// Markdown, docs/, dot folders and Milegate's own.
    sources: Option<OneOrMany>,
    /// What a stale report means: strict (unproven) or warn (used, with a notice).
    freshness: Option<Freshness>,
}

impl Project {
    /// Reads `[project]`.
    pub(super) fn read(file: &Table, problems: &mut Vec<Problem>) -> Self {
        if !file.contains_key("project") {
            let problem = Problem::new(["project"], "there is no [project] table");
            problems.push(problem.hint("add [project] with id = \"my-project\""));
            return Self::default();
        }
        let mut section = Section::named(file, "project", problems);
        let keys: ProjectKeys = section.read();
        section.require("id", "id = \"my-project\"");
        let id = section.checked("id", keys.id, words::slug).unwrap_or_default();
        let name = section.checked("name", keys.name, words::line).unwrap_or_else(|| id.clone());
        let sources = keys.sources.map(|globs| section.paths(&["sources"], globs, words::glob));
        Self {
            id,
            name,
            // Each glob was compiled by itself before; together they can only be too large.
            sources: sources.and_then(|globs| match Globs::new(globs) {
                Ok(globs) => Some(globs),
                Err(error) => {
                    section.wrong(&["sources"], error.to_string());
                    None
                }
            }),
            freshness: keys.freshness.unwrap_or_default(),
        }
    }
}

/// Keys of `[documents]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DocumentsKeys {
    /// Path of the checklist.
    checklist: Option<String>,
    /// Path of the status document.
    status: Option<String>,
    /// Path of the progress log.
    log: Option<String>,
}

impl Documents {
    /// Reads `[documents]` of the configuration file `policy`.
    pub(super) fn read(file: &Table, policy: &str, problems: &mut Vec<Problem>) -> Self {
        let mut section = Section::named(file, "documents", problems);
        let keys: DocumentsKeys = section.read();
        let mut taken: Vec<(&str, String)> = Vec::new();
        let mut path = |key: &'static str, text: Option<String>| match document(&text?, policy)
            .and_then(|path| unlike(path, &taken))
        {
            Ok(path) => {
                taken.push((key, path.clone()));
                Some(path)
            }
            Err(wrong) => {
                section.wrong(&[key], format!("`{key}` {wrong}"));
                None
            }
        };
        Self {
            checklist: path("checklist", keys.checklist),
            status: path("status", keys.status),
            log: path("log", keys.log),
        }
    }
}

/// A path that Milegate may write to: a write to its own policy or ledger would undo the gate.
pub(super) fn document(text: &str, policy: &str) -> Result<String, String> {
    let path = words::inside(text)?;
    let own = |other: &str| path.eq_ignore_ascii_case(other.trim_start_matches("./"));
    if text.ends_with('/') {
        return Err(format!("is a file; `{text}` is a folder"));
    }
    if own(policy) || POLICY_FILES.iter().any(|file| own(file)) {
        return Err(format!("cannot be the configuration itself, `{text}`"));
    }
    if in_ledger(&path) {
        return Err(format!("cannot be in {LEDGER}, where approvals and manifests are"));
    }
    Ok(path)
}

/// What stands in the ledger is no part of the tree that is judged; a policy there could change unseen.
pub(super) fn policy_place(policy: &str, problems: &mut Vec<Problem>) {
    if in_ledger(policy.trim_start_matches("./")) {
        let message = format!("the configuration cannot be in {LEDGER}, where approvals and manifests are");
        let nowhere: [&str; 0] = [];
        problems.push(Problem::new(nowhere, message));
    }
}

fn in_ledger(path: &str) -> bool {
    path.to_ascii_lowercase().split('/').take(2).eq(LEDGER.split('/'))
}

/// Two names that differ only in case are one file on many machines.
fn unlike(path: String, taken: &[(&str, String)]) -> Result<String, String> {
    match taken.iter().find(|(_, other)| other.eq_ignore_ascii_case(&path)) {
        Some((key, _)) => Err(format!("is the same file as `{key}`")),
        None => Ok(path),
    }
}

/// Keys of `[limits]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(super) struct LimitsKeys {
    /// Bytes of one report.
    #[schemars(range(min = 1))]
    report_bytes: Option<u64>,
    /// Nesting of XML elements.
    #[schemars(range(min = 1))]
    depth: Option<usize>,
    /// Attributes of one XML element.
    #[schemars(range(min = 1))]
    attributes: Option<usize>,
    /// Tests, findings, benchmarks or files of one report.
    #[schemars(range(min = 1))]
    items: Option<usize>,
}

/// Reads `[limits]`.
pub(super) fn limits(file: &Table, problems: &mut Vec<Problem>) -> Limits {
    let mut section = Section::named(file, "limits", problems);
    let keys: LimitsKeys = section.read();
    let zero = [
        ("report-bytes", keys.report_bytes == Some(0)),
        ("depth", keys.depth == Some(0)),
        ("attributes", keys.attributes == Some(0)),
        ("items", keys.items == Some(0)),
    ];
    for (key, _) in zero.iter().filter(|(_, zero)| *zero) {
        section.wrong(&[key], format!("`{key}` = 0 would refuse every report"));
    }
    let default = Limits::default();
    Limits {
        bytes: keys.report_bytes.unwrap_or(default.bytes),
        depth: keys.depth.unwrap_or(default.depth),
        attributes: keys.attributes.unwrap_or(default.attributes),
        items: keys.items.unwrap_or(default.items),
    }
}
