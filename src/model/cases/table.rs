//! Where a test is found by its identity: hashes with a key that is drawn at random, so that no report
//! can be made to collide.

use std::hash::{BuildHasher, RandomState};

/// What no report can know: two odd numbers, drawn anew for each set of tests.
#[derive(Clone)]
pub(super) struct Secrets([u64; 2]);

impl Default for Secrets {
    fn default() -> Self {
        let random = RandomState::new();
        Self([random.hash_one(1) | 1, random.hash_one(2) | 1])
    }
}

impl Secrets {
    /// Multiplied and folded, eight bytes at a time, from secrets of this process on.
    pub(super) fn hash(&self, group: u32, name: &str) -> u64 {
        let fold = |a: u64, b: u64| {
            let product = u128::from(a) * u128::from(b);
            product as u64 ^ (product >> 64) as u64
        };
        let [first, second] = self.0;
        let (eights, rest) = name.as_bytes().as_chunks::<8>();
        let last = rest.iter().fold(0, |last, byte| last << 8 | u64::from(*byte));
        let start = fold(first ^ u64::from(group), second ^ name.len() as u64);
        let hash = eights.iter().fold(start, |hash, eight| fold(hash ^ u64::from_le_bytes(*eight), second));
        fold(hash ^ last, first)
    }
}

/// Indices by hash, in open addressing. A slot holds half the hash, by which nearly all others are
/// told apart, and one more than the index; 2^32 tests fit into no memory. An empty one is zero.
#[derive(Clone, Default)]
pub(super) struct Table {
    slots: Vec<u64>,
    count: usize,
}

impl Table {
    pub(super) fn insert(&mut self, hash: u64, index: usize) {
        if self.count >= self.slots.len() / 5 * 4 {
            self.grow();
        }
        self.count += 1;
        self.set(hash >> 32 << 32 | (index as u64 + 1));
    }

    /// The index with that hash for which `is` holds.
    pub(super) fn find(&self, hash: u64, is: impl Fn(usize) -> bool) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = (hash >> 32) as usize & mask;
        while self.slots[at] != 0 {
            let index = (self.slots[at] & u64::from(u32::MAX)) as usize - 1;
            if self.slots[at] >> 32 == hash >> 32 && is(index) {
                return Some(index);
            }
            at = (at + 1) & mask;
        }
        None
    }

    fn grow(&mut self) {
        let larger = vec![0; (self.slots.len() * 2).max(16)];
        let before = std::mem::replace(&mut self.slots, larger);
        before.into_iter().filter(|slot| *slot != 0).for_each(|slot| self.set(slot));
    }

    fn set(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut at = (slot >> 32) as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}
