//! What stands under the tag's name, here and at the remote, and whether it says that this milestone
//! is complete.

use super::error::{PublishError, at};
use super::plan::Claim;
use super::remote;
use super::site::{Site, object_name};
use crate::ledger::git::Git;

/// The trailer that binds a tag to a milestone.
pub const TRAILER: &str = "Milegate-Milestone:";

/// What stands under the tag's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagState {
    /// Nothing, here or there.
    Absent,
    /// A valid tag of this milestone; the remote, if one is used, has it too.
    Complete {
        /// The tag object.
        tag_object: String,
        /// The tagged commit.
        target: String,
        /// Whether it is in this repository as well, or only at the remote.
        here: bool,
    },
    /// A valid tag of this milestone that the remote lacks.
    Unpushed {
        /// The tag object.
        tag_object: String,
        /// The tagged commit.
        target: String,
    },
    /// Something else.
    Conflict {
        /// What it is.
        reason: String,
    },
}

/// Look, and change nothing.
pub fn existing(git: &Git, claim: &Claim) -> Result<TagState, PublishError> {
    let site = Site::find(git)?;
    let there = match &claim.remote {
        Some(name) => remote::ask(&site.git, name, &[&claim.tag_ref()])?.remove(&claim.tag_ref()),
        None => None,
    };
    state(&site, claim, there.as_deref())
}

/// The state, given what the remote has.
pub(super) fn state(site: &Site, claim: &Claim, there: Option<&str>) -> Result<TagState, PublishError> {
    let here = site.ref_value(&claim.tag_ref())?;
    let conflict = |reason: String| Ok(TagState::Conflict { reason });
    let (tag_object, found) = match (here.as_deref(), there) {
        (None, None) => return Ok(TagState::Absent),
        (Some(here), Some(there)) if here != there => {
            return conflict(format!("the tag {} is {here} here and {there} at the remote", claim.tag));
        }
        (Some(here), _) => (here, read(&site.git, claim, here)?),
        (None, Some(there)) => (there, read_remote(site, claim, there)?),
    };
    let tag_object = tag_object.to_owned();
    Ok(match found {
        Err(reason) => TagState::Conflict { reason },
        Ok(target) if here.is_some() && claim.remote.is_some() && there.is_none() => {
            TagState::Unpushed { tag_object, target }
        }
        Ok(target) => TagState::Complete { tag_object, target, here: here.is_some() },
    })
}

/// A tag that only the remote has is fetched into a store of its own, so that looking stays looking.
fn read_remote(site: &Site, claim: &Claim, object: &str) -> Result<Result<String, String>, PublishError> {
    if site.git.call(&["cat-file", "-e", object]).run()?.good() {
        return read(&site.git, claim, object);
    }
    let store = tempfile::tempdir().map_err(at("a temporary folder"))?;
    let info = store.path().join("info");
    let real = site.common.join("objects");
    std::fs::create_dir(&info)
        .and_then(|()| std::fs::write(info.join("alternates"), format!("{}\n", real.display())))
        .map_err(at(info))?;
    let aside = site.git.env("GIT_OBJECT_DIRECTORY", store.path());
    let name = remote::address(&site.git, claim.remote.as_deref().unwrap_or_default())?;
    let arguments = [
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--no-prune",
        "--refmap=",
        name.as_str(),
        &claim.tag_ref(),
    ];
    aside.call(&arguments).ok()?;
    read(&aside, claim, object)
}

/// The tagged commit, or why this is not the tag of the milestone.
fn read(git: &Git, claim: &Claim, object: &str) -> Result<Result<String, String>, PublishError> {
    let name = &claim.tag;
    if git.call(&["cat-file", "-t", object]).line()? != "tag" {
        return Ok(Err(format!("the tag {name} is lightweight, not annotated, so Milegate did not make it")));
    }
    let text = git.call(&["cat-file", "tag", object]).ok()?.text();
    let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let header = |key: &str| head.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("").trim();
    if header("type ") != "commit" {
        return Ok(Err(format!("the tag {name} names no commit but a {}", header("type "))));
    }
    if header("tag ") != name {
        return Ok(Err(format!(
            "the tag {name} calls itself {}: an old tag under a new name",
            header("tag ")
        )));
    }
    let milestones = milestones_of(message);
    if milestones != [claim.milestone.as_str()] {
        let said = if milestones.is_empty() { "no milestone".to_owned() } else { milestones.join(", ") };
        return Ok(Err(format!("the tag {name} is of {said}, not of milestone {}", claim.milestone)));
    }
    let target = object_name(header("object "))?;
    if git.call(&["merge-base", "--is-ancestor", &target, "HEAD"]).run()?.good() {
        return Ok(Ok(target));
    }
    if git.call(&["rev-parse", "--is-shallow-repository"]).line()? == "true" {
        return Err(PublishError::refused(
            format!("the clone is shallow, so whether HEAD holds the commit of {name} cannot be seen"),
            "git fetch --unshallow --tags",
        ));
    }
    Ok(Err(format!("the tag {name} is at {target}, which is not in the history of HEAD")))
}

/// The values of the milestone trailer anywhere in a message: more than one is already a forgery.
pub(super) fn milestones_of(message: &str) -> Vec<&str> {
    let wanted = TRAILER.len();
    message
        .lines()
        .filter(|line| line.get(..wanted).is_some_and(|key| key.eq_ignore_ascii_case(TRAILER)))
        .map(|line| line[wanted..].trim())
        .collect()
}
