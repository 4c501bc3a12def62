//! When the milestones begin and end, and whose they are: labels under their headings, which a person
//! owns. They are read where they stand, and changed only when somebody says so.
//!
//! A label that is not there is put behind the one before it in the order of the template. What was
//! written is read back: nothing but what was asked for may say anything else than before.

use super::edit::{EditError, Edits};
use super::items::{Item, line_end};
use super::outline::{Label, fold};
use super::page::Page;
use super::plain;
use super::registers;
use super::registers::note::{is_none, is_placeholder};
use super::status::{self, REGIONS};
use crate::model::milestone::MilestoneId;
use crate::model::schedule::{Plan, Schedule};
use jiff::civil::Date;
use std::ops::Range;

const STATUS: &str = "Status";
const STARTED: &str = "Started";
const ESTIMATED: &str = "Estimated Completion";
const OWNER: &str = "Owner";
const IN_PROGRESS: &str = "In Progress";

/// The labels of a milestone, in the order in which they stand.
const ORDER: [&str; 8] =
    [STATUS, "Progress", STARTED, ESTIMATED, "Actual Completion", OWNER, "Dependencies", "Blocking Issues"];

/// What the document says of every milestone that has a heading, in its order.
///
/// # Errors
/// The text cannot be relied on: conflict markers, an unclosed fence, a milestone or a label that
/// stands there twice.
pub fn read(text: &str) -> Result<Vec<Schedule>, EditError> {
    Edits::new(text)?;
    let page = Page::new(text, REGIONS)?;
    let milestones = page.milestones()?;
    milestones.into_iter().map(|(id, section)| one(&page, id, &section)).collect()
}

fn one(page: &Page<'_>, milestone: MilestoneId, section: &Range<usize>) -> Result<Schedule, EditError> {
    let value = |name| {
        let label = page.label(section, &milestone, name)?;
        let raw = label.map(|label| &page.text[label.value.clone()]).filter(|raw| !waits(raw));
        Ok::<_, EditError>(raw.unwrap_or_default())
    };
    let (status, owner) = (plain::words(value(STATUS)?), plain::words(value(OWNER)?));
    let date = |raw| day(raw).map(|(_, date)| date);
    let (started, estimated) = (date(value(STARTED)?), date(value(ESTIMATED)?));
    Ok(Schedule { milestone, status, started, estimated, owner })
}

/// Whether nobody said anything yet.
fn waits(raw: &str) -> bool {
    raw.is_empty() || is_placeholder(raw) || is_none(raw)
}

/// The bytes of a day in ISO 8601.
const DAY: usize = 10;

/// The day at the start of a value and where it stands; behind it a person may say more, and before it
/// what has been struck out.
fn day(value: &str) -> Option<(usize, Date)> {
    let rest = value.trim_start();
    let rest = rest.strip_prefix("~~").and_then(|rest| rest.split_once("~~")).map_or(rest, |(_, rest)| rest);
    let rest = rest.trim_start_matches(['~', '*', '_', '`', ' ']);
    Some((value.len() - rest.len(), rest.get(..DAY)?.parse().ok()?))
}

/// The document with the plan of a milestone in it. `stamp` is what `Last Updated` says then.
///
/// # Errors
/// As [`read`]; the milestone has no heading; the document would not be read back as it is meant.
pub fn write(text: &str, milestone: &MilestoneId, plan: &Plan, stamp: &str) -> Result<String, EditError> {
    let mut wanted = read(text)?;
    let mut edits = Edits::new(text)?;
    let page = Page::new(text, REGIONS)?;
    let section = page.milestone(milestone)?;
    let mine = wanted.iter_mut().find(|one| one.milestone == *milestone);
    if let Some(mine) = mine {
        let values = values(mine, plan);
        put(&page, milestone, &section, &values, &mut edits)?;
    }
    status::stamp(&page, stamp, &mut edits);
    let new = edits.apply()?;
    if read(&new)? == wanted && registers::read(&new)? == registers::read(text)? {
        Ok(new)
    } else {
        let message = format!("the plan of milestone {milestone} would not be read back as it is meant");
        Err(EditError::new(format!("{message}; nothing was written")))
    }
}

/// What the labels are to say, in their order; `schedule` becomes what will be read then.
fn values(schedule: &mut Schedule, plan: &Plan) -> Vec<(&'static str, String)> {
    let mut values = Vec::new();
    if plan.begun && matches!(fold(&schedule.status).as_str(), "" | "not started") {
        IN_PROGRESS.clone_into(&mut schedule.status);
        values.push((STATUS, IN_PROGRESS.to_owned()));
    }
    for (name, day, old) in
        [(STARTED, plan.start, &mut schedule.started), (ESTIMATED, plan.estimate, &mut schedule.estimated)]
    {
        if let Some(day) = day.filter(|day| *old != Some(*day)) {
            *old = Some(day);
            values.push((name, day.to_string()));
        }
    }
    if let Some(owner) = plan.owner.as_deref().map(plain::sanitize).filter(|owner| *owner != schedule.owner) {
        values.push((OWNER, plain::markdown(&owner)));
        schedule.owner = owner;
    }
    values
}

fn put(
    page: &Page<'_>,
    milestone: &MilestoneId,
    section: &Range<usize>,
    values: &[(&'static str, String)],
    edits: &mut Edits<'_>,
) -> Result<(), EditError> {
    let items = page.items_in(section);
    let mut homeless = Vec::new();
    for (name, value) in values {
        match (page.label(section, milestone, name)?, neighbour(page.text, &items, name)) {
            (Some(label), _) => replace(page.text, label, value, edits)?,
            (None, Some(item)) => {
                let (indent, marker) = (item.indent(page.text), item.marker(page.text));
                let at = line_end(page.text, item.range.end);
                edits.replace(at..at, &format!("\n{indent}{marker}**{name}**: {value}"));
            }
            (None, None) => homeless.push(format!("- **{name}**: {value}")),
        }
    }
    if !homeless.is_empty() {
        edits.append(section.clone(), &homeless.join("\n"));
    }
    Ok(())
}

/// Puts a value in place of the old one; of a day, what a person says besides stays.
fn replace(text: &str, label: &Label, value: &str, edits: &mut Edits<'_>) -> Result<(), EditError> {
    let old = &text[label.value.clone()];
    let is_day = [STARTED, ESTIMATED].iter().any(|name| fold(name) == fold(&label.name));
    match day(old) {
        Some((at, _)) if is_day => {
            let at = label.value.start + at;
            edits.replace(at..at + DAY, value);
        }
        None if is_day && !waits(old) => {
            let message = format!("`{}` says {old:?}, which begins with no day", label.name);
            return Err(EditError::new(format!("{message}; write {value} there by hand")));
        }
        _ => label.fill(text, value, edits),
    }
    Ok(())
}

/// The item behind which a label belongs: the last of those before it in the order, else any label's.
fn neighbour<'a>(text: &str, items: &[&'a Item], name: &str) -> Option<&'a Item> {
    let before = ORDER.iter().position(|known| *known == name).unwrap_or(0);
    let rank = |item: &Item| {
        let label = fold(item.label(text)?.name);
        Some(ORDER.iter().position(|known| fold(known) == label).map_or(0, |n| n + 1))
    };
    let mut ranked = items.iter().filter_map(|item| Some((rank(item)?, *item)));
    let above = ranked.clone().filter(|(rank, _)| (1..=before).contains(rank)).max_by_key(|(rank, _)| *rank);
    above.or_else(|| ranked.next()).map(|(_, item)| item)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# Status\n\n## Milestone Status\n\n### Milestone 5.1: Pool\n";

    fn estimated(value: &str, day: &str) -> Result<String, EditError> {
        let plan = Plan { estimate: Some(day.parse().unwrap()), ..Plan::default() };
        let text = format!("{HEAD}- **Estimated Completion**: {value}\n");
        write(&text, &"5.1".parse().unwrap(), &plan, "2026-11-23").map(|new| new.replace(HEAD, ""))
    }

    #[test]
    fn what_stands_beside_a_day_stays() {
        for (old, new) in [
            (
                "2026-11-24 (agreed with ops,\n  see the minutes)",
                "2026-12-18 (agreed with ops,\n  see the minutes)",
            ),
            ("~~2026-11-20~~ 2026-11-24", "~~2026-11-20~~ 2026-12-18"),
            ("~2026-11-24", "~2026-12-18"),
            ("[Date]", "2026-12-18"),
            ("", "2026-12-18"),
        ] {
            let written = estimated(old, "2026-12-18").unwrap();
            assert_eq!(written.trim_end(), format!("- **Estimated Completion**: {new}"), "{old}");
        }
        assert!(estimated("when Redis is there", "2026-12-18").unwrap_err().to_string().contains("by hand"));
    }
}
