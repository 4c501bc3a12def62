//! Pieces of a large report read ahead of their turn, on several threads.
//!
//! To read a piece one has to know what stands before it: which elements are open, whether a comment
//! is. Nearly always it is what stood before the piece that was read last, so that is guessed. Whoever
//! reads in order compares the guess with what he knows when he comes to the piece, and takes what was
//! found there only if both are the same and the piece was read to its last byte without an error;
//! otherwise it was read in vain, and he reads it himself. So nothing depends on the guess but time,
//! and every error is found by reading in order. Each piece is read at most twice, and few are in
//! flight, so time and memory are bounded.
//!
//! Whoever reads in order also reads the file, cuts it and makes its digest. While he has to wait for
//! a piece he takes part in reading ahead.

use super::error::{Code, ReadError};
use super::jobs::Jobs;
use super::pieces::{Cutter, Cutting, Piece, Reading, text};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvError, Sender, TryRecvError, channel};
use std::thread::{self, Scope};

/// More threads than this would wait for the one that reads the file and makes its digest.
const THREADS: usize = 4;
/// Pieces in flight for each thread: enough for nobody to wait, and few enough to stay in the cache.
const EACH: usize = 2;

/// The piece whose turn it is.
pub(super) struct Next<R> {
    pub(super) piece: Piece,
    /// Where it was guessed to begin, and what came of it, if it was read without an error.
    pub(super) read: Option<(Arc<R>, R)>,
}

/// A piece to be read.
struct Job<R> {
    piece: Piece,
    guess: Arc<R>,
    done: Sender<Next<R>>,
}

impl<R: Reading> Job<R> {
    fn run(self) {
        let Self { piece, guess, done } = self;
        let mut reading = R::clone(&guess);
        let whole = match text(&piece.bytes, piece.last) {
            (text, None) => reading.read(text, piece.last) == Ok(piece.bytes.len()),
            (_, Some(_)) => false,
        };
        // Nobody waits any more if the report was refused.
        let _ = done.send(Next { piece, read: whole.then_some((guess, reading)) });
    }
}

/// The pieces of a report in their order, of which some are read ahead.
pub(super) struct Ahead<'scope, 'env, 'a, R> {
    scope: &'scope Scope<'scope, 'env>,
    cutting: Cutting,
    cutter: Cutter<'a>,
    /// Pieces that were cut, and whether the last one was.
    count: usize,
    ended: bool,
    /// What keeps more from being cut, told when its turn comes.
    failed: Option<ReadError>,
    guess: Option<Arc<R>>,
    /// Once there are some.
    others: Option<Others<R>>,
    /// Pieces that are being read, in their order.
    flying: VecDeque<Receiver<Next<R>>>,
    /// Pieces that are done with.
    room: Vec<Piece>,
}

impl<'scope, 'env, 'a, R: Reading + 'scope> Ahead<'scope, 'env, 'a, R> {
    /// All the pieces of `cutter`.
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, cutting: Cutting, cutter: Cutter<'a>) -> Self {
        Self {
            scope,
            cutting,
            cutter,
            count: 0,
            ended: false,
            failed: None,
            guess: None,
            others: None,
            flying: VecDeque::new(),
            room: Vec::new(),
        }
    }

    /// The next piece for `reading`, which is `settled` if it took all that came before.
    pub(super) fn next(&mut self, reading: &R, settled: bool) -> Result<Next<R>, ReadError> {
        if settled && self.guess.as_ref().is_none_or(|guess| !guess.is_like(reading)) {
            self.guess = reading.afresh().map(Arc::new).or_else(|| self.guess.take());
        }
        if self.count >= self.cutting.alone {
            self.fly();
        }
        match (self.flying.pop_front(), self.failed.take()) {
            (Some(done), failed) => {
                self.failed = failed;
                self.landed(&done)
                    .map_err(|_| ReadError::new(Code::Unreadable, "a thread that reads it has ended"))
            }
            (None, Some(failed)) => Err(failed),
            (None, None) => Ok(Next { piece: self.cut()?, read: None }),
        }
    }

    /// Takes back the room of a piece.
    pub(super) fn again(&mut self, piece: Piece) {
        self.room.push(piece);
    }

    fn cut(&mut self) -> Result<Piece, ReadError> {
        let piece = self.cutter.cut(R::border, self.room.pop().unwrap_or_default())?;
        self.count += 1;
        self.ended = piece.last;
        Ok(piece)
    }

    /// Waits for a piece. If there is nothing else to do, this one reads too.
    fn landed(&self, done: &Receiver<Next<R>>) -> Result<Next<R>, RecvError> {
        loop {
            match done.try_recv() {
                Ok(next) => return Ok(next),
                Err(TryRecvError::Disconnected) => return Err(RecvError),
                Err(TryRecvError::Empty) => {}
            }
            match self.others.as_ref().and_then(Others::spare) {
                Some(job) => job.run(),
                None => return done.recv(),
            }
        }
    }

    /// Cuts as many pieces to be read as may be in flight.
    fn fly(&mut self) {
        let Some(guess) = self.guess.clone() else { return };
        let others = self.others.take().unwrap_or_else(|| self.start());
        while self.flying.len() < others.most() && !self.ended && self.failed.is_none() {
            match self.cut() {
                Ok(piece) => {
                    let (done, flying) = channel();
                    self.flying.push_back(flying);
                    others.jobs.put(Job { piece, guess: Arc::clone(&guess), done });
                }
                Err(error) => self.failed = Some(error),
            }
        }
        self.others = Some(others);
    }

    /// Starts the threads: this one and others make as many as there are processors.
    fn start(&self) -> Others<R> {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        let threads = self.cutting.threads.unwrap_or_else(processors).min(THREADS);
        let others = Others { jobs: Arc::default(), count: threads.saturating_sub(1) };
        for _ in 0..others.count {
            let jobs = Arc::clone(&others.jobs);
            // If it panics, so does the scope once the report is let go of.
            self.scope.spawn(move || {
                while let Some(job) = jobs.take() {
                    job.run();
                }
            });
        }
        others
    }
}

/// The other threads, and the pieces that wait for them.
struct Others<R> {
    jobs: Arc<Jobs<Job<R>>>,
    count: usize,
}

impl<R> Others<R> {
    /// How many pieces may be in flight; none if there is nobody else.
    fn most(&self) -> usize {
        if self.count == 0 { 0 } else { (self.count + 1) * EACH }
    }

    /// A piece that they do not come to soon: each has one in hand, and all the rest wait.
    fn spare(&self) -> Option<Job<R>> {
        self.jobs.spare(self.most() - self.count)
    }
}

impl<R> Drop for Others<R> {
    fn drop(&mut self) {
        self.jobs.close();
    }
}
