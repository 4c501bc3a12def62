//! Tests by identity, packed: a million of them in some forty bytes each.
//!
//! Suites and classes are kept once, names one after the other without what they share with the
//! name before, places packed in their own way, and what only few tests have (a message) aside. A
//! table of hashes finds a test by its identity. In order of identity they are brought only when
//! somebody asks.

use super::place::{Place, PlaceRef};
use super::places::Places;
use super::tests::{TestCase, TestId, TestOutcome};
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;
use table::{Secrets, Table};

pub use incoming::Incoming;

mod incoming;
mod table;

/// A name is written in full at every so many-th test, so that none is far from it.
const RESTART: usize = 32;

/// One test, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct CaseRef<'a> {
    /// See [`TestId::suite`].
    pub suite: &'a str,
    /// See [`TestId::class`].
    pub class: &'a str,
    /// See [`TestId::name`].
    pub name: &'a str,
    /// Its outcome.
    pub outcome: TestOutcome,
    /// See [`TestCase::message`].
    pub message: Option<&'a str>,
    /// See [`TestCase::place`].
    pub place: Option<PlaceRef<'a>>,
    /// See [`TestCase::seconds`].
    pub seconds: Option<f64>,
}

impl CaseRef<'_> {
    /// The same with texts of its own.
    pub fn to_owned(&self) -> TestCase {
        TestCase {
            id: TestId { suite: self.suite.into(), class: self.class.into(), name: self.name.into() },
            outcome: self.outcome,
            message: self.message.map(str::to_owned),
            place: self.place.map(PlaceRef::to_owned),
            seconds: self.seconds,
        }
    }
}

impl TestCase {
    /// The same, borrowed.
    pub fn borrowed(&self) -> CaseRef<'_> {
        CaseRef {
            suite: &self.id.suite,
            class: &self.id.class,
            name: &self.id.name,
            outcome: self.outcome,
            message: self.message.as_deref(),
            place: self.place.as_ref().map(Place::borrowed),
            seconds: self.seconds,
        }
    }
}

/// What every test has, in twenty bytes.
#[derive(Clone, Copy)]
struct Packed {
    /// The halves of its seconds; NaN where the report does not say.
    seconds: [u32; 2],
    /// Where its name ends in [`Cases::names`]: the lower bytes, and the fifth.
    end: u32,
    fifth: u8,
    /// Bytes that its name shares with the name before.
    shared: u8,
    outcome: TestOutcome,
    /// Index of its suite and class.
    group: u32,
}

impl Packed {
    /// The room of names ends far below five bytes.
    fn end(self) -> usize {
        (u64::from(self.fifth) << 32 | u64::from(self.end)) as usize
    }

    fn seconds(self) -> Option<f64> {
        let [low, high] = self.seconds.map(u64::from);
        Some(f64::from_bits(high << 32 | low)).filter(|seconds| !seconds.is_nan())
    }
}

/// Halves of the bits of seconds.
fn halves(seconds: Option<f64>) -> [u32; 2] {
    let bits = seconds.unwrap_or(f64::NAN).to_bits();
    [bits as u32, (bits >> 32) as u32]
}

/// Tests, each identity once.
#[derive(Clone, Default)]
pub struct Cases {
    entries: Vec<Packed>,
    names: String,
    /// The name of the latest entry.
    latest: String,
    groups: Box<Groups>,
    /// What few tests have.
    messages: HashMap<u32, Box<str>>,
    places: Places,
    /// Made when a test is looked for first.
    table: OnceLock<Table>,
    secrets: Secrets,
}

/// A suite and a class in it.
type Group = (Box<str>, Box<str>);

/// Suites and classes, each pair once.
#[derive(Clone, Default)]
struct Groups {
    list: Vec<Group>,
    indices: HashMap<Group, u32>,
    /// The one that was looked up last.
    latest: u32,
}

impl Groups {
    fn find(&self, suite: &str, class: &str) -> Option<u32> {
        self.indices.get(&(suite.into(), class.into())).copied()
    }

    /// Most tests have the suite and class of the test before.
    fn index(&mut self, suite: &str, class: &str) -> u32 {
        // An empty text lies nowhere: to compare two of them is to ask for memory that is not there,
        // which takes the processor longer than everything else here.
        let same = |known: &str, text: &str| known.len() == text.len() && (text.is_empty() || known == text);
        let known = self.list.get(self.latest as usize);
        if known.is_some_and(|known| same(&known.1, class) && same(&known.0, suite)) {
            return self.latest;
        }
        self.latest = self.find(suite, class).unwrap_or_else(|| {
            let group: Group = (suite.into(), class.into());
            self.list.push(group.clone());
            let index = self.list.len() as u32 - 1;
            self.indices.insert(group, index);
            index
        });
        self.latest
    }
}

impl Cases {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The test of that identity.
    pub fn get(&self, id: &TestId) -> Option<TestCase> {
        let group = self.groups.find(&id.suite, &id.class)?;
        let index = self.find(self.hash(group, &id.name), group, &id.name)?;
        Some(self.view(index, &id.name).to_owned())
    }

    /// Whether there is a test of that identity.
    pub fn contains_key(&self, id: &TestId) -> bool {
        self.get(id).is_some()
    }

    /// All tests in the order of their identities.
    pub fn values(&self) -> impl Iterator<Item = TestCase> {
        self.with(|_| true).into_iter()
    }

    /// All identities in order.
    pub fn keys(&self) -> impl Iterator<Item = TestId> {
        self.values().map(|case| case.id)
    }

    /// The tests of some outcomes, in the order of their identities.
    pub fn with(&self, outcome: impl Fn(TestOutcome) -> bool) -> Vec<TestCase> {
        let mut chosen = Vec::new();
        self.each(|case| {
            if outcome(case.outcome) {
                chosen.push(case.to_owned());
            }
        });
        chosen.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        chosen
    }

    /// Shows every test, in the order in which they were added.
    pub fn each(&self, mut show: impl FnMut(CaseRef<'_>)) {
        let mut name = String::new();
        for index in 0..self.entries.len() {
            self.step(&mut name, index);
            show(self.view(index, &name));
        }
    }

    /// Outcome and seconds of every test.
    pub fn outcomes(&self) -> impl Iterator<Item = (TestOutcome, Option<f64>)> + '_ {
        self.entries.iter().map(|e| (e.outcome, e.seconds()))
    }

    /// Adds a test. If its identity is there already, the worse outcome stays; then the index of the
    /// test and the outcome it had are returned.
    pub fn put(&mut self, case: CaseRef<'_>) -> Option<(usize, TestOutcome)> {
        let group = self.groups.index(case.suite, case.class);
        self.place(case, group, self.hash(group, case.name))
    }

    fn place(&mut self, case: CaseRef<'_>, group: u32, hash: u64) -> Option<(usize, TestOutcome)> {
        if let Some(index) = self.find(hash, group, case.name) {
            let before = self.entries[index].outcome;
            let mut known = self.view(index, case.name).to_owned();
            known.absorb(case.to_owned());
            self.keep(index, known.borrowed());
            return Some((index, before));
        }
        let index = self.append(case, group);
        if let Some(table) = self.table.get_mut() {
            table.insert(hash, index);
        }
        None
    }

    /// Adds a test that is not there; the table does not know it yet.
    fn append(&mut self, case: CaseRef<'_>, group: u32) -> usize {
        let index = self.entries.len();
        let shared = self.shared(case.name);
        self.names.push_str(&case.name[usize::from(shared)..]);
        self.latest.clear();
        self.latest.push_str(case.name);
        let end = self.names.len();
        let (seconds, fifth) = (halves(case.seconds), (end as u64 >> 32) as u8);
        self.entries.push(Packed { seconds, end: end as u32, fifth, shared, outcome: case.outcome, group });
        self.tell(index, case);
        index
    }

    /// The table, made when it is asked for first.
    fn table(&self) -> &Table {
        self.table.get_or_init(|| {
            let (mut table, mut name) = (Table::default(), String::new());
            for (index, entry) in self.entries.iter().enumerate() {
                self.step(&mut name, index);
                table.insert(self.hash(entry.group, &name), index);
            }
            table
        })
    }

    /// Sets the outcome of the test that [`Self::put`] told the index of, if it is `from`.
    pub fn change(&mut self, index: usize, from: TestOutcome, to: TestOutcome) {
        if let Some(entry) = self.entries.get_mut(index).filter(|entry| entry.outcome == from) {
            entry.outcome = to;
        }
    }

    /// Writes everything but the identity.
    fn keep(&mut self, index: usize, case: CaseRef<'_>) {
        let entry = &mut self.entries[index];
        entry.outcome = case.outcome;
        entry.seconds = halves(case.seconds);
        self.messages.remove(&(index as u32));
        self.tell(index, case);
    }

    fn tell(&mut self, index: usize, case: CaseRef<'_>) {
        if let Some(message) = case.message {
            self.messages.insert(index as u32, message.into());
        }
        self.places.set(index, case.place);
    }

    fn hash(&self, group: u32, name: &str) -> u64 {
        self.secrets.hash(group, name)
    }

    fn find(&self, hash: u64, group: u32, name: &str) -> Option<usize> {
        self.table().find(hash, |index| self.entries[index].group == group && self.is_named(index, name))
    }

    fn is_named(&self, index: usize, name: &str) -> bool {
        if index + 1 == self.entries.len() {
            return self.latest == name;
        }
        // A later name shares so many bytes at most, so no more of the names before it are put together.
        let mut known = Vec::new();
        for at in index - index % RESTART..=index {
            let from = at.checked_sub(1).map_or(0, |before| self.entries[before].end());
            let own = &self.names.as_bytes()[from..self.entries[at].end()];
            known.truncate(self.entries[at].shared.into());
            let room = if at == index { own.len() } else { own.len().min(u8::MAX.into()) };
            known.extend_from_slice(&own[..room]);
        }
        known == name.as_bytes()
    }

    /// From the name of the test before to that of `index`.
    fn step(&self, name: &mut String, index: usize) {
        let from = index.checked_sub(1).map_or(0, |before| self.entries[before].end());
        let entry = &self.entries[index];
        name.truncate(entry.shared.into());
        name.push_str(&self.names[from..entry.end()]);
    }

    /// How many bytes, whole characters, the next name shares with the latest.
    fn shared(&self, name: &str) -> u8 {
        if self.entries.len().is_multiple_of(RESTART) {
            return 0;
        }
        let mut shared = same_bytes(self.latest.as_bytes(), name.as_bytes()).min(u8::MAX.into());
        while !name.is_char_boundary(shared) {
            shared -= 1;
        }
        shared as u8
    }

    fn view<'a>(&'a self, index: usize, name: &'a str) -> CaseRef<'a> {
        let entry = &self.entries[index];
        let (suite, class) = &self.groups.list[entry.group as usize];
        CaseRef {
            suite,
            class,
            name,
            outcome: entry.outcome,
            message: self.messages.get(&(index as u32)).map(|message| &**message),
            place: self.places.get(index),
            seconds: entry.seconds(),
        }
    }
}

/// How many bytes at the beginning of both are the same; eight at a time.
fn same_bytes(one: &[u8], other: &[u8]) -> usize {
    let (eights, _) = one.as_chunks::<8>();
    let (others, _) = other.as_chunks::<8>();
    let mut pairs = eights.iter().zip(others).map(|(a, b)| u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b));
    let same = match pairs.by_ref().position(|differs| differs != 0) {
        Some(at) => at * 8,
        None => eights.len().min(others.len()) * 8,
    };
    let rest = one[same..].iter().zip(&other[same..]);
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The same tests, in whatever order they were added.
impl PartialEq for Cases {
    fn eq(&self, other: &Self) -> bool {
        let mut same = self.len() == other.len();
        self.each(|case| {
            let group = || other.groups.find(case.suite, case.class);
            same = same
                && group().is_some_and(|group| {
                    let found = other.find(other.hash(group, case.name), group, case.name);
                    found.is_some_and(|index| other.view(index, case.name).to_owned() == case.to_owned())
                });
        });
        same
    }
}

impl fmt::Debug for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values()).finish()
    }
}

#[cfg(test)]
mod tests;
