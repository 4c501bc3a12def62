//! The rules of a SARIF run: where a result's rule is described, and what it says about the level.

use super::error::{Code, ReadError, quote};
use super::json;
use crate::model::findings::Severity;
use serde::Deserialize;
use std::collections::HashMap;

/// `run.tool`.
#[derive(Deserialize)]
pub(super) struct Tool {
    pub(super) driver: Component,
    #[serde(default)]
    extensions: Vec<Component>,
}

/// The driver, or an extension of it.
#[derive(Deserialize)]
pub(super) struct Component {
    pub(super) name: String,
    guid: Option<String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

/// What a rule says of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: String,
    default_configuration: Option<Configuration>,
    message_strings: Option<json::UniqueMap<Text>>,
    properties: Option<Properties>,
}

/// How a rule is configured.
#[derive(Deserialize)]
pub(super) struct Configuration {
    pub(super) level: Option<String>,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(rename = "security-severity")]
    security_severity: Option<Score>,
}

/// GitHub asks for a string; some write a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Score {
    Number(f64),
    Text(String),
}

#[derive(Deserialize)]
struct Text {
    text: Option<String>,
}

/// A message, or the name of one of the rule's.
#[derive(Deserialize)]
pub(super) struct Message {
    text: Option<String>,
    markdown: Option<String>,
    id: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
}

impl Message {
    /// The text that it holds itself.
    pub(super) fn plain(&self) -> &str {
        self.text.as_deref().or(self.markdown.as_deref()).or(self.id.as_deref()).unwrap_or_default()
    }

    /// The text, with the rule's words where it only names them.
    pub(super) fn text(&self, rule: Option<&Rule>) -> String {
        let strings = rule.and_then(|rule| rule.message_strings.as_ref());
        let of_rule = self.id.as_ref().and_then(|id| strings?.0.get(id)?.text.as_deref());
        let template = self.text.as_deref().or(of_rule).unwrap_or_else(|| self.plain());
        let replaced = self.arguments.iter().enumerate();
        replaced.fold(template.to_owned(), |text, (i, argument)| text.replace(&format!("{{{i}}}"), argument))
    }
}

/// Which rule is meant: `result.rule`, or `ruleId` and `ruleIndex` beside it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) id: Option<String>,
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    index: Option<i64>,
    name: Option<String>,
    guid: Option<String>,
}

impl Reference {
    /// What a result says about its rule, in the two ways in which it may.
    pub(super) fn of(rule: Option<Self>, id: Option<String>, index: Option<i64>) -> Self {
        let rule = rule.unwrap_or(Self { id: None, index: None, tool_component: None });
        Self { id: id.or(rule.id), index: index.or(rule.index).filter(|index| *index >= 0), ..rule }
    }

    /// Whether both mean the same rule.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(one), Some(two)) => is_or_below(two, one),
            _ => self.index.is_some() && self.index == other.index,
        }
    }
}

/// Whether `id` is that rule or one below it: `CA1000/1` is below `CA1000`.
fn is_or_below(id: &str, rule: &str) -> bool {
    id.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Rule {
    /// Its level where a result has none.
    pub(super) fn level(&self) -> Option<&str> {
        self.default_configuration.as_ref()?.level.as_deref()
    }

    /// Its `security-severity`, a CVSS score, in GitHub's bands.
    pub(super) fn risk(&self) -> Result<Option<Severity>, ReadError> {
        let score = match self.properties.as_ref().and_then(|p| p.security_severity.as_ref()) {
            None => return Ok(None),
            Some(Score::Number(score)) => Some(*score),
            Some(Score::Text(text)) => text.trim().parse().ok(),
        };
        match score {
            Some(score) if score >= 9.0 => Ok(Some(Severity::Critical)),
            Some(score) if score >= 7.0 => Ok(Some(Severity::Error)),
            Some(score) if score >= 4.0 => Ok(Some(Severity::Warning)),
            Some(score) if score >= 0.0 => Ok(Some(Severity::Info)),
            _ => {
                let rule = quote(&self.id);
                Err(ReadError::new(Code::Malformed, format!("the security-severity of {rule} is no score")))
            }
        }
    }
}

/// The rules of a run, by component and by id.
pub(super) struct Rules {
    /// The driver, then the extensions.
    components: Vec<Component>,
    /// The first component and index that describe an id.
    ids: HashMap<String, (usize, usize)>,
}

impl Rules {
    pub(super) fn new(tool: Tool) -> Self {
        let components: Vec<_> = std::iter::once(tool.driver).chain(tool.extensions).collect();
        let mut ids = HashMap::new();
        for (c, component) in components.iter().enumerate() {
            for (r, rule) in component.rules.iter().enumerate() {
                ids.entry(rule.id.clone()).or_insert((c, r));
            }
        }
        Self { components, ids }
    }

    /// The description of a rule. An index that leads nowhere, or to another rule than the one that
    /// is named, is refused where it decides the level (`decides`).
    pub(super) fn find(&self, asked: &Reference, decides: bool) -> Result<Option<&Rule>, ReadError> {
        let by_id = || asked.id.as_deref().and_then(|id| self.by_id(id));
        let Some(index) = asked.index else { return Ok(by_id()) };
        let component = asked.tool_component.as_ref().map_or(self.components.first(), |c| self.component(c));
        let rule = component.and_then(|component| component.rules.get(index as usize));
        let named = rule.filter(|rule| asked.id.as_deref().is_none_or(|id| is_or_below(id, &rule.id)));
        match named.or_else(|| if decides { None } else { by_id() }) {
            Some(rule) => Ok(Some(rule)),
            None if !decides => Ok(None),
            None => {
                let id = quote(asked.id.as_deref().unwrap_or_default());
                let message = format!("its level is that of rule {index}, which is not the rule {id}");
                Err(ReadError::new(Code::Contradiction, message))
            }
        }
    }

    fn component(&self, asked: &ComponentReference) -> Option<&Component> {
        let extension = asked.index.and_then(|index| usize::try_from(index).ok());
        match extension {
            Some(index) => self.components.get(index + 1),
            None => self.components.iter().find(|component| {
                asked.guid.is_some() && asked.guid == component.guid
                    || asked.name.as_ref() == Some(&component.name)
            }),
        }
    }

    fn by_id(&self, id: &str) -> Option<&Rule> {
        let mut id = id;
        loop {
            if let Some((component, rule)) = self.ids.get(id) {
                return self.components.get(*component)?.rules.get(*rule);
            }
            id = id.rsplit_once('/')?.0;
        }
    }
}
