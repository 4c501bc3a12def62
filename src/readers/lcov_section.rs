//! One file of an LCOV tracefile, from SF to end_of_record: its records and what they add up to.

use crate::model::coverage::{FileCoverage, Lines, MAX_LINE};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Records that hold nothing we count.
const IGNORED: &[&str] = &["TN", "VER", "MCDC", "MCF", "MCH"];

/// What became of a record.
pub(super) enum Taken {
    Yes,
    /// Taken or left out, with a notice.
    Odd(String),
}

/// One file from SF to end_of_record.
#[derive(Default)]
pub(super) struct Section {
    pub(super) path: String,
    /// Twice the number of the line, and one more if it was hit.
    pub(super) lines: Vec<u32>,
    file: FileCoverage,
    /// Edges that occur again in this section, by how often.
    repeated: HashMap<(u32, Box<str>), u32>,
    /// FN: line and name, in order.
    starts: Vec<(u32, Box<str>)>,
    /// FNDA: name and whether it was called, in order.
    calls: Vec<(Box<str>, bool)>,
    /// FNL and FNA by index: the line, the first alias, and whether any was called.
    groups: BTreeMap<u64, Group>,
    pub(super) hints: Vec<(&'static str, Option<u64>)>,
    pub(super) has_branches: bool,
    pub(super) has_functions: bool,
}

#[derive(Default)]
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

    /// Takes one record; `None` if it is not whole.
    pub(super) fn take(&mut self, record: &str, fields: &str) -> Option<Taken> {
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
    pub(super) fn finish(mut self) -> (FileCoverage, bool) {
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
pub(super) fn plain_count(fields: &[u8]) -> Option<u32> {
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
