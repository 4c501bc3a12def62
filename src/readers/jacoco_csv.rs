//! JaCoCo's CSV (`jacoco.csv`): the counters of each class.
//!
//! It names classes and no files. A class is taken to stand in `package/Class.java` (`.kt` for
//! Kotlin's `ClassKt`), an inner class in the file of the outermost; one that stands elsewhere is not
//! placed, and says so. A line that two classes of a file share counts twice, and which lines were
//! hit is not known: the XML knows both. The group is the name of the report and, below it, of the
//! module (`all/core`), as in the XML. There is no end mark. Ignored on purpose: instructions and
//! complexity.

use super::coverage_draft::ratio;
use super::csv::{Record, Table};
use super::detect::Head;
use super::error::{Code, ReadError};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::lines;
use crate::model::coverage::Coverage;
use crate::model::ratio::Ratio;
use std::collections::BTreeSet;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "jacoco-csv",
    kind: Kind::Coverage,
    tools: "JaCoCo (Maven, Gradle, Ant)",
    command: "mvn test jacoco:report  # target/site/jacoco/jacoco.csv",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.first.first().is_some_and(|line| line.starts_with(HEADER)),
        _ => false,
    },
    read,
};

const HEADER: &str = "GROUP,PACKAGE,CLASS,INSTRUCTION_MISSED,INSTRUCTION_COVERED,";

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let table = Table::read(&text)?;
    let names = (table.column("GROUP")?, table.column("PACKAGE")?, table.column("CLASS")?);
    let pair = |what: &str| {
        Ok::<_, ReadError>((
            table.column(&format!("{what}_MISSED"))?,
            table.column(&format!("{what}_COVERED"))?,
        ))
    };
    let (lines, branches, methods) = (pair("LINE")?, pair("BRANCH")?, pair("METHOD")?);
    let mut coverage = Coverage { has_branches: true, has_functions: true, ..Coverage::default() };
    let mut classes = BTreeSet::new();
    for row in &table.rows {
        let name = (row.fields[names.0].as_str(), row.fields[names.1].as_str(), row.fields[names.2].as_str());
        if name.2.is_empty() || !classes.insert(name) {
            let code = if name.2.is_empty() { Code::Malformed } else { Code::Duplicate };
            let what = if name.2.is_empty() { "a class without a name" } else { "a class is there twice" };
            return Err(ReadError::new(code, what).at(row.line, None));
        }
        input.limits.check_items(classes.len())?;
        let totals = &mut coverage.files.entry(path(name.0, name.1, name.2)).or_default().totals;
        for (total, columns) in
            [(&mut totals.lines, lines), (&mut totals.branches, branches), (&mut totals.functions, methods)]
        {
            *total = sum(*total, row, columns)?;
        }
    }
    if classes.is_empty() {
        return Err(ReadError::new(Code::Malformed, "no class is in the report"));
    }
    let notice = "JaCoCo's CSV names classes, not files or lines: `Class.java` is assumed; the XML tells all";
    Ok(Report { notices: vec![notice.to_owned()], ..Report::new(&FORMAT, Body::Coverage(coverage)) })
}

/// Adds what a row counts.
fn sum(total: Ratio, row: &Record, (missed, covered): (usize, usize)) -> Result<Ratio, ReadError> {
    let (missed, hit): (u64, u64) = (row.number(missed)?, row.number(covered)?);
    let all = total.total.saturating_add(missed).saturating_add(hit);
    ratio(total.covered.saturating_add(hit), all, "a counter").map_err(|error| error.at(row.line, None))
}

/// `module/package/Class.java`
fn path(group: &str, package: &str, class: &str) -> String {
    let module = group.split_once('/').map_or("", |(_, module)| module);
    let outermost = class.split('.').next().unwrap_or(class);
    let file = match outermost.strip_suffix("Kt").filter(|name| !name.is_empty()) {
        Some(name) => format!("{name}.kt"),
        None => format!("{outermost}.java"),
    };
    let folders = [module.to_owned(), package.replace('.', "/")];
    let folders = folders.iter().filter(|part| !part.is_empty()).map(|part| format!("{part}/"));
    folders.chain([file]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::readers::testing;

    const REST: &str = "BRANCH_MISSED,BRANCH_COVERED,LINE_MISSED,LINE_COVERED,COMPLEXITY_MISSED,COMPLEXITY_COVERED,METHOD_MISSED,METHOD_COVERED";

    fn report(rows: &str) -> Result<Coverage, ReadError> {
        let text = format!("{HEADER}{REST}\n{rows}");
        testing::coverage(read, &text).map(|read| read.0)
    }

    #[test]
    fn classes_stand_in_the_file_of_the_outermost() {
        for (group, package, class, expected) in [
            ("shop", "a.b", "Cart.Item", "a/b/Cart.java"),
            ("shop", "a.b", "Cart.new Runnable() {...}", "a/b/Cart.java"),
            ("all/core", "a", "MainKt", "core/a/Main.kt"),
            ("shop", "", "Kt", "Kt.java"),
        ] {
            assert_eq!(path(group, package, class), expected);
        }
    }

    #[test]
    fn counters_add_up() {
        let rows = "s,a,C,0,0,1,3,2,8,0,0,1,1\ns,a,C.D,0,0,0,2,0,5,0,0,0,1\n";
        let coverage = report(rows).unwrap();
        assert_eq!(coverage.lines(), Ratio::new(13, 15));
        assert_eq!(
            (coverage.branches(), coverage.functions()),
            (Some(Ratio::new(5, 6)), Some(Ratio::new(2, 3)))
        );
        assert!(coverage.files["a/C.java"].is_without_lines());
        for (rows, code) in [
            ("", Code::Malformed),
            ("s,a,C,0,0,1,3,2,8,0,0,1,1\ns,a,C,0,0,1,3,2,8,0,0,1,1\n", Code::Duplicate),
            ("s,a,,0,0,1,3,2,8,0,0,1,1\n", Code::Malformed),
            ("s,a,C,0,0,1,3,2,-8,0,0,1,1\n", Code::Malformed),
            ("s,a,C,0,0,1,3,2,8,0,0,1,1", Code::Truncated),
            ("s,a,C,0,0,1,3\n", Code::Truncated),
        ] {
            assert_eq!(report(rows).unwrap_err().code, code, "{rows}");
        }
    }
}
