//! How much of the checklist is done: of each milestone, and overall.

use super::json::page;
use super::plain::{clean, cut, pad};
use crate::model::checklist::Progress;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

/// A row: a milestone, or everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The milestone's id; `None` for items under no milestone.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// What is done.
    pub progress: Progress,
}

/// Percent with two decimals, rounded down: 100 means that nothing is left.
fn percentage(progress: Progress) -> Option<f64> {
    let total = progress.total();
    let hundredths = u128::from(progress.done) * 10_000;
    (total > 0).then(|| (hundredths / u128::from(total)) as f64 / 100.0)
}

fn value(progress: Progress) -> Value {
    json!({
        "total": progress.total(), "completed": progress.done, "percentage": percentage(progress),
        "remaining": progress.remaining(), "in_progress": progress.in_progress, "blocked": progress.blocked,
    })
}

/// For programs: the totals at the top, then each milestone's.
pub fn json(path: &str, overall: Progress, rows: &[Row], notices: &[String]) -> String {
    let mut all = value(overall);
    let milestones: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut one = value(row.progress);
            one["id"] = json!(row.id);
            one["name"] = json!(row.name);
            one
        })
        .collect();
    all["schema_version"] = json!(1);
    all["checklist"] = json!(path);
    all["milestones"] = json!(milestones);
    all["notices"] = json!(notices);
    page(&all)
}

/// For people.
pub fn text(overall: Progress, rows: &[Row], notices: &[String], width: usize) -> String {
    let ids = rows.iter().map(|row| clean(row.id.as_deref().unwrap_or("-")).width()).max().unwrap_or(0);
    let ids = ids.max("all".len());
    let room = width.saturating_sub(ids + 2 + BAR + 24).max(8);
    let names = rows.iter().map(|row| clean(&row.name).width()).max().unwrap_or(0).min(room);
    let mut out = String::new();
    for row in rows {
        out.push_str(&line(row.id.as_deref().unwrap_or("-"), &row.name, row.progress, (ids, names)));
    }
    if rows.len() != 1 {
        out.push_str(&line("all", "", overall, (ids, names)));
    }
    for notice in notices {
        out.push_str(&format!("note: {}\n", clean(notice)));
    }
    out
}

const BAR: usize = 16;

fn line(id: &str, name: &str, progress: Progress, (ids, names): (usize, usize)) -> String {
    let total = progress.total();
    let full = (progress.done * BAR as u64).checked_div(total).unwrap_or(0) as usize;
    let bar = format!("{}{}", "█".repeat(full), "░".repeat(BAR - full));
    let mut said = vec![format!("{} of {total}", progress.done)];
    for (count, word) in [(progress.in_progress, "in progress"), (progress.blocked, "blocked")] {
        if count > 0 {
            said.push(format!("{count} {word}"));
        }
    }
    let name = pad(&cut(&clean(name), names), names);
    let percent = progress.ratio().percent();
    format!(" {} {name}  {bar} {percent:>7}  {}\n", pad(&clean(id), ids), said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_a_person_does() {
        let of = |done, open| Progress { done, open, ..Progress::default() };
        // The script of the request divides by the open ones: 9 done and 3 open made 300 %.
        assert_eq!(percentage(of(9, 3)), Some(75.0));
        assert_eq!(percentage(of(2, 1)), Some(66.66));
        assert_eq!(percentage(of(5, 0)), Some(100.0));
        assert_eq!(percentage(of(0, 0)), None);
        assert_eq!(percentage(of(99_999, 1)), Some(99.99));
    }
}
