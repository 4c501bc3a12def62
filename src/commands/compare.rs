//! `compare`: two runs side by side, better and worse. It informs: 0 whatever it shows, unless
//! `--fail-on-worse` is asked for; 3 if there is nothing to compare.

pub(super) mod series;

use super::cli::Compare;
use super::collect::{self, Request};
use super::outputs;
use super::refusal::Refusal;
use super::terminal::{self, Terminal};
use super::workspace::{self, Locate, Workspace};
use crate::evidence::comparison::benchmarks::{self, Rules};
use crate::evidence::comparison::coverage::{self, Surroundings};
use crate::evidence::comparison::{findings, tests};
use crate::evidence::history::Part;
use crate::evidence::{Baseline, Doubt, Evidence, snapshot};
use crate::ledger::{Repository, anywhere};
use crate::model::change::ChangedLines;
use crate::model::outcome::Occasion;
use crate::model::place::Place;
use crate::model::snapshot::{Fingerprint, Snapshot};
use crate::model::tests::TestId;
use crate::render::comparison::{self, Compared};
use crate::verdict::ExitStatus;
use std::collections::BTreeMap;

/// Runs the command.
pub(super) fn run(args: &Compare, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let picture = args.svg.as_ref().map(|path| Ok::<_, Refusal>(locate.start()?.join(path))).transpose()?;
    let workspace = Workspace::open(locate)?;
    let repository = workspace.repository()?;
    workspace.head()?;
    let base = workspace::named(repository, "BASE", &args.base)?;
    let compared = match &args.head {
        Some(name) => of_commits(&workspace, repository, (&base, &args.base), name)?,
        None => of_work_tree(args, &workspace, repository, &base)?,
    };
    let style = terminal.style(args.details);
    let text = match args.output_format.as_str() {
        "json" => comparison::json(&compared),
        "markdown" => comparison::markdown(&compared),
        _ => comparison::text(&compared, &style, terminal::spark()),
    };
    outputs::print(&args.output_format, &text, terminal);
    if let Some(path) = picture
        && let Err(error) = anywhere::replace(&path, comparison::svg(&compared).as_bytes())
    {
        return Err(Refusal::cannot_act(format!("--svg: {error}")));
    }
    if compared.balances().is_empty() {
        return Ok(ExitStatus::Unproven.code());
    }
    let worse = args.fail_on_worse && compared.is_worse();
    Ok(if worse { ExitStatus::Failed } else { ExitStatus::Passed }.code())
}

fn unproven(doubt: Doubt) -> Refusal {
    Refusal::unproven(doubt.message).hint(doubt.next_step)
}

/// The record of one commit against that of another.
fn of_commits(
    workspace: &Workspace,
    repository: &Repository,
    base: (&str, &str),
    name: &str,
) -> Result<Compared, Refusal> {
    let head = workspace::named(repository, "HEAD", name)?;
    let baseline = collect::baseline_at(workspace, repository, base, Some(&head)).map_err(unproven)?;
    let (label, now) = collect::recorded(workspace, repository, (&head, name)).map_err(unproven)?;
    let exists = |path: &str| repository.blob(&head, path).is_ok_and(|blob| blob.is_some());
    let places = (BTreeMap::new(), BTreeMap::new());
    Ok(side_by_side(&baseline, &now, label, &exists, places))
}

/// The reports of the work tree against the record of a commit.
fn of_work_tree(
    args: &Compare,
    workspace: &Workspace,
    repository: &Repository,
    base: &str,
) -> Result<Compared, Refusal> {
    let request = Request {
        occasion: Occasion::Change,
        milestone: workspace.first_open_milestone()?,
        base: None,
        bundles: args.evidence.clone(),
    };
    let baseline = collect::baseline_at(workspace, repository, (base, &args.base), None).map_err(unproven)?;
    let evidence = collect::against(workspace, &request, baseline)?;
    let now = snapshot::of(&evidence, "", "", 0, &evidence.machine).map_err(unproven)?;
    let Ok(Some(baseline)) = &evidence.baseline else {
        return Err(Refusal::unproven("there is no baseline"));
    };
    let exists = |path: &str| evidence.tree.has(path);
    let places = (evidence.test_places.clone(), finding_places(&evidence, baseline));
    Ok(side_by_side(baseline, &now, "the reports of the work tree".to_owned(), &exists, places))
}

/// The first place of each new finding.
fn finding_places(evidence: &Evidence, baseline: &Baseline) -> BTreeMap<Fingerprint, Place> {
    let (all, known) = (findings::all(evidence).unwrap_or_default(), findings::base(baseline));
    let changes = baseline.changes.as_ref();
    let is_changed = |path: &str, line| changes.is_some_and(|changes| changes.holds(path, line));
    let mut places = BTreeMap::new();
    for finding in findings::new_of(&all.list, &known.unwrap_or_default(), &is_changed) {
        if let Some(place) = &finding.place {
            places.entry(snapshot::fingerprint(finding)).or_insert_with(|| place.clone());
        }
    }
    places
}

type Places = (BTreeMap<TestId, Place>, BTreeMap<Fingerprint, Place>);

fn side_by_side(
    baseline: &Baseline,
    now: &Snapshot,
    label: String,
    exists: &dyn Fn(&str) -> bool,
    (test_places, finding_places): Places,
) -> Compared {
    let changes: Option<&ChangedLines> = baseline.changes.as_ref();
    let touched = |path: &str| changes.is_none_or(|changes| changes.edits.contains_key(path));
    let around = Surroundings { counts: &|_| true, touched: &touched, exists, changes };
    Compared {
        before: baseline.label.clone(),
        now: label,
        tests: tests::compare(now, baseline, &[]),
        coverage: coverage::compare(now, baseline, &around),
        findings: findings::compare(now, baseline, |_| true),
        benchmarks: series::of(&benchmarks::compare(now, baseline, &Rules::default()), baseline),
        notes: one_sided(now, baseline),
        test_places,
        finding_places,
    }
}

fn one_sided(now: &Snapshot, baseline: &Baseline) -> Vec<String> {
    let notes =
        Part::ALL.into_iter().filter_map(|part| match (part.is_in(&baseline.base), part.is_in(now)) {
            (true, false) => Some(format!("{part}: only before; this run has none")),
            (false, true) => Some(format!("{part}: only now; nothing was recorded before")),
            _ => None,
        });
    notes.collect()
}
