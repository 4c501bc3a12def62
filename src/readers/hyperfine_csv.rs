//! The CSV of hyperfine (`--export-csv`, 1.x). All times are seconds of wall clock.
//!
//! It shows neither exit codes nor the number of runs: with `--ignore-failure` a command that failed
//! looks like one that worked, and a run that was given up leaves the commands before it. Both are
//! said in a notice; the JSON shows both. The file has no end mark. Commands are told apart by their
//! parameters (columns `parameter_...`). Ignored on purpose: `user` and `system`.

use super::csv::Table;
use super::detect::Head;
use super::error::ReadError;
use super::format::{End, Format, Input, Kind, Report};
use super::measured::{self, Rows, less};
use super::{hyperfine, lines};
use crate::model::benchmarks::Statistic;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "hyperfine-csv",
    kind: Kind::Benchmarks,
    tools: "hyperfine",
    command: "hyperfine 'COMMAND' --export-csv hyperfine.csv",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| {
            line.strip_prefix(HEADER).is_some_and(|rest| rest.is_empty() || rest.starts_with(",parameter_"))
        }),
        _ => false,
    },
    read,
};

const HEADER: &str = "command,mean,stddev,median,user,system,min,max";

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let table = Table::read(&text)?;
    let command = table.column("command")?;
    // Named so that other tables of statistics are not taken for this one.
    table.column("user")?;
    table.column("system")?;
    let mut columns = Vec::new();
    for (name, statistic) in measured::STATISTICS {
        columns.push((statistic, table.column(name)?));
    }
    let parameters = table.columns("parameter_");
    let mut rows = Rows::new(&FORMAT, input.limits);
    for row in &table.rows {
        let mut statistics = Vec::new();
        for (statistic, column) in &columns {
            match statistic {
                // Blank after a single run.
                Statistic::Stddev => statistics.extend(row.optional(*column)?.map(|v| (*statistic, v))),
                _ => statistics.push((*statistic, row.number(*column)?)),
            }
        }
        let command = &row.fields[command];
        let values = parameters.iter().map(|(name, column)| (*name, row.fields[*column].as_str()));
        let full_name = hyperfine::full_name(command, values);
        rows.add(command, &full_name, less("s"), statistics, 1).map_err(|e| e.at(row.line, None))?;
    }
    rows.notice("hyperfine's CSV does not show whether its commands failed; --export-json does");
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::Code;
    use crate::readers::testing;

    fn report(rows: &str) -> Result<(Benchmarks, Vec<String>), ReadError> {
        let text = format!("{HEADER},parameter_n\n{rows}");
        testing::benchmarks(read, &text)
    }

    #[test]
    fn commands_are_told_apart_by_their_parameters() {
        let (read, notices) = report("\"a, b\",2,,2,0,0,1,3,1\n\"a, b\",2,0.5,2.5,0,0,1,3,2\n").unwrap();
        assert_eq!((read.list[1].full_name.as_str(), read.list[1].name.as_str()), ("a, b (n=2)", "a, b"));
        assert_eq!((read.list[1].value(), read.list[0].statistics.len(), notices.len()), (2.5, 4, 1));
    }

    #[test]
    fn rows_that_cannot_be_are_refused() {
        for (rows, code) in [
            ("a,2,1,2,0,0,1,3", Code::Truncated),
            ("a,2,1,2,0,0,1,3,1", Code::Truncated),
            ("a,2,1,2,0,0,1,,1\n", Code::Malformed),
            ("a,2,1,2,0,0,1,x,1\n", Code::Malformed),
            ("a,2,1,2,0,0,1,inf,1\n", Code::Malformed),
            ("a,2,1,2,0,0,3,1,1\n", Code::Contradiction),
            ("a,2,1,2,0,0,1,3,1\na,2,1,2,0,0,1,3,1\n", Code::Duplicate),
        ] {
            assert_eq!(report(rows).unwrap_err().code, code, "{rows}");
        }
    }
}
