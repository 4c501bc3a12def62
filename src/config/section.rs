//! One table of the configuration: read into a type whose keys are all optional, then asked for what
//! it must hold. So a wrong value never hides the other mistakes of its table.

use super::words;
use crate::criteria::spec::{self, Problem};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// A table, where it stands, and the mistakes found so far.
#[derive(Debug)]
pub(super) struct Section<'a> {
    table: Table,
    path: Vec<String>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Section<'a> {
    /// The table `value`. Anything else is a mistake, and read as an empty table.
    pub(super) fn open(value: &Value, path: Vec<String>, problems: &'a mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Table(table) => Some(Self { table: table.clone(), path, problems }),
            other => {
                problems.push(Problem::new(path, format!("expected a table, found {}", other.type_str())));
                None
            }
        }
    }

    /// The section `key` of the file, which may be absent.
    pub(super) fn named(file: &Table, key: &str, problems: &'a mut Vec<Problem>) -> Self {
        let value = file.get(key).cloned().unwrap_or_else(|| Value::Table(Table::new()));
        let table = match value {
            Value::Table(table) => table,
            other => {
                problems.push(Problem::new([key], format!("expected a table, found {}", other.type_str())));
                Table::new()
            }
        };
        Self { table, path: vec![key.to_owned()], problems }
    }

    /// Reads what is readable; the rest are mistakes.
    pub(super) fn read<T: DeserializeOwned + JsonSchema + Default>(&mut self) -> T {
        let known = spec::keys_of::<T>();
        let wrong = match spec::read(self.table.clone(), &known) {
            Ok(read) => return read,
            Err(wrong) => wrong,
        };
        let mut rest = self.table.clone();
        for mut problem in wrong {
            if problem.at_key && problem.path.len() == 1 {
                problem.hint = problem.hint.or_else(|| Some(format!("there are {}", known.join(", "))));
            }
            if let Some(key) = problem.path.first() {
                rest.remove(key);
            }
            let prefix: Vec<&str> = self.path.iter().map(String::as_str).collect();
            self.problems.push(problem.under(&prefix));
        }
        spec::read(rest, &known).unwrap_or_default()
    }

    /// A problem with the value at `below`, seen from this table.
    pub(super) fn problem(&self, below: &[&str], message: impl Into<String>) -> Problem {
        let below = below.iter().map(|part| (*part).to_owned());
        Problem::new(self.path.iter().cloned().chain(below), message)
    }

    /// Adds a problem.
    pub(super) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Adds a problem with the value at `below`.
    pub(super) fn wrong(&mut self, below: &[&str], message: impl Into<String>) {
        let problem = self.problem(below, message);
        self.push(problem);
    }

    /// Whether the key is there, be it readable or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of `key` as it is in the file.
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.table.get(key)
    }

    /// Where in the list of `key` the text stands.
    pub(super) fn position(&self, key: &str, text: &str) -> Option<usize> {
        let items = self.table.get(key)?.as_array()?;
        items.iter().position(|item| item.as_str() == Some(text))
    }

    /// Says that `key` is missing, unless it is there.
    pub(super) fn require(&mut self, key: &str, example: &str) {
        if !self.has(key) {
            let problem = self.problem(&[key], format!("`{key}` is missing")).hint(format!("add {example}"));
            self.push(problem);
        }
    }

    /// The text of `key` if `check` has nothing against it.
    pub(super) fn checked(
        &mut self,
        key: &str,
        text: Option<String>,
        check: fn(&str) -> Result<(), String>,
    ) -> Option<String> {
        let text = text?;
        match check(&text) {
            Ok(()) => Some(text),
            Err(wrong) => {
                self.wrong(&[key], format!("`{key}` {wrong}"));
                None
            }
        }
    }

    /// The texts of `key`, without those that `check` has something against.
    pub(super) fn each_checked(
        &mut self,
        key: &str,
        texts: Option<Texts>,
        check: fn(&str) -> Result<(), String>,
    ) -> Vec<String> {
        let mut good = Vec::new();
        for (at, text) in texts.unwrap_or_default().0.into_iter().enumerate() {
            match check(&text) {
                Ok(()) => good.push(text),
                Err(wrong) => self.wrong(&[key, &at.to_string()], format!("an item of `{key}` {wrong}")),
            }
        }
        good
    }

    /// The paths or globs of `key`, as `check` writes them. One alone stands under the key itself.
    pub(super) fn paths(
        &mut self,
        below: &[&str],
        texts: OneOrMany,
        check: fn(&str) -> Result<String, String>,
    ) -> Vec<String> {
        let mut good = Vec::new();
        if texts.all.is_empty() {
            self.wrong(below, "names no file: an empty list reads nothing");
        }
        for (at, text) in texts.all.iter().enumerate() {
            let index = at.to_string();
            let path: Vec<&str> =
                if texts.alone { below.to_vec() } else { [below, &[index.as_str()]].concat() };
            match check(text) {
                Ok(text) => good.push(text),
                Err(wrong) => self.wrong(&path, format!("a path {wrong}")),
            }
        }
        good
    }

    /// Says which of the words at `below` are not known.
    pub(super) fn known(&mut self, below: &[&str], words: &[String], known: &[&str], what: &str) {
        for (at, word) in words.iter().enumerate().filter(|(_, word)| !known.contains(&word.as_str())) {
            let at = at.to_string();
            let path = [below, &[at.as_str()]].concat();
            let problem = self.problem(&path, format!("{what} `{word}`"));
            let hint = words::near(word, known.iter().copied());
            self.push(Problem { hint, ..problem });
        }
    }
}

/// The tables of an array of tables, each as a section.
pub(super) fn each(
    file: &Table,
    key: &str,
    problems: &mut Vec<Problem>,
    mut read: impl FnMut(usize, Section<'_>),
) {
    let items = match file.get(key) {
        None => return,
        Some(Value::Array(items)) => items,
        Some(other) => {
            let message = format!("expected [[{key}]] tables, found {}", other.type_str());
            return problems.push(Problem::new([key], message));
        }
    };
    for (at, item) in items.iter().enumerate() {
        if let Some(section) = Section::open(item, vec![key.to_owned(), at.to_string()], problems) {
            read(at, section);
        }
    }
}

/// A list of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts(pub(super) Vec<String>);

impl<'de> serde::Deserialize<'de> for Texts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(items) => texts(items).map(Self),
            other => Err(expected("a list of texts", &other)),
        }
    }
}

/// A text, or a list of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OneOrMany {
    pub(super) all: Vec<String>,
    /// It was written without a list.
    pub(super) alone: bool,
}

impl<'de> serde::Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self { all: vec![text], alone: true }),
            Value::Array(items) => Ok(Self { all: texts(items)?, alone: false }),
            other => Err(expected("a glob or a list of globs", &other)),
        }
    }
}

fn texts<E: serde::de::Error>(items: Vec<Value>) -> Result<Vec<String>, E> {
    let text = |item| match item {
        Value::String(text) => Ok(text),
        other => Err(expected("a list of texts", &other)),
    };
    items.into_iter().map(text).collect()
}

fn expected<E: serde::de::Error>(what: &str, found: &Value) -> E {
    E::custom(format!("expected {what}, found {}", found.type_str()))
}

impl JsonSchema for Texts {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Texts".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "array", "items": { "type": "string" } })
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OneOrMany".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": { "type": "string" } }]
        })
    }
}
