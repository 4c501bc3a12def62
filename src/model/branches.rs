//! The branches of one file, packed: eight bytes for each of nearly all.
//!
//! Branches come as *edges* with an identity (LCOV, coverage.py JSON), which are united, or as bare
//! counts per line (Cobertura), of which the maximum is taken: a lower bound, never a sum.

use super::lines::MAX_LINE;
use super::ratio::Ratio;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// An edge named by two small numbers, as lcov does (`block,branch`). The order is that of lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Numbered(u64);

impl Numbered {
    /// The edge `block,branch` of a line, which must not exceed [`MAX_LINE`].
    pub fn new(line: u32, [block, branch]: [u16; 2], taken: bool) -> Self {
        let name = u64::from(block) << 17 | u64::from(branch) << 1;
        Self(u64::from(line) << 33 | name | u64::from(taken))
    }

    /// The edge of that name, if its spelling is the only one of two small numbers.
    pub fn parse(line: u32, name: &str, taken: bool) -> Option<Self> {
        let small = |text: &str| {
            let plain = text == "0" || text.starts_with(|c: char| ('1'..='9').contains(&c));
            text.parse::<u16>().ok().filter(|_| plain)
        };
        let (block, branch) = name.split_once(',').filter(|_| line <= MAX_LINE)?;
        Some(Self::new(line, [small(block)?, small(branch)?], taken))
    }

    /// Its line.
    pub fn line(self) -> u32 {
        (self.0 >> 33) as u32
    }

    /// `block,branch`
    pub fn name(self) -> String {
        format!("{},{}", self.0 >> 17 & 0xffff, self.0 >> 1 & 0xffff)
    }

    /// Whether it was taken.
    pub fn taken(self) -> bool {
        self.0 & 1 == 1
    }

    /// Line and name as one number; it is in the order of both.
    pub fn id(self) -> u64 {
        self.0 >> 1
    }
}

impl fmt::Debug for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.line(), self.name(), self.taken())
    }
}

/// An edge of any name: its line, its name, and whether it was taken.
pub type Named = (u32, Box<str>, bool);

/// The branches of one file; line 0 holds those of an unknown line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    /// Sorted, each once.
    numbered: Vec<Numbered>,
    /// Edges of other names.
    named: BTreeMap<(u32, Box<str>), bool>,
    /// Most that any report counted of a line without naming edges; sorted, each line once.
    counted: Vec<(u32, Ratio)>,
}

impl Branches {
    /// Makes the set from edges and bare counts in any order: the same edge again was taken if it
    /// ever was, and of bare counts of one line the maximum stays.
    pub fn new(mut numbered: Vec<Numbered>, edges: Vec<Named>, mut counted: Vec<(u32, Ratio)>) -> Self {
        let mut named = BTreeMap::new();
        for (line, name, taken) in edges {
            match Numbered::parse(line, &name, taken) {
                Some(edge) => numbered.push(edge),
                None => *named.entry((line, name)).or_default() |= taken,
            }
        }
        // Both are sorted, or a few sorted parts, nearly always; of one edge's two states the taken one sorts last.
        numbered.sort();
        numbered.dedup_by(|later, kept| {
            let same = later.id() == kept.id();
            *kept = if same { *later } else { *kept };
            same
        });
        numbered.shrink_to_fit();
        counted.retain(|(_, ratio)| !ratio.is_empty());
        counted.sort_by_key(|(line, _)| *line);
        counted.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = kept.1.most(later.1);
            }
            same
        });
        counted.shrink_to_fit();
        Self { numbered, named, counted }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbered.is_empty() && self.named.is_empty() && self.counted.is_empty()
    }

    /// Every edge: its line, its name, and whether it was taken; in no order that means anything.
    pub fn edges(&self) -> impl Iterator<Item = (u32, Cow<'_, str>, bool)> {
        let numbered = self.numbered.iter().map(|edge| (edge.line(), edge.name().into(), edge.taken()));
        numbered.chain(self.named.iter().map(|((line, name), taken)| (*line, (&**name).into(), *taken)))
    }

    /// Bare counts by line, in order.
    pub fn counted(&self) -> impl Iterator<Item = (u32, Ratio)> {
        self.counted.iter().copied()
    }

    /// Unites edges, and takes the maximum of bare counts.
    pub fn merge(&mut self, other: Self) {
        let mut one = std::mem::take(self);
        one.numbered.extend(other.numbered);
        one.counted.extend(other.counted);
        let merged = Self::new(one.numbered, Vec::new(), one.counted);
        for (edge, taken) in other.named {
            *one.named.entry(edge).or_default() |= taken;
        }
        *self = Self { named: one.named, ..merged };
    }

    /// Taken of all: of each line what its edges or its bare count tell, whichever is more.
    pub fn ratio(&self) -> Ratio {
        let taken = |edges: &[Numbered]| edges.iter().filter(|edge| edge.taken()).count();
        let named = self.named.values().filter(|taken| **taken).count();
        let edges = (self.numbered.len() + self.named.len()) as u64;
        let mut all = Ratio::new((taken(&self.numbered) + named) as u64, edges);
        for (line, counted) in &self.counted {
            let told = if edges > 0 { self.edges_of(*line) } else { Ratio::default() };
            all.covered += counted.covered.saturating_sub(told.covered);
            all.total += counted.total.saturating_sub(told.total);
        }
        all
    }

    /// Taken of the edges of one line.
    fn edges_of(&self, line: u32) -> Ratio {
        let from = self.numbered.partition_point(|edge| edge.line() < line);
        let numbered = self.numbered[from..].iter().take_while(|edge| edge.line() == line);
        let named = self.named.range((line, Box::default())..).take_while(|(edge, _)| edge.0 == line);
        let states = numbered.map(|edge| edge.taken()).chain(named.map(|(_, taken)| *taken));
        states.fold(Ratio::default(), |sum, taken| sum + Ratio::new(u64::from(taken), 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(edges: &[(u32, &str, bool)], counted: &[(u32, Ratio)]) -> Branches {
        let edges = edges.iter().map(|(line, name, taken)| (*line, (*name).into(), *taken)).collect();
        Branches::new(Vec::new(), edges, counted.to_vec())
    }

    #[test]
    fn edges_unite_and_counts_take_the_maximum() {
        let mut one = of(&[], &[(1, Ratio::new(1, 2))]);
        one.merge(of(&[], &[(1, Ratio::new(1, 2)), (2, Ratio::new(0, 0))]));
        assert_eq!(one.ratio(), Ratio::new(1, 2));
        let mut two = of(&[(1, "a", true)], &[]);
        two.merge(of(&[(1, "b", true), (1, "a", false)], &[]));
        assert_eq!(two.ratio(), Ratio::new(2, 2));
        two.merge(of(
            &[(1, "0,0", false), (2, "0,0", true)],
            &[(1, Ratio::new(1, 5)), (3, Ratio::new(1, 1))],
        ));
        assert_eq!(two.ratio(), Ratio::new(4, 7));
    }

    #[test]
    fn only_one_spelling_is_packed_and_every_spelling_comes_back() {
        let names =
            ["0,1", "00,1", "65535,0", "65536,0", "+1,0", "1,", ",", "1,2,3", "0,jump to line 3", "1"];
        let branches = of(&names.map(|name| (9, name, name.len() > 3)), &[]);
        assert_eq!(branches.numbered.len(), 2);
        let mut found: Vec<_> = branches.edges().collect();
        found.sort_unstable();
        let mut given: Vec<_> = names.iter().map(|name| (9, Cow::from(*name), name.len() > 3)).collect();
        given.sort_unstable();
        assert_eq!(found, given);
    }

    proptest! {
        #[test]
        fn branches_are_those_of_plain_maps(
            edges in prop::collection::vec((0..4_u32, "[01],[01]|[ab]", any::<bool>()), 0..12),
            counts in prop::collection::vec((0..4_u32, 0..3_u64, 0..3_u64), 0..6),
            cut in 0..12_usize,
        ) {
            let mut plain = BTreeMap::<u32, (BTreeMap<&str, bool>, Ratio)>::new();
            for (line, name, taken) in &edges {
                *plain.entry(*line).or_default().0.entry(name).or_default() |= taken;
            }
            for (line, covered, missing) in &counts {
                let counted = &mut plain.entry(*line).or_default().1;
                *counted = counted.most(Ratio::new(*covered, covered + missing));
            }
            let want = plain.values().map(|(edges, counted)| {
                let taken = edges.values().filter(|taken| **taken).count() as u64;
                Ratio::new(taken, edges.len() as u64).most(*counted)
            });
            let part = |edges: &[(u32, String, bool)], counts: &[(u32, u64, u64)]| {
                let edges = edges.iter().map(|(line, name, taken)| (*line, name.as_str().into(), *taken));
                let counts = counts.iter().map(|(line, covered, missing)| (*line, Ratio::new(*covered, covered + missing)));
                Branches::new(Vec::new(), edges.collect(), counts.collect())
            };
            let whole = part(&edges, &counts);
            prop_assert_eq!(whole.ratio(), want.sum::<Ratio>());
            let (one, two) = edges.split_at(cut.min(edges.len()));
            let (first, second) = counts.split_at(cut.min(counts.len()));
            let mut merged = part(one, second);
            merged.merge(part(two, first));
            prop_assert_eq!(merged, whole);
        }
    }
}
