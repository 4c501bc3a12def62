//! BullseyeCoverage XML (`covxml`, versions 4 to 6 of the format).
//!
//! Bullseye measures functions, and the outcomes of decisions and conditions; it does not measure
//! lines. What it has on a line, a probe or the beginning of a block, makes the line executable, and it
//! is hit if the probe fired or the block was entered. A decision or condition has two outcomes, a
//! `switch` label, `catch`, `try` and the body of a range-based loop one; together they are what
//! Bullseye calls condition/decision coverage, and what `branches` means here. Paths are the names of
//! folders and source, relative to `dir`. A source whose functions are not listed (`covxml` of a
//! summary) is known by its totals. Ignored on purpose: `buildId`, times of files, the totals of folders,
//! and `constant`, a decision that has no second outcome.

use super::coverage_draft::{Draft, count, differs, line_attribute, path, ratio};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::xml::{self, Cursor, Elements};
use crate::model::coverage::{Coverage, Totals};
use crate::model::ratio::Ratio;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "bullseye",
    kind: Kind::Coverage,
    tools: "BullseyeCoverage",
    command: "covxml --file test.cov > bullseye.xml",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "BullseyeCoverage"),
    read,
};

/// What a probe measures, and how many outcomes it has.
const KINDS: &[(&str, usize)] = &[
    ("function", 0),
    ("constant", 0),
    ("decision", 2),
    ("condition", 2),
    ("switch-label", 1),
    ("catch", 1),
    ("try", 1),
    ("for-range-body", 1),
];

/// What happened, and which of two outcomes that is.
const EVENTS: &[(&str, [bool; 2])] =
    &[("none", [false, false]), ("true", [true, false]), ("false", [false, true]), ("full", [true, true])];

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let mut reader = Reader::new(input.limits);
    xml::whole(input, &["BullseyeCoverage"], &mut reader)?;
    Ok(reader.finish())
}

/// A `<src>` that is open.
#[derive(Default)]
struct Unit {
    path: String,
    draft: Draft,
    totals: Totals,
    probed: bool,
}

/// A `<fn>` that is open.
#[derive(Default)]
struct Function {
    name: String,
    line: Option<u32>,
    called: bool,
}

struct Reader<'a> {
    limits: &'a Limits,
    /// The file of measurements is the root of the folders in version 4.
    root: String,
    folders: Vec<String>,
    source: Unit,
    function: Option<Function>,
    /// Functions, conditions and decisions by the root or the outermost folders.
    said: [Ratio; 2],
    coverage: Coverage,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            root: String::new(),
            folders: Vec::new(),
            source: Unit::default(),
            function: None,
            said: [Ratio::default(); 2],
            coverage: Coverage { has_branches: true, has_functions: true, ..Coverage::default() },
        }
    }

    /// The path of a source in the open folders; the name of one of them may be absolute.
    fn path(&self, source: &str) -> String {
        let named_root = |(depth, folder): &(usize, &String)| *depth == 0 && **folder == self.root;
        let folders = self.folders.iter().enumerate().filter(|folder| !named_root(folder));
        let parts: Vec<_> = folders.map(|(_, folder)| folder.trim_end_matches(['/', '\\'])).collect();
        if parts.is_empty() { source.to_owned() } else { format!("{}/{source}", parts.join("/")) }
    }

    fn probe(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let word = |name: &str| xml.attribute(name).unwrap_or_default();
        let unknown = |what: &str, word: &str| {
            xml.error(Code::Malformed, format!("{what} {} is not known", quote(word)))
        };
        let (kind, event) = (word("kind"), word("event"));
        let row = KINDS.iter().find(|row| row.0 == kind);
        let outcomes = row.ok_or_else(|| unknown("the kind of probe", &kind))?.1;
        let row = EVENTS.iter().find(|row| row.0 == event);
        let happened = row.ok_or_else(|| unknown("the event", &event))?.1;
        let fired = happened[0] || happened[1];
        let line = line_attribute(xml, "line")?;
        let source = &mut self.source;
        source.probed = true;
        source.draft.line(line, fired);
        if let Some(function) = self.function.as_mut().filter(|_| kind == "function") {
            (function.line, function.called) = (Some(line), fired);
        }
        let place = format!("{}/{} {kind}", word("column"), word("col_seq"));
        let taken = if outcomes == 1 { [fired, false] } else { happened };
        for (outcome, taken) in taken.into_iter().enumerate().take(outcomes) {
            source.draft.edge(line, format!("{place} {outcome}"), taken);
        }
        Ok(())
    }

    fn finish(self) -> Report {
        let found = [self.coverage.functions(), self.coverage.branches()].map(Option::unwrap_or_default);
        let pairs = ["functions", "conditions and decisions"].into_iter().zip(self.said).zip(found);
        let notices = pairs.filter_map(|((what, said), found)| differs(what, said, found)).collect();
        Report { notices, ..Report::new(&FORMAT, Body::Coverage(self.coverage)) }
    }
}

impl Elements for Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "BullseyeCoverage" => {
                self.root = xml.attribute("name").unwrap_or_default().into_owned();
                self.coverage.roots.extend(xml.attribute("dir").map(|dir| dir.into_owned()));
                self.said = summary(xml)?.unwrap_or_default();
            }
            "folder" => {
                self.folders.push(path(xml, &["name"])?);
                // Version 4 tells its totals there.
                if xml.depth() == 2 && self.said == [Ratio::default(); 2] {
                    self.said = summary(xml)?.unwrap_or_default();
                }
            }
            "src" => {
                let [functions, branches] = summary(xml)?.unwrap_or_default();
                let totals = Totals { functions, branches, ..Totals::default() };
                let path = self.path(&path(xml, &["name"])?);
                self.source = Unit { path, totals, ..Unit::default() };
                self.limits.check_items(self.coverage.files.len() + 1)?;
            }
            "fn" => {
                let name = xml.attribute("name").unwrap_or_default().into_owned();
                self.function = Some(Function { name, ..Function::default() });
            }
            "probe" => self.probe(xml)?,
            "block" => {
                let entered = count(xml, "entered")?.is_some_and(|times| times > 0);
                self.source.draft.line(line_attribute(xml, "line")?, entered);
                self.source.probed = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, _: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "folder" => drop(self.folders.pop()),
            "fn" => {
                if let Some(Function { name, line: Some(line), called }) = self.function.take() {
                    self.source.draft.function(line, &name, called);
                }
            }
            "src" => {
                let Unit { path, draft, totals, probed } = std::mem::take(&mut self.source);
                let mut file = draft.finish();
                if !probed {
                    file.totals = totals;
                }
                self.coverage.files.entry(path).or_default().merge(file);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The functions, and the conditions and decisions, that an element counts.
fn summary(xml: &Cursor<'_>) -> Result<Option<[Ratio; 2]>, ReadError> {
    let pair = |covered: &str, total: &str| -> Result<Option<Ratio>, ReadError> {
        let (Some(covered), Some(total)) = (count(xml, covered)?, count(xml, total)?) else {
            return Ok(None);
        };
        ratio(covered, total, "a total").map(Some).map_err(|error| xml.error(error.code, error.message))
    };
    Ok(pair("fn_cov", "fn_total")?.zip(pair("cd_cov", "cd_total")?).map(|(functions, cd)| [functions, cd]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    fn report(body: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(
            read,
            &format!(
                "<BullseyeCoverage name='test.cov' dir='/w/' version='6' fn_cov='1' fn_total='2' cd_cov='5' cd_total='8'>\
                 <folder name='calc/'><src name='a.cpp' fn_cov='1' fn_total='2' cd_cov='5' cd_total='8'>{body}</src></folder></BullseyeCoverage>"
            ),
        )
    }

    fn probe(line: u32, kind: &str, event: &str) -> String {
        format!("<probe line='{line}' column='4' kind='{kind}' event='{event}'/>")
    }

    #[test]
    fn outcomes_are_counted_as_bullseye_does() {
        let probes = [
            probe(1, "function", "full"),
            probe(2, "decision", "full"),
            probe(3, "condition", "true"),
            probe(4, "switch-label", "full"),
            probe(5, "switch-label", "none"),
            probe(6, "try", "full"),
            probe(7, "catch", "none"),
        ];
        let body = format!(
            "<fn name='f()'>{}<block line='3' entered='1'/></fn><fn name='g()'>{}<block line='9' entered='0'/></fn>",
            probes.concat(),
            probe(8, "function", "none")
        );
        let (found, notices) = report(&body).unwrap();
        assert_eq!((found.branches(), found.functions()), (Some(Ratio::new(5, 8)), Some(Ratio::new(1, 2))));
        assert_eq!((found.lines(), notices), (Ratio::new(5, 9), vec![]));
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["calc/a.cpp"]);
    }

    #[test]
    fn a_summary_is_known_by_its_totals() {
        let (found, notices) = report("").unwrap();
        assert_eq!((found.branches(), found.functions()), (Some(Ratio::new(5, 8)), Some(Ratio::new(1, 2))));
        assert_eq!((found.lines(), notices), (Ratio::default(), vec![]));
        for (body, code) in [
            (probe(0, "function", "full"), Code::Malformed),
            (probe(1, "loop", "full"), Code::Malformed),
            (probe(1, "decision", "both"), Code::Malformed),
            ("<block entered='1'/>".to_owned(), Code::Malformed),
        ] {
            assert_eq!(report(&body).unwrap_err().code, code, "{body}");
        }
    }

    #[test]
    fn the_root_of_version_4_is_no_folder() {
        let text = "<BullseyeCoverage name='covfile' dir='.' version='4'><folder name='covfile' fn_cov='1' fn_total='1' \
                    cd_cov='0' cd_total='0'><folder name='/src'><src name='a.c'><fn name='f'><probe line='1' kind='function' \
                    event='none'/></fn></src></folder></folder></BullseyeCoverage>";
        let (found, notices) = testing::coverage(read, text).unwrap();
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["/src/a.c"]);
        assert_eq!(notices, ["totals say 1 of 1 functions, recounted 0 of 1"]);
    }
}
