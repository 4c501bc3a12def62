//! Fetching and pushing the notes. What the remote has is fetched beside ours and united with it; a
//! push that somebody was faster than is repeated after that, a bounded number of times.

use super::write::unite;
use super::{NotesError, PREFIX};
use crate::ledger::git::{Answer, Git};
use crate::ledger::publish;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often a push is tried while others are faster. Each time at least one of them is through.
const ATTEMPTS: u32 = 24;

/// The first wait lasts at most this long, each further one twice as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(40);

/// Longest wait between two attempts.
const LONGEST: Duration = Duration::from_secs(2);

/// How a push is refused that was only too late.
const RACES: &[&str] = &[
    "fetch first",
    "non-fast-forward",
    "stale info",
    "cannot lock ref",
    "failed to update ref",
    "reference already exists",
    "incorrect old value",
    "failed to lock",
];

/// A remote: its name, and what git is given for it.
#[derive(Debug, Clone)]
pub struct Address {
    name: String,
    place: String,
}

impl Address {
    /// Where pushes to this remote go: the same place is fetched from, so that the two agree.
    ///
    /// # Errors
    /// If there is no such remote, or it has several push addresses.
    pub fn of(git: &Git, remote: &str) -> Result<Self, NotesError> {
        Ok(Self { name: remote.to_owned(), place: publish::address(git, remote)? })
    }

    /// The remote's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its notes are kept here, beside ours.
    fn beside(&self) -> String {
        format!("refs/milegate/notes/{}/", self.name)
    }
}

/// The notes of ours that the remote has.
///
/// # Errors
/// If it does not answer.
pub fn refs_at(git: &Git, address: &Address) -> Result<Vec<String>, NotesError> {
    let answer = git.call(&["ls-remote", "--", &address.place, &format!("{PREFIX}*")]).run()?;
    if !answer.good() {
        return Err(silent(address, &answer));
    }
    let name = |line: &str| Some(line.split_once('\t')?.1.to_owned());
    Ok(answer.text().lines().filter_map(name).filter(|name| name.starts_with(PREFIX)).collect())
}

fn silent(address: &Address, answer: &Answer) -> NotesError {
    let reason = format!("the remote `{}` does not answer: {}", address.name, answer.stderr);
    NotesError::new(reason, "check the network and your access to it")
}

/// Fetches the remote's notes and unites them with ours; the names of those that changed here.
///
/// # Errors
/// If the remote does not answer, or git refuses to unite the two.
pub fn fetch(git: &Git, address: &Address) -> Result<Vec<String>, NotesError> {
    let beside = address.beside();
    let spec = format!("+{PREFIX}*:{beside}*");
    let options = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];
    let arguments = [&options[..], &["--", &address.place, &spec]].concat();
    let answer = git.call(&arguments).run()?;
    if !answer.good() {
        return Err(silent(address, &answer));
    }
    let mut changed = Vec::new();
    for tracked in names(git, &beside)? {
        let name = tracked.replacen(&beside, PREFIX, 1);
        if unite(git, &name, &tracked)? {
            changed.push(name);
        }
    }
    Ok(changed)
}

fn names(git: &Git, prefix: &str) -> Result<Vec<String>, NotesError> {
    let listed = git.call(&["for-each-ref", "--format=%(refname)", prefix]).ok()?;
    Ok(listed.text().lines().map(str::to_owned).collect())
}

/// Pushes our notes; afterwards the remote has every line that is here.
///
/// # Errors
/// If the remote does not answer, refuses, or others were faster every time. Nothing is lost: the
/// notes are here, and a later push takes them along.
pub fn push(git: &Git, address: &Address) -> Result<(), NotesError> {
    let random = RandomState::new();
    for attempt in 0..ATTEMPTS {
        let names = names(git, PREFIX)?;
        // Without a name git would push something else.
        if names.is_empty() {
            return Ok(());
        }
        let specs: Vec<String> = names.iter().map(|name| format!("{name}:{name}")).collect();
        let mut arguments = vec!["push", "--porcelain", "--no-follow-tags", "--", address.place.as_str()];
        arguments.extend(specs.iter().map(String::as_str));
        let answer = git.call(&arguments).hooks().run()?;
        if answer.good() {
            return Ok(());
        }
        if !is_race(&answer) {
            return Err(refused(address, &answer));
        }
        let longest = (FIRST * 2_u32.saturating_pow(attempt.min(10))).min(LONGEST).as_millis() as u64;
        std::thread::sleep(Duration::from_millis(random.hash_one(attempt) % longest.max(1)));
        fetch(git, address)?;
    }
    let reason = format!("others pushed to `{}` {ATTEMPTS} times meanwhile", address.name);
    Err(NotesError::new(reason, ""))
}

/// Every ref that was refused was refused because somebody else was faster.
fn is_race(answer: &Answer) -> bool {
    let text = answer.text();
    let mut refused = text.lines().filter(|line| line.starts_with('!')).peekable();
    refused.peek().is_some() && refused.all(|line| RACES.iter().any(|race| line.contains(race)))
}

fn refused(address: &Address, answer: &Answer) -> NotesError {
    let text = answer.text();
    let refused = text.lines().filter(|line| line.starts_with('!')).map(|line| line.replace('\t', " "));
    let said = answer.stderr.replace("hint: ", "");
    let all: Vec<String> = refused.chain([said.trim().to_owned()]).filter(|line| !line.is_empty()).collect();
    let reason = format!("`{}` did not take the notes: {}", address.name, all.join("; "));
    NotesError::new(
        reason,
        "check the network, and that you may write there (`permissions: contents: write`)",
    )
}
