//! The papers of a completed milestone: tag message, manifest, status document, progress log; and
//! the approvals that are not committed yet. All of it as values, from the blobs of HEAD.

use super::cli::Complete;
use super::collect::previous_milestone;
use super::entries;
use super::refusal::Refusal;
use super::standing;
use super::topic;
use super::workspace::Workspace;
use crate::criteria::sign_off;
use crate::documents::entries::project;
use crate::documents::log::{CompletionFacts, append_completion};
use crate::documents::metrics::{CodeMetrics, Complexity};
use crate::documents::status::{self, ChangeLog, Completed, StatusFacts};
use crate::documents::tag::{self, Approver, TagFacts};
use crate::documents::{EditError, edit};
use crate::evidence::{Evidence, ReportFile, merge};
use crate::ledger::publish::{Claim, Document, Plan, TRAILER};
use crate::ledger::subject::LEDGER_DIR;
use crate::ledger::{clock, diff};
use crate::model::milestone::Milestone;
use crate::readers::Kind;
use crate::verdict::Verdict;

/// Larger files are not counted as source.
const MAX_SOURCE: u64 = 4 << 20;

/// Everything that is to be published.
pub(super) fn plan(
    workspace: &Workspace,
    milestone: &Milestone,
    evidence: &Evidence,
    verdict: &Verdict,
    claim: &Claim,
    args: &Complete,
) -> Result<Plan, Refusal> {
    let papers = Papers { workspace, milestone, evidence, verdict };
    let config = &workspace.config;
    let mut facts = papers.tag_facts(claim)?;
    let manifest = tag::manifest(verdict, &facts);
    facts.manifest = tag::digest(&manifest);
    let mut documents = vec![Document {
        path: format!("{LEDGER_DIR}/{}/manifest.json", milestone.id),
        content: manifest.into_bytes(),
    }];
    documents.extend(papers.new_approvals()?);
    documents.extend(papers.status(&facts.approvals)?);
    documents.extend(papers.log()?);
    let mut changed = Vec::new();
    for document in documents {
        if papers.old(&document.path)?.as_ref() != Some(&document.content) {
            changed.push(document);
        }
    }
    Ok(Plan {
        milestone: milestone.id.to_string(),
        tag: claim.tag.clone(),
        message: tag::message(verdict, &facts),
        target: facts.target,
        documents: changed,
        commit_message: format!(
            "Complete milestone {}: {}\n\n{TRAILER} {}\n",
            milestone.id,
            one_line(&milestone.name),
            milestone.id
        ),
        mode: claim.mode,
        branch: claim.branch.clone(),
        remote: claim.remote.clone(),
        push: !args.no_push,
        sign: args.sign || config.tag.sign,
    })
}

/// The documents' unified diff, for a dry run; of the ledger only the names of its files.
pub(super) fn diff(workspace: &Workspace, plan: &Plan) -> Result<String, Refusal> {
    let repository = workspace.repository()?;
    let mut out = String::new();
    for document in &plan.documents {
        if document.path.starts_with(LEDGER_DIR) {
            out.push_str(&format!("new file {}\n", document.path));
            continue;
        }
        let old = repository.blob(&plan.target, &document.path)?.map(|(bytes, _)| bytes);
        out.push_str(&diff::unified(&document.path, old.as_deref(), &document.content)?);
    }
    Ok(out)
}

fn one_line(text: &str) -> String {
    crate::documents::plain::sanitize(text)
}

struct Papers<'a> {
    workspace: &'a Workspace,
    milestone: &'a Milestone,
    evidence: &'a Evidence,
    verdict: &'a Verdict,
}

impl Papers<'_> {
    fn tag_facts(&self, claim: &Claim) -> Result<TagFacts, Refusal> {
        let (tag, project) = (&self.workspace.config.tag, &self.workspace.config.project);
        let head = self.workspace.head()?;
        let subject = tag.subject_of(project, self.milestone).map_err(|e| Refusal::usage(e.to_string()))?;
        let previous = previous_milestone(self.workspace, Some(self.milestone))?;
        Ok(TagFacts {
            subject,
            milestone: claim.milestone.clone(),
            target: head.id.clone(),
            subject_tree: self.verdict.subject.subject_tree.clone().unwrap_or_default(),
            policy_path: self.verdict.subject.policy.path.clone(),
            policy_blob: self.verdict.subject.policy.blob.clone(),
            policy_commit: head.id.clone(),
            previous: previous.map(|(_, facts)| facts.object_id),
            approvals: self.approvers(),
            manifest: String::new(),
        })
    }

    /// The approvals that count.
    fn approvers(&self) -> Vec<Approver> {
        let Ok(sign_offs) = &self.evidence.sign_offs else { return Vec::new() };
        let counting = sign_off::list(self.evidence, sign_offs, &topic::statements(self.workspace))
            .into_iter()
            .filter(|l| l.counts);
        counting
            .map(|l| Approver {
                role: l.approval.statement.predicate.topic().to_owned(),
                person: l.approval.statement.predicate.reviewer.clone(),
                trust: "asserted".to_owned(),
                digest: l.approval.digest.clone(),
            })
            .collect()
    }

    /// Approvals of the work tree that HEAD does not hold: `approve` writes, and never commits.
    fn new_approvals(&self) -> Result<Vec<Document>, Refusal> {
        let Ok(sign_offs) = &self.evidence.sign_offs else { return Ok(Vec::new()) };
        let mut new = Vec::new();
        for listed in sign_off::list(self.evidence, sign_offs, &topic::statements(self.workspace)) {
            let path = &listed.approval.path;
            if self.old(path)?.is_none() {
                let content = self.workspace.root.read(path, crate::ledger::approvals::MAX_BYTES)?.bytes;
                new.push(Document { path: path.clone(), content });
            }
        }
        Ok(new)
    }

    /// A file as HEAD holds it.
    fn old(&self, path: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let head = self.workspace.head()?;
        Ok(self.workspace.repository()?.blob(&head.id, path)?.map(|(bytes, _)| bytes))
    }

    /// A document with an edit applied; what cannot be edited safely is refused before anything happens.
    fn edited(
        &self,
        path: Option<&String>,
        edit: impl Fn(Option<&str>) -> Result<String, EditError>,
    ) -> Result<Option<Document>, Refusal> {
        let Some(path) = path else { return Ok(None) };
        let old = self.old(path)?;
        let refuse =
            |error: EditError| standing::refuse(path, &error).hint(format!("mend {path} and commit it"));
        let text = old.as_deref().map(edit::text).transpose().map_err(refuse)?;
        let content = edit(text).map_err(refuse)?.into_bytes();
        Ok(Some(Document { path: path.clone(), content }))
    }

    fn status(&self, approvals: &[Approver]) -> Result<Option<Document>, Refusal> {
        let config = &self.workspace.config;
        let facts = self.status_facts(approvals)?;
        self.edited(config.documents.status.as_ref(), |old| status::update(old, &facts))
    }

    fn status_facts(&self, approvals: &[Approver]) -> Result<StatusFacts, Refusal> {
        let followers: Vec<_> = self
            .workspace
            .config
            .milestones
            .iter()
            .filter(|m| m.requires.contains(&self.milestone.id))
            .map(|m| m.id.to_string())
            .collect();
        let people: Vec<_> = approvals.iter().map(|a| format!("{} ({})", a.person, a.role)).collect();
        let completed = Completed {
            milestone: self.milestone.id.clone(),
            date: clock::today(),
            change_log: ChangeLog {
                reason: "All four gates passed".to_owned(),
                impact: match followers.is_empty() {
                    true => "No milestone waits for it".to_owned(),
                    false => format!("Milestone {} may begin", followers.join(", ")),
                },
                approval: if people.is_empty() { "none required".to_owned() } else { people.join(", ") },
            },
        };
        standing::facts(self.workspace, self.evidence, Some(completed))
    }

    fn log(&self) -> Result<Option<Document>, Refusal> {
        let (id, name) = (self.milestone.id.clone(), self.milestone.name.clone());
        let facts = CompletionFacts::new(self.verdict, id, name, clock::today(), self.metrics()?);
        let entries = entries::committed(self.workspace)?;
        let name = &self.workspace.config.project.name;
        self.edited(self.workspace.config.documents.log.as_ref(), |old| {
            let projected = match entries.is_empty() {
                true => None,
                false => Some(project(old, name, &entries)?.text),
            };
            append_completion(projected.as_deref().or(old), &facts)
        })
    }

    /// Counted over the tracked files, which are those of HEAD: nothing is dirty.
    fn metrics(&self) -> Result<CodeMetrics, Refusal> {
        let root = &self.workspace.root;
        let read = |path: String| root.read(&path, MAX_SOURCE).ok().map(|file| (path, file.bytes));
        let files: Vec<_> = self.workspace.repository()?.tracked()?.into_iter().filter_map(read).collect();
        let mut metrics =
            CodeMetrics::measure(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
        metrics.complexity = self.complexity().unwrap_or(metrics.complexity);
        Ok(metrics)
    }

    /// What the reports say of complexity; of several formats, those of the first. One that cannot be
    /// relied on is not replaced by a guess.
    fn complexity(&self) -> Option<Complexity> {
        let entries: Vec<_> =
            self.evidence.reports.values().filter(|entry| entry.kind() == Some(Kind::Complexity)).collect();
        let files = match merge::files(&entries, Kind::Complexity) {
            Ok(files) => files,
            Err(doubt) => return Some(Complexity::NotKnown(doubt.message)),
        };
        let format = files.first()?.report.as_ref().ok()?.format;
        let same =
            |file: &&ReportFile| file.report.as_ref().is_ok_and(|report| report.format.name == format.name);
        let files: Vec<_> = files.into_iter().filter(same).collect();
        let tool = format.name.split('-').next().unwrap_or(format.name);
        Some(Complexity::measured(tool, &merge::complexity(&files)))
    }
}
