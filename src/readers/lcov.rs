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
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::lcov_section::{Section, Taken};
use super::pieces::{Pieces, Source, slurp};
use crate::model::coverage::Coverage;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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

/// Most unknown records and other oddities that are told apart in notices.
const NOTICES: usize = 8;

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    stream(Source::Whole(input.bytes), input.limits)
}

/// Reads a report in pieces.
pub(super) fn stream(source: Source<'_>, limits: &Limits) -> Result<Report, ReadError> {
    let mut reader = Reader::default();
    match source {
        Source::Whole(bytes) => reader.lines(&encoding::text(bytes)?, true, limits).map(drop)?,
        Source::Stream(head, rest) => match encoding::plain_text(head) {
            Some(head) => reader.pieces(Pieces::new(head, rest, limits), limits)?,
            None => {
                let bytes = slurp(head.to_vec(), rest, limits)?;
                reader.lines(&encoding::text(&bytes)?, true, limits).map(drop)?;
            }
        },
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    coverage: Coverage,
    open: Option<Section>,
    /// A TN was read, of which no record has followed yet.
    named: bool,
    /// Oddities: where first, and how often.
    notices: BTreeMap<String, (String, u64)>,
    /// 1-based number of the latest line.
    number: u64,
    /// A line held something.
    filled: bool,
}

impl Reader {
    fn pieces(&mut self, mut pieces: Pieces<'_>, limits: &Limits) -> Result<(), ReadError> {
        let mut taken = 0;
        loop {
            let piece = pieces.next(taken)?;
            taken = self.lines(piece.text, piece.last, limits)?;
            if let Some(damage) = piece.damage {
                let half = &piece.text[taken..];
                return Err(encoding::damaged(damage, (self.number + 1, 1 + half.chars().count() as u64)));
            }
            if piece.last {
                return Ok(());
            }
        }
    }

    /// Takes the lines that end in `text`, and the rest if nothing follows; returns how far it came.
    fn lines(&mut self, text: &str, last: bool, limits: &Limits) -> Result<usize, ReadError> {
        let (bytes, mut from) = (text.as_bytes(), 0);
        loop {
            if let Some(length) = self.open.as_mut().and_then(|section| section.plain(&bytes[from..])) {
                self.number += 1;
                from += length;
                continue;
            }
            let Some(length) = memchr::memchr(b'\n', &bytes[from..]) else { break };
            self.number += 1;
            self.take(text[from..from + length].trim_end(), self.number)?;
            limits.check_items(self.coverage.files.len())?;
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

    fn finish(self) -> Result<Report, ReadError> {
        let number = self.number;
        if let Some(open) = self.open {
            let what = format!("the record of {} has no end_of_record", quote(&open.path));
            return Err(ReadError::new(Code::Truncated, what).at(number, None));
        }
        if !self.filled {
            return Err(ReadError::new(Code::Empty, "the file is empty"));
        }
        if self.coverage.files.is_empty() {
            return Err(ReadError::new(Code::WrongFormat, "no SF record: not an LCOV tracefile"));
        }
        if self.named {
            let what = "a TN without the record that follows it";
            return Err(ReadError::new(Code::Truncated, what).at(number, None));
        }
        let notices = self.notices.into_iter().map(|(what, (place, count))| match count {
            1 => format!("{what} ({place})"),
            _ => format!("{what} ({count} times, first at {place})"),
        });
        Ok(Report { notices: notices.collect(), ..Report::new(&FORMAT, Body::Coverage(self.coverage)) })
    }

    /// Takes one line.
    fn take(&mut self, line: &str, number: u64) -> Result<(), ReadError> {
        self.filled |= !line.is_empty();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let refuse =
            |code, what: &str| Err(ReadError::new(code, format!("{what}: {}", quote(line))).at(number, None));
        let Some(section) = &mut self.open else {
            return match line.split_once(':') {
                Some(("SF", path)) if !path.is_empty() => {
                    self.named = false;
                    self.open = Some(Section::of(path));
                    Ok(())
                }
                Some(("SF", _)) => refuse(Code::Malformed, "a record without a path"),
                Some(("TN", _)) => {
                    self.named = true;
                    Ok(())
                }
                _ if self.coverage.files.is_empty() => refuse(Code::WrongFormat, "not an LCOV record"),
                _ => refuse(Code::Malformed, "a line outside SF and end_of_record"),
            };
        };
        if line == "end_of_record" {
            self.close();
            return Ok(());
        }
        match line.split_once(':') {
            // The file before it was cut off, and another report was appended to it.
            Some(("SF", _)) => refuse(Code::Truncated, "a new record before end_of_record"),
            Some((record, fields)) => match section.take(record, fields) {
                Some(Taken::Yes) => Ok(()),
                Some(Taken::Odd(what)) => {
                    self.notice(what, || format!("line {number}"));
                    Ok(())
                }
                None => refuse(Code::Malformed, "a record that is not whole"),
            },
            None => refuse(Code::Malformed, "not an LCOV record"),
        }
    }

    /// Counts an oddity; of very many only the first few.
    fn notice(&mut self, what: String, place: impl FnOnce() -> String) {
        let room = self.notices.len() < NOTICES;
        match self.notices.entry(what) {
            Entry::Occupied(known) => known.into_mut().1 += 1,
            Entry::Vacant(new) if room => {
                new.insert((place(), 1));
            }
            Entry::Vacant(_) => {}
        }
    }

    /// Moves the open section into the coverage.
    fn close(&mut self) {
        let Some(section) = self.open.take() else { return };
        let path = section.path.clone();
        self.coverage.has_branches |= section.has_branches;
        self.coverage.has_functions |= section.has_functions;
        let hints = section.hints.clone();
        let (file, orphans) = section.finish();
        for (hint, said) in hints {
            let found = match hint {
                "LF" => file.lines.ratio().total,
                "LH" => file.lines.ratio().covered,
                "BRF" => file.branch_ratio().total,
                "BRH" => file.branch_ratio().covered,
                "FNF" => file.function_ratio().total,
                _ => file.function_ratio().covered,
            };
            if said != Some(found) {
                self.notice(format!("{hint} differs from the records, which count"), || quote(&path));
            }
        }
        if orphans {
            self.notice("FNDA without FN, taken for a function of an unknown line".to_owned(), || {
                quote(&path)
            });
        }
        match self.coverage.files.entry(path) {
            Entry::Vacant(new) => {
                new.insert(file);
            }
            Entry::Occupied(known) => known.into_mut().merge(file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Ratio;

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
