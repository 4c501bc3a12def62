//! What the readers of coverage reports share: a file while it comes in, the numbers that such
//! reports hold, and how a report's own totals are held against what its lines say.
//!
//! Counts may be beyond 64 bits, written as `1.5e+20`, or negative where a counter ran over; what
//! matters is whether they are more than none.

use super::error::{Code, ReadError, quote};
use super::xml::Cursor;
use crate::model::branches::{Branches, Named};
use crate::model::coverage::{FileCoverage, Functions, MAX_LINE};
use crate::model::lines::Incoming;
use crate::model::ratio::Ratio;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// Most lines that blocks of a report may span in all; beyond it a report is hostile.
const MAX_SPANNED: u64 = 16 << 20;

/// A file of a report while it comes in.
#[derive(Debug, Default)]
pub(super) struct Draft {
    lines: Incoming,
    edges: Vec<Named>,
    counted: Vec<(u32, Ratio)>,
    /// By line and name, and whether each was called.
    pub(super) functions: BTreeMap<(u32, Box<str>), bool>,
    /// Everything else.
    pub(super) file: FileCoverage,
}

impl Draft {
    /// A line; told again, it is hit if it ever was.
    pub(super) fn line(&mut self, number: u32, hit: bool) {
        self.lines.push(number, hit);
    }

    /// How many of the branches of a line were taken; of several, the most.
    pub(super) fn counted(&mut self, line: u32, branches: Ratio) {
        self.counted.push((line, branches));
    }

    /// A branch with an identity.
    pub(super) fn edge(&mut self, line: u32, id: String, taken: bool) {
        self.edges.push((line, id.into(), taken));
    }

    /// A function.
    pub(super) fn function(&mut self, line: u32, name: &str, called: bool) {
        *self.functions.entry((line, name.into())).or_default() |= called;
    }

    /// The file.
    pub(super) fn finish(self) -> FileCoverage {
        let branches = Branches::new(Vec::new(), self.edges, self.counted);
        let functions = self.functions.iter().map(|((line, name), called)| (*line, &**name, *called));
        let functions = Functions::collect(functions);
        FileCoverage { lines: self.lines.finish(), branches, functions, ..self.file }
    }
}

/// Bounds the lines that blocks span: a block of a billion lines takes no more room in a file than
/// one of two.
#[derive(Debug, Default)]
pub(super) struct Spanned(u64);

impl Spanned {
    /// The lines of one block, both ends included.
    pub(super) fn lines(
        &mut self,
        first: u32,
        last: u32,
    ) -> Result<std::ops::RangeInclusive<u32>, ReadError> {
        self.0 += u64::from(last.saturating_sub(first)) + 1;
        if self.0 > MAX_SPANNED {
            return Err(ReadError::new(Code::Limit, format!("blocks span more than {MAX_SPANNED} lines")));
        }
        Ok(first..=last)
    }
}

/// A line number of a JSON report: 1 and up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineNumber(pub(super) u32);

impl<'de> Deserialize<'de> for LineNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        line(number).map(Self).ok_or_else(|| D::Error::custom(format_args!("{number} is no line of a file")))
    }
}

/// A line number that can be one.
pub(super) fn line(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| (1..=MAX_LINE).contains(number))
}

/// A count of a JSON report: whether it is more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hits(pub(super) bool);

impl<'de> Deserialize<'de> for Hits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HitsVisitor).map(Self)
    }
}

struct HitsVisitor;

impl Visitor<'_> for HitsVisitor {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of executions")
    }

    fn visit_u64<E>(self, count: u64) -> Result<bool, E> {
        Ok(count > 0)
    }

    fn visit_i64<E>(self, count: i64) -> Result<bool, E> {
        Ok(count > 0)
    }

    fn visit_f64<E>(self, count: f64) -> Result<bool, E> {
        Ok(count > 0.0)
    }
}

/// A number in an attribute of the latest start tag; `None` if the attribute is absent.
pub(super) fn count(xml: &Cursor<'_>, name: &str) -> Result<Option<u64>, ReadError> {
    let Some(value) = xml.attribute(name) else { return Ok(None) };
    value.trim().parse().map(Some).map_err(|_| {
        xml.error(Code::Malformed, format!("{name}={} is not a number of something", quote(&value)))
    })
}

/// A number that must be there.
pub(super) fn required(xml: &Cursor<'_>, name: &str) -> Result<u64, ReadError> {
    count(xml, name)?.ok_or_else(|| xml.error(Code::Malformed, format!("an element without {name}")))
}

/// A line number that must be there.
pub(super) fn line_attribute(xml: &Cursor<'_>, name: &str) -> Result<u32, ReadError> {
    let number = required(xml, name)?;
    line(number).ok_or_else(|| xml.error(Code::Malformed, format!("{name}={number} is no line of a file")))
}

/// Whether a count in an attribute is more than none; `None` if the attribute is absent.
pub(super) fn hits(xml: &Cursor<'_>, name: &str) -> Result<Option<bool>, ReadError> {
    let Some(value) = xml.attribute(name) else { return Ok(None) };
    let text = value.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Some(text.bytes().any(|b| b != b'0')));
    }
    match text.parse::<f64>() {
        Ok(hits) if hits.is_finite() => Ok(Some(hits > 0.0)),
        _ => Err(xml.error(Code::Malformed, format!("{name}={} is not a number of hits", quote(&value)))),
    }
}

/// The path of a file in an attribute that must hold one.
pub(super) fn path(xml: &Cursor<'_>, names: &[&str]) -> Result<String, ReadError> {
    let found = names.iter().filter_map(|name| xml.attribute(name)).find(|path| !path.trim().is_empty());
    found
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| xml.error(Code::Malformed, format!("a file without {}", names.join(" or "))))
}

/// Two numbers as a part of a whole.
pub(super) fn ratio(covered: u64, total: u64, what: &str) -> Result<Ratio, ReadError> {
    if covered > total {
        return Err(ReadError::new(Code::Contradiction, format!("{what}: {covered} of {total} are covered")));
    }
    Ok(Ratio::new(covered, total))
}

/// A notice where a report's own totals are not those of its lines.
pub(super) fn differs(what: &str, said: Ratio, found: Ratio) -> Option<String> {
    (said != found).then(|| {
        format!(
            "totals say {} of {} {what}, recounted {} of {}",
            said.covered, said.total, found.covered, found.total
        )
    })
}

/// Notices about many files: how many, and the first.
pub(super) fn told(what: &str, files: &[String]) -> Option<String> {
    let first = files.first()?;
    Some(match files.len() {
        1 => format!("{what}: {}", quote(first)),
        n => format!("{what} ({n} files, the first is {})", quote(first)),
    })
}
