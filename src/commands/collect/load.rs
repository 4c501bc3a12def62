//! Reading report files on all processors, each once.
//!
//! What needs the repository is asked of the thread that waits here: libgit2's handle is its alone.
//! The results come in the order of the jobs, whoever was done first.

use super::gauge::{self, Gauge};
use crate::evidence::Entry;
use crate::evidence::freshness::Record;
use crate::ledger::{LedgerError, Root};
use crate::readers::{self, Code, Limits, ReadError, Report};
use jiff::Timestamp;
use std::cell::RefCell;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;

/// Longest content of an exit-status file.
const MAX_STATUS: u64 = 64;

/// A file to read.
pub(super) struct Job<'a> {
    pub(super) entry: &'a Entry,
    pub(super) path: &'a str,
}

/// What was read.
pub(super) struct Loaded {
    pub(super) sha256: String,
    pub(super) modified: Timestamp,
    pub(super) report: Result<Report, ReadError>,
    pub(super) record: Option<Record>,
    pub(super) status: Result<Status, ReadError>,
}

/// How the tool that wrote the file ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Status {
    pub(super) exit_status: Option<i32>,
    /// The file that says so, and when it was written; none if a recorded run does.
    pub(super) file: Option<(String, Timestamp)>,
}

/// A question of a worker: which recorded run wrote these bytes?
struct Question {
    job: usize,
    sha256: String,
    answer: Sender<Option<Record>>,
}

/// Reads every job; `record` finds the run that wrote exactly the bytes of a digest.
pub(super) fn load(
    root: &Root,
    limits: &Limits,
    jobs: &[Job<'_>],
    record: impl Fn(&Job<'_>, &str) -> Option<Record>,
) -> Vec<Result<Loaded, LedgerError>> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    let gauge = Gauge::begin(gauge::is_seen(), root, jobs.iter().map(|job| job.path));
    let gauge = gauge.as_ref();
    // With a gauge somebody has to be there who draws it.
    if workers < 2 && gauge.is_none() {
        return jobs.iter().map(|job| one(root, limits, job, None, |digest| record(job, digest))).collect();
    }
    let next = AtomicUsize::new(0);
    let (ask, questions) = channel::<Question>();
    let mut loaded: Vec<(usize, _)> = thread::scope(|scope| {
        // Should this one panic, nobody shall wait for its answer.
        let questions = questions;
        let work = |ask: Sender<Question>| {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(index) else { return done };
                let asked = |digest: &str| {
                    let (answer, answered) = channel();
                    let question = Question { job: index, sha256: digest.to_owned(), answer };
                    ask.send(question).ok().and_then(|()| answered.recv().ok()).flatten()
                };
                done.push((index, one(root, limits, job, gauge, asked)));
            }
        };
        let handles: Vec<_> = (0..workers.max(1))
            .map(|_| {
                let ask = ask.clone();
                scope.spawn(move || work(ask))
            })
            .collect();
        drop(ask);
        loop {
            match next_of(&questions, gauge) {
                Ok(question) => {
                    let _ = question.answer.send(record(&jobs[question.job], &question.sha256));
                }
                Err(RecvTimeoutError::Timeout) => gauge.into_iter().for_each(Gauge::draw),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        handles.into_iter().flat_map(join).collect()
    });
    loaded.sort_by_key(|(index, _)| *index);
    loaded.into_iter().map(|(_, loaded)| loaded).collect()
}

/// The next question; where there is a gauge to be drawn, only as long as until then.
fn next_of(questions: &Receiver<Question>, gauge: Option<&Gauge>) -> Result<Question, RecvTimeoutError> {
    match gauge {
        Some(_) => questions.recv_timeout(gauge::EVERY),
        None => questions.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}

/// A panic of a worker goes on in this thread.
fn join<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn one(
    root: &Root,
    limits: &Limits,
    job: &Job<'_>,
    gauge: Option<&Gauge>,
    record: impl Fn(&str) -> Option<Record>,
) -> Result<Loaded, LedgerError> {
    let beside = companions(root, limits, job.path)?;
    // The exit status is asked for while the file is read, or else afterwards; but once.
    let known = RefCell::new(None);
    let ask = |digest: &str| {
        let found = record(digest);
        let status = status(root, job.entry, found.as_ref());
        let exit_status = status.as_ref().map(|status| status.exit_status).map_err(Clone::clone);
        known.replace(Some((found, status)));
        exit_status
    };
    let read = root.read_once(job.path, limits.bytes, |file, digest| {
        let file: Box<dyn Read + '_> = match gauge {
            Some(gauge) => Box::new(gauge.count(file, job.path)),
            None => Box::new(file),
        };
        let mut whole = beside.as_slice().chain(file);
        let report = readers::read_from(&mut whole, limits, job.entry.format, || ask(&digest.so_far()));
        (report, digest.modified)
    });
    let ((report, modified), sha256) = read?;
    if known.borrow().is_none() {
        let _ = ask(&sha256);
    }
    let (record, status) = known.into_inner().unwrap_or_else(|| (None, Ok(Status::default())));
    Ok(Loaded { sha256, modified, report, record, status })
}

/// What stands before a report that its tool spreads over several files of a folder. A companion that
/// is not there is left out: the reader says what is missing.
fn companions(root: &Root, limits: &Limits, path: &str) -> Result<Vec<u8>, LedgerError> {
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut whole = Vec::new();
    for name in readers::companions(path) {
        match root.read(&format!("{folder}{name}"), limits.bytes) {
            Ok(file) => whole.extend(file.bytes),
            Err(error) if error.is_missing() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(whole)
}

/// What the entry's exit-status file says, or else the recorded run.
fn status(root: &Root, entry: &Entry, record: Option<&Record>) -> Result<Status, ReadError> {
    let Some(path) = &entry.exit_status else {
        return Ok(Status { exit_status: record.map(|r| r.exit_status), file: None });
    };
    let refuse = |why: String| {
        let hint = format!("write it with: TOOL > REPORT; echo $? > {path}");
        Err(ReadError::new(Code::NoExitStatus, why).hint(hint))
    };
    match root.read(path, MAX_STATUS) {
        Err(error) if error.is_missing() => refuse(format!("the exit-status file {path} is not there")),
        Err(error) => refuse(error.to_string()),
        Ok(file) => match String::from_utf8_lossy(&file.bytes).trim().parse() {
            Ok(status) => Ok(Status { exit_status: Some(status), file: Some((path.clone(), file.modified)) }),
            Err(_) => refuse(format!("{path} does not hold an exit status")),
        },
    }
}
