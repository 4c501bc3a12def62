//! Health as services answer it in JSON: one `status`, and checks below it.
//!
//! Spring Boot Actuator (`components`, before 2.2 `details`, in 1.x beside the status), the IETF draft
//! `application/health+json` (`checks`: lists by name; draft-inadarei-api-health-check-06), ASP.NET Core
//! (`entries`), MicroProfile Health (`checks`: a list), NestJS Terminus (`info`, `error`, `details`),
//! py-healthcheck (`results` with `passed`), and whoever writes `{"status": "ok"}`. A word that is not in
//! the table is no health, nor is a check without one. The whole is never better than its parts: each is
//! a check of its own. Ignored on purpose: what else a check tells (`details`, `data`, times, versions).

use super::detect::{Head, JsonHead};
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::json;
use super::node::Node;
use crate::model::health::{Check, Health, State};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "health-json",
    kind: Kind::Health,
    tools: "Spring Boot Actuator, ASP.NET Core, MicroProfile Health, NestJS Terminus, IETF health+json, ...",
    command: "curl -sS http://localhost:8080/actuator/health > reports/health.json",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => looks_like(json),
        _ => false,
    },
    read,
};

/// Words for a state, in lower case.
const WORDS: &[(&str, State)] = &[
    ("up", State::Healthy),
    ("ok", State::Healthy),
    ("pass", State::Healthy),
    ("passed", State::Healthy),
    ("passing", State::Healthy),
    ("healthy", State::Healthy),
    ("success", State::Healthy),
    ("warn", State::Degraded),
    ("warning", State::Degraded),
    ("degraded", State::Degraded),
    ("down", State::Unhealthy),
    ("fail", State::Unhealthy),
    ("failed", State::Unhealthy),
    ("failure", State::Unhealthy),
    ("error", State::Unhealthy),
    ("critical", State::Unhealthy),
    ("unhealthy", State::Unhealthy),
    ("out_of_service", State::Unhealthy),
];

/// Members that hold checks by name or as a list.
const HOLDERS: &[&str] = &["components", "checks", "entries", "results"];

/// Members that hold checks, or whatever else a check has to tell.
const LOOSE_HOLDERS: &[&str] = &["details", "info", "error"];

/// What else stands beside the status of the whole.
const BESIDE: &[&str] = &[
    "status",
    "groups",
    "version",
    "releaseId",
    "notes",
    "output",
    "links",
    "serviceId",
    "description",
    "totalDuration",
    "hostname",
    "timestamp",
    "uptime",
];

/// A status, and nothing that other reports have.
fn looks_like(json: &JsonHead) -> bool {
    let known = |key: &String| {
        let named = [BESIDE, HOLDERS, LOOSE_HOLDERS].iter().any(|keys| keys.contains(&key.as_str()));
        named || json.nested.iter().any(|nested| *nested == format!("{key}.status"))
    };
    !json.array && json.has(&["status"]) && json.keys.iter().all(known)
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let whole: Node = json::parse(input)?;
    if whole.get("status").is_none() {
        let message = "not a health report: there is no `status`";
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    let mut checks = Vec::new();
    check(&whole, "", input.limits, &mut checks)?;
    Ok(Report::new(&FORMAT, Body::Health(Health { checks })))
}

/// Adds a check and those below it.
fn check(node: &Node, name: &str, limits: &Limits, all: &mut Vec<Check>) -> Result<(), ReadError> {
    let (state, said) = state_of(node, name)?;
    all.push(Check { name: name.to_owned(), state, said });
    limits.check_items(all.len())?;
    for (key, held) in node.members() {
        let strict = HOLDERS.contains(&key.as_str());
        if strict || LOOSE_HOLDERS.contains(&key.as_str()) {
            held_checks(held, name, strict, limits, all)?;
        } else if name.is_empty() && held.get("status").is_some() {
            check(held, key, limits, all)?;
        }
    }
    Ok(())
}

/// The checks in a member that holds them by name, as lists by name, or as a list.
fn held_checks(
    holder: &Node,
    above: &str,
    strict: bool,
    limits: &Limits,
    all: &mut Vec<Check>,
) -> Result<(), ReadError> {
    if let Node::List(items) = holder {
        return listed(items, above, strict, limits, all);
    }
    for (key, node) in holder.members() {
        let name = below(above, key);
        match node {
            // The draft's lists; an observation without a status is no check.
            Node::List(items) => {
                for item in items.iter().filter(|item| item.get("status").is_some()) {
                    check(item, &name, limits, all)?;
                }
            }
            node if strict || node.get("status").is_some() => check(node, &name, limits, all)?,
            _ => {}
        }
    }
    Ok(())
}

/// A list of checks, each with its name.
fn listed(
    items: &[Node],
    above: &str,
    strict: bool,
    limits: &Limits,
    all: &mut Vec<Check>,
) -> Result<(), ReadError> {
    for (at, item) in items.iter().enumerate() {
        if !strict && item.get("status").is_none() {
            continue;
        }
        let named = ["name", "checker", "id"].iter().find_map(|key| match item.get(key) {
            Some(Node::Text(name)) => Some(name.clone()),
            _ => None,
        });
        check(item, &below(above, &named.unwrap_or_else(|| at.to_string())), limits, all)?;
    }
    Ok(())
}

fn below(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") }
}

/// The state of a check: its status, what it says whether it passed, or the check itself.
fn state_of(node: &Node, name: &str) -> Result<(State, String), ReadError> {
    let said = match node {
        Node::Object(_) => node.get("status").or_else(|| node.get("passed")).or_else(|| node.get("healthy")),
        alone => Some(alone),
    };
    match said {
        Some(Node::Text(word)) => Ok((state(word), word.clone())),
        Some(Node::Flag(good)) => {
            Ok((if *good { State::Healthy } else { State::Unhealthy }, good.to_string()))
        }
        None => Ok((State::Unknown, "no status".to_owned())),
        Some(other) => {
            let of = if name.is_empty() {
                "`status`".to_owned()
            } else {
                format!("the status of {}", quote(name))
            };
            let message = format!("{of} is {}, not a word", other.word());
            Err(ReadError::new(Code::Malformed, message).hint("an answer of another kind, an error perhaps"))
        }
    }
}

fn state(word: &str) -> State {
    let word = word.trim().to_ascii_lowercase();
    WORDS.iter().find(|row| row.0 == word).map_or(State::Unknown, |row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers;

    fn report(text: &str) -> Result<Report, ReadError> {
        readers::read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() }, None)
    }

    fn told(text: &str) -> Vec<(String, &'static str)> {
        let Body::Health(health) = report(text).unwrap().body else { panic!("{text}") };
        health.checks.into_iter().map(|c| (c.name, c.state.word())).collect()
    }

    fn one(name: &str, word: &'static str) -> (String, &'static str) {
        (name.to_owned(), word)
    }

    #[test]
    fn every_dialect_tells_its_checks() {
        let up = one("", "healthy");
        for (text, checks) in [
            (r#"{"status": "UP", "components": {"a": {"status": "DOWN"}}}"#, vec![one("a", "unhealthy")]),
            (
                r#"{"status": "UP", "components": {"a": {"status": "UP", "components": {"b": {"status": "UNKNOWN"}}}}}"#,
                vec![one("a", "healthy"), one("a/b", "unknown")],
            ),
            (
                r#"{"status": "UP", "details": {"db": {"status": "UP", "details": {"database": "x", "hello": 1}}}}"#,
                vec![one("db", "healthy")],
            ),
            (r#"{"status": "UP", "db": {"status": "DOWN"}}"#, vec![one("db", "unhealthy")]),
            (
                r#"{"status": "pass", "checks": {"a:time": [{"status": "warn"}, {"observedValue": 1}]}}"#,
                vec![one("a:time", "degraded")],
            ),
            (r#"{"status": "UP", "checks": [{"name": "x", "status": "DOWN"}]}"#, vec![one("x", "unhealthy")]),
            (
                r#"{"status": "Healthy", "entries": {"x": {"status": "Degraded"}}}"#,
                vec![one("x", "degraded")],
            ),
            (
                r#"{"status": "ok", "info": {"db": {"status": "up"}}, "error": {}, "details": {"db": {"status": "up"}}}"#,
                vec![one("db", "healthy"), one("db", "healthy")],
            ),
            (
                r#"{"status": "success", "results": [{"checker": "c", "passed": false}]}"#,
                vec![one("c", "unhealthy")],
            ),
            (
                r#"{"status": "ok", "checks": {"a": "ok", "b": true, "c": false, "d": {}}}"#,
                vec![one("a", "healthy"), one("b", "healthy"), one("c", "unhealthy"), one("d", "unknown")],
            ),
        ] {
            assert_eq!(told(text), [vec![up.clone()], checks].concat(), "{text}");
        }
    }

    #[test]
    fn what_it_does_not_know_is_not_healthy() {
        for (word, state) in
            [("Okay", "unknown"), ("", "unknown"), ("starting", "unknown"), ("UP ", "healthy")]
        {
            assert_eq!(told(&format!("{{\"status\": \"{word}\"}}")), [one("", state)]);
        }
    }

    #[test]
    fn other_answers_are_refused() {
        for (text, code) in [
            (
                r#"{"timestamp": 1, "status": 404, "error": "Not Found", "path": "/health"}"#,
                Code::UnknownFormat,
            ),
            (r#"{"status": 404, "error": "Not Found"}"#, Code::Malformed),
            (r#"{"status": "success", "data": {"result": []}}"#, Code::UnknownFormat),
            (r#"{"status": "UP", "status": "DOWN"}"#, Code::Duplicate),
            (r#"{"status": "UP", "components": {"a": {"status": null}}}"#, Code::Malformed),
            (r#"{"status": "UP", "components": {"a": 1}}"#, Code::Malformed),
            (r#"{"status": "UP""#, Code::Truncated),
        ] {
            assert_eq!(report(text).unwrap_err().code, code, "{text}");
        }
    }
}
