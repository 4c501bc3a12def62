//! Which of the tests that are new are tests that are gone, under another name.
//!
//! Sure: the same name where only the suite or a memory address in the parameters differs; the same
//! name in a file that git knows to be renamed; a rename that was declared. Probable: the same class
//! and nearly the same name, or the same name with other parameters. Probable pairs are only ever
//! made with a new test that passes: a failing one is not excused by a likeness.

use super::tests::Declared;
use crate::model::snapshot::TestMark;
use crate::model::tests::{TestId, TestOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// Names that are at least so alike (Jaro-Winkler, 0 to 1) are probably one.
const ALIKE: f64 = 0.92;

/// More pairs than this in one class are not compared: so many renames are no rename.
const MAX_PAIRS: usize = 40_000;

type Marked<'a> = (&'a TestId, &'a TestMark);

/// Tests of this run with the identity they had before.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// Now -> before, and whether it is worth a word: `None` if only what never was the test's own
    /// name differs, else whether it is sure.
    pairs: BTreeMap<TestId, (TestId, Option<bool>)>,
    taken: BTreeSet<TestId>,
}

impl Pairing {
    /// The identity that a test had before.
    pub(super) fn from(&self, now: &TestId) -> Option<&TestId> {
        self.pairs.get(now).map(|(from, _)| from)
    }

    /// Whether a test that is gone has been found again.
    pub(super) fn is_taken(&self, before: &TestId) -> bool {
        self.taken.contains(before)
    }

    /// Whether a rename is sure; `None` if it is none worth a word.
    pub(super) fn is_sure(&self, now: &TestId) -> Option<bool> {
        self.pairs.get(now).and_then(|(_, sure)| *sure)
    }

    fn add(&mut self, before: &TestId, now: &TestId, sure: Option<bool>) {
        if !self.taken.contains(before) && !self.pairs.contains_key(now) {
            self.taken.insert(before.clone());
            self.pairs.insert(now.clone(), (before.clone(), sure));
        }
    }

    /// Pairs those that are alone in bearing a key, on both sides.
    fn by_key<K: Ord>(
        &mut self,
        gone: &[Marked<'_>],
        new: &[Marked<'_>],
        sure: Option<bool>,
        keys: (impl Fn(&Marked<'_>) -> Option<K>, impl Fn(&Marked<'_>) -> Option<K>),
    ) {
        let free_gone = gone.iter().filter(|(id, _)| !self.taken.contains(*id));
        let free_new = new.iter().filter(|(id, _)| !self.pairs.contains_key(*id));
        let (gone, mut new) = (alone(free_gone, keys.0), alone(free_new, keys.1));
        for (key, before) in gone {
            if let (Some(before), Some(Some(now))) = (before, new.remove(&key)) {
                self.add(before, now, sure);
            }
        }
    }
}

/// Identities by their key; `None` for a key that several bear.
fn alone<'a, K: Ord>(
    tests: impl Iterator<Item = &'a Marked<'a>>,
    key: impl Fn(&Marked<'_>) -> Option<K>,
) -> BTreeMap<K, Option<&'a TestId>> {
    let mut all = BTreeMap::new();
    for test in tests {
        if let Some(key) = key(test) {
            all.entry(key).and_modify(|id| *id = None).or_insert(Some(test.0));
        }
    }
    all
}

/// Pairs the tests that are gone with those that are new, each at most once.
pub(super) fn pair(
    gone: &[Marked<'_>],
    new: &[Marked<'_>],
    renamed: &BTreeMap<String, String>,
    declared: &[Declared],
) -> Pairing {
    let mut pairing = Pairing::default();
    if gone.is_empty() || new.is_empty() {
        return pairing;
    }
    let even = |(id, _): &Marked<'_>| Some((id.class.replace('\\', "/"), evened(&id.name)));
    pairing.by_key(gone, new, None, (even, even));
    let told = |(id, _): &Marked<'_>| declared.iter().find(|d| d.from == id.label()).map(|d| d.to.clone());
    pairing.by_key(gone, new, Some(true), (told, |(id, _): &Marked<'_>| Some(id.label())));
    for (from, to) in renamed {
        // By the class as by the file: not every report names both.
        let name = |id: &TestId| evened(&id.name);
        pairing.by_key(
            gone,
            new,
            Some(true),
            (
                |(id, _): &Marked<'_>| Some((in_file(&id.class, from, to)?, name(id))),
                |(id, _): &Marked<'_>| Some((id.class.clone(), name(id))),
            ),
        );
        let file =
            |file: &String, (id, mark): &Marked<'_>| (mark.file.as_ref() == Some(file)).then(|| name(id));
        pairing.by_key(gone, new, Some(true), (|t: &Marked<'_>| file(from, t), |t: &Marked<'_>| file(to, t)));
    }
    probable(&mut pairing, gone, new);
    pairing
}

/// A name without what differs from run to run: addresses of objects in the parameters.
fn evened(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        out.push_str(&rest[..at + 2]);
        // Shorter numbers are somebody's parameter.
        out.push_str(if digits >= 6 { "" } else { &rest[at + 2..at + 2 + digits] });
        rest = &rest[at + 2 + digits..];
    }
    (out + rest).replace('\\', "/")
}

/// The class of a test after its file was renamed: `tests.old.TestX` in `tests/old.py` becomes
/// `tests.new.TestX`; source roots before the package (`src/test/java/`) are left out on both sides.
fn in_file(class: &str, from: &str, to: &str) -> Option<String> {
    if class == from {
        return Some(to.to_owned());
    }
    let dotted = |path: &str| {
        let stem = path.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(path, |(stem, _)| stem);
        stem.replace('/', ".")
    };
    let (from, to) = (dotted(from), dotted(to));
    let ends: Vec<usize> = class.match_indices(['.', '$']).map(|(at, _)| at).chain([class.len()]).collect();
    ends.into_iter().rev().find_map(|end| {
        let root = from.strip_suffix(&class[..end])?;
        let whole = root.is_empty() || root.ends_with('.');
        let new = to.strip_prefix(root).filter(|new| whole && end > 0 && !new.is_empty())?;
        Some(format!("{new}{}", &class[end..]))
    })
}

/// Pairs tests of one class whose names are alike, the most alike first.
fn probable(pairing: &mut Pairing, gone: &[Marked<'_>], new: &[Marked<'_>]) {
    let mut classes: BTreeMap<&str, (Vec<&TestId>, Vec<&TestId>)> = BTreeMap::new();
    for (id, mark) in gone.iter().filter(|(id, _)| !pairing.taken.contains(*id)) {
        // One that did not pass is nobody's loss, and need not be found again.
        if matches!(mark.outcome, TestOutcome::Passed | TestOutcome::Flaky) {
            classes.entry(&id.class).or_default().0.push(id);
        }
    }
    for (id, mark) in new.iter().filter(|(id, _)| !pairing.pairs.contains_key(*id)) {
        if matches!(mark.outcome, TestOutcome::Passed | TestOutcome::Flaky) {
            classes.entry(&id.class).or_default().1.push(id);
        }
    }
    let mut found: Vec<(f64, &TestId, &TestId)> = Vec::new();
    for (gone, new) in classes.values().filter(|(gone, new)| gone.len() * new.len() <= MAX_PAIRS) {
        for (before, now) in gone.iter().flat_map(|g| new.iter().map(move |n| (*g, *n))) {
            let score = likeness(&before.name, &now.name);
            if score >= ALIKE {
                found.push((score, before, now));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    found.into_iter().for_each(|(_, before, now)| pairing.add(before, now, Some(false)));
}

/// 0 to 1; 1 where only the parameters differ.
fn likeness(before: &str, now: &str) -> f64 {
    let bare =
        |name: &str| name.find(['[', '(']).filter(|at| *at > 0).map(|at| name[..at].trim_end().to_owned());
    match (bare(before), bare(now)) {
        (Some(one), Some(other)) if one == other => 1.0,
        _ => strsim::jaro_winkler(before, now),
    }
}

#[cfg(test)]
mod laws {
    use super::*;

    #[test]
    fn a_class_follows_its_file() {
        for (class, from, to, then) in [
            ("tests.old", "tests/old.py", "tests/new.py", Some("tests.new")),
            ("tests.old.TestX", "tests/old.py", "tests/unit/new.py", Some("tests.unit.new.TestX")),
            (
                "com.x.FooTest",
                "src/test/java/com/x/FooTest.java",
                "src/test/java/com/y/BarTest.java",
                Some("com.y.BarTest"),
            ),
            (
                "com.x.FooTest$In",
                "src/test/java/com/x/FooTest.java",
                "src/test/java/com/x/B.java",
                Some("com.x.B$In"),
            ),
            ("test/a.test.js", "test/a.test.js", "test/b.test.js", Some("test/b.test.js")),
            ("tests.older", "tests/old.py", "tests/new.py", None),
            ("ts.old", "tests/old.py", "tests/new.py", None),
            ("", "tests/old.py", "tests/new.py", None),
            (".old", "tests/old.py", "tests/new.py", None),
        ] {
            assert_eq!(in_file(class, from, to).as_deref(), then, "{class}");
        }
    }

    #[test]
    fn addresses_are_no_part_of_a_name() {
        assert_eq!(evened("t[<o at 0x7f3a2b1c>]"), evened("t[<o at 0x55d0aa99>]"));
        assert_ne!(evened("t[0x10]"), evened("t[0x20]"));
        assert_eq!(evened("plain"), "plain");
    }

    #[test]
    fn likeness_is_of_names_or_of_all_but_the_parameters() {
        assert!(likeness("test_add[1]", "test_add[a long other one]") >= ALIKE);
        assert!(likeness("test_checkout_total", "test_checkout_totals") >= ALIKE);
        assert!(likeness("test_add", "test_remove") < ALIKE);
        assert!(likeness("[1]", "[2 and other things]") < ALIKE);
    }
}
