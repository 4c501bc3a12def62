//! Where coverage is lower or higher than at the base: in all, and in each file that differs; and
//! which lines it is about. Lines that nobody changed are told apart from those that are new.

use crate::evidence::Baseline;
use crate::model::change::{ChangedLines, Origin};
use crate::model::place::Place;
use crate::model::ratio::{Ratio, Step};
use crate::model::snapshot::{Executed, FileMark, Snapshot};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Ranges of lines that are named; more are counted.
const RANGES: usize = 8;

/// The coverage of two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageComparison {
    /// Lines of all files.
    pub lines: Step,
    /// Branches of all files, where both runs measured them.
    pub branches: Option<Step>,
    /// Files that differ: those that fell before those that rose, each by path.
    pub files: Vec<FileChange>,
}

/// A file whose coverage is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path now; of one that is gone, at the base.
    pub path: String,
    /// Its path before, if that was another.
    pub from: Option<String>,
    /// Lines at the base; `None` if it was in no report.
    pub before: Option<Ratio>,
    /// Lines now; `None` if it is in no report.
    pub after: Option<Ratio>,
    /// The change that is judged touched it.
    pub touched: bool,
    /// It is a file of the repository now.
    pub exists: bool,
    /// Lines that nobody changed: executed at the base, and not now.
    pub lost: Vec<u32>,
    /// Lines that are new or changed, and not executed.
    pub fresh: Vec<u32>,
    /// Lines that were moved here, and were not executed then either.
    pub moved: Vec<u32>,
    /// It is known of each line of both runs whether it was executed.
    pub lined: bool,
}

impl FileChange {
    /// From before to after.
    pub fn step(&self) -> Step {
        Step { before: self.before.unwrap_or_default(), after: self.after.unwrap_or_default() }
    }

    /// Whether it is better or worse than before; `None` if neither, or if one run does not have it.
    pub fn is_better(&self) -> Option<bool> {
        match self.step().ordering() {
            _ if self.is_missing() => Some(false),
            _ if self.before.is_none() || self.after.is_none() => None,
            Ordering::Less => Some(false),
            Ordering::Greater => Some(true),
            Ordering::Equal => None,
        }
    }

    /// It was measured, is a file still, and is in no report any more.
    pub fn is_missing(&self) -> bool {
        self.before.is_some() && self.after.is_none() && self.exists
    }

    /// Line by line nothing is worse: no line lost its test, and no new line lacks one.
    pub fn is_no_worse_by_line(&self) -> bool {
        self.lined && self.lost.is_empty() && self.fresh.is_empty() && !self.is_missing()
    }
}

impl CoverageComparison {
    /// Whether the whole fell, and not only because covered lines were taken away.
    pub fn is_worse(&self) -> bool {
        let fell = [Some(self.lines), self.branches].into_iter().flatten();
        let fell = fell.filter(|step| step.ordering() == Ordering::Less);
        let missing =
            fell.clone().any(|step| step.after.missing() > step.before.missing() || step.after.is_empty());
        missing || fell.count() > 0 && !self.files.iter().all(FileChange::is_no_worse_by_line)
    }

    /// `lines 92.9% -> 93.1% (+0.20 points), 1 untouched file lower`.
    pub fn summary(&self) -> String {
        let fell = self.files.iter().filter(|f| f.step().ordering() == Ordering::Less && f.after.is_some());
        let (touched, untouched): (Vec<_>, Vec<_>) = fell.partition(|f| f.touched);
        let (before, after) = (self.lines.before.percent(), self.lines.after.percent());
        let mut text = match self.lines.ordering() {
            Ordering::Equal => format!("lines {after}, as before"),
            _ => format!("lines {before} -> {after} ({})", self.lines),
        };
        for (n, word) in [(touched.len(), "touched"), (untouched.len(), "untouched")] {
            if n > 0 {
                text.push_str(&format!(", {n} {word} file{} lower", if n == 1 { "" } else { "s" }));
            }
        }
        text
    }
}

impl FileChange {
    /// The file, at its first line that is worse.
    pub fn place(&self) -> Place {
        let line = self.lost.iter().chain(&self.fresh).min().copied();
        Place { path: self.path.clone(), line, column: None }
    }

    /// What is to be said of it.
    pub fn sentence(&self) -> String {
        if self.is_missing() {
            let before = self.before.unwrap_or_default();
            return format!("measured before ({}), and in no report now", before.percent());
        }
        let step = self.step();
        let mut parts = vec![match (self.before, self.after) {
            (None, Some(after)) => format!("new in the reports: {}", after.percent()),
            (Some(before), None) => format!("was {}, and is gone", before.percent()),
            _ => format!("{} -> {} ({step})", step.before.percent(), step.after.percent()),
        }];
        parts.extend(self.from.as_ref().map(|from| format!("was {from}")));
        let told = [
            (&self.lost, "executed before, unchanged, not executed now"),
            (&self.fresh, "new or changed, not executed"),
            (&self.moved, "moved, not executed before either"),
        ];
        for (lines, what) in told.into_iter().filter(|(lines, _)| !lines.is_empty()) {
            parts.push(format!("{what}: {}", ranges(lines)));
        }
        if !self.touched && self.after.is_some() {
            parts.push("this change did not touch the file".to_owned());
        }
        parts.join("; ")
    }
}

/// `line 5`, `lines 5, 7-9`.
fn ranges(lines: &[u32]) -> String {
    let runs: Vec<(u32, u32)> = runs(lines.iter().copied()).collect();
    let mut shown: Vec<_> = runs.iter().take(RANGES).map(|(a, b)| show_run(*a, *b)).collect();
    if runs.len() > RANGES {
        shown.push("...".to_owned());
    }
    format!("{} {}", if lines.len() == 1 { "line" } else { "lines" }, shown.join(", "))
}

/// Consecutive line numbers as (first, last).
pub fn runs(lines: impl Iterator<Item = u32>) -> impl Iterator<Item = (u32, u32)> {
    let mut lines = lines.peekable();
    std::iter::from_fn(move || {
        let first = lines.next()?;
        let mut last = first;
        while lines.peek() == Some(&(last + 1)) {
            last += 1;
            lines.next();
        }
        Some((first, last))
    })
}

/// `5`, `7-9`.
pub fn show_run(first: u32, last: u32) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// What is known of the repository beside the two runs.
pub struct Surroundings<'a> {
    /// Whether a file is looked at.
    pub counts: &'a dyn Fn(&str) -> bool,
    /// Whether the change that is judged touched a file.
    pub touched: &'a dyn Fn(&str) -> bool,
    /// Whether the repository has a file.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// What changed since the base's own commit; `None`: lines cannot be followed.
    pub changes: Option<&'a ChangedLines>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("changes", &self.changes).finish_non_exhaustive()
    }
}

/// Compares the coverage; `None` where one of the runs has none to compare.
pub fn compare(now: &Snapshot, baseline: &Baseline, around: &Surroundings<'_>) -> Option<CoverageComparison> {
    let after: BTreeMap<&str, &FileMark> = counted(now.coverage.as_ref()?, around).collect();
    let old = baseline.base.coverage.as_ref()?;
    // By the names of now, so that a renamed file is compared with itself.
    let renamed = renamed(baseline, around);
    let name = |path: &str| renamed.get(path).copied().unwrap_or(path).to_owned();
    let before: BTreeMap<String, (&str, &FileMark)> = old
        .iter()
        .map(|(path, mark)| (name(path), (path.as_str(), mark)))
        .filter(|(path, _)| (around.counts)(path))
        .collect();
    let paths = after.keys().map(|path| (*path).to_owned()).chain(before.keys().cloned());
    let paths: std::collections::BTreeSet<String> = paths.collect();
    let mut files: Vec<FileChange> = paths
        .into_iter()
        .filter_map(|path| {
            let (before, after) = (before.get(&path).copied(), after.get(path.as_str()).copied());
            let change = file(path, before, after, old, around);
            differs(&change).then_some(change)
        })
        .collect();
    files.sort_by(|a, b| (a.rank(), &a.path).cmp(&(b.rank(), &b.path)));
    let sum = |marks: &mut dyn Iterator<Item = Ratio>| marks.sum::<Ratio>();
    let lines = Step {
        before: sum(&mut before.values().map(|(_, mark)| mark.total)),
        after: sum(&mut after.values().map(|mark| mark.total)),
    };
    let branches = |all: &mut dyn Iterator<Item = &FileMark>| {
        all.filter_map(|mark| mark.branches).reduce(|one, other| one + other)
    };
    let branches = branches(&mut before.values().map(|(_, mark)| *mark))
        .zip(branches(&mut after.values().copied()))
        .map(|(before, after)| Step { before, after });
    Some(CoverageComparison { lines, branches, files })
}

/// Names of then and now; by the lines, if they are followed, since coverage may be of an older run.
fn renamed<'a>(baseline: &'a Baseline, around: &Surroundings<'a>) -> BTreeMap<&'a str, &'a str> {
    match around.changes {
        Some(changes) => {
            let edits = changes.edits.iter().filter_map(|(to, edits)| Some((edits.from.as_deref()?, to)));
            edits.filter(|(from, to)| from != to).map(|(from, to)| (from, to.as_str())).collect()
        }
        None => baseline.renamed.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect(),
    }
}

fn counted<'a>(
    files: &'a BTreeMap<String, FileMark>,
    around: &Surroundings<'_>,
) -> impl Iterator<Item = (&'a str, &'a FileMark)> {
    files.iter().filter(|(path, _)| (around.counts)(path)).map(|(path, mark)| (path.as_str(), mark))
}

fn file(
    path: String,
    before: Option<(&str, &FileMark)>,
    after: Option<&FileMark>,
    base: &BTreeMap<String, FileMark>,
    around: &Surroundings<'_>,
) -> FileChange {
    let has_lines = |mark: &FileMark| mark.total == mark.lines.ratio();
    let mut change = FileChange {
        from: before.map(|(from, _)| from.to_owned()).filter(|from| *from != path),
        before: before.map(|(_, mark)| mark.total),
        after: after.map(|mark| mark.total),
        touched: (around.touched)(&path) || before.is_some_and(|(from, _)| (around.touched)(from)),
        exists: (around.exists)(&path),
        lost: Vec::new(),
        fresh: Vec::new(),
        moved: Vec::new(),
        lined: around.changes.is_some()
            && before.is_none_or(|(_, mark)| has_lines(mark))
            && after.is_none_or(has_lines),
        path,
    };
    if let (Some(changes), Some(after)) = (around.changes, after) {
        let mut at_base = Executed::of(base);
        for (line, _) in after.lines.iter().filter(|(_, hit)| !hit) {
            match changes.origin(&change.path, line) {
                Origin::Same(path, old) if at_base.get(&path, old) == Some(true) => change.lost.push(line),
                Origin::Same(..) => {}
                Origin::Moved(path, old) => match at_base.get(&path, old) {
                    Some(true) => change.lost.push(line),
                    Some(false) => change.moved.push(line),
                    None => change.fresh.push(line),
                },
                Origin::New => change.fresh.push(line),
            }
        }
    }
    change
}

fn differs(change: &FileChange) -> bool {
    change.before != change.after || !change.lost.is_empty() || !change.fresh.is_empty()
}

impl FileChange {
    /// Worse first.
    fn rank(&self) -> u8 {
        match self.step().ordering() {
            Ordering::Less => 0,
            Ordering::Equal => 1,
            Ordering::Greater => 2,
        }
    }
}
