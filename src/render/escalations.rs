//! What has to be escalated: what is due, what nobody can tell, what will be due when, what was passed on.

use super::json::{SCHEMA_VERSION, page};
use super::plain::{clean, pad, wrap};
use crate::evidence::escalations::{Escalation, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

/// The parts of the table: state, heading, mark.
const PARTS: [(State, &str, &str); 4] = [
    (State::Due, "Due", "✗"),
    (State::NotKnown, "Not known", "?"),
    (State::Later, "Later", "○"),
    (State::Escalated, "Escalated", "✓"),
];

/// How many are in a state.
fn count(all: &[Escalation], state: State) -> usize {
    all.iter().filter(|one| one.state == state).count()
}

/// For programs.
pub fn json(all: &[Escalation], document: &str, now: Timestamp, exit_code: u8) -> String {
    let entry = |one: &Escalation| {
        json!({
            "rule": one.rule.name, "state": one.state.word(), "key": one.key, "what": one.what,
            "since": one.since.map(|since| since.at().to_string()),
            "due_at": one.at.map(|at| at.to_string()),
            "why": one.why, "steps": one.rule.steps,
            "next_step": Some(&one.next).filter(|next| !next.is_empty()),
        })
    };
    let mut value = json!({
        "schema_version": SCHEMA_VERSION, "document": document, "now": now.to_string(), "exit_code": exit_code,
        "entries": all.iter().map(entry).collect::<Vec<Value>>(),
    });
    for (state, ..) in PARTS {
        value[state.word().replace('-', "_")] = json!(count(all, state));
    }
    page(&value)
}

/// For people, in a terminal of that many columns.
pub fn text(all: &[Escalation], now: Timestamp, exit_code: u8, width: usize) -> String {
    let keys = all.iter().map(|one| clean(&one.key).width()).max().unwrap_or(0).min(width / 3);
    let mut out = String::new();
    for (state, heading, mark) in PARTS {
        let mut rows = all.iter().filter(|one| one.state == state).peekable();
        if rows.peek().is_some() {
            out.push_str(&format!(" {heading}\n"));
        }
        rows.for_each(|one| out.push_str(&row(one, mark, keys, width)));
    }
    let said: Vec<_> = PARTS
        .iter()
        .map(|(state, heading, _)| (count(all, *state), heading.to_lowercase()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let said = if said.is_empty() { "nothing to escalate".to_owned() } else { said.join(", ") };
    let gap = if out.is_empty() { "" } else { "\n" };
    out + &format!("{gap} At {}: {said}   exit {exit_code}\n", moment(now))
}

fn row(one: &Escalation, mark: &str, keys: usize, width: usize) -> String {
    let lead = keys + 6;
    let room = width.saturating_sub(lead).max(16);
    let mut lines = wrap(&clean(&one.what), room);
    let mut say = |text: String| lines.extend(wrap(&clean(&text), room));
    let when = one.at.filter(|_| one.state == State::Later).map(|at| format!(", due {}", moment(at)));
    say(format!("{}{}: {}", one.rule.title, when.unwrap_or_default(), one.why));
    if matches!(one.state, State::Due | State::NotKnown) {
        say(one.rule.steps.join(" → "));
    }
    if !one.next.is_empty() {
        say(format!("next: {}", one.next));
    }
    let mut out = String::new();
    let key_lines = wrap(&clean(&one.key), keys.max(8));
    for n in 0..lines.len().max(key_lines.len()) {
        let sign = if n == 0 { mark } else { " " };
        let key = pad(key_lines.get(n).map_or("", String::as_str), keys);
        let line = lines.get(n).map_or("", String::as_str);
        out.push_str(format!("   {sign} {key} {line}").trim_end());
        out.push('\n');
    }
    out
}

fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%a %Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::escalations::RESOURCE_NEED;

    #[test]
    fn nothing_hostile_and_nothing_too_wide() {
        let one = Escalation {
            rule: &RESOURCE_NEED,
            state: State::Due,
            key: "need 1".to_owned(),
            what: "::error::x\u{1b}[31m ##[set] \u{202e} a_very_long_name_of_a_machine_that_nobody_has"
                .to_owned(),
            since: None,
            at: None,
            why: "why".to_owned(),
            next: "next".to_owned(),
        };
        for width in [30, 40, 80, 200] {
            let shown = text(std::slice::from_ref(&one), Timestamp::UNIX_EPOCH, 1, width);
            assert!(!shown.contains(['\u{1b}', '\u{202e}']) && !shown.contains("##["), "{shown}");
            let widest = shown.lines().take_while(|line| !line.is_empty()).map(str::width).max();
            assert!(widest.is_some_and(|widest| widest <= width), "{width}:\n{shown}");
        }
        assert_eq!(
            text(&[], Timestamp::UNIX_EPOCH, 0, 80),
            " At Thu 1970-01-01 00:00 UTC: nothing to escalate   exit 0\n"
        );
    }
}
