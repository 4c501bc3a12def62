//! `baseline simulate`: how often the gate would have been red, by its own settings: over the runs that
//! were recorded, and over runs drawn from their noise.

use super::{show, unproven};
use crate::commands::cli::SimulateRuns;
use crate::commands::collect::{self, Book};
use crate::commands::refusal::Refusal;
use crate::commands::terminal::Terminal;
use crate::commands::workspace::Workspace;
use crate::evidence::comparison::benchmarks::{Drawn, Replay, Replayed, Rules, draw, replay};
use crate::ledger::notes;
use crate::model::snapshot::Snapshot;
use crate::render::json::page;
use crate::render::plain::{clean, cut, pad};
use crate::verdict::ExitStatus;
use serde_json::{Value, json};

/// Width of the columns of figures.
const FIGURE: usize = 9;

/// Runs the command.
pub(super) fn run(args: &SimulateRuns, workspace: &Workspace, terminal: Terminal) -> Result<u8, Refusal> {
    let rules = rules(workspace);
    let repository = workspace.repository()?;
    if !notes::started(repository)? {
        let hint = format!("`{}`; if there is none yet, `{}`", notes::FETCH, notes::INIT);
        return Err(Refusal::cannot_act("no history is in this clone").hint(hint));
    }
    let book = Book::open(repository).map_err(unproven)?;
    let head = workspace.head()?.id.clone();
    let mut history: Vec<Snapshot> = Vec::new();
    for commit in show::latest(&book, repository, &head, args.history)?.iter().rev() {
        history.extend(show::runs_of(&book, commit)?.into_iter().filter(|run| run.benchmarks.is_some()));
    }
    if history.len() < 2 {
        let runs = history.len();
        return Err(Refusal::unproven(format!("{runs} recorded runs have benchmarks: nothing to replay"))
            .hint("record runs of the main branch with `milegate baseline record`"));
    }
    let accepted = collect::accepted(repository, &head).map_err(unproven)?;
    let replayed = replay(&history, &accepted, &rules);
    let drawn = draw(&history, &rules, args.builds, args.seed);
    let text = match args.output_format.as_str() {
        "json" => as_json(&replayed, drawn.as_ref()),
        _ => as_text(&replayed, drawn.as_ref(), &rules, terminal.style(0).width),
    };
    terminal.print(&text);
    Ok(ExitStatus::Passed.code())
}

/// Those of the configured criterion; it compares benchmarks by default.
fn rules(workspace: &Workspace) -> Rules {
    let criteria = workspace.config.gates.iter().flat_map(|gate| &gate.criteria);
    criteria.filter_map(|definition| definition.criterion.benchmark_rules()).next().unwrap_or_default()
}

/// The columns of the replay.
type Column = (&'static str, fn(&Replayed) -> usize);
const COLUMNS: [Column; 5] = [
    ("runs", |r| r.runs),
    ("worse", |r| r.worse),
    ("suspect", |r| r.suspect),
    ("undecided", |r| r.undecided),
    ("blind", |r| r.blind),
];

fn as_text(replay: &Replay, drawn: Option<&Drawn>, rules: &Rules, width: usize) -> String {
    let figures = COLUMNS.len() * (FIGURE + 1);
    let name = width.saturating_sub(figures + 1).clamp(12, 60);
    let line = |first: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>FIGURE$}")).collect();
        format!("{}{cells}\n", pad(&cut(&clean(first), name), name))
    };
    let mut text = format!(
        "Recorded runs, each against those before it: {} of {} red or suspect\n\n",
        replay.red, replay.runs
    );
    text.push_str(&line("benchmark", COLUMNS.iter().map(|(word, _)| (*word).to_owned()).collect()));
    for (key, replayed) in &replay.benchmarks {
        text.push_str(&line(&key.name, COLUMNS.iter().map(|(_, of)| of(replayed).to_string()).collect()));
    }
    text.push('\n');
    text.push_str(&drawn.map_or_else(
        || {
            format!(
                "No benchmark that varies has {} runs yet: its noise is not known, and nothing is drawn.\n",
                rules.general.min_runs
            )
        },
        noise,
    ));
    text
}

fn noise(drawn: &Drawn) -> String {
    let of = |count: usize| percent(count, drawn.builds);
    let mut text = format!(
        "{} builds drawn from the noise of these runs\n  nothing changed      {} suspect at first, {} red after a re-run\n",
        drawn.builds,
        of(drawn.suspect),
        of(drawn.red)
    );
    for (slowdown, found) in &drawn.found {
        text.push_str(&format!("  one {:>2}% slower       {} found, after a re-run\n", slowdown, of(*found)));
    }
    text
}

fn percent(count: usize, all: usize) -> String {
    format!("{:.1}%", 100.0 * count as f64 / all.max(1) as f64)
}

fn as_json(replay: &Replay, drawn: Option<&Drawn>) -> String {
    let benchmarks: Vec<Value> = replay
        .benchmarks
        .iter()
        .map(|(key, replayed)| {
            let mut row = json!({ "name": key.name, "unit": key.unit });
            COLUMNS.iter().for_each(|(word, of)| row[*word] = json!(of(replayed)));
            row
        })
        .collect();
    let drawn = drawn.map(|drawn| {
        let found: Vec<Value> = drawn
            .found
            .iter()
            .map(|(percent, found)| json!({ "slower_percent": percent, "found": found }))
            .collect();
        json!({ "builds": drawn.builds, "suspect": drawn.suspect, "red": drawn.red, "found": found })
    });
    page(&json!({
        "schema_version": 1,
        "replay": { "runs": replay.runs, "red_or_suspect": replay.red, "benchmarks": benchmarks },
        "noise": drawn,
    }))
}
