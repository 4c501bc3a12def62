//! The architecture, kept by looking at the sources: imports go downward, each outside library has
//! one home, files and functions stay short, and every row of a table has what belongs to it.
//!
//! Everything is found by looking; the order of the layers, and who may use what, are the two
//! decisions that stand here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod source;

use milegate::criteria::CRITERIA;
use milegate::gates::GATES;
use milegate::readers::FORMATS;
use milegate::render::OUTPUTS;
use serde_json::Value;
use source::{Source, files, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first; the modules of one row do not see each other. A module of later may be absent.
const LAYERS: &[&[&str]] = &[
    &["model", "statistics"],
    &["readers"],
    &["evidence"],
    &["criteria"],
    &["gates"],
    &["verdict"],
    &["render", "documents"],
    &["ledger"],
    &["config"],
    &["commands"],
    &["main"],
];

/// What only some modules may use.
const HOMES: &[(&[&str], &[&str])] = &[
    (&["quick_xml", "encoding_rs"], &["readers"]),
    (&["pulldown_cmark"], &["readers", "documents"]),
    // The commands style words of their own: prefixes of messages.
    (&["owo_colors"], &["render", "commands"]),
    (&["libm"], &["statistics"]),
    (&["git2", "std::fs", "process::Command"], &["ledger"]),
    (&["Timestamp::now", "Zoned::now", "SystemTime", "Instant"], &["ledger"]),
    (&["toml_edit", "annotate_snippets"], &["config"]),
    (&["ureq", "std::net"], &["ledger"]),
    (&["clap", "clap_complete", "clap_mangen", "anstream"], &["commands"]),
    // The program hands its arguments over.
    (&["std::env"], &["commands", "main"]),
    (&["io::stdout", "io::stdin"], &["commands"]),
    // Programs that the ledger starts may write there.
    (&["io::stderr"], &["commands", "ledger"]),
];

/// Printing, which is no path.
const PRINTING: &[&str] = &["println!", "print!", "eprintln!", "eprint!", "dbg!"];

const FILE: usize = 500;
const FUNCTION: usize = 60;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// Fails with all of the complaints.
fn none(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<_> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn imports_go_downward() {
    none(sources().iter().filter(|source| source.module() != "lib").flat_map(upward));
}

fn upward(source: &Source) -> Vec<String> {
    let from = source.module();
    let Some(mine) = layer(from) else { return vec![format!("{}: no layer is its own", source.path)] };
    let paths = source.paths();
    let used: BTreeSet<&str> =
        paths.iter().filter(|path| path[0] == "crate").map(|path| path[1].as_str()).collect();
    let wrong = used.into_iter().filter(|to| *to != from && layer(to).is_none_or(|theirs| theirs >= mine));
    wrong.map(|to| format!("{}: {from} may not see {to}", source.path)).collect()
}

#[test]
fn the_map_of_the_crate_is_in_the_order_of_the_layers() {
    let lib = sources().into_iter().find(|source| source.path == "lib.rs").unwrap();
    let modules: Vec<&str> =
        lib.code.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let layers: Vec<_> = modules.iter().map(|module| layer(module)).collect();
    assert!(!layers.contains(&None) && layers.is_sorted(), "{modules:?}");
}

#[test]
fn every_library_is_used_in_its_home_only() {
    none(sources().iter().flat_map(|source| {
        let paths = source.paths();
        let strays = |(things, homes): &(&[&str], &[&str])| {
            let stray = !homes.contains(&source.module());
            let used = |thing: &&&str| stray && paths.iter().any(|path| names(path, thing));
            let used: Vec<_> = things.iter().filter(used).collect();
            used.into_iter()
                .map(|thing| format!("{}: {thing} belongs to {homes:?}", source.path))
                .collect::<Vec<_>>()
        };
        HOMES.iter().flat_map(strays).collect::<Vec<_>>()
    }));
}

/// Whether a path leads over `thing`: `std::fs` is in `std::fs::read`.
fn names(path: &[String], thing: &str) -> bool {
    let thing: Vec<_> = thing.split("::").collect();
    path.windows(thing.len()).any(|part| part == thing)
}

#[test]
fn only_commands_print() {
    none(sources().iter().filter(|source| source.module() != "commands").flat_map(|source| {
        let printed = PRINTING.iter().filter(|word| source.code.contains(**word));
        printed.map(|word| format!("{}: {word}", source.path)).collect::<Vec<_>>()
    }));
}

#[test]
fn every_file_says_what_it_is_and_is_short() {
    none(sources().iter().flat_map(|source| {
        let silent = !source.text.starts_with("//! ");
        let lines = source.text.lines().count();
        let long = lines > FILE;
        let said = silent.then(|| format!("{}: does not open with `//!`", source.path));
        said.into_iter().chain(long.then(|| format!("{}: {lines} lines", source.path)))
    }));
}

#[test]
fn functions_are_short() {
    none(sources().iter().flat_map(|source| {
        let long = source.functions().into_iter().filter(|(_, _, lines)| *lines > FUNCTION);
        long.map(|(name, at, lines)| format!("{}:{at}: {name} has {lines} lines", source.path))
            .collect::<Vec<_>>()
    }));
}

#[test]
fn every_module_is_named_after_what_it_is() {
    let vague = ["utils", "util", "common", "helpers", "helper", "misc"];
    none(
        sources()
            .into_iter()
            .map(|source| source.path)
            .filter(|path| path.trim_end_matches(".rs").split('/').any(|name| vague.contains(&name))),
    );
}

#[test]
fn every_format_has_fixtures_and_a_row_in_the_manual() {
    // Until there is a manual, only the fixtures are asked for.
    let manual = fs::read_to_string(root().join("README.md")).ok();
    none(FORMATS.iter().flat_map(|format| {
        let folder = root().join("tests/fixtures").join(format.name);
        let proven = folder.is_dir() && files(&folder).iter().any(|path| path.ends_with("truth.json"));
        let row = format!("| `{}` |", format.name);
        let told = manual.as_ref().is_none_or(|manual| manual.contains(&row));
        let fixture = (!proven).then(|| format!("{}: no fixture with a truth.json", format.name));
        fixture.into_iter().chain((!told).then(|| format!("{}: not in README.md as {row}", format.name)))
    }));
}

/// A format is one file, one row, one folder: nothing else in the program knows its name.
#[test]
fn every_format_is_one_row_in_one_file() {
    // A criterion of a gate is not the tool of that name; the others are words that hint at a kind
    // where an entry of the configuration bears them.
    const WORDS: &[&str] = &["criterion", "cobertura", "junit", "lcov", "prometheus"];
    let sources = sources();
    none(FORMATS.iter().flat_map(|format| {
        let (row, quoted) = (format!("name: \"{}\",", format.name), format!("\"{}\"", format.name));
        let readers = sources.iter().filter(|source| source.module() == "readers");
        let homes: Vec<_> = readers.filter(|source| source.text.contains(&row)).collect();
        let homes: Vec<_> = homes.iter().map(|source| source.path.as_str()).collect();
        let wrong = (homes.len() != 1).then(|| format!("{}: its row is in {homes:?}", format.name));
        let elsewhere = sources.iter().filter(|source| source.module() != "readers");
        let named = elsewhere.filter(|source| {
            let program = source.text.split("#[cfg(test)]").next().unwrap_or_default();
            let mut lines = program.lines().filter(|line| !line.trim_start().starts_with("//"));
            !source.path.ends_with("tests.rs") && lines.any(|line| line.contains(&quoted))
        });
        let named = named.filter(|_| !WORDS.contains(&format.name));
        // What Milegate writes in a form that it also reads bears the form's name.
        let output = OUTPUTS.iter().find(|output| output.name == format.name);
        let own = output.map(|output| format!("render/{}.rs", output.name));
        let named = named.filter(|source| own.as_ref() != Some(&source.path));
        let named: Vec<_> = named.map(|source| format!("{}: names {}", source.path, format.name)).collect();
        wrong.into_iter().chain(named)
    }));
}

#[test]
fn every_fixture_is_accounted_for() {
    let fixtures = root().join("tests/fixtures");
    none(files(&fixtures).into_iter().filter_map(|path| {
        let name = path.strip_prefix(&fixtures).unwrap().to_string_lossy().replace('\\', "/");
        let told = match name.split_once('/') {
            None => name == "README.md",
            Some((folder, _)) if FORMATS.iter().any(|format| format.name == folder) => {
                is_told_by_truth(&path)
            }
            Some((folder, rest)) => is_told_by_readme(&fixtures.join(folder), rest),
        };
        (!told)
            .then(|| format!("{name}: neither a truth.json beside it nor the README of its folder tells it"))
    }));
}

/// A truth tells of the one report beside it, with the companions it is read with.
fn is_told_by_truth(path: &Path) -> bool {
    let truth = fs::read(path.with_file_name("truth.json")).ok();
    let truth: Option<Value> = truth.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if !truth.is_some_and(|truth| truth["source"].is_string()) {
        return false;
    }
    let beside = files(path.parent().unwrap_or(path));
    let name =
        |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let reports: Vec<String> = beside.iter().map(name).filter(|name| name != "truth.json").collect();
    let companion = |of: &String| {
        let all = milegate::readers::companions(of);
        reports.iter().filter(|name| *name != of).all(|name| all.iter().any(|c| c.ends_with(name.as_str())))
    };
    reports.len() == 1 || reports.iter().any(companion)
}

/// A folder that is not of a format holds files made by hand, and a README that names each.
fn is_told_by_readme(folder: &Path, file: &str) -> bool {
    let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
    let case = file.split('/').next().unwrap_or(file);
    !readme.is_empty()
        && (file == "README.md" || readme.contains(file) || readme.contains(&format!("{case}/")))
}

#[test]
fn every_criterion_has_its_file_and_its_own_codes() {
    let sources = sources();
    let text = |path: &str| sources.iter().find(|source| source.path == path).map(|source| &source.text);
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    none(CRITERIA.iter().flat_map(|kind| {
        let row = format!("name: \"{}\"", kind.name);
        let home = text(&format!("criteria/{}.rs", kind.name));
        let homeless = !home.is_some_and(|text| text.contains(&row));
        let mut wrong: Vec<_> =
            homeless.then(|| format!("{}: no file is its own", kind.name)).into_iter().collect();
        for (code, _) in kind.codes {
            let own = code.strip_prefix(kind.name).is_some_and(|rest| rest.starts_with('/'));
            if !own && !code.starts_with("report/") {
                wrong.push(format!("{code}: a code of {} begins with it", kind.name));
            }
            wrong.extend(owners.insert(code, kind.name).map(|owner| format!("{code}: of {owner} too")));
        }
        wrong
    }));
}

#[test]
fn every_output_has_its_file() {
    let file = |name: &str| format!("src/render/{}.rs", name.replace('-', "_"));
    let missing = OUTPUTS.iter().filter(|output| !root().join(file(output.name)).is_file());
    none(missing.map(|output| format!("{}: no {}", output.name, file(output.name))));
}

/// A gate of the table, or a file of criteria that some source embeds by its name.
#[test]
fn every_gate_file_is_embedded() {
    let sources = sources();
    let entries = fs::read_dir(root().join("gates")).unwrap().map(|entry| entry.unwrap().path());
    none(entries.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).filter_map(
        |path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let gate = GATES.iter().any(|gate| gate.text == text && format!("{}.toml", gate.id) == name);
            let embedded = sources.iter().any(|source| source.text.contains(&format!("gates/{name}\")")));
            (!gate && !embedded).then(|| format!("{name}: nothing reads it"))
        },
    ));
    assert!(GATES.iter().map(|gate| gate.number).eq(1..=4));
}
