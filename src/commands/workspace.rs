//! Where a command works: the repository, the configuration and where it came from.

use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::config::{Config, TomlFile};
use crate::criteria::spec::did_you_mean;
use crate::ledger::LedgerError;
use crate::ledger::files::Root;
use crate::ledger::repository::{Head, Repository};
use crate::ledger::subject::{self, LedgerPaths};
use crate::ledger::tags::TagFacts;
use crate::model::milestone::Milestone;
use crate::verdict::Policy;
use std::path::{Path, PathBuf};

/// Names of the configuration, in the order in which they are looked for in each folder.
const NAMES: &[(&str, TomlFile)] = &[
    ("milegate.toml", TomlFile::Own),
    (".milegate.toml", TomlFile::Own),
    ("pyproject.toml", TomlFile::Pyproject),
];

/// More than any configuration has.
const MAX_CONFIG: u64 = 4 << 20;

/// Where a command works.
#[derive(Debug)]
pub(super) struct Workspace {
    /// The root of the work tree, or the folder of the configuration outside a repository.
    pub(super) root: Root,
    /// The repository, if there is one.
    pub(super) repository: Option<Repository>,
    /// HEAD, if there is a commit.
    pub(super) head: Option<Head>,
    /// The configuration.
    pub(super) config: Config,
    /// Where it came from.
    pub(super) policy: Policy,
    /// What a person should know about that.
    pub(super) notices: Vec<String>,
}

/// How the configuration is to be found.
#[derive(Debug, Clone, Default)]
pub(super) struct Locate {
    /// `--config`.
    pub(super) config: Option<PathBuf>,
    /// `-C`.
    pub(super) directory: Option<PathBuf>,
    /// `--policy-from`.
    pub(super) policy_from: Option<String>,
}

impl Locate {
    /// The folder in which the search begins.
    pub(super) fn start(&self) -> Result<PathBuf, Refusal> {
        let here =
            std::env::current_dir().map_err(|e| Refusal::cannot_act(format!("no working directory: {e}")))?;
        let start = self.directory.as_ref().map_or(here.clone(), |d| here.join(d));
        if start.is_dir() {
            Ok(start)
        } else {
            Err(Refusal::usage(format!("{} is not a folder", start.display())))
        }
    }
}

/// A configuration file as text.
struct Found {
    path: String,
    kind: TomlFile,
    bytes: Vec<u8>,
}

impl Workspace {
    /// Opens the repository and reads the configuration.
    pub(super) fn open(locate: &Locate) -> Result<Self, Refusal> {
        let start = locate.start()?;
        let repository = open_repository(&start)?;
        let root = match &repository {
            Some(repository) => repository.files()?,
            None => Root::new(&folder_of_config(&start, locate))?,
        };
        let head = repository.as_ref().map(Repository::head).transpose()?.flatten();
        let mut notices = Vec::new();
        let own = find(&root, &start, locate);
        let (found, from) = match &locate.policy_from {
            None => standing(repository.as_ref(), head.as_ref(), own?)?,
            Some(reference) => {
                let repository = repository
                    .as_ref()
                    .ok_or_else(|| Refusal::usage("--policy-from needs a git repository"))?;
                let commit = named(repository, "--policy-from", reference)?;
                let base = find_at(repository, &commit, &candidates(&root, &start, locate)?)?;
                trusted(reference, base, own, &mut notices)?
            }
        };
        let text = String::from_utf8(found.bytes)
            .map_err(|_| Refusal::usage(format!("{} is not UTF-8 text", found.path)))?;
        let config = Config::parse(&text, &found.path, found.kind)?;
        let policy = Policy { path: found.path, blob: subject::blob_id(text.as_bytes()), from };
        Ok(Self { root, repository, head, config, policy, notices })
    }

    /// The paths that are left out of the subject tree.
    pub(super) fn ledger_paths(&self) -> LedgerPaths {
        let documents = &self.config.documents;
        let named = [&documents.status, &documents.log, &documents.checklist];
        LedgerPaths::new(named.into_iter().flatten().cloned())
    }

    /// The configured milestone of that id.
    pub(super) fn milestone(&self, id: &str) -> Result<Milestone, Refusal> {
        let all = &self.config.milestones;
        let ids = || all.iter().map(|m| m.id.as_str());
        all.iter().find(|m| m.id.as_str() == id).cloned().ok_or_else(|| {
            let known = did_you_mean(id, ids()).unwrap_or_else(|| match all.is_empty() {
                true => "add [[milestones]] with id and name to milegate.toml".to_owned(),
                false => format!("milestones: {}", ids().collect::<Vec<_>>().join(", ")),
            });
            Refusal::usage(format!("no milestone `{id}` in {}", self.policy.path)).hint(known)
        })
    }

    /// The first milestone whose tag does not exist.
    pub(super) fn first_open_milestone(&self) -> Result<Option<Milestone>, Refusal> {
        for milestone in &self.config.milestones {
            if self.tag_of(milestone)?.is_none() {
                return Ok(Some(milestone.clone()));
            }
        }
        Ok(None)
    }

    /// The milestone that was asked for, else the first that is not tagged.
    pub(super) fn milestone_or_first(&self, id: Option<&str>) -> Result<Milestone, Refusal> {
        match id {
            Some(id) => self.milestone(id),
            None => self.first_open_milestone()?.ok_or_else(|| {
                Refusal::usage("every configured milestone is tagged, or none is configured")
                    .hint("name a milestone")
            }),
        }
    }

    /// The name of a milestone's tag.
    pub(super) fn tag_name(&self, milestone: &Milestone) -> Result<String, Refusal> {
        self.config.tag.name_of(&self.config.project, milestone).map_err(|e| Refusal::usage(e.to_string()))
    }

    /// The tag of a milestone, if it exists.
    pub(super) fn tag_of(&self, milestone: &Milestone) -> Result<Option<TagFacts>, Refusal> {
        let Some(repository) = &self.repository else { return Ok(None) };
        Ok(repository.tag(&self.tag_name(milestone)?)?)
    }

    /// The name that git commits with.
    pub(super) fn author_name(&self) -> Option<String> {
        self.repository.as_ref().and_then(Repository::author_name)
    }

    /// The repository, where a command cannot do without one.
    pub(super) fn repository(&self) -> Result<&Repository, Refusal> {
        self.repository.as_ref().ok_or_else(|| {
            LedgerError::NotARepository { from: self.root.path().display().to_string() }.into()
        })
    }

    /// HEAD, where a command cannot do without a commit.
    pub(super) fn head(&self) -> Result<&Head, Refusal> {
        self.repository()?;
        self.head
            .as_ref()
            .ok_or_else(|| Refusal::cannot_act("there is no commit yet").hint("commit something first"))
    }

    /// Shows what a person should know about where the policy came from.
    pub(super) fn show_notices(&self, terminal: Terminal) {
        self.notices.iter().for_each(|notice| terminal.warn(notice));
    }
}

/// No repository is fine; one that cannot be read is not.
pub(super) fn open_repository(start: &Path) -> Result<Option<Repository>, Refusal> {
    match Repository::discover(start) {
        Ok(repository) if repository.is_bare() => {
            Err(Refusal::cannot_act("this is a bare repository, without files to judge")
                .hint("run it in a checkout"))
        }
        Ok(repository) => Ok(Some(repository)),
        Err(LedgerError::NotARepository { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Outside a repository the configuration's folder is the root.
fn folder_of_config(start: &Path, locate: &Locate) -> PathBuf {
    if let Some(config) = &locate.config {
        return start.join(config).parent().map_or_else(|| start.to_owned(), Path::to_owned);
    }
    let has_config = |folder: &&Path| NAMES.iter().any(|(name, _)| folder.join(name).is_file());
    start.ancestors().find(has_config).unwrap_or(start).to_owned()
}

/// Where the configuration may be: what `--config` names, else upward from `start` to the root.
fn candidates(root: &Root, start: &Path, locate: &Locate) -> Result<Vec<(String, TomlFile)>, Refusal> {
    if let Some(config) = &locate.config {
        let path = root.relative(&spelled_out(&start.join(config)).to_string_lossy()).map_err(|error| {
            Refusal::usage(format!("--config: {error}")).hint(error.hint().unwrap_or_default())
        })?;
        let kind = if path.ends_with("pyproject.toml") { TomlFile::Pyproject } else { TomlFile::Own };
        return Ok(vec![(path, kind)]);
    }
    let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    let folders = start.ancestors().take_while(|folder| folder.starts_with(root.path()));
    let files = folders.flat_map(|folder| NAMES.iter().map(move |(name, kind)| (folder.join(name), *kind)));
    Ok(files.filter_map(|(path, kind)| Some((root.relative(&path.to_string_lossy()).ok()?, kind))).collect())
}

/// A path whose folder has neither `..` nor links; the file itself may be one, and is not followed.
fn spelled_out(path: &Path) -> PathBuf {
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// The configuration in the work tree.
fn find(root: &Root, start: &Path, locate: &Locate) -> Result<Found, Refusal> {
    for (path, kind) in candidates(root, start, locate)? {
        if locate.config.is_none() && !root.exists(&path) {
            continue;
        }
        let bytes = root.read(&path, MAX_CONFIG).map_err(|e| Refusal::usage(e.to_string()))?.bytes;
        if locate.config.is_some() || holds_configuration(kind, &bytes) {
            return Ok(Found { path, kind, bytes });
        }
    }
    let message =
        format!("no milegate.toml in {} or above it, up to {}", start.display(), root.path().display());
    Err(Refusal::usage(message).hint("`milegate init` writes one for this repository"))
}

/// The configuration of a commit, looked for in the same places: a change that deletes, moves or
/// shadows the file is still judged by it.
fn find_at(
    repository: &Repository,
    commit: &str,
    candidates: &[(String, TomlFile)],
) -> Result<Option<Found>, Refusal> {
    for (path, kind) in candidates {
        if let Some((bytes, _)) = repository.blob(commit, path)?
            && holds_configuration(*kind, &bytes)
        {
            return Ok(Some(Found { path: path.clone(), kind: *kind, bytes }));
        }
    }
    Ok(None)
}

fn holds_configuration(kind: TomlFile, bytes: &[u8]) -> bool {
    kind == TomlFile::Own || Config::is_in_pyproject(bytes)
}

/// The commit of a reference that was named on the command line. A wrong name is a mistake there.
pub(super) fn named(repository: &Repository, option: &str, reference: &str) -> Result<String, Refusal> {
    repository.resolve(reference).map_err(|error| {
        let hint = error.hint().unwrap_or_else(|| "name a commit of this clone, or fetch it".to_owned());
        Refusal::usage(format!("{option}: {error}")).hint(hint)
    })
}

/// Whether the file in the work tree is the one of HEAD. What git takes for unchanged is (other line
/// ends in the work tree, say), and then HEAD's own bytes are read.
fn standing(
    repository: Option<&Repository>,
    head: Option<&Head>,
    found: Found,
) -> Result<(Found, String), Refusal> {
    let work_tree = |found| Ok((found, "work tree".to_owned()));
    let (Some(repository), Some(head)) = (repository, head) else { return work_tree(found) };
    match repository.blob(&head.id, &found.path)? {
        Some((bytes, _)) if bytes == found.bytes || !repository.dirty()?.contains(&found.path) => {
            Ok((Found { bytes, ..found }, "HEAD".to_owned()))
        }
        _ => work_tree(found),
    }
}

/// The policy of a trusted reference; the change's own, labelled, where that has none yet.
fn trusted(
    reference: &str,
    base: Option<Found>,
    own: Result<Found, Refusal>,
    notices: &mut Vec<String>,
) -> Result<(Found, String), Refusal> {
    let Some(base) = base else {
        let own = own?;
        notices.push(format!(
            "{reference} has no {}: judged by this change's own policy, not yet trusted",
            own.path
        ));
        return Ok((own, "work tree, not yet trusted".to_owned()));
    };
    let what = match &own {
        Ok(own) if own.path == base.path && own.bytes == base.bytes => None,
        Ok(own) if own.path == base.path => Some(format!("edits {}", base.path)),
        Ok(own) => Some(format!("puts {} before {}", own.path, base.path)),
        Err(_) => Some(format!("removes {}", base.path)),
    };
    if let Some(what) = what {
        notices.push(format!("this change {what}: judged by the policy of {reference}"));
    }
    Ok((base, reference.to_owned()))
}
