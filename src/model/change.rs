//! What changed: lines against a base, and the commits of a milestone.

use super::coverage::Coverage;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

/// The new-side lines of the diff from a base to the work tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedLines {
    /// What it is measured from, for people: `merge base with origin/main (3f2a91c)`.
    pub base: String,
    /// Added or modified lines by path in the repository; renamed files under their new name,
    /// deleted and binary files not at all.
    pub files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
    /// How the lines of now stand to those of the base, by path now; a file that is not in it is as
    /// it was.
    pub edits: BTreeMap<String, Edits>,
    /// Files of `files` that the base's own `.gitattributes` call generated.
    pub generated: BTreeSet<String>,
}

impl ChangedLines {
    /// Changed files of a measured language that no report knows: nobody ran them, so nothing counts
    /// them. Not those that a program wrote, nor tests, which coverage tools mostly leave out.
    pub fn unmeasured<'a>(&'a self, coverage: &Coverage) -> Vec<&'a String> {
        let ending = |path: &str| path.rsplit_once('.').map(|(_, end)| end.to_owned());
        let measured: BTreeSet<_> = coverage.files.keys().filter_map(|path| ending(path)).collect();
        let unknown = self.files.keys().filter(|path| {
            !coverage.files.contains_key(*path)
                && !self.generated.contains(*path)
                && !is_test(path)
                && ending(path).is_some_and(|end| measured.contains(&end))
        });
        unknown.collect()
    }
}

fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| matches!(part, "test" | "tests" | "__tests__")) || name.contains("test")
}

/// How the lines of one file stand to those of the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Its path at the base; `None` if it was not there.
    pub from: Option<String>,
    /// What was replaced by what, in order.
    pub hunks: Vec<Hunk>,
    /// Added lines that were taken away elsewhere in the same change, in order.
    pub moved: Vec<Moved>,
}

/// Lines of the base, and those that stand in their stead; either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// At the base.
    pub old: Range<u32>,
    /// Now.
    pub new: Range<u32>,
}

/// A block of lines that stood elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it stands now.
    pub lines: RangeInclusive<u32>,
    /// The file at the base.
    pub from: String,
    /// Its first line there.
    pub first: u32,
}

/// Where a line of now was at the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody changed it: this line of this file.
    Same(String, u32),
    /// It was moved from this line of this file.
    Moved(String, u32),
    /// It is new, or was changed.
    New,
}

impl ChangedLines {
    /// Where a line of now was at the base.
    pub fn origin(&self, path: &str, line: u32) -> Origin {
        let Some(edits) = self.edits.get(path) else { return Origin::Same(path.to_owned(), line) };
        if let Some(moved) = edits.moved.iter().find(|moved| moved.lines.contains(&line)) {
            return Origin::Moved(moved.from.clone(), moved.first + (line - moved.lines.start()));
        }
        match (&edits.from, edits.before(line)) {
            (Some(from), Some(line)) => Origin::Same(from.clone(), line),
            _ => Origin::New,
        }
    }

    /// Whether a line was added or changed.
    pub fn holds(&self, path: &str, line: u32) -> bool {
        self.files.get(path).is_some_and(|ranges| ranges.iter().any(|range| range.contains(&line)))
    }
}

impl Edits {
    /// The number at the base of a line that nobody changed.
    fn before(&self, line: u32) -> Option<u32> {
        // Everything up to the last hunk that ends before the line has shifted it.
        let past = self.hunks.partition_point(|hunk| hunk.new.end <= line);
        if self.hunks.get(past).is_some_and(|hunk| hunk.new.contains(&line)) {
            return None;
        }
        match past.checked_sub(1).and_then(|at| self.hunks.get(at)) {
            Some(hunk) => Some(hunk.old.end + (line - hunk.new.end)),
            None => Some(line),
        }
    }
}

/// One commit in the range of a milestone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Object id in hexadecimal.
    pub id: String,
    /// First line of its message; hostile until escaped by an output.
    pub subject: String,
    /// E-mail addresses of its author and of everybody in `Co-authored-by`.
    pub authors: Vec<String>,
    /// It needs nobody's approval: it changes ledger paths only, or it is a merge whose tree is
    /// what git makes of its parents by itself.
    pub exempt: bool,
}

#[cfg(test)]
mod laws {
    use super::*;
    use crate::model::coverage::FileCoverage;

    #[test]
    fn unchanged_lines_keep_their_number_at_the_base() {
        // At the base a..h; now a X Y c d g h Z: b became X and Y, e and f went, Z came.
        let hunk = |old: Range<u32>, new: Range<u32>| Hunk { old, new };
        let edits = Edits {
            from: Some("old.py".into()),
            hunks: vec![hunk(2..3, 2..4), hunk(5..7, 6..6), hunk(9..9, 8..9)],
            moved: vec![Moved { lines: 8..=8, from: "other.py".into(), first: 40 }],
        };
        let changes =
            ChangedLines { edits: [("new.py".to_owned(), edits)].into(), ..ChangedLines::default() };
        let before: Vec<_> = (1..=9).map(|line| changes.origin("new.py", line)).collect();
        let same = |line| Origin::Same("old.py".into(), line);
        assert_eq!(
            before,
            [
                same(1),
                Origin::New,
                Origin::New,
                same(3),
                same(4),
                same(7),
                same(8),
                Origin::Moved("other.py".into(), 40),
                same(9)
            ]
        );
        assert_eq!(changes.origin("elsewhere.py", 3), Origin::Same("elsewhere.py".into(), 3));
    }

    #[test]
    fn changed_files_of_a_measured_language_are_missed() {
        let paths = ["a.py", "b.py", "test_c.py", "tests/d.py", "made.py", "e.md", "f"];
        let files = paths.map(|path| (path.to_owned(), vec![1..=2])).into();
        let generated = ["made.py".to_owned()].into();
        let changed = ChangedLines { files, generated, ..ChangedLines::default() };
        let measured = [("a.py".to_owned(), FileCoverage::default())].into();
        let coverage = Coverage { files: measured, ..Coverage::default() };
        assert_eq!(changed.unmeasured(&coverage), ["b.py"]);
        assert!(changed.unmeasured(&Coverage::default()).is_empty());
    }
}
