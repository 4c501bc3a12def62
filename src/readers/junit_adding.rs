//! The cases of a JUnit report on their way into the set of its tests.
//!
//! To find out whether a test is there already costs as much as to read it. Of a large report a
//! thread of its own adds the cases while the next ones are read, in the order of the report.

use super::junit_case::Case;
use crate::model::tests::{TestOutcome, Tests};
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

/// Cases that are handed on together. Tests hand on often.
const BATCH: usize = if cfg!(test) { 3 } else { 512 };
/// Of so many the places in the table are looked for together.
const TOGETHER: usize = 64;
/// Batches that wait for the thread.
const AHEAD: usize = 2;

/// What has been added.
#[derive(Default)]
pub(super) struct Added {
    pub(super) tests: Tests,
    /// Tests that passed more than once.
    pub(super) again: Vec<usize>,
}

impl Added {
    /// Adds the cases of a batch, and returns it for the next ones.
    fn add(&mut self, batch: Batch) -> Batch {
        for cases in batch.cases[..batch.filled].chunks(TOGETHER) {
            self.tests.cases.put_all(cases.iter().map(Case::view), |case, known| {
                if let (TestOutcome::Passed, Some((index, TestOutcome::Passed))) = (case.outcome, known) {
                    self.again.push(index);
                }
            });
        }
        Batch { filled: 0, ..batch }
    }
}

/// Cases with the room that their texts have, which is used again.
#[derive(Default)]
struct Batch {
    cases: Vec<Case>,
    filled: usize,
}

/// Where the cases of a report go.
pub(super) struct Adding<'a> {
    batch: Batch,
    /// Takes a full batch, and gives an empty one for it.
    hand_on: Box<dyn FnMut(Batch) -> Batch + 'a>,
}

impl<'a> Adding<'a> {
    fn new(hand_on: impl FnMut(Batch) -> Batch + 'a) -> Self {
        Self { batch: Batch::default(), hand_on: Box::new(hand_on) }
    }

    /// Takes a case, and leaves one that may be filled anew.
    pub(super) fn push(&mut self, case: &mut Case) {
        match self.batch.cases.get_mut(self.batch.filled) {
            Some(room) => std::mem::swap(room, case),
            None => self.batch.cases.push(std::mem::take(case)),
        }
        self.batch.filled += 1;
        if self.batch.filled == BATCH {
            self.flush();
        }
    }

    /// Hands on what waits; nothing is added without it at the end.
    pub(super) fn flush(&mut self) {
        self.batch = (self.hand_on)(std::mem::take(&mut self.batch));
    }
}

/// Hands out where the cases of a report go, and returns what they came to.
pub(super) fn add<T>(large: bool, read: impl FnOnce(Adding<'_>) -> T) -> (T, Added) {
    let mut added = Added::default();
    if !large {
        let value = read(Adding::new(|batch| added.add(batch)));
        return (value, added);
    }
    thread::scope(|scope| {
        let (full, filled) = sync_channel(AHEAD);
        let (empty, emptied) = channel();
        let thread = scope.spawn(move || {
            for batch in filled {
                let _ = empty.send(added.add(batch));
            }
            added
        });
        let value = read(Adding::new(move |batch| {
            // Only a thread that panicked takes no more: the panic goes on below.
            let _ = full.send(batch);
            emptied.try_recv().unwrap_or_default()
        }));
        let added = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (value, added)
    })
}
