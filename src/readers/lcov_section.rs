//! One file of an LCOV tracefile, from SF to end_of_record: its records and what they add up to.

use super::digits;
use crate::model::branches::{Branches, Named, Numbered};
use crate::model::coverage::{FileCoverage, MAX_LINE};
use crate::model::lines::Incoming;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::RangeInclusive;

/// Records that hold nothing we count.
const IGNORED: &[&str] = &["TN", "VER", "MCDC", "MCF", "MCH"];

/// Lines that are taken without a second look.
const PLAIN_LINES: RangeInclusive<u32> = 1..=MAX_LINE;

/// Functions by line and name, and whether each was called.
type Functions = BTreeMap<(u32, Box<str>), bool>;

/// What became of a record.
pub(super) enum Taken {
    Yes,
    /// Taken or left out, with a notice.
    Odd(String),
}

/// What a hint says, if it is a number.
type Hint = (&'static str, Option<u64>);

/// What a section comes to.
#[derive(Clone)]
pub(super) struct Closed {
    pub(super) path: String,
    pub(super) file: FileCoverage,
    pub(super) hints: Vec<Hint>,
    /// There were calls of functions that it does not name.
    pub(super) orphans: bool,
    pub(super) has_branches: bool,
    pub(super) has_functions: bool,
}

/// One file from SF to end_of_record.
#[derive(Clone, Default)]
pub(super) struct Section {
    pub(super) path: String,
    lines: Incoming,
    /// BRDA in order: those of plain numbers, and the others.
    numbered: Vec<Numbered>,
    named: Vec<Named>,
    /// FN: line and name, in order.
    starts: Vec<(u32, Box<str>)>,
    /// FNDA: whether each was called, as long as they are of the functions of [`Self::starts`] in turn.
    calls: Vec<bool>,
    /// The FNDA from the first on that is not, with their names.
    more_calls: Vec<(Box<str>, bool)>,
    /// FNL and FNA by index: the line, the first alias, and whether any was called.
    groups: BTreeMap<u64, Group>,
    hints: Vec<Hint>,
    has_branches: bool,
    has_functions: bool,
}

#[derive(Clone, Default)]
struct Group {
    line: u32,
    name: Box<str>,
    called: bool,
}

impl Section {
    /// The section of a file before its first record.
    pub(super) fn of(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
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
            "FN" => self.function(fields)?,
            "FNDA" => {
                let (count, name) = fields.split_once(',')?;
                self.call(name, hit(count)?.0);
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

    /// `FNDA:count,name`
    fn call(&mut self, name: &str, called: bool) {
        let in_turn = self.starts.get(self.calls.len()).is_some_and(|(_, start)| **start == *name);
        if in_turn && self.more_calls.is_empty() {
            self.calls.push(called);
        } else {
            self.more_calls.push((name.into(), called));
        }
        self.has_functions = true;
    }

    /// The section at its end.
    pub(super) fn finish(mut self) -> Closed {
        let (functions, orphans) = self.functions();
        let file = FileCoverage {
            lines: self.lines.finish(),
            branches: branches(self.numbered, self.named),
            functions,
            ..FileCoverage::default()
        };
        let Self { path, hints, has_branches, has_functions, .. } = self;
        Closed { path, file, hints, orphans, has_branches, has_functions }
    }

    /// All functions. Nearly always the calls are those of the starts in turn.
    fn functions(&mut self) -> (Functions, bool) {
        let mut functions = Functions::new();
        let mut orphans = false;
        if self.more_calls.is_empty() {
            let calls = self.calls.iter().copied().chain(std::iter::repeat(false));
            for (start, called) in std::mem::take(&mut self.starts).into_iter().zip(calls) {
                *functions.entry(start).or_default() |= called;
            }
        } else {
            orphans = self.assign_calls(&mut functions);
        }
        for group in std::mem::take(&mut self.groups).into_values() {
            *functions.entry((group.line, group.name)).or_default() |= group.called;
        }
        (functions, orphans)
    }

    /// The n-th call of a name belongs to its n-th start; calls in excess to the last one.
    fn assign_calls(&self, functions: &mut Functions) -> bool {
        let mut starts: HashMap<&str, VecDeque<u32>> = HashMap::new();
        for (line, name) in &self.starts {
            starts.entry(name).or_default().push_back(*line);
            functions.entry((*line, name.clone())).or_default();
        }
        let mut orphans = false;
        let in_turn = self.starts.iter().zip(&self.calls).map(|((_, name), called)| (name, called));
        for (name, called) in in_turn.chain(self.more_calls.iter().map(|(name, called)| (name, called))) {
            let line = starts.get_mut(&**name).and_then(|lines| match lines.len() {
                0 | 1 => lines.front().copied(),
                _ => lines.pop_front(),
            });
            orphans |= line.is_none();
            *functions.entry((line.unwrap_or(0), name.clone())).or_default() |= called;
        }
        orphans
    }
}

/// The branches of a file. The same branch again is another instance of the code: told apart by
/// order, as lcov does.
fn branches(mut numbered: Vec<Numbered>, named: Vec<Named>) -> Branches {
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
    for (line, name, taken) in named {
        let times = met.entry((line, name.clone())).or_insert(0);
        *times += 1;
        edges.push((line, if *times == 1 { name } else { nth(&name, *times) }, taken));
    }
    Branches::new(numbered, edges, Vec::new())
}

/// Whether a word can name a record: capitals.
fn is_record(word: &str) -> bool {
    (2..=12).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn line_number(text: &str) -> Option<u32> {
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
fn hit(count: &str) -> Option<(bool, bool)> {
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    if digits {
        return Some((count.bytes().any(|b| b != b'0'), false));
    }
    let numeric = count.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let value: f64 = count.parse().ok().filter(|_| numeric)?;
    Some((value > 0.0, value < 0.0))
}
