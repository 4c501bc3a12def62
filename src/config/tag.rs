//! `[tag]`: what the tag of a milestone is called, and how it gets to the remote.

use super::section::Section;
use super::template::{self, Unfilled};
use super::{Project, words};
use crate::criteria::spec::Problem;
use crate::model::milestone::Milestone;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Table;

/// What `complete` publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Publish {
    /// The tag, and the documents to the branch.
    #[default]
    Direct,
    /// The tag, and the documents to a branch `milegate/<milestone>`, for a protected branch.
    Branch,
    /// The tag alone.
    TagOnly,
}

/// The tag of a milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What is published.
    pub publish: Publish,
    /// Template of the name; holds `{milestone.id}`.
    pub name: String,
    /// Template of the first line of the message.
    pub subject: String,
    /// Whether it is signed.
    pub sign: bool,
    /// The remote.
    pub remote: String,
    /// The branch; what the remote's HEAD names unless given.
    pub branch: Option<String>,
}

impl Default for Tag {
    fn default() -> Self {
        Self {
            publish: Publish::Direct,
            name: "{project.id}-milestone-{milestone.id}-complete".to_owned(),
            subject: "{project.name} Milestone {milestone.id}: {milestone.name} Complete".to_owned(),
            sign: false,
            remote: "origin".to_owned(),
            branch: None,
        }
    }
}

impl Tag {
    /// The name of a milestone's tag; checked for every milestone when the configuration was read.
    ///
    /// # Errors
    /// A placeholder that has no value here.
    pub fn name_of(&self, project: &Project, milestone: &Milestone) -> Result<String, Unfilled> {
        template::fill(&self.name, project, Some(milestone))
    }

    /// The first line of the message of a milestone's tag.
    ///
    /// # Errors
    /// A placeholder that has no value here.
    pub fn subject_of(&self, project: &Project, milestone: &Milestone) -> Result<String, Unfilled> {
        template::fill(&self.subject, project, Some(milestone))
    }
}

/// Keys of `[tag]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct TagKeys {
    /// direct: tag, and documents to the branch; branch: documents to milegate/<milestone>; tag-only.
    publish: Option<Publish>,
    /// The name, with {milestone.id} in it.
    #[schemars(regex(pattern = "\\{milestone\\.id\\}"))]
    name: Option<String>,
    /// The first line of the message.
    subject: Option<String>,
    /// Whether the tag is signed.
    sign: Option<bool>,
    /// The remote that is pushed to.
    remote: Option<String>,
    /// The branch the documents go to; what the remote's HEAD names unless given.
    branch: Option<String>,
}

/// Reads `[tag]`, and fills it in for every milestone: a bad name shows now, not on the day of the tag.
pub(super) fn read(
    file: &Table,
    project: &Project,
    milestones: &[Milestone],
    problems: &mut Vec<Problem>,
) -> Tag {
    let mut section = Section::named(file, "tag", problems);
    let keys: TagKeys = section.read();
    let default = Tag::default();
    let tag = Tag {
        publish: keys.publish.unwrap_or_default(),
        name: keys.name.unwrap_or(default.name),
        subject: section.checked("subject", keys.subject, words::line).unwrap_or(default.subject),
        sign: keys.sign.unwrap_or_default(),
        remote: section.checked("remote", keys.remote, words::reference).unwrap_or(default.remote),
        branch: section.checked("branch", keys.branch, words::reference),
    };
    let mut unknown = false;
    for (key, template) in [("name", &tag.name), ("subject", &tag.subject)] {
        for (message, hint) in template::unknown(template) {
            unknown = true;
            let problem = section.problem(&[key], message).hint(hint);
            section.push(problem);
        }
    }
    if unknown {
        return tag;
    }
    if template::uses(&tag.name, "milestone.id") {
        check_names(&mut section, &tag, project, milestones);
    } else {
        let problem =
            section.problem(&["name"], "`name` has no `{milestone.id}`: all milestones would share a tag");
        section.push(problem.hint("for example name = \"{project.id}-milestone-{milestone.id}-complete\""));
    }
    tag
}

fn check_names(section: &mut Section<'_>, tag: &Tag, project: &Project, milestones: &[Milestone]) {
    // Without a project id the name begins with `-`; that one mistake is enough.
    if project.id.is_empty() {
        return;
    }
    let mut seen: BTreeMap<String, &Milestone> = BTreeMap::new();
    for milestone in milestones {
        let name = match tag.name_of(project, milestone) {
            Ok(name) => name,
            Err(wrong) => return section.wrong(&["name"], wrong.to_string()),
        };
        if let Err(wrong) = words::reference(&name) {
            return section.wrong(&["name"], format!("the tag of milestone {}: {wrong}", milestone.id));
        }
        if let Err(wrong) = tag.subject_of(project, milestone) {
            return section.wrong(&["subject"], wrong.to_string());
        }
        match seen.insert(name.to_ascii_lowercase(), milestone) {
            // The same id twice, be it in another case, is a mistake of its own.
            Some(other) if !other.id.as_str().eq_ignore_ascii_case(milestone.id.as_str()) => {
                let message =
                    format!("milestones {} and {} would share the tag {name}", other.id, milestone.id);
                return section.wrong(&["name"], message);
            }
            _ => {}
        }
    }
}
