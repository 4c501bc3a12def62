//! Reading a TOML table into a typed specification: every mistake of it, each with its path.
//!
//! The configuration's own sections are read by the same function, so a wrong type or an unknown
//! key looks the same everywhere.

use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// A mistake in the configuration, by the path of its key; the text's layer finds the caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Keys from the top, array positions as numbers: `["milestones", "0", "id"]`.
    pub path: Vec<String>,
    /// A sentence without a full stop.
    pub message: String,
    /// `did you mean ...?`, or what to do instead.
    pub hint: Option<String>,
    /// The caret belongs under the key, not under its value.
    pub at_key: bool,
}

impl Problem {
    /// A mistake in the value at `path`.
    pub fn new<S: Into<String>>(path: impl IntoIterator<Item = S>, message: impl Into<String>) -> Self {
        Self {
            path: path.into_iter().map(Into::into).collect(),
            message: message.into(),
            hint: None,
            at_key: false,
        }
    }

    /// The same, about the key.
    #[must_use]
    pub fn key(mut self) -> Self {
        self.at_key = true;
        self
    }

    /// With what to do instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same problem seen from a table that holds the present one at `prefix`.
    #[must_use]
    pub fn under(mut self, prefix: &[&str]) -> Self {
        let mut path: Vec<String> = prefix.iter().map(|p| (*p).to_owned()).collect();
        path.append(&mut self.path);
        self.path = path;
        self
    }
}

/// The nearest of `candidates`, as a question; `None` if nothing is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|c| (strsim::jaro_winkler(word, c), c))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| format!("did you mean `{c}`?"))
}

/// Reads `table` as a `T`. Unknown keys are mistakes, `known` are the keys to compare them with.
///
/// # Errors
/// Every mistake: after a wrong value the key is taken out and the rest read again.
pub fn read<T: DeserializeOwned>(mut table: toml::Table, known: &[String]) -> Result<T, Vec<Problem>> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut unknown = BTreeSet::new();
    let mut gone: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    loop {
        let value = toml::Value::Table(table.clone());
        let result: Result<T, _> = {
            let mut ignored = |path: serde_ignored::Path<'_>| {
                unknown.insert(segments(&path));
            };
            serde_path_to_error::deserialize(serde_ignored::Deserializer::new(value, &mut ignored))
        };
        match result {
            Ok(read) if problems.is_empty() && unknown.is_empty() => return Ok(read),
            Ok(_) => break,
            Err(error) => {
                let path = path_of(error.path());
                let problem = Problem::new(as_written(&path, &mut gone), error.inner().message().to_owned());
                let repeated = problems.contains(&problem);
                problems.push(problem);
                if repeated || !take_out(&mut table, &path) {
                    problems.dedup();
                    break;
                }
            }
        }
    }
    problems.extend(unknown.into_iter().map(|path| unknown_key(path, known)));
    Err(problems)
}

fn unknown_key(path: Vec<String>, known: &[String]) -> Problem {
    let key = path.last().cloned().unwrap_or_default();
    let hint = did_you_mean(&key, known.iter().map(String::as_str));
    Problem { message: format!("unknown key `{key}`"), hint, at_key: true, path }
}

fn segments(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path;
    match path {
        Path::Root => Vec::new(),
        Path::Seq { parent, index } => [segments(parent), vec![index.to_string()]].concat(),
        Path::Map { parent, key } => [segments(parent), vec![key.clone()]].concat(),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            segments(parent)
        }
    }
}

fn path_of(path: &serde_path_to_error::Path) -> Vec<String> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// The path before items of its array were taken out: those were all before it.
fn as_written(path: &[String], gone: &mut BTreeMap<Vec<String>, usize>) -> Vec<String> {
    let mut path = path.to_vec();
    let Some(index) = path.last().and_then(|last| last.parse::<usize>().ok()) else { return path };
    let before = gone.entry(path[..path.len() - 1].to_vec()).or_default();
    if let Some(last) = path.last_mut() {
        *last = (index + *before).to_string();
    }
    *before += 1;
    path
}

/// Removes the value at `path`; false if there is none to remove.
fn take_out(table: &mut toml::Table, path: &[String]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let mut parents = parents.iter();
    let Some(first) = parents.next() else { return table.remove(last).is_some() };
    let Some(mut at) = table.get_mut(first) else { return false };
    for part in parents {
        let next = match at {
            toml::Value::Table(table) => table.get_mut(part),
            toml::Value::Array(array) => part.parse::<usize>().ok().and_then(|i| array.get_mut(i)),
            _ => None,
        };
        let Some(next) = next else { return false };
        at = next;
    }
    match at {
        toml::Value::Table(table) => table.remove(last).is_some(),
        toml::Value::Array(array) => match last.parse::<usize>() {
            Ok(index) if index < array.len() => {
                array.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The property names of a generated schema, for [`read`] and `explain`.
pub fn keys_of<T: schemars::JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T);
    let properties = schema.get("properties").and_then(serde_json::Value::as_object);
    properties.map(|p| p.keys().cloned().collect()).unwrap_or_default()
}

/// Values of the configuration that are written as text: `">= 90%"`, `"< 5 ms"`, `"10%"`.
pub mod text {
    use serde::{Deserialize, Deserializer};
    use std::fmt::Display;
    use std::str::FromStr;

    /// A value read through `FromStr`; a bare number reads as its text.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Text<T>(pub T);

    impl<'de, T> Deserialize<'de> for Text<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = match toml::Value::deserialize(deserializer)? {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Float(number) => number.to_string(),
                other => {
                    return Err(serde::de::Error::custom(format!(
                        "expected text, found {}",
                        other.type_str()
                    )));
                }
            };
            text.parse().map(Self).map_err(serde::de::Error::custom)
        }
    }

    impl<T> schemars::JsonSchema for Text<T> {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Text".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({ "type": ["string", "number"] })
        }
    }

    /// A table in the order of the file.
    #[derive(Debug)]
    pub struct InOrder<T>(pub Vec<(String, T)>);

    impl<T> Default for InOrder<T> {
        fn default() -> Self {
            Self(Vec::new())
        }
    }

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor<T>(std::marker::PhantomData<T>);
            impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
                type Value = InOrder<T>;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a table of targets")
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<InOrder<T>, A::Error> {
                    let mut all = Vec::new();
                    while let Some(entry) = map.next_entry()? {
                        all.push(entry);
                    }
                    Ok(InOrder(all))
                }
            }
            deserializer.deserialize_map(Visitor(std::marker::PhantomData))
        }
    }

    /// A set of globs over repository paths; `*` does not cross a `/`.
    #[derive(Debug, Clone)]
    pub struct Globs {
        /// As they were written.
        pub patterns: Vec<String>,
        set: globset::GlobSet,
    }

    impl Globs {
        /// Compiles the patterns.
        ///
        /// # Errors
        /// The first pattern that is no glob.
        pub fn new(patterns: Vec<String>) -> Result<Self, globset::Error> {
            let mut builder = globset::GlobSetBuilder::new();
            for pattern in &patterns {
                builder.add(globset::GlobBuilder::new(pattern).literal_separator(true).build()?);
            }
            Ok(Self { set: builder.build()?, patterns })
        }

        /// Whether one of them matches.
        pub fn matches(&self, path: &str) -> bool {
            self.set.is_match(path)
        }

        /// The compiled set.
        pub fn set(&self) -> &globset::GlobSet {
            &self.set
        }
    }

    impl Default for Globs {
        fn default() -> Self {
            Self { patterns: Vec::new(), set: globset::GlobSet::empty() }
        }
    }

    impl<'de> Deserialize<'de> for Globs {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
        }
    }

    impl schemars::JsonSchema for Globs {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Globs".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({ "type": "array", "items": { "type": "string" } })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ratio::Threshold;

    #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    #[allow(dead_code)]
    struct Sample {
        lines: Option<text::Text<Threshold>>,
        branches: Option<text::Text<Threshold>>,
        count: Option<u64>,
    }

    #[test]
    fn finds_every_mistake_at_once() {
        let table = "lines = '90 percent'\nbranches = true\ncount = 'x'\nlinse = 1".parse().unwrap();
        let problems = read::<Sample>(table, &keys_of::<Sample>()).unwrap_err();
        let mut paths: Vec<_> = problems.iter().map(|p| p.path.join(".")).collect();
        paths.sort();
        assert_eq!(paths, ["branches", "count", "lines", "linse"]);
        let unknown = problems.iter().find(|p| p.at_key).unwrap();
        assert_eq!(unknown.hint.as_deref(), Some("did you mean `lines`?"));
    }
}
