//! The objects of a plan: blobs, tree, the documents' commit and the tag. Nothing names them yet, so a
//! run that ends here has left nothing but what git's own garbage collection takes away.

use super::error::{PublishError, at};
use super::plan::Plan;
use super::site::{Site, object_name};
use crate::ledger::journal::{Change, Journal, Mode, Move, Step};

/// Write all objects; the journal that comes back names them and is not yet stored.
pub(super) fn prepare(site: &Site, plan: &Plan, moves: Option<Move>) -> Result<Journal, PublishError> {
    let claim = plan.claim();
    let documents = if plan.mode == Mode::TagOnly { Vec::new() } else { changes(site, plan, true)? };
    let docs_commit = if documents.is_empty() { None } else { Some(commit(site, plan, &documents)?) };
    let tag_object = if signed(site, plan)? { signed_tag(site, plan)? } else { plain_tag(site, plan)? };
    // Without documents the branch moves only if the remote has none yet: a tag should not be alone.
    let branch = match (&docs_commit, moves) {
        (Some(commit), Some(moves)) => Some(Move { to: commit.clone(), ..moves }),
        (None, Some(moves))
            if plan.mode == Mode::Direct && claim.remote.is_some() && moves.remote_from.is_none() =>
        {
            Some(Move { to: plan.target.clone(), ..moves })
        }
        _ => None,
    };
    Ok(Journal {
        version: Journal::VERSION,
        milestone: plan.milestone.clone(),
        step: Step::Prepared,
        plan: plan.digest(),
        tag: plan.tag.clone(),
        tag_object,
        target: plan.target.clone(),
        docs_commit,
        mode: plan.mode,
        remote: claim.remote,
        branch,
        documents,
    })
}

/// The documents that differ from the target's, with their blobs; these are written only on demand.
pub(super) fn changes(site: &Site, plan: &Plan, write: bool) -> Result<Vec<Change>, PublishError> {
    let mut changes = Vec::new();
    for document in &plan.documents {
        let path = document.path.as_str();
        let entry = site.git.call(&["ls-tree", "-z", "--full-tree", &plan.target, "--", path]).ok()?.text();
        let fields: Vec<&str> = entry.trim_end_matches('\0').split([' ', '\t']).collect();
        let (mode, old) = match fields[..] {
            [""] => ("100644", None),
            [mode @ ("100644" | "100755"), "blob", object, ..] => (mode, Some(object_name(object)?)),
            _ => {
                return Err(PublishError::refused(
                    format!("{path} is no regular file in {}", plan.target),
                    "name a regular file in [documents]",
                ));
            }
        };
        let arguments: &[&str] =
            if write { &["hash-object", "-w", "--stdin"] } else { &["hash-object", "--stdin"] };
        let new = object_name(&site.git.call(arguments).input(document.content.as_slice()).line()?)?;
        if old.as_deref() != Some(new.as_str()) {
            changes.push(Change { path: path.to_owned(), mode: mode.to_owned(), old, new });
        }
    }
    Ok(changes)
}

/// The child of the target that holds the documents. The tree is made in an index of its own, so the
/// user's index is not touched.
fn commit(site: &Site, plan: &Plan, documents: &[Change]) -> Result<String, PublishError> {
    let folder = tempfile::tempdir().map_err(at("a temporary folder"))?;
    let git = site.git.env("GIT_INDEX_FILE", folder.path().join("index"));
    git.call(&["read-tree", &plan.target]).ok()?;
    git.call(&["update-index", "-z", "--index-info"]).input(index_info(documents)).ok()?;
    let tree = git.call(&["write-tree"]).line()?;
    let mut arguments = vec!["commit-tree", tree.as_str(), "-p", &plan.target, "-F", "-"];
    // Unlike `git commit`, `commit-tree` does not look at the setting itself.
    if setting(site, "commit.gpgSign")? {
        arguments.push("-S");
    }
    let commit = site.git.call(&arguments).input(plan.commit_message.as_str()).line()?;
    object_name(&commit)
}

/// Entries for `update-index -z --index-info`.
pub(super) fn index_info(documents: &[Change]) -> String {
    documents.iter().map(|d| format!("{} {}\t{}\0", d.mode, d.new, d.path)).collect()
}

fn setting(site: &Site, key: &str) -> Result<bool, PublishError> {
    let answer = site.git.call(&["config", "--type=bool", "--get", key]).run()?;
    Ok(answer.text().trim() == "true")
}

fn signed(site: &Site, plan: &Plan) -> Result<bool, PublishError> {
    Ok(plan.sign || setting(site, "tag.gpgSign")? || setting(site, "tag.forceSignAnnotated")?)
}

/// The message as the tag holds it: byte for byte, with the line end that a signature needs before it.
fn message(plan: &Plan) -> String {
    let end = if plan.message.ends_with('\n') { "" } else { "\n" };
    format!("{}{end}", plan.message)
}

fn plain_tag(site: &Site, plan: &Plan) -> Result<String, PublishError> {
    let tagger = site.git.call(&["var", "GIT_COMMITTER_IDENT"]).line()?;
    let text = format!(
        "object {}\ntype commit\ntag {}\ntagger {tagger}\n\n{}",
        plan.target,
        plan.tag,
        message(plan)
    );
    object_name(&site.git.call(&["mktag"]).input(text).line()?)
}

/// A signed tag object without a ref. Only `git tag` signs, and it makes a ref; so it makes it in a
/// scratch repository that shares nothing with the real one but the object store. All the user's ways
/// to sign (gpg, ssh, x509, a program of their own) work there, as the settings are handed over.
fn signed_tag(site: &Site, plan: &Plan) -> Result<String, PublishError> {
    let folder = tempfile::tempdir().map_err(at("a temporary folder"))?;
    let scratch = folder.path().join("scratch.git");
    let format = site.git.call(&["rev-parse", "--show-object-format"]).line()?;
    let place = scratch.to_string_lossy();
    let init = ["init", "--quiet", "--bare", "--template=", &format!("--object-format={format}"), &place];
    site.git.call(&init).ok()?;
    let git = site
        .git
        .env("GIT_DIR", scratch.as_os_str())
        .env("GIT_OBJECT_DIRECTORY", site.common.join("objects").into_os_string());
    let mut call = git.call(&["tag", "-s", "--cleanup=verbatim", "-F", "-", "--", &plan.tag, &plan.target]);
    for setting in signing_settings(site)? {
        call = call.setting(setting);
    }
    let answer = call.input(message(plan)).run()?;
    if !answer.good() {
        return Err(PublishError::refused(
            format!("the tag cannot be signed: {}", answer.stderr),
            "check user.signingKey and gpg.format, or set `sign = false` in [tag]",
        ));
    }
    object_name(&git.call(&["rev-parse", "--verify", &format!("refs/tags/{}", plan.tag)]).line()?)
}

/// The settings that decide how a tag is signed, also those that only this repository has.
fn signing_settings(site: &Site) -> Result<Vec<String>, PublishError> {
    let answer = site.git.call(&["config", "-z", "--get-regexp", r"^(user|gpg|tag|committer)\."]).run()?;
    let text = answer.text();
    let entries = text.split('\0').filter(|entry| !entry.is_empty());
    Ok(entries.map(|entry| entry.replacen('\n', "=", 1)).collect())
}
