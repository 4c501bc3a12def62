//! What is known of a week in the words of its summary. No files, no clock.

use super::found::Found;
use crate::commands::refusal::Refusal;
use crate::criteria::judgement::count_of;
use crate::documents::items;
use crate::documents::plain::{cut, words};
use crate::model::checklist::ItemState;
use crate::model::day::Challenge;
use crate::model::milestone::{Milestone, MilestoneId};
use crate::model::register::{BLOCKER, Entry, NEED, RISK, UNSAID};
use crate::model::week::{Blocker, Said, Threat, Week};

/// More items are told milestone by milestone.
const ITEMS: usize = 7;
/// More items of a milestone are counted.
const NAMED: usize = 5;
/// A longer text is no name.
const LONG: usize = 120;

/// The week, with what a person said of it.
pub(super) fn week(said: &Said, found: &Found) -> Result<Week, Refusal> {
    let known = blockers(found);
    let goals = goals(found, &known);
    let needs = found.registers.open(&NEED).map(need).collect();
    let name = |id: &Option<String>, name: &str| id.as_ref().map_or(name.to_owned(), |id| milestone(id));
    Ok(Week {
        monday: found.monday,
        project_name: found.project_name.clone(),
        milestones: found.rows.iter().map(|row| (name(&row.id, &row.name), row.progress)).collect(),
        overall: found.checklist.as_ref().map(|list| list.progress(None)),
        achievements: Said::with(&said.achievements, achievements(found), said.only),
        blockers: merged(&said.blockers, known, said.only),
        goals: Said::with(&said.goals, goals, said.only),
        needs: Said::with(&said.needs, needs, said.only),
    })
}

fn milestone(id: &str) -> String {
    format!("Milestone {id}")
}

fn titled(milestone: &Milestone) -> String {
    format!("Milestone {}: {}", milestone.id, milestone.name)
}

/// Completed milestones, then completed items: those of the days' entries, then what else was ticked.
fn achievements(found: &Found) -> Vec<String> {
    let in_week = |date: &Option<_>| date.is_some_and(|date| date >= found.monday);
    let done = found.milestones.iter().filter(|(_, tagged)| in_week(tagged));
    let mut all: Vec<String> =
        done.map(|(milestone, _)| format!("Completed {}", titled(milestone))).collect();
    let told = found
        .days
        .iter()
        .flat_map(|day| day.items.iter().map(|done| (day.milestone.clone(), done.text.clone())));
    let ticked = found.ticked.iter().map(|(id, done)| (id.clone(), done.text.clone()));
    let mut items: Vec<(String, String)> = Vec::new();
    for (id, text) in told.chain(ticked) {
        // Words without a milestone are those of any.
        let same = |of: &String| *of == id || of.is_empty() || id.is_empty();
        if !items.iter().any(|(of, known)| *known == text && same(of)) {
            items.push((id, text));
        }
    }
    all.extend(if items.len() <= ITEMS { singly(&items) } else { grouped(&items) });
    all
}

fn singly(items: &[(String, String)]) -> Vec<String> {
    let one = |(id, text): &(String, String)| match id.is_empty() {
        true => text.clone(),
        false => format!("{text} ({})", milestone(id)),
    };
    items.iter().map(one).collect()
}

fn grouped(items: &[(String, String)]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (id, text) in items {
        match groups.iter_mut().find(|(known, _)| known == id) {
            Some((_, texts)) => texts.push(text),
            None => groups.push((id, vec![text])),
        }
    }
    let one = |(id, texts): &(&str, Vec<&str>)| {
        let whose = if id.is_empty() { String::new() } else { format!("{}: ", milestone(id)) };
        let more = texts.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!("; and {more} more") };
        let named: Vec<_> = texts.iter().take(NAMED).map(|text| cut(text, LONG)).collect();
        format!("{whose}{} - {}{more}", count_of(texts.len() as u64, "item", "items"), named.join("; "))
    };
    groups.iter().map(one).collect()
}

/// What is in the way or may be, and where that is known from.
struct Known {
    /// The key of its register; empty where it has none.
    key: String,
    /// The words it goes by.
    words: String,
    /// It is to be resolved next; not so a blocked item of some later milestone.
    is_goal: bool,
    blocker: Blocker,
}

/// The open blockers of the registers, blocked items, unsolved challenges of the days; then the risks.
fn blockers(found: &Found) -> Vec<Known> {
    let mut all: Vec<Known> = found.registers.open(&BLOCKER).map(|entry| registered(found, entry)).collect();
    let challenges = challenges(found).into_iter().map(|blocker| (true, blocker));
    for (is_goal, blocker) in
        challenges.chain(blocked_items(found).into_iter().map(|blocker| (false, blocker)))
    {
        if !all.iter().any(|known| known.blocker.text.eq_ignore_ascii_case(&blocker.text)) {
            all.push(Known { key: String::new(), words: blocker.text.clone(), is_goal, blocker });
        }
    }
    all.extend(found.registers.open(&RISK).map(risk));
    all
}

/// What a field says; `N/A` says nothing.
fn said(entry: &Entry, field: &str) -> String {
    Some(entry.value(field)).filter(|value| *value != UNSAID).unwrap_or_default().to_owned()
}

fn registered(found: &Found, entry: &Entry) -> Known {
    let impact = entry.group.as_deref().map(|id| affected(found, id)).unwrap_or_default();
    let mitigation = said(entry, "Plan");
    let text = entry.title().to_owned();
    let blocker = Blocker { text, impact, mitigation, ..Blocker::default() };
    Known { key: entry.key.clone(), words: entry.title().to_owned(), is_goal: true, blocker }
}

/// A milestone, and those that cannot be completed before it.
fn affected(found: &Found, id: &str) -> String {
    let mut waiting: Vec<&MilestoneId> = Vec::new();
    for (later, _) in &found.milestones {
        let waits = |before: &MilestoneId| before.as_str() == id || waiting.contains(&before);
        if later.requires.iter().any(waits) {
            waiting.push(&later.id);
        }
    }
    let waiting: Vec<_> = waiting.iter().map(ToString::to_string).collect();
    match waiting.as_slice() {
        [] => milestone(id),
        [one] => format!("{}; {one} waits for it", milestone(id)),
        many => format!("{}; {} wait for it", milestone(id), many.join(", ")),
    }
}

fn risk(entry: &Entry) -> Known {
    let severity = said(entry, "Severity");
    let severity = if severity.is_empty() { severity } else { format!(" ({severity})") };
    let blocker = Blocker {
        kind: Threat::Risk,
        text: format!("{}{severity}", entry.title()),
        impact: said(entry, "Impact"),
        mitigation: said(entry, "Mitigation"),
        eta: String::new(),
    };
    Known { key: String::new(), words: entry.title().to_owned(), is_goal: false, blocker }
}

/// Blocked items of the checklist, each with its reason; items of a milestone with the same one together.
fn blocked_items(found: &Found) -> Vec<Blocker> {
    let mut groups: Vec<(&str, String, Vec<String>)> = Vec::new();
    for item in found.checklist.iter().flat_map(|list| &list.items) {
        let ItemState::Blocked(reason) = &item.state else { continue };
        // `no machine; since 2026-11-12`
        let reason = words(reason.split("; since ").next().unwrap_or_default());
        let id = item.milestone.as_ref().map(MilestoneId::as_str).unwrap_or_default();
        let text = cut(&items::noted(&item.text).text, LONG);
        match groups.iter_mut().find(|(known, why, _)| *known == id && *why == reason) {
            Some((.., texts)) => texts.push(text),
            None => groups.push((id, reason, vec![text])),
        }
    }
    let blocker = |(id, reason, texts): (&str, String, Vec<String>)| Blocker {
        text: if reason.is_empty() { texts.join("; ") } else { format!("{} ({reason})", texts.join("; ")) },
        impact: if id.is_empty() { String::new() } else { affected(found, id) },
        ..Blocker::default()
    };
    groups.into_iter().map(blocker).collect()
}

/// Challenges of the days that wait for something; the last word on each counts.
fn challenges(found: &Found) -> Vec<Blocker> {
    let mut last: Vec<(&str, &Challenge)> = Vec::new();
    for (id, one) in
        found.days.iter().flat_map(|day| day.challenges.iter().map(|one| (day.milestone.as_str(), one)))
    {
        last.retain(|(_, known)| known.text != one.text);
        last.push((id, one));
    }
    let blocker = |(id, one): (&str, &Challenge)| Blocker {
        text: one.text.clone(),
        impact: if id.is_empty() { String::new() } else { affected(found, id) },
        mitigation: if one.blocker.is_empty() { String::new() } else { format!("needed: {}", one.blocker) },
        ..Blocker::default()
    };
    last.into_iter().filter(|(_, one)| one.is_blocked()).map(blocker).collect()
}

/// What was said completes what is known by its key or its words, or stands before it.
fn merged(said: &[Blocker], mut known: Vec<Known>, only: bool) -> Vec<Blocker> {
    let (mut all, mut met) = (Vec::new(), Vec::new());
    for one in said {
        let wanted = one.text.trim();
        let same = |known: &Known| {
            !known.key.is_empty() && known.key == wanted || known.words.eq_ignore_ascii_case(wanted)
        };
        let Some(at) = known.iter().position(same) else {
            all.push(one.clone());
            continue;
        };
        let place = &mut known[at].blocker;
        for (place, said) in [
            (&mut place.impact, &one.impact),
            (&mut place.mitigation, &one.mitigation),
            (&mut place.eta, &one.eta),
        ] {
            if !said.is_empty() {
                place.clone_from(said);
            }
        }
        met.push(at);
    }
    let wanted = |(at, _): &(usize, Known)| !only || said.is_empty() || met.contains(at);
    all.extend(known.into_iter().enumerate().filter(wanted).map(|(_, known)| known.blocker));
    all
}

/// The milestone to complete, the one to begin, what is to be resolved.
fn goals(found: &Found, blockers: &[Known]) -> Vec<String> {
    let open: Vec<_> =
        found.milestones.iter().filter(|(_, tagged)| tagged.is_none()).map(|(m, _)| m).collect();
    let mut goals = Vec::new();
    let mut rest = open.into_iter().peekable();
    while let Some(milestone) =
        rest.next_if(|milestone| goals.is_empty() || found.progress(milestone).done > 0)
    {
        let left = found.progress(milestone).remaining();
        let how = match (found.progress(milestone).total(), left) {
            (0, _) => String::new(),
            (_, 0) => " (no item is left: the gates decide)".to_owned(),
            _ => format!(" ({} left)", count_of(left, "item", "items")),
        };
        goals.push(format!("Complete {}{how}", titled(milestone)));
        if left > 0 {
            break;
        }
    }
    let fresh = |milestone: &&Milestone| {
        let progress = found.progress(milestone);
        progress.done + progress.in_progress == 0
    };
    goals.extend(rest.find(fresh).map(|milestone| format!("Begin {}", titled(milestone))));
    let ours = blockers.iter().filter(|known| known.is_goal);
    goals.extend(ours.map(|known| format!("Resolve: {}", known.blocker.text)));
    goals
}

fn need(entry: &Entry) -> String {
    match entry.value("Due") {
        "" => entry.title().to_owned(),
        due => format!("{} (due {due})", entry.title()),
    }
}
