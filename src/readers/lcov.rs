//! LCOV tracefiles (`geninfo(1)`), with the records of LCOV 1.x and 2.x and the dialects of
//! coverage.py (`FN:start,end,name`, branches with a text), gcovr, Istanbul and cargo-llvm-cov.
//!
//! Only DA, BRDA, FN/FNDA and FNL/FNA count; LF, LH, BRF, BRH, FNF and FNH are hints, and a notice
//! where they differ. Ignored on purpose: test names, versions, checksums, MCDC, function ends.
//! `-` (never reached) and `0` (not taken) both are missed branches; `U` (unreachable) is none.
//! There is no mark of the end but the last `end_of_record`: a cut behind one cannot be seen here.

use super::detect::{Head, TextHead};
use super::error::{Code, ReadError};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::lines::{self, quote};
use super::pieces::{Pieces, Source, slurp};
use crate::model::coverage::{Coverage, FileCoverage, Lines, MAX_LINE};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "lcov",
    kind: Kind::Coverage,
    tools: "lcov, gcovr, coverage.py, Istanbul (nyc, jest, vitest), cargo-llvm-cov",
    command: "coverage lcov -o coverage.lcov",
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

/// Records that hold nothing we count.
const IGNORED: &[&str] = &["TN", "VER", "MCDC", "MCF", "MCH"];

/// Most unknown records and other oddities that are told apart in notices.
const NOTICES: usize = 8;

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    stream(Source::Whole(input.bytes), input.limits)
}

/// Reads a report in pieces.
pub(super) fn stream(source: Source<'_>, limits: &Limits) -> Result<Report, ReadError> {
    let mut reader = Reader::default();
    match source {
        Source::Whole(bytes) => reader.lines(&lines::decode(bytes)?, true, limits).map(drop)?,
        Source::Stream(head, rest) => match lines::plain(head) {
            Some(head) => reader.pieces(Pieces::new(head, rest, limits), limits)?,
            None => {
                let bytes = slurp(head.to_vec(), rest, limits)?;
                reader.lines(&lines::decode(&bytes)?, true, limits).map(drop)?;
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
                return Err(lines::damaged(damage, self.number + 1));
            }
            if piece.last {
                return Ok(());
            }
        }
    }

    /// Takes the lines that end in `text`, and the rest if nothing follows; returns how far it came.
    fn lines(&mut self, text: &str, last: bool, limits: &Limits) -> Result<usize, ReadError> {
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
            self.number += 1;
            self.line(&text[from..end])?;
            limits.check_items(self.coverage.files.len())?;
            from = end + 1;
        }
        if last {
            self.number += 1;
            // Half a record at the very end is a cut, not a mistake of the writer.
            self.line(&text[from..]).map_err(|error| match error.code {
                Code::Malformed => ReadError { code: Code::Truncated, ..error },
                _ => error,
            })?;
            from = text.len();
        }
        Ok(from)
    }

    /// Takes one line; nearly all are plain counts of lines.
    fn line(&mut self, line: &str) -> Result<(), ReadError> {
        if let (Some(section), Some(count)) = (&mut self.open, line.as_bytes().strip_prefix(b"DA:"))
            && let Some(packed) = plain_count(count)
        {
            section.lines.push(packed);
            return Ok(());
        }
        self.take(line.trim_end(), self.number)
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
                    self.open = Some(Section { path: path.to_owned(), ..Section::default() });
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

/// What became of a record.
enum Taken {
    Yes,
    /// Taken or left out, with a notice.
    Odd(String),
}

/// One file from SF to end_of_record.
#[derive(Default)]
struct Section {
    path: String,
    /// Twice the number of the line, and one more if it was hit.
    lines: Vec<u32>,
    file: FileCoverage,
    /// Edges that occur again in this section, by how often.
    repeated: HashMap<(u32, Box<str>), u32>,
    /// FN: line and name, in order.
    starts: Vec<(u32, Box<str>)>,
    /// FNDA: name and whether it was called, in order.
    calls: Vec<(Box<str>, bool)>,
    /// FNL and FNA by index: the line, the first alias, and whether any was called.
    groups: BTreeMap<u64, Group>,
    hints: Vec<(&'static str, Option<u64>)>,
    has_branches: bool,
    has_functions: bool,
}

#[derive(Default)]
struct Group {
    line: u32,
    name: Box<str>,
    called: bool,
}

impl Section {
    /// Takes one record; `None` if it is not whole.
    fn take(&mut self, record: &str, fields: &str) -> Option<Taken> {
        match record {
            "DA" => return self.line(fields),
            "BRDA" => return self.branch(fields),
            "FN" => self.function(fields)?,
            "FNDA" => {
                let (count, name) = fields.split_once(',')?;
                self.calls.push((name.into(), hit(count)?.0));
                self.has_functions = true;
            }
            "FNL" => self.group(fields)?,
            "FNA" => return self.alias(fields),
            "LF" | "LH" | "BRF" | "BRH" | "FNF" | "FNH" => self.hint(record, fields)?,
            _ if IGNORED.contains(&record) => {}
            _ if is_record(record) => return Some(Taken::Odd(format!("unknown record {record}"))),
            _ => return None,
        }
        Some(Taken::Yes)
    }

    /// `DA:line,count[,checksum]`
    fn line(&mut self, fields: &str) -> Option<Taken> {
        let (line, rest) = fields.split_once(',')?;
        let line = line_number(line)?;
        let (hit, odd) = hit(rest.split_once(',').map_or(rest, |(count, _)| count))?;
        if line == 0 {
            return Some(Taken::Odd("DA of line 0, left out".to_owned()));
        }
        self.lines.push(line << 1 | u32::from(hit));
        Some(if odd { Taken::Odd("a negative count, taken for 0".to_owned()) } else { Taken::Yes })
    }

    /// `BRDA:line,[flags]block,branch,taken`, where the branch may be a text with commas.
    fn branch(&mut self, fields: &str) -> Option<Taken> {
        self.has_branches = true;
        let (line, rest) = fields.split_once(',')?;
        let line = line_number(line)?;
        let (block, rest) = rest.split_once(',')?;
        let (branch, taken) = rest.rsplit_once(',')?;
        let (taken, odd) = if taken == "-" { (false, false) } else { hit(taken)? };
        // Flags: exception, fallthrough, unreachable.
        let number = block.trim_start_matches(['e', 'f', 'U']);
        let flagged = number.starts_with(|c: char| c.is_ascii_digit());
        if flagged && block[..block.len() - number.len()].contains('U') {
            return Some(Taken::Yes);
        }
        if line == 0 {
            return Some(Taken::Odd("BRDA of line 0, left out".to_owned()));
        }
        // Behind the flags, block and branch stand as their identity is spelled.
        let skipped = if flagged { block.len() - number.len() } else { 0 };
        let edge = fields.get(fields.len() - rest.len() - block.len() - 1 + skipped..)?;
        let edge = &edge[..block.len() - skipped + 1 + branch.len()];
        let edges = &mut self.file.branches.entry(line).or_default().edges;
        // The same branch again is another instance of the code: told apart by order, as lcov does.
        if edges.contains_key(edge) {
            let times = self.repeated.entry((line, edge.into())).or_insert(1);
            *times += 1;
            edges.insert(format!("{edge}#{times}").into(), taken);
        } else {
            edges.insert(edge.into(), taken);
        }
        Some(if odd { Taken::Odd("a negative count, taken for 0".to_owned()) } else { Taken::Yes })
    }

    /// `FN:line,[end,]name`, where the name may hold commas.
    fn function(&mut self, fields: &str) -> Option<()> {
        let (line, rest) = fields.split_once(',')?;
        let name = match rest.split_once(',') {
            Some((end, name)) if !end.is_empty() && end.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => rest,
        };
        self.starts.push((line_number(line)?, name.into()));
        self.has_functions = true;
        Some(())
    }

    /// `FNL:index,line[,end]`
    fn group(&mut self, fields: &str) -> Option<()> {
        let (index, rest) = fields.split_once(',')?;
        let line = line_number(rest.split_once(',').map_or(rest, |(line, _)| line))?;
        let group = self.groups.entry(index.parse().ok()?).or_default();
        // An index stands for one function: two lines for it cannot both be true.
        if group.line != 0 && group.line != line {
            return None;
        }
        group.line = line;
        self.has_functions = true;
        Some(())
    }

    /// `FNA:index,count,name`: all aliases of one index are one function.
    fn alias(&mut self, fields: &str) -> Option<Taken> {
        let (index, rest) = fields.split_once(',')?;
        let (count, name) = rest.split_once(',')?;
        let index = index.parse().ok()?;
        let (called, _) = hit(count)?;
        let orphan = !self.groups.contains_key(&index);
        let group = self.groups.entry(index).or_default();
        // The smallest name stands for the group, whatever the order of the aliases.
        if group.name.is_empty() || name < &*group.name {
            group.name = name.into();
        }
        group.called |= called;
        self.has_functions = true;
        Some(if orphan { Taken::Odd("FNA without FNL".to_owned()) } else { Taken::Yes })
    }

    fn hint(&mut self, record: &str, fields: &str) -> Option<()> {
        const HINTS: [&str; 6] = ["LF", "LH", "BRF", "BRH", "FNF", "FNH"];
        let name = HINTS.into_iter().find(|name| *name == record)?;
        if fields.is_empty() {
            return None;
        }
        self.hints.push((name, fields.parse().ok()));
        // A writer that says 0 measures them; the others say nothing.
        self.has_branches |= name.starts_with("BR");
        self.has_functions |= name.starts_with("FN");
        Some(())
    }

    /// The coverage of the file, and whether there were calls of functions that it does not name.
    fn finish(mut self) -> (FileCoverage, bool) {
        self.lines.shrink_to_fit();
        self.file.lines = Lines::collect(self.lines.into_iter().map(|line| (line >> 1, line & 1 == 1)));
        let mut starts: HashMap<Box<str>, VecDeque<u32>> = HashMap::new();
        for (line, name) in &self.starts {
            starts.entry(name.clone()).or_default().push_back(*line);
            self.file.functions.entry((*line, name.clone())).or_default();
        }
        let mut orphans = false;
        for (name, called) in self.calls {
            // The n-th call of a name belongs to its n-th start; calls in excess to the last one.
            let line = starts.get_mut(&name).and_then(|lines| match lines.len() {
                0 | 1 => lines.front().copied(),
                _ => lines.pop_front(),
            });
            orphans |= line.is_none();
            *self.file.functions.entry((line.unwrap_or(0), name)).or_default() |= called;
        }
        for group in self.groups.into_values() {
            *self.file.functions.entry((group.line, group.name)).or_default() |= group.called;
        }
        (self.file, orphans)
    }
}

/// Whether a word can name a record: capitals.
fn is_record(word: &str) -> bool {
    (2..=12).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn line_number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|line| *line <= MAX_LINE)
}

/// `12,3`, as a line packed: nothing but a number of a line and a count.
fn plain_count(fields: &[u8]) -> Option<u32> {
    let comma = fields.iter().position(|b| !b.is_ascii_digit()).filter(|n| (1..10).contains(n))?;
    let (line, count) = fields.split_at(comma);
    let [b',', count @ ..] = count else { return None };
    if count.is_empty() || !count.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let line = line.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    let hit = count.iter().any(|digit| *digit != b'0');
    (1..=MAX_LINE).contains(&line).then_some(line << 1 | u32::from(hit))
}

/// Whether a count says "hit", and whether it is negative. Counts may be beyond 64 bits, or written
/// as floating-point numbers.
fn hit(count: &str) -> Option<(bool, bool)> {
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    if digits {
        return Some((count.bytes().any(|b| b != b'0'), false));
    }
    let numeric = count.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let value: f64 = count.parse().ok().filter(|_| numeric)?;
    Some((value > 0.0, value < 0.0))
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
