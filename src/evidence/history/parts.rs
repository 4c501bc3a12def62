//! The four parts of a run as lists of JSON, and how two runs unite in each.

use super::WireMachine;
use crate::evidence::bundle::lines;
use crate::model::benchmarks::Direction;
use crate::model::coverage::Lines;
use crate::model::findings::Severity;
use crate::model::machine::Machine;
use crate::model::ratio::Ratio;
use crate::model::snapshot::{
    BenchmarkId, BenchmarkMark, FileMark, FindingMark, Fingerprint, Snapshot, TestMark,
};
use crate::model::tests::{TestId, TestOutcome};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Suite, class, file, and the names by outcome.
pub(super) type WireTests = (String, String, Option<String>, BTreeMap<Outcome, Vec<String>>);

/// Path, lines, hit and all of them where they are no count of the lines, branches.
pub(super) type WireCovered = (String, String, Option<(u64, u64)>, Option<(u64, u64)>);

/// Tool, rule, path, message, severity, how often.
pub(super) type WireFinding = (String, String, String, String, Severity, u64);

/// Name, unit, value, whether higher is better, samples, index of the machine, whether it is weak.
/// The value is text: then it is read back bit by bit.
pub(super) type WireBenchmark = (String, String, String, bool, u64, usize, bool);

/// An outcome by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Skipped,
    Passed,
    Flaky,
    Errored,
    Failed,
}

const OUTCOMES: &[(Outcome, TestOutcome)] = &[
    (Outcome::Skipped, TestOutcome::Skipped),
    (Outcome::Passed, TestOutcome::Passed),
    (Outcome::Flaky, TestOutcome::Flaky),
    (Outcome::Errored, TestOutcome::Errored),
    (Outcome::Failed, TestOutcome::Failed),
];

impl Outcome {
    fn of(outcome: TestOutcome) -> Self {
        OUTCOMES.iter().find(|row| row.1 == outcome).map_or(Self::Errored, |row| row.0)
    }

    fn into_model(self) -> TestOutcome {
        OUTCOMES.iter().find(|row| row.0 == self).map_or(TestOutcome::Errored, |row| row.1)
    }
}

pub(super) fn tests_out(tests: &BTreeMap<TestId, TestMark>) -> Vec<WireTests> {
    type Group<'a> = (&'a str, &'a str, Option<&'a str>);
    let mut groups: BTreeMap<Group<'_>, BTreeMap<Outcome, Vec<String>>> = BTreeMap::new();
    for (id, mark) in tests {
        let group = groups.entry((&id.suite, &id.class, mark.file.as_deref())).or_default();
        group.entry(Outcome::of(mark.outcome)).or_default().push(id.name.clone());
    }
    let group = |((suite, class, file), names): (Group<'_>, _)| {
        (suite.to_owned(), class.to_owned(), file.map(str::to_owned), names)
    };
    groups.into_iter().map(group).collect()
}

pub(super) fn tests_in(groups: Vec<WireTests>) -> Result<BTreeMap<TestId, TestMark>, String> {
    let mut all = BTreeMap::new();
    for (suite, class, file, outcomes) in groups {
        for (outcome, names) in outcomes {
            for name in names {
                let id = TestId { suite: suite.clone(), class: class.clone(), name };
                let mark = TestMark { outcome: outcome.into_model(), file: file.clone() };
                once(&mut all, id, mark, "test")?;
            }
        }
    }
    Ok(all)
}

pub(super) fn coverage_out(files: &BTreeMap<String, FileMark>) -> Vec<WireCovered> {
    let pair = |ratio: Ratio| (ratio.covered, ratio.total);
    let file = |(path, mark): (&String, &FileMark)| {
        let total = (mark.total != mark.lines.ratio()).then(|| pair(mark.total));
        (path.clone(), lines::encode(&mark.lines), total, mark.branches.map(pair))
    };
    files.iter().map(file).collect()
}

pub(super) fn coverage_in(files: Vec<WireCovered>) -> Result<BTreeMap<String, FileMark>, String> {
    let ratio = |(covered, total): (u64, u64)| -> Result<Ratio, String> {
        if covered > total {
            Err(format!("{covered} of {total} lines"))
        } else {
            Ok(Ratio::new(covered, total))
        }
    };
    let mut all = BTreeMap::new();
    for (path, text, total, branches) in files {
        let lines = lines::decode(&text).ok_or_else(|| format!("the lines of {path} cannot be read"))?;
        let total = total.map(ratio).transpose()?.unwrap_or_else(|| lines.ratio());
        let branches = branches.map(ratio).transpose()?;
        once(&mut all, path, FileMark { lines, total, branches }, "file")?;
    }
    Ok(all)
}

pub(super) fn findings_out(findings: &BTreeMap<Fingerprint, FindingMark>) -> Vec<WireFinding> {
    let finding = |(print, mark): (&Fingerprint, &FindingMark)| {
        let print = print.clone();
        (print.tool, print.rule, print.path, print.message, mark.severity, mark.count)
    };
    findings.iter().map(finding).collect()
}

pub(super) fn findings_in(list: Vec<WireFinding>) -> Result<BTreeMap<Fingerprint, FindingMark>, String> {
    let mut all = BTreeMap::new();
    for (tool, rule, path, message, severity, count) in list {
        once(
            &mut all,
            Fingerprint { tool, rule, path, message },
            FindingMark { severity, count },
            "finding",
        )?;
    }
    Ok(all)
}

pub(super) fn benchmarks_out(
    benchmarks: &BTreeMap<BenchmarkId, BenchmarkMark>,
) -> (Vec<WireMachine>, Vec<WireBenchmark>) {
    let mut machines: Vec<&Machine> = benchmarks.values().map(|mark| &mark.machine).collect();
    machines.sort_unstable();
    machines.dedup();
    let benchmark = |(id, mark): (&BenchmarkId, &BenchmarkMark)| {
        let machine = machines.iter().position(|machine| **machine == mark.machine).unwrap_or_default();
        let higher = mark.direction == Direction::Higher;
        (
            id.name.clone(),
            id.unit.clone(),
            format!("{:?}", mark.value),
            higher,
            mark.samples,
            machine,
            mark.weak,
        )
    };
    let list = benchmarks.iter().map(benchmark).collect();
    let machine = |m: &Machine| (m.cpu.clone(), m.cores, m.os.clone(), m.toolchain.clone());
    (machines.into_iter().map(machine).collect(), list)
}

pub(super) fn benchmarks_in(
    machines: Vec<WireMachine>,
    list: Vec<WireBenchmark>,
) -> Result<BTreeMap<BenchmarkId, BenchmarkMark>, String> {
    let machine = |(cpu, cores, os, toolchain)| Machine { cpu, cores, os, toolchain };
    let machines: Vec<Machine> = machines.into_iter().map(machine).collect();
    let mut all = BTreeMap::new();
    for (name, unit, value, higher, samples, machine, weak) in list {
        let value: Option<f64> = value.parse().ok().filter(|value: &f64| value.is_finite());
        let (Some(value), Some(machine)) = (value, machines.get(machine)) else {
            return Err(format!("the benchmark {name} has no value, or no machine"));
        };
        let direction = if higher { Direction::Higher } else { Direction::Lower };
        let mark = BenchmarkMark { value, weak, direction, samples, machine: machine.clone() };
        once(&mut all, BenchmarkId { name, unit }, mark, "benchmark")?;
    }
    Ok(all)
}

/// What stands in a line twice says two things of one.
fn once<K: Ord + std::fmt::Debug, V>(
    all: &mut BTreeMap<K, V>,
    key: K,
    value: V,
    what: &str,
) -> Result<(), String> {
    match all.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(place) => Err(format!("the {what} {:?} stands in it twice", place.key())),
    }
}

/// Unites everything but the benchmarks, whose middle needs all of them at once.
pub(super) fn unite(whole: &mut Snapshot, run: &Snapshot) {
    if let Some(tests) = &run.tests {
        let all = whole.tests.get_or_insert_default();
        for (id, mark) in tests {
            let known = all.entry(id.clone()).or_insert_with(|| mark.clone());
            known.outcome = known.outcome.max(mark.outcome);
            known.file = known.file.clone().max(mark.file.clone());
        }
    }
    if let Some(coverage) = &run.coverage {
        let all = whole.coverage.get_or_insert_default();
        for (path, mark) in coverage {
            all.entry(path.clone()).and_modify(|known| cover(known, mark)).or_insert_with(|| mark.clone());
        }
    }
    if let Some(findings) = &run.findings {
        let all = whole.findings.get_or_insert_default();
        for (print, mark) in findings {
            let known = all.entry(print.clone()).or_insert(*mark);
            known.count = known.count.max(mark.count);
            known.severity = known.severity.min(mark.severity);
        }
    }
}

fn cover(known: &mut FileMark, other: &FileMark) {
    let most = |a: Ratio, b: Ratio| Ratio::new(a.covered.max(b.covered), a.total.max(b.total));
    let mut lines: Lines = known.lines.clone();
    lines.merge(&other.lines);
    known.total = most(most(known.total, other.total), lines.ratio());
    known.lines = lines;
    known.branches = match (known.branches, other.branches) {
        (Some(a), Some(b)) => Some(most(a, b)),
        (a, b) => a.or(b),
    };
}
