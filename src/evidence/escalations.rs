//! What has to be escalated, and when: the four rules of the escalation path, held against the
//! registers of the status document and against the benchmark targets.
//!
//! What nobody can tell is not taken for something that can wait. An open entry that does not say since
//! when it stands is at least as old as the commit that brought it: it is due by that, or else `NotKnown`. An active risk with the status `Escalated` that names the entry is how
//! a person says that it was passed on.

use crate::model::performance::Performance;
use crate::model::register::{BLOCKER, DEPENDENT, Entry, NEED, RISK, Registers};
use crate::model::since::Since;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

/// One of the four rules.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// For programs: `technical-blocker`.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What is to be done, in order; the last step is the escalation, and says when.
    pub steps: &'static [&'static str],
}

/// A blocker that the team can work on by itself.
pub static TECHNICAL_BLOCKER: Rule = Rule {
    name: "technical-blocker",
    title: "technical blocker",
    steps: &["document it in the daily log", "attempt a resolution", "escalate after 4 hours"],
};
/// A blocker that waits for somebody else.
pub static DEPENDENCY_BLOCKER: Rule = Rule {
    name: "dependency-blocker",
    title: "dependency blocker",
    steps: &["document it at once", "put it into the risk register", "escalate at once"],
};
/// A benchmark that misses its target.
pub static PERFORMANCE_ISSUE: Rule = Rule {
    name: "performance-issue",
    title: "performance issue",
    steps: &[
        "document the metrics",
        "investigate the root cause",
        "escalate if the target is missed by more than 50%",
    ],
};
/// A tool, access or decision that the team has to be given.
pub static RESOURCE_NEED: Rule = Rule {
    name: "resource-need",
    title: "resource need",
    steps: &["document it in the weekly summary", "escalate by the end of the week"],
};

/// Hours that a team may try for itself.
const HOURS: i64 = 4;

/// Where an escalation stands, what is most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its time has come.
    Due,
    /// What would tell is missing or cannot be.
    NotKnown,
    /// It is not due yet.
    Later,
    /// Somebody was told, says the risk register.
    Escalated,
}

impl State {
    /// For programs.
    pub const fn word(self) -> &'static str {
        ["due", "not-known", "later", "escalated"][self as usize]
    }
}

/// Something that is to be escalated, now or later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// The rule it falls under.
    pub rule: &'static Rule,
    /// Where it stands.
    pub state: State,
    /// What names it: `blocker 5.2/1`, `need 2`, `benchmark`.
    pub key: String,
    /// What it is.
    pub what: String,
    /// Since when it stands.
    pub since: Option<Since>,
    /// From when on it is due, where a time decides.
    pub at: Option<Timestamp>,
    /// Why it stands where it stands.
    pub why: String,
    /// What to do next; empty while there is nothing to do.
    pub next: String,
}

/// When the commit was made since which an entry stands, by register and key; see [`undated`].
pub type Seen = BTreeMap<String, Timestamp>;

/// What names an entry among all: `blocker 5.2/1`.
pub fn key(entry: &Entry) -> String {
    format!("{} {}", entry.noun.name, entry.key)
}

/// The open entries that do not say since when they stand: history may tell.
pub fn undated(registers: &Registers) -> impl Iterator<Item = &Entry> {
    registers.open(&BLOCKER).chain(registers.open(&NEED)).filter(|entry| entry.since.is_none())
}

/// What time it is, and what history tells.
struct Clock<'a> {
    now: Timestamp,
    seen: &'a Seen,
}

/// Everything that is due, not known, to come or passed on, in this order; in each, the earliest first.
pub fn escalations(
    registers: &Registers,
    seen: &Seen,
    performance: &[Performance],
    now: Timestamp,
) -> Vec<Escalation> {
    let clock = Clock { now, seen };
    let blockers = registers.open(&BLOCKER).map(|entry| blocker(entry, &clock));
    let needs = registers.open(&NEED).map(|entry| need(entry, &clock));
    let missed = performance.iter().filter_map(measured);
    let mut all: Vec<_> = blockers.chain(missed).chain(needs).collect();
    for one in all.iter_mut().filter(|one| one.state != State::Later) {
        let risk = registers.open(&RISK).find(|risk| passed_on(risk, &one.what));
        if let Some(risk) = risk {
            one.state = State::Escalated;
            one.next = String::new();
            one.why = format!("risk {} says that it is escalated", risk.key);
        }
    }
    all.sort_by_key(|one| (one.state, one.at));
    all
}

/// Whether a risk says that something was escalated: it begins with the whole of it, as words.
fn passed_on(risk: &Entry, what: &str) -> bool {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (text, what) = (fold(risk.title()), fold(what));
    let behind = text.strip_prefix(what.as_str());
    risk.value("Status") == "Escalated"
        && !what.is_empty()
        && behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
}

fn entry(rule: &'static Rule, entry: &Entry) -> Escalation {
    Escalation {
        rule,
        state: State::NotKnown,
        key: key(entry),
        what: entry.title().to_owned(),
        since: entry.since,
        at: None,
        why: "the document does not say since when it stands".to_owned(),
        next: "write it at the end of the entry: (since 2026-11-23 17:30 UTC)".to_owned(),
    }
}

fn blocker(found: &Entry, clock: &Clock<'_>) -> Escalation {
    if found.value("Kind") == DEPENDENT {
        let mut one = entry(&DEPENDENCY_BLOCKER, found);
        let age = found.since.map(|since| since.minutes_until(clock.now)).filter(|minutes| *minutes >= 0);
        let stands = age.map(|minutes| format!("; it stands for {}", duration(minutes)));
        one.at = found.since.map(Since::at);
        one.due(format!("what waits for others is escalated at once{}", stands.unwrap_or_default()));
        return one;
    }
    let mut one = entry(&TECHNICAL_BLOCKER, found);
    if let Some(minutes) = one.age(clock.now) {
        one.at = found.since.and_then(|since| since.at().checked_add(HOURS.hours()).ok());
        if minutes >= HOURS * 60 {
            one.due(format!("it stands for {}, longer than {HOURS} hours", duration(minutes)));
        } else {
            one.later(format!("it stands for {}; {HOURS} hours are for solving it", duration(minutes)));
        }
    } else if let Some(minutes) = one.at_least(clock).filter(|minutes| *minutes >= HOURS * 60) {
        one.due(format!("it was committed {} ago, longer than {HOURS} hours", duration(minutes)));
    }
    one
}

/// Due when the week is over in which it was written, or its own day, whichever comes first.
fn need(found: &Entry, clock: &Clock<'_>) -> Escalation {
    let mut one = entry(&RESOURCE_NEED, found);
    let day: Option<Date> = found.value("Due").parse().ok();
    let day_over = day.and_then(|day| midnight(day.tomorrow().ok()?));
    let week_over = one.age(clock.now).and_then(|_| end_of_week(found.since?.date()));
    let committed =
        one.at_least(clock).and_then(|_| end_of_week(Since::new(*clock.seen.get(&one.key)?).date()));
    one.at = day_over.into_iter().chain(week_over).chain(committed.filter(|over| *over <= clock.now)).min();
    match (one.at, week_over) {
        (Some(at), _) if at <= clock.now && day_over == Some(at) => {
            let day = day.map(|day| day.to_string()).unwrap_or_default();
            one.due(format!("it was needed by {day}, and is still open"));
        }
        (Some(at), _) if at <= clock.now => one.due("the week in which it was written is over"),
        (Some(at), Some(_)) => {
            let last = at.checked_sub(1.second()).unwrap_or(at).to_zoned(TimeZone::UTC);
            one.later(format!("there is time until the end of {} (UTC)", last.strftime("%A, %Y-%m-%d")));
        }
        // Its own day lies ahead, but the end of its week is not known.
        _ => {}
    }
    one
}

/// A benchmark: due if the target is missed by more than half of it; nothing to say if it is met.
fn measured(row: &Performance) -> Option<Escalation> {
    let mut one = Escalation {
        rule: &PERFORMANCE_ISSUE,
        state: State::NotKnown,
        key: "benchmark".to_owned(),
        what: row.operation.clone(),
        since: None,
        at: None,
        why: String::new(),
        next: "run the benchmark, and see `milegate explain benchmarks`".to_owned(),
    };
    let value = match &row.current {
        Ok(value) => value,
        Err(why) => {
            one.why = format!("target {}: {why}", row.target);
            return Some(one);
        }
    };
    let share = row.target.missed_by(value.value);
    if row.target.holds(value.value) {
        return None;
    }
    let by = match share.is_finite() {
        true => format!("by {:.0}%", (share * 100.0).floor()),
        false => "altogether".to_owned(),
    };
    let said = format!("{value}, target {}: missed {by}", row.target);
    if row.target.is_far_missed(value.value) {
        one.due(format!("{said}, more than 50%"));
    } else {
        one.later(format!("{said}; to be escalated above 50%"));
        one.next = "investigate the root cause".to_owned();
    }
    Some(one)
}

impl Escalation {
    /// Whole minutes since it was written; a time that lies ahead tells nothing.
    fn age(&mut self, now: Timestamp) -> Option<i64> {
        let since = self.since?;
        let minutes = since.minutes_until(now);
        if minutes < 0 {
            self.why = format!("it stands since {since}, which lies ahead");
            self.next = "correct it: times are UTC".to_owned();
        }
        (minutes >= 0).then_some(minutes)
    }

    /// Whole minutes since the commit that brought it, where nothing else tells.
    fn at_least(&self, clock: &Clock<'_>) -> Option<i64> {
        let seen = clock.seen.get(&self.key).filter(|_| self.since.is_none())?;
        Some(Since::new(*seen).minutes_until(clock.now)).filter(|minutes| *minutes >= 0)
    }

    fn due(&mut self, why: impl Into<String>) {
        self.state = State::Due;
        self.why = why.into();
        self.next = format!(
            "tell who can decide, and say so: milegate risk add {} --severity High --status Escalated",
            quoted(&self.what)
        );
    }

    fn later(&mut self, why: String) {
        self.state = State::Later;
        self.why = why;
        self.next = String::new();
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The beginning of a day, in UTC.
fn midnight(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The end of the Sunday of the week that a day lies in.
fn end_of_week(day: Date) -> Option<Timestamp> {
    let left = 7 - i64::from(day.weekday().to_monday_zero_offset());
    midnight(day.checked_add(left.days()).ok()?)
}

/// `2 d 9 h`, `5 h`, `40 min`.
fn duration(minutes: i64) -> String {
    let (days, hours) = (minutes / 1440, minutes / 60 % 24);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) if minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        (0, hours) => format!("{hours} h"),
        (days, 0) => format!("{days} d"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::quantity::{Dimension, Quantity};
    use crate::model::register::TECHNICAL;

    fn at(text: &str) -> Timestamp {
        text.parse::<Since>().unwrap().at()
    }

    fn state(entry: Entry, now: &str) -> (State, Option<String>) {
        let all = escalations(&Registers(vec![entry]), &Seen::new(), &[], at(now));
        let at = all[0].at.map(|at| Since::new(at).to_string());
        (all[0].state, at)
    }

    fn open(noun: &'static crate::model::register::Noun, since: Option<&str>) -> Entry {
        let mut entry = Entry::new(noun).with(noun.fields[0].name, "Redis");
        entry.since = since.map(|since| since.parse().unwrap());
        entry
    }

    #[test]
    fn technical_blockers_after_four_hours() {
        let entry = |since| open(&BLOCKER, since).with("Kind", TECHNICAL);
        let since = Some("2026-11-23 17:30");
        let due = Some("2026-11-23 21:30 UTC".to_owned());
        assert_eq!(state(entry(since), "2026-11-23 21:29"), (State::Later, due.clone()));
        assert_eq!(state(entry(since), "2026-11-23 21:30"), (State::Due, due));
        assert_eq!(state(entry(since), "2026-11-23 17:29"), (State::NotKnown, None));
        assert_eq!(state(entry(None), "2026-11-23 21:30"), (State::NotKnown, None));
        // A day alone is its beginning.
        assert_eq!(state(entry(Some("2026-11-23")), "2026-11-23 04:00").0, State::Due);
    }

    #[test]
    fn what_says_nothing_is_as_old_as_its_commit() {
        let state = |entry: Entry, now| {
            let seen = Seen::from([(key(&entry), at("2026-11-23 17:30"))]);
            escalations(&Registers(vec![entry]), &seen, &[], at(now))[0].state
        };
        let blocker = || open(&BLOCKER, None).with("Kind", TECHNICAL);
        assert_eq!(state(blocker(), "2026-11-23 21:29"), State::NotKnown);
        assert_eq!(state(blocker(), "2026-11-23 21:30"), State::Due);
        assert_eq!(state(open(&NEED, None), "2026-11-29 23:59"), State::NotKnown);
        assert_eq!(state(open(&NEED, None), "2026-11-30 00:00"), State::Due);
        // What is said wins over what is likely.
        let said = open(&BLOCKER, Some("2026-11-23 20:00")).with("Kind", TECHNICAL);
        assert_eq!(state(said, "2026-11-23 22:00"), State::Later);
    }

    #[test]
    fn dependency_blockers_at_once() {
        let entry = |since| open(&BLOCKER, since).with("Kind", DEPENDENT);
        for since in [None, Some("2026-11-23 17:30"), Some("2026-11-24")] {
            assert_eq!(state(entry(since), "2026-11-23 17:30").0, State::Due, "{since:?}");
        }
    }

    #[test]
    fn needs_when_their_week_is_over() {
        // 2026-11-23 is a Monday.
        let end = Some("2026-11-30 00:00 UTC".to_owned());
        for since in ["2026-11-23", "2026-11-27 18:00", "2026-11-29 23:59"] {
            let entry = || open(&NEED, Some(since));
            assert_eq!(state(entry(), "2026-11-29 23:59"), (State::Later, end.clone()), "{since}");
            assert_eq!(state(entry(), "2026-11-30 00:00"), (State::Due, end.clone()), "{since}");
        }
        let by = |day: &str, since| open(&NEED, since).with("Due", day);
        let since = Some("2026-11-23");
        assert_eq!(state(by("2026-11-25", since), "2026-11-25 23:59").0, State::Later);
        assert_eq!(state(by("2026-11-25", since), "2026-11-26 00:00").0, State::Due);
        assert_eq!(state(by("2026-12-24", since), "2026-11-30 00:00").0, State::Due);
        assert_eq!(state(by("2026-11-25", None), "2026-11-26 00:00").0, State::Due);
        assert_eq!(state(by("2026-12-24", None), "2026-11-26 00:00").0, State::NotKnown);
    }

    #[test]
    fn targets_that_are_missed_by_more_than_half() {
        let row = |target: &str, value: Option<f64>| Performance {
            operation: "Write".to_owned(),
            target: target.parse().unwrap(),
            baseline: None,
            current: value
                .map(|value| Quantity { value, dimension: Dimension::Time })
                .ok_or_else(|| "no report".to_owned()),
        };
        let state = |value| {
            escalations(&Registers::default(), &Seen::new(), &[row("<= 100 ms", value)], at("2026-11-23"))
                .first()
                .map(|e| e.state)
        };
        assert_eq!(state(Some(0.1)), None);
        assert_eq!(state(Some(0.149)), Some(State::Later));
        assert_eq!(state(Some(0.151)), Some(State::Due));
        assert_eq!(state(None), Some(State::NotKnown));
    }

    #[test]
    fn a_risk_says_that_somebody_was_told() {
        let blocker = || open(&BLOCKER, None).with("Kind", DEPENDENT);
        let risk = |text: &str, status| open(&RISK, None).with("Risk", text).with("Status", status);
        let state = |risk: Entry| {
            escalations(&Registers(vec![risk, blocker()]), &Seen::new(), &[], at("2026-11-23"))[0].state
        };
        assert_eq!(state(risk("REDIS  is not there", "Escalated")), State::Escalated);
        assert_eq!(state(risk("No Redis yet", "Escalated")), State::Due);
        assert_eq!(state(risk("redis", "Mitigating")), State::Due);
        assert_eq!(state(risk("rediscover", "Escalated")), State::Due);
        let mut closed = risk("redis", "Escalated");
        closed.open = false;
        assert_eq!(state(closed), State::Due);
    }

    #[test]
    fn durations_and_words_of_a_shell() {
        let shown: Vec<_> = [0, 59, 60, 61, 1440, 1500, 3420].map(duration).into();
        assert_eq!(shown, ["0 min", "59 min", "1 h", "1 h 1 min", "1 d", "1 d 1 h", "2 d 9 h"]);
        assert_eq!(quoted("it's $x"), "'it'\\''s $x'");
    }
}
