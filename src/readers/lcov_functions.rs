//! The functions of one file of an LCOV tracefile: FN and FNDA, or FNL and FNA since LCOV 2.2.

use super::lcov_section::{Taken, hit, line_number};
use crate::model::coverage::Functions;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// What a section tells of its functions. Nothing is kept of it behind its end but the room.
#[derive(Clone, Default)]
pub(super) struct Told {
    /// FN in order: the line, and where the name ends in the text.
    starts: Vec<(u32, usize)>,
    names: String,
    /// FNDA: whether each was called, as long as they are of the functions of [`Self::starts`] in turn.
    calls: Vec<bool>,
    /// The FNDA from the first on that is not, with their names.
    more_calls: Vec<(Box<str>, bool)>,
    /// FNL and FNA by index.
    groups: BTreeMap<u64, Group>,
}

/// A function of one or more names.
#[derive(Clone, Default)]
struct Group {
    line: u32,
    name: Box<str>,
    called: bool,
}

impl Told {
    /// `FN:line,[end,]name`, where the name may hold commas.
    pub(super) fn start(&mut self, fields: &str) -> Option<()> {
        let (line, rest) = fields.split_once(',')?;
        let name = match rest.split_once(',') {
            Some((end, name)) if !end.is_empty() && end.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => rest,
        };
        let line = line_number(line)?;
        self.names.push_str(name);
        self.starts.push((line, self.names.len()));
        Some(())
    }

    /// `FNDA:count,name`
    pub(super) fn call(&mut self, fields: &str) -> Option<()> {
        let (count, name) = fields.split_once(',')?;
        let (called, _) = hit(count)?;
        let turn = self.calls.len();
        if turn < self.starts.len() && self.more_calls.is_empty() && self.name(turn) == name {
            self.calls.push(called);
        } else {
            self.more_calls.push((name.into(), called));
        }
        Some(())
    }

    /// `FNL:index,line[,end]`
    pub(super) fn group(&mut self, fields: &str) -> Option<()> {
        let (index, rest) = fields.split_once(',')?;
        let line = line_number(rest.split_once(',').map_or(rest, |(line, _)| line))?;
        let group = self.groups.entry(index.parse().ok()?).or_default();
        // An index stands for one function: two lines for it cannot both be true.
        if group.line != 0 && group.line != line {
            return None;
        }
        group.line = line;
        Some(())
    }

    /// `FNA:index,count,name`: all aliases of one index are one function.
    pub(super) fn alias(&mut self, fields: &str) -> Option<Taken> {
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
        Some(if orphan { Taken::Odd("FNA without FNL".to_owned()) } else { Taken::Yes })
    }

    /// All functions, and whether there were calls of functions that are not named; nothing is left.
    pub(super) fn finish(&mut self) -> (Functions, bool) {
        // Nearly always the calls are those of the starts in turn.
        let told = if self.more_calls.is_empty() && self.groups.is_empty() {
            (Functions::collect(self.in_turn()), false)
        } else {
            self.assigned()
        };
        self.starts.clear();
        self.names.clear();
        self.calls.clear();
        self.more_calls.clear();
        self.groups.clear();
        told
    }

    fn name(&self, index: usize) -> &str {
        let from = index.checked_sub(1).map_or(0, |before| self.starts[before].1);
        &self.names[from..self.starts[index].1]
    }

    /// Every start with the call in its turn; those that had none were not called.
    fn in_turn(&self) -> impl Iterator<Item = (u32, &str, bool)> + Clone {
        let called = |index: usize| self.calls.get(index).is_some_and(|called| *called);
        self.starts.iter().enumerate().map(move |(i, (line, _))| (*line, self.name(i), called(i)))
    }

    /// The n-th call of a name belongs to its n-th start; calls in excess to the last one.
    fn assigned(&self) -> (Functions, bool) {
        let mut lines: HashMap<&str, VecDeque<u32>> = HashMap::new();
        for (line, name, _) in self.in_turn() {
            lines.entry(name).or_default().push_back(line);
        }
        let mut all: Vec<_> = self.in_turn().map(|(line, name, _)| (line, name, false)).collect();
        let mut orphans = false;
        let in_turn = self.in_turn().zip(&self.calls).map(|((_, name, _), called)| (name, *called));
        let others = self.more_calls.iter().map(|(name, called)| (&**name, *called));
        for (name, called) in in_turn.chain(others) {
            let line = lines.get_mut(name).and_then(|lines| match lines.len() {
                0 | 1 => lines.front().copied(),
                _ => lines.pop_front(),
            });
            orphans |= line.is_none();
            all.push((line.unwrap_or(0), name, called));
        }
        all.extend(self.groups.values().map(|group| (group.line, &*group.name, group.called)));
        (Functions::collect(all), orphans)
    }
}
