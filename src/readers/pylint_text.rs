//! pylint's texts: `text` (also `colorized`) and `parseable`.
//!
//! They end in the rating, which is their mark of the end. Ignored on purpose: the score, the tables
//! of `--reports` but for their counts, module and object names.

use super::detect::{Head, TextHead};
use super::error::{Code, ReadError};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::pylint::{CATEGORIES, Category, category_of, check_status, finding, of_category};
use crate::model::findings::Findings;
use crate::model::place::Place;
use std::collections::BTreeMap;

/// The row of `--output-format=text` and `colorized`.
pub(super) static TEXT: Format = Format {
    name: "pylint-text",
    kind: Kind::Findings,
    tools: "pylint",
    command: "pylint --recursive=y . > reports/pylint.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => detect_text(text),
        _ => false,
    },
    read: |input| read_lines(input, &TEXT, text_message),
};

/// The row of `--output-format=parseable`.
pub(super) static PARSEABLE: Format = Format {
    name: "pylint-parseable",
    kind: Kind::Findings,
    tools: "pylint",
    command: "pylint --recursive=y --output-format=parseable . > reports/pylint.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => text.first.iter().any(|line| parseable_message(line).is_some()),
        _ => false,
    },
    read: |input| read_lines(input, &PARSEABLE, parseable_message),
};

/// A message in a line of text.
pub(super) struct Message<'a> {
    pub(super) place: Place,
    pub(super) category: &'static Category,
    pub(super) id: &'a str,
    pub(super) text: &'a str,
    /// More lines of it may follow.
    pub(super) open: bool,
}

/// How a style writes a message.
pub(super) type Style = fn(&str) -> Option<Message<'_>>;

/// `path:line:column: R0902: Too many instance attributes (10/7) (too-many-instance-attributes)`;
/// columns are 0-based. A message of several lines has its symbol at the end of the last.
fn text_message(line: &str) -> Option<Message<'_>> {
    let found = lines::located(line).filter(|found| found.numbers == 2)?;
    let (id, text) = found.rest.split_once(": ")?;
    let place = Place::at(found.path, found.line.into(), i64::from(found.column?) + 1);
    let symbol = split_symbol(text);
    Some(Message {
        place,
        category: category_of(id)?,
        id,
        text: symbol.unwrap_or(text),
        open: symbol.is_none(),
    })
}

/// `path:line: [R0902(too-many-instance-attributes), ConnectionPool] Too many instance attributes`;
/// only the code of R0801 goes on in further lines.
fn parseable_message(line: &str) -> Option<Message<'_>> {
    let found = lines::located(line).filter(|found| found.numbers == 1)?;
    let (inner, text) = found.rest.strip_prefix('[')?.split_once("] ")?;
    let (id, rest) = inner.split_once('(')?;
    let (symbol, _object) = rest.split_once("),")?;
    let place = Place::at(found.path, found.line.into(), 0);
    is_symbol(symbol).then_some(Message {
        place,
        category: category_of(id)?,
        id,
        text,
        open: id == DUPLICATE,
    })
}

/// The message that shows the duplicated code below it.
const DUPLICATE: &str = "R0801";

/// A text without the symbol in brackets at its end, if it has one.
fn split_symbol(text: &str) -> Option<&str> {
    let (before, symbol) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    is_symbol(symbol).then(|| before.trim_end())
}

fn is_symbol(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The header of a module.
const MODULE: &str = "************* Module ";

/// What pylint says about itself.
const NOISE: &[&str] = &[MODULE, "No config file found, using default configuration", "Using config file "];

fn is_rule(line: &str) -> bool {
    line.len() >= 10 && line.bytes().all(|b| b == b'-')
}

/// The closing line: `Your code has been rated at 9.40/10 (previous run: 9.40/10, +0.00)`. Without
/// the bracket it needs its line end, since the bracket could have been cut off.
fn is_rating(line: &Line<'_>) -> bool {
    let number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    let Some(rest) = line.text.strip_prefix("Your code has been rated at ") else { return false };
    let Some((score, rest)) = rest.trim_end().split_once("/10") else { return false };
    let previous = rest.strip_prefix(" (previous run: ").and_then(|rest| rest.strip_suffix(')'));
    let before = previous.and_then(|previous| previous.split_once("/10, "));
    number(score)
        && match before {
            Some((score, change)) => number(score) && number(change),
            None => rest.is_empty() && line.ended,
        }
}

fn detect_text(text: &TextHead<'_>) -> bool {
    let other = |line: &str| line.starts_with(MODULE);
    let rated = |line: &str| line.starts_with("Your code has been rated at ");
    // A clean report has no message to tell its style by; it is the same in all of them.
    text.first.iter().any(|line| text_message(line).is_some())
        || (text.last.iter().any(|line| rated(line)) && !text.first.iter().any(|line| other(line)))
}

pub(super) fn read_lines(
    input: &Input<'_>,
    format: &'static Format,
    style: Style,
) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut state = State::new(style);
    let last = lines::each(&text, |line| {
        state.take(line)?;
        input.limits.check_items(state.findings.list.len())
    })?;
    // An exit status cannot take the place of the rating: it shows that there were warnings, not
    // how many, so half a list would pass for a whole one.
    if !state.rated {
        return Err(lines::unclosed("pylint", last)
            .hint("leave the score on (--score=yes), or write json2, which shows its own end"));
    }
    if let Some((said, found)) = state.disagreement() {
        let message = format!("the tables count {said} messages of a category, {found} are listed");
        return Err(ReadError::new(Code::Contradiction, message));
    }
    check_status(input.exit_status, &state.findings)?;
    Ok(Report::new(format, Body::Findings(state.findings)))
}

/// A text as far as it was read.
struct State {
    style: Style,
    findings: Findings,
    begun: bool,
    /// The last message may go on.
    open: bool,
    /// The line before could be the title of the tables.
    title: bool,
    /// Within the tables of `--reports`.
    in_report: bool,
    /// Of the table "Messages by category": letter and count.
    categories: BTreeMap<char, u64>,
    rated: bool,
}

impl State {
    fn new(style: Style) -> Self {
        Self {
            style,
            findings: Findings::default(),
            begun: false,
            open: false,
            title: false,
            in_report: false,
            categories: BTreeMap::new(),
            rated: false,
        }
    }

    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let first = !std::mem::replace(&mut self.begun, true);
        let title = std::mem::take(&mut self.title);
        let text = line.text.as_ref();
        if self.rated {
            return Err(lines::unknown(line, first, "pylint's text: it follows the rating"));
        }
        let message = (self.style)(text);
        // In R0801 anything may stand below but the next message; the tables hold none.
        if message.is_some() && (self.in_report || (self.open && !self.last_is_duplicate())) {
            return Err(lines::unknown(line, first, "pylint's text here"));
        }
        if let Some(message) = message {
            self.open = message.open;
            self.findings.list.push(finding(message.place, message.category, message.id, message.text));
        } else if is_rating(line) {
            self.rated = true;
            self.open = false;
        } else if self.in_report {
            self.report_row(text);
        } else if title && text.starts_with("===") {
            self.in_report = true;
        } else if text == "Report" {
            self.title = true;
        } else if NOISE.iter().any(|start| text.starts_with(start)) || is_rule(text) {
            // A header or a rule ends the code below R0801 in parseable.
        } else if self.open {
            self.open = split_symbol(text).is_none();
        } else {
            return Err(lines::unknown(line, first, "pylint's text"));
        }
        Ok(())
    }

    fn last_is_duplicate(&self) -> bool {
        self.findings.list.last().is_some_and(|f| f.rule.as_deref() == Some(DUPLICATE))
    }

    /// `|convention |20     |20        |=          |`
    fn report_row(&mut self, text: &str) {
        let mut cells = text.trim_matches('|').split('|').map(str::trim);
        let category = cells.next().and_then(|word| CATEGORIES.iter().find(|c| c.word == word));
        if let (Some(category), Some(Ok(count))) = (category, cells.next().map(str::parse)) {
            self.categories.entry(category.letter).or_insert(count);
        }
    }

    /// A category of which the tables count more than are listed.
    fn disagreement(&self) -> Option<(u64, u64)> {
        CATEGORIES.iter().find_map(|category| {
            let said = *self.categories.get(&category.letter)?;
            let found = of_category(&self.findings, category);
            (said > found).then_some((said, found))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn findings(format: &Format, text: &str, exit_status: Option<i32>) -> Result<Findings, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status, limits: &Limits::default() };
        match (format.read)(&input).map_err(|e| e.code)?.body {
            Body::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    const RATED: &str = "\n-----------------------------------\nYour code has been rated at 9.83/10\n\n";

    #[test]
    fn the_rating_is_the_end() {
        let clean = findings(&TEXT, RATED, None);
        assert_eq!(clean, Ok(Findings::default()));
        let one = "************* Module a\na.py:1:0: W0611: Unused import (os) (unused-import)\n";
        let found = findings(&TEXT, &format!("{one}{RATED}"), Some(4)).unwrap();
        assert_eq!(found.list[0].message, "Unused import (os)");
        assert_eq!(findings(&TEXT, one, None), Err(Code::Truncated));
        assert_eq!(findings(&TEXT, one, Some(4)), Err(Code::Truncated));
        assert_eq!(findings(&TEXT, &format!("{one}{RATED}"), Some(6)), Err(Code::Contradiction));
        for cut in [
            "Your code has been rated at 9.83/10",
            "Your code has been rated at 9.8",
            "Your code has been rated at 9.83/10 (previous run: 9.8\n",
        ] {
            assert!(findings(&TEXT, &format!("{one}{cut}"), None).is_err(), "{cut}");
        }
        assert_eq!(findings(&TEXT, &format!("{RATED}{one}"), None), Err(Code::Malformed));
        assert_eq!(findings(&TEXT, "", Some(0)), Err(Code::Empty));
    }

    #[test]
    fn duplicated_code_spans_lines() {
        let code = "==a:[1:3]\n==b:[1:3]\nimport os\nx.y(1:2: 3)\n";
        let text = format!(
            "a.py:1:0: R0801: Similar lines in 2 files\n{}  z (duplicate-code)\nb.py:2:0: C0114: No (missing)\n{RATED}",
            code
        );
        assert_eq!(findings(&TEXT, &text, None).map(|f| f.list.len()), Ok(2));
        let text = format!("a.py:1: [R0801(duplicate-code), ] Similar lines in 2 files\n{code}{RATED}");
        assert_eq!(findings(&PARSEABLE, &text, None).map(|f| f.list.len()), Ok(1));
    }

    #[test]
    fn the_tables_must_not_count_more_than_is_listed() {
        let tables = |n| format!("\nReport\n======\n3 statements analysed.\n\n|error |{n} |\n{RATED}");
        assert!(findings(&TEXT, &tables(0), None).is_ok());
        assert_eq!(findings(&TEXT, &tables(1), None), Err(Code::Contradiction));
    }

    #[test]
    fn styles_are_told_apart() {
        let text = "a.py:1:0: C0114: Missing module docstring (missing-module-docstring)\n";
        let parseable = "a.py:1: [C0114(missing-module-docstring), ] Missing module docstring\n";
        let head = |text| Head::Text(lines::head(text));
        assert!((TEXT.detect)(&head(text)) && !(PARSEABLE.detect)(&head(text)));
        assert!(!(TEXT.detect)(&head(parseable)) && (PARSEABLE.detect)(&head(parseable)));
        for other in [
            "a.py:1: [E501] line too long\n",
            "a.py:1:1: E501 line too long\n",
            "a.c:1:2: error: x\n",
            "<html>\n",
            "************* Module a\na.py(1): [C0114(m)] Missing\n-----------\nYour code has been rated at 1.00/10\n",
        ] {
            for format in [&TEXT, &PARSEABLE] {
                assert!(!(format.detect)(&head(other)), "{other}");
                assert!(findings(format, other, Some(0)).is_err(), "{other}");
            }
        }
        assert!(findings(&TEXT, &format!("{parseable}{RATED}"), Some(0)).is_err());
        assert!(findings(&PARSEABLE, &format!("{text}{RATED}"), Some(0)).is_err());
    }
}
