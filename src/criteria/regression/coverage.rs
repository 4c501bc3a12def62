//! The coverage of `regression`: none less than before, in all and in each file.

use super::part::{Case, Part, Standing, by_whom};
use super::weight::Weight;
use crate::criteria::spec::text::{Globs, Text};
use crate::evidence::Detail;
use crate::evidence::comparison::coverage::{self, Surroundings};
use crate::evidence::comparison::{CoverageComparison, FileChange};
use crate::model::change::ChangedLines;
use crate::model::decimal::Decimal;
use std::cmp::Ordering;

const NAME: &str = "coverage";
const CODE: &str = "regression/coverage";

/// How far coverage may fall.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct CoverageKeys {
    /// Percentage points by which the whole may fall.
    #[serde(default = "nothing")]
    overall_drop: Text<Decimal>,
    /// Percentage points by which a file may fall.
    #[serde(default = "nothing")]
    file_drop: Text<Decimal>,
    /// A file that was touched falls by more: a warning on a change, and fails on a milestone, unless said
    /// otherwise.
    touched: Option<Weight>,
    /// A file that was not touched falls by more; the same.
    untouched: Option<Weight>,
    /// A file of the repository that was measured is in no report any more; the same.
    missing: Option<Weight>,
}

fn nothing() -> Text<Decimal> {
    Text(Decimal::whole(0))
}

impl Default for CoverageKeys {
    fn default() -> Self {
        Self { overall_drop: nothing(), file_drop: nothing(), touched: None, untouched: None, missing: None }
    }
}

/// Judges the coverage; `None` if neither run has any.
pub(super) fn judge(keys: &CoverageKeys, exclude: &Globs, case: &Case<'_>) -> Option<Part> {
    let evidence = case.context.evidence;
    let counts = |path: &str| case.context.in_scope(path) && !exclude.matches(path);
    let changed = evidence.changed_paths.as_ref().ok().and_then(Option::as_ref);
    let around = Surroundings {
        counts: &counts,
        // Without a base everything counts as touched.
        touched: &|path| changed.is_none_or(|paths| paths.contains(path)),
        exists: &|path| evidence.tree.has(path),
        changes: changes(case),
    };
    match coverage::compare(case.now, case.baseline, &around) {
        None => case.one_sided(NAME, case.baseline.base.coverage.is_some(), case.now.coverage.is_some()),
        Some(comparison) => Some(Scale { keys, case }.weigh(&comparison)),
    }
}

/// What changed since the base's own commit, where that is known.
fn changes<'a>(case: &Case<'a>) -> Option<&'a ChangedLines> {
    case.baseline.changes.as_ref()
}

struct Scale<'a> {
    keys: &'a CoverageKeys,
    case: &'a Case<'a>,
}

impl Scale<'_> {
    fn weigh(&self, comparison: &CoverageComparison) -> Part {
        let mut part = Part::passed(NAME, comparison.summary());
        part.code = CODE;
        self.overall(comparison, &mut part);
        for file in &comparison.files {
            let mut standing = self.standing(file);
            let mut detail = describe(file);
            let accepted = self.case.accepted(&[&file.path]).filter(|_| standing > Standing::Passed);
            if let Some(acceptance) = accepted {
                standing = Standing::Warned;
                detail.message = format!("{}; {}", detail.message, by_whom(acceptance));
            }
            part.standing = part.standing.max(standing);
            match standing {
                Standing::Failed => part.details.push(detail),
                Standing::Warned => part.notices.push(detail),
                _ if !file.lost.is_empty() || !file.moved.is_empty() => part.notices.push(detail),
                _ => {}
            }
        }
        if part.standing == Standing::Failed {
            // What does not fail by itself explains why the whole does.
            let fell = comparison.files.iter().filter(|f| pulls_down(f));
            let more: Vec<_> = fell.map(describe).filter(|d| !part.details.contains(d)).collect();
            part.notices.retain(|notice| !more.contains(notice));
            part.details.extend(more);
            part.next_step =
                "cover the lines that are named, or accept the drop with overall-drop".to_owned();
        }
        part
    }

    fn overall(&self, comparison: &CoverageComparison, part: &mut Part) {
        let most = self.keys.overall_drop.0;
        let metrics = [("lines", Some(comparison.lines)), ("branches", comparison.branches)];
        for (name, step) in metrics.into_iter().filter_map(|(name, step)| Some((name, step?))) {
            if !step.falls_by_more_than(most) {
                continue;
            }
            let fell = format!("{name} {} -> {} ({step})", step.before.percent(), step.after.percent());
            let excused = step.after.missing() <= step.before.missing()
                && !step.after.is_empty()
                && comparison.files.iter().all(FileChange::is_no_worse_by_line);
            if let Some(acceptance) = self.case.accepted(&["coverage", &format!("coverage/{name}")]) {
                part.notices.push(Detail::remark(format!("{fell}: {}", by_whom(acceptance))));
            } else if excused {
                let why = "covered lines were taken away, and nothing got worse line by line";
                part.notices.push(Detail::remark(format!("{fell}: {why}")));
            } else {
                part.standing = Standing::Failed;
                part.details.push(Detail::remark(format!("{fell}, allowed -{most}")));
            }
        }
    }

    fn standing(&self, file: &FileChange) -> Standing {
        let occasion = self.case.context.evidence.occasion;
        let worse = if file.is_missing() {
            self.keys.missing
        } else if file.after.is_none()
            || file.is_no_worse_by_line()
            || !file.step().falls_by_more_than(self.keys.file_drop.0)
        {
            // A file that is gone, and one without a line left to execute, is no drop.
            return Standing::Passed;
        } else if file.touched {
            self.keys.touched
        } else {
            self.keys.untouched
        };
        Weight::on(worse, occasion).standing()
    }
}

/// Whether a file makes the whole less: it fell, or holds lines that are not executed and were not there.
fn pulls_down(file: &FileChange) -> bool {
    let new = file.before.is_none() && file.after.is_some_and(|after| after.missing() > 0);
    file.step().ordering() == Ordering::Less || !file.fresh.is_empty() || new
}

/// A file at its first line that is worse.
fn describe(file: &FileChange) -> Detail {
    Detail::at(file.place(), file.sentence())
}
