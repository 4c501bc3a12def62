//! What a runner of GitHub Actions makes of a step's streams and files, written after its source
//! (actions/runner: ActionCommand, ActionCommandManager, ExecutionContext, FileCommandManager) and
//! with its limits, so that a test sees what the runner would do.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;

/// Commands a runner knows. Names are compared without case.
const REGISTERED: &[&str] = &[
    "set-env",
    "set-output",
    "save-state",
    "add-mask",
    "add-path",
    "add-matcher",
    "remove-matcher",
    "warning",
    "error",
    "notice",
    "debug",
    "group",
    "endgroup",
    "echo",
    STOP,
];
const STOP: &str = "stop-commands";

/// Annotations of one kind that a step may have.
pub const MOST: usize = 10;
/// UTF-16 units of an annotation's message that are kept.
pub const MESSAGE: usize = 4096;
/// Bytes of a step summary; one more, and none of it is shown.
pub const SUMMARY: usize = 1024 * 1024;

/// A command as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    pub data: String,
}

/// What a step's stream came to.
#[derive(Debug, Default)]
pub struct Log {
    /// Commands that were executed, `stop-commands` and its end among them.
    pub executed: Vec<Command>,
    /// Lines that are shown as they are.
    pub shown: Vec<String>,
    /// Commands were stopped and never started again.
    pub stopped: bool,
}

impl Log {
    /// Of the executed commands those that annotate.
    pub fn annotations(&self, kind: &str) -> Vec<&Command> {
        self.executed.iter().filter(|command| command.name == kind).collect()
    }
}

/// Feeds a stream to the runner, line by line.
pub fn listen(stream: &str) -> Log {
    let mut log = Log::default();
    let mut token: Option<String> = None;
    // A StreamReader ends lines at all of these.
    for line in stream.split("\r\n").flat_map(|part| part.split(['\n', '\r'])) {
        let Some(command) = parse(line, token.as_deref()) else {
            log.shown.push(line.to_owned());
            continue;
        };
        match &token {
            Some(waiting) if command.name.eq_ignore_ascii_case(waiting) => token = None,
            Some(_) => {
                log.shown.push(line.to_owned());
                continue;
            }
            None if command.name.eq_ignore_ascii_case(STOP) => token = Some(command.data.clone()),
            None => {}
        }
        log.executed.push(command);
    }
    log.stopped = token.is_some();
    log
}

fn parse(line: &str, token: Option<&str>) -> Option<Command> {
    let known = |name: &str| {
        !name.is_empty()
            && REGISTERED.iter().copied().chain(token).any(|known| known.eq_ignore_ascii_case(name))
    };
    second(line, &known).or_else(|| first(line, &known))
}

/// `::name key=value,key=value::data` at the start of a line, blanks before it ignored.
fn second(line: &str, known: &dyn Fn(&str) -> bool) -> Option<Command> {
    let (info, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, rest) = info.split_once(' ').unwrap_or((info, ""));
    known(name).then(|| Command {
        name: name.to_owned(),
        properties: properties(rest.trim(), ',', &[("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")]),
        data: unescape(data, &[("\r", "%0D"), ("\n", "%0A")]),
    })
}

/// `##[name key=value;key=value]data` anywhere in a line.
fn first(line: &str, known: &dyn Fn(&str) -> bool) -> Option<Command> {
    let (info, data) = line.split_once("##[")?.1.split_once(']')?;
    let (name, rest) = info.split_once(' ').unwrap_or((info, ""));
    let escapes = [(";", "%3B"), ("\r", "%0D"), ("\n", "%0A"), ("]", "%5D")];
    known(name).then(|| Command {
        name: name.to_owned(),
        properties: properties(rest, ';', &escapes),
        data: unescape(data, &escapes),
    })
}

fn properties(text: &str, between: char, escapes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = text.split(between).filter_map(|pair| pair.split_once('='));
    let filled = pairs.filter(|(key, value)| !key.is_empty() && !value.is_empty());
    filled.map(|(key, value)| (key.to_owned(), unescape(value, escapes))).collect()
}

/// The per cent sign last, as the runner does it.
fn unescape(text: &str, escapes: &[(&str, &str)]) -> String {
    let text = escapes.iter().fold(text.to_owned(), |text, (plain, escaped)| text.replace(escaped, plain));
    text.replace("%25", "%")
}

/// The values of a file such as `GITHUB_OUTPUT`; why it is refused, if it is.
pub fn values(file: &str) -> Result<BTreeMap<String, String>, String> {
    let mut all = BTreeMap::new();
    let mut lines = file.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches('\n');
        if line.is_empty() {
            continue;
        }
        match (line.find('='), line.find("<<")) {
            (Some(equals), heredoc) if heredoc.is_none_or(|heredoc| equals < heredoc) => {
                all.insert(line[..equals].to_owned(), line[equals + 1..].to_owned());
            }
            (_, Some(heredoc)) => {
                let (name, mark) = (&line[..heredoc], &line[heredoc + 2..]);
                if name.is_empty() || mark.is_empty() {
                    return Err(format!("no name or no mark: {line}"));
                }
                let mut value = String::new();
                loop {
                    let next = lines.next().ok_or_else(|| format!("no end: {mark}"))?;
                    if next.trim_end_matches('\n') == mark {
                        break;
                    }
                    value.push_str(next);
                }
                let value = value.strip_suffix('\n').unwrap_or(&value);
                all.insert(name.to_owned(), value.to_owned());
            }
            _ => return Err(format!("no value: {line}")),
        }
    }
    Ok(all)
}

#[test]
fn the_runner_executes_what_the_real_one_does() {
    for (line, name) in [
        ("::error::x", Some("error")),
        (" \t::error file=a,line=1::x", Some("error")),
        ("::ERROR::x", Some("ERROR")),
        ("text ##[add-mask]x", Some("add-mask")),
        ("::nothing ##[warning a=b;c=d]x", Some("warning")),
        ("x ::error::y", None),
        ("::error:x", None),
        ("::unknown::x", None),
        ("##[unknown]x ##[error]y", None),
        ("# #[error]x", None),
    ] {
        let log = listen(line);
        assert_eq!(log.executed.first().map(|c| c.name.as_str()), name, "{line}");
    }
    let log = listen("::stop-commands::abc\n::error::x\n::ABC::\n::error title=a%3Ab%2Cc,file=::100%25%0Ay");
    assert_eq!(log.executed.len(), 3);
    assert_eq!(
        (log.executed[2].properties["title"].as_str(), log.executed[2].data.as_str()),
        ("a:b,c", "100%\ny")
    );
    assert!(!log.executed[2].properties.contains_key("file"));
    assert!(listen("::stop-commands::abc").stopped);
    assert_eq!(values("a=b<<c\nx<<E\n1\n\n2=3\nE\ny<<E\nE\n").unwrap()["x"], "1\n\n2=3");
    assert!(values("a<<E\n1\n").is_err() && values("a\n").is_err());
}
