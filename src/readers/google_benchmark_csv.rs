//! The CSV of Google Benchmark (`--benchmark_format=csv`), which the tool calls deprecated and writes
//! all the same.
//!
//! Rows are read as those of its JSON. The file does not say which rows are repetitions and which
//! are aggregates of them: rows of one name are repetitions, and `NAME_mean`, `NAME_median` and so on
//! are aggregates, which count where `NAME` has no rows of its own. There is no end mark: a benchmark
//! program that crashes leaves the rows before, whole. Ignored on purpose: labels, user counters, and
//! complexity rows (`_BigO`, `_RMS`).

use super::csv::{Record, Table};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::google_benchmark::{self, Entry, RunType, TimeUnit};
use super::lines;
use super::measured::{Figure, Rows};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "google-benchmark-csv",
    kind: Kind::Benchmarks,
    tools: "Google Benchmark",
    command: "./bench --benchmark_format=csv > benchmark.csv",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| line.starts_with(HEADER)),
        _ => false,
    },
    read,
};

const HEADER: &str = "name,iterations,real_time,cpu_time,time_unit,";

/// Ends of the names of aggregates, and whether their times are percentages.
const AGGREGATES: [(&str, bool); 7] = [
    ("mean", false),
    ("median", false),
    ("stddev", false),
    ("cv", true),
    ("min", false),
    ("max", false),
    ("BigO", false),
];

const UNITS: [(&str, TimeUnit); 4] =
    [("ns", TimeUnit::Ns), ("us", TimeUnit::Us), ("ms", TimeUnit::Ms), ("s", TimeUnit::S)];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let table = Table::read(&text)?;
    let columns = Columns {
        name: table.column("name")?,
        iterations: table.column("iterations")?,
        real_time: table.column("real_time")?,
        cpu_time: table.column("cpu_time")?,
        time_unit: table.column("time_unit")?,
        bytes: table.column("bytes_per_second")?,
        items: table.column("items_per_second")?,
        failed: table.column("error_occurred")?,
        message: table.column("error_message")?,
    };
    input.limits.check_items(table.rows.len())?;
    let mut entries = Vec::new();
    for row in table.rows.iter().filter(|row| !row.fields[columns.name].ends_with("_RMS")) {
        entries.extend(columns.entry(row)?);
    }
    let mut rows = Rows::new(&FORMAT, input.limits);
    google_benchmark::add(&entries, &mut rows)?;
    Ok(rows.report())
}

/// Where a figure stands in a row.
struct Columns {
    name: usize,
    iterations: usize,
    real_time: usize,
    cpu_time: usize,
    time_unit: usize,
    bytes: usize,
    items: usize,
    failed: usize,
    message: usize,
}

impl Columns {
    /// A row of a benchmark; none if it is of the complexity of several.
    fn entry(&self, row: &Record) -> Result<Option<Entry>, ReadError> {
        let field = |column: usize| row.fields[column].as_str();
        let failed = match field(self.failed) {
            "" | "false" => false,
            "true" => true,
            other => {
                let message = format!("{} is not a word for whether a benchmark failed", quote(other));
                return Err(ReadError::new(Code::Malformed, message).at(row.line, None));
            }
        };
        let name = field(self.name).to_owned();
        if failed {
            let error_message = Some(field(self.message).to_owned());
            return Ok(Some(Entry { name, error_occurred: true, error_message, ..Entry::default() }));
        }
        let aggregate = aggregate(&name);
        if aggregate.is_some_and(|(_, kind, _)| kind == "BigO") {
            return Ok(None);
        }
        let unit = UNITS.iter().find(|unit| unit.0 == field(self.time_unit)).map(|unit| unit.1);
        let figure = |column| Ok::<_, ReadError>(row.optional(column)?.map(Figure));
        Ok(Some(Entry {
            run_name: aggregate.map(|(run, ..)| run.to_owned()),
            run_type: aggregate.map(|_| RunType::Aggregate),
            aggregate_name: aggregate.map(|(_, kind, _)| kind.to_owned()),
            aggregate_unit: aggregate.filter(|(.., share)| *share).map(|_| "percentage".to_owned()),
            iterations: Some(row.number(self.iterations)?),
            real_time: figure(self.real_time)?,
            cpu_time: figure(self.cpu_time)?,
            time_unit: unit,
            items_per_second: figure(self.items)?,
            bytes_per_second: figure(self.bytes)?,
            name,
            ..Entry::default()
        }))
    }
}

/// The benchmark that a row sums up, by what, and whether its figures are percentages.
fn aggregate(name: &str) -> Option<(&str, &'static str, bool)> {
    let (run, end) = name.rsplit_once('_')?;
    let (kind, share) = AGGREGATES.iter().find(|(kind, _)| *kind == end)?;
    Some((run, kind, *share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    const REST: &str = "bytes_per_second,items_per_second,label,error_occurred,error_message";

    fn report(rows: &str) -> Result<Benchmarks, ReadError> {
        let text = format!("{HEADER}{REST}\n{rows}");
        testing::benchmarks(read, &text).map(|read| read.0)
    }

    #[test]
    fn aggregates_count_where_nothing_else_is_there() {
        let aggregates = "\"B_mean\",3,2,2,ns,,,,,\n\"B_median\",3,1,1,ns,,,,,\n\"B_cv\",3,9,9,ns,,,,,\n";
        let only = report(aggregates).unwrap();
        assert_eq!((only.list.len(), only.list[0].value(), only.list[0].samples), (2, 1.0, 3));
        let runs = "\"B\",9,1,1,ns,,,,,\n\"B\",9,3,1,ns,,,,,\n\"B\",9,5,1,ns,,,,,\n";
        let both = report(&format!("{runs}{aggregates}")).unwrap();
        assert_eq!((both.list.len(), both.list[0].value(), both.list[0].samples), (2, 3.0, 3));
        assert_eq!(report("\"B_BigO\",,0.5,0.5,N,,,,,\n\"B_RMS\",,1,1,,,,,,\n").unwrap().list, []);
    }

    #[test]
    fn rows_that_cannot_be_are_refused() {
        for (rows, code) in [
            ("\"B\",1,1,1,ns,,,,true,\"no\"\n", Code::ToolFailed),
            ("\"B\",1,1,1,ns,,,,perhaps,\n", Code::Malformed),
            ("\"B\",1,1,1,xs,,,,,\n", Code::Malformed),
            ("\"B\",1,,1,ns,,,,,\n", Code::Malformed),
            ("\"B\",1,NaN,1,ns,,,,,\n", Code::Malformed),
            ("\"B\",x,1,1,ns,,,,,\n", Code::Malformed),
            ("\"B\",1,1,1,ns,,,,", Code::Truncated),
            ("\"B\",1,1,1,ns,,,,,", Code::Truncated),
            ("\"B_stddev\",3,1,1,ns,,,,,\n", Code::Malformed),
        ] {
            assert_eq!(report(rows).unwrap_err().code, code, "{rows}");
        }
    }
}
