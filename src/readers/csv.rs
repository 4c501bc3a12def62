//! Records of comma-separated values (RFC 4180): quoted fields may hold commas, quotes and line ends.
//! A quote inside of a bare field, text after a closing quote, and an open quote are refused.

use super::error::{Code, ReadError, quote};
use std::str::FromStr;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// 1-based line where it begins.
    pub(super) line: u64,
    /// Its fields.
    pub(super) fields: Vec<String>,
    /// It has a line end: one without may have been longer.
    pub(super) ended: bool,
}

impl Record {
    /// The number in a column.
    pub(super) fn number<T: FromStr>(&self, column: usize) -> Result<T, ReadError> {
        let field = self.fields.get(column).map_or("", String::as_str);
        field.parse().map_err(|_| {
            ReadError::new(Code::Malformed, format!("{} is not a number", quote(field))).at(self.line, None)
        })
    }

    /// The number in a column that may be left blank.
    pub(super) fn optional<T: FromStr>(&self, column: usize) -> Result<Option<T>, ReadError> {
        let blank = self.fields.get(column).is_none_or(String::is_empty);
        if blank { Ok(None) } else { self.number(column).map(Some) }
    }
}

/// A header, and records that each have as many fields and a line end.
#[derive(Debug)]
pub(super) struct Table {
    header: Vec<String>,
    /// What stands below the header.
    pub(super) rows: Vec<Record>,
}

impl Table {
    /// The table that a text holds.
    pub(super) fn read(text: &str) -> Result<Self, ReadError> {
        let mut records = records(text)?.into_iter();
        let header = records.next().filter(|record| record.ended);
        let header = header.map(|record| record.fields).unwrap_or_default();
        let rows: Vec<_> = records.collect();
        match rows.iter().find(|row| row.fields.len() != header.len() || !row.ended) {
            None => Ok(Self { header, rows }),
            Some(row) => {
                let message = "a row that does not fit its header";
                Err(ReadError::new(Code::Truncated, message).at(row.line, None))
            }
        }
    }

    /// Where a column stands.
    pub(super) fn column(&self, name: &str) -> Result<usize, ReadError> {
        self.header.iter().position(|field| field == name).ok_or_else(|| {
            ReadError::new(Code::WrongFormat, format!("no column {}", quote(name))).at(1, None)
        })
    }

    /// The columns of which the name begins so, by what follows.
    pub(super) fn columns(&self, start: &str) -> Vec<(&str, usize)> {
        let named = self.header.iter().enumerate();
        named.filter_map(|(at, field)| Some((field.strip_prefix(start)?, at))).collect()
    }
}

/// The records of a text; blank lines are left out.
pub(super) fn records(text: &str) -> Result<Vec<Record>, ReadError> {
    let mut all = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (record, after) = record(rest, line)?;
        line += rest[..rest.len() - after.len()].matches('\n').count() as u64;
        rest = after;
        if record.fields != [""] {
            all.push(record);
        }
    }
    Ok(all)
}

fn record(text: &str, line: u64) -> Result<(Record, &str), ReadError> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = if rest.starts_with('"') { quoted(rest, line)? } else { bare(rest, line)? };
        fields.push(field);
        if let Some(after) = after.strip_prefix(',') {
            rest = after;
            continue;
        }
        let end = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'));
        return Ok((Record { line, fields, ended: end.is_some() }, end.unwrap_or("")));
    }
}

fn bare(text: &str, line: u64) -> Result<(String, &str), ReadError> {
    let end = text.find([',', '\n']).unwrap_or(text.len());
    let end = if text[..end].ends_with('\r') && text[end..].starts_with('\n') { end - 1 } else { end };
    let field = &text[..end];
    if field.contains('"') {
        return Err(ReadError::new(Code::Malformed, "CSV: a quote inside of a field").at(line, None));
    }
    Ok((field.to_owned(), &text[end..]))
}

fn quoted(text: &str, line: u64) -> Result<(String, &str), ReadError> {
    let mut field = String::new();
    let mut rest = &text[1..];
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            return Err(ReadError::new(Code::Truncated, "CSV: a quote is not closed").at(line, None));
        };
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None if after.is_empty() || after.starts_with([',', '\n']) || after.starts_with("\r\n") => {
                return Ok((field, after));
            }
            None => {
                return Err(ReadError::new(Code::Malformed, "CSV: text after a closing quote").at(line, None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<Vec<String>> {
        records(text).unwrap().into_iter().map(|r| r.fields).collect()
    }

    #[test]
    fn quotes_hold_commas_quotes_and_line_ends() {
        assert_eq!(fields("a,\"b,\"\"c\"\"\nd\"\r\n\n,e\n"), [["a", "b,\"c\"\nd"], ["", "e"]]);
        assert_eq!(fields("a,"), [["a", ""]]);
        let all = records("a\n\"b\nc\"\nd").unwrap();
        assert_eq!(
            all.iter().map(|r| (r.line, r.ended)).collect::<Vec<_>>(),
            [(1, true), (2, true), (4, false)]
        );
    }

    #[test]
    fn broken_quotes_are_refused() {
        for (text, code) in
            [("a,\"b\n", Code::Truncated), ("a\"b\"\n", Code::Malformed), ("\"a\"b\n", Code::Malformed)]
        {
            assert_eq!(records(text).unwrap_err().code, code, "{text:?}");
        }
    }
}
