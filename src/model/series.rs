//! The name of a time series: `up{job="api"}`, as Prometheus writes it and as people select it.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>; names in quotes are those of
//! Prometheus 3 (`{"http.requests", code="200"}`).

use std::fmt;
use std::str::FromStr;

/// A metric's name with its labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Series {
    /// The metric.
    pub name: String,
    /// Labels by name, each name once.
    pub labels: Vec<(String, String)>,
}

/// Why a text is not a series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSeries {
    /// It ends before the series does.
    #[error("it ends inside of a name or label")]
    Cut,
    /// It breaks the rules.
    #[error("{0}")]
    Wrong(&'static str),
}

impl Series {
    /// Whether `other` is of the same metric and has all these labels.
    pub fn selects(&self, other: &Self) -> bool {
        self.name == other.name && self.labels.iter().all(|label| other.labels.contains(label))
    }

    /// The label of that name.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The same series without one label.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let labels = self.labels.iter().filter(|(n, _)| n != name).cloned().collect();
        Self { name: self.name.clone(), labels }
    }

    /// Takes a series off the front of a text.
    ///
    /// # Errors
    /// [`NotSeries`].
    pub fn split(text: &str) -> Result<(Self, &str), NotSeries> {
        let (name, rest) = bare_name(text);
        let trimmed = rest.trim_start_matches(BLANK);
        let Some(inside) = trimmed.strip_prefix('{') else {
            return match name {
                "" if text.is_empty() => Err(NotSeries::Cut),
                "" => Err(NotSeries::Wrong("a metric's name begins with a letter, `_` or `:`")),
                name => Ok((Self { name: name.to_owned(), labels: Vec::new() }, rest)),
            };
        };
        let mut series = Self { name: name.to_owned(), labels: Vec::new() };
        let rest = series.read_labels(inside)?;
        if series.name.is_empty() {
            return Err(NotSeries::Wrong("the metric has no name"));
        }
        series.labels.sort_unstable();
        Ok((series, rest))
    }

    /// What stands between the braces; returns what follows the closing one.
    fn read_labels<'t>(&mut self, inside: &'t str) -> Result<&'t str, NotSeries> {
        let mut rest = inside.trim_start_matches(BLANK);
        loop {
            if let Some(after) = rest.strip_prefix('}') {
                return Ok(after);
            }
            let (name, after) = name(rest)?;
            let after = after.trim_start_matches(BLANK);
            rest = match after.strip_prefix('=') {
                Some(after) => {
                    if self.labels.iter().any(|(known, _)| *known == name) {
                        return Err(NotSeries::Wrong("a label is there twice"));
                    }
                    let (value, after) = quoted(after.trim_start_matches(BLANK))?;
                    self.labels.push((name, value));
                    after
                }
                // A name in quotes is the metric's own.
                None if rest.starts_with('"') && self.name.is_empty() => {
                    self.name = name;
                    after
                }
                None if after.is_empty() => return Err(NotSeries::Cut),
                None => return Err(NotSeries::Wrong("a label is written name=\"value\"")),
            };
            rest = rest.trim_start_matches(BLANK);
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start_matches(BLANK),
                None if rest.starts_with('}') => rest,
                None if rest.is_empty() => return Err(NotSeries::Cut),
                None => return Err(NotSeries::Wrong("labels are separated by commas")),
            };
        }
    }
}

/// What may stand between the parts of a line.
const BLANK: [char; 2] = [' ', '\t'];

/// The name at the front, in quotes or not.
///
/// # Errors
/// [`NotSeries`] if there is none.
pub fn name(text: &str) -> Result<(String, &str), NotSeries> {
    if text.starts_with('"') {
        return quoted(text);
    }
    match bare_name(text) {
        ("", "") => Err(NotSeries::Cut),
        ("", _) => Err(NotSeries::Wrong("a name begins with a letter, `_` or `:`")),
        (name, rest) => Ok((name.to_owned(), rest)),
    }
}

fn bare_name(text: &str) -> (&str, &str) {
    let first = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':');
    if !text.starts_with(first) {
        return ("", text);
    }
    text.split_at(text.find(|c: char| !first(c) && !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// A text in quotes, its escapes resolved; another escaped character stands for itself and its backslash.
fn quoted(text: &str) -> Result<(String, &str), NotSeries> {
    let Some(inside) = text.strip_prefix('"') else {
        return Err(if text.is_empty() { NotSeries::Cut } else { NotSeries::Wrong("a value is in quotes") });
    };
    let mut value = String::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok((value, chars.as_str())),
            '\\' => match chars.next().ok_or(NotSeries::Cut)? {
                'n' => value.push('\n'),
                c @ ('"' | '\\') => value.push(c),
                c => value.extend(['\\', c]),
            },
            c => value.push(c),
        }
    }
    Err(NotSeries::Cut)
}

impl FromStr for Series {
    type Err = NotSeries;

    fn from_str(text: &str) -> Result<Self, NotSeries> {
        match Self::split(text.trim())? {
            (series, "") => Ok(series),
            _ => Err(NotSeries::Wrong("only name{label=\"value\"} selects a series")),
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.labels.is_empty() {
            return Ok(());
        }
        let shown = |(name, value): &(String, String)| {
            format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
        };
        write!(f, "{{{}}}", self.labels.iter().map(shown).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels() {
        let series: Series = r#"a_total{ b = "x\"\\\n\d" ,a="1",}"#.parse().unwrap();
        assert_eq!(series.name, "a_total");
        assert_eq!(series.label("b"), Some("x\"\\\n\\d"));
        assert_eq!(series.labels[0].0, "a");
        let quoted: Series = r#"{"http.requests", "a b"="1"}"#.parse().unwrap();
        assert_eq!((quoted.name.as_str(), quoted.label("a b")), ("http.requests", Some("1")));
        assert_eq!(Series::split("up 1").unwrap().1, " 1");
        let one: Series = r#"a{b="x\"\n"}"#.parse().unwrap();
        assert_eq!(one.to_string().parse::<Series>().unwrap(), one);
    }

    #[test]
    fn a_selector_selects_what_has_its_labels() {
        let series = |text: &str| text.parse::<Series>().unwrap();
        let one = series(r#"up{job="api",env="test"}"#);
        assert!(series("up").selects(&one) && series(r#"up{job="api"}"#).selects(&one));
        assert!(!series(r#"up{job="web"}"#).selects(&one) && !series("upp").selects(&one));
        assert!(!one.selects(&series("up")));
    }

    #[test]
    fn what_is_no_series_is_refused() {
        for text in ["", "{", "a{", "a{b", "a{b=", "a{b=\"", "a{b=\"x\\", "a{b=\"x\"", "a{b=\"x\","] {
            assert_eq!(text.parse::<Series>(), Err(NotSeries::Cut), "{text}");
        }
        for text in ["1a", "a b", "a{b='x'}", "{}", "{b=\"x\"}", "a{b}", "a{b=\"x\" c=\"y\"}", "a{b!=\"x\"}"]
        {
            assert!(matches!(text.parse::<Series>(), Err(NotSeries::Wrong(_))), "{text}");
        }
        assert!("a{b=\"x\",b=\"y\"}".parse::<Series>().is_err());
        assert!("a{\"b\"}".parse::<Series>().is_err());
    }
}
