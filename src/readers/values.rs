//! A file of no known format, out of which a criterion takes one number: `json` by a pointer, `text` by
//! a regular expression.
//!
//! Both are declared (`format = "json"`); nothing is ever read as one of them because nothing else fits.
//! A JSON file is kept as its leaves by JSON pointer (RFC 6901), a text as it is.

use super::error::{Code, ReadError};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::node::Node;
use super::{json, lines};
use crate::model::values::{Leaf, Values};
use std::collections::BTreeMap;

/// The row of JSON files.
pub(super) static JSON: Format = Format {
    name: "json",
    kind: Kind::Values,
    tools: "any script",
    command: "echo '{\"bundle\": {\"bytes\": 18200}}' > reports/size.json",
    end: End::Marked,
    detect: |_| false,
    read: read_json,
};

/// The row of text files.
pub(super) static TEXT: Format = Format {
    name: "text",
    kind: Kind::Values,
    tools: "any tool",
    command: "du -b dist/app.js > reports/size.txt",
    end: End::Records,
    detect: |_| false,
    read: read_text,
};

/// Most bytes of a file that is kept whole.
const MOST: u64 = 16 << 20;

fn check_size(input: &Input<'_>) -> Result<(), ReadError> {
    Limits { bytes: MOST.min(input.limits.bytes), ..input.limits.clone() }.check_size(input.bytes.len())
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    check_size(input)?;
    let whole: Node = json::parse(input)?;
    let mut leaves = BTreeMap::new();
    gather(&whole, String::new(), input.limits, &mut leaves)?;
    Ok(Report::new(&JSON, Body::Values(Values::Json(leaves))))
}

fn gather(
    node: &Node,
    pointer: String,
    limits: &Limits,
    leaves: &mut BTreeMap<String, Leaf>,
) -> Result<(), ReadError> {
    let leaf = match node {
        Node::Object(members) => {
            for (key, node) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                gather(node, format!("{pointer}/{key}"), limits, leaves)?;
            }
            return Ok(());
        }
        Node::List(items) => {
            for (at, node) in items.iter().enumerate() {
                gather(node, format!("{pointer}/{at}"), limits, leaves)?;
            }
            return Ok(());
        }
        Node::Number(number) => Leaf::Number(*number),
        other => Leaf::Other(other.word().to_owned()),
    };
    leaves.insert(pointer, leaf);
    limits.check_items(leaves.len())
}

fn read_text(input: &Input<'_>) -> Result<Report, ReadError> {
    check_size(input)?;
    let text = lines::text(input)?;
    if text.trim_start().to_ascii_lowercase().starts_with("<!doctype html") {
        return Err(ReadError::new(Code::WrongFormat, "not a report: it looks like an HTML page"));
    }
    Ok(Report::new(&TEXT, Body::Values(Values::Text(text.into_owned()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &'static Format, text: &str) -> Result<Body, Code> {
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
        crate::readers::read(&input, Some(format)).map(|r| r.body).map_err(|e| e.code)
    }

    #[test]
    fn leaves_stand_at_their_pointers() {
        let Ok(Body::Values(Values::Json(leaves))) =
            read(&JSON, r#"{"a": {"b/c": [1, "x", 2.5]}, "d~": null, "e": {}}"#)
        else {
            panic!()
        };
        let shown: Vec<_> = leaves.iter().map(|(pointer, leaf)| (pointer.as_str(), leaf.clone())).collect();
        let text = Leaf::Other("a text".to_owned());
        let null = Leaf::Other("null".to_owned());
        assert_eq!(
            shown,
            [
                ("/a/b~1c/0", Leaf::Number(1.0)),
                ("/a/b~1c/1", text),
                ("/a/b~1c/2", Leaf::Number(2.5)),
                ("/d~0", null)
            ]
        );
    }

    #[test]
    fn what_holds_nothing_is_refused() {
        for (format, text, code) in [
            (&JSON, "", Code::Empty),
            (&JSON, "12", Code::WrongFormat),
            (&JSON, r#"{"a": 1, "a": 2}"#, Code::Duplicate),
            (&JSON, r#"{"a": 1"#, Code::Truncated),
            (&TEXT, " \n", Code::Empty),
            (&TEXT, "<!DOCTYPE html><html>", Code::WrongFormat),
        ] {
            assert_eq!(read(format, text).unwrap_err(), code, "{text}");
        }
    }
}
