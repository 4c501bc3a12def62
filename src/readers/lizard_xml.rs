//! The XML of lizard (`--xml`), in the manner of cppncss: a measure of the functions, one of the files.
//!
//! Items are numbered, and the sums below the files are held against the functions. Ignored on purpose:
//! sizes, and the averages, which follow from the rest.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::xml::{Cursor, Node};
use crate::model::complexity::{Complexity, Function};
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "lizard-xml",
    kind: Kind::Complexity,
    tools: "lizard, cppncss",
    command: "lizard --xml backend > reports/lizard.xml",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "cppncss"),
    read,
};

/// The measure that is read.
#[derive(Default)]
struct Measure {
    kind: String,
    labels: Vec<String>,
    items: u64,
    name: Option<String>,
    values: Vec<u64>,
    sums: BTreeMap<String, u64>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["cppncss"]);
    let mut complexity = Complexity::default();
    let mut measure = Measure::default();
    let mut words = String::new();
    let mut measures = 0;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("measure") => {
                measures += 1;
                let kind = xml.attribute("type").unwrap_or_default().into_owned();
                measure = Measure { kind, ..Measure::default() };
            }
            Node::Start("item") => measure.begin(&xml)?,
            Node::Start("sum") => measure.sum(&xml)?,
            Node::Start(_) => words.clear(),
            Node::Text(text) => words.push_str(&text),
            Node::End("label") => measure.labels.push(words.trim().to_owned()),
            Node::End("value") => measure.value(&words, &xml)?,
            Node::End("item") => {
                complexity.functions.extend(measure.end(&xml)?);
                input.limits.check_items(complexity.functions.len())?;
            }
            Node::End("measure") if measure.kind == "File" => measure.agrees(&complexity, &xml)?,
            Node::End(_) => {}
        }
    }
    if measures == 0 {
        return Err(ReadError::new(Code::WrongFormat, "cppncss: no measure"));
    }
    Ok(Report::new(&FORMAT, Body::Complexity(complexity)))
}

impl Measure {
    fn begin(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let name = xml.attribute("name").filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| xml.error(Code::Malformed, "an item without a name"))?;
        (self.name, self.values) = (Some(name.into_owned()), Vec::new());
        Ok(())
    }

    fn value(&mut self, words: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let number = words.trim().parse();
        let message = || format!("{} is not a number", quote(words.trim()));
        self.values.push(number.map_err(|_| xml.error(Code::Malformed, message()))?);
        Ok(())
    }

    fn sum(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let label = xml.attribute("label").unwrap_or_default().into_owned();
        let value = xml.attribute("value").and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| xml.error(Code::Malformed, "a sum without a number"))?;
        match self.sums.insert(label, value) {
            None => Ok(()),
            Some(_) => Err(xml.error(Code::Duplicate, "a sum that stands there twice")),
        }
    }

    /// What stands under a label of the item that ends.
    fn of(&self, label: &str) -> Option<u64> {
        let at = self.labels.iter().position(|known| known == label)?;
        self.values.get(at).copied()
    }

    /// The item that ends, if it is a function.
    fn end(&mut self, xml: &Cursor<'_>) -> Result<Option<Function>, ReadError> {
        self.items += 1;
        if self.values.len() != self.labels.len() || self.of("Nr.") != Some(self.items) {
            return Err(
                xml.error(Code::Contradiction, format!("item {} is not what its labels say", self.items))
            );
        }
        if self.kind != "Function" {
            return Ok(None);
        }
        let paths = self.of("CCN").and_then(|paths| u32::try_from(paths).ok()).filter(|paths| *paths > 0);
        let paths = paths.ok_or_else(|| xml.error(Code::Malformed, "a function without a CCN"))?;
        let whole = self.name.take().unwrap_or_default();
        let place = whole.rsplit_once(" at ").and_then(|(name, place)| Some((name, place.rsplit_once(':')?)));
        let (name, (path, line)) =
            place.ok_or_else(|| xml.error(Code::Malformed, format!("{} has no place", quote(&whole))))?;
        let line = line.parse().map_err(|_| xml.error(Code::Malformed, "a line that is no number"))?;
        let name = name.strip_suffix("(...)").unwrap_or(name).to_owned();
        Ok(Some(Function { path: path.to_owned(), line, name, paths }))
    }

    /// The sums of the files are those of the functions.
    fn agrees(&self, found: &Complexity, xml: &Cursor<'_>) -> Result<(), ReadError> {
        for (label, own) in [("CCN", found.sum()), ("Functions", found.functions.len() as u64)] {
            match self.sums.get(label) {
                Some(told) if *told != own => {
                    let message = format!("the sum of {label} is {told}, and {own} of them stand there");
                    return Err(xml.error(Code::Contradiction, message));
                }
                None if own > 0 => return Err(xml.error(Code::Malformed, format!("no sum of {label}"))),
                _ => {}
            }
        }
        Ok(())
    }
}
