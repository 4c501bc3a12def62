//! Test cases of a part of a JUnit report: their texts one after the other in one buffer.
//!
//! The suites that are open around a part are not known where it is read, and are told afterwards.

use super::junit_case::Case;
use crate::model::cases::CaseRef;
use crate::model::place::PlaceRef;
use crate::model::tests::TestOutcome;
use std::ops::Range;

/// A text in the buffer.
type Text = Range<usize>;

#[derive(Clone)]
struct Packed {
    /// Index of its class.
    class: usize,
    name: Text,
    outcome: TestOutcome,
    message: Option<Box<str>>,
    place: Option<(Text, Option<u32>)>,
    seconds: Option<f64>,
}

/// Cases in the order of the report.
#[derive(Clone, Default)]
pub(super) struct Batch {
    texts: String,
    /// Classes; one that is that of the case before is there once.
    classes: Vec<Text>,
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
        if self.classes.last().is_none_or(|class| self.texts[class.clone()] != *view.class) {
            let class = self.text(view.class);
            self.classes.push(class);
        }
        let name = self.text(view.name);
        let before = self.cases.last().and_then(|before| before.place.clone());
        let place = view.place.map(|place| match before {
            Some((path, _)) if self.texts[path.clone()] == *place.path => (path, place.line),
            _ => (self.text(place.path), place.line),
        });
        let (outcome, seconds) = (view.outcome, view.seconds);
        let (class, message) = (self.classes.len() - 1, case.message.take().map(Into::into));
        self.cases.push(Packed { class, name, outcome, message, place, seconds });
    }

    fn text(&mut self, text: &str) -> Text {
        let from = self.texts.len();
        self.texts.push_str(text);
        from..self.texts.len()
    }

    /// Some of the cases, each in the suite that is told for its class.
    pub(super) fn views<'b>(
        &'b self,
        range: Range<usize>,
        suites: &'b Suites,
    ) -> impl Iterator<Item = CaseRef<'b>> + Clone {
        let text = |text: &Text| &self.texts[text.clone()];
        self.cases[range].iter().map(move |case| CaseRef {
            suite: &suites.names[case.class - suites.first],
            class: text(&self.classes[case.class]),
            name: text(&case.name),
            outcome: case.outcome,
            message: case.message.as_deref(),
            place: case.place.as_ref().map(|(path, line)| PlaceRef {
                path: text(path),
                line: *line,
                column: None,
            }),
            seconds: case.seconds,
        })
    }

    /// The suites of some cases, by their classes.
    pub(super) fn suites(&self, range: Range<usize>, suite_of: impl Fn(&str) -> String) -> Suites {
        let class = |case: Option<&Packed>| case.map_or(0, |case| case.class);
        let cases = &self.cases[range];
        let (first, last) = (class(cases.first()), class(cases.last()));
        let names = self.classes.get(first..=last).unwrap_or_default();
        Suites { first, names: names.iter().map(|class| suite_of(&self.texts[class.clone()])).collect() }
    }
}

/// Names of suites for classes of a batch that follow one another.
pub(super) struct Suites {
    first: usize,
    names: Vec<String>,
}
