//! Tests of one report while they come in.
//!
//! To look each of a million tests up in a table that fits into no cache takes longer than to read
//! it. So they are taken as they come, and only now and then, and at the end, their hashes are
//! compared: nearly always no two are the same. Once two are, each is looked up, so that the attempts
//! of one test take no more room than one.

use super::{CaseRef, Cases, TestOutcome};

/// With so many tests their hashes are compared first, then with four times as many, and so on.
const FIRST: usize = 1 << 12;

/// Tests in the order of a report; the same may be there more than once.
#[derive(Default)]
pub struct Incoming {
    cases: Cases,
    /// Of each, as long as none is looked up.
    hashes: Vec<u64>,
    /// Some test was there twice.
    looks_up: bool,
    /// Tests that passed again.
    again: Vec<usize>,
}

impl Incoming {
    /// Takes tests of one suite and class.
    pub fn push_all<'c>(&mut self, suite: &str, class: &str, cases: impl Iterator<Item = CaseRef<'c>>) {
        let group = self.cases.groups.index(suite, class);
        for case in cases {
            if self.looks_up {
                self.put(case);
            } else {
                self.append(case, group);
            }
        }
    }

    fn append(&mut self, case: CaseRef<'_>, group: u32) {
        self.hashes.push(self.cases.hash(group, case.name));
        self.cases.append(case, group);
        let count = self.hashes.len();
        if count.is_power_of_two() && count >= FIRST && (count / FIRST).ilog2().is_multiple_of(2) {
            self.compare();
        }
    }

    /// All tests, each identity once, the worse outcome of it; and the indices of those that passed
    /// when they were known to have passed already.
    pub fn finish(mut self) -> (Cases, Vec<usize>) {
        self.compare();
        (self.cases, self.again)
    }

    fn compare(&mut self) {
        if !repeats(&self.hashes) {
            return;
        }
        (self.hashes, self.looks_up) = (Vec::new(), true);
        std::mem::take(&mut self.cases).each(|case| self.put(case));
    }

    fn put(&mut self, case: CaseRef<'_>) {
        if let Some((index, before)) = self.cases.put(case)
            && [case.outcome, before] == [TestOutcome::Passed; 2]
        {
            self.again.push(index);
        }
    }
}

/// Whether a hash is there twice. Only those are compared that find the bit of another one set.
fn repeats(hashes: &[u64]) -> bool {
    let (mut seen, mut met) = (Bits::sparse(hashes.len()), Bits::sparse(hashes.len()));
    for hash in hashes {
        if seen.set(*hash) {
            met.set(*hash);
        }
    }
    let mut alike: Vec<u64> = hashes.iter().copied().filter(|hash| met.has(*hash)).collect();
    alike.sort_unstable();
    alike.windows(2).any(|pair| pair[0] == pair[1])
}

/// A bit for each hash; some share one.
struct Bits(Vec<u64>);

impl Bits {
    /// Sixteen bits for each of so many hashes, so that few share one.
    fn sparse(count: usize) -> Self {
        Self(vec![0; count.div_ceil(4).next_power_of_two()])
    }

    /// The word and the bit in it.
    fn at(&self, hash: u64) -> (usize, u64) {
        ((hash >> 6) as usize & (self.0.len() - 1), 1 << (hash & 63))
    }

    fn has(&self, hash: u64) -> bool {
        let (word, bit) = self.at(hash);
        self.0[word] & bit != 0
    }

    /// Whether it was set already.
    fn set(&mut self, hash: u64) -> bool {
        let (word, bit) = self.at(hash);
        let before = self.0[word];
        self.0[word] = before | bit;
        before & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn a_hash_that_is_there_twice_is_found(
            hashes in prop::collection::vec(prop_oneof![0..99_u64, any::<u64>()], 0..40),
        ) {
            let distinct: HashSet<_> = hashes.iter().collect();
            prop_assert_eq!(repeats(&hashes), distinct.len() < hashes.len());
        }
    }
}
