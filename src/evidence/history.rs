//! Runs as they stand in git notes: one line of JSON for each run and part, so that two runs of one
//! commit are united by putting their lines together, and whoever wants the benchmarks of thirty
//! commits reads no test lists.
//!
//! Versioned; unknown fields, unknown versions, and one test or file twice are refused: a line that
//! is damaged is never "nothing recorded". Numbers are written so that they are read back bit by bit.

mod parts;

use crate::model::machine::Machine;
use crate::model::snapshot::{Acceptance, BenchmarkId, BenchmarkMark, Snapshot};
use parts::{WireBenchmark, WireCovered, WireFinding, WireTests};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Version of the lines that this program writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// What of a run is kept together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Outcomes of tests.
    Tests,
    /// Lines of files.
    Coverage,
    /// Fingerprints of findings.
    Findings,
    /// Values of benchmarks.
    Benchmarks,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tests, Self::Coverage, Self::Findings, Self::Benchmarks];

    /// The word in names and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Coverage => "coverage",
            Self::Findings => "findings",
            Self::Benchmarks => "benchmarks",
        }
    }

    /// Whether the run has it.
    pub fn is_in(self, run: &Snapshot) -> bool {
        match self {
            Self::Tests => run.tests.is_some(),
            Self::Coverage => run.coverage.is_some(),
            Self::Findings => run.findings.is_some(),
            Self::Benchmarks => run.benchmarks.is_some(),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A line of a note that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedLine {
    /// 1-based.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// The head of a line, and at most one of its parts.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRun {
    v: u32,
    commit: String,
    run: String,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tests: Option<Vec<WireTests>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<WireCovered>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<WireFinding>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machines: Option<Vec<WireMachine>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    benchmarks: Option<Vec<WireBenchmark>>,
}

/// Processor, cores, system, toolchain.
type WireMachine = (String, u32, String, String);

/// The version alone, so that a line of a later program is told as such.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAcceptance {
    v: u32,
    commit: String,
    accept: String,
    reason: String,
    by: String,
    at: i64,
}

/// One part of a run as a line, without the line end; `None` if the run does not have it.
pub fn encode(run: &Snapshot, part: Part) -> Option<String> {
    let mut wire = WireRun {
        v: VERSION,
        commit: run.commit.clone(),
        run: run.run.clone(),
        at: run.recorded,
        ..WireRun::default()
    };
    match part {
        Part::Tests => wire.tests = Some(parts::tests_out(run.tests.as_ref()?)),
        Part::Coverage => wire.coverage = Some(parts::coverage_out(run.coverage.as_ref()?)),
        Part::Findings => wire.findings = Some(parts::findings_out(run.findings.as_ref()?)),
        Part::Benchmarks => {
            let (machines, benchmarks) = parts::benchmarks_out(run.benchmarks.as_ref()?);
            (wire.machines, wire.benchmarks) = (Some(machines), Some(benchmarks));
        }
    }
    // Lists of text and whole numbers: nothing that JSON could refuse.
    serde_json::to_string(&wire).ok()
}

/// The runs of one part in the note of `commit`, in the order of their lines. A line that speaks of
/// another commit was carried here by a rebase, and says nothing of this one.
///
/// # Errors
/// The first line that cannot be read.
pub fn decode(part: Part, commit: &str, note: &[u8]) -> Result<Vec<Snapshot>, DamagedLine> {
    read_lines(note, |bytes| {
        let wire: WireRun = versioned(bytes)?;
        if wire.commit == commit { run_in(part, wire).map(Some) } else { Ok(None) }
    })
}

fn run_in(part: Part, wire: WireRun) -> Result<Snapshot, String> {
    let mut run = Snapshot { commit: wire.commit, run: wire.run, recorded: wire.at, ..Snapshot::default() };
    let whole = match (part, wire.tests, wire.coverage, wire.findings, wire.machines, wire.benchmarks) {
        (Part::Tests, Some(tests), None, None, None, None) => {
            run.tests = Some(parts::tests_in(tests)?);
            true
        }
        (Part::Coverage, None, Some(coverage), None, None, None) => {
            run.coverage = Some(parts::coverage_in(coverage)?);
            true
        }
        (Part::Findings, None, None, Some(findings), None, None) => {
            run.findings = Some(parts::findings_in(findings)?);
            true
        }
        (Part::Benchmarks, None, None, None, Some(machines), Some(benchmarks)) => {
            run.benchmarks = Some(parts::benchmarks_in(machines, benchmarks)?);
            true
        }
        _ => false,
    };
    if whole { Ok(run) } else { Err(format!("does not hold {part}, or more than that")) }
}

/// An acceptance as a line, without the line end.
pub fn encode_acceptance(acceptance: &Acceptance) -> String {
    let wire = WireAcceptance {
        v: VERSION,
        commit: acceptance.commit.clone(),
        accept: acceptance.what.clone(),
        reason: acceptance.reason.clone(),
        by: acceptance.by.clone(),
        at: acceptance.recorded,
    };
    serde_json::to_string(&wire).unwrap_or_default()
}

/// The acceptances in the note of `commit`.
///
/// # Errors
/// The first line that cannot be read.
pub fn decode_acceptances(commit: &str, note: &[u8]) -> Result<Vec<Acceptance>, DamagedLine> {
    read_lines(note, |bytes| {
        let wire: WireAcceptance = versioned(bytes)?;
        Ok((wire.commit == commit).then_some(Acceptance {
            commit: wire.commit,
            what: wire.accept,
            reason: wire.reason,
            by: wire.by,
            recorded: wire.at,
        }))
    })
}

fn read_lines<T>(
    note: &[u8],
    read: impl Fn(&[u8]) -> Result<Option<T>, String>,
) -> Result<Vec<T>, DamagedLine> {
    let mut all = Vec::new();
    for (at, line) in note.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let message =
            |message: String| DamagedLine { line: at + 1, message: message.chars().take(200).collect() };
        all.extend(read(line).map_err(message)?);
    }
    Ok(all)
}

fn versioned<T: for<'de> Deserialize<'de>>(line: &[u8]) -> Result<T, String> {
    match serde_json::from_slice::<T>(line) {
        Ok(read) => match serde_json::from_slice::<Versioned>(line) {
            Ok(Versioned { v: VERSION }) => Ok(read),
            _ => Err(of_version(line)),
        },
        Err(error) => match serde_json::from_slice::<Versioned>(line) {
            Ok(Versioned { v }) if v != VERSION => Err(of_version(line)),
            _ => Err(error.to_string()),
        },
    }
}

fn of_version(line: &[u8]) -> String {
    let version = serde_json::from_slice::<Versioned>(line).map_or(0, |versioned| versioned.v);
    format!("was written in version {version}; this program reads {VERSION}: use the newer milegate")
}

/// Several runs of one commit as one: of a test the worse outcome, of a file every line that any run
/// hit, of a finding the most occurrences, of a benchmark the middle value. The order does not matter.
pub fn united(commit: &str, runs: &[Snapshot]) -> Snapshot {
    let mut whole = Snapshot { commit: commit.to_owned(), ..Snapshot::default() };
    let mut measured: BTreeMap<&BenchmarkId, Vec<&BenchmarkMark>> = BTreeMap::new();
    let mut names: Vec<&str> = runs.iter().map(|run| run.run.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    whole.run = names.join(", ");
    for run in runs {
        whole.recorded = whole.recorded.max(run.recorded);
        parts::unite(&mut whole, run);
        for (id, mark) in run.benchmarks.iter().flatten() {
            measured.entry(id).or_default().push(mark);
        }
    }
    if runs.iter().any(|run| run.benchmarks.is_some()) {
        whole.benchmarks =
            Some(measured.into_iter().filter_map(|(id, marks)| Some((id.clone(), middle(marks)?))).collect());
    }
    whole
}

/// The middle one by value; of an even number the smaller of the two, and of equal ones that of the
/// machine with the smaller name.
fn middle(mut marks: Vec<&BenchmarkMark>) -> Option<BenchmarkMark> {
    let machine = |mark: &BenchmarkMark| -> Machine { mark.machine.clone() };
    marks.sort_by(|a, b| {
        a.value.total_cmp(&b.value).then_with(|| (machine(a), a.samples).cmp(&(machine(b), b.samples)))
    });
    marks.get(marks.len().checked_sub(1)? / 2).copied().cloned()
}

#[cfg(test)]
mod laws;
