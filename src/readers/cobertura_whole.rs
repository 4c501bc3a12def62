//! What the parts of a Cobertura report come to: classes of one file are united, the header's totals
//! are held against what was counted.

use super::cobertura::FORMAT;
use super::error::ReadError;
use super::format::{Body, Limits, Report};
use crate::model::coverage::{Branches, Coverage, FileCoverage, Functions};
use crate::model::lines::Incoming;
use crate::model::ratio::Ratio;
use std::collections::HashMap;

/// The totals a header may declare, as `covered` and `valid`.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) lines: [Option<u64>; 2],
    pub(super) branches: [Option<u64>; 2],
}

/// What a class tells of its file.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    pub(super) path: String,
    pub(super) lines: Incoming,
    pub(super) branches: Box<[(u32, Ratio)]>,
    pub(super) functions: Functions,
}

/// What a part of a report holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) header: Option<Header>,
    pub(super) roots: Vec<String>,
    pub(super) classes: Vec<Class>,
    pub(super) has_branches: bool,
    pub(super) has_functions: bool,
    /// Branch lines without a readable number of branches.
    pub(super) uncounted: u64,
}

/// A file while its classes come in.
struct File {
    lines: Incoming,
    branches: Vec<(u32, Ratio)>,
    /// Those of each class.
    functions: Vec<Functions>,
}

impl File {
    /// Most files are one class: what that takes fits exactly.
    fn of(class: Class) -> Self {
        Self { lines: class.lines, branches: class.branches.into_vec(), functions: vec![class.functions] }
    }

    fn take(&mut self, class: Class) {
        self.lines.extend(class.lines.finish().iter());
        self.branches.extend_from_slice(&class.branches);
        if !class.functions.is_empty() {
            self.functions.push(class.functions);
        }
    }

    fn finish(mut self) -> FileCoverage {
        let functions = match self.functions.as_mut_slice() {
            [only] => std::mem::take(only),
            all => Functions::collect(all.iter().flat_map(|class| class.iter())),
        };
        FileCoverage {
            lines: self.lines.finish(),
            branches: Branches::new(Vec::new(), Vec::new(), self.branches),
            functions,
            ..FileCoverage::default()
        }
    }
}

/// The whole report, as far as its parts were added.
#[derive(Default)]
pub(super) struct Whole {
    header: Header,
    roots: Vec<String>,
    /// Files by name, in the order of [`Self::files`].
    names: HashMap<String, usize>,
    files: Vec<File>,
    has_branches: bool,
    has_functions: bool,
    uncounted: u64,
}

impl Whole {
    /// Adds the next part.
    pub(super) fn add(&mut self, found: Found, limits: &Limits) -> Result<(), ReadError> {
        self.header = found.header.unwrap_or_else(|| std::mem::take(&mut self.header));
        self.has_branches |= found.has_branches;
        self.has_functions |= found.has_functions;
        self.uncounted += found.uncounted;
        self.roots.extend(found.roots);
        limits.check_items(self.roots.len())?;
        for mut class in found.classes {
            match self.names.get(&class.path) {
                Some(known) => self.files[*known].take(class),
                None => {
                    limits.check_items(self.files.len() + 1)?;
                    self.names.insert(std::mem::take(&mut class.path), self.files.len());
                    self.files.push(File::of(class));
                }
            }
        }
        Ok(())
    }

    /// The report.
    pub(super) fn finish(mut self) -> Report {
        let mut coverage = Coverage {
            has_branches: self.has_branches,
            has_functions: self.has_functions,
            ..Coverage::default()
        };
        // In the order of the report they are nearly sorted, and soon put in order.
        let mut names: Vec<_> = self.names.into_iter().collect();
        names.sort_unstable_by_key(|(_, index)| *index);
        let files = names.into_iter().zip(self.files);
        coverage.files = files.map(|((name, _), file)| (name, file.finish())).collect();
        self.roots.sort_unstable();
        self.roots.dedup();
        coverage.roots = self.roots;
        let mut notices = Vec::new();
        notices.extend(differs("lines", self.header.lines, || coverage.lines()));
        notices.extend(differs("branches", self.header.branches, || coverage.branches().unwrap_or_default()));
        if self.uncounted > 0 {
            let lines = self.uncounted;
            notices.push(format!("{lines} branch lines without a number of branches, counted as 2 each"));
        }
        Report { notices, ..Report::new(&FORMAT, Body::Coverage(coverage)) }
    }
}

/// A notice where the header's totals are not those of the lines.
fn differs(what: &str, header: [Option<u64>; 2], found: impl Fn() -> Ratio) -> Option<String> {
    let [Some(covered), Some(total)] = header else { return None };
    let found = found();
    (found != Ratio::new(covered, total)).then(|| {
        format!("header says {covered} of {total} {what}, recounted {} of {}", found.covered, found.total)
    })
}
