//! `changed-lines`: which of the lines that changed since the base were executed.
//!
//! Not counted: files that a program wrote, as the base says or the configuration, and lines of a moved
//! block whose coverage before is known from the history and is no worse now. A moved block without a
//! history counts as changed: nobody knows that it was not executed before.

use super::{Check, Spec, show_run};
use crate::criteria::Context;
use crate::criteria::judgement::count_of;
use crate::evidence::comparison::coverage::runs;
use crate::evidence::{Baseline, Detail, Doubt};
use crate::model::change::{ChangedLines, Origin};
use crate::model::coverage::{Coverage, FileCoverage};
use crate::model::place::Place;
use crate::model::ratio::Ratio;
use crate::model::snapshot::Executed;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Changed lines by file.
type Ranges<'a> = BTreeMap<&'a String, &'a Vec<RangeInclusive<u32>>>;

/// What comes of `changed-lines`.
pub(super) enum Changed {
    NotRequired,
    /// Why, and what else is to be said.
    NotApplicable(String, Vec<Detail>),
    Doubtful(Doubt),
    /// With what was missed, and what else is to be said.
    Measured {
        check: Check,
        missed: Vec<Detail>,
        aside: Vec<Detail>,
    },
}

impl Spec {
    /// Judges the changed lines.
    pub(super) fn changed(&self, coverage: &Coverage, context: &Context<'_>) -> Changed {
        let Some(threshold) = &self.changed_lines else { return Changed::NotRequired };
        let changes = match &context.evidence.changed_lines {
            Err(doubt) => return Changed::Doubtful(doubt.clone()),
            Ok(None) => {
                return Changed::NotApplicable(
                    "changed lines: there is no base to compare with".to_owned(),
                    Vec::new(),
                );
            }
            Ok(Some(changes)) => changes,
        };
        let is_generated = |path: &str| self.generated.matches(path) || changes.generated.contains(path);
        let (generated, own): (Vec<_>, Vec<_>) =
            changes.files.iter().partition(|(path, _)| is_generated(path));
        let own: Ranges<'_> = own.into_iter().collect();
        if let Some(doubt) = without_lines(coverage, &own) {
            return Changed::Doubtful(doubt);
        }
        let past = context.evidence.baseline.as_ref().ok().and_then(Option::as_ref);
        let Tally { ratio, missed, mut aside } = tally(coverage, &own, past);
        let left_out = generated.iter().filter(|(path, _)| coverage.files.contains_key(*path)).count();
        if left_out > 0 {
            let text = format!(
                "changed lines: {} left out",
                count_of(left_out as u64, "generated file", "generated files")
            );
            aside.push(Detail::remark(text));
        }
        if ratio.is_empty() || ratio.total < self.min_changed_lines {
            let why =
                format!("changed lines: {} executable lines changed since {}", ratio.total, changes.base);
            return Changed::NotApplicable(why, aside);
        }
        let check = Check { label: "changed lines".to_owned(), ratio: Some(ratio), threshold: threshold.0 };
        Changed::Measured { check, missed, aside }
    }

    /// Changed files that no report knows, as far as this criterion is about them.
    pub(super) fn unmeasured(&self, coverage: &Coverage, context: &Context<'_>) -> Vec<Detail> {
        let Ok(Some(changes)) = &context.evidence.changed_lines else { return Vec::new() };
        let unknown = changes.unmeasured(coverage).into_iter().filter(|path| {
            context.in_scope(path) && !self.exclude.matches(path) && !self.generated.matches(path)
        });
        unknown.map(|path| Detail::at(Place::file(path), "changed, and in no coverage report")).collect()
    }
}

/// A file that changed, of which only totals are known: which of its lines were executed is not.
fn without_lines(coverage: &Coverage, changed: &Ranges<'_>) -> Option<Doubt> {
    let dark = |path: &&&String| coverage.files.get(**path).is_some_and(FileCoverage::is_without_lines);
    let files: Vec<_> = changed.keys().filter(dark).collect();
    let first = files.first()?;
    let mut doubt = Doubt::new(
        "coverage/no-lines",
        format!(
            "changed lines: the reports tell totals of {} changed files, the first {first}, and not which lines",
            files.len()
        ),
        "hand in the tool's full report (coverage-final.json, lcov.info, gcovr --json) in place of its summary",
    );
    let why = "totals only, no lines";
    doubt.details = files.iter().map(|path| Detail::at(Place::file(path.as_str()), why)).collect();
    Some(doubt)
}

/// The changed executable lines.
#[derive(Default)]
struct Tally {
    /// Executed of all that count.
    ratio: Ratio,
    /// The ranges that were not.
    missed: Vec<Detail>,
    /// Lines that were moved, and not executed then either.
    aside: Vec<Detail>,
}

/// Where lines stood at the base, and whether they were executed there.
type Past<'a> = (&'a ChangedLines, Executed<'a>);

fn tally(coverage: &Coverage, changed: &Ranges<'_>, past: Option<&Baseline>) -> Tally {
    let mut all = Tally::default();
    let known = past.and_then(|past| past.changes.as_ref().zip(past.base.coverage.as_ref()));
    let mut past: Option<Past<'_>> = known.map(|(changes, files)| (changes, Executed::of(files)));
    for (path, ranges) in changed {
        let Some(file) = coverage.files.get(*path) else { continue };
        let changed = |line: u32| ranges.iter().any(|r| r.contains(&line));
        let lines = file.lines.iter().filter(|(line, _)| changed(*line));
        let (moved, lines): (Vec<_>, Vec<_>) = lines
            .partition(|(line, hit)| past.as_mut().is_some_and(|past| is_moved(past, path, *line, *hit)));
        all.ratio += Ratio::new(lines.iter().filter(|l| l.1).count() as u64, lines.len() as u64);
        let told = [
            (&mut all.missed, lines, "changed, not covered"),
            (&mut all.aside, moved, "moved, not covered before either"),
        ];
        for (list, lines, what) in told {
            for (first, last) in runs(lines.into_iter().filter(|l| !l.1).map(|l| l.0)) {
                let text = format!("{what}: {}", show_run(first, last));
                list.push(Detail::at(Place::line(path.as_str(), first), text));
            }
        }
    }
    all
}

/// Whether a line stood elsewhere at the base, and is no worse covered here than it was there.
fn is_moved(past: &mut Past<'_>, path: &str, line: u32, hit: bool) -> bool {
    let (changes, executed) = past;
    match changes.origin(path, line) {
        Origin::Moved(from, old) => executed.get(&from, old).is_some_and(|before| hit || !before),
        Origin::Same(..) | Origin::New => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::coverage::{Lines, Totals};

    #[test]
    fn totals_answer_for_ratios_and_not_for_changed_lines() {
        let summed = FileCoverage {
            totals: Totals { lines: Ratio::new(3, 4), ..Totals::default() },
            ..FileCoverage::default()
        };
        let lined = FileCoverage { lines: Lines::collect([(1, true)]), ..FileCoverage::default() };
        let coverage = |files: [(&str, &FileCoverage); 2]| Coverage {
            files: files.map(|(path, file)| (path.to_owned(), file.clone())).into(),
            ..Coverage::default()
        };
        let lines = vec![1..=2];
        let names = ["a.js", "b.js", "c.js"].map(str::to_owned);
        let changes = |at: usize| Ranges::from([(&names[at], &lines)]);
        let mixed = coverage([("a.js", &summed), ("b.js", &lined)]);
        assert_eq!(mixed.lines(), Ratio::new(4, 5));
        assert_eq!(without_lines(&mixed, &changes(0)).unwrap().code, "coverage/no-lines");
        assert!(without_lines(&mixed, &changes(1)).is_none());
        assert!(without_lines(&mixed, &changes(2)).is_none());
        assert_eq!(
            super::super::uncovered("a.js", &summed).message,
            "75.0%, the report does not say which lines"
        );
        let mut both = summed.clone();
        both.merge(lined.clone());
        assert!(without_lines(&coverage([("a.js", &both), ("b.js", &lined)]), &changes(0)).is_none());
    }
}
