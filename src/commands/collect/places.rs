//! Where the tests stand that are not as they were at the baseline: what the report says, else where
//! their definition is found, in the work tree, or at the base for a test that is gone.

use crate::commands::workspace::Workspace;
use crate::evidence::comparison::definition::{Files, line_of};
use crate::evidence::comparison::{TestChange, TestChangeKind, tests};
use crate::evidence::{Evidence, merge, snapshot};
use crate::model::place::Place;
use crate::model::snapshot::Snapshot;
use crate::model::tests::{TestId, Tests};
use crate::readers::Kind;
use std::collections::BTreeMap;

/// Tests whose definition is looked for; nobody reads more.
const MOST: usize = 200;

/// More than any file of tests has.
const MAX_SOURCE: u64 = 4 << 20;

/// The places of the tests that changed since the baseline.
pub(super) fn collect(workspace: &Workspace, evidence: &Evidence) -> BTreeMap<TestId, Place> {
    let Ok(Some(baseline)) = &evidence.baseline else { return BTreeMap::new() };
    if baseline.base.tests.is_none() {
        return BTreeMap::new();
    }
    let entries: Vec<_> = evidence.reports.values().filter(|e| e.kind() == Some(Kind::Tests)).collect();
    // What cannot be read is told by the criterion.
    let Ok(files) = merge::files(&entries, Kind::Tests) else { return BTreeMap::new() };
    let read = merge::tests(&files);
    let marks = snapshot::marks_of(&read, evidence);
    let now = Snapshot { tests: Some(marks), ..Snapshot::default() };
    let Some(comparison) = tests::compare(&now, baseline, &[]) else { return BTreeMap::new() };
    let changed = evidence.changed_paths.as_ref().ok().and_then(Option::as_ref);
    let gone = changed.into_iter().flatten().filter(|path| !evidence.tree.has(path));
    let known = Files::new(evidence.tree.files().chain(gone.map(String::as_str)));
    let find = Find { workspace, evidence, known, read: &read, base: &baseline.base.commit };
    let worth = comparison.changes.iter().filter(|c| c.kind != TestChangeKind::New);
    worth.take(MOST).filter_map(|change| Some((change.id.clone(), find.place(change)?))).collect()
}

struct Find<'a> {
    workspace: &'a Workspace,
    evidence: &'a Evidence,
    known: Files<'a>,
    read: &'a Tests,
    base: &'a str,
}

impl Find<'_> {
    fn place(&self, change: &TestChange) -> Option<Place> {
        let told = self.read.cases.get(&change.id).and_then(|case| case.place);
        let told = told.and_then(|place| {
            let path = self.evidence.tree.place(&place.path, "", &[])?;
            Some(Place { path, ..place })
        });
        if let Some(place) = told.filter(|place| place.line.is_some()) {
            return Some(place);
        }
        let file = change.place.as_ref().map(|place| place.path.as_str());
        let file = file.or_else(|| self.known.of(&change.id))?;
        let line = self.text(change, file).and_then(|text| line_of(&change.id, &text));
        Some(Place { path: file.to_owned(), line, column: None })
    }

    /// The file's text as it is now; for a test that is gone, as it was at the base.
    fn text(&self, change: &TestChange, file: &str) -> Option<String> {
        use TestChangeKind::{GoneWhileRed, SkippedGone, Vanished};
        let bytes = if matches!(change.kind, Vanished | GoneWhileRed | SkippedGone) {
            self.workspace.repository.as_ref()?.blob(self.base, file).ok()??.0
        } else {
            self.workspace.root.read(file, MAX_SOURCE).ok()?.bytes
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}
