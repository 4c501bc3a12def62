//! How the open items of the checklist went down, day by day, and when they will be gone.
//!
//! A day is what the last commit of that day says, by the committer's clock in UTC; a clock that went
//! backwards is taken for the day before it. Days without a commit carry the day before forward. What
//! was added or taken out of the list is told apart from what was done.

use crate::model::checklist::Progress;
use crate::statistics::random::Random;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// What a commit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Its day.
    pub date: Date,
    /// What was done then.
    pub progress: Progress,
}

/// What became of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day, in UTC.
    pub date: Date,
    /// Items that are not ticked at its end.
    pub remaining: u64,
    /// All items at its end.
    pub total: u64,
    /// Items ticked on it.
    pub completed: u64,
    /// Items whose box was emptied again.
    pub reopened: u64,
    /// Items added, or taken out.
    pub scope: i64,
    /// What blocked at its end.
    pub blockers: Vec<String>,
}

/// When nothing will be left, if the pace and the list stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// One run in ten ends by this day.
    pub early: Date,
    /// Half of them end by this day.
    pub likely: Date,
    /// Nine in ten end by this day.
    pub late: Date,
    /// Days whose pace it goes by.
    pub window: usize,
}

/// Days of the recent pace.
const WINDOW: usize = 28;
/// Fewer days are no pace.
const FEWEST: usize = 3;
/// Runs of the replay.
const RUNS: usize = 1001;
/// Nobody plans further ahead.
const HORIZON: u32 = 1825;

/// Days in order, none twice: each reading's day is at least that of the one before, and the last of a
/// day stays.
pub fn daily<T>(readings: impl IntoIterator<Item = (Date, T)>) -> Vec<(Date, T)> {
    let mut days: Vec<(Date, T)> = Vec::new();
    for (date, reading) in readings {
        let date = days.last().map_or(date, |(last, _)| date.max(*last));
        if days.last().is_some_and(|(last, _)| *last == date) {
            days.pop();
        }
        days.push((date, reading));
    }
    days
}

/// Every day from the first with an item to the last: `end`, or the day on which nothing was left.
pub fn days(readings: &[Reading], end: Date) -> Vec<Day> {
    let readings = daily(readings.iter().map(|reading| (reading.date, reading.progress)));
    let mut readings = readings.into_iter().skip_while(|(_, progress)| progress.total() == 0).peekable();
    let Some((first, mut before)) = readings.peek().copied() else { return Vec::new() };
    let (mut days, mut date) = (Vec::new(), first);
    loop {
        let now = readings.next_if(|(day, _)| *day == date).map_or(before, |(_, progress)| progress);
        days.push(day(date, before, now));
        before = now;
        let over = readings.peek().is_none() && (date >= end || now.remaining() == 0);
        match date.tomorrow() {
            Ok(next) if !over => date = next,
            _ => return days,
        }
    }
}

fn day(date: Date, before: Progress, now: Progress) -> Day {
    let scope = now.total() as i64 - before.total() as i64;
    let undone = before.done.saturating_sub(now.done);
    // Ticked items that were taken out of the list were not emptied.
    let gone = if scope < 0 { scope.unsigned_abs() } else { 0 };
    Day {
        date,
        remaining: now.remaining(),
        total: now.total(),
        completed: now.done.saturating_sub(before.done),
        reopened: undone.saturating_sub(gone),
        scope,
        blockers: Vec::new(),
    }
}

/// Replays the recent days in random order until nothing is left. `Err` says why there is no date.
///
/// # Errors
/// Nothing is left, too few days, or no progress in them.
pub fn forecast(days: &[Day]) -> Result<Forecast, &'static str> {
    let last = days.last().ok_or("there is no item")?;
    if last.remaining == 0 {
        return Err("nothing is left");
    }
    let recent = &days[1..];
    let recent = &recent[recent.len().saturating_sub(WINDOW)..];
    let pace: Vec<i64> = recent.iter().map(|d| d.completed as i64 - d.reopened as i64).collect();
    if pace.len() < FEWEST {
        return Err("fewer than three days to go by");
    }
    if pace.iter().sum::<i64>() <= 0 {
        return Err("nothing was completed in the recent days");
    }
    let mut random = Random::new(last.remaining);
    let mut ends: Vec<u32> = (0..RUNS).map(|_| replay(last.remaining as i64, &pace, &mut random)).collect();
    ends.sort_unstable();
    let at = |share: usize| {
        let ahead: Span = i64::from(ends[(RUNS - 1) * share / 10]).days();
        last.date.saturating_add(ahead)
    };
    if ends[(RUNS - 1) / 2] >= HORIZON {
        return Err("not within five years at this pace");
    }
    Ok(Forecast { early: at(1), likely: at(5), late: at(9), window: pace.len() })
}

fn replay(mut remaining: i64, pace: &[i64], random: &mut Random) -> u32 {
    let mut ahead = 0;
    while remaining > 0 && ahead < HORIZON {
        remaining -= pace[random.below(pace.len())];
        ahead += 1;
    }
    ahead
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(date: &str, done: u64, open: u64) -> Reading {
        Reading { date: date.parse().unwrap(), progress: Progress { done, open, ..Progress::default() } }
    }

    fn table(readings: &[Reading], end: &str) -> Vec<String> {
        let days = days(readings, end.parse().unwrap());
        let row = |d: &Day| {
            format!("{} {} +{} -{} {}", d.date.strftime("%d"), d.remaining, d.completed, d.reopened, d.scope)
        };
        days.iter().map(row).collect()
    }

    #[test]
    fn days_carry_forward_and_clocks_do_not_go_back() {
        let readings = [
            reading("2026-11-01", 0, 0),
            reading("2026-11-02", 0, 19),
            reading("2026-11-02", 0, 20),
            reading("2026-11-04", 2, 18),
            reading("2026-11-03", 3, 17),
            reading("2026-11-05", 3, 20),
        ];
        assert_eq!(
            table(&readings, "2026-11-06"),
            ["02 20 +0 -0 0", "03 20 +0 -0 0", "04 17 +3 -0 0", "05 20 +0 -0 3", "06 20 +0 -0 0"]
        );
    }

    #[test]
    fn removed_items_are_not_reopened_and_the_end_is_the_end() {
        let readings = [
            reading("2026-11-02", 4, 6),
            reading("2026-11-03", 2, 6),
            reading("2026-11-04", 1, 7),
            reading("2026-11-05", 8, 0),
        ];
        assert_eq!(
            table(&readings, "2026-12-24"),
            ["02 6 +0 -0 0", "03 6 +0 -0 -2", "04 7 +0 -1 0", "05 0 +7 -0 0"]
        );
        assert!(days(&[reading("2026-11-02", 0, 0)], "2026-11-03".parse().unwrap()).is_empty());
    }

    #[test]
    fn a_steady_pace_has_one_date() {
        let readings: Vec<_> =
            (2..=7).map(|n| reading(&format!("2026-11-{n:02}"), n * 2 - 4, 24 - n * 2)).collect();
        let days = days(&readings, "2026-11-07".parse().unwrap());
        // Ten are left, two a day.
        let date: Date = "2026-11-12".parse().unwrap();
        assert_eq!(forecast(&days), Ok(Forecast { early: date, likely: date, late: date, window: 5 }));
        assert!(forecast(&days[..3]).is_err() && forecast(&[]).is_err());
    }
}
