//! `explain`: a criterion, a report format or a code, from the tables.

use super::formats::end;
use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::criteria::spec::did_you_mean;
use crate::criteria::{CRITERIA, Kind};
use crate::evidence;
use crate::gates::{self, GATES, Gate};
use crate::readers::{self, Code, End, Format};
use crate::render::plain::{pad, wrap};
use crate::verdict::ExitStatus;
use serde_json::Value;

/// Runs the command.
pub(super) fn run(args: &super::cli::Explain, terminal: Terminal) -> Result<u8, Refusal> {
    let name = args.name.as_str();
    let width = terminal.style(0).width.min(100);
    let built_in = gates::assemble(&toml::Table::new()).unwrap_or_default();
    let text =
        of_code(name).or_else(|| of_criterion(name, &built_in, width)).or_else(|| formats(name)).or_else(
            || GATES.iter().find(|g| g.id == name || g.number.to_string() == name).map(|g| g.text.to_owned()),
        );
    let Some(text) = text else {
        let hint = did_you_mean(name, names(&built_in).iter().map(String::as_str));
        return Err(Refusal::usage(format!("nothing is called `{name}`")).hint(hint.unwrap_or_else(|| {
            "name a criterion, a format, a gate, or a code of the JSON output".to_owned()
        })));
    };
    terminal.print(&text);
    Ok(ExitStatus::Passed.code())
}

fn names(built_in: &[Gate]) -> Vec<String> {
    let kinds = CRITERIA.iter().map(|k| k.name.to_owned());
    let codes = CRITERIA.iter().flat_map(|k| k.codes).map(|c| c.0.to_owned());
    let reports = Code::ALL.iter().map(|row| row.1.to_owned());
    let doubts = evidence::CODES.iter().map(|row| row.0.to_owned());
    let formats = readers::formats().map(|f| f.name.to_owned());
    let own = built_in.iter().flat_map(|g| &g.criteria).map(|c| c.id.clone());
    kinds.chain(codes).chain(reports).chain(doubts).chain(formats).chain(own).collect()
}

fn of_code(code: &str) -> Option<String> {
    let of_kinds = CRITERIA.iter().flat_map(|k| k.codes.iter().map(move |c| (c, Some(k.name))));
    let mut of_kinds = of_kinds.map(|((code, meaning), kind)| (*code, *meaning, kind));
    let found = of_kinds
        .find(|row| row.0 == code)
        .or_else(|| Code::ALL.iter().find(|row| row.1 == code).map(|row| (row.1, row.2, None)))
        .or_else(|| evidence::CODES.iter().find(|row| row.0 == code).map(|row| (row.0, row.1, None)))?;
    let more = found.2.map(|kind| format!("\nMore: milegate explain {kind}\n")).unwrap_or_default();
    Some(format!("{}: {}\n{more}", found.0, found.1))
}

fn of_criterion(name: &str, built_in: &[Gate], width: usize) -> Option<String> {
    let (gate, bare) = name.split_once('/').map_or((None, name), |(gate, bare)| (Some(gate), bare));
    let mut in_gates = built_in.iter().flat_map(|g| g.criteria.iter().map(move |c| (g, c)));
    let in_gates = in_gates.find(|(g, c)| c.id == bare && gate.is_none_or(|gate| gate == g.id));
    let of_kinds = || CRITERIA.iter().copied().find(|k| k.name == bare && gate.is_none());
    let kind = in_gates.map(|(_, c)| c.kind).or_else(of_kinds)?;
    let mut out = String::new();
    let (id, head) = match in_gates {
        Some((gate, c)) => {
            (format!("{}/{}", gate.id, c.id), format!("{}/{} (kind {})", gate.id, c.id, kind.name))
        }
        None => (format!("GATE/{}", kind.name), format!("kind {}", kind.name)),
    };
    out.push_str(&format!("{head}\n  {}\n\n", kind.summary));
    wrap(kind.guide, width - 2).iter().for_each(|line| out.push_str(&format!("  {line}\n")));
    let on: Vec<_> = kind.judged_on.iter().map(|o| o.word()).collect();
    out.push_str(&format!(
        "\n  judged on: {}\n  to switch it on: {}\n",
        on.join(", "),
        kind.example_for(&id)
    ));
    if let Some((gate, c)) = in_gates {
        out.push_str(&built_in_table(gate.id, &c.id));
    }
    out.push_str(&keys(kind, width));
    if !kind.codes.is_empty() {
        out.push_str("\nCodes\n");
        kind.codes.iter().for_each(|(code, meaning)| out.push_str(&format!("  {code}: {meaning}\n")));
    }
    Some(out)
}

/// The format of that name, else all formats of the tool of that name.
fn formats(name: &str) -> Option<String> {
    let exact: Vec<_> = readers::formats().filter(|f| f.name == name).collect();
    let of_tool = || readers::formats().filter(|f| f.name.split('-').next() == Some(name)).collect();
    let found: Vec<_> = if exact.is_empty() { of_tool() } else { exact };
    let texts: Vec<_> = found.iter().map(|f| of_format(f)).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The criterion as it is built in; a project's own table overrides it key by key.
fn built_in_table(gate: &str, criterion: &str) -> String {
    let text = GATES.iter().find(|g| g.id == gate).map(|g| g.text).unwrap_or_default();
    let head = format!("[gates.{gate}.{criterion}]");
    let lines = text.lines().skip_while(|line| *line != head).take_while(|line| !line.is_empty());
    let table: String = lines.map(|line| format!("  {line}\n")).collect();
    format!("\nBuilt in; milegate.toml overrides it key by key\n{table}")
}

/// The kind's own keys, with their descriptions out of its schema.
fn keys(kind: &Kind, width: usize) -> String {
    let mut generator = schemars::SchemaGenerator::default();
    let schema = (kind.schema)(&mut generator);
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut rows: Vec<(String, String)> = properties
        .iter()
        .map(|(key, value)| {
            (key.clone(), value.get("description").and_then(Value::as_str).unwrap_or("").replace('\n', " "))
        })
        .collect();
    if !kind.reports.is_empty() {
        rows.push((
            "reports".to_owned(),
            if kind.picks() {
                "The entries of [reports] it reads; else the one of its name.".to_owned()
            } else {
                "The entries of [reports] it reads; else the one of its name, else all of its kind."
                    .to_owned()
            },
        ));
    }
    rows.push(("judged-on".to_owned(), "When it is judged: [\"change\", \"milestone\"].".to_owned()));
    rows.push(("advisory".to_owned(), "true: shown, but never decides.".to_owned()));
    let widest = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
    let mut out = "\nKeys\n".to_owned();
    for (key, meaning) in rows {
        for (at, line) in wrap(&meaning, width.saturating_sub(widest + 4)).iter().enumerate() {
            out.push_str(&format!("  {}  {line}\n", pad(if at == 0 { &key } else { "" }, widest)));
        }
    }
    out
}

fn of_format(format: &Format) -> String {
    let entry = match format.end {
        End::ExitStatus => format!(
            "{{ path = \"reports/x.txt\", format = \"{}\", exit-status = \"reports/x.status\" }}",
            format.name
        ),
        End::Marked | End::Records if format.kind == readers::Kind::Values => {
            format!("{{ path = \"reports/...\", format = \"{}\" }}", format.name)
        }
        End::Marked | End::Records => "\"reports/...\"".to_owned(),
    };
    format!(
        "{} ({})\n  written by: {}\n  made with:  {}\n  configured: [reports] NAME = {entry}\n  {}.\n",
        format.name,
        format.kind.word(),
        format.tools,
        format.command,
        end(format.end)
    )
}
