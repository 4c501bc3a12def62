//! `baseline show`: the history as a person reads it, newest first.

use super::unproven;
use crate::commands::cli::ShowRuns;
use crate::commands::collect::{self, Book};
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::{self, Workspace};
use crate::evidence::history::{self, Part};
use crate::ledger::{Repository, notes};
use crate::model::benchmarks::Direction;
use crate::model::ratio::Ratio;
use crate::model::snapshot::{Acceptance, Snapshot};
use crate::model::tests::TestOutcome;
use crate::render::json::page;
use crate::render::plain::{clean, cut, pad};
use crate::verdict::ExitStatus;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most commits that are walked over in search of records.
const FAR: usize = 5000;

/// Columns of the table of runs; the last one takes what is left.
const COLUMNS: [(&str, usize); 6] =
    [("commit", 7), ("day", 10), ("tests", 18), ("lines", 6), ("findings", 8), ("benchmarks", 10)];

/// Runs the command.
pub(super) fn run(args: &ShowRuns, workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    let repository = workspace.repository()?;
    if !notes::started(repository)? {
        return Err(Refusal::cannot_act("no history is in this clone").hint(format!(
            "`{}`; if there is none yet, `{}`",
            notes::FETCH,
            notes::INIT
        )));
    }
    let book = Book::open(repository).map_err(unproven)?;
    let head = workspace.head()?.id.clone();
    let commits = match &args.commit {
        Some(reference) => vec![workspace::named(repository, "COMMIT", reference)?],
        None => latest(&book, repository, &head, args.history)?,
    };
    let mut runs = Vec::new();
    for commit in &commits {
        runs.extend(runs_of(&book, commit)?);
    }
    let accepted = collect::accepted(repository, &head).map_err(unproven)?;
    let text = if args.output_format == "json" {
        as_json(&runs, &accepted)
    } else {
        as_text(&runs, &accepted, args.commit.is_some(), terminal.style(0).width)
    };
    terminal.print(&text);
    if runs.is_empty() {
        terminal.warn("nothing is recorded there, along first parents");
    }
    Ok(ExitStatus::Passed.code())
}

/// The latest recorded commits from `head` on.
pub(super) fn latest(
    book: &Book<'_>,
    repository: &Repository,
    head: &str,
    most: usize,
) -> Result<Vec<String>, Refusal> {
    let (mut next, mut found) = (Some(head.to_owned()), Vec::new());
    for _ in 0..FAR {
        let Some(commit) = next.filter(|commit| repository.has(commit)) else { break };
        if found.len() == most {
            break;
        }
        next = repository.first_parent(&commit);
        if !book.at(&commit).map_err(unproven)?.is_empty() {
            found.push(commit);
        }
    }
    Ok(found)
}

/// The runs of a commit, their parts together again.
pub(super) fn runs_of(book: &Book<'_>, commit: &str) -> Result<Vec<Snapshot>, Refusal> {
    let mut by_run: BTreeMap<String, Vec<Snapshot>> = BTreeMap::new();
    for part in Part::ALL {
        for run in book.runs(part, commit).map_err(unproven)? {
            by_run.entry(run.run.clone()).or_default().push(run);
        }
    }
    Ok(by_run.into_values().map(|parts| history::united(commit, &parts)).collect())
}

/// How many of which outcome.
fn count(run: &Snapshot, outcomes: &[TestOutcome]) -> Option<usize> {
    let tests = run.tests.as_ref()?;
    Some(tests.values().filter(|mark| outcomes.contains(&mark.outcome)).count())
}

fn lines(run: &Snapshot) -> Option<Ratio> {
    Some(run.coverage.as_ref()?.values().map(|mark| mark.total).sum())
}

fn findings(run: &Snapshot) -> Option<u64> {
    Some(run.findings.as_ref()?.values().map(|mark| mark.count).sum())
}

fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "-".to_owned(), |t| t.to_string().chars().take(10).collect())
}

const GOOD: &[TestOutcome] = &[TestOutcome::Passed, TestOutcome::Flaky];
const BAD: &[TestOutcome] = &[TestOutcome::Failed, TestOutcome::Errored];
const SKIPPED: &[TestOutcome] = &[TestOutcome::Skipped];

fn as_json(runs: &[Snapshot], accepted: &[Acceptance]) -> String {
    let runs: Vec<Value> = runs.iter().map(run_as_json).collect();
    let accepted: Vec<Value> = accepted
        .iter()
        .map(|a| json!({"commit": a.commit, "accept": a.what, "reason": a.reason, "by": a.by, "at": a.recorded}))
        .collect();
    page(&json!({ "schema_version": 1, "runs": runs, "accepted": accepted }))
}

fn run_as_json(run: &Snapshot) -> Value {
    let tests = run.tests.as_ref().map(|tests| {
        json!({"total": tests.len(), "passed": count(run, GOOD), "failed": count(run, BAD),
               "skipped": count(run, SKIPPED)})
    });
    let lines = lines(run).map(|ratio| json!({"covered": ratio.covered, "total": ratio.total}));
    let benchmarks: Option<Vec<Value>> = run.benchmarks.as_ref().map(|all| {
        let one =
            |(id, mark): (&crate::model::snapshot::BenchmarkId, &crate::model::snapshot::BenchmarkMark)| {
                let direction = if mark.direction == Direction::Higher { "higher" } else { "lower" };
                json!({"name": id.name, "unit": id.unit, "value": mark.value, "direction": direction,
                   "samples": mark.samples, "machine": mark.machine.label()})
            };
        all.iter().map(one).collect()
    });
    json!({"commit": run.commit, "run": run.run, "recorded": run.recorded, "tests": tests, "lines": lines,
           "findings": findings(run), "benchmarks": benchmarks})
}

fn as_text(runs: &[Snapshot], accepted: &[Acceptance], details: bool, width: usize) -> String {
    let mut out = row(&COLUMNS.map(|(name, _)| name.to_owned()), "run", width);
    for run in runs {
        let dash = || "-".to_owned();
        let tests = count(run, GOOD).map_or_else(dash, |good| {
            let bad = count(run, BAD).unwrap_or_default();
            let skipped = count(run, SKIPPED).unwrap_or_default();
            let more = |n: usize, what: &str| if n == 0 { String::new() } else { format!(", {n} {what}") };
            format!("{good} ok{}{}", more(bad, "bad"), more(skipped, "skip"))
        });
        let cells = [
            run.commit.chars().take(7).collect(),
            day(run.recorded),
            tests,
            lines(run).map_or_else(dash, Ratio::percent),
            findings(run).map_or_else(dash, |n| n.to_string()),
            run.benchmarks.as_ref().map_or_else(dash, |all| all.len().to_string()),
        ];
        out.push_str(&row(&cells, &clean(&run.run), width));
        if details {
            out.push_str(&benchmarks(run, width));
        }
    }
    for a in accepted {
        let short: String = a.commit.chars().take(7).collect();
        let line = format!(
            "accepted from {short} on, {}: {} ({}, {})",
            day(a.recorded),
            clean(&a.what),
            clean(&a.reason),
            clean(&a.by)
        );
        out.push_str(&format!("{}\n", cut(&line, width)));
    }
    out
}

fn row(cells: &[String; 6], last: &str, width: usize) -> String {
    let mut line: String = cells
        .iter()
        .zip(COLUMNS)
        .map(|(cell, (_, columns))| pad(&cut(cell, columns), columns) + "  ")
        .collect();
    line.push_str(last);
    format!("{}\n", cut(&line, width).trim_end())
}

fn benchmarks(run: &Snapshot, width: usize) -> String {
    let all = run.benchmarks.iter().flatten();
    all.map(|(id, mark)| {
        let line = format!(
            "    {}  {} {}  {}",
            clean(&id.name),
            mark.value,
            clean(&id.unit),
            clean(&mark.machine.label())
        );
        format!("{}\n", cut(&line, width))
    })
    .collect()
}
