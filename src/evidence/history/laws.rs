//! What is written is read back, whatever the names hold; and runs unite in any order.

use super::*;
use crate::model::benchmarks::Direction;
use crate::model::coverage::Lines;
use crate::model::findings::Severity;
use crate::model::snapshot::{FileMark, FindingMark, Fingerprint, TestMark};
use crate::model::tests::{TestId, TestOutcome};
use proptest::collection::btree_map;
use proptest::prelude::*;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Line ends, quotes, escapes of terminals, and what looks like JSON.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{0,3}", Just("\n\r\"\\\u{1b}[31m\u{2028}".to_owned()), any::<String>()]
}

fn outcome() -> impl Strategy<Value = TestOutcome> {
    prop_oneof![
        Just(TestOutcome::Skipped),
        Just(TestOutcome::Passed),
        Just(TestOutcome::Flaky),
        Just(TestOutcome::Errored),
        Just(TestOutcome::Failed),
    ]
}

fn tests() -> impl Strategy<Value = BTreeMap<TestId, TestMark>> {
    let id = (text(), text(), text()).prop_map(|(suite, class, name)| TestId { suite, class, name });
    let mark =
        (outcome(), proptest::option::of(text())).prop_map(|(outcome, file)| TestMark { outcome, file });
    btree_map(id, mark, 0..8)
}

fn coverage() -> impl Strategy<Value = BTreeMap<String, FileMark>> {
    let lines = prop::collection::vec((1u32..60, any::<bool>()), 0..20);
    let mark = lines.prop_map(|lines| {
        let lines = Lines::collect(lines);
        FileMark { total: lines.ratio(), branches: Some(lines.ratio()), lines }
    });
    btree_map(text(), mark, 0..4)
}

fn findings() -> impl Strategy<Value = BTreeMap<Fingerprint, FindingMark>> {
    let print = (text(), text(), text(), text()).prop_map(|(tool, rule, path, message)| Fingerprint {
        tool,
        rule,
        path,
        message,
    });
    let severity = prop::sample::select(Severity::ALL.to_vec());
    btree_map(print, (severity, 1u64..9).prop_map(|(severity, count)| FindingMark { severity, count }), 0..5)
}

fn benchmarks() -> impl Strategy<Value = BTreeMap<BenchmarkId, BenchmarkMark>> {
    let machine = (text(), any::<u32>()).prop_map(|(cpu, cores)| Machine {
        cpu,
        cores,
        os: "linux".into(),
        toolchain: String::new(),
    });
    let value = any::<f64>().prop_filter("finite", |value| value.is_finite());
    let mark =
        (value, any::<(bool, bool, u64)>(), machine).prop_map(|(value, (weak, up, samples), machine)| {
            let direction = if up { Direction::Higher } else { Direction::Lower };
            BenchmarkMark { value, weak, direction, samples, machine }
        });
    btree_map((text(), text()).prop_map(|(name, unit)| BenchmarkId { name, unit }), mark, 0..5)
}

fn run() -> impl Strategy<Value = Snapshot> {
    (text(), any::<i64>(), tests(), coverage(), findings(), benchmarks()).prop_map(
        |(run, recorded, tests, coverage, findings, benchmarks)| Snapshot {
            commit: COMMIT.into(),
            run,
            recorded,
            tests: Some(tests),
            coverage: Some(coverage),
            findings: Some(findings),
            benchmarks: Some(benchmarks),
        },
    )
}

proptest! {
    #[test]
    fn reads_what_it_writes(run in run()) {
        for part in Part::ALL {
            let line = encode(&run, part).unwrap();
            prop_assert!(!line.contains('\n'));
            let read = decode(part, COMMIT, format!("\n{line}\n").as_bytes()).unwrap();
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(encode(&read[0], part).unwrap(), line);
            prop_assert_eq!((&read[0].run, read[0].recorded), (&run.run, run.recorded));
            let same = match part {
                Part::Tests => read[0].tests == run.tests,
                Part::Coverage => read[0].coverage == run.coverage,
                Part::Findings => read[0].findings == run.findings,
                Part::Benchmarks => read[0].benchmarks == run.benchmarks,
            };
            prop_assert!(same);
            prop_assert_eq!(Part::ALL.iter().filter(|other| other.is_in(&read[0])).count(), 1);
        }
    }

    #[test]
    fn a_cut_line_is_damaged(run in run(), at in 1usize..2000) {
        for part in Part::ALL {
            let line = encode(&run, part).unwrap();
            let cut: Vec<u8> = line.bytes().take(at.min(line.len() - 1)).collect();
            prop_assert!(decode(part, COMMIT, &cut).is_err());
        }
    }

    #[test]
    fn runs_unite_in_any_order(runs in prop::collection::vec(run(), 1..4)) {
        let whole = united(COMMIT, &runs);
        let mut back = runs.clone();
        back.reverse();
        prop_assert_eq!(&united(COMMIT, &back), &whole);
        back.extend(runs);
        let twice = united(COMMIT, &back);
        prop_assert_eq!((twice.tests, twice.coverage, twice.findings), (whole.tests, whole.coverage, whole.findings));
    }
}

fn line(rest: &str) -> String {
    format!(r#"{{"v":1,"commit":"{COMMIT}","run":"r","at":1{rest}}}"#)
}

#[test]
fn what_is_no_line_of_that_part_is_damaged_and_names_its_place() {
    let good = line(r#","tests":[["","a.B",null,{"passed":["x"]}]]"#);
    assert_eq!(decode(Part::Tests, COMMIT, good.as_bytes()).unwrap().len(), 1);
    for bad in [
        line(""),
        line(r#","findings":[]"#),
        line(r#","tests":[],"findings":[]"#),
        line(r#","tests":[["","a",null,{"passed":["x"]}],["","a",null,{"failed":["x"]}]]"#),
        line(r#","tests":[["","a",null,{"weird":["x"]}]]"#),
        line(r#","tests":[],"more":1"#),
        good.replace(r#""v":1"#, r#""v":2"#),
        good.replace(r#""v":1,"#, ""),
        "not json".to_owned(),
    ] {
        let note = format!("{good}\n\n{bad}\n");
        let damaged = decode(Part::Tests, COMMIT, note.as_bytes()).unwrap_err();
        assert_eq!(damaged.line, 3, "{bad}");
    }
    let newer = decode(Part::Tests, COMMIT, br#"{"v":2,"anything":true}"#).unwrap_err();
    assert!(newer.message.contains("version 2"), "{}", newer.message);
}

#[test]
fn a_line_that_a_rebase_carried_along_says_nothing_of_the_new_commit() {
    let other = "f".repeat(40);
    let note = line(r#","tests":[]"#);
    assert_eq!(decode(Part::Tests, &other, note.as_bytes()).unwrap(), []);
}

#[test]
fn an_acceptance_is_read_back() {
    let acceptance = Acceptance {
        commit: COMMIT.into(),
        what: "bench*\n".into(),
        reason: "a \"safer\" parser".into(),
        by: "alice".into(),
        recorded: 7,
    };
    let line = encode_acceptance(&acceptance);
    assert!(!line.contains('\n'));
    assert_eq!(decode_acceptances(COMMIT, line.as_bytes()).unwrap(), [acceptance]);
    assert!(decode_acceptances(COMMIT, &line.as_bytes()[..20]).is_err());
}

#[test]
fn the_middle_value_stands_for_several_runs() {
    let mark = |value: f64| BenchmarkMark {
        value,
        weak: false,
        direction: Direction::Lower,
        samples: 1,
        machine: Machine::default(),
    };
    let run = |value: f64| Snapshot {
        benchmarks: Some([(BenchmarkId { name: "b".into(), unit: "s".into() }, mark(value))].into()),
        ..Snapshot::default()
    };
    let whole = united(COMMIT, &[run(3.0), run(1.0), run(2.0)]);
    let values: Vec<f64> = whole.benchmarks.unwrap().values().map(|mark| mark.value).collect();
    assert_eq!(values, [2.0]);
}
