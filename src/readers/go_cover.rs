//! Go's coverage profile (`go test -coverprofile`, `go tool covdata textfmt`): a `mode:` line, then
//! `file:line.column,line.column statements count` for each block.
//!
//! Go counts **statements**: that is what `go tool cover -func` prints. Equal blocks are one block
//! (`-coverpkg` repeats each for every test binary); with another number of statements they are a
//! contradiction. Lines are a projection, for `lines` and `changed-lines`: a line is hit if a block on
//! it is; blocks without statements have none, nor has a last line that holds only a `}` in the first
//! column. Concatenated profiles repeat the `mode:` line. Paths are import paths, which placement
//! resolves by go.mod. Nothing is ignored.

use super::coverage_draft::{Draft, Spanned, line};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::lines::{self, Line, unknown};
use crate::model::coverage::{Block, Coverage, Span};
use std::collections::HashMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "go-coverprofile",
    kind: Kind::Coverage,
    tools: "go test",
    command: "go test -coverprofile=reports/cover.out ./...",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| mode(line).is_some()),
        _ => false,
    },
    read,
};

/// The mode of a `mode:` line.
fn mode(line: &str) -> Option<&str> {
    line.strip_prefix("mode: ").filter(|mode| matches!(*mode, "set" | "count" | "atomic"))
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut reader = Reader::new(input.limits);
    for line in lines::filled(&text) {
        // Go ends every line; a last one without an end may have been longer.
        if !line.ended {
            let message = format!("the last line {} has no end", quote(&line.text));
            return Err(ReadError::new(Code::Truncated, message).at(line.number, None));
        }
        reader.take(&line)?;
    }
    reader.finish()
}

struct Reader<'a> {
    limits: &'a Limits,
    mode: Option<String>,
    /// Files by path, in the order of `drafts`.
    names: HashMap<String, usize>,
    drafts: Vec<Draft>,
    spanned: Spanned,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self { limits, mode: None, names: HashMap::new(), drafts: Vec::new(), spanned: Spanned::default() }
    }

    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        if let Some(mode) = mode(&line.text) {
            return match &self.mode {
                Some(known) if known != mode => {
                    let message =
                        format!("mode {mode} after mode {known}: profiles of two kinds in one file");
                    Err(ReadError::new(Code::Contradiction, message).at(line.number, None))
                }
                _ => {
                    self.mode = Some(mode.to_owned());
                    Ok(())
                }
            };
        }
        if self.mode.is_none() {
            return Err(unknown(line, true, "a Go coverage profile"));
        }
        let (path, span, block) =
            parse(&line.text).ok_or_else(|| unknown(line, false, "a Go coverage profile"))?;
        self.block(path, span, block).map_err(|error| error.at(line.number, None))
    }

    fn block(&mut self, path: &str, span: Span, block: Block) -> Result<(), ReadError> {
        let next = self.drafts.len();
        let index = match self.names.get(path) {
            Some(index) => *index,
            None => {
                self.limits.check_items(next + 1)?;
                self.names.insert(path.to_owned(), next);
                self.drafts.push(Draft::default());
                next
            }
        };
        let statements = &mut self.drafts[index].file.statements;
        let known = statements.entry(span).or_insert(Block { hit: false, ..block });
        if known.statements != block.statements {
            let (one, other) = (known.statements, block.statements);
            let message = format!("one block of {} has {one} statements and {other}", quote(path));
            let hint = "the profile holds runs of different sources: make it again";
            return Err(ReadError::new(Code::Contradiction, message).hint(hint));
        }
        known.hit |= block.hit;
        Ok(())
    }

    fn finish(mut self) -> Result<Report, ReadError> {
        let mut coverage = Coverage { has_statements: true, ..Coverage::default() };
        for (path, index) in self.names {
            let mut draft = std::mem::take(&mut self.drafts[index]);
            let blocks: Vec<_> = draft.file.statements.iter().map(|(span, block)| (*span, *block)).collect();
            for ([first, _, last, column], block) in blocks {
                let last = if column <= 2 && last > first { last - 1 } else { last };
                if block.statements > 0 {
                    self.spanned.lines(first, last)?.for_each(|number| draft.line(number, block.hit));
                }
            }
            coverage.files.insert(path, draft.finish());
        }
        let mut notices = Vec::new();
        if coverage.files.is_empty() {
            notices.push("only a mode line: no test binary wrote its counts".to_owned());
        }
        Ok(Report { notices, ..Report::new(&FORMAT, Body::Coverage(coverage)) })
    }
}

/// `file:line.column,line.column statements count`, from the right: the path may hold anything.
fn parse(text: &str) -> Option<(&str, Span, Block)> {
    let (rest, count) = text.rsplit_once(' ')?;
    let (rest, statements) = rest.rsplit_once(' ')?;
    let (path, range) = rest.rsplit_once(':')?;
    let (start, end) = range.split_once(',')?;
    let position = |text: &str| -> Option<(u32, u32)> {
        let (number, column) = text.split_once('.')?;
        Some((line(digits(number)?.parse().ok()?)?, digits(column)?.parse().ok()?))
    };
    let (start, end) = (position(start)?, position(end)?);
    let hit = digits(count)?.bytes().any(|b| b != b'0');
    let statements = digits(statements)?.parse().ok()?;
    (!path.is_empty() && start <= end).then_some((
        path,
        [start.0, start.1, end.0, end.1],
        Block { statements, hit },
    ))
}

fn digits(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;
    use crate::readers::testing;

    fn report(text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(read, text)
    }

    #[test]
    fn equal_blocks_are_one_and_modes_may_repeat() {
        let (found, _) = report(
            "mode: count\na/b.go:1.10,4.2 3 0\na/b.go:6.1,6.9 2 0\nmode: count\na/b.go:1.10,4.2 3 99999999999999999999\n",
        )
        .unwrap();
        assert_eq!(found.statements(), Some(Ratio::new(3, 5)));
        // The line of the closing brace is none.
        assert_eq!(found.lines(), Ratio::new(3, 4));
        assert_eq!(found.branches(), None);
    }

    #[test]
    fn blocks_share_lines_and_empty_ones_have_none() {
        let (found, _) =
            report("mode: set\nC:/a b.go:1.2,3.9 1 1\nC:/a b.go:3.9,5.4 2 0\nC:/a b.go:8.2,9.4 0 0\n")
                .unwrap();
        assert_eq!(found.files["C:/a b.go"].lines.iter().filter(|l| l.1).count(), 3);
        assert_eq!((found.lines(), found.statements()), (Ratio::new(3, 5), Some(Ratio::new(1, 3))));
    }

    #[test]
    fn only_a_mode_line_is_no_data() {
        let (found, notices) = report("mode: set\n").unwrap();
        assert_eq!((found.statements(), notices.len()), (Some(Ratio::new(0, 0)), 1));
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for (text, code) in [
            ("", Code::Empty),
            ("mode: set", Code::Truncated),
            ("mode: set\na.go:1.1,2.2 1 1", Code::Truncated),
            ("a.go:1.1,2.2 1 1\n", Code::WrongFormat),
            ("mode: other\na.go:1.1,2.2 1 1\n", Code::WrongFormat),
            ("mode: set\nmode: count\n", Code::Contradiction),
            ("mode: set\na.go:1.1,2.2 1 1\na.go:1.1,2.2 2 1\n", Code::Contradiction),
            ("mode: set\nok  \tdesk\t0.1s\n", Code::Malformed),
            ("mode: set\na.go:1.1,2.2 1 -1\n", Code::Malformed),
            ("mode: set\na.go:2.1,1.2 1 1\n", Code::Malformed),
            ("mode: set\na.go:0.1,1.2 1 1\n", Code::Malformed),
            ("mode: set\n:1.1,1.2 1 1\n", Code::Malformed),
            ("mode: set\na.go:1.1,1.2 1\n", Code::Malformed),
            ("mode: set\na.go:1.1,900000000.2 1 1\n", Code::Limit),
        ] {
            assert_eq!(report(text).unwrap_err().code, code, "{text:?}");
        }
    }
}
