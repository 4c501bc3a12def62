//! Where tests stand, packed: each path once, and eight bytes for each test that names one. Where
//! only few do, as pytest's failures, the others cost next to nothing.

use super::place::{Place, PlaceRef};
use std::collections::HashMap;

/// Tests of which the spots are kept together, if one of them has a place.
const BLOCK: usize = 64;

/// Path and line of one test.
#[derive(Clone, Copy, Default)]
struct Spot {
    /// One more than the index of the path; 0 where the test has no place.
    path: u32,
    /// 0 for the file as a whole.
    line: u32,
}

/// Places by the indices of tests.
#[derive(Clone, Default)]
pub(super) struct Places {
    /// As far as the last test that has a place.
    blocks: Vec<Option<Box<[Spot; BLOCK]>>>,
    paths: Vec<Box<str>>,
    /// What a path stands for in [`Spot::path`].
    known: HashMap<Box<str>, u32>,
    /// Places with a column, or with a line 0: few, if any.
    odd: HashMap<u32, Place>,
}

impl Places {
    /// Where the test stands.
    pub(super) fn get(&self, test: usize) -> Option<PlaceRef<'_>> {
        if let Some(odd) = self.odd.get(&(test as u32)) {
            return Some(odd.borrowed());
        }
        let spot = self.spot(test)?;
        let path = self.paths.get((spot.path as usize).checked_sub(1)?)?;
        Some(PlaceRef { path, line: Some(spot.line).filter(|line| *line > 0), column: None })
    }

    /// Writes where the test stands, whatever was known before.
    pub(super) fn set(&mut self, test: usize, place: Option<PlaceRef<'_>>) {
        if !self.odd.is_empty() {
            self.odd.remove(&(test as u32));
        }
        let spot = match place {
            Some(place) if place.column.is_some() || place.line == Some(0) => {
                self.odd.insert(test as u32, place.to_owned());
                Spot::default()
            }
            Some(place) => Spot { path: self.path(place.path, test), line: place.line.unwrap_or(0) },
            None => Spot::default(),
        };
        let block = test / BLOCK;
        if block >= self.blocks.len() && spot.path > 0 {
            self.blocks.resize(block + 1, None);
        }
        match self.blocks.get_mut(block) {
            Some(Some(spots)) => spots[test % BLOCK] = spot,
            Some(none) if spot.path > 0 => {
                none.insert(Box::new([Spot::default(); BLOCK]))[test % BLOCK] = spot
            }
            _ => {}
        }
    }

    fn spot(&self, test: usize) -> Option<&Spot> {
        Some(&self.blocks.get(test / BLOCK)?.as_ref()?[test % BLOCK])
    }

    /// Most tests stand in the file of the test before.
    fn path(&mut self, path: &str, test: usize) -> u32 {
        let before = test.checked_sub(1).and_then(|before| self.spot(before));
        if let Some(before) = before.filter(|before| before.path > 0)
            && *self.paths[before.path as usize - 1] == *path
        {
            return before.path;
        }
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        self.paths.push(path.into());
        let number = self.paths.len() as u32;
        self.known.insert(path.into(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_a_plain_map() {
        let (mut places, mut plain) = (Places::default(), HashMap::new());
        let lines = [None, Some(0), Some(1), Some(u32::MAX)];
        for i in 0..2000_usize {
            let (test, line) = (i * 7 % 500, lines[i % 4]);
            let place = (i % 3 > 0).then(|| Place {
                path: ["", "a.py", "b.py"][i / 5 % 3].to_owned(),
                line,
                column: line.filter(|_| i % 11 == 0),
            });
            places.set(test, place.as_ref().map(Place::borrowed));
            plain.insert(test, place);
        }
        for test in 0..501 {
            let want = plain.get(&test).cloned().flatten();
            assert_eq!(places.get(test).map(PlaceRef::to_owned), want, "{test}");
        }
        assert_eq!(places.paths.len(), 3);
    }
}
