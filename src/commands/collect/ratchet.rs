//! The ratchet file, here and at the base.

use super::changes;
use super::{Request, baseline};
use crate::commands::workspace::Workspace;
use crate::config::ratchet::{self, PATH};
use crate::criteria::Past;
use crate::evidence::{Doubt, Ratcheted};
use crate::model::ratchet::Ratchet;

/// More than any ratchet has.
const MAX: u64 = 1 << 20;

/// The figures; `None` if no criterion wants them, or there never was such a file.
pub(super) fn collect(workspace: &Workspace, request: &Request) -> Result<Option<Ratcheted>, Doubt> {
    let wanted = baseline::wanted(workspace);
    if wanted == Past::Unneeded {
        return Ok(None);
    }
    let file = match workspace.root.read(PATH, MAX) {
        Ok(file) => Some(file.bytes),
        Err(error) if error.is_missing() => None,
        Err(error) => return Err(doubt(error.to_string())),
    };
    let alone = |now: Option<Ratchet>| now.map(|now| Ratcheted { path: PATH.to_owned(), now, before: None });
    let (Some(repository), Some(head)) = (&workspace.repository, &workspace.head) else {
        return Ok(alone(file.map(|bytes| read(&bytes)).transpose()?));
    };
    let at = |commit: &str| match repository.blob(commit, PATH) {
        Ok(blob) => Ok(blob.map(|(bytes, _)| bytes)),
        Err(error) => Err(changes::doubt(&error)),
    };
    let edited = file != at(&head.id)?;
    let now = file.map(|bytes| read(&bytes)).transpose()?;
    let start = match baseline::start(workspace, request, edited) {
        // Nobody speaks of a ratchet here: that a shallow clone cannot look for one is no doubt.
        Err(_) if now.is_none() && wanted == Past::IfStarted => return Ok(None),
        start => start?,
    };
    let Some(start) = start else { return Ok(alone(now)) };
    // A file that could not be read there passed no gate, and only a change can mend it.
    let before = at(&start)?.and_then(|bytes| read(&bytes).ok());
    if now.is_none() && before.is_none() {
        return Ok(None);
    }
    Ok(Some(Ratcheted { path: PATH.to_owned(), now: now.unwrap_or_default(), before }))
}

fn read(bytes: &[u8]) -> Result<Ratchet, Doubt> {
    let text = std::str::from_utf8(bytes).map_err(|_| doubt(format!("{PATH} is not UTF-8 text")))?;
    ratchet::read(text).map_err(|mistakes| doubt(mistakes.to_string()))
}

fn doubt(message: String) -> Doubt {
    Doubt::new("baseline/ratchet", message, format!("mend {PATH}"))
}
