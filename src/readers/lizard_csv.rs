//! The CSV of lizard (`--csv`): one function a line; a line of names comes before them with `-V`.
//!
//! Columns: NLOC, CCN, tokens, parameters, length, `name@start-end@file`, file, name, long name, first
//! and last line; extensions add more behind them. The place stands there twice, and has to be the same.
//! The file has no end mark. Ignored on purpose: every size but the complexity.

use super::csv::{self, Record};
use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines;
use crate::model::complexity::{Complexity, Function};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "lizard-csv",
    kind: Kind::Complexity,
    tools: "lizard",
    command: "lizard --csv backend > reports/lizard.csv",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| looks(line)),
        _ => false,
    },
    read,
};

const HEADER: &str = "NLOC,CCN,token,PARAM,length,location,file,function,long_name,start,end";
const COLUMNS: usize = 11;
const CCN: usize = 1;
const LOCATION: usize = 5;
const FILE: usize = 6;
const NAME: usize = 7;
const START: usize = 9;
const END: usize = 10;

/// Whether a line is the header, or begins with five numbers and a place.
fn looks(line: &str) -> bool {
    let mut rest = line;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    for _ in 0..LOCATION {
        match rest.split_once(',').filter(|(first, _)| number(first)) {
            Some((_, behind)) => rest = behind,
            None => return line.starts_with(HEADER),
        }
    }
    rest.starts_with('"') && rest.split("\",\"").next().is_some_and(|place| place.matches('@').count() >= 2)
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut records = csv::records(&text)?;
    if records.first().is_some_and(|record| HEADER.split(',').eq(record.fields.iter().take(COLUMNS))) {
        records.remove(0);
    }
    input.limits.check_items(records.len())?;
    let width = records.first().map_or(COLUMNS, |record| record.fields.len());
    let functions = records.iter().map(|record| function(record, width)).collect::<Result<Vec<_>, _>>()?;
    if functions.is_empty() {
        return Err(ReadError::new(Code::WrongFormat, "lizard's CSV: no function"));
    }
    Ok(Report::new(&FORMAT, Body::Complexity(Complexity { functions })))
}

fn function(record: &Record, width: usize) -> Result<Function, ReadError> {
    let refuse = |code, message: &str| Err(ReadError::new(code, message).at(record.line, None));
    if !record.ended {
        return refuse(Code::Truncated, "lizard's CSV: a line without its end");
    }
    if record.fields.len() != width || width < COLUMNS {
        return refuse(Code::WrongFormat, "lizard's CSV: not the columns of a function");
    }
    let (path, name) = (&record.fields[FILE], &record.fields[NAME]);
    let (line, end): (u32, u32) = (record.number(START)?, record.number(END)?);
    if record.fields[LOCATION] != format!("{name}@{line}-{end}@{path}") {
        return refuse(Code::Contradiction, "lizard's CSV: the place is not where the columns say");
    }
    for column in 0..LOCATION {
        record.number::<u64>(column)?;
    }
    let paths: u32 = record.number(CCN)?;
    if paths == 0 || end < line {
        return refuse(Code::Malformed, "lizard's CSV: a function without a path or a line");
    }
    Ok(Function { path: path.clone(), line, name: name.clone(), paths })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    fn report(text: &str) -> Result<usize, Code> {
        let read = read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() });
        match read.map_err(|error| error.code)?.body {
            Body::Complexity(complexity) => Ok(complexity.functions.len()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_that_cannot_be_are_refused() {
        let row = |ccn: &str, place: &str| {
            format!("20,{ccn},1,1,20,\"f@3-9@{place}\",\"a.py\",\"f\",\"f( x )\",3,9\n")
        };
        assert_eq!(report(&row("2", "a.py")), Ok(1));
        assert_eq!(report(&format!("{HEADER}\n{}", row("2", "a.py"))), Ok(1));
        assert_eq!(report(&format!("{HEADER}\n")), Err(Code::WrongFormat));
        assert_eq!(report(row("2", "a.py").trim_end()), Err(Code::Truncated));
        assert_eq!(report(&row("2", "b.py")), Err(Code::Contradiction));
        assert_eq!(report(&row("0", "a.py")), Err(Code::Malformed));
        assert_eq!(report(&row("-1", "a.py")), Err(Code::Malformed));
        assert_eq!(report(&format!("{}1,2\n", row("2", "a.py"))), Err(Code::WrongFormat));
    }
}
