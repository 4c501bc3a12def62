//! How often the comparison of benchmarks is red where nothing changed, and where something did:
//! the scenarios of `docs/benchmarks.md`, with a fixed 10 % and a t test of raw samples on the same
//! draws. `just simulate` writes the tables into that page.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

mod noise;

use noise::{pairs, rules, suite::Suite, world::WORLDS};
use std::fmt::Write;

const SERIES: u32 = 4000;
const BUILDS: u32 = 1000;
const SLOWED: [f64; 6] = [1.0, 1.02, 1.05, 1.1, 1.2, 1.5];
const SEED: u64 = 20_240_601;

const BEGIN: &str = "<!-- simulation: made by `just simulate` -->";
const END: &str = "<!-- end of simulation -->";

/// A part of the table, by name.
type Part = (&'static str, fn() -> String);

fn main() {
    if cfg!(debug_assertions) {
        return println!("simulated only when optimised: cargo bench --bench simulation");
    }
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    let parts: [Part; 4] = [("worlds", worlds), ("histories", histories), ("suites", suites), ("jobs", jobs)];
    let all = !parts.iter().any(|(name, _)| asked(name));
    let text: String = parts.iter().filter(|(name, _)| all || asked(name)).map(|(_, part)| part()).collect();
    println!("{text}");
    if all && asked("write") {
        write(&text);
    }
}

fn write(text: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/benchmarks.md");
    let page = std::fs::read_to_string(path).expect("docs/benchmarks.md");
    let (before, rest) = page.split_once(BEGIN).expect("the mark of the simulation");
    let (_, after) = rest.split_once(END).expect("the end of the simulation");
    std::fs::write(path, format!("{before}{BEGIN}\n{text}\n{END}{after}")).expect("written");
}

fn percent(of: u32, all: u32) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.1}", 100.0 * f64::from(of) / f64::from(all)) }
}

/// A row for each rule, a column for each slowdown.
fn row(text: &mut String, name: &str, counts: &[rules::Counts], of: fn(&rules::Counts) -> u32) {
    let cells = counts.iter().map(|c| format!(" {} |", percent(of(c), c.series))).collect::<String>();
    writeln!(text, "| {name} |{cells}").unwrap();
}

fn worlds() -> String {
    let mut text = format!(
        "\n**One benchmark**, 20 runs of history, percent of builds that are red, by the true slowdown in percent \
         ({SERIES} series a world; standard error up to 0.8 points, 0.2 near 1 %).\n"
    );
    for world in WORLDS {
        let counts = rules::count_default(world, SERIES, &SLOWED, SEED);
        writeln!(
            text,
            "\n| {} | 0 | 2 | 5 | 10 | 20 | 50 |\n|---|---:|---:|---:|---:|---:|---:|",
            world.name
        )
        .unwrap();
        row(&mut text, "fixed 10 %, against the previous run", &counts, |c| c.fixed);
        row(&mut text, "t test of raw samples, p < .05", &counts, |c| c.t_test);
        row(&mut text, "Milegate, suspected", &counts, |c| c.suspect);
        row(&mut text, "Milegate, `strict` (no re-run)", &counts, |c| c.strict);
        row(&mut text, "**Milegate, confirmed by a re-run**", &counts, |c| c.confirmed);
        if counts.iter().any(|c| c.undecided > 0) {
            row(&mut text, "undecided", &counts, |c| c.undecided);
        }
    }
    text
}

fn histories() -> String {
    let world = &WORLDS[1];
    let mut text = format!(
        "\n**Length of the history**, {} ({SERIES} series; slowdown 0, 10, 20 %).\n\n\
         | runs | `strict` | confirmed |\n|---:|---|---|\n",
        world.name
    );
    for runs in [5, 10, 20, 30] {
        let counts = rules::count(world, SERIES, runs, &[1.0, 1.1, 1.2], SEED);
        let cells = |of: fn(&rules::Counts) -> u32| {
            counts.iter().map(|c| percent(of(c), c.series)).collect::<Vec<_>>().join(" / ")
        };
        writeln!(text, "| {runs} | {} | {} |", cells(|c| c.strict), cells(|c| c.confirmed)).unwrap();
    }
    text
}

fn suites() -> String {
    let mut text = format!(
        "\n**100 benchmarks in one build**, 5 of them slowed, runs share a factor of 6 % and have 2 % of their own \
         ({BUILDS} builds; standard error up to 0.5 points of false builds near 2 %). Percent of builds with a false \
         alarm / of slowed benchmarks found at 10 % / at 20 %.\n\n\
         | spikes of single benchmarks | fixed 10 % | Milegate, `strict` | **Milegate, confirmed** |\n|---|---|---|---|\n"
    );
    for spikes in [0.0, 0.01, 0.03] {
        let suite = Suite { benchmarks: 100, slowed: 5, spikes };
        let (ten, twenty) = (suite.count(BUILDS, 1.1, SEED), suite.count(BUILDS, 1.2, SEED));
        let cell = |wrong: u32, ten_found: u32, twenty_found: u32| {
            let found = |found| percent(found, ten.slowed);
            format!("{} / {} / {}", percent(wrong, ten.builds), found(ten_found), found(twenty_found))
        };
        let fixed = cell(ten.fixed, ten.fixed_found, twenty.fixed_found);
        let strict = cell(ten.strict, ten.strict_found, twenty.strict_found);
        let confirmed = cell(ten.confirmed, ten.confirmed_found, twenty.confirmed_found);
        let share = format!("{:.0} % of runs, +10..30 %", 100.0 * spikes);
        let name = if spikes == 0.0 { "none" } else { &share };
        writeln!(text, "| {name} | {fixed} | {strict} | {confirmed} |").unwrap();
    }
    text
}

fn jobs() -> String {
    let mut text = format!(
        "\n**Two builds in one job**, percent red by the true slowdown ({SERIES} jobs; processes vary by 1.5 %, one in \
         ten is slowed by 5 to 30 %, the machine walks by 1 % a process). The last row is what taking turns is for.\n\n\
         | rule | 0 | 2 | 5 | 10 | 20 | 50 |\n|---|---:|---:|---:|---:|---:|---:|\n"
    );
    type Of = fn(&pairs::Counts) -> u32;
    let rows: [(&str, usize, bool, Of); 8] = [
        ("fixed 10 % of the means, 5 a side", 5, true, |c| c.fixed),
        ("t test of all samples, 5 a side", 5, true, |c| c.t_test),
        ("Mann-Whitney of all samples, 5 a side", 5, true, |c| c.pooled),
        ("Milegate, 3 a side (always undecided)", 3, true, |c| c.ours),
        ("**Milegate, 5 a side**", 5, true, |c| c.ours),
        ("**Milegate, 6 a side**", 6, true, |c| c.ours),
        ("**Milegate, 10 a side**", 10, true, |c| c.ours),
        ("Milegate, 10 a side, AABB instead of ABBA", 10, false, |c| c.ours),
    ];
    for (name, k, in_turns, of) in rows {
        let cell = |factor: f64| {
            let counts = pairs::count(k, in_turns, factor, SERIES, SEED);
            format!(" {} |", percent(of(&counts), counts.jobs))
        };
        let cells = SLOWED.iter().map(|factor| cell(*factor)).collect::<String>();
        writeln!(text, "| {name} |{cells}").unwrap();
    }
    text
}
