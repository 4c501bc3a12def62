//! Changed lines as a person reads them: the source, what was executed of it, and a few lines around.

use crate::model::lines::Lines;
use crate::model::ratio::Ratio;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Unchanged lines shown before and after changed ones.
const AROUND: u32 = 2;

/// One line of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based.
    pub number: u32,
    /// Without its end; hostile until escaped by an output.
    pub text: String,
    /// Added or modified since the base.
    pub changed: bool,
    /// Whether it was executed; `None` if it is not executable.
    pub hit: Option<bool>,
}

/// What changed in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Path in the repository.
    pub path: String,
    /// Executed of the changed executable lines.
    pub ratio: Ratio,
    /// Lines without a gap between them, each block after a gap.
    pub blocks: Vec<Vec<Line>>,
    /// Changed lines that are not shown.
    pub left_out: usize,
}

/// The changed lines of a file, at most `most` of all lines shown; where there are more, those that
/// were not executed come first.
pub fn of(path: &str, source: &str, ranges: &[RangeInclusive<u32>], covered: &Lines, most: usize) -> Excerpt {
    let lines: Vec<&str> = source.lines().collect();
    let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let hits: BTreeMap<u32, bool> = covered.iter().collect();
    let changed: BTreeSet<u32> = ranges.iter().flat_map(|r| *r.start()..=(*r.end()).min(last)).collect();
    let missed: BTreeSet<u32> = changed.iter().copied().filter(|n| hits.get(n) == Some(&false)).collect();
    let all = around(&changed, last);
    let shown = if all.len() > most && !missed.is_empty() { around(&missed, last) } else { all };
    let shown: BTreeSet<u32> = shown.into_iter().take(most).collect();
    let line = |number: u32| Line {
        number,
        text: lines.get(number as usize - 1).copied().unwrap_or_default().to_owned(),
        changed: changed.contains(&number),
        hit: hits.get(&number).copied(),
    };
    let mut blocks: Vec<Vec<Line>> = Vec::new();
    for number in &shown {
        match blocks.last_mut() {
            Some(block) if block.last().is_some_and(|before| before.number + 1 == *number) => {
                block.push(line(*number));
            }
            _ => blocks.push(vec![line(*number)]),
        }
    }
    Excerpt {
        path: path.to_owned(),
        ratio: ratio(ranges, covered),
        blocks,
        left_out: changed.difference(&shown).count(),
    }
}

/// Executed of the executable lines in these ranges, whether their source is at hand or not.
pub fn ratio(ranges: &[RangeInclusive<u32>], covered: &Lines) -> Ratio {
    let of = |hit: bool| Ratio::new(u64::from(hit), 1);
    covered.iter().filter(|(n, _)| ranges.iter().any(|range| range.contains(n))).map(|(_, hit)| of(hit)).sum()
}

fn around(lines: &BTreeSet<u32>, last: u32) -> BTreeSet<u32> {
    let near = |line: &u32| line.saturating_sub(AROUND).max(1)..=line.saturating_add(AROUND).min(last);
    lines.iter().flat_map(near).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> String {
        (1..=30).map(|n| format!("line {n}\n")).collect()
    }

    fn numbers(excerpt: &Excerpt) -> Vec<Vec<u32>> {
        excerpt.blocks.iter().map(|block| block.iter().map(|line| line.number).collect()).collect()
    }

    #[test]
    fn changed_lines_stand_among_their_neighbours() {
        let covered = Lines::collect([(3, true), (4, false), (20, false)]);
        let excerpt = of("a.py", &source(), &[3..=5, 29..=40], &covered, 100);
        assert_eq!(numbers(&excerpt), [vec![1, 2, 3, 4, 5, 6, 7], vec![27, 28, 29, 30]]);
        assert_eq!((excerpt.ratio, excerpt.left_out), (Ratio::new(1, 2), 0));
        let told: Vec<_> = excerpt.blocks[0].iter().map(|line| (line.changed, line.hit)).collect();
        let plain = (false, None);
        let want = [plain, plain, (true, Some(true)), (true, Some(false)), (true, None), plain, plain];
        assert_eq!(told, want);
        assert_eq!(excerpt.blocks[0][2].text, "line 3");
    }

    #[test]
    fn what_was_not_executed_comes_first_where_room_is_short() {
        let covered = Lines::collect((1..=30).map(|line| (line, line != 25)));
        let excerpt = of("a.py", &source(), &[1..=30], &covered, 10);
        assert_eq!(numbers(&excerpt), [[23, 24, 25, 26, 27]]);
        assert_eq!((excerpt.ratio, excerpt.left_out), (Ratio::new(29, 30), 25));
        assert_eq!(numbers(&of("a.py", "", &[1..=30], &covered, 10)), Vec::<Vec<u32>>::new());
    }
}
