//! One file of an LCOV tracefile, from SF to end_of_record: its records and what they add up to.

use super::digits;
use super::lcov_functions::Told;
use crate::model::branches::{Branches, Named, Numbered};
use crate::model::coverage::{FileCoverage, MAX_LINE};
use crate::model::lines::Incoming;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Most oddities of one section that are told apart; far more than are told of all of them.
const ODDITIES: usize = 64;

/// Records that hold nothing we count.
const IGNORED: &[&str] = &["TN", "VER", "MCDC", "MCF", "MCH"];

/// Lines that are taken without a second look.
const PLAIN_LINES: RangeInclusive<u32> = 1..=MAX_LINE;

/// What became of a record.
pub(super) enum Taken {
    Yes,
    /// Taken or left out, with a notice.
    Odd(String),
}

/// What a hint says, if it is a number.
type Hint = (&'static str, Option<u64>);

/// Something to tell that decides nothing: its first line, and how often it was met.
#[derive(Debug, Clone)]
pub(super) struct Oddity {
    pub(super) what: String,
    pub(super) line: u64,
    pub(super) times: u64,
}

/// What a section comes to.
#[derive(Clone)]
pub(super) struct Closed {
    pub(super) path: String,
    pub(super) file: FileCoverage,
    pub(super) oddities: Vec<Oddity>,
    /// Hints that do not say what was counted.
    pub(super) differs: Vec<&'static str>,
    /// There were calls of functions that it does not name.
    pub(super) orphans: bool,
    pub(super) has_branches: bool,
    pub(super) has_functions: bool,
}

/// One file from SF to end_of_record. Its room is used again for the next.
#[derive(Clone, Default)]
pub(super) struct Section {
    pub(super) path: String,
    lines: Incoming,
    /// BRDA in order: those of plain numbers, and the others.
    numbered: Vec<Numbered>,
    named: Vec<Named>,
    functions: Told,
    hints: Vec<Hint>,
    oddities: Vec<Oddity>,
    has_branches: bool,
    has_functions: bool,
}

impl Section {
    /// The section of a file begins.
    pub(super) fn open(&mut self, path: &str) {
        path.clone_into(&mut self.path);
    }

    /// Takes the record that `bytes` begin with, if it is as nearly all are: `DA:12,3` or
    /// `BRDA:12,0,1,3` and a line end. Returns its length; `None` says nothing.
    #[inline]
    pub(super) fn plain(&mut self, bytes: &[u8]) -> Option<usize> {
        if bytes.starts_with(b"DA:") {
            let mut at = 3;
            let line = plain_number(bytes, &mut at, b',').filter(|line| PLAIN_LINES.contains(line))?;
            let hit = plain_hit(bytes, &mut at)?;
            self.lines.push(line, hit);
            return Some(at);
        }
        if !bytes.starts_with(b"BRDA:") {
            return None;
        }
        let mut at = 5;
        let line = plain_number(bytes, &mut at, b',').filter(|line| PLAIN_LINES.contains(line))?;
        let mut small = || plain_number(bytes, &mut at, b',').and_then(|number| u16::try_from(number).ok());
        let name = [small()?, small()?];
        let taken = if bytes[at..].starts_with(b"-\n") {
            at += 2;
            false
        } else {
            plain_hit(bytes, &mut at)?
        };
        self.numbered.push(Numbered::new(line, name, taken));
        self.has_branches = true;
        Some(at)
    }

    /// Takes one record; `None` if it is not whole.
    pub(super) fn take(&mut self, record: &str, fields: &str) -> Option<Taken> {
        match record {
            "DA" => return self.line(fields),
            "BRDA" => return self.branch(fields),
            "FN" | "FNDA" | "FNL" | "FNA" => return self.function(record, fields),
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
        self.lines.push(line, hit);
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
        match Numbered::parse(line, edge, taken) {
            Some(edge) => self.numbered.push(edge),
            None => self.named.push((line, edge.into(), taken)),
        }
        Some(if odd { Taken::Odd("a negative count, taken for 0".to_owned()) } else { Taken::Yes })
    }

    fn function(&mut self, record: &str, fields: &str) -> Option<Taken> {
        self.has_functions = true;
        match record {
            "FN" => self.functions.start(fields)?,
            "FNDA" => self.functions.call(fields)?,
            "FNL" => self.functions.group(fields)?,
            _ => return self.functions.alias(fields),
        }
        Some(Taken::Yes)
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

    /// Keeps an oddity; of very many only the first few.
    pub(super) fn note(&mut self, what: String, line: u64) {
        if let Some(known) = self.oddities.iter_mut().find(|known| known.what == what) {
            known.times += 1;
        } else if self.oddities.len() < ODDITIES {
            self.oddities.push(Oddity { what, line, times: 1 });
        }
    }

    /// What the section comes to, at its end; nothing is left of it but the room.
    pub(super) fn close(&mut self) -> Closed {
        let (functions, orphans) = self.functions.finish();
        let file = FileCoverage {
            lines: self.lines.close(),
            branches: branches(&mut self.numbered, &mut self.named),
            functions,
            ..FileCoverage::default()
        };
        let differs = self.hints.drain(..).filter(|(hint, said)| *said != Some(counted(hint, &file)));
        Closed {
            path: std::mem::take(&mut self.path),
            differs: differs.map(|(hint, _)| hint).collect(),
            file,
            oddities: std::mem::take(&mut self.oddities),
            orphans,
            has_branches: std::mem::take(&mut self.has_branches),
            has_functions: std::mem::take(&mut self.has_functions),
        }
    }
}

/// What a hint should say.
fn counted(hint: &str, file: &FileCoverage) -> u64 {
    match hint {
        "LF" => file.lines.ratio().total,
        "LH" => file.lines.ratio().covered,
        "BRF" => file.branch_ratio().total,
        "BRH" => file.branch_ratio().covered,
        "FNF" => file.function_ratio().total,
        _ => file.function_ratio().covered,
    }
}

/// The branches of a file. The same branch again is another instance of the code: told apart by
/// order, as lcov does.
fn branches(numbered: &mut Vec<Numbered>, named: &mut Vec<Named>) -> Branches {
    let nth = |name: &str, times: u32| format!("{name}#{times}").into();
    let mut edges = Vec::new();
    if !numbered.is_sorted_by(|one, next| one.id() < next.id()) {
        numbered.sort_by_key(|edge| edge.id());
        let (mut before, mut times) = (None, 1);
        numbered.retain(|edge| {
            let again = before.replace(edge.id()) == Some(edge.id());
            times = if again { times + 1 } else { 1 };
            if again {
                edges.push((edge.line(), nth(&edge.name(), times), edge.taken()));
            }
            !again
        });
    }
    let mut met = HashMap::new();
    for (line, name, taken) in named.drain(..) {
        let times = met.entry((line, name.clone())).or_insert(0);
        *times += 1;
        edges.push((line, if *times == 1 { name } else { nth(&name, *times) }, taken));
    }
    let fitting = numbered.to_vec();
    numbered.clear();
    Branches::new(fitting, edges, Vec::new())
}

/// Whether a word can name a record: capitals.
fn is_record(word: &str) -> bool {
    (2..=12).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

pub(super) fn line_number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|line| *line <= MAX_LINE)
}

/// The number that `bytes` hold from `at` on, if it is spelled plainly, has at most nine digits and
/// ends with `end`, behind which `at` is moved.
#[inline]
fn plain_number(bytes: &[u8], at: &mut usize, end: u8) -> Option<u32> {
    let (from, mut number) = (*at, 0_u32);
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            let digits = *at - from - 1;
            let plain = byte == end && (1..=9).contains(&digits) && (digits == 1 || bytes[from] != b'0');
            return plain.then_some(number);
        }
        number = number.wrapping_mul(10).wrapping_add(digit.into());
    }
}

/// Whether the count that `bytes` hold from `at` on is more than none, if it is spelled plainly, has
/// at most seven digits and ends the line, behind which `at` is moved.
#[inline]
fn plain_hit(bytes: &[u8], at: &mut usize) -> Option<bool> {
    let eight = bytes.get(*at..)?.first_chunk()?;
    let digits = digits::count(eight);
    let hit = eight[0] != b'0';
    let plain = digits > 0 && (hit || digits == 1) && eight.get(digits) == Some(&b'\n');
    *at += digits + 1;
    plain.then_some(hit)
}

/// Whether a count says "hit", and whether it is negative. Counts may be beyond 64 bits, or written
/// as floating-point numbers.
pub(super) fn hit(count: &str) -> Option<(bool, bool)> {
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    if digits {
        return Some((count.bytes().any(|b| b != b'0'), false));
    }
    let numeric = count.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let value: f64 = count.parse().ok().filter(|_| numeric)?;
    Some((value > 0.0, value < 0.0))
}
