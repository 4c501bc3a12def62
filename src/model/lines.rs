//! The executable lines of one file, packed: nearly always one byte each.
//!
//! Kept is how far each line stands from the one before, and whether it was hit. They are read from
//! the first to the last; whoever asks for one of them
//! unpacks them first.

use super::ratio::Ratio;

/// Greatest line number that is believed; beyond it a report is refused rather than stored.
pub const MAX_LINE: u32 = 1 << 30;

/// The bits of a number that one byte holds; the highest says that more follow.
const BITS: u32 = 7;
const MORE: u8 = 1 << BITS;

/// The lines of one file: sorted, each once, one bit of state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// For each line how many are left out before it, doubled, and one more if it was hit; the lowest
    /// bits first.
    steps: Vec<u8>,
    hit: u32,
    total: u32,
}

impl Lines {
    /// Makes the set from `(line, hit)` in any order; a line that occurs again is hit if any
    /// occurrence was. Line numbers must not exceed [`MAX_LINE`].
    pub fn collect(lines: impl IntoIterator<Item = (u32, bool)>) -> Self {
        let mut incoming = Incoming::default();
        incoming.extend(lines);
        incoming.finish()
    }

    /// The lines in order, with whether each was hit.
    pub fn iter(&self) -> impl Iterator<Item = (u32, bool)> + '_ {
        let (mut bytes, mut next) = (self.steps.iter(), 0);
        std::iter::from_fn(move || {
            let (mut step, mut shift) = (0, 0);
            loop {
                let byte = *bytes.next()?;
                step |= u32::from(byte & !MORE) << shift;
                if byte & MORE == 0 {
                    break;
                }
                shift += BITS;
            }
            let line = next + (step >> 1);
            next = line + 1;
            Some((line, step & 1 == 1))
        })
    }

    /// Unites with another report of the same file.
    pub fn merge(&mut self, other: &Self) {
        *self = Self::collect(self.iter().chain(other.iter()));
    }

    /// Whether no line is known.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Hit of all.
    pub fn ratio(&self) -> Ratio {
        Ratio::new(self.hit.into(), self.total.into())
    }

    #[inline]
    fn step(&mut self, left_out: u32, hit: bool) {
        let mut step = left_out << 1 | u32::from(hit);
        while step >= u32::from(MORE) {
            self.steps.push(step as u8 | MORE);
            step >>= BITS;
        }
        self.steps.push(step as u8);
        self.hit += u32::from(hit);
        self.total += 1;
    }
}

/// The lines of one file while they come in. Nearly every report lists them in order, each once:
/// those are packed at once.
#[derive(Debug, Clone, Default)]
pub struct Incoming {
    ordered: Lines,
    /// The least line that is in order.
    next: u32,
    /// Lines that came too late: twice their number, and one more if hit.
    late: Vec<u32>,
}

impl Incoming {
    /// Takes a line; told again, it is hit if it ever was.
    #[inline]
    pub fn push(&mut self, line: u32, hit: bool) {
        if line < self.next {
            self.late.push(line << 1 | u32::from(hit));
        } else {
            self.ordered.step(line - self.next, hit);
            self.next = line + 1;
        }
    }

    /// Takes several lines, for which the room fits exactly if they are the first.
    pub fn take(&mut self, lines: impl ExactSizeIterator<Item = (u32, bool)>) {
        if self.ordered.is_empty() {
            self.ordered.steps.reserve_exact(lines.len());
        }
        self.extend(lines);
    }

    /// The set of all of them, in room that fits; nothing is left but the room they came in with.
    pub fn close(&mut self) -> Lines {
        if !self.late.is_empty() {
            return std::mem::take(self).finish();
        }
        let lines = self.ordered.clone();
        self.ordered.steps.clear();
        (self.ordered.hit, self.ordered.total, self.next) = (0, 0, 0);
        lines
    }

    /// The set of all of them.
    pub fn finish(mut self) -> Lines {
        if !self.late.is_empty() {
            let mut all = self.late;
            all.extend(self.ordered.iter().map(|(line, hit)| line << 1 | u32::from(hit)));
            all.sort_unstable();
            self = Self { late: Vec::new(), ..Self::default() };
            for (at, state) in all.iter().enumerate() {
                // Of one line's two states the hit one sorts last.
                if all.get(at + 1).is_none_or(|after| after >> 1 != state >> 1) {
                    self.push(state >> 1, state & 1 == 1);
                }
            }
        }
        self.ordered.steps.shrink_to_fit();
        self.ordered
    }
}

impl Extend<(u32, bool)> for Incoming {
    fn extend<T: IntoIterator<Item = (u32, bool)>>(&mut self, lines: T) {
        lines.into_iter().for_each(|(line, hit)| self.push(line, hit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_line_is_hit_if_any_occurrence_was() {
        let lines = Lines::collect([(3, false), (1, true), (3, true), (1, false), (2, false)]);
        assert_eq!(lines.iter().collect::<Vec<_>>(), [(1, true), (2, false), (3, true)]);
        assert_eq!(lines.ratio(), Ratio::new(2, 3));
    }

    #[test]
    fn a_line_is_one_byte() {
        let lines = Lines::collect((1..=1000).map(|line| (line * 60, line % 3 == 0)));
        assert_eq!(lines.steps.len(), 1000);
        assert_eq!(Lines::collect([(MAX_LINE, true)]).iter().next(), Some((MAX_LINE, true)));
    }

    proptest! {
        #[test]
        fn lines_are_those_of_a_plain_map(
            given in prop::collection::vec((prop_oneof![0..40_u32, 0..=MAX_LINE], any::<bool>()), 0..60),
            cut in 0..60_usize,
        ) {
            let mut plain = BTreeMap::new();
            given.iter().for_each(|(line, hit)| *plain.entry(*line).or_default() |= *hit);
            let lines = Lines::collect(given.iter().copied());
            prop_assert!(lines.iter().eq(plain.iter().map(|(line, hit)| (*line, *hit))));
            let hit = plain.values().filter(|hit| **hit).count() as u64;
            prop_assert_eq!(lines.ratio(), Ratio::new(hit, plain.len() as u64));
            let mut incoming = Incoming::default();
            for _ in 0..2 {
                incoming.extend(given.iter().copied());
                prop_assert_eq!(&incoming.close(), &lines);
            }
            let (one, two) = given.split_at(cut.min(given.len()));
            let mut merged = Lines::collect(one.iter().copied());
            merged.merge(&Lines::collect(two.iter().copied()));
            prop_assert_eq!(merged, lines);
        }
    }
}
