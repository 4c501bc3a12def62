//! The tree that divan 0.1 prints (`cargo bench`).
//!
//! A row has a name and six columns: fastest, slowest, median, mean, samples, iters. A row without
//! figures is a group; names of groups and row make the full name (`stock::rates::copy::64`). Rows of
//! throughput below a benchmark (`5.9 GB/s`, `5.9 Gitem/s`) become `name/bytes` and so on: their
//! fastest column belongs to the fastest sample, so it is the largest. Rows of the allocation profiler
//! become `name/alloc`, `name/alloc-bytes` and so on. The tree has no closing line: a cut between two
//! rows cannot be seen. Times are rounded by divan to four digits. Ignored on purpose: the timer's
//! precision, and benchmarks marked as ignored.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::measured::{Rows, Unit, less, more};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "divan-text",
    kind: Kind::Benchmarks,
    tools: "divan",
    command: "cargo bench > divan.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.any(|line| header(line).is_some()),
        _ => false,
    },
    read,
};

const COLUMNS: [&str; 5] = ["slowest", "median", "mean", "samples", "iters"];

/// The name of the crate, if the line is the head of a tree.
fn header(line: &str) -> Option<&str> {
    let mut cells = line.split('│').map(str::trim);
    let name = cells.next()?.strip_suffix("fastest").filter(|name| name.ends_with(' '))?;
    cells.eq(COLUMNS).then(|| name.trim())
}

/// Time units, with what makes them nanoseconds.
const TIMES: &[(&str, f64)] = &[("ns", 1.0), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9)];
/// Prefixes of rates and sizes: decimal, then binary.
const PREFIXES: &[(&str, f64)] = &[
    ("", 1.0),
    ("K", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
];

/// What was read so far.
#[derive(Default)]
struct State {
    /// Names from the root on, with the column in which they begin.
    path: Vec<(usize, String)>,
    /// Name and samples of the benchmark whose further figures follow.
    current: Option<(String, u64)>,
    /// The section of the allocation profiler: `alloc`, with its next figure.
    section: Option<(String, bool)>,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut rows = Rows::new(&FORMAT, input.limits);
    let mut state = State::default();
    if !text.ends_with('\n') {
        return Err(lines::unclosed("divan's tree", lines::all(&text).count() as u64));
    }
    let (mut first, mut in_tree) = (true, false);
    for line in lines::filled(&text) {
        let text = line.text.trim_end();
        if let Some(name) = header(text) {
            state = State { path: vec![(0, name.to_owned())], ..State::default() };
            in_tree = true;
        } else if in_tree && (text.starts_with(['├', '╰', '│']) || text.starts_with("   ")) {
            state.row(&line, &mut rows)?;
        } else if !text.starts_with("Timer precision: ") && !is_cargo(text) {
            return Err(lines::unknown(&line, first, "divan"));
        }
        first = false;
    }
    if !in_tree {
        return Err(ReadError::new(Code::Truncated, "divan's tree is missing"));
    }
    Ok(rows.report())
}

/// cargo's progress, and libtest's frame around an empty run of unit tests.
pub(super) fn is_cargo(text: &str) -> bool {
    let progress = ["Compiling ", "Finished ", "Running "];
    let frame = ["running 0 tests", "test result: ok. 0 passed; 0 failed;"];
    progress.iter().any(|p| text.trim_start().starts_with(p)) || frame.iter().any(|f| text.starts_with(f))
}

impl State {
    fn row(&mut self, line: &Line<'_>, rows: &mut Rows<'_>) -> Result<(), ReadError> {
        let malformed = |what: &str| {
            let message = format!("{what}: {}", quote(&line.text));
            ReadError::new(Code::Malformed, message).at(line.number, None)
        };
        // The last five bars part the columns; bars before them belong to the tree.
        let mut cells: Vec<_> = line.text.rsplitn(6, '│').map(str::trim_end).collect();
        cells.reverse();
        let [head, rest @ ..] = cells.as_slice() else { return Err(malformed("no row of divan")) };
        if rest.len() != 5 {
            return Err(malformed("a row of divan without its six columns"));
        }
        let rest: Vec<_> = rest.iter().map(|cell| cell.trim()).collect();
        let Some((depth, label)) = branch(head) else {
            let value = head.trim_start_matches(['│', ' ']);
            return self.further(value, &rest, rows).ok_or_else(|| malformed("an unknown row of divan"))?;
        };
        self.path.retain(|(column, _)| *column < depth);
        (self.current, self.section) = (None, None);
        let bare = rest.iter().all(|cell| cell.is_empty());
        let split = split_time(label).filter(|_| !bare);
        let name = split.map_or(label, |(name, _)| name).trim_end();
        if bare {
            if !name.ends_with("(ignored)") {
                self.path.push((depth, name.to_owned()));
            }
            return Ok(());
        }
        let fastest = split.map(|(_, time)| time).ok_or_else(|| malformed("a benchmark without its time"))?;
        let mut full_name: String = self.path.iter().map(|(_, name)| format!("{name}::")).collect();
        full_name.push_str(name);
        let times = [Some(fastest), time(rest[0]), time(rest[1]), time(rest[2])];
        let [Some(min), Some(max), Some(median), Some(mean)] = times else {
            return Err(malformed("a time that cannot be read"));
        };
        let samples = rest[3].parse().map_err(|_| malformed("no number of samples"))?;
        rest[4].parse::<u64>().map_err(|_| malformed("no number of iterations"))?;
        let statistics = [
            (Statistic::Min, min),
            (Statistic::Max, max),
            (Statistic::Median, median),
            (Statistic::Mean, mean),
        ];
        rows.add(self.bare_name(&full_name), &full_name, less("ns"), statistics, samples)
            .map_err(|e| e.at(line.number, None))?;
        self.current = Some((full_name, samples));
        Ok(())
    }

    /// The name without the crate.
    fn bare_name<'n>(&self, full_name: &'n str) -> &'n str {
        full_name.split_once("::").map_or(full_name, |(_, name)| name)
    }

    /// A row below a benchmark: throughput, or a figure of the allocation profiler.
    fn further(&mut self, value: &str, rest: &[&str], rows: &mut Rows<'_>) -> Option<Result<(), ReadError>> {
        let (full_name, samples) = self.current.clone()?;
        if let Some(section) = value.strip_suffix(':').filter(|_| rest.iter().all(|cell| cell.is_empty())) {
            self.section = Some((section.replace(' ', "-"), false));
            return Some(Ok(()));
        }
        let all = [figure(value)?, figure(rest[0])?, figure(rest[1])?, figure(rest[2])?];
        let (metric, unit) = match (&mut self.section, all[0].1) {
            (None, "B/s") => ("bytes".to_owned(), more("B/s")),
            (None, of) => (of.strip_suffix("/s")?.to_owned() + "s", more("/s")),
            (Some((section, second)), "") if !*second => {
                *second = true;
                (section.clone(), less(""))
            }
            (Some((section, _)), "B") => (format!("{section}-bytes"), less("B")),
            _ => return None,
        };
        let all = all.map(|(value, _)| value);
        Some(add(rows, (self.bare_name(&full_name), &full_name), &metric, unit, all, samples))
    }
}

fn add(
    rows: &mut Rows<'_>,
    (name, full_name): (&str, &str),
    metric: &str,
    unit: Unit,
    [fastest, slowest, median, mean]: [f64; 4],
    samples: u64,
) -> Result<(), ReadError> {
    let statistics = [
        (Statistic::Min, fastest.min(slowest)),
        (Statistic::Max, fastest.max(slowest)),
        (Statistic::Median, median),
        (Statistic::Mean, mean),
    ];
    rows.add(&format!("{name}/{metric}"), &format!("{full_name}/{metric}"), unit, statistics, samples)
}

/// The column and the label of a branch of the tree.
fn branch(head: &str) -> Option<(usize, &str)> {
    let at = head.find(['├', '╰'])?;
    let label = head[at..].strip_prefix("├─ ").or_else(|| head[at..].strip_prefix("╰─ "))?;
    Some((head[..at].chars().count() + 1, label))
}

/// Parts `name   5.763 ns` into the name and the time.
fn split_time(label: &str) -> Option<(&str, f64)> {
    let (rest, unit) = label.trim_end().rsplit_once(' ')?;
    let (name, number) = rest.rsplit_once(' ')?;
    Some((name, time(&format!("{number} {unit}"))?))
}

/// Nanoseconds.
fn time(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let factor = TIMES.iter().find(|row| row.0 == unit)?.1;
    Some(plain(number)? * factor)
}

/// A number with its unit, prefixes taken out: `4.096 KB` is 4096 and `B`.
fn figure(text: &str) -> Option<(f64, &str)> {
    let Some((number, unit)) = text.split_once(' ') else { return Some((plain(text)?, "")) };
    let number = plain(number)?;
    PREFIXES.iter().find_map(|(prefix, factor)| {
        let base = unit.strip_prefix(prefix)?;
        matches!(base, "B" | "B/s" | "item/s" | "char/s" | "cycle/s" | "Hz")
            .then_some((number * factor, base))
    })
}

fn plain(text: &str) -> Option<f64> {
    let ok = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    ok.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(rows: &str) -> Result<Benchmarks, ReadError> {
        let head = "shop  fastest │ slowest │ median │ mean │ samples │ iters\n";
        let text = format!("{head}{rows}");
        testing::benchmarks(read, &text).map(|read| read.0)
    }

    #[test]
    fn names_come_from_the_tree() {
        let rows = "├─ a  │ │ │ │ │\n│  ╰─ 10  1 ns │ 2 µs │ 1.5 ns │ 1.6 ns │ 100 │ 200\n╰─ b c  1 s │ 1 s │ 1 s │ 1 s │ 1 │ 1\n";
        let read = report(rows).unwrap();
        assert_eq!((read.list[0].name.as_str(), read.list[0].full_name.as_str()), ("a::10", "shop::a::10"));
        assert_eq!(read.list[0].statistics[&Statistic::Max], 2000.0);
        assert_eq!((read.list[1].name.as_str(), read.list[1].value()), ("b c", 1e9));
    }

    #[test]
    fn rows_that_cannot_be_read_are_refused() {
        let row = "╰─ a  1 ns │ 2 ns │ 1 ns │ 1 ns │ 100 │ 200\n";
        for (rows, code) in [
            (row.trim_end().to_owned(), Code::Truncated),
            (row.replace("│ 200", ""), Code::Malformed),
            (row.replace("2 ns", "2 xs"), Code::Malformed),
            (row.replace("2 ns", "NaN ns"), Code::Malformed),
            (row.replace("2 ns", "0.1 ns"), Code::Contradiction),
            (row.replace("100", "x"), Code::Malformed),
            (format!("{row}{row}"), Code::Duplicate),
            (format!("{row}panicked at x\n"), Code::Malformed),
            (format!("{row}   what  │ │ │ │ │\n"), Code::Malformed),
        ] {
            assert_eq!(report(&rows).unwrap_err().code, code, "{rows}");
        }
    }
}
