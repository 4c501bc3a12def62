//! The functions of one file, packed: their names one after the other in one text.

use super::ratio::Ratio;
use std::fmt;

/// One function: the line where it begins (0 if that is not known), its name, whether it was called.
pub type Function<'a> = (u32, &'a str, bool);

/// The functions of one file by line and name, each once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Functions {
    names: Box<str>,
    list: Box<[Packed]>,
}

/// A function, and where its name ends; it begins where that of the one before does.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Packed {
    end: usize,
    line: u32,
    called: bool,
}

impl Functions {
    /// Makes the set from functions in any order; one that is told again was called if it ever was.
    pub fn collect<'a>(functions: impl IntoIterator<Item = Function<'a>, IntoIter: Clone>) -> Self {
        let functions = functions.into_iter();
        if functions.clone().is_sorted_by(|one, next| (one.0, one.1) < (next.0, next.1)) {
            return Self::pack(functions);
        }
        let mut all: Vec<_> = functions.collect();
        // Nearly always a few sorted parts. Of one function's two states the called one sorts last.
        all.sort();
        all.dedup_by(|later, kept| {
            let same = (later.0, later.1) == (kept.0, kept.1);
            kept.2 |= same && later.2;
            same
        });
        Self::pack(all.into_iter())
    }

    /// Packs what is sorted, in room that fits exactly.
    fn pack<'a>(functions: impl Iterator<Item = Function<'a>> + Clone) -> Self {
        let mut names = String::with_capacity(functions.clone().map(|(_, name, _)| name.len()).sum());
        let mut list = Vec::with_capacity(functions.clone().count());
        for (line, name, called) in functions {
            names.push_str(name);
            list.push(Packed { end: names.len(), line, called });
        }
        Self { names: names.into(), list: list.into() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, by line and name.
    pub fn iter(&self) -> impl Iterator<Item = Function<'_>> + Clone {
        let mut from = 0;
        self.list.iter().map(move |packed| {
            let name = &self.names[std::mem::replace(&mut from, packed.end)..packed.end];
            (packed.line, name, packed.called)
        })
    }

    /// Unites with those of another report of the same file.
    pub fn merge(&mut self, other: &Self) {
        if self.is_empty() {
            self.clone_from(other);
        } else if !other.is_empty() {
            *self = Self::collect(self.iter().chain(other.iter()));
        }
    }

    /// Called of all.
    pub fn ratio(&self) -> Ratio {
        let called = self.list.iter().filter(|packed| packed.called).count();
        Ratio::new(called as u64, self.list.len() as u64)
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn functions_are_those_of_a_plain_map(
            given in prop::collection::vec((0..3_u32, "[ab]{0,2}", any::<bool>()), 0..12),
            cut in 0..12_usize,
        ) {
            let mut plain = BTreeMap::new();
            for (line, name, called) in &given {
                *plain.entry((*line, name.as_str())).or_default() |= *called;
            }
            let collect = |some: &[(u32, String, bool)]| {
                Functions::collect(some.iter().map(|(line, name, called)| (*line, name.as_str(), *called)))
            };
            let all = collect(&given);
            prop_assert!(all.iter().eq(plain.iter().map(|((line, name), called)| (*line, *name, *called))));
            let called = plain.values().filter(|called| **called).count() as u64;
            prop_assert_eq!(all.ratio(), Ratio::new(called, plain.len() as u64));
            let (one, two) = given.split_at(cut.min(given.len()));
            let mut merged = collect(one);
            merged.merge(&collect(two));
            prop_assert_eq!(merged, all);
        }
    }
}
