//! What waits to be done by whoever has time.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs in the order in which they were put.
pub(super) struct Jobs<J> {
    waiting: Mutex<Waiting<J>>,
    changed: Condvar,
}

struct Waiting<J> {
    jobs: VecDeque<J>,
    /// Nothing more comes.
    closed: bool,
}

impl<J> Default for Jobs<J> {
    fn default() -> Self {
        let waiting = Waiting { jobs: VecDeque::new(), closed: false };
        Self { waiting: Mutex::new(waiting), changed: Condvar::new() }
    }
}

impl<J> Jobs<J> {
    /// Adds a job.
    pub(super) fn put(&self, job: J) {
        self.waiting().jobs.push_back(job);
        self.changed.notify_one();
    }

    /// The next job; waits for one. `None` once they are closed.
    pub(super) fn take(&self) -> Option<J> {
        let mut waiting = self.waiting();
        loop {
            if waiting.closed {
                return None;
            }
            match waiting.jobs.pop_front() {
                Some(job) => return Some(job),
                None => waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// The next job, if at least so many wait.
    pub(super) fn spare(&self, count: usize) -> Option<J> {
        let mut waiting = self.waiting();
        if waiting.jobs.len() < count { None } else { waiting.jobs.pop_front() }
    }

    /// Sends everybody home; what is left is of no use to anyone.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_all();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<J>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
