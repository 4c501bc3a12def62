//! `[baseline]`: that the project keeps a history in git notes, and where it is pushed.

use super::section::Section;
use super::words;
use crate::criteria::spec::Problem;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Table;

/// The history that runs are compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// The section is there: a clone without the history is then told from a project without one.
    pub declared: bool,
    /// The remote it is fetched from and pushed to; that of `[tag]` unless given.
    pub remote: Option<String>,
}

/// Keys of `[baseline]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct BaselineKeys {
    /// The remote that the history is fetched from and pushed to; that of [tag] unless given.
    remote: Option<String>,
}

/// Reads `[baseline]`.
pub(super) fn read(file: &Table, problems: &mut Vec<Problem>) -> Baseline {
    let mut section = Section::named(file, "baseline", problems);
    let keys: BaselineKeys = section.read();
    Baseline {
        declared: file.contains_key("baseline"),
        remote: section.checked("remote", keys.remote, words::reference),
    }
}
