//! What did not pass, flattened for outputs that list findings: one issue for each detail, or one
//! for the criterion where it has none. Ranked, so that a limit cuts the least important.

use super::plain::{clean, cut};
use crate::evidence::Detail;
use crate::gates::{Criterion, GateResult};
use crate::model::outcome::Outcome;
use crate::model::place::Place;
use crate::verdict::Verdict;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// How much an issue weighs; the first is the heaviest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Of a criterion that failed.
    Failed,
    /// Of one that could not be decided.
    Unproven,
    /// Waived, or advisory: shown, does not decide.
    Warning,
    /// A notice.
    Note,
}

/// One thing a person should look at. Its texts are harmless: one line, nothing unseen.
#[derive(Debug, Clone)]
pub(super) struct Issue<'a> {
    pub(super) level: Level,
    pub(super) gate: &'a GateResult,
    pub(super) criterion: &'a Criterion,
    /// As the report names it.
    pub(super) place: Option<&'a Place>,
    pub(super) message: String,
    /// The same for the same issue of a later run: no line numbers, no counts, no time.
    pub(super) fingerprint: String,
    /// How many of its criterion come before it.
    nth: usize,
}

/// Every issue. The first one of each criterion comes before anybody's second, so that a thousand
/// lint findings hide no failing test; then failed, unproven, warnings, notes.
pub(super) fn issues(verdict: &Verdict) -> Vec<Issue<'_>> {
    let mut all: Vec<Issue<'_>> = verdict
        .gates
        .iter()
        .flat_map(|gate| gate.criteria.iter().map(move |criterion| (gate, criterion)))
        .flat_map(|(gate, criterion)| of(gate, criterion))
        .collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for issue in &mut all {
        let again = seen.entry(issue.key()).or_default();
        issue.fingerprint = digest(&format!("{}\0{again}", issue.key()));
        *again += 1;
    }
    all.sort_by_key(|issue| (issue.nth > 0, issue.level, issue.nth));
    all
}

fn of<'a>(gate: &'a GateResult, criterion: &'a Criterion) -> Vec<Issue<'a>> {
    let judgement = &criterion.judgement;
    let issue = |level, nth, place: Option<&'a Place>, message: &str| Issue {
        level,
        gate,
        criterion,
        place,
        message: clean(message),
        fingerprint: String::new(),
        nth,
    };
    let mut all = Vec::new();
    if let Some(level) = level(criterion) {
        let details = judgement.details.iter().enumerate();
        all.extend(details.map(|(nth, d)| issue(level, nth, d.place.as_ref(), &d.message)));
        if all.is_empty() {
            all.push(issue(level, 0, None, &judgement.message));
        }
    }
    // A notice without a place says something of the criterion as a whole: that is in the summary.
    let placed = |detail: &&Detail| detail.place.is_some();
    let notices = judgement.notices.iter().filter(placed).zip(all.len()..);
    let notes: Vec<_> =
        notices.map(|(d, nth)| issue(Level::Note, nth, d.place.as_ref(), &d.message)).collect();
    all.extend(notes);
    all
}

/// Nothing for a criterion that passed, or was not to be judged.
fn level(criterion: &Criterion) -> Option<Level> {
    match criterion.outcome {
        Outcome::Failed | Outcome::Unproven if criterion.advisory => Some(Level::Warning),
        Outcome::Failed => Some(Level::Failed),
        Outcome::Unproven => Some(Level::Unproven),
        Outcome::Waived => Some(Level::Warning),
        Outcome::Passed | Outcome::Deferred | Outcome::NotApplicable | Outcome::Disabled => None,
    }
}

impl Issue<'_> {
    /// `gate/criterion`.
    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.gate.id, self.criterion.id)
    }

    /// The rule it breaks; a notice breaks none, and bears the name of the kind alone.
    pub(super) fn code(&self) -> &str {
        if self.level == Level::Note { self.criterion.kind } else { &self.criterion.judgement.code }
    }

    /// What became of the criterion, in a few words: `lint failed: 9 errors`.
    pub(super) fn title(&self) -> String {
        let judgement = &self.criterion.judgement;
        let measured = if judgement.measured.is_empty() { &judgement.message } else { &judgement.measured };
        let word = self.criterion.outcome.word();
        let advisory = if self.criterion.advisory { " (advisory)" } else { "" };
        cut(&clean(&format!("{} {word}{advisory}: {measured}", self.criterion.id)), 160)
    }

    /// Where it is in the repository, and the line if it is known. What has no place there, or one
    /// outside, stands at the configuration that asks for it.
    pub(super) fn location<'b>(&'b self, policy: &'b str) -> (&'b str, Option<u32>) {
        match self.place {
            Some(place) if is_inside(&place.path) => (&place.path, place.line),
            _ => (if is_inside(policy) { policy } else { "milegate.toml" }, None),
        }
    }

    /// What it is, for an output that shows nothing else of the criterion.
    pub(super) fn described(&self) -> String {
        let outside = self.place.filter(|place| !is_inside(&place.path));
        let at = outside.map(|place| format!("{}: ", clean(&place.to_string()))).unwrap_or_default();
        format!("{}: {at}{}", clean(&self.criterion.id), self.message)
    }

    fn key(&self) -> String {
        let path = self.place.map(|place| place.path.as_str()).unwrap_or_default();
        format!("{}\0{}\0{path}\0{}", self.id(), self.code(), unnumbered(&self.message))
    }
}

/// A relative path that does not leave its folder and is no address.
pub(super) fn is_inside(path: &str) -> bool {
    let absolute = path.starts_with(['/', '\\']) || path.get(1..2) == Some(":") || path.contains("://");
    !path.is_empty() && !absolute && path.split(['/', '\\']).all(|part| part != "..")
}

/// The text with its numbers gone, but for those that belong to a name: `E501`, `test_2`.
fn unnumbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_name = false;
    for c in text.chars() {
        let digit = c.is_ascii_digit();
        if !digit || in_name {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
        in_name = c.is_alphabetic() || c == '_' || digit && in_name;
    }
    out
}

/// SHA-256 in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_and_names_stay() {
        for (text, want) in [
            ("line 12 of 340", "line # of #"),
            ("E501 too long (120 > 79)", "E501 too long (# > #)"),
            ("81.2%  lines 41-52, 60", "#.#%  lines #-#, #"),
            ("test_2::v1.25", "test_2::v1.#"),
        ] {
            assert_eq!(unnumbered(text), want);
        }
    }

    #[test]
    fn what_lies_outside() {
        for path in
            ["/etc/x", "\\\\server\\x", "C:\\x", "c:/x", "../x", "a/../../x", "a\\..\\x", "http://x/y", ""]
        {
            assert!(!is_inside(path), "{path}");
        }
        for path in ["a.py", "a/b c.py", "a..b/c", "ä:b", "a/b:c"] {
            assert!(is_inside(path), "{path}");
        }
    }
}
