//! What the parts of an LCOV tracefile come to: sections of one file are united, its hints are held
//! against what was counted, and of oddities that occur again the first is told, and how often.

use super::error::{ReadError, quote};
use super::format::{Body, Limits, Report};
use super::lcov::FORMAT;
use super::lcov_section::{Closed, Oddity};
use crate::model::coverage::{Coverage, FileCoverage};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Most unknown records and other oddities that are told apart in notices.
const NOTICES: usize = 8;

/// Further sections of one file, united with those of the same size: each takes part in few unions,
/// however many there are.
#[derive(Default)]
struct Parts(Vec<(u32, FileCoverage)>);

impl Parts {
    fn add(&mut self, mut file: FileCoverage) {
        let mut rank = 0;
        while let Some((_, before)) = self.0.pop_if(|(known, _)| *known == rank) {
            file.merge(before);
            rank += 1;
        }
        self.0.push((rank, file));
    }
}

/// The whole tracefile, as far as its parts were added.
#[derive(Default)]
pub(super) struct Whole {
    coverage: Coverage,
    /// What there is more of the files.
    more: HashMap<String, Parts>,
    /// Oddities: where first, and how often.
    notices: BTreeMap<String, (String, u64)>,
}

impl Whole {
    /// Adds what was found next.
    pub(super) fn add(&mut self, found: Vec<Closed>, limits: &Limits) -> Result<(), ReadError> {
        for section in found {
            self.close(section);
            limits.check_items(self.coverage.files.len())?;
        }
        Ok(())
    }

    /// The report.
    pub(super) fn finish(mut self) -> Report {
        for (path, parts) in self.more {
            let whole = self.coverage.files.entry(path).or_default();
            parts.0.into_iter().rev().for_each(|(_, part)| whole.merge(part));
        }
        let notices = self.notices.into_iter().map(|(what, (place, count))| match count {
            1 => format!("{what} ({place})"),
            _ => format!("{what} ({count} times, first at {place})"),
        });
        Report { notices: notices.collect(), ..Report::new(&FORMAT, Body::Coverage(self.coverage)) }
    }

    /// Counts an oddity; of very many only the first few.
    fn notice(&mut self, what: String, times: u64, place: impl FnOnce() -> String) {
        let room = self.notices.len() < NOTICES;
        match self.notices.entry(what) {
            Entry::Occupied(known) => known.into_mut().1 += times,
            Entry::Vacant(new) if room => {
                new.insert((place(), times));
            }
            Entry::Vacant(_) => {}
        }
    }

    /// Moves a section into the coverage.
    fn close(&mut self, section: Closed) {
        let Closed { path, file, oddities, differs, orphans, has_branches, has_functions } = section;
        self.coverage.has_branches |= has_branches;
        self.coverage.has_functions |= has_functions;
        for Oddity { what, line, times } in oddities {
            self.notice(what, times, || format!("line {line}"));
        }
        for hint in differs {
            self.notice(format!("{hint} differs from the records, which count"), 1, || quote(&path));
        }
        if orphans {
            let what = "FNDA without FN, taken for a function of an unknown line".to_owned();
            self.notice(what, 1, || quote(&path));
        }
        match self.coverage.files.entry(path) {
            Entry::Vacant(new) => {
                new.insert(file);
            }
            Entry::Occupied(known) => self.more.entry(known.key().clone()).or_default().add(file),
        }
    }
}
