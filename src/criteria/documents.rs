//! `documents`: required files are there, say something, have their headings, and were looked at
//! again when the code they cover changed.

use super::judgement::plural;
use super::spec::{self, text::Globs};
use super::{Context, Criterion, Judgement, Kind, MILESTONE};
use crate::evidence::Source;
use crate::evidence::{Detail, Document, Evidence};
use crate::model::place::Place;
use std::collections::BTreeMap;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "documents",
    summary: "required documents exist, hold text, and have their headings",
    guide: "required names files that exist and are not empty; headings names the sections a file must have; covers \
            names the code the documents are about: where that changed since the base and none of the documents \
            did, they are outdated.",
    example: "[gates.{gate}.{name}] required = [\"docs/{name}.md\"]",
    judged_on: MILESTONE,
    reports: &[],
    codes: &[
        ("documents/missing", "a required document is not there"),
        ("documents/empty", "a required document holds no text"),
        ("documents/no-heading", "a required heading is not in its document"),
        ("documents/outdated", "the code a document covers changed, the document did not"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of a `documents` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Spec {
    /// Files that exist and are not empty.
    #[serde(default)]
    required: Vec<String>,
    /// Headings by file.
    #[serde(default)]
    headings: BTreeMap<String, Vec<String>>,
    /// Globs of the code the documents are about.
    #[serde(default)]
    covers: Globs,
}

impl Criterion for Spec {
    fn documents(&self) -> Vec<String> {
        let mut all: Vec<_> = self.required.iter().chain(self.headings.keys()).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn judge(&self, context: &Context<'_>) -> Judgement {
        let paths = self.documents();
        if paths.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no required document");
        }
        let evidence = context.evidence;
        let mut defects: Vec<(&'static str, Detail)> = Vec::new();
        let mut sources = Vec::new();
        for path in &paths {
            match evidence.documents.get(path).and_then(Option::as_ref) {
                None => defects.push(("documents/missing", Detail::at(Place::file(path), "is not there"))),
                Some(document) => {
                    self.inspect(path, document, &mut defects);
                    let (path, sha256) = (path.clone(), document.sha256.clone());
                    sources.push(Source { path, format: "markdown".to_owned(), sha256 });
                }
            }
        }
        match self.outdated(&paths, evidence) {
            Ok(Some(detail)) => defects.push(("documents/outdated", detail)),
            Ok(None) => {}
            Err(doubt) if defects.is_empty() => return Judgement::unproven(doubt).expected(expected(&paths)),
            Err(_) => {}
        }
        conclude(&paths, defects).expected(expected(&paths)).evidence(sources)
    }
}

impl Spec {
    fn inspect(&self, path: &str, document: &Document, defects: &mut Vec<(&'static str, Detail)>) {
        if !document.has_text {
            defects.push(("documents/empty", Detail::at(Place::file(path), "holds no text")));
        }
        for heading in self.headings.get(path).into_iter().flatten() {
            if !document.has_heading(heading) {
                let message = format!("has no heading `{heading}`");
                defects.push(("documents/no-heading", Detail::at(Place::file(path), message)));
            }
        }
    }

    fn outdated(
        &self,
        paths: &[String],
        evidence: &Evidence,
    ) -> Result<Option<Detail>, crate::evidence::Doubt> {
        if self.covers.patterns.is_empty() {
            return Ok(None);
        }
        let Some(changed) = evidence.changed_paths.as_ref().map_err(Clone::clone)? else { return Ok(None) };
        let code = changed.iter().find(|path| self.covers.matches(path) && !paths.contains(path));
        Ok(code.filter(|_| !paths.iter().any(|path| changed.contains(path))).map(|code| {
            let message = format!("did not change although {code} did");
            Detail::at(Place::file(&paths[0]), message)
        }))
    }
}

fn expected(paths: &[String]) -> String {
    format!("{} there and current", paths.join(", "))
}

fn conclude(paths: &[String], defects: Vec<(&'static str, Detail)>) -> Judgement {
    let bad: std::collections::BTreeSet<_> =
        defects.iter().filter_map(|d| d.1.place.as_ref()).map(|p| &p.path).collect();
    let measured =
        format!("{} of {} in order", paths.len() - bad.len(), plural(paths.len() as u64, "document"));
    let Some((code, first)) = defects.first() else {
        return Judgement::passed("documents", measured);
    };
    let path = first.place.as_ref().map(|p| p.path.clone()).unwrap_or_default();
    let (code, message) = (*code, format!("{path} {}", first.message));
    let next = match code {
        "documents/missing" => format!("write {path}"),
        "documents/empty" => format!("fill {path}"),
        "documents/no-heading" => format!("add the section to {path}"),
        _ => format!("bring {path} up to date"),
    };
    Judgement::failed(code, measured, next)
        .message(message)
        .details(defects.into_iter().map(|d| d.1).collect())
}
