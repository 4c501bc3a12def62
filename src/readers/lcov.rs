//! LCOV tracefiles (`geninfo(1)`), with the records of LCOV 1.x and 2.x and the dialects of
//! coverage.py (`FN:start,end,name`, branches with a text), gcovr, Istanbul and cargo-llvm-cov.
//!
//! Only DA, BRDA, FN/FNDA and FNL/FNA count; LF, LH, BRF, BRH, FNF and FNH are hints, and a notice
//! where they differ. Ignored on purpose: test names, versions, checksums, MCDC, function ends.
//! `-` (never reached) and `0` (not taken) both are missed branches; `U` (unreachable) is none.
//! There is no mark of the end but the last `end_of_record`: a cut behind one cannot be seen here.

use super::detect::{Head, TextHead};
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Limits, Report};
use super::lcov_section::{Closed, Section, Taken};
use super::lcov_whole::Whole;
use super::pieces::{self, Damage, Reading, Source};
use std::borrow::Cow;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "lcov",
    kind: Kind::Coverage,
    tools: "lcov, gcovr, coverage.py, Istanbul (nyc, jest, vitest), cargo-llvm-cov",
    command: "coverage lcov -o reports/coverage.lcov",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => detect(text),
        _ => false,
    },
    read,
};

fn detect(text: &TextHead<'_>) -> bool {
    let mut records = text.first.iter().filter(|line| !line.starts_with('#'));
    let begins = records.next().is_some_and(|line| line.starts_with("TN:") || line.starts_with("SF:"));
    begins && text.first.iter().any(|line| line.starts_with("SF:"))
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    stream(Source::Whole(input.bytes), input.limits)
}

/// Reads a report in pieces.
pub(super) fn stream(source: Source<'_>, limits: &Limits) -> Result<Report, ReadError> {
    let mut whole = Whole::default();
    let reader = pieces::read(Reader::default(), source, limits, |found| whole.add(found, limits))?;
    reader.check_end()?;
    Ok(whole.finish())
}

/// The place in a report: what is open there, and what was found since it was asked for last.
#[derive(Clone, Default)]
struct Reader {
    section: Section,
    /// It is open.
    open: bool,
    /// A TN was read, of which no record has followed yet.
    named: bool,
    /// 1-based number of the latest line.
    number: u64,
    /// A line held something; a section was closed.
    filled: bool,
    closed: bool,
    found: Vec<Closed>,
}

impl Reading for Reader {
    type Found = Vec<Closed>;

    fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
        encoding::text(bytes)
    }

    fn in_pieces(head: &[u8]) -> Option<&[u8]> {
        encoding::plain_text(head)
    }

    fn border(bytes: &[u8]) -> Option<usize> {
        let end = memchr::memmem::rfind(bytes, b"\nend_of_record")? + 1;
        memchr::memchr(b'\n', &bytes[end..]).map(|length| end + length + 1)
    }

    fn read(&mut self, text: &str, last: bool) -> Result<usize, ReadError> {
        self.lines(text, last)
    }

    fn found(&mut self) -> Vec<Closed> {
        std::mem::take(&mut self.found)
    }

    fn afresh(&self) -> Option<Self> {
        let known = Self { filled: self.filled, closed: self.closed, ..Self::default() };
        (!self.open && !self.named).then_some(known)
    }

    fn is_like(&self, other: &Self) -> bool {
        let between = |reader: &Self| !reader.open && !reader.named;
        between(self) && between(other) && (self.filled, self.closed) == (other.filled, other.closed)
    }

    fn follow(&mut self, ahead: Self) -> Vec<Closed> {
        let before = self.number;
        *self = ahead;
        self.number += before;
        let mut found = self.found();
        let oddities = found.iter_mut().flat_map(|section| &mut section.oddities);
        oddities.for_each(|oddity| oddity.line += before);
        found
    }

    fn damaged(&self, damage: Damage, rest: &str) -> ReadError {
        encoding::damaged(damage, (self.number + 1, 1 + rest.chars().count() as u64))
    }
}

impl Reader {
    /// Takes the lines that end in `text`, and the rest if nothing follows; returns how far it came.
    fn lines(&mut self, text: &str, last: bool) -> Result<usize, ReadError> {
        let (bytes, mut from) = (text.as_bytes(), 0);
        loop {
            if self.open
                && let Some(length) = self.section.plain(&bytes[from..])
            {
                self.number += 1;
                from += length;
                continue;
            }
            let Some(length) = memchr::memchr(b'\n', &bytes[from..]) else { break };
            self.number += 1;
            self.take(text[from..from + length].trim_end(), self.number)?;
            from += length + 1;
        }
        if last {
            self.number += 1;
            // Half a record at the very end is a cut, not a mistake of the writer.
            self.take(text[from..].trim_end(), self.number).map_err(|error| match error.code {
                Code::Malformed => ReadError { code: Code::Truncated, ..error },
                _ => error,
            })?;
            from = text.len();
        }
        Ok(from)
    }

    /// Whether the report may end here.
    fn check_end(&self) -> Result<(), ReadError> {
        if self.open {
            let what = format!("the record of {} has no end_of_record", quote(&self.section.path));
            return Err(ReadError::new(Code::Truncated, what).at(self.number, None));
        }
        if !self.filled {
            return Err(ReadError::new(Code::Empty, "the file is empty"));
        }
        if !self.closed {
            return Err(ReadError::new(Code::WrongFormat, "no SF record: not an LCOV tracefile"));
        }
        if self.named {
            let what = "a TN without the record that follows it";
            return Err(ReadError::new(Code::Truncated, what).at(self.number, None));
        }
        Ok(())
    }

    /// Takes one line.
    fn take(&mut self, line: &str, number: u64) -> Result<(), ReadError> {
        self.filled |= !line.is_empty();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let refuse =
            |code, what: &str| Err(ReadError::new(code, format!("{what}: {}", quote(line))).at(number, None));
        if !self.open {
            return match line.split_once(':') {
                Some(("SF", path)) if !path.is_empty() => {
                    self.named = false;
                    self.section.open(path);
                    self.open = true;
                    Ok(())
                }
                Some(("SF", _)) => refuse(Code::Malformed, "a record without a path"),
                Some(("TN", _)) => {
                    self.named = true;
                    Ok(())
                }
                _ if !self.closed => refuse(Code::WrongFormat, "not an LCOV record"),
                _ => refuse(Code::Malformed, "a line outside SF and end_of_record"),
            };
        }
        if line == "end_of_record" {
            self.found.push(self.section.close());
            (self.open, self.closed) = (false, true);
            return Ok(());
        }
        match line.split_once(':') {
            // The file before it was cut off, and another report was appended to it.
            Some(("SF", _)) => refuse(Code::Truncated, "a new record before end_of_record"),
            Some((record, fields)) => match self.section.take(record, fields) {
                Some(Taken::Yes) => Ok(()),
                Some(Taken::Odd(what)) => {
                    self.section.note(what, number);
                    Ok(())
                }
                None => refuse(Code::Malformed, "a record that is not whole"),
            },
            None => refuse(Code::Malformed, "not an LCOV record"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::coverage::Coverage;
    use crate::model::ratio::Ratio;
    use crate::readers::Body;

    fn report(text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        let report = read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })?;
        match report.body {
            Body::Coverage(coverage) => Ok((coverage, report.notices)),
            other => panic!("{other:?}"),
        }
    }

    fn section(records: &str) -> Coverage {
        report(&format!("TN:\nSF:a.c\n{records}\nend_of_record\n")).unwrap().0
    }

    #[test]
    fn counts_of_every_kind() {
        let found = section(
            "DA:1,1\nDA:2,0\nDA:3,-4\nDA:4,1.5e+20\nDA:5,99999999999999999999\nDA:6,3,ab/+=\nDA:7,0.0",
        );
        assert_eq!(found.lines(), Ratio::new(4, 7));
        assert_eq!(section("DA:2,0\nDA:2,1\nDA:2,0").lines(), Ratio::new(1, 1));
        assert_eq!(found.branches(), None);
        assert_eq!(found.functions(), None);
    }

    #[test]
    fn branches_of_every_kind() {
        for (records, want) in [
            ("BRDA:1,0,0,-\nBRDA:1,0,1,0\nBRDA:1,0,2,5", (1, 3)),
            ("BRDA:2,0,jump to line 3,-\nBRDA:2,0,jump to line 4,1", (1, 2)),
            ("BRDA:2,0,if (a, b),1\nBRDA:2,0,if (a, c),0", (1, 2)),
            ("BRDA:2,e0,1,0\nBRDA:2,fU0,2,0\nBRDA:2,U0,3,9\nBRDA:2,f1,0,1", (1, 2)),
            ("BRDA:2,0,0,1\nBRDA:2,0,1,0\nBRDA:2,0,0,0\nBRDA:2,0,1,1", (2, 4)),
            ("BRDA:0,0,0,1\nBRDA:1,0,0,1", (1, 1)),
            ("BRDA:1,0,0,-1", (0, 1)),
            ("BRF:0\nBRH:0", (0, 0)),
        ] {
            assert_eq!(section(records).branches(), Some(Ratio::new(want.0, want.1)), "{records}");
        }
    }

    #[test]
    fn functions_of_every_kind() {
        for (records, want) in [
            ("FN:1,f\nFN:5,g\nFNDA:2,f\nFNDA:0,g", (1, 2)),
            ("FN:1,4,f\nFNDA:1,f", (1, 1)),
            ("FN:1,g(int, int)\nFNDA:1,g(int, int)", (1, 1)),
            ("FN:1,f\nFN:9,f\nFNDA:1,f\nFNDA:0,f", (1, 2)),
            ("FN:1,f", (0, 1)),
            ("FNDA:0,f", (0, 1)),
            ("FNL:0,3,9\nFNA:0,0,f<int>\nFNA:0,2,f<char>\nFNL:1,12\nFNA:1,0,g", (1, 2)),
            ("FNF:0\nFNH:0", (0, 0)),
        ] {
            assert_eq!(section(records).functions(), Some(Ratio::new(want.0, want.1)), "{records}");
        }
    }

    #[test]
    fn a_windows_path_and_several_sections_of_one_file() {
        let text = "SF:C:\\src\\x.c\nDA:1,0\nDA:2,1\nend_of_record\n# comment\nTN:two\nSF:C:\\src\\x.c\nVER:1\nDA:1,1\nMCDC:1,2,t,0,0,x\nend_of_record\n";
        let (found, notices) = report(text).unwrap();
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["C:\\src\\x.c"]);
        assert_eq!(found.lines(), Ratio::new(2, 2));
        assert_eq!(notices, Vec::<String>::new());
        assert_eq!(report(&text.replace('\n', "\r\n")).unwrap().0, found);
    }

    #[test]
    fn hints_and_unknown_records_are_notices() {
        let (found, notices) = report("SF:a\nDA:1,1\nLF:4\nLH:1\nXYZ:1\nXYZ:2\nend_of_record\n").unwrap();
        assert_eq!(found.lines(), Ratio::new(1, 1));
        assert_eq!(notices.len(), 2, "{notices:?}");
        assert!(notices.iter().any(|n| n.starts_with("unknown record XYZ (2 times")), "{notices:?}");
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for (text, code) in [
            ("", Code::Empty),
            ("TN:\n", Code::WrongFormat),
            ("<!DOCTYPE html>\n<a href=\"x:y\">", Code::WrongFormat),
            ("ERROR: no data\n", Code::WrongFormat),
            ("SF:a\n", Code::Truncated),
            ("SF:a\nDA:1,1\n", Code::Truncated),
            ("SF:a\nDA:1", Code::Truncated),
            ("SF:a\nDA:1,1\nend_of_rec", Code::Truncated),
            ("SF:a\nDA:1,1\nend_of_record\nTN:\n", Code::Truncated),
            ("SF:a\nDA:1,1\nSF:b\nend_of_record\n", Code::Truncated),
            ("SF:\nend_of_record\n", Code::Malformed),
            ("SF:a\nDA:1\nend_of_record\n", Code::Malformed),
            ("SF:a\nDA:1,\nend_of_record\n", Code::Malformed),
            ("SF:a\nDA:1,NaN\nend_of_record\n", Code::Malformed),
            ("SF:a\nDA:1,inf\nend_of_record\n", Code::Malformed),
            ("SF:a\nDA:-1,1\nend_of_record\n", Code::Malformed),
            ("SF:a\nDA:4294967295,1\nend_of_record\n", Code::Malformed),
            ("SF:a\nBRDA:1,0,1\nend_of_record\n", Code::Malformed),
            ("SF:a\nFN:1\nend_of_record\n", Code::Malformed),
            ("SF:a\nFNL:0,1\nFNL:0,2\nend_of_record\n", Code::Malformed),
            ("SF:a\nhello\nend_of_record\n", Code::Malformed),
            ("SF:a\nend_of_record\nDA:1,1\n", Code::Malformed),
        ] {
            assert_eq!(report(text).unwrap_err().code, code, "{text:?}");
        }
    }
}
