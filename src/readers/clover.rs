//! Clover XML: OpenClover 4, PHPUnit 9 to 12, gcovr 8, and Istanbul's `clover` reporter (jest,
//! vitest, nyc).
//!
//! Lines are those of type `stmt` and `cond`; `method` lines are functions. A condition has two
//! outcomes, true and false, each taken or not. **Istanbul's dialect** (`clover="3.2.0"` and a
//! project "All files") writes the branches taken as `truecount` and those missed as `falsecount`,
//! and no methods. A file's `<metrics>` are a source only where they tell of more conditionals or
//! methods than its lines do (Istanbul counts those on lines without a statement there alone);
//! otherwise they are a hint, and a notice where they differ.
//!
//! Ignored on purpose: `testproject` (the code of the tests themselves), metrics of projects,
//! packages and classes, `elements`, complexity, crap, `loc`.

use super::coverage_draft::{Draft, count, hits, line_attribute, path, ratio, told};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::xml::{self, Cursor, Elements};
use crate::model::coverage::Coverage;
use crate::model::ratio::Ratio;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "clover",
    kind: Kind::Coverage,
    tools: "OpenClover, PHPUnit, Istanbul (jest, vitest, nyc), gcovr",
    command: "phpunit --coverage-clover reports/clover.xml",
    end: End::Marked,
    detect,
    read,
};

fn detect(head: &Head<'_>) -> bool {
    let Head::Xml(xml) = head else { return false };
    let first = xml.elements.first().map(String::as_str);
    let named = || xml.attribute("clover").or(xml.attribute("generated")).is_some();
    xml.root == "coverage" && first.map_or_else(named, |first| matches!(first, "project" | "testproject"))
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let mut reader = Reader::new(input.limits);
    xml::whole(input, &["coverage"], &mut reader)?;
    reader.finish()
}

/// A `<file>` that is open.
struct Open {
    path: String,
    depth: usize,
    draft: Draft,
    /// What its own `<metrics>` say of statements, conditionals and methods.
    metrics: Option<[Ratio; 3]>,
}

struct Reader<'a> {
    limits: &'a Limits,
    istanbul: bool,
    /// A project was seen: a root without one is not Clover's.
    projects: usize,
    in_tests: bool,
    open: Option<Open>,
    coverage: Coverage,
    /// Files of which the metrics and the lines differ.
    differing: Vec<String>,
    /// Files that are said to have statements and list none.
    dark: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            istanbul: false,
            projects: 0,
            in_tests: false,
            open: None,
            coverage: Coverage::default(),
            differing: Vec::new(),
            dark: Vec::new(),
        }
    }

    fn open_file(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if self.open.is_some() {
            return Err(xml.error(Code::Malformed, "a file inside a file"));
        }
        self.limits.check_items(self.coverage.files.len() + 1)?;
        let path = path(xml, &["path", "name"])?;
        self.open = Some(Open { path, depth: xml.depth(), draft: Draft::default(), metrics: None });
        Ok(())
    }

    fn line(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let Some(open) = &mut self.open else {
            return Err(xml.error(Code::Malformed, "a line outside of a file"));
        };
        let number = line_attribute(xml, "num")?;
        let executed = hits(xml, "count")?;
        let kind = xml.attribute("type").unwrap_or_default();
        let missing = || xml.error(Code::Malformed, format!("a {} without a count", quote(&kind)));
        match &*kind {
            "stmt" => open.draft.line(number, executed.ok_or_else(missing)?),
            "method" => {
                let name = xml.attribute("signature").or_else(|| xml.attribute("name")).unwrap_or_default();
                open.draft.function(number, &name, executed.ok_or_else(missing)?);
                self.coverage.has_functions = true;
            }
            "cond" => {
                let branches = condition(xml, self.istanbul)?;
                let any = branches.covered > 0;
                open.draft.line(number, executed.unwrap_or(any) || any && !self.istanbul);
                open.draft.counted(number, branches);
                self.coverage.has_branches = true;
            }
            _ => {
                let message = format!("type={} is no type of a line: stmt, cond, method", quote(&kind));
                return Err(xml.error(Code::Malformed, message));
            }
        }
        Ok(())
    }

    /// The metrics right below the open file.
    fn metrics(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let Some(open) = self.open.as_mut().filter(|open| open.depth + 1 == xml.depth()) else {
            return Ok(());
        };
        let mut all = [Ratio::default(); 3];
        let names = [
            ("statements", "coveredstatements"),
            ("conditionals", "coveredconditionals"),
            ("methods", "coveredmethods"),
        ];
        for (metric, (total, covered)) in all.iter_mut().zip(names) {
            let pair = (count(xml, covered)?.unwrap_or(0), count(xml, total)?.unwrap_or(0));
            *metric = ratio(pair.0, pair.1, &format!("metrics of {}: {total}", quote(&open.path)))
                .map_err(|error| xml.error(error.code, error.message))?;
        }
        open.metrics = Some(all);
        Ok(())
    }

    fn close_file(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mut file = open.draft.finish();
        if let Some([statements, conditionals, methods]) = open.metrics {
            if file.lines.is_empty() && !statements.is_empty() {
                self.dark.push(open.path.clone());
            }
            let body = [file.branch_ratio(), file.function_ratio()];
            let mut differ = self.istanbul && statements != file.lines.ratio();
            for (said, found, target) in [
                (conditionals, body[0], &mut file.totals.branches),
                (methods, body[1], &mut file.totals.functions),
            ] {
                // More of them than lines tell, and none that the lines tell gone.
                let more = said.total > found.total
                    && said.covered >= found.covered
                    && said.missing() >= found.missing();
                if more {
                    *target = said;
                }
                differ |= said != found && !(more && self.istanbul);
            }
            self.coverage.has_branches |= !conditionals.is_empty();
            self.coverage.has_functions |= !methods.is_empty();
            if differ {
                self.differing.push(open.path.clone());
            }
        }
        self.coverage.files.entry(open.path).or_default().merge(file);
    }

    fn finish(self) -> Result<Report, ReadError> {
        if self.projects == 0 {
            return Err(ReadError::new(Code::WrongFormat, "no project: not a Clover report"));
        }
        if let Some(what) = told("statements are counted, but no line is listed", &self.dark) {
            let hint = "let the tool write the lines (OpenClover: lineInfo=\"true\")";
            return Err(ReadError::new(Code::Contradiction, what).hint(hint));
        }
        let what = "the metrics differ from the lines, which count";
        let notices = told(what, &self.differing).into_iter().collect();
        Ok(Report { notices, ..Report::new(&FORMAT, Body::Coverage(self.coverage)) })
    }
}

impl Elements for Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "coverage" if xml.depth() == 1 => {
                self.istanbul = xml.attribute("clover").is_some_and(|version| version == "3.2.0");
                Ok(())
            }
            "project" if xml.depth() == 2 => {
                self.projects += 1;
                self.istanbul &= xml.attribute("name").is_some_and(|name| name == "All files");
                Ok(())
            }
            "testproject" if xml.depth() == 2 => {
                self.projects += 1;
                self.in_tests = true;
                Ok(())
            }
            _ if xml.depth() == 2 => {
                Err(xml.error(Code::WrongFormat, format!("{} is no element of Clover's", quote(name))))
            }
            _ if self.in_tests => Ok(()),
            "file" => self.open_file(xml),
            "line" => self.line(xml),
            "metrics" => self.metrics(xml),
            _ => Ok(()),
        }
    }

    fn end(&mut self, name: &str, _: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "testproject" => self.in_tests = false,
            "file" if !self.in_tests => self.close_file(),
            _ => {}
        }
        Ok(())
    }
}

/// The branches of a condition.
fn condition(xml: &Cursor<'_>, istanbul: bool) -> Result<Ratio, ReadError> {
    if istanbul {
        let taken = count(xml, "truecount")?.unwrap_or(0);
        let missed = count(xml, "falsecount")?.unwrap_or(0);
        return Ok(Ratio::new(taken, taken.saturating_add(missed)));
    }
    let taken = |name| hits(xml, name).map(|hit| u64::from(hit == Some(true)));
    Ok(Ratio::new(taken("truecount")? + taken("falsecount")?, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    fn report(text: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(read, text)
    }

    fn openclover(lines: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        report(&format!(
            "<coverage generated='1' clover='4.5.0'><project><package name='p'><file name='A.java' path='/w/A.java'>{lines}</file></package></project></coverage>"
        ))
    }

    #[test]
    fn a_condition_has_two_outcomes_but_not_in_istanbuls_dialect() {
        let line = "<line num='3' type='cond' count='4' truecount='2' falsecount='0'/>";
        assert_eq!(openclover(line).unwrap().0.branches(), Some(Ratio::new(1, 2)));
        let istanbul = format!(
            "<coverage generated='1' clover='3.2.0'><project name='All files'><file name='a' path='a'>{line}</file></project></coverage>"
        );
        assert_eq!(report(&istanbul).unwrap().0.branches(), Some(Ratio::new(2, 2)));
        // A condition without a count was reached if either outcome was.
        let (found, _) = openclover("<line num='3' type='cond' truecount='0' falsecount='1'/>").unwrap();
        assert_eq!(found.lines(), Ratio::new(1, 1));
    }

    #[test]
    fn methods_are_functions_and_tests_are_left_out() {
        let (found, _) = openclover(
            "<line num='1' type='method' signature='a()' count='2'/><line num='1' type='stmt' count='2'/>\
             <line num='5' type='method' signature='b()' count='0'/><line num='6' type='stmt' count='0'/>",
        )
        .unwrap();
        assert_eq!((found.lines(), found.functions()), (Ratio::new(1, 2), Some(Ratio::new(1, 2))));
        let tests = "<coverage clover='4'><project/><testproject><file name='T'><line num='1' type='stmt' count='1'/></file></testproject></coverage>";
        assert_eq!(report(tests).unwrap().0.files.len(), 0);
    }

    #[test]
    fn metrics_count_only_where_they_tell_of_more() {
        let metrics = |covered, total| {
            format!(
                "<metrics statements='1' coveredstatements='1' methods='{total}' coveredmethods='{covered}'/>"
            )
        };
        let body = "<line num='1' type='method' name='a' count='1'/><line num='2' type='stmt' count='1'/>";
        for (covered, total, want) in [(1, 3, (1, 3)), (3, 3, (3, 3)), (0, 1, (1, 1)), (0, 3, (1, 1))] {
            let (found, notices) = openclover(&format!("{body}{}", metrics(covered, total))).unwrap();
            assert_eq!(found.functions(), Some(Ratio::new(want.0, want.1)), "{covered}/{total}");
            assert_eq!(notices.len(), 1, "{covered}/{total}");
        }
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        for (lines, code) in [
            ("<line num='0' type='stmt' count='1'/>", Code::Malformed),
            ("<line num='x' type='stmt' count='1'/>", Code::Malformed),
            ("<line num='1' type='stmt'/>", Code::Malformed),
            ("<line num='1' type='stmt' count='NaN'/>", Code::Malformed),
            ("<line num='1' type='new' count='1'/>", Code::Malformed),
            ("<file name='b'/>", Code::Malformed),
            ("<metrics statements='1' coveredstatements='2'/>", Code::Contradiction),
            ("<metrics statements='1' coveredstatements='1'/>", Code::Contradiction),
        ] {
            assert_eq!(openclover(lines).unwrap_err().code, code, "{lines}");
        }
        for (text, code) in [
            ("<coverage clover='1'/>", Code::WrongFormat),
            ("<coverage clover='1'><packages/></coverage>", Code::WrongFormat),
            (
                "<coverage><project><line num='1' type='stmt' count='1'/></project></coverage>",
                Code::Malformed,
            ),
            ("<coverage><project><file/></project></coverage>", Code::Malformed),
        ] {
            assert_eq!(report(text).unwrap_err().code, code, "{text}");
        }
    }
}
