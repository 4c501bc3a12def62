//! `tick`: verifies one item of the checklist, and ticks it if everything holds. What nothing proves can
//! be vouched for; what failed cannot. `--start`, `--block` and `--untick` only mark.

mod show;

use super::cli::Tick;
use super::collect::{self, Request};
use super::paper::Paper;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::criteria::spec::did_you_mean;
use crate::documents::items::{self, Named};
use crate::documents::{metrics, tick};
use crate::evidence::Evidence;
use crate::gates::{self, Criterion, Item as Files, LineResult};
use crate::model::checklist::{Checklist, ItemState};
use crate::model::outcome::{Occasion, Outcome};
use crate::verdict::ExitStatus;
use show::Ticked;
use std::collections::BTreeSet;

/// Runs the command.
pub(super) fn run(args: &Tick, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    let paper = Paper::checklist(&workspace, !args.dry_run)?;
    let bytes = paper.required()?;
    let checklist = paper.checklist_of(&bytes)?;
    let text = paper.text(&bytes)?;
    let (key, index) = pick(&checklist, &args.item)?;
    let mut ticked = Ticked::new(&paper.path, key, &checklist.items[index]);
    ticked.dry_run = args.dry_run;
    let state = match (&args.block, args.start, args.untick) {
        (Some(reason), ..) => {
            tick::reason(reason).map_err(|error| Refusal::usage(format!("--block: {}", error.message)))?;
            ItemState::Blocked(reason.clone())
        }
        (_, true, _) => ItemState::InProgress,
        (_, _, true) => ItemState::Open,
        _ => ItemState::Done,
    };
    let is_ticked = checklist.items[index].state == ItemState::Done;
    if is_ticked && !matches!(state, ItemState::Done | ItemState::Open) {
        return Err(Refusal::usage(format!("item {} is ticked", ticked.key)).hint("--untick it first"));
    }
    if state == ItemState::Done && !is_ticked {
        verify(&workspace, args, &checklist, (index, text), &mut ticked)?;
    }
    if ticked.status == ExitStatus::Passed {
        let new = tick::set(text, index, &state).map_err(|error| paper.refuse(&error))?;
        ticked.changed = if args.dry_run { new != text } else { paper.write(&new)? };
        ticked.state = state;
    }
    terminal.print(&match args.output_format.as_str() {
        "json" => ticked.json(),
        _ => ticked.text(terminal.style(8)),
    });
    Ok(ticked.status.code())
}

/// The item of a key or of a part of its text, with its key and place in the list.
fn pick(checklist: &Checklist, asked: &str) -> Result<(String, usize), Refusal> {
    let keyed = checklist.keyed();
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let wanted = fold(asked);
    let found = |test: &dyn Fn(&str, &str) -> bool| -> Vec<usize> {
        (0..keyed.len()).filter(|n| test(&keyed[*n].0, &fold(&keyed[*n].1.text))).collect()
    };
    let mut hits = found(&|key, _| key == asked);
    if hits.is_empty() {
        hits = found(&|_, text| text == wanted);
    }
    if hits.is_empty() && !wanted.is_empty() {
        hits = found(&|_, text| text.contains(&wanted));
    }
    match hits.as_slice() {
        [one] => Ok((keyed[*one].0.clone(), *one)),
        [] => {
            let near = did_you_mean(asked, keyed.iter().map(|(key, _)| key.as_str()));
            let hint =
                near.unwrap_or_else(|| "name it by a part of its text, or as 5.1/3: the third of 5.1".into());
            Err(Refusal::usage(format!("no item of the checklist is `{asked}`")).hint(hint))
        }
        many => {
            let shown: Vec<String> =
                many.iter().take(6).map(|n| format!("{} ({})", keyed[*n].0, keyed[*n].1.text)).collect();
            Err(Refusal::usage(format!("`{asked}` could be {} items", many.len()))
                .hint(format!("name one of: {}", shown.join(", "))))
        }
    }
}

/// Judges every line of the Progress Verification Checklist.
fn verify(
    workspace: &Workspace,
    args: &Tick,
    checklist: &Checklist,
    (index, text): (usize, &str),
    ticked: &mut Ticked,
) -> Result<(), Refusal> {
    let item = &checklist.items[index];
    let milestone = match &item.milestone {
        Some(id) => workspace.config.milestone(id).cloned(),
        None => workspace.first_open_milestone()?,
    };
    let request = Request { occasion: Occasion::Milestone, milestone, base: None, bundles: Vec::new() };
    let (mut evidence, _) = collect::collect(workspace, &request)?;
    let named = items::named(text, item);
    let (files, guessed) = files(args, named, &item.text, &evidence);
    let lines = gates::verification(&workspace.config.gates_table, &files)
        .map_err(|_| Refusal::usage("[gates.verification] cannot be read for this item's files"))?;
    let definitions = lines.iter().flat_map(|line| &line.criteria);
    let documents = definitions.flat_map(|one| one.definition.criterion.documents()).collect();
    collect::add_documents(workspace, documents, &mut evidence);
    let results = gates::verify(&lines, &workspace.config.gates, &evidence, &workspace.config.waivers);
    ticked.vouched = vouched(args, &results)?;
    if !ticked.vouched.is_empty() {
        ticked.voucher = Some(voucher(workspace)?);
    }
    ticked.status = status(&results, &ticked.vouched);
    (ticked.files, ticked.guessed, ticked.lines) = (Some(files), guessed, results);
    Ok(())
}

/// The item's files: as they were given, else as it names them, else the only ones its text mentions.
/// Whether any was guessed.
fn files(args: &Tick, named: Named, text: &str, evidence: &Evidence) -> (Files, bool) {
    let separators =
        |c: char| c.is_whitespace() || matches!(c, '`' | '(' | ')' | ',' | ';' | '"' | '\'' | '*');
    let mentioned: BTreeSet<&str> = text.split(separators).filter(|word| evidence.tree.has(word)).collect();
    let only = |is_test: bool| {
        let mut found = mentioned.iter().filter(|path| metrics::is_test(path) == is_test);
        found.next().filter(|_| found.next().is_none()).map(|path| (*path).to_owned())
    };
    let sure = (args.implementation.clone().or(named.implementation), args.test.clone().or(named.test));
    let implementation = sure.0.clone().or_else(|| only(false));
    let test = sure.1.clone().or_else(|| only(true));
    let guessed = implementation != sure.0 || test != sure.1;
    let or = |path: Option<String>, none: &str| path.unwrap_or_else(|| none.to_owned());
    let files = Files {
        implementation: or(implementation, Files::NO_IMPLEMENTATION),
        test: or(test, Files::NO_TEST),
    };
    (files, guessed)
}

/// The criteria that are vouched for. Only what is unproven can be; a name that is none is a mistake.
fn vouched(args: &Tick, results: &[LineResult]) -> Result<BTreeSet<String>, Refusal> {
    let all: Vec<_> = results.iter().flat_map(|line| &line.criteria).collect();
    let known = || all.iter().map(|c| c.id.as_str());
    for id in args.attest.iter().filter(|id| *id != "all") {
        match all.iter().find(|c| c.id == *id) {
            None => {
                let hint =
                    did_you_mean(id, known()).unwrap_or_else(|| known().collect::<Vec<_>>().join(", "));
                return Err(Refusal::usage(format!("--attest: no criterion `{id}`")).hint(hint));
            }
            Some(c) if c.outcome == Outcome::Failed && !is_open(c) => {
                return Err(Refusal::failed(format!("--attest: `{id}` failed, and no word mends that"))
                    .hint(c.judgement.next_step.clone()));
            }
            Some(_) => {}
        }
    }
    let named = |c: &&&Criterion| args.attest.contains(&c.id);
    let all_of_them = args.attest.iter().any(|asked| asked == "all");
    let wanted = |c: &&&Criterion| named(c) || all_of_them && has_no_evidence(c);
    Ok(all.iter().filter(|c| is_open(c)).filter(wanted).map(|c| c.id.clone()).collect())
}

/// Whether there is nothing to go by; a report that is stale or damaged is something.
fn has_no_evidence(c: &Criterion) -> bool {
    c.judgement.unconfigured || c.kind == "attestation" || c.judgement.code == "tick/unknown-file"
}

/// Whether somebody's word would do: nothing proves it, or nobody attested it yet.
fn is_open(c: &Criterion) -> bool {
    let missing = ["attestation/missing", "attestation/stale"].contains(&c.judgement.code.as_str());
    c.outcome == Outcome::Unproven || c.outcome == Outcome::Failed && missing
}

/// Whose word it is.
fn voucher(workspace: &Workspace) -> Result<String, Refusal> {
    workspace.repository()?.email().ok_or_else(|| {
        Refusal::usage("--attest: git knows no user.email, and a word is somebody's")
            .hint("git config user.email NAME@EXAMPLE.COM")
    })
}

/// Failed over unproven over passed; and never a vacuous tick.
fn status(results: &[LineResult], vouched: &BTreeSet<String>) -> ExitStatus {
    let missing: Vec<_> = results.iter().flat_map(LineResult::missing).collect();
    let holds = |c: &Criterion| c.outcome == Outcome::Passed || vouched.contains(&c.id);
    if missing.iter().any(|c| c.outcome == Outcome::Failed && !is_open(c)) {
        ExitStatus::Failed
    } else if missing.iter().any(|c| !vouched.contains(&c.id))
        || !results.iter().flat_map(|line| &line.criteria).any(holds)
    {
        ExitStatus::Unproven
    } else {
        ExitStatus::Passed
    }
}
