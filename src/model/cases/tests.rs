//! Packed tests against plain ones.

use super::*;
use std::collections::BTreeMap;

#[test]
fn a_test_is_twenty_bytes() {
    assert_eq!(size_of::<Packed>(), 20);
    let packed = |end: u64, seconds| Packed {
        seconds: halves(seconds),
        end: end as u32,
        fifth: (end >> 32) as u8,
        shared: 0,
        outcome: TestOutcome::Passed,
        group: 0,
    };
    let end = 0x12_3456_789a;
    assert_eq!(packed(end, Some(0.1)).end() as u64, end);
    assert_eq!([Some(0.1), Some(0.0), None].map(|s| packed(0, s).seconds()), [Some(0.1), Some(0.0), None]);
}

#[test]
fn a_short_name_is_found_among_long_ones() {
    let long = |end: char| "x".repeat(700) + &end.to_string();
    let mut names: Vec<String> = ('a'..='f').flat_map(|end| [long(end), format!("y{end}")]).collect();
    names.push("x".repeat(255));
    names.push("x".repeat(256));
    let mut cases = Cases::default();
    for name in names.iter().chain(&names) {
        let id = TestId { name: name.clone(), ..TestId::default() };
        let case = TestCase { id, outcome: TestOutcome::Passed, message: None, place: None, seconds: None };
        cases.put(case.borrowed());
    }
    assert_eq!(cases.len(), names.len());
}

fn push(incoming: &mut Incoming, case: CaseRef<'_>) {
    incoming.push_all(case.suite, case.class, std::iter::once(case));
}

#[test]
fn packed_tests_are_those_of_a_plain_map() {
    let outcomes = [TestOutcome::Passed, TestOutcome::Skipped, TestOutcome::Failed];
    let (mut cases, mut incoming) = (Cases::default(), Incoming::default());
    let mut plain = BTreeMap::<TestId, TestCase>::new();
    for i in 0..9000_usize {
        let id = TestId {
            suite: ["", "a/b"][i % 2].into(),
            // Each is there again, with another outcome, message, place and time.
            class: format!("class{}", i % 2100 / 100),
            name: format!("{}äß{}{}", ["test_", "é", ""][i % 3], i % 700, "x".repeat(i % 300)),
        };
        let case = TestCase {
            id: id.clone(),
            outcome: outcomes[i * 7 % 3],
            message: (i % 5 == 0).then(|| format!("m{i}")),
            place: (i % 11 == 0).then(|| Place::line("a.py", 1 + i as u32)),
            seconds: (i % 4 > 0).then_some(i as f64),
        };
        cases.put(case.borrowed());
        push(&mut incoming, case.borrowed());
        plain.entry(id).and_modify(|known| known.absorb(case.clone())).or_insert(case);
    }
    assert!(cases.values().eq(plain.values().cloned()));
    assert_eq!(incoming.finish().0, cases);
    let mut distinct = Incoming::default();
    plain.values().for_each(|case| push(&mut distinct, case.borrowed()));
    let (mut distinct, again) = distinct.finish();
    assert!(again.is_empty() && plain.iter().all(|(id, case)| distinct.get(id).as_ref() == Some(case)));
    for (index, case) in plain.values().enumerate() {
        assert_eq!(distinct.put(case.borrowed()), Some((index, case.outcome)));
    }
    assert_eq!(distinct, cases);
    assert!(plain.iter().all(|(id, case)| cases.get(id).as_ref() == Some(case)));
    assert_eq!(cases.get(&TestId::default()), None);
    let mut backwards = Cases::default();
    plain.values().rev().for_each(|case| assert!(backwards.put(case.borrowed()).is_none()));
    assert_eq!(cases, backwards);
    backwards.change(0, plain.values().next_back().unwrap().outcome, TestOutcome::Flaky);
    assert_ne!(cases, backwards);
}

#[test]
fn tests_that_pass_again_are_told_whenever_it_shows() {
    for count in [1, 5_000, 20_000] {
        let mut incoming = Incoming::default();
        let names: Vec<String> = (0..count).map(|i| i.to_string()).collect();
        let case = |name: &str, outcome| TestCase {
            id: TestId { name: name.into(), ..TestId::default() },
            outcome,
            message: None,
            place: None,
            seconds: None,
        };
        for name in names.iter().chain(names.last()).chain(names.last()) {
            push(&mut incoming, case(name, TestOutcome::Passed).borrowed());
        }
        push(&mut incoming, case("0", TestOutcome::Failed).borrowed());
        let (cases, again) = incoming.finish();
        assert_eq!((cases.len(), again), (count, vec![count - 1; 2]));
        assert_eq!(cases.with(|outcome| outcome == TestOutcome::Failed).len(), 1);
    }
}
