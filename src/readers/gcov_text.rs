//! gcov's text (`NAME.gcov`, GCC 8 to 14, with or without `-b`, `-c`, `-H`, `-m`): the source with
//! counts in front.
//!
//! `-` is no code; `#####` (never executed) and `=====` (never executed, on the path of an exception)
//! are missed lines; `12*` was executed, though not all of its blocks. A line that occurs again, for
//! an instantiation of a template, is hit if it ever is. Branches are by line and number: "taken 0%"
//! and "never executed" are missed. A function is what `function` names before its first line.
//! There is no mark of the end: a cut between two lines cannot be seen here.
//!
//! Ignored on purpose: calls, unconditional branches, conditions (MC/DC), single blocks (`-a`).

use super::coverage_draft::{Draft, line};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines::{self, unknown};
use crate::model::coverage::Coverage;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "gcov-text",
    kind: Kind::Coverage,
    tools: "gcov (GCC)",
    command: "gcov -b -c build/stock.gcda",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|first| source(first).is_some()),
        _ => false,
    },
    read,
};

/// Beginnings of lines that hold nothing we count.
const IGNORED: &[&str] = &["call ", "unconditional ", "condition "];

/// What is counted: `count:line:text`, where the count may be `-`.
struct Counted<'a> {
    /// `None` where there is no code.
    hit: Option<bool>,
    number: u64,
    text: &'a str,
}

fn counted(text: &str) -> Option<Counted<'_>> {
    let (count, rest) = text.split_once(':')?;
    let (number, text) = rest.split_once(':')?;
    let number = number.trim().parse().ok()?;
    let hit = match count.trim() {
        "-" => None,
        "#####" | "=====" => Some(false),
        count => Some(is_hit(count.strip_suffix('*').unwrap_or(count))?),
    };
    Some(Counted { hit, number, text })
}

/// Whether a number is more than none; `-H` writes `1.2k`.
fn is_hit(count: &str) -> Option<bool> {
    let number = count.trim_end_matches(|c: char| "kMGTPEZY".contains(c));
    let numeric = !number.is_empty()
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && count.len() - number.len() <= 1;
    numeric.then(|| number.bytes().any(|b| matches!(b, b'1'..=b'9')))
}

/// The path of a `-:    0:Source:` line.
fn source(text: &str) -> Option<&str> {
    let first = counted(text).filter(|first| first.number == 0 && first.hit.is_none())?;
    first.text.strip_prefix("Source:").filter(|path| !path.trim().is_empty())
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut reader = Reader::default();
    for line in lines::all(&text) {
        // Lines begin with blanks: a last one of nothing else is cut too.
        if !line.ended {
            let message = format!("the last line {} has no end", quote(&line.text));
            return Err(ReadError::new(Code::Truncated, message).at(line.number, None));
        }
        if !line.text.trim().is_empty() && reader.take(&line.text).is_none() {
            return Err(unknown(&line, reader.open.is_none(), "gcov's text"));
        }
        input.limits.check_items(reader.coverage.files.len())?;
    }
    reader.close();
    Ok(Report::new(&FORMAT, Body::Coverage(reader.coverage)))
}

#[derive(Default)]
struct Reader {
    coverage: Coverage,
    open: Option<(String, Draft)>,
    /// The latest source line.
    line: u32,
    /// Functions that begin on the next source line.
    functions: Vec<(String, bool)>,
    /// The latest line was a rule, behind which the name of an instantiation may stand.
    ruled: bool,
}

impl Reader {
    /// Takes one line; `None` if no rule knows it.
    fn take(&mut self, text: &str) -> Option<()> {
        if let Some(path) = source(text) {
            self.close();
            self.open = Some((path.to_owned(), Draft::default()));
            return Some(());
        }
        let (_, draft) = self.open.as_mut()?;
        if let Some(rest) = text.strip_prefix("function ") {
            let (name, counts) = rest.rsplit_once(" called ")?;
            self.functions.push((name.to_owned(), is_hit(counts.split(' ').next()?)?));
            self.coverage.has_functions = true;
            return Some(());
        }
        if let Some(rest) = text.strip_prefix("branch ") {
            let (number, state) = rest.trim_start().split_once(' ')?;
            let taken = branch(state)?;
            draft.edge(line(self.line.into())?, number.parse::<u32>().ok()?.to_string(), taken);
            self.coverage.has_branches = true;
            return Some(());
        }
        let rule = text.bytes().all(|b| b == b'-');
        let name = std::mem::replace(&mut self.ruled, rule) && text.ends_with(':');
        if rule || name || IGNORED.iter().any(|word| text.starts_with(word)) {
            return Some(());
        }
        if text.trim_start().starts_with(['%', '$']) || is_block(text) {
            return Some(());
        }
        let counted = counted(text)?;
        if counted.number == 0 {
            return counted.hit.is_none().then_some(());
        }
        self.line = line(counted.number)?;
        for (name, called) in self.functions.drain(..) {
            draft.function(self.line, &name, called);
        }
        if let Some(hit) = counted.hit {
            draft.line(self.line, hit);
        }
        Some(())
    }

    fn close(&mut self) {
        if let Some((path, mut draft)) = self.open.take() {
            // A function without a line of its own is a function all the same.
            self.functions.drain(..).for_each(|(name, called)| draft.function(0, &name, called));
            self.coverage.files.entry(path).or_default().merge(draft.finish());
        }
        self.line = 0;
    }
}

/// Whether a branch was taken: `taken 3`, `taken 50% (fallthrough)`, `never executed`.
fn branch(state: &str) -> Option<bool> {
    if state.starts_with("never executed") {
        return Some(false);
    }
    let count = state.strip_prefix("taken ")?.split(' ').next()?;
    is_hit(count.strip_suffix('%').unwrap_or(count))
}

/// `        1:    7-block  0`
fn is_block(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, rest)| {
        rest.trim_start().split_once("-block").is_some_and(|(n, _)| is_hit(n).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;

    use crate::readers::testing;

    fn report(text: &str) -> Result<Coverage, ReadError> {
        testing::coverage(read, text).map(|read| read.0)
    }

    const HEAD: &str = "        -:    0:Source:/w/a.cpp\n        -:    0:Runs:1\n";

    #[test]
    fn counts_of_every_kind() {
        let found = report(&format!(
            "{HEAD}        -:    1:// x: 1:2\nfunction f(int, int) called 0 returned 0% blocks executed 0%\n    #####:    2:int f() {{\n\
             \x20   =====:    3:  throw 1;\n     1.2k*:    4:  a ? b : c;\nbranch  0 taken 50% (fallthrough)\nbranch  1 taken 0%\nbranch  2 never executed\n\
             call    3 returned 100%\n------------------\n_Z1fIiE:\n    #####:    4:  a ? b : c;\nbranch  1 taken 1\n    %%%%%:    4-block  0\n        2:    4-block  1\n------------------\n"
        ))
        .unwrap();
        assert_eq!((found.lines(), found.branches()), (Ratio::new(1, 3), Some(Ratio::new(2, 3))));
        assert_eq!(found.functions(), Some(Ratio::new(0, 1)));
        assert_eq!(report(&format!("{HEAD}        1:    1:x\n")).unwrap().branches(), None);
    }

    #[test]
    fn what_is_not_gcovs_is_refused() {
        for (text, code) in [
            ("", Code::Empty),
            ("hello\n", Code::WrongFormat),
            ("        1:    1:x\n", Code::WrongFormat),
            ("        -:    0:Source:/w/a.cpp", Code::Truncated),
            (&format!("{HEAD}hello\n"), Code::Malformed),
            (&format!("{HEAD}hello:\n"), Code::Malformed),
            (&format!("{HEAD}      x:    1:int\n"), Code::Malformed),
            (&format!("{HEAD}      1:    1:x\nbranch  0 taken\n"), Code::Malformed),
            (&format!("{HEAD}branch  0 taken 1\n"), Code::Malformed),
            (&format!("{HEAD}      1:  4294967296:x\n"), Code::Malformed),
            (&format!("{HEAD}      1:    1:x"), Code::Truncated),
        ] {
            assert_eq!(report(text).unwrap_err().code, code, "{text:?}");
        }
    }
}
