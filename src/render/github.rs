//! `github`: annotations, as workflow commands of GitHub Actions.
//!
//! A runner takes ten errors, ten warnings and ten notices of a step, and 4096 characters of a
//! message; the rest it drops without a word. So the heaviest come first, and a tenth that stands
//! for more says how many. Values are escaped as `actions/toolkit` does it.

use super::Output;
use super::issue::{Issue, Level, digest, issues};
use super::plain::clean;
use crate::verdict::Verdict;

/// The row.
pub(super) static OUTPUT: Output = Output {
    name: "github",
    summary: "annotations of GitHub Actions, within its limits",
    render: |v, _| annotations(v),
    about: None,
    whole: None,
};

/// Annotations of one kind that a runner takes from a step.
const MOST: usize = 10;

/// Longest message, in UTF-16 units, which is what the runner counts.
const MESSAGE: usize = 4096;

/// The kinds, in the order in which they are written.
const KINDS: &[&str] = &["error", "warning", "notice"];

/// A command a line, as many as a step may have.
pub fn annotations(verdict: &Verdict) -> String {
    let mut annotations: Vec<Annotation> = issues(verdict).iter().map(Annotation::of).collect();
    annotations.extend(verdict.notices.iter().map(|notice| Annotation {
        kind: "notice",
        properties: vec![("title", "Milegate".to_owned())],
        message: clean(&notice.message),
    }));
    KINDS.iter().map(|kind| within_limit(&annotations, kind)).collect()
}

fn within_limit(annotations: &[Annotation], kind: &'static str) -> String {
    let all: Vec<_> = annotations.iter().filter(|a| a.kind == kind).collect();
    let shown = if all.len() > MOST { MOST - 1 } else { all.len() };
    let mut out: String = all[..shown].iter().map(|a| a.command()).collect();
    if shown < all.len() {
        let message = format!("{} more of this kind: see the step summary", all.len() - shown);
        let properties = vec![("title", "Milegate".to_owned())];
        out.push_str(&Annotation { kind, properties, message }.command());
    }
    out
}

struct Annotation {
    kind: &'static str,
    properties: Vec<(&'static str, String)>,
    message: String,
}

impl Annotation {
    fn of(issue: &Issue<'_>) -> Self {
        let kind = match issue.level {
            Level::Failed | Level::Unproven => KINDS[0],
            Level::Warning => KINDS[1],
            Level::Note => KINDS[2],
        };
        let mut properties = Vec::new();
        if let Some(place) = issue.place {
            properties.push(("file", clean(&place.path)));
            properties.extend(place.line.map(|line| ("line", line.to_string())));
            properties.extend(place.line.and(place.column).map(|column| ("col", column.to_string())));
        }
        properties.push(("title", issue.title()));
        let next = &issue.criterion.judgement.next_step;
        let decides = matches!(issue.level, Level::Failed | Level::Unproven);
        let next =
            if decides && !next.is_empty() { format!("\nnext: {}", clean(next)) } else { String::new() };
        Self { kind, properties, message: shortened(&issue.message, &next) }
    }

    fn command(&self) -> String {
        let filled = self.properties.iter().filter(|(_, value)| !value.is_empty());
        let properties: Vec<_> = filled.map(|(key, value)| format!("{key}={}", property(value))).collect();
        format!("::{} {}::{}\n", self.kind, properties.join(","), data(&self.message))
    }
}

/// `text` and `end` in as many characters as a message may have; of the text the end goes first.
fn shortened(text: &str, end: &str) -> String {
    let size = |text: &str| text.encode_utf16().count();
    let end = if size(end) > MESSAGE / 2 { "" } else { end };
    let room = MESSAGE - size(end);
    if size(text) <= room {
        return format!("{text}{end}");
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.len_utf16();
        used <= room
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{kept}…{end}")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A text between `stop-commands` and its end: whatever it holds, the runner executes none of it.
/// The token is the digest of the text, which no text can hold.
pub fn framed(text: &str) -> String {
    let token = format!("milegate-{}", digest(text));
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("::stop-commands::{token}\n{text}{end}::{token}::\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_the_toolkit() {
        assert_eq!(data("100%\r\n::x, y"), "100%25%0D%0A::x, y");
        assert_eq!(property("a:b,c%0A\n"), "a%3Ab%2Cc%250A%0A");
    }

    #[test]
    fn a_long_message_ends_in_the_next_step() {
        let long = shortened(&"ü𝄞".repeat(3000), "\nnext: mend it");
        assert_eq!(long.encode_utf16().count(), 4096);
        assert!(long.ends_with("…\nnext: mend it"), "{}", &long[long.len() - 40..]);
        assert_eq!(shortened("short", "\nnext"), "short\nnext");
        assert_eq!(shortened("short", &"x".repeat(3000)), "short");
    }
}
