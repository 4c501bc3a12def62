//! The burndown of a milestone, or of everything: table, terminal chart, Mermaid, picture, and JSON.

mod markdown;
mod svg;
mod text;

pub use markdown::{markdown, mermaid};
pub(super) use svg::drawn;
pub use svg::svg;
pub use text::text;

use super::json::page;
use crate::evidence::burndown::{Day, Forecast};
use jiff::civil::Date;
use serde_json::{Value, json};

/// What is drawn.
#[derive(Debug)]
pub struct Chart {
    /// `Milestone 5.1`, or the project's name.
    pub title: String,
    /// The milestone's id.
    pub milestone: Option<String>,
    /// Its days; at least one.
    pub days: Vec<Day>,
    /// The day on which nothing is to be left.
    pub due: Option<Date>,
    /// When nothing will be left, or why nobody knows.
    pub forecast: Result<Forecast, &'static str>,
    /// What a person should know besides.
    pub notes: Vec<String>,
}

impl Chart {
    /// Open items on a day if they went down evenly to the due day; `None` without one.
    fn ideal(&self, date: Date) -> Option<f64> {
        let (first, due) = (self.days.first()?, self.due?);
        let span = days_between(first.date, due)?;
        let gone = days_between(first.date, date)?;
        (span > 0).then(|| first.remaining as f64 * (1.0 - gone as f64 / span as f64).max(0.0))
    }

    /// The most items that there ever were; at least one.
    fn most(&self) -> u64 {
        self.days.iter().map(|day| day.total).max().unwrap_or(0).max(1)
    }

    /// What happened besides work: items added, taken out, emptied.
    fn changes(&self) -> Vec<String> {
        let mut all = Vec::new();
        for day in &self.days {
            if day.scope != 0 {
                let before = day.total as i64 - day.scope;
                all.push(format!("{}: scope {:+} ({before} to {} items)", day.date, day.scope, day.total));
            }
            if day.reopened > 0 {
                all.push(format!("{}: {} reopened", day.date, day.reopened));
            }
        }
        all
    }

    /// `Forecast: 2026-12-04 (2026-12-01 to 2026-12-10) ...`
    pub(super) fn outlook(&self) -> String {
        match &self.forecast {
            Ok(f) => format!(
                "Forecast: {} ({} to {}), by the pace of the last {} days and no new items",
                f.likely, f.early, f.late, f.window
            ),
            Err(why) => format!("No forecast: {why}"),
        }
    }

    /// `12 of 20 items remain on 2026-11-05`
    pub(super) fn standing(&self) -> String {
        let last = self.days.last();
        last.map_or_else(String::new, |d| {
            format!("{} of {} items remain on {}", d.remaining, d.total, d.date)
        })
    }

    /// The change log and the notes, the latest changes first where they are many.
    pub(super) fn remarks(&self) -> Vec<String> {
        let changes = self.changes();
        let hidden = changes.len().saturating_sub(CHANGES);
        let mut all: Vec<String> = changes.into_iter().skip(hidden).collect();
        if hidden > 0 {
            all.insert(0, format!("{hidden} earlier changes of scope are left out"));
        }
        all.extend(self.notes.iter().cloned());
        all
    }
}

/// Changes of scope that are listed.
const CHANGES: usize = 12;

/// Whole days from one to another.
fn days_between(from: Date, to: Date) -> Option<i64> {
    Some(i64::from(from.until(to).ok()?.get_days()))
}

/// At most `most` of the days, evenly, the first and the last among them.
fn thinned(days: &[Day], most: usize) -> Vec<&Day> {
    let last = days.len().saturating_sub(1);
    if days.len() <= most {
        return days.iter().collect();
    }
    (0..most).map(|n| &days[n * last / (most - 1)]).collect()
}

/// For programs.
pub fn json(chart: &Chart) -> String {
    let days: Vec<Value> = chart
        .days
        .iter()
        .map(|day| {
            json!({
                "date": day.date.to_string(), "remaining": day.remaining, "total": day.total,
                "completed": day.completed, "reopened": day.reopened, "scope": day.scope, "blockers": day.blockers,
            })
        })
        .collect();
    let forecast = match &chart.forecast {
        Ok(f) => json!({
            "likely": f.likely.to_string(), "early": f.early.to_string(), "late": f.late.to_string(),
            "window_days": f.window,
        }),
        Err(_) => Value::Null,
    };
    page(&json!({
        "schema_version": 1, "milestone": chart.milestone, "title": chart.title, "days": days,
        "due": chart.due.map(|due| due.to_string()), "forecast": forecast,
        "no_forecast": chart.forecast.as_ref().err(), "notices": chart.notes,
    }))
}
