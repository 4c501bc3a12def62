//! The CSV of pytest-benchmark (`pytest-benchmark compare --csv`), of one run.
//!
//! Columns are found by their names; times are seconds. The file has no end mark. Ignored on purpose:
//! `iqr`, `outliers`, `ops`, `iterations`, and the columns of parameters, which stand in the name.

use super::csv::Table;
use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{End, Format, Input, Kind, Report};
use super::lines;
use super::measured::{self, Rows, less};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "pytest-benchmark-csv",
    kind: Kind::Benchmarks,
    tools: "pytest-benchmark",
    command: "pytest-benchmark compare benchmark.json --csv=benchmark.csv",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| {
            let line = line.replace('"', "");
            let has = |name: &str| line.split(',').any(|column| column == name);
            line.starts_with("name,") && has("rounds") && has("iterations") && has("stddev")
        }),
        _ => false,
    },
    read,
};

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let table = Table::read(&text)?;
    let (name, rounds) = (table.column("name")?, table.column("rounds")?);
    let columns = measured::STATISTICS.iter();
    let columns: Vec<_> = columns.filter_map(|(name, s)| Some((table.column(name).ok()?, *s))).collect();
    let mut rows = Rows::new(&FORMAT, input.limits);
    for row in &table.rows {
        let figures = columns.iter().map(|(at, s)| Ok((*s, row.number(*at)?)));
        let figures = figures.collect::<Result<Vec<_>, ReadError>>()?;
        let rounds: u64 = row.number(rounds)?;
        if rounds == 0 {
            return Err(ReadError::new(Code::Contradiction, "figures of 0 rounds").at(row.line, None));
        }
        let full_name = &row.fields[name];
        let bare = measured::bare(full_name, "::");
        rows.add(bare, full_name, less("s"), figures, rounds).map_err(|e| e.at(row.line, None))?;
    }
    Ok(rows.report())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{Body, Limits};

    fn report(rows: &str) -> Result<Report, ReadError> {
        let text = format!("name,param:n,min,max,mean,stddev,median,rounds,iterations\n{rows}");
        read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
    }

    #[test]
    fn columns_go_by_name() {
        let Body::Benchmarks(read) = report("\"t.py::a[x,y]\",\"x,y\",1,3,2,0.5,2.5,9,1\n").unwrap().body
        else {
            panic!()
        };
        assert_eq!(
            (read.list[0].name.as_str(), read.list[0].value(), read.list[0].samples),
            ("a[x,y]", 2.5, 9)
        );
        for (rows, code) in [
            ("a,,1,3,2,0.5,2.5,9\n", Code::Truncated),
            ("a,,1,3,2,0.5,2.5,9,1", Code::Truncated),
            ("a,,1,3,2,0.5,nan,9,1\n", Code::Malformed),
            ("a,,1,3,2,0.5,4,9,1\n", Code::Contradiction),
            ("a,,1,3,2,0.5,2,0,1\n", Code::Contradiction),
            ("a,,1,3,2,x,2,9,1\n", Code::Malformed),
            ("a,,1,3,2,0,2,9,1\na,,1,3,2,0,2,9,1\n", Code::Duplicate),
        ] {
            assert_eq!(report(rows).unwrap_err().code, code, "{rows}");
        }
    }
}
