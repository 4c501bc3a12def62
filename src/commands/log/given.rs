//! What a person said about the day or the week: a file, and flags that win over it.

use crate::commands::cli::{LogDay, LogWeek};
use crate::commands::refusal::Refusal;
use crate::model::day::{Challenge, Day, Done};
use crate::model::week::{Blocker, Said};
use serde::de::DeserializeOwned;
use std::io::Read;
use std::path::Path;

/// More than any day or week has.
const MAX: u64 = 1 << 20;
/// What a file may say.
const DAY: &str = "date, milestone, component, items, decisions, challenges, benchmarks, load, resources, next, blocking, estimate";
const WEEK: &str = "week, achievements, goals, blockers (kind, text, impact, mitigation, eta), needs, only";

/// The day, as far as it was said.
pub(super) fn day(args: &LogDay, here: &Path) -> Result<Day, Refusal> {
    let mut day = match &args.from {
        Some(path) => from(path, here, DAY)?,
        None => Day::default(),
    };
    day.date = args.date.or(day.date);
    for (place, said) in [
        (&mut day.milestone, &args.milestone),
        (&mut day.component, &args.component),
        (&mut day.next, &args.next),
        (&mut day.blocking, &args.blocking),
        (&mut day.estimate, &args.estimate),
    ] {
        if let Some(said) = said {
            place.clone_from(said);
        }
    }
    for (place, said) in [
        (&mut day.decisions, &args.decisions),
        (&mut day.benchmarks, &args.benchmarks),
        (&mut day.load, &args.load),
        (&mut day.resources, &args.resources),
    ] {
        if !said.is_empty() {
            place.clone_from(said);
        }
    }
    if !args.items.is_empty() {
        day.items = items(args)?;
    }
    if !args.challenges.is_empty() {
        day.challenges = challenges(args)?;
    }
    Ok(day)
}

/// The week, as far as it was said.
pub(super) fn week(args: &LogWeek, here: &Path) -> Result<Said, Refusal> {
    let mut said: Said = match &args.from {
        Some(path) => from(path, here, WEEK)?,
        None => Said::default(),
    };
    said.week = args.week.or(said.week);
    said.only |= args.only;
    for (place, given) in [
        (&mut said.achievements, &args.achievements),
        (&mut said.goals, &args.goals),
        (&mut said.needs, &args.needs),
    ] {
        if !given.is_empty() {
            place.clone_from(given);
        }
    }
    if !args.blockers.is_empty() {
        said.blockers = blockers(args)?;
    }
    Ok(said)
}

fn blockers(args: &LogWeek) -> Result<Vec<Blocker>, Refusal> {
    let of = |option, values| paired(option, values, "--blocker", args.blockers.len());
    let (impacts, mitigations) = (of("--impact", &args.impacts)?, of("--mitigation", &args.mitigations)?);
    let etas = of("--eta", &args.etas)?;
    let all = args.blockers.iter().zip(impacts).zip(mitigations).zip(etas);
    let blocker = |(((text, impact), mitigation), eta): (((&String, String), String), String)| Blocker {
        text: text.clone(),
        impact,
        mitigation,
        eta,
        ..Blocker::default()
    };
    Ok(all.map(blocker).collect())
}

fn items(args: &LogDay) -> Result<Vec<Done>, Refusal> {
    let implementations = paired("--implementation", &args.implementations, "--item", args.items.len())?;
    let tests = paired("--test", &args.tests, "--item", args.items.len())?;
    let all = args.items.iter().zip(implementations).zip(tests);
    Ok(all
        .map(|((text, implementation), test)| Done {
            text: text.clone(),
            implementation,
            test,
            ..Done::default()
        })
        .collect())
}

fn challenges(args: &LogDay) -> Result<Vec<Challenge>, Refusal> {
    let resolutions = paired("--resolution", &args.resolutions, "--challenge", args.challenges.len())?;
    let impacts = paired("--time-impact", &args.impacts, "--challenge", args.challenges.len())?;
    let all = args.challenges.iter().zip(resolutions).zip(impacts);
    Ok(all
        .map(|((text, resolution), impact)| Challenge {
            text: text.clone(),
            resolution,
            impact,
            ..Challenge::default()
        })
        .collect())
}

/// The n-th value belongs to the n-th thing; things without one get none.
fn paired(option: &str, values: &[String], of: &str, count: usize) -> Result<Vec<String>, Refusal> {
    if values.len() > count {
        let message =
            format!("{} times {option}, and {count} times {of}: which belongs to which?", values.len());
        return Err(Refusal::usage(message).hint(format!("give {option} once for each {of}, or use --from")));
    }
    Ok((0..count).map(|n| values.get(n).cloned().unwrap_or_default()).collect())
}

fn from<T: DeserializeOwned>(path: &Path, here: &Path, keys: &str) -> Result<T, Refusal> {
    let stdin = path.as_os_str() == "-";
    let mut bytes = Vec::new();
    if stdin {
        let read = std::io::stdin().lock().take(MAX).read_to_end(&mut bytes);
        read.map_err(|e| Refusal::usage(format!("--from -: {e}")))?;
    } else {
        crate::ledger::anywhere::read_once(&here.join(path), MAX, |reader, _| reader.read_to_end(&mut bytes))
            .map_err(|e| Refusal::usage(format!("--from: {e}")))?
            .0
            .map_err(|e| Refusal::usage(format!("--from: {e}")))?;
    }
    let wrong = |why: String| {
        Refusal::usage(format!("--from {}: {}", path.display(), why.trim_end())).hint(format!("keys: {keys}"))
    };
    let text = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8 text".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).map_err(|e| wrong(e.to_string())),
        false => toml::from_str(text).map_err(|e| wrong(e.to_string())),
    }
}
