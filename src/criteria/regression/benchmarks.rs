//! The benchmarks of `regression`: which comparison decides, and what it means. Suspects are no
//! failure: they are unproven until a re-run tells, or failed at once where `strict`.

mod keys;
mod lines;

pub(super) use keys::Keys;

use super::part::{Case, Part, Standing};
use super::weight::Weight;
use crate::evidence::comparison::benchmarks::{
    BenchmarkComparison, Reason, Row, Rules, State, Test, compare, compare_pairs, confirm,
};
use crate::evidence::{Detail, Doubt, EntryEvidence, snapshot};
use crate::model::outcome::Occasion;
use crate::model::snapshot::Snapshot;

const NAME: &str = "benchmarks";
/// Failed.
const WORSE: &str = "regression/benchmarks";
/// Unproven until a re-run tells.
const SUSPECT: &str = "regression/suspect";
/// So many benchmarks are run again beside the suspects.
const SENTINELS: usize = 8;

/// Judges the benchmarks; `None` if neither run has any.
pub(super) fn judge(keys: &Keys, case: &Case<'_>) -> Option<Part> {
    let rules = keys.rules();
    let comparison = match &keys.ab {
        Some(sides) => pairs(&sides.base, &sides.head, case, &rules),
        None => {
            let before = case.baseline.base.benchmarks.is_some();
            let now = case.now.benchmarks.is_some();
            if !(before && now) {
                return case.one_sided(NAME, before, now);
            }
            history(keys, case, &rules)
        }
    };
    Some(match comparison {
        Ok(comparison) => part(keys, case, &comparison),
        Err(doubt) => Part::unproven(NAME, "regression/no-evidence", doubt),
    })
}

/// Against the history; suspects by the re-run, where there is one.
fn history(keys: &Keys, case: &Case<'_>, rules: &Rules) -> Result<BenchmarkComparison, Doubt> {
    let mut comparison = compare(case.now, case.baseline, rules);
    if !comparison.is_suspicious() {
        return Ok(comparison);
    }
    if let Some(rerun) = &case.context.evidence.rerun {
        confirm(&mut comparison, rerun.as_ref().map_err(Clone::clone)?, case.baseline, rules);
    } else if let Some(name) = &keys.confirm {
        let entry = entry(name, case)?;
        // A second job is there only when the first asked for it.
        if !entry.files.is_empty() {
            let machine = &case.context.evidence.machine;
            let rerun = snapshot::of_benchmarks(std::slice::from_ref(&entry), machine)?;
            confirm(&mut comparison, &rerun, case.baseline, rules);
        }
    }
    Ok(comparison)
}

fn entry<'a>(name: &str, case: &Case<'a>) -> Result<&'a EntryEvidence, Doubt> {
    case.context.evidence.reports.get(name).ok_or_else(|| {
        Doubt::new(
            "regression/no-evidence",
            format!("[reports] has no entry `{name}`"),
            format!("add to milegate.toml: [reports] {name} = \"reports/{name}/*\""),
        )
    })
}

/// Two builds of one job; each file is a process.
fn pairs(base: &str, head: &str, case: &Case<'_>, rules: &Rules) -> Result<BenchmarkComparison, Doubt> {
    let processes = |name: &str, own: bool| -> Result<Vec<Snapshot>, Doubt> {
        let entry = entry(name, case)?;
        let one = |at: usize| {
            let mut one = EntryEvidence { files: vec![entry.files[at].clone()], ..entry.clone() };
            one.entry.shards = None;
            // The base build is of another commit, and says so.
            one.files.iter_mut().filter(|_| !own).for_each(|file| file.stale = None);
            snapshot::of_benchmarks(&[&one], &case.context.evidence.machine)
        };
        match entry.files.len() {
            0 => snapshot::of_benchmarks(&[entry], &case.context.evidence.machine).map(|run| vec![run]),
            files => (0..files).map(one).collect(),
        }
    };
    Ok(compare_pairs(&processes(base, false)?, &processes(head, true)?, rules))
}

/// What each row means.
fn standing(keys: &Keys, case: &Case<'_>, state: &State) -> Standing {
    let weight = |weight: Option<Weight>, usual: Weight| weight.unwrap_or(usual).standing();
    match state {
        State::Worse => Standing::Failed,
        State::Vanished => weight(keys.vanished, Weight::Fail),
        State::Blind => weight(keys.blind, Weight::Warn),
        State::Suspect if keys.strict => Standing::Failed,
        State::Suspect | State::Invalid(_) => Standing::Unproven,
        // Somebody decided.
        State::Undecided(Reason::Accepted { .. }) => Standing::Warned,
        State::Undecided(_) => case.undecided,
        State::Fine | State::Better | State::New => Standing::Passed,
    }
}

fn part(keys: &Keys, case: &Case<'_>, comparison: &BenchmarkComparison) -> Part {
    let mut lines: Vec<(Standing, usize, Detail)> = Vec::new();
    for row in &comparison.rows {
        let line = Detail::remark(lines::row(row));
        lines.push((standing(keys, case, &row.state), order(&row.state), line));
        if let Some(drift) = row.drift.filter(|drift| drift.drifted) {
            let standing = Weight::on(keys.drift, case.context.evidence.occasion).standing();
            lines.push((standing, 0, Detail::remark(lines::drift(&row.key.name, &drift))));
        }
    }
    if let Some(common) = &comparison.common {
        lines.push((standing(keys, case, &common.state), 0, Detail::remark(lines::common(common))));
    }
    let worst = lines.iter().map(|line| line.0).max().unwrap_or(Standing::Passed);
    // What decides first, then what is said beside it.
    lines.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then_with(|| a.2.cmp(&b.2)));
    let decides = |standing: Standing| standing == worst && worst >= Standing::Unproven;
    let (details, notices): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| decides(line.0));
    let mut part = Part::passed(NAME, measured(comparison));
    part.standing = worst;
    part.code = code(worst, comparison);
    part.next_step = next_step(worst, comparison, case.context.evidence.occasion);
    part.details = details.into_iter().map(|line| line.2).collect();
    part.notices = notices.into_iter().map(|line| line.2).collect();
    part
}

/// Within a standing the order of states.
fn order(state: &State) -> usize {
    match state {
        State::Worse | State::Suspect => 1,
        State::Vanished | State::Invalid(_) => 2,
        State::Undecided(_) | State::Blind => 3,
        State::Better => 4,
        State::New => 5,
        State::Fine => 6,
    }
}

fn code(worst: Standing, comparison: &BenchmarkComparison) -> &'static str {
    match worst {
        Standing::Failed => WORSE,
        Standing::Unproven if comparison.is_suspicious() => SUSPECT,
        Standing::Unproven | Standing::Warned => "regression/undecided",
        Standing::Passed => "regression/passed",
    }
}

/// States by the word that counts them.
type Counted = (&'static str, fn(&State) -> bool);
const COUNTED: &[Counted] = &[
    ("worse", |s| *s == State::Worse),
    ("suspect", |s| *s == State::Suspect),
    ("gone", |s| *s == State::Vanished),
    ("not to be compared", |s| matches!(s, State::Invalid(_))),
    ("undecided", |s| matches!(s, State::Undecided(_))),
    ("blind", |s| *s == State::Blind),
    ("better", |s| *s == State::Better),
    ("new", |s| *s == State::New),
];

/// `12 compared: 1 worse, 2 undecided; would have seen slowdowns from 4.2% to 18.0%`.
fn measured(comparison: &BenchmarkComparison) -> String {
    let tested: Vec<f64> = comparison
        .rows
        .iter()
        .filter(|row| !matches!(row.test, Test::Exact(_)))
        .filter_map(|row| row.figures)
        .map(|figures| figures.smallest)
        .filter(|smallest| smallest.is_finite())
        .collect();
    let counts: Vec<_> = COUNTED
        .iter()
        .map(|(word, of)| (comparison.of(of).len(), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let counts = if counts.is_empty() { "none worse".to_owned() } else { counts.join(", ") };
    let drifted = comparison.rows.iter().filter(|row| row.drift.is_some_and(|drift| drift.drifted)).count();
    let drifted =
        if drifted > 0 { format!(", {drifted} drifted since the milestone") } else { String::new() };
    let all = comparison.rows.len();
    format!("{all} compared: {counts}{drifted}{}", seen(&tested))
}

fn seen(tested: &[f64]) -> String {
    let least = tested.iter().copied().min_by(f64::total_cmp);
    let most = tested.iter().copied().max_by(f64::total_cmp);
    match (least, most) {
        (Some(least), Some(most)) if lines::percent(least) != lines::percent(most) => {
            format!("; would have seen slowdowns of {} to {}", lines::percent(least), lines::percent(most))
        }
        (Some(least), _) => format!("; would have seen a slowdown of {}", lines::percent(least)),
        _ => String::new(),
    }
}

fn next_step(worst: Standing, comparison: &BenchmarkComparison, occasion: Occasion) -> String {
    let name = |rows: &[&Row]| rows.first().map(|row| row.key.name.clone()).unwrap_or_default();
    let worse = comparison.of(|s| matches!(s, State::Worse | State::Vanished));
    match worst {
        Standing::Failed if worse.is_empty() && occasion == Occasion::Milestone => {
            "find what slowed it since the last milestone, or accept it with `milegate baseline accept`"
                .to_owned()
        }
        Standing::Failed => format!(
            "make it as fast as it was, or accept it: `milegate baseline accept '{}' --reason '...'`",
            name(&worse)
        ),
        Standing::Unproven if comparison.is_suspicious() => again(comparison),
        Standing::Unproven => {
            "run the benchmarks on the main branch and record them with `milegate baseline record`".to_owned()
        }
        Standing::Warned | Standing::Passed => String::new(),
    }
}

/// What to run again, and how the answer gets here.
fn again(comparison: &BenchmarkComparison) -> String {
    let suspects = comparison.of(|s| *s == State::Suspect);
    let names = |rows: &[&Row]| {
        let names: Vec<_> = rows.iter().take(SENTINELS).map(|row| row.key.name.as_str()).collect();
        let more = rows.len().saturating_sub(SENTINELS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", names.join(", "))
    };
    let mut text =
        "run the benchmarks again on a fresh machine: `milegate check --confirm-cmd 'COMMAND'`, or a second \
                    job whose reports `confirm` names"
            .to_owned();
    if !suspects.is_empty() {
        text.push_str(&format!("; suspects: {}", names(&suspects)));
    }
    let sentinels = comparison.sentinels(SENTINELS);
    if comparison.common.is_some() && !sentinels.is_empty() {
        text.push_str(&format!("; with them at least: {}", names(&sentinels)));
    }
    text
}
