//! The README says what the program does: its tables are those of the code, its links lead somewhere.
//!
//! `UPDATE_README=1 cargo test --test readme` writes the tables anew.

use milegate::criteria::CRITERIA;
use milegate::gates::{GATES, assemble};
use milegate::readers::{self, End};
use milegate::render::OUTPUTS;
use milegate::verdict::ExitStatus;
use std::fs;
use std::path::Path;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

fn tables() -> Vec<(&'static str, String)> {
    vec![
        ("formats", formats()),
        ("criteria", criteria()),
        ("outputs", outputs()),
        ("exit-codes", exit_codes()),
    ]
}

fn formats() -> String {
    let mut out = "| Format | Evidence | Written by | A cut-off file |\n|---|---|---|---|\n".to_owned();
    for f in readers::formats() {
        let end = match f.end {
            End::Marked => "is always seen",
            End::Records => "needs a run record to be seen",
            End::ExitStatus => "is empty when clean: needs the exit status",
        };
        out += &format!("| `{}` | {} | {} | {end} |\n", f.name, f.kind.word(), f.tools);
    }
    out
}

fn criteria() -> String {
    let gates = assemble(&toml::Table::new()).unwrap_or_default();
    let mut out = "| Gate | Criterion | Kind | Requires |\n|---|---|---|---|\n".to_owned();
    for (gate, built_in) in gates.iter().zip(GATES) {
        for c in &gate.criteria {
            out += &format!(
                "| {}. {} | `{}` | `{}` | {} |\n",
                gate.number, built_in.name, c.id, c.kind.name, c.kind.summary
            );
        }
    }
    out
}

fn outputs() -> String {
    let mut out = "| Output | |\n|---|---|\n".to_owned();
    for o in OUTPUTS {
        out += &format!("| `{}` | {} |\n", o.name, o.summary);
    }
    out
}

fn exit_codes() -> String {
    let mut out = "| Exit code | Meaning |\n|---|---|\n".to_owned();
    for (status, meaning) in ExitStatus::ALL {
        out += &format!("| {} | {meaning} |\n", status.code());
    }
    out
}

fn with_tables(readme: &str) -> String {
    let mut text = readme.to_owned();
    for (name, table) in tables() {
        let (begin, end) = (format!("<!-- table: {name} -->\n"), format!("<!-- end: {name} -->"));
        let from = text.find(&begin).unwrap_or_else(|| panic!("the README has no {begin}")) + begin.len();
        let to = from + text[from..].find(&end).unwrap_or_else(|| panic!("the README has no {end}"));
        text.replace_range(from..to, &table);
    }
    text
}

#[test]
fn the_tables_are_those_of_the_code() {
    let readme = fs::read_to_string(README).unwrap();
    let wanted = with_tables(&readme);
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(README, &wanted).unwrap();
    } else {
        assert_eq!(readme, wanted, "run UPDATE_README=1 cargo test --test readme");
    }
}

#[test]
fn every_criterion_kind_is_in_the_readme() {
    let readme = fs::read_to_string(README).unwrap();
    for kind in CRITERIA {
        assert!(readme.contains(&format!("`{}`", kind.name)), "{}", kind.name);
    }
}

#[test]
fn links_lead_somewhere() {
    let readme = fs::read_to_string(README).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let targets = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for target in targets.filter(|t| !t.starts_with("http") && !t.starts_with('#')) {
        assert!(root.join(target.split('#').next().unwrap()).exists(), "{target}");
    }
}

#[test]
fn the_ten_line_configuration_is_one() {
    let readme = fs::read_to_string(README).unwrap();
    let block = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(block.lines().count() <= 10, "{block}");
    let kind = milegate::config::TomlFile::Own;
    assert!(milegate::config::Config::parse(block, "milegate.toml", kind).is_ok());
}
