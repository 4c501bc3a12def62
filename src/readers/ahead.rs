//! Pieces of a large report read ahead of their turn, on several threads.
//!
//! To read a piece one has to know what stands before it: which elements are open, whether a comment
//! is. Nearly always it is what stood before the piece that was read last, so that is guessed. Whoever
//! reads in order compares the guess with what he knows when he comes to the piece, and takes what was
//! found there only if both are the same and the piece was read to its last byte without an error;
//! otherwise it was read in vain, and he reads it himself. So nothing depends on the guess but time,
//! and every error is found by reading in order. Each piece is read at most twice, and few are in
//! flight, so time and memory are bounded.

use super::error::{Code, ReadError};
use super::pieces::{Cutter, Cutting, Piece, Reading, text};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Scope};

/// More threads than this would wait for the one that reads the file and makes its digest.
const THREADS: usize = 4;

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
    /// The way to the threads, once there are some, and how many they are.
    jobs: Option<(Sender<Job<R>>, usize)>,
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
            jobs: None,
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
                done.recv().map_err(|_| ReadError::new(Code::Unreadable, "a thread that reads it has ended"))
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

    /// Gives the threads as much to read as they are to have.
    fn fly(&mut self) {
        let Some(guess) = self.guess.clone() else { return };
        let (jobs, threads) = match self.jobs.take() {
            Some(known) => known,
            None => self.start(),
        };
        let most = if threads < 2 { 0 } else { threads * 4 };
        while self.flying.len() < most && !self.ended && self.failed.is_none() {
            match self.cut() {
                Ok(piece) => {
                    let (done, flying) = channel();
                    self.flying.push_back(flying);
                    // If a thread panics, so does the scope once the report is let go of.
                    let _ = jobs.send(Job { piece, guess: Arc::clone(&guess), done });
                }
                Err(error) => self.failed = Some(error),
            }
        }
        self.jobs = Some((jobs, threads));
    }

    /// Starts the threads, unless there is but one processor for all of them.
    fn start(&self) -> (Sender<Job<R>>, usize) {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        let threads = self.cutting.threads.unwrap_or_else(processors).min(THREADS);
        let (jobs, queue) = channel::<Job<R>>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..if threads < 2 { 0 } else { threads } {
            let queue = Arc::clone(&queue);
            self.scope.spawn(move || {
                loop {
                    let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { return };
                    job.run();
                }
            });
        }
        (jobs, threads)
    }
}
