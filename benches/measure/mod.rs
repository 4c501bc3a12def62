//! One measurement in a process of its own.

use crate::generate::truth;
use milegate::ledger::anywhere;
use milegate::readers::{self, Body, Limits};
use quick_xml::events::Event;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What a child tells of itself.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    /// From the start of reading to its end.
    pub(crate) seconds: f64,
    /// Of all threads, as far as the system says.
    pub(crate) processor: f64,
    /// The most memory it ever held.
    pub(crate) peak_mib: f64,
    /// What was found.
    pub(crate) found: String,
}

impl Measured {
    /// The one in the middle, by time; the least processor time and the highest peak of all.
    pub(crate) fn median(mut all: Vec<Self>) -> Self {
        all.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let processor = all.iter().map(|m| m.processor).fold(f64::MAX, f64::min);
        let peak_mib = all.iter().map(|m| m.peak_mib).fold(0.0, f64::max);
        Self { processor, peak_mib, ..all[all.len() / 2].clone() }
    }
}

/// Runs one measurement in a child.
pub(crate) fn in_process(what: &str, path: &Path) -> Measured {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).args(["measure", what]).arg(path).output().expect("a child can run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    let mut fields = text.trim().splitn(4, ' ');
    let mut number = || fields.next().and_then(|f| f.parse().ok()).expect("a number");
    let (seconds, processor, peak_mib) = (number(), number(), number());
    Measured { seconds, processor, peak_mib, found: fields.next().unwrap_or_default().to_owned() }
}

/// The child: `WHAT PATH`.
pub(crate) fn child(arguments: &[String]) {
    let [what, path] = arguments else { panic!("measure WHAT PATH") };
    let path = Path::new(path);
    let start = Instant::now();
    let found = match what.as_str() {
        "events" => events(path),
        "newlines" => newlines(path),
        "directory" => directory(path),
        "files" => files(path),
        format => ours(path, format),
    };
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds:.6} {:.6} {:.1} {found}", processor(), peak_mib());
}

/// As `check` reads a report: from the file, its digest beside it.
fn ours(path: &Path, format: &str) -> String {
    let limits = Limits { bytes: 1 << 30, ..Limits::default() };
    let format = readers::format(format);
    let (report, digest) = anywhere::read_once(path, limits.bytes, |file, _| {
        readers::read_from(file, &limits, format, || Ok(None))
    })
    .expect("the file can be read");
    assert_eq!(digest.len(), 64);
    found(&report.expect("the report is whole").body)
}

fn found(body: &Body) -> String {
    match body {
        Body::Coverage(coverage) => {
            let [lines, branches, functions] =
                [Some(coverage.lines()), coverage.branches(), coverage.functions()]
                    .map(Option::unwrap_or_default);
            truth(&[
                ("lines", lines.total),
                ("hit", lines.covered),
                ("branches", branches.total),
                ("taken", branches.covered),
                ("functions", functions.total),
                ("called", functions.covered),
            ])
        }
        Body::Tests(tests) => {
            let totals = tests.totals();
            truth(&[("tests", totals.total), ("failed", totals.failed), ("skipped", totals.skipped)])
        }
        other => format!("{other:?}"),
    }
}

/// The bare loop over quick-xml's events, from a buffer of 256 KiB.
fn events(path: &Path) -> String {
    let file = BufReader::with_capacity(1 << 18, File::open(path).expect("the file opens"));
    let mut reader = quick_xml::Reader::from_reader(file);
    let (mut buffer, mut count) = (Vec::new(), 0_u64);
    loop {
        match reader.read_event_into(&mut buffer).expect("well-formed") {
            Event::Eof => return count.to_string(),
            _ => count += 1,
        }
        buffer.clear();
    }
}

/// The bare search for line ends, from a buffer of 256 KiB.
fn newlines(path: &Path) -> String {
    let mut file = File::open(path).expect("the file opens");
    let (mut buffer, mut count) = (vec![0; 1 << 18], 0);
    loop {
        match file.read(&mut buffer).expect("readable") {
            0 => return count.to_string(),
            read => count += memchr::memchr_iter(b'\n', &buffer[..read]).count(),
        }
    }
}

fn listed(path: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(path).expect("a directory");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// Every report of a directory, united.
fn directory(path: &Path) -> String {
    let limits = Limits::default();
    let mut all = milegate::model::tests::Tests::default();
    for path in listed(path) {
        let (report, _) = anywhere::read_once(&path, limits.bytes, |file, _| {
            readers::read_from(file, &limits, None, || Ok(None))
        })
        .expect("the file can be read");
        match report.expect("the report is whole").body {
            Body::Tests(tests) => all.merge(tests),
            other => panic!("{other:?}"),
        }
    }
    found(&Body::Tests(all))
}

/// The bytes of every file of a directory.
fn files(path: &Path) -> String {
    listed(path).iter().map(|p| std::fs::read(p).expect("readable").len()).sum::<usize>().to_string()
}

/// A line of a file of `/proc/self`, where there is one.
fn proc_self(file: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key)).map(|rest| rest.trim().to_owned())
}

fn peak_mib() -> f64 {
    let kib = proc_self("status", "VmHWM:").and_then(|v| v.trim_end_matches(" kB").parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// User and system time in hundredths of a second.
fn processor() -> f64 {
    let ticks = |text: String| {
        let after = text.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        Some(after.get(11)?.parse::<f64>().ok()? + after.get(12)?.parse::<f64>().ok()?)
    };
    proc_self("stat", "").and_then(ticks).unwrap_or(0.0) / 100.0
}
