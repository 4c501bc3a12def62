//! What a milestone tag claims, each held against the repository.

use super::{Claim, Standing};
use crate::commands::collect::previous_milestone;
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::config::{Config, TomlFile};
use crate::documents::plain::sanitize;
use crate::documents::tag::{
    digest,
    seal::{self, Seal},
};
use crate::ledger::git::Git;
use crate::ledger::repository::Repository;
use crate::ledger::subject::{LEDGER_DIR, LedgerPaths, blob_id, subject_tree};
use crate::ledger::tags::TagFacts;
use crate::ledger::{LedgerError, approvals};
use serde_json::Value;

/// The claims, and what was found on the way.
pub(super) struct Claims {
    pub(super) claims: Vec<Claim>,
    /// The trailers, if they could be read.
    pub(super) seal: Option<Seal>,
    /// The manifest whose digest the tag bears, and the commit that holds it.
    pub(super) manifest: Option<(Value, String)>,
}

/// Looks at everything that needs no report.
pub(super) fn of(workspace: &Workspace, name: &str, tag: &TagFacts) -> Result<Claims, Refusal> {
    let form = form(name, tag);
    let seal = match (form.standing, seal::read(&tag.message)) {
        (Standing::Holds, Ok(seal)) => seal,
        (Standing::Holds, Err(why)) => {
            let unreadable = Claim::new("trailers", Standing::Contradicted, why);
            return Ok(Claims { claims: vec![form, unreadable], seal: None, manifest: None });
        }
        _ => return Ok(Claims { claims: vec![form], seal: None, manifest: None }),
    };
    let look = Look { workspace, repository: workspace.repository()?, name, tag, seal: &seal };
    let (policy, config) = look.policy()?;
    let mut claims = vec![form, look.target(), policy];
    if let Some(config) = &config {
        claims.push(look.milestone(config));
        claims.push(look.content(config)?);
    }
    let (manifest, found) = look.manifest()?;
    claims.push(manifest);
    claims.extend(look.approvals(found.as_ref().map(|(_, commit)| commit.as_str()))?);
    claims.push(look.previous()?);
    claims.push(look.signature()?);
    Ok(Claims { claims, seal: Some(seal), manifest: found })
}

/// A milestone's tag is annotated, bears its own name and names a commit.
fn form(name: &str, tag: &TagFacts) -> Claim {
    let wrong = match () {
        () if !tag.annotated => Some("it is lightweight, so Milegate did not make it".to_owned()),
        () if !tag.target_is_commit => Some("it names no commit".to_owned()),
        () if tag.name_in_object.as_deref() != Some(name) => {
            let own = sanitize(tag.name_in_object.as_deref().unwrap_or_default());
            Some(format!("it calls itself {own}: an old tag under a new name"))
        }
        () => None,
    };
    let by = tag.tagger.as_deref().map(sanitize).unwrap_or_default();
    Claim::decided("tag", wrong.is_none(), format!("annotated, by {by}"), wrong.unwrap_or_default())
}

struct Look<'a> {
    workspace: &'a Workspace,
    repository: &'a Repository,
    name: &'a str,
    tag: &'a TagFacts,
    seal: &'a Seal,
}

impl Look<'_> {
    fn target(&self) -> Claim {
        let (said, is) = (&self.seal.target, &self.tag.target);
        let against = format!("it names {}, and was judged for {}", short(is), sanitize(said));
        Claim::decided("target", said == is, format!("the judged commit {}", short(is)), against)
    }

    /// The policy that judged, as the tagged commit holds it.
    fn policy(&self) -> Result<(Claim, Option<Config>), Refusal> {
        let (path, blob) = (&self.seal.policy_path, &self.seal.policy_blob);
        let claim = |standing, said: String| Claim::new("policy", standing, said);
        let Some((bytes, _)) = self.repository.blob(&self.tag.target, path)? else {
            return Ok((
                claim(Standing::Contradicted, format!("the tagged commit has no {}", sanitize(path))),
                None,
            ));
        };
        let kind = if path.ends_with("pyproject.toml") { TomlFile::Pyproject } else { TomlFile::Own };
        let config = String::from_utf8(bytes.clone()).ok().and_then(|t| Config::parse(&t, path, kind).ok());
        if blob_id(&bytes) != *blob {
            let said = format!("{} of the tagged commit is not the one that judged", sanitize(path));
            return Ok((claim(Standing::Contradicted, said), config));
        }
        let said = match config {
            Some(_) => claim(Standing::Holds, format!("{} as the tagged commit holds it", sanitize(path))),
            None => claim(Standing::NotKnown, "this version of Milegate cannot read it".to_owned()),
        };
        Ok((said, config))
    }

    fn milestone(&self, config: &Config) -> Claim {
        let id = &self.seal.milestone;
        let named = config.milestones.iter().find(|m| m.id.as_str() == id);
        let name = named.and_then(|m| config.tag.name_of(&config.project, m).ok());
        let said = named.map(|m| format!("{} {}", m.id, sanitize(&m.name))).unwrap_or_default();
        let against = match &name {
            None => format!("the policy knows no milestone {}", sanitize(id)),
            Some(other) => format!("the tag of milestone {} is {other}", sanitize(id)),
        };
        Claim::decided("milestone", name.as_deref() == Some(self.name), said, against)
    }

    fn content(&self, config: &Config) -> Result<Claim, Refusal> {
        let documents = &config.documents;
        let named = [&documents.status, &documents.log, &documents.checklist];
        let ledger = LedgerPaths::new(named.into_iter().flatten().cloned());
        let tree = subject_tree(self.repository, &self.tag.target, &ledger)?;
        let same = prefixless(&tree) == prefixless(&self.seal.subject_tree);
        let against = "the commit holds other content than was judged".to_owned();
        Ok(Claim::decided("content", same, format!("subject tree {}", short(prefixless(&tree))), against))
    }

    /// The first commit among those that may hold it whose manifest bears the tag's digest.
    fn manifest(&self) -> Result<(Claim, Option<(Value, String)>), Refusal> {
        let path = format!("{LEDGER_DIR}/{}/manifest.json", self.seal.milestone);
        let mut other = false;
        for commit in self.places() {
            let Some((bytes, _)) = self.repository.blob(&commit, &path)? else { continue };
            let text = String::from_utf8_lossy(&bytes);
            if digest(&text) != self.seal.manifest {
                other = true;
                continue;
            }
            let value: Value = serde_json::from_str(&text).unwrap_or_default();
            let agrees = value["target"] == self.seal.target.as_str()
                && value["milestone"] == self.seal.milestone.as_str();
            let against = format!("{path} is about another milestone or commit");
            let claim = Claim::decided("manifest", agrees, format!("{path} bears the tag's digest"), against);
            return Ok((claim, agrees.then_some((value, commit))));
        }
        let claim = match other {
            true => Claim::new("manifest", Standing::Contradicted, format!("{path} has another digest")),
            false => {
                let remote = &self.workspace.config.tag.remote;
                let said = format!("{path} is in no branch of this clone; git fetch {remote}");
                Claim::new("manifest", Standing::NotKnown, said)
            }
        };
        Ok((claim, None))
    }

    /// Commits that may hold the documents of the tag.
    fn places(&self) -> Vec<String> {
        let tag = &self.workspace.config.tag;
        let branch = tag.branch.clone().or_else(|| self.repository.default_branch(&tag.remote));
        let of_branch = branch
            .iter()
            .flat_map(|b| [format!("refs/heads/{b}"), format!("refs/remotes/{}/{b}", tag.remote)])
            .collect::<Vec<_>>();
        let own = format!("milegate/{}", self.seal.milestone);
        let own = [format!("refs/heads/{own}"), format!("refs/remotes/{}/{own}", tag.remote)];
        let all = ["HEAD".to_owned()].into_iter().chain(of_branch).chain(own);
        all.filter_map(|name| self.repository.resolve(&name).ok()).collect()
    }

    /// One claim for all; none if the tag names no approval.
    fn approvals(&self, commit: Option<&str>) -> Result<Option<Claim>, Refusal> {
        if self.seal.approvals.is_empty() {
            return Ok(None);
        }
        let claim = |standing, said: String| Some(Claim::new("approvals", standing, said));
        let Some(commit) = commit else {
            return Ok(claim(Standing::NotKnown, "they stand beside the manifest".to_owned()));
        };
        let tree = self.seal.subject_tree.as_str();
        let read = approvals::read(
            &self.workspace.root,
            self.repository,
            commit,
            tree,
            &self.workspace.ledger_paths(),
        )?;
        let held = |wanted: &&String| read.approvals.iter().any(|approval| approval.digest == **wanted);
        let (found, all) = (self.seal.approvals.iter().filter(held).count(), self.seal.approvals.len());
        let people: Vec<_> = read
            .approvals
            .iter()
            .filter(|a| self.seal.approvals.contains(&a.digest))
            .map(|a| {
                format!(
                    "{} ({})",
                    sanitize(&a.statement.predicate.reviewer),
                    sanitize(a.statement.predicate.topic())
                )
            })
            .collect();
        let standing = if found == all { Standing::Holds } else { Standing::Contradicted };
        let said = match standing {
            Standing::Holds => people.join(", "),
            _ => format!("{} of {all} are no longer as they were", all - found),
        };
        Ok(claim(standing, said))
    }

    fn previous(&self) -> Result<Claim, Refusal> {
        let claim = |standing, said: &str| Claim::new("previous", standing, said);
        let Some(object) = &self.seal.previous else {
            return Ok(claim(Standing::Holds, "the first milestone"));
        };
        let milestones = &self.workspace.config.milestones;
        let own = milestones.iter().find(|m| m.id.as_str() == self.seal.milestone);
        for name in self.repository.tags_matching("*")? {
            let Some(tag) = self.repository.tag(&name)?.filter(|tag| tag.object_id == *object) else {
                continue;
            };
            return Ok(match self.repository.is_ancestor(&tag.target, &self.tag.target) {
                Ok(holds) => Claim::decided(
                    "previous",
                    holds,
                    sanitize(&name),
                    format!("it does not build on {}", sanitize(&name)),
                ),
                Err(error @ LedgerError::Shallow { .. }) => claim(Standing::NotKnown, &error.to_string()),
                Err(error) => return Err(error.into()),
            });
        }
        // The tag of another name, or a moved one, is not the object that was named.
        let moved = previous_milestone(self.workspace, own)?.is_some();
        Ok(match moved {
            true => claim(Standing::Contradicted, "the tag before it is another object now"),
            false => claim(Standing::NotKnown, "the tag before it is not in this clone; git fetch --tags"),
        })
    }

    /// Whether somebody signed it: git knows the keys.
    fn signature(&self) -> Result<Claim, Refusal> {
        if !self.tag.message.contains("\n-----BEGIN ") {
            return Ok(Claim::new("signature", Standing::Holds, "not signed, and nothing asks for it"));
        }
        let git = Git::at(self.workspace.root.path());
        let answer = git.call(&["verify-tag", "--", self.name]).run()?;
        Ok(match answer.good() {
            true => Claim::new("signature", Standing::Holds, "good, says git verify-tag"),
            false => Claim::new("signature", Standing::NotKnown, "git verify-tag does not vouch for it"),
        })
    }
}

fn prefixless(id: &str) -> &str {
    id.strip_prefix("gitTree:").unwrap_or(id)
}

fn short(id: &str) -> String {
    id.chars().take(7).collect()
}
