//! Which findings are new, fixed and still there. A finding is known by its fingerprint, which has no
//! line: one that moved is the same. Of a fingerprint that occurs several times, occurrences count.

use crate::evidence::{Baseline, EntryEvidence, Evidence, merge, snapshot};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::snapshot::{FindingMark, Fingerprint, Snapshot};
use crate::readers::Kind;
use std::collections::BTreeMap;

/// The findings of two runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingComparison {
    /// Were not there before: how many of each, worst severity first, then by fingerprint.
    pub new: Vec<(Fingerprint, FindingMark)>,
    /// Are not there any more; by the paths of now.
    pub fixed: Vec<(Fingerprint, FindingMark)>,
    /// Are there as before.
    pub remaining: u64,
}

impl FindingComparison {
    /// `2 new, 5 fixed, 40 remaining`.
    pub fn summary(&self) -> String {
        format!("{} new, {} fixed, {} remaining", self.new_count(), self.fixed_count(), self.remaining)
    }

    /// How many new ones of each severity; every severity has an entry.
    pub fn new_by_severity(&self) -> BTreeMap<Severity, u64> {
        let mut counts: BTreeMap<_, _> = Severity::ALL.into_iter().map(|s| (s, 0)).collect();
        for (_, mark) in &self.new {
            *counts.entry(mark.severity).or_default() += mark.count;
        }
        counts
    }

    /// How many are fixed.
    pub fn fixed_count(&self) -> u64 {
        self.fixed.iter().map(|(_, mark)| mark.count).sum()
    }

    /// How many are new.
    pub fn new_count(&self) -> u64 {
        self.new.iter().map(|(_, mark)| mark.count).sum()
    }
}

/// The base's findings under the paths that their files have now; `None` if its run had none to tell.
pub fn base(baseline: &Baseline) -> Option<BTreeMap<Fingerprint, FindingMark>> {
    let mut all: BTreeMap<Fingerprint, FindingMark> = BTreeMap::new();
    for (print, mark) in baseline.base.findings.as_ref()? {
        let path = baseline.renamed.get(&print.path).unwrap_or(&print.path).clone();
        let known = all.entry(Fingerprint { path, ..print.clone() });
        let known = known.or_insert(FindingMark { severity: mark.severity, count: 0 });
        known.count += mark.count;
        known.severity = known.severity.min(mark.severity);
    }
    Some(all)
}

/// Compares the findings in files that `counts` takes (the empty path: findings without a place);
/// `None` where one of the runs has none to compare.
pub fn compare(
    now: &Snapshot,
    baseline: &Baseline,
    counts: impl Fn(&str) -> bool,
) -> Option<FindingComparison> {
    let (before, after) = (base(baseline)?, now.findings.as_ref()?);
    let mut all = FindingComparison::default();
    for (print, mark) in after.iter().filter(|(print, _)| counts(&print.path)) {
        let known = before.get(print).map_or(0, |mark| mark.count);
        all.remaining += known.min(mark.count);
        if mark.count > known {
            all.new.push((print.clone(), FindingMark { count: mark.count - known, ..*mark }));
        }
    }
    for (print, mark) in before.iter().filter(|(print, _)| counts(&print.path)) {
        let left = after.get(print).map_or(0, |mark| mark.count);
        if mark.count > left {
            all.fixed.push((print.clone(), FindingMark { count: mark.count - left, ..*mark }));
        }
    }
    for list in [&mut all.new, &mut all.fixed] {
        list.sort_by(|a, b| (a.1.severity, &a.0).cmp(&(b.1.severity, &b.0)));
    }
    Some(all)
}

/// The findings of `list` that are not `known`. Of several that are alike, as many as there are more
/// than before: first those on lines that changed, then the later ones.
pub fn new_of<'a>(
    list: &'a [Finding],
    known: &BTreeMap<Fingerprint, FindingMark>,
    is_changed: &dyn Fn(&str, u32) -> bool,
) -> Vec<&'a Finding> {
    let alike = alike(list);
    let on_changed = |finding: &Finding| {
        finding.place.as_ref().is_some_and(|p| p.line.is_some_and(|line| is_changed(&p.path, line)))
    };
    let mut new = Vec::new();
    for (print, mut findings) in alike {
        let before = known.get(&print).map_or(0, |mark| mark.count);
        findings.sort_by_key(|finding| (on_changed(finding), &finding.place));
        new.extend(findings.into_iter().skip(usize::try_from(before).unwrap_or(usize::MAX)));
    }
    new.sort();
    new
}

/// The findings of all reports of this run, with their places; `None` if one cannot be used.
pub fn all(evidence: &Evidence) -> Option<Findings> {
    let entries: Vec<&EntryEvidence> =
        evidence.reports.values().filter(|entry| entry.kind() == Some(Kind::Findings)).collect();
    let files = merge::files(&entries, Kind::Findings).ok()?;
    Some(merge::findings(&files, &evidence.tree))
}

/// How many of the `known` findings `list` does not hold any more.
pub fn fixed_since(list: &[Finding], known: &BTreeMap<Fingerprint, FindingMark>) -> u64 {
    let alike = alike(list);
    let left = |print: &Fingerprint| alike.get(print).map_or(0, |findings| findings.len() as u64);
    known.iter().map(|(print, mark)| mark.count.saturating_sub(left(print))).sum()
}

fn alike(list: &[Finding]) -> BTreeMap<Fingerprint, Vec<&Finding>> {
    let mut alike: BTreeMap<Fingerprint, Vec<&Finding>> = BTreeMap::new();
    for finding in list {
        alike.entry(snapshot::fingerprint(finding)).or_default().push(finding);
    }
    alike
}
