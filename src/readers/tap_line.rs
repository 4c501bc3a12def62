//! The lines of TAP (Test Anything Protocol, versions 12 to 14): plans, test points, bail-outs,
//! directives. How they nest is [`super::tap`]'s.

/// What a line says, without its indentation.
#[derive(Debug, PartialEq)]
pub(super) enum Said<'a> {
    /// `TAP version 14`
    Version,
    /// `1..4`, or `1..0 # SKIP reason`
    Plan { last: u64 },
    /// `ok 1 - name # SKIP reason`
    Point(Point),
    /// `Bail out! reason`
    BailOut(&'a str),
    /// `# text`
    Comment(&'a str),
    /// `pragma +strict`
    Pragma,
    /// Nothing of TAP.
    Other,
}

/// A test point.
#[derive(Debug, PartialEq)]
pub(super) struct Point {
    pub(super) ok: bool,
    pub(super) number: Option<u64>,
    /// Without directives, escapes resolved.
    pub(super) name: String,
    pub(super) directive: Option<Directive>,
    /// What follows the directive's word.
    pub(super) reason: String,
    pub(super) seconds: Option<f64>,
    /// The subtest's lines follow, up to `}`.
    pub(super) opens: bool,
}

/// Why a test point is not to be taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    Skip,
    Todo,
}

/// Takes a line apart; `text` has no indentation.
pub(super) fn say(text: &str) -> Said<'_> {
    let text = text.trim_end();
    if let Some(version) = text.strip_prefix("TAP version ") {
        return if number(version).is_some() { Said::Version } else { Said::Other };
    }
    if let Some(reason) = text.strip_prefix("Bail out!") {
        return Said::BailOut(reason.trim());
    }
    if let Some(comment) = text.strip_prefix('#') {
        return Said::Comment(comment.trim());
    }
    if text.starts_with("pragma ") {
        return Said::Pragma;
    }
    plan(text).or_else(|| point(text).map(Said::Point)).unwrap_or(Said::Other)
}

fn plan(text: &str) -> Option<Said<'_>> {
    let rest = text.strip_prefix("1..")?;
    let (last, after) = rest.split_once('#').map_or((rest, None), |(last, after)| (last, Some(after)));
    let last = number(last.trim_end())?;
    // Only an empty plan may say why.
    (after.is_none() || last == 0).then_some(Said::Plan { last })
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn point(text: &str) -> Option<Point> {
    let (ok, rest) = match text.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix("ok")?),
    };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let rest = rest.trim_start();
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    let numbered = number(word);
    let rest = if numbered.is_some() { after } else { rest };
    let mut point = Point {
        ok,
        number: numbered,
        name: String::new(),
        directive: None,
        reason: String::new(),
        seconds: None,
        opens: false,
    };
    let mut rest = rest.trim();
    if let Some(before) = rest.strip_suffix('{').filter(|before| before.is_empty() || before.ends_with(' ')) {
        point.opens = true;
        rest = before.trim_end();
    }
    while let Some((before, directive)) = last_hash(rest) {
        if !point.direct(directive.trim()) {
            break;
        }
        rest = before.trim_end();
    }
    let name = rest.strip_prefix("- ").or_else(|| rest.strip_prefix('-').filter(|r| r.is_empty()));
    point.name = unescape(name.unwrap_or(rest).trim());
    Some(point)
}

impl Point {
    /// Takes one directive; `false` if it is none, and so a part of the name.
    fn direct(&mut self, text: &str) -> bool {
        if let Some(time) = text.strip_prefix("time=") {
            self.seconds = seconds(time);
            return true;
        }
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (word, reason) = text.split_at(end);
        let lower = word.to_ascii_lowercase();
        // TAP 13 lets `skip` go on: `skipped:`.
        let directive = match lower.trim_end_matches(':') {
            "todo" => Directive::Todo,
            word if word.starts_with("skip") => Directive::Skip,
            _ => return false,
        };
        if self.directive.is_some() {
            return false;
        }
        self.directive = Some(directive);
        self.reason = reason.trim().trim_start_matches("- ").trim_matches('-').trim().to_owned();
        true
    }
}

/// Splits at the last `#` that stands alone and is not escaped.
fn last_hash(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let at = (0..bytes.len())
        .rev()
        .find(|at| bytes[*at] == b'#' && (*at == 0 || bytes[at - 1].is_ascii_whitespace()))?;
    Some((&text[..at], &text[at + 1..]))
}

/// `time=1.5ms`, `time=2s`
fn seconds(text: &str) -> Option<f64> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1000.0),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    number.trim().parse().ok().map(|value: f64| value / unit).and_then(super::cases::seconds)
}

/// TAP 14 escapes `#` and the backslash itself.
fn unescape(text: &str) -> String {
    text.replace("\\\\", "\u{0}").replace("\\#", "#").replace('\u{0}', "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (bool, Option<u64>, String, Option<Directive>, String) {
        match say(text) {
            Said::Point(point) => (point.ok, point.number, point.name, point.directive, point.reason),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn points_are_taken_apart() {
        let none = String::new;
        for (text, ok, number, name, directive, reason) in [
            ("ok", true, None, "", None, ""),
            ("not ok 2", false, Some(2), "", None, ""),
            ("ok 1 - adds", true, Some(1), "adds", None, ""),
            ("ok 1 adds", true, Some(1), "adds", None, ""),
            ("ok - adds", true, None, "adds", None, ""),
            ("ok 3 # skip no network", true, Some(3), "", Some(Directive::Skip), "no network"),
            ("ok 5 money # SKIP -", true, Some(5), "money", Some(Directive::Skip), ""),
            ("not ok 5 - later # TODO soon", false, Some(5), "later", Some(Directive::Todo), "soon"),
            ("ok 7 x # Skipped: no", true, Some(7), "x", Some(Directive::Skip), "no"),
            ("ok 1 - group \\# one # time=5.1ms", true, Some(1), "group # one", None, ""),
            ("ok 1 - issue #12 and # 13", true, Some(1), "issue #12 and # 13", None, ""),
            ("ok 1 - a # todolist", true, Some(1), "a # todolist", None, ""),
            ("ok 1 - a \\\\ b", true, Some(1), "a \\ b", None, ""),
            ("ok 4 - é", true, Some(4), "é", None, ""),
        ] {
            let want = (ok, number, name.to_owned(), directive, reason.to_owned());
            assert_eq!(read(text), want, "{text}");
            let _ = none();
        }
        assert!(matches!(
            say("ok 1 - a # time=2ms {"),
            Said::Point(Point { opens: true, seconds: Some(_), .. })
        ));
    }

    #[test]
    fn other_lines_are_told_apart() {
        assert_eq!(say("1..4"), Said::Plan { last: 4 });
        assert_eq!(say("1..0 # SKIP no database"), Said::Plan { last: 0 });
        assert_eq!(say("Bail out! no database"), Said::BailOut("no database"));
        assert_eq!(say("# tests 3"), Said::Comment("tests 3"));
        assert_eq!(say("TAP version 13"), Said::Version);
        for text in ["1..", "1..-1", "1..4 # why", "2..4", "okay", "ok\t1", "not okay", "1..4x", "}", "text"]
        {
            assert_eq!(say(text), Said::Other, "{text}");
        }
    }
}
