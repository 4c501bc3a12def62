//! JSON reports (RFC 8259): shape of the head, typed reading, and errors with their place.
//!
//! `NaN`, `Infinity`, numbers beyond a double, trailing text and duplicate keys of deciding fields
//! are refused; unknown keys are ignored, since tools add them.

use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{Input, Limits};
use super::lines::{self, Line};
use serde::de::{self, DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::collections::BTreeMap;
use std::fmt;

/// Most keys of one object that a head shows.
const KEYS: usize = 64;
/// Most keys of one inner object that a head shows.
const INNER: usize = 16;

/// The shape of a JSON text, as far as the text goes; `None` if it does not begin like JSON.
pub(super) fn head(text: &str) -> Option<Head<'static>> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let several = text.split_once('\n').filter(|(first, rest)| {
        text.starts_with('{')
            && rest.trim_start().starts_with('{')
            && serde_json::from_str::<IgnoredAny>(first).is_ok()
    });
    let mut shape = JsonHead::default();
    let mut began = false;
    let one = several.map_or(text, |(first, _)| first);
    let result = Shape { head: &mut shape, began: &mut began }
        .deserialize(&mut serde_json::Deserializer::from_str(one));
    let cut = result.is_err_and(|error| error.is_eof());
    if !began && !cut {
        return None;
    }
    Some(if several.is_some() { Head::JsonLines(shape) } else { Head::Json(shape) })
}

/// The visits of a visitor to which a scalar says nothing.
macro_rules! ignore_scalars {
    () => {
        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }

        fn visit_i64<E>(self, _: i64) -> Result<(), E> {
            Ok(())
        }

        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }

        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }

        fn visit_str<E>(self, _: &str) -> Result<(), E> {
            Ok(())
        }

        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }
    };
}

/// Reads the keys of an object, or of the first element of an array, into a head. What was read
/// before an error stays there.
struct Shape<'h> {
    head: &'h mut JsonHead,
    began: &'h mut bool,
}

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut empty = true;
        while let Some(key) = map.next_key::<String>()? {
            (empty, *self.began) = (false, true);
            let nested = &mut self.head.nested;
            if self.head.keys.len() < KEYS {
                self.head.keys.push(key.clone());
            }
            map.next_value_seed(Inner { outer: &key, mark: '.', nested })?;
        }
        *self.began |= empty;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        self.head.array = true;
        let mut element = JsonHead::default();
        let mut began = false;
        let first = array.next_element_seed(Shape { head: &mut element, began: &mut began });
        *self.began = began || first.is_ok();
        self.head.empty = matches!(first, Ok(None));
        (self.head.keys, self.head.nested) = (element.keys, element.nested);
        first.map(drop)
    }

    // An array may hold scalars: a shape without keys.
    ignore_scalars!();
}

/// Reads the keys of an inner object as `outer.inner`, and those of the first object of an inner array
/// as `outer[inner`; anything else is skipped.
struct Inner<'h> {
    outer: &'h str,
    mark: char,
    nested: &'h mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        for n in 0..INNER {
            let Some(key) = map.next_key::<String>()? else {
                if n == 0 && self.mark == '.' && self.nested.len() < KEYS * INNER {
                    self.nested.push(format!("{}.", self.outer));
                }
                return Ok(());
            };
            if self.nested.len() < KEYS * INNER {
                self.nested.push(format!("{}{}{key}", self.outer, self.mark));
            }
            map.next_value::<IgnoredAny>()?;
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        if self.mark == '.' {
            array.next_element_seed(Inner { mark: '[', ..self })?;
        }
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    ignore_scalars!();
}

/// Reads a report that is one JSON value.
pub(super) fn parse<T: DeserializeOwned>(input: &Input<'_>) -> Result<T, ReadError> {
    let text = lines::text(input)?;
    if !text.trim_start().starts_with(['{', '[']) {
        let start = quote(text.trim_start().lines().next().unwrap_or_default());
        return Err(ReadError::new(Code::WrongFormat, format!("not JSON: it begins {start}")));
    }
    serde_json::from_str(&text).map_err(|error| refusal(&error))
}

/// Reads a report of one JSON object a line; blank lines are skipped.
pub(super) fn parse_lines<T: DeserializeOwned>(text: &str, limits: &Limits) -> Result<Vec<T>, ReadError> {
    let mut entries = Vec::new();
    for line in lines::filled(text) {
        if !line.text.trim_start().starts_with('{') {
            return Err(lines::unknown(&line, entries.is_empty(), "JSON lines"));
        }
        entries.push(parse_line(&line)?);
        limits.check_items(entries.len())?;
    }
    Ok(entries)
}

/// Reads one line of such a report.
pub(super) fn parse_line<T: DeserializeOwned>(line: &Line<'_>) -> Result<T, ReadError> {
    serde_json::from_str(&line.text).map_err(|error| {
        let refused = refusal(&error);
        ReadError { line: Some(line.number), ..refused }
    })
}

/// Says what serde_json found wrong.
pub(super) fn refusal(error: &serde_json::Error) -> ReadError {
    let full = error.to_string();
    // The place goes into fields of its own. Report text may stand in the message.
    let message = full.rsplit_once(" at line ").map_or(full.as_str(), |(message, _)| message);
    let message: String = message.chars().filter(|c| !c.is_control()).take(200).collect();
    let code = match error.classify() {
        Category::Eof => Code::Truncated,
        Category::Data if message.starts_with("duplicate ") => Code::Duplicate,
        _ if message.starts_with("recursion limit") => Code::Limit,
        _ => Code::Malformed,
    };
    let place = (error.line() > 0).then(|| (error.line() as u64, error.column() as u64));
    let refused = ReadError::new(code, format!("JSON: {message}"));
    place.map_or(refused.clone(), |(line, column)| refused.at(line, Some(column)))
}

/// An object whose keys decide something: a key that occurs twice is refused, where the usual maps
/// would keep the last.
#[derive(Debug)]
pub(super) struct UniqueMap<V>(pub(super) BTreeMap<String, V>);

impl<'de, V: de::Deserialize<'de>> de::Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Unique(std::marker::PhantomData))
    }
}

struct Unique<V>(std::marker::PhantomData<V>);

impl<'de, V: de::Deserialize<'de>> Visitor<'de> for Unique<V> {
    type Value = UniqueMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if entries.contains_key(&key) {
                return Err(de::Error::custom(format_args!("duplicate key {}", quote(&key))));
            }
            let value = map.next_value()?;
            entries.insert(key, value);
        }
        Ok(UniqueMap(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Sample {
        n: f64,
    }

    fn code(text: &str) -> Code {
        let limits = Limits::default();
        parse::<Sample>(&Input { bytes: text.as_bytes(), exit_status: None, limits: &limits })
            .unwrap_err()
            .code
    }

    /// Read the fast way, the last digit of each of these would be another one.
    #[test]
    fn figures_are_the_nearest_doubles() {
        for text in
            ["31.245270191439438", "121.48791951161945", "100.78399658203125", "2.638344616030823e-256"]
        {
            let limits = Limits::default();
            let json = format!("{{\"n\": {text}}}");
            let input = Input { bytes: json.as_bytes(), exit_status: None, limits: &limits };
            let read = parse::<Sample>(&input).unwrap().n;
            assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn hostile_json_is_refused_for_the_right_reason() {
        for (text, want) in [
            ("", Code::Empty),
            (" \n", Code::Empty),
            ("\u{feff}", Code::Empty),
            ("<html>", Code::WrongFormat),
            ("{", Code::Truncated),
            (r#"{"n": 1"#, Code::Truncated),
            (r#"{"n": 1} x"#, Code::Malformed),
            (r#"{"n": 1}{"n": 2}"#, Code::Malformed),
            (r#"{"n": NaN}"#, Code::Malformed),
            (r#"{"n": Infinity}"#, Code::Malformed),
            (r#"{"n": 1e400}"#, Code::Malformed),
            (r#"{"n": "1"}"#, Code::Malformed),
            (r#"{"n": true}"#, Code::Malformed),
            (r#"{"m": 1}"#, Code::Malformed),
            (r#"{"n": 1, "n": 2}"#, Code::Duplicate),
            ("{\"n\": 1\0}", Code::Encoding),
        ] {
            assert_eq!(code(text), want, "{text:?}");
        }
    }

    #[test]
    fn places_are_told() {
        let limits = Limits::default();
        let input = Input { bytes: b"{\n \"n\": x}", exit_status: None, limits: &limits };
        let error = parse::<Sample>(&input).unwrap_err();
        assert_eq!((error.line, error.column), (Some(2), Some(7)));
        assert!(!error.message.contains(" at line "), "{}", error.message);
        let error = parse_lines::<Sample>("{\"n\":1}\n\n{\"n\":}\n", &limits).unwrap_err();
        assert_eq!((error.code, error.line), (Code::Malformed, Some(3)));
        let error = parse_lines::<Sample>("{\"n\":1}\n{\"n\"", &limits).unwrap_err();
        assert_eq!((error.code, error.line), (Code::Truncated, Some(2)));
    }

    #[test]
    fn maps_refuse_a_second_key() {
        let error = serde_json::from_str::<UniqueMap<u8>>(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap_err();
        assert_eq!(refusal(&error).code, Code::Duplicate);
    }

    #[test]
    fn heads_show_keys_as_far_as_they_go() {
        let json = |text: &str| match head(text) {
            Some(Head::Json(head)) => head,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(json(r#"{"a": {"b": 1, "c": [2]}, "d": "#).keys, ["a", "d"]);
        assert_eq!(json(r#"{"a": {"b": 1, "c": [2]}, "d": "#).nested, ["a.b", "a.c"]);
        assert_eq!(json(r#" [{"a": 1, "b": "x"}, {"c": 1}"#).keys, ["a", "b"]);
        assert!(json("[]").empty && json("[]").array);
        assert!(json("[").array && !json("[").empty);
        assert!(json("[1, 2]").array && json("[1, 2]").keys.is_empty());
        assert!(json("{}").keys.is_empty());
        assert_eq!(json(r#"{"a": {}, "b": []}"#).nested, ["a."]);
        assert!(matches!(head("{\"a\":1}\n{\"b\":1}\n"), Some(Head::JsonLines(h)) if h.keys == ["a"]));
        assert!(matches!(head("{\"a\":1}\n"), Some(Head::Json(_))));
        for text in ["", "x", "[main] started", "{% if %}", "{a}"] {
            assert!(head(text).is_none(), "{text}");
        }
    }
}
