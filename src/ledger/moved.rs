//! Blocks of lines that a change takes away in one place and puts in another.
//!
//! A block is moved if its lines stand together on both sides, equal but for the white space around
//! them (code is indented anew when it moves into a class), are three at least, and hold twenty letters
//! and digits at least: the measure of git's own `--color-moved`. Each line that was taken away answers
//! for one line at most, so a copy is new code.

use crate::model::change::Moved;
use git2::{DiffDelta, DiffLine};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// More text than this is not looked through: then nothing counts as moved.
const MAX_BYTES: usize = 16 << 20;
/// Shorter blocks are alike by chance.
const MIN_LINES: usize = 3;
/// As in git: a block of brackets and blank lines is none.
const MIN_WORDS: usize = 20;
/// Places that a line may have come from; more are brackets and blank lines.
const MAX_CANDIDATES: usize = 64;

/// Texts of lines by file and number.
type Lines = BTreeMap<String, BTreeMap<u32, Box<[u8]>>>;

/// The lines that a change takes away and adds.
#[derive(Debug, Default)]
pub(super) struct Texts {
    gone: Lines,
    new: Lines,
    bytes: usize,
}

impl Texts {
    /// Takes in one line of a diff.
    pub(super) fn add(&mut self, delta: &DiffDelta<'_>, line: &DiffLine<'_>) {
        let (lines, file, number) = match line.origin() {
            '+' => (&mut self.new, delta.new_file(), line.new_lineno()),
            '-' => (&mut self.gone, delta.old_file(), line.old_lineno()),
            _ => return,
        };
        let text = line.content().trim_ascii();
        self.bytes = self.bytes.saturating_add(text.len() + 32);
        if let (Some(path), Some(number)) = (file.path_bytes(), number)
            && self.bytes <= MAX_BYTES
        {
            let path = String::from_utf8_lossy(path).into_owned();
            lines.entry(path).or_default().insert(number, text.into());
        }
    }

    /// The blocks that were moved, by the file that they stand in now.
    pub(super) fn moved(&self) -> BTreeMap<String, Vec<Moved>> {
        let mut all = BTreeMap::new();
        if self.bytes > MAX_BYTES || self.gone.is_empty() {
            return all;
        }
        let mut index: HashMap<&[u8], Vec<(&str, u32)>> = HashMap::new();
        for (path, lines) in &self.gone {
            for (number, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
                index.entry(text).or_default().push((path, *number));
            }
        }
        index.retain(|_, places| places.len() <= MAX_CANDIDATES);
        let mut used: BTreeSet<(&str, u32)> = BTreeSet::new();
        for (path, lines) in &self.new {
            let mut next = 0;
            for (number, text) in lines.range(0..) {
                if *number < next {
                    continue;
                }
                let candidates = index.get(&**text).map(Vec::as_slice).unwrap_or_default();
                let blocks = candidates.iter().map(|from| (self.length(lines, *number, *from, &used), *from));
                // The longest; of equal ones the first.
                let best = blocks.reduce(|best, other| if other.0 > best.0 { other } else { best });
                let Some((length, (from, first))) = best.filter(|(length, _)| *length > 0) else { continue };
                used.extend((first..first + length).map(|line| (from, line)));
                next = number + length;
                let moved = Moved { lines: *number..=next - 1, from: from.to_owned(), first };
                all.entry(path.clone()).or_insert_with(Vec::new).push(moved);
            }
        }
        all
    }

    /// How many lines from `number` on are those from `(path, first)` on; 0 if they make no block.
    fn length(
        &self,
        lines: &BTreeMap<u32, Box<[u8]>>,
        number: u32,
        (path, first): (&str, u32),
        used: &BTreeSet<(&str, u32)>,
    ) -> u32 {
        let Some(gone) = self.gone.get(path) else { return 0 };
        let same = |n: &u32| {
            let (new, old) = (lines.get(&(number + n)), gone.get(&(first + n)));
            new.is_some() && new == old && !used.contains(&(path, first + n))
        };
        let length = (0..).take_while(same).count();
        let texts = (0..length as u32).filter_map(|n| lines.get(&(number + n)));
        let words: usize = texts.map(|text| text.iter().filter(|b| b.is_ascii_alphanumeric()).count()).sum();
        if length >= MIN_LINES && words >= MIN_WORDS { length as u32 } else { 0 }
    }
}

#[cfg(test)]
mod laws {
    use super::*;

    fn texts(gone: &[(&str, u32, &str)], new: &[(&str, u32, &str)]) -> Texts {
        let side = |lines: &[(&str, u32, &str)]| {
            let mut all = Lines::new();
            for (path, first, text) in lines {
                for (number, line) in (*first..).zip(text.lines()) {
                    all.entry((*path).to_owned()).or_default().insert(number, line.trim().as_bytes().into());
                }
            }
            all
        };
        Texts { gone: side(gone), new: side(new), bytes: 0 }
    }

    const BLOCK: &str = "def total(cart):\n    amount = sum(cart)\n    return amount\n";

    #[test]
    fn a_block_is_moved_once_and_a_copy_is_new() {
        let texts = texts(&[("a.py", 7, BLOCK)], &[("b.py", 3, BLOCK), ("c.py", 1, BLOCK)]);
        let moved = texts.moved();
        assert_eq!(moved["b.py"], [Moved { lines: 3..=5, from: "a.py".into(), first: 7 }]);
        assert!(!moved.contains_key("c.py"));
    }

    #[test]
    fn short_blocks_and_brackets_are_not() {
        let short = "a = compute_something_long(1)\nb = 2\n";
        assert!(texts(&[("a.py", 1, short)], &[("b.py", 1, short)]).moved().is_empty());
        let brackets = "}\n}\n}\n}\n\n}\n";
        assert!(texts(&[("a.js", 1, brackets)], &[("b.js", 1, brackets)]).moved().is_empty());
    }
}
