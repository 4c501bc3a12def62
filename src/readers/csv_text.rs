//! Rows of comma-separated values (RFC 4180), for the few tools whose reports are such.

use super::error::{Code, ReadError};

/// A row, and the line it begins at.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

/// All rows; blank lines are none. A quoted cell may hold commas, line ends and doubled quotes.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, ReadError> {
    let mut rows = Vec::new();
    let (mut line, mut rest) = (1, text);
    while !rest.is_empty() {
        let mut row = Row { line, cells: Vec::new() };
        let end = loop {
            let (cell, after) = cell(rest, line)?;
            line += cell.matches('\n').count() as u64;
            row.cells.push(cell);
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None => break after,
            }
        };
        rest = match end.strip_prefix("\r\n").or_else(|| end.strip_prefix('\n')) {
            Some(next) => next,
            None if end.is_empty() => end,
            None => return Err(ReadError::new(Code::Malformed, "text behind a quoted cell").at(line, None)),
        };
        line += 1;
        if row.cells.len() > 1 || row.cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// A cell, and what follows it.
fn cell(text: &str, line: u64) -> Result<(String, &str), ReadError> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let cell = &text[..end];
        let cell = if text[end..].starts_with('\n') { cell.strip_suffix('\r').unwrap_or(cell) } else { cell };
        return Ok((cell.to_owned(), &text[end..]));
    };
    let mut cell = String::new();
    loop {
        let Some((part, after)) = rest.split_once('"') else {
            return Err(ReadError::new(Code::Truncated, "a quoted cell is not closed").at(line, None));
        };
        cell.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => return Ok((cell, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_hold_anything() {
        let rows = rows("a,b\r\n\"x,\n\"\"y\"\"\",\r\n\n1,2").unwrap();
        let cells: Vec<_> = rows.iter().map(|row| (row.line, row.cells.join("|"))).collect();
        assert_eq!(cells, [(1, "a|b".into()), (2, "x,\n\"y\"|".into()), (5, "1|2".to_owned())]);
        assert_eq!(super::rows("a,\"b").err().map(|e| e.code), Some(Code::Truncated));
        assert_eq!(super::rows("\"a\"b\n").err().map(|e| e.code), Some(Code::Malformed));
    }
}
