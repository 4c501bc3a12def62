//! Test cases of a part of a JUnit report: their names one after the other in one buffer.
//!
//! The suites that are open around a part are not known where it is read, and are told afterwards.

use super::junit_case::Case;
use crate::model::cases::CaseRef;
use crate::model::place::PlaceRef;
use crate::model::tests::TestOutcome;
use std::ops::Range;

/// What every case has.
#[derive(Clone)]
struct Packed {
    /// NaN if the report does not say.
    seconds: f64,
    /// Where its name ends; it begins where that of the case before does.
    name_end: usize,
    /// Index of its class.
    class: u32,
    /// Index of its place, and one more; 0 for none.
    place: u32,
    outcome: TestOutcome,
}

/// Cases in the order of the report.
#[derive(Clone, Default)]
pub(super) struct Batch {
    names: String,
    /// Classes and paths; one that is that of the case before is there once.
    classes: Vec<Box<str>>,
    paths: Vec<Box<str>>,
    /// Index of the path, and the line.
    places: Vec<(u32, Option<u32>)>,
    /// Messages by the index of the case, in order: few have one.
    messages: Vec<(usize, Box<str>)>,
    cases: Vec<Packed>,
}

impl Batch {
    /// How many cases there are.
    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    /// Takes a case; its texts stay, and may be filled anew.
    pub(super) fn push(&mut self, case: &mut Case) {
        let view = case.view();
        let class = last(&mut self.classes, view.class);
        if let Some(place) = view.place {
            self.places.push((last(&mut self.paths, place.path), place.line));
        }
        let place = view.place.map_or(0, |_| self.places.len() as u32);
        let (outcome, seconds) = (view.outcome, view.seconds.unwrap_or(f64::NAN));
        self.names.push_str(view.name);
        if let Some(message) = case.message.take() {
            self.messages.push((self.cases.len(), message.into()));
        }
        self.cases.push(Packed { seconds, name_end: self.names.len(), class, place, outcome });
    }

    fn name(&self, index: usize) -> &str {
        let from = index.checked_sub(1).map_or(0, |before| self.cases[before].name_end);
        &self.names[from..self.cases[index].name_end]
    }

    fn place(&self, case: &Packed) -> Option<PlaceRef<'_>> {
        let (path, line) = self.places[(case.place as usize).checked_sub(1)?];
        Some(PlaceRef { path: &self.paths[path as usize], line, column: None })
    }

    /// Some of the cases, cut where the class changes, with their class.
    pub(super) fn runs(&self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, &str)> {
        let mut from = range.start;
        self.cases[range].chunk_by(|one, next| one.class == next.class).map(move |run| {
            from += run.len();
            (from - run.len()..from, &*self.classes[run[0].class as usize])
        })
    }

    /// Some of the cases, all of one suite.
    pub(super) fn views<'b>(
        &'b self,
        range: Range<usize>,
        suite: &'b str,
    ) -> impl Iterator<Item = CaseRef<'b>> {
        let from = self.messages.partition_point(|(index, _)| *index < range.start);
        let mut messages = self.messages[from..].iter().peekable();
        range.map(move |index| {
            let case = &self.cases[index];
            CaseRef {
                suite,
                class: &self.classes[case.class as usize],
                name: self.name(index),
                outcome: case.outcome,
                message: messages.next_if(|(of, _)| *of == index).map(|(_, message)| &**message),
                place: self.place(case),
                seconds: Some(case.seconds).filter(|seconds| !seconds.is_nan()),
            }
        })
    }
}

/// The index of a text, which is kept unless it is the last one already.
fn last(texts: &mut Vec<Box<str>>, text: &str) -> u32 {
    if texts.last().is_none_or(|known| **known != *text) {
        texts.push(text.into());
    }
    texts.len() as u32 - 1
}
