//! What is no report is taken for none: the files of this repository, and those of the libraries it
//! is built from as they lie in cargo's home, thousands of documents, sources, tables and test data.
//!
//! A file that truly is what some tool printed is listed, with the reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use milegate::readers::{Code, Input, Limits, detect};
use std::fs;
use std::path::{Path, PathBuf};

/// At most so many files of libraries are looked at, and at most so many bytes.
const FILES: usize = 20_000;
const BYTES: u64 = 200 << 20;

/// Of a larger file detection sees no more than this would show.
const LARGEST: u64 = 4 << 20;

/// Folders that hold no source of this repository, or reports on purpose.
const SKIPPED: &[&str] = &[".git", "target", "tests/fixtures", "demo/reports-before", "demo/reports-after"];

/// Files of libraries that are reports: a part of the path and its end, the format, and what it is.
const REPORTS: &[(&str, &str, &str, &str)] = &[
    ("/tests/", ".stderr", "rustc-text", "what rustc printed, kept by the library's tests of its messages"),
    ("/winnow-", "/ndjson/example.ndjson", "cargo-json", "what cargo printed, as input of an example"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder, sorted.
fn files(folder: &Path, found: &mut Vec<PathBuf>, wanted: &dyn Fn(&Path) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        match () {
            () if !wanted(&path) => {}
            () if kind.is_dir() => files(&path, found, wanted),
            () if kind.is_file() => found.push(path),
            () => {}
        }
    }
}

/// What a file is taken for, if for anything.
fn taken_for(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    match detect(&Input { bytes: &bytes, exit_status: None, limits: &Limits::default() }) {
        Ok(format) => Some(format.name.to_owned()),
        Err(error) if error.code == Code::AmbiguousFormat => Some(error.message),
        Err(_) => None,
    }
}

#[test]
fn no_file_of_this_repository_is_taken_for_a_report() {
    let (root, mut found) = (root(), Vec::new());
    let wanted = |path: &Path| !SKIPPED.iter().any(|skipped| path == root.join(skipped));
    files(&root, &mut found, &wanted);
    assert!(found.len() > 200, "{} files", found.len());
    let taken: Vec<_> =
        found.iter().filter_map(|path| Some(format!("{}: {}", path.display(), taken_for(path)?))).collect();
    assert!(taken.is_empty(), "{}", taken.join("\n"));
}

/// Folders of the libraries that Cargo.lock names, as far as they are in cargo's home, in its order.
fn libraries() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let sources: Vec<_> = sources.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_owned());
    let names = lock.lines().filter_map(|line| value(line, "name = "));
    let versions = lock.lines().filter_map(|line| value(line, "version = ").filter(|v| v.contains('.')));
    names
        .zip(versions)
        .filter_map(|(name, version)| {
            let found = sources.iter().map(|source| source.join(format!("{name}-{version}")));
            found.into_iter().find(|folder| folder.is_dir())
        })
        .collect()
}

#[test]
fn no_file_of_a_library_is_taken_for_a_report() {
    let mut found = Vec::new();
    let libraries = libraries();
    for folder in &libraries {
        files(folder, &mut found, &|_| true);
    }
    assert!(libraries.is_empty() || found.len() > 1000, "{} files", found.len());
    let mut bytes = 0;
    let mut wrong = Vec::new();
    for path in found.iter().take(FILES) {
        let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if size > LARGEST {
            continue;
        }
        bytes += size;
        if bytes > BYTES {
            break;
        }
        let shown = path.to_string_lossy().replace('\\', "/");
        let is_listed = |format: &str| {
            let row = |row: &&(&str, &str, &str, &str)| shown.contains(row.0) && shown.ends_with(row.1);
            REPORTS.iter().find(row).is_some_and(|row| row.2 == format)
        };
        wrong.extend(taken_for(path).filter(|format| !is_listed(format)).map(|f| format!("{shown}: {f}")));
    }
    assert!(wrong.is_empty(), "of {} files:\n{}", found.len(), wrong.join("\n"));
}

/// The same for any folders, by hand: `CRAWL=/usr/share:/usr/lib cargo test --test detection -- --ignored`.
#[test]
#[ignore = "looks at the folders that CRAWL names"]
fn what_a_disk_is_taken_for() {
    let folders = std::env::var("CRAWL").unwrap_or_default();
    let mut found = Vec::new();
    for folder in std::env::split_paths(&folders) {
        files(&folder, &mut found, &|_| true);
    }
    found.retain(|path| fs::metadata(path).is_ok_and(|metadata| metadata.len() <= LARGEST));
    println!("{} files", found.len());
    for path in &found {
        if let Some(format) = taken_for(path) {
            println!("{format}: {}", path.display());
        }
    }
}
