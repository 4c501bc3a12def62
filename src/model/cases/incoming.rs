//! Tests of one report while they come in.
//!
//! To look each of a million tests up in a table that fits into no cache takes longer than to read
//! it. So they are taken as they come, and only at the end the hashes are sorted: nearly always no
//! two are the same, and nothing else has to be done.

use super::table::{index, is_like, slot};
use super::{CaseRef, Cases, TestOutcome};

/// Tests in the order of a report; the same may be there more than once.
#[derive(Default)]
pub struct Incoming {
    cases: Cases,
    /// Of each its hash and index.
    slots: Vec<u64>,
}

impl Incoming {
    /// Takes a test.
    pub fn push(&mut self, case: CaseRef<'_>) {
        let group = self.cases.groups.index(case.suite, case.class);
        let hash = self.cases.hash(group, case.name);
        let index = self.cases.append(case, group);
        self.slots.push(slot(hash, index));
    }

    /// All tests, each identity once, the worse outcome of it. Of each that is there again `tell` is
    /// shown what [`Cases::put`] returns.
    pub fn finish(mut self, mut tell: impl FnMut(CaseRef<'_>, (usize, TestOutcome))) -> Cases {
        self.slots.sort_unstable();
        if !self.repeats() {
            return self.cases;
        }
        let mut each = Cases::default();
        self.cases.each(|case| {
            if let Some(known) = each.put(case) {
                tell(case, known);
            }
        });
        each
    }

    /// Whether any test is there twice; the slots are sorted.
    fn repeats(&self) -> bool {
        let alike = self.slots.chunk_by(|one, next| is_like(*one, *next)).filter(|alike| alike.len() > 1);
        alike.flat_map(|alike| (1..alike.len()).map(move |at| (alike[at], &alike[..at]))).any(
            |(slot, before)| {
                let (group, name) = self.identity(index(slot));
                before.iter().any(|other| self.identity(index(*other)) == (group, name.clone()))
            },
        )
    }

    fn identity(&self, index: usize) -> (u32, Vec<u8>) {
        (self.cases.entries[index].group, self.cases.name(index))
    }
}
