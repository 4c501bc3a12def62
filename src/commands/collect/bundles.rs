//! The bundles that other runners collected, merged into the entries they belong to.

use super::Request;
use super::reports::{self, sources_of, work_digest};
use crate::commands::refusal::Refusal;
use crate::commands::workspace::Workspace;
use crate::evidence::bundle::{self, Bundle};
use crate::evidence::freshness::Sources;
use crate::evidence::{Doubt, EntryEvidence};
use std::collections::BTreeMap;

/// The entries of `[reports]` with what was found here and what the bundles hold.
pub(in crate::commands) fn collect(
    workspace: &Workspace,
    request: &Request,
) -> Result<BTreeMap<String, EntryEvidence>, Refusal> {
    let mut entries = reports::collect(workspace, request)?;
    for pattern in &request.bundles {
        let paths = workspace.root.glob(std::slice::from_ref(pattern))?;
        if paths.is_empty() {
            let message =
                format!("no evidence bundle matches {pattern} in {}", workspace.root.path().display());
            return Err(Refusal::unproven(message).hint("make one with `milegate collect -o shard.milegate`"));
        }
        for path in paths {
            merge(workspace, request, &path, &mut entries)?;
        }
    }
    Ok(entries)
}

fn merge(
    workspace: &Workspace,
    request: &Request,
    path: &str,
    entries: &mut BTreeMap<String, EntryEvidence>,
) -> Result<(), Refusal> {
    let file = workspace.root.read(path, workspace.config.limits.bytes)?;
    let bundle = Bundle::decode(&file.bytes).map_err(|why| {
        Refusal::unproven(format!("{path}: {why}"))
            .hint("collect this shard again, with the same version of milegate")
    })?;
    let stale = of_other_code(workspace, request, &bundle, path)?;
    bundle::merge(entries, bundle, path, &workspace.config.project.id, stale)
        .map_err(|doubt| Refusal::unproven(doubt.message).hint(doubt.next_step))
}

/// A bundle is bound to the code by digests, whatever the clock of the other machine says.
fn of_other_code(
    workspace: &Workspace,
    request: &Request,
    bundle: &Bundle,
    path: &str,
) -> Result<Option<Doubt>, Refusal> {
    let sources = match (&bundle.commit, &workspace.head) {
        (None, None) => Sources::Same,
        (Some(commit), Some(_)) => sources_of(workspace, request, commit)?,
        _ => Sources::Unknown,
    };
    if sources == Sources::Same && bundle.work_digest == work_digest(workspace, request.milestone.as_ref())? {
        return Ok(None);
    }
    let message = format!("{path} was collected for other content than what is judged");
    Ok(Some(Doubt::new("bundle/stale", message, "collect it again at the commit that is judged")))
}
