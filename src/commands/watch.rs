//! `check --watch`: judges again when a report, a document or the configuration changes. Ctrl-C ends it.
//!
//! Files are looked at by time and size, a few times a second; nothing is asked of the system that a
//! network disk or a container does not have. What is still being written is not judged: a change has to
//! have come to rest, files must not change while they are read, and a report that is cut short or gone
//! is given some seconds to become whole before it is called unproven. Sources are not watched: a report
//! says what it says until its tool runs again.

use super::check::{self, Judged};
use super::ci;
use super::cli::Check;
use super::collect;
use super::outputs;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::config::ratchet;
use crate::ledger::clock;
use crate::ledger::runs::RUNS_DIR;
use crate::ledger::stamps::{self, Stamps};
use crate::model::milestone::Milestone;
use crate::render::plain::clean;
use crate::verdict::Verdict;
use std::collections::BTreeSet;

/// Milliseconds between two looks.
const EVERY: u64 = 300;
/// Looks for which nothing may have changed before it is judged.
const REST: usize = 2;
/// Looks that a report which is cut short, empty or gone has to become whole.
const PATIENCE: usize = 15;
/// What a report that is being written looks like.
const HALF: &[&str] = &["report/missing", "report/empty", "report/truncated"];

/// Where approvals lie.
const APPROVALS: &str = ".milegate/ledger/**";

/// Runs the command; it returns only if it cannot begin, or if nobody reads stdout any more.
pub(super) fn run(args: &Check, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    if ci::is_any() {
        return Err(Refusal::usage("--watch does not end by itself").hint("leave it out in CI"));
    }
    let targets = outputs::targets(&args.outputs, &locate.start()?, terminal)?;
    let begun = Watch::begin(args, locate);
    if let Err(refusal) = &begun {
        outputs::refuse(refusal, &args.outputs, &targets, terminal);
    }
    let mut watch = begun?;
    terminal.say("watching the reports; Ctrl-C ends it");
    watch.rest();
    let mut patience = 0;
    loop {
        let judged = check::judged(args, locate, terminal);
        let follows = judged.as_ref().is_ok_and(|judged| watch.follow(args, judged));
        if follows || watch.has_changed() {
            watch.rest();
            continue;
        }
        let half = judged.as_ref().is_ok_and(|judged| is_half(&judged.verdict)) || watch.lacks_shown();
        if half && watch.changes_within(patience) {
            watch.rest();
            continue;
        }
        match judged {
            Ok(judged) => {
                if !outputs::show(&judged.shown(), &args.outputs, &targets, terminal) {
                    return Ok(judged.verdict.exit_status().code());
                }
            }
            Err(refusal) => {
                outputs::refuse(&refusal, &args.outputs, &targets, terminal);
                terminal.refuse(&refusal);
            }
        }
        watch.shown = watch.seen.files.keys().cloned().collect();
        let changed = watch.wait();
        terminal.say(&format!("{changed} changed"));
        patience = PATIENCE;
    }
}

/// Whether a report may only be half written.
fn is_half(verdict: &Verdict) -> bool {
    let mut criteria = verdict.gates.iter().flat_map(|gate| &gate.criteria);
    criteria.any(|criterion| HALF.contains(&criterion.judgement.code.as_str()))
}

/// What is watched, and how it was when it was last judged.
struct Watch {
    workspace: Workspace,
    patterns: Vec<String>,
    seen: Seen,
    /// Files that were there when a verdict was shown.
    shown: BTreeSet<String>,
}

/// The state of everything that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    files: Stamps,
    head: Option<String>,
}

impl Watch {
    fn begin(args: &Check, locate: &Locate) -> Result<Self, Refusal> {
        let workspace = check::open(args, locate)?;
        let milestone = check::request(args, &workspace)?.milestone;
        let patterns = patterns(args, &workspace, milestone.as_ref());
        let seen = Seen { files: Stamps::new(), head: None };
        let mut watch = Self { workspace, patterns, seen, shown: BTreeSet::new() };
        watch.seen = watch.look();
        Ok(watch)
    }

    /// Watches what the configuration names now; whether that is something else than before.
    fn follow(&mut self, args: &Check, judged: &Judged) -> bool {
        let now = patterns(args, &judged.workspace, judged.request.milestone.as_ref());
        let others = now != self.patterns;
        self.patterns = now;
        others
    }

    fn look(&self) -> Seen {
        let head = self.workspace.repository.as_ref().and_then(|repository| repository.head().ok().flatten());
        Seen { files: stamps::of(&self.workspace.root, &self.patterns), head: head.map(|head| head.id) }
    }

    /// Whether a file is gone that the last verdict was made of: its tool may be about to write it again.
    fn lacks_shown(&self) -> bool {
        self.shown.iter().any(|path| !self.seen.files.contains_key(path))
    }

    fn has_changed(&self) -> bool {
        self.look() != self.seen
    }

    /// Waits until nothing changes any more.
    fn rest(&mut self) {
        let mut quiet = 0;
        while quiet < REST {
            clock::pause(EVERY);
            let now = self.look();
            quiet = if now == self.seen { quiet + 1 } else { 0 };
            self.seen = now;
        }
    }

    /// Waits for a change, for so many looks.
    fn changes_within(&self, looks: usize) -> bool {
        (0..looks).any(|_| {
            clock::pause(EVERY);
            self.has_changed()
        })
    }

    /// Waits for a change to come to rest, and tells what changed.
    fn wait(&mut self) -> String {
        let before = self.seen.clone();
        loop {
            clock::pause(EVERY);
            if !self.has_changed() {
                continue;
            }
            self.rest();
            let changed = stamps::changed(&before.files, &self.seen.files);
            match changed.as_slice() {
                [] if self.seen.head != before.head => return "HEAD".to_owned(),
                // It is as it was, by time and size: a verdict of it stands there.
                [] => {}
                [one] => return clean(one),
                [first, rest @ ..] => return format!("{} and {} more", clean(first), rest.len()),
            }
        }
    }
}

/// Everything that a verdict is made of and that is no source: reports, exit statuses, documents,
/// approvals, run records, bundles, the configuration.
fn patterns(args: &Check, workspace: &Workspace, milestone: Option<&Milestone>) -> Vec<String> {
    let config = &workspace.config;
    let entries = config.reports.iter().filter_map(|entry| entry.fill(&config.project, milestone).ok());
    let reports = entries.flat_map(|entry| entry.patterns.into_iter().chain(entry.exit_status));
    let documents = config.documents.checklist.clone().into_iter().chain(collect::asked_for(workspace));
    let policy = workspace.policy.path.clone();
    let own = [policy, ratchet::PATH.to_owned(), APPROVALS.to_owned(), format!("{RUNS_DIR}/*.json")];
    let all: BTreeSet<String> =
        reports.chain(documents).chain(args.evidence.iter().cloned()).chain(own).collect();
    all.into_iter().collect()
}
