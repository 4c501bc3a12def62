//! How fast large reports are read, beside what is the least that reading them can cost, and beside
//! other tools where they are installed.
//!
//! Each measurement is a process of its own: this program with `measure` as its argument, which
//! tells its time, its processor time and its peak memory (`VmHWM`). Ours and the floor take turns,
//! so that a busy machine slows both. Every reading is compared with the truth of the generator.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

mod generate;
mod measure;
mod peers;

use generate::Made;
use measure::{Measured, in_process};
use std::path::{Path, PathBuf};

/// Rounds of each pair; the medians are told.
const ROUNDS: usize = 7;

/// One row of the table.
struct Row {
    what: &'static str,
    ours: &'static str,
    floor: &'static str,
    made: Made,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if arguments.first().is_some_and(|a| a == "measure") {
        return measure::child(&arguments[1..]);
    }
    if cfg!(debug_assertions) {
        return println!("measured only when optimised: cargo bench --bench readers");
    }
    let data = data();
    let rows = rows(&data).expect("the data can be made");
    let chosen = |row: &&Row| arguments.is_empty() || arguments.iter().any(|a| row.what.contains(a.as_str()));
    println!(
        "{ROUNDS} rounds in turns: median time, least CPU in parentheses, highest peak; ratio = ours / floor"
    );
    for row in rows.iter().filter(chosen) {
        compare(row);
    }
    peers::run(&data, &rows.iter().filter(chosen).map(|r| (r.what, r.made.clone())).collect::<Vec<_>>());
}

/// `target/bench-data`
fn data() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    target.join("bench-data")
}

fn rows(data: &Path) -> std::io::Result<Vec<Row>> {
    let row = |what, ours, floor, made| Row { what, ours, floor, made };
    Ok(vec![
        row("cobertura", "cobertura", "events", generate::cobertura(data, 20_000)?),
        row("cobertura, coverlet", "cobertura", "events", generate::coverlet(data, 6_000)?),
        row("lcov", "lcov", "newlines", generate::lcov(data, 20_000)?),
        row("junit", "junit", "events", generate::junit(data, 1_000_000, false)?),
        row("junit, places", "junit", "events", generate::junit(data, 1_000_000, true)?),
        row("small reports", "directory", "files", generate::small(data, 1_000)?),
    ])
}

fn compare(row: &Row) {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(in_process(row.ours, &row.made.path));
        floor.push(in_process(row.floor, &row.made.path));
    }
    for measured in &ours {
        assert_eq!(measured.found, row.made.truth, "{}: read otherwise than made", row.what);
    }
    let (ours, floor) = (Measured::median(ours), Measured::median(floor));
    let bytes = row.made.path.metadata().map_or(0, |m| m.len()) as f64 / 1e6;
    println!(
        "{:22} {:6.1} MB  ours {:.3} s ({:.3}) {:5.1} MiB {:5.0} MB/s | {} {:.3} s ({:.3}) {:5.1} MiB | ratio {:.2} ({:.2})",
        row.what,
        bytes,
        ours.seconds,
        ours.processor,
        ours.peak_mib,
        bytes / ours.seconds,
        row.floor,
        floor.seconds,
        floor.processor,
        floor.peak_mib,
        ours.seconds / floor.seconds,
        ours.processor / floor.processor,
    );
}
