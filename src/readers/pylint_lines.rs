//! pylint's `github` and `msvs`, which are its text in the clothes of another tool: they close with
//! the rating too ([`super::pylint_text`]). Ids say the category; GitHub's three words do not.

use super::detect::Head;
use super::format::{End, Format, Kind};
use super::lines;
use super::pylint::category_of;
use super::pylint_text::{Message, read_lines};
use crate::model::place::Place;

/// The row of `--output-format=github`.
pub(super) static GITHUB: Format = Format {
    name: "pylint-github",
    kind: Kind::Findings,
    tools: "pylint 3.2 and later",
    command: "pylint --output-format=github backend > pylint.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => {
            let rated = text.last.iter().any(|line| line.starts_with("Your code has been rated at "));
            rated && text.first.iter().any(|line| github_message(line).is_some())
        }
        _ => false,
    },
    read: |input| read_lines(input, &GITHUB, github_message),
};

/// The row of `--output-format=msvs`.
pub(super) static MSVS: Format = Format {
    name: "pylint-msvs",
    kind: Kind::Findings,
    tools: "pylint",
    command: "pylint --output-format=msvs backend > pylint.txt",
    end: End::Marked,
    detect: |head| match head {
        Head::Text(text) => text.first.iter().any(|line| msvs_message(line).is_some()),
        _ => false,
    },
    read: |input| read_lines(input, &MSVS, msvs_message),
};

/// `::notice file=a/pool.py,line=36,endline=36,col=0,title=R0902::Too many instance attributes`;
/// columns are 0-based.
fn github_message(line: &str) -> Option<Message<'_>> {
    let (head, text) = line.strip_prefix("::")?.split_once("::")?;
    let (command, properties) = head.split_once(' ')?;
    let (file, rest) = properties.strip_prefix("file=")?.rsplit_once(",line=")?;
    let (row, rest) = lines::number(rest)?;
    let (id, column) = (rest.rsplit_once("title=")?.1, rest.split_once(",col=")?.1);
    let (column, _): (i64, _) = lines::number(column)?;
    let known = ["error", "warning", "notice"].contains(&command);
    let place = Place::at(file, row, column + 1);
    known.then_some(Message { place, category: category_of(id)?, id, text, open: false })
}

/// `a/pool.py(36): [R0902(too-many-instance-attributes)ConnectionPool] Too many instance attributes`
fn msvs_message(line: &str) -> Option<Message<'_>> {
    let (before, after) = line.split_once("): [")?;
    let (path, row) = before.rsplit_once('(')?;
    let (inner, text) = after.split_once("] ")?;
    let (id, _symbol) = inner.split_once('(').filter(|(_, rest)| rest.contains(')'))?;
    let place = Place::at(path, row.parse().ok()?, 0);
    Some(Message { place, category: category_of(id)?, id, text, open: id == "R0801" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Code;
    use crate::readers::linter::testing::{counts, detected, read};

    #[test]
    fn messages_in_both_dresses() {
        let rated = "\n------------------------------------------------------------------\nYour code has been rated at 9.40/10 (previous run: 9.40/10, +0.00)\n";
        let github = format!(
            "************* Module c\n::error file=c.py,line=3,endline=3,col=4,title=E1101::no member\n{rated}"
        );
        let found = read(&GITHUB, &github, Some(2)).unwrap();
        assert_eq!(
            (counts(&found), found.list[0].place.clone()),
            (([0, 1, 0, 0], 0), Some(Place::at("c.py", 3, 5)))
        );
        assert_eq!(detected(&github), Ok("pylint-github"));
        let msvs = format!("************* Module c\nc.py(3): [E0001(syntax-error)] Parsing failed\n{rated}");
        assert_eq!(counts(&read(&MSVS, &msvs, Some(2)).unwrap()), ([0, 1, 0, 0], 1));
        assert_eq!(detected(&msvs), Ok("pylint-msvs"));
        assert_eq!(read(&MSVS, &msvs[..msvs.len() - 70], None), Err(Code::Truncated));
        assert_eq!(read(&GITHUB, &msvs, None), Err(Code::Malformed));
    }
}
